"""The template of a first configuration is the reference of all settings, and what is filled in is always TOML."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.configuration.template import fill, setting
from syndicator.dialects.ownfeeds import OwnFeeds, own_feeds
from syndicator.drafting import Draft, choose_feeds, write_draft
from syndicator.settings import Settings

CONFIG = Path(__file__).parents[2] / "config" / "syndicator.toml"

#: What the demo sets, by place in the template.
DEMO = {
    "header": ("# The configuration of the small newsroom in config/demo, and the reference of all there is to set.",),
    "site.title": ('title = "The Example"',),
    "site.url": ('url = "https://news.example.org"',),
    "site.description": ('description = "News and analysis"',),
    "site.language": ('language = "en"',),
    "site.timezone": ('timezone = "America/New_York"',),
    "site.author": ('author = "The Example newsroom"',),
    "source.path": ('path = "demo/content"',),
    "source.dialect": ('dialect = "jekyll"',),
    "source.permalink": ('permalink = "/:categories/:year/:month/:day/:title.html"',),
    "publish.to": ('to = "public"',),
    "publish.url": ('url = "http://127.0.0.1:8080/"',),
    "feeds.name": ('name = "main"',),
    "feeds.rss": ('rss = "feed.xml"',),
    "feeds.atom": ('atom = "atom.xml"',),
    "feeds.json": ('json = "feed.json"',),
    "category": (
        "[[feeds]]",
        'name = "category"',
        'each = "category"',
        '# With each, {slug} stands for the value: "Local News" is local-news.',
        'rss = "category/{slug}.xml"',
        'json = "category/{slug}.json"',
    ),
    "serve.host": ('host = "127.0.0.1"',),
    "serve.port": ("port = 8080",),
}


def test_the_template_is_the_commented_configuration_without_the_demo() -> None:
    """What is added to the one is added to the other; test_config_file.py holds that one against the settings."""
    assert CONFIG.read_text(encoding="utf-8").splitlines() == fill(DEMO).splitlines()


def test_a_place_that_is_not_there_is_no_place_to_put_a_setting() -> None:
    with pytest.raises(ValueError, match="no place for site-colour"):
        fill({"site-colour": ("x",)})


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_setting_says_what_it_was_given(value: str) -> None:
    assert {"key": value} == tomllib.loads(setting("key", value))


LINES = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
FACTS = st.dictionaries(st.sampled_from(["title", "url", "description", "language", "timezone", "author"]), LINES)


@given(FACTS, FACTS, LINES, LINES, st.booleans())
def test_a_draft_is_a_configuration_whatever_the_site_says(
    site: dict[str, str], said: dict[str, str], path: str, atom: str, categories: bool
) -> None:
    url = "https://news.example.org/"
    feeds, _ = choose_feeds(OwnFeeds(atom=atom, limit=7), url)
    draft = Draft(
        source={"path": path}, dialect="jekyll", site=site, said=said, to="public", url=url, feeds=feeds,
        categories=categories, guesses={"publish.url": "nothing says it."},
    )  # fmt: skip
    tables = tomllib.loads(write_draft(draft))

    assert (site, path) == (tables["site"], tables["source"]["path"])
    assert list(feeds[: 2 if categories else 1]) == tables["feeds"]
    good = {**tables, "site": {}, "source": {"path": "."}}
    assert 7 == Settings(Path("x"), good).feeds[0].limit


@pytest.mark.parametrize(
    ("dialect", "values", "feeds"),
    [
        ("jekyll", {}, OwnFeeds()),
        ("jekyll", {"plugins": ["jekyll-feed"]}, OwnFeeds(atom="feed.xml", because="jekyll-feed")),
        ("jekyll", {"gems": ["jekyll-feed"]}, OwnFeeds(atom="feed.xml", because="jekyll-feed")),
        (
            "jekyll",
            {"feed": {"path": "/atom.xml", "posts_limit": "20", "categories": ["news"]}},
            OwnFeeds(atom="atom.xml", by_category="feed/{slug}.xml", limit=20, because="feed.path"),
        ),
        ("jekyll", {"feed": {"path": "/a.xml", "posts_limit": "-1"}}, OwnFeeds(atom="a.xml", because="feed.path")),
        (
            "jekyll",
            {"plugins": "jekyll-feed", "feed": {"posts_limit": "9" * 5000}},
            OwnFeeds(atom="feed.xml", limit=500, because="jekyll-feed"),
        ),
        ("hugo", {}, OwnFeeds(rss="index.xml", because="Hugo's own feed")),
        (
            "hugo",
            {"services": {"rss": {"limit": 15}}},
            OwnFeeds(rss="index.xml", limit=15, because="Hugo's own feed"),
        ),
        ("hugo", {"rsslimit": -1}, OwnFeeds(rss="index.xml", because="Hugo's own feed")),
        ("hugo", {"disablekinds": ["RSS"]}, OwnFeeds()),
        ("eleventy", {"feed": {"path": "/a.xml"}}, OwnFeeds()),
    ],
)
def test_the_feeds_that_a_site_has_are_those_its_configuration_names(
    dialect: str, values: dict[str, object], feeds: OwnFeeds
) -> None:
    assert feeds == own_feeds(dialect, values)


@pytest.mark.parametrize(
    ("own", "main", "kept"),
    [
        (OwnFeeds(), ("feed.xml", "atom.xml", "feed.json"), False),
        (OwnFeeds(atom="feed.xml"), ("rss.xml", "feed.xml", "feed.json"), True),
        (OwnFeeds(rss="index.xml"), ("index.xml", "atom.xml", "feed.json"), True),
        (OwnFeeds(atom="feed.json"), ("feed.xml", "feed.json", "json.json"), True),
        (OwnFeeds(atom="hub"), ("feed.xml", "atom.xml", "feed.json"), False),
        (OwnFeeds(atom="a/../b.xml"), ("feed.xml", "atom.xml", "feed.json"), False),
        (OwnFeeds(atom="category"), ("feed.xml", "atom.xml", "feed.json"), False),
        (OwnFeeds(atom="feed.xml", by_category="feed/{slug}.xml"), ("rss.xml", "feed.xml", "feed.json"), True),
    ],
)
def test_our_feeds_take_the_places_of_the_sites_own_where_they_can(
    own: OwnFeeds, main: tuple[str, str, str], kept: bool
) -> None:
    (first, _), is_kept = choose_feeds(own, "https://news.example.org/")

    assert (main, kept) == ((first["rss"], first["atom"], first["json"]), is_kept)
