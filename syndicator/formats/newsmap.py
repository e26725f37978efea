"""Sitemaps of Google News, and the index of several (partners-15 to partners-20)."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin

from syndicator.formats.parts import rfc3339, tag
from syndicator.model import Entry, Feed

_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
# The name as in the results of a search, where nothing stands in parentheses (partners-19).
_IN_PARENTHESES = re.compile(r"\s*\([^()]*\)\s*\Z")
#: Of the many that write Chinese in the signs of old.
_TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})


def write_news_sitemap(feed: Feed, _url: str) -> bytes:  # it does not say where it is
    """A news sitemap: ``title`` is the publication's name. An empty one is fine (partners-17).

    No keywords, genres or access, which are obsolete (partners-20), and no date of the last change: Google goes by the
    date of publication.
    """
    name = _IN_PARENTHESES.sub("", feed.title) or feed.title
    pages = {entry.url: entry for entry in reversed(feed.entries)}  # the newest of two on one page counts
    lines = [_DECLARATION, f'<urlset xmlns="{_SITEMAP}" xmlns:news="{_NEWS}">']
    for entry in feed.entries:
        if pages[entry.url] is entry:
            lines += _page(entry, name, _language(entry.language or feed.language))
    return "\n".join([*lines, "</urlset>", ""]).encode()


def write_sitemap_index(feed: Feed, url: str) -> bytes:
    """The index of the sitemaps beside it (partners-18)."""
    lines = [_DECLARATION, f'<sitemapindex xmlns="{_SITEMAP}">']
    lines += (f"  <sitemap>{tag('loc', urljoin(url, quote(part)))}</sitemap>" for part in feed.parts)
    return "\n".join([*lines, "</sitemapindex>", ""]).encode()


def _page(entry: Entry, name: str, language: str) -> tuple[str, ...]:
    return (
        "  <url>",
        f"    {tag('loc', entry.url)}",
        "    <news:news>",
        f"      <news:publication>{tag('news:name', name)}{tag('news:language', language)}</news:publication>",
        f"      {tag('news:publication_date', rfc3339(entry.published))}",
        f"      {tag('news:title', entry.title)}",
        "    </news:news>",
        "  </url>",
    )


def _language(tag_: str) -> str:
    """Two or three letters, and the two exceptions (partners-19)."""
    primary, *others = tag_.lower().replace("_", "-").split("-")
    if primary == "zh":
        return "zh-tw" if _TRADITIONAL.intersection(others) else "zh-cn"
    return primary
