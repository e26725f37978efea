"""All routes together: health, status page, documents."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from urllib.parse import unquote

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from syndicator.errors import SyndicatorError
from syndicator.health import Live
from syndicator.web import hooks
from syndicator.web.feeds import Documents, Missing
from syndicator.web.shelf import Shelf
from syndicator.web.status import CONTENT_SECURITY_POLICY, StatusPage, render

Readiness = Callable[[], tuple[bool, tuple[str, ...]]]

_LIVE, _READY = "/livez", "/readyz"
_FRESH = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
#: Seconds for which one rendering of the status page serves all who ask, and how many times as long as it took: it
#: reads the state, and strangers are not to keep the service busy with that.
_PAGE_KEPT, _TIMES_ITS_COST = 1.0, 20


def build_app(
    shelf: Shelf,
    status: Callable[[], StatusPage],
    readiness: Readiness,
    base_path: str,
    live: Callable[[], Live],
    hook: hooks.Hook,
) -> ASGIApp:
    """The HTTP side of the service (design.md section 9).

    ``status`` may block and may raise SyndicatorError; it is called in a thread. ``readiness`` and ``live`` may do
    neither.
    ``base_path`` is the path of ``publish.url``: what lies below it is being made while the first pass runs. A
    document at ``/`` takes the place of the status page.
    """

    async def livez(_: Request) -> Response:
        return PlainTextResponse("ok\n", headers=_FRESH)

    async def readyz(request: Request) -> Response:
        ready, reasons = readiness()
        status = 200 if ready else 503
        if "json" in request.query_params:
            facts = orjson.dumps(asdict(live()))
            return Response(facts, status_code=status, media_type="application/json", headers=_FRESH)
        lines = ["ready" if ready else "not ready"]
        if "verbose" in request.query_params:
            lines += reasons
        return PlainTextResponse("\n".join(lines) + "\n", status_code=status, headers=_FRESH)

    return Router(
        [
            Documents(shelf, reserved=(_LIVE, _READY, hooks.PATH)),
            Route(_LIVE, livez, methods=["GET"]),
            Route(_READY, readyz, methods=["GET"]),
            Route(hooks.PATH, hook.answer, methods=["POST"]),
            Route("/", _Page(status).show, methods=["GET"]),
        ],
        redirect_slashes=False,  # Starlette would build the address from the Host field
        default=Missing(shelf, readiness, unquote(base_path)),
    )


class _Page:
    """The status page, read from the state at most once at a time and once a second, however many ask."""

    def __init__(self, status: Callable[[], StatusPage]) -> None:
        self._status = status
        self._turn = asyncio.Lock()
        self._html = ""
        self._until = 0.0

    async def show(self, _: Request) -> Response:
        clock = asyncio.get_running_loop().time
        async with self._turn:
            if clock() >= self._until:
                began = clock()
                try:
                    page = await asyncio.to_thread(self._status)
                except SyndicatorError as error:
                    return PlainTextResponse(f"the status cannot be told: {error}\n", status_code=503, headers=_FRESH)
                self._html = render(page)
                self._until = clock() + max(_PAGE_KEPT, (clock() - began) * _TIMES_ITS_COST)
        return HTMLResponse(self._html, headers=_FRESH | {"content-security-policy": CONTENT_SECURITY_POLICY})
