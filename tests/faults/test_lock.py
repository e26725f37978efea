"""A database that somebody else has locked, and a second program on one state."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.newsroom import COMMAND, Newsroom, eventually

_LOCKER = """
import sqlite3, sys
state = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
state.execute("BEGIN EXCLUSIVE")
state.execute("UPDATE passes SET orders = orders")
print("locked", flush=True)
sys.stdin.read()
"""


@contextmanager
def another_program(state: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process of its own that holds the database locked until its end."""
    words = [sys.executable, "-c", _LOCKER, str(state)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert b"locked\n" == process.stdout.readline()
        try:
            yield process
        finally:
            process.kill()


def test_a_service_waits_for_a_locked_database_names_who_locks_it_and_goes_on(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha")
    with newsroom.running():
        eventually(lambda: newsroom.titles() == ["Alpha"])
        with another_program(newsroom.root / "state.db") as other:
            newsroom.post("2026-01-02-b.md", title="Beta")
            eventually(
                lambda: f"another process is writing: process {other.pid} (" in troubles(newsroom), why=newsroom.log()
            )
            assert b"Alpha" in newsroom.get("feed.xml")[2]
            assert newsroom.ready()
        eventually(lambda: b"Beta" in newsroom.get("feed.xml")[2])
        eventually(lambda: "another process" not in troubles(newsroom))


def troubles(newsroom: Newsroom) -> str:
    return newsroom.get("readyz?verbose")[2].decode()


def test_a_second_service_and_a_build_are_refused_and_told_who_the_first_is(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha")
    with newsroom.running() as first:
        refused = [newsroom.command("build")]
        words = [*COMMAND, "-c", str(newsroom.root / "syndicator.toml"), "run"]
        refused.append(subprocess.run(words, capture_output=True, text=True, timeout=20, check=False))

        for second in refused:
            assert 1 == second.returncode
            assert re.search(
                rf"another syndicator is at work on it: process {first.pid} on .+, since 20..-..-.. ..:..:.. UTC",
                second.stderr,
            )
            assert "Traceback" not in second.stderr
        first.kill()
        first.wait()

    assert "" == newsroom.build().stderr


def test_what_another_version_or_machine_wrote_into_the_lock_file_is_no_obstacle(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha")
    lock = newsroom.root / "state.db.lock"
    for left in (b"4711\n", b"1 on elsewhere since \xff\xfe\n" * 100):
        lock.write_bytes(left)
        assert "" == newsroom.build().stderr
