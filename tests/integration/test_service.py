"""The service's lanes on a real loop, over a state in memory: what readers see, when hubs hear, and what goes wrong."""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicator.errors import PublishError, SourceError, StateError
from syndicator.model import (
    Document,
    DocumentRecord,
    Entry,
    FeedRecord,
    Format,
    Held,
    PageRecord,
    PostRecord,
    PostWarning,
    digest,
)
from syndicator.passes import Report
from syndicator.ports import (
    BEING_WRITTEN,
    EntryRecord,
    FetchReport,
    ImageAnswer,
    LedgerChange,
    PassRecord,
    PostLine,
    Publication,
    Refusal,
    Touched,
)
from syndicator.service import Service
from syndicator.showing import Showing

Turn = Callable[[], AbstractAsyncContextManager[bool]]
REPORT = Report(posts=1, live=1, read=0, entries=0, feeds=1, documents=1)
FEED = "feed.xml"
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Shelf:
    """What readers see now."""

    seen: dict[str, bytes] = field(default_factory=dict)
    pages: list[str] = field(default_factory=list)
    swaps: int = 0
    fault: Exception | None = None

    def show(self, documents: Sequence[tuple[DocumentRecord, bytes]], pages: Sequence[DocumentRecord]) -> None:
        if self.fault is not None:
            raise self.fault
        self.seen = {record.path: body for record, body in documents}
        self.pages = [page.path for page in pages]
        self.swaps += 1


@dataclass(slots=True)
class Timers:
    """Timers that go off when the test says so."""

    set: dict[str, tuple[datetime, Callable[[], None]]] = field(default_factory=dict)
    intervals: dict[str, timedelta] = field(default_factory=dict)
    jump: Callable[[], None] = lambda: None

    def at(self, instant: datetime, wake: Callable[[], None], *, name: str) -> None:
        self.set[name] = (instant, wake)

    def after(self, delay: timedelta, wake: Callable[[], None], *, name: str) -> None:
        self.set[name] = (datetime.now(UTC) + delay, wake)

    def forget(self, name: str) -> None:
        self.set.pop(name, None)

    def on_jump(self, wake: Callable[[], None]) -> None:
        self.jump = wake

    def pending(self) -> list[tuple[str, datetime]]:
        return [(name, instant) for name, (instant, _) in self.set.items()]

    def every(self, interval: timedelta, wake: Callable[[], None], *, name: str) -> None:
        self.intervals[name] = interval
        self.set[name] = (datetime.now(UTC) + interval, wake)

    def fire(self, name: str) -> None:
        self.set.pop(name)[1]()

    def wait(self, name: str) -> float:
        """Seconds from now until a timer goes off."""
        return (self.set[name][0] - datetime.now(UTC)).total_seconds()


@dataclass(slots=True)
class Seen:
    """Everything is seen."""

    blind: str = ""
    is_exact: bool = True


