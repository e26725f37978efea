"""The linter on documents that are good, on values at their edges, and on bytes that mean nothing."""

from __future__ import annotations

import ast
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.formats import render
from syndicator.lint import Circumstances, Finding, ItemRef, Note, Rule, Severity, lint
from syndicator.lint.dates import check_w3cdtf, rfc3339
from syndicator.lint.findings import quoted
from syndicator.lint.fragment import tags_of
from syndicator.lint.html import check_html
from syndicator.lint.jsontree import Value
from syndicator.lint.tree import Node
from syndicator.lint.values import address_problem, is_language, is_mime
from syndicator.model import Feed, Format
from tests.unit.feed_samples import ADDRESSES, OUTPUTS, SAMPLES, legal_feeds

ROOT = Path(__file__).parents[2]
BROKEN = ROOT / "tests" / "broken"
RSS = (BROKEN / "SelfDoesntMatchLocation.xml").read_bytes()
ATOM = (BROKEN / "SelfDoesntMatchLocation-atom.xml").read_bytes()
JSON = (BROKEN / "SelfDoesntMatchLocation.json").read_bytes()


def names(data: bytes | str, **known: object) -> list[str]:
    body = data.encode() if isinstance(data, str) else data
    return [finding.rule for finding in lint(body, Circumstances(**known))]  # type: ignore[arg-type]


def errors(data: bytes) -> list[str]:
    return [str(finding) for finding in lint(data) if finding.severity is Severity.ERROR]


# --- what is good ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [RSS, ATOM, JSON], ids=["rss", "atom", "json"])
def test_a_good_document_gets_no_word(data: bytes) -> None:
    """The very documents of which the folder of broken ones was made."""
    assert () == lint(data)


@pytest.mark.parametrize("path", sorted((ROOT / "tests/golden/formats").iterdir()), ids=lambda path: path.name)
def test_our_golden_documents_get_no_word(path: Path) -> None:
    assert () == lint(path.read_bytes(), Circumstances(now=datetime(2026, 1, 1, tzinfo=UTC)))


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize(("kind", "path"), OUTPUTS)
def test_what_we_write_is_as_it_is_served(name: str, kind: Format, path: str) -> None:
    """rss-13, rss-65, atom-10, jsonfeed-11, jsonfeed-49."""
    document = render(SAMPLES[name], kind, path, ADDRESSES[kind])

    assert () == lint(document.body, Circumstances(address=document.url, media_type=document.media_type))


@settings(max_examples=40, deadline=None)
@given(legal_feeds())
def test_whatever_the_words_our_documents_have_no_errors(feed: Feed) -> None:
    for kind, path in OUTPUTS:
        assert [] == errors(render(feed, kind, path, ADDRESSES[kind]).body)


def test_the_linter_shares_nothing_with_those_who_write() -> None:
    for module in (ROOT / "syndicator/lint").glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("syndicator"):
                assert (node.module or "").startswith("syndicator.lint"), module.name


# --- what a finding says --------------------------------------------------------------------------------------------


def test_a_finding_names_line_item_and_remedy() -> None:
    (finding,) = lint((BROKEN / "MissingGuid.xml").read_bytes())

    assert (10, "rss-30") == (finding.line, finding.spec)
    assert ItemRef(1, "https://example.org/2023/08/sourdough/", "Sourdough, day 3") == finding.item
    assert (
        'warning MissingGuid: the item has no guid (item 1 "Sourdough, day 3") — add a guid that never changes'
        == str(finding)
    )


def test_a_fault_within_html_has_its_own_line() -> None:
    body = "&lt;p&gt;one\n\ntwo &lt;script&gt;"
    (finding,) = lint(RSS.replace(b"&lt;p&gt;Flour and &lt;em&gt;water&lt;/em&gt;.&lt;/p&gt;", body.encode()))

    assert ("SecurityRisk", 16) == (finding.rule, finding.line)


def test_json_is_told_by_line_and_column() -> None:
    (finding,) = lint((BROKEN / "NullValue.json").read_bytes())

    assert (16, 16) == (finding.line, finding.column)


