"""One walk over a folder with posts."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable, Collection, Iterable, Iterator, MutableMapping
from itertools import chain, islice
from operator import attrgetter
from pathlib import Path, PurePosixPath
from typing import Protocol

from syndicator.errors import PostError, SourceError
from syndicator.openfiles import MORE_FILES, TOO_MANY
from syndicator.ports import Dialect, Scan
from syndicator.realpath import real_path
from syndicator.sources.belongings import Belongings
from syndicator.sources.walking import leads_on, version_of
from syndicator.text import printable

#: From so many entries on a folder is walked without having all of them in memory.
_FEW = 1_000


class Known(Protocol):
    """The versions that a look is compared with."""

    def get(self, path: str, /) -> str | None: ...
    def __contains__(self, path: object, /) -> bool: ...


class Names(Collection[str]):
    """What is in a folder, listed when somebody asks: most dialects do not."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._listed: frozenset[str] | None = None

    def __contains__(self, name: object) -> bool:
        return name in self._names()

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())

    def _names(self) -> frozenset[str]:
        if self._listed is None:
            self._listed = frozenset(os.listdir(self._folder))  # noqa: PTH208 - text, as everywhere here
        return self._listed


class Look:
    """One walk over a folder, without recursion and without going in circles.

    ``changed`` are the versions of posts, by path, that are not as ``known``, "" for those that nothing is known of;
    ``refused`` says what is wrong with others. ``left`` are paths of posts that may be gone, and loses those that are
    seen; what is known and what is left may be one and the same. ``links`` counts the links to folders that were met.
    """

    def __init__(
        self, root: Path, dialect: Dialect, known: Known, closed: str, left: MutableMapping[str, object]
    ) -> None:
        self.changed: dict[str, str] = {}
        self.refused: list[PostError] = []
        self.left = left
        self._root = str(root)
        self._dialect = dialect
        self._known = known
        self._closed = closed
        self.links = 0
        self._linked: set[Path] = set()
        self._bundle: list[os.DirEntry[str]] = []
        self._now = time.time_ns()

    def walk(self, top: str = "") -> None:
        """List every post below a folder. Raises SourceError when the root itself cannot be listed."""
        folders = [top]
        while folders:
            folder = folders.pop()
            here = PurePosixPath(folder)
            is_post = self._dialect.posts_in(here) or _none
            begin = f"{folder}/" if folder else ""
            try:
                with os.scandir(f"{self._root}/{folder}" if folder else self._root) as listed:
                    some = list(islice(listed, _FEW))
                    names: Collection[str] = {entry.name for entry in some}
                    if len(some) == _FEW:
                        names = Names(f"{self._root}/{folder}")
                    alone = self._dialect.bundle(here, names)
                    # A folder with very many posts is never in memory as a whole.
                    entries: Iterable[os.DirEntry[str]] = chain(some, listed)
                    self._bundle = [*some, *listed] if alone is not None else []
                    if alone is not None:
                        # What is known may have become a part of another post since.
                        entries = [e for e in self._bundle if alone(e.name) and not e.is_dir()]
                    # In order, so that of two links to one folder always the same is followed.
                    for entry in sorted(self._odd(entries, begin, is_post), key=_name):
                        below = self._visit(entry, begin + entry.name, is_post)
                        if below is not None:
                            folders.append(below)
            except OSError as error:
                if not folder:
                    raise SourceError(
                        f"source {self._root}",
                        f"cannot be listed ({error.strerror})",
                        MORE_FILES if error.errno in TOO_MANY else "give this user the right to read it",
                    ) from error
                self.refused.append(unreadable(printable(folder), error, "listed"))

    def see(self, path: str, version: str) -> None:
        """There is a post of that version, "" for one that nothing is known of; in a bundle what tells of its other
        files belongs to it.
        """
        fits = self._dialect.belongings(path) if version and self._bundle else None
        if fits is not None:
            version += Belongings(self._bundle, fits, self._now).mark
        before = self._known.get(path)
        self.left.pop(path, None)
        if before != version:
            self.changed[path] = version

    def _odd(
        self, entries: Iterable[os.DirEntry[str]], begin: str, is_post: Callable[[str], bool]
    ) -> list[os.DirEntry[str]]:
        """Note the plain files, which nearly all are nearly always; what is left needs a closer look."""
        odd: list[os.DirEntry[str]] = []
        known, see, now = self._known.get, self.see, self._now
        left, bundled = self.left, bool(self._bundle)
        for entry in entries:
            path = begin + entry.name
            if not entry.is_file(follow_symlinks=False):
                odd.append(entry)
            elif (before := known(path)) is not None:
                try:
                    version = version_of(entry.stat(), now)
                except OSError:
                    odd.append(entry)
                    continue
                if version == before and not bundled:
                    left.pop(path, None)
                else:
                    see(path, version)
            elif is_post(entry.name):
                if path.isprintable():
                    see(path, "")  # whoever reads it sees its version, too
                else:
                    odd.append(entry)
        return odd

    def hides(self, path: str) -> bool:
        """Whether a post that was not found may still be there, where this look could not reach."""
        return any(error.path in ("", path) or path.startswith(f"{error.path}/") for error in self.refused)

    def _visit(self, entry: os.DirEntry[str], path: str, is_post: Callable[[str], bool]) -> str | None:
        """Note a post; the path when it is a folder to go into."""
        try:
            if entry.is_dir():
                return path if self._enters(entry, path) else None
            if path not in self._known and not is_post(entry.name):
                return None
            if not path.isprintable():
                raise PostError(printable(path), "its name is not printable UTF-8", remedy="rename it")
            if entry.is_symlink() and not real_path(entry.path, strict=True).is_relative_to(self._root):
                raise PostError(path, "is a link that leads out of the source's folder", remedy="copy the file instead")
            if path not in self._known:
                self.see(path, "")  # whoever reads it sees its version, too
                return None
            status = entry.stat()
            if not stat.S_ISREG(status.st_mode):
                raise PostError(path, "is not a regular file", remedy="remove it, or give it another name")
            self.see(path, version_of(status, self._now))
        except PostError as error:
            self.refused.append(error)
        except OSError as error:
            self.refused.append(unreadable(printable(path), error))
        return None

    def _enters(self, entry: os.DirEntry[str], path: str) -> bool:
        if path == self._closed or not self._dialect.enters(PurePosixPath(path)):
            return False
        if not entry.is_symlink():
            return True
        self.links += 1
        target = real_path(entry.path, strict=True)
        if not target.is_relative_to(self._root):
            raise PostError(
                printable(path), "is a link that leads out of the source's folder", remedy="copy the folder"
            )
        if self._closed and target.is_relative_to(Path(self._root, self._closed)):
            return False
        return leads_on(entry, target, self._linked)


_name = attrgetter("name")


def _none(_: str) -> bool:
    return False


def scan_of(look: Look) -> Scan:
    """What a look found."""
    return Scan(
        changed=tuple(sorted(look.changed.items())),
        gone=tuple(sorted(path for path in look.left if not look.hides(path))),
        refused=tuple(sorted(look.refused, key=lambda error: error.path)),
    )


def unreadable(path: str, error: OSError, done: str = "read") -> PostError:
    """What to say of a file or folder. Raises SourceError where that is no fault of the file's."""
    if error.errno in TOO_MANY:
        raise SourceError(f"source file {path}", f"cannot be opened ({error.strerror})", MORE_FILES) from error
    return PostError(path, f"cannot be {done} ({error.strerror})", remedy=_remedy(error))


def _remedy(error: OSError) -> str:
    if error.errno in (errno.EACCES, errno.EPERM):
        return "give this user the right to read it"
    if error.errno == errno.ELOOP:
        return "remove the link that leads to itself"
    return "restore it, or remove it"
