"""Jekyll's rules: which files are posts, their terms, slugs and addresses."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.dialects.defaults import Defaults
from syndicator.dialects.jekyll import Jekyll
from syndicator.dialects.permalinks import STYLES, slugify
from syndicator.errors import PostError
from syndicator.model import Visibility
from syndicator.ports import Dialect, FileName, PostFacts

JEKYLL = Jekyll()
PATH = PurePosixPath("_posts/2023-08-24-defection.md")
NOON = datetime(2023, 8, 24, 12, 5, 9, tzinfo=UTC)


def is_post(path: str) -> bool:
    """Whether a scan would take a file for a post, given that it enters the folder."""
    names = JEKYLL.posts_in(PurePosixPath(path).parent)
    return names is not None and names(PurePosixPath(path).name)


def terms(data: dict[str, Any], path: str = "_posts/2023-08-24-a.md") -> tuple[tuple[str, ...], tuple[str, ...]]:
    return JEKYLL.terms(PurePosixPath(path), data)


def address(
    pattern: str = "",
    *,
    data: dict[str, Any] | None = None,
    slug: str = "defection",
    categories: tuple[str, ...] = (),
    path: PurePosixPath = PATH,
    published: datetime = NOON,
    zone: str = "UTC",
) -> str:
    data = {**(data or {}), **({"categories": list(categories)} if categories else {})}
    return JEKYLL.permalink(
        pattern,
        PostFacts(path=path, data=data, slug=slug, categories=(), published=published, zone=ZoneInfo(zone)),
    )


def test_it_is_a_dialect() -> None:
    dialect: Dialect = JEKYLL

    assert ("jekyll", ("date",)) == (dialect.name, dialect.date_fields)


# --- files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "_posts/2023-08-24-a.md",
        "news/_posts/2023-8-4-a.markdown",
        "_posts/deep/er/2023-08-24-a.mkd",
        "_posts/2023-08-24-a.html",
        "es/blog/_posts/2023-08-24-a.mkdn",
        "_posts/2023-08-24-a.b.md",
        "_posts/2023-08-24-ü 日本.mkdown",
        "_posts/23-08-24-a.md",
        "_posts/2023-08-24-a.txt",
        "_posts/2023-08-24-A.MD",
        "_posts/2023-08-24-a.adoc",
        "_posts/2023-08-24-a.md.bak",
        "_posts/2023-08-24-.md",
    ],
)
def test_a_dated_text_below_a_posts_folder_is_a_post(path: str) -> None:
    """frontmatter-17, frontmatter-18."""
    assert is_post(path)
    assert JEKYLL.enters(PurePosixPath(path).parent)


@pytest.mark.parametrize(
    "path",
    [
        "2023-08-24-a.md",
        "posts/2023-08-24-a.md",
        "_drafts/2023-08-24-a.md",
        "_drafts/_posts/2023-08-24-a.md",
        "_posts/a.md",
        "_posts/2023-08-24.md",
        "_posts/2023-08-24-a.png",
        "_posts/2023-08-24-a.JPG",
        "_posts/2023-08-24-a.md.",
        "_posts/2023-08-24-a.tar.gz",
        "_posts/_2023-08-24-a.md",
        "_posts/2023-08-24-",
        "_posts/.git/2023-08-24-a.md",
        "_posts/#x/2023-08-24-a.md",
        "x~/_posts/2023-08-24-a.md",
        "_site/_posts/2023-08-24-a.md",
        "vendor/bundle/gem/_posts/2023-08-24-a.md",
        "node_modules/_posts/2023-08-24-a.md",
        "_posts/2023-08-24-a.md~",
        "2023-08-24-_posts",
        "_posts",
        "_posts/٢٠٢٣-٠٨-٢٤-a.md",
    ],
)
def test_everything_else_is_none(path: str) -> None:
    """frontmatter-17, frontmatter-18, frontmatter-19."""
    assert not is_post(path)


@pytest.mark.parametrize("ending", ["adoc", "textile", "rst", "org", "md.bak", "yml", "text", "mp4x"])
def test_a_post_in_a_format_that_is_not_read_is_refused_by_name(ending: str) -> None:
    """frontmatter-17, frontmatter-18: Jekyll makes a page of it, with a converter or as it stands."""
    path = PurePosixPath(f"_posts/2023-08-24-a.{ending}")

    with pytest.raises(PostError, match=rf"in the format of \.{path.suffix[1:]}, which is not read"):
        JEKYLL.complete(path, {})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2023-08-24-a.txt", "2023/08/24/a.txt"),
        ("2023-08-24-a.HTML", "2023/08/24/a.HTML"),
        ("2023-08-24-a.htm", "2023/08/24/a.htm"),
        ("2023-08-24-A.MD", "2023/08/24/A.html"),
        ("2023-08-24-.md", "2023/08/24/.html"),
        ("2023-08-24-..md", "2023/08/24/.html"),
    ],
)
def test_what_jekyll_does_not_convert_keeps_its_ending(name: str, expected: str) -> None:
    """frontmatter-18, frontmatter-29: as Jekyll 4.3.1 names the pages of these files."""
    path = PurePosixPath("_posts", name)

    assert is_post(path.as_posix())
    assert expected == address(path=path, slug=JEKYLL.file_name(path).slug)


def test_text_is_taken_as_it_stands_unless_it_is_said_to_be_markdown() -> None:
    """frontmatter-18: jekyll-feed has the body of a .txt post as it is."""
    assert ".txt" in JEKYLL.as_html
    assert ".txt" not in Jekyll(extensions=("md", "txt")).as_html
    assert "2023/08/24/a.html" == Jekyll(extensions=("md", "txt")).permalink(
        "",
        PostFacts(
            path=PurePosixPath("_posts/2023-08-24-a.txt"), data={}, slug="a", categories=(), published=NOON,
            zone=ZoneInfo("UTC"),
        ),
    )  # fmt: skip


def test_folders_are_entered_unless_hidden_or_excluded() -> None:
    dialect = Jekyll(exclude=("old/", "tmp*"), include=("_pages", "old/keep"))

    assert dialect.enters(PurePosixPath())
    assert dialect.enters(PurePosixPath("a/_posts/b"))
    assert dialect.enters(PurePosixPath("_pages"))
    assert dialect.enters(PurePosixPath("older"))
    assert dialect.enters(PurePosixPath("old/keep"))
    assert not dialect.enters(PurePosixPath("old/_posts"))
    assert not dialect.enters(PurePosixPath("tmp1"))
    assert not dialect.enters(PurePosixPath("_drafts"))
    assert not dialect.enters(PurePosixPath(".git"))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2023-08-24-defection.md", FileName(date="2023-08-24", slug="defection")),
        ("2023-8-4-a-b.c.html", FileName(date="2023-8-4", slug="a-b.c")),
        ("2023-08-24-dots...md", FileName(date="2023-08-24", slug="dots")),
        ("2023-08-24-2024-01-01-x.md", FileName(date="2023-08-24", slug="2024-01-01-x")),
    ],
)
def test_a_files_name_says_date_and_slug(name: str, expected: FileName) -> None:
    """frontmatter-17, frontmatter-28."""
    assert expected == JEKYLL.file_name(PurePosixPath("_posts", name))


def test_a_missing_title_is_the_slug_with_capitals() -> None:
    """frontmatter-25."""
    assert "The Gop Vote" == JEKYLL.untitled(PurePosixPath("_posts/2023-08-24-the-GOP-vote.md"), "# Heading\n")


def test_drafts_are_drafts_by_their_folder_too() -> None:
    """frontmatter-19, frontmatter-22, frontmatter-78."""
    assert (Visibility.DRAFT, "in a folder _drafts") == JEKYLL.visibility(PurePosixPath("_drafts/x.md"), {})
    assert (Visibility.DRAFT, "draft: true") == JEKYLL.visibility(PATH, {"draft": "true"})
    assert (Visibility.PUBLIC, "") == JEKYLL.visibility(PATH, {})


# --- defaults -----------------------------------------------------------------------------------------------------


def test_the_sites_defaults_lie_below_the_posts_own_fields() -> None:
    """frontmatter.md 24: the longer path wins, what goes behind goes behind all so far, tables merge, null replaces
    nothing."""
    dialect = Jekyll(
        defaults=(
            Defaults("news", "", {"author": "Desk", "image": {"path": "/d.jpg", "alt": "d"}}),
            Defaults("", "", {"author": "Site", "layout": "post", "published": "true"}),
            Defaults("", "posts", {"layout": "article"}),
            Defaults("", "pages", {"layout": "page"}),
            Defaults("other", "", {"author": "Other"}),
            Defaults("n*s", "", {"star": "yes"}),
        )
    )
    own = {"image": {"alt": "own"}, "author": None, "title": "T"}

    assert {
        "author": "Desk",
        "layout": "post",
        "published": "true",
        "image": {"path": "/d.jpg", "alt": "own"},
        "title": "T",
        "star": "yes",
    } == dialect.complete(PurePosixPath("news/_posts/2023-08-24-a.md"), own)[0]
    assert "Desk" == dialect.complete(PurePosixPath("newsroom/_posts/2023-08-24-a.md"), own)[0]["author"]
    assert "Site" == dialect.complete(PurePosixPath("_posts/2023-08-24-a.md"), own)[0]["author"]


def test_without_defaults_the_fields_stay_as_they_are() -> None:
    own = {"title": "T", "x": None}

    assert (own, ()) == JEKYLL.complete(PATH, own)


def test_commas_between_terms_are_remarked_on() -> None:
    """frontmatter.md 26."""
    remarks = JEKYLL.complete(PATH, {"tags": "a, b", "categories": ["a, b"], "category": "x, y"})[1]

    assert ["tags"] == [field for field, _ in remarks]


# --- terms --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"tags": "a b"}, ("a", "b")),
        ({"tag": "a b"}, ("a b",)),
        ({"tags": ["a b", "c"]}, ("a b", "c")),
        ({"tags": "a, b"}, ("a", "b")),
        ({"tag": "one", "tags": ["two"]}, ("one",)),
        ({"tag": None, "tags": "two"}, ("two",)),
        ({"tag": ["a b", "c"]}, ("a b", "c")),
        ({"tag": "", "tags": "two"}, ("two",)),
        ({"tags": None}, ()),
        ({"tags": ["no", "No", "", ["x"]]}, ("no",)),
        ({"tags": {"a": "b"}}, ()),
        ({}, ()),
    ],
)
def test_tags(data: dict[str, Any], expected: tuple[str, ...]) -> None:
    """frontmatter-26, frontmatter-79."""
    assert ((), expected) == terms(data)


@pytest.mark.parametrize(
    ("data", "path", "expected"),
    [
        ({"category": "World Affairs"}, "_posts/x.md", ("World Affairs",)),
        ({"categories": "news sports, local"}, "_posts/x.md", ("news", "sports", "local")),
        ({"categories": ["World Affairs", "News"]}, "_posts/x.md", ("World Affairs", "News")),
        ({"categories": "b c", "category": "d"}, "a/b/_posts/c/x.md", ("a", "b", "c", "d")),
        ({}, "es/blog/_posts/deep/x.md", ("es", "blog")),
        ({"categories": "ES"}, "es/_posts/x.md", ("es",)),
    ],
)
def test_categories_begin_with_the_folders_above(data: dict[str, Any], path: str, expected: tuple[str, ...]) -> None:
    """frontmatter-27, frontmatter-79."""
    assert (expected, ()) == terms(data, path)


def test_the_collections_folder_is_no_category() -> None:
    path = PurePosixPath("content/es/_posts/x.md")

    assert (("es",), ()) == Jekyll(collections_dir="content").terms(path, {})


# --- addresses ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("", "news/2023/08/24/defection.html"),
        ("date", "news/2023/08/24/defection.html"),
        ("pretty", "news/2023/08/24/defection/"),
        ("ordinal", "news/2023/236/defection.html"),
        ("weekdate", "news/2023/W34/Thu/defection.html"),
        ("none", "news/defection.html"),
    ],
)
def test_every_style(style: str, expected: str) -> None:
    """frontmatter-29, frontmatter-80."""
    assert expected == address(style, categories=("News",))


@pytest.mark.parametrize(
    ("placeholders", "expected"),
    [
        ("/:year/:short_year/:month/:i_month/:short_month/:long_month", "2023/23/08/8/Aug/August"),
        ("/:day/:i_day/:y_day/:w_year/:week/:w_day/:short_day/:long_day", "24/24/236/2023/34/4/Thu/Thursday"),
        ("/:hour/:minute/:second", "12/05/09"),
        ("/:title:output_ext", "defection.html"),
        ("/:slug/:name/:path/:collection", "defection/2023-08-24-defection/2023-08-24-defection/posts"),
        ("/:categories/:slugified_categories/x", "arts%20&%20letters/sub/arts-letters/sub/x"),
        ("/:year_:month_:day-x", "2023_08_24-x"),
        ("W:week", "W34"),
        ("no/placeholders/ü b%20c", "no/placeholders/%C3%BC%20b%20c"),
    ],
)
def test_every_placeholder(placeholders: str, expected: str) -> None:
    """frontmatter.md 30."""
    assert expected == address(placeholders, categories=("Arts & Letters", "Sub"))
    assert expected == address("date", data={"permalink": placeholders}, categories=("Arts & Letters", "Sub"))


@pytest.mark.parametrize("pattern", ["/:nothing/", "/:titles/", "/a:b/"])
def test_an_unknown_placeholder_is_an_error(pattern: str) -> None:
    """frontmatter.md 30."""
    with pytest.raises(ValueError, match="unknown placeholder"):
        address(pattern)


def test_a_style_name_in_a_post_is_no_style() -> None:
    """frontmatter.md 29."""
    assert "pretty" == address(data={"permalink": "pretty"})


@pytest.mark.parametrize(
    ("data", "path", "expected"),
    [
        ({"categories": "News sports, local"}, "_posts/2023-08-24-a.md", "news/sports,/local/a"),
        ({"categories": ["Two Words", "b"]}, "_posts/2023-08-24-a.md", "two%20words/b/a"),
        ({"categories": "b, c", "category": "D"}, "es/_posts/x/2023-08-24-a.md", "es/b,/c/d/a"),
    ],
)
def test_categories_in_the_address_are_jekylls_own(data: dict[str, Any], path: str, expected: str) -> None:
    """frontmatter-26, 30: a comma that no feed shows is part of the folder that the page lies in."""
    assert expected == address("/:categories/a", data=data, path=PurePosixPath(path))


def test_commas_of_categories_below_defaults_stay_in_the_address() -> None:
    """frontmatter-24, 26."""
    dialect = Jekyll(defaults=(Defaults("", "", {"categories": ["archive"]}),))

    data, _ = dialect.complete(PATH, {"categories": "a, b"})

    assert (("archive", "a", "b"), ()) == dialect.terms(PATH, data)
    assert ["archive", "a,", "b"] == data["categories"]


def test_no_category_leaves_no_empty_part() -> None:
    """frontmatter-32."""
    assert "2023/08/24/defection.html" == address()


@pytest.mark.parametrize(
    ("written", "zone", "expected"),
    [
        ("2023-08-24 23:30:00 +0000", "Asia/Tokyo", "2023/08/25/defection.html"),
        ("2023-08-24 23:30:00 +0000", "UTC", "2023/08/24/defection.html"),
        ("2023-08-24 03:00:00 +0000", "America/Los_Angeles", "2023/08/23/defection.html"),
        ("2023-08-24 23:30", "Asia/Tokyo", "2023/08/24/defection.html"),
        ("2023-08-24 23:30:00", "Asia/Tokyo", "2023/08/25/defection.html"),
        ("2023-08-24", "America/Los_Angeles", "2023/08/24/defection.html"),
    ],
)
def test_the_day_in_the_address_is_the_sites(written: str, zone: str, expected: str) -> None:
    """frontmatter.md 14, 15, 77."""
    published = JEKYLL.instant(written, ZoneInfo(zone))

    assert expected == address(published=published, zone=zone)


@pytest.mark.parametrize(
    ("slug", "title", "lower"),
    [
        ("C++ & Rust!", "C++-&-Rust!", "c-rust"),
        ("Ünïcödé", "%C3%9Cn%C3%AFc%C3%B6d%C3%A9", "%C3%BCn%C3%AFc%C3%B6d%C3%A9"),
        ("日本語", "%E6%97%A5%E6%9C%AC%E8%AA%9E", "%E6%97%A5%E6%9C%AC%E8%AA%9E"),
        ("a--b", "a-b", "a-b"),
        ("The GOP", "The-GOP", "the-gop"),
        ("50% #1?", "50-1", "50-1"),
        ("a_b.c~d", "a_b.c~d", "a-b-c-d"),
        ("-x-", "x", "x"),
    ],
)
def test_slugs(slug: str, title: str, lower: str) -> None:
    """frontmatter-28, frontmatter-31, frontmatter-80."""
    assert f"{title}/{lower}" == address("/:title/:slug", slug=slug)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("none", "the _config.yml ü² & e\u0301 ½"),
        ("raw", "the-_config.yml-ü²-&-e\u0301-½"),
        ("default", "the-config-yml-ü-e\u0301"),
        ("pretty", "the-_config.yml-ü-&-e\u0301"),
        ("ascii", "the-config-yml-e"),
        ("latin", "the-config-yml-u2-e-1-2"),
    ],
)
def test_slug_modes(mode: str, expected: str) -> None:
    """frontmatter.md 31."""
    assert expected == slugify("The _config.yml ü² & e\u0301 ½", mode)


@pytest.mark.parametrize(
    ("permalink", "expected"),
    [
        ("/../../../../..ESCAPED.html", "ESCAPED.html"),
        ("/%2e%2e/%2E%2e/etc/passwd", "etc/passwd"),
        ("/a/./b/../c", "a/b/c"),
        ("//evil.example/x", "evil.example/x"),
        ("\\\\evil\\x", "%5C%5Cevil%5Cx"),
        ("/a b/ü?x=1#y", "a%20b/%C3%BC%3Fx=1%23y"),
        ("/100%/x%zz", "100%25/x%25zz"),
        ("/x\x00y\n", "xy"),
        ("/a/.", "a/"),
    ],
)
def test_an_address_never_leaves_the_site(permalink: str, expected: str) -> None:
    """frontmatter.md 32; expected.md slug-traversal."""
    assert expected == address(data={"permalink": permalink})


@settings(max_examples=100, deadline=None)
@given(
    st.text(alphabet="ab.:/\\%2e é\x00?#_~-", max_size=20),
    st.text(alphabet="ab./\\% é-", max_size=12),
    st.lists(st.text(max_size=6), max_size=2),
)
def test_whatever_is_written_the_address_is_a_path_below_the_site(
    pattern: str, slug: str, categories: list[str]
) -> None:
    for written in (pattern.replace(":", ""), *STYLES):
        found = address(data={"permalink": written}, slug=slug, categories=tuple(categories))
        shown = address(written, slug=slug, categories=tuple(categories))

        for path in (found, shown):
            assert re.fullmatch(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-F]{2}|%[0-9a-fA-F]{2})*", path)
            assert not path.startswith("/")
            assert not {".", ".."} & set(path.replace("%2e", ".").replace("%2E", ".").split("/"))


# --- excerpt ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "excerpt"),
    [
        ("\nOne.\n\nTwo.\n", "One."),
        ("One\nline", "One\nline"),
        ("See [it][x].\n\nTwo [y].\n\n[x]: https://e.org\n[y]: /y\n", "See [it][x].\n\n[x]: https://e.org\n[y]: /y"),
        (
            "{% highlight ruby %}\na\n\nb\n{% endhighlight %}\n",
            "{% highlight ruby %}\na\n{% endhighlight %}",
        ),
        (
            "{% note %}{% raw %}a{% endraw %}\n\nb\n{% endnote %}{% raw %}{% endraw %}",
            "{% note %}{% raw %}a{% endraw %}\n{% endnote %}",
        ),
        ("{% include x.html %} a\n\nb", "{% include x.html %} a"),
        ("", ""),
    ],
)
def test_the_excerpt_is_the_first_paragraph(body: str, excerpt: str) -> None:
    """frontmatter.md 35."""
    assert excerpt == JEKYLL.excerpt(body)


def test_another_separator_and_none() -> None:
    assert "a\n\nb " == Jekyll(excerpt_separator="<!--more-->").excerpt("a\n\nb <!--more--> c")
    assert "" == Jekyll(excerpt_separator="").excerpt("a\n\nb")


def test_the_posts_own_separator_wins() -> None:
    """frontmatter-35."""
    assert "a\n\nb " == JEKYLL.excerpt("a\n\nb <!--more--> c", "<!--more-->")
    assert "a\n\nb" == JEKYLL.excerpt("a\n\nb", "<!--more-->")
    assert "" == JEKYLL.excerpt("a\n\nb", "")
