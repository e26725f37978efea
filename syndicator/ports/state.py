"""What is remembered from pass to pass: the ledger, what is owed, and questions about images."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from syndicator.model import (
    Announcement,
    Delivery,
    DeliveryKind,
    DocumentRecord,
    EnclosureRef,
    Entry,
    FeedRecord,
    Held,
    HostPause,
    HostState,
    ImageFacts,
    ImageRef,
    PageRecord,
    PostRecord,
    Visibility,
)


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
        return ":".join(str(part) for part in (self.path, self.line, self.column) if part is not None)

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}" + (f"; {self.remedy}" if self.remedy else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageAnswer:
    """What is remembered of an image: ``version`` for local files, "" for remote ones; ``status`` is known, asked
    (the answer is awaited), failed (asked again when due), refused (never asked again) or missing (a local file)."""

    url: str
    facts: ImageFacts
    status: str
    version: str = ""
    attempts: int = 0
    due: datetime | None = None
    error: str = ""


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
    ``next_why`` what happens then. "" for ``orders`` says that something happened since.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What becomes of a delivery after an attempt: ``status`` is done, pending (again when ``due``) or given up."""

    delivery: Delivery
    status: str
    due: datetime
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which deliveries somebody means; "" and () mean all. ``status`` is pending, given up or paused (pending, for a
    host that is left alone for now)."""

    ids: tuple[int, ...] = ()
    kind: str = ""
    host: str = ""
    status: str = ""
    feed: str = ""


class Outbox(Protocol):
    """Deliveries, claimed by lease so that several workers never send one twice at a time."""

    def claim_deliveries(
        self,
        now: datetime,
        limit: int,
        lease: timedelta,
        *,
        per_host: int,
        room: Callable[[str], int] = ...,
        full: Collection[str] = (),
    ) -> Sequence[Delivery]:
        """Take up to ``limit`` that are due and nobody else's, ``room`` for each host at most and never more than
        ``per_host``; none for hosts that are ``full`` or in a pause, and none that waits for one of a lower stage."""
        ...

    def settle(
        self, settled: Sequence[Settled], now: datetime, *, pauses: Sequence[HostPause] = (), well: Collection[str] = ()
    ) -> None:
        """Keep what came of attempts, in one transaction. What came late for an older version changes nothing.

        Hosts that are ``well`` are in no pause any more.
        """
        ...

    def give_up_for(self, host: str, owed_before: datetime, now: datetime, error: str) -> int:
        """Give up all that has been owed to a host since before then; how many were."""
        ...

    def deliveries(self, wanted: Wanted = ...) -> Sequence[Delivery]:
        """Those that are meant, for people to look at, oldest first."""
        ...

    def pauses(self) -> Sequence[HostPause]: ...
    def hosts(self) -> Sequence[HostState]:
        """What is owed to whom, by host."""
        ...

    def next_due(self) -> datetime | None:
        """When one may be claimed next, pauses of hosts and stages considered."""
        ...

    def clock_was_set(self, now: datetime) -> None:
        """Make due what seems to be owed since a time to come, or put off for longer than anything is: the clock went
        back meanwhile."""
        ...

    def send_again(self, wanted: Wanted, now: datetime) -> int:
        """Make them due now, as if never tried, whatever their host's pause; how many."""
        ...

    def drop(self, wanted: Wanted) -> int:
        """Forget them; how many."""
        ...

    def keep_targets(self, targets: Mapping[DeliveryKind, Collection[str]]) -> None:
        """Forget what is owed to others than these, by kind: they are not configured any more."""
        ...


class ImageDesk(Protocol):
    """Questions about remote images, claimed by lease."""

    def claim_images(self, now: datetime, limit: int, lease: timedelta) -> Sequence[ImageAnswer]: ...
    def answer_image(self, answer: ImageAnswer) -> None: ...
    def next_image_due(self) -> datetime | None: ...
