"""Posts as files below a folder."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Mapping
from pathlib import Path

from syndicator.errors import PostError, SourceError
from syndicator.images import measure_file
from syndicator.model import ImageFacts, SourceFile
from syndicator.ports import BEING_WRITTEN, Dialect, Scan, Versions
from syndicator.realpath import real_path
from syndicator.sources.belongings import Belongings
from syndicator.sources.glance import Elsewhere, Glance
from syndicator.sources.look import Look, scan_of, unreadable
from syndicator.sources.mounts import mounts_of
from syndicator.sources.settling import Asking, is_half, may_be_written
from syndicator.sources.walking import version_of

#: A file that changed less than so many seconds ago and looks like half of one is not believed yet.
_YOUNG = 2.0


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

    def scan(self, known: Mapping[str, str], *, spend: bool = False) -> Scan:
        """Compare the folder with the versions known by path. Raises SourceError when it cannot be listed."""
        root = self._resolved()
        self._inside.clear()
        left = known if spend and isinstance(known, dict) else dict(known)
        look = Look(root, self._dialect, left, self._closed, left)
        look.walk()
        return scan_of(look)

    def glance(self, known: Versions, touched: frozenset[str]) -> Scan | None:
        """What a scan would find when nothing has changed elsewhere; None where only a scan can tell.

        Raises SourceError when there is no folder.
        """
        root = self._resolved()
        self._inside.clear()
        try:
            return Glance(root, self._dialect, known, self._closed).scan(touched)
        except Elsewhere:
            return None

    def read(self, path: str) -> SourceFile:
        """The file as it is now. Raises PostError."""
        try:
            handle = self._open(path)
        except OSError as error:
            raise unreadable(path, error) from error
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
                if (age < _YOUNG and is_half(data)) or may_be_written(path, age, self._is_being_written):
                    raise _unfinished(path)
            beside, mark = self._beside(path)
            version = version_of(status, time.time_ns()) + mark
            return SourceFile(path=path, version=version, data=data, beside=beside)
        except OSError as error:
            raise unreadable(path, error) from error
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

    def is_bare(self) -> bool:
        """Whether the folder has nothing in it at all."""
        with os.scandir(self._resolved()) as listed:
            return next(listed, None) is None

    def measure(self, file: str, known_version: str) -> tuple[str, ImageFacts] | None:
        """Version and facts of a local image or recording, None when there is no such file inside the folder.

        While somebody writes it what was known of it stands, and one that nothing is known of is not there yet.
        """
        for folder in self._dialect.image_folders:
            path = f"{folder}/{file}" if folder else file
            found = measure_file(self._root, path, known_version)
            if found is not None and found[0] != known_version and self._grows(path):
                return (known_version, ImageFacts()) if known_version else None
            if found is not None:
                return found
        return None

    def _grows(self, path: str) -> bool:
        if self._is_being_written is None:
            return False
        try:
            age = abs(time.time() - os.stat(f"{self._folder}/{path}").st_mtime)  # noqa: PTH116
        except OSError:
            return False
        return may_be_written(path, age, self._is_being_written)

    def require(self) -> None:
        """Raises SourceError when there is no such folder."""
        self._resolved()

    def _resolved(self) -> Path:
        return require_folder(self._root)

    def _require_inside(self, folder: str) -> None:
        """Raises OSError when a folder lies outside. A folder in one that is inside needs only be no link."""
        if folder in self._inside:
            return
        above = folder.rpartition("/")[0]
        if len(above) >= len(self._folder):
            self._require_inside(above)
        if (above not in self._inside or os.path.islink(folder)) and not (  # noqa: PTH114
            real_path(folder).is_relative_to(real_path(self._root))
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
        target = real_path(full, strict=True)
        if not target.is_relative_to(real_path(self._root)):
            raise OSError(errno.EACCES, "a link that leads out of the source's folder")
        return os.open(target, flags | os.O_NOFOLLOW)


def require_folder(folder: Path) -> Path:
    """Where a folder really is. Raises SourceError when there is none."""
    try:
        root = real_path(folder, strict=True)
    except OSError as error:
        reason = "does not exist" if error.errno == errno.ENOENT else f"cannot be read ({error.strerror})"
        remedy = "mount or restore it, or set [source] path; the feeds stay as they are"
        raise SourceError(f"source {folder}", reason, remedy) from error
    if not root.is_dir():
        raise SourceError(f"source {folder}", "is not a folder", "set [source] path to the folder with the posts")
    return root


def _unfinished(path: str) -> PostError:
    return PostError(path, BEING_WRITTEN, remedy="it is read again when it is whole")
