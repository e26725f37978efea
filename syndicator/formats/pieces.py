"""Documents put together from what their entries came to before: of fifty entries one is new, and forty-nine cost as
much to write as that one.

A piece is the bytes of one entry as the library wrote them, and what is around all of them is written anew each time.
In XML it goes from the line with the start tag to that with the end tag: text and attributes hold no ``<`` of their
own, so that a start tag at the beginning of a line is one. In JSON it goes from the line break before a brace to the
brace's partner, both in the column of items: strings hold no line breaks of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from syndicator.model import Entry, Feed, Format

#: Bytes of all pieces together. A feed of fifty entries has 300 kB of them in each format.
_MOST = 16 * 2**20
_BEGINS = {
    Format.RSS: re.compile(rb"^ {4}<item>", re.MULTILINE),
    Format.ATOM: re.compile(rb"^ {2}<entry[ >]", re.MULTILINE),
}
_ENDS = {Format.RSS: b"  </channel>", Format.ATOM: b"</feed>"}
_ITEMS, _END_OF_ITEMS, _BETWEEN_ITEMS = b'\n  "items": [', b"\n  ]\n}\n", re.compile(rb",(?=\n {4}\{)")
_WHENEVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Kept:
    """The pieces of a document by id, ``length`` bytes of them. ``around`` is all else that decides what they are."""

    around: object
    pieces: dict[str, tuple[Entry, bytes]]
    length: int


class Pieces:
    """Keeps what entries came to, of the documents that were written last, and never more than ``most`` bytes."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._kept: dict[tuple[Format, str], _Kept] = {}

    @property
    def length(self) -> int:
        """Bytes of all pieces."""
        return sum(kept.length for kept in self._kept.values())

    def write(
        self,
        feed: Feed,
        format: Format,  # noqa: A002 - the noun of the model
        url: str,
        namespaces: dict[str, str],
        write: Callable[[Sequence[Entry]], bytes],
    ) -> bytes:
        """The document that ``write`` makes of all entries, of which it is given only the new ones. ``namespaces`` are
        those that are declared around them."""
        if feed.neighbours(format).archive:
            return write(feed.entries)  # there are thousands, and each is written once
        # JSON has no word for a post that was taken down.
        entries = [entry for entry in feed.entries if not (entry.deleted and format is Format.JSON)]
        if not entries:
            return write(())
        around = (replace(feed, entries=(), tombstones=(), updated=_WHENEVER), tuple(namespaces.items()))
        known = self._kept.pop((format, url), None)
        had = known.pieces if known is not None and known.around == around else {}
        pieces = {entry.id: had[entry.id] for entry in entries if entry.id in had and had[entry.id][0] == entry}
        missing = [entry for entry in entries if entry.id not in pieces]
        head, made, glue, end = (_json_apart if format is Format.JSON else _xml_apart)(write(missing), format)
        pieces |= {entry.id: (entry, piece) for entry, piece in zip(missing, made, strict=True)}
        self._keep((format, url), _Kept(around, pieces, sum(len(piece) for _, piece in pieces.values())))
        return b"".join((head, glue.join(pieces[entry.id][1] for entry in entries), end))

    def _keep(self, name: tuple[Format, str], kept: _Kept) -> None:
        self._kept[name] = kept
        while self.length > self._most:
            del self._kept[next(iter(self._kept))]


#: What comes before the first entry, each entry, what is between two, and what comes after the last.
_Parts = tuple[bytes, list[bytes], bytes, bytes]


def _xml_apart(document: bytes, format: Format) -> _Parts:  # noqa: A002 - the noun of the model
    end = document.rindex(_ENDS[format])
    begins = [found.start() for found in _BEGINS[format].finditer(document)]
    ends = [*begins[1:], end]
    pieces = [document[begin:after] for begin, after in zip(begins, ends, strict=False)]
    return document[: begins[0] if begins else end], pieces, b"", document[end:]


def _json_apart(document: bytes, _: Format) -> _Parts:
    begin = document.index(_ITEMS) + len(_ITEMS)
    items = document[begin : -len(_END_OF_ITEMS)] if document.endswith(_END_OF_ITEMS) else b""
    return document[:begin], _BETWEEN_ITEMS.split(items) if items else [], b",", _END_OF_ITEMS
