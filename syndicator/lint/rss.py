"""RSS 2.0: the document and its channel (rss.md A, B, D, G)."""

from __future__ import annotations

from collections.abc import Iterator

from syndicator.lint.context import Context
from syndicator.lint.dates import check_rfc822
from syndicator.lint.elements import (
    check_attributes,
    check_doubles,
    check_language,
    check_modules,
    check_needed,
    check_not_blank,
    check_once,
    check_padding,
)
from syndicator.lint.findings import Note, in_item, quoted
from syndicator.lint.html import check_plain
from syndicator.lint.links import check_history, check_link, check_self, links_of, relation
from syndicator.lint.media import check_media
from syndicator.lint.rssitem import check_item, item_ref
from syndicator.lint.tree import Node
from syndicator.lint.values import check_address, check_contact, count_of
from syndicator.lint.vocabulary import ADMIN, DC, DCTERMS, SLASH
from syndicator.lint.words import words

_VERSIONS = frozenset({"0.91", "0.92", "2.0"})
_ONCE = words(
    "title link description language copyright managingEditor webMaster pubDate lastBuildDate generator docs cloud ttl "
    "image rating textInput skipHours skipDays"
)
_ATTRIBUTES = {
    "category": frozenset({"domain"}),
    "cloud": frozenset({"domain", "port", "path", "registerProcedure", "protocol"}),
}
_TEXTS = words(
    "title link description language copyright managingEditor webMaster pubDate lastBuildDate generator docs ttl "
    "rating category"
)
_DAYS = words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
_DOUBLES = (
    (("", "pubDate"), (DC, "date")),
    (("", "managingEditor"), (DC, "creator")),
    (("", "webMaster"), (DC, "publisher")),
    (("", "copyright"), (DC, "rights")),
    (("", "language"), (DC, "language")),
    (("", "generator"), (ADMIN, "generatorAgent")),
    (("", "lastBuildDate"), (DCTERMS, "modified")),
)
#: This address, to the letter, says that extensions are meant (rss-8).
_DOCS = "http://www.rssboard.org/rss-specification"
_IMAGES = (".gif", ".jpg", ".jpeg", ".png", ".jpe", ".jfif")


def check_rss(root: Node, context: Context) -> Iterator[Note]:
    """A document whose root is ``rss``."""
    if root.namespace:
        yield Note("InvalidNamespace", root.line, f"the elements of RSS are in the namespace {quoted(root.namespace)}")
        return
    version = root.attributes.get("version")
    if version is None:
        yield Note("MissingAttribute", root.line, "rss has no attribute version")
    elif version not in _VERSIONS:
        yield Note("InvalidRSSVersion", root.line, f"there is no RSS {quoted(version)}")
    yield from check_attributes(root, frozenset({"version"}))
    for child in root.children:
        if not child.namespace and child.name != "channel":
            yield Note("UndefinedElement", child.line, f"rss has no element {child.shown}")
    channel = root.first("channel")
    if channel is None:
        yield Note("MissingChannel", root.line, "there is no channel")
        return
    yield from check_once(root, ("channel",))
    extensions = any(node.value == _DOCS for node in channel.all("docs"))
    yield from _channel(channel, context, extensions=extensions)
    items, ids = channel.all("item"), dict[str, int]()
    archived = any(relation(link) in ("prev-archive", "next-archive", "next") for link in links_of(channel))
    for number, item in enumerate(items, 1):
        found = check_item(item, context, ids, extensions=extensions, archived=archived)
        yield from in_item(item_ref(item, number), found)


def _channel(channel: Node, context: Context, *, extensions: bool) -> Iterator[Note]:
    for name in ("title", "link", "description"):
        if channel.first(name) is None:
            yield Note(f"Missing{name.title()}", channel.line, f"the channel has no {name}")
    yield from check_once(channel, sorted(_ONCE))
    yield from check_attributes(channel, frozenset(), extensions=extensions)
    yield from _order(channel)
    for node in channel.children:
        if not node.namespace and node.name != "item":
            yield from _element(node, context, extensions=extensions)
    yield from check_modules(channel, context)
    yield from check_doubles(channel, "DuplicateSemantics", _DOUBLES)
    yield from check_media(channel)
    yield from _image_agrees(channel)
    if channel.first("comments", SLASH) is not None and channel.first("lastBuildDate") is None:
        yield Note("SlashDate", channel.line, "slash:comments without lastBuildDate: nobody knows of when they are")
    links = links_of(channel)
    for link in links:
        yield from check_link(link, in_item=False)
    if not any(relation(link) == "self" for link in links):
        yield Note("MissingAtomSelfLink", channel.line, "the channel does not say its own address")
    yield from check_self(links, context)
    yield from check_history(channel, links)


