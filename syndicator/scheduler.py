"""The clock: APScheduler wakes whoever has asked for it, and does nothing else."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED
from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

log = logging.getLogger(__name__)

_LOST = {EVENT_JOB_ERROR: "timer failed", EVENT_JOB_MISSED: "timer missed", EVENT_JOB_MAX_INSTANCES: "timer skipped"}


class Clock:
    """Timers by name on the running loop; a later one of the same name replaces the earlier.

    ``wake`` is called in the loop, at the instant or as soon after it as the loop is free, never before. It has to
    be quick: it sets an event, and work that the state knows to be due is done by who waits for that event. Several
    missed ticks of one timer become one. Nothing is kept over a restart.

    The loop's timers do not notice when the wall clock is set forward or the machine has slept; a look every
    ``heartbeat`` does.
    """

    def __init__(self, heartbeat: timedelta = timedelta(seconds=30)) -> None:
        self._heartbeat = heartbeat
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
        self.every(self._heartbeat, _nothing, name="heartbeat")

    def every(self, interval: timedelta, wake: Callable[[], None], *, name: str) -> None:
        """Wake again and again, for the first time after one interval."""
        if interval <= timedelta(0):
            raise ValueError(f"not an interval: {interval}")
        self._set(IntervalTrigger(seconds=interval.total_seconds(), timezone=UTC), wake, name)

    def at(self, instant: datetime, wake: Callable[[], None], *, name: str) -> None:
        """Wake once; an instant that has passed means now."""
        self._set(DateTrigger(instant, timezone=UTC), wake, name)

    def pending(self) -> tuple[tuple[str, datetime], ...]:
        """The timers that are set, by name, and when each goes off next."""
        jobs = ((job.name, getattr(job, "next_run_time", None)) for job in self._scheduler.get_jobs())
        return tuple((name, instant.astimezone(UTC)) for name, instant in jobs if instant is not None)

    def stop(self) -> None:
        """Wake nobody any more. May be repeated."""
        if self._scheduler.running:
            self._scheduler.remove_all_jobs()
            self._scheduler.shutdown(wait=False)

    def _set(self, trigger: object, wake: Callable[[], None], name: str) -> None:
        self._scheduler.add_job(_tick, trigger, args=(wake,), id=name, name=name, replace_existing=True)


async def _tick(wake: Callable[[], None]) -> None:
    # A coroutine, because APScheduler runs plain functions in a thread, where events of the loop may not be set.
    wake()


def _nothing() -> None:
    pass


def _report(event: Any) -> None:
    error = getattr(event, "exception", None)
    facts = {"timer": event.job_id} | ({"reason": repr(error)} if error is not None else {})
    log.error(_LOST[event.code], extra=facts)
