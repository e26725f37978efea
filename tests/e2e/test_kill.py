"""SIGKILL at many points: whole files, ids unchanged, no announcement lost (promise 5)."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import fields
from functools import partial
from pathlib import Path

import pytest
from lxml import etree

from tests.forking import forker
from tests.loopback_hub import LoopbackHub
from tests.newsroom import Newsroom, eventually, free_port

FEEDS = str(next(field.default for field in fields(Newsroom) if field.name == "feeds")).replace(
    'json = "feed.json"', 'json = "feed.json"\ntombstones = true\nlimit = 3'
)


def mortal(newsroom: Newsroom, points: int, command: str = "build") -> subprocess.CompletedProcess[str]:
    """A command, killed at a point."""
    words = [str(points), str(newsroom.root), "-c", str(newsroom.root / "syndicator.toml"), command]
    return forker().run(words, program="tests.mortal")


def assert_whole(newsroom: Newsroom) -> None:
    """Every published file can be read to its end; temporary ones do not count, no feed points at them."""
    for name, data in newsroom.files().items():
        if ".syndicator-" in name:
            continue
        if name.endswith(".json"):
            json.loads(data)
        else:
            etree.fromstring(data)


def scenario(newsroom: Newsroom, hub: LoopbackHub) -> None:
    """A newsroom that has published, and then: one post edited, one renamed, one removed, one killed that had left the
    newest, one new."""
    newsroom.settings = f'\n[[hubs]]\nurl = "{hub.url}"\n'
    (newsroom.root / "settings").write_text(newsroom.settings)
    newsroom.configure()
    newsroom.post("2025-12-31-old.md", "Old words.", title="Old", category="C0")
    for number in range(4):
        newsroom.post(
            f"2026-01-0{number + 1}-p{number}.md", f"Words {number}.", title=f"Post {number}", category=f"C{number}"
        )
    newsroom.build()
    newsroom.post("2026-01-01-p0.md", "Edited.", title="Post 0", category="C0", last_modified_at="2026-02-01")
    posts = newsroom.root / "content/_posts"
    (posts / "2026-01-02-p1.md").rename(posts / "2026-01-02-renamed.md")
    (posts / "2026-01-03-p2.md").unlink()
    newsroom.post("2026-01-05-p4.md", "New.", title="Post 4", category="C4")
    newsroom.post("2025-12-31-old.md", "Old words.", title="Old", category="C0", status="killed")


def heard_of(newsroom: Newsroom, hub: LoopbackHub) -> dict[str, object]:
    """The last word about each topic."""
    return {topic.removeprefix(f"http://127.0.0.1:{newsroom.port}/"): seen for topic, seen in hub.heard}


def look(newsroom: Newsroom, topic: str) -> bytes | None:
    path = newsroom.root / "public" / topic.removeprefix(f"http://127.0.0.1:{newsroom.port}/")
    return path.read_bytes() if path.exists() else None


def undated(files: dict[str, bytes]) -> dict[str, bytes]:
    """Without the moments at which a removal was seen and the hub's port, which differ from run to run."""
    pattern = rb"(<updated>|<lastBuildDate>|when=\"|127\.0\.0\.1:)[^</]*"
    return {name: re.sub(pattern, rb"\1", data) for name, data in files.items()}


@pytest.fixture(scope="module")
def hub() -> Iterator[LoopbackHub]:
    with LoopbackHub().listening() as hub:
        yield hub


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory, hub: LoopbackHub) -> Path:
    """The folder in which every killed build begins."""
    newsroom = Newsroom(tmp_path_factory.mktemp("before"), port=8080, feeds=FEEDS)
    scenario(newsroom, hub)
    return newsroom.root


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, before: Path) -> tuple[dict[str, bytes], int]:
    """What a build publishes that nobody kills, and how many points it has."""
    newsroom = copy_of(before, tmp_path_factory.mktemp("undisturbed") / "copy")
    done = mortal(newsroom, 0)
    assert done.returncode == 0, done.stderr
    return undated(newsroom.files()), int(done.stderr.rsplit("points: ", 1)[1])


def copy_of(before: Path, root: Path) -> Newsroom:
    shutil.copytree(before, root)
    return Newsroom(root, port=8080, settings=(before / "settings").read_text(), feeds=FEEDS)


@pytest.mark.parametrize("part", range(6))
def test_a_build_killed_anywhere_is_finished_by_the_next_one(
    tmp_path: Path, hub: LoopbackHub, before: Path, undisturbed: tuple[dict[str, bytes], int], part: int
) -> None:
    wanted, points = undisturbed
    assert points > 40
    assert 2 == wanted["atom.xml"].count(b"<at:deleted-entry ")
    killed = 0
    for point in range(1 + part, points + 1, 18):
        newsroom = copy_of(before, tmp_path / str(point))
        hub.heard.clear()
        hub.look = partial(look, newsroom)
        done = mortal(newsroom, point)
        killed += done.returncode == -signal.SIGKILL
        assert_whole(newsroom)
        newsroom.build()

        files = newsroom.files()
        assert wanted == undated(files), f"point {point}"
        last = heard_of(newsroom, hub)
        changed = {name: data for name, data in files.items() if name != "category/c3.xml"}
        assert changed == {name: last.get(name) for name in changed}, f"point {point}: not announced"
    assert killed > 0


@pytest.mark.parametrize("part", range(4))
def test_a_service_killed_anywhere_in_its_first_pass_is_finished_by_the_next_one(
    tmp_path: Path, hub: LoopbackHub, before: Path, undisturbed: tuple[dict[str, bytes], int], part: int
) -> None:
    wanted, points = undisturbed
    for point in range(3 + 7 * part, points - 5, 28):
        newsroom = copy_of(before, tmp_path / str(point))
        hub.heard.clear()
        hub.look = partial(look, newsroom)
        newsroom.serve_on(free_port())
        assert -signal.SIGKILL == mortal(newsroom, point, "run").returncode, f"point {point}"
        assert_whole(newsroom)
        with newsroom.running():
            eventually(lambda newsroom=newsroom: wanted == undated(newsroom.files()), why=f"point {point}")  # type: ignore[misc]
            files = newsroom.files()
            del files["category/c3.xml"]
            eventually(lambda: files.items() <= heard_of(newsroom, hub).items(), why=f"point {point}: not announced")  # noqa: B023


def test_a_service_killed_at_any_moment_carries_on(tmp_path: Path) -> None:
    newsroom = Newsroom(tmp_path)
    hub = LoopbackHub(look=lambda topic: look(newsroom, topic))
    with hub.listening():
        newsroom.settings = f'\n[[hubs]]\nurl = "{hub.url}"\n'
        newsroom.configure()
        newsroom.post("2026-01-01-first.md", title="First", category="News")
        newsroom.build()
        first_id = newsroom.items()[0]["id"]
        for number in range(6):
            with newsroom.running() as process:
                newsroom.post(
                    f"2026-02-{number + 1:02d}-p.md", f"Words {number}.", title=f"Post {number}", category="News"
                )
                if number % 2:
                    eventually(lambda number=number: f"Post {number}" in newsroom.titles())  # type: ignore[misc]
                process.kill()
                process.wait()
            assert_whole(newsroom)
        with newsroom.running():
            eventually(lambda: len(newsroom.titles()) == 7)
            eventually(lambda: newsroom.files().items() <= heard_of(newsroom, hub).items(), why="not all was announced")

    assert [f"Post {number}" for number in range(5, -1, -1)] + ["First"] == newsroom.titles()
    assert first_id == newsroom.items()[-1]["id"]
