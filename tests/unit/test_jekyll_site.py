"""What a Jekyll site's own files say, from any bytes that may stand in them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.dialects.jekyll import Jekyll
from syndicator.dialects.jekyllsite import configure
from syndicator.errors import PostError, SourceError
from syndicator.model import Person, Visibility
from syndicator.ports import Configured, PostFacts, SiteFacts

POST = PurePosixPath("_posts/2023-08-24-a.md")


class Files:
    """A site's files as a table."""

    def __init__(self, files: Mapping[str, str | bytes]) -> None:
        self._files = files

    def read(self, path: str) -> bytes | None:
        found = self._files.get(path)
        return found.encode() if isinstance(found, str) else found

    def names(self, folder: str) -> tuple[str, ...]:
        return tuple(sorted(p.removeprefix(f"{folder}/") for p in self._files if p.startswith(f"{folder}/")))

    def find(self, folder: str, fits: Callable[[str], bool]) -> tuple[str, ...]:
        raise AssertionError(f"nothing is looked for in {folder}")


def configured(config: str, **files: str) -> Configured:
    return configure(Files({"_config.yml": config, **files}))


def dialect(config: str) -> Jekyll:
    found = configured(config).dialect
    assert isinstance(found, Jekyll)
    return found


def test_without_a_configuration_all_is_as_jekyll_has_it() -> None:
    found = configure(Files({}))

    assert (SiteFacts(), (), {}, False) == (found.facts, found.warnings, found.people, found.future)
    assert Jekyll(include=(".htaccess",)) == found.dialect


def test_the_facts_are_those_of_the_publication() -> None:
    """frontmatter-33, 90."""
    assert SiteFacts(
        title="The Site",
        url="https://a.example.org/blog",
        description="About",
        language="en-US",
        timezone="Europe/Berlin",
        author="Jane",
    ) == configured(
        "title: The Site\nurl: https://a.example.org/\nbaseurl: /blog/\ndescription: About\nlocale: en_US.UTF-8\n"
        "timezone: Europe/Berlin\nauthor: {name: Jane, email: j@example.org}\n"
    ).facts  # fmt: skip


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ("url: https://a.org", "https://a.org"),
        ("baseurl: /blog", ""),
        ('url: https://a.org\nbaseurl: ""', "https://a.org"),
        ("url: https://a.org\nbaseurl: /", "https://a.org"),
        ("url: https://a.org\nbaseurl: blog", "https://a.org/blog"),
        ("url: [a]", ""),
    ],
)
def test_the_address_is_url_and_base_path(config: str, expected: str) -> None:
    """frontmatter-33."""
    assert expected == configured(config).facts.url


def test_the_settings_are_those_of_the_configuration() -> None:
    """frontmatter-17, 18, 23, 24, 29, 35."""
    found = dialect(
        "permalink: pretty\ncollections: {posts: {permalink: '/:title/'}}\ncollections_dir: /texts/\n"
        "exclude: [old, ./x]\n"
        'include: [node_modules, _pages]\nexcerpt_separator: "<!--more-->"\nmarkdown_ext: "md,txt"\nunpublished: true\n'
        "feed: {excerpt_only: true}\ndefaults: [{scope: {path: texts/_posts, type: post}, values: {author: A}}]\n"
    )

    assert ("/:title/", "texts", "<!--more-->", ("md", "txt"), True, True) == (
        found.permalink_style,
        found.collections_dir,
        found.excerpt_separator,
        found.extensions,
        found.unpublished,
        found.excerpt_only,
    )
    assert ("old", "x") == found.exclude[:2]
    assert "node_modules" not in found.exclude
    assert ("node_modules", "_pages") == found.include
    assert "A" == found.complete(PurePosixPath("texts/_posts/2023-08-24-a.md"), {})[0]["author"]


