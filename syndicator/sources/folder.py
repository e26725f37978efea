"""Posts as files below a folder."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable, Container, Iterable, Mapping
from operator import attrgetter
from pathlib import Path, PurePosixPath

from syndicator.errors import PostError, SourceError
from syndicator.images import measure_file
from syndicator.model import ImageFacts, SourceFile
from syndicator.openfiles import MORE_FILES, TOO_MANY
from syndicator.ports import BEING_WRITTEN, Dialect, Scan
from syndicator.sources.belongings import Belongings
from syndicator.sources.mounts import mounts_of
from syndicator.sources.settling import is_half
from syndicator.sources.walking import leads_on, version_of
from syndicator.text import printable

#: A file that changed less than so many seconds ago and looks like half of one is not believed yet; whether somebody is
#: still writing is asked of all that changed less than so many ago.
_YOUNG, _LONG = 2.0, 15.0

#: Whether a file (its path, the seconds since it changed) may not be whole yet.
Asking = Callable[[str, float], bool]


class FolderSource:
    """Reads posts below ``root``; nothing outside it, whatever links say. ``limit`` is the largest post in bytes, and
    in the folder ``closed`` there are none ("" for no such folder). A file that ``is_being_written`` is refused for the
    moment; without, files are taken as they are.
    """

    def __init__(
        self, root: Path, dialect: Dialect, is_being_written: Asking | None = None, *, limit: int, closed: str = ""
    ) -> None:
        self._root = root
        self._folder = str(root)
        self._dialect = dialect
        self._limit = limit
        self._closed = closed
        self._is_being_written = is_being_written
        self._inside: set[str] = set()

    def scan(self, known: Mapping[str, str]) -> Scan:
        """Compare the folder with the versions known by path. Raises SourceError when it cannot be listed."""
        root = self._resolved()
        self._inside.clear()
        look = _Look(root, self._dialect, known, self._closed)
        look.walk()
        changed = tuple((path, version) for path, version in sorted(look.found.items()) if known.get(path) != version)
        gone = tuple(sorted(path for path in known if path not in look.found and not look.hides(path)))
        return Scan(changed=changed, gone=gone, refused=tuple(sorted(look.refused, key=lambda error: error.path)))

    def read(self, path: str) -> SourceFile:
        """The file as it is now. Raises PostError."""
        try:
            handle = self._open(path)
        except OSError as error:
            raise _unreadable(path, error) from error
        try:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                raise PostError(path, "is not a regular file", remedy="remove it, or give it another name")
            if status.st_size > self._limit:
                reason = f"has {status.st_size} bytes, more than {self._limit}"
                raise PostError(path, reason, remedy="shorten it, or raise [source] max_post_bytes")
            # One byte more than promised, so that a file that grew meanwhile is noticed.
            data = os.read(handle, status.st_size + 1)
            if len(data) != status.st_size:
                raise _unfinished(path)
            if self._is_being_written is not None:
                # After it was read, so that whoever begins to write meanwhile is noticed.
                age = abs(time.time() - status.st_mtime)
                if (age < _YOUNG and is_half(data)) or (age < _LONG and self._is_being_written(path, age)):
                    raise _unfinished(path)
            beside, mark = self._beside(path)
            version = version_of(status, time.time_ns()) + mark
            return SourceFile(path=path, version=version, data=data, beside=beside)
        except OSError as error:
            raise _unreadable(path, error) from error
        finally:
            os.close(handle)

    def _beside(self, path: str) -> tuple[tuple[str, ...], str]:
        """What belongs to a post besides its file, and the mark of that. Raises OSError."""
        fits = self._dialect.belongings(path)
        if fits is None:
            return (), ""
        with os.scandir(f"{self._folder}/{path.rpartition('/')[0]}") as listed:
            look = Belongings(listed, fits, time.time_ns())
        return look.names(), look.mark

    def lifetime(self, path: str) -> None:
        """No history: a copy has other times, and git, run in a stranger's folder, would obey what is set there."""

    def mounts(self) -> frozenset[str]:
        """File systems that its files are on: where among them each is mounted, or around them."""
        return mounts_of(self._root)

    def measure(self, file: str, known_version: str) -> tuple[str, ImageFacts] | None:
        """Version and facts of a local image, None when there is no such file inside the folder."""
        for folder in self._dialect.image_folders:
            found = measure_file(self._root, f"{folder}/{file}" if folder else file, known_version)
            if found is not None:
                return found
        return None

    def require(self) -> None:
        """Raises SourceError when there is no such folder."""
        self._resolved()

    def _resolved(self) -> Path:
        try:
            root = self._root.resolve(strict=True)
        except OSError as error:
            raise self._missing(error) from error
        if not root.is_dir():
            raise SourceError(
                f"source {self._root}", "is not a folder", "set [source] path to the folder with the posts"
            )
        return root

    def _missing(self, error: OSError) -> SourceError:
        reason = "does not exist" if error.errno == errno.ENOENT else f"cannot be read ({error.strerror})"
        return SourceError(
            f"source {self._root}", reason, "mount or restore it, or set [source] path; the feeds stay as they are"
        )

    def _require_inside(self, folder: str) -> None:
        """Raises OSError when a folder lies outside. A folder in one that is inside needs only be no link."""
        if folder in self._inside:
            return
        above = folder.rpartition("/")[0]
        if len(above) >= len(self._folder):
            self._require_inside(above)
        if (above not in self._inside or os.path.islink(folder)) and not (  # noqa: PTH114
            Path(folder).resolve().is_relative_to(self._root.resolve())
        ):
            raise OSError(errno.EACCES, "it leads out of the source's folder")
        self._inside.add(folder)

    def _open(self, path: str) -> int:
        full = f"{self._folder}/{path}"  # text, not Path: the hot path of a first build
        self._require_inside(full.rpartition("/")[0])
        flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            return os.open(full, flags | os.O_NOFOLLOW)
        except OSError as error:
            if error.errno != errno.ELOOP:
                raise
        target = Path(full).resolve(strict=True)
        if not target.is_relative_to(self._root.resolve()):
            raise OSError(errno.EACCES, "a link that leads out of the source's folder")
        return os.open(target, flags | os.O_NOFOLLOW)


