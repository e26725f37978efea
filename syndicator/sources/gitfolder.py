"""The folder of our own copy of a repository: who may write to it, and how it is made and replaced."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from syndicator.sources.gitcommand import GitFailed, git
from syndicator.sources.gitfaults import busy, not_ours, unwritable

#: Marks a copy as ours, which may be made anew.
_OURS = "made-by-syndicator"


@contextmanager
def alone(where: Path) -> Iterator[int]:
    """Nobody else fetches into the folder meanwhile; the lock's file. Raises SourceError when somebody does."""
    path = where.with_name(f"{where.name}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise unwritable(where, error.strerror) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise busy(where) from error
        yield handle
    finally:
        os.close(handle)


def make(where: Path) -> Path:
    """An empty copy beside the folder, so that nobody ever meets half a one, nor loses one that can still be read.

    Raises SourceError, also when what stands in the folder's place is not ours to replace.
    """
    folder = where.with_name(f"{where.name}.new")
    try:
        _remove(folder)
        _expect_ours(where)
        folder.mkdir(mode=0o700)
        (folder / _OURS).touch()
        git(folder, "init", "--quiet", "--bare", "--template=")
    except OSError as error:
        raise unwritable(folder, error.strerror) from error
    except GitFailed as error:
        raise unwritable(folder, str(error)) from error
    return folder


def replace(where: Path) -> None:
    """Put the copy that was made beside the folder in its place. Raises SourceError."""
    old = where.with_name(f"{where.name}.old")
    try:
        _remove(old)
        if where.exists():
            where.rename(old)
        where.with_name(f"{where.name}.new").rename(where)
    except OSError as error:
        raise unwritable(where, error.strerror) from error
    shutil.rmtree(old, ignore_errors=True)


def clear(where: Path) -> None:
    """Remove what a killed git has left behind; whoever fetches holds our lock, so that nobody is at work."""
    for path in (*where.glob("*.lock"), *(where / "refs").rglob("*.lock"), *where.glob("objects/*/tmp_*")):
        with suppress(OSError):
            path.unlink()


def _remove(folder: Path) -> None:
    _expect_ours(folder)
    shutil.rmtree(folder, ignore_errors=True)


def _expect_ours(folder: Path) -> None:
    if folder.is_dir() and any(folder.iterdir()) and not (folder / _OURS).exists():
        raise not_ours(folder)
