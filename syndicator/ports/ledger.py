"""What is remembered from pass to pass of posts, entries, feeds and documents."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from syndicator.errors import place_of, told
from syndicator.model import (
    Announcement,
    DocumentRecord,
    EnclosureRef,
    Entry,
    FeedRecord,
    Held,
    ImageRef,
    PageRecord,
    PostRecord,
    SourceRecord,
    Visibility,
)
from syndicator.ports.images import ImageAnswer


class PostLine(NamedTuple):
    """What keeping a post in its place among others needs of its record, its moments in whole microseconds.

    ``named`` says that it has an id, ``terms`` are those of certain names alone.
    """

    path: str
    version: str
    published: int | None
    due: int | None
    expires: int | None
    visibility: Visibility
    gone: bool
    named: bool
    down: int | None
    ready: int | None
    settles: int | None
    terms: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRecord:
    """What is known of a rendered entry without loading it: ``key`` names all it was rendered from."""

    path: str
    key: str
    image: ImageRef | None = None
    enclosures: tuple[EnclosureRef, ...] = ()

    @property
    def media(self) -> tuple[ImageRef | EnclosureRef, ...]:
        """All that more can be known of: the image, and the files that come with it."""
        return (self.image, *self.enclosures) if self.image else self.enclosures


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntry:
    """A rendered entry to keep."""

    record: EntryRecord
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A post in quarantine: which version of the file, and what is wrong with it."""

    path: str
    version: str
    reason: str
    since: datetime
    line: int | None = None
    column: int | None = None
    remedy: str = ""

    @property
    def place(self) -> str:
        """``file``, ``file:line`` or ``file:line:column``."""
        return place_of(self.path, self.line, self.column)

    def __str__(self) -> str:
        return told(self.place, self.reason, self.remedy)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerChange:
    """What a pass learnt about posts and made of them, to be remembered before what was published is.

    ``moved`` are paths whose entry lives on under another path, ``cleared`` are paths that are not refused any more,
    ``dropped_images`` are addresses that no entry has now, ``held`` feeds that keep what they show, now or for other
    reasons than before, ``dropped_pages`` feeds that have no archive any more.
    """

    posts: tuple[PostRecord, ...] = ()
    moved: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()
    cleared: tuple[str, ...] = ()
    images: tuple[ImageAnswer, ...] = ()
    entries: tuple[StoredEntry, ...] = ()
    dropped_images: tuple[str, ...] = ()
    held: tuple[Held, ...] = ()
    pages: tuple[PageRecord, ...] = ()
    dropped_pages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What a pass has published, to be remembered with the announcements that are now owed, in one transaction.

    ``held`` are feeds whose documents turned out too large, ``freed`` those that are held no more.
    """

    feeds: tuple[FeedRecord, ...] = ()
    dropped_feeds: tuple[str, ...] = ()
    documents: tuple[DocumentRecord, ...] = ()
    dropped_documents: tuple[str, ...] = ()
    dropped_entries: tuple[str, ...] = ()
    announcements: tuple[Announcement, ...] = ()
    held: tuple[Held, ...] = ()
    freed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRecord:
    """The last pass that came to its end: when, how long (seconds), and what it found and did.

    ``orders`` names what was wanted of it, ``next_change`` is when the same files would give something else, and
    ``next_why`` what happens then. "" for ``orders`` says that something happened since. ``source`` is what it read,
    None where an older version recorded it.
    """

    at: datetime
    seconds: float
    posts: int
    live: int
    feeds: int
    documents: int
    written: int
    refused: int
    orders: str = ""
    next_change: datetime | None = None
    next_why: str = ""
    source: SourceRecord | None = None


class Ledger(Protocol):
    """Posts, entries, feeds, documents: what a pass reads before and writes after."""

    def posts(self) -> dict[str, PostRecord]:
        """All of them, which may be very many."""
        ...

    def posts_at(self, paths: Collection[str]) -> dict[str, PostRecord]:
        """Those of these paths, by path."""
        ...

    def posts_called(self, ids: Collection[str]) -> tuple[PostRecord, ...]:
        """Those that have these ids."""
        ...

    def ids_beginning(self, beginning: str) -> tuple[PostRecord, ...]:
        """Those whose ids begin so."""
        ...

    def departed(self, clues: Collection[str], at: datetime) -> tuple[PostRecord, ...]:
        """Those with an id whose file is gone: since ``at``, or with a digest or an id of their own among the clues."""
        ...

    def lines(self, names: Collection[str]) -> Iterator[PostLine]:
        """A line for every post, with its terms of these names."""
        ...

    def counts(self, now: datetime) -> dict[str, int]:
        """How many posts are in which state, by its name; "gone" is one."""
        ...

    def waiting(self, now: datetime, most: int) -> tuple[PostRecord, ...]:
        """Posts that are under embargo or held off, those whose time comes first, so many at most."""
        ...

    def came_due(self, since: datetime, now: datetime) -> int:
        """How many posts may be seen since then, for all that their dates say, and never were."""
        ...

    def expired(self, since: datetime, now: datetime) -> tuple[PostRecord, ...]:
        """Posts with an id that expired after one moment and until the other, by their dates alone."""
        ...

    def next_to_expire(self, now: datetime) -> PostRecord | None:
        """The post with an id that may be seen now and expires first; of several the first by its path."""
        ...

    def refusals(self) -> dict[str, Refusal]: ...
    def feeds(self) -> dict[str, FeedRecord]: ...
    def documents(self) -> dict[str, DocumentRecord]: ...
    def pages(self) -> dict[str, tuple[PageRecord, ...]]:
        """The pages of archives by feed, the oldest first."""
        ...

    def entry_records(self) -> dict[str, EntryRecord]: ...
    def entries(self, paths: Collection[str]) -> dict[str, Entry]: ...
    def images(self, urls: Collection[str]) -> dict[str, ImageAnswer]: ...
    def versions(self) -> dict[str, str]:
        """Versions of the files that are there, by path: of posts, and of those in quarantine."""
        ...

    def held(self) -> dict[str, Held]:
        """Feeds that the guard holds, by name."""
        ...

    def last_pass(self) -> PassRecord | None: ...
    def remember(self, change: LedgerChange) -> None: ...
    def record(self, publication: Publication, now: datetime) -> None: ...
    def note_pass(self, record: PassRecord) -> None: ...
    def approve(self, held: Sequence[Held]) -> None:
        """Let through what these rest on; whoever makes passes may be at work meanwhile."""
        ...
