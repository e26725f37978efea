"""The second process that looks through a folder with very many posts when a service begins."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from syndicator.app import orders, publisher, state_to_write
from syndicator.passes import Report
from syndicator.pipeline import Pipeline
from syndicator.ports import Scan, own_version
from syndicator.scouting import ForkedScout, scout_for
from syndicator.settings import Settings, load_settings
from syndicator.sourcing import Readers

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
CONFIG = """
[site]
title = "The Example"
url = "https://news.example.org/"
timezone = "UTC"

[source]
path = "site"
dialect = "jekyll"

[publish]
to = "public"
url = "https://news.example.org/feeds/"

[state]
url = "sqlite:///state.db"

[[feeds]]
name = "main"
limit = 50
json = "feed.json"
"""


def write(site: Path, name: str, title: str) -> Path:
    post = site / "_posts" / f"2026-03-0{len(name)}-{name}.md"
    post.write_text(f"---\ntitle: {title}\n---\nText.\n", encoding="utf-8")
    return post


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A site of three posts that are published."""
    (tmp_path / "site/_posts").mkdir(parents=True)
    (tmp_path / "syndicator.toml").write_text(CONFIG, encoding="utf-8")
    for name in ("a", "bb", "ccc"):
        write(tmp_path / "site", name, "Before")
    settings = load_settings(tmp_path / "syndicator.toml", {})
    run(settings, None, lambda: None)
    return settings


def run(settings: Settings, scout: ForkedScout | None, meanwhile: Callable[[], object], hours: int = 0) -> Report:
    """A first pass of a service."""
    with state_to_write(settings) as state:
        if scout is not None:
            scout.know()
        meanwhile()
        pipeline = Pipeline(
            Readers(settings), publisher(settings), state.ledger, orders(settings), stays=True, scout=scout
        )
        return pipeline.run(NOON + timedelta(hours=hours))


def scan(settings: Settings) -> Scan:
    """What this process sees."""
    reader = Readers(settings)()
    with state_to_write(settings) as state:
        known = {p: own_version(v, reader.versions_begin) for p, v in state.ledger.versions().items()}
    return reader.source.scan(known)


def settled(scan: Scan) -> Scan:
    """As if no file had been written just before."""
    return replace(scan, changed=tuple((path, version.rstrip("~")) for path, version in scan.changed))


def test_a_scout_sees_what_a_scan_sees_once(settings: Settings) -> None:
    site = settings.source_path
    scout = scout_for(settings, large=0)
    assert scout is not None
    write(site, "dddd", "New")
    write(site, "a", "Changed")
    (site / "_posts/2026-03-03-ccc.md").unlink()
    scout.know()
    scout.begin()
    found = scout.found(Readers(settings)().versions_begin)
    assert found is not None
    assert settled(found) == settled(scan(settings))
    assert found.gone == ("_posts/2026-03-03-ccc.md",)
    assert [path for path, _ in found.changed] == ["_posts/2026-03-01-a.md", "_posts/2026-03-04-dddd.md"]
    assert scout.found("") is None


def test_what_changes_after_the_scout_has_read_what_is_known_is_in_the_first_pass(settings: Settings) -> None:
    scout = scout_for(settings, large=0)
    report = run(settings, scout, lambda: write(settings.source_path, "dddd", "New"), hours=1)
    assert (4, 1, ("feed.json",)) == (report.posts, report.read, report.written)


def test_a_first_pass_does_without_a_scout_that_died(settings: Settings) -> None:
    scout = scout_for(settings, large=0)
    assert scout is not None

    def die() -> None:
        os.kill(scout._child, signal.SIGKILL)
        write(settings.source_path, "dddd", "New")

    report = run(settings, scout, die, hours=1)
    assert (4, 1, ("feed.json",)) == (report.posts, report.read, report.written)


def test_what_a_scout_saw_by_other_rules_counts_for_nothing(settings: Settings) -> None:
    scout = scout_for(settings, large=0)
    assert scout is not None
    scout.know()
    scout.begin()
    assert scout.found("others:") is None


def test_a_second_look_is_nobodys_but_ones_own(settings: Settings) -> None:
    scout = scout_for(settings, large=0)
    assert scout is not None
    scout.know()
    scout.begin()
    scout.begin()
    assert scout.found(Readers(settings)().versions_begin) is None


def test_a_small_state_gets_no_scout(settings: Settings) -> None:
    assert scout_for(settings) is None
