"""Entries that are not all kept in memory: documents are the same, and a look changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from syndicator.building import BuildOptions, build
from syndicator.crew import Crew
from syndicator.passes import Report
from syndicator.progress import quiet
from syndicator.settings import load_settings
from tests.newsroom import Newsroom

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
FEEDS = """
[[feeds]]
name = "main"
json = "feed.json"

[[feeds]]
name = "tag"
each = "tag"
rss = "tag/{slug}.xml"
"""


@pytest.fixture
def few_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("syndicator.gathering._KEPT", 3)
    monkeypatch.setattr("syndicator.writing._ENTRIES_AT_ONCE", 2)
    monkeypatch.setattr("syndicator.making._BATCH", 2)


def room(folder: Path) -> Newsroom:
    made = Newsroom(folder, feeds=FEEDS, port=8080)
    for number in range(11):
        made.post(f"2026-01-01-p{number:02}.md", title=f"P{number}", tags=f"[t{number % 4}, t{number % 3}]")
    return made


def built(where: Newsroom, *, dry_run: bool = False) -> Report:
    options = BuildOptions(announce=False, dry_run=dry_run)
    with Crew(1) as crew:
        return build(load_settings(where.root / "syndicator.toml", {}), options, NOW, quiet, crew).report


def test_documents_are_the_same_whether_entries_stay_in_memory_or_not(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    plain, careful = room(tmp_path / "plain"), room(tmp_path / "careful")
    built(plain)
    request.getfixturevalue("few_in_memory")
    first = built(careful)

    assert plain.files() == careful.files()
    assert (11, 5) == (first.entries, len(first.written))
    assert (0, ()) == (built(careful).entries, built(careful).written)


@pytest.mark.usefixtures("few_in_memory")
def test_a_changed_post_and_a_changed_feed_are_written_from_what_is_remembered(tmp_path: Path) -> None:
    careful = room(tmp_path)
    built(careful)
    careful.post("2026-01-01-p05.md", "Other words.", title="P5", tags="[t1, t2]")
    report = built(careful)

    assert (1, ("feed.json", "tag/t1.xml", "tag/t2.xml")) == (report.entries, report.written)
    (careful.root / "syndicator.toml").write_text(
        (careful.root / "syndicator.toml").read_text().replace('title = "The Example"', 'title = "Example"')
    )
    assert 5 == len(built(careful).written)
    assert b"Other words." in careful.files()["tag/t1.xml"]


@pytest.mark.usefixtures("few_in_memory")
def test_a_dry_run_remembers_nothing(tmp_path: Path) -> None:
    report = built(room(tmp_path), dry_run=True)

    assert (11, 5) == (report.entries, len(report.written))
    assert not (tmp_path / "state.db").exists()
