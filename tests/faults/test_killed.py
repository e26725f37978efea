"""SIGKILL at any write of what is rare: a state made anew, a migration, the outcome of a delivery (promise 5)."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from alembic import command

from syndicator.state.database import Database
from syndicator.state.tables import HEAD
from syndicator.state.versions import history_of
from tests.forking import forker
from tests.loopback_hub import LoopbackHub
from tests.newsroom import Newsroom, eventually, free_port

#: Which points are taken; another number takes others. How many of them; a thousand is all.
SEED, KILLS = 5, int(os.environ.get("KILLS", "3"))


def some(first: int, last: int, most: int = KILLS) -> list[int]:
    """Some of the points from one to another."""
    points = range(max(first, 1), last)
    return sorted(random.Random(SEED).sample(points, min(max(most, KILLS) if KILLS > 3 else most, len(points))))


def mortal(newsroom: Newsroom, points: int, word: str = "build") -> subprocess.CompletedProcess[str]:
    """A command, killed at a point; 0 for none."""
    words = [str(points), str(newsroom.root), "-c", str(newsroom.root / "syndicator.toml"), word]
    return forker().run(words, program="tests.mortal")


def points_of(done: subprocess.CompletedProcess[str]) -> int:
    return int(done.stderr.rsplit("points: ", 1)[1])


def copy_of(root: Path, at: Path) -> Newsroom:
    newsroom = Newsroom(at, port=8080)
    shutil.copytree(root, at, dirs_exist_ok=True)
    return newsroom


def test_a_state_that_is_being_made_anew_is_there_again_after_any_kill(newsroom: Newsroom) -> None:
    newsroom.port = 8080
    newsroom.configure()
    for number in range(1, 6):
        newsroom.post(f"2026-01-0{number}-p{number}.md", title=f"Post {number}", category="News")
    newsroom.build()
    posts = newsroom.root / "content/_posts"
    (posts / "2026-01-03-p3.md").rename(posts / "2026-01-03-renamed.md")
    newsroom.build()
    before, state = newsroom.files(), newsroom.root / "state.db"
    data = bytearray(state.read_bytes())
    data[8192:] = b"\xa5" * (len(data) - 8192)
    state.write_bytes(data)
    root, newsroom = newsroom.root, copy_of(newsroom.root, newsroom.root.with_name(f"{newsroom.root.name}-whole"))
    whole = mortal(newsroom, 0)
    assert 1 == whole.returncode
    points = points_of(whole)
    assert points > 60

    for point in some(1, points):
        killed = copy_of(root, root.with_name(f"{root.name}-{point}"))
        assert -signal.SIGKILL == mortal(killed, point).returncode
        assert before == killed.files(), f"point {point}"

        done = killed.command("build")

        assert before == killed.files(), f"point {point}: {done.stderr}"
        assert len(list(killed.root.glob("state.db.broken-*Z"))) <= 1, f"point {point}"


def test_a_migration_that_was_killed_anywhere_is_made_by_the_next_start(newsroom: Newsroom) -> None:
    newsroom.port = 8080
    newsroom.configure()
    newsroom.post("2026-01-01-a.md", title="Alpha", category="News")
    database = Database(f"sqlite:///{newsroom.root}/state.db")
    with database.write() as connection:
        config = history_of(database, None)
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    database.close()
    whole = mortal(copy_of(newsroom.root, newsroom.root.with_name(f"{newsroom.root.name}-whole")), 0)
    assert 0 == whole.returncode, whole.stderr
    points = points_of(whole) // 2

    for point in some(1, points):
        killed = copy_of(newsroom.root, newsroom.root.with_name(f"{newsroom.root.name}-{point}"))
        assert -signal.SIGKILL == mortal(killed, point).returncode

        assert "" == killed.build().stderr, f"point {point}"

        assert ["Alpha"] == killed.titles()
        with closing(sqlite3.connect(killed.root / "state.db")) as state:
            assert [(HEAD,)] == state.execute("SELECT version_num FROM alembic_version").fetchall()


def test_a_service_killed_over_its_deliveries_sends_what_it_owes_and_no_document_twice_for_nothing(
    newsroom: Newsroom,
) -> None:
    newsroom.port = 8080
    with LoopbackHub().listening() as hub:
        newsroom.settings = f'\n[[hubs]]\nurl = "{hub.url}"\n'
        newsroom.configure()
        newsroom.post("2026-01-01-a.md", title="Alpha", category="News")
        newsroom.build("--no-announce")
        newsroom.post("2026-01-02-b.md", title="Beta", category="News")
        (newsroom.root / "syndicator.toml").write_text(
            (newsroom.root / "syndicator.toml").read_text() + "\n[announce]\nenabled = true\n"
        )
        root, base = (
            newsroom.root,
            points_of(mortal(copy_of(newsroom.root, newsroom.root.with_name(f"{newsroom.root.name}-whole")), 0)),
        )
        for point in some(base - 12, base + 6, 2):
            killed = copy_of(root, root.with_name(f"{root.name}-{point}"))
            (killed.root / "syndicator.toml").write_text((root / "syndicator.toml").read_text())
            killed.serve_on(free_port())
            hub.heard.clear()
            assert -signal.SIGKILL == mortal(killed, point, "run").returncode, f"point {point}"

            killed.command("build")

            assert ["Beta", "Alpha"] == killed.titles()
            topics = {topic.rpartition(":8080/")[2] for topic in hub.topics}
            assert killed.files().keys() == topics, f"point {point}"
            assert len(hub.topics) <= 2 * len(topics)
            eventually(lambda killed=killed: "owed       0" in killed.command("status").stdout)  # type: ignore[misc]
