"""Deleted entries (RFC 6721; atom.md H)."""

from __future__ import annotations

from collections.abc import Iterator

from syndicator.lint.atomparts import check_person, check_text
from syndicator.lint.context import Context
from syndicator.lint.dates import check_rfc3339, rfc3339
from syndicator.lint.elements import check_attributes, check_needed, check_once
from syndicator.lint.findings import Note, quoted
from syndicator.lint.tree import Node
from syndicator.lint.values import check_id
from syndicator.lint.vocabulary import ATOM, TOMBSTONES


def check_tombstones(feed: Node, entries: tuple[Node, ...], context: Context) -> Iterator[Note]:
    """The tombstones of a feed, and whether an entry is still there that one of them buries."""
    updated: dict[str, str] = {}
    for entry in entries:
        own, changed = entry.first("id", ATOM), entry.first("updated", ATOM)
        if own is not None and changed is not None:
            updated[own.value] = changed.value
    seen: set[tuple[str, str]] = set()
    for stone in feed.all("deleted-entry", TOMBSTONES):
        yield from check_tombstone(stone, context)
        ref, when = stone.attributes.get("ref", ""), stone.attributes.get("when", "")
        if (ref, when) in seen:
            yield Note("DuplicateTombstone", stone.line, f"the tombstone of {quoted(ref)} is there twice")
        seen.add((ref, when))
        died, lived = rfc3339(when), rfc3339(updated.get(ref, ""))
        if died is not None and lived is not None and died >= lived:
            yield Note("DeletedEntryPresent", stone.line, f"the entry {quoted(ref)} is deleted, and it is there")


def check_tombstone(stone: Node, context: Context) -> Iterator[Note]:
    """One tombstone, in a feed or a document by itself (atom-67)."""
    yield from check_attributes(stone, frozenset({"ref", "when"}))
    yield from check_needed(stone, ("ref", "when"))
    yield from check_once(stone, ("by", "comment"), TOMBSTONES)
    yield from check_once(stone, ("source",), ATOM)
    if "ref" in stone.attributes:
        yield from check_id(stone.line, "ref", stone.attributes["ref"])
    if "when" in stone.attributes:
        yield from check_rfc3339(stone.line, "when", stone.attributes["when"], context.now)
    for by in stone.all("by", TOMBSTONES):
        yield from check_person(by, context)
    for comment in stone.all("comment", TOMBSTONES):
        yield from check_text(comment)
