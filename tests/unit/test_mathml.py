"""Formulas set in type: MathML from TeX, what stays text, and that no formula costs much."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.markup.flavour import GOLDMARK, KRAMDOWN, Flavour
from syndicator.markup.mathml import ATTRIBUTES, ELEMENTS, Typesetter, is_harmless
from syndicator.markup.render import to_html
from syndicator.markup.sanitize import sanitize
from syndicator.markup.summary import summary_of
from syndicator.model import Markup

JEKYLL = replace(KRAMDOWN, mathml=True)
HUGO = replace(GOLDMARK, mathml=True, math=(("$$", "$$"), ("\\[", "\\]"), ("\\(", "\\)")))
SUM = '<math alttext="{}"><mi>a</mi><mo>+</mo><mn>1</mn></math>'.format


def rendered(body: str, flavour: Flavour, markup: Markup = Markup.MARKDOWN) -> str:
    return to_html(body, markup=markup, permalink="https://e.example/p/", prefix="e-", flavour=flavour)


@pytest.mark.parametrize(
    ("flavour", "body", "expected"),
    [
        (JEKYLL, "so $$a+1$$.", f"<p>so {SUM('a+1')}.</p>"),
        (JEKYLL, "$$\na+1\n$$", f"<p>{SUM('a+1')}</p>"),
        (HUGO, "so \\(a+1\\).", f"<p>so {SUM('a+1')}.</p>"),
        (HUGO, "$$a+1$$", f"<p>{SUM('a+1')}</p>"),
        (HUGO, "\\[a+1\\]", f"<p>{SUM('a+1')}</p>"),
        (JEKYLL, "$$x<y$$", '<p><math alttext="x&lt;y"><mi>x</mi><mo>&lt;</mo><mi>y</mi></math></p>'),
        (JEKYLL, "so $$\\unknown{x}$$", "<p>so \\(\\unknown{x}\\)</p>"),
        (JEKYLL, "so $$\\newcommand{\\x}{y}\\x$$", "<p>so \\(\\newcommand{\\x}{y}\\x\\)</p>"),
        (JEKYLL, "so $$\\frac{$$", "<p>so \\(\\frac{\\)</p>"),
        (JEKYLL, "so $$ $$", "<p>so \\(\\)</p>"),
        (HUGO, "\\(\\unknown\\)", "<p>\\(\\unknown\\)</p>"),
        (JEKYLL, "`$$a$$`", "<p><code>$$a$$</code></p>"),
        (JEKYLL, "![so $$a$$](/x.png)", '<p><img src="https://e.example/x.png" alt="so $$a$$"></p>'),
        (JEKYLL, '[a](/x "so $$a$$")', '<p><a href="https://e.example/x" title="so $$a$$">a</a></p>'),
        (JEKYLL, "[a](/x?$$a$$)", '<p><a href="https://e.example/x?$$a$$">a</a></p>'),
        (KRAMDOWN, "![so $$a$$](/x.png)", '<p><img src="https://e.example/x.png" alt="so $$a$$"></p>'),
        (KRAMDOWN, "[a](/x?$$a$$)", '<p><a href="https://e.example/x?$$a$$">a</a></p>'),
        (KRAMDOWN, "so $$a+1$$.", "<p>so \\(a+1\\).</p>"),
    ],
)
def test_formulas_are_set_in_type_where_that_can_be(flavour: Flavour, body: str, expected: str) -> None:
    """frontmatter-46, -60"""
    assert expected == rendered(body, flavour).replace(' display="block"', "")


@pytest.mark.parametrize(
    ("flavour", "body"), [(JEKYLL, "Text\n\n$$\na\n$$\n"), (HUGO, "$$a$$"), (HUGO, "\\[a\\]")], ids=str
)
def test_a_formula_of_its_own_is_displayed(flavour: Flavour, body: str) -> None:
    """frontmatter-46"""
    assert ' display="block"' in rendered(body, flavour)
    assert ' display="block"' not in rendered("so $$a$$", JEKYLL) + rendered("so \\(a\\)", HUGO)


def test_an_author_s_own_formula_comes_through_less_what_is_no_formula() -> None:
    """frontmatter-46"""
    body = (
        '<p><math display="block" onclick="x()"><semantics><mrow style="color:red" href="/x"><mi>a</mi></mrow>'
        '<annotation encoding="application/x-tex">a</annotation></semantics><mspace width="9999em"/></math></p>'
    )

    assert rendered(body, JEKYLL, Markup.HTML) == (
        '<p><math display="block"><semantics><mrow><mi>a</mi></mrow></semantics><mspace></mspace></math></p>'
    )
    assert rendered(body, KRAMDOWN, Markup.HTML) == "<p>a</p>"


def test_a_summary_has_the_formula_as_it_was_written() -> None:
    """frontmatter-46"""
    html = rendered("Energy is $$E=mc^2$$ <math><mi>x</mi></math>, no less.", JEKYLL)

    assert summary_of(html) == "Energy is E=mc^2 x, no less."


BOMBS = {
    "braces": "{" * 900 + "}" * 900,
    "never closed": "{" * 2_000,
    "roots": "\\sqrt" * 300 + "x",
    "roots in braces": "\\sqrt{" * 250 + "x" + "}" * 250,
    "below": "x_{" * 30 + "x" + "}" * 30,
    "matrices": "\\begin{matrix}" * 60 + "\\end{matrix}" * 60,
    "cells": "\\begin{matrix}" + "&" * 1_900 + "\\end{matrix}",
    "left": "\\left(" * 150 + "\\right)" * 150,
    "own commands": "\\newcommand{\\a}{" + "\\sqrt" * 250 + "}" + "\\a" * 40 + "x",
    "own commands in own commands": "\\newcommand{\\a}{\\a\\a}\\a",
    "primes": "x" + "'" * 1_900,
    "long": "x+" * 90_000,
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_no_formula_costs_much_and_many_do_not_either(bomb: str) -> None:
    """frontmatter-46: those that would are text."""
    body = f"$${BOMBS[bomb]}$$\n\n" * max(1, 90_000 // len(BOMBS[bomb]))
    started = time.process_time()

    html = rendered(body, JEKYLL)

    assert time.process_time() - started < 2
    assert len(html) < 3_000_000


PIECES = (
    "\\frac", "{", "}", "\\sqrt[3]", "^", "_", "\\left(", "\\right)", "&", "\\\\", "\\begin{matrix}", "<b>", "\\x", "x",
    "\\end{matrix}", "\\text{<img src=x onerror=y>}", "\\color{red}", '"', "\\tag{x}", "\\label{a}", "\\ref{a}", "α",
    "\\hspace{999cm}", "\\mathbb{R}", "\\href{javascript:x}{y}", "'",
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(PIECES) | st.text(max_size=3),
        max_size=20,
    ).map("".join)
)
def test_whatever_a_formula_holds_is_elements_and_attributes_that_are_known(formula: str) -> None:
    """frontmatter-46"""
    made = Typesetter().set(formula, display=True)
    html = sanitize(made, permalink="https://e.example/p/", prefix="e-", mathml=True)

    for name, attributes in re.findall(r'</?([^\s/>]+)((?: [a-z-]+="[^"]*")*)>', html):
        assert name in ELEMENTS
        for key, value in re.findall(r' ([a-z-]+)="([^"]*)"', attributes):
            assert key == "alttext" or (key in ATTRIBUTES and is_harmless(value))
    assert html == sanitize(html, permalink="https://e.example/p/", prefix="e-", mathml=True)
