"""Which version of the tables a database has: opened for its program, made, brought up to date, or refused."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, inspect, text

from syndicator.errors import StateError
from syndicator.state.damage import require_ours
from syndicator.state.database import Database
from syndicator.state.tables import APPLICATION, HEAD, metadata
from syndicator.state.words import damaged

if TYPE_CHECKING:
    from alembic.config import Config

#: A row of any table that is not empty after a pass.
_ANY = text(
    "SELECT 1 FROM passes UNION ALL SELECT 1 FROM posts UNION ALL SELECT 1 FROM feeds"
    " UNION ALL SELECT 1 FROM documents LIMIT 1"
)


def open_database(url: str, folder: Path | None, *, sound: bool = False, examined: bool = False) -> Database:
    """Open and migrate; ``folder`` is made first where the database is a file. Raises StateError.

    With ``sound`` it is examined where its program was killed, or where it is to be ``examined`` in any case, and must
    not be one that has lost everything: StateDamaged otherwise.
    """
    if folder is not None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StateError(
                f"state {folder}", f"the folder cannot be made ({error.strerror})", "check [state] url"
            ) from error
    file = Path(url.removeprefix("sqlite:///"))
    require_ours(file)
    was_there, was_killed = file.is_file(), file.with_name(f"{file.name}-wal").exists()
    database = Database(url)
    try:
        if sound and (was_killed or (examined and was_there)):
            database.examine()
        if sound and was_there and is_blank(database):
            raise damaged(database.what, ": there is nothing in it")
        migrate(database)
    except StateError:
        database.close()
        raise
    return database


def migrate(database: Database) -> None:
    """Bring an empty or older database up to date.

    Raises StateError for one that is newer than this program, StateDamaged for one that has lost a table.
    """
    tables, revision = _version(database)
    if not tables:
        _create(database)
        return
    if revision != HEAD:
        upgrade(database, revision)
    elif missing := sorted(metadata.tables.keys() - tables):
        raise database.noted(damaged(database.what, f": there is no table {missing[0]}"))
    _sign(database)


def is_blank(database: Database) -> bool:
    """Whether nothing was ever in it, or nothing is left. Raises StateError."""
    tables, revision = _version(database)
    return not tables or _is_without_rows(database, tables, revision)


def is_begun(database: Database) -> bool:
    """Whether it has its tables and nothing in them, as before the first pass. Raises StateError."""
    return _is_without_rows(database, *_version(database))


def _is_without_rows(database: Database, tables: set[str], revision: str | None) -> bool:
    if revision != HEAD or not tables.issuperset(metadata.tables):
        return False
    with database.read() as connection:
        return connection.execute(_ANY).first() is None


def expect_current(database: Database) -> None:
    """Raises StateError for a database that this program would have to change before it can read it."""
    tables, revision = _version(database)
    if revision == HEAD:
        return
    if not tables:
        raise StateError(database.what, "there is nothing in it yet", "run 'syndicator build' first")
    history_of(database, revision)
    raise StateError(
        database.what,
        f"it is at version {revision or 'unknown'}, older than this program",
        "run 'syndicator build' or 'syndicator run', which bring it up to date, and ask again",
    )


def history_of(database: Database, revision: str | None) -> Config:
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
            database.what,
            f"it is at version {revision}, which this program does not know",
            "use the newer syndicator that made it, or another [state] url",
        ) from error
    return config


def _version(database: Database) -> tuple[set[str], str | None]:
    """Which tables there are, and at which step of their history."""
    with database.read() as connection:
        tables = set(inspect(connection).get_table_names())
        if "alembic_version" not in tables:
            return tables, None
        return tables, connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _create(database: Database) -> None:
    # An empty database needs no history: the tables as they are now, and the mark that alembic would leave.
    with database.write() as connection:
        metadata.create_all(connection)
        _put_sign(connection)
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})
    if database.is_sqlite:
        # The file itself is to say whose it is, in case that it is damaged before SQLite puts the log into it.
        with database.read() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA wal_checkpoint(PASSIVE)")


def upgrade(database: Database, revision: str | None) -> None:
    """Take all steps from a version to ours. Raises StateError."""
    from alembic import command

    config = history_of(database, revision)
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _sign(database: Database) -> None:
    if not database.is_sqlite:
        return
    with database.read() as connection:
        signed = connection.exec_driver_sql("PRAGMA application_id").scalar() == APPLICATION
    if not signed:
        with database.write() as connection:
            _put_sign(connection)


def _put_sign(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION}")
