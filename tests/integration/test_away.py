"""What time alone brings about while the source is away, and what waits until it is back."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from syndicator.app import State
from syndicator.errors import PublishError
from syndicator.filters import is_too_old
from syndicator.model import DeliveryKind, FeedSpec, PostState, digest
from syndicator.passes import Report
from tests.integration.test_touched import NOON, Site, left_behind, room, twin

HOUR = timedelta(hours=1)
SPEC = FeedSpec(name="any", outputs=())
#: What readers, hubs and the next pass can tell.
KEPT = ("bytes", "posts", "feeds", "pages", "documents", "entries", "owed", "held", "refused")


def of(things: Mapping[tuple[str, Any], Any]) -> dict[tuple[str, Any], Any]:
    """But for the feed with an archive: what its window takes from its pages instead has to be read."""
    return {key: value for key, value in things.items() if key[0] in KEPT and "history" not in str(key)}


@contextmanager
def away(site: Path) -> Iterator[None]:
    site.rename(site.with_name("elsewhere"))
    yield
    site.with_name("elsewhere").rename(site)


def write(site: Path, name: str, *, days: float = 0, tag: str = "x", **fields: str) -> None:
    date = NOON - timedelta(days=days)
    head = {"title": name, "date": f"{date:%Y-%m-%dT%H:%M:%SZ}", "tags": f"[{tag}]", **fields}
    path = site / f"_posts/2026-03-01-{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(("---", *(f"{key}: {value}" for key, value in head.items()), "---", "Words.\n")))


def after(hours: float) -> str:
    return f"{NOON + hours * HOUR:%Y-%m-%dT%H:%M:%SZ}"


def titles(folder: Path) -> list[str]:
    return [item["title"] for item in json.loads((folder / "public/feed.json").read_bytes())["items"]]


@pytest.mark.parametrize("stays", [True, False], ids=["service", "restarted"])
def test_what_time_takes_away_is_the_same_without_the_folder(tmp_path: Path, *, stays: bool) -> None:
    """Expiry, max_age, the age of a news sitemap, tombstones, and who is owed word of it: byte for byte."""
    site, one, other = tmp_path / "site", tmp_path / "one", tmp_path / "other"
    site.mkdir()
    (site / "_config.yml").write_text("description: Of the site's own configuration\nauthor: Donna Teetree\n")
    write(site, "stays", days=3)
    write(site, "brief", days=0.1, expiryDate=after(1), tag="y")
    write(site, "aged", days=9 - 1.5 / 24, tag="z")
    write(site, "mapped", days=2 - 1.6 / 24)
    with room(one, site, "jekyll", stays=True) as (state, make_pass):
        make_pass(NOON)
        twin(one, other)
        with room(other, site, "jekyll", stays=True) as (there, look):
            for hours in (1, 1.5, 1.6):
                report = look(NOON + hours * HOUR)
            expected = left_behind(other, there, report)
        if stays:
            with away(site):
                for hours in (0.5, 1, 1.5, 1.6, 1.7):
                    report = make_pass(NOON + hours * HOUR)
                    assert "does not exist" in str(report.away)
            found = left_behind(one, state, report)
    if not stays:
        with away(site):
            for hours in (1, 1.5, 1.6):
                with room(one, site, "jekyll", stays=False) as (state, make_pass):
                    report = make_pass(NOON + hours * HOUR)
                    found = left_behind(one, state, report)

    assert ["mapped", "stays", "aged"] == titles(one)
    assert of(expected) == of(found)


def test_a_post_that_is_due_meanwhile_waits_and_pushes_nobody_out(tmp_path: Path) -> None:
    """The feed shows four: one expires, the fifth would be next, and a sixth is due."""
    site, folder = tmp_path / "site", tmp_path / "room"
    for number in range(1, 6):
        write(site, f"p{number}", days=number, **({"expiryDate": after(2)} if number == 2 else {}))
    write(site, "later", days=-1 / 24)
    with room(folder, site, "jekyll", stays=True) as (_, make_pass):
        make_pass(NOON)
        with away(site):
            early, later, _ = (make_pass(NOON + hours * HOUR) for hours in (0.5, 1, 2))
            while_away = titles(folder)
        make_pass(NOON + 3 * HOUR)

    assert str(early.away).endswith("the feeds stay as they are")
    assert str(later.away).endswith("; 1 post that is due waits for it")
    assert NOON + 2 * HOUR == later.next_change
    assert ["p1", "p3", "p4"] == while_away
    assert ["later", "p1", "p3", "p4"] == titles(folder)


def test_a_folder_that_came_back_is_looked_through_for_what_happened_meanwhile(tmp_path: Path) -> None:
    site, folder = tmp_path / "site", tmp_path / "room"
    write(site, "brief", expiryDate=after(1))
    write(site, "stays", days=1)
    with room(folder, site, "jekyll", stays=True) as (_, make_pass):
        make_pass(NOON)
        with away(site):
            write(site.with_name("elsewhere"), "new", days=0.5)
            make_pass(NOON + HOUR)
        report = make_pass(NOON + 2 * HOUR, frozenset())
        make_pass(NOON + 4 * HOUR, frozenset())

    assert report.away is None
    assert ["new", "stays"] == titles(folder)


@pytest.mark.parametrize("there", ["nothing", "a bare folder", "a broken configuration"])
def test_time_goes_on_whatever_is_wrong_with_the_source(tmp_path: Path, there: str) -> None:
    site, folder = tmp_path / "site", tmp_path / "room"
    for name in ("brief", "one", "two"):
        write(site, name, days=1, **({"expiryDate": after(1)} if name == "brief" else {}))
    with room(folder, site, "jekyll", stays=True) as (state, make_pass):
        make_pass(NOON)
        if there == "a broken configuration":
            (site / "_config.yml").write_text("title: [")
        else:
            shutil.rmtree(site)
        if there == "a bare folder":
            site.mkdir()
        report = make_pass(NOON + HOUR)
        gone = [post.path for post in state.ledger.posts().values() if post.gone]

    assert report.away is not None
    assert ["one", "two"] == titles(folder)
    assert [] == gone


def test_what_expires_stays_while_other_feeds_are_wanted_than_were_published(tmp_path: Path) -> None:
    """Or feeds that are new, or called otherwise, would be empty, and the former ones gone."""
    site, folder = tmp_path / "site", tmp_path / "room"
    write(site, "brief", expiryDate=after(1))
    with room(folder, site, "jekyll", stays=True) as (_, make_pass):
        make_pass(NOON)
    before = {path: path.read_bytes() for path in (folder / "public").rglob("*") if path.is_file()}
    with (
        away(site),
        room(folder, site, "jekyll", stays=False, more="\n[[feeds]]\nname = 'n'\nrss = 'n.xml'\n") as (
            _,
            make_pass,
        ),
    ):
        report = make_pass(NOON + HOUR)

    assert "other feeds are configured than before" in str(report.away)
    assert before == {path: path.read_bytes() for path in (folder / "public").rglob("*") if path.is_file()}


PAST = """
[[feeds]]
name = "past"
limit = 4
archive = true
rss = "past.xml"
atom = "past.atom"
json = "past.json"

