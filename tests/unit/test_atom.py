"""Atom 1.0 as documents of ours are to be: feed, entries, links, texts, categories, Media RSS."""

from __future__ import annotations

import re
from datetime import timedelta

import feedparser
import pytest
from hypothesis import given, settings
from lxml import etree
from lxml.etree import _Element

from syndicator.formats import render
from syndicator.formats.extensions import TOMBSTONES, EntryExtension
from syndicator.model import Content, Enclosure, Feed, Format, Image, Person, Tombstone
from tests.unit.feed_samples import BARE, NOON, PHOTO, RICH, WITH_EVERYTHING, legal_feeds, make_entry, make_feed

URL = "https://news.example.org/feeds/atom.xml"
ATOM = "http://www.w3.org/2005/Atom"
NAMES = {"a": ATOM, "media": "http://search.yahoo.com/mrss/"}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def write(feed: Feed) -> bytes:
    return render(feed, Format.ATOM, "atom.xml", URL).body


def root_of(feed: Feed) -> _Element:
    return etree.fromstring(write(feed))


def entry_of(feed: Feed, number: int = 0) -> _Element:
    return root_of(feed).findall("a:entry", NAMES)[number]


def texts(parent: _Element, name: str) -> list[str | None]:
    return [element.text for element in parent.findall(name, NAMES)]


def attributes(parent: _Element, name: str) -> list[dict[str, str]]:
    return [{str(key): str(value) for key, value in element.items()} for element in parent.findall(name, NAMES)]


def test_the_document_says_what_it_is() -> None:
    document = render(WITH_EVERYTHING, Format.ATOM, "atom.xml", URL)

    assert document.media_type == "application/atom+xml; charset=utf-8"
    assert (document.path, document.url, document.format) == ("atom.xml", URL, Format.ATOM)
    assert document.hubs == ("https://hub.example.net/",)


def test_the_root_is_a_feed_in_the_default_namespace() -> None:
    """atom-1 to atom-3: no element of Atom has a prefix."""
    body = write(WITH_EVERYTHING)

    assert body.startswith(b'<?xml version="1.0" encoding="utf-8"?>\n<feed ')
    assert etree.fromstring(body).tag == f"{{{ATOM}}}feed"
    assert set(re.findall(rb"<(\w+):", body)) == {b"media"}


def test_the_feed_has_id_title_and_date_once_and_an_author() -> None:
    """atom-7 to atom-9, atom-12, atom-14, atom-32, atom-33."""
    root = root_of(WITH_EVERYTHING)

    expected = {
        "a:id": "tag:news.example.org,2023:feed/main",
        "a:title": "The Example",
        "a:updated": "2023-08-25T12:00:00Z",
        "a:subtitle": "News and analysis",
        "a:generator": "syndicator",
        "a:author/a:name": "The Example newsroom",
    }
    assert {name: texts(root, name) for name in expected} == {name: [text] for name, text in expected.items()}
    assert attributes(root, "a:generator") == [{}]


def test_a_feed_without_an_author_is_signed_with_its_title() -> None:
    """atom-8, atom-46, atom-74: also where there is no entry."""
    root = root_of(make_feed(author=""))

    assert texts(root, "a:author/a:name") == ["The Example"]


def test_a_blank_description_is_no_subtitle() -> None:
    """atom-20."""
    assert texts(root_of(make_feed(description=" ")), "a:subtitle") == []


def test_metadata_comes_before_the_first_entry() -> None:
    """atom-5."""
    names = [child.tag for child in root_of(WITH_EVERYTHING)]

    assert names[names.index(f"{{{ATOM}}}entry") :] == [f"{{{ATOM}}}entry"] * 3


def test_tombstones_come_before_the_entries_and_say_what_went_when() -> None:
    """atom-5, atom-63, atom-64, atom-67, atom-68: the two attributes and no more."""
    stones = (Tombstone(ref="tag:x?a&b", when=NOON), Tombstone(ref="tag:y", when=NOON, title="Y", url="https://x/y"))
    root = root_of(make_feed(make_entry(), tombstones=stones))
    names = [child.tag for child in root]

    assert [{"ref": ref, "when": "2023-08-24T12:00:00Z"} for ref in ("tag:x?a&b", "tag:y")] == [
        dict(child.attrib) for child in root if child.tag == f"{{{TOMBSTONES}}}deleted-entry"
    ]
    assert names.index(f"{{{TOMBSTONES}}}deleted-entry") < names.index(f"{{{ATOM}}}entry")


