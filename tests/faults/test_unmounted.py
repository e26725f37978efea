"""Content that is not mounted: never taken for posts that somebody deleted, and nothing is sent again."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
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
