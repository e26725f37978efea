"""What a repository's history says of its files: which were renamed, and when one was last changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from syndicator.sources.gitcommand import GitFailed, git, stream

_RENAMED = re.compile(r"R([0-9]{1,3})")
_DATE = re.compile(rb"\x01(-?[0-9]{1,12})")
_CHANGE = re.compile(rb"\n?:[0-7]+ [0-7]+ [0-9a-f]+ ([0-9a-f]+) ([A-Z])([0-9]*)")


def renames(store: Path, old: str, new: str) -> Mapping[str, tuple[str, float]]:
    """What became of files that were renamed between two commits: new path and likeness (0 to 1), by old path.

    Commit by commit where one came from the other, so that a file that was renamed first and rewritten later is
    known; else by comparing the two. Nothing where git cannot tell.
    """
    how = ("--name-status", "-z", "--diff-filter=R", "--find-renames=50%", "-l2000")
    found: dict[str, tuple[str, float]] = {}
    for words in (
        ("log", "--first-parent", "--diff-merges=first-parent", "--reverse", "--format=", *how, f"{old}..{new}"),
        ("diff-tree", "-r", *how, old, new),
    ):
        try:
            answer = git(store, *words, "--")
        except GitFailed:
            continue
        found = {**composed(answer), **found}
    return found


def composed(answer: bytes) -> dict[str, tuple[str, float]]:
    """Renames one after the other, as git lists them, as one each: new path and likeness by first path."""
    steps: dict[str, tuple[str, float]] = {}
    origins: dict[str, str] = {}
    for before, after, alike in _moves(answer):
        origin = origins.pop(before, before)
        steps[origin] = (after, min(alike, steps[origin][1] if origin in steps else 1.0))
        origins[after] = origin
    return {old: step for old, step in steps.items() if old != step[0]}


def _moves(answer: bytes) -> Iterator[tuple[str, str, float]]:
    words = iter(answer.decode("utf-8", "surrogateescape").split("\0"))
    for word in words:
        if found := _RENAMED.fullmatch(word.strip("\n")):
            yield next(words, ""), next(words, ""), int(found[1]) / 100


def last_changes(store: Path, commit: str, wanted: Mapping[str, str]) -> dict[str, datetime]:
    """When each file got the bytes that it has, by its author's clock; ``wanted`` are names in git by path.

    A mere rename is no change. A file about which no commit says that it made these bytes is left out, and so are all
    where the history is not whole.
    """
    found: dict[str, datetime] = {}
    try:
        if git(store, "rev-parse", "--is-shallow-repository").strip() != b"false":
            return {}
        names = {path.encode("utf-8", "surrogateescape"): path for path in wanted}
        words = ("log", "--format=%x01%at", "--raw", "-z", "--no-abbrev", "--find-renames=100%", commit, "--")
        for at, oid, kind, old, new in _changes(stream(words, store)):
            path = names.get(new)
            if path is None:
                continue
            if kind == b"R" and oid == wanted[path].encode():
                names[old] = names.pop(new)
            elif oid == wanted[path].encode():
                del names[new]
                found[path] = at
            if not names:
                break
    except GitFailed:
        return {}
    return found


def _changes(pieces: Iterator[bytes]) -> Iterator[tuple[datetime, bytes, bytes, bytes, bytes]]:
    """Date, name in git, kind of change, path before and after, of each change in a log."""
    words = _words(pieces)
    at: datetime | None = None
    for word in words:
        if date := _DATE.fullmatch(word.strip(b"\n")):
            try:
                at = datetime.fromtimestamp(int(date[1]), UTC)
            except (ValueError, OverflowError, OSError):
                at = None
        elif change := _CHANGE.fullmatch(word):
            old = next(words, b"")
            new = next(words, b"") if change[2] in (b"R", b"C") else old
            if at is not None:
                yield at, change[1], change[2], old, new


def _words(pieces: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\0")
        yield from whole
