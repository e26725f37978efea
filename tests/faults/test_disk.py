"""A disk that is full or read-only, for documents and for the state: the last good files stand, and nothing is lost."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.loopback_hub import LoopbackHub
from tests.newsroom import COMMAND, Newsroom, eventually

Disk = Callable[[Path, str], Path]
Lock = Callable[[Path], Callable[[], None]]


def keep_state_in(newsroom: Newsroom, folder: Path) -> None:
    toml = newsroom.root / "syndicator.toml"
    toml.write_text(toml.read_text().replace("sqlite:///state.db", f"sqlite:///{folder}/state.db"))


def fill_up(folder: Path) -> Path:
    """Take all the space that is left."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(b"\0" * 4096):
                pass
        except OSError:
            pass
    assert 0 == os.statvfs(folder).f_bavail
    return ballast


def several(newsroom: Newsroom, count: int = 5) -> None:
    for number in range(1, count + 1):
        newsroom.post(f"2026-01-0{number}-p{number}.md", title=f"Post {number}", category="News")


def troubles(newsroom: Newsroom) -> str:
    return newsroom.get("readyz?verbose")[2].decode()


def test_a_full_disk_under_the_state_changes_no_document_and_no_id(newsroom: Newsroom, disk: Disk) -> None:
    vault = disk(newsroom.root / "vault", "1m")
    keep_state_in(newsroom, vault)
    several(newsroom)
    newsroom.build()
    before = newsroom.files()
    posts = newsroom.root / "content/_posts"
    (posts / "2026-01-03-p3.md").rename(posts / "2026-01-03-renamed.md")
    newsroom.post("2026-01-10-long.md", title="Long " * 2000, category="News")
    ballast = fill_up(vault)

    said = newsroom.build(status=1).stderr

    assert f"state {vault}/state.db: the disk is full; free some space" in said
    assert before == newsroom.files()
    # Whoever only asks needs no room.
    assert "owed       0 deliveries" in newsroom.command("status").stdout
    assert "waiting the next pass shows it" in newsroom.command("why", "long.md", "main").stdout
    ballast.unlink()
    assert "" == newsroom.build().stderr
    assert "_posts/2026-01-03-p3" in [item["id"].rpartition(":")[2] for item in newsroom.items()]
    assert 6 == len(newsroom.items())


def test_a_running_service_outlives_a_full_disk_under_its_state(newsroom: Newsroom, disk: Disk) -> None:
    vault = disk(newsroom.root / "vault", "1m")
    with LoopbackHub().listening() as hub:
        newsroom.settings = f'\n[[hubs]]\nurl = "{hub.url}"\n'
        newsroom.configure()
        keep_state_in(newsroom, vault)
        several(newsroom)
        with newsroom.running():
            eventually(lambda: len(newsroom.titles()) == 5 and newsroom.files().keys() <= topics(newsroom, hub))
            hub.heard.clear()
            ballast = fill_up(vault)
            posts = newsroom.root / "content/_posts"
            (posts / "2026-01-03-p3.md").rename(posts / "2026-01-03-renamed.md")
            newsroom.post("2026-01-10-new.md", "Words. " * 20_000, title="New", category="News")
            eventually(lambda: "the disk is full; free some space" in troubles(newsroom))
            assert newsroom.ready()
            assert b"Post 5" in newsroom.get("feed.xml")[2]
            ballast.unlink()
            eventually(lambda: b"New" in newsroom.get("feed.xml")[2])
            eventually(lambda: newsroom.files().keys() <= topics(newsroom, hub))
            eventually(lambda: "the disk is full" not in troubles(newsroom))
    assert "_posts/2026-01-03-p3" in [item["id"].rpartition(":")[2] for item in newsroom.items()]
    assert "Traceback" not in newsroom.log()


def test_a_service_that_is_started_on_a_full_disk_waits_for_room_and_may_be_told_to_stop(
    newsroom: Newsroom, disk: Disk
) -> None:
    vault = disk(newsroom.root / "vault", "1m")
    keep_state_in(newsroom, vault)
    newsroom.post("2026-01-01-a.md", title="Alpha")
    newsroom.build()
    ballast, log = fill_up(vault), newsroom.root / "log"
    words = [*COMMAND, "-c", str(newsroom.root / "syndicator.toml"), "run"]
    with log.open("wb") as said, subprocess.Popen(words, stdout=said, stderr=said) as service:
        eventually(lambda: "not started yet" in log.read_text())
        service.terminate()
        assert 0 == service.wait(20)
    with log.open("wb") as said, subprocess.Popen(words, stdout=said, stderr=said) as service:
        eventually(lambda: "not started yet" in log.read_text())
        assert "the disk is full" in log.read_text()
        ballast.unlink()
        eventually(newsroom.ready, why=newsroom.log())
        assert b"Alpha" in newsroom.get("feed.xml")[2]
        service.terminate()
    assert 0 == service.returncode
    assert 1 == log.read_text().count("not started yet")
    assert "Traceback" not in log.read_text()


def topics(newsroom: Newsroom, hub: LoopbackHub) -> set[str]:
    return {topic.removeprefix(f"http://127.0.0.1:{newsroom.port}/") for topic in hub.topics}


@pytest.mark.parametrize("what", ["public", "vault"])
def test_a_folder_that_becomes_read_only_is_said_and_waited_for(
    newsroom: Newsroom, locked_down: Lock, what: str
) -> None:
    vault = newsroom.root / "vault"
    vault.mkdir()
    keep_state_in(newsroom, vault)
    several(newsroom)
    newsroom.build()
    before, folder = newsroom.files(), newsroom.root / what
    unlock = locked_down(folder)
    newsroom.post("2026-01-10-new.md", title="New", category="News")

    said = newsroom.build(status=1).stderr

    assert re.search(f"{folder}.*(Read-only file system|may not be written)", said), said
    assert "right to write" in said or "mount" in said
    assert before == newsroom.files()
    if what == "public":
        asked = newsroom.command("why", "new.md", "main").stdout
        assert "waiting its documents are not all written yet; no service answers here: run 'syndicator build'" in asked
    unlock()
    newsroom.build()
    assert "New" in newsroom.titles()


def test_a_running_service_outlives_folders_that_become_read_only(newsroom: Newsroom, locked_down: Lock) -> None:
    vault, public = newsroom.root / "vault", newsroom.root / "public"
    vault.mkdir()
    public.mkdir()
    keep_state_in(newsroom, vault)
    several(newsroom)
    newsroom.build()
    unlock = locked_down(public)
    newsroom.post("2026-01-10-new.md", title="New", category="News")
    with newsroom.running():
        eventually(lambda: "Read-only file system" in troubles(newsroom))
        assert "mount the file system writable" in troubles(newsroom)
        assert b"Post 5" in newsroom.get("feed.xml")[2]
        unlock()
        eventually(lambda: b"New" in newsroom.get("feed.xml")[2])
        eventually(lambda: "Read-only" not in troubles(newsroom))
