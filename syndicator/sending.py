"""Settling what is owed: hubs are told and image hosts are asked, in a one-shot build for a limited time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from syndicator import __version__
from syndicator.app import State
from syndicator.asking import ask_images
from syndicator.deliveries.dispatch import Bounds, Dispatcher, Handler
from syndicator.model import DeliveryKind
from syndicator.outbound import Outbound
from syndicator.settings import Settings
from syndicator.websub.hub import tell_hub

#: How many questions are claimed at a time.
BATCH = 20
LEASE = timedelta(minutes=2)


def outbound(settings: Settings, *, seconds: float = 0.0) -> Outbound:
    """The one HTTP client for everything that leaves this machine. It waits as long as the settings say, and not less
    than these ``seconds``."""
    return Outbound(
        allow=settings.network.allow,
        timeout=max(seconds, settings.network.timeout.total_seconds()),
        user_agent=f"syndicator/{__version__} (+{settings.site.url or settings.publish.url})",
    )


def handlers(settings: Settings) -> Mapping[DeliveryKind, Handler]:  # noqa: ARG001 - some kinds have settings
    """Who carries out deliveries of which kind."""
    return {DeliveryKind.HUB: tell_hub}


def dispatcher(settings: Settings, state: State, client: Outbound) -> Dispatcher:
    """The one engine of the queue, as the settings want it."""
    return Dispatcher(
        outbox=state.outbox,
        outbound=client,
        handlers=handlers(settings),
        clock=clock,
        bounds=Bounds(per_host=settings.announce.per_host, give_up_after=settings.announce.give_up_after),
    )


async def ask(state: State, client: Outbound, stopping: Callable[[], bool] = lambda: False) -> int:
    """Ask for the images that are due, until none is or all is ``stopping``; how many new facts came."""
    facts = 0
    while not stopping() and (due := await asyncio.to_thread(state.desk.next_image_due)) is not None and due <= clock():
        facts += await ask_images(state.desk, client, clock, limit=BATCH, lease=LEASE, rand=random.random)
    return facts


def settle_up(settings: Settings, state: State, *, announce: bool, asking: bool, patience: timedelta) -> int:
    """Do what is due now and no longer than ``patience``; the rest stays owed. Gives how many images were learnt."""
    return asyncio.run(_settle_up(settings, state, announce, asking, patience))


async def _settle_up(settings: Settings, state: State, announce: bool, asking: bool, patience: timedelta) -> int:
    facts = 0
    try:
        async with asyncio.timeout(patience.total_seconds()), outbound(settings) as client:
            if announce:
                await dispatcher(settings, state, client).work()
            if asking:
                facts = await ask(state, client)
    except TimeoutError:
        return facts
    return facts


def clock() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)
