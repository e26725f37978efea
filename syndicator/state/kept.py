"""What passes ask of the ledger again and again, kept in memory between them.

For whoever holds the right to be the one writer: what is kept here is written through here, and what somebody else may
write beside (approvals, the last pass) is not kept. A write that failed makes everything be read again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from syndicator.model import DocumentRecord, Entry, FeedRecord, Held, PageRecord, PostRecord
from syndicator.ports import (
    EntryRecord,
    ImageAnswer,
    ImageDesk,
    Ledger,
    LedgerChange,
    PassRecord,
    PostLine,
    Publication,
    Refusal,
)

Value = TypeVar("Value")

#: So many entries are kept, some 10 kB each, and so many answers about images.
_MOST_ENTRIES, _MOST_ANSWERS = 1_000, 20_000


class _Table(Generic[Value]):
    """A whole table by name. Several threads may read and write."""

    def __init__(self) -> None:
        self._rows: dict[str, Value] | None = None
        self._writes = 0
        self._lock = threading.Lock()

    def rows(self, read: Callable[[], dict[str, Value]]) -> dict[str, Value]:
        """All rows; for the caller to keep."""
        writes, rows = self._writes, self._rows
        if rows is None:
            rows = read()
            with self._lock:
                if writes == self._writes:  # else it may be what was there before somebody wrote
                    self._rows = rows
        return dict(rows)

    def change(self, put: Mapping[str, Value], dropped: Collection[str] = ()) -> None:
        """These rows are so from now on, those are not there."""
        with self._lock:
            self._writes += 1
            if self._rows is not None:
                self._rows = {name: row for name, row in {**self._rows, **put}.items() if name not in dropped}

    def forget(self) -> None:
        """Read all again."""
        with self._lock:
            self._writes += 1
            self._rows = None


class _Some(Generic[Value]):
    """Some rows of a large table by name, those that were asked for last; None for one that is not there."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._rows: dict[str, Value | None] = {}
        self._writes = 0
        self._lock = threading.Lock()

    def rows(self, names: Collection[str], read: Callable[[Collection[str]], dict[str, Value]]) -> dict[str, Value]:
        """Those of these names that there are."""
        with self._lock:
            writes = self._writes
            known = {name: self._rows[name] for name in names if name in self._rows}
        if missing := [name for name in names if name not in known]:
            found = read(missing)
            new = {name: found.get(name) for name in missing}
            known |= new
            with self._lock:
                if writes == self._writes:
                    self._keep(new)
        return {name: row for name, row in known.items() if row is not None}

    def change(self, put: Mapping[str, Value], dropped: Collection[str] = ()) -> None:
        """These rows are so from now on; of those nothing is known."""
        with self._lock:
            self._writes += 1
            self._keep(put)
            for name in dropped:
                self._rows.pop(name, None)

    def forget(self) -> None:
        """Read all again."""
        with self._lock:
            self._writes += 1
            self._rows = {}

    def _keep(self, rows: Mapping[str, Value | None]) -> None:
        for name, row in rows.items():
            self._rows.pop(name, None)
            self._rows[name] = row
        for name in list(self._rows)[: max(0, len(self._rows) - self._most)]:
            del self._rows[name]


