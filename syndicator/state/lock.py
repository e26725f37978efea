"""The right to be the one who writes to a state."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from socket import gethostname

from syndicator.errors import StateError
from syndicator.text import printable

#: So many bytes are read of who holds a lock.
_MOST = 300


@contextmanager
def only_writer(file: Path) -> Iterator[None]:
    """Hold the right to write to a state: a lock that the system lifts when the process ends, however it ends.

    Raises StateError that names the process that holds it.
    """
    lock = _lock_of(file)
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
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
            holder = printable(os.read(handle, _MOST).decode("utf-8", "replace").strip())
            raise StateError(
                f"state {file}",
                f"another syndicator is at work on it: {_named(holder)}",
                "stop that one first; 'syndicator status' shows what it does",
            ) from error
        began = datetime.now(UTC)
        with suppress(OSError):  # a full disk keeps nobody from locking
            os.ftruncate(handle, 0)
            os.write(handle, f"{os.getpid()} on {gethostname()}, since {began:%Y-%m-%d %H:%M:%S} UTC\n".encode())
        yield
    finally:
        os.close(handle)


def _lock_of(file: Path) -> Path:
    """Beside the file itself, as SQLite's own: whoever comes by a link comes to the same."""
    real = Path(os.path.realpath(file))
    return real.with_name(f"{real.name}.lock")


def _named(holder: str) -> str:
    """Who holds a lock: its number means something on its own machine only, and in its own container."""
    return f"process {holder}" if holder else "a process that did not say who it is"


def holder(file: Path) -> tuple[int, float] | None:
    """The process that has that right now, and since when (seconds since 1970); None when nobody has, as far as can be
    seen from here. Nothing is locked to find out: whoever wants the right at that moment would be refused.
    """
    lock = _lock_of(file)
    try:
        with lock.open("rb") as stream:
            status, said = os.fstat(stream.fileno()), stream.read(_MOST).split()
        process = int(said[0])
    except (OSError, ValueError, IndexError):
        return None
    try:
        held = Path("/proc/locks").read_text(encoding="ascii")
    except (OSError, ValueError):
        return (process, status.st_mtime) if _is_alive(process) else None
    # "1: FLOCK  ADVISORY  WRITE 4711 08:01:1234567 0 EOF"
    entries = (words for line in held.splitlines() if len(words := line.split()) > 5 and words[1] == "FLOCK")
    seen = any(words[4] == str(process) and words[5].endswith(f":{status.st_ino}") for words in entries)
    return (process, status.st_mtime) if seen else None


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # somebody else's
    return True
