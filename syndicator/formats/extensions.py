"""What feedgen leaves out or gets wrong, mended through its extension hook.

feedgen calls an extension with the elements that it has made, before it writes them: so nothing is edited afterwards.
The classes have the methods of feedgen's ``BaseExtension`` and need not inherit from it. Mended here:

- Atom entry links lose every attribute but ``href`` (lkiesow/python-feedgen#135);
- RSS knows neither ``atom:link rel="hub"``, nor authors without e-mail, nor when an item was updated;
- dates are written as ``+00:00`` and ``+0000``, and with the locale of the process switched once for each;
- ``xmlns:content`` is declared where nothing uses it;
- Media RSS knows no description and no credit;
- signs of markup in RSS's plain text are written by name, which several readers decode twice (rss-48);
- nothing is known of what Feedly shows of a feed: cover, color, icon and logo as SVG (rss-67, partners-47).

How a featured image is described (Media RSS 1.5.1, rss-54 to rss-61):

- ``media:content`` carries the address that the enclosure has, so that readers know the two for one;
- ``media:description`` is the caption, or else the alternative text;
- ``media:text`` is the alternative text where a caption has taken its place: it is the element for a text that stands
  for the medium, and people who cannot see the picture need it. ``media:title`` is not used: that is a name;
- ``media:credit`` has no role: "Alex Babenko/Getty Images" is not only a photographer (rss-59);
- ``media:thumbnail`` is the image itself, while no smaller one is known.
"""

from __future__ import annotations

import re

from lxml.etree import Entity, SubElement, _Element, cleanup_namespaces

from syndicator.formats.media_types import BARE_TYPES
from syndicator.formats.partners import dress_channel, dress_item
from syndicator.formats.parts import ending, rfc822, rfc3339, updated_of, was_updated
from syndicator.model import Enclosure, Entry, Feed, Format, Image, Paging

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
MEDIA = "http://search.yahoo.com/mrss/"
WEBFEEDS = "http://webfeeds.org/rss/1.0"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
HISTORY = "http://purl.org/syndication/history/1.0"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_SIGNS = re.compile("([&<>])")
_MEDIUMS = frozenset({"image", "audio", "video"})


class FeedExtension:
    """The feed's own part. ``feed`` and ``paging``, the document's place in its history, are set before rendering, as
    are the ``namespaces`` in use (prefix to address)."""

    feed: Feed
    paging: Paging
    namespaces: dict[str, str]

    def extend_ns(self) -> dict[str, str]:
        """The namespaces that the root declares."""
        return self.namespaces

    def extend_rss(self, rss: _Element) -> _Element:
        """Hubs and history after the self link, the date of the last change, no namespace without use."""
        channel = rss[0]
        self_link = _child(channel, f"{{{ATOM}}}link")
        hubs = [{"href": hub, "rel": "hub"} for hub in self.feed.hubs]
        for attributes in reversed([*hubs, *_history_links(self.paging, BARE_TYPES[Format.RSS])]):
            self_link.addnext(channel.makeelement(f"{{{ATOM}}}link", attributes))
        if self.paging.archive:
            SubElement(channel, f"{{{HISTORY}}}archive")
        _child(channel, "lastBuildDate").text = rfc822(self.feed.updated)
        _write_looks(channel, self.feed)
        _write_signs(channel, "title", "description", "copyright")
        for image in channel.iterchildren("image"):
            _write_signs(image, "title")
        # The items are not there yet, so what they will use must be kept by name.
        dress_channel(channel, self.feed)
        cleanup_namespaces(rss, keep_ns_prefixes=["atom", *self.namespaces])
        return rss

    def extend_atom(self, root: _Element) -> _Element:
        """The date as RFC 3339 has it, the history after the other links, the feed's looks, and tombstones, before the
        entries (atom-63, atom-68)."""
        _child(root, "updated").text = rfc3339(self.feed.updated)
        last = root.findall("link")[-1]
        for attributes in reversed(_history_links(self.paging, BARE_TYPES[Format.ATOM])):
            last.addnext(root.makeelement("link", attributes))
        if self.paging.archive:
            SubElement(root, f"{{{HISTORY}}}archive")
        _write_looks(root, self.feed)
        for stone in self.feed.tombstones:
            SubElement(root, f"{{{TOMBSTONES}}}deleted-entry", {"ref": stone.ref, "when": rfc3339(stone.when)})
        return root


class EntryExtension:
    """An entry's part. ``entry`` is set before rendering; ``language`` is the entry's where it is not the feed's,
    ``elements`` are the partners whose own elements are written.
    """

    entry: Entry
    elements: tuple[str, ...]
    language: str

    def extend_rss(self, item: _Element) -> _Element:
        """Dates, people and media of an item."""
        entry = self.entry
        _write_signs(item, "title", "category")
        _text(item, "pubDate", rfc822(entry.published))
        if was_updated(entry):
            _text(item, f"{{{ATOM}}}updated", rfc3339(updated_of(entry)))
        for person in entry.people:
            _text(item, f"{{{DC}}}creator", person.name)
        if entry.image:
            _write_image(item, entry.image)
        for enclosure in further_files(entry):
            _write_file(item, enclosure)
        if self.elements or entry.deleted:
            dress_item(item, entry, self.elements)
        return item

    def extend_atom(self, node: _Element) -> _Element:
        """Language, dates, links and image of an entry. Atom's own names are without namespace while feedgen works."""
        entry = self.entry
        if self.language:
            node.set(_XML_LANG, self.language)
        _child(node, "published").text = rfc3339(entry.published)
        _child(node, "updated").text = rfc3339(updated_of(entry))
        # feedgen was given one link, which it needs to be content; it is in the right place for all of them.
        alternate = _child(node, "link")
        for attributes in reversed(_atom_links(entry)):
            alternate.addnext(node.makeelement("link", attributes))
        node.remove(alternate)
        if entry.image:
            _write_image(node, entry.image)
        for enclosure in timed_files(entry):
            _write_file(node, enclosure)
        if self.elements or entry.deleted:
            dress_item(node, entry, self.elements)
        return node


