"""One door to the database: opened, migrated, with transactions and errors that people understand."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Insert, Table, create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from syndicator.errors import StateError
from syndicator.state.tables import HEAD, metadata

if TYPE_CHECKING:
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
    """An open database. Reading and writing each have one way in; a write holds the only write lock from its start."""

    def __init__(self, url: str, *, busy: float = 5.0) -> None:
        self.url = url
        self.engine: Engine = create_engine(url, connect_args={"timeout": busy} if url.startswith("sqlite") else {})
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _prepare_sqlite)
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

    def upsert(self, connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
        """Insert rows, all with the same columns, or replace those with the same key."""
        insert = self._insert()
        keys = [column.name for column in table.primary_key]
        remaining = iter(rows)
        while chunk := list(islice(remaining, _CHUNK)):
            statement = insert(table)
            changes = {name: statement.excluded[name] for name in chunk[0] if name not in keys}
            upsert = statement.on_conflict_do_update(index_elements=keys, set_=changes)
            if len(chunk) < _MANY:
                connection.execute(upsert, chunk)
            else:
                self._execute_many(connection, upsert, table, chunk)

    def _insert(self) -> Callable[[Table], sqlite.Insert | postgresql.Insert]:
        """Both databases speak the same upsert; only its home differs, and each home takes its time to import."""
        if self.engine.dialect.name == "postgresql":
            from sqlalchemy.dialects.postgresql import insert as postgresql_insert

            return postgresql_insert
        from sqlalchemy.dialects.sqlite import insert as sqlite_insert

        return sqlite_insert

    def _execute_many(
        self, connection: Connection, statement: Insert, table: Table, rows: Sequence[Mapping[str, Any]]
    ) -> None:
        """Hand rows over as the driver wants them: one by one they cost five times what it takes to store them."""
        dialect = self.engine.dialect
        compiled = statement.compile(dialect=dialect, column_keys=list(rows[0]))
        names = compiled.positiontup or list(rows[0])
        columns = []
        for name in names:
            write = table.c[name].type.bind_processor(dialect)
            columns.append([write(row[name]) for row in rows] if write else [row[name] for row in rows])
        values = zip(*columns, strict=True)
        if compiled.positiontup is None:
            connection.exec_driver_sql(str(compiled), [dict(zip(names, row, strict=True)) for row in values])
        else:
            connection.exec_driver_sql(str(compiled), list(values))

    def migrate(self) -> None:
        """Bring an empty or older database up to date. Raises StateError for one that is newer than this program."""
        with self.read() as connection:
            tables = set(inspect(connection).get_table_names())
            revision = (
                connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
                if ("alembic_version" in tables)
                else None
            )
        if revision == HEAD:
            return
        if not tables:
            self._create()
            return
        self._upgrade(revision)

    def _create(self) -> None:
        # An empty database needs no history: the tables as they are now, and the mark that alembic would leave.
        with self.write() as connection:
            metadata.create_all(connection)
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
            connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})

    def _upgrade(self, revision: str | None) -> None:
        from alembic import command
        from alembic.config import Config
        from alembic.script import ScriptDirectory
        from alembic.util import CommandError

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
        try:
            if revision is not None:
                ScriptDirectory.from_config(config).get_revision(revision)
            with self.write() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except CommandError as error:
            raise StateError(
                self.what,
                f"it is at version {revision or 'unknown'}, which this program does not know",
                "use the newer syndicator that made it, or another [state] url",
            ) from error

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            said = str(error.orig).lower()
            for sign, reason, remedy in _REMEDIES:
                if sign in said:
                    raise StateError(self.what, reason, remedy) from error
            raise StateError(self.what, str(error.orig), "see the database's own log") from error


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
