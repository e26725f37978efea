"""What documents say of a feed as a whole, beside its title: pictures, rights, language, time to live, colors."""

from __future__ import annotations

import json
from typing import Any

import feedparser
import pytest
from lxml import etree
from lxml.etree import _Element

from syndicator.feeds import build_feed, identify, select, settings_digest
from syndicator.formats import render
from syndicator.model import Feed, FeedSpec, Format, Site
from tests.unit.feed_samples import ADDRESSES, NOON, make_entry, make_feed

NAMES = {"a": "http://www.w3.org/2005/Atom", "webfeeds": "http://webfeeds.org/rss/1.0"}
LOGO, ICON = "https://news.example.org/logo.png", "https://news.example.org/icon.png"
SITE = Site(title="The Example", url="https://news.example.org/", language="en", description="News")


def body(feed: Feed, kind: Format) -> bytes:
    return render(feed, kind, "feed", ADDRESSES[kind]).body


def xml(feed: Feed, kind: Format = Format.RSS) -> _Element:
    root = etree.fromstring(body(feed, kind))
    return root[0] if kind is Format.RSS else root


def text(parent: _Element, path: str) -> str | None:
    return parent.findtext(path, namespaces=NAMES)


def test_rss_has_a_picture_with_title_and_link_of_the_channel_and_no_size() -> None:
    """rss-21: the true size of a large picture would be an error."""
    channel = xml(make_feed(make_entry(), logo=LOGO, icon=ICON))
    (image,) = channel.findall("image")

    assert [("url", LOGO), ("title", "The Example"), ("link", "https://news.example.org/")] == [
        (child.tag, child.text) for child in image
    ]
    assert [child.tag for child in channel].index("image") < [child.tag for child in channel].index("item")


@pytest.mark.parametrize(
    ("logo", "icon", "expected"),
    [
        (LOGO, "", LOGO),
        ("", ICON, ICON),
        ("https://a.example/l.webp", "https://a.example/i.JPG?v=2", "https://a.example/i.JPG?v=2"),
        ("https://a.example/l.svg", "https://a.example/icon", None),
        ("", "", None),
    ],
)
def test_rss_takes_png_jpeg_and_gif_for_its_picture_only(logo: str, icon: str, expected: str | None) -> None:
    """rss-21."""
    assert expected == text(xml(make_feed(logo=logo, icon=icon)), "image/url")


def test_rss_says_whose_it_is_and_how_long_it_keeps() -> None:
    """rss-17, rss-19, rss-26: copyright and no dc:rights; minutes as a whole number; neither where nothing is said."""
    said, silent = xml(make_feed(copyright="© The Example", ttl=15)), xml(make_feed())

    assert ("© The Example", "15") == (text(said, "copyright"), text(said, "ttl"))
    assert (None, None) == (text(silent, "copyright"), text(silent, "ttl"))


def test_atom_has_icon_logo_and_rights_before_its_entries() -> None:
    """atom-4, atom-5, atom-9, atom-13, atom-14."""
    root = xml(make_feed(make_entry(), logo=LOGO, icon=ICON, copyright="© A & B", ttl=15), Format.ATOM)
    tags = [etree.QName(child).localname for child in root]

    assert (ICON, LOGO, "© A & B") == (text(root, "a:icon"), text(root, "a:logo"), text(root, "a:rights"))
    assert max(tags.index(name) for name in ("icon", "logo", "rights")) < tags.index("entry")
    assert "ttl" not in tags


def test_json_feed_has_the_square_picture_as_icon_and_favicon() -> None:
    """jsonfeed-15, jsonfeed-16, jsonfeed-57: never the wide one."""
    said = json.loads(body(make_feed(logo=LOGO, icon=ICON), Format.JSON))
    wide = json.loads(body(make_feed(logo=LOGO), Format.JSON))

    assert (ICON, ICON) == (said["icon"], said["favicon"])
    assert set() == {"icon", "favicon"} & wide.keys()


@pytest.mark.parametrize("kind", [Format.RSS, Format.ATOM])
def test_feedly_is_told_cover_color_and_drawings(kind: Format) -> None:
    """rss-67, partners-47: in its namespace, which nothing else declares (rss-8)."""
    drawing = "https://news.example.org/icon.svg"
    root = xml(make_feed(make_entry(), cover=LOGO, accent="1A7F37", icon=drawing, logo=LOGO), kind)
    cover = root.find("webfeeds:cover", NAMES)

    assert cover is not None
    assert LOGO == cover.get("image")
    assert ("1A7F37", drawing, None) == tuple(text(root, f"webfeeds:{n}") for n in ("accentColor", "icon", "logo"))
    assert b"webfeeds" not in body(make_feed(make_entry(), icon=ICON, logo=LOGO), kind)


@pytest.mark.parametrize("kind", [Format.RSS, Format.ATOM])
def test_readers_see_picture_and_rights(kind: Format) -> None:
    parsed = feedparser.parse(body(make_feed(make_entry(), logo=LOGO, icon=ICON, copyright="© A"), kind))

    assert not parsed.bozo
    assert "© A" == parsed.feed.rights
    assert LOGO == (parsed.feed.image.href if kind is Format.RSS else parsed.feed.logo)


def made(**changes: Any) -> Feed:
    spec = FeedSpec(name="main", outputs=((Format.RSS, "feed.xml"),), **changes)
    (selection,) = select([spec], [], SITE, NOON)
    return build_feed(selection, identify(selection, None, settings="", now=NOON, feeds_url="x"), {}, SITE, ())


def test_pictures_of_the_site_have_whole_addresses_and_a_feed_its_own_language() -> None:
    """rss-16: the publication's language where the feed has none of its own."""
    feed = made(logo="/logo.png", icon="https://cdn.example.org/i.png", language="de", cover="/c d.jpg")

    assert (LOGO, "https://cdn.example.org/i.png", "de") == (feed.logo, feed.icon, feed.language)
    assert "https://news.example.org/c%20d.jpg" == feed.cover
    assert ("en", "News") == (made().language, made().description)


def digest(**changes: Any) -> str:
    spec = FeedSpec(name="main", outputs=((Format.RSS, "feed.xml"),), **changes)
    (selection,) = select([spec], [], SITE, NOON)
    return settings_digest(selection, SITE, ["https://hub.example.net/"], "https://news.example.org/feeds/")


def test_the_name_of_a_feeds_settings_is_as_before_where_nothing_new_is_said() -> None:
    """Else an upgrade would move every feed's date (atom-12)."""
    assert "611642033764ef5af07016e7abb6f572" == digest()
    assert 4 == len({digest(), digest(ttl=5), digest(logo="/l.png"), digest(language="de")})
