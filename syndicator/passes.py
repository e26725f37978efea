"""What a pass is asked for, and what it did."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from syndicator.model import Audience, FeedSpec, Format, Held, Limits, PostWarning, Verdict
from syndicator.ports import Refusal


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a pass did.

    ``read`` counts files that are new or changed. ``again`` says that a file changed while it was looked at: the next
    pass should come soon. ``held`` are feeds that stay as they were until somebody approves. ``news`` says whether
    anything at all was other than before, ``verdicts`` what rules decided about entries of feeds that were written.
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
