"""What all our documents say and never say, item by item of the checklists, whatever entries they have."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest
from lxml import etree
from lxml.etree import _Element

from syndicator.formats import render
from syndicator.lint import lint
from syndicator.model import Content, Feed, Format
from tests.unit.feed_samples import ADDRESSES, NOON, SAMPLES, make_entry, make_feed

ATOM = "http://www.w3.org/2005/Atom"
MEDIA = "http://search.yahoo.com/mrss/"
#: Those that the checklist knows; all else would be a warning of the validator.
RELS = frozenset(
    (
        "alternate", "current", "describedby", "edit", "edit-media", "enclosure", "first", "hub", "last", "license",
        "next", "next-archive", "payment", "prev-archive", "previous", "related", "replies", "search", "self",
        "service", "up", "via",
    )
)  # fmt: skip


@cache
def written(sample: str, kind: Format) -> bytes:
    return write(SAMPLES[sample], kind)


def write(feed: Feed, kind: Format) -> bytes:
    return render(feed, kind, "x", ADDRESSES[kind]).body


def root_of(sample: str, kind: Format) -> _Element:
    return etree.fromstring(written(sample, kind))


def elements(sample: str, kind: Format) -> list[_Element]:
    return [element for element in root_of(sample, kind).iter() if isinstance(element.tag, str)]


def item_of(**changes: Any) -> dict[str, Any]:
    items: list[dict[str, Any]] = json.loads(write(make_feed(make_entry(**changes)), Format.JSON))["items"]
    return items[0]


# --- RSS ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sample", SAMPLES)
def test_core_elements_have_no_attributes_of_others(sample: str) -> None:
    """rss-8: and should they ever have some, the address of the specification says that extensions are meant."""
    channel = root_of(sample, Format.RSS).find("channel")

    assert channel is not None
    assert "http://www.rssboard.org/rss-specification" == channel.findtext("docs")
    assert [] == [name for element in elements(sample, Format.RSS) for name in element.attrib if "}" in str(name)]


@pytest.mark.parametrize("sample", SAMPLES)
def test_rss_says_nothing_that_few_understand_and_nothing_twice(sample: str) -> None:
    """rss-20, rss-22, rss-25, rss-26, rss-34, rss-39: a meaning has one element, and no more are known."""
    known = {
        "rss", "channel", "title", "link", "description", "docs", "generator", "language", "lastBuildDate", "item",
        "guid", "pubDate", "category", "enclosure", f"{{{ATOM}}}link", f"{{{ATOM}}}updated",
        "{http://purl.org/dc/elements/1.1/}creator", "{http://purl.org/rss/1.0/modules/content/}encoded",
        *(f"{{{MEDIA}}}{name}" for name in ("content", "thumbnail", "description", "text", "credit", "title")),
        *(["{http://purl.org/syndication/history/1.0}archive"] if SAMPLES[sample].paging else []),
    }  # fmt: skip

    assert set() == {str(element.tag) for element in elements(sample, Format.RSS)} - known


@pytest.mark.parametrize("sample", SAMPLES)
def test_titles_are_text_and_never_blank(sample: str) -> None:
    """rss-28, atom-21, atom-39: also where the author gave none."""
    for kind, path in ((Format.RSS, "item/title"), (Format.ATOM, f"{{{ATOM}}}entry/{{{ATOM}}}title")):
        titles = root_of(sample, kind).findall(f"channel/{path}" if kind is Format.RSS else path)
        assert len(SAMPLES[sample].entries) == len(titles)
        for title in titles:
            assert len([child for child in title if isinstance(child.tag, str)]) == 0
            assert (title.text or "").strip() or len(title)


def test_an_end_of_cdata_in_a_text_ends_nothing() -> None:
    """rss-51, rss-52, atom-73: there is no CDATA, so that nothing has to be split."""
    body = "<pre>]]&gt; a[b[0]]&gt;1 <![CDATA[ x ]]&gt;</pre>"
    feed = make_feed(make_entry(title="]]> <![CDATA[", html=body))
    rss, atom = write(feed, Format.RSS), write(feed, Format.ATOM)

    assert b"<![CDATA[" not in rss + atom
    assert body == etree.fromstring(rss).findtext("channel/item/{http://purl.org/rss/1.0/modules/content/}encoded")
    assert body == etree.fromstring(atom).findtext(f"{{{ATOM}}}entry/{{{ATOM}}}content")


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_root_is_found_in_the_first_bytes(sample: str) -> None:
    """rss-65: by those who serve a document as plain XML, and those who guess."""
    assert b"<rss" in written(sample, Format.RSS)[:100]
    assert b"<feed" in written(sample, Format.ATOM)[:100]


@pytest.mark.parametrize("kind", list(ADDRESSES))
@pytest.mark.parametrize("sample", SAMPLES)
def test_the_linter_finds_nothing(sample: str, kind: Format) -> None:
    """rss-66, atom-70, atom-75, jsonfeed-59: an independent reading of every rule."""
    assert [] == [str(finding) for finding in lint(written(sample, kind))]


# --- Atom ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sample", SAMPLES)
def test_text_is_text_or_html_and_stands_in_the_document(sample: str) -> None:
    """atom-19, atom-38, atom-41, atom-42: no other type, nothing that lies elsewhere."""
    for name in ("title", "subtitle", "summary", "content", "rights"):
        for element in root_of(sample, Format.ATOM).iter(f"{{{ATOM}}}{name}"):
            assert element.get("type", "text") in ("text", "html")
            assert element.get("src") is None
            assert len([child for child in element if isinstance(child.tag, str)]) == 0


@pytest.mark.parametrize("sample", SAMPLES)
def test_links_have_relations_that_are_registered(sample: str) -> None:
    """atom-50, atom-54, rss-15: and there is nothing in a link."""
    links = [link for kind in (Format.RSS, Format.ATOM) for link in root_of(sample, kind).iter(f"{{{ATOM}}}link")]

    assert set() == {link.get("rel", "alternate") for link in links} - RELS
    assert {None} == {link.text for link in links}


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_address_is_absolute_so_that_no_base_is_needed(sample: str) -> None:
    """atom-6, atom-56: many readers know no xml:base; xml:lang is the only attribute of XML's own."""
    root = root_of(sample, Format.ATOM)

    assert set() == {
        name for element in root.iter() for name in element.attrib if "}" in str(name)
    } - {"{http://www.w3.org/XML/1998/namespace}lang"}  # fmt: skip
    for name in ("href", "src", "url"):
        assert all(value.startswith("https://") for value in root.xpath(f"//@{name}"))


