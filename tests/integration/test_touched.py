"""A pass that looks only at what was touched ends where one that looks at everything would."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from syndicator.app import State, orders, publisher, state_to_write
from syndicator.errors import SourceError, StateError
from syndicator.passes import Report
from syndicator.pipeline import Pipeline
from syndicator.ports import LedgerChange, Scan, Touched
from syndicator.settings import load_settings
from syndicator.sourcing import Readers
from syndicator.state.posts import SqlLedger

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
FEEDS = """
    [site]
    title = "The Example"
    url = "https://news.example.org"

    [state]
    url = "sqlite:///state.db"

    [publish]
    to = "public"
    url = "https://news.example.org/feeds/"
    settle = "90m"

    [guard]
    vanished_percent = 60

    [[hubs]]
    url = "http://127.0.0.1:9/"

    [[feeds]]
    name = "main"
    limit = 4
    rss = "feed.xml"
    json = "feed.json"

    [[feeds]]
    name = "history"
    limit = 3
    archive = true
    atom = "history.xml"

    [[feeds]]
    name = "tag"
    each = "tag"
    limit = 2
    max_age = "9d"
    atom = "tag/{slug}.xml"
    sitemap = "tag/{slug}.map.xml"
    tombstones = true
"""
PLACES = {
    "jekyll": ("_posts/2026-03-0{n}-{name}.md", "news/_posts/2026-03-0{n}-{name}.md", "_drafts/{name}.md"),
    "hugo": ("content/{name}.md", "content/news/{name}.md", "content/{name}/index.md", "content/deep/{name}/index.md"),
}
#: What lies beside posts: pictures of bundles, an index that swallows its neighbours, the site's own files.
BESIDE = {
    "jekyll": ("_data/people.yml", "_config.yml", "about.md", "_posts/note.txt"),
    "hugo": (
        "content/a/pic.jpg",
        "content/b/more/pic.jpg",
        "content/news/index.md",
        "hugo.toml",
        "content/a/c.md",
        "content/news/_index.md",
    ),
}

_COUNTED = ("posts", "live", "feeds", "documents")


class Site:
    """Files that are written, moved and thrown away at random; ``touched`` is what a watcher would say of it."""

    def __init__(self, root: Path, dialect: str, seed: int) -> None:
        self.root, self._dialect, self.dice = root, dialect, random.Random(seed)
        self.touched: set[str] = set()
        root.mkdir()
        for _ in range(12):
            self._write(self._place())

    def change(self, now: datetime) -> None:
        for _ in range(self.dice.randint(0, 3)):
            there = sorted(path.relative_to(self.root).as_posix() for path in self.root.rglob("*.md"))
            one = self.dice.choice(there) if there else self._place()
            kind = self.dice.random()
            if kind < 0.35:
                self._write(self._place(), now)
            elif kind < 0.55:
                self._write(one, now)
            elif kind < 0.7:
                self._remove(one)
            elif kind < 0.82:
                self._move(one, self._place())
            elif kind < 0.9 and "/" in one:
                folder = one.rpartition("/")[0]
                self._move(folder, self.dice.choice(("content/moved", f"{folder}2", "gone")))
            else:
                self._write(self.dice.choice(BESIDE[self._dialect]), now)

    def _place(self) -> str:
        place = self.dice.choice(PLACES[self._dialect])
        return place.format(n=self.dice.randint(1, 9), name=self.dice.choice("abcdefg"))

    def _write(self, path: str, now: datetime = NOON) -> None:
        full = self.root / path
        if any(above.is_file() for above in full.parents) or full.is_dir():
            return
        full.parent.mkdir(parents=True, exist_ok=True)
        if path.endswith((".md", ".txt")):
            full.write_text(self._post(now))
        else:
            full.write_text(f"# {self.dice.random()}\n" if not path.endswith(".toml") else "title = 'A site'\n")
        os.utime(full, (0, 0))  # long ago: the version of what was written just now is another a moment later
        self.touched.add(path)

    def _post(self, now: datetime) -> str:
        dice = self.dice
        lines = [
            f"title: {dice.choice(('Bread', 'Cake', 'Tart', 'Pie'))} {dice.randint(1, 30)}",
            f"date: {now + timedelta(hours=dice.randint(-300, 30)):%Y-%m-%dT%H:%M:%SZ}",
            f"tags: [{', '.join(dice.sample(('x', 'X', 'long read', 'y'), dice.randint(0, 3)))}]",
        ]
        lines += ["draft: true", "published: false"] if dice.random() < 0.1 else []
        lines += ["killed: true"] if dice.random() < 0.1 else []
        lines += [f"id: same-{dice.randint(1, 4)}"] if dice.random() < 0.2 else []
        lines += [f"expiryDate: {now + timedelta(hours=dice.randint(-20, 40)):%Y-%m-%dT%H:%M:%SZ}"] * (
            dice.random() < 0.2
        )
        lines += ["tags: [broken"] if dice.random() < 0.07 else []
        refers = "[it]({% post_url 2026-03-01-a %})" if self._dialect == "jekyll" else '[it]({{< ref "a" >}})'
        return "\n".join(("---", *lines, "---", f"Words {dice.randint(1, 99)}.", refers * (dice.random() < 0.3), ""))

    def _remove(self, path: str) -> None:
        (self.root / path).unlink()
        self.touched.add(path)

    def _move(self, old: str, new: str) -> None:
        to = self.root / new
        if to.exists() or f"{new}/".startswith(f"{old}/") or any(above.is_file() for above in to.parents):
            return
        to.parent.mkdir(parents=True, exist_ok=True)
        (self.root / old).rename(to)
        self.touched |= {old, new}


@contextmanager
def room(
    folder: Path, site: Path, dialect: str, *, stays: bool, more: str = ""
) -> Iterator[tuple[State, Callable[..., Report]]]:
    folder.mkdir(exist_ok=True)
    source = f'\n[source]\npath = "{site}"\ndialect = "{dialect}"\n'
    (folder / "syndicator.toml").write_text(dedent(FEEDS) + more + source)
    settings = load_settings(folder / "syndicator.toml", {})
    with state_to_write(settings, stays=stays) as state:
        wanted = replace(orders(settings), ask_images=False)
        pipeline = Pipeline(Readers(settings), publisher(settings), state.ledger, wanted, stays=stays)
        yield state, lambda now, touched=None: pipeline.run(now, touched=touched)


def twin(before: Path, after: Path) -> None:
    """A copy of what a pass left; files are the same ones, or they would count as altered."""
    shutil.rmtree(after, ignore_errors=True)
    after.mkdir()
    shutil.copytree(before / "public", after / "public", copy_function=os.link)
    with closing(sqlite3.connect(before / "state.db")) as one, closing(sqlite3.connect(after / "state.db")) as two:
        one.backup(two)


@contextmanager
def in_parts(monkeypatch: pytest.MonkeyPatch, part: int) -> Iterator[None]:
    with monkeypatch.context() as patch:
        if part:
            patch.setattr("syndicator.settling._MANY", 1)
            patch.setattr("syndicator.settling._PART", part)
            patch.setattr("syndicator.reading._CHUNK", part)
        yield


def left_behind(folder: Path, state: State, report: Report) -> dict[tuple[str, Any], Any]:
    """All that a pass leaves that anybody could notice."""
    ledger, last = state.ledger, state.ledger.last_pass()
    things: dict[str, Mapping[Any, Any]] = {
        "bytes": {
            str(p.relative_to(folder)): p.read_bytes() for p in folder.joinpath("public").rglob("*") if p.is_file()
        },
        # The mark of a bundle whose folders changed just now is another a moment later.
        "posts": {path: post._replace(version=post.version.partition("+")[0]) for path, post in ledger.posts().items()},
        "feeds": ledger.feeds(),
        "pages": ledger.pages(),
        "documents": {path: replace(one, version="") for path, one in ledger.documents().items()},
        "entries": ledger.entry_records(),
        "refused": ledger.refusals(),
        "held": ledger.held(),
        "last": {name: last and getattr(last, name) for name in (*_COUNTED, "orders", "next_change")},
        "report": {name: getattr(report, name) for name in (*_COUNTED, "refused", "held", "next_change")},
        "owed": {(one.target, one.topic): one.digest for one in state.outbox.deliveries()},
    }
    return {(name, key): value for name, some in things.items() for key, value in some.items()}


@pytest.mark.parametrize(
    ("dialect", "seed", "part"), [("jekyll", 0, 0), ("hugo", 0, 0), ("jekyll", 1, 2), ("hugo", 1, 3)]
)
def test_a_pass_over_what_was_touched_does_what_one_over_everything_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dialect: str, seed: int, part: int
) -> None:
    """Edits, renames, deletions, embargoes, expiries, bundles, the site's own files, a clock that is set back; whatever
    comes, pass by pass, with what the service keeps in memory of its state. Also where so few posts are many, and are
    settled and stored in parts.
    """
    site, now = Site(tmp_path / "site", dialect, seed), NOON
    with room(tmp_path / "one", tmp_path / "site", dialect, stays=True) as (state, make_pass):
        with in_parts(monkeypatch, part):
            make_pass(now)
        for _ in range(8):
            site.touched.clear()
            now += timedelta(hours=site.dice.choice((0, 1, 5, 30, -4)))
            site.change(now)
            twin(tmp_path / "one", tmp_path / "other")
            touched = frozenset(site.touched)
            with room(tmp_path / "other", tmp_path / "site", dialect, stays=False) as (other, look_at_all):
                away = (report := look_at_all(now)).away
                expected = left_behind(tmp_path / "other", other, report)
            with in_parts(monkeypatch, part):
                report = make_pass(now, touched)
            assert str(away) == str(report.away)
            found = left_behind(tmp_path / "one", state, report)
            assert [] == [
                (at, expected.get(at), found.get(at)) for at in expected | found if expected.get(at) != found.get(at)
            ]


@pytest.fixture
def jekyll(tmp_path: Path) -> Iterator[tuple[Path, Callable[..., Report]]]:
    posts = tmp_path / "site" / "_posts"
    posts.mkdir(parents=True)
    for name in "abcd":
        (posts / f"2026-03-01-{name}.md").write_text(f"---\ntitle: {name}\n---\nWords.\n")
    with room(tmp_path / "room", tmp_path / "site", "jekyll", stays=True) as (_, make_pass):
        make_pass(NOON)
        yield posts, make_pass


def test_a_pass_looks_at_nothing_that_nobody_touched(jekyll: tuple[Path, Callable[..., Report]]) -> None:
    posts, make_pass = jekyll
    (posts / "2026-03-01-a.md").write_text("---\ntitle: A\n---\nOther words.\n")
    nowhere = make_pass(NOON, frozenset())
    elsewhere = make_pass(NOON, frozenset({"_posts/2026-03-01-b.md"}))
    there = make_pass(NOON, frozenset({"_posts/2026-03-01-a.md"}))

    assert (0, 0, 1) == (nowhere.read, elsewhere.read, there.read)


@pytest.mark.parametrize("touched", ["", ".", "../site", "_posts//x", "a\0b"])
def test_what_is_no_path_below_the_folder_makes_a_pass_look_at_everything(
    jekyll: tuple[Path, Callable[..., Report]], touched: str
) -> None:
    posts, make_pass = jekyll
    (posts / "2026-03-01-a.md").write_text("---\ntitle: A\n---\nOther words.\n")

    assert 1 == make_pass(NOON, frozenset({touched})).read


def test_links_make_a_pass_look_at_everything(jekyll: tuple[Path, Callable[..., Report]]) -> None:
    posts, make_pass = jekyll
    (posts / "2026-03-01-a.md").write_text("---\ntitle: A\n---\nOther words.\n")
    (posts / "2026-03-02-link.md").symlink_to(posts / "2026-03-01-b.md")

    assert 2 == make_pass(NOON, frozenset({"_posts/2026-03-02-link.md"})).read


def test_a_folder_that_is_away_is_noticed_though_nothing_was_touched(
    jekyll: tuple[Path, Callable[..., Report]],
) -> None:
    posts, make_pass = jekyll
    posts.parent.rename(posts.parent.with_name("elsewhere"))
    assert "does not exist" in str(make_pass(NOON, frozenset()).away)


def test_posts_that_are_all_gone_at_once_are_an_accident_also_where_somebody_says_so(
    jekyll: tuple[Path, Callable[..., Report]],
) -> None:
    posts, make_pass = jekyll
    shutil.rmtree(posts)
    assert "all 4 known posts are gone at once" in str(make_pass(NOON, frozenset({"_posts"})).away)


def test_a_first_pass_in_parts_ends_where_one_at_once_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever posts of different parts have in common: ids of their own, and such as others would be given."""
    posts = tmp_path / "site" / "_posts"
    posts.mkdir(parents=True)
    for number, extra in enumerate(("id: one", "", "id: one", "tags: [x]", "id: two", "draft: true", "id: two", "[")):
        (posts / f"2026-03-0{number + 1}-p.md").write_text(f"---\ntitle: P{number}\n{extra}\n---\nWords.\n")
    found = []
    for name, part in (("whole", 0), ("parts", 2)):
        with room(tmp_path / name, tmp_path / "site", "jekyll", stays=True) as (state, make_pass):
            with in_parts(monkeypatch, part):
                report = make_pass(NOON)
            found.append(left_behind(tmp_path / name, state, report))

    assert found[0] == found[1]
    assert 3 == len(report.refused)


