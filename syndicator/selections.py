"""What is to be in a document: a feed before its entries are made."""

from __future__ import annotations

from dataclasses import dataclass

from syndicator.model import FeedSpec, Format, Listing, PostRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A feed before its entries are made: the posts it shows, newest first. ``value`` is what ``each`` made it for,
    ``language`` that of its posts where it is for one, else "".

    Or a sitemap or a list of feeds, as its ``outputs`` say: ``parts`` are the names of the files beside it that a
    sitemap index stands for, ``listings`` the feeds of a list.
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

    @property
    def is_feed(self) -> bool:
        """Whether readers subscribe to it."""
        return any(format_.is_feed for format_, _ in self.outputs)
