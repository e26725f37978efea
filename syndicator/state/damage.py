"""Whose a file is that stands where a state is to be."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing, suppress
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


def require_file(file: Path) -> None:
    """Raises StateError where something else than a file stands, as to open a pipe would wait for its other end; and
    OSError where nobody can tell.
    """
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(file.stat().st_mode):
            raise StateError(
                f"state {file}", "a folder, a pipe or a device is there", "set [state] url to where a file can be"
            )


def require_ours(file: Path) -> None:
    """Raises StateError for a file that is not one of ours, or that in doubt may be somebody else's, before anything of
    it is changed: opening a database for writing changes it already.

    A file without a byte, or of zeros only, is nobody's: that is what a power cut leaves.
    """
    try:
        require_file(file)
        with file.open("rb") as stream:
            begin = stream.read(_HEADER)
            if begin.startswith(_MAGIC) and int.from_bytes(begin[_OWNER]) == APPLICATION:
                return
            begin += stream.read(_LOOK)
    except FileNotFoundError:
        return
    except OSError as error:
        trouble = error.strerror
        raise StateError(
            f"state {file}", f"it cannot be read ({trouble})", "give this user the right to read it"
        ) from error
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
