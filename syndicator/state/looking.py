"""A state to look at: nothing on disk changes, whoever uses it meanwhile."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

from syndicator.errors import StateError
from syndicator.state.damage import require_file
from syndicator.state.database import Database
from syndicator.state.versions import expect_current, migrate
from syndicator.state.words import in_words


def open_to_read(file: Path) -> Database | None:
    """Open a SQLite state for a look that changes nothing on disk, not even a file beside it; None when there is none.

    Raises StateError for one that cannot be read as it is.
    """
    what = f"state {file}"
    try:
        require_file(file)
        connection = _resting(file) or _in_use(file)
    except FileNotFoundError:
        return None
    except sqlite3.Error as error:
        said = str(error).lower()
        if "unable to open" in said or "readonly" in said:
            raise StateError(
                what,
                "it is in use, or was when its program was killed, and this user may not read what lies beside it",
                "ask as the user that runs syndicator, or let this user read and write the state's folder",
            ) from error
        raise in_words(what, error) from error
    except OSError as error:
        raise StateError(
            what, f"it cannot be read ({error.strerror})", "ask as the user that runs syndicator"
        ) from error
    connection.execute("PRAGMA query_only=ON")
    database = Database(f"sqlite:///{file}", connection=connection)
    try:
        expect_current(database)
    except StateError:
        database.close()
        raise
    return database


def open_nothing() -> Database:
    """A state that is empty, in memory, and may not be written to: what a first look compares with."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    database = Database("sqlite://", connection=connection)
    migrate(database)
    connection.execute("PRAGMA query_only=ON")
    return database


def _resting(file: Path) -> sqlite3.Connection | None:
    """A copy in memory of a state that nobody uses; None for one that is in use, or began to be while it was copied.

    SQLite makes files beside a database in WAL mode even to read it, and leaves them there; told that the file cannot
    change, it does not. That is true as long as there is no log beside it, or one in which nothing is: that is all that
    somebody leaves who could not begin, as on a full disk. The first to write makes the log longer.
    """
    before = _signs(file)
    if before is None:
        return None
    copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    try:
        with closing(_connect(file, "immutable=1")) as original:
            original.backup(copy)
    except sqlite3.Error:
        copy.close()
        if _signs(file) != before:
            return None
        raise
    if _signs(file) != before:
        copy.close()
        return None
    return copy


def _signs(file: Path) -> tuple[int, int, int] | None:
    """What shows that a file is the same; None when there is something in a log beside it. Raises OSError."""
    with file.open("rb") as stream:
        status = os.fstat(stream.fileno())
    with suppress(FileNotFoundError):
        if file.with_name(file.name + "-wal").stat().st_size:
            return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def _in_use(file: Path) -> sqlite3.Connection:
    """A connection beside whoever writes."""
    connection = _connect(file, "mode=ro")
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _connect(file: Path, how: str) -> sqlite3.Connection:
    address = f"file:{quote(str(file.absolute()))}?{how}"
    return sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
