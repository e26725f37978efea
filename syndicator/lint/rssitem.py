"""RSS 2.0: an item (rss.md C)."""

from __future__ import annotations

from collections.abc import Iterator

from syndicator.lint.context import Context
from syndicator.lint.dates import check_rfc822
from syndicator.lint.elements import (
    check_attributes,
    check_doubles,
    check_modules,
    check_needed,
    check_not_blank,
    check_once,
    check_padding,
    check_update_time,
)
from syndicator.lint.findings import ItemRef, Note, quoted
from syndicator.lint.html import check_html, check_plain
from syndicator.lint.links import check_link, links_of
from syndicator.lint.media import check_media
from syndicator.lint.tree import Node
from syndicator.lint.values import address_problem, check_address, check_contact, count_of, host_of, is_mime, scheme_of
from syndicator.lint.vocabulary import ATOM, CONTENT, DC, MEDIA, XHTML, XML
from syndicator.lint.words import words

_ONCE = words("title link description author comments guid pubDate source")
_ALL = _ONCE | {"category", "enclosure"}
_ATTRIBUTES = {
    "category": frozenset({"domain"}),
    "guid": frozenset({"isPermaLink"}),
    "source": frozenset({"url"}),
    "enclosure": frozenset({"url", "length", "type"}),
}
_VALUES = frozenset({"link", "guid", "pubDate", "author", "comments", "category", "title"})
_DOUBLES = (
    (("", "author"), (DC, "creator")),
    (("", "pubDate"), (DC, "date")),
    (("", "pubDate"), (ATOM, "published")),
    (("", "category"), (DC, "subject")),
)
_DESCRIPTIONS = (
    (("", "description"), (ATOM, "content")),
    (("", "description"), (XHTML, "body")),
)


def item_ref(item: Node, number: int) -> ItemRef:
    """What people and programs know the item by."""
    guid, title = item.first("guid") or item.first("link"), item.first("title")
    return ItemRef(number, guid.value if guid else "", title.value if title else "")


def check_item(
    item: Node, context: Context, ids: dict[str, int], *, extensions: bool, archived: bool
) -> Iterator[Note]:
    """One item; ``ids`` are those of the items before it, and get its own."""
    if item.first("title") is None and item.first("description") is None:
        yield Note("ItemMustContainTitleOrDescription", item.line, "the item has neither title nor description")
    yield from check_once(item, sorted(_ONCE))
    yield from check_once(item, ("encoded",), CONTENT)
    yield from check_attributes(item, frozenset(), extensions=extensions)
    for node in item.children:
        if not node.namespace:
            yield from _element(node, context, extensions=extensions)
    yield from _guid(item, ids, archived=archived)
    yield from _content(item)
    enclosures = item.all("enclosure")
    if len(enclosures) > 1:
        yield Note("DuplicateEnclosure", enclosures[1].line, f"the item has {len(enclosures)} enclosures")
    yield from _pictures(item, enclosures)
    yield from check_doubles(item, "DuplicateItemSemantics", _DOUBLES)
    yield from check_doubles(item, "DuplicateDescriptionSemantics", _DESCRIPTIONS)
    yield from check_modules(item, context)
    for name in ("updated", "published"):
        yield from check_update_time(item.first(name, ATOM), context)
    for link in links_of(item):
        yield from check_link(link, in_item=True)
    yield from check_media(item)


def _element(node: Node, context: Context, *, extensions: bool) -> Iterator[Note]:
    name, text = node.name, node.value
    if name not in _ALL:
        yield Note("UndefinedElement", node.line, f"there is no element {quoted(name)} in an item of RSS")
        return
    yield from check_attributes(node, _ATTRIBUTES.get(name, frozenset()), extensions=extensions)
    for child in node.children:
        yield Note("UndefinedElement", child.line, f"{name} has no element {child.shown} in it")
    if name in _VALUES:
        yield from check_not_blank(node)
        yield from check_padding(node)
    match name:
        case "title" | "category":
            yield from check_plain(node.line, name, text, context.line(node.line))
        case "link" | "comments":
            yield from check_address(node.line, name, text) if text else ()
        case "author":
            yield from check_contact(node.line, name, text) if text else ()
        case "pubDate":
            yield from check_rfc822(node, context.now) if text else ()
        case "source":
            yield from check_needed(node, ("url",))
            if "url" in node.attributes:
                yield from check_address(node.line, "url", node.attributes["url"])
        case "enclosure":
            yield from _enclosure(node)


