"""RSS 2.0 as documents of ours are to be: channel, items, enclosures, dates, escaping, Media RSS."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from html import unescape

import feedparser
import pytest
from hypothesis import given, settings
from lxml import etree
from lxml.etree import _Element

from syndicator.formats import render
from syndicator.lint import lint
from syndicator.model import Content, Enclosure, Feed, Format, Image, Person
from tests.unit.feed_samples import BARE, NOON, PHOTO, RICH, WITH_EVERYTHING, legal_feeds, make_entry, make_feed

URL = "https://news.example.org/feeds/feed.xml"
NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
}


def write(feed: Feed) -> bytes:
    return render(feed, Format.RSS, "feed.xml", URL).body


def channel_of(feed: Feed) -> _Element:
    channel = etree.fromstring(write(feed)).find("channel")
    assert channel is not None
    return channel


def item_of(feed: Feed, number: int = 0) -> _Element:
    return channel_of(feed).findall("item")[number]


def texts(parent: _Element, name: str) -> list[str | None]:
    return [element.text for element in parent.findall(name, NAMES)]


def test_the_document_says_what_it_is() -> None:
    document = render(WITH_EVERYTHING, Format.RSS, "feed.xml", URL)

    assert document.media_type == "application/rss+xml; charset=utf-8"
    assert (document.path, document.url, document.format) == ("feed.xml", URL, Format.RSS)
    assert document.hubs == ("https://hub.example.net/",)


def test_it_starts_with_a_declaration_and_one_channel() -> None:
    """rss-1, rss-2, rss-4."""
    body = write(WITH_EVERYTHING)

    assert body.startswith(b'<?xml version="1.0" encoding="utf-8"?>\n<rss ')
    root = etree.fromstring(body)
    assert (root.tag, root.get("version"), [child.tag for child in root]) == ("rss", "2.0", ["channel"])
    assert b"<!DOCTYPE" not in body


def test_the_channel_has_each_element_once() -> None:
    """rss-11, rss-16, rss-17, rss-23."""
    channel = channel_of(WITH_EVERYTHING)

    expected = {
        "title": "The Example",
        "link": "https://news.example.org/",
        "description": "News and analysis",
        "docs": "http://www.rssboard.org/rss-specification",
        "generator": "syndicator",
        "language": "en",
        "lastBuildDate": "Fri, 25 Aug 2023 12:00:00 GMT",
    }
    assert {name: texts(channel, name) for name in expected} == {name: [text] for name, text in expected.items()}


def test_metadata_comes_before_the_first_item() -> None:
    """rss-12."""
    names = [child.tag for child in channel_of(WITH_EVERYTHING)]

    assert names[names.index("item") :] == ["item"] * 3


def test_only_namespaced_elements_are_foreign() -> None:
    """rss-3."""
    core = {"title", "link", "description", "docs", "generator", "language", "lastBuildDate", "item", "guid"}
    core |= {"pubDate", "category", "enclosure"}
    found = {str(element.tag) for element in channel_of(WITH_EVERYTHING).iterdescendants()}

    assert {name for name in found if not name.startswith("{")} == core


def test_a_feed_without_a_description_gets_its_title_as_one() -> None:
    """rss-11: the element must be there and hold something."""
    assert texts(channel_of(make_feed(description=" ")), "description") == ["The Example"]


def test_a_feed_without_a_language_names_none() -> None:
    assert texts(channel_of(make_feed(language="")), "language") == []


def test_self_and_hub_links_stand_in_the_channel() -> None:
    """rss-13, rss-14, websub-A3, websub-A4: the self link is the very topic."""
    feed = make_feed(hubs=("https://hub.example.net/", "https://other.example.com/?a=1&b=2"))

    assert [dict(link.attrib) for link in channel_of(feed).findall("atom:link", NAMES)] == [
        {"href": URL, "rel": "self", "type": "application/rss+xml"},
        {"href": "https://hub.example.net/", "rel": "hub"},
        {"href": "https://other.example.com/?a=1&b=2", "rel": "hub"},
    ]


def test_the_build_date_is_the_feeds_last_change_and_not_now() -> None:
    """rss-10, rss-23."""
    feed = make_feed(make_entry(), updated=NOON - timedelta(days=900))

    assert texts(channel_of(feed), "lastBuildDate") == ["Sun, 07 Mar 2021 12:00:00 GMT"]


def test_a_guid_is_the_entrys_id_and_no_permalink() -> None:
    """rss-30, rss-64."""
    guid = item_of(WITH_EVERYTHING).find("guid")

    assert guid is not None
    assert dict(guid.attrib) == {"isPermaLink": "false"}
    assert guid.text == "tag:news.example.org,2023:_posts/2023-08-24-rain.md"


def test_an_item_has_each_core_element_at_most_once() -> None:
    """rss-27, rss-40."""
    for item in channel_of(WITH_EVERYTHING).iterfind("item"):
        names = [child.tag for child in item if "}" not in str(child.tag) and child.tag != "category"]
        assert len(names) == len(set(names))


def test_summary_comes_first_and_full_text_after_it() -> None:
    """rss-36."""
    item = item_of(WITH_EVERYTHING)

    assert texts(item, "description") == ["It rains."]
    assert texts(item, "content:encoded") == ["<p>It rains in the valley.</p>"]
    names = [child.tag for child in item]
    assert names.index("description") < names.index(f"{{{NAMES['content']}}}encoded")


def test_full_text_without_a_summary_is_the_description() -> None:
    """rss-36."""
    item = item_of(make_feed(make_entry(summary=" ")))

    assert texts(item, "description") == ["<p>It rains in the valley.</p>"]
    assert texts(item, "content:encoded") == []


def test_a_summary_feed_never_carries_the_full_text() -> None:
    body = write(make_feed(make_entry(), content=Content.SUMMARY))

    assert b"<description>It rains.</description>" in body
    assert b"valley" not in body


@pytest.mark.parametrize("html", ["", " \n"])
def test_an_empty_body_falls_back_to_the_summary_then_to_the_title(html: str) -> None:
    """rss-27."""
    assert texts(item_of(make_feed(make_entry(html=html))), "description") == ["It rains."]
    assert texts(item_of(make_feed(make_entry(html=html, summary=""))), "description") == ["Rain"]


def test_a_summary_is_text_and_a_description_is_html() -> None:
    """rss-35, rss-50: what looks like markup in a summary must not become markup."""
    assert texts(item_of(make_feed(make_entry(summary="if <b> & 1 < 2"))), "description") == [
        "if &lt;b&gt; &amp; 1 &lt; 2"
    ]


def test_a_title_is_escaped_once() -> None:
    """rss-48, rss-49, rss-52, atom-72."""
    feed = make_feed(make_entry(title="AT&T: x < 3 ]]>"))

    assert b"<title>AT&#x26;T: x &#x3C; 3 ]]&#x3E;</title>" in write(feed)
    assert texts(item_of(feed), "title") == ["AT&T: x < 3 ]]>"]


def test_signs_in_plain_text_are_numbers_that_nobody_decodes_twice() -> None:
    """rss-48: title and category of items, title and description of the channel."""
    entry = make_entry(title="Use <b> & &lt;i&gt;", categories=("R&D",))
    feed = make_feed(entry, title="<i>", description="a &amp; b </p>")

    assert texts(item_of(feed), "title") == ["Use <b> & &lt;i&gt;"]
    assert texts(item_of(feed), "category") == ["R&D"]
    assert texts(channel_of(feed), "title") == ["<i>"]
    assert texts(channel_of(feed), "description") == ["a &amp; b </p>"]
    assert () == lint(write(feed))


def test_people_are_creators_without_mail_or_job() -> None:
    """rss-18, rss-32: <author> would need an e-mail, and never goes with dc:creator."""
    item = item_of(WITH_EVERYTHING, 1)

    assert texts(item, "dc:creator") == ["Donna Teetree", "Søren Ünal"]
    assert item.find("author") is None
    assert b"soren@example.org" not in write(WITH_EVERYTHING)
    assert b"Staff Writer" not in write(WITH_EVERYTHING)


def test_categories_and_tags_are_told_apart_by_domain() -> None:
    """rss-33: blank ones are left out, and so is what was said already."""
    item = item_of(make_feed(make_entry(categories=("News", " ", "News"), tags=("News", "塔"))))

    assert [(element.get("domain"), element.text) for element in item.findall("category")] == [
        ("https://news.example.org/categories/", "News"),
        ("https://news.example.org/tags/", "News"),
        ("https://news.example.org/tags/", "塔"),
    ]


def test_the_first_enclosure_is_the_only_one() -> None:
    """rss-40, rss-41; the others are media:content."""
    item = item_of(WITH_EVERYTHING, 1)

    assert [dict(element.attrib) for element in item.findall("enclosure")] == [
        {"url": PHOTO.url, "length": "84213", "type": "image/jpeg"}
    ]
    assert [dict(element.attrib) for element in item.findall("media:content", NAMES)[1:]] == [
        {"url": "https://cdn.example.org/fall.mp3", "type": "audio/mpeg", "medium": "audio"}
    ]


EPISODE = Enclosure(url="https://cdn.example.org/e.mp3", type="audio/mpeg", length=9, title="One & two", duration=3723)


def test_an_episode_is_the_enclosure_and_the_picture_stays_in_media_rss() -> None:
    """rss-40, rss-41, rss-58, rss-61: title and duration are told by Media RSS, at the enclosure's address."""
    picture = Enclosure(url=PHOTO.url, type="image/jpeg", length=84213)
    item = item_of(make_feed(make_entry(image=PHOTO, enclosures=(EPISODE, picture))))

    assert [dict(element.attrib) for element in item.findall("enclosure")] == [
        {"url": EPISODE.url, "length": "9", "type": "audio/mpeg"}
    ]
    image, sound = item.findall("media:content", NAMES)
    assert image.get("url") == PHOTO.url
    assert dict(sound.attrib) == {
        "url": EPISODE.url, "type": "audio/mpeg", "medium": "audio", "fileSize": "9", "duration": "3723"
    }  # fmt: skip
    assert texts(sound, "media:title") == ["One & two"]
    assert item.find("media:group", NAMES) is None


