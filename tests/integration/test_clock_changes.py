"""The nights on which clocks are changed: posts appear and go at their instant, once, whenever the service was down.

Nothing here computes with zones: what each wall clock means stands in a table, in UTC and written down by hand.
"""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import time_machine

from syndicator.app import State, orders, publisher, state_to_write
from syndicator.passes import Report
from syndicator.pipeline import Pipeline
from syndicator.scheduler import Clock
from syndicator.settings import load_settings
from syndicator.sourcing import Readers

SETTLE = timedelta(minutes=20)
TOPICS = ("atom.xml", "feed.json")
FIRST_BUILD = datetime(2026, 9, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Wall:
    """A date as somebody writes it, and the instant it is to Jekyll, to a plain folder and to Hugo."""

    written: str
    jekyll: str
    plain: str
    hugo: str

    def instant(self, dialect: str) -> datetime:
        return datetime.fromisoformat(getattr(self, dialect)).replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Night:
    """From when to when a night is, in UTC, and the instant at which clocks are changed. Each of ``walls`` ends the
    embargo of one post and expires another; ``saved`` are when new posts are saved, each with the ``walls`` it has for
    a date.
    """

    begins: str
    change: str
    ends: str
    walls: tuple[Wall, ...]
    saved: tuple[tuple[str, Wall], ...]


def same(written: str, instant: str) -> Wall:
    """A wall clock that all read alike."""
    return Wall(written, instant, instant, instant)


NIGHTS = {
    # Hours that come twice: Jekyll takes the later one as Ruby does, plain folders the first; Hugo takes what Go takes.
    "Europe/Berlin, back": Night(
        "2026-10-24T20:00", "2026-10-25T01:00", "2026-10-25T06:00",
        (
            same("2026-10-25 01:59", "2026-10-24T23:59"),
            Wall("2026-10-25 02:00", "2026-10-25T01:00", "2026-10-25T00:00", "2026-10-25T01:00"),
            Wall("2026-10-25 02:30", "2026-10-25T01:30", "2026-10-25T00:30", "2026-10-25T01:30"),
            Wall("2026-10-25 02:59", "2026-10-25T01:59", "2026-10-25T00:59", "2026-10-25T01:59"),
            same("2026-10-25 02:40:00 +0200", "2026-10-25T00:40"),
            same("2026-10-25 02:40:00 +0100", "2026-10-25T01:40"),
            same("2026-10-25 03:00", "2026-10-25T02:00"),
        ),
        (
            ("2026-10-25T00:50", same("2026-10-24", "2026-10-23T22:00")),
            ("2026-10-25T00:20", Wall("2026-10-25 02:35", "2026-10-25T01:35", "2026-10-25T00:35", "2026-10-25T01:35")),
        ),
    ),
    # Hours that are missing are read with the offset before the change; Go's way is another west of Greenwich.
    "Europe/Berlin, forward": Night(
        "2027-03-27T20:00", "2027-03-28T01:00", "2027-03-28T06:00",
        (
            same("2027-03-28 01:59", "2027-03-28T00:59"),
            same("2027-03-28 02:00", "2027-03-28T01:00"),
            same("2027-03-28 02:30", "2027-03-28T01:30"),
            same("2027-03-28 03:00", "2027-03-28T01:00"),
            same("2027-03-28 03:40", "2027-03-28T01:40"),
        ),
        (
            ("2027-03-28T00:50", same("2027-03-27", "2027-03-26T23:00")),
            ("2027-03-28T00:55", same("2027-03-28 02:45", "2027-03-28T01:45")),
        ),
    ),
    "America/New_York, back": Night(
        "2026-10-31T22:00", "2026-11-01T06:00", "2026-11-01T11:00",
        (
            same("2026-11-01 00:59", "2026-11-01T04:59"),
            Wall("2026-11-01 01:00", "2026-11-01T06:00", "2026-11-01T05:00", "2026-11-01T05:00"),
            Wall("2026-11-01 01:30", "2026-11-01T06:30", "2026-11-01T05:30", "2026-11-01T05:30"),
            same("2026-11-01 01:40:00 -0400", "2026-11-01T05:40"),
            same("2026-11-01 01:40:00 -0500", "2026-11-01T06:40"),
            same("2026-11-01 02:00", "2026-11-01T07:00"),
        ),
        (
            ("2026-11-01T05:50", same("2026-10-31", "2026-10-31T04:00")),
            ("2026-11-01T05:20", Wall("2026-11-01 01:35", "2026-11-01T06:35", "2026-11-01T05:35", "2026-11-01T05:35")),
        ),
    ),
    "America/New_York, forward": Night(
        "2027-03-13T22:00", "2027-03-14T07:00", "2027-03-14T12:00",
        (
            same("2027-03-14 01:59", "2027-03-14T06:59"),
            Wall("2027-03-14 02:00", "2027-03-14T07:00", "2027-03-14T07:00", "2027-03-14T06:00"),
            Wall("2027-03-14 02:30", "2027-03-14T07:30", "2027-03-14T07:30", "2027-03-14T06:30"),
            same("2027-03-14 03:00", "2027-03-14T07:00"),
            same("2027-03-14 03:40", "2027-03-14T07:40"),
        ),
        (
            ("2027-03-14T06:50", same("2027-03-13", "2027-03-13T05:00")),
            ("2027-03-14T05:55", Wall("2027-03-14 02:45", "2027-03-14T07:45", "2027-03-14T07:45", "2027-03-14T06:45")),
        ),
    ),
}  # fmt: skip
PLACES = {"jekyll": "_posts/2026-01-01-{}.md", "plain": "{}.md", "hugo": "content/{}.md"}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass(slots=True)
class World:
    """A newsroom whose service lives again and again, and what should come of it by literal instants alone."""

    root: Path
    zone: str
    dialect: str
    appears: dict[str, datetime] = field(default_factory=dict)
    goes: dict[str, datetime] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    life: ExitStack = field(default_factory=ExitStack)
    pipeline: Pipeline | None = None

    def __post_init__(self) -> None:
        (self.root / "syndicator.toml").write_text(
            f'[site]\ntitle = "T"\nurl = "https://news.example.org"\ntimezone = "{self.zone}"\n'
            f'[source]\npath = "site"\ndialect = "{self.dialect}"\n'
            '[publish]\nto = "public"\nurl = "https://news.example.org/"\nsettle = "20m"\n'
            '[state]\nurl = "sqlite:///state.db"\n[[hubs]]\nurl = "https://hub.example.net/"\n'
            '[[feeds]]\nname = "main"\natom = "atom.xml"\njson = "feed.json"\nlimit = 500\n'
        )
        self.write("always", "2026-01-01")
        self.appears["always"] = utc("2026-01-01T12:00")

    def write(self, title: str, date: str, expires: str = "", words: str = "Words.", head: str = "") -> None:
        """Write a post as an editor does: beside, then renamed into place."""
        end = f"expiryDate: {expires}\n" if expires else ""
        path = self.root / "site" / PLACES[self.dialect].format(title.replace(" ", "-").replace(":", ""))
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.swp")
        beside.write_text(f"---\ntitle: '{title}'\ndate: {date}\n{end}{head}---\n{words}\n")
        beside.replace(path)

    def save_what_is_known_before(self, night: Night) -> None:
        for wall in night.walls:
            coming, going = f"from {wall.written}", f"until {wall.written}"
            self.write(coming, wall.written)
            self.write(going, "2026-01-01", wall.written)
            self.appears[coming] = self.goes[going] = wall.instant(self.dialect)
            self.appears[going] = self.appears["always"]

    def save(self, wall: Wall, now: datetime) -> None:
        """A new post, which a pass sees at once."""
        title = f"saved with {wall.written}"
        self.write(title, wall.written)
        self.appears[title] = max(wall.instant(self.dialect), now + SETTLE)

    # --- what should be

    def expected(self, now: datetime) -> set[str]:
        never = datetime.max.replace(tzinfo=UTC)
        return {title for title, at in self.appears.items() if at <= now < self.goes.get(title, never)}

    def changes(self, begin: datetime, end: datetime) -> list[datetime]:
        """All instants at which a post appears or goes."""
        return sorted({at for at in (*self.appears.values(), *self.goes.values()) if begin < at <= end})

    # --- what is

    def restart(self) -> None:
        self.life.close()
        settings = load_settings(self.root / "syndicator.toml", {})
        state: State = self.life.enter_context(state_to_write(settings))
        self.pipeline = Pipeline(Readers(settings, mends=True), publisher(settings), state.ledger, orders(settings))

    def shown(self) -> set[str]:
        titles = [item["title"] for item in json.loads((self.root / "public/feed.json").read_bytes())["items"]]
        assert len(titles) == len(set(titles)), "every post once"
        return set(titles)

    def owed(self) -> list[str]:
        """The topics that the hub is to hear of; it hears of them at once."""
        with closing(sqlite3.connect(self.root / "state.db")) as state, state:
            topics = [path.rpartition("/")[2] for (path,) in state.execute("SELECT topic FROM deliveries").fetchall()]
            state.execute("DELETE FROM deliveries")
        return sorted(topics)

    def forget_orders(self) -> None:
        """Have the next pass look at everything."""
        with closing(sqlite3.connect(self.root / "state.db")) as state, state:
            state.execute("UPDATE passes SET orders = ''")

    def run(self, now: datetime) -> Report:
        assert self.pipeline is not None
        return self.pipeline.run(now)

    def look(self, now: datetime) -> Report:
        """A pass: the feed is as it should be, and the hub hears of each topic once where that is news."""
        before = self.shown() if (self.root / "public/feed.json").exists() else set()
        report = self.run(now)
        after = self.shown()
        assert self.expected(now) == after, now
        changed = list(TOPICS) if before != after else []
        assert (changed, len(changed), changed) == (self.owed(), report.announced, sorted(report.written)), now
        self.seen += sorted(after - before)
        return report


@contextmanager
def machine_in(zone: str) -> Iterator[None]:
    """The machine's own zone, which must not matter."""
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TZ", zone)
            time.tzset()
            yield
    finally:
        time.tzset()


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path, *request.param)
    for night in nights_of(world):
        world.save_what_is_known_before(night)
    world.restart()
    world.look(FIRST_BUILD)
    with machine_in(world.zone), world.life:
        yield world


