"""The long-running service: passes, deliveries, questions about images and HTTP, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from syndicator.errors import PublishError, SyndicatorError
from syndicator.health import Health, own_fault
from syndicator.model import DocumentRecord, digest
from syndicator.passes import Report
from syndicator.ports import Ledger, Publisher, Timer, Touched, Upstream, Window

log = logging.getLogger(__name__)

#: After a fault of the world (folder gone, disk full, database locked) it is tried again so much later.
_AGAIN = timedelta(seconds=5)
#: After a fault of this program the pauses grow up to this: it will hardly mend itself.
_AGAIN_AT_MOST = timedelta(minutes=5)
#: A second look after a change: for what the watcher missed, and for time stamps too coarse to tell two writes apart.
_SECOND_LOOK = timedelta(seconds=1)
#: While looks find no more to publish their pauses grow up to this.
_LAST_LOOK = timedelta(minutes=1)
#: A lane rests at least so long: what is due and cannot be had now must not keep it spinning.
_REST = timedelta(seconds=1)

#: Held while deliveries are claimed; gives whether any may be.
_Turn = Callable[[], AbstractAsyncContextManager[bool]]


@dataclass(slots=True, kw_only=True)
class Service:
    """Lanes that only meet over events: whoever has work for another sets its event.

    A lane whose work is None (``deliver``, ``ask``, ``hints``, ``upstream``) is switched off.
    """

    make_pass: Callable[[datetime, Touched], Report]
    deliver: Callable[[_Turn], Awaitable[int]] | None
    ask: Callable[[], Awaitable[int]] | None
    next_delivery: Callable[[], datetime | None]
    next_question: Callable[[], datetime | None]
    hints: Callable[[asyncio.Event], AsyncIterator[None]] | None
    ledger: Ledger
    publisher: Publisher
    window: Window
    timer: Timer
    every: timedelta
    upstream: Upstream | None = None
    health: Health = field(default_factory=Health)
    #: Set when deliveries may be due; whoever is at them looks again when it is.
    owed: asyncio.Event = field(default_factory=asyncio.Event)
    #: No delivery is claimed while a pass goes on: hubs fetch at once, and must find what the pass published.
    _publishing: asyncio.Lock = field(default_factory=asyncio.Lock)
    #: Whether readers are shown all that was published. A pass leaves this open until somebody has looked.
    _current: bool = False
    _documents: dict[str, tuple[DocumentRecord, bytes]] = field(default_factory=dict)
    _pages: tuple[DocumentRecord, ...] = ()
    _failures: dict[str, int] = field(default_factory=dict)
    _odd: frozenset[str] = frozenset()
    _look: timedelta = timedelta(0)
    _look_at_source: Callable[[], None] = lambda: None

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set; then finish the pass and the deliveries that are under way."""
        owed = self.owed
        changed, asked, lost, stale = (asyncio.Event() for _ in range(4))
        self._look_at_source = changed.set if self.upstream is None else stale.set
        # Serve at once what was published before, while the first pass is made.
        await self._show(changed)
        self.health.ready = self._current and bool(self._documents)
        self.timer.every(self.every, changed.set, name="scan")
        report = await asyncio.to_thread(self.upstream.report) if self.upstream else None
        if self.upstream is None or (report and report.commit):
            changed.set()
        async with asyncio.TaskGroup() as lanes:
            lanes.create_task(self._passes(stop, changed, owed, asked, stale), name="passes")
            if self.upstream is not None:
                self.timer.every(self.every, stale.set, name="fetch")
                stale.set()
                fetch = partial(self._fetch, self.upstream)
                lanes.create_task(
                    self._lane(stop, stale, "source", fetch, _never, after=changed, patient=True), name="source"
                )
            if self.deliver is not None:
                deliver = partial(self.deliver, self._turn)
                lanes.create_task(self._lane(stop, owed, "deliveries", deliver, self.next_delivery), name="deliveries")
            if self.ask is not None:
                lanes.create_task(
                    self._lane(stop, asked, "images", self.ask, self.next_question, after=changed), name="images"
                )
            lost.set()
            watching = lanes.create_task(self._watch(stop, lost, changed), name="watch")
            await stop.wait()
            self.health.stopping = True
            for event in (changed, owed, asked, lost, stale):
                event.set()  # so that nobody waits for work that will not come
            watching.cancel()

    def wake(self) -> None:
        """Look at the source soon, or fetch it, as somebody knows that it has changed. Many share one look.

        Before the service runs there is no need, as that is how it begins.
        """
        self._look_at_source()

    # --- lanes ---------------------------------------------------------------------------------------------------

    async def _passes(
        self,
        stop: asyncio.Event,
        changed: asyncio.Event,
        owed: asyncio.Event,
        asked: asyncio.Event,
        stale: asyncio.Event,
    ) -> None:
        while await _woken(changed, stop):
            now = datetime.now(UTC)
            report: Report | None = None
            async with self._publishing:
                self._current = False
                with self._mending("pass", changed):
                    report = await asyncio.to_thread(self.make_pass, now, None)
                    self.health.scanned = now
                # After a pass that failed too: it may have published before it did.
                await self._show(changed)
            if report is not None:
                self._tell(report)
                self._look_again(report, now, changed)
                self.health.ready |= self._current
                asked.set()
            if self._current:
                owed.set()
            if self.upstream is not None and self.upstream.is_spoilt():
                stale.set()

    def _look_again(self, report: Report, now: datetime, changed: asyncio.Event) -> None:
        """Set the timers of coming passes. Looks that follow each other and publish nothing become ever rarer."""
        if report.next_change is not None:
            self.timer.at(report.next_change, changed.set, name="next change")
        if report.written or report.deleted:
            self._look = _SECOND_LOOK
        elif report.read or report.again:
            self._look = min(max(self._look * 2, _SECOND_LOOK), _LAST_LOOK)
        else:
            self._look = timedelta(0)
        if self._look:
            self.timer.at(now + self._look, changed.set, name="second look")

    async def _lane(
        self,
        stop: asyncio.Event,
        wake: asyncio.Event,
        name: str,
        work: Callable[[], Awaitable[int]],
        next_due: Callable[[], datetime | None],
        *,
        after: asyncio.Event | None = None,
        patient: bool = False,
    ) -> None:
        """Do what is due, then sleep until the next is; ``after`` is set whenever something came of it.

        With ``patient`` the pauses after faults of the world grow too: others may be at fault, and are not pestered.
        """
        while await _woken(wake, stop):
            with self._mending(name, wake, patient=patient):
                if await work() and after is not None:
                    after.set()
                due = await asyncio.to_thread(next_due)
                if due is not None:
                    self.timer.at(max(due, datetime.now(UTC) + _REST), wake.set, name=f"next of {name}")

    async def _fetch(self, upstream: Upstream) -> int:
        return await asyncio.to_thread(upstream.fetch, lambda: self.health.stopping)

    async def _watch(self, stop: asyncio.Event, lost: asyncio.Event, changed: asyncio.Event) -> None:
        while self.hints is not None and await _woken(lost, stop):
            with self._mending("watch", lost):
                async for _ in self.hints(stop):
                    changed.set()

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[bool]:
        async with self._publishing:
            yield self._current and not self.health.stopping

    # --- showing -------------------------------------------------------------------------------------------------

    async def _show(self, changed: asyncio.Event) -> None:
        """Let readers see what the ledger says is published; until that is done, no hub is told."""
        with self._mending("serving", changed):
            await asyncio.to_thread(self._swap)
            self._current = True

    def _swap(self) -> None:
        """Show every published document; bytes that did not change are not read again.

        Raises PublishError when some cannot be had, after the others are shown.
        """
        shown: dict[str, tuple[DocumentRecord, bytes]] = {}
        missing: PublishError | None = None
        documents = self.ledger.documents()
        pages = tuple(record for record in documents.values() if record.page)
        for path, record in documents.items():
            if record.page:
                continue
            known = self._documents.get(path)
            try:
                same = known is not None and known[0].digest == record.digest
                shown[path] = (record, known[1] if known and same else self._read(path, record))
            except PublishError as error:
                missing = missing or error
                if known is not None:
                    shown[path] = known
        if (shown, pages) != (self._documents, self._pages):
            self.window.show(tuple(shown.values()), pages)
            self._documents, self._pages = shown, pages
        if missing is not None:
            raise missing

    def _read(self, path: str, record: DocumentRecord) -> bytes:
        body = self.publisher.read(path)
        if body is None or digest(body) != record.digest:
            reason = "is not there any more" if body is None else "was changed by somebody else"
            raise PublishError(path, reason, "the next pass writes it again")
        return body

    # --- telling -------------------------------------------------------------------------------------------------

    @contextmanager
    def _mending(self, part: str, wake: asyncio.Event, *, patient: bool = False) -> Iterator[None]:
        """What goes wrong inside is said once, remembered for whoever asks, and tried again later."""
        again = min(_AGAIN * 2 ** min(self._failures.get(part, 0), 10), _AGAIN_AT_MOST)
        try:
            yield
        except SyndicatorError as error:
            self._trouble(part, str(error), wake, again if patient else _AGAIN)
        except Exception as error:  # noqa: BLE001 - the last good feeds are served whatever is wrong with this program
            self._trouble(part, own_fault(error), wake, again, error)
        else:
            self._failures.pop(part, None)
            if part in self.health.problems:
                self.health.problems = {k: v for k, v in self.health.problems.items() if k != part}
                log.info("part works again", extra={"part": part})

    def _trouble(
        self, part: str, problem: str, wake: asyncio.Event, again: timedelta, error: Exception | None = None
    ) -> None:
        if self.health.problems.get(part) != problem:
            facts = {"part": part, "reason": problem, "again_in_seconds": again.total_seconds()}
            log.error("part failed", extra=facts, exc_info=error)
        self.health.problems = self.health.problems | {part: problem}
        self._failures[part] = self._failures.get(part, 0) + 1
        self.timer.at(datetime.now(UTC) + again, wake.set, name=f"again: {part}")

    def _tell(self, report: Report) -> None:
        before = self.health.problems
        for refusal in report.refused:
            if before.get(f"post {refusal.path}") != refusal.reason:
                log.warning(
                    "post refused", extra={"post": refusal.place, "reason": refusal.reason, "remedy": refusal.remedy}
                )
        for held in report.held:
            if before.get(f"feed {held.feed}") != held.reason:
                log.warning("feed held", extra={"feed": held.feed, "reason": held.reason, "remedy": held.remedy})
        odd = frozenset(map(str, report.warnings))
        for warning in sorted(odd - self._odd):
            log.info("post has an oddity", extra={"post": warning})
        self._odd = odd
        posts = {f"post {refusal.path}": refusal.reason for refusal in report.refused}
        feeds = {f"feed {held.feed}": held.reason for held in report.held}
        kept = {part: problem for part, problem in before.items() if not part.startswith(("post ", "feed "))}
        self.health.problems = kept | posts | feeds
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


def _never() -> None:
    """Nothing is due: a timer wakes."""


async def _woken(event: asyncio.Event, stop: asyncio.Event) -> bool:
    """Wait for work; False when there will be none any more."""
    if stop.is_set():
        return False
    await event.wait()
    event.clear()
    return not stop.is_set()