def test_an_enclosure_of_which_no_more_is_known_is_told_of_once() -> None:
    """rss-40, rss-41."""
    plain = Enclosure(url=EPISODE.url, type="audio/mpeg", length=9)

    assert item_of(make_feed(make_entry(enclosures=(plain,)))).find("media:content", NAMES) is None


def test_an_unknown_length_is_0_in_an_enclosure_and_absent_in_media_rss() -> None:
    """rss-41, rss-56."""
    entry = make_entry(
        image=Image(url=PHOTO.url, length=0, width=0, height=None),
        enclosures=(
            Enclosure(url=PHOTO.url, type="image/jpeg", length=0),
            Enclosure(url="https://cdn.example.org/a.pdf", type="application/pdf", length=7),
        ),
    )
    item = item_of(make_feed(entry))

    assert [element.get("length") for element in item.findall("enclosure")] == ["0"]
    assert [dict(element.attrib) for element in item.findall("media:content", NAMES)] == [
        {"url": PHOTO.url, "medium": "image"},
        {"url": "https://cdn.example.org/a.pdf", "type": "application/pdf", "fileSize": "7"},
    ]


def test_the_featured_image_is_told_of_once_however_many_enclosures() -> None:
    """rss-61."""
    files = (
        Enclosure(url="https://cdn.example.org/fall.mp3", type="audio/mpeg", length=9),
        Enclosure(url=PHOTO.url, type="image/jpeg", length=84213),
    )
    item = item_of(make_feed(make_entry(image=PHOTO, enclosures=files)))

    assert [element.get("url") for element in item.findall("media:content", NAMES)] == [PHOTO.url]


