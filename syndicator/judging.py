"""What the feeds of a pass are to show: what was selected, divided into pages, judged, and less what was taken down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from syndicator.binding import ids_in
from syndicator.book import Book, Called
from syndicator.history import divide
from syndicator.holding import Case, Choose, Judged, hold
from syndicator.instants import NextChange, next_change
from syndicator.ledger import Settled
from syndicator.model import FeedRecord, Held, PageRecord, PostRecord
from syndicator.passes import Orders
from syndicator.selections import Selection
from syndicator.takedowns import lay_down, left, with_killed


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What was published last: the feeds, the pages of their archives, and which feeds are held."""

    feeds: Mapping[str, FeedRecord]
    pages: Mapping[str, Sequence[PageRecord]]
    held: Mapping[str, Held]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The feeds as they are to be published, what the ledger notes of posts that leave them, and when the guard or
    somebody's age changes any of it."""

    judged: Judged
    settled: Settled
    next_change: NextChange | None


def judge(
    shown: tuple[Selection, ...],
    killed: Mapping[str, PostRecord],
    before: Before,
    orders: Orders,
    book: Book,
    settled: Settled,
    choose: Choose,
    now: datetime,
) -> Judgement:
    """Let the guard look at the selections; ``killed`` are posts that were killed of late, by path."""
    proposed = divide(with_killed(shown, replace(settled, records=killed), choose, now), before.pages, now)
    case = Case(
        proposed=proposed,
        prior=before.feeds,
        waiting=before.held,
        records=Called(book, lambda: ids_in(before.feeds, before.pages, proposed)),
        specs=orders.feeds,
        pages=before.pages,
    )
    judged = hold(case, orders.limits, choose, now)
    called = {record.path: record for record in book.called(left(before.feeds, judged.selections))}
    held_before = [before.feeds[name] for name in judged.held if name in before.feeds]
    return Judgement(
        judged=judged,
        settled=lay_down(replace(settled, records=called), before.feeds, judged.selections, now),
        next_change=next_change((), now, proposed, held_before, orders.limits),
    )
