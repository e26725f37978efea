"""Slugs are those of Eleventy's filters, or there is none."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from syndicator.dialects.slugs import slug, slugify

# What the packages @sindresorhus/slugify 2.2.1 and slugify 1.6.6 give with Eleventy's options.
SLUGS = {
    "C++ & Rust: It's an Ünïcödé Straße": (
        "c-and-rust-its-an-uenicoede-strasse",
        "c++-and-rust:-it's-an-unicode-strasse",
    ),
    "Don't stop – it’s “fine”…": ("dont-stop-it-s-fine", "don't-stop-it's-\"fine\"..."),
    "foo_bar.baz~x": ("foo-bar-baz-x", "foo_bar.baz~x"),
    "  --a--b-- ": ("a-b", "a-b"),
    "100% sure? 5 > 3": ("100-sure-5-3", "100percent-sure-5-greater-3"),
    "Łódź Ærø Þór Đorđe ĳs ı": ("lodz-aero-thor-dorde-ijs-i", "lodz-aero-thor-djordje-s-i"),
    "x's y't b'c O'Neil's": ("xs-yt-b-c-o-neils", "x's-y't-b'c-o'neil's"),
    "İstanbul": ("istanbul", "istanbul"),
    "Tiếng Việt đẹp": ("tieng-viet-dep", "tieng-viet-djep"),
    "A&B": ("a-and-b", "aandb"),
    "œuvre Œ": ("uvre", "oeuvre-oe"),
    "e\u0301\tb": ("e-b", "e-b"),
    "日本語 title": ("title", None),
    "Ωmega αβγ ψυχή": ("omega-avg-psyxi", None),
    "Привет, мир! Щука Ёлка": ("privet-mir-schuka-yolka", None),
    "€100 ♥ 🦄 🔥": ("e100-love-unicorn", None),
    "Vår ﬁn Ǽ": ("var-n", None),
    "ΆΈ ώ": ("ae-o", None),
    "مرحبا": (None, None),
    "①": (None, None),
    "": ("", ""),
}


@pytest.mark.parametrize(("text", "expected"), [(text, pair[0]) for text, pair in SLUGS.items()])
def test_slugify_spells_as_eleventy_does_or_says_that_it_cannot(text: str, expected: str | None) -> None:
    """frontmatter-68, 80."""
    if expected is None:
        with pytest.raises(ValueError, match="does not know"):
            slugify(text)
    else:
        assert expected == slugify(text)


@pytest.mark.parametrize(("text", "expected"), [(text, pair[1]) for text, pair in SLUGS.items()])
def test_slug_spells_as_eleventy_does_or_says_that_it_cannot(text: str, expected: str | None) -> None:
    """frontmatter-68, 80."""
    if expected is None:
        with pytest.raises(ValueError, match="does not know"):
            slug(text)
    else:
        assert expected == slug(text)


@given(st.text())
@example("\u1c40")
def test_whatever_the_text_a_slug_is_safe_or_refused(text: str) -> None:
    with suppress(ValueError):
        assert re.fullmatch(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", slugify(text))
    with suppress(ValueError):
        assert "/" not in slug(text)
