"""Markdown bodies: golden posts, kramdown's marks, hostile input."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.markup.code import Code
from syndicator.markup.flavour import COMMONMARK, GOLDMARK, KRAMDOWN, Flavour
from syndicator.markup.markdown import render_markdown
from syndicator.markup.render import to_html
from syndicator.markup.templates import drop_templates
from syndicator.model import Markup
from syndicator.text import legal

PERMALINK = "https://news.example.org/2023/08/24/post.html"
GOLDEN = sorted(
    path for path in (Path(__file__).parents[1] / "golden" / "markup").iterdir() if path.suffix in (".md", ".htm")
)


def html_of(body: str, markup: Markup = Markup.MARKDOWN, flavour: Flavour = COMMONMARK) -> str:
    text, _ = drop_templates(body, markup)
    return to_html(text, markup=markup, permalink=PERMALINK, prefix="e1-", flavour=flavour)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_a_golden_post_comes_out_as_written_down(path: Path) -> None:
    markup = Markup.HTML if path.suffix == ".htm" else Markup.MARKDOWN

    expected = path.with_suffix(".html").read_text(encoding="utf-8")
    assert expected == html_of(path.read_text(encoding="utf-8"), markup) + "\n"


def test_straight_quotes_and_dots_stay_straight() -> None:
    assert html_of('"It\'s" -- so...') == '<p>"It\'s" -- so...</p>'


def test_html_bodies_are_not_read_as_markdown() -> None:
    assert html_of("<p>*a* {: .b}</p>", Markup.HTML) == "<p>*a* {: .b}</p>"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("![a](/img/ü b.png)", '<p><img src="https://news.example.org/img/%C3%BC%20b.png" alt="a"></p>'),
        ("![d](//cdn.example.org/d.gif)", '<p><img src="https://cdn.example.org/d.gif" alt="d"></p>'),
        ("![e](e.jpg)", '<p><img src="https://news.example.org/2023/08/24/e.jpg" alt="e"></p>'),
        ("![c](data:image/png;base64,iVBORw0KGgo=)", "<p>c</p>"),
        ("[t](a b (1).pdf 'no')", "<p>[t](a b (1).pdf 'no')</p>"),
        ('[t](/a b \'c.pdf "T")', '<p><a href="https://news.example.org/a%20b%20\'c.pdf" title="T">t</a></p>'),
        (
            "[t](/a 'T') [t](/a (T))",
            "<p>" + " ".join(['<a href="https://news.example.org/a" title="T">t</a>'] * 2) + "</p>",
        ),
        ("[sic](he said so)", "<p>[sic](he said so)</p>"),
        ("`[t](/a b.png)`", "<p><code>[t](/a b.png)</code></p>"),
    ],
)
def test_addresses_of_any_shape(body: str, expected: str) -> None:
    """2026-01-22-image-bad-urls.md"""
    assert expected == html_of(body)


def test_a_very_long_address_is_kept() -> None:
    """2026-01-22-image-bad-urls.md"""
    url = f"https://example.org/{'a' * 5000}.jpg"

    assert html_of(f"![]({url})") == f'<p><img src="{url}" alt=""></p>'


def test_doctype_entities_instructions_and_comments_are_harmless() -> None:
    """2026-01-14-entity-and-doctype-in-body.md"""
    body = (
        '<!DOCTYPE foo [<!ENTITY x SYSTEM "file:///etc/passwd">]> &x; &nbsp; &eacute; &undefined; '
        "<?php echo 1 ?> <!-- comment -- with dashes --> &#0; &#xD800; &#x1F600;"
    )

    html = html_of(body)

    assert html.split() == ["]&gt;", "&amp;x;", "é", "&amp;undefined;", "\U0001f600"]
    assert html == legal(html)


def test_raw_control_characters_do_not_come_through() -> None:
    """2026-01-18-title-raw-controls.md, user-ask 29"""
    assert html_of("Body with \x0b and \x0c and \x00 \x1b[2J in it.") == "<p>Body with  and  and  [2J in it.</p>"
    assert html_of("&#11;&#x1b;&#xFFFE;&#xFFFFFF;.") == "<p>.</p>"
    assert html_of("<b>&#11;&#x1b;&#xD800;.</b>", Markup.HTML) == "<b>.</b>"


def test_references_to_control_characters_mean_windows_1252() -> None:
    assert html_of("It&#146;s &#150; &#x85; &#129;.") == "<p>It’s – … .</p>"
    assert html_of("It&#146;s", Markup.HTML) == "It’s"


def test_the_end_of_a_cdata_section_arrives_unchanged() -> None:
    """2026-01-24-title-cdata-end.md"""
    assert html_of("Text ]]> more\n\n```\n]]>\n```") == "<p>Text ]]&gt; more</p>\n<pre><code>]]&gt;\n</code></pre>"


@pytest.mark.parametrize("flavour", [COMMONMARK, KRAMDOWN], ids=lambda flavour: flavour.engine)
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("text\n{: .a}\n", "<p>text</p>"),
        ("{: .a}\n> quote", "<blockquote>\n<p>quote</p>\n</blockquote>"),
        ("one\n{: .a}\ntwo", "<p>one</p>\n<p>two</p>"),
        ("- one\n{:.a}\n- two\n", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
        ("- {:.a} one", "<ul>\n<li>one</li>\n</ul>"),
        ("*a*{: .b} `e`{:f}", "<p><em>a</em> <code>e</code></p>"),
        ("{:alias: .a #b}\n", ""),
        ("* x\n{:toc}\n\ntext", "<p>text</p>"),
        ("1. Contents\n{:toc .big}\ntext", "<p>text</p>"),
        ("## Heading\n{: .no_toc}\n", "<h2>Heading</h2>"),
        ("## Heading {#here}\n", "<h2>Heading</h2>"),
        ("text {#here}\n", "<p>text {#here}</p>"),
        ("a {::comment}no *one*\n\nreads{:/comment} b", "<p>a  b</p>"),
        ("a {::comment} b", "<p>a  b</p>"),
        ("{::options parse_block_html='true' /}\ntext", "<p>text</p>"),
        ("{::nomarkdown}<b>*</b>{:/nomarkdown}", "<p><b>*</b></p>"),
        ("{:ok, value} and {:error, reason}", "<p>{:ok, value} and {:error, reason}</p>"),
        ("`{: .a}` x", "<p><code>{: .a}</code> x</p>"),
        (
            "```\n{: .a}\n* x\n{:toc}\n{::comment}\n{:/}\n```",
            "<pre><code>{: .a}\n* x\n{:toc}\n{::comment}\n{:/}\n</code></pre>",
        ),
        (
            "text\n\n    {: .a}\n    x{:.b} $$y$$ \\/ ~ << >>\n",
            "<p>text</p>\n<pre><code>{: .a}\nx{:.b} $$y$$ \\/ ~ &lt;&lt; &gt;&gt;\n</code></pre>",
        ),
        ('<div markdown="1">\n*a*\n</div>', "<div>\n<p><em>a</em></p>\n</div>"),
    ],
)
def test_marks_of_kramdown_go_and_code_stays(body: str, expected: str, flavour: Flavour) -> None:
    """frontmatter-42, frontmatter-43, frontmatter-44, frontmatter-45, frontmatter-47"""
    assert expected == html_of(body, flavour=flavour)


def test_abbreviations_are_words_where_nothing_explains_them() -> None:
    """frontmatter-45"""
    assert html_of("*[HTML]: Hyper\n\nHTML") == '<p><abbr title="Hyper">HTML</abbr></p>'


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("a `b` c", "`b`"),
        ("a ``b ` c`` d", "``b ` c``"),
        ("a \\`b` c", ""),
        ("a \\``b` c", "`b`"),
        ("a `b\n\nc` d", ""),
        ("a\n```\nb\n```\nc", "```\nb\n```"),
        ("a\n~~~~\n~~~\n```\n~~~~~\nc", "~~~~\n~~~\n```\n~~~~~"),
        ("> - ```x\n> b\n> ```\nc", "```x\n> b\n> ```"),
        ("a\n```\nb", "```\nb"),
        ("a ``` b ``` c", "``` b ```"),
        ("a\n``` x`y\nb", ""),
    ],
)
def test_code_is_found_where_commonmark_has_it(body: str, code: str) -> None:
    marked = Code(body)

    assert code == "".join(char for at, char in enumerate(body) if at in marked)


@pytest.mark.parametrize(
    "body",
    [
        "> " * 100_000,
        "<div>" * 100_000,
        "".join(f"<b a={n}>" for n in range(400)) + "<p>x" * 20_000,
        "[" * 50_000,
        "[a](" * 50_000,
        "[a](b c" * 20_000,
        "*a " * 50_000,
        "`" * 3 + "`a" * 50_000,
        "".join("`" * n + " " for n in range(500)),
        "\\`" * 50_000,
        "{: " * 50_000,
        "# {#" * 20_000,
        "{::comment}" * 20_000,
        "- " * 50_000,
        "|a" * 20_000 + "\n" + "|-" * 20_000 + "\n" + "|b" * 20_000,
        "[^1]" * 100_000 + "\n\n[^1]: x",
        "<iframe '" * 20_000,
        "<iframe \"'" * 20_000,
        '<a id="x" href="#x">' * 20_000,
        "x" * 5_000_001,
    ],
    ids=lambda body: body[:12],
)
def test_no_body_takes_long(body: str) -> None:
    """Linear time, or a refusal with a reason."""
    started = time.process_time()

    with suppress(ValueError):
        html_of(body)

    assert time.process_time() - started < 3


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<div>" * 10_000, "nested too deep"),
        (f"[a](/{'b' * 100}) " * 40_000, "characters of HTML"),
        ("[^1]" * 100_000 + "\n\n[^1]: x", "has 300,006 signs of Markdown or HTML"),
        ("- a\n" * 100_001, "tags of HTML"),
    ],
)
def test_a_refusal_says_why(body: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        html_of(body)


def test_long_honest_posts_are_not_refused() -> None:
    rows = "".join(f"| {n} | <b>{n}</b> |\n" for n in range(5_000))
    flat = "<ul>" + "<li>one<ul><li>two<p>three" * 200 + "</ul>" * 200 + "<p>unclosed<br>" * 5_000

    assert "4999" in html_of("| a | b |\n|---|---|\n" + rows)
    assert "unclosed" in html_of(flat, Markup.HTML)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200) | st.text("\n >-*+_`~[]()!<>&#{}:.|\\=1a\"'", max_size=200))
def test_any_text_gives_legal_html(body: str) -> None:
    html = html_of(body)

    assert html == legal(html)
    assert "<script" not in html
    assert isinstance(render_markdown(legal(body)), str)


@pytest.mark.parametrize("flavour", [KRAMDOWN, COMMONMARK, GOLDMARK])
@pytest.mark.parametrize("title", ['"T"', "'T'", "(T)"])
def test_a_reference_may_have_a_title(title: str, flavour: Flavour) -> None:
    body = f"[a][r]\n\n[r]: /x/y {title}\n"

    assert '<p><a href="/x/y" title="T">a</a></p>' == render_markdown(body, flavour).strip()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("/my photo (1).jpg", 'href="/my%20photo%20(1).jpg"'),
        ('/my photo (1).jpg "T"  ', 'href="/my%20photo%20(1).jpg" title="T"'),
        ("my photo.jpg (T)", 'href="my%20photo.jpg" title="T"'),
    ],
)
def test_the_address_of_a_reference_may_have_spaces(written: str, expected: str) -> None:
    assert f"<p><a {expected}>a</a></p>" == render_markdown(f"[a][r]\n\n[r]: {written}\n", KRAMDOWN).strip()


@pytest.mark.parametrize("body", ["[r]: /x y" + " " * 200_000 + "z", "[r]: /x" + ' "' * 100_000, "[r]: /x (" * 50_000])
def test_odd_references_take_no_longer_than_others(body: str) -> None:
    began = time.process_time()

    render_markdown(body, KRAMDOWN)

    assert time.process_time() - began < 5


def test_an_attribute_list_behind_a_backslash_is_text() -> None:
    """frontmatter-42"""
    assert "<p>a {: not} b</p>" == render_markdown("a \\{: not} b", KRAMDOWN).strip()