def test_a_feed_without_tombstones_does_not_speak_of_them() -> None:
    """atom-68: clean for validators."""
    assert b"tombstones" not in write(make_feed(make_entry()))


def test_the_feed_links_to_itself_its_hubs_and_its_site() -> None:
    """atom-10, atom-11, atom-15, websub-A3, websub-A4."""
    feed = make_feed(hubs=("https://hub.example.net/", "https://other.example.com/?a=1&b=2"))

    assert attributes(root_of(feed), "a:link") == [
        {"href": URL, "rel": "self", "type": "application/atom+xml"},
        {"href": "https://hub.example.net/", "rel": "hub"},
        {"href": "https://other.example.com/?a=1&b=2", "rel": "hub"},
        {"href": "https://news.example.org/", "rel": "alternate", "type": "text/html"},
    ]


def test_an_entry_has_id_title_and_dates_once() -> None:
    """atom-16, atom-24, atom-33 to atom-35."""
    entry = entry_of(WITH_EVERYTHING, 1)

    expected = {
        "a:id": "tag:news.example.org,2023:_posts/2023-08-22-tower.md",
        "a:title": RICH.title,
        "a:published": "2023-08-22T12:00:00Z",
        "a:updated": "2023-08-24T12:00:00Z",
    }
    assert {name: texts(entry, name) for name in expected} == {name: [text] for name, text in expected.items()}


def test_an_entry_is_never_updated_before_it_was_published() -> None:
    """atom-35."""
    entry = entry_of(make_feed(make_entry(updated=NOON - timedelta(days=3))))

    assert texts(entry, "a:updated") == texts(entry, "a:published") == ["2023-08-24T12:00:00Z"]


def test_instants_are_whole_seconds() -> None:
    """atom-34."""
    moment = NOON + timedelta(microseconds=123456)
    body = write(make_feed(make_entry(published=moment, updated=moment), updated=moment))

    assert body.count(b">2023-08-24T12:00:00Z</") == 3


def test_links_of_an_entry_keep_their_attributes() -> None:
    """atom-18, atom-49, atom-51, atom-53: an unknown length is left out."""
    assert attributes(entry_of(WITH_EVERYTHING, 1), "a:link") == [
        {"href": RICH.url, "rel": "alternate", "type": "text/html"},
        {"href": "https://engineer.example.com/report?id=1&lang=it", "rel": "related"},
        {"href": PHOTO.url, "rel": "enclosure", "type": "image/jpeg", "length": "84213"},
        {"href": "https://cdn.example.org/fall.mp3", "rel": "enclosure", "type": "audio/mpeg"},
    ]


def test_links_are_empty() -> None:
    """atom-49."""
    assert [link.text for link in root_of(WITH_EVERYTHING).iter(f"{{{ATOM}}}link") if link.text or len(link)] == []


def test_people_keep_what_atom_has_a_place_for() -> None:
    """atom-45: and a professional title is not glued to the name."""
    entry = entry_of(WITH_EVERYTHING, 1)

    assert [
        [(etree.QName(part).localname, part.text) for part in person] for person in entry.findall("a:author", NAMES)
    ] == [
        [("name", "Donna Teetree"), ("uri", "https://news.example.org/people/donna/")],
        [("name", "Søren Ünal"), ("email", "soren@example.org")],
    ]
    assert b"Staff Writer" not in write(WITH_EVERYTHING)


def test_an_entry_without_people_is_the_feeds() -> None:
    """atom-17."""
    assert entry_of(WITH_EVERYTHING).find("a:author", NAMES) is None


def test_categories_have_a_term_for_machines_and_a_label_for_people() -> None:
    """atom-47, atom-48: where a slug would lose something, the text is the term."""
    feed = make_feed(make_entry(categories=("Slow Food", " "), tags=("Slow Food", "塔")))

    assert attributes(entry_of(feed), "a:category") == [
        {"term": "slow-food", "scheme": "https://news.example.org/categories/", "label": "Slow Food"},
        {"term": "slow-food", "scheme": "https://news.example.org/tags/", "label": "Slow Food"},
        {"term": "塔", "scheme": "https://news.example.org/tags/", "label": "塔"},
    ]


def test_labels_that_differ_in_more_than_case_and_spaces_have_different_terms() -> None:
    """atom-47, atom-48."""
    labels = ("C", "C#", "C++", "C--", "Zürich", "Zurich", "日本 News", "News", "a/b", "a b", ".NET", "net")
    terms = [tag["term"] for tag in attributes(entry_of(make_feed(make_entry(tags=labels))), "a:category")]

    assert ["c", "C#", "C++", "C--", "Zürich", "zurich", "日本 News", "news", "a/b", "a-b", ".NET", "net"] == terms


