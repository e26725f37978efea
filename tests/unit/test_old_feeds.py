"""Old feeds are read by the letter, else as far as they go, and never with a traceback."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from syndicator.errors import SyndicatorError
from syndicator.oldfeeds import MAX_BYTES, OldFeed, OldItem, read_old_feed

AT = "https://old.example.org/blog/feed.xml"
NOON = datetime(2023, 8, 24, 12, tzinfo=UTC)

JEKYLL = """<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<link href="https://old.example.org/feed.xml" rel="self"/><link href="/archive-2.xml" rel="prev-archive"/>
<updated>2026-06-01T14:00:00+02:00</updated><id>https://old.example.org/feed.xml</id><title>Old</title>
<entry><title type="html">Sour &amp;amp; dough</title>
<link href="https://old.example.org/2023/08/24/sourdough.html" rel="alternate" type="text/html" title="x"/>
<link href="https://cdn.example.org/a.mp3" rel="enclosure"/>
<published>2023-08-24T14:00:00+02:00</published><updated>2023-08-24T15:00:00+02:00</updated>
<id>https://old.example.org/2023/08/24/sourdough</id>
<content type="html">&lt;p&gt;Words&lt;/p&gt;</content></entry></feed>"""

WORDPRESS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<title>Old</title><link>https://old.example.org</link><atom:link rel="next" href="https://old.example.org/feed/?paged=2"/>
<item><title>Sourdough</title><link>https://old.example.org/sourdough/</link>
<pubDate>Thu, 24 Aug 2023 12:00:00 +0000</pubDate><dc:creator><![CDATA[Jane]]></dc:creator>
<guid isPermaLink="false">https://old.example.org/?p=123&amp;x=1</guid></item></channel></rss>"""

RSS_1 = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"

 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://old.example.org/">
<title>Old</title></channel><item rdf:about="https://old.example.org/a#1"><title>A</title>
<link>https://old.example.org/a</link><dc:date>2023-08-24T12:00:00Z</dc:date></item></rdf:RDF>"""

JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1",
        "title": "Old",
        "next_url": "https://old.example.org/2.json",
        "items": [
            {"id": 123, "url": "https://old.example.org/a", "title": "A", "date_published": "2023-08-24T12:00:00Z"},
            {"id": "b", "content_text": "B", "date_modified": "2023-08-24T12:00:00Z"},
        ],
    }
)


def read(text: str | bytes, at: str = AT) -> OldFeed:
    return read_old_feed(text.encode() if isinstance(text, str) else text, at)


def rss(item: str, more: str = "") -> OldFeed:
    return read(f'<rss version="2.0" {more}><channel><title>t</title><item>{item}</item></channel></rss>')


def complaint(data: str | bytes, at: str = AT) -> str:
    with pytest.raises(SyndicatorError) as caught:
        read(data, at)
    return str(caught.value)


def outcome(data: bytes) -> str:
    """What some bytes are, or what is said of them."""
    try:
        return read_old_feed(data, AT).kind
    except SyndicatorError as error:
        return str(error)


def test_atom_of_jekyll_feed() -> None:
    """atom-31."""
    feed = read(JEKYLL)

    assert (
        OldItem(
            id="https://old.example.org/2023/08/24/sourdough",
            link="https://old.example.org/2023/08/24/sourdough.html",
            title="Sour &amp; dough",
            published=NOON,
            updated=NOON.replace(hour=13),
        ),
    ) == feed.items
    assert ("Atom", "https://old.example.org/feed.xml", ()) == (feed.kind, feed.id, feed.odd)
    assert ("https://old.example.org/archive-2.xml",) == feed.further


def test_rss_of_wordpress_keeps_its_guids() -> None:
    """atom-31, rss-30."""
    feed = read(WORDPRESS)

    assert (
        OldItem(
            id="https://old.example.org/?p=123&x=1",
            link="https://old.example.org/sourdough/",
            title="Sourdough",
            published=NOON,
        ),
    ) == feed.items
    assert ("", ("https://old.example.org/feed/?paged=2",)) == (feed.id, feed.further)


def test_rss_1_is_known_by_what_it_is_about() -> None:
    assert (
        OldItem(id="https://old.example.org/a#1", link="https://old.example.org/a", title="A", published=NOON),
    ) == (read(RSS_1).items)


