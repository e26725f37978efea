"""``syndicator run``: the service put together, started, and stopped in order."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from syndicator import __version__
from syndicator.app import State, alarms, orders, publisher, state_to_write
from syndicator.errors import StateDamaged, StateError, StateMissing, SyndicatorError
from syndicator.health import Health, Wait
from syndicator.live import waits_of
from syndicator.logs import configure, is_console
from syndicator.opening import by_and_by
from syndicator.outbound import Outbound
from syndicator.passes import Report
from syndicator.pipeline import Pipeline
from syndicator.ports import Scout, Touched
from syndicator.presenting import server_of
from syndicator.safekeeping import Safekeeping
from syndicator.scheduler import Clock
from syndicator.scouting import ForkedScout, scout_for
from syndicator.sending import ask, dispatcher, minding, outbound
from syndicator.service import Service
from syndicator.settings import Settings
from syndicator.showing import Showing
from syndicator.sources.watch import hints
from syndicator.sources.watcher import Sight
from syndicator.sourcing import Readers, called, upstream
from syndicator.web.shelf import Shelf

log = logging.getLogger(__name__)

#: Of the time to stop in, so much (seconds, and a part of the whole) is left for readers to take their answers.
_FOR_READERS, _PART_FOR_READERS = 1.0, 0.25
#: So often (seconds) the service looks whether another process has written to the state.
_LISTEN_EVERY = 0.5
#: A clock that moves by so much (seconds) between two looks was set.
_CLOCK_STEP = 1.0


def run_service(settings: Settings) -> int:
    """Run until SIGTERM, SIGINT or SIGHUP; the exit status. Raises SyndicatorError when it cannot start."""
    configure(settings.log.format, settings.log.level, secrets=settings.secrets())
    mend = partial(_mend, settings)
    gc.freeze()
    gc.enable()
    try:
        with (
            _scout(settings) as scout,
            _deadline(settings.run.stop_within.total_seconds()) as deadline,
            by_and_by(partial(state_to_write, settings, mend, examined=True, stays=True)) as state,
            asyncio.Runner(loop_factory=_loop_factory()) as runner,
        ):
            if scout is not None:
                scout.know()
            return runner.run(_serve(settings, state, deadline, scout))
    except SyndicatorError as error:
        if is_console(settings.log.format, sys.stderr):
            raise
        # Whoever reads JSON there gets nothing else.
        log.critical("not started", extra={"what": error.what, "reason": error.reason, "remedy": error.remedy})
        return 1


@contextmanager
def _scout(settings: Settings) -> Iterator[ForkedScout | None]:
    scout = scout_for(settings)
    try:
        yield scout
    finally:
        if scout is not None:
            scout.end()


@contextmanager
def _deadline(seconds: float) -> Iterator[threading.Timer]:
    """A timer that ends the process, once it is started, unless it has come out of here by then.

    Threads cannot be cancelled: one that waits for a locked database or a name server would hold the end up. To leave
    it behind is safe: leases run out, files and transactions are whole or not there.
    """
    timer = threading.Timer(seconds, os._exit, (0,))
    timer.daemon = True
    try:
        yield timer
    finally:
        timer.cancel()


def _loop_factory() -> type[asyncio.AbstractEventLoop] | None:
    try:
        from uvloop import Loop
    except ImportError:
        return None
    loop: type[asyncio.AbstractEventLoop] = Loop
    return loop


async def _serve(settings: Settings, state: State, deadline: threading.Timer, scout: ForkedScout | None) -> int:
    stop = asyncio.Event()
    _obey_signals(stop)
    shelf, clock = Shelf(settings.serve.cache, publisher(settings).read), Clock()
    health = Health(alarms=partial(alarms, settings))
    async with outbound(settings) as client:
        service = _service(settings, state, client, shelf, health, clock, scout)
        waits = partial(_waits, service, health)
        server = server_of(settings, state, shelf, service, waits)
        await server.start()
        clock.start()
        _greet(settings, server.port)
        work = asyncio.create_task(service.run(stop), name="service")
        keeping = Safekeeping(state.keeper, health) if state.keeper else None
        listening = asyncio.create_task(_listen(state, service, keeping, stop), name="listening")
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({work, stopped}, return_when=asyncio.FIRST_COMPLETED)
        deadline.start()
        listening.cancel()
        within = settings.run.stop_within.total_seconds()
        log.info("stopping", extra={"within_seconds": within})
        for_readers = min(_FOR_READERS, within * _PART_FOR_READERS)
        _, late = await asyncio.wait({work}, timeout=within - for_readers)
        if late:
            log.warning("work cut off", extra={"reason": "it was not done in time; the next start goes on with it"})
            work.cancel()
        clock.stop()
        await server.stop(for_readers / 2)
    if keeping is not None:
        await keeping.look(datetime.now(UTC))
    if not late:
        work.result()
    log.info("stopped")
    return 1 if keeping is not None and keeping.is_lost else 0


async def _listen(state: State, service: Service, keeping: Safekeeping | None, stop: asyncio.Event) -> None:
    """Have it heeded when another process wrote, as 'syndicator deliveries retry' and 'syndicator approve' do, and what
    happens to the state's files. Where another service has the state by now, this one has to stop.
    """
    ahead = before = time.time() - time.monotonic()
    while True:
        with suppress(StateError):  # whoever needs the state says what is wrong with it
            # Timers wait for an instant by the clock: one that was set back would have them wait for longer.
            if state.database.written_meanwhile() or abs(ahead - before) > _CLOCK_STEP:
                service.heed()
        if keeping is not None:
            if await keeping.look(datetime.now(UTC)):
                service.again()
            if keeping.is_lost:
                stop.set()
        await asyncio.sleep(_LISTEN_EVERY)
        before, ahead = ahead, time.time() - time.monotonic()


def _service(
    settings: Settings,
    state: State,
    client: Outbound,
    shelf: Shelf,
    health: Health,
    clock: Clock,
    scout: ForkedScout | None,
) -> Service:
    out, wanted, sight = publisher(settings), orders(settings), Sight()
    readers = Readers(settings, mends=True, is_being_written=sight.is_being_written)
    showing = Showing(state.ledger, out, shelf)
    begin = partial(Pipeline, readers, out, state.ledger, wanted, stays=True, show=showing.show)
    passes = _Passes(settings, state, begin, scout)
    far = upstream(settings)
    watch = settings.source.watch and far is None
    deliveries = dispatcher(settings, state, client)
    with suppress(StateError):  # whoever needs the state says what is wrong with it
        health.targets = tuple(state.outbox.targets())
    return Service(
        make_pass=passes.make,
        deliver=minding(deliveries, state, health, settings.targets()) if settings.announce.enabled else None,
        ask=(lambda: ask(state, client, lambda: health.stopping)) if settings.images.ask else None,
        next_delivery=state.outbox.next_due,
        owed=deliveries.wake,
        next_question=state.desk.next_image_due,
        hints=(lambda stop: hints(settings.source_path, stop, _own_files(settings), sight)) if watch else None,
        sight=sight,
        ledger=state.ledger,
        showing=showing,
        timer=clock,
        every=settings.source.every,
        upstream=far,
        health=health,
    )


def _waits(service: Service, health: Health) -> tuple[Wait, ...]:
    """In the words of people, and without what is nobody's business: why the next change comes names a post."""
    timers = ((wait.what, wait.until) for wait in service.waits() if wait.until is not None)
    return waits_of(timers, lambda part: health.problems.get(part, ""))


