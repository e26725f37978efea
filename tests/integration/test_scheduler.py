"""The clock on a real loop, and what is known to be wrong with the library that drives it."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from apscheduler.events import EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from syndicator.alarms import Alarms
from syndicator.scheduler import Clock, Moment

SOON = timedelta(milliseconds=30)
LONG = timedelta(hours=1)


def now() -> datetime:
    return datetime.now(UTC)


async def set_within(event: asyncio.Event, seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        await event.wait()


class Ticks:
    """Counts, and tells when it has come so far."""

    def __init__(self, enough: int = 1) -> None:
        self.at: list[datetime] = []
        self.enough = enough
        self.done = asyncio.Event()

    def __call__(self) -> None:
        self.at.append(now())
        if len(self.at) >= self.enough:
            self.done.set()


@pytest.fixture
async def clock() -> AsyncIterator[Clock]:
    clock = Clock()
    clock.start()
    yield clock
    clock.stop()


@pytest.fixture
async def bare() -> AsyncIterator[AsyncIOScheduler]:
    scheduler = AsyncIOScheduler(timezone=UTC)
    scheduler.start()
    yield scheduler
    if scheduler.running:
        scheduler.shutdown(wait=False)
        await asyncio.sleep(0)


# --- our clock ----------------------------------------------------------------------------------------------------


async def test_an_interval_wakes_again_and_again_the_first_time_after_one_interval(clock: Clock) -> None:
    ticks, begun = Ticks(enough=3), now()

    clock.every(SOON, ticks, name="scan")
    await set_within(ticks.done)

    assert ticks.at[0] >= begun + SOON


async def test_an_instant_wakes_once_and_never_before_it(clock: Clock) -> None:
    ticks, instant = Ticks(), now() + SOON

    clock.at(instant, ticks, name="embargo")
    await set_within(ticks.done)

    assert ticks.at[0] >= instant


@pytest.mark.parametrize("ago", [timedelta(0), timedelta(seconds=5), timedelta(days=400)])
async def test_an_instant_that_has_passed_wakes_now(ago: timedelta, clock: Clock) -> None:
    ticks = Ticks()

    clock.at(now() - ago, ticks, name="embargo")

    await set_within(ticks.done)


async def test_a_later_timer_of_the_same_name_replaces_the_earlier(clock: Clock) -> None:
    old, new, other = Ticks(), Ticks(), Ticks()

    clock.at(now() + SOON, old, name="next change")
    clock.at(now() + SOON, new, name="next change")
    clock.at(now() + 3 * SOON, other, name="another")
    await set_within(other.done)

    assert (len(old.at), len(new.at)) == (0, 1)


async def test_an_interval_of_the_same_name_is_replaced_too(clock: Clock) -> None:
    old, new = Ticks(), Ticks(enough=2)

    clock.every(SOON, old, name="scan")
    clock.every(SOON, new, name="scan")
    await set_within(new.done)

    assert old.at == []


async def test_a_timer_that_is_set_again_by_who_it_wakes_is_never_lost(clock: Clock) -> None:
    woken, rounds = asyncio.Event(), 0

    for _ in range(50):
        clock.at(now(), woken.set, name="next delivery")
        await set_within(woken)
        woken.clear()
        rounds += 1

    assert rounds == 50


async def test_who_is_woken_is_woken_in_the_loop(clock: Clock) -> None:
    threads: list[int] = []
    done = asyncio.Event()

    def wake() -> None:
        threads.append(threading.get_ident())
        done.set()

    clock.at(now(), wake, name="now")
    await set_within(done)

    assert threads == [threading.get_ident()]


async def test_a_wake_that_fails_is_logged_and_the_interval_goes_on(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    ticks = Ticks(enough=2)

    def fail() -> None:
        ticks()
        raise RuntimeError("no")

    clock.every(SOON, fail, name="scan")
    await set_within(ticks.done)
    await asyncio.sleep(0)

    ours = [record for record in caplog.records if record.name == "syndicator.scheduler"]
    assert {(record.message, vars(record)["timer"], vars(record)["reason"]) for record in ours} == {
        ("timer failed", "scan", "RuntimeError('no')")
    }


async def test_ticks_missed_by_a_loop_that_was_held_up_become_one(clock: Clock) -> None:
    ticks = Ticks()
    after = asyncio.Event()

    clock.every(timedelta(milliseconds=20), ticks, name="scan")
    threading.Event().wait(0.25)  # the loop stands still for a dozen intervals
    clock.at(now(), after.set, name="after")
    await set_within(after)
    await set_within(ticks.done)

    assert 1 <= len(ticks.at) <= 2


async def test_a_clock_that_has_stopped_wakes_nobody() -> None:
    clock, ticks = Clock(), Ticks()
    clock.start()
    clock.every(timedelta(milliseconds=1), ticks, name="scan")
    await set_within(ticks.done)

    clock.stop()
    clock.stop()
    await asyncio.sleep(0)
    count = len(ticks.at)
    with pytest.raises(TimeoutError):
        await set_within(asyncio.Event(), 0.02)

    assert count == len(ticks.at)


async def test_timers_may_be_set_before_the_clock_starts() -> None:
    clock, ticks = Clock(), Ticks()
    clock.at(now(), ticks, name="first")

    clock.start()
    await set_within(ticks.done)
    clock.stop()


async def test_a_wall_clock_that_jumps_ahead_is_noticed_at_the_next_heartbeat() -> None:
    """A machine that slept over an embargo: the loop's own timers do not know."""
    clock, ticks = Clock(heartbeat=SOON), Ticks()
    clock.start()
    clock.at(now() + LONG, ticks, name="embargo")
    await asyncio.sleep(0)

    with time_machine.travel(now() + LONG, tick=True):
        await set_within(ticks.done, 3)
        clock.stop()
        await asyncio.sleep(0)


