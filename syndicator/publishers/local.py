"""Documents as files in a folder, each replaced atomically."""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from syndicator.durable import sync_folder
from syndicator.errors import PublishError
from syndicator.model import Document
from syndicator.openfiles import MORE_FILES

_TEMPORARY = ".syndicator-"
#: Names the documents that were about to be put, and are remembered nowhere else yet.
_BEGUN = f"{_TEMPORARY}begun"


class LocalPublisher:
    """Writes below ``root``, which is made when it is missing. A reader never sees half a file."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, document: Document) -> str:
        """Write beside, sync, rename; a file with equal bytes is not touched. Raises PublishError."""
        target = self._target(document.path)
        try:
            if self._length(target) == len(document.body) and self.read(document.path) == document.body:
                return self._version(target)
            target.parent.mkdir(parents=True, exist_ok=True)
            self._replace(target, document.body)
            return self._version(target)
        except OSError as error:
            raise _cannot("written", target, error) from error

    def delete(self, path: str) -> None:
        """Take a file away, and the folders that it leaves empty. Raises PublishError."""
        target = self._target(path)
        try:
            target.unlink(missing_ok=True)
            sync_folder(target.parent)
        except FileNotFoundError:
            return
        except OSError as error:
            raise _cannot("removed", target, error) from error
        for folder in target.parents:
            if folder == self._root or not folder.is_relative_to(self._root):
                break
            try:
                folder.rmdir()
            except OSError:
                break

    def read(self, path: str) -> bytes | None:
        """The bytes that stand there. Raises PublishError when they cannot be read."""
        target = self._target(path)
        try:
            return target.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise _cannot("read", target, error) from error

    def standing(self, below: str = "") -> Iterator[tuple[str, str, datetime]]:
        """Every file that stands there or ``below`` a folder: path, version, and when it last changed. Links are not
        followed.
        """
        for folder, folders, names in os.walk(self._root / below):
            folders.sort()
            for name in sorted(names):
                target = Path(folder, name)
                version = self._version(target)
                if version and not name.startswith(_TEMPORARY):
                    changed = datetime.fromtimestamp(int(version.partition("-")[0], 16) / 1e9, UTC)
                    yield target.relative_to(self._root).as_posix(), version, changed

    def altered(self, versions: Mapping[str, str]) -> frozenset[str]:
        """Paths whose file is not the one that was left there."""
        self._folders(versions)
        root = str(self._root)  # text, not Path: asked for each document in each pass
        return frozenset(path for path, version in versions.items() if self._version(f"{root}/{path}") != version)

    def settle(self, paths: Sequence[str]) -> None:
        """Sync the folders in which these files stand, each once. Raises PublishError."""
        folders = self._folders(paths)
        for folder in sorted({*folders, *(above for one in folders for above in one.parents)}):
            try:
                if folder.is_relative_to(self._root):
                    sync_folder(folder)
            except OSError as error:
                raise _cannot("synced", folder, error) from error

    def sweep(self, paths: Collection[str]) -> None:
        """Remove temporary files that a killed process left beside these. Raises PublishError."""
        for folder in sorted({self._target(path).parent for path in paths} | {self._root}):
            try:
                for leftover in folder.glob(f"{_TEMPORARY}*"):
                    if leftover.name != _BEGUN and stat.S_ISREG(leftover.lstat().st_mode):
                        leftover.unlink(missing_ok=True)
            except OSError as error:
                raise _cannot("removed", folder, error) from error

    def begin(self, paths: Collection[str]) -> None:
        """Note what is about to be put where nothing stands yet. Raises PublishError."""
        new = {path for path in paths if not self._target(path).exists()}
        if not new:
            return
        note = self._root / _BEGUN
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            self._replace(note, json.dumps(sorted(new.union(self._begun()))).encode())
            sync_folder(self._root)
        except OSError as error:
            raise _cannot("written", note, error) from error

    def end(self, paths: Collection[str], waiting: Collection[str] = ()) -> None:
        """Take away what was begun and is none of these, nor is waiting. Raises PublishError."""
        note = self._root / _BEGUN
        try:
            for path in self._begun().difference(paths, waiting):
                target = self._target(path)
                target.with_name(f"{_TEMPORARY}{target.name}").unlink(missing_ok=True)
                self.delete(path)
            if not waiting:
                note.unlink(missing_ok=True)
        except OSError as error:
            raise _cannot("removed", note, error) from error

    def _begun(self) -> set[str]:
        try:
            noted = json.loads((self._root / _BEGUN).read_bytes())
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return set()
        return {path for path in noted if isinstance(path, str)} if isinstance(noted, list) else set()

    def _folders(self, paths: Iterable[str]) -> set[Path]:
        """The folders of these files, each looked at once. Raises PublishError when one leads elsewhere."""
        one_in_each = {path.rpartition("/")[0]: path for path in paths}
        return {self._target(path).parent for path in one_in_each.values()}

    def _target(self, path: str) -> Path:
        parts = path.split("/")
        if not path or path.startswith("/") or "\\" in path or any(part in ("", ".", "..") for part in parts):
            raise PublishError(path, "the path leads out of the folder", "name a relative path without '..'")
        target = self._root.joinpath(*parts)
        # A link on the way would take the file elsewhere; the root itself may be one (releases are often linked).
        for folder in target.parents:
            if folder == self._root:
                break
            if folder.is_symlink():
                raise PublishError(str(target), f"{folder} is a symbolic link", "replace the link by a folder")
        return target

    def _replace(self, target: Path, body: bytes) -> None:
        # One name a document: what a killed process left is overwritten by the next, never piled up.
        temporary = target.with_name(f"{_TEMPORARY}{target.name}")
        try:
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
            with os.fdopen(handle, "wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise

    @staticmethod
    def _length(target: Path) -> int:
        try:
            return target.stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            return -1

    @staticmethod
    def _version(target: Path | str) -> str:
        try:
            status = os.lstat(target)
        except OSError:
            return ""
        if not stat.S_ISREG(status.st_mode):
            return ""
        return f"{status.st_mtime_ns:x}-{status.st_size:x}-{status.st_ino:x}"


_REMEDIES = {
    errno.ENOSPC: "free some space; the last good file still stands and this one is tried again",
    errno.EDQUOT: "raise the quota; the last good file still stands and this one is tried again",
    errno.EACCES: "give this user the right to write there",
    errno.EROFS: "mount the file system writable, or set [publish] to",
    errno.EMFILE: MORE_FILES,
    errno.ENFILE: MORE_FILES,
    errno.EIO: "see the system's log: the disk fails",
}


def _cannot(done: str, target: Path, error: OSError) -> PublishError:
    remedy = _REMEDIES.get(error.errno or 0, "check [publish] to")
    return PublishError(str(target), f"cannot be {done} ({error.strerror or error})", remedy)
