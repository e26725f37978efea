"""Hosts of images and hubs with bad manners: no pass and no reader waits for them, and they cost no memory."""

from __future__ import annotations

import re
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from tests.faults.bad_host import BadHost
from tests.loopback_hub import LoopbackHub
from tests.newsroom import Newsroom, eventually

MANNERS = ("hangs", "drips", "resets", "circles", "strays", "long", "page", "endless", "good")


def most_memory(pid: int) -> int:
    """The most memory that a process ever took, in bytes."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) * 1024


def answers(newsroom: Newsroom) -> dict[str, tuple[str, str, int, int | None]]:
    """What is remembered of each picture: status, error, attempts, and when it is asked for again."""
    with closing(sqlite3.connect(newsroom.root / "state.db")) as state:
        rows = state.execute("SELECT url, status, error, attempts, due FROM images").fetchall()
    return {url.rpartition("/")[2].partition(".")[0]: tuple(rest) for url, *rest in rows}


def test_hosts_of_images_with_bad_manners_hold_nobody_up(newsroom: Newsroom) -> None:
    with BadHost().listening() as host, newsroom_with_timeout(newsroom).running() as service:
        began = most_memory(service.pid)
        for number, manner in enumerate(MANNERS, 1):
            newsroom.post(f"2026-01-{number:02d}-p.md", title=f"Post {manner}", image=f"{host.url}{manner}.gif")
        newsroom.post("2026-01-20-p.md", title="Post nowhere", image="http://nowhere.invalid/nowhere.gif")
        eventually(lambda: len(newsroom.titles()) == 10, within=10, why=newsroom.log())
        newsroom.post("2026-01-21-p.md", title="Later")
        eventually(lambda: "Later" in newsroom.titles(), within=5, why="a pass waited")
        assert newsroom.ready()

        eventually(lambda: {"asked"} != {status for status, *_ in answers(newsroom).values()} and all_asked(newsroom))

        found = answers(newsroom)
        assert "known" == found["good"][0]
        assert {"hangs", "drips", "resets", "circles", "long", "nowhere"} == {
            name for name, answer in found.items() if answer[0] == "failed"
        }
        assert {"strays", "page"} == {name for name, answer in found.items() if answer[0] == "refused"}
        soon = (time.time() + 0.2) * 1e6
        for name, (status, error, attempts, due) in found.items():
            assert attempts >= 1, name
            assert bool(error) == (status != "known"), name
            assert due is None if status != "failed" else due is not None and due > soon - 60e6, name
        assert most_memory(service.pid) - began < 40_000_000
        assert host.sent < 20_000_000
        assert all(count <= 12 for count in host.asked.values()), host.asked
    assert "Traceback" not in newsroom.log()


def newsroom_with_timeout(newsroom: Newsroom) -> Newsroom:
    toml = newsroom.root / "syndicator.toml"
    toml.write_text(toml.read_text().replace("[network]\n", '[network]\ntimeout = "1s"\n'))
    return newsroom


def all_asked(newsroom: Newsroom) -> bool:
    found = answers(newsroom)
    return len(found) == len(MANNERS) + 1 and all(status != "asked" for status, *_ in found.values())


def test_hubs_with_bad_manners_keep_no_good_one_waiting_and_publishing_never_waits(newsroom: Newsroom) -> None:
    manners = ("hangs", "drips", "resets", "circles", "strays", "endless")
    with BadHost().listening() as host, LoopbackHub().listening() as hub:
        hubs = [*(f"{host.url}{manner}" for manner in manners), "http://nowhere.invalid/hub", hub.url]
        newsroom.settings = "".join(f'\n[[hubs]]\nurl = "{url}"\n' for url in hubs)
        newsroom.configure()
        newsroom.post("2026-01-01-a.md", title="Alpha")
        with newsroom_with_timeout(newsroom).running() as service:
            began = most_memory(service.pid)
            eventually(lambda: len(hub.topics) == 3)
            newsroom.post("2026-01-02-b.md", title="Beta")
            eventually(lambda: "Beta" in newsroom.titles(), within=5, why="publishing waited")
            eventually(lambda: len(hub.topics) == 6, within=15, why="the good hub waited")
            assert most_memory(service.pid) - began < 40_000_000
        owed = newsroom.command("status").stdout
        done = {url for url in hubs if f"to {url}, " not in owed}
        # What says 200 has heard, whatever else it says.
        assert {hub.url} == done - {f"{host.url}endless"}
    assert "Traceback" not in newsroom.log()
