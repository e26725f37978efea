"""What became of one attempt to deliver, and when the next one is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from syndicator.deliveries.pauses import BUSY

_STEPS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
)
#: Full jitter may come out at nothing; a host gets a moment to breathe all the same.
_AT_LEAST = timedelta(seconds=5)
#: However long a host asks us to wait, after a day it is asked again.
_AT_MOST = timedelta(days=1)
#: A delivery is tried so often before it can be given up, even when the service was down for days.
_ENOUGH = 5
_TOO_MANY = 429
#: Answers in the range of 4xx that tell of the moment, not of the request.
_PASSING = frozenset({408, 425, 429})


class Verdict(StrEnum):
    """What an attempt means for what is owed.

    DONE: nothing is owed any more. UNHEARD: neither, as nobody listens. LATER: it is tried again until its time is
    over. REFUSED: it is tried a few times more, as refusals seldom change. OVER: it is given up at once.
    """

    DONE = "done"
    UNHEARD = "nobody listens"
    LATER = "later"
    REFUSED = "refused"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """``error`` says why it did not work; it is shown to people, so nothing secret is in it.

    ``wait`` is how long the host asks us to wait: the next attempt is not made before. ``pace`` is the handler's own
    wait for the next attempt, in place of the steps that grow. With ``host`` the trouble is the whole host's: nothing
    else is sent there until the next attempt of this delivery.
    """

    verdict: Verdict
    error: str = ""
    wait: timedelta | None = None
    pace: timedelta | None = None
    host: bool = False


def meaning(status: int) -> Verdict:
    """What the status of an answer means: any 2xx is success, a 5xx may pass, everything else will hardly."""
    if 200 <= status < 300:
        return Verdict.DONE
    return Verdict.LATER if status >= 500 or status in _PASSING else Verdict.REFUSED


def answered(who: str, status: int, wait: timedelta | None = None, verdict: Verdict | None = None) -> Outcome:
    """The outcome that follows from an answer; ``who`` answered, and may have asked us to ``wait`` (Retry-After).

    ``verdict`` is given where the status does not say it all.
    """
    verdict = verdict or meaning(status)
    if verdict in {Verdict.DONE, Verdict.UNHEARD}:
        return Outcome(verdict=verdict)
    if status == _TOO_MANY and wait is None:
        wait = _AT_LEAST  # it means all that we send, and wants a rest whether or not it says how long
    busy = status in BUSY and wait is not None
    return Outcome(verdict=verdict, error=f"{who} answered {status}", wait=wait, host=busy)


def retry_at(attempts: int, now: datetime, outcome: Outcome, rand: float) -> datetime:
    """When to try again after ``attempts`` (1 or more) that failed: full jitter, never before the host allows it.

    ``rand`` lies in [0, 1). The jitter spans 1, 5, 15 and 60 minutes, 4 hours, then 12 (websub-10, websub-50). A
    handler's own pace is kept to a tenth, so that many do not come back at one moment.
    """
    asked = min(outcome.wait or timedelta(0), _AT_MOST)
    if outcome.pace is not None:
        return now + max(outcome.pace * (1 + rand / 10), asked)
    span = _STEPS[min(max(attempts, 1), len(_STEPS)) - 1]
    return now + max(span * rand, _AT_LEAST, asked)


def given_up(verdict: Verdict, attempts: int, since: datetime, now: datetime, give_up_after: timedelta) -> bool:
    """Whether ``attempts`` that failed are enough: refusals soon, everything else when its time is over."""
    if verdict is Verdict.OVER:
        return True
    if attempts < _ENOUGH:
        return False
    return verdict is Verdict.REFUSED or now - since >= give_up_after
