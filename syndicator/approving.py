"""``syndicator approve``: what is held, and the word that lets it through."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from syndicator.app import state_to_approve, state_to_read
from syndicator.errors import SyndicatorError
from syndicator.model import Held
from syndicator.settings import Settings

#: So many feeds are named where one was asked for that is not held.
_NAMED = 20


def held_feeds(settings: Settings) -> tuple[Held, ...]:
    """All that is held, by name. Raises StateError."""
    with state_to_read(settings) as state:
        held = state.ledger.held()
    return tuple(held[name] for name in sorted(held))


def choose(held: Sequence[Held], wanted: str) -> tuple[Held, ...]:
    """The held feeds that a name means: of one feed, or of the spec that makes one for each value. "" means all.

    Raises SyndicatorError when none of that name is held.
    """
    chosen = tuple(each for each in held if not wanted or wanted in (each.feed, each.feed.partition("/")[0]))
    if wanted and not chosen:
        names = [each.feed for each in held]
        shown = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
        raise SyndicatorError(f'feed "{wanted}"', "it is not held", f"those held are {shown}" if held else "no feed is")
    return chosen


def let_through(settings: Settings, chosen: Sequence[Held], tell: Callable[[Held], None]) -> None:
    """Tell what will change, then approve just that: what is proposed later beside it is judged anew."""
    for held in chosen:
        tell(held)
    with state_to_approve(settings) as state:
        state.ledger.approve(chosen)
