"""The sitemap for news: which posts it names, in how many files, and how it is written."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from lxml import etree
from lxml.etree import _Element

from syndicator.feeds import build_feed, identify, select
from syndicator.formats import render
from syndicator.instants import next_change
from syndicator.lint import lint
from syndicator.model import Feed, FeedSpec, Format, PostRecord, Site
from tests.unit.feed_samples import NOON as LONG_AGO
from tests.unit.feed_samples import make_entry, make_feed
from tests.unit.test_feeds import NOON, record

NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
}
URL = "https://news.example.org/feeds/news.xml"
SITE = Site(title="The Example", url="https://news.example.org/")
SPEC = FeedSpec(name="main", outputs=((Format.JSON, "feed.json"),), title="Desk", limit=1, sitemap="maps/news.xml")
MAP = FeedSpec(name="map", outputs=(), sitemap="news.xml")


def write(feed: Feed, kind: Format = Format.NEWS_SITEMAP) -> _Element:
    return etree.fromstring(render(feed, kind, "news.xml", URL).body)


def texts(root: _Element, name: str) -> list[str | None]:
    return [element.text for element in root.iterfind(f".//{name}", NAMES)]


def test_a_page_has_address_publication_date_and_title() -> None:
    """partners-15, partners-16, partners-20: these, each once, and nothing that is obsolete."""
    root = write(make_feed(make_entry(title="A & B", updated=LONG_AGO + timedelta(hours=1))))
    (page,) = root

    assert "{http://www.sitemaps.org/schemas/sitemap/0.9}urlset" == root.tag
    assert [
        ("url", None),
        ("loc", "https://news.example.org/2023/08/24/rain.html"),
        ("news", None),
        ("publication", None),
        ("name", "The Example"),
        ("language", "en"),
        ("publication_date", "2023-08-24T12:00:00Z"),
        ("title", "A & B"),
    ] == [(etree.QName(e).localname, (e.text or "").strip() or None) for e in page.iter()]
    assert {NAMES["s"], NAMES["news"]} == {etree.QName(e).namespace for e in root.iter()}


@pytest.mark.parametrize(
    ("title", "name"), [("The Example (subscription)", "The Example"), ("The Example", "The Example"), ("(x)", "(x)")]
)
def test_the_name_is_without_what_stands_in_parentheses(title: str, name: str) -> None:
    """partners-19."""
    assert [name] == texts(write(make_feed(make_entry(), title=title)), "news:name")


@pytest.mark.parametrize(
    ("tag", "language"),
    [("", "en"), ("pt-BR", "pt"), ("zh", "zh-cn"), ("zh-Hans-CN", "zh-cn"), ("zh-Hant", "zh-tw"), ("gsw", "gsw")],
)
def test_the_language_is_of_the_post_in_two_or_three_letters(tag: str, language: str) -> None:
    """partners-19, and its two exceptions."""
    assert [language] == texts(write(make_feed(make_entry(language=tag))), "news:language")


def test_an_empty_sitemap_is_one_too_and_a_page_is_named_once() -> None:
    """partners-17."""
    twice = make_feed(make_entry(title="New"), make_entry(id="x", title="Old"))

    assert 0 == len(write(make_feed()))
    assert ["New"] == texts(write(twice), "news:title")


def test_no_hub_hears_of_a_sitemap() -> None:
    (_, sitemap) = select([SPEC], [record("a")], SITE, NOON)
    known = identify(sitemap, None, settings="", now=NOON, feeds_url="x")

    assert () == build_feed(sitemap, known, {}, SITE, ["https://hub.example.net/"]).hubs
    assert not sitemap.is_feed


def test_it_names_what_was_published_in_the_last_two_days_whatever_the_limit_of_the_feed() -> None:
    """partners-17, partners-19: it changes at the instant at which a post is two days old, and has the site's name."""
    posts = [record("a", 1), record("b", 40), record("c", 48)]
    feed, sitemap = select([SPEC], posts, SITE, NOON)

    assert (["a"], ["a", "b"]) == ([m.path for m in feed.members], [m.path for m in sitemap.members])
    assert ("main:sitemap", "The Example") == (sitemap.name, sitemap.title)
    assert ((Format.NEWS_SITEMAP, "maps/news.xml"),) == sitemap.outputs
    assert (NOON + timedelta(hours=8), "b gets too old for main:sitemap") == next_change([], NOON, (feed, sitemap))


def test_the_age_of_the_feed_counts_where_that_is_less() -> None:
    (sitemap,) = select(
        [FeedSpec(name="map", outputs=(), sitemap="news.xml", max_age=timedelta(days=1))],
        [record("a", 1), record("b", 40)],
        SITE,
        NOON,
    )

    assert ["a"] == [member.path for member in sitemap.members]


def test_each_value_has_a_sitemap_of_its_own() -> None:
    spec = FeedSpec(name="in", outputs=(), each="category", sitemap="{slug}/news.xml")
    (sitemap,) = select([spec], [record("a", terms=(("category", ("Night Desk",)),))], SITE, NOON)

    assert ("in/night-desk:sitemap", "night-desk/news.xml") == (sitemap.name, sitemap.outputs[0][1])


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("maps/news.xml", ["maps/news-1.xml", "maps/news-2.xml", "maps/news-3.xml"]),
        ("news", ["news-1", "news-2", "news-3"]),
    ],
)
def test_more_than_a_thousand_pages_are_in_several_files_with_an_index(path: str, parts: list[str]) -> None:
    """partners-18."""
    posts: list[PostRecord] = [record(f"{number:04}", 1) for number in range(2001)]
    index, *maps = select([FeedSpec(name="map", outputs=(), sitemap=path)], posts, SITE, NOON)
    known = identify(index, None, settings="", now=NOON, feeds_url="x")
    root = write(build_feed(index, known, {}, SITE, ()), Format.SITEMAP_INDEX)

    assert ((Format.SITEMAP_INDEX, path),) == index.outputs
    assert parts == [one.outputs[0][1] for one in maps]
    assert [1000, 1000, 1] == [len(one.members) for one in maps]
    assert [f"https://news.example.org/feeds/{part.rpartition('/')[2]}" for part in parts] == texts(root, "s:loc")
    assert len({one.name for one in (index, *maps)}) == 4


def test_a_strict_reader_finds_nothing_wrong() -> None:
    feed = make_feed(make_entry(title="A & B"), title="The Example (abroad)", parts=("a-1.xml", "b 2.xml"))
    kinds = (Format.NEWS_SITEMAP, Format.SITEMAP_INDEX)

    assert [(), ()] == [lint(render(feed, kind, "news.xml", URL).body) for kind in kinds]


def test_a_thousand_pages_are_one_file() -> None:
    assert 1 == len(select([MAP], [record(f"{number}") for number in range(1000)], SITE, NOON))


def test_the_media_type_is_that_of_xml() -> None:
    document: Any = render(make_feed(), Format.NEWS_SITEMAP, "news.xml", URL)

    assert "application/xml; charset=utf-8" == document.media_type