def test_what_a_document_says_reaches_no_terminal_unescaped() -> None:
    assert '"a\\x1b[31m b"' == quoted("a\x1b[31m\n b")


def test_a_profile_brings_rules_and_checks_of_its_own() -> None:
    rule = Rule("TitleTooShort", Severity.ERROR, "partners-24", "write a longer title")

    def check(root: Node) -> Iterator[Note]:
        yield Note("TitleTooShort", root.line, "the title has 6 characters")

    def check_json(root: Value) -> Iterator[Note]:
        yield Note("TitleTooShort", root.line, "the title has 6 characters")

    known = Circumstances(rules=(rule,), xml_checks=(check,), json_checks=(check_json,))

    for data in (RSS, ATOM, JSON):
        assert ["TitleTooShort"] == [finding.rule for finding in lint(data, known)]


def test_a_profile_may_allow_namespaces() -> None:
    data = (BROKEN / "UnknownNamespace.xml").read_bytes()

    assert ["UnknownNamespace"] == names(data)
    assert [] == names(data, namespaces=frozenset({"http://www.smartnews.be/snf"}))


# --- values at their edges ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Thu, 24 Aug 2023 12:55:00 GMT", []),
        ("Thu, 24 Aug 2023 12:55 +0000", []),
        ("Thu, 24 Aug 2023 14:25:00 +0130", []),
        ("Thu, 24 Aug 2023 18:40:00 +0545", ["ProblematicalRFC822Date"]),
        ("thu, 24 aug 2023 12:55:00 gmt", ["ProblematicalRFC822Date"]),
        ("Thu,  24 Aug 2023 12:55:00 GMT", ["ProblematicalRFC822Date"]),
        ("Thu, 24 Aug 2023 12:55:00 EST", ["ProblematicalRFC822Date"]),
        ("Thu, 24 Aug 2023 12:55:00 GMT (noon)", ["ProblematicalRFC822Date"]),
        ("Wed, 24 Aug 2023 12:55:00 GMT", ["IncorrectDOW"]),
        ("Thu, 24 Aug 2023 24:55:00 GMT", ["InvalidRFC2822Date"]),
        ("Thu, 24 Aug 2023 12:55:00 XYZ", ["InvalidRFC2822Date"]),
        ("Thu, 24 Aug 2023 12:55:00 +9900", ["InvalidRFC2822Date"]),
        ("Thu, 24 Aug 2023", ["InvalidRFC2822Date"]),
        ("Sun, 31 Dec 1989 23:59:59 GMT", ["ImplausibleDate"]),
        ("Sat, 01 Jan 0001 00:00:00 +2300", ["InvalidRFC2822Date"]),
    ],
)
def test_a_date_of_rss(date: str, expected: list[str]) -> None:
    """rss-44, rss-45, rss-46."""
    assert expected == names(RSS.replace(b"Thu, 24 Aug 2023 12:55:00 GMT", date.encode()))


def test_the_future_begins_in_ten_minutes() -> None:
    """rss-46."""
    published = datetime(2023, 8, 25, 7, 0, tzinfo=UTC)  # that of the channel, the newest

    assert [] == names(RSS, now=published - timedelta(minutes=10))
    assert ["ImplausibleDate"] == names(RSS, now=published - timedelta(minutes=11))


@pytest.mark.parametrize(
    ("date", "good"),
    [
        ("2023-08-24T12:55:00Z", True), ("2023-08-24T12:55:00.5+05:45", True), ("2016-12-31T23:59:60Z", True),
        ("2023-08-24T12:55Z", False), ("2023-08-24t12:55:00z", False), ("2023-08-24T12:55:00", False),
        ("2023-08-24T12:55:00+0200", False), ("2023-02-30T12:55:00Z", False), ("2023-08-24T12:55:00+24:00", False),
        ("0001-01-01T00:00:00+01:00", False), ("٢٠٢٣-08-24T12:55:00Z", False), ("2023-08-24T12:55:00Z\n", False),
    ],
)  # fmt: skip
def test_a_date_of_atom(date: str, good: bool) -> None:
    """atom-33."""
    assert good is (rfc3339(date) is not None)


