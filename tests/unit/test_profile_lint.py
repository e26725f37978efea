"""A finished document, ours or anybody's, is held against a profile by the rules that make ours fit."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.formats import render
from syndicator.lint import Circumstances, Finding, Severity, lint
from syndicator.model import Feed, FeedSpec, Format, Tombstone
from syndicator.profiles.documents import held_to
from syndicator.profiles.files import shipped, shipped_names
from syndicator.profiles.tailoring import tailor
from tests.unit.feed_samples import ADDRESSES, legal_feeds, make_feed
from tests.unit.test_profile_goldens import NOON, POSTS

HEAD = (
    '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:mi="http://schemas.ingestion.microsoft.com/common/"><channel><title>T</title>'
    "<link>https://news.example.org/</link><description>D</description><language>en</language>"
)
GOOD = (
    "<title>A title that is long enough</title><link>https://news.example.org/a.html</link><guid>a</guid>"
    "<pubDate>Mon, 09 Mar 2026 10:00:00 GMT</pubDate><description>Short.</description>"
    "<content:encoded>&lt;p&gt;Words.&lt;/p&gt;</content:encoded><dc:creator>Donna</dc:creator>"
    '<media:content url="https://cdn.example.org/a.jpg" type="image/jpeg" width="1600" height="900"/>'
)


def partners(data: bytes, name: str) -> list[Finding]:
    """What the profile's own rules say."""
    found = lint(data, held_to(shipped(name), Circumstances(now=NOON)))
    return [finding for finding in found if finding.rule.startswith(f"{name}:")]


def said(inside: str, name: str = "msn", head: str = HEAD) -> list[str]:
    """Rules that are broken, with words on them."""
    return [
        f"{each.rule}: {each.message}"
        for each in partners(f"{head}<item>{inside}</item></channel></rss>".encode(), name)
    ]


def test_a_good_document_breaks_nothing() -> None:
    assert [] == said(GOOD)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("A title that is long enough", "Rain in the north",
         "title_min: title has 17 characters, MSN wants more than 20"),
        ("A title that is long enough", "x" * 151, "title_max: title has 151 characters, MSN wants at most 150"),
        ("GMT", "+0500", "dates_utc: the date 'Mon, 09 Mar 2026 10:00:00 +0500' is not in UTC, MSN wants UTC"),
        ("Mar 2026", "Mar 2024", "max_age: the post is of 2024-03-09, MSN wants none older than 364 days"),
        ("Short.", "&lt;b&gt;Short&lt;/b&gt;", "plain_summary: the summary is HTML, MSN wants plain text"),
        ("&lt;p&gt;Words", "&lt;section&gt;Words", "html_elements: text has section, which MSN does not take"),
        ("Words.", "Words.&lt;br&gt;&lt;br&gt;", "html_breaks: 2 line breaks in a row, MSN wants at most 1"),
        ('width="1600"', 'width="400" fileSize="99"',
         "image_ratio_min: picture is 0.44 times as wide as high, MSN wants at least 0.5"),
        ("image/jpeg", "image/tiff",
         "image_types: picture is image/tiff, MSN wants image/png or image/jpeg or image/gif or image/webp"),
    ],
)  # fmt: skip
def test_what_the_partner_would_refuse_is_told(old: str, new: str, expected: str) -> None:
    """partners-24 to -30"""
    assert [f"msn:{expected}"] == said(GOOD.replace(old, new))


def test_a_finding_names_item_line_severity_and_where_the_rule_is_from() -> None:
    (found,) = partners(f"{HEAD}\n<item>{GOOD}</item></channel></rss>".replace("long enough", "").encode(), "msn")

    assert ("msn:title_min", Severity.ERROR, 2) == (found.rule, found.severity, found.line)
    assert found.item is not None
    assert ("a", 1) == (found.item.id, found.item.number)
    assert "support.microsoft.com" in found.spec
    assert "[read]" in found.spec


def test_a_short_title_makes_up_for_a_title_that_is_too_short() -> None:
    assert [] == said(GOOD.replace("A title that is long enough", "Rain") + "<mi:shortTitle>Rain</mi:shortTitle>")


