"""From the outcome of an attempt to what is kept of it: of the delivery, and of the host that it went to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from syndicator.deliveries.outcome import Outcome, Verdict, given_up, retry_at
from syndicator.model import Delivery, HostPause
from syndicator.ports import Settled

#: Pauses of a host grow no further than this step of the waits: one question an hour is no burden to anybody.
_LONGEST_STEP = 4
#: So many failures in a row are no accident.
_LASTING = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A host's pause, and whether it ``lasts``: then what is owed to it for too long is given up, tried or not."""

    pause: HostPause
    lasts: bool


def settle(delivery: Delivery, outcome: Outcome, now: datetime, give_up_after: timedelta, rand: float) -> Settled:
    """What becomes of a delivery; ``rand`` lies in [0, 1)."""
    if outcome.verdict in {Verdict.DONE, Verdict.UNHEARD}:
        return Settled(delivery=delivery, status="done", due=now)
    attempts = delivery.attempts + 1
    if given_up(outcome.verdict, attempts, delivery.since, now, give_up_after):
        return Settled(delivery=delivery, status="given up", due=now, error=outcome.error)
    due = retry_at(attempts, now, outcome, rand)
    return Settled(delivery=delivery, status="pending", due=due, error=outcome.error)


def pause_for(host: str, outcome: Outcome, before: HostPause | None, now: datetime, rand: float) -> Trouble:
    """How long a host is left alone after a failure that was its own; after ``before`` it is longer."""
    failures = before.failures + 1 if before else 1
    until = retry_at(min(failures, _LONGEST_STEP), now, outcome, rand)
    pause = HostPause(host=host, until=until, failures=failures, error=outcome.error)
    return Trouble(pause=pause, lasts=failures >= _LASTING)


def prolong(pause: HostPause, outcome: Outcome, now: datetime) -> Trouble | None:
    """The pause that a host is in already, where another of its answers asks for a longer one."""
    if outcome.wait is None or (until := retry_at(1, now, outcome, 0.0)) <= pause.until:
        return None
    longer = replace(pause, until=until, error=outcome.error)
    return Trouble(pause=longer, lasts=longer.failures >= _LASTING)