class Hands:
    """The hands of all clocks, moved by the test: what the wall's is ahead of time, what the machine has slept."""

    def __init__(self) -> None:
        self.ahead = self.slept = 0.0

    def __call__(self) -> Moment:
        return Moment(time.time() + self.ahead + self.slept, time.monotonic() + self.slept, time.monotonic())


@asynccontextmanager
async def ticking(hands: Hands) -> AsyncIterator[Clock]:
    clock = Clock(heartbeat=SOON, moment=hands)
    clock.start()
    yield clock
    clock.stop()
    await asyncio.sleep(0)


def said(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    return [(record.message, vars(record)["by"]) for record in caplog.records if record.name == "syndicator.scheduler"]


@pytest.mark.parametrize(
    ("ahead", "slept", "told"),
    [
        (3600.0, 0.0, [("the clock was set forward", "1:00:00")]),
        (-3600.0, 0.0, [("the clock was set back", "1:00:00")]),
        (0.0, 7200.0, [("the machine has slept", "2:00:00")]),
        (-5.0, 60.0, [("the clock was set back", "0:00:05"), ("the machine has slept", "0:01:00")]),
    ],
)
async def test_a_jump_of_a_clock_is_told_once_and_wakes_who_wants_to_know(
    caplog: pytest.LogCaptureFixture, ahead: float, slept: float, told: list[tuple[str, str]]
) -> None:
    caplog.set_level(logging.INFO)
    hands, ticks = Hands(), Ticks()
    async with ticking(hands) as clock:
        clock.on_jump(ticks)
        hands.ahead, hands.slept = ahead, slept
        await set_within(ticks.done, 1)
        await asyncio.sleep(3 * SOON.total_seconds())

    assert told == said(caplog)
    assert 1 == len(ticks.at)


async def test_a_clock_that_is_nudged_is_no_news(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    hands, ticks, later = Hands(), Ticks(), Ticks()
    async with ticking(hands) as clock:
        clock.on_jump(ticks)
        hands.ahead = 0.4
        clock.after(4 * SOON, later, name="later")
        await set_within(later.done)

    assert ([], []) == (said(caplog), ticks.at)


async def test_what_was_to_come_after_some_time_does_not_wait_for_a_clock_that_was_set_back() -> None:
    """An hour more for "again in 5 seconds", or for every interval."""
    hands, once, often, at = Hands(), Ticks(), Ticks(enough=3), Ticks()
    real = now()
    async with ticking(hands) as clock:
        clock.after(6 * SOON, once, name="again")
        clock.every(5 * SOON, often, name="scan")
        clock.at(real + 2 * SOON, at, name="embargo")
        hands.ahead = -3600.0
        with time_machine.travel(real - LONG, tick=True):
            await set_within(once.done, 3)
            await set_within(often.done, 3)
            assert [] == at.at
            clock.forget("embargo")
            clock.forget("embargo")


async def test_waits_are_told_by_the_time_that_it_is_after_the_clock_was_set() -> None:
    """And what has gone off is waited for no more."""
    hands, jumps, once, real = Hands(), Ticks(), Ticks(), now()
    async with ticking(hands) as clock:
        alarms = Alarms(clock, now)
        clock.on_jump(jumps)
        alarms.after(timedelta(minutes=5), once, name="again", why="it failed")
        alarms.every(timedelta(minutes=1), once, name="scan", why="every minute")
        alarms.at(real + LONG, once, name="embargo", why="its date")
        alarms.after(SOON, once, name="soon", why="it is soon")
        await set_within(once.done)
        hands.ahead = -3600.0
        with time_machine.travel(real - LONG, tick=True):
            await set_within(jumps.done, 3)
            waits = [
                (wait.what, wait.until and round((wait.until - now()) / timedelta(minutes=1)))
                for wait in alarms.waits({})
            ]

    assert [("scan", 1), ("again", 5), ("embargo", 120)] == waits


async def test_what_has_gone_off_does_not_go_off_again_when_the_clock_jumps() -> None:
    hands, once, jumps = Hands(), Ticks(), Ticks()
    async with ticking(hands) as clock:
        clock.on_jump(jumps)
        clock.after(SOON, once, name="again")
        await set_within(once.done)
        await asyncio.sleep(0.01)
        hands.ahead = 3600.0
        await set_within(jumps.done)
        await asyncio.sleep(3 * SOON.total_seconds())

    assert 1 == len(once.at)


@pytest.mark.parametrize("interval", [timedelta(0), timedelta(seconds=-1)])
async def test_what_is_no_interval_is_a_mistake(interval: timedelta, clock: Clock) -> None:
    with pytest.raises(ValueError, match="not an interval"):
        clock.every(interval, lambda: None, name="scan")


# --- faults of APScheduler 3.11: each of these fails on the day upstream mends it -----------------------------------


async def test_fault_shutdown_that_should_wait_cancels_what_runs(
    bare: AsyncIOScheduler, caplog: pytest.LogCaptureFixture
) -> None:
    """Hence a tick only wakes; the work belongs to tasks of ours."""
    begun, end, outcome = asyncio.Event(), asyncio.Event(), []

    async def work() -> None:
        begun.set()
        try:
            await end.wait()
        except asyncio.CancelledError:
            outcome.append("cancelled")
            raise

    bare.add_job(work, "date")
    await set_within(begun)
    with caplog.at_level(logging.CRITICAL, "apscheduler"):
        bare.shutdown(wait=True)
        for _ in range(5):
            await asyncio.sleep(0)

    assert outcome == ["cancelled"]


async def test_fault_a_late_tick_is_dropped_by_default(bare: AsyncIOScheduler) -> None:
    """Hence misfire_grace_time None."""
    missed, ran = asyncio.Event(), Ticks()
    bare.add_listener(lambda _: missed.set(), EVENT_JOB_MISSED)

    async def work() -> None:
        ran()

    bare.add_job(work, "date", run_date=now() - timedelta(seconds=5))
    await set_within(missed)

    assert ran.at == []


async def test_fault_a_plain_function_runs_outside_the_loop(bare: AsyncIOScheduler) -> None:
    """Hence ticks are coroutines: an asyncio.Event is not to be set from another thread."""
    loop, done = asyncio.get_running_loop(), asyncio.Event()
    threads: list[int] = []

    def work() -> None:
        threads.append(threading.get_ident())
        loop.call_soon_threadsafe(done.set)

    bare.add_job(work, "date")
    await set_within(done)

    assert threads != [threading.get_ident()]


def test_fault_day_zero_of_a_crontab_is_monday() -> None:
    """Hence no crontab in the configuration."""
    trigger = CronTrigger.from_crontab("0 0 * * 0", timezone=UTC)

    fires = trigger.get_next_fire_time(None, datetime(2026, 3, 4, tzinfo=UTC))

    assert fires == datetime(2026, 3, 9, tzinfo=UTC)  # the Sunday would have been the 8th
    with pytest.raises(ValueError, match="7"):
        CronTrigger.from_crontab("0 0 * * 7", timezone=UTC)


def test_fault_a_daily_hour_comes_twice_when_clocks_go_back() -> None:
    """Hence everything is in UTC."""
    berlin = ZoneInfo("Europe/Berlin")
    trigger = CronTrigger.from_crontab("30 2 * * *", timezone=berlin)
    first = trigger.get_next_fire_time(None, datetime(2026, 10, 24, 12, tzinfo=UTC))
    second = trigger.get_next_fire_time(first, first + timedelta(seconds=1))

    assert second - first.astimezone(UTC) == timedelta(hours=1)
    assert (first.astimezone(berlin).hour, second.astimezone(berlin).hour) == (2, 2)


async def test_fault_a_second_tick_is_skipped_while_the_first_still_runs(bare: AsyncIOScheduler) -> None:
    """Not kept for later either: hence no work inside of a tick."""
    end, starts, skipped = asyncio.Event(), Ticks(), asyncio.Event()
    bare.add_listener(lambda _: skipped.set(), EVENT_JOB_MAX_INSTANCES)

    async def work() -> None:
        starts()
        await end.wait()

    bare.add_job(work, "interval", seconds=0.02, id="one")
    await set_within(skipped)
    bare.remove_job("one")
    end.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert len(starts.at) == 1
