"""The published documents over HTTP: plain ASGI under Starlette's router, because feeds are asked for most."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta

from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from syndicator.web.conditional import IDENTITY, choose_coding, status, write_http_date
from syndicator.web.shelf import CODINGS, CORS, Fields, Served, Shelf

_CONDITIONS = frozenset(
    {b"accept-encoding", b"if-match", b"if-none-match", b"if-modified-since", b"if-unmodified-since"}
)
_OF_CODINGS = frozenset({b"accept-encoding", b"if-none-match"})
_ALLOW: Fields = ((b"allow", b"GET, HEAD, OPTIONS"),)
_PREFLIGHT: Fields = (
    *_ALLOW,
    *CORS,
    (b"access-control-allow-methods", b"GET, HEAD"),
    (b"access-control-allow-headers", b"If-None-Match, If-Modified-Since, A-IM"),
    (b"access-control-max-age", b"86400"),
)
#: Errors are not kept: the next pass may bring the document.
_PLAIN: Fields = (
    (b"content-type", b"text/plain; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    *CORS,
)
#: How far the Date of an answer may lie behind: uvicorn sets it once a second.
_DATE_LAG = timedelta(seconds=2)
#: Seconds after which to ask again while the first pass is being made.
_SOON = b"10"


class Documents(BaseRoute):
    """Matches when there is a document at the path; ``reserved`` paths are somebody else's."""

    def __init__(self, shelf: Shelf, reserved: Collection[str]) -> None:
        self._shelf = shelf
        self._reserved = frozenset(reserved)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The document goes along, so that it is looked up once: body and tag stay a pair."""
        if scope["type"] == "http" and scope["path"] not in self._reserved:
            served = self._shelf.find(scope["path"])
            if served is not None:
                return Match.FULL, {"served": served}
            page = self._shelf.find_page(scope["path"])
            if page is not None:
                return Match.FULL, {"page": page}
        return Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Answer for the document that matched."""
        method = scope["method"]
        if method in {"GET", "HEAD"}:
            served: Served | None = scope.get("served") or await asyncio.to_thread(self._shelf.fetch, scope["page"])
            if served is not None and served.waits and _asks_for_more(served, scope):
                served = await asyncio.to_thread(self._shelf.pack, served)
            if served is None:
                await refuse(send, 503, "the page cannot be read, ask again soon", ((b"retry-after", _SOON),))
            else:
                await _show(served, scope, send)
        elif method == "OPTIONS":
            await answer(send, 204, _PREFLIGHT)
        else:
            await refuse(send, 405, "a feed can only be read", _ALLOW)


class Missing:
    """What there is to say where no document stands: moved by a slash, not yet, or not at all."""

    def __init__(self, shelf: Shelf, readiness: Callable[[], tuple[bool, tuple[str, ...]]], base_path: str) -> None:
        self._shelf = shelf
        self._readiness = readiness
        self._base_path = base_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """A plain answer. Conditions do not count where the answer is no success (http-3)."""
        if scope["type"] != "http":
            return
        path: str = scope["path"]
        twin = self._shelf.find(path[:-1] if path.endswith("/") else f"{path}/")
        if twin is not None and scope["method"] in {"GET", "HEAD"}:
            await refuse(send, 301, "moved", ((b"location", twin.address),))
        elif not self._shelf and path.startswith(self._base_path) and not self._readiness()[0]:
            # An empty feed would look as if every post had been removed (http-7).
            await refuse(send, 503, "the feeds are being made, ask again soon", ((b"retry-after", _SOON),))
        else:
            await refuse(send, 404, "there is nothing at this address")


def _asks_for_more(served: Served, scope: Scope) -> bool:
    """Whether a request may be about another coding than the plain bytes: it would take one, or has a tag of one."""
    fields = [(name, value.decode("latin-1")) for name, value in scope["headers"] if name in _OF_CODINGS]
    accepted = [value for name, value in fields if name == b"accept-encoding"]
    if accepted and choose_coding(accepted, CODINGS) != IDENTITY:
        return True
    return any(name == b"if-none-match" and not any(tag in value for tag in served.tags) for name, value in fields)


async def _show(served: Served, scope: Scope, send: Send) -> None:
    fields: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        if name in _CONDITIONS:
            fields.setdefault(name.decode("ascii"), []).append(value.decode("latin-1"))
    chosen = served.representations[choose_coding(fields.pop("accept-encoding", ()), served.codings)]
    now = datetime.now(UTC)
    code = 200
    if fields:
        code = status(fields, selected=chosen.tag, tags=served.tags, modified=served.modified, now=now)
    if code == 304:
        await answer(send, code, chosen.fields_unchanged)
    elif code == 412:
        await refuse(send, code, "the document has changed")
    else:
        sent = chosen.fields if served.modified <= now - _DATE_LAG else _not_in_the_future(chosen.fields, now)
        await answer(send, code, sent, chosen.body if scope["method"] == "GET" else b"")


def _not_in_the_future(fields: Fields, now: datetime) -> Fields:
    """No Last-Modified is later than the Date, whatever became of the clock (RFC 9110 section 8.8.2.1)."""
    past = write_http_date(now - _DATE_LAG).encode()
    return tuple((name, past if name == b"last-modified" else value) for name, value in fields)


async def answer(send: Send, code: int, fields: Fields, body: bytes = b"") -> None:
    """A whole answer. Fields go out as they are; HEAD passes no body."""
    await send({"type": "http.response.start", "status": code, "headers": fields})
    await send({"type": "http.response.body", "body": body})


async def refuse(send: Send, code: int, reason: str, fields: Fields = ()) -> None:
    """A short answer in plain text."""
    body = f"{reason}\n".encode()
    await answer(send, code, ((b"content-length", str(len(body)).encode()), *_PLAIN, *fields), body)
