"""Where documents go."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from syndicator.model import Document


class Publisher(Protocol):
    """Where documents go. Every verb may be repeated."""

    def put(self, document: Document) -> str:
        """Make the document's bytes stand at its path, whole or not at all; the version that now stands there.

        A file with equal bytes is not touched. Several documents may be put at the same time, each by a thread of its
        own. Raises PublishError.
        """
        ...

    def settle(self, paths: Sequence[str]) -> None:
        """Make sure that what was put at these paths outlives a power cut. Raises PublishError."""
        ...

    def sweep(self, paths: Collection[str]) -> None:
        """Remove what a killed process left half-done beside these paths. Raises PublishError."""
        ...

    def begin(self, paths: Collection[str]) -> None:
        """Note that these new documents are about to be put, until ``end``: whoever is killed in between remembers
        nothing else of them. Raises PublishError.
        """
        ...

    def end(self, paths: Collection[str], waiting: Collection[str] = ()) -> None:
        """Remove what was begun, now or before a kill, and is not among these, which are remembered. What is
        ``waiting`` to be put once more may stand from before: it stays, and stays noted. Raises PublishError.
        """
        ...

    def delete(self, path: str) -> None:
        """Take a document away; one that is not there is fine. Raises PublishError."""
        ...

    def read(self, path: str) -> bytes | None:
        """The bytes that stand at a path, None when there are none."""
        ...

    def altered(self, versions: Mapping[str, str]) -> frozenset[str]:
        """Those paths where something else than the named version stands."""
        ...
