"""Which members JSON Feed knows and of what kind each is (jsonfeed.md A, E, F)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from syndicator.lint.findings import Note, quoted
from syndicator.lint.html import has_entity, has_markup
from syndicator.lint.jsontree import Number, Value
from syndicator.lint.values import check_address, check_id, scheme_of

# Kinds: text; url; flag; number; object and array of something that has members of its own; tags.
AUTHOR = {"name": "text", "url": "url", "avatar": "url"}
HUB = {"type": "text", "url": "url"}
ATTACHMENT = {
    "url": "url", "mime_type": "text", "title": "text", "size_in_bytes": "number", "duration_in_seconds": "number",
}  # fmt: skip
FEED = {
    "version": "text", "title": "text", "home_page_url": "url", "feed_url": "url", "description": "text",
    "user_comment": "text", "next_url": "url", "icon": "url", "favicon": "url", "author": "author",
    "authors": "authors", "language": "text", "expired": "flag", "hubs": "hubs", "items": "items",
}  # fmt: skip
ITEM = {
    "id": "text", "url": "url", "external_url": "url", "title": "text", "content_html": "html", "content_text": "html",
    "summary": "text", "image": "url", "banner_image": "url", "date_published": "text", "date_modified": "text",
    "author": "author", "authors": "authors", "tags": "tags", "language": "text", "attachments": "attachments",
}  # fmt: skip
_INSIDE = {"author": AUTHOR, "authors": AUTHOR, "hubs": HUB, "attachments": ATTACHMENT}
_NAMED = {"author": "the author", "authors": "an author", "hubs": "a hub", "attachments": "an attachment"}
_EXTENSION = re.compile(r"_[a-zA-Z][^.]*")
_WANTED = {
    "text": "a string", "html": "a string", "url": "a string", "flag": "true or false", "number": "a number",
    "author": "an object",
}  # fmt: skip


def check_members(parent: Value, name: str, known: Mapping[str, str]) -> Iterator[Note]:
    """Every member of an object: whether it is known, and of its kind."""
    if not isinstance(parent.data, dict):
        yield _mistyped(parent, name, "an object")
        return
    for key, value in parent.data.items():
        if key.startswith("_"):
            yield from _extension(key, value)
        elif key not in known:
            yield Note("UndefinedMember", value.line, f"{name} has no member {quoted(key)}", None, value.column)
        else:
            yield from _member(key, value, known[key])


def _member(key: str, value: Value, kind: str) -> Iterator[Note]:
    if value.data is None:
        yield Note("NullValue", value.line, f"{key} is null", None, value.column)
        return
    if kind in ("authors", "hubs", "attachments", "items", "tags"):
        yield from _array(key, value, kind)
        return
    right = {"flag": bool, "number": Number, "author": dict}.get(kind, str)
    if not isinstance(value.data, right):
        yield _mistyped(value, key, _WANTED[kind])
    elif kind == "author":
        yield from check_members(value, _NAMED["author"], AUTHOR)
    elif kind in ("text", "url") and not value.text.strip():
        yield Note("NotBlank", value.line, f"{key} is blank", None, value.column)
    elif kind == "url":
        yield from _url(key, value)


def _url(key: str, value: Value) -> Iterator[Note]:
    if scheme_of(value.text) in ("tag", "urn"):
        yield from check_id(value.line, key, value.text)
    else:
        yield from check_address(value.line, key, value.text)


def _array(key: str, value: Value, kind: str) -> Iterator[Note]:
    if not isinstance(value.data, list):
        yield _mistyped(value, key, "an array")
        return
    if not value.data and kind != "items":
        yield Note("EmptyValue", value.line, f"{key} has nothing in it", None, value.column)
    for part in value.data:
        if kind == "tags":
            if not isinstance(part.data, str):
                yield _mistyped(part, "a tag", "a string")
            elif not part.data.strip():
                yield Note("NotBlank", part.line, "a tag is blank", None, part.column)
        elif kind in _INSIDE:
            yield from check_members(part, _NAMED[kind], _INSIDE[kind])


def _extension(key: str, value: Value) -> Iterator[Note]:
    """jsonfeed-45, jsonfeed-46."""
    if not _EXTENSION.fullmatch(key):
        yield Note("InvalidExtensionName", value.line, f"{quoted(key)} is no name of an extension")
    if not isinstance(value.data, dict):
        yield Note("ExtensionNotObject", value.line, f"the extension {quoted(key)} is not an object")
        return
    for name, member in value.data.items():
        if name.startswith("_") or "." in name:
            yield Note("InvalidExtensionName", member.line, f"{quoted(name)} is no name of an extension's member")


def check_plain_member(parent: Value, name: str) -> Iterator[Note]:
    """Text that is no HTML (jsonfeed-28)."""
    value = parent.get(name)
    if value is None:
        return
    if has_markup(value.text):
        yield Note("ContainsHTML", value.line, f"{name} {quoted(value.text)} holds HTML and is read as text")
    elif has_entity(value.text):
        yield Note("CharacterData", value.line, f"{name} {quoted(value.text)} holds an entity, which is read as it is")


def check_authors(parent: Value, name: str) -> Iterator[Note]:
    """jsonfeed-22, jsonfeed-43."""
    authors, old = parent.get("authors"), parent.get("author")
    for author in (*(authors.items if authors else ()), *((old,) if old else ())):
        if isinstance(author.data, dict) and not author.data.keys() & AUTHOR.keys():
            yield Note("EmptyAuthor", author.line, "an author has neither name nor url nor avatar", None, author.column)
    if old is not None and authors is None:
        yield Note("DeprecatedAuthor", old.line, f"{name} has the author of version 1.0, and no authors")


def _mistyped(value: Value, name: str, wanted: str) -> Note:
    return Note("InvalidMemberType", value.line, f"{name} is not {wanted}", None, value.column)
