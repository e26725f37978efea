"""What a post may have been known by: its page, the addresses that lead there, its title and its name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from syndicator.dialects.hugo import Hugo
from syndicator.dialects.jekyll import Jekyll
from syndicator.errors import PostError
from syndicator.model import Site, SourceFile
from syndicator.ports import Dialect
from syndicator.posts.bearings import Place, place_of
from syndicator.posts.parse import parse_post
from syndicator.posts.rules import Rules

SITE = Site(title="The Example", url="https://news.example.org/blog/", timezone="America/New_York")
POSTS = sorted((Path(__file__).parents[1] / "hostile" / "_posts").iterdir())


def place(text: str, path: str = "_posts/2026-03-01-bread.md", dialect: Dialect | None = None) -> Place:
    return place_of(SourceFile(path=path, version="v", data=text.encode()), dialect or Jekyll(), SITE, Rules())


def test_title_page_and_slug_are_those_of_the_post() -> None:
    assert Place("Bread", "https://news.example.org/blog/2026/03/01/bread.html", (), "bread") == place(
        "---\ntitle: Bread\n---\nWords."
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param(
            "redirect_from: /?p=7", ["https://news.example.org/blog/?p=7", "https://news.example.org/?p=7"], id="34"
        ),
        pytest.param(
            "redirect_from: [/old/, 'https://old.example.net/x']",
            ["https://news.example.org/blog/old/", "https://news.example.org/old/", "https://old.example.net/x"],
            id="34-list",
        ),
        pytest.param("redirect_from: ['http://[', '']", [], id="no-address"),
        pytest.param("redirect_from: {a: b}", [], id="no-text"),
    ],
)
def test_former_addresses_of_jekyll(written: str, expected: list[str]) -> None:
    """frontmatter-34."""
    assert expected == list(place(f"---\ntitle: Bread\n{written}\n---\n").former)


def test_former_addresses_of_hugo() -> None:
    """frontmatter-56."""
    text = "---\ntitle: Bread\ndate: 2026-03-01\naliases: [/old/, older]\n---\n"
    found = place(text, "posts/bread.md", Hugo())

    assert [
        "https://news.example.org/blog/old/",
        "https://news.example.org/old/",
        "https://news.example.org/blog/posts/bread/older",
    ] == list(found.former)


@pytest.mark.parametrize("post", POSTS, ids=lambda post: post.name)
def test_it_says_of_a_post_what_parsing_it_says(post: Path) -> None:
    file = SourceFile(path=f"_posts/{post.name}", version="v", data=post.read_bytes())
    try:
        found = place_of(file, Jekyll(), SITE, Rules())
    except PostError as error:
        with pytest.raises(PostError, match=re.escape(str(error))):
            parse_post(file, Jekyll(), SITE, Rules())
        return
    try:
        whole = parse_post(file, Jekyll(), SITE, Rules())
    except PostError:
        return  # what only a whole reading finds is for 'check'

    assert (whole.title, whole.permalink) == (found.title, found.permalink)