def further_files(entry: Entry) -> tuple[Enclosure, ...]:
    """Enclosures that RSS has no element for: it may hold one only (rss-40), and the image is told of already.

    The first is among them where more is known of it than an enclosure says.
    """
    told = entry.image.url if entry.image else ""
    files = entry.enclosures[0 if is_described(entry.enclosures) else 1 :]
    return tuple(enclosure for enclosure in files if enclosure.url != told)


def timed_files(entry: Entry) -> tuple[Enclosure, ...]:
    """Enclosures whose duration Atom's links have no attribute for."""
    return tuple(enclosure for enclosure in entry.enclosures if enclosure.duration)


def is_described(enclosures: tuple[Enclosure, ...]) -> bool:
    """Whether the first has a title or a duration."""
    return bool(enclosures and (enclosures[0].title or enclosures[0].duration))


def _history_links(paging: Paging, media_type: str) -> list[dict[str, str]]:
    """RFC 5005 section 4: where the feed goes on, in both formats (atom-61, rss-15, rss-63)."""
    links = {"current": paging.current, "prev-archive": paging.prev, "next-archive": paging.next}
    return [{"href": href, "rel": rel, "type": media_type} for rel, href in links.items() if href]


def _atom_links(entry: Entry) -> list[dict[str, str]]:
    links = [{"href": entry.url, "rel": "alternate", "type": "text/html"}]
    if entry.link:
        links.append({"href": entry.link, "rel": "related"})
    for enclosure in entry.enclosures:
        links.append({"href": enclosure.url, "rel": "enclosure", "type": enclosure.type})
        # Unlike in RSS, a length that nobody knows is left out: 0 would be a claim (atom-51).
        if enclosure.length > 0:
            links[-1]["length"] = str(enclosure.length)
        if enclosure.title:
            links[-1]["title"] = enclosure.title
    return links


def has_looks(feed: Feed) -> bool:
    """Whether anything is said in the namespace of Feedly."""
    return bool(feed.cover or feed.accent or _is_drawing(feed.icon) or _is_drawing(feed.logo))


def _write_looks(parent: _Element, feed: Feed) -> None:
    if feed.cover:
        SubElement(parent, f"{{{WEBFEEDS}}}cover", {"image": feed.cover})
    for name, address in (("icon", feed.icon), ("logo", feed.logo)):
        if _is_drawing(address):
            _text(parent, f"{{{WEBFEEDS}}}{name}", address)
    if feed.accent:
        _text(parent, f"{{{WEBFEEDS}}}accentColor", feed.accent)


def _is_drawing(address: str) -> bool:
    return ending(address) == "svg"


def _write_image(parent: _Element, image: Image) -> None:
    size = _numbers(width=image.width, height=image.height)
    said = {"url": image.url, "medium": "image"}
    if image.type:
        said["type"] = image.type
    content = SubElement(parent, f"{{{MEDIA}}}content", said | size | _numbers(fileSize=image.length))
    if image.caption or image.alt:
        _text(content, f"{{{MEDIA}}}description", image.caption or image.alt).set("type", "plain")
    if image.caption and image.alt and image.alt != image.caption:
        _text(content, f"{{{MEDIA}}}text", image.alt).set("type", "plain")
    if image.credit:
        _text(content, f"{{{MEDIA}}}credit", image.credit)
    SubElement(content, f"{{{MEDIA}}}thumbnail", {"url": image.url} | size)


def _write_file(parent: _Element, enclosure: Enclosure) -> None:
    said = {"url": enclosure.url, "type": enclosure.type}
    medium = enclosure.type.partition("/")[0]
    if medium in _MEDIUMS:
        said["medium"] = medium
    said |= _numbers(fileSize=enclosure.length, duration=enclosure.duration)
    content = SubElement(parent, f"{{{MEDIA}}}content", said)
    if enclosure.title:
        _text(content, f"{{{MEDIA}}}title", enclosure.title).set("type", "plain")


def _write_signs(parent: _Element, *names: str) -> None:
    """Write ``&``, ``<`` and ``>`` as numbers: no reader takes them for markup then, and no validator (rss-48)."""
    for element in parent.iterchildren(*names):
        before, *rest = _SIGNS.split(element.text or "")
        if not rest:
            continue
        element.text = before
        for sign, after in zip(rest[::2], rest[1::2], strict=True):
            number = Entity(f"#x{ord(sign):X}")
            number.tail = after
            element.append(number)


def _numbers(**values: int | None) -> dict[str, str]:
    """Only what is known: Media RSS takes no 0 (rss-56)."""
    return {name: str(value) for name, value in values.items() if value is not None and value > 0}


def _text(parent: _Element, name: str, text: str) -> _Element:
    element = SubElement(parent, name)
    element.text = text
    return element


def _child(parent: _Element, name: str) -> _Element:
    """A child that feedgen always writes. Raises LookupError should it have stopped doing so."""
    child = next(parent.iterchildren(name), None)
    if child is None:
        raise LookupError(f"feedgen wrote no {name!r} in {parent.tag!r}; was another version installed?")
    return child
