"""The state of a running service is looked after: what happens to its files is said, and mended."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from syndicator.errors import StateError
from syndicator.health import Health

if TYPE_CHECKING:
    from syndicator.state.keeping import Keeper

log = logging.getLogger(__name__)

#: What could not be put back is tried again so many seconds later.
_AGAIN = 2.0
#: What people are to do about it.
LEAVE_ALONE = (
    "find out what touches these files while syndicator runs; stop it before a state is moved, restored or removed"
)


@dataclass(slots=True)
class Safekeeping:
    """Looks at the state's files, cheaply and often. ``is_lost`` when another process has taken the state: this one
    must not write any more.
    """

    keeper: Keeper
    health: Health
    is_lost: bool = False
    _not_before: float = field(default=float("-inf"))

    async def look(self, now: datetime) -> bool:
        """See that all is in its place, and put back what is not; whether something was put back."""
        if self.is_lost or time.monotonic() < self._not_before or not (trouble := self.keeper.look()):
            return False
        what = self.keeper.database.what
        if not self.health.problems.get("state", "").startswith(f"{trouble}; "):
            # To put it back may have to wait for whoever is at work on it.
            self._say(f"{trouble}; it is being put back")
        try:
            done = await asyncio.to_thread(self.keeper.mend, now)
        except StateError as error:
            self.is_lost = self.keeper.is_lost
            self._not_before = time.monotonic() + _AGAIN
            again = "" if self.is_lost else f"; it is tried again every {_AGAIN:g} seconds"
            if self._say(f"{trouble}; {error}{again}"):
                facts = {"reason": error.reason, "remedy": error.remedy}
                event, level = (
                    ("state lost", logging.CRITICAL) if self.is_lost else ("state not put back", logging.ERROR)
                )
                log.log(level, event, extra=facts)
            return False
        # It stays to be said until the next start: whoever did this may do it again.
        self._say(f"on {now:%Y-%m-%d at %H:%M:%S} UTC {done}; {LEAVE_ALONE}")
        log.error("state put back", extra={"reason": f"{what}: {done}", "remedy": LEAVE_ALONE})
        return True

    def _say(self, problem: str) -> bool:
        """Whether it is news."""
        known = self.health.problems.get("state")
        self.health.problems = self.health.problems | {"state": problem}
        return known != problem