@dataclass(slots=True)
class World:
    """Ledger, folder of documents and hubs in one: ``publish`` does what a pass does, ``owed`` is what hubs await."""

    files: dict[str, bytes] = field(default_factory=dict)
    records: dict[str, DocumentRecord] = field(default_factory=dict)
    owed: list[tuple[str, bytes]] = field(default_factory=list)
    told: list[tuple[bytes, bytes | None]] = field(default_factory=list)
    shelf: Shelf = field(default_factory=Shelf)
    timers: Timers = field(default_factory=Timers)
    passes: int = 0
    looked: list[Touched] = field(default_factory=list)
    work: Callable[[], Report] = lambda: REPORT
    reads: list[str] = field(default_factory=list)
    fault: Exception | None = None
    last: PassRecord | None = None

    # --- what a pass does

    def publish(self, body: bytes, path: str = FEED) -> Report:
        self.files[path] = body
        self.records[path] = DocumentRecord(
            path=path,
            url=f"https://news.example.org/{path}",
            feed="main",
            format=Format.RSS,
            digest=digest(body),
            source="s",
            version="v",
            changed=datetime(2026, 3, 1, tzinfo=UTC),
            media_type="application/rss+xml",
            hubs=(),
        )
        self.owed.append((path, body))
        return replace(REPORT, written=(path,), read=1)

    def make_pass(self, _: datetime, touched: Touched) -> Report:
        self.looked.append(touched)
        self.passes += 1
        return self.work()

    async def passed(self, count: int, timer: str = "") -> None:
        """Wait until so many passes were begun, and a timer is set."""
        await until(lambda: self.passes == count and (not timer or timer in self.timers.set))

    # --- hubs

    async def deliver(self, turn: Turn) -> int:
        count = 0
        while True:
            async with turn() as allowed:
                claimed, self.owed = (self.owed[:1], self.owed[1:]) if allowed else ([], self.owed)
            if not claimed:
                return count
            for path, body in claimed:
                self.told.append((body, self.shelf.seen.get(path)))
                count += 1

    # --- ledger and publisher; what the service never asks is not answered

    def documents(self) -> dict[str, DocumentRecord]:
        if self.fault is not None:
            raise self.fault
        return dict(self.records)

    def read(self, path: str) -> bytes | None:
        self.reads.append(path)
        return self.files.get(path)

    def posts(self) -> dict[str, PostRecord]:
        raise NotImplementedError

    def posts_at(self, paths: Collection[str]) -> dict[str, PostRecord]:
        raise NotImplementedError

    def posts_called(self, ids: Collection[str]) -> tuple[PostRecord, ...]:
        raise NotImplementedError

    def ids_beginning(self, beginning: str) -> tuple[PostRecord, ...]:
        raise NotImplementedError

    def departed(self, clues: Collection[str], at: datetime) -> tuple[PostRecord, ...]:
        raise NotImplementedError

    def came_due(self, since: datetime, now: datetime) -> int:
        raise NotImplementedError

    def expired(self, since: datetime, now: datetime) -> tuple[PostRecord, ...]:
        raise NotImplementedError

    def next_to_expire(self, now: datetime) -> PostRecord | None:
        raise NotImplementedError

    def counts(self, now: datetime) -> dict[str, int]:
        raise NotImplementedError

    def waiting(self, now: datetime, most: int) -> tuple[PostRecord, ...]:
        raise NotImplementedError

    def lines(self, names: Collection[str]) -> Iterator[PostLine]:
        raise NotImplementedError

    def refusals(self) -> dict[str, Refusal]:
        raise NotImplementedError

    def held(self) -> dict[str, Held]:
        return {}

    def approve(self, held: Sequence[Held]) -> None:
        raise NotImplementedError

    def feeds(self) -> dict[str, FeedRecord]:
        raise NotImplementedError

    def pages(self) -> dict[str, tuple[PageRecord, ...]]:
        raise NotImplementedError

    def entry_records(self) -> dict[str, EntryRecord]:
        raise NotImplementedError

    def entries(self, paths: Collection[str]) -> dict[str, Entry]:
        raise NotImplementedError

    def images(self, urls: Collection[str]) -> dict[str, ImageAnswer]:
        raise NotImplementedError

    def versions(self) -> dict[str, str]:
        return {}

    def last_pass(self) -> PassRecord | None:
        return self.last

    def remember(self, change: LedgerChange) -> None:
        raise NotImplementedError

    def record(self, publication: Publication, now: datetime) -> None:
        raise NotImplementedError

    def note_pass(self, record: PassRecord) -> None:
        raise NotImplementedError

    def put(self, document: Document) -> str:
        raise NotImplementedError

    def settle(self, paths: Collection[str]) -> None:
        raise NotImplementedError

    def delete(self, path: str) -> None:
        raise NotImplementedError

    def altered(self, versions: object) -> frozenset[str]:
        raise NotImplementedError

    def sweep(self, paths: Collection[str] = ()) -> None:
        raise NotImplementedError

    def begin(self, paths: Collection[str]) -> None:
        raise NotImplementedError

    def end(self, paths: Collection[str], waiting: Collection[str] = ()) -> None:
        raise NotImplementedError


@pytest.fixture
def world() -> World:
    return World()


