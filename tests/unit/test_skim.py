"""A skim agrees with the post, and its ``content`` moves with what readers see, and with nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from syndicator.dialects.defaults import Defaults
from syndicator.dialects.eleventy import Eleventy
from syndicator.dialects.jekyll import Jekyll
from syndicator.errors import PostError
from syndicator.model import Site, Skim, SourceFile
from syndicator.ports import Dialect
from syndicator.posts.parse import parse_post
from syndicator.posts.rules import Rules
from syndicator.posts.skim import skim_post

POSTS = sorted((Path(__file__).parents[1] / "hostile" / "_posts").iterdir())
POSTS += sorted((Path(__file__).parents[2] / "config" / "demo" / "content" / "_posts").iterdir())
SITE = Site(title="The Example", url="https://news.example.org/", timezone="America/New_York")

BEFORE = """---
title: Bread
subhed: Flour and water
author: Ana Lima
date: 2026-03-01 10:00
layout: post
category: Food
featured-image:
  path: /img/bread.png
  alt-text: A loaf
---
Flour and water.
"""


def skim(text: str, path: str = "_posts/2026-03-01-bread.md") -> Skim:
    return skim_post(SourceFile(path=path, version="v", data=text.encode()), Jekyll(), SITE, Rules())


@pytest.mark.parametrize("post", POSTS, ids=lambda post: post.name)
def test_a_skim_says_of_a_post_what_parsing_it_says(post: Path) -> None:
    file = SourceFile(path=f"_posts/{post.name}", version="v", data=post.read_bytes())
    try:
        whole = parse_post(file, Jekyll(), SITE, Rules())
    except PostError as error:
        with pytest.raises(PostError, match=re.escape(str(error))):
            skim_post(file, Jekyll(), SITE, Rules())
        return
    found = skim_post(file, Jekyll(), SITE, Rules())

    for name in ("path", "digest", "visibility", "published", "modified", "expires", "given_id"):
        assert getattr(whole, name) == getattr(found, name)
    assert {
        "author": tuple(person.name for person in whole.people),
        "category": whole.categories,
        "tag": whole.tags,
    } == {name: dict(found.terms).get(name, ()) for name in ("author", "category", "tag")}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: Bread", "title: Loaf"),
        ("subhed: Flour and water", "subhed: Salt"),
        ("Ana Lima", "Ana Luz"),
        ("category: Food", "category: News"),
        ("/img/bread.png", "/img/loaf.png"),
        ("A loaf", "Two loaves"),
        ("Flour and water.\n", "Flour, water, salt.\n"),
    ],
)
def test_what_a_reader_sees_moves_the_content(old: str, new: str) -> None:
    assert skim(BEFORE).content != skim(BEFORE.replace(old, new)).content


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("layout: post", "layout: story"),
        ("layout: post", "permalink: /bread/"),
        ("layout: post", "last_modified_at: 2026-03-02"),
        ("2026-03-01 10:00", "2026-03-01 11:00"),
        ("Flour and water.\n", "Flour and water.\n\n\n"),
        ("title: Bread", 'title: "Bread"'),
    ],
)
def test_what_a_reader_does_not_see_leaves_the_content(old: str, new: str) -> None:
    assert skim(BEFORE).content == skim(BEFORE.replace(old, new)).content


def test_moving_the_site_leaves_the_content() -> None:
    file = SourceFile(path="_posts/2026-03-01-bread.md", version="v", data=BEFORE.encode())
    moved = Site(title="The Example", url="https://moved.example/", timezone="America/New_York")

    assert skim(BEFORE).content == skim_post(file, Jekyll(), moved, Rules()).content


def test_a_mark_and_line_ends_leave_the_content() -> None:
    file = SourceFile(
        path="_posts/2026-03-01-bread.md", version="v", data=b"\xef\xbb\xbf" + BEFORE.replace("\n", "\r\n").encode()
    )

    assert skim(BEFORE).content == skim_post(file, Jekyll(), SITE, Rules()).content


@pytest.mark.parametrize(
    ("line", "expected"),
    [("", "en"), ("lang: fr", "fr"), ("language: pt_BR", "pt-BR"), ("locale: de", "de"), ("lang: tlhIngan Hol", "en")],
)
def test_every_post_has_a_language(line: str, expected: str) -> None:
    """frontmatter-62, 75: the site's own where the post says none that is one."""
    found = skim(f"---\ntitle: Bread\n{line}\n---\n")

    assert ("language", (expected,)) in found.terms
    assert ("tlh" in line) == bool(found.warnings)


def test_the_language_that_posts_have_by_now_is_no_part_of_what_readers_see() -> None:
    """frontmatter-62: what a ledger remembers of content from before that still is the same."""
    text = "---\ntitle: Bread\ncategory: news\n---\nFlour."
    elsewhere = SourceFile(path="_posts/2026-03-01-bread.md", version="v", data=text.encode())

    assert "e61454327513a60c612a41741aff22b7" == skim(text).content
    assert skim(text).content == skim_post(elsewhere, Jekyll(), replace(SITE, language="de"), Rules()).content


@pytest.mark.parametrize(
    ("dialect", "path"),
    [
        (Jekyll(defaults=(Defaults("", "", {"lang": "fr"}),)), "_posts/2026-03-01-bread.md"),
        (Eleventy(folder_data={"fr": {"lang": "fr", "tags": "post"}}), "fr/2026-03-01-bread.md"),
    ],
)
def test_defaults_may_say_the_language(dialect: Dialect, path: str) -> None:
    """frontmatter-24, 62, 70: which is how sites in several languages do it."""
    file = SourceFile(path=path, version="v", data=b"---\ntitle: Bread\n---\n")

    assert ("language", ("fr",)) in skim_post(file, dialect, SITE, Rules()).terms
