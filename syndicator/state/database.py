"""One door to the database, with transactions and errors that people understand."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Connection, Engine, Insert, Table, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection, StaticPool

from syndicator.errors import StateDamaged, StateError
from syndicator.state.aside import identity
from syndicator.state.gate import Gate
from syndicator.state.names import Names
from syndicator.state.words import damaged, in_words, is_of_files

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

#: From so many rows on it pays to prepare them here.
_MANY = 100
#: So many are prepared at a time, so that storing a whole site takes no memory to speak of.
_CHUNK = 1_000
#: So long, in seconds, others may take to leave a database that is to be replaced.
_LEAVE_WITHIN = 60.0


class Database:
    """An open database. Reading and writing each have one way in; a write holds the only write lock from its start.

    With a ``connection`` to SQLite that one is used, as it is, and ``url`` only names it. ``damage`` is what was found
    wrong with it while it was used, if anything was.
    """

    def __init__(self, url: str, *, busy: float = 5.0, connection: sqlite3.Connection | None = None) -> None:
        self.url = url
        self.damage: StateDamaged | None = None
        self._gate = Gate()
        self.engine: Engine
        self._listener: PoolProxiedConnection | None = None
        self._names: Names | None = None
        self._heard: int | None = None
        self._upserts: dict[tuple[str, ...], sqlite.Insert | postgresql.Insert] = {}
        if connection is not None:
            self.engine = create_engine(url, creator=lambda: connection, poolclass=StaticPool)
        else:
            self.engine = create_engine(url, connect_args={"timeout": busy} if url.startswith("sqlite") else {})
            if self.engine.dialect.name == "sqlite":
                event.listen(self.engine, "do_connect", self._expect_its_name)
                event.listen(self.engine, "connect", self._note_its_name)
                event.listen(self.engine, "connect", _prepare_sqlite)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "begin", _begin_sqlite)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of ours, and no server's."""
        return self.engine.dialect.name == "sqlite"

    @property
    def what(self) -> str:
        """How to call it in a message."""
        return f"state {self.engine.url.database}"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for looking. Raises StateError."""
        with self._gate.passing(), self._explained(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self, *, patient: bool = False) -> Iterator[Connection]:
        """A transaction: all of it or nothing. Raises StateError.

        One that is ``patient`` is on the disk with the next that is not, and may be lost when the power fails before:
        never without those after it. Who kills the process takes nothing away.
        """
        with (
            self._gate.passing(),
            self._explained(),
            self.engine.connect().execution_options(syndicator_write=True, syndicator_patient=patient) as connection,
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
            upsert = self._upserts.get((table.name, *names))
            if upsert is None:  # to put it together takes longer than to execute it
                statement = self._insert()(table)
                changes = {name: statement.excluded[name] for name in names if name not in keys}
                upsert = statement.on_conflict_do_update(index_elements=keys, set_=changes)
                self._upserts[table.name, *names] = upsert
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

    def examine(self) -> None:
        """Read all of it. Raises StateDamaged when what it says of itself does not fit together."""
        with self.read() as connection:
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if found != "ok":
            raise self.noted(damaged(self.what))

    def replace(self, put_another: Callable[[], None]) -> None:
        """Let go of the database, have another put in its place, and go on with that one. Raises StateError.

        SQLite removes the log of a database by its name: nobody may have the old one open when the new one is there.
        """
        with self._gate.alone(_LEAVE_WITHIN) as free:
            if not free:
                raise StateError(self.what, "it is damaged, and still in use", "start syndicator again")
            self.close()
            self._heard = None
            put_another()
            self.damage = None

    def astray(self) -> str:
        """What has happened to the names of its files while it is open, "" when nothing has. It is cheap."""
        with self._gate.passing(wait=False) as free:
            names = self._names
            return names.astray() if free and names is not None else ""

    def give_back_names(self, now: datetime, meanwhile: Callable[[], None] = lambda: None) -> Path | None:
        """Put what is open under its name again, and go on with that; ``meanwhile`` is called before anybody does.

        Another file that has taken the name is set aside, under the name that is given back. Raises StateError.
        """
        with self._gate.alone(_LEAVE_WITHIN) as free:
            if not free:
                raise StateError(self.what, "it has lost its name, and is always in use", "start syndicator again")
            names, aside = self._names, None
            if names is None or not names.astray():
                return None
            with self._explained(is_lost=True):
                aside = self._by_any(lambda connection: names.give_back(connection, now))
            meanwhile()
            self.close()
            self._heard = None
            return aside

    def save(self, as_file: Path) -> None:
        """Copy what is open to another file. Raises StateError."""
        names = self._names
        with self._gate.passing(), self._explained(is_lost=True):
            if names is not None:
                self._by_any(lambda connection: names.copy(connection, as_file))

    def _by_any(self, work: Callable[[sqlite3.Connection], Path | None]) -> Path | None:
        """Have work done by the driver's own connections, those that are open, until one can: who was opened when the
        log was gone reads nothing. Raises what the first of them says.
        """
        first: sqlite3.Error | None = None
        taken: list[PoolProxiedConnection] = []
        pool: Any = self.engine.pool
        try:
            for number in range(-1, max(pool.checkedin(), 1)):
                held = self._listener if number < 0 else self.engine.raw_connection()
                if held is None:
                    continue
                taken += [held] if number >= 0 else []
                driver: Any = held.driver_connection
                try:
                    return work(driver)
                except sqlite3.Error as error:
                    first = first or error
        except (StateError, DBAPIError):
            if first is None:
                raise
        finally:
            for held in taken:
                held.close()
        raise first or sqlite3.OperationalError("unable to open")

    def _expect_its_name(self, *_: Any) -> None:
        # SQLite would make a new file where there is none, or open what has taken the name, and nobody would notice.
        names = self._names
        if names is not None and (taken := names.is_taken()):
            raise self._lost(taken)

    def _lost(self, how: str) -> StateError:
        return StateError(self.what, f"{how} while it was open", "find out who did that; it is put back")

    def _note_its_name(self, connection: Any, _: ConnectionPoolEntry) -> None:
        file = Path(self.engine.url.database or "")
        if self._names is None:
            self._names = Names(file=file, main=identity(file))
            return
        try:
            self._expect_its_name()
        except StateError:
            connection.close()
            raise

    def written_meanwhile(self) -> bool:
        """Whether anybody has written since this was asked last, another process included. It costs next to nothing."""
        with self._gate.passing(wait=False) as free, self._explained():
            if not free:  # it is being replaced, and nobody waits for that here
                return False
            if self._listener is None:
                self._listener = self.engine.raw_connection()
            (version,) = self._listener.cursor().execute("PRAGMA data_version").fetchone()
        before, self._heard = self._heard, version
        return before not in (None, version)

    def close(self) -> None:
        """Let go of all connections."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        self.engine.dispose()
        self._names = None

    @contextmanager
    def _explained(self, *, is_lost: bool = False) -> Iterator[None]:
        """``is_lost`` says that its files are known to be astray: what goes wrong all the same goes wrong elsewhere."""
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:  # the listener asks the driver itself
            said = in_words(self.what, error.orig if isinstance(error, DBAPIError) else error)
            names = None if is_lost else self._names
            # Without its log a sound database looks damaged, and the disk as if it failed.
            if names is not None and is_of_files(said) and (how := names.astray()):
                raise self._lost(how) from error
            raise self.noted(said) from error
        except orjson.JSONDecodeError as error:
            raise self.noted(damaged(self.what, ": what stands in a row is none")) from error

    def noted(self, error: StateError) -> StateError:
        """The same, to be raised; damage is remembered for whoever can mend it."""
        if isinstance(error, StateDamaged):
            self.damage = error
        return error


def _prepare_sqlite(connection: Any, _: ConnectionPoolEntry) -> None:
    # The driver's own transactions would begin late and deferred; ours begin when and how we say.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that turns into a write can fail at once with "locked"; an immediate one waits its turn.
    options = connection.get_execution_options()
    if not options.get("syndicator_write", False):
        connection.exec_driver_sql("BEGIN")
        return
    # With a write-ahead log NORMAL leaves the syncing to a later one: what is written stays in order.
    connection.exec_driver_sql(f"PRAGMA synchronous={'NORMAL' if options.get('syndicator_patient') else 'FULL'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
