"""RSS 2.0 and Atom 1.0, written by feedgen with the extensions that mend it.

No ``type="xhtml"`` and no CDATA anywhere: escaped HTML parses to the same text (rss-50, atom-41). A document is
indented, which puts no white space inside an element that has a value (rss-24, atom-4).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape
from typing import Any

from feedgen.feed import FeedGenerator

from syndicator.formats.extensions import (
    CONTENT,
    DC,
    HISTORY,
    MEDIA,
    TOMBSTONES,
    WEBFEEDS,
    EntryExtension,
    FeedExtension,
    further_files,
    has_looks,
    timed_files,
)
from syndicator.formats.media_types import BARE_TYPES
from syndicator.formats.partners import has_status, namespaces_of
from syndicator.formats.parts import GENERATOR, ending, html_of, stand_in, summary_of, tells_more, terms_of
from syndicator.formats.pieces import Pieces
from syndicator.model import Entry, Feed, Format

# lxml would write single quotes, which a few readers that look for the encoding by hand do not know (rss-1).
_DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'
# This very address also tells validators that extensions are meant (rss-8).
_RSS_DOCS = "http://www.rssboard.org/rss-specification"

#: What the picture of a channel may be (rss-21).
_PICTURES = frozenset({"gif", "jpeg", "jpg", "png"})


def write_rss(feed: Feed, url: str, pieces: Pieces | None = None) -> bytes:
    """An RSS 2.0 document at ``url`` (rss.md A to F). With ``pieces`` only what is new is written anew."""
    namespaces = _namespaces(feed, Format.RSS)
    write = partial(_rss, feed, url, namespaces)
    return pieces.write(feed, Format.RSS, url, namespaces, write) if pieces else write(feed.entries)


def write_atom(feed: Feed, url: str, pieces: Pieces | None = None) -> bytes:
    """An Atom 1.0 document at ``url`` (atom.md A to F), in the same way."""
    namespaces = _namespaces(feed, Format.ATOM)
    write = partial(_atom, feed, url, namespaces)
    return pieces.write(feed, Format.ATOM, url, namespaces, write) if pieces else write(feed.entries)


def _rss(feed: Feed, url: str, namespaces: dict[str, str], entries: Sequence[Entry]) -> bytes:
    generator = _generator(feed, url, Format.RSS, namespaces)
    generator.description(feed.description if feed.description.strip() else feed.title)
    generator.docs(_RSS_DOCS)
    # No width and height: those of a large picture make a feed invalid (rss-21).
    if picture := next((address for address in (feed.logo, feed.icon) if ending(address) in _PICTURES), ""):
        generator.image(url=picture, title=feed.title, link=feed.home_url)
    if feed.ttl:
        generator.ttl(feed.ttl)
    for entry in entries:
        item = _entry(generator, entry, feed)
        html, summary = html_of(entry, feed.content), summary_of(entry)
        # A description is HTML to its readers, the summary is text (rss-35). Given no description, feedgen
        # writes the content as one, as it should be (rss-36).
        if summary or not html:
            text = stand_in(entry)
            item.description(text if feed.plain_summary else escape(text, quote=False))
        if html:
            item.content(html, type="html")
        for enclosure in entry.enclosures[:1]:
            item.enclosure(enclosure.url, str(enclosure.length), enclosure.type)
    return _DECLARATION + bytes(generator.rss_str(pretty=True, xml_declaration=False))


def _atom(feed: Feed, url: str, namespaces: dict[str, str], entries: Sequence[Entry]) -> bytes:
    generator = _generator(feed, url, Format.ATOM, namespaces)
    generator.id(feed.id)
    generator.author(name=feed.author or feed.title)
    if feed.description.strip():
        generator.subtitle(feed.description)
    if feed.icon:
        generator.icon(feed.icon)
    if feed.logo:
        generator.logo(feed.logo)
    for entry in entries:
        node = _entry(generator, entry, feed)
        node.updated(entry.updated)
        node.published(entry.published)
        for person in entry.people:
            node.author(name=person.name, email=person.email, uri=person.url)
        html, summary = html_of(entry, feed.content), summary_of(entry)
        told = tells_more(summary, entry.title, html)
        if told:
            node.summary(summary, type="text")
        if html:
            node.content(html, type="html")
        elif not told:
            node.content(stand_in(entry), type="text")
    return _DECLARATION + bytes(generator.atom_str(pretty=True, xml_declaration=False))


def _generator(
    feed: Feed,
    url: str,
    format: Format,  # noqa: A002 - the noun of the model
    namespaces: dict[str, str],
) -> Any:
    generator = FeedGenerator()
    generator.register_extension(GENERATOR, FeedExtension, EntryExtension)
    generator.syndicator.feed = feed
    generator.syndicator.paging = feed.neighbours(format)
    generator.syndicator.namespaces = namespaces
    generator.title(feed.title)
    generator.updated(feed.updated)
    generator.generator(GENERATOR)
    if feed.language:
        generator.language(feed.language)
    if feed.copyright.strip():
        generator.rights(feed.copyright)
    generator.link(href=url, rel="self", type=BARE_TYPES[format])
    if format is Format.ATOM:
        for hub in feed.hubs:
            generator.link(href=hub, rel="hub")
    # Last on purpose: feedgen's RSS <link> is whichever link was given last.
    generator.link(href=feed.home_url, rel="alternate", type="text/html")
    return generator


def _entry(generator: Any, entry: Entry, feed: Feed) -> Any:
    """What both formats have in the same words."""
    node = generator.add_entry(order="append")
    node.syndicator.entry = entry
    node.syndicator.elements = feed.elements
    node.syndicator.language = entry.language if entry.language != feed.language else ""
    node.id(entry.id)
    node.title(entry.title)
    node.link(href=entry.url, rel="alternate")
    for term in terms_of(entry, feed):
        node.category(term=term.term, scheme=term.scheme, label=term.label)
    return node


def _namespaces(feed: Feed, format: Format) -> dict[str, str]:  # noqa: A002 - the noun of the model
    """Those that the document will use: validators warn of others, and partners are frightened by warnings."""
    rss = format is Format.RSS
    used: dict[str, str] = {}
    if rss and any(html_of(entry, feed.content) and summary_of(entry) for entry in feed.entries):
        used["content"] = CONTENT
    if rss and any(entry.people for entry in feed.entries):
        used["dc"] = DC
    files = further_files if rss else timed_files
    if any(entry.image or has_status(entry) or files(entry) for entry in feed.entries):
        used["media"] = MEDIA
    if has_looks(feed):
        used["webfeeds"] = WEBFEEDS
    if not rss and feed.tombstones:
        used["at"] = TOMBSTONES
    if feed.neighbours(format).archive:
        used["fh"] = HISTORY
    return {**used, **namespaces_of(feed)}