def test_numbers_of_json_feed_are_the_text_they_are() -> None:
    feed = read(JSON_FEED.replace("123", "1.230e3"))

    assert ("1.230e3", "b") == tuple(item.id for item in feed.items)
    assert (None, NOON) == (feed.items[1].published, feed.items[1].updated)
    assert ("https://old.example.org/2.json",) == feed.further


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        pytest.param("<guid>https://a.example/1</guid>", ("https://a.example/1", "https://a.example/1"), id="rss-30"),
        pytest.param('<guid isPermaLink="false">https://a.example/1</guid>', ("https://a.example/1", ""), id="false"),
        pytest.param("<link>https://a.example/1</link>", ("https://a.example/1", "https://a.example/1"), id="no-guid"),
        pytest.param("<guid>\n A%7e~ \n</guid>", ("A%7e~", ""), id="atom-26-not-normalised"),
        pytest.param("<guid>g</guid><link>/1</link>", ("g", "https://old.example.org/1"), id="relative"),
    ],
)
def test_the_id_and_the_page_of_an_item(item: str, expected: tuple[str, str]) -> None:
    (found,) = rss(item).items

    assert expected == (found.id, found.link)


def test_a_redirect_that_feedburner_made_is_seen_through() -> None:
    space = 'xmlns:f="http://rssnamespace.org/feedburner/ext/1.0"'
    (found,) = rss(
        "<guid>g</guid><link>https://feeds.example/~r/1</link><f:origLink>https://a.example/1</f:origLink>", space
    ).items

    assert "https://a.example/1" == found.link


def test_an_item_without_id_and_link_is_left_out() -> None:
    feed = rss("<title>Only a title</title>")

    assert ((), ("1 of its items have neither an id nor a link, they are left out",)) == (feed.items, feed.odd)


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Thu, 24 Aug 2023 08:00:00 EDT", NOON),
        ("24 Aug 2023 12:00:00 GMT", NOON),
        ("2023-08-24T12:00:00", NOON),
        ("2023-08-24", NOON.replace(hour=0)),
        ("yesterday", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("Thu, 99 Aug 2023 08:00:00 EDT", None),
        ("1" * 5_000, None),
    ],
)
def test_dates_are_read_or_left_out(date: str, expected: datetime | None) -> None:
    (found,) = rss(f"<guid>g</guid><pubDate>{date}</pubDate>").items

    assert expected == found.published


@pytest.mark.parametrize(
    ("text", "title"),
    [
        pytest.param("<title>A & B</title>", "A & B", id="ampersand"),
        pytest.param("<title>A&nbsp;&mdash; B</title>", "A\xa0\u2014 B", id="names-of-html"),
        pytest.param("<title>A\x07 B</title>", "A B", id="control"),
        pytest.param("<title><![CDATA[A & B &nbsp;]]></title><x>&</x>", "A & B &nbsp;", id="cdata-stays"),
    ],
)
def test_what_is_not_well_formed_is_read_all_the_same_and_told(text: str, title: str) -> None:
    feed = rss(f"<guid>https://a.example/?p=1&q=2</guid>{text}")

    assert [("https://a.example/?p=1&q=2", title)] == [(item.id, item.title) for item in feed.items]
    assert "it is not well-formed" in feed.odd[0]


def test_a_feed_that_was_cut_off_gives_what_is_there() -> None:
    feed = read(WORDPRESS[: WORDPRESS.index("</channel>")] + "<item><title>Half")

    assert "https://old.example.org/?p=123&x=1" == feed.items[0].id
    assert "it is not well-formed" in feed.odd[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "iso-8859-1", "windows-1252"])
