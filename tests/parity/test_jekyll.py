"""A site of one post a rule gives the same entries as Jekyll and jekyll-feed give (tests/sites/record_jekyll.py)."""

from __future__ import annotations

import html
import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from syndicator.app import state_to_read
from syndicator.building import BuildOptions, build
from syndicator.checking import check_content
from syndicator.crew import Crew
from syndicator.dialects.jekyll import Jekyll
from syndicator.model import Entry
from syndicator.ports import PostFacts
from syndicator.posts import plainyaml
from syndicator.progress import quiet
from syndicator.settings import load_settings

SITES = Path(__file__).parents[1] / "sites"
RECORD: dict[str, Any] = json.loads((SITES / "jekyll.expected.json").read_bytes())
NOW = datetime.fromisoformat(RECORD["time"])
BASE = "https://parity.example.org/daily"

#: By jekyll-feed's address: what its posts are, in Jekyll's own words.
POSTS: dict[str, dict[str, Any]] = {BASE + post["url"]: post for post in RECORD["posts"]}
FEED: dict[str, dict[str, Any]] = {entry["url"]: entry for entry in RECORD["feed"]}

CONFIG = """\
[source]
path = "site"
[publish]
to = "public"
url = "https://parity.example.org/feeds/"
[[feeds]]
name = "main"
json = "feed.json"
limit = 500
"""

# --- every deliberate difference, by name ---------------------------------------------------------------------------

#: frontmatter-20: to Jekyll a quoted "false" is text and shows; here it hides, with a warning.
#: What is no date and no yes hides for the same reason.
HIDDEN_HERE = {"item-20-published-quoted-false", "item-20-published-word"}
#: frontmatter-26: Jekyll takes a comma for a part of the tag; here it is dropped, with a warning.
#: frontmatter-9: to a reader of YAML 1.1 "no" is false and 1.10 is 1.1; here tags are what the author wrote.
TAGS_HERE = {"item-26-commas": ["a", "b"], "item-26-list": ["x y", "no", "1.10"]}
#: jekyll-feed names one author of several.
AUTHORS_HERE = {"item-38-list": ["Jane Doe", "Joe Bloggs"]}
#: frontmatter-86: the newsroom theme's summary, which jekyll-feed does not know.
SUMMARIES_HERE = {"item-86-news": "He flew."}
#: frontmatter-87: likewise its image.
IMAGES_HERE = {"item-86-news": "https://img.example.org/a/3359?width=620&dpr=1"}
#: rss-49: titles are plain text here, so that the marks of Markdown go as tags do.
TITLES_HERE = {"item-25-title": "A title: with marks & tags"}


@dataclass(frozen=True)
class Built:
    """What came of one build: entries by path, and the addresses in the feed's order."""

    entries: dict[str, Entry]
    order: tuple[str, ...]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The site as anybody has it, built with a configuration that says nothing of the publication."""
    root = tmp_path_factory.mktemp("jekyll")
    shutil.copytree(SITES / "jekyll", root / "site")
    (root / "syndicator.toml").write_text(CONFIG, encoding="utf-8")
    settings = load_settings(root / "syndicator.toml", {})
    with Crew(1) as crew:
        report = build(settings, BuildOptions(announce=False), NOW, quiet, crew).report
    assert () == report.refused
    with state_to_read(settings) as state:
        entries = state.ledger.entries(state.ledger.posts().keys())
    items = json.loads((root / "public" / "feed.json").read_bytes())["items"]
    return Built(entries=dict(entries), order=tuple(item["url"] for item in items))


def name_of(url: str) -> str:
    """The item that a post is there for, "" for an address that only we have."""
    path = POSTS[url]["path"] if url in POSTS else url
    name = Path(path).stem
    return name[name.index("item-") :] if "item-" in name else name


def listed() -> list[Any]:
    """Every entry of jekyll-feed that we are to have."""
    return [pytest.param(url, id=name_of(url)) for url in FEED if name_of(url) not in HIDDEN_HERE]


def ours(built: Built, url: str) -> Entry:
    found = built.entries.get(POSTS[url]["path"])
    assert found is not None, f"there is no entry for {POSTS[url]['path']}"
    return found


def test_there_are_posts_enough() -> None:
    assert len(RECORD["posts"]) >= 30


def test_the_same_posts_in_the_same_order(built: Built) -> None:
    """frontmatter-16 to 24, 27."""
    assert tuple(url for url in FEED if name_of(url) not in HIDDEN_HERE) == built.order


@pytest.mark.parametrize("url", listed())
def test_the_same_address_instants_and_title(built: Built, url: str) -> None:
    """frontmatter-13 to 15, 25, 28 to 33, 37."""
    entry, theirs = ours(built, url), FEED[url]

    assert url == entry.url
    assert datetime.fromisoformat(theirs["published"]).astimezone(UTC) == entry.published
    assert datetime.fromisoformat(theirs["updated"]).astimezone(UTC) == entry.updated
    # jekyll-feed escapes once more than a reader undoes.
    title = html.unescape(html.unescape(theirs["title"]))
    assert TITLES_HERE.get(name_of(url), title) == entry.title


@pytest.mark.parametrize("url", listed())
def test_the_same_categories_and_tags(built: Built, url: str) -> None:
    """frontmatter-26, 27, 79: all terms; jekyll-feed names of the categories only ``category`` where there is one."""
    entry, theirs = ours(built, url), POSTS[url]

    assert theirs["categories"] == list(entry.categories)
    assert TAGS_HERE.get(name_of(url), theirs["tags"]) == list(entry.tags)


@pytest.mark.parametrize("url", listed())
def test_the_same_author(built: Built, url: str) -> None:
    """frontmatter-38, 75, 89. Whoever stands for the site is the feed's author, and not repeated by its entries."""
    entry, theirs = ours(built, url), FEED[url]["author"]
    if not entry.people:
        assert "The Parity Desk" == theirs["name"]
        return
    first = entry.people[0]

    assert AUTHORS_HERE.get(name_of(url), [theirs["name"]]) == [person.name for person in entry.people]
    assert theirs["email"] or "" == first.email
    assert theirs["uri"] is None or theirs["uri"] == first.url


