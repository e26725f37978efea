"""What the author wrote: a post, what choosing it needs, and what the state knows of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from syndicator.errors import place_of, told
from syndicator.model.image import EnclosureRef, ImageRef
from syndicator.model.site import Person
from syndicator.model.values import require_utc


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
    SETTLING = "waiting"
    EXPIRED = "expired"
    KILLED = "killed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostWarning:
    """Something odd in a post that did not keep it from being read."""

    path: str
    reason: str
    line: int | None = None
    remedy: str = ""

    def __str__(self) -> str:
        return told(place_of(self.path, self.line or None), self.reason, self.remedy)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteData:
    """Data files of the site that templates ask for: ``values`` by name, and ``unread``, the names of those that cannot
    be read. ``all`` says that there are no others.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()
    all: bool = False
    warnings: tuple[PostWarning, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateContext:
    """What the templates in a body may know of the world: values, and nothing that could be called.

    ``kind`` is their language ("liquid", "eleventy", "hugo", "none", or "off" where the post says that there are none),
    ``mode`` what the operator wants of them ("render", "strip" or "skip"). ``site`` and ``page`` are values of the
    site's configuration and of the front matter. ``posts`` has the addresses of the posts that the body refers to, by
    reference as it is written, and those of what else of the site it refers to. ``data`` are the site's data files that
    it asks for, None where nobody has looked. ``includes`` says which of the site's includes shows what, as written in
    the settings. ``line`` is the file's line at which the body begins.
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
    data: SiteData | None = None
    includes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What was wrong in a post and is put right: ``text`` is a line of Markdown, ``date`` as the author wrote it."""

    text: str
    date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What the author wrote, parsed. All text is free of characters that XML forbids.

    ``published`` may be None only where ``visibility`` is not public. ``fields`` holds further mapped fields with
    their values, sorted by name. ``given_id`` is the front matter's own id. ``permalink`` and ``link`` (the page a
    link post points at) are absolute addresses. ``excerpt`` is the part of the body that stands for it where no
    summary is written, "" for none or all of it. ``access`` is whom the text is kept for, "" for everybody.
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
    enclosures: tuple[EnclosureRef, ...] = ()
    permalink: str
    link: str = ""
    published: datetime | None
    modified: datetime | None = None
    expires: datetime | None = None
    visibility: Visibility = Visibility.PUBLIC
    given_id: str = ""
    language: str = ""
    access: str = ""
    short_title: str = ""
    body: str = ""
    excerpt: str = ""
    corrections: tuple[Correction, ...] = ()
    markup: Markup = Markup.MARKDOWN
    templates: TemplateContext = field(default_factory=TemplateContext, repr=False, compare=False)
    warnings: tuple[PostWarning, ...] = ()

    def __post_init__(self) -> None:
        require_utc(self.published, self.modified, self.expires)
        if self.published is None and self.visibility is Visibility.PUBLIC:
            raise ValueError(f"a public post has a date: {self.path}")


# The next two are tuples with names, where all other nouns are frozen dataclasses: a build makes one of each for every
# post of a site, and hands it from process to process, which costs a dataclass three times as much.


class Skim(NamedTuple):
    """What choosing posts for feeds needs of a post, read without the work that only rendering it needs.

    ``content`` names what a reader would see of it, ``match`` its title and date. Dates as in Post; ``terms`` are the
    values that feeds can be made from (category, tag, author, language and further mapped fields), sorted by name, and
    what names of ours with a space in them remember beside those. ``early`` says that it is shown before its date.
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


class PostRecord(NamedTuple):
    """A line of the ledger, and all that choosing posts for feeds needs.

    ``version`` and ``digest`` name the file as last read, ``content`` names what a reader would see of it, ``match``
    names title and date (to know a post that was moved and edited at once). ``due`` is the file's own date, which
    decides embargoes; ``published`` is the first date it was live with, and never moves. ``modified`` is the author's
    own word for when it was last changed, ``updated`` what readers are told. ``entry_id`` is "" until the post was live
    once. ``gone`` is when its file vanished, ``down`` when readers lost it, whatever for, until it is back. ``settles``
    is until when a post is held off before it is first live, and ``ready`` since when.
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
    down: datetime | None = None
    ready: datetime | None = None
    settles: datetime | None = None

    def state(self, now: datetime) -> PostState:
        """Live, or the rule that keeps it out at that moment."""
        if self.visibility is Visibility.KILLED:
            return PostState.KILLED
        if self.visibility is Visibility.DRAFT or self.due is None:
            return PostState.DRAFT
        # A clock that was set back takes nothing away, and brings nothing back, that it decided before.
        if self.due > now and not (self.entry_id and self.published == self.due):
            return PostState.EMBARGOED
        if self.expires is not None and self.expires <= (max(now, self.down) if self.down else now):
            return PostState.EXPIRED
        if self.settles is not None and self.settles > now:
            return PostState.SETTLING
        return PostState.LIVE

    def first_state(self, now: datetime) -> PostState:
        """The same for a post that nobody has seen yet, whatever id it will have."""
        return self._replace(entry_id="").state(now)

    def values(self, name: str) -> tuple[str, ...]:
        """The post's values of a field that feeds can be made from: category, tag, author, language, a mapped one."""
        for key, values in self.terms:
            if key == name:
                return values
        return ()
