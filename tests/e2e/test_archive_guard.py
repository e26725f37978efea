"""The guard and archives together: pages of a feed are held with it, and what is taken down leaves both."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.e2e.test_guard import bring_back, held, posts, take_away
from tests.e2e.test_history import FEEDS, build, numbers, walk, write
from tests.newsroom import Newsroom, eventually


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    made = Newsroom(tmp_path, feeds=FEEDS.replace("limit = 4", "limit = 8"))
    write(made, *range(1, 29))
    made.build()
    return made


def pages(newsroom: Newsroom, *numbers: int) -> set[str]:
    return {
        name for n in numbers for name in (f"feed.archive-{n}.xml", f"atom.archive-{n}.xml", f"feed.archive-{n}.json")
    }


def take_away_every_other(newsroom: Newsroom) -> None:
    (newsroom.root / "away").mkdir()
    for path in posts(newsroom)[::2]:
        path.rename(newsroom.root / "away" / path.name)


@pytest.mark.parametrize("which", ["the older half", "the newer half", "every other post"])
def test_half_a_folder_that_is_away_changes_no_page_of_an_archive(newsroom: Newsroom, which: str) -> None:
    """user-asks 46: the older half is in pages only."""
    before = newsroom.files()
    if which == "every other post":
        take_away_every_other(newsroom)
    elif which == "the older half":
        take_away(newsroom, 14)
    else:
        (newsroom.root / "away").mkdir()
        for path in posts(newsroom)[14:]:
            path.rename(newsroom.root / "away" / path.name)

    said = newsroom.build(status=1).stderr

    assert "14 of 28 posts vanish" in said or "8 of 8 posts vanish" in said
    assert before == newsroom.files()
    assert before == (newsroom.build(status=1), newsroom.files())[1]
    away = next((newsroom.root / "away").iterdir()).name
    assert "main  in      " in newsroom.command("why", away, "main").stdout
    assert "as it was shown before: the feed is held" in newsroom.command("why", away, "main").stdout
    bring_back(newsroom)
    newsroom.build()
    assert before == newsroom.files()
    assert {} == held(newsroom)


def test_a_post_that_comes_back_to_a_page_waits_for_its_feed_also_where_the_page_is_written_anew(
    newsroom: Newsroom,
) -> None:
    write(newsroom, 20, status="killed")
    newsroom.build()
    (newsroom.root / "away").mkdir()
    for path in posts(newsroom)[:14]:
        path.rename(newsroom.root / "away" / path.name)
    newsroom.build(status=1)
    before = newsroom.files()
    write(newsroom, 20)
    newsroom.build(status=1)
    assert before == newsroom.files()

    for name in pages(newsroom, 5):
        (newsroom.root / "public" / name).unlink()
    newsroom.build(status=1)

    assert before == newsroom.files()
    assert {"main"} == held(newsroom).keys()
    bring_back(newsroom)
    newsroom.build()
    assert list(range(1, 29)) == numbers(walk(newsroom, "atom.xml"))


def test_what_is_killed_meanwhile_leaves_feed_and_pages_though_they_are_held(newsroom: Newsroom) -> None:
    take_away(newsroom, 14)
    newsroom.build(status=1)
    write(newsroom, 20, status="killed")
    write(newsroom, 27, status="killed")

    changed = build_held(newsroom)

    assert {"feed.xml", "atom.xml", "feed.json"} | pages(newsroom, 5) == changed
    assert [n for n in range(1, 29) if n not in {20, 27}] == numbers(walk(newsroom, "atom.xml"))
    assert {"main"} == held(newsroom).keys()
    assert set() == build_held(newsroom)
    assert 0 == newsroom.command("lint", "--strict", str(newsroom.root / "public")).returncode

    bring_back(newsroom)
    assert {"feed.xml", "atom.xml", "feed.json"} == build(newsroom), "its room is filled up again, and no page changes"
    assert {} == held(newsroom)


def test_a_page_that_has_lost_a_killed_post_is_whole_again_with_its_folder(newsroom: Newsroom) -> None:
    """Who has gone with the folder cannot be in a page that is written anew; it comes back, and the hold stays."""
    take_away(newsroom, 14)
    newsroom.build(status=1)
    bring = newsroom.root / "away/2026-01-10-p.md"
    bring.rename(newsroom.root / "content/_posts" / bring.name)
    write(newsroom, 10, status="killed")

    assert pages(newsroom, 3) == build_held(newsroom)
    assert {1, 2, 3, 4, 5, 6, 7, 8} <= set(numbers(walk(newsroom, "feed.xml")))
    assert {"main"} == held(newsroom).keys()

    bring_back(newsroom)
    assert pages(newsroom, 3) == build(newsroom)
    assert [n for n in range(1, 29) if n != 10] == numbers(walk(newsroom, "feed.xml"))


def test_posts_of_an_archive_that_went_on_purpose_go_with_a_word_and_are_told_once(newsroom: Newsroom) -> None:
    take_away(newsroom, 14)
    newsroom.build(status=1)

    assert 0 == newsroom.command("approve", "main").returncode
    assert pages(newsroom, 1, 2, 3, 4) == build(newsroom)
    assert list(range(15, 29)) == numbers(walk(newsroom, "atom.xml"))

    # One more is no accident: those that went before do not count again.
    (newsroom.root / "content/_posts/2026-01-15-p.md").unlink()
    assert pages(newsroom, 4) == build(newsroom)
    assert {} == held(newsroom)

    bring_back(newsroom)
    newsroom.build()
    assert [n for n in range(1, 29) if n != 15] == numbers(walk(newsroom, "feed.json"))


def test_a_script_that_touches_all_old_posts_changes_no_page(newsroom: Newsroom) -> None:
    """Few of them would come to be seen in the feed itself."""
    before = newsroom.files()
    write(newsroom, *range(1, 17), text="Words 0, by a script.")

    assert "16 of 28 posts change their dates" in newsroom.build(status=1).stderr
    assert before == newsroom.files()
    assert before == (newsroom.build(status=1), newsroom.files())[1]

    # One of those that were not touched is removed.
    (newsroom.root / "content/_posts/2026-01-18-p.md").unlink()
    assert pages(newsroom, 5) == build_held(newsroom)
    assert set() == build_held(newsroom)

    assert 0 == newsroom.command("approve", "--all").returncode
    assert pages(newsroom, 1, 2, 3, 4) <= build(newsroom)
    assert b"by a script" in newsroom.files()["feed.archive-1.xml"]
    write(newsroom, 1, text="Words 0, by hand.")
    assert pages(newsroom, 1) < build(newsroom)


def test_minor_edits_of_all_old_posts_are_no_concern(newsroom: Newsroom) -> None:
    write(newsroom, *range(1, 17), text="Words 0, by a script.", minor="true")

    assert pages(newsroom, 1, 2, 3, 4) == build(newsroom)


def test_a_small_archive_waits_with_the_large_one_that_the_same_accident_hits(newsroom: Newsroom) -> None:
    newsroom.feeds = (
        newsroom.feeds
        + """