@pytest.mark.parametrize(
    ("date", "good"),
    [("2023", True), ("2023-08", True), ("2023-08-24", True), ("2023-13", False), ("2023-08-24T1", False)],
)
def test_a_date_of_dublin_core_may_be_cut_short(date: str, good: bool) -> None:
    assert good is not bool(list(check_w3cdtf(1, "dc:date", date, None)))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://example.org/a?b=c#d", ""), ("mailto:ana@example.org", ""), ("urn:isbn:0451450523", ""),
        ("https://[::1]:80/", ""), ("//example.org/", "InvalidFullLink"), ("a:b:c", "InvalidLink"),
        ("https:///a", "InvalidLink"), ("https://a b/", "InvalidUriChar"), ("https://a.org/%", "InvalidLink"),
        ("https://é.org/", "UriNotIri"), ("https://a:b:c/", "InvalidLink"), ("", "InvalidFullLink"),
    ],
)  # fmt: skip
def test_an_address(address: str, expected: str) -> None:
    """rss-29, rss-38."""
    problem = address_problem(address)

    assert expected == (problem[0] if problem else "")


def test_languages_and_media_types() -> None:
    """rss-16, rss-41."""
    assert all(map(is_language, ("en", "en-GB", "zh-Hant-TW", "gsw", "x-klingon", "i-navajo")))
    assert not any(map(is_language, ("", "english", "en_GB", "qq", "en-", "én", "x")))
    assert all(map(is_mime, ("image/jpeg", "application/atom+xml; charset=utf-8", 'text/html; charset="utf-8"')))
    assert not any(map(is_mime, ("", "jpeg", "image/", "image/jpeg;", "a/b c")))


def test_archives_pages_and_complete_feeds_that_are_right() -> None:
    """rss-62, rss-63, atom-59 to atom-61."""
    history = b' xmlns:fh="http://purl.org/syndication/history/1.0"'
    link = b'<atom:link rel="%b" href="https://example.org/%b.xml"/>'

    def with_head(head: bytes) -> bytes:
        return RSS.replace(b"<language>", head + b"<language>")

    assert [] == names(with_head(b"<fh:complete%b/>" % history))
    assert [] == names(
        with_head(b"<fh:archive%b/>" % history + link % (b"current", b"now") + link % (b"prev-archive", b"1"))
    )
    assert [] == names(with_head(link % (b"next", b"2") + link % (b"first", b"feed") + link % (b"last", b"9")))


def test_a_complete_feed_is_no_archive() -> None:
    """atom-58."""
    both = (
        b'<fh:complete xmlns:fh="http://purl.org/syndication/history/1.0"/>'
        b'<fh:archive xmlns:fh="http://purl.org/syndication/history/1.0"/>'
    )

    assert "FeedHistoryMixed" in names(RSS.replace(b"<language>", both + b"<language>"))


def test_a_tombstone_that_is_right() -> None:
    """atom-63 to atom-66: also that of an entry that came back with a newer date."""
    stone = (
        b'<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" '
        b'ref="tag:example.org,2023:post/sourdough" when="2023-08-24T13:00:00Z"><at:by><name>Ana</name></at:by>'
        b"<at:comment>gone</at:comment></at:deleted-entry>"
    )

    assert [] == names(ATOM.replace(b"<entry>", stone + b"<entry>", 1))


def test_text_that_only_looks_like_markup() -> None:
    """rss-48: written as a number, a sign means itself; jsonfeed-62."""
    title = b"Sourdough, day 3"

    assert [] == names(RSS.replace(title, b"a &#x3C;b> c"))
    assert [] == names(RSS.replace(title, b"Q&amp;A: a &lt; b"))
    assert ["ContainsHTML"] == names(RSS.replace(title, b"a &lt;beta> c"))
    assert [] == names(ATOM.replace(title, b"R&amp;D &lt;beta>"))
    assert [] == names(JSON.replace(title, b"R&D <beta>"))