class _Look:
    """One walk over the folder, without recursion and without going in circles."""

    def __init__(self, root: Path, dialect: Dialect, known: Container[str], closed: str) -> None:
        self.found: dict[str, str] = {}
        self.refused: list[PostError] = []
        self._root = str(root)
        self._dialect = dialect
        self._known = known
        self._closed = closed
        self._linked: set[Path] = set()
        self._now = time.time_ns()

    def walk(self) -> None:
        """List every post below the root. Raises SourceError when the root itself cannot be listed."""
        folders = [""]
        while folders:
            folder = folders.pop()
            here = PurePosixPath(folder)
            is_post = self._dialect.posts_in(here) or _none
            try:
                with os.scandir(f"{self._root}/{folder}" if folder else self._root) as listed:
                    # In order, so that of two links to one folder always the same is followed.
                    entries = sorted(listed, key=_name)
                    alone = self._dialect.bundle(here, {entry.name for entry in entries})
                    if alone is not None:
                        # What is known may have become a part of another post since.
                        bundle, entries = entries, [e for e in entries if alone(e.name) and not e.is_dir()]
                    begin = f"{folder}/" if folder else ""
                    for entry in self._odd(entries, begin, is_post):
                        path = begin + entry.name
                        below = self._visit(entry, path, is_post)
                        if below is not None:
                            folders.append(below)
                    if alone is not None:
                        self._mark(bundle, [begin + entry.name for entry in entries])
            except OSError as error:
                if not folder:
                    raise SourceError(
                        f"source {self._root}",
                        f"cannot be listed ({error.strerror})",
                        MORE_FILES if error.errno in TOO_MANY else "give this user the right to read it",
                    ) from error
                self.refused.append(_unreadable(printable(folder), error, "listed"))

    def _mark(self, bundle: list[os.DirEntry[str]], paths: list[str]) -> None:
        """Add to the versions of the known posts of a bundle what tells of its other files."""
        for path in paths:
            fits = self._dialect.belongings(path) if self.found.get(path) else None
            if fits is not None:
                self.found[path] += Belongings(bundle, fits, self._now).mark

    def _odd(
        self, entries: Iterable[os.DirEntry[str]], begin: str, is_post: Callable[[str], bool]
    ) -> list[os.DirEntry[str]]:
        """Note the plain files, which nearly all are nearly always; what is left needs a closer look."""
        odd: list[os.DirEntry[str]] = []
        found, known, now = self.found, self._known, self._now
        for entry in entries:
            path = begin + entry.name
            if not entry.is_file(follow_symlinks=False):
                odd.append(entry)
            elif path in known:
                try:
                    found[path] = version_of(entry.stat(), now)
                except OSError:
                    odd.append(entry)
            elif is_post(entry.name):
                if path.isprintable():
                    found[path] = ""  # whoever reads it sees its version, too
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
            if entry.is_symlink() and not Path(entry.path).resolve(strict=True).is_relative_to(self._root):
                raise PostError(path, "is a link that leads out of the source's folder", remedy="copy the file instead")
            if path not in self._known:
                self.found[path] = ""  # whoever reads it sees its version, too
                return None
            status = entry.stat()
            if not stat.S_ISREG(status.st_mode):
                raise PostError(path, "is not a regular file", remedy="remove it, or give it another name")
            self.found[path] = version_of(status, self._now)
        except PostError as error:
            self.refused.append(error)
        except OSError as error:
            self.refused.append(_unreadable(printable(path), error))
        return None

    def _enters(self, entry: os.DirEntry[str], path: str) -> bool:
        if path == self._closed or not self._dialect.enters(PurePosixPath(path)):
            return False
        if not entry.is_symlink():
            return True
        target = Path(entry.path).resolve(strict=True)
        if not target.is_relative_to(self._root):
            raise PostError(
                printable(path), "is a link that leads out of the source's folder", remedy="copy the folder"
            )
        if self._closed and target.is_relative_to(Path(self._root, self._closed)):
            return False
        return leads_on(entry, target, self._linked)


def _unfinished(path: str) -> PostError:
    return PostError(path, BEING_WRITTEN, remedy="it is read again when it is whole")


_name = attrgetter("name")


def _none(_: str) -> bool:
    return False


def _unreadable(path: str, error: OSError, done: str = "read") -> PostError:
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
