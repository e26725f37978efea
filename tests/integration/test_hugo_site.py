"""Sample sites of Hugo's: our posts are those of Hugo's own output, which ``tests/sites/record_hugo.py`` wrote down."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from syndicator.dialects import hugosite
from syndicator.entries import make_entry
from syndicator.errors import PostError
from syndicator.feeds import newest_first
from syndicator.ledger import record_of
from syndicator.model import Entry, Post, PostState, Site, Skim, Visibility
from syndicator.posts.fields import FieldMap
from syndicator.posts.rules import Rules
from syndicator.reader import Reader
from syndicator.sources.folder import FolderSource
from syndicator.sources.site import SiteFolder

SITES = Path(__file__).parents[1] / "sites"
NAMES = ("hugo", "hugo-folder")
NOW = datetime(2024, 1, 1, tzinfo=UTC)

#: Where we differ from Hugo, and why.
NO_POST = {
    "posts/49-render-never.md": "it has no page, so that a reader would have nowhere to go (frontmatter-49)",
    "posts/48-no-matter.md": "it has no date: Hugo gives it the year 1",
    "about.md": "it has no date: a page of the site and no post",
}
TITLES = {
    "posts/48-no-title.md": ("48 no title", "an entry has a title; Hugo leaves it empty"),
    "posts/60-emoji.md": (':rocket: "Quotes" & -- dashes bold', "titles are text, without tags"),
}
SUMMARIES = {
    "posts/57-description.md": (
        "This, which Hugo takes for no summary.",
        "the description is a better summary than the beginning of the text",
    ),
}
PICTURES = {
    "posts/58-authors.md": "https://hugo.example.org/blog/images/cover.png",  # in a field that only themes know
}
ORDER = {
    "posts/48-weight.md": "a weight puts it first in Hugo's lists; feeds go by date",
    "posts/49-future-date-published.md": "feeds go by the date of publication, Hugo's lists by the other one",
    "posts/51-publish-and-date.md": "the same",
    "posts/52-case.md": "the same",
    "archive/55-publish-date.md": "the same",
    "posts/2023-01-02-51-date-in-name-wins.md": "the same",
    "posts/55-publish-date.md": "the same",
}


def expected(site: str) -> list[dict[str, Any]]:
    languages = json.loads((SITES / f"{site}.json").read_text(encoding="utf-8"))["languages"]
    return [page for language in languages.values() for page in language["pages"] if page["path"] not in NO_POST]


def rss(site: str) -> list[dict[str, str]]:
    languages = json.loads((SITES / f"{site}.json").read_text(encoding="utf-8"))["languages"]
    return [item for language in languages.values() for item in language["rss"]]


@cache
def reader(site: str) -> Reader:
    configured = hugosite.configure(SiteFolder(SITES / site))
    facts, dialect = configured.facts, configured.dialect
    return Reader(
        source=FolderSource(SITES / site, dialect, limit=2_000_000),
        dialect=dialect,
        site=Site(title=facts.title, url=facts.url, language=facts.language, timezone=facts.timezone),
        rules=Rules(fields=FieldMap.of(dialect.fields)),
    )


def skimmed(source: Reader, path: str) -> Skim:
    (skim,) = source.skim([source.source.read(path)])
    if isinstance(skim, PostError):
        raise skim
    return skim


@cache
def posts(site: str) -> dict[str, Post]:
    """What is live at the moment that Hugo was asked at, by path below the content folder."""
    found = {}
    for path, _ in reader(site).source.scan({}).changed:
        post = reader(site).parse(reader(site).source.read(path))
        skim = skimmed(reader(site), path)
        record = record_of(skim, "v", reader(site).site.url)
        assert skim.published == post.published
        assert skim.visibility is post.visibility
        if record.first_state(NOW) is PostState.LIVE:
            found[path.partition("/")[2]] = post
    return found


@cache
def entry(site: str, path: str) -> Entry:
    post = posts(site)[path]
    skim = skimmed(reader(site), post.path)
    record = record_of(skim, "v", reader(site).site.url)
    return make_entry(
        post,
        record._replace(entry_id="x", published=post.published, updated=post.modified or post.published),
        reader(site).site,
        reader(site).flavour,
    )[0]


def pages() -> list[Any]:
    return [pytest.param(site, page, id=f"{site}:{page['path']}") for site in NAMES for page in expected(site)]


@pytest.mark.parametrize("site", NAMES)
def test_the_same_files_are_posts(site: str) -> None:
    """frontmatter-48, 49, 52, 81: of bundles one, of drafts, resources and sections none."""
    assert sorted(page["path"] for page in expected(site)) == sorted(posts(site))


@pytest.mark.parametrize(("site", "page"), pages())
def test_a_post_is_where_and_when_hugo_has_it(site: str, page: dict[str, Any]) -> None:
    """frontmatter-50 to 55, 62, 77, 80."""
    post = posts(site)[page["path"]]

    assert page["permalink"] == post.permalink
    assert datetime.fromisoformat(page["published"]) == post.published


@pytest.mark.parametrize(("site", "page"), pages())
def test_a_post_was_changed_and_expires_when_hugo_says(site: str, page: dict[str, Any]) -> None:
    """frontmatter-49 to 51. Hugo's last change is the date where none is written, ours is not there."""
    post = posts(site)[page["path"]]
    changed = datetime.fromisoformat(page["modified"])
    written = changed not in (datetime.fromisoformat(page["date"]), datetime.fromisoformat(page["published"]))
    expires = None if page["expires"].startswith("0001-") else datetime.fromisoformat(page["expires"])

    assert (changed if written or post.modified else None) == post.modified
    assert expires == post.expires


