"""Measures what posts made to cost much really cost: ``python -m tests.hunt 2000000 [DIALECT …]`` prints the worst.

Each post of ``bombs.py`` goes the whole way through a process of its own, whose processor time and memory are limited.
With ``--fit`` bodies are made as large as the weighing lets through: what it refuses says nothing of the engines.
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import PurePosixPath
from typing import Any, cast

from syndicator.dialects import eleventy, hugosite, jekyllsite, plain
from syndicator.entries import make_entry
from syndicator.errors import PostError
from syndicator.ledger import record_of
from syndicator.markup.weight import TooHeavy, weigh
from syndicator.model import ImageFacts, Site, SourceFile, Visibility
from syndicator.ports import Configured, SiteFiles, Source
from syndicator.posts.fields import FieldMap
from syndicator.posts.rules import Rules
from syndicator.reader import Reader, isolated
from tests.bombs import BODIES, HEADS

SITE = Site(title="T", url="https://example.org/", description="", language="en", timezone="UTC", author="")
PATHS = {"jekyll": "_posts/2020-01-01-a.md", "hugo": "content/posts/a.md", "eleventy": "posts/a.md", "plain": "a.md"}
HUGO = b"""
enableEmoji = true
[markup.goldmark]
renderer.unsafe = true
parser.attribute.block = true
extensions.extras = {mark.enable = true, insert.enable = true, subscript.enable = true, superscript.enable = true}
extensions.passthrough = {enable = true, delimiters = {block = [["$$", "$$"]], inline = [["\\\\(", "\\\\)"]]}}
"""
_FRONT_MATTER = 65_000


class _Files:
    """A site's own files in memory."""

    digest = ""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def read(self, path: str) -> bytes | None:
        return self._files.get(path)

    def names(self, folder: str) -> tuple[str, ...]:
        return tuple(path for path in self._files if PurePosixPath(path).parent.as_posix() == (folder or "."))

    def find(self, folder: str, fits: Callable[[str], bool]) -> tuple[str, ...]:
        return ()


class _NoSource:
    """Files are handed to the reader; no image is there."""

    def is_bare(self) -> bool:
        return False

    def require(self) -> None:
        pass

    def mounts(self) -> frozenset[str]:
        return frozenset()

    def lifetime(self, path: str) -> None:
        return None

    def measure(self, file: str, version: str) -> tuple[str, ImageFacts] | None:
        return None


@cache
def reader(dialect: str) -> Reader:
    """A reader as the site's own configuration sets it up, with all that a flavour can have switched on."""
    said: Configured = {
        "jekyll": lambda: jekyllsite.configure(_files({"_config.yml": b"title: T\n"})),
        "hugo": lambda: hugosite.configure(_files({"hugo.toml": HUGO})),
        "eleventy": lambda: eleventy.configure(_files({}), collection="post"),
        "plain": lambda: plain.configure(_files({})),
    }[dialect]()
    rules = Rules(fields=FieldMap.of(dict(said.dialect.fields)), site_values=said.values)
    return Reader(source=cast("Source", _NoSource()), dialect=said.dialect, site=SITE, rules=rules)


def _files(files: Mapping[str, bytes]) -> SiteFiles:
    return cast("SiteFiles", _Files(files))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a file: refused, hidden, or shown in HTML."""

    refused: PostError | None = None
    hidden: bool = False
    html: str = ""


def go(dialect: str, data: bytes, path: str = "") -> Outcome:
    """The whole way of a post: skimmed, read, rendered. Raises whatever is no PostError."""
    by = reader(dialect)
    file = SourceFile(path=path or PATHS[dialect], version="1", data=data)
    skim, post = by.skim([file])[0], by.parse_all([file])[0]
    if isinstance(skim, PostError):
        return Outcome(refused=skim)
    if isinstance(post, PostError):
        return Outcome(refused=post)
    record = record_of(skim, "1", SITE.url)
    if skim.visibility is not Visibility.PUBLIC or record.published is None:
        return Outcome(hidden=True)
    try:
        with isolated(file.path):
            return Outcome(html=make_entry(post, record, SITE, by.flavour, {})[0].html)
    except PostError as error:
        return Outcome(refused=error)


def posts(size: int, *, fit: bool = False) -> Iterator[tuple[str, bytes]]:
    """All bombs as whole posts, by name; front matter has its own limit."""
    for name, make in BODIES.items():
        body = make(size)
        while fit and _too_heavy(body):
            body = make(size := int(size * 0.93))
        big = "big: " + "b" * 60_000 + "\n" if name in ("hugo-param", "liquid-body-in-loop") else ""
        head = f"date: 2020-01-01\ntitle: T\ntags: post\n{big}"
        yield f"body {name}", f"---\n{head}---\n{body}\n".encode("utf-8", "surrogatepass")
    for name, make in HEADS.items():
        head = make(min(size, _FRONT_MATTER))
        usual = "".join(f"{key}\n" for key in ("date: 2020-01-01", "tags: post") if f"{key[:4]}" not in head)
        yield f"head {name}", f"---\n{usual}{head}\n---\nwords {{{{ page.big }}}}\n".encode("utf-8", "surrogatepass")


def _too_heavy(body: str) -> bool:
    try:
        weigh(body)
    except TooHeavy:
        return True
    return False


def measured(work: Callable[[], Any]) -> tuple[float, int, str]:
    """Seconds of processor time, MB of memory, and what came of it, in a process that is ended in time."""
    told, tell = os.pipe()
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_CPU, (20, 21))
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
        before = resource.getrusage(resource.RUSAGE_SELF)
        try:
            outcome = str(work())[:150]
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is the finding
            outcome = f"RAISED {error!r}"[:150]
        after = resource.getrusage(resource.RUSAGE_SELF)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        os.write(tell, f"{seconds}\0{(after.ru_maxrss - before.ru_maxrss) // 1024}\0{outcome}".encode())
        os._exit(0)
    os.close(tell)
    with os.fdopen(told, "rb") as pipe:
        said = pipe.read().decode().split("\0")
    _, status = os.waitpid(child, 0)
    return (float(said[0]), int(said[1]), said[2]) if len(said) == 3 else (99.0, 9_999, f"DIED {status}")


def main(words: list[str]) -> None:
    fit = "--fit" in words
    size, *dialects = [word for word in words if word != "--fit"]
    for dialect in dialects or PATHS:
        go(dialect, b"---\ndate: 2020-01-01\ntags: post\n---\n*a* {{ 1 | date }}\n")  # imports what all will need
        for name, data in posts(int(size), fit=fit):
            seconds, megabytes, outcome = measured(partial(_went, dialect, data))
            if seconds > 1 or megabytes > 120 or "RAISED" in outcome or "this program" in outcome:
                print(f"{dialect:9}{name:32}{seconds:7.2f} s {megabytes:5} MB  {outcome}", flush=True)


def _went(dialect: str, data: bytes) -> str:
    outcome = go(dialect, data)
    return str(outcome.refused) if outcome.refused else f"{len(outcome.html):,} characters"


if __name__ == "__main__":
    main(sys.argv[1:])