def test_a_home_without_a_slash_makes_the_same_schemes() -> None:
    entry = make_entry(tags=("x",))

    assert attributes(entry_of(make_feed(entry, home_url="https://news.example.org")), "a:category") == attributes(
        entry_of(make_feed(entry)), "a:category"
    )


def test_summary_is_text_and_content_is_html() -> None:
    """atom-38 to atom-40, atom-43."""
    entry = entry_of(WITH_EVERYTHING, 1)

    assert attributes(entry, "a:summary") == [{"type": "text"}]
    assert texts(entry, "a:summary") == [RICH.summary]
    assert attributes(entry, "a:content") == [{"type": "html"}]
    assert texts(entry, "a:content") == [RICH.html]


def test_a_literal_ampersand_in_html_is_escaped_twice() -> None:
    """atom-40."""
    assert b"The tower &amp;amp; the crane" in write(WITH_EVERYTHING)


@pytest.mark.parametrize(
    ("summary", "html"),
    [
        ("", "<p>It rains.</p>"),
        (" \n", "<p>It rains.</p>"),
        ("Rain", "<p>It rains.</p>"),
        ("It  rains & pours.", "<p>It <em>rains</em>\n&amp; pours.</p>"),
        ("It rains.", "It rains."),
    ],
)
def test_a_summary_that_tells_nothing_more_is_left_out(summary: str, html: str) -> None:
    """atom-20."""
    entry = entry_of(make_feed(make_entry(summary=summary, html=html)))

    assert texts(entry, "a:summary") == []
    assert texts(entry, "a:content") == [html]


@pytest.mark.parametrize("html", ["<p>It</p>", "<p>It rains. And</p><p>more.</p>", "<p>Sun</p>", "<img alt=''>"])
def test_a_summary_that_differs_from_the_body_stays(html: str) -> None:
    assert texts(entry_of(make_feed(make_entry(summary="It rains.", html=html))), "a:summary") == ["It rains."]


def test_a_summary_feed_never_carries_the_full_text() -> None:
    """atom-18, atom-20."""
    feed = make_feed(make_entry(), content=Content.SUMMARY)

    assert texts(entry_of(feed), "a:summary") == ["It rains."]
    assert texts(entry_of(feed), "a:content") == []
    assert b"valley" not in write(feed)


@pytest.mark.parametrize("html", ["", " \n"])
def test_an_empty_body_falls_back_to_the_summary_then_to_the_title(html: str) -> None:
    """atom-20: there is always a text, and it is never said twice."""
    summarised = entry_of(make_feed(make_entry(html=html)))
    bare = entry_of(make_feed(make_entry(html=html, summary="Rain")))

    assert (texts(summarised, "a:summary"), texts(summarised, "a:content")) == (["It rains."], [])
    assert (texts(bare, "a:summary"), texts(bare, "a:content")) == ([], ["Rain"])
    assert attributes(bare, "a:content") == [{"type": "text"}]


def test_a_language_of_its_own_is_named_on_the_entry() -> None:
    """atom-55."""
    feed = make_feed(make_entry(language="en"), RICH, BARE)
    root = root_of(feed)

    assert root.get(LANG) == "en"
    assert [entry.get(LANG) for entry in root.findall("a:entry", NAMES)] == [None, "it", None]


def test_the_featured_image_is_described_by_media_rss() -> None:
    """atom-52, rss-54 to rss-60."""
    content = entry_of(WITH_EVERYTHING, 1).findall("media:content", NAMES)

    assert [dict(element.attrib) for element in content] == [
        {
            "url": PHOTO.url,
            "medium": "image",
            "type": "image/jpeg",
            "width": "1200",
            "height": "800",
            "fileSize": "84213",
        }
    ]
    assert [(etree.QName(child).localname, child.text) for child in content[0]] == [
        ("description", "The tower on Tuesday, before it fell."),
        ("text", "A radio tower & a crane"),
        ("credit", "Alex Babenko/Getty Images"),
        ("thumbnail", None),
    ]


