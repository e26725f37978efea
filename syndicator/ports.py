"""What the pass needs from the world: a source, a dialect, a publisher, a state and remote images."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

from syndicator.errors import PostError
from syndicator.markup.flavour import Flavour
from syndicator.model import (
    Announcement,
    Delivery,
    Document,
    DocumentRecord,
    Entry,
    FeedRecord,
    ImageFacts,
    ImageRef,
    Person,
    PostRecord,
    PostWarning,
    SourceFile,
    Visibility,
)

# --- source -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A file that a source says was renamed, and perhaps edited at once; ``alike`` is from 0 to 1 (the same bytes)."""

    old: str
    new: str
    alike: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One look at a source: files that are new or changed (path and version), paths that are gone, refusals.

    A version may be "" for a file that nothing was known of: reading it tells. ``moved`` is what the source itself
    knows of renames among them; most know nothing.
    """

    changed: tuple[tuple[str, str], ...] = ()
    gone: tuple[str, ...] = ()
    refused: tuple[PostError, ...] = ()
    moved: tuple[Move, ...] = ()


class Source(Protocol):
    """Where posts come from."""

    def scan(self, known: Mapping[str, str]) -> Scan:
        """Compare with the versions known by path. Raises SourceError when the source as a whole cannot be read."""
        ...

    def read(self, path: str) -> SourceFile:
        """The file as it is now. Raises PostError when it is gone, unreadable, too large or leads out of the source."""
        ...

    def measure(self, file: str, known_version: str) -> tuple[str, ImageFacts] | None:
        """Version and facts of a local image, None when there is no such file inside the source.

        ``known_version`` is what the caller has remembered: when it is still right, the facts come back empty.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchReport:
    """How the last fetch from ``url`` went: when it was tried, and what was wrong ("" for nothing).

    ``commit`` is what posts are read from, ``fetched`` when the last fetch went well.
    """

    url: str
    tried: datetime
    fetched: datetime | None = None
    commit: str = ""
    problem: str = ""


class Upstream(Protocol):
    """Where a source's files are fetched from, when they are somebody else's."""

    @property
    def name(self) -> str:
        """For people: where it is."""
        ...

    def fetch(self, stopped: Callable[[], bool] = ...) -> bool:
        """Get what is new; whether anything is. ``stopped`` is asked now and then whether to leave off.

        Raises SourceError when it cannot be had; what was fetched before stays.
        """
        ...

    def is_spoilt(self) -> bool:
        """Whether what was fetched before cannot be read, so that a fetch should not wait."""
        ...

    def report(self) -> FetchReport | None:
        """How the last fetch went, None when there was none."""
        ...


class BuiltSite(Protocol):
    """The pages that the site's own generator has made of the posts."""

    def page(self, permalink: str) -> bytes | None:
        """The page at an address of the site; None when there is none that can be read."""
        ...


class SiteFiles(Protocol):
    """The site's own files beside its posts: configuration and data. Paths are relative to the source, with ``/``."""

    def read(self, path: str) -> bytes | None:
        """What is in a file; None when there is none. Raises SourceError when it cannot be read, is larger than a
        megabyte or leads out of the source."""
        ...

    def names(self, folder: str) -> tuple[str, ...]:
        """What is in a folder ("" for the root), sorted; folders end in ``/``. Empty when there is none.

        Raises SourceError when it cannot be listed. Links that lead out of the source are left out.
        """
        ...

    def find(self, folder: str, fits: Callable[[str], bool]) -> tuple[str, ...]:
        """The paths of the files in and below a folder whose names fit, sorted; hidden folders are left out, and those
        that cannot be listed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFacts:
    """What the generator's own configuration says of the publication, "" for nothing. ``url`` has the base path."""

    title: str = ""
    url: str = ""
    description: str = ""
    language: str = ""
    timezone: str = ""
    author: str = ""


# --- dialect ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FileName:
    """What a post's file name says: a date as written ("" when none) and a slug."""

    date: str
    slug: str


#: Languages of templates: Liquid as Jekyll has it, Liquid with Eleventy's names, Hugo's shortcodes, none of them.
Templates = Literal["liquid", "eleventy", "hugo", "none"]


