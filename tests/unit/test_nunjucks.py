"""Nunjucks in Eleventy's posts: what can be known is written, all else is left out and reported."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.errors import PostError
from syndicator.markup.nunjucks import expression
from syndicator.markup.rendering import render_templates
from syndicator.model import Markup
from tests.unit.test_eleventy import read

VIDEO = (
    '<a href="https://www.youtube.com/watch?v=dQw4w9WgXcQ">'
    '<img src="https://i.ytimg.com/vi/dQw4w9WgXcQ/hqdefault.jpg" alt=""><br>Watch on YouTube</a>'
)


def rendered(body: str, ending: str = "md", head: str = "") -> tuple[str, int]:
    """The body of a post with that title and those tags, and how much of it was lost."""
    post = read(f"---\ntitle: T & U\ntags: [posts, a, b]\n{head}---\n{body}", f"posts/2023-08-24-storm.{ending}")
    text, warnings = render_templates(post.body, post.markup, post.templates)
    return text, len(warnings)


@pytest.mark.parametrize("ending", ["md", "html", "liquid"])
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{% set x = "hi" %}{{ x }}', "hi"),
        ("{% set x = title | lower %}{{ x }}", "t & u"),
        ("{% set x %}[{{ page.fileSlug }}]{% endset %}{{ x }}{{ x }}", "[storm][storm]"),
        ('{%- set x = "hi" -%}\n\n{{ x }}', "hi"),
        ("{% for tag in tags %}{{ loop.index }}{{ tag }}{% if not loop.last %}, {% endif %}{% endfor %}", "1a, 2b"),
        ('{% if title == "X" %}x{% elif tags %}tags{% else %}none{% endif %}', "tags"),
        ('{% if not title %}x{% elif title === "T & U" %}same{% else %}none{% endif %}', "same"),
        ("{% if not tags %}{% if title %}x{% endif %}y{% endif %}z", "z"),
        ('{{ "/a b/" | url }}', "/a%20b/"),
        ('{{ "A b" | slug }} {{ "A b" | slugify }} {{ tags | length }} {{ tags | join(", ") }}', "a-b a-b 2 a, b"),
        ('{{ title | replace("T", "(S)") }} {{ "  x " | trim | upper }}', "(S) & U X"),
        ('{{ "<b>" | safe }}', "<b>"),
        ("{% verbatim %}{{ x }}{% endverbatim %}{% raw %}{% set %}{% endraw %}{# no #}", "{{ x }}{% set %}"),
        ("{% macro hello(name) %}Hello {{ name }}{% endmacro %}.", "."),
        ('{% youtube "dQw4w9WgXcQ" %}', VIDEO),
        ('{% image "./a.png", "A dog", "100vw" %}', '<img src="./a.png" alt="100vw">'),
        ('{% image src="./a.png", alt="A dog" %}', '<img src="./a.png" alt="A dog">'),
    ],
)
def test_what_can_be_known_is_written(body: str, expected: str, ending: str) -> None:
    """frontmatter-39, 71."""
    assert (expected, 0) == rendered(body, ending)


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ('{{ page.date | date("YYYY") }}', ""),
        ("{{ page.date | readableDate }}", ""),
        ("{{ nobody | default('x') }}", ""),
        ('{{ title ~ "x" }}', ""),
        ('{{ "a" if title else "b" }}', ""),
        ("{% if x is defined %}x{% endif %}", ""),
        ("{% if not title and tags %}x{% endif %}", ""),
        ("{% if not nobody %}x{% endif %}", ""),
        ("{% for p in collections.posts %}{{ p.url }}{% endfor %}", ""),
        ("{% for i in range(0, 3) %}x{% endfor %}", ""),
        ('{% include "card.njk" %}', ""),
        ("{% macro f() %}x{% endmacro %}{{ f() }}", ""),
        ("{% callout %}Words{% endcallout %}", "Words"),
        ("{% filter upper %}Words{% endfilter %}", "Words"),
    ],
)
def test_what_cannot_be_known_is_left_out_and_reported(body: str, left: str) -> None:
    assert (left, 1) == rendered(body)


@pytest.mark.parametrize("body", ["{% set x = [1, 2] %}{{ x }}", '{% extends "b.njk" %}{% block c %}{% endblock %}'])
def test_each_tag_that_is_left_out_is_reported(body: str) -> None:
    assert ("", 2) == rendered(body)


def test_in_a_template_of_nunjucks_what_is_printed_is_text_unless_it_is_safe() -> None:
    assert ("T &amp; U T & U", 0) == rendered("{{ title }} {{ title | safe }}", "njk")


def test_code_that_shows_nunjucks_stays_as_it_is() -> None:
    """frontmatter-40: a post about templates."""
    code = "```\n{% set x = 1 %}{% macro f() %}{{ y | z(1) }}{% endmacro %}{% verbatim %}\n{% endverbatim %}\n```\n"

    assert code == rendered(code)[0]


@pytest.mark.parametrize(
    ("ending", "engine", "markup"),
    [
        ("md", "njk,md", Markup.MARKDOWN),
        ("njk", "njk, md", Markup.MARKDOWN),
        ("md", "njk", Markup.HTML),
        ("html", "md", Markup.MARKDOWN),
        ("md", "false", Markup.HTML),
    ],
)
def test_the_engines_that_a_post_names_are_the_ones_that_read_it(ending: str, engine: str, markup: Markup) -> None:
    """frontmatter-71"""
    head = f"---\ntags: posts\ntemplateEngineOverride: {engine}\n---\n*x* {{{{ page.fileSlug }}}}"

    assert markup is read(head, f"posts/2023-08-24-a.{ending}").markup


PIECES = (
    "{% if not x %}", "{% endif %}", "{% elif %}", "{% set x %}", "{% endset %}", "{{ x | y(", "'", '"', "| default(",
    ")", "}}", "{% set x = ", "%}", "loop.index", "\x00", "0", "{% macro %}", "{# ", "\\", "===", "{% endmacro %}",
    "{% for x in tags %}", "{% endfor %}", "{% verbatim %}",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_any_pieces_are_taken(pieces: list[str]) -> None:
    text = "".join(pieces)
    expression(text)
    for ending in ("md", "njk"):
        try:
            rendered(text, ending)
        except PostError:
            continue
