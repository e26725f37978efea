"""The nouns: what the author wrote, what a feed shows, what is published, what is owed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any, NamedTuple

__all__ = [
    "Announcement",
    "Content",
    "Delivery",
    "Document",
    "DocumentRecord",
    "Enclosure",
    "Entry",
    "Feed",
    "FeedRecord",
    "FeedSpec",
    "Format",
    "Image",
    "ImageFacts",
    "ImageRef",
    "Markup",
    "Person",
    "Post",
    "PostRecord",
    "PostState",
    "PostWarning",
    "Site",
    "Skim",
    "SourceFile",
    "TemplateContext",
    "Visibility",
    "digest",
]


def digest(data: bytes) -> str:
    """The name of some bytes: 128 bits of SHA-256 in hexadecimal. Processors know it, so it is the fastest here."""
    return sha256(data, usedforsecurity=False).hexdigest()[:32]


def _aware(*instants: datetime | None) -> None:
    for instant in instants:
        if instant is not None and instant.utcoffset() != timedelta(0):
            raise ValueError(f"not an instant in UTC: {instant!r}")


# --- the site and its posts -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The publication. ``url`` is absolute and ends in a slash; ``timezone`` is an IANA name."""

    title: str
    url: str
    description: str = ""
    language: str = "en"
    timezone: str = "UTC"
    author: str = ""

    def __post_init__(self) -> None:
        if not self.url.endswith("/"):
            raise ValueError(f"the site's address must end in a slash: {self.url!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file of the source: ``path`` is relative to the source's root with ``/``, ``version`` changes with the file.

    ``modified`` is when its bytes were made, where the source has a whole history that says so.
    """

    path: str
    version: str
    data: bytes
    modified: datetime | None = None


class Markup(StrEnum):
    """What a body is written in."""

    MARKDOWN = "markdown"
    HTML = "html"


class Visibility(StrEnum):
    """What the author decided, whatever the time."""

    PUBLIC = "public"
    DRAFT = "draft"
    KILLED = "killed"


class PostState(StrEnum):
    """What that means at a moment."""

    LIVE = "live"
    DRAFT = "draft"
    EMBARGOED = "embargoed"
    EXPIRED = "expired"
    KILLED = "killed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who made a post: name and professional title kept apart."""

    name: str
    title: str = ""
    email: str = ""
    url: str = ""
    avatar: str = ""

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a person has a name")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRef:
    """A featured image as the author gave it.

    ``url`` is absolute, percent-encoded once. ``file`` is the path inside the source's folder (with ``/``, no ``..``)
    when the address is the site's own, else None. ``width`` and ``height`` count until
    somebody has looked at the bytes.
    """

    url: str
    file: str | None = None
    alt: str = ""
    caption: str = ""
    credit: str = ""
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFacts:
    """What the bytes of an image say. ``length`` in bytes, ``width`` and ``height`` in pixels; None is unknown."""

    type: str = ""
    length: int | None = None
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A featured image with all that is known of it; ``type`` is "" while nobody knows it."""

    url: str
    alt: str = ""
    caption: str = ""
    credit: str = ""
    type: str = ""
    length: int | None = None
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that comes with an entry; ``length`` in bytes, 0 when nobody knows."""

    url: str
    type: str
    length: int

    def __post_init__(self) -> None:
        if self.length < 0 or "/" not in self.type:
            raise ValueError(f"not an enclosure: {self.type!r}, {self.length} bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class PostWarning:
    """Something odd in a post that did not keep it from being read."""

    path: str
    reason: str
    line: int | None = None
    remedy: str = ""

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.reason}" + (f"; {self.remedy}" if self.remedy else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateContext:
    """What the templates in a body may know of the world: values, and nothing that could be called.

    ``kind`` is their language ("liquid", "eleventy", "hugo", "none", or "off" where the post says that there are none),
    ``mode`` what the operator wants of them ("render", "strip" or "skip"). ``site`` and ``page`` are values of the
    site's configuration and of the front matter. ``posts`` has the addresses of the posts that the body refers to, by
    reference as it is written. ``line`` is the file's line at which the body begins.
    """

    kind: str = "none"
    mode: str = "render"
    path: str = ""
    line: int = 1
    site: Mapping[str, Any] = field(default_factory=dict)
    page: Mapping[str, Any] = field(default_factory=dict)
    site_url: str = "http://localhost/"
    permalink: str = ""
    published: datetime | None = None
    zone: str = "UTC"
    posts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What the author wrote, parsed. All text is free of characters that XML forbids.

    ``published`` may be None only where ``visibility`` is not public. ``fields`` holds further mapped fields with
    their values, sorted by name. ``given_id`` is the front matter's own id. ``permalink`` and ``link`` (the page a
    link post points at) are absolute addresses. ``excerpt`` is the part of the body that stands for it where no
    summary is written, "" for none or all of it.
    """

    path: str
    digest: str
    title: str
    summary: str = ""
    people: tuple[Person, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    fields: tuple[tuple[str, tuple[str, ...]], ...] = ()
    image: ImageRef | None = None
    permalink: str
    link: str = ""
    published: datetime | None
    modified: datetime | None = None
    expires: datetime | None = None
    visibility: Visibility = Visibility.PUBLIC
    given_id: str = ""
    language: str = ""
    body: str = ""
    excerpt: str = ""
    markup: Markup = Markup.MARKDOWN
    templates: TemplateContext = field(default_factory=TemplateContext, repr=False, compare=False)
    warnings: tuple[PostWarning, ...] = ()

    def __post_init__(self) -> None:
        _aware(self.published, self.modified, self.expires)
        if self.published is None and self.visibility is Visibility.PUBLIC:
            raise ValueError(f"a public post has a date: {self.path}")


# The next two are tuples with names, where all other nouns are frozen dataclasses: a build makes one of each for every
# post of a site, and hands it from process to process, which costs a dataclass three times as much.


class Skim(NamedTuple):
    """What choosing posts for feeds needs of a post, read without the work that only rendering it needs.

    ``content`` names what a reader would see of it, ``match`` its title and date. Dates as in Post; ``terms`` are the
    values that feeds can be made from (category, tag, author and further mapped fields), sorted by name. ``early``
    says that it is shown before its date.
    """

    path: str
    digest: str
    content: str
    match: str
    visibility: Visibility
    published: datetime | None
    modified: datetime | None = None
    expires: datetime | None = None
    given_id: str = ""
    early: bool = False
    terms: tuple[tuple[str, tuple[str, ...]], ...] = ()
    warnings: tuple[PostWarning, ...] = ()


# --- what the state knows of a post ------------------------------------------------------------------------------


class PostRecord(NamedTuple):
    """A line of the ledger, and all that choosing posts for feeds needs.

    ``version`` and ``digest`` name the file as last read, ``content`` names what a reader would see of it, ``match``
    names title and date (to know a post that was moved and edited at once). ``due`` is the file's own date, which
    decides embargoes; ``published`` is the first date it was live with, and never moves. ``modified`` is the author's
    own word for when it was last changed, ``updated`` what readers are told. ``entry_id`` is "" until the post was live
    once. ``gone`` is when its file vanished.
    """

    path: str
    version: str
    digest: str
    content: str
    match: str
    visibility: Visibility
    due: datetime | None
    published: datetime | None
    updated: datetime | None
    modified: datetime | None = None
    expires: datetime | None = None
    entry_id: str = ""
    given_id: str = ""
    terms: tuple[tuple[str, tuple[str, ...]], ...] = ()
    gone: datetime | None = None

    def state(self, now: datetime) -> PostState:
        """Live, or the rule that keeps it out at that moment."""
        if self.visibility is Visibility.KILLED:
            return PostState.KILLED
        if self.visibility is Visibility.DRAFT or self.due is None:
            return PostState.DRAFT
        if self.due > now:
            return PostState.EMBARGOED
        if self.expires is not None and self.expires <= now:
            return PostState.EXPIRED
        return PostState.LIVE

    def values(self, name: str) -> tuple[str, ...]:
        """The post's values of a field that feeds can be made from: category, tag, author, or a mapped one."""
        for key, values in self.terms:
            if key == name:
                return values
        return ()


