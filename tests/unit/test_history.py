"""Archives: pages that keep their posts, and the window before them (atom-58 to atom-62, RFC 5005 section 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.errors import ConfigError
from syndicator.feeds import live, select
from syndicator.history import archive_path, divide, news, paging
from syndicator.model import (
    DocumentRecord,
    FeedRecord,
    FeedSpec,
    Format,
    PageRecord,
    Paging,
    PostRecord,
    Site,
    Visibility,
)
from syndicator.plan import Wanted, check_paths, says_the_same, want_pages
from syndicator.selections import Selection

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
SITE = Site(title="The Example", url="https://news.example.org/")
MAIN = FeedSpec(name="main", outputs=((Format.RSS, "feed.xml"), (Format.JSON, "feed.json")), limit=4, archive=True)
EACH = FeedSpec(name="category", each="category", outputs=((Format.RSS, "category/{slug}.xml"),), limit=4, archive=True)
Prior = Mapping[str, tuple[PageRecord, ...]]


def record(number: int, **changes: object) -> PostRecord:
    """A post of the day with that number."""
    instant = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=number)
    values: dict[str, object] = {
        "path": f"{number}.md",
        "version": "v",
        "digest": "d",
        "content": "c",
        "match": "m",
        "visibility": Visibility.PUBLIC,
        "due": instant,
        "published": instant,
        "updated": instant,
        "entry_id": f"tag:{number}",
    }
    return PostRecord(**(values | changes))  # type: ignore[arg-type]


def feed_of(posts: Iterable[PostRecord], prior: Prior | None = None, spec: FeedSpec = MAIN) -> Selection:
    (selection,) = divide(select([spec], live(posts, NOON), SITE, NOON), prior or {}, NOON)
    return selection


def kept(selection: Selection) -> Prior:
    return {selection.name: tuple(page.record for page in selection.pages)}


def numbers(posts: Iterable[PostRecord]) -> list[int]:
    return [int(post.path.removesuffix(".md")) for post in posts]


def pages(selection: Selection) -> list[list[int]]:
    return [numbers(page.members) for page in selection.pages]


def test_without_an_archive_a_feed_has_no_pages() -> None:
    selection = feed_of(map(record, range(20)), spec=replace(MAIN, archive=False))

    assert ([19, 18, 17, 16], ()) == (numbers(selection.members), selection.pages)


def test_few_posts_need_no_page() -> None:
    selection = feed_of(map(record, range(2)))

    assert ([1, 0], []) == (numbers(selection.members), pages(selection))
    assert () == paging(selection, 0, "https://x.example/")


def test_pages_are_cut_off_the_oldest_posts_and_the_feed_stays_full() -> None:
    selection = feed_of(map(record, range(6)))

    assert [[1, 0], [3, 2]] == pages(selection)
    assert [5, 4, 3, 2] == numbers(selection.members)


@given(limit=st.integers(1, 60), count=st.integers(0, 200))
@settings(max_examples=60, deadline=None)
def test_one_by_one_or_all_at_once_gives_the_same_pages(limit: int, count: int) -> None:
    spec = replace(MAIN, limit=limit)
    prior: Prior = {}
    for number in range(0, count + 1, 7):
        prior = kept(feed_of(map(record, range(number)), prior, spec))

    assert pages(feed_of(map(record, range(count)), {}, spec)) == pages(feed_of(map(record, range(count)), prior, spec))


def test_a_new_post_changes_no_page() -> None:
    before = feed_of(map(record, range(20)))
    after = feed_of(map(record, range(21)), kept(before))

    assert kept(before)["main"] == kept(after)["main"][: len(before.pages)]
    assert ((), ()) == news([before], kept(before), [MAIN])


def test_a_post_that_turns_up_late_goes_into_the_feed_and_into_the_next_page() -> None:
    before = feed_of(map(record, range(10, 18)))
    posts = [record(3), *map(record, range(10, 18))]
    after = feed_of(posts, kept(before))
    later = feed_of([*posts, record(18)], kept(after))

    assert [[11, 10], [13, 12], [15, 14]] == pages(before)
    assert [[11, 10], [13, 12], [15, 14], [16, 3]] == pages(after)
    assert 3 not in numbers(before.members)
    assert pages(after) == pages(later)


def test_a_post_that_turns_up_late_is_shown_by_the_feed_itself() -> None:
    before = feed_of(map(record, range(10, 17)))

    assert [16, 15, 14, 3] == numbers(feed_of([record(3), *map(record, range(10, 17))], kept(before)).members)


def test_a_post_that_is_taken_down_leaves_its_page_and_no_other() -> None:
    before = feed_of(map(record, range(9)))
    posts = [*map(record, range(2)), record(2, gone=NOON), *map(record, range(3, 9))]
    after = feed_of(posts, kept(before))

    assert [[1, 0], [3], [5, 4], [7, 6]] == pages(after)
    changed, _ = news([after], kept(before), [MAIN])
    assert [(2, NOON, ("tag:3", "tag:2"))] == [(page.number, page.updated, page.members) for page in changed]


def test_a_post_that_comes_back_stands_in_its_old_page() -> None:
    before = feed_of(map(record, range(9)))
    without = feed_of([record(n) for n in range(9) if n != 2], kept(before))

    assert pages(before) == pages(feed_of(map(record, range(9)), kept(without)))


def test_a_page_that_everybody_has_left_stays_as_a_link_of_the_chain() -> None:
    before = feed_of(map(record, range(9)))

    assert [[1, 0], [], [5, 4], [7, 6]] == pages(
        feed_of([record(n) for n in range(9) if n not in (2, 3)], kept(before))
    )


def test_a_corrected_post_is_shown_by_the_feed_again_and_changes_its_page_atom_61() -> None:
    before = feed_of(map(record, range(9)))
    posts = [record(2, content="mended", updated=NOON - timedelta(hours=1)), *(record(n) for n in range(9) if n != 2)]
    after = feed_of(posts, kept(before))

    assert [8, 7, 6, 2] == numbers(after.members)
    changed, _ = news([after], kept(before), [MAIN])
    assert [(2, NOON - timedelta(hours=1))] == [(page.number, page.updated) for page in changed]


def test_a_renamed_post_stays_in_its_page() -> None:
    before = feed_of(map(record, range(9)))
    renamed = record(2)._replace(path="22.md")

    assert [[1, 0], [3, 22], [5, 4], [7, 6]] == pages(
        feed_of([renamed, *(record(n) for n in range(9) if n != 2)], kept(before))
    )


@pytest.mark.parametrize(("limit", "window"), [(2, 2), (12, 12)])
def test_another_limit_changes_no_page_that_there_is(limit: int, window: int) -> None:
    before = feed_of(map(record, range(20)))
    after = feed_of(map(record, range(20)), kept(before), replace(MAIN, limit=limit))

    assert kept(before)["main"] == kept(after)["main"][: len(before.pages)]
    assert window == len(after.members)


def test_pages_of_feeds_that_have_no_archive_any_more_are_forgotten() -> None:
    prior = {**kept(feed_of(map(record, range(20)))), "category/a": (), "old/b": ()}

    assert ((), ("main", "old/b")) == news([], prior, [replace(MAIN, archive=False), EACH])


def test_the_links_of_a_history_lead_from_page_to_page_atom_61_rss_63() -> None:
    selection, feeds = feed_of(map(record, range(6))), "https://news.example.org/f/"

    assert Paging(prev=f"{feeds}feed.archive-2.xml") == dict(paging(selection, 0, feeds))[Format.RSS]
    assert (
        Paging(current=f"{feeds}feed.json", prev=f"{feeds}feed.archive-1.json", archive=True)
        == dict(paging(selection, 2, feeds))[Format.JSON]
    )
    assert (
        Paging(current=f"{feeds}feed.xml", next=f"{feeds}feed.archive-2.xml", archive=True)
        == dict(paging(selection, 1, feeds))[Format.RSS]
    )


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("feed.xml", "feed.archive-7.xml"),
        ("category/news.xml", "category/news.archive-7.xml"),
        ("v1.0/feed", "v1.0/feed.archive-7"),
        (".feed", ".feed.archive-7"),
    ],
)
def test_a_page_stands_beside_its_feed(path: str, page: str) -> None:
    assert page == archive_path(path, 7)


def test_each_value_has_a_history_of_its_own_and_no_slug_meets_it() -> None:
    posts = [record(n, terms=(("category", ("News" if n % 2 else "News archive 1",)),)) for n in range(14)]
    selections = divide(select([EACH], live(posts, NOON), SITE, NOON), {}, NOON)
    check_paths(selections)

    assert {
        "category/news": [[3, 1], [7, 5], [11, 9]],
        "category/news-archive-1": [[2, 0], [6, 4], [10, 8]],
    } == {s.name: pages(s) for s in selections}


def test_a_path_that_a_page_may_come_to_want_is_refused_at_once() -> None:
    other = FeedSpec(name="other", outputs=((Format.RSS, "feed.archive-9000.xml"),))

    with pytest.raises(ConfigError) as refused:
        check_paths(select([MAIN, other], [], SITE, NOON))
    assert 'feed "other" wants feed.archive-9000.xml' in str(refused.value)
    check_paths(select([replace(MAIN, archive=False), other], [], SITE, NOON))


def test_a_path_in_the_place_of_a_page_or_written_otherwise_is_refused_too() -> None:
    for path in ("feed.archive-1.xml/x.xml", "FEED.Archive-1.xml"):
        other = FeedSpec(name="other", outputs=((Format.RSS, path),))
        with pytest.raises(ConfigError):
            check_paths(select([MAIN, other], [], SITE, NOON))


def test_the_sitemap_of_a_feed_with_an_archive_has_no_pages() -> None:
    spec = replace(MAIN, sitemap="news.xml")
    posts = [record(n)._replace(due=NOON, published=NOON, updated=NOON) for n in range(20)]
    feed, sitemap = divide(select([spec], live(posts, NOON), SITE, NOON), {}, NOON)

    assert (9, 0, 20) == (len(feed.pages), len(sitemap.pages), len(sitemap.members))


# --- documents ----------------------------------------------------------------------------------------------------


def wanted(selection: Selection, marks: Mapping[str, object] | None = None) -> list[Wanted]:
    feed = FeedRecord(name="main", id="urn:uuid:1", updated=NOON)
    return list(
        want_pages(selection, feed, marks or {}, settings="s", salt="v", feeds_url="https://news.example.org/f/")
    )


def known(item: Wanted) -> DocumentRecord:
    return DocumentRecord(
        path=item.path, url=item.url, feed=item.feed, format=item.format, digest="d", source=item.source, version="v",
        changed=NOON, page=item.page,
    )  # fmt: skip


def test_each_page_is_wanted_in_each_format() -> None:
    items = wanted(feed_of(map(record, range(6))))

    assert [
        (1, "feed.archive-1.xml", "https://news.example.org/f/feed.archive-1.xml"),
        (1, "feed.archive-1.json", "https://news.example.org/f/feed.archive-1.json"),
        (2, "feed.archive-2.xml", "https://news.example.org/f/feed.archive-2.xml"),
        (2, "feed.archive-2.json", "https://news.example.org/f/feed.archive-2.json"),
    ] == [(item.page, item.path, item.url) for item in items]
    assert 2 == len({item.source for item in items})


def test_a_page_that_gains_a_neighbour_says_the_same_in_another_document() -> None:
    before = wanted(feed_of(map(record, range(6))))[2]
    after = wanted(feed_of(map(record, range(8))))[2]

    assert before.source != after.source
    assert says_the_same(after, known(before))
    assert not says_the_same(after, None)


def test_a_page_is_made_from_what_its_posts_refer_to() -> None:
    selection = feed_of(map(record, range(6)))
    before, after = wanted(selection), wanted(selection, {"1.md": ["other.md", "d"]})

    assert [False, False, True, True] == [old.source == new.source for old, new in zip(before, after, strict=True)]
    assert not says_the_same(after[0], known(before[0]))


# --- the walk ---------------------------------------------------------------------------------------------------------

_STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "late", "edit", "remove", "return", "rename"]), st.integers(0, 10**6)),
    max_size=60,
)


@given(steps=_STEPS, limit=st.integers(1, 12), several=st.integers(1, 5))
@settings(max_examples=150, deadline=None)
def test_whoever_walks_back_sees_every_live_post_once_and_as_it_is_now(
    steps: list[tuple[str, int]], limit: int, several: int
) -> None:
    spec = replace(MAIN, limit=limit)
    posts: dict[str, PostRecord] = {}
    prior: Prior = {}
    for at, (verb, pick) in enumerate(steps):
        known = sorted(posts)
        chosen = posts[known[pick % len(known)]] if known else None
        instant = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=at)
        if verb == "add" or chosen is None:
            chosen = record(2000 + at)._replace(updated=instant, published=instant, due=instant)
        elif verb == "late":
            chosen = record(pick % 1000, entry_id=f"tag:late{at}")
        elif verb == "edit":
            chosen = chosen._replace(content=f"c{at}", updated=instant)
        elif verb == "rename":
            chosen = chosen._replace(path=f"{9000 + at}.md")
        else:
            chosen = chosen._replace(gone=instant if verb == "remove" else None)
        posts[chosen.entry_id] = chosen
        if at % several:
            continue
        feed = feed_of(posts.values(), prior, spec)
        before, prior = prior.get("main", ()), kept(feed)

        assert len(feed.members) <= limit
        assert [page.members for page in before] == [page.members for page in prior["main"]][: len(before)]
        pages_of = [member for page in feed.pages for member in page.members]
        assert len(pages_of) == len({member.entry_id for member in pages_of}), "a post is in two pages"
        walked = {member.entry_id: member for member in (*pages_of, *feed.members)}
        assert {r.entry_id: r for r in posts.values() if r.gone is None} == walked
        newest = max((r.updated for r in walked.values() if r.updated), default=None)
        assert newest is None or newest in {r.updated for r in feed.members}
