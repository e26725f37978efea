"""A clock that goes back: what is published stays, no date goes back, and nothing is told twice."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta

import pytest

from syndicator.building import BuildOptions, build
from syndicator.crew import Crew
from syndicator.passes import Report
from syndicator.progress import quiet
from syndicator.settings import load_settings
from tests.newsroom import Newsroom

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(newsroom: Newsroom, moment: datetime) -> Report:
    """A build when the clock says so."""
    settings = load_settings(newsroom.root / "syndicator.toml", os.environ)
    with Crew(1) as crew:
        return build(settings, BuildOptions(announce=False), moment, quiet, crew).report


def updates(newsroom: Newsroom) -> list[str]:
    return re.findall("<updated>(.+)</updated>", newsroom.files()["atom.xml"].decode())


@pytest.mark.parametrize("back", [HOUR, 7 * HOUR], ids=str)
def test_a_clock_that_goes_back_takes_nothing_away_and_tells_nothing_twice(newsroom: Newsroom, back: timedelta) -> None:
    newsroom.post("2026-05-01-a.md", title="Alpha", category="News")
    newsroom.post("2026-06-01-b.md", title="Beta", category="News")
    at(newsroom, NOON)
    newsroom.post("2026-05-01-a.md", "Edited.", title="Alpha", category="News")
    at(newsroom, NOON + HOUR / 2)
    before, dates = newsroom.files(), updates(newsroom)
    assert "2026-06-01T12:30:00Z" in dates

    report = at(newsroom, NOON - back)

    assert () == report.written
    assert before == newsroom.files()
    newsroom.post("2026-05-01-a.md", "Edited again.", title="Alpha", category="News")
    at(newsroom, NOON - back / 2)
    assert all(now >= then for now, then in zip(updates(newsroom), dates, strict=True)), (updates(newsroom), dates)
    assert () == at(newsroom, NOON - back / 4).written
    assert () == at(newsroom, NOON + 2 * HOUR).written


def test_an_embargo_that_has_ended_has_ended_whatever_the_clock_says_then(newsroom: Newsroom) -> None:
    newsroom.post("2026-05-01-a.md", title="Alpha")
    newsroom.post("2026-06-01-b.md", title="Beta", date="2026-06-01 07:45:00 -0400")
    at(newsroom, NOON)
    before = newsroom.files()

    at(newsroom, NOON - HOUR)

    assert ["Beta", "Alpha"] == newsroom.titles()
    assert before == newsroom.files()
    assert () == at(newsroom, NOON + HOUR).written


def test_a_post_whose_date_was_moved_to_now_stays_when_the_clock_goes_back(newsroom: Newsroom) -> None:
    newsroom.post("2026-05-01-a.md", title="Alpha")
    newsroom.post("2026-05-02-b.md", title="Beta")
    at(newsroom, NOON)
    newsroom.post("2026-05-02-b.md", title="Beta", date="2026-06-01 12:20:00 +0000")
    at(newsroom, NOON + HOUR / 2)

    at(newsroom, NOON)

    assert ["Beta", "Alpha"] == newsroom.titles()


def test_a_clock_behind_what_was_published_is_said_by_build_and_by_status_without_a_service(newsroom: Newsroom) -> None:
    newsroom.post("2026-05-01-a.md", title="Alpha")
    at(newsroom, ahead := datetime.now(UTC) + HOUR)
    said = rf"the clock says .+ UTC, but \S+ was published at {ahead:%Y-%m-%d %H:%M:%S} UTC; set it right"

    assert re.search(rf"^clock +{said}", newsroom.command("status").stdout, re.MULTILINE)
    assert re.search(rf"^warning: {said}", newsroom.build("--dry-run").stderr, re.MULTILINE)
    assert re.search(rf"^warning: {said}", newsroom.build().stderr, re.MULTILINE)


def test_a_clock_that_is_right_is_not_spoken_of(newsroom: Newsroom) -> None:
    newsroom.post("2026-05-01-a.md", title="Alpha")
    assert "" == newsroom.build().stderr

    assert "" == newsroom.build().stderr
    assert "clock " not in newsroom.command("status").stdout