class KeptLedger:
    """A ledger that asks another for what it does not know yet."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._refusals: _Table[Refusal] = _Table()
        self._feeds: _Table[FeedRecord] = _Table()
        self._documents: _Table[DocumentRecord] = _Table()
        self._records: _Table[EntryRecord] = _Table()
        self._entries: _Some[Entry] = _Some(_MOST_ENTRIES)
        self._images: _Some[ImageAnswer] = _Some(_MOST_ANSWERS)

    def posts(self) -> dict[str, PostRecord]:
        """All posts ever seen, by path."""
        return self._ledger.posts()

    def posts_at(self, paths: Collection[str]) -> dict[str, PostRecord]:
        """Those of these paths, by path."""
        return self._ledger.posts_at(paths)

    def posts_called(self, ids: Collection[str]) -> tuple[PostRecord, ...]:
        """Those that have these ids."""
        return self._ledger.posts_called(ids)

    def ids_beginning(self, beginning: str) -> tuple[PostRecord, ...]:
        """Those whose ids begin so."""
        return self._ledger.ids_beginning(beginning)

    def departed(self, clues: Collection[str], at: datetime) -> tuple[PostRecord, ...]:
        """Those with an id whose file is gone: since ``at``, or with a digest or an id of their own among the clues."""
        return self._ledger.departed(clues, at)

    def lines(self, names: Collection[str]) -> Iterator[PostLine]:
        """A line for every post, with its terms of these names."""
        return self._ledger.lines(names)

    def counts(self, now: datetime) -> dict[str, int]:
        """How many posts are in which state."""
        return self._ledger.counts(now)

    def waiting(self, now: datetime, most: int) -> tuple[PostRecord, ...]:
        """Posts that wait for their time."""
        return self._ledger.waiting(now, most)

    def came_due(self, since: datetime, now: datetime) -> int:
        """How many posts may be seen since then, for all that their dates say, and never were."""
        return self._ledger.came_due(since, now)

    def expired(self, since: datetime, now: datetime) -> tuple[PostRecord, ...]:
        """Posts with an id that expired between two moments."""
        return self._ledger.expired(since, now)

    def next_to_expire(self, now: datetime) -> PostRecord | None:
        """The post with an id that may be seen and expires first."""
        return self._ledger.next_to_expire(now)

    def refusals(self) -> dict[str, Refusal]:
        """Posts in quarantine, by path."""
        return self._refusals.rows(self._ledger.refusals)

    def feeds(self) -> dict[str, FeedRecord]:
        """Feeds as last published, by name."""
        return self._feeds.rows(self._ledger.feeds)

    def documents(self) -> dict[str, DocumentRecord]:
        """Documents as last published, by path."""
        return self._documents.rows(self._ledger.documents)

    def pages(self) -> dict[str, tuple[PageRecord, ...]]:
        """The pages of archives by feed, the oldest first."""
        return self._ledger.pages()

    def entry_records(self) -> dict[str, EntryRecord]:
        """What the stored entries were made from, by path."""
        return self._records.rows(self._ledger.entry_records)

    def entries(self, paths: Collection[str]) -> dict[str, Entry]:
        """Stored entries of these paths."""
        return self._entries.rows(paths, self._ledger.entries)

    def images(self, urls: Collection[str]) -> dict[str, ImageAnswer]:
        """What is remembered of images."""
        return self._images.rows(urls, self._ledger.images)

    def versions(self) -> dict[str, str]:
        """Versions of the files that are there, by path: of posts, and of those in quarantine."""
        return self._ledger.versions()

    def held(self) -> dict[str, Held]:
        """Feeds that the guard holds, by name."""
        return self._ledger.held()

    def last_pass(self) -> PassRecord | None:
        """The pass before this one."""
        return self._ledger.last_pass()

    def remember(self, change: LedgerChange) -> None:
        """Keep what a pass learnt about posts and made of them."""
        with self._writing():
            self._ledger.remember(change)
            if change.refused or change.cleared:
                self._refusals.change({one.path: one for one in change.refused}, change.cleared)
            if change.moved:  # the entries of posts that are not there go along
                self._records.forget()
                self._entries.forget()
            if change.entries:
                self._records.change({one.record.path: one.record for one in change.entries})
                self._entries.change({one.record.path: one.entry for one in change.entries})
            if change.images or change.dropped_images:
                self._images.change({}, [*(one.url for one in change.images), *change.dropped_images])

    def record(self, publication: Publication, now: datetime) -> None:
        """Keep what a pass published together with the announcements that are owed for it."""
        with self._writing():
            self._ledger.record(publication, now)
            if publication.dropped_entries:
                self._records.change({}, publication.dropped_entries)
                self._entries.change({}, publication.dropped_entries)
            if publication.feeds or publication.dropped_feeds:
                self._feeds.forget()
            if publication.documents or publication.dropped_documents:
                self._documents.forget()

    def note_pass(self, record: PassRecord) -> None:
        """Keep how the last pass went."""
        self._ledger.note_pass(record)

    def approve(self, held: Sequence[Held]) -> None:
        """Let through what these rest on."""
        self._ledger.approve(held)

    def told(self, url: str) -> None:
        """Somebody else has kept an answer about an image."""
        self._images.change({}, [url])

    def forget(self) -> None:
        """Ask for everything again."""
        for kept in (self._refusals, self._feeds, self._documents, self._records, self._entries, self._images):
            kept.forget()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.forget()
            raise


class TellingDesk:
    """A desk of questions about images that says which was answered."""

    def __init__(self, desk: ImageDesk, told: Callable[[str], None]) -> None:
        self._desk = desk
        self._told = told

    def claim_images(self, now: datetime, limit: int, lease: timedelta) -> Sequence[ImageAnswer]:
        """Take up to ``limit`` questions that are due and nobody else's for the time of the lease."""
        return self._desk.claim_images(now, limit, lease)

    def answer_image(self, answer: ImageAnswer) -> None:
        """Keep an answer."""
        try:
            self._desk.answer_image(answer)
        finally:
            self._told(answer.url)

    def next_image_due(self) -> datetime | None:
        """When the next question may be claimed."""
        return self._desk.next_image_due()
