"""The rules of a site generator, set up as a site has them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from re import Pattern
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

from syndicator.markup.flavour import Flavour
from syndicator.model import Person, PostWarning, Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class FileName:
    """What a post's file name says: a date as written ("" when none) and a slug."""

    date: str
    slug: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostFacts:
    """What a post's address can be made of: its file, its front matter, and what was read out of both.

    ``published`` is in UTC, ``zone`` the site's.
    """

    path: PurePosixPath
    data: Mapping[str, Any]
    slug: str
    categories: Sequence[str]
    published: datetime
    zone: ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFacts:
    """What a post's pictures can be found by: its file, its front matter, the names ``beside`` the file, and addresses.

    ``permalink`` is the post's address, ``site_url`` the site's.
    """

    path: PurePosixPath
    data: Mapping[str, Any]
    beside: Sequence[str]
    permalink: str
    site_url: str


#: Languages of templates: Liquid as Jekyll has it, Liquid with Eleventy's names, Hugo's shortcodes, none of them.
Templates = Literal["liquid", "eleventy", "hugo", "none"]

#: The usual answer of ``as_html``.
HTML_ENDINGS = frozenset({".html", ".htm", ".njk", ".liquid"})


class Dialect(Protocol):
    """A site generator's rules. Pure: paths, fields and text in, answers out.

    Arguments of which some dialects need no word are given by place: there their names begin with an underscore.
    """

    name: str

    @property
    def as_html(self) -> frozenset[str]:
        """The ends, in lower case, of files whose body is HTML as it stands and no Markdown."""
        ...

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
    def created_is_date(self) -> bool:
        """Whether the date of a post that has none is when its file was made, which only a source's history knows."""
        ...

    @property
    def undated_is_page(self) -> bool:
        """Whether what has no date is a page of the site, and no post that lacks its date."""
        ...

    @property
    def divider(self) -> Pattern[str] | None:
        """What stands in a body behind the part that beats a summary in the front matter; None where nothing does."""
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

    def belongings(self, path: str) -> Callable[[str], bool] | None:
        """Which names beside a post's file, and in the folders beside it, are files that belong to it and say what it
        shows; None for a post that has none. Asked of every file that is read."""
        ...

    def illustrated(self, facts: PictureFacts) -> tuple[Mapping[str, Any], str]:
        """The front matter with the image that the generator would find beside the post's file, or for want of one.

        And what an image's address without a leading slash is relative to, its file beside the post's; "" when both are
        below the site's root.
        """
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

    def section(self, path: PurePosixPath) -> str:
        """The part of the site that a post is in by its file's place, a name of a folder; "" for none."""
        ...

    def complete(
        self, path: PurePosixPath, data: Mapping[str, Any], /
    ) -> tuple[Mapping[str, Any], tuple[tuple[str, str], ...]]:
        """The front matter with the site's own defaults below it, and what is odd about it: field and reason."""
        ...

    def untitled(self, path: PurePosixPath, body: str, /) -> str:
        """The title of a post that has none in its front matter, "" when nothing says it."""
        ...

    def instant(self, value: object, zone: ZoneInfo, /) -> datetime:
        """A date of the front matter in UTC. Raises ValueError, with a reason for people, when it is none."""
        ...

    def visibility(self, path: PurePosixPath, data: Mapping[str, Any], /) -> tuple[Visibility, str]:
        """What the author decided, and the rule that says so ("draft: true")."""
        ...

    def terms(self, path: PurePosixPath, data: Mapping[str, Any], /) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Categories and tags, as the generator would split them."""
        ...

    def permalink(self, pattern: str, facts: PostFacts) -> str:
        """The post's address below the site, percent-encoded, without leading slash.

        ``pattern`` is the operator's, "" for the generator's own rule. Raises ValueError on an unknown placeholder.
        """
        ...

    def excerpt(self, body: str, separator: str | None = None) -> str:
        """The part of the body that stands for it when no summary is written, "" for none.

        ``separator`` is the post's own, None for the site's.
        """
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
