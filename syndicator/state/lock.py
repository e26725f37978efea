"""The right to be the one who writes to a state."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from syndicator.errors import StateError


@contextmanager
def only_writer(file: Path) -> Iterator[None]:
    """Hold the right to write to a state: a lock that the system lifts when the process ends, however it ends.

    Raises StateError that names the process that holds it.
    """
    lock = file.with_name(file.name + ".lock")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StateError(
            f"state {file}",
            f"its lock file cannot be opened ({error.strerror})",
            "give this user the right to write there",
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(handle, 32).decode("ascii", "replace").strip()
            raise StateError(
                f"state {file}",
                f"another syndicator is at work on it (process {holder or 'unknown'})",
                "stop that one first; 'syndicator status' shows what it does",
            ) from error
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(handle)
