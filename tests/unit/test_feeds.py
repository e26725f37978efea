"""Which posts a feed shows, what it is called, and when it was last changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.feeds import build_feed, identify, live, select, settings_digest, slugs
from syndicator.instants import next_change
from syndicator.model import (
    Deed,
    FeedSpec,
    Format,
    Hero,
    PostRecord,
    Profile,
    ProfileRule,
    Site,
    Tombstone,
    Visibility,
)
from tests.unit.feed_samples import PHOTO, make_entry

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=1)
SITE = Site(title="The Example", url="https://news.example.org/")
MAIN = FeedSpec(name="main", outputs=((Format.RSS, "feed.xml"),), limit=2)
EACH = FeedSpec(name="category", each="category", outputs=((Format.RSS, "category/{slug}.xml"),), limit=2)


def record(path: str, hours: int = 0, **changes: object) -> PostRecord:
    instant = NOON - timedelta(hours=hours)
    values: dict[str, object] = {
        "path": path,
        "version": "v",
        "digest": path,
        "content": path,
        "match": path,
        "visibility": Visibility.PUBLIC,
        "due": instant,
        "published": instant,
        "updated": instant,
        "entry_id": f"tag:{path}",
    }
    return PostRecord(**(values | changes))  # type: ignore[arg-type]


def test_live_posts_are_newest_first_with_ties_by_path_as_jekyll_feed_has_them() -> None:
    posts = [record("a", 1), record("b", 0), record("c", 1)]

    assert ["b", "a", "c"] == [r.path for r in live(posts, NOON)]
    assert ["b", "c", "a"] == [r.path for r in live(posts, NOON, last_path_first=True)]


def test_drafts_embargoed_expired_killed_and_gone_posts_are_not_live() -> None:
    """rss-46, rss-70, atom-37, atom-69."""
    posts = [
        record("draft", visibility=Visibility.DRAFT),
        record("killed", visibility=Visibility.KILLED),
        record("embargoed", due=NOON + timedelta(seconds=1)),
        record("expired", expires=NOON),
        record("gone", gone=NOON),
    ]

    assert [] == live(posts, NOON)


def test_an_embargo_ends_and_a_post_expires_at_their_instant() -> None:
    """frontmatter-21, frontmatter-49, frontmatter-78."""
    posts = [record("soon", due=NOON + timedelta(seconds=1)), record("brief", expires=NOON + timedelta(hours=1))]

    assert (NOON + timedelta(seconds=1), "the embargo of soon ends") == next_change(posts, NOON)
    assert ["soon"] == [r.path for r in live(posts, NOON + timedelta(hours=1))]


def test_a_feed_shows_its_limit() -> None:
    (main,) = select([MAIN], live([record("a", 1), record("b", 2), record("c", 3)], NOON), SITE, NOON)

    assert ["a", "b"] == [member.path for member in main.members]


def test_each_makes_one_feed_a_value() -> None:
    posts = [
        record("a", 1, terms=(("category", ("News",)),)),
        record("b", 2, terms=(("category", ("Arts & Letters", "news")),)),
        record("c", 3),
    ]

    feeds = select([EACH], live(posts, NOON), SITE, NOON)

    assert [("category/arts-letters", ["b"]), ("category/news", ["a", "b"])] == [
        (feed.name, [member.path for member in feed.members]) for feed in feeds
    ]
    assert ["The Example: Arts & Letters", "The Example: News"] == [feed.title for feed in feeds]
    assert (Format.RSS, "category/news.xml") in feeds[1].outputs


def test_values_that_would_share_a_slug_get_names_of_their_own() -> None:
    names = slugs(["c", "c++", "日本語", "ünì", "uni"])

    assert "c" == names["c"]
    assert "uni" == names["uni"]
    assert 5 == len(set(names.values()))


@settings(deadline=None, max_examples=100)
@given(st.lists(st.text(min_size=1), unique=True, max_size=8))
def test_slugs_are_file_names_that_differ_whatever_the_values(values: list[str]) -> None:
    names = slugs(values)

    assert len(set(names.values())) == len(values)
    assert all(
        name and all(char.isascii() and (char.isalnum() or char == "-") for char in name) for name in names.values()
    )
    assert names == slugs(reversed(values))


def test_a_new_feed_is_as_old_as_its_newest_entry_and_its_id_is_the_same_on_every_fresh_build() -> None:
    (main,) = select([MAIN], live([record("a", 1), record("b", 2)], NOON), SITE, NOON)

    one = identify(main, None, settings="s", now=NOON, feeds_url="https://news.example.org/feeds/")
    two = identify(main, None, settings="s", now=LATER, feeds_url="https://news.example.org/feeds/")

    assert NOON - timedelta(hours=1) == one.updated
    assert one == two


def test_user_ask_9_a_removal_advances_the_feeds_date() -> None:
    (before,) = select([MAIN], live([record("a", 1), record("b", 2)], NOON), SITE, NOON)
    (after,) = select([MAIN], live([record("b", 2)], NOON), SITE, NOON)
    known = identify(before, None, settings="s", now=NOON, feeds_url="https://x.example/")

    assert LATER == identify(after, known, settings="s", now=LATER, feeds_url="https://x.example/").updated


def test_a_spare_candidate_that_leaves_does_not_move_the_feeds_date_unless_the_feed_tells_of_it() -> None:
    """atom-12: who stood by in case that a rule leaves somebody out was shown to nobody."""
    rule = ProfileRule(name="title_min", value=21, does=Deed.DROP)
    spec = replace(MAIN, profile=Profile(name="p", title="P", rules=(rule,)))
    a, b, spare = record("a", 1), record("b", 2), record("c", 3)

    def moved(spec: FeedSpec, after: list[PostRecord], *down: PostRecord) -> bool:
        (one,) = select([spec], live([a, b, spare], NOON), SITE, NOON)
        (two,) = select([spec], live(after, NOON), SITE, NOON)
        known = identify(one, None, settings="s", now=NOON, feeds_url="x")
        stones = {each.entry_id: Tombstone(ref=each.entry_id, when=NOON) for each in down}
        later = identify(two, known, settings="s", now=LATER, feeds_url="x", down=stones)
        assert later.members == tuple(each.entry_id for each in two.members)
        return later.updated > known.updated

    assert [False, True, False, True, True] == [
        moved(spec, [a, b]),
        moved(spec, [a, spare]),
        moved(spec, [a, b], spare),
        moved(spec, [a, spare], b),
        moved(replace(spec, tombstones=True), [a, b], spare),
    ]


def test_a_feed_that_did_not_change_keeps_its_date_and_its_id_when_its_address_moves() -> None:
    (main,) = select([MAIN], live([record("a", 1)], NOON), SITE, NOON)
    known = identify(main, None, settings="s", now=NOON, feeds_url="https://x.example/")

    assert known == identify(main, known, settings="s", now=LATER, feeds_url="https://x.example/")
    assert known.id == identify(main, known, settings="t", now=LATER, feeds_url="https://y.example/").id


def test_a_feed_whose_date_lies_in_the_future_comes_back_to_the_present() -> None:
    (before,) = select([MAIN], live([record("a", 1), record("b", 2)], NOON), SITE, NOON)
    known = replace(identify(before, None, settings="s", now=NOON, feeds_url="x"), updated=LATER + timedelta(days=99))
    (after,) = select([MAIN], live([record("b", 2)], NOON), SITE, NOON)

    assert LATER == identify(after, known, settings="s", now=LATER, feeds_url="x").updated


def test_atom_74_an_empty_feed_is_neither_of_now_nor_of_the_epoch() -> None:
    (empty,) = select([MAIN], [], SITE, NOON)

    assert datetime(2000, 1, 1, tzinfo=UTC) == identify(empty, None, settings="s", now=NOON, feeds_url="x").updated


def test_each_language_has_a_feed_that_says_so() -> None:
    """frontmatter-62: of two spellings the newest post's counts."""
    spec = replace(EACH, name="in", each="language", outputs=((Format.RSS, "{slug}.xml"),))
    shown = [record(f"{n}", n, terms=(("language", (tag,)),)) for n, tag in enumerate(("pt-BR", "en", "pt-br", "en"))]
    english, portuguese = select((spec,), shown, SITE, NOON)
    feed = build_feed(
        portuguese, identify(portuguese, None, settings="", now=NOON, feeds_url="https://f/"), {}, SITE, ()
    )

    assert ("in/en", "in/pt-br", "The Example: pt-BR") == (english.name, portuguese.name, portuguese.title)
    assert (((Format.RSS, "pt-br.xml"),), "pt-BR") == (feed.outputs, feed.language)
    assert ["0", "2"] == [member.path for member in portuguese.members]


