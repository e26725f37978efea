"""Sitemaps, and the news within them (partners.md B)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from syndicator.lint.context import Context
from syndicator.lint.dates import check_w3cdtf, rfc3339
from syndicator.lint.elements import check_once
from syndicator.lint.findings import ItemRef, Note, in_item, quoted
from syndicator.lint.tree import Node
from syndicator.lint.values import check_address, is_language
from syndicator.lint.vocabulary import NEWS, SITEMAP

_MOST, _MOST_NEWS = 50_000, 1_000
_FRESH = timedelta(days=2)
_URL = frozenset({"loc", "lastmod", "changefreq", "priority"})
_OBSOLETE = frozenset({"keywords", "genres", "access", "stock_tickers", "geo_locations"})


def check_sitemap(root: Node, context: Context) -> Iterator[Note]:
    """A document whose root is ``urlset`` or ``sitemapindex``."""
    if root.namespace != SITEMAP:
        yield Note("InvalidNamespace", root.line, f"the sitemap is in the namespace {quoted(root.namespace)}")
        return
    child = "url" if root.name == "urlset" else "sitemap"
    parts = root.all(child, SITEMAP)
    news = [part for part in parts if part.first("news", NEWS) is not None]
    if len(parts) > _MOST:
        yield Note("SitemapTooLong", root.line, f"{len(parts)} addresses, and {_MOST} are the limit")
    if len(news) > _MOST_NEWS:
        yield Note("SitemapTooLong", news[_MOST_NEWS].line, f"{len(news)} news, and {_MOST_NEWS} are the limit")
    seen: set[str] = set()
    for node in root.children:
        if node.namespace == SITEMAP and node.name != child:
            yield Note("UndefinedElement", node.line, f"there is no element {node.shown} in a {root.name}")
    for number, part in enumerate(parts, 1):
        loc = part.first("loc", SITEMAP)
        own = loc.value if loc else ""
        ref = ItemRef(number, own)
        if own and own in seen:
            yield Note("DuplicateValue", part.line, f"the address {quoted(own)} is there twice", ref)
        seen.add(own)
        yield from in_item(ref, _part(part, context))


def _part(part: Node, context: Context) -> Iterator[Note]:
    loc, lastmod = part.first("loc", SITEMAP), part.first("lastmod", SITEMAP)
    if loc is None or not loc.value:
        yield Note("MissingLoc", part.line, "there is no address")
    else:
        yield from check_address(loc.line, "loc", loc.value, web=True)
    yield from check_once(part, sorted(_URL), SITEMAP)
    if lastmod is not None:
        yield from check_w3cdtf(lastmod.line, "lastmod", lastmod.value, context.now)
    for news in part.all("news", NEWS):
        yield from _news(news, context)


def _news(news: Node, context: Context) -> Iterator[Note]:
    publication = news.first("publication", NEWS)
    needed = [(news, "publication_date"), (news, "title"), (news, "publication")]
    if publication is not None:
        needed += [(publication, "name"), (publication, "language")]
        language = publication.first("language", NEWS)
        if language is not None and language.value and not is_language(language.value):
            yield Note("InvalidLanguage", language.line, f"{quoted(language.value)} is no language code")
    for parent, name in needed:
        part = parent.first(name, NEWS)
        if part is None or not (part.value or part.children):
            yield Note("IncompleteNews", parent.line, f"the news has no {name}")
    for node in news.children:
        if node.namespace == NEWS and node.name in _OBSOLETE:
            yield Note("ObsoleteNewsElement", node.line, f"{node.shown} is not read any more")
    date = news.first("publication_date", NEWS)
    if date is not None and date.value:
        yield from check_w3cdtf(date.line, date.shown, date.value, context.now)
        moment = rfc3339(date.value)
        if moment is not None and context.now is not None and moment < context.now - _FRESH:
            yield Note("OldNews", date.line, "the news is older than two days")
