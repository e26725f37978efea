"""Eleventy's rules beyond the sample site: guesses, what is ignored, what cannot be read, and hostile files."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.dialects.eleventy import Eleventy, configure
from syndicator.dialects.eleventyjs import literals
from syndicator.errors import PostError, SourceError
from syndicator.model import Post, Site, SourceFile, Visibility
from syndicator.ports import Configured, Dialect, FileName, PostFacts, SiteFiles
from syndicator.posts.parse import parse_post
from syndicator.posts.rules import Rules

NEW_YORK = ZoneInfo("America/New_York")
TAGGED = "---\ntags: posts\n---\n"


class Files:
    """A site in memory."""

    def __init__(self, files: Mapping[str, str | bytes]) -> None:
        self._files = {path: data.encode() if isinstance(data, str) else data for path, data in files.items()}

    def read(self, path: str) -> bytes | None:
        return self._files.get(path)

    def names(self, folder: str) -> tuple[str, ...]:
        begin = f"{folder}/" if folder else ""
        below = [path.removeprefix(begin) for path in self._files if path.startswith(begin)]
        return tuple(sorted({name if not rest else f"{name}/" for name, _, rest in (p.partition("/") for p in below)}))

    def find(self, folder: str, fits: Callable[[str], bool]) -> tuple[str, ...]:
        return tuple(sorted(path for path in self._files if path.startswith(folder) and fits(path.rpartition("/")[2])))


def made(files: Mapping[str, str | bytes], **wishes: str) -> Configured:
    site: SiteFiles = Files(files)
    return configure(site, **wishes)


def eleventy(files: Mapping[str, str | bytes], **wishes: str) -> Eleventy:
    dialect = made(files, **wishes).dialect
    assert isinstance(dialect, Eleventy)
    return dialect


def is_scanned(dialect: Dialect, path: str) -> bool:
    folder = PurePosixPath(path).parent
    names = dialect.posts_in(folder)
    return (
        all(dialect.enters(f) for f in (folder, *folder.parents))
        and names is not None
        and names(PurePosixPath(path).name)
    )


def read(text: str, path: str = "posts/2023-08-24-a.md", dialect: Dialect | None = None) -> Post:
    site = Site(title="x", url="https://e.example/", timezone="America/New_York")
    return parse_post(SourceFile(path=path, version="1", data=text.encode()), dialect or tagged(), site, Rules())


def tagged(**more: Any) -> Eleventy:
    return eleventy({"posts/posts.json": '{"tags": "posts"}', "posts/2023-08-24-a.md": "x"}, **more)


def is_post(dialect: Dialect, path: str, **data: Any) -> bool:
    where = PurePosixPath(path)
    return dialect.visibility(where, dialect.complete(where, data)[0])[0] is Visibility.PUBLIC


# --- which files are posts ----------------------------------------------------------------------------------------


def test_the_operators_collection_is_the_one() -> None:
    """frontmatter-63."""
    dialect = eleventy({"posts/posts.json": '{"tags": "posts"}', "a.md": "x"}, collection="news")

    assert is_post(dialect, "a.md", tags="news")
    assert not is_post(dialect, "posts/a.md")


def test_the_operators_pattern_is_enough_and_goes_with_a_tag() -> None:
    """frontmatter-63."""
    files = {"src/writing/a.md": "x", "src/writing/b.njk": "x", "src/about.md": TAGGED}
    by_path = eleventy(files, posts="writing/**", folder="src")
    by_both = eleventy(files, posts="src/writing/*.md", collection="posts")

    assert is_post(by_path, "src/writing/a.md")
    assert [True, True, False] == [is_scanned(by_path, path) for path in files]
    assert not is_post(by_both, "src/writing/a.md")
    assert is_post(by_both, "src/writing/a.md", tags=["posts"])
    assert not is_post(by_both, "src/about.md", tags=["posts"])


def test_without_a_word_a_tag_that_a_post_has_decides() -> None:
    """frontmatter-63."""
    dialect = eleventy({"blog/a.md": "---\ntags: [post]\n---\n", "blog/b.md": "x"})

    assert is_post(dialect, "blog/a.md", tags=["post"])
    assert not is_post(dialect, "blog/b.md")


def test_without_a_tag_a_folder_of_posts_decides_but_for_its_own_page() -> None:
    """frontmatter-63, 70: as where the tag stands in a program."""
    dialect = eleventy({"blog/a.md": "x", "blog/blog.11tydata.js": "tags", "blog/old/posts/b.md": "x", "c.md": "x"})

    assert is_post(dialect, "blog/a.md")
    assert is_post(dialect, "blog/old/posts/b.md")
    assert not is_post(dialect, "blog/index.md")
    assert not is_post(dialect, "blog/blog.njk")
    assert is_post(dialect, "blog/a/index.md")
    assert not is_post(dialect, "c.md")
    assert not is_post(dialect, "blog/a.md", eleventyExcludeFromCollections="posts")
    assert ("blog",) == dialect.posts.folders


def test_without_anything_the_usual_tag_is_asked_for() -> None:
    dialect = eleventy({})

    assert is_post(dialect, "a.md", tags=["post"])
    assert (Visibility.DRAFT, 'it is not in the collection "posts"') == dialect.visibility(PurePosixPath("a.md"), {})


def test_pages_elsewhere_are_only_looked_into_for_the_tag() -> None:
    """frontmatter-3: a front page whose front matter is a program is no refused post."""
    files = {
        "posts/posts.json": '{"tags": ["posts"]}',
        "posts/list.njk": "x",
        "index.njk": "---js\n{}\n---\n",
        "feed.njk": "---json\n{}\n---\n",
        "odd.html": TAGGED,
        "empty.html": "",
        "file.html": "x",
        "file.json": '{"tags": "posts"}',
        "gone.liquid": "---\ntags: posts\n---\n",
        ".eleventyignore": "gone.liquid",
        "about.md": "x",
    }
    dialect = eleventy(files)

    assert ["posts/list.njk", "odd.html", "file.html", "about.md"] == [
        path for path in files if is_scanned(dialect, path)
    ]


@pytest.mark.parametrize(
    "path",
    ["_includes/a.md", "_layouts/a.md", "_data/a.md", "_site/posts/a.md", "node_modules/x/a.md", ".git/a.md", "a.txt",
     "posts/a.11ty.js", "drafts/a.md", "posts/secret-a.md", "notes.md"],
)  # fmt: skip
def test_what_is_ignored_is_not_scanned(path: str) -> None:
    """frontmatter-72."""
    dialect = eleventy(
        {".gitignore": "# no comment\n\n!keep\n/drafts/\n**/secret-*", ".eleventyignore": "notes.md", path: TAGGED}
    )

    assert not is_scanned(dialect, path)
    assert is_scanned(dialect, "posts/a.md")


def test_outside_the_input_nothing_is_scanned() -> None:
    """frontmatter-72: an ignore file in the input folder counts from there."""
    config = 'module.exports = () => ({ dir: { input: "./src/", data: "../data", includes: "../inc", output: "." } })'
    dialect = eleventy(
        {".eleventy.js": config, "src/a.md": "x", "src/.eleventyignore": "b.md", "data/x.json": '{"a": "b"}'}
    )

    assert ("src", "b") == (dialect.input, dialect.site_data["x"]["a"])
    assert is_scanned(dialect, "src/a.md")
    assert not is_scanned(dialect, "src/b.md")
    assert not is_scanned(dialect, "a.md")
    assert not is_scanned(dialect, "inc/a.md")


def test_formats_are_those_of_the_configuration() -> None:
    dialect = eleventy(
        {"eleventy.config.js": 'return { templateFormats: ["html", "css", "njk"] }', "posts/a.html": TAGGED}
    )

    assert is_scanned(dialect, "posts/a.html")
    assert not is_scanned(dialect, "posts/a.md")


def test_a_folder_that_came_later_has_the_data_of_those_above() -> None:
    """frontmatter-70."""
    assert is_post(tagged(), "posts/new/deep/a.md")
    assert not is_post(tagged(), "new/a.md")


# --- data ---------------------------------------------------------------------------------------------------------


def test_global_data_gives_posts_only_what_decides_about_them() -> None:
    """frontmatter-70: authors and pictures of the site are no post's."""
    dialect = eleventy(
        {"_data/tags.json": '["posts"]', "_data/images.json": '["/a.png"]', "_data/odd.json": "{", "a.md": "x"}
    )

    assert {"tags": ["posts"]} == dialect.complete(PurePosixPath("a.md"), {})[0]


