"""The service at work: from a post that is saved to all its documents on disk and served, and what that costs."""

from __future__ import annotations

import random
import re
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from statistics import median

from tests.bench import hugo
from tests.bench.corpus import post, write_corpus
from tests.bench.hugo import Hugo
from tests.bench.measure import MIB, WrongResultError, ratios, spread
from tests.bench.processes import Family, started
from tests.bench.product import COMMAND, ROOT, Product
from tests.bench.report import Promise, Section

#: Milliseconds from a save to its documents, at most, and CPU milliseconds that it may cost.
SERVED_MS, SERVED_MS_LARGE, CPU_MS, IDLE_PERCENT = 60, 100, 60, 1
#: What was promised for the largest site.
LARGE, LARGE_MIB, CAUGHT_UP_SECONDS = 100_000, 200, 2
#: Seconds between two looks at the disk, and at the server, which has to answer.
_LOOK, _ASK = 0.0005, 0.002
#: So many saves tell how long a peer takes, and so many seconds what it does meanwhile: it has no scans to wait for.
_MOST_OF_THEIRS, _IDLE_OF_THEIRS = 8, 10.0
#: Seconds between two saves: the second look at a change comes after one, and counts.
_PAUSE = (1.6, 2.6)

SERVE = """
[serve]
port = {port}

[images]
ask = false
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is measured: how many posts are saved, how many restarts there are, and how many seconds are idle."""

    saves: int
    restarts: int
    idle: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Saves:
    """What came of saves: seconds until the documents were on disk and were served; CPU seconds in all, and for how
    many seconds that went on."""

    written: tuple[float, ...]
    served: tuple[float, ...]
    cpu: float
    seconds: float

    def cost(self, idle: float) -> float:
        """CPU milliseconds that one of them caused, where ``idle`` percent of a core are used in any case."""
        return 1000 * (self.cpu - self.seconds * idle / 100) / len(self.written)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A post that was saved: what its address ends with, the name of its category, and when it was saved."""

    slug: bytes
    category: str
    at: float


@dataclass(slots=True, kw_only=True)
class Desk:
    """Where posts are written, each newer than all before."""

    corpus: Path
    chance: random.Random = field(default_factory=lambda: random.Random(5))
    number: int = 0

    def save(self) -> Draft:
        """Write one more post beside the corpus and move it into its place, as careful editors do."""
        self.number += 1
        name, text = post(-self.number, seconds=True)
        draft = self.corpus.parent / name
        draft.write_text(text, encoding="utf-8", newline="\n")
        category = next(line for line in text.splitlines() if line.startswith("category: "))
        at = time.perf_counter()
        draft.rename(self.corpus / "_posts" / name)
        return Draft(slug=name[11:-3].encode(), category=_plain(category.partition(" ")[2]), at=at)

    def pause(self) -> None:
        """Wait, never as long as the last time: nothing is to fall into step."""
        time.sleep(self.chance.uniform(*_PAUSE))


class Reader:
    """Somebody who reads what is served, over one connection."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._line: HTTPConnection | None = None

    def tag(self, path: str) -> str:
        """The ETag of a document's plain bytes, "" where there is none."""
        return self._ask("HEAD", path, "identity")[0]

    def read(self, path: str, coding: str = "identity") -> bytes:
        """A document as whoever takes this coding gets it."""
        return self._ask("GET", path, coding)[1]

    def _ask(self, method: str, path: str, coding: str) -> tuple[str, bytes]:
        line = self._line or HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            line.request(method, f"/feeds/{path}", headers={"Accept-Encoding": coding})
            answer = line.getresponse()
            body = answer.read()
        except (OSError, HTTPException):
            self._line = None
            return "", b""
        self._line = line
        return (answer.headers.get("ETag", ""), body) if answer.status == 200 else ("", b"")


