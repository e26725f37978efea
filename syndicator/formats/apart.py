"""Documents of ours taken apart, by what the library writes at the beginning and end of entries.

In XML an entry goes from the line with its start tag to that with the next one: text and attributes hold no ``<`` of
their own, so that a start tag at the beginning of a line is one. In JSON it goes from the line break before a brace to
the brace's partner, both in the column of items: strings hold no line breaks of their own.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from html import unescape
from typing import NamedTuple

import orjson

from syndicator.model import Format

_BEGINS = {
    Format.RSS: re.compile(rb"^ {4}<item>", re.MULTILINE),
    Format.ATOM: re.compile(rb"^ {2}<entry[ >]", re.MULTILINE),
}
_ENDS = {Format.RSS: b"  </channel>", Format.ATOM: b"</feed>"}
_ITEMS, _END_OF_ITEMS, _BETWEEN_ITEMS = b'\n  "items": [', b"\n  ]\n}\n", re.compile(rb",(?=\n {4}\{)")
_IDS = {Format.RSS: re.compile(rb"<guid[^>]*>([^<]*)<"), Format.ATOM: re.compile(rb"<id>([^<]*)<")}


class Parts(NamedTuple):
    """What comes before the first entry, each entry, what is between two, and what comes after the last."""

    head: bytes
    entries: list[bytes]
    glue: bytes
    end: bytes


def apart(document: bytes, format: Format) -> Parts:  # noqa: A002 - the noun of the model
    """The parts of a document that ``render`` made of a feed. Raises ValueError where it cannot be one."""
    return _json_apart(document) if format is Format.JSON else _xml_apart(document, format)


def without(document: bytes, format: Format, ids: Collection[str]) -> bytes:  # noqa: A002 - the noun of the model
    """The same document less the entries with these ids, the very one where it has none of them. Raises ValueError
    where it cannot be one of ours.
    """
    parts = apart(document, format)
    left = [entry for entry in parts.entries if _id(entry, format) not in ids]
    if len(left) == len(parts.entries):
        return document
    # An empty list stands on one line.
    return b"".join((parts.head, parts.glue.join(left), parts.end if left else parts.end.lstrip()))


def _id(entry: bytes, format: Format) -> str:  # noqa: A002 - the noun of the model
    if format is Format.JSON:
        item = orjson.loads(entry)
        return str(item.get("id", "")) if isinstance(item, dict) else ""
    found = _IDS[format].search(entry)
    if found is None:
        raise ValueError("an entry without an id")
    return unescape(found[1].decode())


def _xml_apart(document: bytes, format: Format) -> Parts:  # noqa: A002 - the noun of the model
    end = document.rindex(_ENDS[format])
    begins = [found.start() for found in _BEGINS[format].finditer(document)]
    ends = [*begins[1:], end]
    pieces = [document[begin:after] for begin, after in zip(begins, ends, strict=False)]
    return Parts(document[: begins[0] if begins else end], pieces, b"", document[end:])


def _json_apart(document: bytes) -> Parts:
    begin = document.index(_ITEMS) + len(_ITEMS)
    items = document[begin : -len(_END_OF_ITEMS)] if document.endswith(_END_OF_ITEMS) else b""
    return Parts(document[:begin], _BETWEEN_ITEMS.split(items) if items else [], b",", _END_OF_ITEMS)