@pytest.mark.parametrize("style", ["date", "pretty", "ordinal", "weekdate", "none"])
def test_a_style_below_collections_is_a_pattern_and_told(style: str) -> None:
    """frontmatter-29, frontmatter-90: Jekyll 4.3.1 puts every post at the address /pretty then."""
    found = configured(f"permalink: none\ncollections: {{posts: {{permalink: {style}}}}}\n")
    jekyll = found.dialect
    published = datetime(2023, 8, 24, tzinfo=UTC)

    facts = PostFacts(path=POST, data={}, slug="a", categories=(), published=published, zone=ZoneInfo("UTC"))
    assert style == jekyll.permalink("", facts)
    (warning,) = found.warnings
    assert f"puts every post at the address /{style}" in warning.reason
    assert f'write "permalink: {style}" outside of collections' == warning.remedy


def test_below_a_collections_folder_alone_are_posts_and_it_is_no_part_of_them() -> None:
    """frontmatter-17, 27."""
    found = dialect("collections_dir: texts\n")
    path = PurePosixPath("texts/news/_posts/2023-08-24-a.md")
    is_post = found.posts_in(path.parent)

    assert found.posts_in(PurePosixPath("_posts")) is None
    assert is_post is not None
    assert is_post(path.name)
    assert ("news",) == found.terms(path, {})[0]


@pytest.mark.parametrize("separator", ['excerpt_separator: ""', "excerpt_separator: ''"])
def test_an_empty_separator_is_no_excerpt(separator: str) -> None:
    """frontmatter-35."""
    assert "" == dialect(separator).excerpt("One.\n\nTwo.\n")


def test_a_list_of_collections_and_odd_defaults_stop_nothing() -> None:
    """frontmatter-24."""
    found = configured(
        "collections: [staff]\ndefaults: [5, {scope: x}, {values: {author: A}}, {scope: {path: /x}, values: {}}]"
    )

    assert "A" == found.dialect.complete(POST, {})[0]["author"]
    assert 3 == len(found.warnings)


def test_categories_of_the_defaults_are_added_to() -> None:
    """frontmatter-24, 27."""
    found = dialect("defaults: [{scope: {path: ''}, values: {categories: a b, tags: [t]}}]")

    assert (("a", "b", "c"), ("u",)) == found.terms(POST, found.complete(POST, {"categories": "c", "tags": "u"})[0])


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({}, Visibility.DRAFT),
        ({"published": None}, Visibility.DRAFT),
        ({"published": "true"}, Visibility.PUBLIC),
    ],
)
def test_a_default_may_hide_and_null_does_not_show(own: dict[str, object], expected: Visibility) -> None:
    """frontmatter-20, 24, 78."""
    found = dialect("defaults: [{scope: {path: ''}, values: {published: false}}]")

    assert expected is found.visibility(POST, found.complete(POST, own)[0])[0]


def test_the_data_on_authors_may_be_yaml_json_or_csv() -> None:
    """frontmatter-75."""
    jane = Person(
        name="Jane Doe", email="j@example.org", url="https://j.example.org/", avatar="/img/j.jpg", title="Editor"
    )
    table = {"name": "Jane Doe", "email": "j@example.org", "uri": "https://j.example.org/", "avatar": "/img/j.jpg"}
    rows = "key,name,email,url,avatar,role\njane,Jane Doe,j@example.org,https://j.example.org/,/img/j.jpg,Editor\n"

    for name, text in (
        ("_data/authors.yml", json.dumps({"jane": {**table, "title": "Editor"}})),
        ("_data/authors.json", json.dumps({"jane": {**table, "role": "Editor"}})),
        ("_data/authors.csv", rows),
        ("_data/authors.tsv", rows.replace(",", "\t")),
    ):
        assert {"jane": jane, "jane doe": jane} == configured("", **{name: text}).people


def test_the_sites_author_may_be_a_key() -> None:
    """frontmatter-38."""
    assert "Jane Doe" == configured("author: jane\n", **{"_data/authors.yml": "jane: {name: Jane Doe}\n"}).facts.author


