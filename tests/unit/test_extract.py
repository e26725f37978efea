"""The body of a post out of its page: the usual places, selectors, and pages of any kind."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from syndicator.markup.extract import extract
from syndicator.markup.selectors import xpaths

PAGE = b"""<!doctype html><html><head><meta charset="utf-8"><title>T</title></head><body>
<nav class="post-list">no</nav>
<main><article id="post"><header><h1>T</h1></header>
<div class="post-content e-content" itemprop="articleBody">a &lt; b <p>W\xc3\xb6rds</p><!-- c --> &amp; end</div>
<footer data-kind="meta">no</footer></article></main></body></html>"""


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("", "a &lt; b <p>W\u00f6rds</p> &amp; end"),
        (".post-content", "a &lt; b <p>W\u00f6rds</p> &amp; end"),
        ("article > div.post-content p", "W\u00f6rds"),
        ("#post [data-kind=meta]", "no"),
        ("main > p, ARTICLE > header", "<h1>T</h1>"),
        ("div[itemprop='articleBody'] > p", "W\u00f6rds"),
        ('[class~="e-content"] *', "W\u00f6rds"),
        ("[data-kind]", "no"),
        ("main > div", None),
        (".content", None),
    ],
)
def test_what_fits_first_is_the_text(selector: str, expected: str | None) -> None:
    """frontmatter-41"""
    assert expected == extract(PAGE, selector)


@pytest.mark.parametrize("selector", ["a:hover", "a >", "> a", "a,,b", "a[b", "a + b", "a]", "", "a" * 2_000, "[a='b]"])
def test_other_selectors_are_refused(selector: str) -> None:
    with pytest.raises(ValueError, match=r"it (cannot be read|is too long)"):
        xpaths(selector)


@pytest.mark.parametrize(
    "page", [b"", b"\0", b"no markup", b"<", b"\xff\xfe<\0", b"<html></html>", b"<article>", b"<!-- c -->"]
)
def test_pages_without_a_text_have_none(page: bytes) -> None:
    assert not extract(page)


def test_a_page_that_is_nested_deep_is_over_in_no_time() -> None:
    started = time.process_time()

    extract(b"<article>" + b"<div>" * 150_000 + b"x")

    assert time.process_time() - started < 2


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.from_regex(r"[a-z.#\[\]=~>, *'\"-]{0,20}", fullmatch=True))
@example(b"", "[-]")
@example(b"", "a²[²]")
def test_any_page_and_any_selector_are_survived(page: bytes, selector: str) -> None:
    try:
        xpaths(selector)
    except ValueError:
        return
    extract(b"<article>" + page, selector)