class Dialect(Protocol):
    """A site generator's rules. Pure: paths, fields and text in, answers out."""

    name: str

    @property
    def templates(self) -> Templates:
        """What is a template in a body; "none" knows no language, and drops the tags of all."""
        ...

    @property
    def date_fields(self) -> tuple[str, ...]:
        """The fields of the front matter that may hold a post's date, the first that is not empty wins."""
        ...

    @property
    def fields(self) -> Mapping[str, tuple[str, ...]]:
        """Where the generator has its fields, by our names, where that is not as in all dialects."""
        ...

    @property
    def last_path_first(self) -> bool:
        """Whether, of posts of one instant, the generator's feed lists that with the last path first."""
        ...

    @property
    def markdown_summary(self) -> str:
        """The field of the front matter that holds a summary in Markdown, "" for none."""
        ...

    @property
    def smart_titles(self) -> bool:
        """Whether the generator's feed has typographic signs in titles."""
        ...

    @property
    def image_folders(self) -> tuple[str, ...]:
        """The folders of the source where files lie that the site has at its root, "" for the source's root itself."""
        ...

    def image_base(self, path: PurePosixPath, permalink: str) -> str:
        """What an image's address without a leading slash is relative to, its file beside the post's; "" when both are
        below the site's root."""
        ...

    @property
    def markdown(self) -> Flavour:
        """The Markdown that the generator reads, set up as the site has it."""
        ...

    def enters(self, folder: PurePosixPath) -> bool:
        """Whether posts may lie in or below a folder (relative to the source's root)."""
        ...

    def posts_in(self, folder: PurePosixPath) -> Callable[[str], bool] | None:
        """Which names in a folder (relative to the source's root) are posts; None when none can be."""
        ...

    def bundle(self, folder: PurePosixPath, names: Collection[str]) -> Callable[[str], bool] | None:
        """Which names are the post when a folder with these names in it is one post and all that belongs to it, so that
        there is none below; None when it is no such folder."""
        ...

    def file_name(self, path: PurePosixPath) -> FileName:
        """Date and slug in the file's name."""
        ...

    def complete(
        self, path: PurePosixPath, data: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], tuple[tuple[str, str], ...]]:
        """The front matter with the site's own defaults below it, and what is odd about it: field and reason."""
        ...

    def untitled(self, path: PurePosixPath, body: str) -> str:
        """The title of a post that has none in its front matter, "" when nothing says it."""
        ...

    def undated(self, path: PurePosixPath) -> tuple[str, str]:
        """Why what has no date is no post, "" when it is one that lacks its date; and a warning of it, "" for none."""
        ...

    def instant(self, value: object, zone: ZoneInfo) -> datetime:
        """A date of the front matter in UTC. Raises ValueError, with a reason for people, when it is none."""
        ...

    def visibility(self, path: PurePosixPath, data: Mapping[str, Any]) -> tuple[Visibility, str]:
        """What the author decided, and the rule that says so ("draft: true")."""
        ...

    def terms(self, path: PurePosixPath, data: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Categories and tags, as the generator would split them."""
        ...

    def permalink(
        self,
        pattern: str,
        *,
        path: PurePosixPath,
        data: Mapping[str, Any],
        slug: str,
        categories: Sequence[str],
        published: datetime,
        zone: ZoneInfo,
    ) -> str:
        """The post's address below the site, percent-encoded, without leading slash.

        ``pattern`` is the operator's, "" for the generator's own rule. Raises ValueError on an unknown placeholder.
        """
        ...

    def divided(self, body: str) -> str:
        """The part of the body before the divider that beats a summary in the front matter, "" when there is none."""
        ...

    def excerpt(self, body: str, separator: str | None = None) -> str:
        """The part of the body that stands for it when no summary is written, "" for none.

        ``separator`` is the post's own, None for the site's.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """A dialect set up as the site's own configuration says, what that says of the publication, and what in it is odd
    or cannot be honoured.

    ``people`` are those the site has pages or data about, by the key or name that posts write, in lower case.
    ``values`` is the configuration as it was read, for templates and engines. ``future`` says that the site shows posts
    before their date. ``name`` names what was made of the files, where that changes less often than what was looked
    at; "" where it does not.
    """

    dialect: Dialect
    facts: SiteFacts = SiteFacts()
    site_values: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[PostWarning, ...] = ()
    people: Mapping[str, Person] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    future: bool = False
    name: str = ""


# --- publisher ----------------------------------------------------------------------------------------------------


class Publisher(Protocol):
    """Where documents go. Every verb may be repeated."""

    def put(self, document: Document) -> str:
        """Make the document's bytes stand at its path, whole or not at all; the version that now stands there.

        A file with equal bytes is not touched. Raises PublishError.
        """
        ...

    def settle(self, paths: Sequence[str]) -> None:
        """Make sure that what was put at these paths outlives a power cut. Raises PublishError."""
        ...

    def sweep(self, paths: Collection[str]) -> None:
        """Remove what a killed process left half-done beside these paths. Raises PublishError."""
        ...

    def delete(self, path: str) -> None:
        """Take a document away; one that is not there is fine. Raises PublishError."""
        ...

    def read(self, path: str) -> bytes | None:
        """The bytes that stand at a path, None when there are none."""
        ...

    def altered(self, versions: Mapping[str, str]) -> frozenset[str]:
        """Those paths where something else than the named version stands."""
        ...


# --- state --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRecord:
    """What is known of a rendered entry without loading it: ``key`` names all it was rendered from."""

    path: str
    key: str
    image: ImageRef | None = None


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
    ``dropped_images`` are addresses that no entry has now.
    """

    posts: tuple[PostRecord, ...] = ()
    moved: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()
    cleared: tuple[str, ...] = ()
    images: tuple[ImageAnswer, ...] = ()
    entries: tuple[StoredEntry, ...] = ()
    dropped_images: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What a pass has published, to be remembered with the announcements that are now owed, in one transaction."""

    feeds: tuple[FeedRecord, ...] = ()
    dropped_feeds: tuple[str, ...] = ()
    documents: tuple[DocumentRecord, ...] = ()
    dropped_documents: tuple[str, ...] = ()
    dropped_entries: tuple[str, ...] = ()
    announcements: tuple[Announcement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRecord:
    """The last pass that came to its end: when, how long (seconds), and what it found and did.

    ``orders`` names what was wanted of it, ``next_change`` is when the same files would give something else. "" for
    ``orders`` says that something happened since.
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


class Ledger(Protocol):
    """Posts, entries, feeds, documents: what a pass reads before and writes after."""

    def posts(self) -> dict[str, PostRecord]: ...
    def refusals(self) -> dict[str, Refusal]: ...
    def feeds(self) -> dict[str, FeedRecord]: ...
    def documents(self) -> dict[str, DocumentRecord]: ...
    def entry_records(self) -> dict[str, EntryRecord]: ...
    def entries(self, paths: Collection[str]) -> dict[str, Entry]: ...
    def images(self, urls: Collection[str]) -> dict[str, ImageAnswer]: ...
    def versions(self) -> dict[str, str]:
        """Versions of the files that are there, by path: of posts, and of those in quarantine."""
        ...

    def last_pass(self) -> PassRecord | None: ...
    def remember(self, change: LedgerChange) -> None: ...
    def record(self, publication: Publication, now: datetime) -> None: ...
    def note_pass(self, record: PassRecord) -> None: ...


class Outbox(Protocol):
    """Deliveries, claimed by lease so that several workers never send one twice at a time."""

    def claim_deliveries(self, now: datetime, limit: int, lease: timedelta) -> Sequence[Delivery]: ...
    def delivered(self, delivery: Delivery, now: datetime) -> None:
        """Done, unless a newer version is owed by now."""
        ...

    def postpone(self, delivery: Delivery, due: datetime, error: str) -> None: ...
    def give_up(self, delivery: Delivery, now: datetime, error: str) -> None: ...
    def deliveries(self) -> Sequence[Delivery]:
        """All of them, for people to look at."""
        ...

    def next_due(self) -> datetime | None: ...
    def keep_hubs(self, hubs: Collection[str]) -> None:
        """Forget what is owed to hubs that are not configured any more."""
        ...


class ImageDesk(Protocol):
    """Questions about remote images, claimed by lease."""

    def claim_images(self, now: datetime, limit: int, lease: timedelta) -> Sequence[ImageAnswer]: ...
    def answer_image(self, answer: ImageAnswer) -> None: ...
    def next_image_due(self) -> datetime | None: ...
