"""Lists of all feeds, as OPML and as a feed menu."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from syndicator.feeds import build_feed, identify, select
from syndicator.formats import render
from syndicator.lint import lint
from syndicator.listing import list_feeds
from syndicator.model import Feed, FeedSpec, Format, Listing, Site
from syndicator.text import legal
from tests.unit.feed_samples import NOON, make_feed
from tests.unit.test_feeds import record

SITE = Site(title="The Example", url="https://news.example.org/", description="News & analysis")
BASE = "https://feeds.example.org/"
MAIN = FeedSpec(name="main", outputs=((Format.RSS, "feed.xml"), (Format.ATOM, "a b.xml")), description="All of it")
EACH = FeedSpec(name="category", each="category", outputs=((Format.JSON, "{slug}.json"),), sitemap="{slug}-news.xml")
PEOPLE = FeedSpec(name="people", each="author", title="By {value}", outputs=((Format.ATOM, "by/{slug}.xml"),))
POSTS = [record("a", terms=(("author", ("Donna",)), ("category", ("News", "Arts")))), record("b", 1)]


def feeds_of(*specs: FeedSpec) -> dict[Format, Feed]:
    """Each list that is made of the feeds of these specs."""
    selections = select(specs, POSTS, SITE, NOON)
    lists = list_feeds([(Format.OPML, "feeds.opml"), (Format.FEED_MENU, "menu.json")], selections, SITE, BASE)
    made = (build_feed(s, identify(s, None, settings="", now=NOON, feeds_url=BASE), {}, SITE, ["h"]) for s in lists)
    return {feed.outputs[0][0]: feed for feed in made}


def opml(feed: Feed) -> Any:
    return etree.fromstring(render(feed, Format.OPML, "feeds.opml", BASE + "feeds.opml").body)


def menu(feed: Feed) -> Any:
    return json.loads(render(feed, Format.FEED_MENU, "menu.json", BASE + "menu.json").body)


def test_opml_has_head_and_body_and_an_outline_a_feed() -> None:
    """partners-56, partners-57, partners-58: title repeats text, and the type is rss whatever the format is."""
    root = opml(feeds_of(MAIN)[Format.OPML])
    (outline,) = root.findall("body/outline")

    assert ("opml", "2.0", ["head", "body"]) == (root.tag, root.get("version"), [child.tag for child in root])
    assert ["The Example"] == [child.text for child in root.find("head")]
    assert {
        "text": "The Example",
        "title": "The Example",
        "type": "rss",
        "xmlUrl": "https://feeds.example.org/feed.xml",
        "htmlUrl": "https://news.example.org/",
        "description": "All of it",
        "language": "en",
    } == dict(outline.attrib)


def test_feeds_of_one_kind_are_in_a_folder_and_sitemaps_are_no_feeds() -> None:
    """partners-59: a folder has no xmlUrl."""
    root = opml(feeds_of(MAIN, EACH, PEOPLE)[Format.OPML])
    main, category, people = root.findall("body/outline")

    assert {"text": "category", "title": "category"} == dict(category.attrib)
    assert [("Arts", f"{BASE}arts.json"), ("News", f"{BASE}news.json")] == [
        (one.get("text"), one.get("xmlUrl")) for one in category
    ]
    assert [("By Donna", f"{BASE}by/donna.xml")] == [(one.get("text"), one.get("xmlUrl")) for one in people]
    assert [] == list(main)


def test_a_strict_reader_finds_nothing_wrong_with_either() -> None:
    lists = feeds_of(MAIN, EACH, PEOPLE)

    assert [(), ()] == [lint(render(feed, kind, "x", BASE + "x").body) for kind, feed in lists.items()]


def test_opml_is_served_as_such_and_no_hub_hears_of_it() -> None:
    """partners-60."""
    document = render(feeds_of(MAIN)[Format.OPML], Format.OPML, "feeds.opml", BASE + "feeds.opml")

    assert ("text/x-opml; charset=utf-8", ()) == (document.media_type, document.hubs)


def test_a_menu_names_feeds_in_the_order_of_the_configuration_those_of_one_kind_in_a_menu_of_their_own() -> None:
    """user-asks, "nobody has" 16: what has neither RSS nor Atom cannot be in it."""
    assert {
        "feed-menu": "The Example",
        "items": [
            {
                "feed-title": "The Example",
                "description": "All of it",
                "rss": "https://feeds.example.org/feed.xml",
                "atom": "https://feeds.example.org/a%20b.xml",
            },
            {
                "feed-menu": "people",
                "items": [
                    {"feed-title": "By Donna", "description": "News & analysis", "atom": f"{BASE}by/donna.xml"},
                ],
            },
        ],
    } == menu(feeds_of(MAIN, EACH, PEOPLE)[Format.FEED_MENU])


def test_long_titles_and_descriptions_are_cut_between_words_in_a_menu() -> None:
    """user-asks, "nobody has" 16: 50 and 140 characters."""
    long = "word " * 40
    (item,) = menu(feeds_of(FeedSpec(**_with(MAIN, title=long, description="x" * 200)))[Format.FEED_MENU])["items"]

    assert "word word word word word word word word word word…"[-50:] == item["feed-title"][-50:]
    assert ("x" * 139 + "…", 50) == (item["description"], len(item["feed-title"]))


def _with(spec: FeedSpec, **changes: Any) -> dict[str, Any]:
    return {name: getattr(spec, name) for name in FeedSpec.__dataclass_fields__} | changes


def test_where_there_is_no_feed_to_name_there_is_no_list() -> None:
    """partners-56: a body without an outline is an error."""
    assert {} == feeds_of(FeedSpec(**_with(EACH, each="tag")))
    assert [Format.OPML] == list(feeds_of(EACH))


@given(st.text(max_size=80).map(legal), st.text(max_size=300).map(legal))
def test_a_list_can_be_read_whatever_feeds_are_called(title: str, description: str) -> None:
    listing = Listing(
        title=title or "x",
        description=description,
        language="en",
        home_url=SITE.url,
        addresses=((Format.RSS, BASE),),
    )
    feed = make_feed(title=title or "x", listings=(listing,))
    (item,) = menu(feed)["items"]

    assert opml(feed).find("body/outline").get("description", "") == " ".join(description.split())
    assert (len(item["feed-title"]) <= 50, len(item.get("description", "")) <= 140) == (True, True)
