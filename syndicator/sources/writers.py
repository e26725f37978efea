"""Which files are open to be written to, by what Linux tells of the processes that this user may look at."""

from __future__ import annotations

import os
from collections.abc import Iterator

_PROC = "/proc"
_GONE = " (deleted)"


def written_below(root: str) -> frozenset[str]:
    """The files below a real folder that some process has open to write to, as paths from it."""
    begin = f"{root}/"
    return frozenset(path.removeprefix(begin) for path in _open_files(begin) if not path.endswith(_GONE))


def _open_files(begin: str) -> Iterator[str]:
    for process in _names(_PROC):
        if not process.isdigit():
            continue
        for number in _names(f"{_PROC}/{process}/fd"):
            try:
                path = os.readlink(f"{_PROC}/{process}/fd/{number}")  # noqa: PTH115 - text, for each of many
                # Only the name is asked for, as a look at the file itself may wait for another machine.
                if path.startswith(begin) and _is_written(f"{_PROC}/{process}/fdinfo/{number}"):
                    yield path
            except OSError:
                continue  # it is closed by now


def _is_written(info: str) -> bool:
    with open(info, encoding="ascii", errors="replace") as lines:  # noqa: PTH123
        flags = next((line.split()[1] for line in lines if line.startswith("flags:")), "0")
    return int(flags, 8) & os.O_ACCMODE != os.O_RDONLY


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208
    except OSError:
        return []  # another user's, or one that has ended