@pytest.mark.parametrize(("site", "page"), pages())
def test_a_post_says_what_hugo_says(site: str, page: dict[str, Any]) -> None:
    """frontmatter-52, 57, 58."""
    post = posts(site)[page["path"]]

    assert TITLES.get(page["path"], (page["title"],))[0] == post.title
    assert terms(page["categories"]) == list(post.categories)
    assert terms(page["tags"]) == list(post.tags)
    assert SUMMARIES.get(page["path"], (" ".join(page["summary"].split()),))[0] == entry(site, page["path"]).summary
    assert page["language"] == post.language.partition("-")[0]


@pytest.mark.parametrize(("site", "page"), pages())
def test_a_post_has_the_picture_that_hugos_own_templates_find(site: str, page: dict[str, Any]) -> None:
    """frontmatter-48, 58, 62, 81: of the front matter or the bundle; the site's own card is nobody's (it is Hugo's)."""
    image = posts(site)[page["path"]].image
    found = [address for address in page["images"] if "card" not in address]
    expected = [PICTURES[page["path"]]] if page["path"] in PICTURES else found[:1]

    assert expected == ([image.url] if image else [])
    if image:
        assert image.file is not None
        assert reader(site).source.measure(image.file, "") is not None


def test_what_resources_say_of_a_picture_is_its_text() -> None:
    """frontmatter-58: what nobody says is not made up, least of all from a file's name."""
    image = posts("hugo")["pictures/58-resources/index.md"].image
    silent = posts("hugo")["pictures/48-feature/index.md"].image
    titled = posts("hugo")["pictures/58-renamed/index.md"].image
    named = posts("hugo")["pictures/58-images/index.md"].image

    assert image
    assert silent
    assert titled
    assert named
    assert ("The harbour", "The harbour in June", "Jane Doe") == (image.alt, image.caption, image.credit)
    assert ("", "", "") == (silent.alt, silent.caption, silent.credit)
    assert ("", "Number 1") == (titled.alt, titled.caption)
    assert "A storm" == named.alt


def terms(value: Any) -> list[str]:
    """Hugo takes text for one term, and numbers for text; the same term twice is once in a feed."""
    values = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(str(item) for item in values))