def test_staff_pages_are_people_with_title_portrait_and_page() -> None:
    """frontmatter-89, 90."""
    found = configured(
        "collections:\n  staff: {output: true, permalink: '/about/staff/:title'}\n",
        **{
            "_staff/john-doe.md": "---\ntitle: John Doe\nauthor-title: Writer\nmug-path: /img/john.jpg\n---\nHe.\n",
            "_staff/gone.md": "---\ntitle: Gone\npublished: false\n---\n",
            "_staff/broken.md": "---\ntitle: [\n---\n",
            "_staff/nameless.md": "---\nauthor-title: Writer\n---\n",
            "_staff/portrait.jpg": "",
        },
    )
    john = Person(name="John Doe", title="Writer", url="/about/staff/john-doe", avatar="/img/john.jpg")

    assert {"john-doe": john, "john doe": john} == found.people
    assert ["_staff/broken.md"] == [warning.path for warning in found.warnings]


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ("collections: {staff: {output: true}}", "/staff/john.html"),
        ("permalink: pretty\ncollections: {staff: {output: true}}", "/staff/john/"),
        ("permalink: /:title\ncollections: {staff: {output: true}}", "/staff/john"),
        ("collections: {staff: {output: false}}", ""),
        ("collections: [staff]", ""),
        ("collections: {staff: {output: true, permalink: '/:unknown/'}}", ""),
    ],
)
def test_the_page_of_somebody_is_where_jekyll_writes_it(config: str, expected: str) -> None:
    """frontmatter-89."""
    found = configured(config, **{"_staff/john.md": "---\ntitle: John\n---\n"})

    assert expected == found.people["john"].url


@pytest.mark.parametrize(
    "files",
    [
        {"_config.yml": "a: [\n"},
        {"_config.yml": b"\xff\xfe\x00"},
        {"_config.yml": "just text"},
        {"_config.toml": "a = \n"},
        {"_data/authors.json": "{"},
        {"_data/authors.json": "[" * 5000},
        {"_data/authors.json": "[" * 100 + "]" * 100},
        {"_data/authors.csv": "key,name\n" + "a,b\n" * 20_000},
        {"_data/authors.csv": 'key\n"' + "x" * 200_000},
    ],
)
def test_what_cannot_be_read_is_a_source_error_that_names_the_file(files: dict[str, str | bytes]) -> None:
    with pytest.raises(SourceError, match=r"source _(config|data/authors)\.\w+"):
        configure(Files(files))


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["true", "_posts", "*", "/", "[", "a b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    ["title", "url", "baseurl", "author", "permalink", "collections", "collections_dir", "defaults", "exclude",
     "include", "excerpt_separator", "markdown_ext", "feed", "data_dir", "future", "limit_posts", "lang", "source"]
)  # fmt: skip


@given(st.dictionaries(KEYS, VALUES, max_size=8), st.dictionaries(st.text(max_size=6), VALUES, max_size=3))
def test_no_configuration_is_a_traceback_and_every_post_can_be_asked_about(
    config: dict[str, object], authors: dict[str, object]
) -> None:
    files = {"_config.yml": json.dumps(config, ensure_ascii=True), "_data/authors.json": json.dumps(authors)}
    try:
        found = configure(Files(files)).dialect
    except SourceError:
        return
    path = PurePosixPath("news/_posts/2023-08-24-a.md")
    found.enters(path.parent)
    found.posts_in(path.parent)
    try:
        data = found.complete(path, {"title": "T", "categories": ["x"]})[0]
    except PostError:
        return  # a site whose markdown_ext has no "md" does not read the post, and says so
    found.visibility(path, data)
    found.terms(path, data)
    found.excerpt("One.\n\nTwo.\n")


@given(st.binary(max_size=200))
def test_no_bytes_are_a_traceback(data: bytes) -> None:
    for name in ("_config.yml", "_config.toml", "_data/authors.yml", "_data/authors.json", "_data/authors.csv"):
        with suppress(SourceError):
            configure(Files({name: data}))