@pytest.mark.parametrize("sample", SAMPLES)
def test_entries_are_our_own(sample: str) -> None:
    """atom-57: nothing is taken over from other feeds, so nothing has a source; atom-54: nor replies."""
    names = {etree.QName(element).localname for element in elements(sample, Format.ATOM)}

    assert set() == names & {"source", "in-reply-to", "total"}


def test_two_entries_of_one_moment_keep_it() -> None:
    """atom-23: a warning of the validator at most; dates are not shifted to please it."""
    feed = make_feed(make_entry(id="urn:a"), make_entry(id="urn:b"))
    moments = [
        e.text for e in etree.fromstring(write(feed, Format.ATOM)).iterfind(f"{{{ATOM}}}entry/{{{ATOM}}}updated")
    ]

    assert ["2023-08-24T12:00:00Z"] * 2 == moments


@pytest.mark.parametrize(
    "given", ["https://x.example/~bob", "https://x.example/%7Ebob", "HTTP://X.example:80/é/../", "9"]
)
def test_an_id_is_never_written_otherwise_than_it_is(given: str) -> None:
    """atom-24 to atom-27, atom-29, atom-31, jsonfeed-25: neither normalised nor mapped, in any format the same."""
    feed = make_feed(make_entry(id=given))

    assert given == etree.fromstring(write(feed, Format.RSS)).findtext("channel/item/guid")
    assert given == etree.fromstring(write(feed, Format.ATOM)).findtext(f"{{{ATOM}}}entry/{{{ATOM}}}id")
    assert given == item_of(id=given)["id"]


# --- JSON Feed ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_feed_has_the_members_that_it_needs_and_no_others(sample: str) -> None:
    """jsonfeed-8 to jsonfeed-13, jsonfeed-17 to jsonfeed-22: nothing that is old, empty or for nobody."""
    document = json.loads(written(sample, Format.JSON))
    feed = SAMPLES[sample]

    assert ["version", "title", "home_page_url", "feed_url"] == list(document)[:4]
    assert isinstance(document["items"], list)
    assert set(document) <= {
        "version", "title", "home_page_url", "feed_url", "description", "authors", "language", "hubs",
        "items", *(["next_url"] if feed.paging else []),
    }  # fmt: skip
    assert ADDRESSES[Format.JSON] == document["feed_url"]
    assert feed.language == document.get("language", "")
    assert [{"type": "WebSub", "url": hub} for hub in feed.hubs] == document.get("hubs", [])
    assert ([{"name": feed.author}] if feed.author else []) == document.get("authors", [])


def test_the_picture_is_image_and_never_banner() -> None:
    """jsonfeed-31: a banner would say that the text does not show it, and of one picture it is the image."""
    for sample in SAMPLES:
        assert b"banner_image" not in written(sample, Format.JSON)


def test_the_same_post_says_the_same_in_every_format() -> None:
    """jsonfeed-56, jsonfeed-57: there is always RSS beside it, and a wide picture is nobody's icon."""
    entry = make_entry(title="R&D <beta>", published=NOON)
    rss, atom = (etree.fromstring(write(make_feed(entry), kind)) for kind in (Format.RSS, Format.ATOM))

    assert ["R&D <beta>"] == ["".join(title.itertext()) for title in rss.findall("channel/item/title")]
    assert "R&D <beta>" == item_of(title="R&D <beta>")["title"]
    assert atom.findtext(f"{{{ATOM}}}entry/{{{ATOM}}}title") == "R&D <beta>"
    assert not re.search(rb'"(?:icon|favicon)"', write(make_feed(entry, content=Content.SUMMARY), Format.JSON))
