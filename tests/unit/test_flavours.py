"""Markdown as kramdown and Goldmark read it, held against what they made of the same bodies (golden/markup)."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.dialects.jekyll import Jekyll
from syndicator.dialects.plain import Plain
from syndicator.markup.flavour import COMMONMARK, GOLDMARK, KRAMDOWN, Flavour, of_hugo, of_jekyll
from syndicator.markup.markdown import render_markdown
from syndicator.markup.marks import ALL as ALL_MARKS
from syndicator.markup.render import to_html
from syndicator.model import Markup, Site
from syndicator.posts.rules import Rules
from syndicator.reader import Reader
from syndicator.sources.folder import FolderSource
from syndicator.text import legal
from tests.markup_comparison import shown

SITE = Site(title="The Example", url="https://news.example.org/")
GOLDEN = Path(__file__).parents[1] / "golden" / "markup"
FLAVOURS = {"kramdown": KRAMDOWN, "goldmark": GOLDMARK}
BODIES = sorted(path for name in FLAVOURS for path in (GOLDEN / name).glob("*.md"))
DIFFERENCES = [
    (FLAVOURS[name], each)
    for name in FLAVOURS
    for each in json.loads((GOLDEN / name / "differences.json").read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("path", BODIES, ids=lambda path: f"frontmatter-{path.stem}-{path.parent.name}")
def test_a_body_shows_what_the_site_shows(path: Path) -> None:
    site = path.with_suffix(".html").read_text(encoding="utf-8")

    assert shown(site) == shown(render_markdown(path.read_text(encoding="utf-8"), FLAVOURS[path.parent.name]))


@pytest.mark.parametrize(
    ("flavour", "difference"), DIFFERENCES, ids=lambda value: value["name"] if isinstance(value, dict) else ""
)
def test_a_known_difference_is_what_it_is_said_to_be(flavour: Flavour, difference: dict[str, str]) -> None:
    """One that goes away should leave docs/decisions.md too."""
    ours = render_markdown(difference["body"], flavour)

    assert difference["ours"] == ours
    assert shown(difference["site"]) != shown(ours)


@pytest.mark.parametrize(
    ("setting", "body", "expected"),
    [
        ({"typographic": False}, '"a" -- b...', "<p>&quot;a&quot; -- b...</p>\n"),
        ({"symbols": False}, '"a" -- b...', "<p>“a” -- b...</p>\n"),
        ({"quotes": ("‚", "‘", "„", "“")}, "\"a\" 'b'", "<p>„a“ ‚b‘</p>\n"),
        ({"hard_wrap": True}, "a\nb", "<p>a<br />\nb</p>\n"),
        ({"emoji": True}, ":smile:", "<p>😄</p>\n"),
        ({"mark": True}, "==a==", "<p><mark>a</mark></p>\n"),
        ({"insert": True}, "++a++", "<p><ins>a</ins></p>\n"),
        ({"subscript": True}, "H~2~O", "<p>H<sub>2</sub>O</p>\n"),
        ({"superscript": True}, "x^2^", "<p>x<sup>2</sup></p>\n"),
        ({"block_attributes": True}, "a\n{.b}\n\n`{.c}`", "<p>a</p>\n<p><code>{.c}</code></p>\n"),
        ({"math": (("$$", "$$"), ("\\(", "\\)"))}, "$$a_1 *b*$$ \\(x\\) $$", "<p>$$a_1 *b*$$ \\(x\\) $$</p>\n"),
        ({"raw_html": False}, "a <b>c</b>", "<p>a <!-- raw HTML omitted -->c<!-- raw HTML omitted --></p>\n"),
        ({"autolink": False}, "https://example.org", "<p>https://example.org</p>\n"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_each_switch_of_a_site_is_followed(setting: dict[str, Any], body: str, expected: str) -> None:
    """frontmatter-45, -60"""
    assert expected == render_markdown(body, replace(GOLDMARK, **setting))


@pytest.mark.parametrize(
    ("config", "changes"),
    [
        ({}, {}),
        ({"kramdown": {"smart_quotes": "apos,apos,quot,quot"}}, {"quotes": ("'", "'", '"', '"')}),
        ({"kramdown": {"smart_quotes": ["sbquo", "lsquo", "bdquo", "ldquo"]}}, {"quotes": ("‚", "‘", "„", "“")}),
        ({"kramdown": {"smart_quotes": "nonsense"}}, {}),
        ({"kramdown": {"smart_quotes": "a,b,c,d"}}, {}),
        (
            {"kramdown": {"hard_wrap": "true", "parse_block_html": "true"}},
            {"hard_wrap": True, "parse_block_html": True},
        ),
        ({"kramdown": {"gfm_quirks": "paragraph_end,no_auto_typographic"}}, {"symbols": False}),
        ({"kramdown": {"gfm_quirks": ["no_auto_typographic"]}}, {"symbols": False}),
        ({"kramdown": "nothing"}, {}),
    ],
)
def test_jekylls_configuration_sets_kramdown_up(config: dict[str, Any], changes: dict[str, Any]) -> None:
    """frontmatter-45"""
    assert replace(KRAMDOWN, **changes) == of_jekyll(config)


@pytest.mark.parametrize(
    "toc",
    [
        "* TOC\n{:toc}",
        "1. x\n{:toc}",
        "0. this text is replaced\n{:toc #markdown-toc .x}",
        "- a\n- b\n  goes on\n- c\n{: toc}",
        "> * TOC\n> {:toc}",
        "* TOC\n  {:toc}",
        "* TOC\n{:toc max_level=2 }",
    ],
)
def test_no_table_of_contents_is_seen_nor_what_stood_for_it(toc: str) -> None:
    """frontmatter-44"""
    html = render_markdown(f"One\n\n{toc}\n\n# Two\n{{:.no_toc}}\n\n- left\n- right\n", KRAMDOWN)

    assert html == "<p>One</p>\n<h1>Two</h1>\n<ul>\n<li>left</li>\n<li>right</li>\n</ul>\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("```\n* TOC\n{:toc}\n```\n", "<pre><code>* TOC\n{:toc}\n</code></pre>\n"),
        ("- `{:toc}`\n", "<ul>\n<li><code>{:toc}</code></li>\n</ul>\n"),
        ("- a\n{:tocs}\n", "<ul>\n<li>a</li>\n</ul>\n"),
        ("a\n{:toc}\n", "<p>a</p>\n"),
    ],
)
def test_what_stands_for_no_table_of_contents_stays(text: str, expected: str) -> None:
    """frontmatter-44"""
    assert expected == render_markdown(text, KRAMDOWN)


def test_jekyll_may_be_set_to_commonmark() -> None:
    assert of_jekyll({"markdown": "CommonMarkGhPages"}) == COMMONMARK
    assert of_jekyll({"markdown": "CommonMark", "commonmark": {"options": ["SMART"]}}).typographic


@pytest.mark.parametrize(
    ("config", "changes"),
    [
        ({}, {"raw_html": False}),
        ({"markup": {"goldmark": {"renderer": {"unsafe": True, "hardWraps": "true"}}}}, {"hard_wrap": True}),
        ({"enableemoji": True}, {"emoji": True, "raw_html": False}),
        (
            {"Markup": {"Goldmark": {"Extensions": {"typographer": False, "linkify": False}}}},
            {"typographic": False, "autolink": False, "raw_html": False},
        ),
        (
            {
                "markup": {
                    "goldmark": {
                        "extensions": {
                            "typographer": {
                                "disable": False,
                                "leftDoubleQuote": "&laquo;",
                                "rightdoublequote": "&raquo;",
                            },
                            "extras": {
                                name: {"enable": True} for name in ("mark", "insert", "subscript", "superscript")
                            },
                            "passthrough": {
                                "enable": True,
                                "delimiters": {"block": [["$$", "$$"], ["x"]], "inline": [["\\(", "\\)"]]},
                            },
                        },
                        "parser": {"attribute": {"block": True}},
                    }
                }
            },
            {
                "quotes": ("‘", "’", "«", "»"),
                "mark": True,
                "insert": True,
                "subscript": True,
                "superscript": True,
                "block_attributes": True,
                "math": (("$$", "$$"), ("\\(", "\\)")),
                "raw_html": False,
            },
        ),
    ],
)
def test_hugos_configuration_sets_goldmark_up(config: dict[str, Any], changes: dict[str, Any]) -> None:
    """frontmatter-60"""
    assert replace(GOLDMARK, **changes) == of_hugo(config)


def test_the_operator_has_the_last_word_on_signs_and_formulas_and_it_names_the_entries() -> None:
    reader = Reader(source=FolderSource(Path("posts"), Jekyll(), limit=1), dialect=Jekyll(), site=SITE, rules=Rules())
    without = replace(reader, rules=Rules(typographic=False))

    assert replace(KRAMDOWN, mathml=True) == replace(reader, rules=Rules(mathml=True)).flavour
    assert (KRAMDOWN, replace(KRAMDOWN, typographic=False)) == (reader.flavour, without.flavour)
    assert replace(reader, dialect=Plain(), rules=Rules(typographic=True)).flavour.typographic
    assert (
        len({each.rules_name for each in (reader, without, replace(reader, dialect=Jekyll(markdown=COMMONMARK)))}) == 3
    )


ALL = (
    COMMONMARK,
    KRAMDOWN,
    replace(KRAMDOWN, mathml=True),
    replace(GOLDMARK, math=(("$$", "$$"),), block_attributes=True, emoji=True),
)
MARKS = (
    "{: .a}\n", "{:toc}", "- x\n{:toc}\n", "<td markdown=span>", "</td>",
    "{::comment}", "{:/}", "{::nomarkdown}", "$$", "*[A]: b\n", "A", "[^1]", "\n[^1]: ", "|",
    "\n|-|\n", "\n^\n", "\n---\n", "<div>", "</div>", '<div markdown="1">', "<p>", "`", "```\n", "~", "<<", ">>", '"',
    "'", "--", "...", "\\", "\n", "\n\n", "    ", "- ", "1. ", "2) ", ": ", "> ", "# ", "{#x}", "[a](b c)", "![a](b)",
    "{:width='1'}", "&quot;", "&#146;", "x", " ", "<code>", "<!--", "-->", "\x02", "\x030\x03", "%020%02",
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(MARKS) | st.text(max_size=4), max_size=40).map("".join), st.sampled_from(ALL))
def test_any_body_is_rendered_and_leaves_no_mark_of_ours(body: str, flavour: Flavour) -> None:
    html = to_html(body, markup=Markup.MARKDOWN, permalink="https://e.example/p/", prefix="e-", flavour=flavour)

    assert html == legal(html)
    assert not set(render_markdown(legal(body), flavour)) & set(ALL_MARKS)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(MARKS), max_size=12).map("".join), st.sampled_from(ALL))
def test_what_is_in_code_comes_out_as_it_is(text: str, flavour: Flavour) -> None:
    """frontmatter-42, -46: attribute lists, formulas, signs and all else are literal in a fence and in a span."""
    block = legal(text).replace("`", "").strip("\n")
    line = " ".join(block.split())

    fenced = html5lib.parseFragment(
        render_markdown(f"a\n\n````\n{block}\n````\n\nb", flavour), namespaceHTMLElements=False
    )
    span = html5lib.parseFragment(render_markdown(f"a ``x {line} x`` b", flavour), namespaceHTMLElements=False)

    assert f"{block}\n" == "".join(fenced.find(".//pre").itertext()) or not block
    assert f"x {line} x".replace("  ", " ") == "".join(span.find(".//code").itertext()).replace("  ", " ")


@pytest.mark.parametrize("flavour", ALL, ids=lambda flavour: flavour.engine)
@pytest.mark.parametrize(
    "mark", [*MARKS, "\na\n: b\n", "\n`|", "|a", "<a '", "<iframe \"'", "[a](b c", "\n[a]: b c", '{a="', "<b "]
)
def test_no_mark_takes_long_however_often(mark: str, flavour: Flavour) -> None:
    started = time.process_time()

    render_markdown(mark * 20_000, flavour)

    assert time.process_time() - started < 2