def service_of(world: World) -> Service:
    async def nothing() -> int:
        return 0

    return Service(
        make_pass=world.make_pass,
        deliver=world.deliver,
        ask=nothing,
        next_delivery=lambda: datetime.now(UTC) if world.owed else None,
        next_question=lambda: None,
        hints=None,
        ledger=world,
        showing=Showing(world, world, world.shelf),
        timer=world.timers,
        every=timedelta(minutes=1),
    )


@asynccontextmanager
async def running(service: Service) -> AsyncIterator[asyncio.Event]:
    stop = asyncio.Event()
    task = asyncio.create_task(service.run(stop))
    try:
        yield stop
    finally:
        stop.set()
        async with asyncio.timeout(10):
            await task


async def until(look: Callable[[], object]) -> None:
    """Wait for something to be true; the loop's other work goes on."""
    async with asyncio.timeout(10):
        while not look():
            await asyncio.sleep(0.005)


async def rest() -> None:
    """Let everything happen that would happen without a timer."""
    await asyncio.sleep(0.1)


# --- what readers see, and when hubs hear -----------------------------------------------------------------------------


async def test_hubs_hear_of_what_readers_are_shown(world: World) -> None:
    world.work = lambda: world.publish(b"one")
    async with running(service_of(world)):
        await until(lambda: world.told)

    assert [(b"one", b"one")] == world.told


async def test_a_lane_that_is_awake_claims_nothing_between_the_commit_and_the_showing(world: World) -> None:
    """The rows of a pass are there before its documents are shown: who is awake already must not take them."""
    service, gate, begun = service_of(world), threading.Event(), threading.Event()
    service.next_delivery = lambda: datetime.now(UTC)

    def slow_pass() -> Report:
        report = world.publish(b"two")
        begun.set()
        gate.wait(10)
        return report

    world.work = lambda: world.publish(b"one")
    async with running(service):
        await until(lambda: world.told and "next of deliveries" in world.timers.set)
        world.work = slow_pass
        world.timers.fire("scan")
        await until(begun.is_set)
        world.timers.fire("next of deliveries")
        await rest()
        assert [(b"one", b"one")] == world.told
        gate.set()
        await until(lambda: len(world.told) == 2)

    assert (b"two", b"two") == world.told[1]


@pytest.mark.parametrize("fault", [StateError("state", "it is locked"), RuntimeError("a fault of ours")])
async def test_after_a_showing_that_failed_the_next_pass_shows_though_it_writes_nothing(
    world: World, fault: Exception
) -> None:
    service = service_of(world)
    world.work = lambda: world.publish(b"one")
    async with running(service):
        await until(lambda: world.told)
        world.shelf.fault, world.work = fault, lambda: world.publish(b"two")
        world.timers.fire("scan")
        await until(lambda: "serving" in service.health.problems)
        world.work = lambda: REPORT
        world.timers.fire("again: serving")
        await until(lambda: world.passes == 3)
        # Still not shown: the fault stays known, and a lane that wakes up tells nobody.
        service.next_delivery = lambda: datetime.now(UTC)
        await until(lambda: "again: serving" in world.timers.set)
        assert "serving" in service.health.problems
        assert [(b"one", b"one")] == world.told
        assert {FEED: b"one"} == world.shelf.seen
        world.shelf.fault = None
        world.timers.fire("again: serving")
        await until(lambda: len(world.told) == 2)

    assert (b"two", b"two") == world.told[1]
    assert {} == service.health.problems


async def test_what_a_pass_published_before_it_failed_is_shown_and_told(world: World) -> None:
    service = service_of(world)

    def half() -> Report:
        world.publish(b"half")
        raise PublishError("other.xml", "the disk is full")

    world.work = half
    async with running(service):
        await until(lambda: world.told)

        assert [(b"half", b"half")] == world.told
        assert {"pass": "other.xml: the disk is full"} == service.health.problems
        assert not service.health.ready


async def test_pages_of_archives_are_shown_without_being_read(world: World) -> None:
    world.publish(b"one")
    world.publish(b"page", "feed.archive-1.xml")
    world.records["feed.archive-1.xml"] = replace(world.records["feed.archive-1.xml"], page=1)
    async with running(service_of(world)):
        await until(lambda: world.shelf.pages == ["feed.archive-1.xml"])
        assert ([FEED], {FEED: b"one"}) == (world.reads, world.shelf.seen)

        del world.records["feed.archive-1.xml"]
        world.timers.fire("scan")
        await until(lambda: world.shelf.pages == [])
        assert [FEED] == world.reads


