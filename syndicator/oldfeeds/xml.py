"""An old feed in XML: RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from lxml import etree

from syndicator.errors import SyndicatorError
from syndicator.oldfeeds.decoding import decoded, mended, prolog
from syndicator.oldfeeds.items import OldFeed, OldItem, identified, instant, joined, unidentified
from syndicator.text import printable

_ATOM = frozenset({"http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#"})
_DC = frozenset({"http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/"})
_TOMBSTONES = frozenset({"http://purl.org/atompub/tombstones/1.0"})
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_FEEDBURNER = frozenset({"http://rssnamespace.org/feedburner/ext/1.0"})
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_ELSE = {"urlset": "a sitemap", "sitemapindex": "a sitemap", "opml": "a list of feeds (OPML)"}
#: Each is at most one element, which takes a hundred bytes of memory and more.
_MOST_TAGS = 1_500_000
_MORE_PAGES = frozenset({"next", "prev-archive"})
_ALTERNATE = re.compile(r"<link\b[^<>]{0,1000}>", re.IGNORECASE)
_FEED_TYPE = re.compile(r"""type\s*=\s*["']?application/(?:rss\+xml|atom\+xml|feed\+json)""", re.IGNORECASE)
_POSITION = re.compile(r"(?:, line \d+, column \d+)+\Z")
_HREF = re.compile(r"""href\s*=\s*["']?([^"'\s<>]{1,500})""", re.IGNORECASE)


def read_xml(data: bytes, address: str, what: str) -> OldFeed:
    """The feed in XML. Raises SyndicatorError."""
    text, odd = decoded(data, what)
    doctype, body = prolog(text[max(text.find("<"), 0) :])
    if doctype[9:].strip().lower().startswith("html") or body[:5].lower() == "<html":
        raise _page(text, address, what)
    if "[" in doctype:
        # Nobody's feed needs entities of its own; they are how a small file becomes a big one.
        raise SyndicatorError(what, "declares entities of its own, which are not read", "remove its DOCTYPE")
    if not body.startswith("<"):
        raise SyndicatorError(what, "is no feed: neither XML nor JSON", "give the address or file of a feed")
    if body.count("<") > _MOST_TAGS:
        raise SyndicatorError(what, f"has more than {_MOST_TAGS:,} tags", "give a feed of fewer items")
    root, fault = _parsed(body)
    if root is None:
        raise SyndicatorError(what, f"is not XML that can be read ({fault})", "give a feed that is whole")
    feed = _feed(root, address, what, fault)
    if fault:
        odd = (*odd, f"it is not well-formed ({fault}), what can be read of it is taken")
    return replace(feed, odd=(*odd, *feed.odd))


def _parsed(text: str) -> tuple[Any, str]:
    """The root, and what is wrong with the document; by the letter first, and else whatever can be made of it."""
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), _parser(lenient=False)), ""
    except etree.XMLSyntaxError as error:
        fault = f"line {error.lineno}: {_POSITION.sub('', printable(error.msg or 'no element'))[:200]}"
    except (etree.LxmlError, ValueError) as error:
        fault = printable(str(error))[:200] or "no element"
    try:
        return etree.fromstring(mended(text).encode("utf-8", "replace"), _parser(lenient=True)), fault
    except (etree.LxmlError, ValueError):
        return None, fault


def _parser(*, lenient: bool) -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        recover=lenient,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _feed(root: Any, address: str, what: str, fault: str) -> OldFeed:
    space, name = _name(root)
    base = joined(address, root.get(_BASE, ""))
    if name == "feed":
        return _made("Atom", root, root, base, [_atom_item(e, base) for e in _children(root, "entry", {space})])
    if name in ("rss", "RDF"):
        channel = next(_children(root, "channel"), root)
        listed = [*_children(channel, "item"), *(_children(root, "item") if channel is not root else ())]
        return _made("RSS", root, channel, base, [_rss_item(item, base) for item in listed])
    if name.lower() == "html":
        raise SyndicatorError(what, "is an HTML page and no feed", "give the address of the feed itself")
    found = _ELSE.get(name, f"XML that begins with <{printable(name)[:40]}>")
    reason = f"is {found} and no feed" + (f", and not well-formed ({fault})" if fault else "")
    raise SyndicatorError(what, reason, "give the address or file of an RSS, Atom or JSON feed")


