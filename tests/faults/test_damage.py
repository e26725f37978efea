"""A damaged database: set aside, and made anew from what is published, so that no reader sees an entry twice."""

from __future__ import annotations

import os
import random
import re
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from tests.faults.past import FEEDS, copy_of, lived
from tests.loopback_hub import LoopbackHub
from tests.newsroom import Newsroom, eventually


def overwritten(state: Path) -> None:
    data = bytearray(state.read_bytes())
    data[8192:] = b"\xa5" * (len(data) - 8192)
    state.write_bytes(data)


def truncated(state: Path) -> None:
    os.truncate(state, state.stat().st_size // 2 // 4096 * 4096)


def emptied(state: Path) -> None:
    os.truncate(state, 0)


def zeroed(state: Path) -> None:
    state.write_bytes(bytes(state.stat().st_size))


def headless(state: Path) -> None:
    data = bytearray(state.read_bytes())
    data[:100] = b"\xa5" * 100
    state.write_bytes(data)


def without_a_table(state: Path) -> None:
    with closing(sqlite3.connect(state)) as connection:
        connection.execute("DROP TABLE entries")


NEW = "tag:news.example.org,2026-01-20:_posts/2026-01-20-new"
DAMAGES = [overwritten, truncated, emptied, zeroed, headless, without_a_table]


@pytest.mark.parametrize("damage", DAMAGES)
def test_no_document_changes_when_the_state_was_damaged(
    past: Newsroom, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    newsroom = copy_of(past, tmp_path)
    before, state = newsroom.files(), newsroom.root / "state.db"
    damage(state)
    spoilt = state.read_bytes()

    said = newsroom.build(status=1).stderr

    assert before == newsroom.files()
    (aside,) = newsroom.root.glob("state.db.broken-*")
    assert spoilt == aside.read_bytes() or damage is not overwritten
    assert f"set aside as {aside.name}" in said
    assert "the ids and dates of 9 posts were taken from 14 published documents" in said


def test_an_embargo_holds_when_the_state_was_damaged(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha")
    newsroom.post("2026-01-02-b.md", title="Beta", date="2099-01-01 12:00")
    newsroom.build()
    assert ["Alpha"] == newsroom.titles()
    overwritten(newsroom.root / "state.db")

    newsroom.build(status=1)

    assert ["Alpha"] == newsroom.titles()
    newsroom.post("2026-01-03-c.md", title="Gamma")
    newsroom.build()
    assert ["Gamma", "Alpha"] == newsroom.titles()


def test_the_alarm_lasts_until_somebody_moves_the_file_that_was_set_aside(past: Newsroom, tmp_path: Path) -> None:
    newsroom = copy_of(past, tmp_path)
    before = newsroom.files()
    overwritten(newsroom.root / "state.db")
    newsroom.build(status=1)
    (aside,) = newsroom.root.glob("state.db.broken-*")

    assert "warning: state: it was damaged" in newsroom.build().stderr
    assert f"{aside.name} was set aside" in newsroom.command("status").stdout

    aside.unlink()
    assert "" == newsroom.build().stderr
    assert before == newsroom.files()


def test_hubs_hear_of_every_topic_once_more_after_damage(past: Newsroom, tmp_path: Path) -> None:
    newsroom = copy_of(past, tmp_path)
    with LoopbackHub().listening() as hub:
        newsroom.settings = f'\n[[hubs]]\nurl = "{hub.url}"\n'
        newsroom.configure()
        newsroom.build()
        told = sorted(hub.topics)
        assert 6 == len(told)
        hub.heard.clear()
        overwritten(newsroom.root / "state.db")

        newsroom.build(status=1)
        newsroom.build()

        assert told == sorted(hub.topics)


def test_a_database_damaged_while_it_is_used_is_made_anew_and_feeds_are_served_meanwhile(newsroom: Newsroom) -> None:
    before = lived(newsroom)
    with newsroom.running():
        assert before["feed.xml"] == newsroom.get("feed.xml")[2]
        overwritten(newsroom.root / "state.db")
        newsroom.post("2026-01-20-new.md", title="New", category="News")

        eventually(lambda: "New" in newsroom.titles())

        eventually(lambda: b"New" in newsroom.get("feed.xml")[2])
        # What is still in memory is as it was: a pass or two may pass before anybody reads what is on disk.
        eventually(lambda: is_known_to_be_damaged(newsroom))
        assert newsroom.ready()
        # A post that is written just when a state without any entries renders it waits for the next look.
        eventually(lambda: {*all_ids(before), NEW} == all_ids(newsroom.files()))
    (aside,) = newsroom.root.glob("state.db.broken-????????T??????Z")
    assert "state rebuilt" in newsroom.log()
    aside.unlink()
    assert "" == newsroom.build().stderr


def is_known_to_be_damaged(newsroom: Newsroom) -> bool:
    newsroom.post("2026-01-20-new.md", f"Words of {time.monotonic()}.", title="New", category="News")
    return b"state: it was damaged" in newsroom.get("readyz?verbose")[2]


def all_ids(files: dict[str, bytes]) -> set[str]:
    found = (files[name].decode() for name in files if name.startswith("all.") and name.endswith(".json"))
    return {entry_id for text in found for entry_id in re.findall(r'"id": "([^"]+)"', text)}


@pytest.mark.parametrize("file_too", [False, True], ids=["", "and so is the file"])
@pytest.mark.parametrize("first", [True, False], ids=["with all of the state", "with the last pass"])
def test_a_log_full_of_garbage_makes_no_entry_new(newsroom: Newsroom, first: bool, file_too: bool) -> None:
    newsroom.feeds = FEEDS
    newsroom.configure()
    for number in range(1, 8):
        newsroom.post(f"2026-01-0{number}-p{number}.md", title=f"Post {number}", category="News")
    if not first:
        newsroom.build()
    with newsroom.running() as process:
        posts = newsroom.root / "content/_posts"
        (posts / "2026-01-03-p3.md").rename(posts / "2026-01-03-renamed.md")
        newsroom.post("2026-01-20-new.md", title="New", category="News")
        eventually(lambda: b"New" in newsroom.get("feed.xml")[2] and b"renamed" in newsroom.get("feed.xml")[2])
        process.kill()
        process.wait()
    wal, before = newsroom.root / "state.db-wal", all_ids(newsroom.files())
    wal.write_bytes(b"\xa5" * wal.stat().st_size)
    if file_too:
        overwritten(newsroom.root / "state.db")

    newsroom.build(status=1 if first or file_too else 0)

    assert 8 == len(before)
    assert before == all_ids(newsroom.files())


@pytest.mark.parametrize("kind", ["text", "another program's", "another program's, damaged"])
def test_a_file_that_is_none_of_ours_is_never_moved(newsroom: Newsroom, kind: str) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha")
    newsroom.build()
    state = newsroom.root / "state.db"
    state.unlink()
    if kind == "text":
        state.write_text("The quick brown fox. " * 500)
    else:
        with closing(sqlite3.connect(state)) as other:
            other.execute("CREATE TABLE places (url TEXT)")
            other.executemany("INSERT INTO places VALUES (?)", [("x" * 1000,)] * 100)
            other.commit()
        if kind.endswith("damaged"):
            overwritten(state)
    before = state.read_bytes()

    said = newsroom.build(status=1).stderr

    assert "check [state] url" in said
    assert before == state.read_bytes()
    assert [] == list(newsroom.root.glob("state.db.broken-*"))


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_is_no_file_is_told_at_once_and_left_alone(newsroom: Newsroom, kind: str) -> None:
    """Whoever opens a pipe waits for somebody at its other end."""
    state = newsroom.root / "state.db"
    (state.mkdir if kind == "folder" else partial(os.mkfifo, state))()

    for command in ("build", "status", "run"):
        done = newsroom.command(command)

        assert 1 == done.returncode
        assert "a folder, a pipe or a device is there" in done.stderr
        assert "set [state] url to where a file can be" in done.stderr
    assert ["content", "state.db", "syndicator.toml"] == sorted(
        path.name for path in newsroom.root.iterdir() if not path.name.endswith(".lock")
    )


def test_a_damaged_state_stays_where_it_is_when_the_operator_wants_it_so(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha")
    newsroom.build()
    before = newsroom.files()
    (newsroom.root / "syndicator.toml").write_text(
        (newsroom.root / "syndicator.toml").read_text().replace("[state]\n", "[state]\nrebuild = false\n")
    )
    overwritten(newsroom.root / "state.db")

    said = newsroom.build(status=1).stderr

    assert "set [state] rebuild = true" in said
    assert before == newsroom.files()
    assert [] == list(newsroom.root.glob("state.db.broken-*"))


def test_status_says_in_words_that_the_state_is_damaged(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha")
    newsroom.build()
    overwritten(newsroom.root / "state.db")

    done = newsroom.command("status")

    assert 1 == done.returncode
    assert "it is damaged; 'syndicator build' or 'run' sets it aside" in done.stderr


def test_a_first_build_that_was_killed_before_it_began_is_no_damage(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha")
    (newsroom.root / "state.db").touch()

    assert "" == newsroom.build().stderr


def test_a_disk_that_fails_again_and_again_is_not_filled_with_broken_states(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha")
    newsroom.build()
    for number in range(5):
        (newsroom.root / f"state.db.broken-2026010{number}T000000Z").touch()
    overwritten(newsroom.root / "state.db")

    said = newsroom.build(status=1).stderr

    assert "was so 5 times before; check this machine's disk and memory" in said
    assert 5 == len(list(newsroom.root.glob("state.db.broken-*")))


@pytest.mark.parametrize("seed", range(2))
def test_any_page_of_the_state_may_be_spoilt(past: Newsroom, tmp_path: Path, seed: int) -> None:
    newsroom = copy_of(past, tmp_path)
    newsroom.settings = '\n[[hubs]]\nurl = "http://127.0.0.1:9/"\n'
    newsroom.configure()
    newsroom.command("build")
    before, state = newsroom.files(), newsroom.root / "state.db"
    data = bytearray(state.read_bytes())
    page = random.Random(seed).randrange(1, len(data) // 4096) * 4096
    data[page : page + 4096] = b"\xa5" * 4096
    state.write_bytes(data)

    newsroom.command("build")
    newsroom.build()

    assert before == newsroom.files(), f"page at {page}"