@pytest.mark.parametrize(
    ("feed", "declared"),
    [
        (make_feed(), 1),
        (make_feed(make_entry(people=(Person(name="Jo"),))), 1),
        (make_feed(make_entry(enclosures=RICH.enclosures)), 1),
        (make_feed(make_entry(image=Image(url=PHOTO.url))), 2),
    ],
)
def test_only_namespaces_in_use_are_declared_and_only_at_the_root(feed: Feed, declared: int) -> None:
    assert write(feed).count(b"xmlns") == declared


def test_no_value_is_padded() -> None:
    """atom-4: a document is indented, the text in it is not."""
    for element in root_of(WITH_EVERYTHING).iter():
        if not len(element) and element.text is not None:
            assert element.text == element.text.strip()


def test_another_feedgen_is_met_with_a_clear_word() -> None:
    """The extension leans on elements that feedgen 1.0 always writes."""
    extension = EntryExtension()
    extension.entry, extension.language = make_entry(), ""

    with pytest.raises(LookupError, match="feedgen wrote no 'published' in 'entry'; was another version installed"):
        extension.extend_atom(etree.fromstring("<entry/>"))


def test_a_feed_without_entries_is_valid() -> None:
    """atom-74."""
    parsed = feedparser.parse(write(make_feed(author="")))

    assert (parsed.bozo, parsed.version, parsed.entries) == (False, "atom10", [])
    assert parsed.feed.updated == "2023-08-25T12:00:00Z"


def test_an_independent_reader_finds_everything() -> None:
    parsed = feedparser.parse(write(WITH_EVERYTHING))

    assert (parsed.bozo, parsed.version, parsed.encoding) == (False, "atom10", "utf-8")
    assert [entry.id for entry in parsed.entries] == [entry.id for entry in WITH_EVERYTHING.entries]
    entry = parsed.entries[1]
    assert entry.link == RICH.url
    assert [author.name for author in entry.authors] == ["Donna Teetree", "Søren Ünal"]
    assert [(file.href, file.type) for file in entry.enclosures] == [
        (PHOTO.url, "image/jpeg"),
        ("https://cdn.example.org/fall.mp3", "audio/mpeg"),
    ]
    assert entry.media_credit[0]["content"] == "Alex Babenko/Getty Images"
    assert [(tag.term, tag.label) for tag in entry.tags][:2] == [("news", "News"), ("Città e paesi", "Città e paesi")]


def test_further_images_stay_enclosures() -> None:
    """atom-51: several are allowed here, so that Media RSS need not repeat them."""
    files = (Enclosure(url="https://cdn.example.org/a.png", type="image/png", length=1),) * 2
    entry = entry_of(make_feed(make_entry(enclosures=files)))

    assert [link["rel"] for link in attributes(entry, "a:link")] == ["alternate", "enclosure", "enclosure"]
    assert entry.find("media:content", NAMES) is None


@settings(max_examples=80, deadline=None)
@given(legal_feeds())
def test_any_legal_text_comes_back_as_it_was(feed: Feed) -> None:
    """atom-39, atom-72, atom-73; and every entry has a text and says it once (atom-20)."""
    root = root_of(feed)
    entries = root.findall("a:entry", NAMES)

    assert texts(root, "a:title") == [feed.title]
    assert [entry.findtext("a:id", None, NAMES) for entry in entries] == [entry.id for entry in feed.entries]
    for element, entry in zip(entries, feed.entries, strict=True):
        assert texts(element, "a:title") == [entry.title]
        assert texts(element, "a:author/a:name") == [person.name for person in entry.people]
        said = texts(element, "a:summary") + texts(element, "a:content")
        assert len(said) in {1, 2}
        assert len(said) == len(set(said))
        assert set(said) <= {entry.summary, entry.html, entry.title}


def test_every_file_is_an_enclosure_with_what_is_known_of_it() -> None:
    """atom-51, atom-52: an unknown length is left out; a duration has a place in Media RSS alone."""
    files = (
        Enclosure(url="https://cdn.example.org/e.mp3", type="audio/mpeg", length=9, title="One & two", duration=3723),
        Enclosure(url="https://cdn.example.org/p.pdf", type="application/pdf", length=0),
    )
    entry = entry_of(make_feed(make_entry(enclosures=files)))

    assert [dict(link.attrib) for link in entry.findall("a:link[@rel='enclosure']", NAMES)] == [
        {"href": files[0].url, "rel": "enclosure", "type": "audio/mpeg", "length": "9", "title": "One & two"},
        {"href": files[1].url, "rel": "enclosure", "type": "application/pdf"},
    ]
    assert [content.get("duration") for content in entry.findall("media:content", NAMES)] == ["3723"]
