"""What feeds lose by time alone, where nobody can look at the posts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from syndicator.concerns import seconds
from syndicator.holding import Judged
from syndicator.lapsing import Shown, as_time_left_it, asks_for_sections, freed
from syndicator.model import (
    FeedRecord,
    FeedSpec,
    Format,
    Held,
    PageRecord,
    PostRecord,
    Site,
    SourceRecord,
    Visibility,
)
from syndicator.selections import Selection
from syndicator.traces import dates_of, stamps_of

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SOURCE = SourceRecord(site=Site(title="The Example", url="https://news.example.org/"))
MAIN = FeedSpec(name="main", outputs=((Format.RSS, "feed.xml"),), limit=20)
EACH = FeedSpec(name="by", outputs=((Format.RSS, "by/{slug}.xml"),), each="category", title="On {value}", limit=20)
HELD = Held(feed="main", concerns=(), since=NOW)


def post(number: int, **values: object) -> PostRecord:
    published = NOW - number * DAY
    record = PostRecord(
        path=f"{number}.md", version="v", digest="d", content="c", match="m", visibility=Visibility.PUBLIC,
        due=published, published=published, updated=published, entry_id=f"tag:{number}",
        terms=(("category", ("World News",)),),
    )  # fmt: skip
    return record._replace(**values)  # type: ignore[arg-type]


A, B, C = post(1), post(2), post(3)
EXPIRED = B._replace(expires=NOW)


def showed(*posts: PostRecord, name: str = "main") -> FeedRecord:
    selection = Selection(name=name, spec=MAIN, title="", outputs=(), members=posts)
    ids = tuple(record.entry_id for record in posts)
    return FeedRecord(name=name, id="urn:x", updated=NOW, members=ids, dates=dates_of(ids, stamps_of([selection])))


def shown(*feeds: FeedRecord, posts: tuple[PostRecord, ...], held: Mapping[str, Held] | None = None) -> Shown:
    return Shown(
        feeds={feed.name: feed for feed in feeds},
        held=held or {},
        pages={},
        posts={record.entry_id: record for record in posts},
    )


def members(judged: Judged) -> dict[str, list[str]]:
    return {selection.name: [r.path for r in selection.members] for selection in judged.selections}


def test_what_has_expired_leaves_and_what_other_feeds_show_does_not_come_in() -> None:
    """The main feed showed two of three."""
    feeds = showed(A, B), showed(A, B, C, name="by/world-news")

    judged = as_time_left_it(shown(*feeds, posts=(A, EXPIRED, C)), [MAIN, EACH], SOURCE, NOW)

    assert {"main": ["1.md"], "by/world-news": ["1.md", "3.md"]} == members(judged)
    assert "On World News" == judged.selections[1].title


def test_a_feed_that_never_was_is_not_made() -> None:
    judged = as_time_left_it(shown(showed(A), posts=(A,)), [MAIN, EACH], SOURCE, NOW)

    assert {"main": ["1.md"]} == members(judged)


def test_the_news_sitemap_names_what_is_young_enough() -> None:
    spec = replace(MAIN, sitemap="news.xml")
    feeds = showed(A, B), showed(A, B, name="main:sitemap")

    judged = as_time_left_it(shown(*feeds, posts=(A, B)), [spec], SOURCE, NOW)

    assert {"main": ["1.md", "2.md"], "main:sitemap": ["1.md"]} == members(judged)


def test_a_feed_that_is_held_loses_what_has_expired_and_keeps_what_is_gone() -> None:
    posts = (A, EXPIRED, C._replace(gone=NOW))

    judged = as_time_left_it(shown(showed(A, B, C), posts=posts, held={"main": HELD}), [MAIN], SOURCE, NOW)

    assert {"main": ["1.md", "3.md"]} == members(judged)
    assert {"main": HELD} == judged.held
    assert frozenset() == judged.untouched


def test_a_feed_that_is_held_stays_to_the_byte_with_the_dates_that_readers_know() -> None:
    posts = (A._replace(published=NOW, updated=NOW), B)

    judged = as_time_left_it(shown(showed(A, B), posts=posts, held={"main": HELD}), [MAIN], SOURCE, NOW)

    assert frozenset({"main"}) == judged.untouched
    assert (seconds(A.published), seconds(A.updated)) == judged.stamps["tag:1"]
    assert [A.published, B.published] == [record.published for record in judged.selections[0].members]


def test_a_feed_of_an_older_version_that_is_held_has_the_dates_of_its_posts() -> None:
    feed = replace(showed(A), dates=())

    judged = as_time_left_it(shown(feed, posts=(A,), held={"main": HELD}), [MAIN], SOURCE, NOW)

    assert (A,) == judged.selections[0].members


def test_a_feed_that_is_held_for_all_its_posts_being_gone_stays_with_its_title() -> None:
    gone = A._replace(gone=NOW)
    feed = showed(A, name="by/world-news")

    judged = as_time_left_it(shown(feed, posts=(gone,), held={feed.name: HELD}), [EACH], SOURCE, NOW)
    unknown = as_time_left_it(shown(feed, posts=(), held={feed.name: HELD}), [EACH], SOURCE, NOW)

    assert ["On World News"] == [selection.title for selection in judged.selections]
    assert ["On world-news"] == [selection.title for selection in unknown.selections]


def test_pages_of_an_archive_stay_as_they_stand() -> None:
    spec, page = replace(MAIN, archive=True), PageRecord(feed="main", number=1, members=(), content="c", updated=NOW)

    before = replace(shown(showed(A, B), posts=(A, EXPIRED, C)), pages={"main": (page,)})
    judged = as_time_left_it(before, [spec], SOURCE, NOW)

    assert {"main": ["1.md"]} == members(judged)
    assert [(page, True)] == [(one.record, one.kept) for one in judged.selections[0].pages]


def test_sections_are_those_that_the_source_had() -> None:
    spec, source = replace(EACH, each="section"), replace(SOURCE, sections=(("1.md", "News"),))

    judged = as_time_left_it(shown(showed(A, name="by/news"), posts=(A,)), [spec], source, NOW)

    assert {"by/news": ["1.md"]} == members(judged)
    assert asks_for_sections([spec])
    assert asks_for_sections([replace(MAIN, exclude=(("section", ("news",)),))])
    assert not asks_for_sections([MAIN, EACH])


def let_go(*posts: PostRecord, archive: bool = False) -> Judged:
    selection = Selection(
        name="main", spec=replace(MAIN, archive=archive), title="T", outputs=MAIN.outputs, members=posts
    )
    return Judged(selections=(selection,), stamps=stamps_of([selection]))


def test_a_feed_is_let_go_where_posts_only_leave_it() -> None:
    held = shown(showed(A, B), posts=(A, B), held={"main": HELD})
    free = freed(held, let_go(A))

    judged = as_time_left_it(held, [MAIN], SOURCE, NOW, free)

    assert {"main": ["1.md"]} == members(judged)
    assert {} == judged.held


def test_a_feed_waits_where_a_post_comes_or_has_another_date_or_there_is_an_archive() -> None:
    held = shown(showed(A, B), posts=(A, B, C), held={"main": HELD})

    assert {} == freed(held, let_go(A, C))
    assert {} == freed(held, let_go(A._replace(updated=NOW)))
    assert {} == freed(held, let_go(A, archive=True))
    assert {} == freed(held, replace(let_go(A), held={"main": HELD}))
    assert {} == freed(replace(held, held={}), let_go(A))
