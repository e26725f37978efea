"""What readers are shown: every document that the ledger says is published."""

from __future__ import annotations

from dataclasses import dataclass, field

from syndicator.errors import PublishError
from syndicator.model import DocumentRecord, digest
from syndicator.ports import Ledger, Publisher, Window


@dataclass(slots=True)
class Showing:
    """Keeps what is shown, so that bytes that did not change are not read again."""

    ledger: Ledger
    publisher: Publisher
    window: Window
    _documents: dict[str, tuple[DocumentRecord, bytes]] = field(default_factory=dict)
    _pages: tuple[DocumentRecord, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to see."""
        return bool(self._documents)

    @property
    def newest(self) -> DocumentRecord | None:
        """The document that changed last."""
        return max((record for record, _ in self._documents.values()), key=lambda one: one.changed, default=None)

    def swap(self) -> None:
        """Show every published document. Raises PublishError when some cannot be had, after the others are shown."""
        shown: dict[str, tuple[DocumentRecord, bytes]] = {}
        missing: PublishError | None = None
        documents = self.ledger.documents()
        pages = tuple(record for record in documents.values() if record.page)
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
        if (shown, pages) != (self._documents, self._pages):
            self.window.show(tuple(shown.values()), pages)
            self._documents, self._pages = shown, pages
        if missing is not None:
            raise missing

    def _read(self, path: str, record: DocumentRecord) -> bytes:
        body = self.publisher.read(path)
        if body is None or digest(body) != record.digest:
            reason = "is not there any more" if body is None else "was changed by somebody else"
            raise PublishError(path, reason, "the next pass writes it again")
        return body
