"""What WebSub asks of a publisher: the form of an announcement, what an answer means, and when to try again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

_STEPS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
)
#: Full jitter may come out at nothing; a hub gets a moment to breathe all the same.
_AT_LEAST = timedelta(seconds=5)
#: However long a hub asks us to wait, after a day it is asked again.
_AT_MOST = timedelta(days=1)
#: An announcement is tried so often before it can be given up, even when the service was down for days.
_ENOUGH = 5
#: Answers in the range of 4xx that tell of the moment, not of the request.
_PASSING = frozenset({408, 425, 429})


class Verdict(StrEnum):
    """What a hub's answer means for an announcement."""

    DONE = "done"
    UNHEARD = "nobody listens"
    LATER = "later"
    REFUSED = "refused"


def ping(topic: str) -> Sequence[tuple[str, str]]:
    """The form that tells a hub of a topic's new version.

    One topic a request, named twice: hubs of protocol 0.3 read ``hub.url``, others ``hub.topic`` (websub-11, 12).
    """
    return (("hub.mode", "publish"), ("hub.url", topic), ("hub.topic", topic))


def judge(status: int, body: bytes) -> Verdict:
    """Any 2xx is success. A hub without subscribers to a topic may say so with a 500: nothing is owed then."""
    if 200 <= status < 300:
        return Verdict.DONE
    if status == 500 and b"topic not found" in body.lower():
        return Verdict.UNHEARD
    return Verdict.LATER if status >= 500 or status in _PASSING else Verdict.REFUSED


def retry_at(attempts: int, now: datetime, retry_after: timedelta | None, rand: float) -> datetime:
    """When to try again after ``attempts`` (1 or more) that failed: full jitter, never before the hub allows it.

    ``rand`` lies in [0, 1). The jitter spans 1, 5, 15 and 60 minutes, 4 hours, then 12 (websub-10, websub-50).
    """
    span = _STEPS[min(max(attempts, 1), len(_STEPS)) - 1]
    return now + max(span * rand, _AT_LEAST, min(retry_after or _AT_LEAST, _AT_MOST))


def given_up(verdict: Verdict, attempts: int, since: datetime, now: datetime, give_up_after: timedelta) -> bool:
    """Whether ``attempts`` that failed are enough: refusals soon, everything else when its time is over."""
    if attempts < _ENOUGH:
        return False
    return verdict is Verdict.REFUSED or now - since >= give_up_after
