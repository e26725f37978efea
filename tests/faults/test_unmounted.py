"""Content that is not mounted: never taken for posts that somebody deleted, and nothing is sent again."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.faults.conftest import mount, unmount
from tests.loopback_hub import LoopbackHub
from tests.newsroom import Newsroom, eventually

Disk = Callable[[Path, str], Path]


def gone(newsroom: Newsroom) -> int:
    """How many posts the ledger takes for removed."""
    with closing(sqlite3.connect(newsroom.root / "state.db")) as state:
        return int(state.execute("SELECT count(*) FROM posts WHERE gone IS NOT NULL").fetchone()[0])


def troubles(newsroom: Newsroom) -> str:
    return newsroom.get("readyz?verbose")[2].decode()


def test_all_of_the_content_may_be_unmounted_under_a_service_and_come_back(newsroom: Newsroom, disk: Disk) -> None:
    content, keep = newsroom.root / "content", newsroom.root / "keep"
    for name in ("lost+found/", ".keep", "README.md", "_posts/2020-01-01-forgotten.md"):
        path = content / name
        if name.endswith("/"):
            path.mkdir()
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text("---\ntitle: Forgotten\n---\nWords.\n")
    disk(content, "1m")
    with LoopbackHub().listening() as hub:
        newsroom.settings = f'\n[[hubs]]\nurl = "{hub.url}"\n'
        newsroom.feeds = newsroom.feeds.replace('name = "main"', 'name = "main"\ntombstones = true')
        newsroom.configure()
        for number in range(1, 6):
            newsroom.post(f"2026-01-0{number}-p{number}.md", title=f"Post {number}", category="News")
        with newsroom.running():
            eventually(lambda: len(hub.topics) == 4, why="all is announced")
            before = newsroom.files()
            shutil.copytree(content, keep)
            unmount(content)
            (content / "touched").touch()
            eventually(lambda: "source" in troubles(newsroom))
            assert "mount" in troubles(newsroom)
            assert before["feed.xml"] == newsroom.get("feed.xml")[2]
            assert newsroom.ready()
            mount("-t", "tmpfs", "tmpfs", str(content))
            shutil.copytree(keep, content, dirs_exist_ok=True)
            (content / "touched").touch()
            eventually(lambda: "source" not in troubles(newsroom))
            assert before == newsroom.files()
        assert 4 == len(hub.topics)
    assert 0 == gone(newsroom)


def test_a_part_that_is_unmounted_takes_no_post_along(newsroom: Newsroom, disk: Disk) -> None:
    posts = newsroom.root / "content/_posts"
    part = disk(posts / "archive of old", "1m")
    for number in range(1, 4):
        newsroom.post(f"2026-01-0{number}-p{number}.md", title=f"Post {number}")
        newsroom.post(f"archive of old/2025-01-0{number}-q{number}.md", title=f"Old {number}")
    with newsroom.running():
        eventually(lambda: len(newsroom.titles()) == 6)
        before = newsroom.files()
        unmount(part)
        newsroom.post("2026-01-04-p4.md", title="Post 4")
        eventually(
            lambda: (
                "3 posts are gone with the file system that was mounted at _posts/archive of" in (troubles(newsroom))
            )
        )
        assert before == newsroom.files()
        assert 0 == gone(newsroom)
        mount("-t", "tmpfs", "tmpfs", str(part))
        for number in range(1, 4):
            newsroom.post(f"archive of old/2025-01-0{number}-q{number}.md", title=f"Old {number}")
        eventually(lambda: len(newsroom.titles()) == 7)


@pytest.mark.parametrize(("there", "count"), [("nothing", 4), ("nothing", 1), ("no folder", 4), ("bare folder", 4)])
def test_a_build_takes_no_empty_folder_for_a_word(newsroom: Newsroom, there: str, count: int) -> None:
    for number in range(1, count + 1):
        newsroom.post(f"2026-01-0{number}-p{number}.md", title=f"Post {number}")
    newsroom.build()
    before, content = newsroom.files(), newsroom.root / "content"
    content.rename(newsroom.root / "away")
    if there != "no folder":
        content.mkdir()
    if there == "bare folder":
        newsroom.post("2020-01-01-forgotten.md", title="Forgotten")

    said = newsroom.build(status=1).stderr

    assert "mount or restore" in said
    assert before == newsroom.files()
    assert 0 == gone(newsroom)
    shutil.rmtree(content, ignore_errors=True)
    (newsroom.root / "away").rename(content)
    newsroom.build()
    assert before == newsroom.files()


def utc(instant: float) -> str:
    return datetime.fromtimestamp(instant, UTC).isoformat(sep=" ", timespec="milliseconds")


def lateness(newsroom: Newsroom, titles: list[str], instant: float) -> float:
    """How long after an instant, or after now where that is later, the feed shows these."""
    since = max(instant, time.time())
    eventually(lambda: titles == newsroom.titles())
    return time.time() - since


def test_a_post_expires_at_its_instant_while_its_folder_is_away_and_one_that_is_due_waits(
    newsroom: Newsroom, disk: Disk
) -> None:
    """Under a service, and under one that was started meanwhile; hubs hear of it."""
    content, keep = newsroom.root / "content", newsroom.root / "keep"
    disk(content, "1m")
    with LoopbackHub().listening() as hub:
        newsroom.settings = f'\n[[hubs]]\nurl = "{hub.url}"\n'
        newsroom.site = newsroom.feeds = ""
        newsroom.feeds = '[[feeds]]\nname = "main"\njson = "feed.json"\n'
        newsroom.configure()
        newsroom.post("2026-01-01-a.md", title="Alpha")
        newsroom.build("--no-announce")  # the first command of a test run imports what all others share
        began = time.time()
        newsroom.build("--no-announce", "--approve")
        within = max(1.0, 3 * (time.time() - began))
        first = round(time.time() + 1.5 * within, 1)
        newsroom.post("2026-01-02-b.md", title="First", expiryDate=utc(first))
        newsroom.post("2026-01-03-c.md", title="Second", expiryDate=utc(first + 2 * within))
        newsroom.post("2026-01-04-d.md", title="Due", date=utc(first - 0.5))
        newsroom.build("--no-announce", "--approve")
        assert ["Second", "First", "Alpha"] == newsroom.titles()
        with newsroom.running():
            shutil.copytree(content, keep)
            unmount(content)
            late = [lateness(newsroom, ["Second", "Alpha"], first)]
            eventually(lambda: len(hub.topics) == 1, why="the hub hears of it")
            eventually(lambda: "1 post that is due waits for it" in troubles(newsroom))
        with newsroom.running():
            late.append(lateness(newsroom, ["Alpha"], first + 2 * within))
            eventually(lambda: "1 post that is due waits for it" in troubles(newsroom))
            why = newsroom.command("why", "2026-01-04-d.md").stdout
            assert "waiting it is due, and waits until its file can be read: source: all 4 known posts" in why
            mount("-t", "tmpfs", "tmpfs", str(content))
            shutil.copytree(keep, content, dirs_exist_ok=True)
            eventually(lambda: newsroom.titles() == ["Due", "Alpha"])
    assert all(0 <= one < within for one in late), (within, late)
    assert 0 == gone(newsroom)


def test_a_build_lets_posts_expire_without_their_folder_and_says_what_is_wrong(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha")
    newsroom.build()
    with LoopbackHub().listening() as hub:
        newsroom.settings = f'\n[[hubs]]\nurl = "{hub.url}"\n'
        newsroom.feeds = '[[feeds]]\nname = "main"\njson = "feed.json"\n'
        newsroom.configure()
        until = time.time() + 1
        newsroom.post("2026-01-02-b.md", title="Brief", expiryDate=utc(until))
        newsroom.build("--no-announce", "--approve")
        there = newsroom.titles()
        (newsroom.root / "content").rename(newsroom.root / "away")
        eventually(lambda: time.time() > until)

        said = newsroom.build(status=1).stderr

        assert 1 == len(hub.topics)
    assert ["Brief", "Alpha"] == there
    assert ["Alpha"] == newsroom.titles()
    assert "content: does not exist; mount or restore it" in said
    assert 0 == gone(newsroom)


def test_a_part_that_is_unmounted_while_nobody_looks_takes_no_post_along(newsroom: Newsroom, disk: Disk) -> None:
    """Neither with a build nor with a service; where it is meant, a build can be told so."""
    part = disk(newsroom.root / "content/_posts/old", "1m")
    for number in range(1, 4):
        newsroom.post(f"2026-01-0{number}-p{number}.md", title=f"Post {number}")
        newsroom.post(f"old/2025-01-0{number}-q{number}.md", title=f"Old {number}")
    newsroom.build()
    before = newsroom.files()
    unmount(part)

    said = newsroom.build(status=1).stderr
    with newsroom.running():
        eventually(lambda: "3 posts are gone with the file system" in troubles(newsroom))

    assert "3 posts are gone with the file system that was mounted at _posts/old; mount it again; if it is me" in said
    assert before == newsroom.files()
    assert 0 == gone(newsroom)
    newsroom.build("--allow-empty")
    assert ["Post 3", "Post 2", "Post 1"] == newsroom.titles()
    newsroom.build()
    assert 3 == gone(newsroom)
