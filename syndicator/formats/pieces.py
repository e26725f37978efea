"""Documents put together from what their entries came to before: of fifty entries one is new, and forty-nine cost as
much to write as that one.

A piece is the bytes of one entry as the library wrote them, and what is around all of them is written anew each time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from syndicator.formats.apart import apart
from syndicator.model import Entry, Feed, Format

#: Bytes of all documents together. A feed of fifty entries has 300 kB in each format.
_MOST = 16 * 2**20
_WHENEVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A document, and where in it each entry begins and ends, by id. ``around`` is all else that decides what entries
    come to.
    """

    around: object
    document: bytes
    places: dict[str, tuple[Entry, int, int]]


class Pieces:
    """Keeps the documents that were written last, to take from them what entries came to, and never more than ``most``
    bytes. Whoever serves those has the same bytes.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._kept: dict[tuple[Format, str], _Kept] = {}

    @property
    def length(self) -> int:
        """Bytes of all documents."""
        return sum(len(kept.document) for kept in self._kept.values())

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
        pieces = self._same(self._kept.pop((format, url), None), around, entries)
        missing = [entry for entry in entries if entry.id not in pieces]
        head, made, glue, end = apart(write(missing), format)
        pieces.update((entry.id, piece) for entry, piece in zip(missing, made, strict=True))
        document = b"".join((head, glue.join(pieces[entry.id] for entry in entries), end))
        places: dict[str, tuple[Entry, int, int]] = {}
        at = len(head)
        for entry in entries:
            length = len(pieces[entry.id])
            places[entry.id] = entry, at, at + length
            at += length + len(glue)
        self._keep((format, url), _Kept(around, document, places))
        return document

    def _same(self, known: _Kept | None, around: object, entries: Sequence[Entry]) -> dict[str, bytes | memoryview]:
        """The pieces of the entries that are what they were, by id."""
        if known is None or known.around != around:
            return {}
        document = memoryview(known.document)
        found = ((entry, known.places.get(entry.id)) for entry in entries)
        return {entry.id: document[place[1] : place[2]] for entry, place in found if place and place[0] == entry}

    def _keep(self, name: tuple[Format, str], kept: _Kept) -> None:
        self._kept[name] = kept
        while self.length > self._most:
            del self._kept[next(iter(self._kept))]
