"""The site's own configuration and data files, read within its folder and within limits."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

from syndicator.errors import SourceError
from syndicator.model import digest

#: Configuration and data are small; what is larger is something else.
_LIMIT = 2**20
#: A file changed less than this long ago (nanoseconds) may change again without its time stamp moving.
_TICK = 20_000_000
_NOT_THERE = "not there"


class SiteFolder:
    """The files below ``root``; nothing outside it, whatever links and dots in a path say.

    What was asked for is remembered, so that ``unchanged`` costs one look at each file.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._seen: dict[str, str] = {}
        self._held: dict[str, str] = {}

    @property
    def digest(self) -> str:
        """The name of all that was read and listed: the same on every machine."""
        return digest(repr(sorted(self._held.items())).encode())

    def unchanged(self) -> bool:
        """Whether everything that was read and listed still is as it was."""
        return all(version == self._version(path) for path, version in self._seen.items())

    def read(self, path: str) -> bytes | None:
        """What is in a file; None when there is none. Raises SourceError."""
        self._seen[path] = self._version(path, fresh=True)
        self._held[path] = ""
        try:
            with self._inside(path).open("rb") as file:
                data = file.read(_LIMIT + 1)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None
        except OSError as error:
            raise self._unreadable(path, error) from error
        if len(data) > _LIMIT:
            raise SourceError(f"source {self._root / path}", f"has more than {_LIMIT:,} bytes", "shorten it")
        self._held[path] = digest(data)
        return data

    def names(self, folder: str) -> tuple[str, ...]:
        """What is in a folder, sorted; folders end in ``/``. Raises SourceError."""
        self._seen[folder] = self._version(folder, fresh=True)
        try:
            with os.scandir(self._inside(folder)) as entries:
                found = [f"{e.name}/" if e.is_dir() else e.name for e in entries if self._stays(e)]
        except (FileNotFoundError, NotADirectoryError):
            found = []
        except OSError as error:
            raise self._unreadable(folder, error) from error
        self._held[f"{folder}/"] = repr(sorted(found))
        return tuple(sorted(found))

    def _version(self, path: str, *, fresh: bool = False) -> str:
        """The name of a file or folder as it is; one that is ``fresh`` and changed just now has none that lasts."""
        try:
            status = self._inside(path).stat()
        except OSError as error:
            return _NOT_THERE if isinstance(error, FileNotFoundError | NotADirectoryError) else f"error {error.errno}"
        unsettled = "~" if fresh and 0 <= time.time_ns() - status.st_mtime_ns < _TICK else ""
        return f"{status.st_mtime_ns:x}-{status.st_ctime_ns:x}-{status.st_size:x}-{status.st_ino:x}{unsettled}"

    def _inside(self, path: str) -> Path:
        full = (self._root / path).resolve()
        if not full.is_relative_to(self._root.resolve()):
            raise OSError(errno.EACCES, "it leads out of the source's folder")
        return full

    def _stays(self, entry: os.DirEntry[str]) -> bool:
        return not entry.is_symlink() or Path(entry.path).resolve().is_relative_to(self._root.resolve())

    def _unreadable(self, path: str, error: OSError) -> SourceError:
        return SourceError(
            f"source {self._root / path}",
            f"cannot be read ({error.strerror})",
            "give this user the right to read it, or remove it",
        )
