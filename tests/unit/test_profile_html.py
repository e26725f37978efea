"""HTML for partners: fewer elements, less depth, less text; whatever goes, what is left is whole."""

from __future__ import annotations

from html import unescape

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.markup.sanitize import sanitize
from syndicator.profiles.files import shipped
from syndicator.profiles.html import allow, fewer_breaks, flatten, length_of, over_https, truncate, without_pictures

MSN = shipped("msn").words("html_elements")
PERMALINK = "https://news.example.org/a.html"
_PIECES = (
    "<p>", "</p>", "<div>", "</div>", "<ul>", "<li>", "</ul>", "<b>", "</b>", "<table>", "<tr>", "<td>", "</table>",
    "<pre>\n", "</pre>", "<h6>", "</h6>", "<br>", "<br/>", "<figure>", '<img src="/a.jpg" alt="a > b">', "</figure>",
    '<a href="/x?a=1&amp;b=2">', "</a>", "<section>", "<dl><dt>", "<dd>", "</dl>", "<ruby>", "<rt>", "<audio>",
    "Tom &amp; Jerry", "&#8217;", " ", "\n", "words", "日本語", "👩‍👩‍👧", "<", "&lt;b&gt;",
)  # fmt: skip
safe_html = st.lists(st.sampled_from(_PIECES), max_size=40).map(
    lambda pieces: sanitize("".join(pieces), permalink=PERMALINK, prefix="e1-")
)


def text_in(html: str) -> str:
    """All text as a parser of HTML sees it."""
    fragment = html5lib.parseFragment(html, treebuilder="etree", namespaceHTMLElements=False)
    return "".join(fragment.itertext())


def shape(html: str) -> list[object]:
    """Elements and texts as a parser of HTML sees them."""

    def walk(node: object) -> list[object]:
        return [(child.tag, child.text or "", walk(child), child.tail or "") for child in node]  # type: ignore[attr-defined]

    root = html5lib.parseFragment(html, treebuilder="etree", namespaceHTMLElements=False)
    return [root.text or "", walk(root)]


def tags_in(html: str) -> set[str]:
    root = html5lib.parseFragment(html, treebuilder="etree", namespaceHTMLElements=False)
    return {node.tag for node in root.iter() if isinstance(node.tag, str)} - {"DOCUMENT_FRAGMENT"}


def depth_of(html: str) -> int:
    """How deep elements stand in each other; those that hold nothing do not count."""
    root = html5lib.parseFragment(html, treebuilder="etree", namespaceHTMLElements=False)

    def deep(node: object) -> int:
        below = [deep(child) + 1 for child in node if child.tag not in ("br", "img", "hr")]  # type: ignore[attr-defined]
        return max(below, default=0)

    return deep(root)


def squeezed(text: str) -> str:
    return "".join(text.split())


@given(safe_html)
def test_only_allowed_elements_are_left_and_no_word_is_lost(html: str) -> None:
    """partners-27, partners-54"""
    found, _ = allow(html, MSN)

    assert set() == tags_in(found) - {*MSN}
    assert squeezed(text_in(html)) == squeezed(text_in(found))


@given(safe_html)
def test_html_that_is_allowed_stays_to_the_letter(html: str) -> None:
    found, _ = allow(html, MSN)

    assert (found, ()) == allow(found, MSN)


@given(safe_html, st.integers(1, 8))
def test_nothing_stands_deeper_than_is_wanted_and_no_word_is_lost(html: str, depth: int) -> None:
    """partners-27: nesting < 10."""
    found, _ = flatten(html, depth)

    assert depth_of(found) <= depth
    assert squeezed(text_in(html)) == squeezed(text_in(found))
    assert flatten(found, depth)[0] == found


@given(safe_html, st.integers(0, 60))
def test_a_cut_text_fits_ends_every_element_and_is_a_beginning(html: str, limit: int) -> None:
    """partners-54: close tags, never cut inside an entity, count code points."""
    found = truncate(html, limit)

    assert length_of(found) <= max(limit, 0)
    assert found == html or length_of(html) > limit
    begins = squeezed(text_in(found)).removesuffix("…").rstrip(",;:.–—-…(")
    assert squeezed(text_in(html)).startswith(begins)
    assert shape(found) == shape(found + "")
    assert found.count("<p>") == found.count("</p>")