async def test_a_pass_that_changed_nothing_shows_and_reads_nothing_again(world: World) -> None:
    world.work = lambda: world.publish(b"one")
    async with running(service_of(world)):
        await until(lambda: world.told)
        world.work = lambda: REPORT
        world.timers.fire("scan")
        await until(lambda: world.passes == 2)
        await rest()

    assert (1, [FEED]) == (world.shelf.swaps, world.reads)


async def test_a_document_that_is_gone_or_was_changed_is_not_served_nor_are_the_others_lost(world: World) -> None:
    world.publish(b"one")
    world.publish(b"other", "other.xml")
    world.publish(b"gone", "gone.xml")
    world.owed = []
    world.files["other.xml"] = b"somebody else's"
    del world.files["gone.xml"]
    service, entered, gate = service_of(world), threading.Event(), threading.Event()

    def mend() -> Report:
        entered.set()
        gate.wait(10)
        world.files |= {"other.xml": b"other", "gone.xml": b"gone"}
        return REPORT

    world.work = mend
    async with running(service):
        await until(entered.is_set)
        assert {FEED: b"one"} == world.shelf.seen
        assert not service.health.ready
        assert "other.xml: was changed by somebody else" in service.health.problems["serving"]
        gate.set()
        await until(lambda: service.health.ready)

    assert {FEED: b"one", "other.xml": b"other", "gone.xml": b"gone"} == world.shelf.seen
    assert {} == service.health.problems


async def test_the_last_good_documents_are_shown_while_the_first_pass_is_made(world: World) -> None:
    world.publish(b"one")
    service, gate = service_of(world), threading.Event()
    world.work = lambda: (gate.wait(10), REPORT)[1]
    async with running(service):
        await until(lambda: world.passes)
        assert {FEED: b"one"} == world.shelf.seen
        assert (True, ()) == service.health.readiness()
        assert [] == world.told
        gate.set()
        await until(lambda: world.told)


# --- what goes wrong --------------------------------------------------------------------------------------------------


def broken() -> Report:
    raise KeyError("title")


