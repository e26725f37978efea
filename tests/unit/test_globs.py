"""Patterns of paths mean what they mean to the generators, and none takes for ever."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.dialects.globs import is_literal, lies_in, matches


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("posts/**", "posts/a.md"),
        ("posts/**", "posts/deep/er/a.md"),
        ("./posts/*.md", "posts/a.md"),
        ("**/*.md", "a.md"),
        ("**/*.md", "x/y/a.md"),
        ("src/**/a-*.md", "src/x/a-b.md"),
        ("{posts,blog}/*.{md,html}", "blog/a.html"),
        ("posts/[ab].md", "posts/a.md"),
        ("posts/?.md", "posts/a.md"),
        ("posts", "posts"),
    ],
)
def test_a_pattern_means(pattern: str, path: str) -> None:
    assert matches(path, pattern)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("posts/*.md", "posts/deep/a.md"),
        ("posts/**", "post/a.md"),
        ("**/*.md", "a.html"),
        ("{posts,blog}/*", "news/a.md"),
        ("posts", "posts/a.md"),
        ("a/**/b", "a/c"),
        ("", "a"),
    ],
)
def test_a_pattern_does_not_mean(pattern: str, path: str) -> None:
    assert not matches(path, pattern)


def test_literals_and_folders() -> None:
    assert is_literal("a/b.md")
    assert not is_literal("a/*.md")
    assert lies_in("a/b", ("a",))
    assert lies_in("a", ("a",))
    assert lies_in("a", ("",))
    assert not lies_in("ab", ("a",))
    assert not lies_in("a", ())


@pytest.mark.timeout(10)
@pytest.mark.parametrize("pattern", ["**/" * 300 + "b", "*a" * 100 + "b", "{a,b}" * 60, "{{a,b},{c,d}}" * 20])
def test_no_pattern_takes_for_ever(pattern: str) -> None:
    assert not matches("/".join(["aaaaaaaaaaaaaaaaaaaaaaaa"] * 200), pattern)


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_a_pattern(path: str, pattern: str) -> None:
    assert matches(path, pattern) in (True, False)
