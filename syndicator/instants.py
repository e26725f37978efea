"""When output changes by the clock alone, and why: an embargo ends, a post expires, one leaves a feed by its age."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from syndicator.model import FeedRecord, Limits, PostRecord, PostState
from syndicator.selections import Selection

#: Later nothing changes any more.
_LAST = datetime.max.replace(tzinfo=UTC)


class NextChange(NamedTuple):
    """An instant at which the same files give something else, and what happens then."""

    at: datetime
    why: str


def next_change(
    records: Iterable[PostRecord],
    now: datetime,
    selections: Iterable[Selection] = (),
    held: Iterable[FeedRecord] = (),
    limits: Limits | None = None,
) -> NextChange | None:
    """The soonest of all instants; of several at once the first by its reason.

    ``held`` are feeds that the guard holds by its ``limits``, as last published.
    """
    changes = (*_of_posts(records, now), *of_ages(selections), *(of_guard(held, limits, now) if limits else ()))
    return min(changes, default=None)


def of_post(record: PostRecord, now: datetime) -> NextChange | None:
    """When a post is next shown or not by its own dates, None for never."""
    state = record.state(now)
    if state is PostState.LIVE and record.expires is not None:
        return NextChange(record.expires, of_its_end(record.path))
    if state not in (PostState.EMBARGOED, PostState.SETTLING) or record.due is None:
        return None
    waits = record.settles is not None and record.settles > record.due
    at = record.settles if waits and record.settles is not None else record.due
    if record.expires is not None and record.expires <= at:
        return None
    return NextChange(at, of_its_beginning(record.path, waits=waits))


def of_its_end(path: str) -> str:
    """What happens to a post that is shown."""
    return f"{path} expires"


def of_its_beginning(path: str, *, waits: bool) -> str:
    """What happens to a post that is not shown yet, because it waits or has a date to come."""
    return f"the hold-off of {path} ends" if waits else f"the embargo of {path} ends"


def of_ages(selections: Iterable[Selection]) -> Iterator[NextChange]:
    """When the oldest post leaves each feed and sitemap that has a limit of age. What is older than the oldest that a
    feed shows has left already.
    """
    for selection in selections:
        age, members = selection.spec.max_age, selection.members
        if age and members and (published := members[-1].published) and published <= _LAST - age:
            yield NextChange(published + age, f"{members[-1].path} gets too old for {selection.name}")


def of_guard(held: Iterable[FeedRecord], limits: Limits, now: datetime) -> Iterator[NextChange]:
    """When feeds that are held for changes that added up are judged anew: by the last of them alone."""
    for feed in held:
        if feed.past is not None:
            at = datetime.fromtimestamp(feed.past.until + limits.within_seconds, UTC)
            if now < at:
                yield NextChange(at, f"earlier changes of {feed.name}, which is held, count no more")


def _of_posts(records: Iterable[PostRecord], now: datetime) -> Iterator[NextChange]:
    for record in records:
        # Most posts have no instant to come; that is cheaper to see than their state.
        due, expires, settles = record.due, record.expires, record.settles
        if (
            (due is not None and due > now)
            or (expires is not None and expires > now)
            or (settles is not None and settles > now)
        ) and record.gone is None:
            change = of_post(record, now)
            if change is not None:
                yield change
