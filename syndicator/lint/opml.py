"""OPML 2.0: lists of feeds (partners.md K)."""

from __future__ import annotations

from collections.abc import Iterator

from syndicator.lint.context import Context
from syndicator.lint.dates import check_rfc822
from syndicator.lint.elements import check_attributes, check_once
from syndicator.lint.findings import ItemRef, Note, quoted
from syndicator.lint.tree import Node
from syndicator.lint.values import check_address
from syndicator.lint.words import words

_VERSIONS = ("1.0", "1.1", "2.0")
_HEAD = words(
    "title dateCreated dateModified ownerName ownerEmail ownerId docs expansionState vertScrollState windowTop "
    "windowLeft windowBottom windowRight"
)
_OUTLINE = words(
    "text type xmlUrl htmlUrl title description language version category created isComment isBreakpoint url"
)
_FEEDS = ("RSS", "RSS1", "RSS2", "scriptingNews")


def check_opml(root: Node, context: Context) -> Iterator[Note]:
    """A document whose root is ``opml``."""
    if root.namespace:
        yield Note("InvalidNamespace", root.line, f"OPML is in the namespace {quoted(root.namespace)}")
        return
    version = root.attributes.get("version")
    if version is None:
        yield Note("MissingAttribute", root.line, "opml has no attribute version")
    elif version not in _VERSIONS:
        yield Note("InvalidOpmlVersion", root.line, f"there is no OPML {quoted(version)}")
    for name in ("head", "body"):
        if root.first(name) is None:
            yield Note("MissingElement", root.line, f"opml has no {name}")
    yield from check_once(root, ("head", "body"))
    for head in root.all("head")[:1]:
        yield from _head(head, context)
    for body in root.all("body")[:1]:
        outlines = [node for node in body.walk() if node.name == "outline"]
        if not outlines:
            yield Note("MissingOutline", body.line, "the body has no outline")
        for number, outline in enumerate(outlines, 1):
            ref = ItemRef(number, outline.attributes.get("xmlUrl", ""), outline.attributes.get("text", ""))
            for note in _outline(outline):
                yield Note(note.rule, note.line, note.message, ref)


def _head(head: Node, context: Context) -> Iterator[Note]:
    yield from check_once(head, sorted(_HEAD))
    for node in head.children:
        if node.namespace:
            continue
        if node.name not in _HEAD:
            yield Note("UndefinedElement", node.line, f"there is no element {quoted(node.name)} in a head of OPML")
        elif node.name in ("dateCreated", "dateModified"):
            yield from check_rfc822(node, context.now)
        elif node.name in ("ownerId", "docs"):
            yield from check_address(node.line, node.name, node.value, web=True)


def _outline(node: Node) -> Iterator[Note]:
    """partners-58."""
    attributes = node.attributes
    yield from check_attributes(node, _OUTLINE)
    if not attributes.get("text", "").strip():
        yield Note("MissingAttribute", node.line, "the outline has no text")
    subscribed = attributes.get("type", "").lower() == "rss"
    if subscribed and "xmlUrl" not in attributes:
        yield Note("MissingXmlURL", node.line, "the outline is a feed, and has no xmlUrl")
    if "xmlUrl" in attributes and not subscribed:
        yield Note(
            "InvalidOutlineType", node.line, f"the type of a feed is rss, and not {quoted(attributes.get('type', ''))}"
        )
    if subscribed and not attributes.get("title", "").strip():
        yield Note("MissingTitleAttr", node.line, "the outline is a feed, and has no title")
    if subscribed and attributes.get("version", _FEEDS[0]) not in _FEEDS:
        yield Note("InvalidOutlineVersion", node.line, f"{quoted(attributes['version'])} is no version of a feed")
    for name in ("xmlUrl", "htmlUrl", "url"):
        if name in attributes:
            yield from check_address(node.line, name, attributes[name], web=True)