def nights_of(world: World) -> list[Night]:
    return [night for name, night in NIGHTS.items() if name.startswith(world.zone)]


@pytest.mark.parametrize(
    "world",
    [(zone, dialect) for zone in ("Europe/Berlin", "America/New_York") for dialect in PLACES],
    indirect=True,
    ids=str,
)
def test_a_timer_at_each_next_change_is_all_that_a_night_needs(world: World) -> None:
    """frontmatter-13, frontmatter-77: with another service after every third pass that the one before called for."""
    for night in nights_of(world):
        saved = sorted((utc(at), wall) for at, wall in night.saved)
        visited: list[datetime] = []
        begin, end = utc(night.begins), utc(night.ends)
        report = world.look(begin)
        while True:
            due = min(at for at in (report.next_change, *(at for at, _ in saved), end) if at is not None)
            if due == end:
                break
            while saved and saved[0][0] == due:
                world.save(saved.pop(0)[1], due)
            if report.next_change == due:
                visited.append(due)
                if len(visited) % 3 == 0:
                    world.restart()
                    world.forget_orders()
                    world.look(due - timedelta(microseconds=1))
            report = world.look(due)

        assert world.changes(begin, end) == visited, "no timer too many, none too few"
    assert sorted(world.appears) == sorted(world.seen), "each appeared once"