@pytest.mark.parametrize(
    ("path", "data"),
    [("posts/posts.json", "{"), ("posts/posts.11tydata.json", b"\xff"), ("posts/a.json", '{"a": 1} x'),
     ("posts/posts.json", "[" * 100_000)],
)  # fmt: skip
def test_data_that_cannot_be_read_stops_the_pass_as_posts_would_be_lost(path: str, data: str | bytes) -> None:
    """frontmatter-70."""
    with pytest.raises(SourceError, match=path):
        made({path: data, "posts/a.md": "x"})


def test_data_that_is_no_table_or_empty_says_nothing() -> None:
    files = {"posts/posts.json": "[1]", "posts/posts.11tydata.json": "", "posts/a.md": TAGGED}

    assert {"tags": ["posts"]} == eleventy(files).complete(PurePosixPath("posts/a.md"), {"tags": "posts"})[0]


def test_tables_are_merged_and_stay_tables() -> None:
    """frontmatter-70."""
    dialect = eleventy(
        {
            "posts/posts.json": '{"a": {"b": [1], "c": {"d": "e"}}, "override:x": "y", "tags": ["posts"]}',
            "posts/a.md": "x",
        }
    )
    data = {"a": {"b": ["2"], "override:c": {"f": "g"}}, "x": "z"}

    assert {"a": {"b": ["1", "2"], "c": {"f": "g"}}, "x": "z", "tags": ["posts"]} == dialect.complete(
        PurePosixPath("posts/a.md"), data
    )[0]
    assert {"b": ["1"], "c": {"d": "e"}} == dialect.complete(PurePosixPath("posts/a.md"), {"a": "text"})[0]["a"]


