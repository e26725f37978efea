"""What is to be in a document: a feed before its entries are made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from syndicator.model import FeedSpec, Format, Listing, PageRecord, PostRecord, Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of a feed's archive: its record, and those of its posts that are live, newest first.

    A page that is ``kept`` belongs to a feed that is held: its documents stay as they stand.
    """

    record: PageRecord
    members: tuple[PostRecord, ...]
    kept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A feed before its entries are made: the posts it shows, newest first. ``value`` is what ``each`` made it for,
    ``language`` that of its posts where it is for one, else "".

    Or a sitemap or a list of feeds, as its ``outputs`` say: ``parts`` are the names of the files beside it that a
    sitemap index stands for, ``listings`` the feeds of a list.

    ``killed`` are posts that a feed may have shown at some time and that were killed of late.
    A feed with an archive begins with all its posts, until its history is divided into ``pages``, oldest first.
    """

    name: str
    spec: FeedSpec
    title: str
    outputs: tuple[tuple[Format, str], ...]
    members: tuple[PostRecord, ...]
    value: str = ""
    language: str = ""
    description: str = ""
    listings: tuple[Listing, ...] = ()
    parts: tuple[str, ...] = ()
    killed: tuple[PostRecord, ...] = ()
    pages: tuple[Page, ...] = ()

    def paths(self) -> frozenset[str]:
        """Where its posts are."""
        return frozenset(record.path for record in self.members)

    @property
    def is_feed(self) -> bool:
        """Whether readers subscribe to it."""
        return any(format_.is_feed for format_, _ in self.outputs)

    @property
    def tells_of_tombstones(self) -> bool:
        """Whether its documents say what was taken down."""
        return self.spec.tombstones and self.is_feed

    @property
    def has_archive(self) -> bool:
        """Whether its history is kept within reach."""
        return self.spec.archive and self.is_feed


def feed_of_all(spec: FeedSpec, members: Iterable[PostRecord], site: Site) -> Selection:
    """The one feed of a spec, with these posts."""
    return Selection(
        name=spec.name,
        spec=spec,
        title=spec.title or site.title,
        description=spec.description,
        outputs=spec.outputs,
        members=tuple(members),
        language=spec.language,
    )


def feed_of_value(
    spec: FeedSpec, key: str, spelt: str, slug: str, members: Iterable[PostRecord], site: Site
) -> Selection:
    """The feed of a spec with ``each`` for a value (folded), which its newest post has ``spelt`` so."""
    return Selection(
        name=f"{spec.name}/{slug}",
        spec=spec,
        title=spec.title.replace("{value}", spelt) if spec.title else f"{site.title}: {spelt}",
        description=spec.description.replace("{value}", spelt),
        outputs=tuple((format_, path.replace("{slug}", slug)) for format_, path in spec.outputs),
        members=tuple(members),
        value=key,
        language=spelt if spec.each == "language" else spec.language,
    )


def nameless(name: str, spec: FeedSpec) -> Selection:
    """The feed of a spec with ``each`` that has no post to tell what its value is called, by its own name."""
    slug = name.partition("/")[2]
    return Selection(
        name=name,
        spec=spec,
        title=spec.title.replace("{value}", slug) or slug,
        outputs=tuple((format_, path.replace("{slug}", slug)) for format_, path in spec.outputs),
        members=(),
    )
