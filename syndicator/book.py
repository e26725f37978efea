"""The records of posts that a pass looks at, fetched from the ledger when they are wanted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime

from syndicator.model import PostRecord
from syndicator.ports import Ledger

#: So many records of posts that feeds show stay in memory from pass to pass, one kB each.
_KEPT = 5_000


class Book:
    """Records as this pass has them: those that it changed, and for the others those of the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._at_hand: dict[str, PostRecord] = {}
        self._changed: dict[str, PostRecord] = {}
        self._away: set[str] = set()

    def change(self, records: Iterable[PostRecord], away: Iterable[str] = ()) -> None:
        """Take what the ledger does not have yet; posts that are ``away`` it will have no more."""
        for path in away:
            self._away.add(path)
            self._at_hand.pop(path, None)
            self._changed.pop(path, None)
        for record in records:
            self._away.discard(record.path)
            self._changed[record.path] = self._at_hand[record.path] = record

    def changed(self, path: str) -> PostRecord | None:
        """What this pass made of the one at a path, None where it changed nothing."""
        return self._changed.get(path)

    def stored(self, records: Iterable[PostRecord]) -> None:
        """Take what the ledger has by now."""
        for record in records:
            if record.path in self._at_hand:
                self._at_hand[record.path] = record

    def end(self, members: Collection[str]) -> None:
        """A pass is over, all is stored; most ``members`` will be wanted again."""
        self._changed.clear()
        self._away.clear()
        kept = {path: record for path, record in self._at_hand.items() if path in members}
        self._at_hand = kept if len(kept) <= _KEPT else {}

    def at(self, paths: Collection[str]) -> dict[str, PostRecord]:
        """Those of these paths, by path; they stay at hand."""
        wanting = {path for path in paths if path not in self._at_hand and path not in self._away}
        if wanting:
            self._at_hand.update(self._ledger.posts_at(wanting))
        return {path: self._at_hand[path] for path in paths if path in self._at_hand}

    def passing(self, paths: Collection[str]) -> dict[str, PostRecord]:
        """The same for very many, which do not stay."""
        known = {path: self._at_hand[path] for path in paths if path in self._at_hand}
        return known | self._ledger.posts_at({path for path in paths if path not in known and path not in self._away})

    def called(self, ids: Collection[str]) -> list[PostRecord]:
        """Those that have these ids."""
        return self._now(self._ledger.posts_called(ids), lambda record: record.entry_id in ids)

    def there_called(self, ids: Collection[str]) -> list[PostRecord]:
        """The same, where one that is there and at hand stands for all with its id: of many ids most feeds show."""
        known = {r.entry_id: r for r in self._at_hand.values() if r.gone is None and r.entry_id in ids}
        return [*known.values(), *self.called([entry_id for entry_id in ids if entry_id not in known])]

    def ids_beginning(self, beginning: str) -> list[PostRecord]:
        """Those whose ids begin so."""
        return self._now(self._ledger.ids_beginning(beginning), lambda record: record.entry_id.startswith(beginning))

    def departed(self, clues: Collection[str], at: datetime) -> list[PostRecord]:
        """As the ledger has them, before this pass changed any."""
        return list(self._ledger.departed(clues, at))

    def __getitem__(self, path: str) -> PostRecord:
        found = self.get(path)
        if found is None:
            raise KeyError(path)
        return found

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and self.get(path) is not None

    def get(self, path: str) -> PostRecord | None:
        """The one at a path."""
        return self._at_hand.get(path) or self.at((path,)).get(path)

    def _now(self, stored: Iterable[PostRecord], fits: Callable[[PostRecord], bool]) -> list[PostRecord]:
        found = [r for r in stored if r.path not in self._changed and r.path not in self._away]
        return found + [record for record in self._changed.values() if fits(record)]


class Called:
    """Records that have ids which are only known when somebody wants them: most passes do not."""

    def __init__(self, book: Book, ids: Callable[[], Collection[str]]) -> None:
        self._book = book
        self._ids = ids

    def __iter__(self) -> Iterator[PostRecord]:
        return iter(self._book.there_called(self._ids()))