def test_authors_are_in_the_global_data() -> None:
    """frontmatter-75."""
    people = made({"_data/authors.json": '{"ada": {"name": "Ada Byron", "url": "/ada/"}, "x": {}, "y": 7}'}).people

    assert ["7", "ada", "ada byron", "x", "y"] == sorted(people)
    assert people["ada"] == people["ada byron"]
    assert {} == made({"_data/authors.json": '[{"name": ""}, "z"]'}).people


def test_programs_are_reported_and_never_run() -> None:
    """frontmatter-70."""
    files = {
        "eleventy.config.mjs": "export default (c) => ({ dir: { input: where() }, pathPrefix: prefix })",
        "_data/metadata.js": "x",
        "posts/posts.11tydata.js": "x",
        "posts/a.11tydata.cjs": "x",
        "posts/a.md": "x",
        "posts/b.11ty.js": "x",
        "feed.11ty.js": "x",
    }
    told = made(files).warnings

    assert sorted(files.keys() - {"posts/a.md", "feed.11ty.js"}) == sorted({warning.path for warning in told})
    assert any("input folder" in warning.reason for warning in told)
    assert not any("input folder" in warning.reason for warning in made(files, folder="src").warnings)


@pytest.mark.parametrize(
    ("table", "prefix", "expected"),
    [
        ({"title": "T", "url": "https://e.example", "author": "A"}, "", ("T", "https://e.example", "A")),
        ({"name": "T", "base": "https://e.example/", "author": {"name": "A"}}, "/blog/",
         ("T", "https://e.example/blog/", "A")),
        ({"url": "https://e.example/blog/"}, "/blog/", ("", "https://e.example/blog/", "")),
        ({"title": ["x"], "url": {}, "author": 7}, "", ("", "", "7")),
    ],
)  # fmt: skip
def test_the_publication_is_in_the_global_data(table: dict[str, Any], prefix: str, expected: tuple[str, ...]) -> None:
    """frontmatter-70."""
    config = f'module.exports = {{ pathPrefix: "{prefix}" }}' if prefix else ""
    facts = made({"_data/site.json": json.dumps(table), ".eleventy.js": config}).facts

    assert expected == (facts.title, facts.url, facts.author)


