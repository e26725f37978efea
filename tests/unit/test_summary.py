"""Summaries: plain text, cut as a reader would."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.markup.summary import cut, summary_of, text_of

FAMILY = "👩‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>One.</p><p>Two.</p>", "One. Two."),
        ("<p>in<b>side</b> a<br>line</p>", "inside a line"),
        ("AT&amp;T &lt;b&gt; &eacute;&#233;&nbsp;x", "AT&T <b> éé x"),
        ("<script>no</script><style>no</style><!-- no --><p>yes</p><template><b>no</b></template>", "yes"),
        ("<figure><img alt='no'><figcaption>no</figcaption></figure><p>yes</p>", "yes"),
        ("<figure>no<figure>no</figure>no</figure>yes", "yes"),
        ('<p title="a > b">yes</p>', "yes"),
        ("<td>a</td><td>b</td>", "a b"),
        ('Word<sup><a href="https://a.example/#fn" id="x">1</a></sup>.', "Word."),
        ("x<sup>2</sup>", "x2"),
        ("a < b and c > d", "a < b and c > d"),
        ("plain\n\ttext", "plain text"),
        ("x &#11; y", "x y"),
        ("<svg/>a<svg><text>no</text></svg>", "a"),
        ("<script>never closed", ""),
        ("", ""),
    ],
)
def test_the_text_of_html(html: str, expected: str) -> None:
    """user-ask 40"""
    assert expected == text_of(html)


def test_a_summary_is_the_first_paragraph() -> None:
    html = "<h2>Heading</h2><figure><figcaption>Caption</figcaption></figure><p>" + "word " * 40 + "</p><p>Next.</p>"

    assert summary_of(html) == ("word " * 40).strip()


def test_a_short_first_paragraph_takes_the_next_one_along() -> None:
    assert summary_of("<p>By Donna.</p><ul><li>x</li></ul><p></p><p>It rained.</p>") == "By Donna. It rained."


@pytest.mark.parametrize(
    "notes",
    [
        '<section>\n<ol>\n<li id="e1-fn-1">\n<p>The note. <a href="https://a.example/#e1-fnref-1">↩</a></p>\n</li>\n</ol>\n</section>',
        '<div>\n<hr>\n<ol>\n<li id="e1-fn:1"><p>The note. ↩</p></li></ol></div>',
    ],
)
def test_footnotes_are_no_part_of_a_summary(notes: str) -> None:
    """frontmatter-45: of a short post the notes would be half."""
    assert "Short." == summary_of(f"<p>Short.</p>\n{notes}")
    assert "Short." == text_of(f"Short.\n{notes}")


def test_a_section_with_a_list_is_no_footnotes() -> None:
    html = '<p>Short.</p><section><ol><li id="e1-first"><p>Long.</p></li></ol></section>'

    assert "Short. Long." == summary_of(html)


def test_html_without_paragraphs_gives_its_text() -> None:
    assert summary_of("<div>Only <b>this</b></div>") == "Only this"
    assert summary_of("") == ""
    assert summary_of("<p>never closed") == "never closed"


def test_a_long_paragraph_is_cut_on_a_word() -> None:
    """user-ask 26"""
    assert summary_of("<p>Bread &amp; wine, water &amp; salt</p>", 18) == "Bread & wine…"


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("short", 5, "short"),
        ("two words", 8, "two…"),
        ("two words", 4, "two…"),
        ("one, two", 6, "one…"),
        ("a b", 0, ""),
        ("ab", 1, "…"),
        ("unbreakable", 6, "unbre…"),
        (" leading", 5, " lea…"),
        ("今日は良い天気です", 5, "今日は良…"),
        ("Visit 東京タワー today", 10, "Visit 東京タ…"),
        (FAMILY + FAMILY, 9, FAMILY + "…"),
        (FAMILY * 2, 8, FAMILY + "…"),
        (FAMILY, 4, "…"),
        ("e\u0301e\u0301e\u0301", 4, "e\u0301…"),
        ("🇩🇪🇫🇷", 2, "…"),
        ("👍🏽👍🏽", 3, "👍🏽…"),
        ("👍🏽👍🏽.", 4, "👍🏽…"),
        ("❤️❤️.", 4, "❤️…"),
        ("\u1112\u1161\u11ab\u1100\u1173\u11af", 3, "…"),
        ("AT&amp;T", 5, "AT…"),
        ("AT&amp;T", 6, "AT…"),
        ("abc&amp;", 9, "abc&amp;"),
    ],
)
def test_a_cut_never_goes_through_anything(text: str, limit: int, expected: str) -> None:
    """user-ask 26, 2026-01-22-title-emoji-zwj-zalgo.md"""
    assert expected == cut(text, limit)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60) | st.text("ab &;é\u0301\u200d👩今🇩", max_size=40), st.integers(0, 50))
def test_a_cut_fits_and_is_a_beginning(text: str, limit: int) -> None:
    result = cut(text, limit)

    assert len(result) <= limit or result == text
    if result != text:
        begun = result.removesuffix("…")
        assert text.startswith(begun)
        rest = text[len(begun) :]
        assert not begun or unicodedata.category(rest[0]) not in ("Mn", "Me") or not rest[:1].strip()


@settings(max_examples=100, deadline=None)
@given(st.text("<>/!-pbscriptfgu \"'&;#a1", max_size=80))
def test_any_html_has_a_text(html: str) -> None:
    text = text_of(html)

    assert text == " ".join(text.split())
    assert summary_of(html) == summary_of(html)