def test_the_encoding_is_found(encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{declared}"?><rss><channel><item><guid>é</guid></item></channel></rss>'

    assert ["é"] == [item.id for item in read(text.encode(encoding)).items]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param("", "is empty; give the address or file of an old feed", id="empty"),
        pytest.param(" \n", "is empty; give the address or file of an old feed", id="blank"),
        pytest.param(b"\x1f\x8b\x08\0", "is compressed; unpack it first", id="gzip"),
        pytest.param("words", "is no feed: neither XML nor JSON; give the address or file of a feed", id="text"),
        pytest.param(
            "<!DOCTYPE html><html><head></head></html>",
            "is an HTML page and no feed; give the address of the feed itself",
            id="html",
        ),
        pytest.param(
            '<!-- a --><html><head><link rel="alternate" href="/f.xml" type="application/rss+xml"></head></html>',
            "is an HTML page and no feed; the page names its feed: https://old.example.org/f.xml",
            id="html-that-names-its-feed",
        ),
        pytest.param(
            '<html xmlns="http://www.w3.org/1999/xhtml"/>',
            "is an HTML page and no feed; give the address of the feed itself",
            id="xhtml",
        ),
        pytest.param(
            "<urlset/>", "is a sitemap and no feed; give the address or file of an RSS, Atom or JSON feed", id="sitemap"
        ),
        pytest.param(
            "<x>",
            "is XML that begins with <x> and no feed, and not well-formed (line 1: ",
            id="other-and-broken",
        ),
        pytest.param("<", "is not XML that can be read", id="nothing-but-a-sign"),
        pytest.param(
            '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><channel>&b;</channel></rss>',
            "declares entities of its own, which are not read; remove its DOCTYPE",
            id="entities",
        ),
        pytest.param(
            '<?xml version="1.0" encoding="utf-7"?><rss/>',
            "is said to be in utf-7, which is not known here; save it as UTF-8, and give the file",
            id="encoding",
        ),
        pytest.param("[1]", "is JSON, but no JSON Feed: it has no list of items; give the address or", id="list"),
        pytest.param('{"items": ', "is not valid JSON (line 1: Expecting value); give a feed that is whole", id="json"),
        pytest.param("[" * 200_000, "is not valid JSON (nested too deeply); give a feed that is whole", id="deep-json"),
        pytest.param(b" " * (MAX_BYTES + 1), "has more than 20 MB; give a feed of fewer items", id="huge"),
        pytest.param(
            '{"items": [' + "0," * 500_000 + "0]}",
            "has more than 500,000 items; give a feed of fewer items",
            id="many-items",
        ),
        pytest.param(
            "<rss>" + "<a>" * 1_500_000, "has more than 1,500,000 tags; give a feed of fewer items", id="many-tags"
        ),
    ],
)  # fmt: skip
def test_what_is_no_feed_is_said_in_one_line(data: str | bytes, expected: str) -> None:
    said = complaint(data)

    assert said.startswith(f"{AT}: {expected}")
    assert said.isprintable()


def test_a_declaration_that_cannot_be_is_not_believed() -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?><rss><channel><item><guid>é</guid></item></channel></rss>'

    assert ["é"] == [item.id for item in read(text).items]
    assert "is said to be in iso-8859-99, which is not known here" in complaint(
        '<?xml version="1.0" encoding="iso-8859-99"?><rss/>'
    )


def test_a_json_feed_in_another_encoding_is_read() -> None:
    text = '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "é"}]}'

    assert ["é"] == [item.id for item in read(text.encode("utf-16")).items]
    assert ("it is not in UTF-8 throughout",) == read(text.encode("latin-1")).odd


def test_an_item_with_no_address_but_that_of_atom_has_it() -> None:
    (found,) = rss(
        '<guid isPermaLink="false">g</guid><a:link href="/a"/>', 'xmlns:a="http://www.w3.org/2005/Atom"'
    ).items

    assert ("g", "https://old.example.org/a") == (found.id, found.link)


def test_entities_from_a_file_are_never_read() -> None:
    feed = read(
        '<!DOCTYPE rss SYSTEM "file:///etc/passwd"><rss><channel><item><guid>a&x;b</guid></item></channel></rss>'
    )

    assert ["a&x;b"] == [item.id for item in feed.items]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
@example(b"<rss><channel><item><guid>\xff</guid></item></channel></rss>")
@example(b'{"items":[{"id":"\\ud800"}]}')
def test_any_bytes_are_a_feed_or_an_error_in_words(data: bytes) -> None:
    assert outcome(data).isprintable()


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([JEKYLL, WORDPRESS, RSS_1, JSON_FEED]), st.data())
def test_any_damage_to_a_feed_leaves_a_feed_or_an_error_in_words(text: str, data: st.DataObject) -> None:
    whole = bytearray(text.encode())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 5))] = data.draw(
            st.one_of(
                st.binary(max_size=4), st.sampled_from([b"<", b"&", b"]]>", b"<![CDATA[", b"<!DOCTYPE x [", b"\0"])
            )
        )

    assert outcome(bytes(whole)).isprintable()
