"""Thousands of deliveries owed at once, to hosts of which some hang, refuse or are busy, through ``syndicator run``."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.measure import MIB, WrongResultError, run
from tests.bench.product import COMMAND, ROOT
from tests.bench.report import Promise, Section

WELL, HANGING, REFUSING, BUSY = 35, 5, 5, 5
SECONDS, GROWTH_MIB = 15, 16
_PATIENCE = 180.0

_CONFIG = """\
[site]
title = "The Example"
url = "https://news.example.org/"

[source]
path = "content"
dialect = "jekyll"

[publish]
to = "public"
url = "https://news.example.org/feeds/"

[serve]
port = {port}

[state]
url = "sqlite:///state.db"

[[feeds]]
name = "topic"
each = "tag"
rss = "topic/{{slug}}.xml"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Delivered:
    """``wall`` from the start of the program to the last healthy host's last delivery, ``sending`` from the first one;
    memory in bytes before and at its most."""

    wall: float
    sending: float
    cpu: float
    before: int
    peak: int
    twice: int


def measure_deliveries(folder: Path, topics: int) -> Section:
    """Owe every hub every topic; then once in one go, and once with a kill in the middle."""
    hosts = WELL + HANGING + REFUSING + BUSY
    once = _measure(folder / "once", topics, killed=False)
    killed = _measure(folder / "killed", topics, killed=True)
    return Section(
        title=f"{topics * hosts:,} deliveries to {hosts} hosts: {HANGING} hang, {REFUSING} refuse, {BUSY} are busy",
        columns=("", "healthy ones' s", "of these sending s", "CPU s", "peak MiB", "growth MiB", "sent twice"),
        rows=(
            _row("in one go", once, f"{(once.peak - once.before) / MIB:.0f}"),
            _row("killed in the middle", killed, "–"),
        ),
        promises=(
            Promise(what=f"{topics * WELL:,} deliveries to healthy hosts", figure=once.wall, limit=SECONDS, unit=" s"),
            Promise(what="memory that they add", figure=(once.peak - once.before) / MIB, limit=GROWTH_MIB, unit=" MiB"),
        ),
    )


def owe(folder: str, hubs: Sequence[str], topics: int) -> None:
    """Owe every hub every topic, as a pass does when it publishes: in a process of its own."""
    from datetime import UTC, datetime

    from syndicator.model import Announcement
    from syndicator.ports import Publication
    from syndicator.state.posts import SqlLedger
    from syndicator.state.versions import open_database

    addresses = [f"https://news.example.org/feeds/topic/t{number}.xml" for number in range(topics)]
    owed = [Announcement(target=hub, topic=topic, digest="new") for hub in hubs for topic in addresses]
    database = open_database(f"sqlite:///{folder}/state.db", Path(folder))
    SqlLedger(database).record(Publication(announcements=tuple(owed)), datetime.now(UTC))
    database.close()


def _row(what: str, seen: _Delivered, growth: str) -> tuple[str, ...]:
    figures = (f"{seen.wall:.1f}", f"{seen.sending:.1f}", f"{seen.cpu:.1f}", f"{seen.peak / MIB:.0f}")
    return (what, *figures, growth, str(seen.twice))


def _measure(folder: Path, topics: int, *, killed: bool) -> _Delivered:
    posts = folder / "content/_posts"
    posts.mkdir(parents=True)
    for number in range(topics):
        head = f"title: Post {number}\ntags: [t{number}]\n"
        (posts / f"2026-01-01-p{number}.md").write_text(f"---\n{head}---\nWords.\n", encoding="utf-8")
    notes = folder / "heard"
    with _hubs(notes) as addresses:
        config = folder / "syndicator.toml"
        hubs = "".join(f'\n[[hubs]]\nurl = "{address}"\n' for address in addresses)
        config.write_text(_CONFIG.format(port=_free_port()) + hubs, encoding="utf-8")
        run((*COMMAND, "-c", str(config), "build", "--no-announce"), ROOT)
        owe = f"from tests.bench.deliveries import owe; owe({str(folder)!r}, {addresses!r}, {topics})"
        run((sys.executable, "-c", owe), ROOT)
        _expect(len(addresses) * topics, _owed(config), "are owed")
        begin = time.time()
        if killed:
            with _running(config) as process:
                _until(lambda: len(_heard(notes)) >= topics * WELL // 2, "half of the deliveries")
                process.kill()
        with _running(config) as process:
            before = peak = 0
            while len(set(_heard(notes))) < topics * WELL:
                memory = _memory(process.pid)
                before, peak = before or (memory if notes.stat().st_size else 0), max(peak, memory)
                if time.time() - begin > _PATIENCE:
                    raise WrongResultError(f"only {len(set(_heard(notes)))} deliveries within {_PATIENCE:g} s")
                time.sleep(0.02)
            cpu = _cpu(process.pid)
            _until(lambda: _owed(config) == (HANGING + REFUSING + BUSY) * topics, "the rest to stay owed")
    heard = _heard(notes)
    times = _times(notes)
    return _Delivered(
        wall=max(times) - begin,
        sending=max(times) - min(times),
        cpu=cpu,
        before=before,
        peak=peak,
        twice=len(heard) - len(set(heard)),
    )


@contextmanager
def _hubs(notes: Path) -> Iterator[list[str]]:
    notes.touch()
    counts = map(str, (WELL, HANGING, REFUSING, BUSY))
    command = (sys.executable, "-m", "tests.bench.hubs", *counts, str(notes))
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as hubs:
        assert hubs.stdout is not None
        yield list(iter(lambda: hubs.stdout.readline().strip(), ""))  # type: ignore[union-attr]


@contextmanager
def _running(config: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = (*COMMAND, "-c", str(config), "run")
    with (config.with_name("log")).open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            yield process
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(30)
        finally:
            process.kill()
            process.wait()


def _heard(notes: Path) -> Sequence[tuple[str, str]]:
    """Hub and topic of each ping that was taken."""
    lines = (
        line.split(" ") for line in notes.read_text(encoding="ascii").splitlines(keepends=True) if line[-1] == "\n"
    )
    return [(hub, topic) for _, hub, topic in lines]


def _times(notes: Path) -> list[float]:
    return [float(line.split(" ")[0]) for line in notes.read_text(encoding="ascii").splitlines()]


def _owed(config: Path) -> int:
    found = json.loads(run((*COMMAND, "-c", str(config), "deliveries", "--json"), ROOT).output)
    count: int = sum(host["pending"] for host in found["hosts"])
    return count


def _until(look: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not look():
        if time.monotonic() > deadline:
            raise WrongResultError(f"waited {_PATIENCE:g} s in vain for {what}")
        time.sleep(0.05)


def _expect(wanted: int, found: int, what: str) -> None:
    if wanted != found:
        raise WrongResultError(f"{found} {what}, not {wanted}")


def _memory(pid: int) -> int:
    """Bytes of memory that the process holds now."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