def test_the_featured_image_is_described_by_media_rss() -> None:
    """rss-54, rss-58, rss-59, rss-61."""
    item = item_of(WITH_EVERYTHING, 1)
    content = item.find("media:content", NAMES)

    assert content is not None
    assert item.find("media:group", NAMES) is None
    assert dict(content.attrib) == {
        "url": PHOTO.url,
        "medium": "image",
        "type": "image/jpeg",
        "width": "1200",
        "height": "800",
        "fileSize": "84213",
    }
    assert [(etree.QName(child).localname, dict(child.attrib), child.text) for child in content] == [
        ("description", {"type": "plain"}, "The tower on Tuesday, before it fell."),
        ("text", {"type": "plain"}, "A radio tower & a crane"),
        ("credit", {}, "Alex Babenko/Getty Images"),
        ("thumbnail", {"url": PHOTO.url, "width": "1200", "height": "800"}, None),
    ]


@pytest.mark.parametrize(
    ("caption", "alt", "description", "text"),
    [
        ("Cutline", "", ["Cutline"], []),
        ("", "Alt", ["Alt"], []),
        ("Same", "Same", ["Same"], []),
        ("Cutline", "Alt", ["Cutline"], ["Alt"]),
        ("", "", [], []),
    ],
)
def test_a_caption_describes_an_image_else_its_alternative_text_does(
    caption: str, alt: str, description: list[str], text: list[str]
) -> None:
    """rss-60: alternative text is not a title."""
    item = item_of(make_feed(make_entry(image=Image(url=PHOTO.url, caption=caption, alt=alt))))

    assert texts(item, "media:content/media:description") == description
    assert texts(item, "media:content/media:text") == text
    assert texts(item, "media:content/media:title") == []


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ("2023-08-24T16:55:00+00:00", "Thu, 24 Aug 2023 16:55:00 GMT"),
        ("2024-02-29T23:59:59.999999+00:00", "Thu, 29 Feb 2024 23:59:59 GMT"),
        ("1995-01-01T00:00:00+00:00", "Sun, 01 Jan 1995 00:00:00 GMT"),
    ],
)
def test_dates_are_english_and_gmt(published: str, expected: str) -> None:
    """rss-44, rss-45, rss-47."""
    moment = datetime.fromisoformat(published)
    item = item_of(make_feed(make_entry(published=moment, updated=moment)))

    assert texts(item, "pubDate") == [expected]
    assert parsedate_to_datetime(expected) == moment.replace(microsecond=0)


