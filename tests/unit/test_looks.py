"""When the service looks for changes though nobody has told it of any."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicator.looks import Look, clock_fault, pause_of_scans, second_look
from syndicator.passes import Report
from syndicator.ports import BEING_WRITTEN, Refusal, Touched

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
REPORT = Report(posts=1, live=1, read=0, entries=0, feeds=1, documents=1)
MINUTE, SECOND, NOTHING = timedelta(minutes=1), timedelta(seconds=1), timedelta(0)
HALF = Refusal(path="a.md", version="", reason=BEING_WRITTEN, since=NOW)
A, B = frozenset({"a.md"}), frozenset({"b.md"})


@pytest.mark.parametrize(
    ("cost", "exact", "pause"),
    [
        (None, True, 60),
        (timedelta(seconds=0.1), True, 60),
        (timedelta(seconds=1.1), True, 440),
        (timedelta(seconds=90), True, 1800),
        (timedelta(seconds=1.1), False, 60),
        (None, False, 60),
    ],
)
def test_scans_of_a_folder_that_is_watched_well_take_a_four_hundredth_of_a_processor(
    cost: timedelta | None, exact: bool, pause: int
) -> None:
    assert pause == pause_of_scans(MINUTE, cost, is_exact=exact).total_seconds()


def test_who_asks_for_rare_scans_gets_no_more() -> None:
    assert timedelta(hours=1) == pause_of_scans(timedelta(hours=1), SECOND, is_exact=True)


@pytest.mark.parametrize(
    ("report", "touched", "exact", "look"),
    [
        (REPORT, A, True, None),
        (REPORT, A, False, None),
        (replace(REPORT, read=1, written=("x",)), A, True, None),
        (replace(REPORT, read=1, written=("x",)), A, False, Look(SECOND, A)),
        (replace(REPORT, read=1), None, False, Look(SECOND, None)),
        (replace(REPORT, again=True), A, True, Look(SECOND, A)),
        (replace(REPORT, refused=(HALF,)), None, True, Look(SECOND, A)),
        (replace(REPORT, refused=(HALF,)), B, False, Look(SECOND, A | B)),
        (replace(REPORT, refused=(replace(HALF, reason="no date"),)), A, True, None),
    ],
)
def test_a_second_look_is_where_something_may_have_been_missed(
    report: Report, touched: Touched, exact: bool, look: Look | None
) -> None:
    assert look == second_look(report, touched, NOTHING, None, is_exact=exact)


def test_looks_everywhere_rest_twenty_times_as_long_as_they_work() -> None:
    report = replace(REPORT, read=1)

    assert Look(22 * SECOND, None) == second_look(report, None, SECOND, 1.1 * SECOND, is_exact=False)
    assert Look(2 * SECOND, A) == second_look(report, A, SECOND, 1.1 * SECOND, is_exact=False)


def test_a_clock_behind_what_was_published_is_said_with_both_times() -> None:
    assert "" == clock_fault(NOW, NOW + SECOND, "feed.xml")
    assert (
        "the clock says 2026-03-01 12:00:00 UTC, but feed.xml was published at 2026-03-01 13:00:00 UTC; set it right, "
        "unless it was ahead then: posts with dates between the two wait until it gets there, what was published stays"
    ) == clock_fault(NOW, NOW + timedelta(hours=1), "feed.xml")


def test_a_clock_that_was_never_set_is_said_though_nothing_was_published_before() -> None:
    begun = datetime(1970, 1, 1, 0, 16, 41, tzinfo=UTC)

    assert (
        "the clock says 1970-01-01 00:16:41 UTC, which no clock says that is right; set it: "
        "posts wait until it gets there"
    ) == clock_fault(begun, begun, "something")
