"""How feeds, the pages of their archives and their documents were left when they were last published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from syndicator.model.feed import Format, Tombstone
from syndicator.model.site import Site

#: For ``settings`` and ``content`` of what was published when nobody knows any more how it was made.
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPast:
    """What a feed showed before it last changed several times in a row: ``members`` and ``dates`` as in FeedRecord,
    ``until`` the first of these changes (whole seconds since 1970).
    """

    until: int
    members: tuple[str, ...]
    dates: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRecord:
    """A feed as last published: ``members`` are its entry ids, ``settings`` names what the configuration said.

    ``tombstones`` are of entries that it showed and that were taken down, whether or not it tells of them.

    ``dates`` are when each member in turn was published and updated, two numbers each, in whole seconds since 1970: as
    documents say it, and a pass compares many thousands. ``spec`` names all that was asked for. Both are empty where
    an older version recorded the feed. ``past`` is what it showed a short while ago, None where that is long since.
    """

    name: str
    id: str
    updated: datetime
    settings: str = ""
    members: tuple[str, ...] = ()
    tombstones: tuple[Tombstone, ...] = ()
    dates: tuple[int, ...] = ()
    spec: str = ""
    past: FeedPast | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRecord:
    """A page of a feed's archive. ``number`` counts from 1, the oldest.

    ``members`` are the entry ids that it was cut with, newest first: they never change, whoever of them is live.
    ``content`` names those that are, as they are; ``updated`` is when that last changed. ``missing`` are the members
    that it did not show then.
    """

    feed: str
    number: int
    members: tuple[str, ...]
    content: str
    updated: datetime
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRecord:
    """A document as last published.

    ``source`` names what it was rendered from; ``version`` is the publisher's word for the file it left behind;
    ``changed`` is when its bytes last changed (the Last-Modified of HTTP); ``length`` counts them, 0 where an older
    version recorded it. ``page`` is the number of the page of the archive that it is, 0 for the document that readers
    subscribe to.
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
    length: int = 0
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRecord:
    """The source as the last pass found it that could look: what goes on without it needs that.

    ``mounts`` are the file systems that its files were on, sorted. ``site`` and ``rules`` (a name) decide about the
    bytes of documents beside what is stored, ``feeds`` names what was to be published where. ``last_path_first`` is the
    dialect's, ``sections`` has the section of each post that is shown, by path, where feeds ask for it.
    """

    mounts: tuple[str, ...] = ()
    site: Site
    rules: str = ""
    feeds: str = ""
    last_path_first: bool = False
    sections: tuple[tuple[str, str], ...] = ()
