"""The text of a first configuration: every setting with its default, and what is known of a site filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from syndicator.configuration.feedfaults import feed_faults
from syndicator.configuration.feedtable import FeedTable
from syndicator.configuration.template import fill, setting
from syndicator.configuration.words import shown
from syndicator.dialects.ownfeeds import OwnFeeds

#: What marks a comment about something that could not be known.
GUESSED = "GUESSED"
GENERATORS = {"jekyll": "Jekyll", "hugo": "Hugo", "eleventy": "Eleventy"}
_FORMATS = ("rss", "atom", "json")
_USUAL = ({"rss": "feed.xml", "atom": "atom.xml", "json": "feed.json"}, "category/{slug}.xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is known. ``site`` is to be set, ``said`` is what the site's own configuration says and ours need not.

    ``state`` is "" for the default. ``guesses`` say, by the names of settings, what was assumed and why.
    """

    source: Mapping[str, str | int]
    dialect: str
    site: Mapping[str, str]
    said: Mapping[str, str]
    to: str
    url: str
    feeds: Sequence[Mapping[str, Any]]
    categories: bool
    state: str = ""
    guesses: Mapping[str, str]


def write_draft(draft: Draft) -> str:
    """The file. The same draft gives the same text."""
    made = GENERATORS.get(draft.dialect)
    made_for = f"a site of {made}" if made else "a folder of posts"
    places = {
        "header": [
            f'# Made by "syndicator init" for {made_for}, and the reference of all there is to set.',
            *([f"# What could not be known is marked with {GUESSED}: please look at it."] if draft.guesses else []),
        ]
    }
    for key, value in draft.said.items():
        if key not in draft.site:
            places[f"site.{key}"] = [f"# The site's own configuration says {shown(value)}, and that counts."]
    values: dict[str, str | int] = {
        **{f"site.{key}": value for key, value in draft.site.items()},
        **{f"source.{key}": value for key, value in draft.source.items()},
        "source.dialect": draft.dialect,
        "publish.to": draft.to,
        "publish.url": draft.url,
        **{f"feeds.{key}": value for key, value in draft.feeds[0].items()},
        **({"state.url": draft.state} if draft.state else {}),
    }
    for name, why in draft.guesses.items():
        places[name] = [f"# {GUESSED}: {why}"]
    for name, set_to in values.items():
        places[name] = [*places.get(name, ()), setting(name.rpartition(".")[2], set_to)]
    places["category"] = _category(draft.feeds[1], in_force=draft.categories)
    return fill(places)


def _category(feed: Mapping[str, Any], *, in_force: bool) -> list[str]:
    off = "" if in_force else "# "
    return [
        *([] if in_force else ["# No post has a category yet. This would make one feed of each."]),
        f"{off}[[feeds]]",
        *(off + setting(key, feed[key]) for key in ("name", "each")),
        '# With each, {slug} stands for the value: "Local News" is local-news.',
        *(off + setting(key, feed[key]) for key in (*_FORMATS, "limit") if key in feed),
    ]


def choose_feeds(own: OwnFeeds, url: str) -> tuple[tuple[dict[str, Any], ...], bool]:
    """A feed of everything and one of each category, and whether they take the places of the site's own.

    ``url`` is where they are published.
    """
    main = {key: value for key, value in (("rss", own.rss), ("atom", own.atom)) if value}
    if main or own.by_category:
        feeds = _feeds(main, own.by_category, own.limit)
        if _are_good(feeds, url):
            return feeds, True
    return _feeds({}, "", own.limit), False


def _feeds(main: dict[str, str], by_category: str, limit: int) -> tuple[dict[str, Any], ...]:
    """Around the paths that are given, the usual ones, or what is free."""
    usual, category = _USUAL
    paths = {key: main.get(key) or _free(usual[key], key, main) for key in _FORMATS}
    most = {"limit": limit} if limit else {}
    by = {"atom": by_category} if by_category else {"rss": category}
    return (
        {"name": "main", **paths, **most},
        {"name": "category", "each": "category", **by, "json": category.replace(".xml", ".json"), **most},
    )


def _free(path: str, key: str, main: Mapping[str, str]) -> str:
    return path if path not in main.values() else f"{key}.{path.rpartition('.')[2]}"


def _are_good(feeds: Sequence[dict[str, Any]], url: str) -> bool:
    """Whether the configuration would be taken."""
    try:
        for feed in feeds:
            FeedTable.model_validate(feed)
    except ValidationError:
        return False
    return not any(feed_faults(list(feeds), ("category",), urlsplit(url).path))