# --- HTML -----------------------------------------------------------------------------------------------------------


def test_tags_are_seen_as_a_browser_sees_them() -> None:
    html = "<!-- <b> --><A HREF='x>y' b=1 c d = \"2\"/>2 < 3 <br/><script>'<i>'</script ><u>"

    assert [
        ("a", {"href": "x>y", "b": "1", "c": "", "d": "2"}), ("br", {}), ("script", {}), ("u", {}),
    ] == [(tag.name, tag.attributes) for tag in tags_of(html)]  # fmt: skip


@pytest.mark.parametrize("html", ["<!-- <b>", "<a", "<a b", "<a b='", "<", "<1>", "<script><b>", "</b>", "<a ="])
def test_what_never_ends_is_no_tag(html: str) -> None:
    assert {"script"} >= {tag.name for tag in tags_of(html)}


def test_html_that_readers_keep_gets_no_word() -> None:
    html = (
        '<figure><img src="https://example.org/a.jpg" srcset="https://a.org/a.jpg?w=1,2 1x, https://a.org/b.jpg 2x"'
        ' alt="" style="width: 100%"><figcaption>x</figcaption></figure><a href="mailto:a@example.org">a</a>'
    )

    assert [] == list(check_html(1, "description", html))


# --- bytes that mean nothing ----------------------------------------------------------------------------------------

_ELEMENTS = st.sampled_from(
    ["rss", "channel", "item", "title", "link", "guid", "pubDate", "enclosure", "image", "feed", "entry", "id",
     "updated", "author", "content", "category", "media:content", "media:group", "atom:link",
     "skipHours", "hour", "urlset", "x"]
)  # fmt: skip
_ATTRIBUTES = st.dictionaries(
    st.sampled_from(
        ["version", "url", "length", "type", "rel", "href", "isPermaLink", "xmlns", "xml:base", "xml:lang"]
    ),
    st.text("ab<&\"'0:/é -", max_size=8) | st.sampled_from(["2.0", "http://www.w3.org/2005/Atom", "html", "xhtml"]),
    max_size=3,
)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _element(name: str, attributes: dict[str, str], children: list[str]) -> str:
    bound = ' xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom"'
    written = "".join(f' {key}="{_escaped(value)}"' for key, value in attributes.items())
    return f"<{name}{bound}{written}>{''.join(children)}</{name}>"


_XML = st.recursive(
    st.text("ab<&0 ;#x/>\n", max_size=12).map(_escaped),
    lambda inside: st.builds(_element, _ELEMENTS, _ATTRIBUTES, st.lists(inside, max_size=4)),
    max_leaves=25,
)
_MEMBERS = st.sampled_from(
    ["version", "title", "items", "id", "url", "content_html", "authors", "author", "hubs", "tags", "attachments", "_x",
     "date_published", "language", "expired", "size_in_bytes", "mime_type", "image", "a.b", "next_url", "feed_url"]
)  # fmt: skip
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(_MEMBERS, inside, max_size=6),
    max_leaves=25,
)


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_told_something_and_raise_nothing(data: bytes) -> None:
    assert lint(data)


@settings(deadline=None)
@given(_XML, st.sampled_from(["<rss version='2.0'><channel>%s</channel></rss>", "%s"]))
def test_any_xml_is_told_something_and_raises_nothing(body: str, frame: str) -> None:
    _is_whole(lint((frame % body.replace("%", "")).encode()))


@settings(deadline=None)
@given(_XML)
def test_any_atom_raises_nothing(body: str) -> None:
    _is_whole(lint(f'<feed xmlns="http://www.w3.org/2005/Atom">{body}<entry>{body}</entry></feed>'.encode()))


@settings(deadline=None)
@given(_JSON)
def test_any_json_raises_nothing(value: object) -> None:
    for text in (json.dumps(value), json.dumps({"items": [value], "version": value, "attachments": value})):
        _is_whole(lint(text.encode()))