@pytest.mark.parametrize(
    "world",
    [("America/New_York", "jekyll"), ("Europe/Berlin", "plain"), ("America/New_York", "hugo")],
    indirect=True,
    ids=str,
)
def test_jumps_and_restarts_lose_nothing_and_flood_nobody(world: World) -> None:
    """Steps of all lengths through the nights, as of machines that sleep and services that are down."""
    dice = random.Random(f"{world.zone} {world.dialect}")
    for night in nights_of(world):
        saved = sorted((utc(at), wall) for at, wall in night.saved)
        begin, change, end = utc(night.begins), utc(night.change), utc(night.ends)
        steps = {begin + dice.random() ** 2 * (end - begin) for _ in range(3)}
        steps |= {change + (dice.random() - 0.5) * timedelta(hours=3) for _ in range(3)}
        for now in sorted({change, end, *steps}):
            for at, wall in [one for one in saved if one[0] <= now]:
                saved.remove((at, wall))
                world.save(wall, now)
            if dice.random() < 0.5:
                world.restart()
            world.look(now)
        world.look(end + timedelta(hours=1))
    assert sorted(world.appears) == sorted({*world.seen}), "all appeared"
    assert len(world.seen) == len(set(world.seen)), "and once"


async def test_timers_within_an_hour_that_comes_twice_go_off_in_their_order_and_once() -> None:
    """To the machine's wall clock the second of them is nearly an hour before the first."""
    change = utc("2026-10-25T01:00")
    instants = [change + timedelta(milliseconds=after) for after in (-40, 0, 40)]
    fired: list[tuple[datetime, datetime]] = []
    done = asyncio.Event()

    def note(instant: datetime) -> None:
        fired.append((instant, datetime.now(UTC)))
        if len(fired) == len(instants):
            done.set()

    with machine_in("Europe/Berlin"), time_machine.travel(change - timedelta(milliseconds=80), tick=True):
        clock = Clock()
        clock.start()
        for instant in reversed(instants):
            clock.at(instant, partial(note, instant), name=f"change at {instant}")
        async with asyncio.timeout(5):
            await done.wait()
        clock.stop()
        await asyncio.sleep(0)

    assert instants == [instant for instant, _ in fired]
    assert all(instant <= at for instant, at in fired)
