"""Settling what is owed: hubs are told and image hosts are asked, in a one-shot build for a limited time."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from syndicator import __version__
from syndicator.app import State
from syndicator.asking import Silence, ask_images
from syndicator.deliveries.dispatch import Bounds, Dispatcher, Handler, Turn
from syndicator.deliveries.purge import purge
from syndicator.deliveries.verify import look
from syndicator.deliveries.webhook import Call, call
from syndicator.health import Health
from syndicator.model import DeliveryKind
from syndicator.outbound import Outbound
from syndicator.ports import Wanted
from syndicator.settings import Settings
from syndicator.websub.hub import tell_hub

#: How many questions are claimed at a time.
BATCH = 20
LEASE = timedelta(minutes=2)
#: A build that waits for caches rests at least so long between two looks (seconds).
_REST = 0.2
#: The part of the service that has the trouble.
_CACHES = "caches"
_OF_CACHES = (DeliveryKind.PURGE, DeliveryKind.VERIFY)
#: How it is with targets is looked up so seldom at most (seconds), and after so many times what that took.
_SELDOM, _TIMES_ITS_COST = 1.0, 20


def outbound(settings: Settings, *, seconds: float = 0.0) -> Outbound:
    """The one HTTP client for everything that leaves this machine. It waits as long as the settings say, and not less
    than these ``seconds``."""
    return Outbound(
        allow=settings.network.allow,
        timeout=max(seconds, settings.network.timeout.total_seconds()),
        user_agent=f"syndicator/{__version__} (+{settings.site.url or settings.publish.url})",
    )


def handlers(settings: Settings) -> Mapping[DeliveryKind, Handler]:
    """Who carries out deliveries of which kind. What is secret stays here: no row of the state has it."""
    calls = {
        hook.url: Call(keys=settings.hook_keys(hook), headers=tuple(sorted(hook.headers.items())))
        for hook in settings.webhooks
    }
    return {
        DeliveryKind.PURGE: partial(purge, how=settings.purge.to_purge(), within=settings.purge.within),
        DeliveryKind.VERIFY: partial(look, within=settings.publish.verify_within),
        DeliveryKind.HUB: tell_hub,
        DeliveryKind.WEBHOOK: partial(call, calls=calls),
    }


def dispatcher(settings: Settings, state: State, client: Outbound) -> Dispatcher:
    """The one engine of the queue, as the settings want it."""
    return Dispatcher(
        outbox=state.outbox,
        outbound=client,
        handlers=handlers(settings),
        clock=clock,
        bounds=Bounds(per_host=settings.announce.per_host, give_up_after=settings.announce.give_up_after),
    )


def minding(
    engine: Dispatcher, state: State, health: Health, targets: Mapping[DeliveryKind, Collection[str]]
) -> Callable[[Turn], Awaitable[int]]:
    """The engine's work, while which the service's health follows what caches keep from the world and how it is with
    the ``targets``, which are told by kind."""
    mind = _Mind(state, health, frozenset(kind for kind, some in targets.items() if any(some)))
    engine.kept = mind.follow

    async def work(turn: Turn) -> int:
        count = await engine.work(turn)
        await mind.look()
        return count

    return work


@dataclass(slots=True)
class _Mind:
    """Follows the engine: caches at once, as their trouble is a problem of the service, targets as often as costs
    little."""

    state: State
    health: Health
    #: What goes out at all: each save ends here, and costs nothing where nobody is told.
    kinds: frozenset[DeliveryKind]
    _next: float = 0.0

    async def follow(self, kinds: Collection[DeliveryKind]) -> None:
        """Something of these kinds came back, or nothing did, and the queue may be another all the same."""
        if not kinds or any(kind in _OF_CACHES for kind in kinds) or _CACHES in self.health.problems:
            await self._look_at_caches()
        if time.monotonic() >= self._next:
            await self._look_at_targets()

    async def look(self) -> None:
        """Whatever came back."""
        await self._look_at_caches()
        await self._look_at_targets()

    async def _look_at_caches(self) -> None:
        if self.kinds.isdisjoint(_OF_CACHES) and _CACHES not in self.health.problems:
            return
        trouble = await asyncio.to_thread(_trouble_of_caches, self.state)
        others = {part: problem for part, problem in self.health.problems.items() if part != _CACHES}
        self.health.problems = {**others, _CACHES: trouble} if trouble else others

    async def _look_at_targets(self) -> None:
        if not self.kinds and not self.health.targets:
            return
        begun = time.monotonic()
        self.health.targets = tuple(await asyncio.to_thread(self.state.outbox.targets))
        self._next = time.monotonic() + max(_SELDOM, (time.monotonic() - begun) * _TIMES_ITS_COST)


def _trouble_of_caches(state: State) -> str:
    """What was given up of purges and looks from outside, until a newer version takes its place."""
    rows = [row for kind in _OF_CACHES for row in state.outbox.deliveries(Wanted(kind=kind.value, status="given up"))]
    if not rows:
        return ""
    more = f" ({len(rows) - 1} more like it: 'syndicator deliveries' lists them)" if len(rows) > 1 else ""
    return f"{rows[-1].topic}: {rows[-1].error}{more}"


async def ask(state: State, client: Outbound, stopping: Callable[[], bool] = lambda: False) -> int:
    """Ask for the images that are due, until none is or all is ``stopping``; how many new facts came."""
    facts, silence = 0, Silence()
    while not stopping() and (due := await asyncio.to_thread(state.desk.next_image_due)) is not None and due <= clock():
        facts += await ask_images(
            state.desk, client, clock, limit=BATCH, lease=LEASE, rand=random.random, silence=silence
        )
    return facts


def settle_up(settings: Settings, state: State, *, announce: bool, asking: bool, patience: timedelta) -> int:
    """Do what is due now and no longer than ``patience``; the rest stays owed. Gives how many images were learnt."""
    return asyncio.run(_settle_up(settings, state, announce, asking, patience))


async def _settle_up(settings: Settings, state: State, announce: bool, asking: bool, patience: timedelta) -> int:
    facts, loop = 0, asyncio.get_running_loop()
    ends = loop.time() + patience.total_seconds()
    try:
        async with asyncio.timeout(patience.total_seconds()), outbound(settings) as client:
            engine = dispatcher(settings, state, client)
            if announce:
                await engine.work()
            if asking:
                facts = await ask(state, client)
            while announce and (due := await asyncio.to_thread(_next_of_caches, state)) is not None:
                pause = max((due - clock()).total_seconds(), _REST)
                if pause > ends - loop.time():
                    break
                await asyncio.sleep(pause)
                await engine.work()
    except TimeoutError:
        return facts
    return facts


def _next_of_caches(state: State) -> datetime | None:
    """When caches are told or looked at again, which others wait for."""
    rows = (row for kind in _OF_CACHES for row in state.outbox.deliveries(Wanted(kind=kind.value, status="pending")))
    return min((row.due for row in rows), default=None)


def clock() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)