@pytest.mark.parametrize(
    ("program", "folders"),
    [
        ('dir: { input: "src" }', {"input": "src"}),
        ("dir: { input: 'src', output: `public` },", {"input": "src", "output": "public"}),
        ('eleventyConfig.setInputDirectory("src");', {"input": "src"}),
        ('// dir: { input: "old" }\n/* dir: { input: "older" } */ dir: { input: "src" }', {"input": "src"}),
        ('copy("src/*.png"); dir: { input: "src" } // */', {"input": "src"}),
        ('dir: { input: "src" + more }', {}),
        ('dir: { input: "a" }; dir: { input: "b" }', {}),
        ("dir: { input: process.env.IN }", {}),
        ("dir: dirs", {}),
        ("/* dir: { input: 'src' }", {}),
        ("dir: { input: '' }", {"input": ""}),
    ],
)
def test_only_literals_of_a_program_are_known(program: str, folders: dict[str, str]) -> None:
    assert folders == literals(program).folders


def test_the_separator_of_excerpts_is_known_when_they_are_asked_for() -> None:
    """frontmatter-71."""
    assert "---" == literals("setFrontMatterParsingOptions({ excerpt: true })").separator
    assert "<!--x-->" == literals("excerpt: true,\nexcerpt_separator: '<!--x-->',").separator
    assert "" == literals("excerpt_separator: 'x'").separator
    assert "" == Eleventy().excerpt("a\n---\nb")
    assert "a\n" == Eleventy(separator="---").excerpt("a\n---\nb")
    assert "" == Eleventy(separator="---").excerpt("a")
    assert "a" == Eleventy().excerpt("a=b", "=")


# --- dates --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Tokyo", "America/Los_Angeles"])
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2023-08-24", "2023-08-24T00:00Z"),
        ("2023-03-26 02:30:00", "2023-03-26T02:30Z"),
        ("2023-10-29T02:30", "2023-10-29T02:30Z"),
        ("2023-08-24 12:55:00", "2023-08-24T12:55Z"),
        ("2023-08-24 12:55", "2023-08-24T12:55Z"),
        ("2023-08-24T12:55", "2023-08-24T12:55Z"),
        ("2023-08-24 12:55:00 +02:00", "2023-08-24T10:55Z"),
        ("2023-08", "2023-08-01T00:00Z"),
        ("2023", "2023-01-01T00:00Z"),
        ("20230824", "2023-08-24T00:00Z"),
        ("20230824T1255", "2023-08-24T12:55Z"),
        ("2023-W34-4", "2023-08-24T00:00Z"),
        ("2023-236", "2023-08-24T00:00Z"),
        ("2023236", "2023-08-24T00:00Z"),
    ],
)
def test_dates_are_in_utc_whatever_the_sites_zone(value: str, expected: str, zone: str) -> None:
    """frontmatter-66, 67, 77."""
    assert datetime.fromisoformat(expected) == Eleventy().instant(value, ZoneInfo(zone))


@pytest.mark.parametrize(
    "value", ["2023-366", "2023-000", "2023-W99-1", "20231345", "0001", "soon", ["x"], None, "0000-001"]
)
def test_what_is_no_date_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="."):  # noqa: RUF043
        Eleventy().instant(value, NEW_YORK)


@pytest.mark.parametrize("keyword", ["Last Modified", "Created", "git Last Modified", "git Created", "LAST MODIFIED"])
def test_a_time_that_only_a_file_system_or_git_knows_is_never_invented(keyword: str) -> None:
    """frontmatter-66: reported, even where the path has a date, as Eleventy would not take that."""
    with pytest.raises(PostError, match="which the file does not say") as caught:
        read(f"---\ndate: {keyword}\n---\n")

    assert 2 == caught.value.line


def test_a_post_without_a_date_is_refused() -> None:
    """frontmatter-66: Eleventy takes the time when the file was made, which a copy has changed."""
    with pytest.raises(PostError, match="has no date"):
        read("---\ntitle: x\n---\n", "posts/a.md")


