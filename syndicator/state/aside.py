"""Another file in the place of a state: what was there is set aside under a name of its own, and never deleted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from syndicator.durable import sync_folder
from syndicator.errors import StateError

#: What a file was that was set aside: a state of ours that was damaged; any file that took the place of one in use.
BROKEN, OTHER = ".broken-", ".other-"
#: Whoever has set so many aside has a disk that fails, or somebody at work, and would fill the disk with them.
_MOST = 5
#: What SQLite keeps beside a database, by the ends of their names.
BESIDE = ("-wal", "-shm")
_LOG = BESIDE[0]

#: Device and number of a file: what stays the same when its name does not.
Identity = tuple[int, int]


def identity(path: Path) -> Identity | None:
    """Which file a name leads to; None for none. Raises OSError where nobody can tell."""
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return status.st_dev, status.st_ino


def set_aside(file: Path, mark: str) -> tuple[Path, ...]:
    """The files that were set aside from this place and lie there still, the oldest first."""
    try:
        names = [path.name for path in file.parent.iterdir()]
    except OSError:
        return ()
    begin = f"{file.name}{mark}"
    return tuple(file.with_name(name) for name in sorted(names) if name.startswith(begin) and name[-4:] not in BESIDE)


def name_aside(file: Path, mark: str, now: datetime) -> Path:
    """A name for the next one. Raises StateError when there are too many."""
    earlier = set_aside(file, mark)
    if len(earlier) >= _MOST:
        reason, remedy = (
            (f"it is damaged, and was so {len(earlier)} times before", "check this machine's disk and memory, and")
            if mark == BROKEN
            else (f"another file takes its place, for the {len(earlier) + 1}th time", "find out who puts it there, and")
        )
        raise StateError(f"state {file}", reason, f"{remedy} move {file.name}{mark}* elsewhere")
    aside = file.with_name(f"{file.name}{mark}{now:%Y%m%dT%H%M%SZ}")
    while aside.exists():
        aside = aside.with_name(f"{aside.name}+")
    return aside


def replace_by(
    file: Path, new: Path, now: datetime, mark: str = BROKEN, *, own: Collection[Identity | None] = ()
) -> Path | None:
    """Put another state in the place of what is there, which is set aside under the name that is given back; None where
    nothing was. What is the new one's ``own``, as it has all of it, makes way for it and is not set aside.

    Nobody may begin to use any of them meanwhile. Killed anywhere, there is a state at its place if there was one: the
    old, or the new. Raises StateError.
    """
    moved: Path | None = None
    try:
        there = identity(file)
        beside = {end: found for end in BESIDE if (found := identity(file.with_name(file.name + end)))}
        # What processes share of a log is of no use to anybody without one.
        is_other = there is not None and there not in own
        whole = is_other or beside.get(_LOG) not in (None, *own)
        strangers = [end for end, found in beside.items() if whole and found not in own]
        if whole:
            aside = name_aside(file, mark, now)
            if is_other:
                same = next((path for path in set_aside(file, mark) if identity(path) == there), None)
                if same is None:
                    _name_too(file, aside)
                else:
                    aside = same  # whoever did this before was killed over it
            for end in strangers:
                file.with_name(file.name + end).rename(aside.with_name(aside.name + end))
            moved = aside if is_other else aside.with_name(aside.name + _LOG)
        new.replace(file)
        sync_folder(file.parent)
        for end in beside.keys() - set(strangers):  # only now: until then they belong to what is there
            file.with_name(file.name + end).unlink(missing_ok=True)
    except OSError as error:
        was = "it is damaged and" if mark == BROKEN else "what is in its place"
        raise StateError(
            f"state {file}",
            f"{was} cannot be set aside ({error.strerror})",
            f"move it elsewhere, and put {new.name} in its place",
        ) from error
    return moved


def _name_too(file: Path, aside: Path) -> None:
    """Give a file another name; where files can have one only, that one."""
    try:
        aside.hardlink_to(file)
    except FileNotFoundError:
        raise
    except OSError:
        file.rename(aside)
