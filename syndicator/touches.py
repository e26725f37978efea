"""What the next pass has to look at, gathered while another one goes on."""

from __future__ import annotations

import asyncio

from syndicator.ports import Touched

#: Beyond so many paths it is as cheap to look everywhere.
_MOST = 2_000


class Touches(asyncio.Event):
    """Wakes whoever makes passes. ``set`` alone says that there is something to do, but nowhere to look."""

    def __init__(self) -> None:
        super().__init__()
        self._touched: Touched = None

    def report(self, touched: Touched) -> None:
        """Something may have changed there: wake."""
        self._touched = together(self._touched, touched)
        self.set()

    def lose(self) -> None:
        """Whatever was looked at may not have been seen: the next pass looks everywhere, when it comes."""
        self._touched = None

    def take(self) -> Touched:
        """What was gathered; from here on nothing is."""
        touched, self._touched = self._touched, frozenset()
        return touched


def together(one: Touched, other: Touched) -> Touched:
    """Where to look for both."""
    if one is None or other is None:
        return None
    both = one | other
    return both if len(both) <= _MOST else None
