"""The media types of the formats: the exact Content-Type header, and the bare type for links (http.md G)."""

from __future__ import annotations

from types import MappingProxyType

from syndicator.model import Format

BARE_TYPES = MappingProxyType(
    {
        Format.RSS: "application/rss+xml",
        Format.ATOM: "application/atom+xml",
        Format.JSON: "application/feed+json",
    }
)

# JSON Feed defines no charset parameter: UTF-8 is the rule there (jsonfeed-49).
MEDIA_TYPES = MappingProxyType(
    {
        Format.RSS: "application/rss+xml; charset=utf-8",
        Format.ATOM: "application/atom+xml; charset=utf-8",
        Format.JSON: "application/feed+json",
        Format.NEWS_SITEMAP: "application/xml; charset=utf-8",
        Format.SITEMAP_INDEX: "application/xml; charset=utf-8",
        # partners-60.
        Format.OPML: "text/x-opml; charset=utf-8",
        Format.FEED_MENU: "application/json",
    }
)