def measure_live(folder: Path, posts: int, effort: Effort) -> Section:
    """Run the service over ``posts`` posts, save some more, start it again; then let Hugo's watcher do the same."""
    corpus = folder / "corpus"
    write_corpus(corpus, posts, seconds=True)
    desk = Desk(corpus=corpus)
    product = Product.set_up(folder / "all", corpus, ("rss", "atom", "json"))
    port, config = _free_port(), product.folder / "syndicator.toml"
    config.write_text(config.read_text(encoding="utf-8") + SERVE.format(port=port), encoding="utf-8")
    command = (*COMMAND, "-c", str(config), "run")
    begin = time.perf_counter()
    with started(command, ROOT) as family:
        reader = Reader(port)
        family.wait(lambda: bool(reader.tag("feed.json")) and len(_stamps(product.out)) == product.files)
        built, first_peak = time.perf_counter() - begin, family.peak()
        saves = _save(desk, product.out, family, effort.saves, reader)
        read = _save(desk, product.out, family, max(effort.saves // 3, 3), reader, coding="gzip")
        idle, peak = _idle(family, effort.idle), family.peak()
    product.verify()
    restarts = [_restart(command, desk, port) for _ in range(effort.restarts)]
    peer = Hugo.set_up(folder / "hugo", corpus)
    begin = time.perf_counter()
    with started((*peer.command, "--watch"), peer.folder) as family:
        family.wait(lambda: len(_stamps(peer.out)) == product.files // 3)
        their_build = time.perf_counter() - begin
        theirs = _save(desk, peer.out, family, min(effort.saves, _MOST_OF_THEIRS))
        their_idle, their_peak = _idle(family, min(effort.idle, _IDLE_OF_THEIRS)), family.peak()
    peer.verify()

    cost, their_cost = saves.cost(idle), theirs.cost(their_idle)
    rows = (
        _seconds("first build", [built], [their_build], 1),
        _seconds("saved to on disk", saves.written, theirs.written),
        _seconds("saved to served", saves.served, theirs.written),
        ("CPU ms of a save", f"{cost:.0f}", f"{their_cost:.0f}", f"{cost / their_cost:.2f}"),
        ("the same, and somebody reads each document with gzip", f"{read.cost(idle):.0f}", "", ""),
        (f"idle for {effort.idle:.0f} s, % of a core", f"{idle:.2f}", f"{their_idle:.2f}", ""),
        ("peak MiB, first build", f"{first_peak / MIB:.0f}", "", ""),
        ("peak MiB", f"{peak / MIB:.0f}", f"{their_peak / MIB:.0f}", f"{peak / their_peak:.2f}"),
        ("peak MiB after a restart", f"{max(one[2] for one in restarts) / MIB:.0f}", "", ""),
        _seconds("restart to the first answer", [one[0] for one in restarts], (), 2),
        _seconds("restart to a post saved meanwhile", [one[1] for one in restarts], (), 2),
    )
    large = posts >= LARGE
    promises: tuple[Promise, ...] = (
        Promise(
            what=f"{posts:,} posts, saved to served",
            figure=median(saves.served) * 1000,
            limit=SERVED_MS_LARGE if large else SERVED_MS,
            unit=" ms",
        ),
        Promise(what=f"{posts:,} posts, CPU of a save", figure=cost, limit=CPU_MS, unit=" ms"),
        Promise(what=f"{posts:,} posts, idle, of a core", figure=idle, limit=IDLE_PERCENT, unit=" %"),
    )
    if large:
        promises += (
            Promise(what=f"{posts:,} posts, service's peak", figure=peak / MIB, limit=LARGE_MIB, unit=" MiB"),
            Promise(
                what=f"{posts:,} posts, caught up after a restart",
                figure=median([one[1] for one in restarts]),
                limit=CAUGHT_UP_SECONDS,
                unit=" s",
            ),
        )
    title = f"The service over {posts:,} posts, RSS + Atom + JSON, and Hugo {hugo.version()} watching, RSS"
    return Section(title=title, columns=("", "syndicator", "Hugo", "ratio"), rows=rows, promises=promises)


def _save(desk: Desk, out: Path, family: Family, count: int, reader: Reader | None = None, coding: str = "") -> Saves:
    """Save posts one by one, and see what came of them. With ``coding`` somebody then reads each new document in it.

    Without a reader the main feed is enough: Hugo's watcher mostly leaves those of categories as they were.
    """
    written: list[float] = []
    served: list[float] = []
    desk.pause()
    before, begin = family.cpu(), time.perf_counter()
    for _ in range(count):
        stood = _stamps(out)
        draft = desk.save()
        of_category = [path for path in stood if reader is not None and draft.category in _plain(path).split("/")]
        paths = [*(path for path in stood if not path.startswith("category/")), *of_category]
        family.wait(partial(_all_show, out, paths, stood, draft), _LOOK)
        written.append(time.perf_counter() - draft.at)
        if reader is not None:
            tags = {path: f'"{sha256((out / path).read_bytes()).hexdigest()[:32]}"' for path in paths}
            family.wait(partial(_all_served, reader, tags), _ASK)
            served.append(time.perf_counter() - draft.at)
            if draft.slug not in reader.read(paths[0]):
                raise WrongResultError(f"what is served does not show {draft.slug.decode()}")
            for path in paths if coding else ():
                reader.read(path, coding)
        desk.pause()
    cpu, seconds = family.cpu() - before, time.perf_counter() - begin
    return Saves(written=tuple(written), served=tuple(served), cpu=cpu, seconds=seconds)


def _all_show(out: Path, paths: Sequence[str], stood: Mapping[str, tuple[int, int]], draft: Draft) -> bool:
    """Whether documents are others than before and show a post. They are opened only when they are others."""
    return all(_stamp(out / path) != stood[path] and draft.slug in (out / path).read_bytes() for path in paths)


def _all_served(reader: Reader, tags: dict[str, str]) -> bool:
    """Whether readers get documents with these tags; those that they get are asked for no more."""
    for path in list(tags):
        if reader.tag(path) != tags[path]:
            return False
        del tags[path]
    return True


def _restart(command: Sequence[str], desk: Desk, port: int) -> tuple[float, float, int]:
    """Seconds from a start to the first answer, and until a post is served that was saved before; peak memory."""
    draft = desk.save()
    begin = time.perf_counter()
    with started(command, ROOT) as family:
        reader = Reader(port)
        family.wait(lambda: bool(reader.tag("feed.json")), _ASK)
        answered = time.perf_counter() - begin
        family.wait(lambda: draft.slug in reader.read("feed.json"), 10 * _ASK)
        caught_up = time.perf_counter() - begin
        desk.pause()
        return answered, caught_up, family.peak()


def _idle(family: Family, seconds: float) -> float:
    """Percent of a core that is used while nothing happens."""
    before, begin = family.cpu(), time.perf_counter()
    time.sleep(seconds)
    return 100 * (family.cpu() - before) / (time.perf_counter() - begin)


def _stamps(out: Path) -> dict[str, tuple[int, int]]:
    found = (path for path in sorted(out.rglob("*")) if path.is_file() and not path.name.startswith("."))
    return {str(path.relative_to(out)): _stamp(path) for path in found}


def _stamp(file: Path) -> tuple[int, int]:
    status = file.stat()
    return status.st_mtime_ns, status.st_ino


def _plain(name: str) -> str:
    """A name as it may stand in an address, however somebody writes it there."""
    return re.sub(r"[^a-z/]+", "-", re.sub(r"\.[a-z]+$", "", name.lower()))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _seconds(name: str, ours: Sequence[float], theirs: Sequence[float], digits: int = 3) -> tuple[str, str, str, str]:
    against = spread(ratios(ours[: len(theirs)], theirs)) if theirs else ""
    return f"{name}, s", spread(ours, digits), spread(theirs, digits) if theirs else "", against
