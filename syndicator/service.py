"""The long-running service: passes, deliveries, questions about images and HTTP, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from syndicator.errors import PublishError, SyndicatorError
from syndicator.model import DocumentRecord
from syndicator.pipeline import Report
from syndicator.ports import Ledger, Publisher

log = logging.getLogger(__name__)

#: After a fault of the whole pass (folder gone, disk full, database locked) it is tried again so much later.
_AGAIN = timedelta(seconds=5)
#: A second look after a change: for what the watcher missed, and for time stamps too coarse to tell two writes apart.
_SECOND_LOOK = timedelta(seconds=1)


class Timer(Protocol):
    """Wakes somebody at an instant; a later call with the same name replaces the earlier."""

    def at(self, instant: datetime, wake: Callable[[], None], *, name: str) -> None: ...
    def every(self, interval: timedelta, wake: Callable[[], None], *, name: str) -> None: ...


class Window(Protocol):
    """What readers see over HTTP. ``show`` may take a while: it compresses."""

    def show(self, documents: Sequence[tuple[DocumentRecord, bytes]]) -> None: ...


@dataclass(slots=True)
class Health:
    """Whether the service does its work: ``problems`` by the part that has them."""

    ready: bool = False
    stopping: bool = False
    problems: dict[str, str] = field(default_factory=dict)
    report: Report | None = None

    def readiness(self) -> tuple[bool, tuple[str, ...]]:
        """Ready to serve, and what is wrong all the same."""
        reasons = tuple(f"{part}: {problem}" for part, problem in sorted(self.problems.items()))
        if self.stopping:
            return False, ("stopping", *reasons)
        return self.ready, reasons if self.ready else ("the first pass is not done", *reasons)


@dataclass(slots=True, kw_only=True)
class Service:
    """Lanes that only meet over events: whoever has work for another sets its event."""

    make_pass: Callable[[datetime], Report]
    deliver: Callable[[], Awaitable[int]]
    ask: Callable[[], Awaitable[int]]
    next_delivery: Callable[[], datetime | None]
    next_question: Callable[[], datetime | None]
    hints: Callable[[asyncio.Event], AsyncIterator[None]] | None
    ledger: Ledger
    publisher: Publisher
    window: Window
    timer: Timer
    every: timedelta
    health: Health = field(default_factory=Health)
    _bodies: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set; then finish the pass and the deliveries that are under way."""
        changed, owed, asked = asyncio.Event(), asyncio.Event(), asyncio.Event()
        await self._show_last_good()
        self.timer.every(self.every, changed.set, name="scan")
        changed.set()
        async with asyncio.TaskGroup() as lanes:
            lanes.create_task(self._passes(stop, changed, owed, asked), name="passes")
            lanes.create_task(
                self._lane(stop, owed, "deliveries", self.deliver, self.next_delivery, after=None), name="deliveries"
            )
            lanes.create_task(
                self._lane(stop, asked, "images", self.ask, self.next_question, after=changed), name="images"
            )
            watching = lanes.create_task(self._watch(stop, changed), name="watch")
            await stop.wait()
            self.health.stopping = True
            for event in (changed, owed, asked):
                event.set()  # so that nobody waits for work that will not come
            watching.cancel()

    async def _passes(
        self, stop: asyncio.Event, changed: asyncio.Event, owed: asyncio.Event, asked: asyncio.Event
    ) -> None:
        while await _woken(changed, stop):
            now = datetime.now(UTC)
            try:
                report = await asyncio.to_thread(self.make_pass, now)
                if report.written or report.deleted or not self.health.ready:
                    await self._show()
            except SyndicatorError as error:
                self._trouble("pass", error, now, changed)
                continue
            self.health.report = report
            self.health.ready = True
            self.health.problems.pop("pass", None)
            self._tell(report)
            if report.next_change is not None:
                self.timer.at(report.next_change, changed.set, name="next change")
            if report.again or report.read:
                self.timer.at(now + _SECOND_LOOK, changed.set, name="second look")
            owed.set()
            asked.set()

    async def _lane(
        self,
        stop: asyncio.Event,
        wake: asyncio.Event,
        name: str,
        work: Callable[[], Awaitable[int]],
        next_due: Callable[[], datetime | None],
        *,
        after: asyncio.Event | None,
    ) -> None:
        """Do what is due, then sleep until the next is; ``after`` is set whenever something came of it."""
        while await _woken(wake, stop):
            try:
                if await work() and after is not None:
                    after.set()
                due = await asyncio.to_thread(next_due)
            except SyndicatorError as error:
                self._trouble(name, error, datetime.now(UTC), wake)
                continue
            self.health.problems.pop(name, None)
            if due is not None:
                self.timer.at(due, wake.set, name=f"next of {name}")

    async def _watch(self, stop: asyncio.Event, changed: asyncio.Event) -> None:
        if self.hints is not None:
            async for _ in self.hints(stop):
                changed.set()

    async def _show_last_good(self) -> None:
        """Serve at once what was published before, while the first pass is made."""
        try:
            await self._show()
        except SyndicatorError as error:
            log.warning("last good documents not shown", extra={"reason": str(error)})
            return
        self.health.ready = bool(self._bodies)

    async def _show(self) -> None:
        await asyncio.to_thread(lambda: self.window.show(self._load()))

    def _load(self) -> list[tuple[DocumentRecord, bytes]]:
        """Every published document with its bytes; those that did not change are not read again."""
        shown: list[tuple[DocumentRecord, bytes]] = []
        bodies: dict[str, tuple[str, bytes]] = {}
        for path, record in self.ledger.documents().items():
            known = self._bodies.get(path)
            if known is None or known[0] != record.digest:
                body = self.publisher.read(path)
                if body is None:
                    raise PublishError(path, "is not there any more", "the next pass writes it again")
                known = (record.digest, body)
            bodies[path] = known
            shown.append((record, known[1]))
        self._bodies = bodies
        return shown

    def _trouble(self, part: str, error: SyndicatorError, now: datetime, wake: asyncio.Event) -> None:
        """Say it once, remember it for whoever asks, and try again soon."""
        if self.health.problems.get(part) != str(error):
            log.error("%s failed", part, extra={"reason": str(error), "again_in": str(_AGAIN)})
        self.health.problems[part] = str(error)
        self.timer.at(now + _AGAIN, wake.set, name=f"again: {part}")

    def _tell(self, report: Report) -> None:
        before = self.health.problems
        for refusal in report.refused:
            if before.get(f"post {refusal.path}") != refusal.reason:
                log.warning(
                    "post refused", extra={"post": refusal.place, "reason": refusal.reason, "remedy": refusal.remedy}
                )
        for warning in report.warnings:
            log.info("post has an oddity", extra={"post": str(warning)})
        posts = {f"post {refusal.path}": refusal.reason for refusal in report.refused}
        self.health.problems = {k: v for k, v in before.items() if not k.startswith("post ")} | posts
        if report.written or report.deleted:
            log.info(
                "feeds published",
                extra={
                    "written": len(report.written),
                    "deleted": len(report.deleted),
                    "live": report.live,
                    "announcements": report.announced,
                    "seconds": round(report.seconds, 3),
                },
            )


async def _woken(event: asyncio.Event, stop: asyncio.Event) -> bool:
    """Wait for work; False when there will be none any more."""
    if stop.is_set():
        return False
    await event.wait()
    event.clear()
    return not stop.is_set()