@pytest.mark.parametrize("site", NAMES)
def test_posts_come_in_the_order_of_hugos_feed(site: str) -> None:
    """Ties apart, which Hugo breaks by title and we by path."""
    records = [record_of(skimmed(reader(site), p.path), "v", "") for p in posts(site).values()]
    order = {record.path.partition("/")[2]: at for at, record in enumerate(newest_first(records))}
    for language in {page["language"] for page in expected(site)}:
        theirs = [p for p in expected(site) if p["language"] == language and p["path"] not in ORDER]
        by_date = [datetime.fromisoformat(page["published"]) for page in theirs]

        assert sorted(by_date, reverse=True) == by_date
        for earlier, later in pairwise(theirs):
            if datetime.fromisoformat(earlier["published"]) != datetime.fromisoformat(later["published"]):
                assert order[earlier["path"]] < order[later["path"]]


@pytest.mark.parametrize("site", NAMES)
def test_hugos_own_feed_says_the_same(site: str) -> None:
    """frontmatter-61: its guid is the permalink, its date the one of publication."""
    ours = {(post.permalink, post.published) for post in posts(site).values()}
    theirs = {
        (item["guid"], parsedate_to_datetime(item["pubDate"]))
        for item in rss(site)
        if item["guid"] and not item["pubDate"].endswith("0001 00:00:00 +0000")
    }

    assert theirs == ours


def test_what_the_site_says_of_itself_is_taken() -> None:
    """Title, address with its path, language, zone, description and author."""
    facts = hugosite.configure(SiteFolder(SITES / "hugo")).facts

    assert ("The Hugo Sample", "https://hugo.example.org/blog/") == (facts.title, facts.url)
    assert ("en-GB", "Europe/Berlin") == (facts.language, facts.timezone)
    assert ("Every habit of a Hugo site", "The Example newsroom") == (facts.description, facts.author)


def test_a_configuration_in_a_folder_is_put_together() -> None:
    """``config/_default`` below ``config/production``, languages in a file of their own."""
    facts = hugosite.configure(SiteFolder(SITES / "hugo-folder")).facts

    assert ("Two", "https://two.example.org/", "en-US") == (facts.title, facts.url, facts.language)
    assert "The production newsroom" == facts.author


@pytest.mark.parametrize(
    ("path", "url", "file"),
    [
        ("posts/48-leaf/index.md", "posts/48-leaf/cover.png", "content/posts/48-leaf/cover.png"),
        ("posts/58-authors.md", "images/cover.png", "images/cover.png"),
    ],
)
def test_images_beside_a_bundle_and_of_the_site_are_found(path: str, url: str, file: str) -> None:
    """frontmatter-76, 81."""
    image = posts("hugo")[path].image

    assert image is not None
    assert f"https://hugo.example.org/blog/{url}" == image.url
    assert file == image.file
    found = reader("hugo").source.measure(file, "")
    assert found is not None
    assert ("image/png", 1, 1) == (found[1].type, found[1].width, found[1].height)


def test_an_image_in_the_assets_is_found() -> None:
    """frontmatter-76."""
    assert reader("hugo").source.measure("images/asset.png", "") is not None
    assert reader("hugo").source.measure("images/none.png", "") is None


def test_an_image_in_the_body_is_beside_its_bundle() -> None:
    """frontmatter-48: a relative address is below the bundle's."""
    html = entry("hugo", "posts/48-leaf/index.md").html

    assert 'src="https://hugo.example.org/blog/posts/48-leaf/cover.png"' in html


def test_every_value_of_the_front_matter_that_cascades_is_seen() -> None:
    """frontmatter-52: an author below ``params`` of a cascade is the post's, unless it has one of its own."""
    assert ["Cascading"] == [person.name for person in posts("hugo")["cascade/52-category.md"].people]
    assert ["Jane Doe"] == [person.name for person in posts("hugo")["posts/52-params.md"].people]
    assert ["Jane Doe", "John Roe"] == [person.name for person in posts("hugo")["posts/58-authors.md"].people]


def test_a_site_with_all_that_is_refused_tells_each_file() -> None:
    """No post of the samples is refused, and pages without a date are hidden."""
    source = reader("hugo")
    about = skimmed(source, "content/about.md")
    lost = skimmed(source, "content/posts/48-no-matter.md")

    assert Visibility.DRAFT is about.visibility
    assert () == about.warnings
    assert Visibility.DRAFT is lost.visibility
    assert "no date" in str(lost.warnings[0])