def test_a_feed_of_something_else_has_the_language_of_the_site() -> None:
    (feed,) = select((EACH,), [record("a", terms=(("category", ("de",)), ("language", ("fr",))))], SITE, NOON)
    known = identify(feed, None, settings="", now=NOON, feeds_url="https://f/")

    assert "en" == build_feed(feed, known, {}, SITE, ()).language


def test_each_feed_decides_whether_a_picture_stands_in_the_text() -> None:
    """rss-43: entries are shared between feeds."""
    post = record("a")
    entries = {"a": make_entry(image=PHOTO)}
    bodies = []
    for hero in Hero:
        (feed,) = select([replace(MAIN, hero=hero)], [post], SITE, NOON)
        known = identify(feed, None, settings="s", now=NOON, feeds_url=SITE.url)
        bodies.append(build_feed(feed, known, entries, SITE, ()).entries[0].html.count("<figure>"))

    assert [0, 1, 1] == bodies


def test_a_picture_in_the_text_is_a_setting_of_the_feed() -> None:
    """rss-23: the feed changed when it is switched, and not when nobody asked for it."""
    names = [
        settings_digest(select([replace(MAIN, hero=hero)], [], SITE, NOON)[0], SITE, (), SITE.url) for hero in Hero
    ]

    assert 3 == len(set(names))
