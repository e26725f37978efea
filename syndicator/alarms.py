"""Who is to be woken when, and why: what the service waits for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from syndicator.health import Wait
from syndicator.ports import Timer


@dataclass(slots=True)
class Alarms:
    """Timers by name, with their reasons; a later one of the same name replaces the earlier."""

    timer: Timer
    now: Callable[[], datetime]
    _waits: dict[str, Wait] = field(default_factory=dict)

    def at(self, instant: datetime, wake: Callable[[], None], *, name: str, why: str) -> None:
        """Wake at an instant of the wall clock."""
        self._note(name, why, instant)
        self.timer.at(instant, self._ringing(name, wake), name=name)

    def perhaps(self, instant: datetime | None, wake: Callable[[], None], *, name: str, why: str) -> None:
        """The same where there is an instant; else there is nothing of that name to wait for."""
        if instant is not None:
            self.at(instant, wake, name=name, why=why)
        else:
            self.forget(name)

    def after(self, delay: timedelta, wake: Callable[[], None], *, name: str, why: str) -> None:
        """Wake when some time has passed, whatever becomes of the wall clock."""
        self._note(name, why, self.now() + delay)
        self.timer.after(delay, self._ringing(name, wake), name=name)

    def every(self, interval: timedelta, wake: Callable[[], None], *, name: str, why: str) -> None:
        """Wake again and again, for the first time after one interval."""

        def ring() -> None:
            self._note(name, why, self.now() + interval)
            wake()

        self._note(name, why, self.now() + interval)
        self.timer.every(interval, ring, name=name)

    def forget(self, name: str) -> None:
        """Nothing of that name is waited for any more."""
        if self._waits.pop(name, None) is not None:
            self.timer.forget(name)

    def waits(self, not_before: Mapping[str, datetime]) -> tuple[Wait, ...]:
        """What is waited for, the next first; ``not_before`` says of some that they will have nothing to do earlier.

        The timer knows until when: what was noted is by the clock of then, which may have been set since.
        """
        due = dict(self.timer.pending())
        waits = [
            replace(wait, until=_later(due.get(name, wait.until), not_before.get(name)))
            for name, wait in self._waits.items()
        ]
        return tuple(sorted(waits, key=lambda wait: (wait.until is None, wait.until, wait.what)))

    def _note(self, name: str, why: str, until: datetime) -> None:
        self._waits[name] = Wait(what=name, why=why, until=until)

    def _ringing(self, name: str, wake: Callable[[], None]) -> Callable[[], None]:
        def ring() -> None:
            self._waits.pop(name, None)
            wake()

        return ring


def _later(until: datetime | None, not_before: datetime | None) -> datetime | None:
    return max((until, not_before)) if until is not None and not_before is not None else until
