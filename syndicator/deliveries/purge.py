"""The handler that has caches let go of a document."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import orjson

from syndicator.caches import Purge, Request, request_for
from syndicator.configuration.durations import spelled
from syndicator.deliveries.outcome import Outcome, Verdict, meaning
from syndicator.deliveries.pauses import BUSY, next_look, patience
from syndicator.errors import OutboundError
from syndicator.model import Delivery
from syndicator.outbound import Outbound, retry_after
from syndicator.text import printable

_ANSWER = 16_384
_SHOWN = 200
_STAYS = "caches keep the old version until it is too old for them. Hubs are told all the same"


async def purge(
    delivery: Delivery, outbound: Outbound, now: datetime, *, how: Purge, within: timedelta, most: float | None = None
) -> Outcome:
    """Send the request. What does not work by the time (``within``) is given up: hubs have waited long enough."""
    request = request_for(how, delivery.topic)
    seconds = patience(delivery.since, now, within) if most is None else most
    wait: timedelta | None = None
    busy = hangs = False
    try:
        async with asyncio.timeout(seconds):
            # Nothing is followed: header and body may hold a token that is meant for this host alone.
            reply = await outbound.send(
                request.method,
                request.url,
                request.content,
                headers=request.headers,
                trusted=True,
                redirects=0,
                limit=_ANSWER,
            )
    except OutboundError as error:
        verdict, problem = Verdict.LATER, f"the cache did not answer: {error.reason}"
    except TimeoutError:
        hangs = True
        verdict, problem = Verdict.LATER, f"the cache did not answer: no whole answer within {seconds:g} seconds"
    else:
        verdict, problem = _judge(how, request, reply.status, reply.body)
        if 300 <= reply.status < 400:
            problem += ", and is not followed: write where it leads to"
        wait = retry_after(reply.headers, now)
        busy = reply.status in BUSY and wait is not None
    if verdict is Verdict.DONE:
        return Outcome(verdict=verdict)
    # What answers repeat is theirs to choose.
    problem = problem.replace(how.token, "…") if how.token else problem
    if verdict is Verdict.REFUSED:
        return Outcome(verdict=Verdict.OVER, error=f"{problem}; see [purge] in the configuration; {_STAYS}")
    pause = next_look(delivery.attempts, delivery.since, now, within, wait, hangs=hangs)
    if pause is None:
        return Outcome(verdict=Verdict.OVER, error=f"not purged within {spelled(within)}: {problem}; {_STAYS}")
    return Outcome(verdict=Verdict.LATER, error=problem, pace=pause, host=busy)


def _judge(how: Purge, request: Request, status: int, body: bytes) -> tuple[Verdict, str]:
    """What an answer means, and what is wrong in words."""
    verdict = meaning(status)
    if how.preset == "cloudflare":
        good, said = _of_cloudflare(body)
        if verdict is Verdict.DONE and not good:
            verdict = Verdict.LATER
        return verdict, f"Cloudflare answered {status}{said}"
    if how.preset == "fastly":
        return verdict, f"Fastly answered {status}"
    if request.method == "PURGE" and status in (404, 410):
        return Verdict.DONE, ""  # by that Squid and nginx say that they had nothing to let go of
    return verdict, f"the cache answered {status}"


def _of_cloudflare(body: bytes) -> tuple[bool, str]:
    """Whether an answer says that all is well, and what else it says."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return False, ", and not in JSON"
    if not isinstance(said, dict):
        return False, ", and not as it should"
    errors = said.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    message = first.get("message")
    told = f": {printable(message)[:_SHOWN]}" if isinstance(message, str) else ""
    return said.get("success") is True, told
