"""The ledger in SQL: posts, entries, feeds, documents, quarantine and the last pass."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, case, delete, func, select, update

from syndicator.model import DocumentRecord, Entry, FeedRecord, Held, PageRecord, PostRecord, PostState
from syndicator.ports import EntryRecord, ImageAnswer, LedgerChange, PassRecord, PostLine, Publication, Refusal
from syndicator.state import tables
from syndicator.state.announcements import forget_waiting, owe, take_back
from syndicator.state.database import Database
from syndicator.state.postrows import LINE_COLUMNS, POST_COLUMNS, post_lines, post_records, state_at
from syndicator.state.rows import (
    document_record,
    entry_of,
    entry_record,
    entry_row,
    feed_record,
    held_of,
    held_row,
    image_answer,
    image_row,
    page_record,
    pass_record,
    pass_row,
)

_CHUNK = 500
_WAITING = (PostState.EMBARGOED.value, PostState.SETTLING.value)


class SqlLedger:
    """What a pass reads before and writes after."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def posts(self) -> dict[str, PostRecord]:
        """All posts ever seen, by path."""
        with self._database.read() as connection:
            return {record.path: record for record in post_records(connection.execute(select(*POST_COLUMNS)))}

    def posts_at(self, paths: Collection[str]) -> dict[str, PostRecord]:
        """Those of these paths, by path."""
        return {record.path: record for record in self._posts_with("path", paths)}

    def posts_called(self, ids: Collection[str]) -> tuple[PostRecord, ...]:
        """Those that have these ids."""
        return tuple(self._posts_with("entry_id", ids))

    def ids_beginning(self, beginning: str) -> tuple[PostRecord, ...]:
        """Those whose ids begin so."""
        column, after = tables.posts.c.entry_id, beginning[:-1] + chr(ord(beginning[-1]) + 1)
        # A range, which an index answers: SQLite compares text byte by byte.
        alike = select(*POST_COLUMNS).where(column >= beginning, column < after)
        with self._database.read() as connection:
            return tuple(post_records(connection.execute(alike)))

    def departed(self, clues: Collection[str], at: datetime) -> tuple[PostRecord, ...]:
        """Those with an id whose file is gone: since ``at``, or with a digest or an id of their own among the clues."""
        found = {record.path: record for record in self._posts_with("gone", (at,))}
        for name in ("digest", "given_id"):
            found |= {record.path: record for record in self._posts_with(name, clues, gone=True)}
        return tuple(record for record in found.values() if record.entry_id)

    def lines(self, names: Collection[str]) -> Iterator[PostLine]:
        """A line for every post, with its terms of these names."""
        with self._database.read() as connection:
            yield from post_lines(connection.execute(select(*LINE_COLUMNS)), frozenset(names))

    def counts(self, now: datetime) -> dict[str, int]:
        """How many posts are in which state, by its name; "gone" is one."""
        state = state_at(now)
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(select(state, func.count()).group_by(state))}

    def waiting(self, now: datetime, most: int) -> tuple[PostRecord, ...]:
        """Posts that are under embargo or held off, those whose time comes first, so many at most."""
        table = tables.posts.c
        until = case((table.settles > table.due, table.settles), else_=table.due)
        query = select(*POST_COLUMNS).where(state_at(now).in_(_WAITING)).order_by(until, table.path).limit(most)
        with self._database.read() as connection:
            return tuple(post_records(connection.execute(query)))

    def came_due(self, since: datetime, now: datetime) -> int:
        """How many posts may be seen since then, for all that their dates say, and never were."""
        table = tables.posts.c
        is_new = (table.entry_id == "") & ((table.due > since) | (table.settles > since))
        with self._database.read() as connection:
            counted = select(func.count()).where(is_new, state_at(now) == PostState.LIVE.value)
            return int(connection.execute(counted).scalar_one())

    def expired(self, since: datetime, now: datetime) -> tuple[PostRecord, ...]:
        """Posts with an id that expired after one moment and until the other, by their dates alone."""
        table = tables.posts.c
        is_over = (table.expires > since) & (table.expires <= now)
        with self._database.read() as connection:
            return tuple(post_records(connection.execute(select(*POST_COLUMNS).where(is_over, table.entry_id != ""))))

    def next_to_expire(self, now: datetime) -> PostRecord | None:
        """The post with an id that may be seen now and expires first; of several the first by its path."""
        table = tables.posts.c
        is_shown = (table.entry_id != "") & (state_at(now) == PostState.LIVE.value)
        first = select(*POST_COLUMNS).where(table.expires > now, is_shown).order_by(table.expires, table.path).limit(1)
        with self._database.read() as connection:
            return next(post_records(connection.execute(first)), None)

    def refusals(self) -> dict[str, Refusal]:
        """Posts in quarantine, by path."""
        return {row.path: Refusal(**row._mapping) for row in self._all(tables.refusals)}  # noqa: SLF001

    def feeds(self) -> dict[str, FeedRecord]:
        """Feeds as last published, by name."""
        return {row.name: feed_record(row) for row in self._all(tables.feeds)}

    def documents(self) -> dict[str, DocumentRecord]:
        """Documents as last published, by path."""
        return {row.path: document_record(row) for row in self._all(tables.documents)}

    def held(self) -> dict[str, Held]:
        """Feeds that the guard holds, by name."""
        return {row.feed: held_of(row) for row in self._all(tables.held)}

    def pages(self) -> dict[str, tuple[PageRecord, ...]]:
        """The pages of archives by feed, the oldest first."""
        found: dict[str, list[PageRecord]] = {}
        for row in self._all(tables.pages):
            found.setdefault(row.feed, []).append(page_record(row))
        return {feed: tuple(pages) for feed, pages in found.items()}

    def entry_records(self) -> dict[str, EntryRecord]:
        """What the stored entries were made from, by path."""
        table = tables.entries
        with self._database.read() as connection:
            return {
                path: entry_record(path, key, image)
                for path, key, image in connection.execute(select(table.c.path, table.c.key, table.c.image))
            }

    def entries(self, paths: Collection[str]) -> dict[str, Entry]:
        """Stored entries of these paths."""
        table = tables.entries
        found: dict[str, Entry] = {}
        with self._database.read() as connection:
            for chunk in _chunks(sorted(paths)):
                rows = connection.execute(select(table.c.path, table.c.entry).where(table.c.path.in_(chunk)))
                found.update((path, entry_of(data)) for path, data in rows)
        return found

    def images(self, urls: Collection[str]) -> dict[str, ImageAnswer]:
        """What is remembered of images."""
        table = tables.images
        found: dict[str, ImageAnswer] = {}
        with self._database.read() as connection:
            for chunk in _chunks(sorted(urls)):
                rows = connection.execute(select(table).where(table.c.url.in_(chunk)))
                found.update((row.url, image_answer(row)) for row in rows)
        return found

    def versions(self) -> dict[str, str]:
        """Versions of the files that are there, by path: of posts, and of those in quarantine."""
        posts, refusals = tables.posts, tables.refusals
        with self._database.read() as connection:
            there = select(posts.c.path, posts.c.version).where(posts.c.gone.is_(None))
            # All rows at once: one by one they take half as long again.
            versions = {path: version for path, version in connection.execute(there).all()}  # noqa: C416 - rows
            refused = select(refusals.c.path, refusals.c.version)
            versions |= {path: version for path, version in connection.execute(refused).all()}  # noqa: C416
        return versions

    def last_pass(self) -> PassRecord | None:
        """The pass before this one."""
        for row in self._all(tables.passes):
            return pass_record(row)
        return None

    def remember(self, change: LedgerChange) -> None:
        """Keep what a pass learnt about posts and made of them."""
        if change == LedgerChange():
            return
        # Entries and answers can be had again, and ids before anything is published: what readers saw must stay.
        patient = not (change.posts or change.moved or change.held or change.pages or change.dropped_pages)
        with self._database.write(patient=patient) as connection:
            something_happened(connection)
            _drop(connection, tables.posts, change.moved)
            _drop(connection, tables.refusals, change.cleared)
            _drop(connection, tables.images, change.dropped_images)
            self._database.upsert(connection, tables.posts, change.posts)
            take_back(connection, change.posts)
            self._database.upsert(connection, tables.refusals, change.refused)
            self._database.upsert(connection, tables.images, map(image_row, change.images))
            self._database.upsert(connection, tables.entries, map(entry_row, change.entries))
            self._database.upsert(connection, tables.held, map(held_row, change.held))
            _drop(connection, tables.pages, change.dropped_pages)
            self._database.upsert(connection, tables.pages, change.pages)

    def record(self, publication: Publication, now: datetime) -> None:
        """Keep what a pass published together with the announcements that are owed for it."""
        with self._database.write() as connection:
            _drop(connection, tables.feeds, publication.dropped_feeds)
            _forget_topics(connection, publication.dropped_documents)
            _drop(connection, tables.documents, publication.dropped_documents)
            _drop(connection, tables.entries, publication.dropped_entries)
            self._database.upsert(connection, tables.feeds, publication.feeds)
            self._database.upsert(connection, tables.documents, publication.documents)
            _drop(connection, tables.held, publication.freed)
            self._database.upsert(connection, tables.held, map(held_row, publication.held))
            owe(connection, publication.announcements, now)
            # After that: what such a message told of documents that did stand is in the one that says that they go.
            forget_waiting(connection, publication.dropped_feeds)

    def note_pass(self, record: PassRecord) -> None:
        """Keep how the last pass went."""
        # Without it the next pass looks at everything.
        with self._database.write(patient=True) as connection:
            self._database.upsert(connection, tables.passes, [pass_row(record)])

    def approve(self, held: Sequence[Held]) -> None:
        """Let through what these rest on; whoever makes passes may be at work meanwhile."""
        table = tables.held
        with self._database.write() as connection:
            something_happened(connection)
            for row in held:
                approved = {"approved": sorted({*row.approved, *row.evidence})}
                connection.execute(update(table).where(table.c.feed == row.feed).values(approved))

    def _posts_with(self, name: str, values: Collection[Any], *, gone: bool = False) -> Iterator[PostRecord]:
        """Those with one of these values; with ``gone`` only those whose file is."""
        if not values:
            return
        with self._database.read() as connection:
            for chunk in _chunks(sorted(values)):
                yield from post_records(connection.execute(_posts_by(name, gone=gone), {"values": chunk}))

    def _all(self, table: Table) -> Sequence[Any]:
        with self._database.read() as connection:
            return connection.execute(select(table).order_by(*table.primary_key)).all()


@cache
def _posts_by(name: str, *, gone: bool) -> Select[Any]:
    """A question that several in each pass ask: to put it together takes as long as to answer it."""
    column = tables.posts.c[name]
    wanted = select(*POST_COLUMNS).where(column.in_(bindparam("values", expanding=True)))
    return wanted.where(tables.posts.c.gone.is_not(None)) if gone else wanted


def something_happened(connection: Connection) -> None:
    """The next pass must look at everything, until one has come to its end."""
    connection.execute(update(tables.passes).values(orders=""))


def _forget_topics(connection: Connection, paths: Sequence[str]) -> None:
    documents, deliveries = tables.documents, tables.deliveries
    for chunk in _chunks(paths):
        topics = select(documents.c.url).where(documents.c.path.in_(chunk))
        connection.execute(delete(deliveries).where(deliveries.c.topic.in_(topics)))


def _drop(connection: Connection, table: Table, keys: Sequence[str]) -> None:
    column = next(iter(table.primary_key))
    for chunk in _chunks(keys):
        connection.execute(delete(table).where(column.in_(chunk)))


def _chunks(items: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