def test_a_time_that_eleventy_would_refuse_is_read_with_a_word() -> None:
    """frontmatter-67."""
    post = read("---\ndate: 2023-08-24 12:55\n---\n")

    assert datetime(2023, 8, 24, 12, 55, tzinfo=UTC) == post.published
    assert ["Eleventy takes no time"] == [w.reason.partition(": ")[2][:22] for w in post.warnings]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("posts/2023-08-24-storm.md", FileName(date="2023-08-24", slug="storm")),
        ("2023-08-24/storm.md", FileName(date="2023-08-24", slug="storm")),
        ("2023-08-24-trip/index.md", FileName(date="2023-08-24", slug="trip")),
        ("a-2023-08-24-b.md", FileName(date="2023-08-24", slug="b")),
        ("2023-08-24.md", FileName(date="2023-08-24", slug="2023-08-24")),
        ("index.md", FileName(date="", slug="")),
        ("a.b.njk", FileName(date="", slug="a.b")),
    ],
)
def test_the_path_says_slug_and_perhaps_a_date(path: str, expected: FileName) -> None:
    """frontmatter-66, frontmatter-69."""
    assert expected == Eleventy().file_name(PurePosixPath(path))


# --- addresses ----------------------------------------------------------------------------------------------------


def address(path: str, pattern: str = "", dialect: Eleventy | None = None, **data: Any) -> str:
    where = PurePosixPath(path)
    dialect = dialect or Eleventy()
    return dialect.permalink(
        pattern,
        PostFacts(
            path=where,
            data={"tags": ["posts"], **data},
            slug=dialect.file_name(where).slug,
            categories=("News",),
            published=datetime(2023, 8, 24, 23, 30, tzinfo=UTC),
            zone=NEW_YORK,
        ),
    )


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("posts/2023-08-24-storm.md", "posts/2023-08-24-storm/"),
        ("index.md", ""),
        ("storm.md", "storm/"),
        ("storm/storm.njk", "storm/"),
        ("storm/index.md", "storm/"),
        ("100% #1?.md", "100%25%20%231%3F/"),
    ],
)
def test_the_default_address_is_folders_and_name(path: str, expected: str) -> None:
    """frontmatter-68, 69."""
    assert expected == address(path)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("/a/b/", "a/b/"),
        ("a.html", "a.html"),
        ("/a", "a"),
        ("/", ""),
        ("index.html", ""),
        ("/a/index.html", "a/"),
        ("/a/index/", "a/"),
        ("/my-index.html", "my-index.html"),
        ("../../x/%2e%2e/y/", "y/"),
        ("/caf%C3%A9/é/", "caf%C3%A9/%C3%A9/"),
        ("/a:b/{{ page.fileSlug }}{{ page.outputFileExtension }}", "a:b/stormhtml"),
        ("{{ page.inputPath }}/{{ date | date: '%Y' }}", "src/posts/storm.md/2023"),
        ("", "posts/storm/"),
        (None, "posts/storm/"),
    ],
)
def test_an_address_of_its_own(written: object, expected: str) -> None:
    """frontmatter-68."""
    assert expected == address("src/posts/storm.md", dialect=Eleventy(input="src"), permalink=written)


@pytest.mark.parametrize(
    "written", [{"build": "/a/"}, ["/a/"], True, "true", "{{ collections.all }}", "{% if a %}b{% endif %}"]
)
def test_an_address_that_cannot_be_known_is_refused(written: object) -> None:
    """frontmatter-68."""
    with pytest.raises(ValueError, match="."):  # noqa: RUF043
        address("a.md", permalink=written)


def test_a_page_may_have_an_address_that_cannot_be_known() -> None:
    assert "a/" == address("a.md", tags=["nav"], permalink="{{ pagination.href }}")


def test_an_operators_pattern_is_below_the_posts_own_address() -> None:
    assert "2023/08/24/storm/" == address("posts/2023-08-24-storm.md", "/:year/:month/:day/:title/")
    assert "news/2023/08/24/storm.html" == address("posts/storm.md", "date")
    assert "posts/storm/" == address("posts/storm/index.md", "/:path/")
    assert "own/" == address("posts/storm.md", "date", permalink="/own/")


def test_a_computed_address_counts() -> None:
    """frontmatter-68."""
    assert "x/storm/" == address("storm.md", eleventyComputed={"permalink": "/x/{{ page.fileSlug }}/"})
    assert "storm/" == address("storm.md", eleventyComputed="odd")


def test_pictures_are_beside_the_post_or_in_a_folder_that_is_copied() -> None:
    """frontmatter-76."""
    assert "https://e.example/p/a.png" == getattr(read("---\npermalink: /p/\nimage: a.png\n---\n").image, "url", "")
    assert ("", "public", "static", "assets") == Eleventy().image_folders
    assert ("src", "", "public") == Eleventy(input="src").image_folders[:3]
    assert "src/public" in Eleventy(input="src").image_folders


