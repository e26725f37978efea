"""When output changes by the clock alone: each kind of instant, and what is said of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from syndicator.feeds import live, select
from syndicator.instants import next_change
from syndicator.model import FeedPast, FeedRecord, FeedSpec, Format, Limits, PostState, Visibility
from tests.unit.test_feeds import MAIN, NOON, SITE, record

HOUR = timedelta(hours=1)
NEVER_LIVE: dict[str, Any] = {"entry_id": "", "ready": NOON}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"due": NOON + HOUR}, (NOON + HOUR, "the embargo of a ends")),
        ({"expires": NOON + HOUR}, (NOON + HOUR, "a expires")),
        ({"settles": NOON + HOUR, **NEVER_LIVE}, (NOON + HOUR, "the hold-off of a ends")),
        ({"due": NOON + HOUR, "settles": NOON + 2 * HOUR, **NEVER_LIVE}, (NOON + 2 * HOUR, "the hold-off of a ends")),
        ({"due": NOON + 2 * HOUR, "settles": NOON + HOUR, **NEVER_LIVE}, (NOON + 2 * HOUR, "the embargo of a ends")),
        ({"due": NOON + HOUR, "expires": NOON + 2 * HOUR}, (NOON + HOUR, "the embargo of a ends")),
        ({"due": NOON + HOUR, "expires": NOON + HOUR}, None),
        ({"due": NOON - HOUR}, None),
        ({"expires": NOON}, None),
        ({"expires": NOON + HOUR, "visibility": Visibility.KILLED}, None),
        ({"due": NOON + HOUR, "visibility": Visibility.DRAFT}, None),
        ({"due": NOON + HOUR, "gone": NOON}, None),
    ],
)
def test_a_post_changes_feeds_when_it_first_appears_and_when_it_leaves(
    changes: dict[str, Any], expected: tuple[datetime, str] | None
) -> None:
    """frontmatter-21, frontmatter-49: nothing changes at a date at which it is still held off, or over already."""
    assert expected == next_change([record("a", **changes)], NOON)


def test_the_soonest_of_all_counts_and_of_those_at_once_one_is_named() -> None:
    posts = [record("b", due=NOON + HOUR), record("a", due=NOON + HOUR), record("c", due=NOON + 2 * HOUR)]

    assert (NOON + HOUR, "the embargo of a ends") == next_change(posts, NOON)


def test_a_waiting_post_is_neither_live_nor_anything_else() -> None:
    waiting = record("a", settles=NOON + HOUR, **NEVER_LIVE)

    assert PostState.SETTLING is waiting.state(NOON)
    assert "waiting" == PostState.SETTLING.value
    assert PostState.LIVE is waiting.state(NOON + HOUR)
    assert [] == live([waiting], NOON)


def test_a_sitemap_of_several_files_changes_when_the_oldest_of_the_last_is_two_days_old() -> None:
    """partners-17, partners-18: with that the index may lose a file."""
    spec = FeedSpec(name="map", outputs=(), sitemap="news.xml")
    posts = live([record(f"{number:04}", 40 if number == 1000 else 1) for number in range(1001)], NOON)
    sitemaps = select([spec], posts, SITE, NOON)

    assert ["news.xml", "news-1.xml", "news-2.xml"] == [path for one in sitemaps for _, path in one.outputs]
    assert (NOON + 8 * HOUR, "1000 gets too old for map:sitemap-2") == next_change([], NOON, sitemaps)
    assert [((Format.NEWS_SITEMAP, "news.xml"),)] == [
        one.outputs for one in select([spec], posts, SITE, NOON + 8 * HOUR)
    ]


def test_a_held_feed_is_judged_anew_when_its_earlier_changes_count_no_more() -> None:
    began = NOON - timedelta(minutes=4)
    past = FeedPast(until=int(began.timestamp()), members=(), dates=())
    feed = FeedRecord(name="main", id="urn:main", updated=NOON, past=past)
    ten = timedelta(minutes=10)

    assert (began + ten, "earlier changes of main, which is held, count no more") == next_change(
        [], NOON, held=[feed], limits=Limits()
    )
    assert next_change([], began + ten, held=[feed], limits=Limits()) is None
    assert next_change([], NOON, select([MAIN], [], SITE, NOON)) is None
