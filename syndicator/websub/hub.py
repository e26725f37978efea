"""The handler that tells a hub of a topic's new version."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from syndicator.deliveries.outcome import Outcome, answered
from syndicator.model import Delivery
from syndicator.outbound import Outbound, retry_after
from syndicator.websub.protocol import judge, ping

_FOLLOWED = frozenset({307, 308})


async def tell_hub(delivery: Delivery, outbound: Outbound, now: datetime) -> Outcome:
    """Send the ping. Raises OutboundError where the hub does not answer."""
    reply = await outbound.post_form(delivery.target, ping(delivery.topic), trusted=True)
    verdict = judge(reply.status, reply.body)
    outcome = answered("the hub", reply.status, retry_after(reply.headers, now), verdict)
    if 300 <= reply.status < 400 and reply.status not in _FOLLOWED:
        return replace(outcome, error=f"{outcome.error}, and only 307 and 308 are followed: write its new address")
    return outcome
