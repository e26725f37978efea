"""Feeds of a part of the posts, and the lists of feeds, through the commands."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.newsroom import Newsroom, eventually

FEEDS = """
[[feeds]]
name = "main"
rss = "feed.xml"
json = "feed.json"

[[feeds]]
name = "desk"
json = "desk.json"
include = { category = ["News", "sports"], section = "local" }
exclude = { tag = "sponsored" }
"""


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    room = Newsroom(tmp_path, feeds=FEEDS)
    room.post("local/2026-01-01-a.md", title="A", category="news")
    room.post("local/2026-01-02-b.md", title="B", category="NEWS", tags="sponsored")
    room.post("local/2026-01-03-c.md", title="C", category="arts")
    room.post("world/2026-01-04-d.md", title="D", category="news")
    return room


def test_a_feed_shows_what_its_filters_leave_and_why_names_the_filter(newsroom: Newsroom) -> None:
    """user-asks-42."""
    newsroom.build()
    said = {name: newsroom.command("why", f"{name}.md", "desk").stdout.splitlines()[-1] for name in "abcd"}

    assert ["A"] == [item["title"] for item in newsroom.items("desk.json")]
    assert ["D", "C", "B", "A"] == newsroom.titles()
    assert {
        "a": "  desk  in      number 1 of 1",
        "b": "  desk  out     in exclude.tag: sponsored",
        "c": "  desk  out     not in include.category: News, sports",
        "d": "  desk  out     not in include.section: local",
    } == said


def test_check_counts_what_filters_keep_out_and_finds_values_that_no_post_has(newsroom: Newsroom) -> None:
    done = newsroom.command("check")

    assert 0 == done.returncode
    assert (
        'feed "desk": 1 posts pass its filters; 1 in exclude.tag: sponsored, '
        "1 not in include.category: News, sports, 1 not in include.section: local"
    ) == done.stdout.splitlines()[0]
    assert 'feed "desk": include.category: no live post has "sports"' in done.stderr
    (desk,) = json.loads(newsroom.command("check", "--json").stdout)["filtered"]
    assert ("desk", 1) == (desk["feed"], desk["passed"])


def test_a_filter_by_what_is_no_field_is_one_fault_with_its_line(newsroom: Newsroom) -> None:
    path = newsroom.root / "syndicator.toml"
    path.write_text(path.read_text().replace("exclude = { tag", "exclude = { tags"))
    line = path.read_text().splitlines().index('exclude = { tags = "sponsored" }') + 1
    done = newsroom.command("build")

    assert 2 == done.returncode
    assert f"{path}:{line}: feeds[1].exclude.tags: is no field that posts can be chosen by; did you mean 'tag'?" in (
        done.stderr
    )


def test_a_post_leaves_a_feed_by_its_age_with_nothing_else_happening(tmp_path: Path) -> None:
    room = Newsroom(tmp_path, feeds='\n[[feeds]]\nname = "main"\njson = "feed.json"\nmax_age = "1h"\n')
    old = datetime.now(UTC) - timedelta(hours=1) + timedelta(seconds=8)
    room.post("2026-01-01-old.md", title="Old", date=f"{old:%Y-%m-%d %H:%M:%S} +0000")
    room.post("2026-01-01-new.md", title="New", date=f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} +0000")
    with room.running():
        assert ["New", "Old"] == room.titles()
        eventually(lambda: room.titles() == ["New"])


def test_feeds_that_would_come_to_one_file_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    feeds = (
        '\n[[feeds]]\nname = "main"\nrss = "x/in/News.xml"\n'
        '\n[[feeds]]\nname = "by"\neach = "category"\nrss = "x/in/{slug}.xml"\njson = "x/{slug}"\n'
    )
    room = Newsroom(tmp_path, feeds=feeds)
    room.post("2026-01-01-a.md", title="A", category="news")
    room.post("2026-01-02-b.md", title="B", category="in")
    done = room.command("build")
    same = 'feeds "main" and "by/news" both want x/in/news.xml, which differs from x/in/News.xml only in case'

    assert 2 == done.returncode
    assert f"[[feeds]]: {same}; give one of them another path" == done.stderr.splitlines()[0].removeprefix("error: ")
    assert 'feed "by/in" wants the file x/in, and feed "main" wants x/in/News.xml in it' in done.stderr
    assert not (tmp_path / "public").exists()