def test_a_first_pass_that_is_cut_off_between_parts_is_made_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was stored by then is neither held off nor updated for it."""
    posts = tmp_path / "site" / "_posts"
    posts.mkdir(parents=True)
    for number in range(1, 8):
        (posts / f"2026-03-0{number}-p.md").write_text(f"---\ntitle: P{number}\n---\nWords.\n")
    with room(tmp_path / "whole", tmp_path / "site", "jekyll", stays=True) as (state, make_pass):
        expected = left_behind(tmp_path / "whole", state, make_pass(NOON))

    def break_off(self: SqlLedger, change: LedgerChange, remember: Callable[..., None] = SqlLedger.remember) -> None:
        if any(record.path.endswith("05-p.md") for record in change.posts):
            raise StateError("state", "the disk is full", "free some space")
        remember(self, change)

    with (
        room(tmp_path / "cut", tmp_path / "site", "jekyll", stays=True) as (state, make_pass),
        in_parts(monkeypatch, 2),
    ):
        with monkeypatch.context() as patch:
            patch.setattr("syndicator.state.posts.SqlLedger.remember", break_off)
            with pytest.raises(StateError):
                make_pass(NOON)
        stored = len(state.ledger.posts())
        found = left_behind(tmp_path / "cut", state, make_pass(NOON))

    assert 4 == stored
    assert expected == found


def test_the_pass_after_one_that_failed_looks_at_everything(
    jekyll: tuple[Path, Callable[..., Report]], monkeypatch: pytest.MonkeyPatch
) -> None:
    posts, make_pass = jekyll
    (posts / "2026-03-01-a.md").write_text("---\ntitle: A\n---\nOther words.\n")

    def fail(*_: object) -> Scan | None:
        raise SourceError("source", "cannot be listed", "wait")

    with monkeypatch.context() as patch:
        patch.setattr("syndicator.sources.folder.FolderSource.glance", fail)
        assert make_pass(NOON, frozenset({"_posts/2026-03-01-a.md"})).away is not None
    nothing: Touched = frozenset()

    assert 1 == make_pass(NOON, nothing).read


def test_a_document_that_a_killed_pass_left_behind_goes_when_nobody_wants_it_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its state knows nothing of it, and a web server gives what stands in the folder to everybody."""
    post = tmp_path / "site" / "_posts" / "2026-03-08-p.md"
    post.parent.mkdir(parents=True)
    post.write_text("---\ntitle: P\ntags: [x]\n---\nWords.\n")

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with (
        monkeypatch.context() as patch,
        room(tmp_path / "room", tmp_path / "site", "jekyll", stays=True) as (_, make_pass),
    ):
        patch.setattr("syndicator.state.posts.SqlLedger.record", die)
        with pytest.raises(KeyboardInterrupt):
            make_pass(NOON)
    left = tmp_path / "room/public/tag"
    (left / ".syndicator-x.xml").write_text("half of one")
    assert (left / "x.xml").exists()
    post.write_text("---\ntitle: P\n---\nOther words.\n")
    with room(tmp_path / "room", tmp_path / "site", "jekyll", stays=True) as (_, make_pass):
        make_pass(NOON)

    assert {"feed.xml", "feed.json", "history.xml"} == {path.name for path in left.parent.iterdir()}
