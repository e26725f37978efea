"""One door to the database: opened, migrated, with transactions and errors that people understand."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import islice
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, Insert, Table, create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from syndicator.errors import StateError
from syndicator.state.tables import HEAD, metadata

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy.dialects import postgresql, sqlite

#: From so many rows on it pays to prepare them here.
_MANY = 100
#: So many are prepared at a time, so that storing a whole site takes no memory to speak of.
_CHUNK = 1_000
_REMEDIES = (
    ("locked", "another process is writing", "wait for it, or stop the other program that uses this database"),
    ("full", "the disk is full", "free some space; nothing was lost, the last good files stand"),
    ("readonly", "the database may not be written to", "give this user the right to write to it and its folder"),
    ("unable to open", "it cannot be opened", "check that the folder exists and that this user may write to it"),
    (
        "malformed",
        "it is damaged",
        "move it aside and run again: ids are minted from the posts, but edit times start anew",
    ),
    ("not a database", "it is not a database", "check [state] url, or move the file aside and run again"),
)


class Database:
    """An open database. Reading and writing each have one way in; a write holds the only write lock from its start.

    With a ``connection`` to SQLite that one is used, as it is, and ``url`` only names it.
    """

    def __init__(self, url: str, *, busy: float = 5.0, connection: sqlite3.Connection | None = None) -> None:
        self.url = url
        self.engine: Engine
        if connection is not None:
            self.engine = create_engine(url, creator=lambda: connection, poolclass=StaticPool)
        else:
            self.engine = create_engine(url, connect_args={"timeout": busy} if url.startswith("sqlite") else {})
            if self.engine.dialect.name == "sqlite":
                event.listen(self.engine, "connect", _prepare_sqlite)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "begin", _begin_sqlite)

    @property
    def what(self) -> str:
        """How to call it in a message."""
        return f"state {self.engine.url.database}"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for looking. Raises StateError."""
        with self._explained(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction: all of it or nothing. Raises StateError."""
        with (
            self._explained(),
            self.engine.connect().execution_options(syndicator_write=True) as connection,
            connection.begin(),
        ):
            yield connection

    def upsert(self, connection: Connection, table: Table, rows: Iterable[Any]) -> None:
        """Insert rows, or replace those with the same key: mappings with the same keys, or objects with the columns as
        attributes."""
        keys = [column.name for column in table.primary_key]
        remaining = iter(rows)
        while chunk := list(islice(remaining, _CHUNK)):
            mapped = isinstance(chunk[0], Mapping)
            names = list(chunk[0]) if mapped else [column.name for column in table.columns]
            statement = self._insert()(table)
            changes = {name: statement.excluded[name] for name in names if name not in keys}
            upsert = statement.on_conflict_do_update(index_elements=keys, set_=changes)
            get = itemgetter if mapped else attrgetter
            columns = {name: list(map(get(name), chunk)) for name in names}
            if len(chunk) < _MANY:
                connection.execute(
                    upsert, [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]
                )
            else:
                self._execute_many(connection, upsert, table, columns)

    def _insert(self) -> Callable[[Table], sqlite.Insert | postgresql.Insert]:
        """Both databases speak the same upsert; only its home differs, and each home takes its time to import."""
        if self.engine.dialect.name == "postgresql":
            from sqlalchemy.dialects.postgresql import insert as postgresql_insert

            return postgresql_insert
        from sqlalchemy.dialects.sqlite import insert as sqlite_insert

        return sqlite_insert

    def _execute_many(
        self, connection: Connection, statement: Insert, table: Table, columns: Mapping[str, list[Any]]
    ) -> None:
        """Hand rows over as the driver wants them: one by one they cost five times what it takes to store them."""
        dialect = self.engine.dialect
        compiled = statement.compile(dialect=dialect, column_keys=list(columns))
        names = compiled.positiontup or list(columns)
        written: list[list[Any]] = []
        for name in names:
            write = table.c[name].type.bind_processor(dialect)
            written.append([write(value) for value in columns[name]] if write else columns[name])
        values = zip(*written, strict=True)
        if compiled.positiontup is None:
            connection.exec_driver_sql(str(compiled), [dict(zip(names, row, strict=True)) for row in values])
        else:
            connection.exec_driver_sql(str(compiled), list(values))

    def migrate(self) -> None:
        """Bring an empty or older database up to date. Raises StateError for one that is newer than this program."""
        tables, revision = self._version()
        if revision == HEAD:
            return
        if not tables:
            self._create()
            return
        self._upgrade(revision)

    def expect_current(self) -> None:
        """Raises StateError for a database that this program would have to change before it can read it."""
        tables, revision = self._version()
        if revision == HEAD:
            return
        if not tables:
            raise StateError(self.what, "there is nothing in it yet", "run 'syndicator build' first")
        self._know(revision)
        raise StateError(
            self.what,
            f"it is at version {revision or 'unknown'}, older than this program",
            "run 'syndicator build' or 'syndicator run', which bring it up to date, and ask again",
        )

    def _version(self) -> tuple[set[str], str | None]:
        """Which tables there are, and at which step of their history."""
        with self.read() as connection:
            tables = set(inspect(connection).get_table_names())
            if "alembic_version" not in tables:
                return tables, None
            return tables, connection.execute(text("SELECT version_num FROM alembic_version")).scalar()

    def _create(self) -> None:
        # An empty database needs no history: the tables as they are now, and the mark that alembic would leave.
        with self.write() as connection:
            metadata.create_all(connection)
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
            connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})

    def _upgrade(self, revision: str | None) -> None:
        from alembic import command

        config = self._know(revision)
        with self.write() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def _know(self, revision: str | None) -> Config:
        """The tables' history. Raises StateError when a version is no part of it."""
        from alembic.config import Config
        from alembic.script import ScriptDirectory
        from alembic.util import CommandError

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
        try:
            if revision is not None:
                ScriptDirectory.from_config(config).get_revision(revision)
        except CommandError as error:
            raise StateError(
                self.what,
                f"it is at version {revision}, which this program does not know",
                "use the newer syndicator that made it, or another [state] url",
            ) from error
        return config

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise _in_words(self.what, error.orig) from error


def _in_words(what: str, cause: BaseException | None) -> StateError:
    said = str(cause).lower()
    for sign, reason, remedy in _REMEDIES:
        if sign in said:
            return StateError(what, reason, remedy)
    return StateError(what, str(cause), "see the database's own log")


def _prepare_sqlite(connection: Any, _: ConnectionPoolEntry) -> None:
    # The driver's own transactions would begin late and deferred; ours begin when and how we say.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that turns into a write can fail at once with "locked"; an immediate one waits its turn.
    write = connection.get_execution_options().get("syndicator_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def open_database(url: str, folder: Path | None) -> Database:
    """Open and migrate; ``folder`` is made first where the database is a file. Raises StateError."""
    if folder is not None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StateError(
                f"state {folder}", f"the folder cannot be made ({error.strerror})", "check [state] url"
            ) from error
    database = Database(url)
    database.migrate()
    return database


def open_to_read(file: Path) -> Database | None:
    """Open a SQLite state for a look that changes nothing on disk, not even a file beside it; None when there is none.

    Raises StateError for one that cannot be read as it is.
    """
    what = f"state {file}"
    try:
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
        raise _in_words(what, error) from error
    except OSError as error:
        raise StateError(
            what, f"it cannot be read ({error.strerror})", "ask as the user that runs syndicator"
        ) from error
    connection.execute("PRAGMA query_only=ON")
    database = Database(f"sqlite:///{file}", connection=connection)
    try:
        database.expect_current()
    except StateError:
        database.close()
        raise
    return database


def open_nothing() -> Database:
    """A state that is empty, in memory, and may not be written to: what a first look compares with."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    database = Database("sqlite://", connection=connection)
    database.migrate()
    connection.execute("PRAGMA query_only=ON")
    return database


def _resting(file: Path) -> sqlite3.Connection | None:
    """A copy in memory of a state that nobody uses; None for one that is in use, or began to be while it was copied.

    SQLite makes files beside a database in WAL mode even to read it, and leaves them there; told that the file cannot
    change, it does not. That is true as long as there is no log beside it.
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
    """What shows that a file is the same; None when there is a log beside it. Raises OSError."""
    with file.open("rb") as stream:
        status = os.fstat(stream.fileno())
    if file.with_name(file.name + "-wal").exists():
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
