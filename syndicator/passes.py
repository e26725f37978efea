"""What a pass is asked for, and what it did."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import orjson

from syndicator.errors import ConfigError, SourceError
from syndicator.model import Audience, FeedSpec, Format, Held, Limits, PostWarning, SourceRecord, Verdict, digest
from syndicator.ports import PassRecord, Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What the configuration wants published where, and how a pass is to be made; ``lists`` are those of all feeds.

    ``guard`` says how much of a feed may change at once, None for any. ``approve`` lets all through this time.
    ``hold_off`` is how long a post waits before it first appears, ``audience`` who is owed something beside the hubs.
    """

    feeds: tuple[FeedSpec, ...]
    feeds_url: str
    lists: tuple[tuple[Format, str], ...] = ()
    hubs: tuple[str, ...] = ()
    audience: Audience = field(default_factory=Audience)
    announce: bool = True
    ask_images: bool = True
    allow_empty: bool = False
    guard: Limits | None = None
    hold_off: timedelta = timedelta()
    approve: bool = False
    dry_run: bool = False

    @property
    def limits(self) -> Limits | None:
        """How much of a feed may change at once this time, None for any."""
        return None if self.approve or self.allow_empty else self.guard

    def name(self, rules: str) -> str:
        """Names what is wanted of every pass; ``rules`` are those by which posts are read."""
        wanted = replace(self, dry_run=False, allow_empty=False, approve=False)
        return digest(orjson.dumps((rules, wanted), default=str))

    def feeds_name(self) -> str:
        """Names what is to be published where."""
        return digest(orjson.dumps((self.feeds, self.lists, self.feeds_url), default=str))


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a pass did.

    ``read`` counts files that are new or changed. ``again`` says that a file changed while it was looked at: the next
    pass should come soon. ``held`` are feeds that stay as they were until somebody approves. ``news`` says whether
    anything at all was other than before, ``verdicts`` what rules decided about entries of feeds that were written.
    ``away`` is why the source could not be looked at, so that only time did anything.
    """

    posts: int
    live: int
    read: int
    entries: int
    feeds: int
    documents: int
    written: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    announced: int = 0
    refused: tuple[Refusal, ...] = ()
    warnings: tuple[PostWarning, ...] = ()
    held: tuple[Held, ...] = ()
    next_change: datetime | None = None
    next_why: str = ""
    again: bool = False
    news: bool = False
    verdicts: tuple[Verdict, ...] = ()
    seconds: float = 0.0
    away: SourceError | ConfigError | None = None

    def as_noted(self, now: datetime, orders: str, source: SourceRecord) -> PassRecord:
        """As the next pass has to know it; ``orders`` names what was wanted."""
        return PassRecord(
            at=now,
            seconds=self.seconds,
            posts=self.posts,
            live=self.live,
            feeds=self.feeds,
            documents=self.documents,
            written=len(self.written),
            refused=len(self.refused),
            orders=orders,
            next_change=self.next_change,
            next_why=self.next_why,
            source=source,
        )