def _guid(item: Node, ids: dict[str, int], *, archived: bool) -> Iterator[Note]:
    """rss-30, rss-64."""
    guid = item.first("guid")
    if guid is None:
        why = ", and documents of one history are put together by it" if archived else ""
        yield Note("MissingGuid", item.line, f"the item has no guid{why}")
        return
    text, permanent = guid.value, guid.attributes.get("isPermaLink", "true")
    if not text:
        return
    if permanent not in ("true", "false"):
        yield Note("InvalidBooleanAttribute", guid.line, f"isPermaLink is {quoted(permanent)}")
    elif permanent == "false":
        if text.isdigit() and len(text) < 9:
            yield Note("NotSufficientlyUnique", guid.line, f"the guid {quoted(text)} is a short number")
    elif text.lower().startswith(("tag:", "urn:uuid:")):
        yield Note("InvalidPermalink", guid.line, f"the guid {quoted(text)} is said to be a page's address")
    elif problem := address_problem(text):
        yield Note("InvalidHttpGUID", guid.line, f"the guid {quoted(text)} is said to be an address: {problem[1]}")
    if text in ids:
        yield Note("DuplicateValue", guid.line, f"the guid {quoted(text)} is that of line {ids[text]} too")
    ids.setdefault(text, guid.line)


def _content(item: Node) -> Iterator[Note]:
    """rss-35 to rss-37."""
    described = False
    for node in item.children:
        if (node.namespace, node.name) == ("", "description"):
            described = True
        elif (node.namespace, node.name) != (CONTENT, "encoded"):
            continue
        elif not described:
            late = item.first("description") is not None
            told = "content:encoded comes before description" if late else "content:encoded without a description"
            yield Note("NeedDescriptionBeforeContent", node.line, told)
        base = f"{{{XML}}}base" in node.attributes
        yield from check_html(node.line, node.shown, node.text, base=base)


def _pictures(item: Node, enclosures: tuple[Node, ...]) -> Iterator[Note]:
    """rss-61: by one address readers know one picture."""
    media = [node for node in item.walk() if (node.namespace, node.name) == (MEDIA, "content")]
    shown = {scheme_of(url) and url for node in media if (url := node.attributes.get("url")) is not None}
    for node in enclosures[:1]:
        url, kind = node.attributes.get("url", ""), node.attributes.get("type", "")
        if shown and "" not in shown and kind.startswith("image/") and scheme_of(url) and url not in shown:
            yield Note("EnclosureNotInMedia", node.line, f"the picture {quoted(url)} is not in any media:content")


def _enclosure(node: Node) -> Iterator[Note]:
    """rss-41."""
    yield from check_needed(node, ("url", "length", "type"))
    url, length, kind = (node.attributes.get(name) for name in ("url", "length", "type"))
    if url is not None:
        problem = address_problem(url, web=True)
        if problem or "." not in host_of(url).strip("."):
            reason = problem[1] if problem else "its host has no dot in its name"
            yield Note("InvalidURLAttribute", node.line, f"url {quoted(url)}: {reason}")
    if length is not None and count_of(length) is None:
        yield Note("InvalidIntegerAttribute", node.line, f"length {quoted(length)} is no number of bytes")
    if kind is not None and not is_mime(kind):
        yield Note("InvalidMIMEAttribute", node.line, f"type {quoted(kind)} is no media type")
    elif kind is not None and kind.lower() in ("image/jpg", "audio/mp3", "application/octet-stream"):
        yield Note("NonSpecificMediaType", node.line, f"type {quoted(kind)} does not tell readers what it is")
