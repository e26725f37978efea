"""When to look again at what should be there in a moment: soon, then a little later, and not for ever."""

from __future__ import annotations

from datetime import datetime, timedelta

_LONGEST = timedelta(seconds=30)
#: So often is looked again where the time was over before anybody began.
_AFTER_ALL = 3
#: By these a host says that it is asked too much, and not only by this delivery, when it says for how long.
BUSY = frozenset({429, 503})
#: So long (seconds) one attempt may take, whatever [network] timeout is: less than the queue gives any. The queue knows
#: nothing of the time after which the others go on, and would have them wait for days.
PATIENCE = 25.0
#: The last one, whose time is over, may take no longer: hundreds of documents may be late together, and are asked about
#: two by two.
BRIEFLY = 2.0


def next_look(
    attempts: int,
    since: datetime,
    now: datetime,
    within: timedelta,
    retry_after: timedelta | None = None,
    *,
    hangs: bool = False,
) -> timedelta | None:
    """The pause after ``attempts`` (0 or more) before this one: 1, 2, 4 … 30 seconds, or what the host asks for.

    The last look is made when the time ``within`` is over; None after that. Who was down all that time looks for a few
    seconds all the same, unless it ``hangs``: caches let go a moment after they were told, and a machine that starts
    has its web server up a moment later.
    """
    left = min(since + within - now, within)  # a clock that was set back makes nobody wait for longer
    pause = min(timedelta(seconds=2 ** min(attempts, 10)), _LONGEST)
    if left <= timedelta(0):
        spent = 2 * pause - timedelta(seconds=1)  # on all pauses up to this one
        return pause if attempts < _AFTER_ALL and spent <= within and not hangs else None
    return min(max(pause, retry_after or pause), left)


def patience(since: datetime, now: datetime, within: timedelta) -> float:
    """How long (seconds) an attempt may take."""
    return PATIENCE if now - since < within else BRIEFLY
