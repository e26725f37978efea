"""Hubs are told what they are owed: claimed by lease, a few at a time, and again later when it did not work."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime, timedelta
from random import random
from urllib.parse import urlsplit

from syndicator.deliveries.outcome import Outcome, Verdict, given_up, retry_at
from syndicator.errors import OutboundError
from syndicator.model import Delivery
from syndicator.outbound import Outbound
from syndicator.ports import Outbox
from syndicator.websub.hub import tell_hub

log = logging.getLogger(__name__)

_AT_ONCE = 8
_AT_ONCE_PER_HOST = 2


#: Held while deliveries are claimed; gives whether any may be.
Turn = Callable[[], AbstractAsyncContextManager[bool]]


def always() -> AbstractAsyncContextManager[bool]:
    """A turn that is everybody's."""
    return nullcontext(True)


async def deliver_due(
    outbox: Outbox,
    outbound: Outbound,
    clock: Callable[[], datetime],
    *,
    limit: int = 20,
    lease: timedelta = timedelta(minutes=2),
    patience: timedelta = timedelta(seconds=30),
    give_up_after: timedelta = timedelta(days=2),
    rand: Callable[[], float] = random,
    turn: Turn = always,
) -> int:
    """Claim up to ``limit`` deliveries and tell their hubs; how many were claimed, 0 when none is due or may be now.

    What a hub does not take is owed again later, or given up visibly. ``patience`` is the time for one of them: none
    is begun that might outlast the lease, after which it is somebody else's. Cancelled half-way nothing is lost: a
    claimed delivery is due again when its lease runs out, and hubs may hear of a version twice. Raises what the
    outbox raises, after the others have been dealt with.
    """
    if patience >= lease:
        raise ValueError(f"the lease ({lease}) must outlast one delivery ({patience})")
    async with turn() as allowed:
        if not allowed:
            return 0
        claimed_at = clock()
        claimed = await asyncio.to_thread(outbox.claim_deliveries, claimed_at, limit, lease)
    everybody = asyncio.Semaphore(_AT_ONCE)
    hosts: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(_AT_ONCE_PER_HOST))

    async def take(delivery: Delivery) -> None:
        # The host first: who waits for a slow one must not keep the others waiting.
        async with hosts[urlsplit(delivery.target).netloc.lower()], everybody:
            if clock() + patience <= claimed_at + lease:
                await _tell(outbox, outbound, clock, delivery, patience, give_up_after, rand)

    outcomes = await asyncio.gather(*map(take, claimed), return_exceptions=True)
    for outcome in outcomes:
        if outcome is not None:
            raise outcome
    return len(claimed)


async def _tell(
    outbox: Outbox,
    outbound: Outbound,
    clock: Callable[[], datetime],
    delivery: Delivery,
    patience: timedelta,
    give_up_after: timedelta,
    rand: Callable[[], float],
) -> None:
    try:
        async with asyncio.timeout(patience.total_seconds()):
            outcome = await tell_hub(delivery, outbound, clock())
    except TimeoutError:
        outcome = Outcome(verdict=Verdict.LATER, error=f"no answer within {patience.total_seconds():g} seconds")
    except OutboundError as failure:
        outcome = Outcome(verdict=Verdict.LATER, error=failure.reason)

    verdict, error = outcome.verdict, outcome.error
    now = clock()
    attempts = delivery.attempts + 1
    facts = {"hub": _shown(delivery.target), "topic": delivery.topic, "attempt": attempts}
    if verdict in {Verdict.DONE, Verdict.UNHEARD}:
        await asyncio.to_thread(outbox.delivered, delivery, now)
        log.info("announced" if verdict is Verdict.DONE else "announced, nobody listens", extra=facts)
    elif given_up(verdict, attempts, delivery.since, now, give_up_after):
        await asyncio.to_thread(outbox.give_up, delivery, now, error)
        log.error("announcement given up", extra=facts | {"reason": error})
    else:
        due = retry_at(attempts, now, outcome, rand())
        await asyncio.to_thread(outbox.postpone, delivery, due, error)
        log.warning("announcement postponed", extra=facts | {"reason": error, "due": due.isoformat()})


def _shown(hub: str) -> str:
    """The hub's address without what may be secret in it."""
    parts = urlsplit(hub)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
