"""What a walk over folders needs: names of files as they are now, and links that do not lead in circles."""

from __future__ import annotations

import os
from pathlib import Path

from syndicator.realpath import real_path

#: A file changed less than this long ago (nanoseconds) may change again without its time stamp moving.
_TICK = 20_000_000


def version_of(status: os.stat_result, now: int | None = None) -> str:
    """A name that changes with the file. With ``now``, another look will not find it again when the file may be
    changing still.
    """
    unsettled = "~" if now is not None and 0 <= now - status.st_mtime_ns < _TICK else ""
    return f"{status.st_mtime_ns:x}-{status.st_ctime_ns:x}-{status.st_size:x}-{status.st_ino:x}{unsettled}"


def is_same(one: str, other: str) -> bool:
    """Whether two names are of a file as it was and is: one of them may be from a moment at which it might change."""
    return one.replace("~", "") == other.replace("~", "")


def leads_on(link: os.DirEntry[str], target: Path, linked: set[Path]) -> bool:
    """Whether a link to a folder is to be followed; ``linked`` are the targets of those that were.

    One to a folder above itself, or to one that another link led to, would be walked for ever.
    """
    if target in linked or real_path(Path(link.path).parent).is_relative_to(target):
        return False
    linked.add(target)
    return True
