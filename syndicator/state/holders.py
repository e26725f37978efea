"""Who keeps a database locked, as far as the system tells."""

from __future__ import annotations

import os
from pathlib import Path

_BESIDE = ("", "-shm", "-journal")


def who_holds(file: Path) -> str:
    """The processes that hold a lock to write to a SQLite file, "" where nobody can tell: not all systems list locks,
    and a container knows nothing of processes outside."""
    places = {place for end in _BESIDE if (place := _place(file.with_name(file.name + end)))}
    try:
        lines = Path("/proc/locks").read_text("ascii", "replace").splitlines()
    except OSError:
        return ""
    found: set[int] = set()
    for line in lines:
        words = line.split()
        if len(words) >= 6 and "WRITE" in words and "->" not in words and words[5] in places and words[4].isdigit():
            found.add(int(words[4]))
    return ", ".join(f"process {pid}{_name(pid)}" for pid in sorted(found - {os.getpid(), 0}))


def _place(file: Path) -> str:
    """A file as the list of locks names it."""
    try:
        status = file.stat()
    except OSError:
        return ""
    return f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"


def _name(pid: int) -> str:
    try:
        return f" ({Path(f'/proc/{pid}/comm').read_text('utf-8', 'replace').strip()})"
    except OSError:
        return ""
