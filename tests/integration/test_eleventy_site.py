"""A site as Eleventy has it: our posts, addresses, dates, titles, tags and order are its own.

What it makes of the site stands in expected.json beside it, with the command that made it. Names of posts begin with
the item of the checklist that they are about.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from syndicator.crew import Crew
from syndicator.errors import SourceError
from syndicator.feeds import live, select
from syndicator.ledger import settle
from syndicator.model import FeedSpec, Format, Post, Visibility
from syndicator.posts.frontmatter import split
from syndicator.reader import Reader
from syndicator.reading import ReadResult, read_all
from syndicator.settings import Settings, load_settings
from syndicator.sourcing import Readers, reader

HERE = Path(__file__).parents[1] / "sites" / "eleventy"
EXPECTED: dict[str, Any] = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))
COLLECTION: dict[str, dict[str, Any]] = {each["path"].removeprefix("./"): each for each in EXPECTED["collection"]}
NOW = datetime(2026, 1, 1, tzinfo=UTC)

#: Where we differ on purpose: posts of Eleventy's own feed that are in none of ours, and why.
DIFFERENCES = {
    "src/posts/65-draft.md": "draft: true means nothing to Eleventy, to us it is a draft (frontmatter-65)",
    "src/posts/2099-01-01-21-future.md": "Eleventy knows no embargo, to us a date to come is one",
    "src/posts/68-permalink-false.md": "a post without a page has no address (frontmatter-68)",
    "src/posts/3-javascript.md": "front matter that is a program is never run, and reported (frontmatter-3)",
    "src/.hidden/hidden-folder.md": "nothing in hidden folders is ever read",
}
SAME = sorted(COLLECTION.keys() - DIFFERENCES.keys())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """The sample site with no more settings than one needs."""
    file = tmp_path_factory.mktemp("eleventy") / "syndicator.toml"
    file.write_text(
        f'[source]\npath = "{HERE / "site"}"\ndialect = "eleventy"\n'
        '[publish]\nto = "public"\nurl = "https://eleventy.example.org/feeds/"\n',
        encoding="utf-8",
    )
    return reader(load_settings(file, {}))


@pytest.fixture(scope="module")
def result(site: Reader) -> ReadResult:
    with Crew(1) as crew:
        scan, result = read_all(site, crew)
    assert () == scan.refused
    return result


def post_of(site: Reader, path: str) -> Post:
    return site.parse(site.source.read(path))


def test_the_site_has_enough_posts_to_prove_something() -> None:
    assert len(SAME) >= 30


def test_the_publication_is_what_the_data_says(site: Reader) -> None:
    """frontmatter-70."""
    assert ("An Eleventy site", "https://eleventy.example.org/", "en", "The newsroom") == (
        site.site.title,
        site.site.url,
        site.site.language,
        site.site.author,
    )


def test_our_posts_are_those_of_the_collection_in_the_order_of_its_feed(site: Reader, result: ReadResult) -> None:
    """frontmatter-63, 64, 66, 72: the differences are those listed above, no more and no fewer."""
    spec = FeedSpec(name="main", outputs=((Format.RSS, "feed.xml"),), limit=1000)
    settled = settle({}, result.records, (), now=NOW, site_url=site.site.url)
    (selection,) = select(
        [spec], live(settled.records.values(), NOW, last_path_first=site.dialect.last_path_first), site.site, NOW
    )
    ours = [member.path for member in selection.members]

    assert sorted(ours) == SAME
    missing = {post_of_eleventy["url"] for path, post_of_eleventy in COLLECTION.items() if path in DIFFERENCES}
    expected = [url for url in EXPECTED["feed"] if url.removeprefix("https://eleventy.example.org") not in missing]
    assert expected == [post_of(site, path).permalink for path in ours]


@pytest.mark.parametrize("path", SAME)
def test_a_post_is_as_eleventy_has_it(site: Reader, path: str) -> None:
    """frontmatter-1 to 3, 63 to 72: address, date, title, tags, and the slug that templates ask for."""
    expected, post = COLLECTION[path], post_of(site, path)

    assert datetime.fromisoformat(expected["date"]) == post.published
    assert expected["title"] == post.title
    # Spaces around a tag are nobody's wish, and tags that name lists of the site are none for readers.
    assert [tag.strip() for tag in expected["tags"] if tag not in ("posts", "post", "nav")] == list(post.tags)
    assert expected["fileSlug"] == site.dialect.file_name(PurePosixPath(path)).slug


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("src/posts/65-draft.md", "draft: true"),
        ("src/posts/68-permalink-false.md", "permalink: false"),
        ("src/posts/64-excluded.md", "eleventyExcludeFromCollections: true"),
        ("src/posts/64-excluded-by-list.md", "eleventyExcludeFromCollections: post, posts"),
        ("src/posts/70-override-collection.md", 'it is not in the collection "posts"'),
        ("src/about.md", 'it is not in the collection "posts"'),
    ],
)
def test_what_is_left_out_can_say_why(site: Reader, path: str, rule: str) -> None:
    """frontmatter-63 to 65, 68, 70."""

    data, _ = site.dialect.complete(PurePosixPath(path), split(path, site.source.read(path).data).data)

    assert (Visibility.DRAFT, rule) == site.dialect.visibility(PurePosixPath(path), data)


def test_what_is_not_read_is_reported(site: Reader, result: ReadResult) -> None:
    """frontmatter-3, 70."""
    assert ["src/posts/3-javascript.md"] == [error.path for error, _ in result.refused]
    assert ["eleventy.config.js"] == [warning.path for warning in site.warnings]


def test_pages_make_no_warnings(result: ReadResult) -> None:
    """A page's "date: Last Modified" is nobody's business."""
    assert () == result.warnings


def test_the_excerpt_ends_where_the_configuration_says(site: Reader) -> None:
    """frontmatter-71."""
    post = post_of(site, "src/posts/71-excerpt.md")

    assert "What comes first." == site.dialect.excerpt(post.body).strip()


@pytest.fixture
def copy(tmp_path: Path) -> Settings:
    """A site of its own to change."""
    (tmp_path / "site" / "posts").mkdir(parents=True)
    (tmp_path / "site" / "posts" / "posts.json").write_text('{"tags": "posts"}')
    (tmp_path / "site" / "posts" / "2023-08-24-a.md").write_text("Words.\n")
    file = tmp_path / "syndicator.toml"
    file.write_text(
        '[site]\ntitle = "x"\nurl = "https://e.example/"\n[source]\npath = "site"\ndialect = "eleventy"\n'
        '[publish]\nto = "public"\nurl = "https://e.example/feeds/"\n'
    )
    return load_settings(file, {})


def test_other_data_make_every_file_a_changed_one(copy: Settings) -> None:
    """frontmatter-70: a service notices, without a restart."""
    readers = Readers(copy)
    before = readers()
    (copy.source_path / "posts" / "posts.json").write_text('{"tags": "posts", "author": "Ada"}')

    assert before.rules_name != readers().rules_name


def test_another_post_changes_no_other(copy: Settings) -> None:
    readers = Readers(copy)
    before = readers()
    (copy.source_path / "posts" / "2023-08-25-b.md").write_text("Words.\n")
    (copy.source_path / "posts" / "deep").mkdir()
    (copy.source_path / "posts" / "deep" / "2023-08-26-c.md").write_text("Words.\n")

    assert before.rules_name == readers().rules_name
    with Crew(1) as crew:
        scan, result = read_all(readers(), crew)
    assert ["posts/2023-08-24-a.md", "posts/2023-08-25-b.md", "posts/deep/2023-08-26-c.md"] == [
        p for p, _ in scan.changed
    ]
    assert [Visibility.PUBLIC] * 3 == [record.visibility for record in result.records]


def test_data_that_breaks_stops_the_pass_and_not_the_feeds(copy: Settings) -> None:
    """frontmatter-70: what would lose all posts is no change to publish."""
    (copy.source_path / "posts" / "posts.json").write_text('{\n"tags": ')

    with pytest.raises(SourceError, match=r"posts/posts.json:2: is not valid JSON.*the feeds stay"):
        Readers(copy)()