# --- entries and feeds --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A post as any feed would show it: ``html`` is safe and all its addresses are absolute, ``summary`` is text."""

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

    def __post_init__(self) -> None:
        _aware(self.published, self.updated)
        if not self.id or not self.title:
            raise ValueError(f"an entry has an id and a title: {self.url}")


class Content(StrEnum):
    """How much of a post a feed carries."""

    FULL = "full"
    SUMMARY = "summary"


class Format(StrEnum):
    """What documents are written in."""

    RSS = "rss"
    ATOM = "atom"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSpec:
    """What the configuration asks for. ``outputs`` maps a format to a path, with ``{slug}`` where ``each`` is set."""

    name: str
    outputs: tuple[tuple[Format, str], ...]
    title: str = ""
    description: str = ""
    each: str = ""
    limit: int = 50
    content: Content = Content.FULL


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed spec with what it shows now; ``outputs`` are the paths of its documents, ``home_url`` the site's page."""

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

    def __post_init__(self) -> None:
        _aware(self.updated)


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


# --- what the state knows of feeds and documents ------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRecord:
    """A feed as last published: ``members`` are its entry ids, ``settings`` names what the configuration said."""

    name: str
    id: str
    updated: datetime
    settings: str = ""
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRecord:
    """A document as last published.

    ``source`` names what it was rendered from; ``version`` is the publisher's word for the file it left behind;
    ``changed`` is when its bytes last changed (the Last-Modified of HTTP).
    """

    path: str
    url: str
    feed: str
    format: Format
    digest: str
    source: str
    version: str
    changed: datetime
    media_type: str = ""
    hubs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A hub is owed word of a topic's new version."""

    hub: str
    topic: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One thing to send to one address, owed ``since`` and tried again when ``due``.

    ``id`` is the state's; ``attempts`` counts those already made; ``status`` is pending or given up.
    """

    id: int
    hub: str
    topic: str
    digest: str
    attempts: int
    since: datetime
    due: datetime
    status: str = "pending"
    error: str = ""