def test_an_edit_shows_in_atom_updated_and_leaves_the_date_of_publication_alone() -> None:
    """rss-31."""
    item = item_of(WITH_EVERYTHING, 1)

    assert texts(item, "pubDate") == ["Tue, 22 Aug 2023 12:00:00 GMT"]
    assert texts(item, "atom:updated") == ["2023-08-24T12:00:00Z"]


@pytest.mark.parametrize("change", [timedelta(0), timedelta(microseconds=7), -timedelta(days=1)])
def test_an_entry_without_a_visible_edit_has_no_atom_updated(change: timedelta) -> None:
    """rss-31, atom-35: nor is anything updated before it was published."""
    assert texts(item_of(make_feed(make_entry(updated=NOON + change))), "atom:updated") == []


@pytest.mark.parametrize(
    ("feed", "prefixes"),
    [
        (make_feed(), {"atom"}),
        (make_feed(make_entry()), {"atom", "content"}),
        (make_feed(make_entry(summary="")), {"atom"}),
        (make_feed(make_entry(), content=Content.SUMMARY), {"atom"}),
        (make_feed(make_entry(html="", people=(Person(name="Jo"),))), {"atom", "dc"}),
        (make_feed(make_entry(html="", image=PHOTO)), {"atom", "media"}),
        (make_feed(make_entry(html="", enclosures=RICH.enclosures)), {"atom", "media"}),
        (WITH_EVERYTHING, set(NAMES)),
    ],
)
def test_only_namespaces_in_use_are_declared_and_only_at_the_root(feed: Feed, prefixes: set[str]) -> None:
    """rss-7."""
    body = write(feed)

    assert dict(etree.fromstring(body).nsmap) == {prefix: NAMES[prefix] for prefix in prefixes}
    assert len(re.findall(rb"xmlns", body)) == len(prefixes)


def test_no_value_is_padded() -> None:
    """rss-24: a document is indented, the text in it is not."""
    for element in channel_of(WITH_EVERYTHING).iter():
        if not len(element) and element.text is not None:
            assert element.text == element.text.strip()


def test_a_feed_without_entries_is_valid() -> None:
    """atom-74."""
    parsed = feedparser.parse(write(make_feed()))

    assert (parsed.bozo, parsed.version, parsed.entries) == (False, "rss20", [])


def test_an_independent_reader_finds_everything() -> None:
    parsed = feedparser.parse(write(WITH_EVERYTHING))

    assert (parsed.bozo, parsed.version, parsed.encoding) == (False, "rss20", "utf-8")
    assert parsed.feed.link == "https://news.example.org/"
    assert [entry.id for entry in parsed.entries] == [entry.id for entry in WITH_EVERYTHING.entries]
    entry = parsed.entries[1]
    assert entry.link == RICH.url
    assert [author.name for author in entry.authors] == ["Donna Teetree", "Søren Ünal"]
    assert [(file.href, file.type, file.length) for file in entry.enclosures] == [(PHOTO.url, "image/jpeg", "84213")]
    assert entry.media_content[0]["url"] == PHOTO.url
    assert entry.media_credit[0]["content"] == "Alex Babenko/Getty Images"
    assert entry.updated_parsed[:6] == (2023, 8, 24, 12, 0, 0)
    assert parsed.entries[2].title == BARE.title


@settings(max_examples=80, deadline=None)
@given(legal_feeds())
def test_any_legal_text_comes_back_as_it_was(feed: Feed) -> None:
    """rss-5, rss-48, rss-52, atom-72, atom-73."""
    channel = channel_of(feed)
    items = channel.findall("item")

    assert texts(channel, "title") == [feed.title]
    assert [item.findtext("guid") for item in items] == [entry.id for entry in feed.entries]
    for item, entry in zip(items, feed.entries, strict=True):
        assert texts(item, "title") == [entry.title]
        assert texts(item, "dc:creator") == [person.name for person in entry.people]
        described = item.findtext("description") or ""
        if entry.summary:
            assert unescape(described) == entry.summary
        elif feed.content is Content.SUMMARY or not entry.html.strip():
            assert unescape(described) == entry.title
        else:
            assert described == entry.html