def _order(channel: Node) -> Iterator[Note]:
    seen = False
    for node in channel.children:
        if node.name == "item" and not node.namespace:
            seen = True
        elif seen:
            yield Note("MisplacedItem", node.line, f"{node.shown} of the channel comes after an item")
            return


def _element(node: Node, context: Context, *, extensions: bool) -> Iterator[Note]:
    name, text = node.name, node.value
    if name not in _ONCE | {"category"}:
        yield Note("UndefinedElement", node.line, f"there is no element {quoted(name)} in a channel of RSS")
        return
    yield from check_attributes(node, _ATTRIBUTES.get(name, frozenset()), extensions=extensions)
    if name in _TEXTS:
        for child in node.children:
            yield Note("UndefinedElement", child.line, f"{name} holds text, and no element {child.shown}")
        yield from check_not_blank(node)
        yield from check_padding(node)
        yield from _value(node, text, context) if text else ()
    match name:
        case "image":
            yield from _image(node)
        case "textInput":
            yield Note("AvoidTextInput", node.line, "hardly any reader knows textInput")
        case "cloud":
            yield from check_needed(node, sorted(_ATTRIBUTES["cloud"]))
        case "skipHours" | "skipDays":
            yield from _skip(node)


def _value(node: Node, text: str, context: Context) -> Iterator[Note]:
    match name := node.name:
        case "title" | "description" | "copyright" | "category":
            yield from check_plain(node.line, name, text, context.line(node.line))
        case "link" | "docs":
            yield from check_address(node.line, name, text)
        case "language":
            yield from check_language(node, text)
        case "managingEditor" | "webMaster":
            yield from check_contact(node.line, name, text)
        case "pubDate" | "lastBuildDate":
            yield from check_rfc822(node, context.now)
        case "ttl":
            if not count_of(text):
                yield Note("InvalidPositiveInteger", node.line, f"ttl {quoted(text)} is no number of minutes")


def _image(image: Node) -> Iterator[Note]:
    """rss-21."""
    for name in ("url", "title", "link"):
        part = image.first(name)
        if part is None:
            yield Note("MissingElement", image.line, f"the image has no {name}")
        else:
            yield from check_not_blank(part)
    yield from check_once(image, ("url", "title", "link", "width", "height", "description"))
    for node in image.children:
        yield from _image_part(node)


def _image_part(node: Node) -> Iterator[Note]:
    name, text = node.name, node.value
    if node.namespace:
        return
    match name:
        case "url":
            yield from check_address(node.line, "url", text) if text else ()
            path = text.partition("?")[0].partition("#")[0].lower()
            if "." in path.rpartition("/")[2] and not path.endswith(_IMAGES):
                yield Note("ImageUrlFormat", node.line, f"the image {quoted(text)} is no GIF, JPEG or PNG")
        case "link":
            yield from check_address(node.line, "link", text) if text else ()
        case "width" | "height":
            most, number = (144 if name == "width" else 400), count_of(text)
            if not number or number > most:
                yield Note(f"Invalid{name.title()}", node.line, f"{name} {quoted(text)} is not from 1 to {most}")
        case "title" | "description":
            pass
        case _:
            yield Note("UndefinedElement", node.line, f"there is no element {quoted(name)} in an image of RSS")


def _image_agrees(channel: Node) -> Iterator[Note]:
    """The image repeats title and link of its channel (rss-21)."""
    image = channel.first("image")
    if image is None:
        return
    for name, rule in (("title", "ImageTitleDoesntMatch"), ("link", "ImageLinkDoesntMatch")):
        own, its = image.first(name), channel.first(name)
        if own is not None and its is not None and own.value and own.value != its.value:
            yield Note(rule, own.line, f"the image's {name} {quoted(own.value)} is not the channel's")


def _skip(node: Node) -> Iterator[Note]:
    """rss-20."""
    child, seen = ("hour" if node.name == "skipHours" else "day"), set[str]()
    for part in node.children:
        text = part.value
        if part.name != child or part.namespace:
            yield Note("UndefinedElement", part.line, f"{node.name} has no element {part.shown}")
        elif child == "day" and text not in _DAYS:
            yield Note("InvalidDay", part.line, f"day {quoted(text)} is no day in English")
        elif child == "hour" and text == "24":
            yield Note("UseZeroForMidnight", part.line, "midnight is the hour 0")
        elif child == "hour" and ((hour := count_of(text)) is None or hour > 23):
            yield Note("InvalidHour", part.line, f"hour {quoted(text)} is not from 0 to 23")
        elif text in seen:
            yield Note("DuplicateValue", part.line, f"{child} {quoted(text)} is there twice")
        seen.add(text)
