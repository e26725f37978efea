"""A publisher that passes everything on, for those that do one thing otherwise."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from syndicator.model import Document
from syndicator.ports import Publisher


class PassingOn:
    """As ``inner`` does it."""

    def __init__(self, inner: Publisher) -> None:
        self._inner = inner

    def put(self, document: Document) -> str:
        return self._inner.put(document)

    def settle(self, paths: Sequence[str]) -> None:
        self._inner.settle(paths)

    def sweep(self, paths: Collection[str]) -> None:
        self._inner.sweep(paths)

    def begin(self, paths: Collection[str]) -> None:
        self._inner.begin(paths)

    def end(self, paths: Collection[str], waiting: Collection[str] = ()) -> None:
        self._inner.end(paths, waiting)

    def delete(self, path: str) -> None:
        self._inner.delete(path)

    def read(self, path: str) -> bytes | None:
        return self._inner.read(path)

    def altered(self, versions: Mapping[str, str]) -> frozenset[str]:
        return self._inner.altered(versions)
