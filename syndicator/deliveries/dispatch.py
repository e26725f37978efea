"""The engine of the queue: claims what is due, has it carried out by its kind's handler, and keeps what came of it.

Each host gets a few at once, one that is not known to answer gets one, and one in trouble gets nothing for a while:
neither a slow host nor a dead one takes anybody's place.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import random

from syndicator.deliveries.outcome import Outcome, Verdict
from syndicator.deliveries.settling import Trouble, pause_for, prolong, settle
from syndicator.errors import OutboundError
from syndicator.model import Delivery, DeliveryKind, HostPause
from syndicator.outbound import Outbound
from syndicator.ports import Outbox, Settled

log = logging.getLogger(__name__)

#: Carries out a delivery of its kind, at this time. Raises OutboundError and TimeoutError where nobody answers.
Handler = Callable[[Delivery, Outbound, datetime], Awaitable[Outcome]]
#: Held while deliveries are claimed; gives whether any may be.
Turn = Callable[[], AbstractAsyncContextManager[bool]]

#: Hears of which kinds outcomes were kept.
Kept = Callable[[Collection[DeliveryKind]], Awaitable[None]]

#: While something is on its way the engine looks so often for what became due meanwhile (seconds).
_LOOK_AGAIN = 1.0
#: A clock that goes back by less is only being kept right.
_STEP_BACK = timedelta(seconds=2)
#: How what came of a delivery is called in logs.
_WORDS = {
    DeliveryKind.PURGE: ("purged", "purge"),
    DeliveryKind.VERIFY: ("seen by the world", "look from outside"),
    DeliveryKind.HUB: ("announced", "announcement"),
    DeliveryKind.WEBHOOK: ("web hook called", "web hook"),
}


def always() -> AbstractAsyncContextManager[bool]:
    """A turn that is everybody's."""
    return nullcontext(True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How many are on their way at once, for each host and ``in_all``, and how long one may take (``patience``).

    After the ``lease`` a claimed one is somebody else's: it must outlast the patience.
    """

    per_host: int = 2
    in_all: int = 64
    lease: timedelta = timedelta(minutes=2)
    patience: timedelta = timedelta(seconds=30)
    give_up_after: timedelta = timedelta(days=2)

    def __post_init__(self) -> None:
        if self.patience >= self.lease:
            raise ValueError(f"the lease ({self.lease}) must outlast one delivery ({self.patience})")


@dataclass(slots=True, kw_only=True)
class Dispatcher:
    """``wake`` is set when more may be due. One dispatcher works at a time; what it knows of hosts stays with it."""

    outbox: Outbox
    outbound: Outbound
    handlers: Mapping[DeliveryKind, Handler]
    clock: Callable[[], datetime]
    bounds: Bounds = field(default_factory=Bounds)
    rand: Callable[[], float] = random
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    #: Told whenever outcomes were kept, with their kinds; with none when the queue may be another without any.
    kept: Kept | None = None
    _on_way: dict[asyncio.Task[None], Delivery] = field(default_factory=dict)
    #: Newer versions of what is on its way: they must not overtake it (websub-47).
    _behind: dict[tuple[DeliveryKind, str, str], Delivery] = field(default_factory=dict)
    _outcomes: list[tuple[Delivery, Outcome]] = field(default_factory=list)
    _answers: set[str] = field(default_factory=set)
    _pauses: dict[str, HostPause] | None = None
    #: Hosts that said themselves how long they want to be left alone.
    _asked: set[str] = field(default_factory=set)
    _latest: datetime | None = None

    async def work(self, turn: Turn = always) -> int:
        """Deliver until nothing is due and nothing is on its way; how many were begun.

        What does not work is owed again later, or given up visibly. Cancelled, what was answered is kept, and the rest
        stays owed: its host may hear of a version twice. Raises what the outbox raises, after the others came back.
        """
        begun = 0
        try:
            while True:
                self.wake.clear()
                kinds = await self._keep()
                if self.kept is not None:
                    await self.kept(kinds)
                begun += await self._claim(turn)
                if not (self._on_way or self._outcomes):
                    return begun
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_AGAIN):
                        await self.wake.wait()
        except asyncio.CancelledError:
            await self._end(cut_off=True)
            raise
        except BaseException:
            await self._end(cut_off=False)
            raise

    async def _end(self, *, cut_off: bool) -> None:
        """Leave nothing on its way behind; outcomes that cannot be kept now are kept next time."""
        self._behind.clear()  # claimed and not begun: due again when the lease is over
        while self._on_way:
            if cut_off:
                for task in self._on_way:
                    task.cancel()
            await asyncio.wait(self._on_way)
        if cut_off:
            await self._keep()

    # --- claiming ------------------------------------------------------------------------------------------------

    async def _claim(self, turn: Turn) -> int:
        free = self.bounds.in_all - len(self._on_way)
        if free <= 0:
            return 0
        async with turn() as allowed:
            if not allowed:
                return 0
            now = self.clock()
            await self._watch_clock(now)
            busy = Counter(delivery.host for delivery in self._on_way.values())
            # Who failed while other outcomes were being kept has no pause yet.
            busy |= {each.host: self.bounds.per_host for each, outcome in self._outcomes if outcome.host}
            claimed = await asyncio.to_thread(
                self.outbox.claim_deliveries,
                now,
                free,
                self.bounds.lease,
                per_host=self.bounds.per_host,
                room=lambda host: self._most(host) - busy[host],
                full=[host for host, count in busy.items() if count >= self._most(host)],
            )
        for delivery in claimed:
            self._lift(delivery.host)
            self._begin(delivery)
        return len(claimed)

    def _lift(self, host: str) -> None:
        """What is claimed for a host in a pause was sent again by somebody's word: its pause is over."""
        pause = (self._pauses or {}).get(host)
        if self._pauses and pause and pause.until > (now := self.clock()):
            self._pauses[host] = replace(pause, until=now)

    async def _watch_clock(self, now: datetime) -> None:
        """What was owed, or put off, by a clock that ran ahead must not wait until that time comes."""
        step = timedelta(0) if self._latest is None else self._latest - now
        if self._latest is None or step > _STEP_BACK:
            await asyncio.to_thread(self.outbox.clock_was_set, now, step)
            known = self._pauses or {}
            self._pauses = {host: replace(pause, until=pause.until - step) for host, pause in known.items()}
        self._latest = now

    def _most(self, host: str) -> int:
        """Whoever has not answered of late is asked by one: forty dead hosts must not fill all places twice."""
        return self.bounds.per_host if host in self._answers else 1

    def _begin(self, delivery: Delivery) -> None:
        if any(_key(each) == _key(delivery) for each in self._on_way.values()):
            self._behind[_key(delivery)] = delivery
            return
        task = asyncio.create_task(self._carry(delivery), name=f"delivery {delivery.id}")
        self._on_way[task] = delivery
        task.add_done_callback(self._came_back)

    def _came_back(self, task: asyncio.Task[None]) -> None:
        former = self._on_way.pop(task)
        if (newer := self._behind.pop(_key(former), None)) is not None:
            self._begin(newer)
        self.wake.set()

    async def _carry(self, delivery: Delivery) -> None:
        """One attempt; whatever goes wrong in it is its outcome."""
        seconds = self.bounds.patience.total_seconds()
        handler = self.handlers.get(delivery.kind)
        try:
            if handler is None:
                outcome = Outcome(
                    verdict=Verdict.OVER, error=f"nothing of the kind {delivery.kind.value} is configured"
                )
            else:
                async with asyncio.timeout(seconds):
                    outcome = await handler(delivery, self.outbound, self.clock())
        except TimeoutError:
            outcome = Outcome(verdict=Verdict.LATER, error=f"no answer within {seconds:g} seconds", host=True)
        except OutboundError as failure:
            outcome = Outcome(verdict=Verdict.LATER, error=failure.reason, host=True)
        except Exception as fault:
            log.exception("delivery failed by a fault of this program", extra=_facts(delivery))
            outcome = Outcome(verdict=Verdict.LATER, error=f"a fault of this program ({type(fault).__name__})")
        self._outcomes.append((delivery, outcome))

    # --- keeping what came of it ---------------------------------------------------------------------------------

    async def _keep(self) -> frozenset[DeliveryKind]:
        """Write down all outcomes there are in one go: those that come meanwhile are the next to be kept. Gives the
        kinds of those that were."""
        if self._pauses is None:
            self._pauses = {pause.host: pause for pause in await asyncio.to_thread(self.outbox.pauses)}
        if not (outcomes := tuple(self._outcomes)):
            return frozenset()
        now = self.clock()
        settled = [settle(each, outcome, now, self.bounds.give_up_after, self.rand()) for each, outcome in outcomes]
        troubles = self._troubles(outcomes, now)
        pauses = [trouble.pause for trouble in troubles]
        well = {each.host for each, outcome in outcomes if not outcome.host} - {pause.host for pause in pauses}
        # What was on its way before a host asked for a rest, and came to a good end, takes nothing of that back.
        well -= {host for host in self._asked & self._pauses.keys() if self._pauses[host].until > now}
        better = well & self._pauses.keys()
        await asyncio.to_thread(self.outbox.settle, settled, now, pauses=pauses, well=better)
        del self._outcomes[: len(outcomes)]
        self._answers = (self._answers | well) - {pause.host for pause in pauses}
        for host in better:
            del self._pauses[host]
        self._pauses |= {pause.host: pause for pause in pauses}
        self._asked -= better | {pause.host for pause in pauses}
        self._asked |= {each.host for each, outcome in outcomes if outcome.host and outcome.wait is not None}
        for (delivery, outcome), end in zip(outcomes, settled, strict=True):
            _say(delivery, outcome, end)
        for trouble in troubles:
            await self._leave_alone(trouble, now)
        return frozenset(delivery.kind for delivery, _ in outcomes)

    def _troubles(self, outcomes: tuple[tuple[Delivery, Outcome], ...], now: datetime) -> list[Trouble]:
        """One for each host that failed: two at one time are one, and its longest rest counts."""
        known = self._pauses or {}
        found: dict[str, Trouble] = {}
        for delivery, outcome in outcomes:
            if not outcome.host:
                continue
            host = delivery.host
            before = found[host].pause if host in found else known.get(host)
            if before is None or before.until <= now:
                found[host] = pause_for(host, outcome, before, now, self.rand())
            elif (longer := prolong(before, outcome, now)) is not None:
                found[host] = longer
        return list(found.values())

    async def _leave_alone(self, trouble: Trouble, now: datetime) -> None:
        """Say it, and where it lasts too long give up what was owed to that host all the time."""
        pause = trouble.pause
        facts = {
            "host": pause.host,
            "until": pause.until.isoformat(),
            "reason": pause.error,
            "failures": pause.failures,
        }
        log.warning("host left alone", extra=facts)
        if trouble.lasts:
            before = now - self.bounds.give_up_after
            if count := await asyncio.to_thread(self.outbox.give_up_for, pause.host, before, now, pause.error):
                log.error("deliveries given up", extra={"host": pause.host, "count": count, "reason": pause.error})


def _key(delivery: Delivery) -> tuple[DeliveryKind, str, str]:
    return delivery.kind, delivery.target, delivery.topic


def _say(delivery: Delivery, outcome: Outcome, end: Settled) -> None:
    done, noun = _WORDS.get(delivery.kind, ("delivered", "delivery"))
    facts = _facts(delivery)
    if end.status == "done":
        log.info(done if outcome.verdict is Verdict.DONE else f"{done}, nobody listens", extra=facts)
    elif end.status == "given up":
        log.error("%s given up", noun, extra=facts | {"reason": outcome.error})
    else:
        # Who has a pace of its own expects that it takes a few attempts.
        level = logging.WARNING if outcome.pace is None else logging.INFO
        log.log(level, "%s postponed", noun, extra=facts | {"reason": outcome.error, "due": end.due.isoformat()})


def _facts(delivery: Delivery) -> dict[str, object]:
    kind, target = delivery.kind, delivery.shown_target
    who = {"hub": target} if kind is DeliveryKind.HUB else {"kind": kind.value, "to": target}
    return {**who, "topic": delivery.topic, "attempt": delivery.attempts + 1}
