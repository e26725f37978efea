"""The site's own configuration and data files, read within its folder and within limits."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from syndicator.errors import SourceError

#: Configuration and data are small; what is larger is something else.
_LIMIT = 2**20


class SiteFolder:
    """The files below ``root``; nothing outside it, whatever links and dots in a path say.

    ``limit`` is the most bytes of one.
    """

    def __init__(self, root: Path, *, limit: int = _LIMIT) -> None:
        self._root = root
        self._limit = limit

    def read(self, path: str) -> bytes | None:
        """What is in a file; None when there is none. Raises SourceError."""
        try:
            with self._inside(path).open("rb") as file:
                data = file.read(self._limit + 1)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None
        except OSError as error:
            raise _unreadable(path, error) from error
        if len(data) > self._limit:
            raise SourceError(f"source {path}", f"has more than {self._limit:,} bytes", "shorten it")
        return data

    def names(self, folder: str) -> tuple[str, ...]:
        """What is in a folder, sorted; folders end in ``/``. Raises SourceError."""
        try:
            with os.scandir(self._inside(folder)) as entries:
                found = [f"{e.name}/" if e.is_dir() else e.name for e in entries if self._stays(e)]
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            raise _unreadable(folder or ".", error) from error
        return tuple(sorted(found))

    def _inside(self, path: str) -> Path:
        full = (self._root / path).resolve()
        if not full.is_relative_to(self._root.resolve()):
            raise OSError(errno.EACCES, "it leads out of the source's folder")
        return full

    def _stays(self, entry: os.DirEntry[str]) -> bool:
        return not entry.is_symlink() or Path(entry.path).resolve().is_relative_to(self._root.resolve())


def _unreadable(path: str, error: OSError) -> SourceError:
    return SourceError(
        f"source {path}", f"cannot be read ({error.strerror})", "give this user the right to read it, or remove it"
    )
