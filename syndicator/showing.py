"""What readers are shown: every document that the ledger says is published, and those that it has to hear of yet."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from syndicator.errors import PublishError
from syndicator.model import DocumentRecord, digest
from syndicator.ports import Ledger, Publisher, Window

Value = TypeVar("Value")


@dataclass(slots=True)
class Showing:
    """Keeps what is shown, so that bytes that did not change are not read again."""

    ledger: Ledger
    publisher: Publisher
    window: Window
    _documents: dict[str, tuple[DocumentRecord, bytes]] = field(default_factory=dict)
    _pages: dict[str, DocumentRecord] = field(default_factory=dict)
    _early: dict[str, DocumentRecord] = field(default_factory=dict)
    _gone: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether there is anything to see."""
        return bool(self._documents)

    @property
    def newest(self) -> DocumentRecord | None:
        """The document that changed last."""
        return max((record for record, _ in self._documents.values()), key=lambda one: one.changed, default=None)

    def show(self, documents: Mapping[DocumentRecord, bytes | None], gone: Collection[str] = ()) -> None:
        """Show what a pass has just put in its place, beside all else but files that are ``gone``, and let the state
        hear of it afterwards: whoever reads the files themselves sees it by now, too. Bodies of pages are not needed.
        """
        bodies = {record.path: (record, body) for record, body in documents.items() if body is not None}
        pages = {record.path: record for record in documents if record.page}
        self._early = _without({**self._early, **{record.path: record for record in documents}}, gone)
        self._gone = self._gone.union(gone)
        self._put(_without({**self._documents, **bodies}, gone), _without({**self._pages, **pages}, gone))

    def swap(self) -> None:
        """Show every published document. Raises PublishError when some cannot be had, after the others are shown.

        What a pass has shown before it failed stays as long as its file does: readers have it, and documents may lead
        to pages that the ledger does not know. Nor does what it has taken away come back without a file.
        """
        shown: dict[str, tuple[DocumentRecord, bytes]] = {}
        missing: PublishError | None = None
        documents = self.ledger.documents()
        self._early = {p: r for p, r in self._early.items() if self._is_unheard_of(r, documents.get(p))}
        self._gone = frozenset(p for p in self._gone if p in documents and self._is_gone(p))
        documents = _without({**documents, **self._early}, self._gone)
        pages = {path: record for path, record in documents.items() if record.page}
        for path, record in documents.items():
            if record.page:
                continue
            known = self._documents.get(path)
            try:
                same = known is not None and known[0].digest == record.digest
                shown[path] = (record, known[1] if known and same else self._read(path, record))
            except PublishError as error:
                missing = missing or error
                if known is not None:
                    shown[path] = known
        self._put(shown, pages)
        if missing is not None:
            raise missing

    def _put(self, shown: dict[str, tuple[DocumentRecord, bytes]], pages: dict[str, DocumentRecord]) -> None:
        if (shown, pages) != (self._documents, self._pages):
            self.window.show(tuple(shown.values()), tuple(pages.values()))
        self._documents, self._pages = shown, pages

    def _is_unheard_of(self, early: DocumentRecord, known: DocumentRecord | None) -> bool:
        if known is not None and known.digest == early.digest:
            return False
        try:
            body = self.publisher.read(early.path)
        except PublishError:
            return True  # nobody can tell that it is what the ledger says
        return body is not None and (known is None or known.digest != digest(body))

    def _is_gone(self, path: str) -> bool:
        try:
            return self.publisher.read(path) is None
        except PublishError:
            return False

    def _read(self, path: str, record: DocumentRecord) -> bytes:
        body = self.publisher.read(path)
        if body is None or digest(body) != record.digest:
            reason = "is not there any more" if body is None else "was changed by somebody else"
            raise PublishError(path, reason, "the next pass writes it again")
        return body


def _without(records: dict[str, Value], gone: Collection[str]) -> dict[str, Value]:
    return {path: record for path, record in records.items() if path not in gone}