# --- terms, titles, visibility ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"tags": "cat and dog"}, ((), ("cat and dog",))),
        ({"tags": "cat, dog,"}, ((), ("cat", "dog"))),
        ({"tags": ["posts", "post", "all", "nav", "Sea"]}, ((), ("Sea",))),
        ({"tags": {"a": "b"}}, ((), ())),
        ({"tags": None, "categories": "News, Sea", "category": ["news"]}, (("News", "Sea"), ())),
    ],
)
def test_terms(data: dict[str, Any], expected: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
    """frontmatter-63, 79."""
    complete, _ = Eleventy().complete(PurePosixPath("a.md"), data)

    assert expected == Eleventy().terms(PurePosixPath("a.md"), complete)


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ("", Visibility.PUBLIC),
        ("draft: true", Visibility.DRAFT),
        ("draft: false", Visibility.PUBLIC),
        ("status: draft", Visibility.DRAFT),
        ("permalink: false", Visibility.DRAFT),
        ("eleventyExcludeFromCollections: true", Visibility.DRAFT),
        ('eleventyExcludeFromCollections: "true"', Visibility.DRAFT),
        ("eleventyExcludeFromCollections: false", Visibility.PUBLIC),
        ("eleventyExcludeFromCollections: posts, nav", Visibility.DRAFT),
        ("eleventyExcludeFromCollections: nav", Visibility.PUBLIC),
        ("eleventyExcludeFromCollections:", Visibility.PUBLIC),
        ("override:tags: other", Visibility.DRAFT),
    ],
)
def test_visibility(fields: str, state: Visibility) -> None:
    """frontmatter-64, 65, 68, 78."""
    assert state is read(f"---\n{fields}\n---\n").visibility


def test_a_missing_title_is_the_heading_or_the_name() -> None:
    """frontmatter-6."""
    assert "Of the text" == read("---\ntitle:\n---\n\n# Of the text\n").title
    assert "A great storm" == read("---\n---\n", "posts/2023-08-24-a-great-storm.md").title
    assert "Of the page" == read("---\n---\n<h1 class='x'>Of the\npage</h1>", "posts/2023-08-24-a.html").title


# --- hostile input ------------------------------------------------------------------------------------------------

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=40)
    | st.sampled_from(["posts", "{{ title }}", "false"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    ["tags", "permalink", "date", "draft", "title", "eleventyExcludeFromCollections", "eleventyComputed", "author",
     "override:tags", "image", "slug", "category", "templateEngineOverride"]
)  # fmt: skip


@given(st.dictionaries(KEYS, VALUES, max_size=5), st.dictionaries(KEYS, VALUES, max_size=4))
def test_whatever_the_fields_only_a_post_or_a_post_error_comes_out(
    above: dict[str, Any], below: dict[str, Any]
) -> None:
    dialect = eleventy({"posts/posts.json": json.dumps(below), "posts/2023-08-24-a.md": "x"}, posts="**")

    with suppress(PostError):
        assert read(f"---json\n{json.dumps(above)}\n---\n", dialect=dialect)


@settings(max_examples=300)
@given(
    st.dictionaries(
        st.sampled_from(
            ["eleventy.config.js", ".eleventyignore", ".gitignore", "_data/site.json", "posts/posts.json",
             "posts/a.11tydata.json", "posts/a.md", "index.html"]
        ),
        st.binary(max_size=80)
        | VALUES.map(lambda value: json.dumps(value).encode())
        | st.sampled_from([b'dir: { input: "', b"/*", b"**/{a,b}/[", b'{"tags": {"a": 1}}', b"---\ntags: {}\n---"]),
    )
)  # fmt: skip
def test_whatever_the_files_a_dialect_or_a_source_error_comes_out(files: dict[str, bytes]) -> None:
    with suppress(SourceError):
        dialect = made(files).dialect
        for path in files:
            is_scanned(dialect, path)
            with suppress(PostError):
                read(TAGGED, path, dialect)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "piece", ["/*", "`\\", '"', "dir:{", "dir: { input: ", " ", "templateFormats: [", "excerpt_separator: '"]
)
def test_no_configuration_takes_for_ever(piece: str) -> None:
    assert literals(piece * 60_000)
