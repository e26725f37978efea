"""JSON Feed 1.1: the document and its head (jsonfeed.md A, B, F)."""

from __future__ import annotations

from collections.abc import Iterator

from syndicator.lint.context import Context
from syndicator.lint.findings import ItemRef, Note, in_item, quoted
from syndicator.lint.jsonitem import check_item
from syndicator.lint.jsonmembers import FEED, check_authors, check_members, check_plain_member
from syndicator.lint.jsontree import Value
from syndicator.lint.values import is_language

_VERSION = "https://jsonfeed.org/version/1.1"
_OLD = "https://jsonfeed.org/version/1"
_HUBS = ("WebSub", "rssCloud")
#: Above this the specification calls a feed too large (jsonfeed-6).
_LARGE = 1_000_000


def check_jsonfeed(root: Value, size: int, context: Context) -> Iterator[Note]:
    """A document whose root is an object."""
    yield from _everywhere(root)
    yield from _version(root)
    yield from check_members(root, "the feed", FEED)
    for name, rule in (("title", "MissingTitle"), ("items", "MissingItems")):
        if root.get(name) is None:
            yield Note(rule, root.line, f"the feed has no {name}")
    for name, rule in (("home_page_url", "MissingHomePage"), ("feed_url", "MissingFeedUrl")):
        if root.get(name) is None:
            yield Note(rule, root.line, f"the feed has no {name}")
    if size > _LARGE:
        yield Note("LargeFeed", 1, f"the feed has {size} bytes")
    for name in ("title", "description"):
        yield from check_plain_member(root, name)
    yield from check_authors(root, "the feed")
    yield from _language(root)
    yield from _addresses(root, context)
    yield from _hubs(root)
    ids: dict[str, int] = {}
    items = root.get("items")
    for number, item in enumerate(items.items if items else (), 1):
        yield from in_item(_ref(item, number), check_item(item, ids, context))


def _version(root: Value) -> Iterator[Note]:
    version = root.get("version")
    if version is None:
        yield Note("MissingVersion", root.line, "the feed has no version")
    elif version.text == _OLD:
        yield Note("ObsoleteVersion", version.line, "this is version 1.0, and 1.1 has languages and several authors")
    elif version.text != _VERSION:
        yield Note("InvalidVersion", version.line, f"the version {quoted(version.text)} is none of JSON Feed")
    elif next(iter(root.members)) != "version":
        yield Note("VersionNotFirst", version.line, "the version is not the first member")


def _everywhere(root: Value) -> Iterator[Note]:
    said: set[str] = set()
    for value in root.walk():
        for name in value.doubled:
            yield Note("DuplicateMember", value.line, f"the member {quoted(name)} is there twice", None, value.column)
        text = value.text
        bad = (
            next((char for char in text if "\ud800" <= char <= "\udfff" or char == "\ufffd"), "")
            if not (text.isascii())
            else ""
        )
        if bad and bad not in said:
            said.add(bad)
            yield Note("BadCharacters", value.line, f"U+{ord(bad):04X} is a sign of wrong decoding", None, value.column)


def _language(parent: Value) -> Iterator[Note]:
    language = parent.get("language")
    if language is not None and isinstance(language.data, str) and not is_language(language.data):
        yield Note("InvalidLanguage", language.line, f"the language {quoted(language.data)} is no language code")


def _addresses(root: Value, context: Context) -> Iterator[Note]:
    own, after = root.get("feed_url"), root.get("next_url")
    if own is not None and own.text and context.address and own.text != context.address:
        told = f"feed_url is {quoted(own.text)}, and the document is at {quoted(context.address)}"
        yield Note("SelfDoesntMatchLocation", own.line, told)
    if after is not None and own is not None and after.text and after.text == own.text:
        yield Note("LinkToItself", after.line, "next_url leads to this very document")


def _hubs(root: Value) -> Iterator[Note]:
    hubs = root.get("hubs")
    for hub in hubs.items if hubs else ():
        for name in ("type", "url"):
            if isinstance(hub.data, dict) and name not in hub.data:
                yield Note("IncompleteHub", hub.line, f"a hub has no {name}")
        kind = hub.get("type")
        if kind is not None and isinstance(kind.data, str) and kind.data not in _HUBS:
            yield Note("UnknownHubType", kind.line, f"the hub type {quoted(kind.data)} is not WebSub or rssCloud")


def _ref(item: Value, number: int) -> ItemRef:
    own, title = item.get("id"), item.get("title")
    return ItemRef(number, own.text if own else "", title.text if title else "")
