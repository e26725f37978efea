"""The long-running service: passes, deliveries, questions about images and HTTP, until it is told to stop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from syndicator.alarms import Alarms
from syndicator.errors import SyndicatorError
from syndicator.health import Health, Wait
from syndicator.looks import pause_of_scans, second_look
from syndicator.mending import Mending
from syndicator.passes import Report
from syndicator.ports import Ledger, PassRecord, Sight, Timer, Touched, Upstream
from syndicator.reporting import Reporting
from syndicator.showing import Showing
from syndicator.touches import Touches

#: A lane rests at least so long: what is due and cannot be had now must not keep it spinning.
_REST = timedelta(seconds=1)
#: A file that was touched may be half there: what is wrong with it is said when it has stayed so for so long.
_YOUNG = timedelta(seconds=2)

_WALL_CLOCK: Callable[[], datetime] = partial(datetime.now, UTC)

#: Held while deliveries are claimed; gives whether any may be.
_Turn = Callable[[], AbstractAsyncContextManager[bool]]


@dataclass(slots=True, kw_only=True)
class Service:
    """Lanes that only meet over events: whoever has work for another sets its event.

    A lane whose work is None (``deliver``, ``ask``, ``hints``, ``upstream``) is switched off. ``sight`` is what
    is seen of changes by ``hints``.
    """

    make_pass: Callable[[datetime, Touched], Report]
    deliver: Callable[[_Turn], Awaitable[int]] | None
    ask: Callable[[], Awaitable[int]] | None
    next_delivery: Callable[[], datetime | None]
    next_question: Callable[[], datetime | None]
    hints: Callable[[asyncio.Event], AsyncIterator[Touched]] | None
    ledger: Ledger
    showing: Showing
    timer: Timer
    every: timedelta
    upstream: Upstream | None = None
    sight: Sight | None = None
    now: Callable[[], datetime] = _WALL_CLOCK
    health: Health = field(default_factory=Health)
    #: Set when deliveries may be due; whoever is at them looks again when it is.
    owed: asyncio.Event = field(default_factory=asyncio.Event)
    #: No delivery is claimed while a pass goes on: hubs fetch at once, and must find what the pass published.
    _publishing: asyncio.Lock = field(default_factory=asyncio.Lock)
    #: Whether readers are shown all that was published. A pass leaves this open until somebody has looked.
    _current: bool = False
    _look: timedelta = timedelta(0)
    #: What a whole scan takes of a processor, and when (of a clock that never jumps) the next one is due.
    _cost: timedelta | None = None
    _scan_due: float = 0.0
    #: When (of the same clock) a path was touched lately.
    _young: dict[str, float] = field(default_factory=dict)
    _last_pass: datetime | None = None
    _look_at_source: Callable[[], None] = lambda: None
    _changed: Touches = field(default_factory=Touches)
    _alarms: Alarms = field(init=False)
    _mending: Mending = field(init=False)
    _reporting: Reporting = field(init=False)

    def __post_init__(self) -> None:
        self._alarms = Alarms(self.timer, self.now)
        self._mending = Mending(self._alarms, self.health)
        self._reporting = Reporting(self.health)

    def waits(self) -> tuple[Wait, ...]:
        """What the service waits for now, the next first."""
        left = timedelta(seconds=max(self._scan_due - time.monotonic(), 0)) if self._sees_all() else timedelta(0)
        return self._alarms.waits({"scan": self.now() + left})

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set; then finish the pass and the deliveries that are under way."""
        changed, owed = self._changed, self.owed
        asked, lost, stale = (asyncio.Event() for _ in range(3))
        self._look_at_source = partial(changed.report, None) if self.upstream is None else stale.set
        # Serve at once what was published before, while the first pass is made.
        await self._show()
        self.health.ready = self._current and bool(self.showing)
        self._alarms.every(self.every, self._scan_or_not, name="scan", why="[source] every")
        # Who is woken knows what is due by the new time.
        self.timer.on_jump(lambda: _set(changed, owed, asked))
        report = await asyncio.to_thread(self.upstream.report) if self.upstream else None
        if self.hints is not None:
            # Who is watched is looked through when that has begun, so that nothing gets in between; but not for long.
            self._alarms.after(_REST, changed.set, name="first pass", why="the folder is about to be watched")
        elif self.upstream is None or (report and report.commit):
            changed.set()
        elif last := await self._last():
            # Nothing can be read before it is fetched; but the clock does not wait for that.
            self._alarms.perhaps(last.next_change, changed.set, name="next change", why=last.next_why)
        async with asyncio.TaskGroup() as lanes:
            lanes.create_task(self._passes(stop, owed, asked, stale), name="passes")
            if self.upstream is not None:
                self._alarms.every(self.every, stale.set, name="fetch", why="[source] every")
                stale.set()
                fetch, fetched = partial(self._fetch, self.upstream), partial(changed.report, None)
                lanes.create_task(
                    self._lane(stop, stale, "source", fetch, _never, after=fetched, patient=True), name="source"
                )
            if self.deliver is not None:
                deliver = partial(self.deliver, self._turn)
                lanes.create_task(self._lane(stop, owed, "deliveries", deliver, self.next_delivery), name="deliveries")
            if self.ask is not None:
                lanes.create_task(
                    self._lane(stop, asked, "images", self.ask, self.next_question, after=changed.set), name="images"
                )
            lost.set()
            watching = lanes.create_task(self._watch(stop, lost), name="watch")
            await stop.wait()
            self.health.stopping = True
            _set(changed, owed, asked, lost, stale)  # so that nobody waits for work that will not come
            watching.cancel()

    def wake(self) -> None:
        """Look at the source soon, or fetch it, as somebody knows that it has changed. Many share one look.

        Before the service runs there is no need, as that is how it begins.
        """
        self._look_at_source()

    def heed(self) -> None:
        """Another process wrote to the state: what is owed may be due by its word, and what is held may go out."""
        self.owed.set()
        if any(part.startswith("feed ") for part in self.health.problems):
            self._changed.set()

    def again(self) -> None:
        """What failed for want of the state may do better now."""
        _set(self._changed, self.owed)

    # --- lanes ---------------------------------------------------------------------------------------------------

    async def _passes(
        self, stop: asyncio.Event, owed: asyncio.Event, asked: asyncio.Event, stale: asyncio.Event
    ) -> None:
        while await _woken(self._changed, stop):
            now, touched = self.now(), self._changed.take()
            await self._check_clock(now)
            report: Report | None = None
            async with self._publishing:
                self._current = False
                with self._mending.tried("pass", self._changed.set, lost=self._changed.lose):
                    done, cost = await asyncio.to_thread(self._timed_pass, now, touched)
                    report = done
                    if done.away is not None:
                        raise done.away
                    if touched != frozenset():
                        self.health.scanned = now
                # After a pass that failed too: it may have published before it did.
                await self._show()
            if report is not None:
                self._last_pass = max(self._last_pass or now, now)
                self._tell(report)
                self._reporting.tell_published(report)
                self._look_again(report, touched, cost)
                self.health.ready |= self._current
                asked.set()
            if self._current:
                owed.set()
            if self.upstream is not None and self.upstream.is_spoilt():
                stale.set()

    def _timed_pass(self, now: datetime, touched: Touched) -> tuple[Report, timedelta]:
        """A pass, and what it took of a processor."""
        begun = time.thread_time()
        report = self.make_pass(now, touched)
        return report, timedelta(seconds=time.thread_time() - begun)

    def _look_again(self, report: Report, touched: Touched, cost: timedelta) -> None:
        """Set the timers of coming passes."""
        self._alarms.perhaps(report.next_change, self._changed.set, name="next change", why=report.next_why)
        if report.away is not None:
            return  # it is looked at again as after any failure
        is_exact = self._sees_all()
        if touched is None:
            # One that read much tells little of what it takes to find nothing.
            if not report.read:
                self._cost = cost
            self._scan_due = (
                time.monotonic() + pause_of_scans(self.every, self._cost, is_exact=is_exact).total_seconds()
            )
        look = second_look(report, touched, self._look, self._cost, is_exact=is_exact)
        self._look = look.after if look else timedelta(0)
        if look is not None:
            wake = partial(self._changed.report, look.touched)
            self._alarms.after(look.after, wake, name="second look", why="files may not have been whole")

    def _scan_or_not(self) -> None:
        """At intervals: look everywhere when that is due, else only at what needs no scan, as documents do."""
        if time.monotonic() >= self._scan_due or not self._sees_all():
            self._changed.report(None)
        else:
            self._changed.set()

    def _sees_all(self) -> bool:
        return self.sight is not None and self.sight.is_exact

    async def _last(self) -> PassRecord | None:
        with suppress(SyndicatorError):
            return await asyncio.to_thread(self.ledger.last_pass)
        return None

    async def _check_clock(self, now: datetime) -> None:
        if self._last_pass is None and (last := await self._last()):
            self._last_pass = last.at
        self._reporting.tell_clock(now, self._last_pass, self.showing.newest)

    async def _lane(
        self,
        stop: asyncio.Event,
        wake: asyncio.Event,
        name: str,
        work: Callable[[], Awaitable[int]],
        next_due: Callable[[], datetime | None],
        *,
        after: Callable[[], None] | None = None,
        patient: bool = False,
    ) -> None:
        """Do what is due, then sleep until the next is; ``after`` is called whenever something came of it.

        With ``patient`` the pauses after faults of the world grow too: others may be at fault, and are not pestered.
        """
        while await _woken(wake, stop):
            with self._mending.tried(name, wake.set, patient=patient):
                if await work() and after is not None:
                    after()
                due = await asyncio.to_thread(next_due)
                due = max(due, self.now() + _REST) if due is not None else None
                self._alarms.perhaps(due, wake.set, name=f"next of {name}", why="due then")

    async def _fetch(self, upstream: Upstream) -> int:
        return await asyncio.to_thread(upstream.fetch, lambda: self.health.stopping)

    async def _watch(self, stop: asyncio.Event, lost: asyncio.Event) -> None:
        while self.hints is not None and await _woken(lost, stop):
            with self._mending.tried("watch", lost.set):
                async for touched in self.hints(stop):
                    self._alarms.forget("first pass")
                    self._young |= dict.fromkeys(touched or (), time.monotonic())
                    self._changed.report(touched)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[bool]:
        async with self._publishing:
            yield self._current and not self.health.stopping

    async def _show(self) -> None:
        """Let readers see what the ledger says is published; until that is done, no hub is told."""
        self._current = False
        with self._mending.tried("serving", self._changed.set, lost=self._changed.lose):
            await asyncio.to_thread(self.showing.swap)
            self._current = True

    # --- telling -------------------------------------------------------------------------------------------------

    def _tell(self, report: Report) -> None:
        oldest = time.monotonic() - _YOUNG.total_seconds()
        self._young = {path: at for path, at in self._young.items() if at > oldest}
        if self._reporting.tell(report, self._is_young):
            self._alarms.after(_YOUNG, partial(self._tell, report), name="refusals", why="files may be half there")
        else:
            self._alarms.forget("refusals")

    def _is_young(self, path: str) -> bool:
        """Whether it was touched lately, or a folder that it is in."""
        return any(one == path or path.startswith(f"{one}/") for one in self._young)


def _never() -> None:
    """Nothing is due: a timer wakes."""


def _set(*events: asyncio.Event) -> None:
    for event in events:
        event.set()


async def _woken(event: asyncio.Event, stop: asyncio.Event) -> bool:
    """Wait for work; False when there will be none any more."""
    if stop.is_set():
        return False
    await event.wait()
    event.clear()
    return not stop.is_set()
