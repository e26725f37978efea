"""Wiring: the only place that knows which back end is in use."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from syndicator.dialects.jekyll import Jekyll
from syndicator.dialects.plain import Plain
from syndicator.errors import StateError
from syndicator.pipeline import Orders, Pipeline, Report
from syndicator.ports import Dialect
from syndicator.posts.fields import FieldMap
from syndicator.posts.parse import Rules
from syndicator.publishers.local import LocalPublisher
from syndicator.reading import Reader
from syndicator.settings import Settings
from syndicator.sources.folder import FolderSource
from syndicator.state.database import Database, only_writer, open_database
from syndicator.state.deliveries import SqlImageDesk, SqlOutbox
from syndicator.state.posts import SqlLedger

_DIALECTS: dict[str, Callable[[], Dialect]] = {"jekyll": Jekyll, "plain": Plain}

#: How long a one-shot build waits for hubs and image hosts; what is owed after that stays owed.
_PATIENCE = timedelta(seconds=20)


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
    limit = settings.source.max_post_bytes
    return Reader(
        source=FolderSource(settings.source_path, dialect, limit=limit),
        dialect=dialect,
        site=settings.to_site(),
        rules=Rules(
            fields=FieldMap.of(settings.source.fields),
            permalink=settings.source.permalink,
            limit=settings.source.max_front_matter_bytes,
        ),
        salt=str(limit),
    )


def orders(settings: Settings) -> Orders:
    """What the configuration wants published where."""
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
    with only_writer(settings.state_path), _opened(settings) as state:
        state.outbox.keep_hubs(settings.hub_urls())
        publisher(settings).sweep()
        yield state


@contextmanager
def state_to_read(settings: Settings) -> Iterator[State]:
    """The state for a look, beside whoever writes. Raises StateError when there is none yet."""
    if not settings.state_path.exists():
        raise StateError(f"state {settings.state_path}", "there is none yet", "run 'syndicator build' first")
    with _opened(settings) as state:
        yield state


@contextmanager
def _opened(settings: Settings) -> Iterator[State]:
    database = open_database(settings.state_url, settings.state_path.parent)
    try:
        yield State(
            database=database, ledger=SqlLedger(database), outbox=SqlOutbox(database), desk=SqlImageDesk(database)
        )
    finally:
        database.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """What the command line says about one build."""

    announce: bool = True
    dry_run: bool = False
    allow_empty: bool = False
    ask_images: bool = False


def build(
    settings: Settings, options: BuildOptions, now: datetime, progress: Callable[[str, int, int], None]
) -> tuple[Report, int]:
    """One pass, then word to the hubs. Gives the report and how many announcements are still owed."""
    wanted = orders(settings)
    wanted = replace(
        wanted,
        announce=wanted.announce and options.announce,
        dry_run=options.dry_run,
        allow_empty=options.allow_empty,
        jobs=min(4, len(os.sched_getaffinity(0))),
    )
    with state_to_write(settings) as state:
        pipeline = Pipeline(reader(settings), publisher(settings), state.ledger, wanted)
        report = pipeline.run(now, progress)
        if options.dry_run:
            return report, 0
        ask = options.ask_images and wanted.ask_images
        due = state.outbox.next_due()
        if ask or (wanted.announce and due is not None and due <= now):
            # Imported late: most builds owe nothing to anybody, and the HTTP client costs a tenth of a second.
            from syndicator.sending import settle_up

            answered = settle_up(settings, state, announce=wanted.announce, asking=ask, patience=_PATIENCE)
            if answered:
                second = pipeline.run(now, progress)
                report = replace(report, written=tuple(sorted({*report.written, *second.written})))
                settle_up(settings, state, announce=wanted.announce, asking=False, patience=_PATIENCE)
        return report, len(state.outbox.deliveries())
