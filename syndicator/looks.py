"""When the service looks for changes though nobody has told it of any. All is pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from syndicator.model import DocumentRecord
from syndicator.passes import Report
from syndicator.ports import BEING_WRITTEN, Touched

#: A second look after a change: for what the watcher missed, and for time stamps too coarse to tell two writes apart.
_SECOND_LOOK = timedelta(seconds=1)
#: While looks find no more to publish their pauses grow up to this.
_LAST_LOOK = timedelta(minutes=1)
#: Looks that somebody may need, and those that hardly anybody does, rest so many times as long as they work.
_SELDOM, _RARELY = 20, 400
#: Whatever a scan costs and however well the folder is watched: this often somebody looks.
_AT_MOST = timedelta(minutes=30)
#: Nobody had this program before.
_MADE = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Look:
    """A look that is still to come: in how long, and where."""

    after: timedelta
    touched: Touched


def pause_of_scans(every: timedelta, cost: timedelta | None, *, is_exact: bool) -> timedelta:
    """How long after a whole scan the next one may wait; ``cost`` is what one takes of a processor.

    Where nothing changes unseen it is only a safeguard, and takes a four-hundredth of a processor at most.
    """
    if not is_exact or cost is None:
        return every
    return max(every, min(cost * _RARELY, _AT_MOST))


def second_look(
    report: Report, touched: Touched, before: timedelta, cost: timedelta | None, *, is_exact: bool
) -> Look | None:
    """The look that follows a pass; ``before`` is how long the last one waited (nothing for none).

    Looks that follow each other and publish nothing become ever rarer. Where nothing changes unseen there is nothing to
    look at again but what was not whole.
    """
    half = frozenset(refusal.path for refusal in report.refused if refusal.reason == BEING_WRITTEN)
    changed = bool(report.written or report.deleted)
    if is_exact and not report.again:
        if not half:
            return None
        where: Touched = half
    else:
        if not (changed or report.read or report.again or half):
            return None
        where = None if touched is None else touched | half
    pause = _SECOND_LOOK if changed else min(max(before * 2, _SECOND_LOOK), _LAST_LOOK)
    if where is None and cost is not None:
        pause = max(pause, min(cost * _SELDOM, _LAST_LOOK))
    return Look(pause, where)


def wrong_clock(now: datetime, last_pass: datetime | None, documents: Iterable[DocumentRecord]) -> str:
    """What is wrong with a clock by the document that changed last, else by the last pass; "" for nothing."""
    newest = max(documents, key=lambda document: document.changed, default=None)
    problem = clock_fault(now, newest.changed, newest.path) if newest else ""
    return problem or clock_fault(now, last_pass or now, "something")


def clock_fault(now: datetime, newest: datetime, what: str) -> str:
    """What is wrong with a clock that is behind what it has published before, or stands where machines begin that do
    not know the time; "" for nothing.
    """
    if now < _MADE:
        return f"the clock says {_told(now)}, which no clock says that is right; set it: posts wait until it gets there"
    if newest - now < timedelta(seconds=2):
        return ""
    return (
        f"the clock says {_told(now)}, but {what} was published at {_told(newest)}; set it right, unless it was ahead "
        f"then: posts with dates between the two wait until it gets there, what was published stays"
    )


def _told(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC"