@settings(deadline=None)
@given(st.sampled_from([RSS, ATOM, JSON]), st.integers(0, 2_000), st.integers(0, 40), st.binary(max_size=6))
def test_a_document_with_a_hole_raises_nothing(data: bytes, at: int, gap: int, put: bytes) -> None:
    _is_whole(lint(data[:at] + put + data[at + gap :]))


@given(st.text("<>a b='\"/!-sript", max_size=80))
def test_any_html_raises_nothing(html: str) -> None:
    list(check_html(1, "description", html))


def _is_whole(found: tuple[Finding, ...]) -> None:
    assert all(finding.line >= 1 and finding.message and finding.remedy for finding in found)
    assert list(found) == sorted(found, key=lambda finding: finding.line)


_N = 390_000
BOMBS = {
    "many tags": b"<rss version='2.0'><channel>" + b"<a/>" * _N + b"</channel></rss>",
    "deep": b"<a>" * _N,
    "more tags": b"<rss>" + b"<a/>" * (2 * _N) + b"</rss>",
    "more values": b"[" + b"1," * (2 * _N) + b"1]",
    "deep json": b'{"items":' + b"[" * _N,
    "many attributes": b"<rss " + b" ".join(b"a%d=''" % n for n in range(_N // 4)) + b"/>",
    "attributes with brackets": b"<rss " + b" ".join(b"a%d='>'" % n for n in range(_N // 4)) + b"/>",
    "many namespaces": b"<rss>" + b"".join(b"<a xmlns='u:%d'/>" % n for n in range(_N // 8)) + b"</rss>",
    "entities": b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><rss>&b;</rss>',
    "external": b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss>&a;</rss>',
    "late document type": b"<?xml version='1.0'?>" + b"<!-- -->" * _N + b"<!DOCTYPE r []><rss/>",
    "comments": b"<!--" * _N,
    "numbers": b"[" + b"1," * _N + b"1]",
    "a long number": b'{"version": ' + b"9" * _N + b"}",
    "strings": b'{"a": "' + b"\\u0000" * _N + b'"}',
    "open tags in html": b'{"items":[{"content_html":"' + b"<a <script <!-- " * (_N // 4) + b'"}]}',
    "quotes in html": b'{"items":[{"content_html":"' + b"<a b='" * (_N // 2) + b'"}]}',
    "blanks in html": b'{"items":[{"content_html":"<a' + b" " * _N + b"=" + b" " * _N + b'"}]}',
    "styles": b'{"items":[{"content_html":"<p style=' + b"color:red;" * _N + b'>"}]}',
    "candidates": b'{"items":[{"content_html":"<img srcset=\'' + b"a 1x, " * _N + b"'>\"}]}",
    "ampersands": b'{"title": "' + b"&" * _N + b'"}',
    "angles": b'{"title": "' + b"<" * _N + b'"}',
    "a long date": b"<rss version='2.0'><channel><pubDate>" + b"Thu, " * _N + b"</pubDate></channel></rss>",
    "a long address": b"<rss version='2.0'><channel><link>" + b"a" * _N + b"</link></channel></rss>",
    "a long contact": b"<rss version='2.0'><channel><webMaster>" + b"a@" * _N + b"</webMaster></channel></rss>",
    "a long type": b"<rss version='2.0'><channel><item><enclosure type='"
    + b"a/b;" * _N
    + b"'/></item></channel></rss>",
    "white space": b" " * (4 * _N) + b"<rss/>",
    "declaration": b"<?xml " + b" " * (4 * _N) + b"?><rss/>",
    "line ends": b"{" + b"\n" * (4 * _N),
    "tombstones": b'<feed xmlns="http://www.w3.org/2005/Atom">' + b"<entry/>" * (_N // 8) + b"</feed>",
}


@pytest.mark.parametrize("name", BOMBS)
def test_no_document_costs_more_than_its_size(name: str) -> None:
    """Seconds for megabytes, also where every character is a fault; nothing is resolved, fetched or expanded."""
    before = time.process_time()
    found = lint(BOMBS[name])

    assert found
    assert time.process_time() - before < 10
    assert len(found) <= 1_000
    assert not any("root:" in str(finding) for finding in found)