[[feeds]]
name = "category"
each = "category"
json = "{slug}.json"
limit = 4
archive = true
"""
    )
    newsroom.configure()
    write(newsroom, 1, 2, 24, 25, 26, 27, 28, category="Small")
    newsroom.build("--approve")
    before = newsroom.files()
    take_away(newsroom, 14)

    newsroom.build(status=1)

    assert {"main", "category/news", "category/small"} == held(newsroom).keys()
    assert before == newsroom.files()


def test_a_service_holds_an_archive_and_lets_it_go_on(newsroom: Newsroom) -> None:
    before = newsroom.files()
    path = newsroom.root / "syndicator.toml"
    path.write_text(path.read_text().replace('every = "30s"', 'every = "1s"'))
    with newsroom.running():
        shutil.move(newsroom.root / "content/_posts", newsroom.root / "content/away")
        (newsroom.root / "content/_posts").mkdir()
        for file in sorted((newsroom.root / "content/away").iterdir())[14:]:
            file.rename(newsroom.root / "content/_posts" / file.name)
        eventually(lambda: newsroom.get("readyz?verbose")[2] != b"ready\n")
        assert before == newsroom.files()
        for file in (newsroom.root / "content/away").iterdir():
            file.rename(newsroom.root / "content/_posts" / file.name)
        eventually(lambda: newsroom.get("readyz?verbose")[2] == b"ready\n")
    with newsroom.running():
        assert before == newsroom.files()


def test_an_archive_that_is_switched_off_stays_as_long_as_the_feed_that_leads_to_it_is_held(newsroom: Newsroom) -> None:
    newsroom.feeds = newsroom.feeds.replace("limit = 8", "limit = 20")
    newsroom.configure()
    newsroom.build("--approve")
    before = newsroom.files()
    write(newsroom, *range(1, 29), text="Words 0, other ones.")
    newsroom.build(status=1)
    newsroom.feeds = newsroom.feeds.replace("archive = true", "")
    newsroom.configure()

    for number in (3, 4):
        assert before == (newsroom.build(status=1), newsroom.files())[1]
        write(newsroom, number, text="Words 0, once more.")
    newsroom.build("--approve")
    assert {"feed.xml", "atom.xml", "feed.json"} == newsroom.files().keys()


def build_held(newsroom: Newsroom) -> set[str]:
    """Build while something is held, and say which files are other than before."""
    before = newsroom.files()
    newsroom.build(status=1)
    after = newsroom.files()
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
