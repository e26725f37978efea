"""The handler that calls a partner's web hook, with a message signed as Standard Webhooks has it.

``webhook-id`` stays the same however often a message is sent, so that who has seen it can pass it over;
``webhook-timestamp`` is when it is sent; ``webhook-signature`` is over both and the body.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from syndicator.deliveries.outcome import Outcome, Verdict, answered
from syndicator.model import Delivery
from syndicator.notices import is_waiting
from syndicator.outbound import Outbound, retry_after

_PAUSE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """How a web hook is called: signed with each of these keys, as two are good while a secret is replaced."""

    keys: tuple[bytes, ...] = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)


async def call(delivery: Delivery, outbound: Outbound, now: datetime, *, calls: Mapping[str, Call]) -> Outcome:
    """Send the message. Any 2xx is success, 410 ends it at once. Raises OutboundError where nobody answers."""
    how = calls.get(delivery.target)
    if how is None:
        return Outcome(verdict=Verdict.OVER, error="there is no such web hook in the configuration")
    if is_waiting(delivery.body):
        return Outcome(
            verdict=Verdict.LATER, error="waiting for documents of the feed that could not be written", pace=_PAUSE
        )
    headers = (
        *how.headers,
        ("Content-Type", "application/json"),
        *signed(delivery.digest, now, delivery.body, how.keys),
    )
    # Nothing is followed: headers may hold what is meant for this host alone.
    reply = await outbound.send("POST", delivery.target, delivery.body, headers=headers, trusted=True, redirects=0)
    if reply.status == 410:
        return Outcome(verdict=Verdict.OVER, error="the web hook answered 410: it is gone for good")
    if 300 <= reply.status < 400:
        return Outcome(
            verdict=Verdict.REFUSED,
            error=f"the web hook answered {reply.status}, and is not followed: write its new address",
        )
    return answered("the web hook", reply.status, retry_after(reply.headers, now))


def signed(message: str, now: datetime, body: bytes, keys: Iterable[bytes]) -> tuple[tuple[str, str], ...]:
    """The headers by which a receiver knows that a message is ours, and fresh."""
    seconds = str(int(now.timestamp()))
    content = b".".join((message.encode(), seconds.encode(), body))
    signatures = (b64encode(hmac.digest(key, content, "sha256")).decode() for key in keys)
    return (
        ("webhook-id", message),
        ("webhook-timestamp", seconds),
        ("webhook-signature", " ".join(f"v1,{signature}" for signature in signatures)),
    )
