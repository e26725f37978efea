"""A pass that cannot look at the source: it says what waits, and has time go on where that changes anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from syndicator.errors import ConfigError, SourceError
from syndicator.model import Held, SourceRecord
from syndicator.passes import Orders, Report
from syndicator.ports import Ledger, PassRecord
from syndicator.resting import is_over, nothing_new

if TYPE_CHECKING:
    from syndicator.writing import Press


def stand_by(
    last: PassRecord,
    source: SourceRecord,
    trouble: SourceError | ConfigError,
    now: datetime,
    *,
    ledger: Ledger,
    orders: Orders,
    press: Callable[[], Press],
) -> Report:
    """Take out of the feeds what has to leave them by now. ``source`` is as the ``last`` pass found it, ``trouble`` why
    it cannot be read. Raises StateError and PublishError.

    The next pass that can look at the source looks at everything.
    """
    is_same = source.feeds == orders.feeds_name()
    published = None
    held: Mapping[str, Held] = ledger.held()
    if is_same and last.at <= now and is_over(last, now):
        # Late, as it takes all that publishing does, and most that try again find that nothing is to be done.
        try:
            from syndicator.meanwhile import lapse
        except OSError as error:  # as no more files can be opened, which may be what the trouble is
            raise trouble from error
        published, last = lapse(press(), last, source, now)
        held = published.held
    return replace(
        nothing_new(last, ledger.refusals(), held),
        written=published.written if published else (),
        deleted=published.deleted if published else (),
        announced=published.announced if published else 0,
        next_change=last.next_change if is_same else None,
        next_why=last.next_why if is_same else "",
        verdicts=published.verdicts if published else (),
        away=_told(trouble, ledger.came_due(last.at, now), is_same=is_same),
    )


def told_waiting(count: int) -> str:
    """How many posts that are due wait for the source, in words."""
    return "1 post that is due waits for it" if count == 1 else f"{count} posts that are due wait for it"


def _told(trouble: SourceError | ConfigError, waiting: int, *, is_same: bool) -> SourceError | ConfigError:
    """The same with what waits for the source."""
    if isinstance(trouble, ConfigError):
        return trouble
    words = [trouble.remedy] if trouble.remedy else []
    if waiting:
        words.append(told_waiting(waiting))
    if not is_same:
        words.append("posts that expire stay until then, as other feeds are configured than before")
    told = SourceError(trouble.what, trouble.reason, "; ".join(words))
    told.__cause__ = trouble
    return told