def _made(kind: str, root: Any, channel: Any, base: str, found: list[OldItem]) -> OldFeed:
    items = [item for item in map(identified, found) if item is not None]
    atom_links = (link for link in _children(channel, "link", _ATOM) if link.get("rel") in _MORE_PAGES)
    further = (joined(base, link.get("href", "")) for link in atom_links)
    own = {_name(channel)[0]}
    return OldFeed(
        kind=kind,
        id=_text(root, "id", own) if kind == "Atom" else "",
        updated=instant(_text(channel, "updated" if kind == "Atom" else "lastBuildDate", own)),
        buried=tuple(_buried(channel)),
        items=tuple(items),
        further=tuple(dict.fromkeys(address for address in further if address)),
        odd=unidentified(len(found) - len(items)),
    )


def _buried(feed: Any) -> Iterator[tuple[str, datetime]]:
    """Entries that were taken down (RFC 6721)."""
    for stone in _children(feed, "deleted-entry", _TOMBSTONES):
        when = instant(stone.get("when", ""))
        if when is not None and stone.get("ref"):
            yield stone.get("ref"), when


def _atom_item(entry: Any, base: str) -> OldItem:
    own = {_name(entry)[0]}
    base = joined(base, entry.get(_BASE, ""))
    links = [link for link in _children(entry, "link", own) if link.get("rel", "alternate") == "alternate"]
    pages = [link for link in links if link.get("type", "text/html") == "text/html"] or links
    original = _text(entry, "origLink", _FEEDBURNER)
    return OldItem(
        id=_text(entry, "id", own),
        link=original or (joined(base, pages[0].get("href", "")) if pages else ""),
        title=_text(entry, "title", own),
        published=instant(_text(entry, "published", own) or _text(entry, "issued", own)),
        updated=instant(_text(entry, "updated", own) or _text(entry, "modified", own)),
    )


def _rss_item(item: Any, base: str) -> OldItem:
    own = {_name(item)[0]}
    guid = _text(item, "guid", own)
    link = _text(item, "origLink", _FEEDBURNER) or _text(item, "link", own)
    if not link:
        alternate = (a for a in _children(item, "link", _ATOM) if a.get("rel", "alternate") == "alternate")
        link = next((a.get("href", "").strip() for a in alternate), "")
    if not link and guid.startswith(("http://", "https://")):
        # rss-30: where nothing else is said the guid is the permalink.
        node = next(_children(item, "guid", own))
        link = guid if node.get("isPermaLink", "true").strip().lower() != "false" else ""
    published = _text(item, "pubDate", own) or _text(item, "published", _ATOM)
    updated = _text(item, "updated", _ATOM) or _text(item, "modified", _DC)
    return OldItem(
        id=guid or item.get(f"{_RDF}about", "").strip(),
        link=joined(base, link) if link else "",
        title=_text(item, "title", own),
        published=instant(published or _text(item, "date", _DC) or _text(item, "created", _DC)),
        updated=instant(updated),
    )


def _name(element: Any) -> tuple[str, str]:
    """Namespace and name."""
    space, brace, name = element.tag.rpartition("}")
    return (space[1:], name) if brace else ("", name)


def _children(element: Any, name: str, spaces: set[str] | frozenset[str] | None = None) -> Iterator[Any]:
    """Its children of that name, in some namespaces or in any."""
    for child in element:
        if isinstance(child.tag, str):
            space, own = _name(child)
            if own == name and (spaces is None or space in spaces):
                yield child


def _text(element: Any, name: str, spaces: set[str] | frozenset[str]) -> str:
    """The text of the first child of that name that has any, white space around it left out as readers do."""
    texts = ("".join(child.itertext()).strip() for child in _children(element, name, spaces))
    return next(filter(None, texts), "")


def _page(text: str, address: str, what: str) -> SyndicatorError:
    """What to say of a page: mostly it names its feed."""
    for link in _ALTERNATE.findall(text[:200_000]):
        href = _HREF.search(link)
        if href and _FEED_TYPE.search(link):
            there = printable(joined(address, href[1]))
            return SyndicatorError(what, "is an HTML page and no feed", f"the page names its feed: {there}")
    return SyndicatorError(what, "is an HTML page and no feed", "give the address of the feed itself")
