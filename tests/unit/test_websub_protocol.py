"""What WebSub asks of a publisher, without any network."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.deliveries.outcome import Outcome, Verdict, answered, given_up, retry_at
from syndicator.deliveries.settling import pause_for
from syndicator.model import HostPause
from syndicator.websub.protocol import judge, ping

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TWO_DAYS, SECOND = timedelta(days=2), timedelta(seconds=1)


def later(wait: timedelta | None = None) -> Outcome:
    return Outcome(verdict=Verdict.LATER, wait=wait)


def test_a_ping_names_one_topic_under_both_names() -> None:
    """websub-11, websub-12."""
    fields = ping("https://news.example.org/feed.xml?a=1&b=2")

    assert [
        ("hub.mode", "publish"),
        ("hub.url", "https://news.example.org/feed.xml?a=1&b=2"),
        ("hub.topic", "https://news.example.org/feed.xml?a=1&b=2"),
    ] == list(fields)


def test_a_topic_with_a_query_survives_the_form() -> None:
    """websub-13."""
    encoded = urlencode(ping("https://news.example.org/feed.xml?a=1&b=ü+c%20d"))

    assert "hub.topic=https%3A%2F%2Fnews.example.org%2Ffeed.xml%3Fa%3D1%26b%3D%C3%BC%2Bc%2520d" in encoded
    assert ("hub.topic", "https://news.example.org/feed.xml?a=1&b=ü+c%20d") in parse_qsl(encoded)


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (200, b"", Verdict.DONE),
        (202, b"", Verdict.DONE),
        (204, b"", Verdict.DONE),
        (207, b"several", Verdict.DONE),
        (299, b"", Verdict.DONE),
        (301, b"", Verdict.REFUSED),
        (302, b"", Verdict.REFUSED),
        (400, b"no topic", Verdict.REFUSED),
        (404, b"Topic not found", Verdict.REFUSED),
        (410, b"", Verdict.REFUSED),
        (408, b"", Verdict.LATER),
        (425, b"", Verdict.LATER),
        (429, b"", Verdict.LATER),
        (500, b"oops", Verdict.LATER),
        (500, b"Topic not found", Verdict.UNHEARD),
        (503, b"Topic not found", Verdict.LATER),
    ],
)
def test_an_answer_means(status: int, body: bytes, verdict: Verdict) -> None:
    """websub-11, websub-12: any 2xx is success, and a hub without subscribers is no alarm."""
    assert verdict is judge(status, body)


@pytest.mark.parametrize(
    ("attempts", "span"),
    [
        (1, timedelta(minutes=1)),
        (2, timedelta(minutes=5)),
        (3, timedelta(minutes=15)),
        (4, timedelta(hours=1)),
        (5, timedelta(hours=4)),
        (6, timedelta(hours=12)),
        (7, timedelta(hours=12)),
        (1000, timedelta(hours=12)),
    ],
)
def test_the_wait_grows_to_half_a_day(attempts: int, span: timedelta) -> None:
    """websub-10."""
    assert NOON + span / 2 == retry_at(attempts, NOON, later(), 0.5)


def test_jitter_that_comes_out_at_nothing_still_lets_the_hub_breathe() -> None:
    assert NOON + timedelta(seconds=5) == retry_at(1, NOON, later(), 0.0)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (timedelta(minutes=10), timedelta(minutes=10)),
        (timedelta(seconds=1), timedelta(seconds=30)),  # the back-off's own wait is longer
        (timedelta(0), timedelta(seconds=30)),
        (timedelta(days=4000), timedelta(days=1)),
        (timedelta.max, timedelta(days=1)),
    ],
)
def test_a_hub_decides_how_long_to_wait_at_least(asked: timedelta, expected: timedelta) -> None:
    """websub-50; a hub cannot silence us for more than a day."""
    assert NOON + expected == retry_at(1, NOON, later(asked), 0.5)


@settings(max_examples=80, deadline=None)
@given(
    attempts=st.integers(0, 10_000),
    seconds=st.none() | st.integers(0, 86_400),
    rand=st.floats(0, 1, exclude_max=True),
)
def test_a_retry_lies_ahead_and_never_before_what_the_hub_allows(
    attempts: int, seconds: int | None, rand: float
) -> None:
    asked = None if seconds is None else timedelta(seconds=seconds)

    wait = retry_at(attempts, NOON, later(asked), rand) - NOON

    assert timedelta(seconds=5) <= wait <= timedelta(days=1)
    assert asked is None or wait >= asked


@pytest.mark.parametrize(
    ("verdict", "attempts", "age", "expected"),
    [
        (Verdict.LATER, 1, timedelta(0), False),
        (Verdict.LATER, 9, timedelta(hours=47), False),
        (Verdict.LATER, 9, timedelta(days=2), True),
        (Verdict.LATER, 4, timedelta(days=30), False),  # the service was down meanwhile
        (Verdict.LATER, 5, timedelta(days=30), True),
        (Verdict.REFUSED, 4, timedelta(days=30), False),
        (Verdict.REFUSED, 5, timedelta(0), True),
        (Verdict.OVER, 1, timedelta(0), True),
    ],
)
def test_refusals_are_given_up_soon_and_troubles_when_their_time_is_over(
    verdict: Verdict, attempts: int, age: timedelta, expected: bool
) -> None:
    assert expected is given_up(verdict, attempts, NOON - age, NOON, TWO_DAYS)


def test_a_handler_may_set_its_own_pace_and_a_host_still_decides() -> None:
    quick = Outcome(verdict=Verdict.LATER, pace=timedelta(seconds=2))

    assert NOON + timedelta(seconds=2.1) == retry_at(9, NOON, quick, 0.5)
    assert NOON + timedelta(minutes=1) == retry_at(9, NOON, replace(quick, wait=timedelta(minutes=1)), 0.5)


@pytest.mark.parametrize(
    ("status", "wait", "expected"),
    [
        (204, None, Outcome(verdict=Verdict.DONE)),
        (500, None, Outcome(verdict=Verdict.LATER, error="the cache answered 500")),
        (403, None, Outcome(verdict=Verdict.REFUSED, error="the cache answered 403")),
        (503, None, Outcome(verdict=Verdict.LATER, error="the cache answered 503")),
        (429, None, Outcome(verdict=Verdict.LATER, error="the cache answered 429", wait=5 * SECOND, host=True)),
        (503, TWO_DAYS, Outcome(verdict=Verdict.LATER, error="the cache answered 503", wait=TWO_DAYS, host=True)),
        (429, TWO_DAYS, Outcome(verdict=Verdict.LATER, error="the cache answered 429", wait=TWO_DAYS, host=True)),
        (500, TWO_DAYS, Outcome(verdict=Verdict.LATER, error="the cache answered 500", wait=TWO_DAYS)),
    ],
)
def test_an_answer_that_says_when_to_come_again_speaks_for_its_host(
    status: int, wait: timedelta | None, expected: Outcome
) -> None:
    """websub-50."""
    assert expected == answered("the cache", status, wait)


def test_pauses_of_a_host_grow_to_an_hour_and_no_further_unless_it_asks_for_more() -> None:
    """websub-50: a hub that was down all night is not left alone until noon."""
    pause, spans = None, []
    for _ in range(8):
        pause = pause_for("hub.example", later(), pause, NOON, 0.999).pause
        spans.append(round((pause.until - NOON) / timedelta(minutes=1)))

    assert [1, 5, 15, 60, 60, 60, 60, 60] == spans
    assert HostPause(host="hub.example", until=NOON + timedelta(days=1), failures=9, error="") == (
        pause_for("hub.example", later(TWO_DAYS), pause, NOON, 0.999).pause
    )
