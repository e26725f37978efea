"""``syndicator run``: the service put together, started, and stopped in order."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import urlsplit

from syndicator import __version__
from syndicator.app import State, orders, publisher, reader, state_to_write
from syndicator.asked import look
from syndicator.logs import configure
from syndicator.outbound import Outbound
from syndicator.pipeline import Pipeline
from syndicator.scheduler import Clock
from syndicator.sending import ask, deliver, outbound
from syndicator.service import Health, Service
from syndicator.settings import Settings
from syndicator.sources.watch import hints
from syndicator.web.app import build_app
from syndicator.web.server import Server
from syndicator.web.shelf import Shelf
from syndicator.web.status import ShownFeed, StatusPage

log = logging.getLogger(__name__)


def run_service(settings: Settings) -> int:
    """Run until SIGTERM or SIGINT; the exit status. Raises SyndicatorError when it cannot start."""
    configure(settings.log.format, settings.log.level)
    gc.freeze()
    gc.enable()
    with state_to_write(settings) as state, asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(_serve(settings, state))


def _loop_factory() -> type[asyncio.AbstractEventLoop] | None:
    try:
        from uvloop import Loop
    except ImportError:
        return None
    loop: type[asyncio.AbstractEventLoop] = Loop
    return loop


async def _serve(settings: Settings, state: State) -> int:
    stop = asyncio.Event()
    _obey_signals(stop)
    shelf, health, clock = Shelf(settings.serve.cache), Health(), Clock()
    app = build_app(
        shelf, lambda: _page(settings, state, health), health.readiness, urlsplit(settings.publish.url).path
    )
    server = Server(app, settings.serve.host, settings.serve.port)
    await server.start()
    clock.start()
    async with outbound(settings) as client:
        service = _service(settings, state, client, shelf, health, clock)
        _greet(settings, server.port)
        work = asyncio.create_task(service.run(stop), name="service")
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({work, stopped}, return_when=asyncio.FIRST_COMPLETED)
        within = settings.run.stop_within.total_seconds()
        log.info("stopping", extra={"within_seconds": within})
        _, late = await asyncio.wait({work}, timeout=within)
        if late:
            # What is cut off here is safe: leases run out, files and transactions are whole or not there.
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work
        clock.stop()
        await server.stop(min(5.0, within))
    if not late:
        work.result()
    log.info("stopped")
    return 0


def _service(settings: Settings, state: State, client: Outbound, shelf: Shelf, health: Health, clock: Clock) -> Service:
    out = publisher(settings)
    pipeline = Pipeline(reader(settings), out, state.ledger, orders(settings))

    return Service(
        make_pass=pipeline.run,
        deliver=lambda: deliver(settings, state, client),
        ask=lambda: ask(state, client),
        next_delivery=state.outbox.next_due,
        next_question=state.desk.next_image_due,
        hints=(lambda stop: hints(settings.source_path, stop)) if settings.source.watch else None,
        ledger=state.ledger,
        publisher=out,
        window=shelf,
        timer=clock,
        every=settings.source.every,
        health=health,
    )


def _obey_signals(stop: asyncio.Event) -> None:
    """The first signal asks for an orderly end, the second does not ask."""

    def obey(number: int) -> None:
        if stop.is_set():
            os._exit(128 + number)
        stop.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, obey, number)


def _greet(settings: Settings, port: int) -> None:
    """A few lines on where to look, for people."""
    host = settings.serve.host
    print(  # noqa: T201
        f"syndicator {__version__}: {settings.site.title}\n"
        f"posts    {settings.source_path}\n"
        f"feeds    {settings.publish_path}, published as {settings.publish.url}\n"
        f"serving  http://{f'[{host}]' if ':' in host else host}:{port}/ (how things are), /readyz, /livez\n"
        f"stop it  with Ctrl-C",
        flush=True,
        file=sys.stdout,
    )


def _page(settings: Settings, state: State, health: Health) -> StatusPage:
    things = look(settings, state, datetime.now(UTC))
    feeds: dict[str, list[tuple[str, str]]] = {}
    for document in things.documents:
        feeds.setdefault(document.feed, []).append((document.format.value, document.url))
    given_up = sum(delivery.status != "pending" for delivery in things.deliveries)
    return StatusPage(
        title=settings.site.title,
        site_url=settings.site.url,
        version=__version__,
        feeds=tuple(ShownFeed(title=name, addresses=tuple(sorted(found))) for name, found in sorted(feeds.items())),
        last_pass=things.last_pass,
        posts=things.posts,
        refused=things.refused,
        pending=len(things.deliveries) - given_up,
        given_up=given_up,
        problems=tuple(problem for part, problem in health.problems.items() if not part.startswith("post ")),
    )
