"""The site's own configuration and data files, read from our own copy of its git repository."""

from __future__ import annotations

from collections.abc import Callable

from syndicator.errors import SourceError
from syndicator.model import digest
from syndicator.sources.gitblobs import LINK, SUBMODULE, Blobs, LeadsOut
from syndicator.sources.gitclone import Clone
from syndicator.sources.gitcommand import GitFailed
from syndicator.sources.gitfaults import LEADS_OUT, damaged, not_fetched
from syndicator.text import printable

#: Configuration and data are small; what is larger is something else.
_LIMIT = 2**20


class GitFiles:
    """The site's own files in the newest commit that was fetched, below ``folder``; ``limit`` is the most bytes of one.

    What was asked for is remembered, so that ``unchanged`` only looks at that.
    """

    def __init__(self, clone: Clone, folder: str, *, limit: int = _LIMIT) -> None:
        self._clone = clone
        self._limit = limit
        self._folder = folder
        self._blobs: Blobs | None = None
        self._names: dict[str, set[str]] = {}
        self._held: dict[str, str] = {}
        self._sought: dict[str, Callable[[str], bool]] = {}

    @property
    def digest(self) -> str:
        """The name of all that was read and listed: the same on every machine."""
        return digest(repr(sorted(self._held.items())).encode())

    def unchanged(self) -> bool:
        """Whether everything that was read and listed still is as it was. Raises SourceError."""
        tips = self._clone.tips()
        if self._blobs is None or tips[:1] == (self._blobs.commit,):
            return True
        again = GitFiles(self._clone, self._folder, limit=self._limit)
        for path in self._held:
            if path in self._sought:
                again.find(path.removesuffix("//"), self._sought[path])
            elif path.endswith("/"):
                again.names(path[:-1])
            else:
                again.read(path)
        return again.digest == self.digest

    def read(self, path: str) -> bytes | None:
        """What is in a file; None when there is none. Raises SourceError."""
        self._held[path] = ""
        plain = _plain(path)
        if plain is None:
            raise SourceError(f"source {printable(path)}", "cannot be read (it leads out of the repository)")
        try:
            blob = self._pinned().read(plain, self._limit) if plain else None
        except LeadsOut as error:
            raise SourceError(f"source {printable(path)}", LEADS_OUT, "copy the file instead") from error
        except GitFailed as error:
            raise damaged(self._clone.where, str(error)) from error
        if blob is not None and blob.length > self._limit:
            raise SourceError(f"source {printable(path)}", f"has more than {self._limit:,} bytes", "shorten it")
        if blob is None:
            return None
        self._held[path] = digest(blob.data)
        return blob.data

    def version(self, path: str) -> str:
        """Git's name of a file's bytes, "" when there is none. Raises SourceError."""
        plain = _plain(path)
        self._listed()
        found = self._pinned().name_of(plain) if plain else ""
        return found or (self._linked(plain) if plain else "")

    def _linked(self, path: str) -> str:
        """The name of the bytes that a link leads to."""
        try:
            blob = self._pinned().read(path, 0)
        except (LeadsOut, GitFailed):
            return ""
        return blob.oid if blob else ""

    def begin(self, path: str, most: int) -> bytes | None:
        """The first bytes of a file of any size; None when there is none. Raises SourceError."""
        plain = _plain(path)
        if plain is None:
            raise SourceError(f"source {printable(path)}", LEADS_OUT, "copy the file instead")
        try:
            blob = self._pinned().read(plain, most) if plain else None
        except LeadsOut as error:
            raise SourceError(f"source {printable(path)}", LEADS_OUT, "copy the file instead") from error
        except GitFailed as error:
            raise damaged(self._clone.where, str(error)) from error
        return blob.data if blob is not None else None

    def look_again(self) -> None:
        """From here on files are those of the newest commit that was fetched."""
        tips = self._clone.tips()
        if self._blobs is None or tips[:1] != (self._blobs.commit,):
            if self._blobs is not None:
                self._blobs.close()
            self._blobs, self._names = None, {}
            self._held, self._sought = {}, {}

    def names(self, folder: str) -> tuple[str, ...]:
        """What is in a folder, sorted; folders end in ``/``. Links are left out. Raises SourceError."""
        plain = _plain(folder)
        if plain is None:
            raise SourceError(f"source {printable(folder)}", "cannot be listed (it leads out of the repository)")
        found = tuple(sorted(self._listed().get(plain, ())))
        self._held[f"{folder}/"] = repr(found)
        return found

    def find(self, folder: str, fits: Callable[[str], bool]) -> tuple[str, ...]:
        """The paths of the files in and below a folder whose names fit, sorted; hidden folders are left out."""
        names, found, folders = self._listed(), list[str](), [folder]
        while folders:
            at = folders.pop()
            for name in names.get(at, ()):
                path = f"{at}/{name}" if at else name
                if not name.endswith("/"):
                    found += [path] if fits(name) else []
                elif name[0] != ".":
                    folders.append(path[:-1])
        self._held[f"{folder}//"] = repr(sorted(found))
        self._sought[f"{folder}//"] = fits
        return tuple(sorted(found))

    def _listed(self) -> dict[str, set[str]]:
        """The names in each folder; nothing where the commit cannot be listed, which the scan reports."""
        blobs = self._pinned()
        if not self._names:
            try:
                files = blobs.listing()
            except GitFailed:
                return {}
            for path, (mode, _) in files.items():
                if mode not in (LINK, SUBMODULE):
                    self._note(path)
        return self._names

    def _note(self, path: str) -> None:
        folder, _, name = path.rpartition("/")
        self._names.setdefault(folder, set()).add(name)
        while folder:
            folder, _, name = folder.rpartition("/")
            self._names.setdefault(folder, set()).add(f"{name}/")

    def _pinned(self) -> Blobs:
        if self._blobs is None:
            tips = self._clone.tips()
            if not tips:
                raise not_fetched(self._clone.name, self._clone.report())
            self._blobs = Blobs(self._clone.where, tips[0], self._folder)
        return self._blobs


def _plain(path: str) -> str | None:
    """The path without dots; None when it leads out, or is no path."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == ".." and not parts:
            return None
        if part == "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return None if path.startswith("/") or "\0" in path else "/".join(parts)