async def test_a_fault_of_the_program_in_a_pass_ends_nothing_and_is_said_once_with_its_place(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    service = service_of(world)
    world.publish(b"one")
    world.owed = []
    world.work = broken
    pauses = []
    async with running(service):
        for count in range(1, 9):
            await world.passed(count, "again: pass")
            pauses.append(round(world.timers.wait("again: pass")))
            if count < 8:
                world.timers.fire("again: pass")
        ready, reasons = service.health.readiness()
        assert ready
        assert {FEED: b"one"} == world.shelf.seen
        (reason,) = reasons
        assert re.match(r"pass: KeyError at \w+\.py:\d+: ", reason)
        assert "'title'" in reason
        (said,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
        assert said.exc_info is not None
        assert said.exc_info[0] is KeyError
        world.work = lambda: world.publish(b"two")
        world.timers.fire("again: pass")
        await until(lambda: world.told)

    assert [5, 10, 20, 40, 80, 160, 300, 300] == pauses
    assert {} == service.health.problems


async def test_a_fault_of_the_world_is_tried_again_after_five_seconds_however_often(world: World) -> None:
    service = service_of(world)

    def missing() -> Report:
        raise SourceError("source", "does not exist", "mount it")

    world.work = missing
    async with running(service):
        for count in range(1, 5):
            await world.passed(count, "again: pass")
            assert 5 == round(world.timers.wait("again: pass"))
            world.timers.fire("again: pass")
        assert {"pass": "source: does not exist; mount it"} == service.health.problems


async def test_what_time_does_while_the_source_is_away_is_shown_and_told_and_the_next_instant_is_waited_for(
    world: World,
) -> None:
    service = service_of(world)
    next_change = datetime.now(UTC) + timedelta(hours=1)

    def lapse() -> Report:
        away = SourceError("source", "does not exist", "mount it")
        return replace(world.publish(b"less"), away=away, next_change=next_change, next_why="a.md expires")

    world.work = lapse
    async with running(service):
        await until(lambda: world.told)
        await until(lambda: {"next change", "again: pass"} <= world.timers.set.keys())
        assert {"pass": "source: does not exist; mount it"} == service.health.problems
        assert {FEED: b"less"} == world.shelf.seen
        assert service.health.scanned is None
        world.work = lambda: world.publish(b"less still")
        world.timers.fire("next change")
        await until(lambda: not service.health.problems)
        assert "again: pass" not in {wait.what for wait in service.waits()}
        assert "again: pass" not in world.timers.set


async def test_the_clock_does_not_wait_for_the_first_fetch(world: World) -> None:
    """Neither a repository nor a copy of it is there: what is due by the last pass is done at its instant."""
    service, instant = service_of(world), datetime.now(UTC) + timedelta(hours=1)
    world.last = PassRecord(
        at=instant - timedelta(hours=2), seconds=1, posts=1, live=1, feeds=1, documents=1, written=1, refused=0,
        next_change=instant, next_why="a.md expires",
    )  # fmt: skip
    service.upstream = far = Far()
    async with running(service):
        await until(lambda: "next change" in world.timers.set)
        assert 0 == world.passes
        world.timers.fire("next change")
        await until(lambda: world.passes == 1)
        far.free.set()


@pytest.mark.parametrize("error", [StateError("state", "it is locked"), ZeroDivisionError("nothing to share")])
@pytest.mark.parametrize("name", ["deliveries", "images"])
async def test_a_fault_in_a_lane_is_known_and_mends_itself(world: World, name: str, error: Exception) -> None:
    service, calls = service_of(world), 0

    async def fail(*_: object) -> int:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise error
        return 0

    if name == "deliveries":
        service.deliver = fail
    else:
        service.ask = fail
    async with running(service):
        await until(lambda: name in service.health.problems)
        assert str(error) in service.health.problems[name]
        assert service.health.ready
        world.timers.fire(f"again: {name}")
        await until(lambda: not service.health.problems)

    assert 2 == calls


async def test_a_watch_that_breaks_is_begun_again(world: World) -> None:
    service, begun = service_of(world), 0

    async def hints(stop: asyncio.Event) -> AsyncIterator[Touched]:
        nonlocal begun
        await asyncio.sleep(0)
        begun += 1
        if begun == 1:
            raise RuntimeError("the watcher is gone")
        yield None
        await stop.wait()

    service.hints = hints
    async with running(service):
        await until(lambda: "watch" in service.health.problems)
        world.timers.fire("first pass")
        await world.passed(1)
        world.timers.fire("again: watch")
        await until(lambda: world.passes == 2)


async def test_a_ledger_that_cannot_be_read_holds_hubs_up_and_nothing_else(world: World) -> None:
    service = service_of(world)
    world.work = lambda: world.publish(b"one")
    world.fault = StateError("state", "it is locked")
    async with running(service):
        await until(lambda: world.passes == 1 and "again: serving" in world.timers.set)
        await rest()
        assert (False, []) == (service.health.ready, world.told)
        world.fault = None
        world.timers.fire("again: serving")
        await until(lambda: world.told)


# --- when it works ----------------------------------------------------------------------------------------------------


async def test_it_looks_again_at_the_next_change_and_at_intervals(world: World) -> None:
    soon = datetime.now(UTC) + timedelta(hours=3)
    world.work = lambda: replace(REPORT, next_change=soon)
    async with running(service_of(world)):
        await until(lambda: "next change" in world.timers.set)
        assert soon == world.timers.set["next change"][0]
        assert {"scan": timedelta(minutes=1)} == world.timers.intervals
        assert "second look" not in world.timers.set
        world.timers.fire("next change")
        await until(lambda: world.passes == 2)


@pytest.mark.parametrize("report", [replace(REPORT, read=1), replace(REPORT, again=True)])
async def test_looks_that_publish_nothing_become_ever_rarer(world: World, report: Report) -> None:
    world.work = lambda: report
    pauses = []
    async with running(service_of(world)):
        for count in range(1, 9):
            await world.passed(count, "second look")
            pauses.append(round(world.timers.wait("second look")))
            world.timers.fire("second look")
        await until(lambda: world.passes == 9 and "second look" in world.timers.set)
        world.work = lambda: world.publish(b"one")
        world.timers.fire("second look")
        await until(lambda: world.passes == 10 and "second look" in world.timers.set)
        assert 1 == round(world.timers.wait("second look"))
        world.work = lambda: REPORT
        world.timers.fire("second look")
        await until(lambda: world.passes == 11)
        await rest()
        assert "second look" not in world.timers.set

    assert [1, 2, 4, 8, 16, 32, 60, 60] == pauses


async def test_the_first_pass_is_made_when_the_folder_is_watched_and_only_that(world: World) -> None:
    service = service_of(world)

    async def hints(stop: asyncio.Event) -> AsyncIterator[Touched]:
        await rest()
        assert 0 == world.passes
        yield None
        await stop.wait()

    service.hints = hints
    async with running(service):
        await world.passed(1)
        await rest()
        assert "first pass" not in world.timers.set

    assert [None] == world.looked


async def test_a_burst_of_hints_during_a_pass_makes_one_more(world: World) -> None:
    service, gate, hint = service_of(world), threading.Event(), asyncio.Event()

    async def hints(stop: asyncio.Event) -> AsyncIterator[Touched]:
        yield None
        await hint.wait()
        for number in range(100):
            yield frozenset({f"{number}.md"})
        await stop.wait()

    service.hints = hints
    world.work = lambda: (gate.wait(10), REPORT)[1]
    async with running(service):
        await until(lambda: world.passes == 1)
        hint.set()
        await rest()
        gate.set()
        await until(lambda: world.passes == 2)
        await rest()

    assert 2 == world.passes
    assert [None, frozenset(f"{number}.md" for number in range(100))] == world.looked


async def test_a_pass_looks_where_something_was_touched_and_everywhere_after_one_that_failed(world: World) -> None:
    service, hinted = service_of(world), asyncio.Queue[Touched]()

    async def hints(_: asyncio.Event) -> AsyncIterator[Touched]:
        yield None
        while (touched := await hinted.get()) != frozenset({"stop"}):
            yield touched

    service.hints = hints
    async with running(service):
        await world.passed(1)
        hinted.put_nowait(frozenset({"a.md"}))
        await world.passed(2)
        world.work = broken
        hinted.put_nowait(frozenset({"b.md"}))
        await world.passed(3, "again: pass")
        world.work = lambda: replace(REPORT, next_change=datetime.now(UTC))
        world.timers.fire("again: pass")
        await world.passed(4, "next change")
        world.timers.fire("next change")
        await world.passed(5)
        world.timers.fire("scan")
        await world.passed(6)
        hinted.put_nowait(frozenset({"stop"}))

    assert [None, {"a.md"}, {"b.md"}, None, frozenset(), None] == world.looked


async def test_where_nothing_changes_unseen_intervals_look_nowhere_until_a_scan_is_due(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look at intervals is for what needs no scan: approvals, documents that somebody has changed."""
    service, sight = service_of(world), Seen()
    service.sight = sight
    monkeypatch.setattr("syndicator.service.pause_of_scans", lambda *_, is_exact: timedelta(hours=1 if is_exact else 0))
    async with running(service):
        await world.passed(1)
        await until(lambda: (service.waits()[-1].until or NEVER) > datetime.now(UTC) + timedelta(minutes=59))
        world.timers.set["scan"][1]()
        await world.passed(2)
        sight.is_exact = False
        world.timers.set["scan"][1]()
        await world.passed(3)

    assert [None, frozenset(), None] == world.looked


async def test_every_wait_has_a_reason_and_a_time(world: World) -> None:
    service, soon = service_of(world), datetime.now(UTC) + timedelta(seconds=30)
    service.next_delivery = lambda: soon
    world.work = lambda: replace(REPORT, next_change=soon + timedelta(days=1), next_why="an embargo", read=1)
    async with running(service):
        await until(lambda: len(service.waits()) == 4)
        waits = service.waits()

    assert ["second look", "next of deliveries", "scan", "next change"] == [wait.what for wait in waits]
    assert soon == waits[1].until
    assert all(wait.why and wait.until for wait in waits)


async def test_a_fault_is_a_wait_with_its_reason(world: World) -> None:
    service = service_of(world)
    world.work = broken
    async with running(service):
        await world.passed(1, "again: pass")
        (wait,) = [wait for wait in service.waits() if wait.what == "again: pass"]

    assert "KeyError" in wait.why


def refused(reason: str, path: str = "a.md") -> Report:
    return replace(REPORT, refused=(Refusal(path=path, version="", reason=reason, since=datetime.now(UTC)),))


async def test_what_is_wrong_with_a_file_that_was_just_touched_is_said_when_it_stays_so(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Programs write files in parts: what is refused now is perhaps only the first of them."""
    service, hinted = service_of(world), asyncio.Queue[Touched]()

    async def hints(_: asyncio.Event) -> AsyncIterator[Touched]:
        yield None
        while (touched := await hinted.get()) != frozenset({"stop"}):
            yield touched

    service.hints = hints
    async with running(service):
        await world.passed(1)
        world.work = lambda: refused("no end of front matter", "new/a.md")
        hinted.put_nowait(frozenset({"new"}))
        await world.passed(2, "refusals")
        assert ([], {}) == (caplog.messages, service.health.problems)
        service._young = {}  # two seconds later
        world.timers.fire("refusals")
        assert {"post new/a.md": "no end of front matter"} == service.health.problems
        assert ["post refused"] == caplog.messages
        hinted.put_nowait(frozenset({"stop"}))


async def test_a_file_that_is_being_written_is_looked_at_again_and_no_refusal_is_said(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    service = service_of(world)
    service.sight = Seen()
    world.work = lambda: refused(BEING_WRITTEN)
    async with running(service):
        await world.passed(1, "second look")
        world.work = lambda: REPORT
        world.timers.fire("second look")
        await world.passed(2)

    assert [None, {"a.md"}] == world.looked
    assert ([], {}) == (caplog.messages, service.health.problems)


async def test_a_clock_that_was_set_makes_one_pass_that_looks_nowhere(world: World) -> None:
    async with running(service_of(world)):
        await world.passed(1)
        await rest()
        world.timers.jump()
        await world.passed(2)
        await rest()

    assert [None, frozenset()] == world.looked


async def test_a_clock_behind_what_was_published_is_a_problem_that_is_said_once_and_goes_when_it_gets_there(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    service, published = service_of(world), datetime(2026, 3, 1, tzinfo=UTC)
    world.publish(b"one")
    world.owed = []
    service.now = lambda: published - timedelta(hours=1)
    async with running(service):
        await world.passed(1)
        await until(lambda: "clock" in service.health.problems)
        assert "feed.xml was published at 2026-03-01 00:00:00 UTC" in service.health.problems["clock"]
        world.timers.set["scan"][1]()
        await world.passed(2)
        service.now = lambda: published + timedelta(seconds=1)
        world.timers.set["scan"][1]()
        await world.passed(3)
        assert "clock" not in service.health.problems

    assert 1 == caplog.messages.count("the clock is wrong")


async def test_a_clock_behind_a_pass_that_published_nothing_stays_a_problem_until_it_gets_there(world: World) -> None:
    service, then = service_of(world), datetime(2026, 3, 1, tzinfo=UTC)
    service.now = lambda: then
    async with running(service):
        await world.passed(1)
        service.now = lambda: then - timedelta(hours=1)
        for number in (2, 3):
            world.timers.set["scan"][1]()
            await world.passed(number)
            await until(lambda: "something was published" in service.health.problems.get("clock", ""))
        service.now = lambda: then
        world.timers.set["scan"][1]()
        await world.passed(4)
        await until(lambda: "clock" not in service.health.problems)


@dataclass(slots=True)
class Far:
    """A repository that is fetched when the test lets it."""

    name: str = "far"
    begun: int = 0
    free: threading.Event = field(default_factory=threading.Event)

    def fetch(self, stopped: Callable[[], bool] = bool) -> bool:
        self.begun += 1
        self.free.wait(10)
        return False

    def is_spoilt(self) -> bool:
        return False

    def report(self) -> FetchReport | None:
        return None


async def test_many_who_call_share_one_fetch_and_one_more_at_most_when_it_had_begun(world: World) -> None:
    service, far = service_of(world), Far()
    service.upstream = far
    service.wake()  # before it runs: it begins with a fetch anyway
    async with running(service):
        await until(lambda: far.begun == 1)
        for _ in range(50):
            service.wake()
        far.free.set()
        await until(lambda: far.begun == 2)
        await rest()

        assert 2 == far.begun
        service.wake()
        await until(lambda: far.begun == 3)


async def test_who_calls_has_a_folder_looked_through(world: World) -> None:
    service = service_of(world)
    async with running(service):
        await world.passed(1)
        service.wake()
        await world.passed(2)
        assert service.health.scanned is not None


async def test_images_that_became_known_make_a_pass(world: World) -> None:
    service, known = service_of(world), [0, 3]

    async def ask() -> int:
        return known.pop() if known else 0

    service.ask = ask
    async with running(service):
        await until(lambda: world.passes == 2)

    assert [None, frozenset()] == world.looked


async def test_a_lane_rests_though_something_is_due_that_it_cannot_get(world: World) -> None:
    service = service_of(world)
    service.next_question = lambda: datetime.now(UTC) - timedelta(hours=1)
    async with running(service):
        await until(lambda: "next of images" in world.timers.set)
        assert 0 < world.timers.wait("next of images") <= 1


async def test_lanes_that_are_switched_off_do_nothing(world: World) -> None:
    service = service_of(world)
    service.deliver = service.ask = None
    world.work = lambda: world.publish(b"one")
    async with running(service):
        await until(lambda: service.health.ready)
        await rest()

    assert ([], [(FEED, b"one")]) == (world.told, world.owed)
    assert not {"next of deliveries", "next of images"} & world.timers.set.keys()


async def test_an_oddity_of_a_post_is_said_once_while_it_lasts(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    world.work = lambda: replace(REPORT, warnings=(PostWarning(path="a.md", reason="it is another post's"),))
    async with running(service_of(world)):
        await until(lambda: world.passes == 1)
        world.timers.fire("scan")
        await until(lambda: world.passes == 2)

    assert 1 == caplog.messages.count("post has an oddity")


# --- the end ----------------------------------------------------------------------------------------------------------


async def test_stopping_lets_the_pass_and_the_deliveries_under_way_finish_and_begins_no_others(world: World) -> None:
    service, sending, answered, gate = service_of(world), asyncio.Event(), asyncio.Event(), threading.Event()
    deliver = world.deliver

    async def slow(turn: Turn) -> int:
        async with turn() as allowed:
            first = world.owed.pop(0) if allowed else None
        if first is not None:
            sending.set()
            await answered.wait()
            world.told.append((first[1], world.shelf.seen.get(first[0])))
        return await deliver(turn)

    service.deliver = slow
    world.owed = [(FEED, b"earlier")]
    stop = asyncio.Event()
    task = asyncio.create_task(service.run(stop))
    await until(sending.is_set)
    world.work = lambda: (gate.wait(10), world.publish(b"last"))[1]
    world.timers.fire("scan")
    await until(lambda: world.passes == 2)

    stop.set()
    await rest()
    assert (False, ("stopping",)) == service.health.readiness()
    assert not task.done()
    gate.set()
    answered.set()
    async with asyncio.timeout(10):
        await task

    assert {FEED: b"last"} == world.shelf.seen
    assert [b"earlier"] == [body for body, _ in world.told]
    assert [(FEED, b"last")] == world.owed
    assert 2 == world.passes


async def test_stopping_while_nothing_goes_on_takes_no_time(world: World) -> None:
    async with running(service_of(world)) as stop:
        await until(lambda: world.passes)
        stop.set()


async def test_a_working_lane_is_never_begun_twice_at_once(world: World) -> None:
    service, inside, most = service_of(world), 0, 0

    async def ask() -> int:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0.01)
        inside -= 1
        return 0

    service.ask = ask
    async with running(service):
        for count in range(1, 6):
            await world.passed(count)
            world.timers.set["scan"][1]()

    assert 1 == most
