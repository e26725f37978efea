"""``POST /hooks/source``: a git host, or whoever else knows the secret, says that there is something new."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from syndicator.text import printable
from syndicator.web.signatures import News, Proof, is_late, news

log = logging.getLogger(__name__)

PATH = "/hooks/source"
#: What GitHub sends at most. The signature is over all of it, and is made while it comes in, so that nobody keeps it.
LARGEST = 25 * 2**20
#: So much of a call is kept to be read, as little as any connection costs: anybody can make thousands, and hold them
#: for a while. A longer one, which tells of a hundred commits or more, is taken for news of ours.
_KEPT = 64 * 1024
#: For so many seconds the rest of a call that is too large may come in before it is answered.
_PASSED_OVER = 5.0
#: So many calls are remembered, to know one that comes again; after a restart none, which costs one look at the source.
_REMEMBERED = 1000
#: Calls without proof are told once in so many seconds, with how many there were: anybody can make them.
_TOLD_EVERY = 60.0
_FRESH = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


@dataclass(slots=True, kw_only=True)
class Hook:
    """The hook of one source.

    ``secret`` "" switches it off. ``git`` says that news are of branches, of which ``branch`` is ours, "" the one that
    the repository names. ``wake`` has the source looked at soon, and may be called as often as one likes.
    """

    secret: str = field(repr=False)
    git: bool
    branch: str
    wake: Callable[[], None]
    #: When somebody last proved to know the secret, and when somebody last did not.
    heard: datetime | None = None
    refused: datetime | None = None
    _seen: OrderedDict[str, None] = field(default_factory=OrderedDict)
    _untold: int = 0
    _told: float = float("-inf")

    async def answer(self, request: Request) -> Response:
        """Answer a call. 202 says that the source is looked at now, 200 that there is no reason to."""
        if not self.secret:
            return _say(404, "calls are not taken: set [source] hook_secret to switch them on")
        fields = _fields(request)
        length = fields.get("content-length", "")
        if length.isascii() and length.isdigit() and (len(length) > 9 or int(length) > LARGEST):
            if len(length) <= 9 and int(length) <= 2 * LARGEST and "expect" not in fields:
                await _pass_over(request.stream(), int(length))
            return _too_large()
        now, proof = datetime.now(UTC), Proof(fields, self.secret)
        if not proof:
            return self._refuse(now, "it bears no proof that its sender knows the secret, or another secret")
        body, size = bytearray(), 0
        try:
            stream = request.stream()
            async for part in stream:
                size += len(part)
                if size > LARGEST:
                    await _pass_over(stream, 2 * LARGEST - size)
                    return _too_large()
                proof.update(part)
                body += part[: max(0, _KEPT - len(body))]
        except ClientDisconnect:
            return _say(400, "the call broke off")
        if not proof.holds():
            return self._refuse(now, "its signature was made with another secret, or over another body")
        self.heard = now
        names = proof.names(fields)
        if any(name in self._seen for name in names):
            return self._done(409, "replayed", "this call was heard before")
        if proof.is_dated() and is_late(fields, now):
            return self._done(409, "late", "its time is more than five minutes away from the clock here")
        self._seen |= dict.fromkeys(names)
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return self._judge(news(fields, bytes(body) if size <= _KEPT else b""))

    def _judge(self, said: News) -> Response:
        if said.event == "ping":
            return self._done(200, "ping", "hello; pushes will be heard")
        if not said.is_push:
            what = "a tag" if said.tag else f"the event {printable(said.event)!r}"
            return self._done(200, "nothing of ours", f"{what} changes nothing here")
        ours = self.branch or said.own_branch
        if self.git and said.branch and ours and said.branch != ours:
            return self._done(200, "another branch", f"another branch: feeds are made from {printable(ours)[:200]}")
        self.wake()
        return self._done(202, "woken", "the source is looked at now")

    def _done(self, status: int, outcome: str, answer: str) -> Response:
        log.info("hook called", extra={"outcome": outcome, "status": status})
        return _say(status, answer)

    def _refuse(self, now: datetime, reason: str) -> Response:
        self.refused = now
        self._untold += 1
        if time.monotonic() - self._told >= _TOLD_EVERY:
            log.warning(
                "hook refused",
                extra={"reason": reason, "calls": self._untold, "remedy": "give both sides the same secret"},
            )
            self._told, self._untold = time.monotonic(), 0
        return _say(401, f"not taken: {reason}", {"www-authenticate": 'HMAC-SHA256 realm="source"'})


def _fields(request: Request) -> Mapping[str, str]:
    """The header by name in lower case; what is there twice is joined, as if it had come in one line."""
    fields: dict[str, str] = {}
    for name, value in request.headers.items():
        fields[name] = f"{fields[name]}, {value}" if name in fields else value
    return fields


async def _pass_over(stream: AsyncIterator[bytes], most: int) -> None:
    """Let the rest come in for a while, and keep nothing of it: who sends all before it listens would find a broken
    connection instead of the answer."""
    with suppress(ClientDisconnect, TimeoutError):
        async with asyncio.timeout(_PASSED_OVER):
            async for part in stream:
                most -= len(part)
                if most <= 0:
                    return


def _too_large() -> Response:
    return _say(413, f"more than {LARGEST} bytes are not taken")


def _say(status: int, answer: str, more: Mapping[str, str] = MappingProxyType({})) -> Response:
    return PlainTextResponse(f"{answer}\n", status_code=status, headers={**_FRESH, **more})
