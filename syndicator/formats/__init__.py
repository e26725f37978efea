"""From a feed to a document: RSS 2.0, Atom 1.0, JSON Feed 1.1; sitemaps for news, and lists of feeds."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from syndicator.formats.media_types import MEDIA_TYPES
from syndicator.formats.pieces import Pieces
from syndicator.model import Document, Feed, Format

__all__ = ["MEDIA_TYPES", "Pieces", "render"]


def render(
    feed: Feed,
    format: Format,  # noqa: A002 - the noun of the model
    path: str,
    url: str,
    pieces: Pieces | None = None,
) -> Document:
    """Write a feed down in one format, as the document at ``path`` with the public address ``url``.

    Bytes are a function of the arguments alone: no clock, locale, time zone or version of ours is in them. All text
    is to be legal already (``syndicator.text.legal``), addresses absolute and percent-encoded, HTML safe. ``pieces``
    spare the work that was done before, and change nothing in what comes of it.

    Call it on one thread only, best on the event loop's: for RSS, feedgen sets the locale of the whole process to C
    and back (once a document).
    """
    write: Callable[[Feed, str], bytes]
    match format:
        case Format.RSS:
            from syndicator.formats.xml import write_rss

            write = partial(write_rss, pieces=pieces)
        case Format.ATOM:
            from syndicator.formats.xml import write_atom

            write = partial(write_atom, pieces=pieces)
        case Format.JSON:
            from syndicator.formats.jsonfeed import write_json

            write = partial(write_json, pieces=pieces)
        case Format.NEWS_SITEMAP:
            from syndicator.formats.newsmap import write_news_sitemap as write
        case Format.SITEMAP_INDEX:
            from syndicator.formats.newsmap import write_sitemap_index as write
        case Format.OPML:
            from syndicator.formats.lists import write_opml as write
        case Format.FEED_MENU:
            from syndicator.formats.lists import write_feed_menu as write
    return Document(
        path=path, url=url, format=format, media_type=MEDIA_TYPES[format], body=write(feed, url), hubs=feed.hubs
    )
