"""Feeds of a part of the posts, and the lists of feeds, through the commands."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.loopback_hub import LoopbackHub
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


def test_check_tells_of_a_category_that_no_file_can_be_called_after_user_asks_41(tmp_path: Path) -> None:
    newsroom = Newsroom(tmp_path)
    newsroom.post("2026-01-01-a.md", title="A", category='"!!!"')
    newsroom.post("2026-01-02-b.md", title="B", category="News")
    newsroom.post("2026-01-03-c.md", title="C", category="新闻")
    newsroom.build()
    done = newsroom.command("check")
    paths = [name for name in newsroom.files() if name.startswith("category/x-")]

    assert 0 == done.returncode
    assert 1 == done.stderr.count("\n")
    assert (
        'feed "category": category "!!!" has no Latin letter or digit to name a file after; its feed is at '
        "category/x-e84c53.xml, and so 1 more; where that is no name, leave it out with exclude"
    ) in done.stderr
    assert 2 == len(paths)
    assert "category/x-e84c53.xml" in paths


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


LISTED = """
[[feeds]]
name = "main"
rss = "feed.xml"
json = "feed.json"
sitemap = "news.xml"

[[feeds]]
name = "category"
each = "category"
rss = "category/{slug}.xml"
"""
LISTS = 'opml = "feeds.opml"\nfeed_menu = ".well-known/feed-menu.json"\n'


def with_lists(room: Newsroom, lists: str = LISTS) -> None:
    path = room.root / "syndicator.toml"
    path.write_text(path.read_text().replace(LISTS, "").replace("\n[serve]", f"{lists}\n[serve]"))


def test_lists_of_feeds_and_a_sitemap_are_documents_like_others(tmp_path: Path) -> None:
    """Only feeds are told to hubs; a list that is switched off is removed."""
    with LoopbackHub().listening() as hub:
        room = Newsroom(tmp_path, feeds=LISTED, settings=f'\n[[hubs]]\nurl = "{hub.url}"\n')
        with_lists(room)
        room.post("2026-01-01-a.md", title="A", category="news", date=f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} +0000")
        room.post("2020-01-01-b.md", title="B", category="arts")
        room.build()
        first = room.files()

        assert {
            "feed.xml", "feed.json", "news.xml", "category/news.xml", "category/arts.xml", "feeds.opml",
            ".well-known/feed-menu.json",
        } == first.keys()  # fmt: skip
        assert b"<news:title>A<" in first["news.xml"]
        assert b"<news:title>B<" not in first["news.xml"]
        assert 3 == first["feeds.opml"].count(b"xmlUrl")
        assert ["The Example", "category"] == [
            item.get("feed-title") or item["feed-menu"]
            for item in json.loads(first[".well-known/feed-menu.json"])["items"]
        ]
        assert {"feed.xml", "feed.json", "category/news.xml", "category/arts.xml"} == {
            topic.partition(f":{room.port}/")[2] for topic in hub.topics
        }

        assert "0 written" in room.build().stdout
        room.post("2020-01-02-c.md", title="C", category="sports")
        room.build()
        assert first["news.xml"] == room.files()["news.xml"]
        assert b"sports.xml" in room.files()["feeds.opml"]

        with_lists(room, "")
        room.build()
        assert set() == {"feeds.opml", ".well-known/feed-menu.json"} & room.files().keys()


def test_the_linter_finds_no_error_in_lists_sitemaps_and_feeds_that_say_all_there_is(tmp_path: Path) -> None:
    """rss-16 to rss-21, atom-9, atom-13, jsonfeed-15, jsonfeed-16, partners-15 to partners-20, partners-56 to 60."""
    looks = (
        'atom = "atom.xml"\ncopyright = "© A & B"\nlogo = "/logo.png"\nicon = "/icon.png"\ncover = "/cover.jpg"\n'
        'accent = "#1a7f37"\nttl = 15\nlanguage = "en-GB"\ntitle = "News & more"\n'
    )
    room = Newsroom(tmp_path, feeds=LISTED.replace('rss = "feed.xml"\n', f'rss = "feed.xml"\n{looks}'))
    with_lists(room)
    room.post("2026-01-01-a.md", title="A", category="news", date=f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} +0000")
    room.post("2020-01-01-b.md", title="B & C", category="arts & letters")
    room.build()
    done = room.command("lint", str(room.root / "public"))

    assert 0 == done.returncode, done.stderr
    # Nothing but a word about Feedly's namespace, which validators do not know (rss-67).
    assert "8 documents: 0 errors, 2 warnings" == done.stdout.strip()
    assert 2 == done.stderr.count("UnknownNamespace")
    assert "<title>News &#x26; more</title>" in room.files()["feed.xml"].decode()


def test_two_fresh_builds_make_the_same_lists(tmp_path: Path) -> None:
    rooms = [Newsroom(tmp_path / name, feeds=LISTED, port=8080) for name in ("one", "two")]
    for room in rooms:
        with_lists(room)
        room.post("2020-01-01-b.md", title="B", category="arts")
        room.build()

    assert rooms[0].files() == rooms[1].files()
    assert 6 == len(rooms[0].files())


def test_the_service_serves_lists_where_programs_look_for_them(tmp_path: Path) -> None:
    """partners-60."""
    room = Newsroom(tmp_path, feeds=LISTED)
    with_lists(room)
    room.post("2020-01-01-b.md", title="B", category="arts")
    with room.running():
        types = {path: room.get(path)[1]["content-type"] for path in (".well-known/feed-menu.json", "feeds.opml")}

    assert ["application/json", "text/x-opml; charset=utf-8"] == list(types.values())


def test_a_post_that_changes_touches_its_own_feeds_only(tmp_path: Path) -> None:
    """Counted by the files that are written anew; 30 categories of 20 posts in 200."""
    room = Newsroom(tmp_path, feeds=LISTED.replace('each = "category"', 'each = "category"\nlimit = 5'))
    with_lists(room)
    for number in range(200):
        names = ", ".join(f"c{(number + step) % 30}" for step in range(3))
        room.post(f"2020-01-01-p{number:03}.md", title=f"P{number}", categories=f"[{names}]")
    room.build()
    before = {path: (room.root / "public" / path).stat().st_mtime_ns for path in room.files()}
    mine = [path for path, body in room.files().items() if b"p000.html" in body]
    room.post("2020-01-01-p000.md", "Other words.", title="P0", categories="[c0, c1, c2]")
    room.build()
    after = {path: (room.root / "public" / path).stat().st_mtime_ns for path in room.files()}

    assert 35 == len(before)
    assert 1 < len(mine) < 6
    assert sorted(mine) == sorted(path for path in after if after[path] != before[path])
