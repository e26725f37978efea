"""Wiring: the only place that knows which back end is in use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syndicator.dialects.jekyll import Jekyll
from syndicator.dialects.plain import Plain
from syndicator.errors import StateError
from syndicator.ports import Dialect
from syndicator.posts.fields import FieldMap
from syndicator.posts.rules import Rules
from syndicator.publishers.local import LocalPublisher
from syndicator.reading import Reader
from syndicator.settings import Settings
from syndicator.sources.built import BuiltFolder
from syndicator.sources.folder import FolderSource

if TYPE_CHECKING:
    from syndicator.pipeline import Orders
    from syndicator.state.database import Database
    from syndicator.state.deliveries import SqlImageDesk, SqlOutbox
    from syndicator.state.posts import SqlLedger

# What takes long to import, the database's library above all, is imported when it is wanted: a first build reads posts
# meanwhile.

_DIALECTS: dict[str, Callable[[], Dialect]] = {"jekyll": Jekyll, "plain": Plain}


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The state's back ends on one database."""

    database: Database
    ledger: SqlLedger
    outbox: SqlOutbox
    desk: SqlImageDesk


def reader(settings: Settings) -> Reader:
    """The source of the configuration, in its dialect."""
    dialect = _DIALECTS[settings.source.dialect]()
    limit, built = settings.source.max_post_bytes, settings.source.rendered.strip("/")
    return Reader(
        source=FolderSource(settings.source_path, dialect, limit=limit),
        dialect=dialect,
        site=settings.to_site(),
        rules=Rules(
            fields=FieldMap.of(settings.source.fields),
            permalink=settings.source.permalink,
            limit=settings.source.max_front_matter_bytes,
            templates=settings.source.templates,
        ),
        salt=str(limit),
        built=BuiltFolder(settings.source_path, built, settings.to_site().url) if built else None,
        selector=settings.source.selector,
    )


def orders(settings: Settings) -> Orders:
    """What the configuration wants published where."""
    from syndicator.pipeline import Orders

    return Orders(
        feeds=settings.feed_specs(),
        feeds_url=settings.publish.url,
        hubs=settings.hub_urls(),
        announce=settings.announce.enabled,
        ask_images=settings.images.ask,
    )


def publisher(settings: Settings) -> LocalPublisher:
    """Where documents go."""
    return LocalPublisher(settings.publish_path)


@contextmanager
def state_to_write(settings: Settings) -> Iterator[State]:
    """The state, for the one process that may write to it. Raises StateError, naming the other when there is one."""
    from syndicator.state.database import open_database
    from syndicator.state.deliveries import lift_leases
    from syndicator.state.lock import only_writer

    with only_writer(settings.state_path):
        database = open_database(settings.state_url, settings.state_path.parent)
        with _state(database) as state:
            lift_leases(state.database)
            state.outbox.keep_hubs(settings.hub_urls())
            yield state


@contextmanager
def state_to_read(settings: Settings, *, or_empty: bool = False) -> Iterator[State]:
    """The state for a look, beside whoever writes; nothing on disk changes.

    Where there is none yet it is an empty one with ``or_empty``. Raises StateError otherwise.
    """
    from syndicator.state.looking import open_nothing, open_to_read

    database = open_to_read(settings.state_path)
    if database is None and or_empty:
        database = open_nothing()
    if database is None:
        raise StateError(f"state {settings.state_path}", "there is none yet", "run 'syndicator build' first")
    with _state(database) as state:
        yield state


@contextmanager
def _state(database: Database) -> Iterator[State]:
    from syndicator.state.deliveries import SqlImageDesk, SqlOutbox
    from syndicator.state.posts import SqlLedger

    try:
        yield State(
            database=database, ledger=SqlLedger(database), outbox=SqlOutbox(database), desk=SqlImageDesk(database)
        )
    finally:
        database.close()
