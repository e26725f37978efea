"""Known faults of feedgen 1.0.0, one a test.

Each test says what feedgen does wrong today. When one fails, feedgen has been mended: take our repair out of
``syndicator/formats`` (named in the test) and the test with it.
"""

from __future__ import annotations

import locale
from datetime import UTC, datetime
from typing import Any

import pytest
from feedgen.feed import FeedGenerator
from lxml import etree
from lxml.etree import _Element

NOON = datetime(2023, 8, 24, 12, 0, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"


def generator() -> Any:
    feed = FeedGenerator()
    feed.id("tag:example.org,2023:feed")
    feed.title("Feed")
    feed.description("About")
    feed.updated(NOON)
    feed.link(href="https://example.org/", rel="alternate")
    return feed


def add_entry(feed: Any, name: str = "1") -> Any:
    entry = feed.add_entry(order="append")
    entry.id(name)
    entry.title(name)
    entry.updated(NOON)
    entry.link(href=f"https://example.org/{name}", rel="alternate", type="text/html")
    return entry


def rss(feed: Any) -> _Element:
    channel = etree.fromstring(feed.rss_str()).find("channel")
    assert channel is not None
    return channel


def atom(feed: Any) -> _Element:
    return etree.fromstring(feed.atom_str())


def test_links_of_atom_entries_lose_every_attribute_but_the_address() -> None:
    """lkiesow/python-feedgen#135; mended by EntryExtension.extend_atom."""
    feed = generator()
    add_entry(feed).enclosure("https://example.org/a.jpg", "12", "image/jpeg")

    assert [dict(link.attrib) for link in atom(feed).iterfind(f"{ATOM}entry/{ATOM}link")] == [
        {"href": "https://example.org/1"},
        {"href": "https://example.org/a.jpg"},
    ]


def test_rss_never_names_the_hub() -> None:
    """Mended by FeedExtension.extend_rss."""
    feed = generator()
    feed.link(href="https://example.org/feed.xml", rel="self")
    feed.link(href="https://hub.example.org/", rel="hub")

    assert [link.get("rel") for link in rss(feed).iterfind(f"{ATOM}link")] == ["self"]


def test_the_rss_channel_links_to_whichever_link_came_last() -> None:
    """Lived with by giving the alternate link last."""
    feed = generator()
    feed.link(href="https://hub.example.org/", rel="hub")

    assert rss(feed).findtext("link") == "https://hub.example.org/"


def test_the_last_enclosure_takes_the_place_of_the_first_in_rss() -> None:
    """Lived with by giving one."""
    feed = generator()
    entry = add_entry(feed)
    entry.enclosure("https://example.org/a.jpg", "1", "image/jpeg")
    entry.enclosure("https://example.org/b.jpg", "2", "image/jpeg")

    assert [file.get("url") for file in rss(feed).iterfind("item/enclosure")] == ["https://example.org/b.jpg"]


def test_an_enclosure_of_unknown_length_has_the_length_none() -> None:
    """Lived with by giving a number as text."""
    feed = generator()
    add_entry(feed).enclosure("https://example.org/a.jpg", None, "image/jpeg")

    assert [file.get("length") for file in rss(feed).iterfind("item/enclosure")] == ["None"]


def test_dates_that_were_not_given_are_now() -> None:
    """Lived with by giving them all."""
    before = datetime.now(UTC)
    feed = FeedGenerator()
    entry = feed.add_entry()

    assert before <= feed.updated() <= datetime.now(UTC)
    assert before <= entry.updated() <= datetime.now(UTC)


def test_each_rss_date_switches_the_locale_of_the_whole_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lived with by writing pubDate ourselves and by rendering on one thread."""
    feed = generator()
    for name in "123":
        add_entry(feed, name).published(NOON)
    switches: list[str] = []
    real = locale.setlocale

    def setlocale(category: int, name: str | None = None) -> str:
        switches.append(str(name))
        return real(category, name)

    monkeypatch.setattr(locale, "setlocale", setlocale)

    feed.rss_str()

    assert switches.count("C") == 4


def test_an_author_without_an_address_is_not_in_rss() -> None:
    """Mended by EntryExtension.extend_rss."""
    feed = generator()
    add_entry(feed).author(name="Jo")

    assert b"Jo" not in feed.rss_str()


def test_the_content_namespace_is_declared_where_nothing_uses_it() -> None:
    """Mended by FeedExtension.extend_rss."""
    assert b"xmlns:content" in generator().rss_str()


def test_cdata_becomes_an_invalid_type_in_atom() -> None:
    """Lived with by type="html"."""
    feed = generator()
    add_entry(feed).content("<p>x</p>", type="CDATA")

    assert [content.get("type") for content in atom(feed).iterfind(f"{ATOM}entry/{ATOM}content")] == ["CDATA"]


def test_an_entry_without_a_title_breaks_the_whole_atom_feed() -> None:
    """Lived with by the model: an entry has a title."""
    feed = generator()
    add_entry(feed).title("")

    with pytest.raises(ValueError, match="Required fields not set"):
        feed.atom_str()


def test_the_media_extension_knows_no_description_and_no_credit() -> None:
    """Mended by EntryExtension."""
    feed = generator()
    feed.load_extension("media")
    entry = add_entry(feed)

    for name in ("description", "credit"):
        with pytest.raises(ValueError, match="invalid keys"):
            entry.media.content(url="https://example.org/a.jpg", **{name: "x"})


def test_entries_have_no_language_of_their_own() -> None:
    """Mended by EntryExtension.extend_atom."""
    assert not hasattr(add_entry(generator()), "language")


def test_an_entry_that_is_added_goes_to_the_front() -> None:
    """Lived with by order="append"."""
    feed = generator()
    for name in "12":
        entry = feed.add_entry()
        entry.id(name)

    assert [entry.id() for entry in feed.entry()] == ["2", "1"]
