"""What a site's own configuration says of the feeds that its generator makes, so that ours can take their places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from syndicator.posts.fields import reach, text, texts

_MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFeeds:
    """Paths of the site's own feeds below its address, "" where it has none or nobody can tell; ``limit`` 0 likewise.

    ``by_category`` has ``{slug}`` for the category. ``because`` is what says so.
    """

    rss: str = ""
    atom: str = ""
    by_category: str = ""
    limit: int = 0
    because: str = ""


def own_feeds(dialect: str, values: Mapping[str, Any]) -> OwnFeeds:
    """The feeds of jekyll-feed, or Hugo's own; of Eleventy's, templates decide."""
    match dialect:
        case "jekyll":
            return _of_jekyll(values)
        case "hugo":
            return _of_hugo(values)
    return OwnFeeds()


def _of_jekyll(values: Mapping[str, Any]) -> OwnFeeds:
    """jekyll-feed's are in Atom: one of all posts, and one each of the categories that are asked for."""
    named = {*texts(values.get("plugins")), *texts(values.get("gems"))}
    path = text(reach(values, "feed.path"))
    if "jekyll-feed" not in named and not path:
        return OwnFeeds()
    return OwnFeeds(
        atom=path.lstrip("/") or "feed.xml",
        by_category="feed/{slug}.xml" if reach(values, "feed.categories") else "",
        limit=_number(text(reach(values, "feed.posts_limit"))),
        because="feed.path" if path else "jekyll-feed",
    )


def _of_hugo(values: Mapping[str, Any]) -> OwnFeeds:
    """Hugo's is in RSS. All keys are in lower case here."""
    if {"rss", "home"} & {text(kind).lower() for kind in texts(values.get("disablekinds"))}:
        return OwnFeeds()
    limit = text(reach(values, "services.rss.limit")) or text(values.get("rsslimit"))
    return OwnFeeds(rss="index.xml", limit=_number(limit), because="Hugo's own feed")


def _number(said: str) -> int:
    """A limit that ours can have, 0 when it says none."""
    return min(int(said[:9]), _MOST) if said.isascii() and said.isdecimal() else 0
