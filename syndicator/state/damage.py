"""Whose a file is, and setting aside a state of ours that is damaged. Nothing is ever deleted."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from syndicator.errors import StateError
from syndicator.state.tables import APPLICATION

#: How SQLite's files begin, and where their header says whose they are.
_MAGIC = b"SQLite format 3\0"
_HEADER, _OWNER = 100, slice(68, 72)
#: What is in it is described near the beginning of a file, and all of these are in no one else's.
_SIGNS = (b"alembic_version", b"ix_deliveries_due", b"ix_images_due")
_LOOK = 2**20
#: Whoever has set so many aside has a disk that fails, and would fill it with them.
_MOST = 5
_BROKEN = ".broken-"
_BESIDE = ("-wal", "-shm")


def require_ours(file: Path) -> None:
    """Raises StateError for a file that is not one of ours, or that in doubt may be somebody else's, before anything of
    it is changed: opening a database for writing changes it already.

    A file without a byte, or of zeros only, is nobody's: that is what a power cut leaves.
    """
    try:
        with file.open("rb") as stream:
            begin = stream.read(_HEADER)
            if begin.startswith(_MAGIC) and int.from_bytes(begin[_OWNER]) == APPLICATION:
                return
            begin += stream.read(_LOOK)
    except FileNotFoundError:
        return
    except OSError as error:
        trouble = error.strerror
        raise StateError(f"state {file}", f"it cannot be read ({trouble})", "give this user the right to") from error
    if not begin.strip(b"\0") or all(sign in begin for sign in _SIGNS):
        return
    try:
        tables = _tables(file)
    except sqlite3.Error as error:
        raise StateError(
            f"state {file}", f"it is not a database of ours ({error})", "check [state] url, or move the file aside"
        ) from error
    if tables and "alembic_version" not in tables:
        raise StateError(f"state {file}", "it is the database of another program", "check [state] url")


def _tables(file: Path) -> set[str]:
    """What is in a database, without a trace of having looked."""
    address = f"file:{quote(str(file.absolute()))}?immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}


def broken(file: Path) -> tuple[Path, ...]:
    """The states that were set aside from this place and lie there still, the oldest first."""
    try:
        names = [path.name for path in file.parent.iterdir()]
    except OSError:
        return ()
    begin = f"{file.name}{_BROKEN}"
    return tuple(file.with_name(name) for name in sorted(names) if name.startswith(begin) and name[-4:] not in _BESIDE)


def replace_by(file: Path, new: Path, now: datetime) -> Path:
    """Put another state in the place of a damaged one, which is set aside under the name that is given back.

    Nobody may have either of them open. Killed anywhere, there is a state at its place: the damaged one, or the new.
    Raises StateError.
    """
    what = f"state {file}"
    earlier = broken(file)
    if len(earlier) >= _MOST:
        raise StateError(
            what,
            f"it is damaged, and was so {len(earlier)} times before",
            f"check this machine's disk and memory, and move {file.name}{_BROKEN}* elsewhere",
        )
    aside = file.with_name(f"{file.name}{_BROKEN}{now:%Y%m%dT%H%M%SZ}")
    while aside.exists():
        aside = aside.with_name(f"{aside.name}+")
    try:
        same = next((path for path in earlier if path.samefile(file)), None)
        if same is None:
            _name_too(file, aside)
        else:
            aside = same  # whoever did this before was killed over it
        for end in _BESIDE:
            with suppress(FileNotFoundError):
                file.with_name(file.name + end).rename(aside.with_name(aside.name + end))
        new.replace(file)
        _sync(file.parent)
    except OSError as error:
        raise StateError(
            what,
            f"it is damaged and cannot be set aside ({error.strerror})",
            f"move it elsewhere, and put {new.name} in its place",
        ) from error
    return aside


def _name_too(file: Path, aside: Path) -> None:
    """Give a file another name; where files can have one only, that one."""
    try:
        aside.hardlink_to(file)
    except FileNotFoundError:
        raise
    except OSError:
        file.rename(aside)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
