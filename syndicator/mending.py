"""What goes wrong while the service works: said once, remembered for whoever asks, and tried again later."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from syndicator.alarms import Alarms
from syndicator.errors import SyndicatorError
from syndicator.health import Health, own_fault
from syndicator.openfiles import MORE_FILES, NO_FILE, is_for_want_of_files

log = logging.getLogger(__name__)

#: After a fault of the world (folder gone, disk full, database locked) it is tried again so much later.
_AGAIN = timedelta(seconds=5)
#: After a fault of this program the pauses grow up to this: it will hardly mend itself.
_AGAIN_AT_MOST = timedelta(minutes=5)


@dataclass(slots=True)
class Mending:
    """Keeps count of failures, by the part that has them."""

    alarms: Alarms
    health: Health
    _failures: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def tried(
        self, part: str, wake: Callable[[], None], *, lost: Callable[[], None] | None = None, patient: bool = False
    ) -> Iterator[None]:
        """Whatever goes wrong inside goes no further. Later ``wake`` is called; ``lost`` at once.

        With ``patient`` the pauses after faults of the world grow too: others may be at fault, and are not pestered.
        """
        again = min(_AGAIN * 2 ** min(self._failures.get(part, 0), 10), _AGAIN_AT_MOST)
        try:
            yield
        except SyndicatorError as error:
            self._trouble(part, str(error), wake, again if patient else _AGAIN)
        except Exception as error:  # noqa: BLE001 - the last good feeds are served whatever is wrong with this program
            if is_for_want_of_files(error):
                self._trouble(part, f"{NO_FILE}; {MORE_FILES}", wake, again if patient else _AGAIN)
            else:
                self._trouble(part, own_fault(error), wake, again, error)
        else:
            self._failures.pop(part, None)
            self.alarms.forget(_again(part))  # something else may have had it tried before that was due
            if part in self.health.problems:
                self.health.problems = {k: v for k, v in self.health.problems.items() if k != part}
                log.info("part works again", extra={"part": part})
            return
        if lost is not None:
            lost()

    def _trouble(
        self, part: str, problem: str, wake: Callable[[], None], again: timedelta, error: Exception | None = None
    ) -> None:
        if self.health.problems.get(part) != problem:
            facts = {"part": part, "reason": problem, "again_in_seconds": again.total_seconds()}
            log.error("part failed", extra=facts, exc_info=error)
        self.health.problems = self.health.problems | {part: problem}
        self._failures[part] = self._failures.get(part, 0) + 1
        self.alarms.after(again, wake, name=_again(part), why=problem)


def _again(part: str) -> str:
    return f"again: {part}"