def _mend(settings: Settings, damage: StateDamaged) -> None:
    # Late: it reads feeds, which nobody else here does.
    from syndicator.rebuilding import rebuild

    is_missing = isinstance(damage, StateMissing)
    if done := rebuild(settings, damage, datetime.now(UTC)):
        remedy = "find out where it is" if is_missing else "look at that file, and move it elsewhere"
        log.error("state rebuilt", extra={"reason": done, "remedy": remedy})


class _Passes:
    """Makes passes. Before one the state is made anew when somebody, another lane perhaps, found it damaged."""

    def __init__(self, settings: Settings, state: State, begin: Callable[..., Pipeline], scout: Scout | None) -> None:
        self._settings, self._state, self._begin = settings, state, begin
        self._pipeline = begin(scout=scout)

    def make(self, now: datetime, touched: Touched) -> Report:
        """Raises as Pipeline.run."""
        database = self._state.database
        if database.damage is None:
            try:
                return self._pipeline.run(now, touched=touched)
            except StateDamaged as damage:
                log.warning("state damaged", extra={"reason": str(damage)})
        if database.damage is not None:
            database.replace(partial(_mend, self._settings, database.damage))
            self._state.forget()
            self._pipeline = self._begin()
        return self._pipeline.run(now)


def _own_files(settings: Settings) -> tuple[Path, ...]:
    """What a pass itself writes, perhaps below the folder with the posts: no hint that these have changed."""
    state = settings.state_path
    files = (
        state.with_name(f"{state.name}{end}")
        for end in ("", "-wal", "-shm", "-journal", ".lock", ".new", ".new-wal", ".new-shm", ".copy", ".copy-journal")
    )
    return (settings.publish_path, *files)


def _obey_signals(stop: asyncio.Event) -> None:
    """The first signal asks for an orderly end, the second does not ask. So does a terminal that is closed, but where
    somebody (nohup) has seen to it that this is no reason.
    """

    def obey(number: int) -> None:
        if stop.is_set():
            os._exit(128 + number)
        stop.set()

    loop = asyncio.get_running_loop()
    hung_up = () if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN else (signal.SIGHUP,)
    for number in (signal.SIGTERM, signal.SIGINT, *hung_up):
        loop.add_signal_handler(number, obey, number)


def _greet(settings: Settings, port: int) -> None:
    """Say where to look: in the log, and in a few lines to people who sit at the terminal."""
    host, far = settings.serve.host, upstream(settings)
    title, source = called(settings)[0], far.name if far else str(settings.source_path)
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
    facts = {"version": __version__, "title": title, "source": source, "feeds": str(settings.publish_path)}
    log.info("started", extra=facts | {"published_as": settings.publish.url, "address": address, "pid": os.getpid()})
    if not sys.stdout.isatty():
        return
    print(  # noqa: T201
        f"syndicator {__version__}: {title}\n"
        f"posts    {source}\n"
        f"feeds    {settings.publish_path}, published as {settings.publish.url}\n"
        f"serving  {address} (how things are), /readyz, /livez\n"
        f"stop it  with Ctrl-C",
        flush=True,
        file=sys.stdout,
    )
