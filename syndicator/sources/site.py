"""The site's own configuration and data files, read within its folder and within limits."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path

from syndicator.errors import SourceError, SourceUnfinished
from syndicator.model import digest
from syndicator.ports import BEING_WRITTEN
from syndicator.realpath import real_path
from syndicator.sources.settling import Asking, may_be_written
from syndicator.sources.walking import leads_on, version_of

#: Configuration and data are small; what is larger is something else.
_LIMIT = 2**20
_NOT_THERE = "not there"


class SiteFolder:
    """The files below ``root``; nothing outside it, whatever links and dots in a path say.

    ``limit`` is the most bytes of one. What was asked for is remembered, so that ``unchanged`` costs one look at each
    file. One that ``is_being_written`` is not read; without, files are taken as they are.
    """

    def __init__(self, root: Path, is_being_written: Asking | None = None, *, limit: int = _LIMIT) -> None:
        self._is_being_written = is_being_written
        self._root = root
        self._limit = limit
        self._seen: dict[str, str] = {}
        self._held: dict[str, str] = {}
        self._walked: dict[str, str] = {}

    @property
    def digest(self) -> str:
        """The name of all that was read and listed: the same on every machine."""
        return digest(repr(sorted(self._held.items())).encode())

    def unchanged(self) -> bool:
        """Whether everything that was read and listed still is as it was."""
        return all(version == self._version(path) for path, version in self._seen.items()) and all(
            version == self._walked_version(path) for path, version in self._walked.items()
        )

    def read(self, path: str) -> bytes | None:
        """What is in a file; None when there is none. Raises SourceError, also when it is being written."""
        self._seen[path] = self._version(path, fresh=True)
        self._held[path] = ""
        try:
            full = self._inside(path)
            # Opening a pipe would wait for somebody who writes to it.
            # Not is_file(): a link that leads to itself is none to that, as if there were nothing.
            if not stat.S_ISREG(full.stat().st_mode):
                return None
            with full.open("rb") as file:
                data = file.read(self._limit + 1)
                self._require_whole(path, abs(time.time() - os.fstat(file.fileno()).st_mtime))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise self._unreadable(path, error) from error
        if len(data) > self._limit:
            raise SourceError(f"source {self._root / path}", f"has more than {self._limit:,} bytes", "shorten it")
        self._held[path] = digest(data)
        return data

    def _require_whole(self, path: str, age: float) -> None:
        if self._is_being_written is not None and may_be_written(path, age, self._is_being_written):
            raise SourceUnfinished(f"source {self._root / path}", BEING_WRITTEN, "it is read again when it is whole")

    def version(self, path: str) -> str:
        """The name of a file as it is now, "" when there is none. One that changed just now has another the next time,
        and so has one that cannot be looked at."""
        version = self._version(path, fresh=True)
        return "" if version == _NOT_THERE else version

    def begin(self, path: str, most: int) -> bytes | None:
        """The first bytes of a file of any size; None when there is none. Raises SourceError.

        Nothing is remembered of it: whoever asks compares what came of it.
        """
        try:
            full = self._inside(path)
            if not stat.S_ISREG(full.stat().st_mode):
                return None
            with full.open("rb") as file:
                return file.read(most)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError) as error:
            raise self._unreadable(path, error) from error

    def look_again(self) -> None:
        """Files are looked at whenever somebody asks; only what was noted is forgotten."""
        for noted in (self._seen, self._held, self._walked):
            noted.clear()

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

    def find(self, folder: str, fits: Callable[[str], bool]) -> tuple[str, ...]:
        """The paths of the files in and below a folder whose names fit, sorted.

        All folders are watched, but only what was found is part of the digest: posts come and go beside it. A folder
        that cannot be listed is left to the scan, which reports it.
        """
        found: list[str] = []
        folders = [folder]
        linked: set[Path] = set()
        while folders:
            at = folders.pop()
            try:
                full = self._inside(at) if at == folder else self._root / at
                self._walked[at] = version_of(full.stat(), time.time_ns())
                with os.scandir(full) as entries:
                    for entry in entries:
                        path = f"{at}/{entry.name}" if at else entry.name
                        if not self._stays(entry):
                            continue
                        if entry.is_dir():
                            if entry.name[0] != "." and _is_followed(entry, linked):
                                folders.append(path)
                        elif fits(entry.name):
                            found.append(path)
            except OSError:
                self._walked.setdefault(at, _NOT_THERE)
        self._held[f"{folder}//"] = repr(sorted(found))
        return tuple(sorted(found))

    def _version(self, path: str, *, fresh: bool = False) -> str:
        """The name of a file or folder as it is; one that is ``fresh`` and changed just now has none that lasts."""
        try:
            status = self._inside(path).stat()
        except OSError as error:
            return _NOT_THERE if isinstance(error, FileNotFoundError | NotADirectoryError) else f"error {error.errno}"
        return version_of(status, time.time_ns() if fresh else None)

    def _walked_version(self, path: str) -> str:
        # Whatever a link leads to by now: nothing is read here, and a change makes everything be looked at anew.
        try:
            return version_of(os.stat(f"{self._root}/{path}"))  # noqa: PTH116 - there may be very many
        except OSError:
            return _NOT_THERE

    def _inside(self, path: str) -> Path:
        full = real_path(self._root / path)
        if not full.is_relative_to(real_path(self._root)):
            raise OSError(errno.EACCES, "it leads out of the source's folder")
        return full

    def _stays(self, entry: os.DirEntry[str]) -> bool:
        return not entry.is_symlink() or real_path(entry.path).is_relative_to(real_path(self._root))

    def _unreadable(self, path: str, error: OSError | ValueError) -> SourceError:
        return SourceError(
            f"source {self._root / path}",
            f"cannot be read ({getattr(error, 'strerror', None) or 'not a file name'})",
            "give this user the right to read it, or remove it",
        )


def _is_followed(entry: os.DirEntry[str], linked: set[Path]) -> bool:
    return not entry.is_symlink() or leads_on(entry, real_path(entry.path), linked)