@given(safe_html)
def test_without_refused_pictures_none_is_left_and_all_else_is(html: str) -> None:
    found = without_pictures(html, lambda url: url.endswith("a.jpg"))

    assert "a.jpg" not in found
    assert found == without_pictures(found, lambda url: url.endswith("a.jpg"))
    assert html == without_pictures(html, lambda _: False)


@given(st.text(alphabet="<>/ab\"'=!- \n&;", max_size=80))
def test_no_text_at_all_makes_it_stumble(text: str) -> None:
    allow(text, ("p",))
    flatten(text, 2)
    truncate(text, 5)
    without_pictures(text, bool)


@pytest.mark.parametrize(
    ("expected", "html"),
    [
        ("<h5>A</h5>", "<h6>A</h6>"),
        ("<div>a<br>b</div>", "<pre>a\nb</pre>"),
        ("<div>one</div><div>two</div>", "<section>one</section><section>two</section>"),
        ("<p>press Ctrl</p>", "<p>press <kbd>Ctrl</kbd></p>"),
        ("<p>x^2</p>", '<p><math alttext="x^2"><mi>x</mi><mn>2</mn></math></p>'),
        (
            '<img src="https://a.example/b.jpg">',
            '<picture><source srcset="c"><img src="https://a.example/b.jpg"></picture>',
        ),
    ],
)
def test_what_an_element_that_is_not_taken_becomes(expected: str, html: str) -> None:
    assert expected == allow(html, MSN)[0].strip()


def test_a_table_that_cannot_keep_its_cells_keeps_their_text() -> None:
    html = "<div><table><tr><td>one</td><td>two</td></tr></table></div>"

    assert "<div> one two </div>" == " ".join(flatten(html, 2)[0].split()).replace(">one", "> one").replace(
        "two<", "two <"
    )


def test_breaks_in_a_row_become_as_many_as_are_taken() -> None:
    assert ("a<br>b", 3) == fewer_breaks("a<br><br>\n<br>b", 1)
    assert ("a<br>b", 0) == fewer_breaks("a<br>b", 1)


def test_a_cut_counts_an_entity_as_one_character() -> None:
    assert "<p>AT&amp;T is…</p>" == truncate("<p>AT&amp;T is large</p>", 9)
    assert "<p>AT&amp;T</p>" == truncate("<p>AT&amp;T</p>", 4)
    assert "AT&T" == unescape("AT&amp;T")


def test_a_figure_goes_with_its_picture_and_caption_but_not_with_others_in_it() -> None:
    one = '<p>a</p><figure><a href="x"><img src="u"></a><figcaption>By Wire</figcaption></figure><p>b</p>'
    two = '<figure><img src="u"><img src="v"></figure>'

    assert "<p>a</p><p>b</p>" == without_pictures(one, lambda url: url == "u")
    assert '<figure><img src="v"></figure>' == without_pictures(two, lambda url: url == "u")
    assert '<p><a href="x"> read on</a></p>' == without_pictures(
        '<p><a href="x"><img src="u"> read on</a></p>', "u".__eq__
    )


@pytest.mark.parametrize(
    ("expected", "html"),
    [
        ("<p>a</p>", '<p>a<img src="http://a.example/x.jpg"></p>'),
        ("<p>a</p>", '<p>a<video src="http://a.example/x.mp4" controls=""></video></p>'),
        ("<p>a</p>", '<p>a<video src="https://a.example/x.mp4" poster="HTTP://a.example/x.jpg"></video></p>'),
        ("<p>a</p>", '<p>a<audio><source src="http://a.example/x.mp3">No sound.</audio></p>'),
        (
            '<img src="https://a.example/x">',
            '<img src="https://a.example/x" srcset="https://a.example/y, http://b/z 2x">',
        ),
        (None, '<img src="https://a.example/x" srcset="https://a.example/w_1,h_2/y 2x">'),
        (None, '<audio src="https://a.example/x.mp3"></audio> <a href="http://b.example/">b</a> http://c.example'),
        (None, '<code>&lt;img srcset="http://a.example/y"&gt;</code>'),
    ],
)
def test_nothing_in_a_text_is_fetched_without_https(expected: str | None, html: str) -> None:
    """partners.md A, item 1"""
    assert (html if expected is None else expected) == over_https(html)
