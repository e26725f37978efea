"""What a feed shows: entries, what is asked for, and its documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from syndicator.model.image import Enclosure, Image
from syndicator.model.profile import Deed, Profile
from syndicator.model.site import Person
from syndicator.model.values import digest, require_utc


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A post as any feed would show it: ``html`` is safe and all its addresses are absolute, ``summary`` is text, and
    so is ``correction``, one a line, "" for none.

    ``access`` is whom its text is kept for, "" for everybody; ``expires`` is when it is to be seen no more.
    One that is ``deleted`` stands for a post that was taken down, to tell a partner of it who wants it told so.
    """

    id: str
    url: str
    title: str
    summary: str
    html: str
    published: datetime
    updated: datetime
    people: tuple[Person, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    image: Image | None = None
    enclosures: tuple[Enclosure, ...] = ()
    link: str = ""
    language: str = ""
    correction: str = ""
    access: str = ""
    short_title: str = ""
    expires: datetime | None = None
    deleted: bool = False

    def __post_init__(self) -> None:
        require_utc(self.published, self.updated)
        if not self.id or not self.title:
            raise ValueError(f"an entry has an id and a title: {self.url}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """What a feed keeps of an entry that was taken down: its id ``ref``, and ``when``, in whole seconds and never
    before its last change. ``title``, ``url`` and ``published`` are those it had, as far as they are known.
    """

    ref: str
    when: datetime
    title: str = ""
    url: str = ""
    published: datetime | None = None

    def __post_init__(self) -> None:
        require_utc(self.when, self.published)


class Content(StrEnum):
    """How much of a post a feed carries."""

    FULL = "full"
    SUMMARY = "summary"


class Format(StrEnum):
    """What documents are written in: the formats of feeds, and those that list posts or feeds for somebody else."""

    RSS = "rss"
    ATOM = "atom"
    JSON = "json"
    NEWS_SITEMAP = "news-sitemap"
    SITEMAP_INDEX = "sitemap-index"
    OPML = "opml"
    FEED_MENU = "feed-menu"

    @property
    def is_feed(self) -> bool:
        """Whether readers subscribe to it, so that hubs are told of it."""
        return self in (Format.RSS, Format.ATOM, Format.JSON)


#: Values wanted of fields by the field's name, as the operator wrote them.
Terms = tuple[tuple[str, tuple[str, ...]], ...]


class Hero(StrEnum):
    """When the featured image stands in the body: also where the text shows it, or only where it does not."""

    NEVER = "never"
    ALWAYS = "always"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSpec:
    """What the configuration asks for. ``outputs`` maps a format to a path, with ``{slug}`` where ``each`` is set.

    A post is shown when it has one of the values of every field in ``include`` and none of those in ``exclude``, and
    was published less than ``max_age`` ago. ``sitemap`` is the path of a news sitemap of these posts. ``ttl`` counts
    minutes, ``accent`` is a color in six hexadecimal digits; pictures are absolute addresses, or paths of the site.

    ``partner`` is the name by which posts say whether they may go there, "" for a feed of our own. Pictures go along
    when their rights are among ``image_rights`` (none: all do), else ``image_fallback`` stands in. ``members`` lets
    text through that is not for everybody. ``tracking`` is added to the query of links. No document has more than
    ``max_bytes``.
    """

    name: str
    outputs: tuple[tuple[Format, str], ...]
    title: str = ""
    description: str = ""
    each: str = ""
    limit: int = 50
    content: Content = Content.FULL
    hero: Hero = Hero.NEVER
    include: Terms = ()
    exclude: Terms = ()
    max_age: timedelta | None = None
    language: str = ""
    copyright: str = ""
    logo: str = ""
    icon: str = ""
    cover: str = ""
    accent: str = ""
    ttl: int = 0
    sitemap: str = ""
    tombstones: bool = False
    archive: bool = False
    profile: Profile | None = None
    partner: str = ""
    image_rights: tuple[str, ...] = ()
    image_fallback: str = ""
    members: bool = False
    tracking: tuple[tuple[str, str], ...] = ()
    max_bytes: int | None = None

    @property
    def candidates(self) -> int:
        """How many posts are gathered: more than are shown where a rule may leave some of them out.

        A feed with an archive has no need of it, as that has all other posts.
        """
        profile = self.profile
        may_drop = profile is not None and any(rule.does is Deed.DROP for rule in profile.rules)
        return self.limit + max(10, self.limit // 2) if may_drop and not self.archive else self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a list of feeds says of one. ``group`` is the feed spec that made it one of many, "" for one by itself."""

    title: str
    description: str
    language: str
    home_url: str
    addresses: tuple[tuple[Format, str], ...]
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """The neighbours of a document in its feed's history (RFC 5005), "" for those that there are not.

    ``current`` is the subscription document, ``prev`` the next older page, ``next`` the next newer one; ``archive``
    says that the document is such a page itself.
    """

    current: str = ""
    prev: str = ""
    next: str = ""
    archive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed spec with what it shows now; ``outputs`` are the paths of its documents, ``home_url`` the site's page.

    ``logo``, ``icon`` and ``cover`` are absolute addresses. ``listings`` are the feeds that a list of feeds names, or
    ``parts`` the addresses of the documents that a sitemap index does.
    ``tombstones`` are the entries taken down that it tells of, newest first.
    ``paging`` has the neighbours of the document in each format, when the feed has a history. A profile asks for the
    ``elements`` of partners beside those of the format, for its own way of ``deletion``, and for summaries that are
    text where RSS has HTML.
    """

    name: str
    id: str
    title: str
    description: str
    home_url: str
    language: str
    author: str
    updated: datetime
    content: Content
    outputs: tuple[tuple[Format, str], ...]
    entries: tuple[Entry, ...] = ()
    hubs: tuple[str, ...] = ()
    copyright: str = ""
    logo: str = ""
    icon: str = ""
    cover: str = ""
    accent: str = ""
    ttl: int = 0
    listings: tuple[Listing, ...] = ()
    parts: tuple[str, ...] = ()
    tombstones: tuple[Tombstone, ...] = ()
    paging: tuple[tuple[Format, Paging], ...] = ()
    elements: tuple[str, ...] = ()
    deletion: str = ""
    plain_summary: bool = False

    def __post_init__(self) -> None:
        require_utc(self.updated)

    def neighbours(self, format: Format) -> Paging:  # noqa: A002 - the noun of the model
        """The neighbours of the document in this format."""
        return dict(self.paging).get(format, Paging())


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One rendered output: ``path`` below the publisher's root, ``url`` its public address (the topic)."""

    path: str
    url: str
    format: Format
    media_type: str
    body: bytes
    hubs: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """The name of the bytes."""
        return digest(self.body)