def site_with(folder: Path, files: dict[str, str]) -> Reader:
    for path, said in {"hugo.toml": 'baseURL = "https://example.org/"\n', **files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(said, encoding="utf-8")
    dialect = hugosite.configure(SiteFolder(folder)).dialect
    return Reader(
        source=FolderSource(folder, dialect, limit=2_000_000),
        dialect=dialect,
        site=Site(title="t", url="https://example.org/"),
        rules=Rules(fields=FieldMap.of(dialect.fields)),
    )


def test_a_file_that_becomes_a_resource_of_a_bundle_is_gone(tmp_path: Path) -> None:
    """frontmatter-48: an index written beside posts makes them its resources."""
    found = site_with(tmp_path, {"content/a/one.md": "", "content/a/b/two.md": "", "content/a/_index.md": ""})
    known = dict(found.source.scan({}).changed)
    assert {"content/a/one.md", "content/a/b/two.md"} == set(known)

    (tmp_path / "content/a/index.md").write_text("")

    scan = found.source.scan(known)
    assert ("content/a/b/two.md", "content/a/one.md") == scan.gone
    assert ["content/a/index.md"] == [path for path, _ in scan.changed]


def test_posts_below_a_section_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    """Nobody knows what it would have hidden; all others go on (frontmatter-52, 85)."""
    found = site_with(
        tmp_path,
        {
            "content/a/_index.md": "---\ncascade: [\n---\n",
            "content/a/b/one.md": "---\ndate: 2023-01-01\n---\n",
            "content/b/two.md": "---\ndate: 2023-01-01\n---\n",
        },
    )

    with pytest.raises(PostError, match=r"content/a/_index\.md\) cannot be read"):
        skimmed(found, "content/a/b/one.md")
    assert skimmed(found, "content/b/two.md").published


def test_a_section_too_large_to_be_read_hides_only_what_is_below_it(tmp_path: Path) -> None:
    """One bad file never breaks a feed."""
    found = site_with(
        tmp_path,
        {
            "content/a/_index.md": "a" * (2**20 + 1),
            "content/a/one.md": "---\ndate: 2023-01-01\n---\n",
            "content/b/two.md": "---\ndate: 2023-01-01\n---\n",
        },
    )

    with pytest.raises(PostError, match="more than 1,048,576 bytes"):
        skimmed(found, "content/a/one.md")
    assert skimmed(found, "content/b/two.md").published


def test_a_draft_by_cascade_never_gets_out(tmp_path: Path) -> None:
    """frontmatter-52."""
    found = site_with(
        tmp_path,
        {
            "content/_index.md": '+++\n[[cascade]]\ndraft = true\n[cascade._target]\npath = "/{secret,hid}/**"\n+++\n',
            "content/secret/deep/one.md": "---\ndate: 2023-01-01\n---\n",
            "content/secret/two/index.md": "---\ndate: 2023-01-01\nDraft: false\n---\n",
            "content/open/three.md": "---\ndate: 2023-01-01\n---\n",
        },
    )

    shown = {path for path, _ in found.source.scan({}).changed
             if skimmed(found, path).visibility is Visibility.PUBLIC}  # fmt: skip

    assert {"content/secret/two/index.md", "content/open/three.md"} == shown


def test_a_new_section_is_noticed_and_a_new_post_changes_no_rules(tmp_path: Path) -> None:
    """What cascades is looked for again only when folders changed, and posts are read again only when it did."""
    site_with(tmp_path, {"content/a/one.md": "", "content/a/_index.md": ""})
    files = SiteFolder(tmp_path)
    hugosite.configure(files)
    (tmp_path / "content/a/two.md").write_text("")
    again = SiteFolder(tmp_path)
    hugosite.configure(again)
    assert files.digest == again.digest

    (tmp_path / "content/b").mkdir()
    (tmp_path / "content/b/_index.md").write_text("---\ncascade: {draft: true}\n---\n")

    assert not again.unchanged()
    third = SiteFolder(tmp_path)
    hugosite.configure(third)
    assert again.digest != third.digest