@pytest.mark.parametrize("url", listed())
def test_the_same_summary_and_image(built: Built, url: str) -> None:
    """frontmatter-23, frontmatter-35, frontmatter-36, frontmatter-74."""
    entry, theirs = ours(built, url), FEED[url]

    assert SUMMARIES_HERE.get(name_of(url), theirs["summary"]) == entry.summary
    assert IMAGES_HERE.get(name_of(url), theirs["image"]) == (entry.image.url if entry.image else None)
    assert theirs["has_content"] == bool(entry.html)


def test_a_staff_page_gives_title_portrait_and_page_and_the_posts_own_title_wins(built: Built) -> None:
    """frontmatter-88, 89."""
    by_name = {name_of(BASE + post["url"]): built.entries.get(post["path"]) for post in RECORD["posts"]}
    plain, own = by_name["item-89-staff"], by_name["item-89-own-title"]
    assert plain is not None
    assert own is not None
    donna = plain.people[0]

    assert BASE + RECORD["staff"][0]["url"] == donna.url
    assert ("Staff Writer", f"{BASE}/img/donna.jpg") == (donna.title, donna.avatar)
    assert "Guest" == own.people[0].title


def test_every_difference_is_said_by_check(tmp_path: Path) -> None:
    """frontmatter-20, 26."""
    shutil.copytree(SITES / "jekyll", tmp_path / "site")
    (tmp_path / "syndicator.toml").write_text(CONFIG, encoding="utf-8")
    findings = check_content(load_settings(tmp_path / "syndicator.toml", {}), NOW)
    said = {(name_of(finding.path), finding.reason) for finding in findings.warnings}

    assert () == findings.errors
    assert {
        (
            "item-20-published-quoted-false",
            "published: the quoted no counts as no, the site may show the post all the same",
        ),
        ("item-26-commas", "tags: Jekyll splits at white space, the commas in it are dropped"),
    } <= said


# --- dates ----------------------------------------------------------------------------------------------------------

DATES: list[dict[str, str]] = json.loads((SITES / "jekyll-dates.expected.json").read_bytes())["dates"]


@pytest.mark.parametrize("case", DATES, ids=lambda case: f"{case['form']} in {case['zone']}")
def test_frontmatter_77_every_form_of_a_date_in_every_zone(case: dict[str, str]) -> None:
    """frontmatter-10 to 15: the instant, and the day in the address."""
    zone, dialect = ZoneInfo(case["zone"]), Jekyll()
    path = PurePosixPath("_posts/2020-01-01-x.md")
    data = plainyaml.load(f"date: {case['form']}\n", [])
    instant = dialect.instant(data["date"], zone)
    below = dialect.permalink(
        "", PostFacts(path=path, data=data, slug="x", categories=(), published=instant, zone=zone)
    )

    assert datetime.fromisoformat(case["date"]) == instant.replace(microsecond=0)
    assert f"{case['day']}/x.html" == below
