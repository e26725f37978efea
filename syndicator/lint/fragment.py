"""The tags of an HTML fragment with their positions, in one walk over the text whatever is in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

_NAME = re.compile(r"[A-Za-z][^\s/>]*")
_ATTRIBUTE = re.compile(r"[\s/]*([^\s/>=][^\s/>=]*)")
_EQUALS = re.compile(r"\s*=\s*")
_UNQUOTED = re.compile(r"[^\s>]*")
_REST = re.compile(r"[\s/]*")
_RAW = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"})


@dataclass(frozen=True, slots=True)
class Tag:
    """A start tag: its name in lower case, its attributes (the first of a name counts), where it begins."""

    name: str
    attributes: dict[str, str]
    position: int
    xml: bool = False


def tags_of(text: str) -> Iterator[Tag]:
    """Start tags as a browser sees them: comments hide theirs, and so do elements of raw text."""
    at = 0
    while (at := text.find("<", at)) >= 0:
        if text.startswith("<!--", at):
            end = text.find("-->", at + 4)
            if end < 0:
                return
            at = end + 3
            continue
        name = _NAME.match(text, at + 1)
        if not name:
            at += 1
            continue
        tag, end = _tag(text, at, name)
        if tag is None:
            return
        yield tag
        at = end
        if tag.name in _RAW and not tag.xml:
            closing = re.compile(f"</{tag.name}[\\s/>]", re.IGNORECASE).search(text, at)
            if closing is None:
                return
            at = closing.start() + 1


def _tag(text: str, at: int, name: re.Match[str]) -> tuple[Tag | None, int]:
    """The tag and where it ends; no tag where the text ends within it."""
    attributes: dict[str, str] = {}
    end = name.end()
    while True:
        found = _ATTRIBUTE.match(text, end)
        if not found:
            rest = _REST.match(text, end)
            end = rest.end() if rest else end
            if end >= len(text):
                return None, end
            if text[end] == ">":
                return Tag(name[0].lower(), attributes, at, text[end - 1] == "/"), end + 1
            end += 1  # a stray "="
            continue
        value, end = "", found.end()
        if equals := _EQUALS.match(text, end):
            value, end = _value(text, equals.end())
            if end < 0:
                return None, len(text)
        attributes.setdefault(found[1].lower(), unescape(value))


def _value(text: str, at: int) -> tuple[str, int]:
    """The value and where it ends, -1 where its quote is never closed."""
    quote = text[at : at + 1]
    if quote and quote in "\"'":
        end = text.find(quote, at + 1)
        return (text[at + 1 : end], end + 1) if end >= 0 else ("", -1)
    found = _UNQUOTED.match(text, at)
    return (found[0], found.end()) if found else ("", at)
