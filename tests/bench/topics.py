"""Very many feeds: a thousand of 50 entries each, from nothing and after one post changed."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench.corpus import write_corpus
from tests.bench.measure import MIB, Run, WrongResultError, run, spread
from tests.bench.report import Promise, Section

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = ("", "files written", "wall s", "CPU s", "peak MiB")
#: Topics, and how many of them a post has: each has ENTRIES posts in a corpus of POSTS.
TOPICS, OF_A_POST, POSTS, ENTRIES = 1_000, 5, 10_000, 50
SECONDS, PEAK_MIB = 20, 200

CONFIG = """\
[site]
title = "The Example"
url = "https://news.example.org/"

[source]
path = "{corpus}"
dialect = "jekyll"

[publish]
to = "public"
url = "https://news.example.org/feeds/"

[[feeds]]
name = "topic"
each = "tag"
rss = "topic/{{slug}}.xml"
limit = {entries}

[state]
url = "sqlite:///var/state.db"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topics:
    """A configuration in ``folder`` over a corpus whose posts have topics."""

    folder: Path
    corpus: Path

    @classmethod
    def set_up(cls, folder: Path) -> Topics:
        corpus = folder / "corpus"
        write_corpus(corpus, POSTS)
        for path in (corpus / "_posts").iterdir():
            number = int(path.stem.rpartition("-")[2])
            names = ", ".join(f"t{(number * OF_A_POST + step) % TOPICS:03}" for step in range(OF_A_POST))
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace("\nlayout: post\n", f"\nlayout: post\ntags: [{names}]\n", 1), encoding="utf-8")
        (folder / "syndicator.toml").write_text(CONFIG.format(corpus=corpus, entries=ENTRIES), encoding="utf-8")
        return cls(folder=folder, corpus=corpus)

    @property
    def command(self) -> tuple[str, ...]:
        return (
            sys.executable,
            "-m",
            "syndicator",
            "-c",
            str(self.folder / "syndicator.toml"),
            "build",
            "--no-announce",
        )

    def cold(self) -> tuple[Run, int]:
        """From nothing, and how many files that wrote. Raises WrongResultError unless every feed is there and full."""
        for name in ("public", "var"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        result = run(self.command, ROOT)
        feeds = list((self.folder / "public").rglob("*.xml"))
        if len(feeds) != TOPICS or any(feed.read_bytes().count(b"<item>") != ENTRIES for feed in feeds):
            raise WrongResultError(f"the build left {len(feeds)} feeds, or some that are not full")
        return result, len(feeds)

    def changed(self, number: int) -> tuple[Run, int]:
        """After a change to one post. Raises WrongResultError unless its own feeds alone were written."""
        (path,) = (self.corpus / "_posts").glob(f"*-{number}.md")
        path.write_text(path.read_text(encoding="utf-8") + "\nOne more word.\n", encoding="utf-8")
        before = self._times()
        result = run(self.command, ROOT)
        touched = sum(time != before.get(feed) for feed, time in self._times().items())
        if touched != OF_A_POST:
            raise WrongResultError(f"a post in {OF_A_POST} feeds that changed touched {touched}")
        return result, touched

    def _times(self) -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in (self.folder / "public").rglob("*.xml")}


def measure_topics(folder: Path, repetitions: int) -> Section:
    """Build the feeds from nothing, then after one changed post, ``repetitions`` times."""
    folder.mkdir(parents=True)
    topics = Topics.set_up(folder)
    cold = [topics.cold() for _ in range(repetitions)]
    changed = [topics.changed(number) for number in range(repetitions)]
    peak = max(one.peak for one, _ in (*cold, *changed)) / MIB
    return Section(
        title=f"{TOPICS:,} feeds of {ENTRIES} entries from {POSTS:,} posts, RSS",
        columns=COLUMNS,
        rows=(_row("from nothing", cold), _row("one post changed", changed)),
        promises=(
            Promise(
                what=f"{TOPICS:,} feeds from {POSTS:,} posts",
                figure=median([one.wall for one, _ in cold]),
                limit=SECONDS,
                unit=" s",
            ),
            Promise(what=f"{TOPICS:,} feeds, largest process", figure=peak, limit=PEAK_MIB, unit=" MiB"),
        ),
    )


def _row(name: str, runs: Sequence[tuple[Run, int]]) -> tuple[str, ...]:
    return (
        name,
        f"{runs[0][1]:,}",
        spread([one.wall for one, _ in runs]),
        spread([one.cpu for one, _ in runs]),
        f"{max(one.peak for one, _ in runs) / MIB:.0f}",
    )
