"""Plain folders: every text is a post, its date in the front matter or the name."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from syndicator.dialects.plain import Plain
from syndicator.model import Visibility
from syndicator.ports import Dialect, FileName, PostFacts

PLAIN = Plain()


def is_post(path: str) -> bool:
    """Whether a scan would take a file for a post, given that it enters the folder."""
    names = PLAIN.posts_in(PurePosixPath(path).parent)
    return names is not None and names(PurePosixPath(path).name)


def address(path: str, pattern: str = "", data: dict[str, Any] | None = None) -> str:
    return PLAIN.permalink(
        pattern,
        PostFacts(
            path=PurePosixPath(path),
            data=data or {},
            slug=PLAIN.file_name(PurePosixPath(path)).slug,
            categories=("News",),
            published=datetime(2023, 8, 24, 23, 30, tzinfo=UTC),
            zone=ZoneInfo("Asia/Tokyo"),
        ),
    )


def test_it_is_a_dialect() -> None:
    dialect: Dialect = PLAIN

    assert "plain" == dialect.name
    assert "date" == dialect.date_fields[0]
    assert {"publishDate", "pubDate", "published", "published_at", "created"} < set(dialect.date_fields)


@pytest.mark.parametrize(
    "path",
    ["a.md", "a.html", "deep/er/a.markdown", "2023-08-24.md", "2023-08-24-README.md", "trips/index.md", "a.b.mkd"],
)
def test_texts_are_posts(path: str) -> None:
    assert is_post(path)


@pytest.mark.parametrize(
    "path",
    ["a.txt", "a.png", "md", ".md", ".a.md", "_a.md", "~a.md", "_drafts/a.md", ".git/a.md", "x/_y/z/a.md", "README.md",
     "docs/readme.markdown", "LICENSE.md", "CHANGELOG.md", "node_modules/p/a.md", "a.md~"],
)  # fmt: skip
def test_everything_else_is_none(path: str) -> None:
    assert not is_post(path)


def test_hidden_folders_are_not_entered() -> None:
    assert PLAIN.enters(PurePosixPath())
    assert PLAIN.enters(PurePosixPath("a/b"))
    assert not PLAIN.enters(PurePosixPath("a/_b/c"))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("2023-08-24-storm.md", FileName(date="2023-08-24", slug="storm")),
        ("2023-08-24_the storm.md", FileName(date="2023-08-24", slug="the storm")),
        ("2023-08-24.md", FileName(date="2023-08-24", slug="2023-08-24")),
        ("storm.md", FileName(date="", slug="storm")),
        ("trips/2023-08-24-alps/index.md", FileName(date="2023-08-24", slug="alps")),
        ("trips/alps/index.md", FileName(date="", slug="alps")),
        ("index.md", FileName(date="", slug="index")),
        ("not a text.png", FileName(date="", slug="not a text")),
        ("2023-08-24x.md", FileName(date="", slug="2023-08-24x")),
    ],
)
def test_the_name_says_slug_and_perhaps_a_date(path: str, expected: FileName) -> None:
    assert expected == PLAIN.file_name(PurePosixPath(path))


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("text\n\n# The *storm* #\n\nmore", "The *storm*"),
        ("```\n# comment\n```\n# Real\n", "Real"),
        ("~~~\n# comment\n", "A great storm"),
        ("## Second level\n", "A great storm"),
        ("#hashtag\n", "A great storm"),
        ("#  \n", "A great storm"),
        ("", "A great storm"),
    ],
)
def test_a_missing_title_is_the_heading_or_the_name(body: str, title: str) -> None:
    """rss-68, atom-21: frontmatter.md 6."""
    assert title == PLAIN.untitled(PurePosixPath("2023-08-24-a-great_storm.md"), body)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"tags": "cat and dog"}, ((), ("cat and dog",))),
        ({"tags": "cat, dog,,"}, ((), ("cat", "dog"))),
        ({"tags": ["a, b", "c"], "tag": "d"}, ((), ("a, b", "c", "d"))),
        ({"categories": ["News"], "category": "news"}, (("News",), ())),
        ({"tags": {"a": "b"}, "category": 7}, (("7",), ())),
        ({}, ((), ())),
    ],
)
def test_terms(data: dict[str, Any], expected: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
    assert expected == PLAIN.terms(PurePosixPath("news/a.md"), data)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("news/2023-08-24-storm.md", "news/storm/"),
        ("storm.md", "storm/"),
        ("trips/alps/index.md", "trips/alps/"),
        ("trips/2023-08-24-alps/index.md", "trips/alps/"),
        ("My Ünder/2023-08-24_The storm.md", "My%20%C3%9Cnder/The-storm/"),
        ("index.md", "index/"),
    ],
)
def test_the_address_is_folders_and_slug(path: str, expected: str) -> None:
    assert expected == address(path)


def test_a_pattern_a_style_and_the_posts_own_address() -> None:
    assert "2023/08/25/storm/" == address("news/storm.md", "/:year/:month/:day/:title/")
    assert "news/2023/08/25/storm.html" == address("x/storm.md", "date")
    assert "own/page.html" == address("storm.md", "date", {"permalink": "/own/page.html"})
    assert "own/" == address("storm.md", data={"url": "/own/"})
    with pytest.raises(ValueError, match=":nothing"):
        address("storm.md", "/:nothing/")


def test_seconds_do_not_change_the_zone() -> None:
    berlin = ZoneInfo("Europe/Berlin")

    assert PLAIN.instant("2023-08-24 12:55", berlin) == PLAIN.instant("2023-08-24 12:55:00", berlin)


def test_visibility_is_what_the_fields_say() -> None:
    path = PurePosixPath("a.md")

    assert (Visibility.DRAFT, "draft: true") == PLAIN.visibility(path, {"draft": "true"})
    assert (Visibility.PUBLIC, "") == PLAIN.visibility(path, {"published": "2023-08-24"})
    assert ({"a": "b"}, ()) == PLAIN.complete(path, {"a": "b"})


@pytest.mark.parametrize(
    ("body", "excerpt"),
    [
        ("# Title\n\nFirst.\nStill.\n\nSecond.", "First.\nStill."),
        ("One.\n\nTwo.\n<!-- more -->\nThree.", "One.\n\nTwo.\n"),
        ("\n\n", ""),
        ("# Only a heading", ""),
    ],
)
def test_the_excerpt_is_what_stands_before_more_or_the_first_paragraph(body: str, excerpt: str) -> None:
    assert excerpt == PLAIN.excerpt(body)


def test_the_posts_own_separator_wins_where_it_occurs() -> None:
    """frontmatter-35."""
    assert "a\n\nb " == PLAIN.excerpt("a\n\nb =cut= c", "=cut=")
    assert "a" == PLAIN.excerpt("a\n\nb", "=cut=")
