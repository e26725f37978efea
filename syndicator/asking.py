"""Asks the hosts of remote images and other files for type, length and size, in the background and within limits."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from syndicator.errors import BlockedAddress, OutboundError
from syndicator.images import FIRST_LOOK, SECOND_LOOK, describe, wants_more
from syndicator.model import ImageFacts
from syndicator.outbound import Outbound, Reply, retry_after
from syndicator.ports import ImageAnswer, ImageDesk

__all__ = ["Silence", "ask_images"]

_AT_ONCE = 4
_DAY = timedelta(days=1)
_WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=12))
_SOONEST = timedelta(seconds=1)
#: A host that failed so often in a row is not asked for the next picture, which would take as long again.
_IN_A_ROW = 3
_MISSING = frozenset({404, 410})
_MISSING_ATTEMPTS = 10
_RANGE = re.compile(r"bytes\s+(\d{1,18})-\d{1,18}/(\d{1,18}|\*)\s*\Z", re.ASCII | re.IGNORECASE)


@dataclass(slots=True)
class Silence:
    """Hosts that do not answer while somebody goes through what is due, and why: a thousand pictures at one of them
    would keep those of all others waiting for an hour."""

    _failures: dict[str, int] = field(default_factory=dict)
    _reasons: dict[str, str] = field(default_factory=dict)

    def failed(self, host: str, reason: str) -> None:
        """It gave no answer."""
        self._failures[host] = self._failures.get(host, 0) + 1
        self._reasons[host] = reason

    def answered(self, host: str) -> None:
        """It gave one."""
        self._failures.pop(host, None)

    def reason(self, host: str) -> str:
        """Why it is not worth asking; "" where it is."""
        return self._reasons[host] if self._failures.get(host, 0) >= _IN_A_ROW else ""


async def ask_images(
    desk: ImageDesk,
    outbound: Outbound,
    clock: Callable[[], datetime],
    *,
    limit: int = 8,
    lease: timedelta = timedelta(minutes=2),
    rand: Callable[[], float],
    silence: Silence | None = None,
) -> int:
    """Ask up to ``limit`` questions that are due, four at a time, and file the answers; how many images became known.

    ``rand`` gives numbers from 0 to 1. Hosts in ``silence`` are not asked, which counts as an attempt. Every question
    is asked at least once again when the process dies in between, as soon as its lease is over. Raises StateError from
    the desk, after all other answers are filed.
    """
    questions = await asyncio.to_thread(desk.claim_images, clock(), limit, lease)
    gate, pen, quiet = asyncio.Semaphore(_AT_ONCE), asyncio.Lock(), silence or Silence()

    async def settle(question: ImageAnswer) -> bool:
        async with gate:
            answer = await _answer(question, outbound, clock, rand, quiet)
        async with pen:
            await asyncio.to_thread(desk.answer_image, answer)
        return answer.status == "known"

    settled = await asyncio.gather(*map(settle, questions), return_exceptions=True)
    for outcome in settled:
        if isinstance(outcome, BaseException):
            raise outcome
    return sum(outcome is True for outcome in settled)


async def _answer(
    question: ImageAnswer,
    outbound: Outbound,
    clock: Callable[[], datetime],
    rand: Callable[[], float],
    silence: Silence,
) -> ImageAnswer:
    attempts = question.attempts + 1
    asked = replace(question, attempts=attempts, due=None, error="")
    host = question.url.partition("://")[2].partition("/")[0].lower()
    if reason := silence.reason(host):
        error = f"its host was asked for others just now, and did not answer: {reason}"
        return replace(asked, status="failed", due=clock() + _wait(attempts, rand()), error=error)
    try:
        reply = await _look(question.url, FIRST_LOOK, outbound)
    except BlockedAddress as error:
        return replace(asked, status="refused", error=_why(error))
    except OutboundError as error:
        silence.failed(host, _why(error))
        return replace(asked, status="failed", due=clock() + _wait(attempts, rand()), error=_why(error))

    silence.answered(host)
    now = clock()
    if reply.status in _MISSING:
        gone = f"the image is not there (status {reply.status})"
        if attempts >= _MISSING_ATTEMPTS:
            return replace(asked, status="refused", error=gone)
        # About a day, and not at the same second for all the images of a site that is being moved.
        return replace(asked, status="failed", due=now + _DAY * (0.9 + 0.2 * rand()), error=gone)
    if fault := _fault(reply):
        wait = max(_wait(attempts, rand()), retry_after(reply.headers, now) or timedelta(0))
        return replace(asked, status="failed", due=now + wait, error=fault)
    facts = _facts(reply)
    if not facts.type:
        return replace(asked, status="refused", facts=facts, error="its bytes are of no kind that is known")
    if wants_more(facts) and facts.type != "image/svg+xml" and _goes_on(reply):
        facts = await _second(question.url, facts, outbound)
    return replace(asked, status="known", facts=facts)


async def _second(url: str, facts: ImageFacts, outbound: Outbound) -> ImageFacts:
    """The facts after a longer look, or as they were when there is no better answer."""
    try:
        reply = await _look(url, SECOND_LOOK, outbound)
    except OutboundError:
        return facts
    again = ImageFacts() if _fault(reply) else _facts(reply)
    return again if again.type == facts.type else facts


async def _look(url: str, size: int, outbound: Outbound) -> Reply:
    return await outbound.get(url, limit=size, headers=(("Range", f"bytes=0-{size - 1}"),), truncate=True)


def _fault(reply: Reply) -> str:
    """Why the answer does not show the start of a file, "" when it does."""
    if reply.status not in (200, 206):
        return f"the host answered with status {reply.status}"
    if reply.status == 206 and _range(reply.headers)[0] != 0:
        return "the host sent another part of the file than the first"
    return "" if reply.body else "the host sent an empty file"


def _facts(reply: Reply) -> ImageFacts:
    return describe(reply.body, length=_length(reply))


def _goes_on(reply: Reply) -> bool:
    length = _length(reply)
    return reply.truncated or length is None or length > len(reply.body)


def _length(reply: Reply) -> int | None:
    """The size of the whole file in bytes: what was read to its end, or else what the host says, if it can be true."""
    if reply.status == 206:
        length = _range(reply.headers)[1]
    elif not reply.truncated:
        return len(reply.body)
    else:
        declared = reply.headers.get("content-length", "")
        length = int(declared) if declared.isascii() and declared.isdigit() and len(declared) < 19 else None
    return length if length is not None and length >= len(reply.body) else None


def _range(headers: Mapping[str, str]) -> tuple[int | None, int | None]:
    """First byte and whole length of a part (RFC 9110, 14.4), each None when it is not said."""
    found = _RANGE.match(headers.get("content-range", ""))
    if not found:
        return None, None
    return int(found[1]), None if found[2] == "*" else int(found[2])


def _wait(attempts: int, luck: float) -> timedelta:
    """How long to leave a host alone after so many attempts: full jitter, so that failures do not come in step."""
    longest = _WAITS[attempts - 1] if attempts <= len(_WAITS) else _DAY
    return max(longest * luck, _SOONEST)


def _why(error: OutboundError) -> str:
    return f"{error.reason}; {error.remedy}" if error.remedy else error.reason
