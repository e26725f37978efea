"""Which post an item was: the surest sign first, and no guess between two."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from syndicator.adoption import Bearings, Matching, address_key, match_items, slugs_of
from syndicator.oldfeeds import OldItem

SITE = "https://news.example.org/"
NOON = datetime(2023, 8, 24, 12, tzinfo=UTC)


def post(permalink: str = "2023/08/24/bread.html", *, path: str = "", **rest: object) -> Bearings:
    address = SITE + permalink
    path = path or f"_posts/{permalink.replace('/', '-')}.md"
    known = {"title": "Bread", "slugs": slugs_of((address, path)), "published": NOON}
    return Bearings(path=path, permalink=address, **(known | rest))  # type: ignore[arg-type]


def item(entry_id: str = "tag:old", link: str = "", title: str = "", published: datetime | None = None) -> OldItem:
    return OldItem(id=entry_id, link=link, title=title, published=published)


def by(matching: Matching) -> list[tuple[str, str]]:
    return [(match.path, match.by) for match in matching.matches]


BREAD = post(path="bread.md")


@pytest.mark.parametrize(
    ("old", "expected"),
    [
        pytest.param(item(link="https://news.example.org/2023/08/24/bread.html"), "address", id="same"),
        pytest.param(item(link="http://www.NEWS.example.org:80/2023/08/24/bread/"), "address", id="scheme-www-slash"),
        pytest.param(item(link="https://news.example.org/2023/08/24/bread/index.html"), "address", id="index"),
        pytest.param(item(link="https://news.example.org//2023/08/24/br%65ad?utm_source=x#top"), "address", id="utm"),
        pytest.param(item("https://news.example.org/2023/08/24/bread"), "id", id="atom-31-jekyll"),
        pytest.param(item(link="https://old.example.net/2023/08/24/bread/"), "path of the address", id="other-host"),
        pytest.param(
            item(link="https://old.example.net/bread", published=NOON + timedelta(hours=20)), "slug and date", id="slug"
        ),
        pytest.param(
            item("https://old.example.net/x/bread.php.html", published=NOON), "", id="no-slug"
        ),
        pytest.param(
            item(link="https://old.example.net/bread", published=NOON - timedelta(days=3)), "", id="slug-alone"
        ),
        pytest.param(item(title="<b>BREAD</b>!", published=NOON), "title and date", id="title"),
        pytest.param(item(title="&amp;quot;Bread&amp;quot;"), "title", id="title-alone"),
        pytest.param(item(title="Cake", link="https://news.example.org/?p=1"), "", id="nothing"),
        pytest.param(item(link="https://news.example.org/"), "", id="home"),
    ],
)  # fmt: skip
def test_the_sign_by_which_a_post_is_known(old: OldItem, expected: str) -> None:
    found = match_items((old,), (BREAD,), SITE)

    assert ([("bread.md", expected)] if expected else []) == by(found)
    assert (() if expected else (old,)) == found.strangers
    assert () == found.doubts


def test_a_former_address_is_a_sign() -> None:
    """frontmatter-34, frontmatter-56."""
    moved = post("new.html", path="new.md", former=("https://news.example.org/?p=123", "https://news.example.org/old/"))

    for old in (item("https://news.example.org/?p=123"), item(link="http://news.example.org/old")):
        assert [("new.md", "former address")] == by(match_items((old,), (moved,), SITE))


def test_ids_of_jekyll_feed_have_the_slug_where_the_address_has_another_end() -> None:
    """atom-31."""
    dots = post("p/q/dots/", path="_posts/2023-07-14-item.md")

    assert [("_posts/2023-07-14-item.md", "id")] == by(
        match_items((item("https://news.example.org/p/q/item"),), (dots,), SITE)
    )


def test_a_site_that_moved_below_another_folder_is_known() -> None:
    site = "https://news.example.org/blog/"
    old = item(link="https://bread.example.net/2023/08/24/bread.html")
    one = Bearings(path="a.md", title="", permalink=f"{site}2023/08/24/bread.html", published=None)

    assert [("a.md", "path of the address")] == by(match_items((old,), (one,), site))


def test_an_item_that_fits_two_posts_is_left_and_told() -> None:
    two = (post("a/bread.html", path="a.md"), post("b/bread.html", path="b.md"))
    found = match_items((item(link="https://old.example.net/bread", title="Bread", published=NOON),), two, SITE)

    assert () == found.matches
    assert ["fits several posts alike by slug and date: a.md, b.md"] == [doubt.reason for doubt in found.doubts]


def test_two_items_for_one_post_are_left_and_told() -> None:
    olds = (item("1", BREAD.permalink), item("2", BREAD.permalink + "?utm_medium=feed"))
    found = match_items(olds, (BREAD,), SITE)

    assert () == found.matches
    assert ["fits bread.md by address, and so do others: 2 items for one post"] * 2 == [d.reason for d in found.doubts]


def test_the_better_sign_wins_and_the_other_item_is_told() -> None:
    olds = (item("2", "https://old.example.net/2023/08/24/bread"), item("1", BREAD.permalink))
    found = match_items(olds, (BREAD,), SITE)

    assert [("bread.md", "address")] == by(found)
    assert ["fits bread.md by path of the address, which another item fits better"] == [d.reason for d in found.doubts]


def test_a_title_that_is_not_alone_is_no_sign() -> None:
    posts = (post("1.html", path="1.md", title="Notes", published=None), post("2.html", path="2.md", title="Notes"))
    olds = (item("a", posts[0].permalink, "Notes"), item("b", title="Notes"))
    found = match_items(olds, posts, SITE)

    assert [("1.md", "address")] == by(found)
    assert ["fits several posts alike by title: 1.md, 2.md"] == [doubt.reason for doubt in found.doubts]


def test_an_item_with_the_title_of_a_matched_post_is_only_a_stranger() -> None:
    olds = (item("a", BREAD.permalink, "Bread"), item("b", title="Bread"))
    found = match_items(olds, (BREAD,), SITE)

    assert ([("bread.md", "address")], (olds[1],), ()) == (by(found), found.strangers, found.doubts)


@pytest.mark.parametrize(
    "address",
    ["", "x", "mailto:a@b", "https://", "http://[", "http://a:b/", "//a/b", "tag:a,2020:b", "http://a/" + 4_000 * "b"],
)
def test_what_is_no_address_is_like_no_other(address: str) -> None:
    assert "" == address_key(address)


def test_numbers_in_a_query_count() -> None:
    assert address_key("https://a.example/?p=1") != address_key("https://a.example/?p=2")
    assert address_key("https://a.example/?" + "a&" * 200) != address_key("https://a.example/?" + "a&" * 201)
    assert address_key("https://a.example/?a=1&p=2&fbclid=3") == address_key("https://a.example/?p=2&a=1")


LINKS = st.sampled_from(
    ["", *(f"https://{h}/{p}" for h in ("news.example.org", "b.example") for p in ("a", "b.html", ""))]
)
ITEMS = st.builds(item, st.text(max_size=2) | LINKS, LINKS, st.sampled_from(["", "A", "B"]), st.none() | st.just(NOON))
POSTS = st.lists(st.builds(post, st.sampled_from(["a", "b.html", "c/"]), title=st.sampled_from(["A", "B"])), max_size=4)


@settings(max_examples=200, deadline=None)
@given(st.lists(ITEMS, max_size=4), POSTS)
def test_every_item_is_accounted_for_once_and_no_order_matters(olds: list[OldItem], posts: list[Bearings]) -> None:
    posts = [Bearings(path=f"{n}.md", title=p.title, permalink=p.permalink, slugs=p.slugs) for n, p in enumerate(posts)]
    found = match_items(olds, posts, SITE)
    paths = [match.path for match in found.matches]

    assert len(olds) == len(found.matches) + len(found.doubts) + len(found.strangers)
    assert sorted(set(paths)) == sorted(paths)
    for turned in list(permutations(range(len(olds))))[:6]:
        again = match_items([olds[n] for n in turned], posts, SITE)
        assert {(m.item, m.path) for m in found.matches} == {(m.item, m.path) for m in again.matches}


@settings(max_examples=200, deadline=None)
@given(*3 * [st.text(st.characters(exclude_categories=()))])
@example("?\ud800", "%zz?\udfff=\ud800", "\ud800")
def test_any_text_may_be_an_id_an_address_or_a_title(entry_id: str, link: str, title: str) -> None:
    match_items((item(entry_id, link, title, NOON), item(f"http://a/{entry_id}", f"http://a/{link}")), (BREAD,), SITE)
