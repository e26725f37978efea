"""A ledger made anew from documents: what they say is known again, the rest is left to the next pass."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from syndicator.adoption import Bearings
from syndicator.model import UNKNOWN, Audience, FeedSpec, Format, PostRecord, Visibility, reached
from syndicator.oldfeeds import OldFeed, OldItem
from syndicator.restoring import Restored, in_time, restore
from syndicator.standing import Place, Places, Standing, read_standing

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SITE = "https://news.example.org/"
FEEDS = "https://news.example.org/feeds/"
HUB = "https://hub.example.net/"
MAIN = FeedSpec(name="main", outputs=((Format.RSS, "feed.xml"), (Format.ATOM, "atom.xml")))
EACH = FeedSpec(name="news", each="category", archive=True, outputs=((Format.JSON, "{slug}/{slug}.json"),))


def record(path: str, **values: object) -> PostRecord:
    known = PostRecord(
        path=path, version="v", digest="d", content="c", match="m", visibility=Visibility.PUBLIC, due=NOON,
        published=NOON, updated=NOON, modified=None, expires=None, entry_id=f"tag:{path}", given_id="", terms=(),
    )  # fmt: skip
    return known._replace(**values)  # type: ignore[arg-type]


def standing(*items: OldItem, path: str = "atom.xml", place: Place | None = None, **says: object) -> Standing:
    place = place or Place(spec=MAIN, feed="main", format=Format.ATOM)
    known = OldFeed(kind="Atom", items=items, **says)  # type: ignore[arg-type]
    return Standing(place=place, path=path, digest="d", length=9, version="1", changed=NOON, says=known)


def item(entry_id: str, path: str, **rest: object) -> OldItem:
    return OldItem(id=entry_id, link=f"{SITE}{path}", **({"published": NOON} | rest))  # type: ignore[arg-type]


def restored(*documents: Standing, records: tuple[PostRecord, ...] = (record("a"), record("b"))) -> Restored:
    places = [Bearings(path=r.path, title=r.path, permalink=f"{SITE}{r.path}", published=r.published) for r in records]
    return restore(
        documents,
        places,
        {r.path: r for r in records},
        site_url=SITE,
        feeds_url=FEEDS,
        hubs=(HUB,),
        audience=Audience(),
    )


def test_a_post_has_the_id_and_the_dates_that_readers_know() -> None:
    found = restored(standing(item("old", "a", updated=NOON + HOUR)))

    assert [("a", "old", NOON + HOUR, "")] == [(r.path, r.entry_id, r.updated, r.version) for r in found.posts]
    assert () == found.lost


def test_a_post_that_moved_has_its_id_though_another_is_where_it_was() -> None:
    found = restored(standing(item("tag:a", "b"), item("tag:a;2", "a")))

    assert {"b": "tag:a", "a": "tag:a;2"} == {r.path: r.entry_id for r in found.posts}


def test_an_id_that_we_gave_tells_whose_it_was_where_nothing_else_does() -> None:
    found = restored(standing(item("tag:b", "elsewhere", published=None), item("tag:c", "nowhere", published=None)))

    assert ["b"] == [r.path for r in found.posts]
    assert ["tag:c"] == [one.id for one in found.lost]


def test_of_an_entry_in_several_documents_the_latest_counts() -> None:
    found = restored(
        standing(item("x", "a", updated=NOON)), standing(item("x", "a", updated=NOON + HOUR), path="feed.xml")
    )

    assert [NOON + HOUR] == [r.updated for r in found.posts]


def test_a_feed_has_its_id_its_date_and_its_posts_and_every_topic_is_owed_once() -> None:
    found = restored(standing(item("x", "a"), item("y", "b"), id="urn:x", updated=NOON))

    (feed,) = found.feeds
    assert ("main", "urn:x", NOON, ("x", "y"), UNKNOWN) == (
        feed.name,
        feed.id,
        feed.updated,
        feed.members,
        feed.settings,
    )
    assert [(HUB, f"{FEEDS}atom.xml", "d")] == [(a.target, a.topic, a.digest) for a in found.announcements]


def test_a_feed_that_says_no_id_has_its_own_and_is_as_old_as_its_newest_post() -> None:
    place = Place(spec=MAIN, feed="main", format=Format.RSS)
    found = restored(standing(item("x", "a", updated=NOON + HOUR), path="feed.xml", place=place))

    (feed,) = found.feeds
    assert feed.id.startswith("urn:uuid:")
    assert feed.updated == NOON + HOUR


def test_a_killed_post_is_down_since_its_feed_said_so() -> None:
    killed = record("k", visibility=Visibility.KILLED)
    found = restored(standing(buried=(("tag:k", NOON), ("tag:gone", NOON))), records=(record("a"), killed))

    assert [("k", NOON)] == [(r.path, r.down) for r in found.posts]
    assert ["tag:k", "tag:gone"] == [stone.ref for stone in found.feeds[0].tombstones]


def test_pages_keep_their_posts_and_are_no_topics() -> None:
    place = Place(spec=EACH, feed="news/a", format=Format.JSON, page=2)
    found = restored(standing(item("x", "a"), path="a/a.archive-2.json", place=place))

    (page,) = found.pages
    assert ("news/a", 2, ("x",), UNKNOWN, NOON) == (page.feed, page.number, page.members, page.content, page.updated)
    assert () == found.announcements


def test_nothing_is_restored_with_a_date_to_come() -> None:
    late = standing(item("x", "a"), updated=NOON + HOUR)

    assert NOON == in_time(restored(late), NOON).feeds[0].updated


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("feed.xml", ("main", 0)),
        ("a/a.json", ("news/a", 0)),
        ("a/a.archive-12.json", ("news/a", 12)),
        ("a/b.json", None),
        ("a/a.archive-0.json", None),
        ("feed.archive-1.xml", None),
        ("x/feed.xml", None),
        ("..", None),
    ],
)
def test_a_path_says_whose_document_it_is(path: str, expected: tuple[str, int] | None) -> None:
    place = Places([MAIN, EACH]).of(path)

    assert expected == (place and (place.feed, place.page))


@pytest.mark.parametrize("body", [b"", b"\x00" * 100, b"<html>", b"{}", b"\x1f\x8b"])
def test_what_is_no_feed_is_passed_over(body: bytes) -> None:
    assert None is read_standing(Place(spec=MAIN, feed="main", format=Format.RSS), "feed.xml", body, "1", NOON)


@pytest.mark.parametrize(
    ("then", "expected"),
    [(-HOUR, NOON), (HOUR, NOON + HOUR), (timedelta(days=1), NOON + timedelta(days=1)), (timedelta(days=2), NOON)],
)
def test_a_clock_that_was_set_back_takes_no_date_back_unless_it_was_far_ahead(
    then: timedelta, expected: datetime
) -> None:
    assert expected == reached(NOON + then, NOON)