def test_a_document_that_is_too_large_or_too_short_is_told() -> None:
    feed = f"{HEAD}<item>{GOOD}</item>{'<!-- x -->' * 100_000}</channel></rss>".encode()

    assert [f"smartnews:max_bytes: the document has {len(feed):,} bytes, SmartNews wants at most 1,000,000"] == [
        f"{each.rule}: {each.message}" for each in partners(feed, "smartnews")
    ]
    assert "flipboard:min_items: 1 posts, Flipboard wants at least 30" in said(GOOD, "flipboard")


def test_atom_is_read_as_well() -> None:
    atom = (
        b'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="it"><title>T</title><id>urn:f</id>'
        b"<updated>2026-03-09T10:00:00Z</updated><entry><id>urn:a</id><title>A title that is long enough</title>"
        b'<updated>2026-03-09T10:00:00+05:00</updated><link href="https://news.example.org/a.html"/>'
        b'<content type="html">&lt;p&gt;x&lt;/p&gt;</content></entry></feed>'
    )

    assert ["newsbreak:languages", "newsbreak:author_required", "newsbreak:image_required"] == [
        each.rule for each in partners(atom, "newsbreak")
    ]
    assert ["msn:image_required", "msn:dates_utc"] == [each.rule for each in partners(atom, "msn")]


@pytest.mark.parametrize("kind", [Format.RSS, Format.ATOM])
def test_an_item_that_takes_a_post_back_needs_neither_picture_nor_text(kind: Format) -> None:
    """partners-28: it has the title alone, which may be short and hold what looks like HTML."""
    stone = Tombstone(ref="tag:news.example.org,2026:9", when=NOON, title="Salt & <b>Bread</b>")
    spec = FeedSpec(name="msn", outputs=(), profile=shipped("msn"))
    data = render(tailor(replace(make_feed(), tombstones=(stone,)), spec).feed, kind, "f", ADDRESSES[kind]).body

    assert b"dcterms:valid" in data
    assert [] == [str(each) for each in partners(data, "msn")]


@pytest.mark.parametrize("kind", [Format.RSS, Format.ATOM])
def test_a_text_that_needs_no_summary_is_its_own(kind: Format) -> None:
    """partners-39, atom-20"""
    words = "The river left its bed on Sunday night. " * 9
    spec = FeedSpec(name="flipboard", outputs=(), profile=shipped("flipboard"))
    entry = replace(POSTS[0], summary=words.strip(), html=f"<p>{words.strip()}</p>")
    data = render(tailor(make_feed(entry), spec).feed, kind, "f", ADDRESSES[kind]).body

    assert ["flipboard:min_items"] == [each.rule for each in partners(data, "flipboard")]


def test_a_description_that_is_the_text_is_a_description() -> None:
    """partners-39: RSS without content:encoded"""
    bare = GOOD.partition("<content:encoded>")[0].replace("Short.", "Words of a text. " * 20)

    assert [] == [each for each in said(bare, "flipboard") if "description_min" in each]


@pytest.mark.parametrize("kind", [Format.RSS, Format.ATOM])
@pytest.mark.parametrize("name", shipped_names())
def test_what_is_made_for_a_profile_has_no_error_by_it(name: str, kind: Format) -> None:
    """One set of rules: what makes ours fit finds nothing in it."""
    spec = FeedSpec(name=name, outputs=(), profile=shipped(name))
    feed = tailor(make_feed(*POSTS, logo="https://news.example.org/logo.png"), spec).feed
    data = render(feed, kind, "f", ADDRESSES[kind]).body

    found = lint(data, held_to(shipped(name), Circumstances(now=datetime(2026, 3, 9, 12, tzinfo=UTC))))
    errors = [str(each) for each in found if each.severity is Severity.ERROR or each.rule == "UnknownNamespace"]
    # What selecting leaves out is here; and nobody can make a long summary of a short text.
    assert [] == [error for error in errors if "newsbreak:max_age" not in error and "description_min" not in error]


@given(legal_feeds(), st.sampled_from(shipped_names()), st.sampled_from([Format.RSS, Format.ATOM]))
def test_no_document_makes_it_stumble(feed: Feed, name: str, kind: Format) -> None:
    partners(render(feed, kind, "f", ADDRESSES[kind]).body, name)


@pytest.mark.parametrize("inside", ["", "<title/>", "<description>&lt;</description>", '<enclosure url="x" type="a"/>'])
def test_an_item_of_almost_nothing_is_read(inside: str) -> None:
    for name in shipped_names():
        said(inside, name)
