"""The handler that looks whether the world sees the new bytes of a document, before hubs hear of it.

A hub fetches at once, and forgets the ping when it finds what it knows: then nobody hears of the news (websub-7).
"""

from __future__ import annotations

import asyncio
import zlib
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from syndicator.configuration.durations import spelled
from syndicator.deliveries.outcome import Outcome, Verdict
from syndicator.deliveries.pauses import BUSY, next_look, patience
from syndicator.errors import OutboundError
from syndicator.model import Delivery, digest
from syndicator.outbound import Outbound, Reply, retry_after
from syndicator.text import printable

#: Caches keep one answer for those who take gzip, as most hubs do, and one for those who do not: both must be new.
_CODINGS = ("gzip", "identity")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 3
#: How much longer than its text a compressed answer may be.
_SLACK = 65_536
_OLD = "purge the cache in front of it ([purge] does that by itself)"
_NOT_THERE = "see whether [publish] url leads to what is written to [publish] to"


async def look(
    delivery: Delivery, outbound: Outbound, now: datetime, *, within: timedelta, most: float | None = None
) -> Outcome:
    """Fetch the document as a hub would, and compare. After the time ``within`` hubs are told all the same."""
    seconds = patience(delivery.since, now, within) if most is None else most
    wait: timedelta | None = None
    problem, remedy, busy, hangs = "", _NOT_THERE, False, False
    try:
        async with asyncio.timeout(seconds):
            for coding in _CODINGS:
                reply = await _fetch(delivery, outbound, coding)
                if problem := _problem(delivery, reply):
                    remedy = _OLD if reply.status == 200 else _NOT_THERE
                    wait = retry_after(reply.headers, now)
                    busy = reply.status in BUSY and wait is not None
                    break
    except OutboundError as failure:
        problem = f"it cannot be fetched: {failure.reason}"
    except TimeoutError:
        hangs = True
        problem = f"it cannot be fetched: no whole answer within {seconds:g} seconds"
    if not problem:
        return Outcome(verdict=Verdict.DONE)
    pause = next_look(delivery.attempts, delivery.since, now, within, wait, hangs=hangs)
    if pause is None:
        late = f"after {spelled(within)} the world still does not see the new version: {problem}"
        return Outcome(verdict=Verdict.OVER, error=f"{late}; {remedy}. Hubs are told all the same")
    error = f"waiting for the world to see the new version: {problem}"
    return Outcome(verdict=Verdict.LATER, error=error, pace=pause, host=busy)


async def _fetch(delivery: Delivery, outbound: Outbound, coding: str) -> Reply:
    """The answer after a few redirects, none of which may lead to another host."""
    url, host = delivery.topic, urlsplit(delivery.topic).hostname
    for _ in range(_MOST_REDIRECTS + 1):
        reply = await outbound.get(
            url,
            limit=_length(delivery) + _SLACK,
            trusted=True,
            redirects=0,
            truncate=True,
            accept=coding,
            packed=True,
        )
        location = reply.headers.get("location")
        if reply.status not in _REDIRECTS or not location:
            return reply
        try:
            url = urljoin(url, location)
            other = urlsplit(url).hostname
        except ValueError:
            raise OutboundError(delivery.topic, "it redirects to what is no address") from None
        if other != host:
            raise OutboundError(delivery.topic, f"it redirects to another host, {printable(other or '')[:100]}")
    raise OutboundError(delivery.topic, f"it redirects more than {_MOST_REDIRECTS} times")


def _problem(delivery: Delivery, reply: Reply) -> str:
    """Why this is not the new version; "" where it is."""
    if reply.status != 200:
        return f"its address answers {reply.status}"
    text = _unpacked(reply, _length(delivery))
    if len(text) == _length(delivery) and digest(text) == delivery.digest:
        return ""
    age = reply.headers.get("age", "").strip()
    kept = f", which a cache has kept for {age} seconds" if age.isascii() and age.isdigit() and len(age) < 10 else ""
    return f"its address gives another one{kept}"


def _unpacked(reply: Reply, length: int) -> bytes:
    """The text of an answer, and not much more of it than was expected; b"" where it cannot be read."""
    if reply.headers.get("content-encoding", "").strip().lower() != "gzip":
        return reply.body
    inflater = zlib.decompressobj(wbits=31)
    try:
        text = inflater.decompress(reply.body, length + 1)
    except zlib.error:
        return b""
    return text if inflater.eof and not inflater.unused_data else b""


def _length(delivery: Delivery) -> int:
    return int(delivery.body or b"0")
