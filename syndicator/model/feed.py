"""What a feed shows: entries, what is asked for, its documents, and how they were left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from syndicator.model.image import Enclosure, Image
from syndicator.model.site import Person
from syndicator.model.values import digest, require_utc


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
        require_utc(self.published, self.updated)
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
        require_utc(self.updated)


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
