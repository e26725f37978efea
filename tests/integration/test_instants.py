"""What the clock alone changes: instants that were missed, and feeds that are held for what adds up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from syndicator.passes import Report
from tests.integration.test_clock_changes import World, utc

NOON = utc("2026-03-09T12:00")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A newsroom with two dozen posts that readers know."""
    world = World(tmp_path, "UTC", "plain")
    for number in range(24):
        world.write(f"{number}", f"2026-02-{number + 1:02} 12:00")
        world.appears[f"{number}"] = utc(f"2026-02-{number + 1:02}T12:00")
    world.restart()
    with world.life:
        yield world


def test_hundreds_of_embargoes_that_ended_while_the_service_was_down_are_one_pass_and_one_announcement_a_topic(
    world: World,
) -> None:
    """user-asks-20: the first sweep after that must not ping a backlog."""
    for number in range(300):
        title, at = f"embargoed {number}", NOON + (number + 1) * 3 * MINUTE
        world.write(title, f"{at:%Y-%m-%d %H:%M:%S}")
        world.appears[title] = at
    first = world.look(NOON)
    world.restart()

    late = world.look(NOON + timedelta(days=4))

    assert (24, 300 + 24 + 1, 2) == (first.live - 1, late.live, late.announced)
    assert (None, 0, ()) == (late.next_change, *still(world, NOON + timedelta(days=4, minutes=1)))


def still(world: World, now: datetime) -> tuple[int, tuple[str, ...]]:
    """What is announced and written by a pass that has nothing to do."""
    report: Report = world.look(now)
    return report.announced, report.written


def test_a_feed_that_is_held_for_what_adds_up_is_let_go_when_it_adds_up_no_more(world: World) -> None:
    """Eight edits of 25 posts are within limits, sixteen in ten minutes are not; with nothing else happening."""

    def edit(numbers: range, now: datetime) -> Report:
        for number in numbers:
            world.write(f"{number}", f"2026-02-{number + 1:02} 12:00", words=f"Words of {now}.")
        return world.run(now)

    world.look(NOON)
    edit(range(8), NOON + MINUTE)
    held = edit(range(8, 16), NOON + 5 * MINUTE)
    assert ["main"] == [each.feed for each in held.held]
    assert () == world.run(NOON + 11 * MINUTE - timedelta(seconds=1)).written

    assert (NOON + 11 * MINUTE, "earlier changes of main, which is held, count no more") == (
        held.next_change,
        held.next_why,
    )
    free = world.run(NOON + 11 * MINUTE)
    assert ((), ("atom.xml", "feed.json"), None) == (free.held, tuple(sorted(free.written)), free.next_change)


FEEDS = """
[[feeds]]
name = "recent"
json = "recent.json"
rss = "recent.xml"
max_age = "5d"
limit = 6
sitemap = "news.xml"
[[feeds]]
name = "by"
each = "category"
rss = "by/{slug}.xml"
max_age = "20d"
tombstones = true
[[feeds]]
name = "all"
atom = "all.xml"
limit = 4
archive = true
tombstones = true
[[feeds]]
name = "partner"
profile = "smartnews"
rss = "partner.xml"
logo = "/logo.png"
"""


def test_between_the_instants_nothing_changes_however_much_is_looked_at(world: World) -> None:
    """All that the clock alone changes is an instant that is known before, with embargoes, expiry, a hold-off, ages,
    news sitemaps, archives, tombstones, a partner's profile, and posts that were killed or removed.
    """
    toml = world.root / "syndicator.toml"
    toml.write_text(toml.read_text() + FEEDS)
    for number in range(6):
        day = f"{number + 8:02}"
        world.write(f"c{number}", f"2026-03-{day} 0{number}:00", f"2026-04-{day} 10:00", head=f"category: c{number}\n")
    world.restart()
    world.run(NOON)
    world.write("3", "2026-02-04 12:00", head="status: killed\n")
    world.write("c1", "2026-03-09 01:00", head="category: c1\ndraft: true\n")
    (world.root / "site/4.md").unlink()
    world.write("new", "2026-03-01", head="category: c9\n")
    report, now, idle, whys = world.run(NOON + MINUTE), NOON + MINUTE, 0, set[str]()
    while report.next_change is not None:
        whys.add(report.next_why.replace(" of ", " ").split()[1])
        world.forget_orders()
        between = world.run(now + (report.next_change - now) * 0.9)
        assert ((), ()) == (between.written, between.deleted), (now, report.next_why)
        now = report.next_change
        report = world.run(now)
        idle += not (report.written or report.deleted)
        assert report.next_change is None or report.next_change > now
    world.forget_orders()
    much_later = world.run(now + timedelta(days=200))

    assert ((), ()) == (much_later.written, much_later.deleted)
    assert {"embargo", "expires", "hold-off", "gets"} == whys
    assert idle < 3, "an instant at which nothing changes is one too many"
