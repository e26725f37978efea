"""Which posts a feed takes by its filters, and what is said of those that it does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.dialects.eleventy import Eleventy
from syndicator.dialects.hugo import Hugo
from syndicator.dialects.hugoplaces import Language
from syndicator.dialects.jekyll import Jekyll
from syndicator.dialects.plain import Plain
from syndicator.feeds import live, select
from syndicator.filters import Catalogue
from syndicator.instants import next_change
from syndicator.model import FeedSpec, Format, PostRecord, Site, Visibility
from syndicator.ports import Dialect

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
SITE = Site(title="The Example", url="https://news.example.org/")


def record(path: str, hours: float = 0, **terms: tuple[str, ...]) -> PostRecord:
    instant = NOON - timedelta(hours=hours)
    return PostRecord(
        path=path, version="v", digest=path, content="c", match="m", visibility=Visibility.PUBLIC, due=instant,
        published=instant, updated=instant, entry_id=f"tag:{path}", terms=tuple(sorted(terms.items())),
    )  # fmt: skip


POSTS = live(
    [
        record("news/a.md", 1, category=("News",), tag=("sponsored",), author=("Donna",)),
        record("news/b.md", 2, category=("News", "Arts"), author=("Alex",)),
        record("sport/c.md", 3, category=("Sport",), desk=("Night  Desk",)),
        record("d.md", 4, language=("pt-BR",)),
    ],
    NOON,
)


def spec(**changes: Any) -> FeedSpec:
    return FeedSpec(name="desk", outputs=((Format.RSS, "{slug}.xml" if "each" in changes else "desk.xml"),), **changes)


def section(path: str) -> str:
    return Plain().section(PurePosixPath(path))


def shown(wanted: FeedSpec) -> str:
    """The names of the posts that a feed shows, newest first."""
    (feed,) = select([wanted], POSTS, SITE, NOON, section)
    return "".join(PurePosixPath(member.path).stem for member in feed.members)


@pytest.mark.parametrize(
    ("include", "exclude", "expected"),
    [
        ((), (), "abcd"),
        ((("category", ("news",)),), (), "ab"),
        ((("category", ("SPORT", " news ")),), (), "abc"),
        ((("category", ("news",)), ("author", ("alex", "nobody"))), (), "b"),
        ((("category", ("news",)),), (("tag", ("Sponsored",)),), "b"),
        ((), (("tag", ("sponsored",)), ("section", ("sport",))), "bd"),
        ((("section", ("news", "sport")),), (), "abc"),
        ((("desk", ("night desk",)),), (), "c"),
        ((("language", ("pt-br",)),), (), "d"),
        ((("path", ("news/**", "*.md")),), (), "abd"),
        ((), (("path", ("**/{a,c}.md",)),), "bd"),
        ((("category", ("nothing",)),), (), ""),
    ],
)
def test_one_value_of_each_included_field_and_none_that_is_excluded(
    include: tuple[tuple[str, tuple[str, ...]], ...], exclude: tuple[tuple[str, tuple[str, ...]], ...], expected: str
) -> None:
    """user-asks-42: values are the same whatever their case and white space, as those of each are."""
    assert expected == shown(spec(include=include, exclude=exclude))


def test_the_limit_counts_what_the_filters_leave() -> None:
    assert "b" == shown(spec(limit=1, exclude=(("tag", ("sponsored",)),)))


def test_a_post_leaves_at_the_instant_at_which_it_is_too_old() -> None:
    day = spec(max_age=timedelta(hours=2))
    (now,) = select([day], POSTS, SITE, NOON - timedelta(microseconds=1))
    (then,) = select([day], POSTS, SITE, NOON)

    assert ["news/a.md", "news/b.md"] == [member.path for member in now.members]
    assert ["news/a.md"] == [member.path for member in then.members]
    assert (NOON, "news/b.md gets too old for desk") == next_change([], NOON, [now])
    assert (NOON + timedelta(hours=1), "news/a.md gets too old for desk") == next_change([], NOON, [then])


def test_the_last_of_all_dates_never_gets_too_old() -> None:
    """A post that is shown before its date may have any: nothing breaks for it."""
    last = record("z.md")._replace(published=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))
    (shown,) = select([spec(max_age=timedelta(hours=2))], [last], SITE, NOON)

    assert [last] == list(shown.members)
    assert next_change([], NOON, [shown]) is None
    assert "" == Catalogue([last]).hindrance(last, shown.spec, NOON)


def test_a_feed_without_an_age_or_without_posts_changes_by_nothing() -> None:
    feeds = select([spec(), spec(max_age=timedelta(seconds=1))], POSTS, SITE, NOON)

    assert next_change([], NOON, feeds) is None


def test_each_makes_feeds_of_what_the_filters_leave() -> None:
    feeds = select([spec(each="category", exclude=(("tag", ("sponsored",)),))], POSTS, SITE, NOON)

    assert [("desk/arts", 1), ("desk/news", 1), ("desk/sport", 1)] == [(f.name, len(f.members)) for f in feeds]


def test_each_makes_feeds_of_the_included_values_of_its_field_alone() -> None:
    feeds = select([spec(each="category", include=(("category", ("NEWS",)),))], POSTS, SITE, NOON)

    assert ["desk/news"] == [feed.name for feed in feeds]


def test_each_section_has_a_feed_and_a_field_of_that_name_goes_before_folders() -> None:
    posts = live([record("news/a.md", section=("Front",))], NOON)

    assert ["desk/news", "desk/sport"] == [f.name for f in select([spec(each="section")], POSTS, SITE, NOON, section)]
    assert ["desk/front"] == [feed.name for feed in select([spec(each="section")], posts, SITE, NOON)]


def test_title_and_description_name_the_value_as_the_newest_post_spells_it() -> None:
    posts = live([record("a.md", 1, category=("Night  desk",)), record("b.md", 2, category=("NIGHT DESK",))], NOON)
    wanted = spec(each="category", title="{value}!", description="All about {value}")
    (feed,) = select([wanted], posts, SITE, NOON)

    assert ("desk/night-desk", "Night  desk!", "All about Night  desk") == (feed.name, feed.title, feed.description)


def test_a_path_stays_when_only_the_spelling_of_its_value_changes() -> None:
    """user-asks-41."""
    (before,) = select([spec(each="tag")], live([record("a.md", tag=("São Paulo",))], NOON), SITE, NOON)
    (after,) = select([spec(each="tag")], live([record("a.md", tag=("SÃO  PAULO",))], NOON), SITE, NOON)

    assert ("desk/sao-paulo", before.outputs) == (after.name, after.outputs)


@pytest.mark.parametrize(
    ("path", "wanted", "reason"),
    [
        ("news/a.md", {"exclude": (("tag", ("ads", "sponsored")),)}, "in exclude.tag: sponsored"),
        ("sport/c.md", {"include": (("category", ("news", "arts")),)}, "not in include.category: news, arts"),
        ("d.md", {"include": (("section", ("news",)),)}, "not in include.section: news"),
        ("news/b.md", {"exclude": (("path", ("news/**",)),)}, "in exclude.path: news/**"),
        ("d.md", {"max_age": timedelta(hours=4)}, "older than max_age"),
        ("news/b.md", {"include": (("category", ("news",)),), "exclude": (("tag", ("x",)),)}, ""),
    ],
)
def test_the_filter_that_keeps_a_post_out_is_named(path: str, wanted: dict[str, Any], reason: str) -> None:
    (post,) = (one for one in POSTS if one.path == path)

    assert reason == Catalogue(POSTS, section).hindrance(post, spec(**wanted), NOON)


def test_of_many_wanted_values_some_are_named() -> None:
    values = tuple(f"v{number}" for number in range(30))
    reason = Catalogue(POSTS).hindrance(POSTS[0], spec(include=(("tag", values),)), NOON)

    assert reason.endswith("v19 and 10 more")


def test_what_each_filter_keeps_out_is_counted_and_values_that_no_post_has_are_found() -> None:
    wanted = spec(include=(("category", ("news", "sprot")),), exclude=(("tag", ("sponsored",)),))
    catalogue = Catalogue(POSTS)

    assert (("in exclude.tag: sponsored", 1), ("not in include.category: news, sprot", 2)) == catalogue.tally(
        wanted, NOON
    )
    assert [("include", "category", "sprot")] == list(catalogue.unknown(wanted))
    assert ("arts", "news", "sport") == catalogue.known("category")
    assert () == catalogue.known("path")


@given(
    st.lists(st.sampled_from(["news", "arts", "sport", "x"]), max_size=3),
    st.lists(st.sampled_from(["sponsored", "x"]), max_size=2),
    st.sampled_from([None, timedelta(hours=2), timedelta(hours=3)]),
)
def test_a_post_is_shown_or_it_is_said_which_filter_keeps_it_out(
    categories: list[str], tags: list[str], age: timedelta | None
) -> None:
    include = (("category", tuple(categories)),) if categories else ()
    wanted = spec(include=include, exclude=(("tag", tuple(tags)),) if tags else (), max_age=age)
    catalogue = Catalogue(POSTS, section)

    assert catalogue.chosen(wanted, NOON) == [p for p in POSTS if not catalogue.hindrance(p, wanted, NOON)]


HUGO = Hugo(languages=(Language(code="en", tag="en", folder="content"), Language(code="fr", tag="fr", folder="fr")))


@pytest.mark.parametrize(
    ("dialect", "path", "expected"),
    [
        (Plain(), "news/2026/a.md", "news"),
        (Plain(), "a.md", ""),
        (Plain(), "news/storm/index.md", "news"),
        (Plain(), "storm/index.md", ""),
        (Jekyll(), "_posts/2026-03-09-a.md", ""),
        (Jekyll(), "news/_posts/2026-03-09-a.md", "news"),
        (Jekyll(), "_posts/news/2026-03-09-a.md", "news"),
        (Jekyll(collections_dir="all"), "all/_posts/2026-03-09-a.md", ""),
        (Eleventy(), "posts/a.md", "posts"),
        (Eleventy(input="src"), "src/posts/a/index.md", "posts"),
        (Eleventy(input="src"), "src/a.md", ""),
        (HUGO, "content/news/2026/a.md", "news"),
        (HUGO, "content/news/storm/index.fr.md", "news"),
        (HUGO, "content/storm/index.md", ""),
        (HUGO, "fr/nouvelles/a.md", "nouvelles"),
    ],
)
def test_the_section_is_the_folder_that_a_post_lies_in(dialect: Dialect, path: str, expected: str) -> None:
    assert expected == dialect.section(PurePosixPath(path))
