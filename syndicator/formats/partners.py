"""Elements that partners have beside those of the formats, in feeds whose profile asks for them alone.

- MSN (partners-31): ``dcterms:modified``, ``dcterms:valid`` with the end of a post, ``mi:shortTitle``, and
  ``mi:hasSyndicationRights`` of a picture whose rights are told. Names in ``mi`` are from memory, its address is not.
- A post that was taken down is told of by ``media:status`` (SmartNews) or an end in ``dcterms:valid`` (MSN).
- SmartNews (partners-33 to -37): ``snf:logo``, a date of the channel, ``media:thumbnail`` of an item, by its attribute.
"""

from __future__ import annotations

from lxml.etree import SubElement, _Element

from syndicator.formats.parts import rfc822, rfc3339, updated_of
from syndicator.model import Entry, Feed

DCTERMS = "http://purl.org/dc/terms/"
MSN = "http://schemas.ingestion.microsoft.com/common/"
SMARTNEWS = "http://www.smartnews.be/snf"
_MEDIA = "http://search.yahoo.com/mrss/"


def namespaces_of(feed: Feed) -> dict[str, str]:
    """Those that these elements will use: prefix to address."""
    used: dict[str, str] = {}
    msn = "msn" in feed.elements and bool(feed.entries)
    if msn or any(entry.deleted and entry.expires for entry in feed.entries):
        used["dcterms"] = DCTERMS
        if msn and any(entry.short_title or _rights(entry) for entry in feed.entries):
            used["mi"] = MSN
    if "smartnews" in feed.elements and feed.logo:
        used["snf"] = SMARTNEWS
    return used


def dress_channel(channel: _Element, feed: Feed) -> None:
    """What a partner wants of a channel of RSS."""
    if "smartnews" in feed.elements:
        _text(channel, "pubDate", rfc822(feed.updated))
        if feed.logo:
            _text(SubElement(channel, f"{{{SMARTNEWS}}}logo"), "url", feed.logo)


def dress_item(item: _Element, entry: Entry, elements: tuple[str, ...]) -> None:
    """What a partner wants of an item or entry, whatever the format."""
    if "msn" in elements:
        _text(item, f"{{{DCTERMS}}}modified", rfc3339(updated_of(entry)))
    if entry.expires is not None and ("msn" in elements or entry.deleted):
        _text(item, f"{{{DCTERMS}}}valid", f"end={rfc3339(entry.expires)}; scheme=W3C-DTF")
    if "msn" in elements:
        if entry.short_title:
            _text(item, f"{{{MSN}}}shortTitle", entry.short_title)
        content = item.find(f"{{{_MEDIA}}}content")
        if content is not None and _rights(entry):
            _text(content, f"{{{MSN}}}hasSyndicationRights", "1")
    if has_status(entry):
        SubElement(item, f"{{{_MEDIA}}}status", {"state": "deleted"})
    if "smartnews" in elements and entry.image:
        SubElement(item, f"{{{_MEDIA}}}thumbnail", {"url": entry.image.url})


def has_status(entry: Entry) -> bool:
    """Whether it is told of as deleted, rather than by its end."""
    return entry.deleted and entry.expires is None


def _rights(entry: Entry) -> bool:
    """Whether anybody said whose the picture is: a picture without rights does not get here."""
    return entry.image is not None and bool(entry.image.rights)


def _text(parent: _Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text
