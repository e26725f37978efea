"""Why a post is in, out or waiting: what is said agrees with what the feeds show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from syndicator.behind import as_published
from syndicator.errors import SyndicatorError
from syndicator.explain import explain, find
from syndicator.model import DocumentRecord, FeedRecord, FeedSpec, Format, PostRecord, Site, Visibility
from syndicator.ports import Refusal

NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
SINCE = " (in quarantine since 2026-03-09 12:00:00+00:00)"
SITE = Site(title="The Example", url="https://news.example.org/")
MAIN = FeedSpec(name="main", outputs=((Format.RSS, "feed.xml"),), limit=2)
CATEGORY = FeedSpec(name="category", outputs=((Format.RSS, "category/{slug}.xml"),), each="category")


def record(path: str, age: int, *, category: str = "News") -> PostRecord:
    at = NOW - timedelta(days=age)
    return PostRecord(
        path=path, version="v", digest=path, content="c", match="m", visibility=Visibility.PUBLIC, due=at, published=at,
        updated=at, entry_id=f"tag:{path}", terms=(("category", (category,)),) if category else (),
    )  # fmt: skip


def refusal(path: str) -> Refusal:
    return Refusal(path=path, version="v", reason="is broken", since=NOW, line=3)


def verdicts(
    path: str,
    records: list[PostRecord],
    *,
    refused: tuple[str, ...] = (),
    stored: tuple[str, ...] | None = None,
    feed: str = "",
    rule: str = "",
) -> Mapping[str, tuple[str, str]]:
    """Verdict and reason by feed; every post is rendered unless ``stored`` says which."""
    explanation = explain(
        path, {r.path: r for r in records}, {name: refusal(name) for name in refused},
        tuple(r.path for r in records) if stored is None else stored, (MAIN, CATEGORY), SITE, NOW, rule, "", feed,
    )  # fmt: skip
    return {verdict.feed: (verdict.verdict, verdict.reason) for verdict in explanation.verdicts}


def test_a_post_is_in_at_its_place_or_out_since_newer_ones_fill_the_feed() -> None:
    records = [record("a.md", 3), record("b.md", 2), record("c.md", 1)]

    assert ("in", "number 2 of 2") == verdicts("b.md", records)["main"]
    assert verdicts("a.md", records)["main"][1].startswith("the feed shows the newest 2, and the oldest of them is of")
    assert verdicts("a.md", records)["main"][1].endswith("; it is number 3 of 3 by date")
    assert ("in", "number 3 of 3") == verdicts("a.md", records)["category/news"]


def in_archive(path: str, *, refused: tuple[str, ...] = ()) -> tuple[str, str]:
    records = {r.path: r for r in (record(f"{age}.md", age) for age in range(1, 6))}
    explanation = explain(
        path, records, {name: refusal(name) for name in refused}, ("1.md", "2.md"),
        (replace(MAIN, archive=True),), SITE, NOW, "", "",
    )  # fmt: skip
    (verdict,) = explanation.verdicts
    return verdict.verdict, verdict.reason


def test_a_post_that_only_an_archive_has_is_in_on_its_page() -> None:
    assert ("in", "number 2 of 2") == in_archive("2.md")
    assert ("in", "on page 1 of the archive") == in_archive("5.md")
    assert ("in", "on page 3 of the archive") == in_archive("3.md")


def test_of_a_refused_post_in_an_archive_it_is_said_that_its_page_has_what_was_good() -> None:
    assert ("waiting", "on page 1 of the archive as far as it was ever good: 5.md:3: is broken" + SINCE) == in_archive(
        "5.md", refused=("5.md",)
    )


def test_a_refused_post_that_was_rendered_before_is_in_with_its_last_good_version() -> None:
    found = verdicts("a.md", [record("a.md", 1)], refused=("a.md",), stored=("a.md",))

    assert ("in", "number 1 of 1, its last good version") == found["main"]


def test_a_refused_post_that_was_never_rendered_is_out_and_takes_no_place() -> None:
    records = [record("a.md", 1), record("b.md", 2)]

    assert ("out", "a.md:3: is broken" + SINCE) == verdicts("a.md", records, refused=("a.md",), stored=("b.md",))[
        "main"
    ]
    assert ("in", "number 1 of 1") == verdicts("b.md", records, refused=("a.md",), stored=("b.md",))["main"]


def test_a_refused_post_of_which_nothing_else_is_known_is_out() -> None:
    assert ("out", "a.md:3: is broken" + SINCE) == verdicts("a.md", [], refused=("a.md",))["main"]


def test_a_post_that_was_chosen_and_not_yet_rendered_waits_for_the_next_pass() -> None:
    assert ("waiting", "the next pass shows it") == verdicts("a.md", [record("a.md", 1)], stored=())["main"]


def test_drafts_embargoes_expiry_and_vanished_files_each_have_their_reason() -> None:
    post = record("a.md", 1)

    def said(**changes: Any) -> tuple[str, str]:
        return verdicts("a.md", [post._replace(**changes)], rule="draft: true")["main"]

    assert ("out", "it is hidden (draft: true)") == said(visibility=Visibility.DRAFT)
    assert ("out", "it is hidden (draft: true)") == said(visibility=Visibility.KILLED)
    assert ("waiting", "its date is 2026-03-10 12:00:00+00:00") == said(due=NOW + timedelta(days=1))
    until = "until 2026-03-09 12:05:00+00:00 ([publish] settle)"
    later = {"entry_id": "", "ready": NOW, "settles": NOW + timedelta(minutes=5)}
    assert ("waiting", until) == said(**later)
    assert ("waiting", f"its date is 2026-03-09 12:01:00+00:00, and it waits {until}") == said(
        due=NOW + timedelta(minutes=1), **later
    )
    assert ("waiting", "its date is 2026-03-10 12:00:00+00:00") == said(due=NOW + timedelta(days=1), **later)
    assert ("out", "it expired at 2026-03-09 12:00:00+00:00") == said(expires=NOW)
    assert ("out", "its file is gone since 2026-03-09 12:00:00+00:00") == said(gone=NOW)


def test_a_post_that_waits_is_out_of_feeds_that_will_never_have_it_and_brings_those_of_its_own() -> None:
    """Promise 8: for each feed the rule that decided, and a date decides nothing where a filter does."""
    at = NOW + timedelta(days=1)
    waits = record("w.md", 0, category="Fresh")._replace(due=at, published=at, entry_id="")
    posts = {r.path: r for r in (record("a.md", 1), waits)}
    date = "its date is 2026-03-10 12:00:00+00:00"
    specs = (
        MAIN,
        CATEGORY,
        replace(MAIN, name="arts", include=(("category", ("arts",)),)),
        replace(CATEGORY, name="some", include=(("category", ("news",)),)),
        replace(CATEGORY, name="none", exclude=(("category", ("news", "fresh")),)),
    )
    found = explain("w.md", posts, {}, ("a.md",), specs, SITE, NOW, "", "")

    assert {
        "main": ("waiting", date),
        "category/news": ("out", "its category is Fresh"),
        "category": ("waiting", f"{date}; then it brings the feed of category Fresh"),
        "arts": ("out", "not in include.category: arts"),
        "some/news": ("out", "not in include.category: news"),
        "none": ("out", "in exclude.category: fresh"),
    } == {verdict.feed: (verdict.verdict, verdict.reason) for verdict in found.verdicts}


def test_a_post_that_a_document_does_not_show_yet_waits_whatever_was_decided() -> None:
    """Promise 8."""
    records = {r.path: r for r in (record("a&b", 1), record("b.md", 2))}
    decided = explain("a&b", records, {}, tuple(records), (MAIN, CATEGORY), SITE, NOW, "", "")

    def said(members: tuple[str, ...], source: str, body: bytes | None, *, count: int = 2) -> list[tuple[str, str]]:
        feeds = {n: FeedRecord(name=n, id=n, updated=NOW, members=members) for n in ("main", "category/news")}
        documents = [document("category/news", "new"), document("main", "new"), document("main", source)]
        found = as_published(decided, ["tag:a&b"], feeds, documents[: count + 1], {"main": body}.get, lambda: "no room")
        return [(verdict.verdict, verdict.reason) for verdict in found.verdicts]

    good, waits = ("in", "number 1 of 2"), ("waiting", "its documents are not all written yet; no room")
    assert [good, good] == said(("tag:a&b",), "new", None)
    assert [waits, good] == said(("tag:a&b",), "", b"<guid>tag:a&amp;b.md</guid>")
    assert [waits, good] == said(("tag:a&b",), "", None)
    assert [good, good] == said(("tag:a&b",), "", b"<guid>tag:a&amp;b</guid>")
    assert [good, waits] == said((), "", b'{"id":"tag:a&b"}')
    assert [waits, good] == said(("tag:a&b",), "", None, count=0)


def document(feed: str, source: str) -> DocumentRecord:
    return DocumentRecord(
        path=feed, url=f"https://news.example.org/{feed}", feed=feed, format=Format.RSS, digest="d", source=source,
        version="v", changed=NOW,
    )  # fmt: skip


def test_a_post_of_another_value_is_told_its_own() -> None:
    records = [record("a.md", 1), record("b.md", 2, category="Local News")]

    assert ("out", "its category is News") == verdicts("a.md", records, feed="category/local-news")[
        "category/local-news"
    ]


def test_the_filter_that_keeps_a_post_out_is_told_before_all_else() -> None:
    """Also of a feed that each would make of it, and where each makes none."""
    posts = {r.path: r for r in (record("a.md", 3), record("b.md", 1, category="Arts"))}
    specs = (
        replace(MAIN, limit=1, include=(("category", ("arts",)),)),
        replace(CATEGORY, exclude=(("category", ("news",)),)),
        replace(CATEGORY, name="none", include=(("path", ("x/**",)),)),
        replace(MAIN, name="old", max_age=timedelta(days=2)),
        FeedSpec(name="map", outputs=(), sitemap="news.xml"),
    )
    found = explain("a.md", posts, {}, ("a.md", "b.md"), specs, SITE, NOW, "", "")

    assert {
        "main": "not in include.category: arts",
        "category/arts": "in exclude.category: news",
        "none": "not in include.path: x/**",
        "old": "older than max_age, since 2026-03-08 12:00:00+00:00",
        "map:sitemap": "older than max_age, since 2026-03-08 12:00:00+00:00",
    } == {verdict.feed: verdict.reason for verdict in found.verdicts}
    (sitemap,) = explain("b.md", posts, {}, ("a.md", "b.md"), specs, SITE, NOW, "", "", "map:sitemap").verdicts
    assert ("in", "number 1 of 1") == (sitemap.verdict, sitemap.reason)


def test_a_feed_that_is_not_there_now_is_said_and_those_of_its_kind_are_named() -> None:
    records = [record("a.md", 1), record("b.md", 2, category="Local News")]

    with pytest.raises(SyndicatorError) as caught:
        verdicts("a.md", records, feed="category/sports")
    assert (
        'feed "category/sports": there is no such feed now; "category" makes category/local-news, category/news'
    ) == str(caught.value)
    with pytest.raises(SyndicatorError, match='"main" makes main'):
        verdicts("a.md", records, feed="main/none")


def test_feeds_that_nothing_makes_are_answered_for_too() -> None:
    found = verdicts("a.md", [record("a.md", 1, category="")], feed="category")

    assert {"category": ("out", "it makes no feed now: no live post has a category")} == found


def test_of_many_feeds_only_some_are_named() -> None:
    records = [record(f"{number}.md", number + 1, category=f"c{number}") for number in range(30)]

    with pytest.raises(SyndicatorError, match="and 10 more"):
        verdicts("0.md", records, feed="category/none")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("_posts/2026-03-08-a.md", ["_posts/2026-03-08-a.md"]),
        ("2026-03-08-a.md", ["_posts/2026-03-08-a.md"]),
        ("content/_posts/2026-03-08-a.md", ["_posts/2026-03-08-a.md"]),
        ("./2026-03-08-a.md", ["_posts/2026-03-08-a.md"]),
        ("a.md", ["_posts/2026-03-08-a.md", "_posts/2026-03-08-aa.md"]),
        ("tag:_posts/2026-03-08-a.md", ["_posts/2026-03-08-a.md"]),
        ("https://news.example.org/a", ["_posts/2026-03-08-a.md"]),
        ("bad.md", ["_posts/bad.md"]),
        ("none.md", []),
    ],
)
def test_a_post_is_found_by_its_path_the_end_of_it_its_id_or_its_address(wanted: str, found: list[str]) -> None:
    records = {path: record(path, 1) for path in ("_posts/2026-03-08-a.md", "_posts/2026-03-08-aa.md")}
    addresses = {"_posts/2026-03-08-a.md": "https://news.example.org/a"}

    assert tuple(found) == find(records, {"_posts/bad.md": refusal("_posts/bad.md")}, addresses, wanted)
