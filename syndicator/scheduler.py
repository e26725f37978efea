"""The clock: APScheduler wakes whoever has asked for it, and does nothing else."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED
from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

log = logging.getLogger(__name__)

#: Clocks are nudged all the time, by less than so many seconds.
_NUDGE = 1.0
_LOST = {EVENT_JOB_ERROR: "timer failed", EVENT_JOB_MISSED: "timer missed", EVENT_JOB_MAX_INSTANCES: "timer skipped"}


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment on three clocks, in seconds: the wall's, one that counts always, one that sleeps with the machine."""

    wall: float
    always: float
    awake: float


@dataclass(frozen=True, slots=True)
class Jump:
    """What happened to time between two moments: how far the wall clock was ``set``, how long the machine ``slept``."""

    set: timedelta
    slept: timedelta


def jump_between(before: Moment, after: Moment) -> Jump | None:
    """What does not fit together; None when all clocks went on alike, or one was nudged by less than a second."""
    slept = (after.always - before.always) - (after.awake - before.awake)
    moved = (after.wall - before.wall) - (after.always - before.always)
    if abs(moved) < _NUDGE and slept < _NUDGE:
        return None
    return Jump(timedelta(seconds=round(moved)), timedelta(seconds=round(slept)))


def _moment() -> Moment:
    boot = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return Moment(time.time(), time.clock_gettime(boot), time.monotonic())


class Clock:
    """Timers by name on the running loop; a later one of the same name replaces the earlier.

    ``wake`` is called in the loop, at the instant or as soon after it as the loop is free, never before. It has to
    be quick: it sets an event, and work that the state knows to be due is done by who waits for that event. Several
    missed ticks of one timer become one. Nothing is kept over a restart.

    The loop's timers do not notice when the wall clock is set or the machine has slept; a look every ``heartbeat``
    does, says so, and sets all timers anew: those at an instant by the new time, those after some time by what is left
    of it.
    """

    def __init__(self, heartbeat: timedelta = timedelta(seconds=0.5), moment: Callable[[], Moment] = _moment) -> None:
        self._heartbeat = heartbeat.total_seconds()
        self._moment = moment
        self._last = moment()
        self._beat: asyncio.TimerHandle | None = None
        self._woken: list[Callable[[], None]] = []
        #: When (of a clock that never jumps) a timer goes off, how often then, and whom it wakes.
        self._lasting: dict[str, tuple[float, timedelta | None, Callable[[], None]]] = {}
        self._scheduler = AsyncIOScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={"default": AsyncIOExecutor()},
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
            timezone=UTC,
        )
        self._scheduler.add_listener(_report, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)

    def start(self) -> None:
        """Begin, in the running loop. Timers may be set before."""
        self._scheduler.start()
        self._last = self._moment()
        self._look()

    def every(self, interval: timedelta, wake: Callable[[], None], *, name: str) -> None:
        """Wake again and again, for the first time after one interval."""
        if interval <= timedelta(0):
            raise ValueError(f"not an interval: {interval}")
        self._lasting[name] = (self._moment().always + interval.total_seconds(), interval, wake)
        self._set(IntervalTrigger(seconds=interval.total_seconds(), timezone=UTC), wake, name)

    def at(self, instant: datetime, wake: Callable[[], None], *, name: str) -> None:
        """Wake once; an instant that has passed means now."""
        self._lasting.pop(name, None)
        self._set(DateTrigger(instant, timezone=UTC), wake, name)

    def after(self, delay: timedelta, wake: Callable[[], None], *, name: str) -> None:
        """Wake once when some time has passed, whatever becomes of the wall clock."""
        self._lasting[name] = (self._moment().always + delay.total_seconds(), None, wake)
        self._set(DateTrigger(datetime.now(UTC) + delay, timezone=UTC), wake, name)

    def forget(self, name: str) -> None:
        """Wake nobody by that name; that there is none is no fault."""
        self._lasting.pop(name, None)
        with suppress(JobLookupError):
            self._scheduler.remove_job(name)

    def on_jump(self, wake: Callable[[], None]) -> None:
        """Wake when the wall clock was set, or the machine has slept."""
        self._woken.append(wake)

    def _look(self) -> None:
        """Whether time went on as it should since the last look."""
        before, self._last = self._last, self._moment()
        jump = jump_between(before, self._last)
        if jump is not None:
            _say(jump)
            self._set_anew()
            for wake in self._woken:
                wake()
        self._beat = asyncio.get_running_loop().call_later(self._heartbeat, self._look)

    def _set_anew(self) -> None:
        for name, (due, interval, wake) in list(self._lasting.items()):
            if interval is None and self._scheduler.get_job(name) is None:
                del self._lasting[name]  # it has gone off
            elif interval is None:
                left = timedelta(seconds=due - self._last.always)
                self._set(DateTrigger(datetime.now(UTC) + left, timezone=UTC), wake, name)
            else:
                self.every(interval, wake, name=name)
        self._scheduler.wakeup()

    def pending(self) -> tuple[tuple[str, datetime], ...]:
        """The timers that are set, by name, and when each goes off next."""
        jobs = ((job.name, getattr(job, "next_run_time", None)) for job in self._scheduler.get_jobs())
        return tuple((name, instant.astimezone(UTC)) for name, instant in jobs if instant is not None)

    def stop(self) -> None:
        """Wake nobody any more. May be repeated."""
        if self._beat is not None:
            self._beat.cancel()
        if self._scheduler.running:
            self._scheduler.remove_all_jobs()
            self._scheduler.shutdown(wait=False)

    def _set(self, trigger: object, wake: Callable[[], None], name: str) -> None:
        self._scheduler.add_job(_tick, trigger, args=(wake,), id=name, name=name, replace_existing=True)


def _say(jump: Jump) -> None:
    moved = jump.set.total_seconds()
    if moved <= -_NUDGE:
        log.warning("the clock was set back", extra={"by": str(-jump.set), "seconds": -moved})
    elif moved >= _NUDGE:
        log.warning("the clock was set forward", extra={"by": str(jump.set), "seconds": moved})
    if jump.slept:
        log.info("the machine has slept", extra={"by": str(jump.slept), "seconds": jump.slept.total_seconds()})


async def _tick(wake: Callable[[], None]) -> None:
    # A coroutine, because APScheduler runs plain functions in a thread, where events of the loop may not be set.
    wake()


def _report(event: Any) -> None:
    error = getattr(event, "exception", None)
    facts = {"timer": event.job_id} | ({"reason": repr(error)} if error is not None else {})
    log.error(_LOST[event.code], extra=facts)