[purge]
url = "http://127.0.0.1:9/"
"""
PAGES = [f"past.archive-1.{ending}" for ending in ("atom", "json", "xml")]


def in_pages(folder: Path) -> dict[str, list[str]]:
    """The posts in the oldest page of each format, in the order in which it has them."""
    found = {path: (folder / "public" / path).read_text() for path in PAGES}
    return {path: re.findall(r"title(?:>|\": \")(p[0-9])\b", text) for path, text in found.items()}


def one_list(pages: Mapping[str, list[str]]) -> list[str]:
    """What all of them have."""
    first, *others = pages.values()
    assert all(other == first for other in others)
    return first


@contextmanager
def passes(folder: Path, site: Path, *, stays: bool) -> Iterator[Callable[[float], tuple[Report, State]]]:
    """Passes so many hours after noon, by one service or each by another."""
    with ExitStack() as rooms:
        if stays:
            state, make_pass = rooms.enter_context(room(folder, site, "jekyll", stays=True, more=PAST))
            yield lambda hours: (make_pass(NOON + hours * HOUR), state)
        else:

            def alone(hours: float) -> tuple[Report, State]:
                rooms.close()
                state, make_pass = rooms.enter_context(room(folder, site, "jekyll", stays=False, more=PAST))
                return make_pass(NOON + hours * HOUR), state

            yield alone


@pytest.mark.parametrize("stays", [True, False], ids=["service", "restarted"])
def test_pages_of_archives_lose_what_expires_and_nothing_else(tmp_path: Path, *, stays: bool) -> None:
    """What is in no feed any more, too; caches let go of them, and they are made anew when the folder is back."""
    site, folder = tmp_path / "site", tmp_path / "room"
    for number in range(1, 7):
        write(site, f"p{number}", days=10 - number, **({"expiryDate": after(number)} if number in (1, 2) else {}))
    with passes(folder, site, stays=stays) as at:
        at(0)
        whole = in_pages(folder)
        with away(site):
            first, state = at(1)
            seen = in_pages(folder)
            purged = {one.topic for one in state.outbox.deliveries() if one.kind is DeliveryKind.PURGE}
            at(1.5)
            second, state = at(2)
            known = {path: state.ledger.documents()[path].digest for path in PAGES}
            standing = {path: digest((folder / "public" / path).read_bytes()) for path in PAGES}
            later = in_pages(folder)
        back, state = at(3)
        sources = [state.ledger.documents()[path].source for path in PAGES]

    assert ["p2", "p1"] == one_list(whole)
    assert ["p2"] == one_list(seen)
    assert [] == one_list(later) == one_list(in_pages(folder))
    assert NOON + 2 * HOUR == first.next_change
    assert set(PAGES) <= {*first.written} & {*second.written}
    assert {f"https://news.example.org/feeds/{path}" for path in PAGES} <= purged
    assert standing == known
    assert back.away is None
    assert all(sources)


def test_a_page_that_cannot_be_cut_keeps_nothing_in_other_pages_and_feeds(tmp_path: Path) -> None:
    """The failure is told, and what it concerns is tried again."""
    site, folder = tmp_path / "site", tmp_path / "room"
    for number in range(1, 7):
        write(site, f"p{number}", days=10 - number, **({"expiryDate": after(1)} if number in (1, 6) else {}))
    with room(folder, site, "jekyll", stays=True, more=PAST) as (state, make_pass):
        make_pass(NOON)
        page = folder / "public/past.archive-1.atom"
        whole = page.read_bytes()
        with away(site):
            page.unlink()
            page.mkdir()
            with pytest.raises(PublishError, match=page.name):
                make_pass(NOON + HOUR)
            feed = (folder / "public/past.xml").read_text()
            rss = (folder / "public/past.archive-1.xml").read_bytes()
            known = state.ledger.documents()["past.archive-1.xml"].digest
            page.rmdir()
            page.write_bytes(whole)
            make_pass(NOON + HOUR)
            pages = in_pages(folder)

    assert "<title>p6<" not in feed
    assert b"<title>p1<" not in rss
    assert digest(rss) == known
    assert ["p2"] == one_list(pages)


def test_a_page_that_is_not_as_it_was_written_is_left_alone_until_it_is_made_anew(tmp_path: Path) -> None:
    site, folder = tmp_path / "site", tmp_path / "room"
    for number in range(1, 7):
        write(site, f"p{number}", days=10 - number, **({"expiryDate": after(1)} if number == 1 else {}))
    with room(folder, site, "jekyll", stays=True, more=PAST) as (_, make_pass):
        make_pass(NOON)
        (folder / "public/past.archive-1.atom").write_text("<html>")
        (folder / "public/past.archive-1.json").unlink()
        with away(site):
            report = make_pass(NOON + HOUR)
            html = (folder / "public/past.archive-1.atom").read_text()
            rss = (folder / "public/past.archive-1.xml").read_text()
        make_pass(NOON + 2 * HOUR)

    assert report.away is not None
    assert "<html>" == html
    assert ["p2"] == re.findall(r"<title>(p[0-9])<", rss)
    assert ["p2"] == one_list(in_pages(folder))


MINUTE = timedelta(minutes=1)
LONG = """
[[feeds]]
name = "long"
limit = 30
json = "long.json"
"""


def test_a_feed_that_was_held_for_changes_that_added_up_is_let_go_when_they_count_no_more(tmp_path: Path) -> None:
    """Where its posts only leave it. What would take their place has to be read, and waits."""
    site, folder = tmp_path / "site", tmp_path / "room"
    for number in range(24):
        write(site, f"p{number}", days=number + 1)

    def remove(*numbers: int) -> None:
        for number in numbers:
            (site / f"_posts/2026-03-01-p{number}.md").unlink()

    def count() -> int:
        return len(json.loads((folder / "public/long.json").read_bytes())["items"])

    with room(folder, site, "jekyll", stays=True, more=LONG) as (state, make_pass):
        make_pass(NOON)
        remove(*range(9))
        make_pass(NOON + MINUTE)
        remove(*range(9, 16))
        make_pass(NOON + 2 * MINUTE)
        held = set(state.ledger.held())
        with away(site):
            early = make_pass(NOON + 10 * MINUTE)
            counts = [count()]
            make_pass(NOON + 11 * MINUTE)
            counts.append(count())
            after_that = set(state.ledger.held())
        make_pass(NOON + 12 * MINUTE)

    assert NOON + 11 * MINUTE == early.next_change
    assert [15, 8] == counts
    assert "long" in held - after_that
    assert 8 == count()


@pytest.mark.parametrize("dialect", ["jekyll", "hugo"])
@pytest.mark.parametrize("seed", range(2))
def test_feeds_lose_what_time_takes_and_nothing_else(tmp_path: Path, dialect: str, seed: int) -> None:
    """Whatever is in the folder: by the records of the posts that each feed showed."""
    site, folder, now = Site(tmp_path / "site", dialect, seed), tmp_path / "room", NOON
    with room(folder, site.root, dialect, stays=True) as (state, make_pass):
        make_pass(now)
        for _ in range(4):
            site.change(now)
            if make_pass(now := now + HOUR).away is not None:
                continue
            before = state.ledger.feeds()
            with away(site.root):
                make_pass(now := now + timedelta(hours=site.dice.choice((1, 5, 30))))
                assert expected(state, before, now) == shown(state)


def shown(state: State) -> dict[str, set[str]]:
    return {name: set(feed.members) for name, feed in state.ledger.feeds().items() if ":" not in name and feed.members}


def expected(state: State, before: Mapping[str, Any], now: Any) -> dict[str, set[str]]:
    records = {r.entry_id: r for r in state.ledger.posts().values() if r.entry_id and r.gone is None}
    held, found = state.ledger.held(), {}
    for name, feed in before.items():
        spec = replace(SPEC, max_age=timedelta(days=9) if name.startswith("tag/") else None)
        found[name] = {
            i
            for i in feed.members
            if name in held
            or (i in records and records[i].state(now) is PostState.LIVE and not is_too_old(records[i], spec, now))
        }
    return {name: members for name, members in found.items() if ":" not in name and members}
