"""What a repository's history says of its files: which were renamed, when one was made and when last changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path, PurePosixPath

from syndicator.model import Lifetime
from syndicator.sources.gitblobs import listing
from syndicator.sources.gitcommand import GitFailed, git, stream

_RENAMED = re.compile(r"R([0-9]{1,3})")
_DATE = re.compile(rb"\x01(-?[0-9]{1,12})")
# Of a merge each parent has a mode, a name and a letter of its own.
_CHANGE = re.compile(rb"\n?:+(?:[0-9a-f]+ )+([0-9a-f]+) ([A-Z]+)([0-9]*)")
_WRITE_A_DATE = "or write a date into its front matter"


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
        for at, changes in _commits(stream(words, store)):
            for change in changes:
                path = names.get(change.new)
                if path is None or change.oid != wanted[path].encode():
                    continue
                if change.kind == b"R":
                    names[change.old] = names.pop(change.new)
                else:
                    del names[change.new]
                    found[path] = at
            if not names:
                break
    except GitFailed:
        return {}
    return found


def lifetime(store: Path, commit: str, folder: str, path: str) -> Lifetime:
    """When a file below a folder came into the repository under whatever name, and when it was last touched, by its
    author's clock; only a whole history can tell.
    """
    if (store / "shallow").exists():
        return Lifetime(
            unknown="only the newest commits were fetched", remedy=f"set [source] depth = 0, {_WRITE_A_DATE}"
        )
    try:
        lives = _lives(store, store.stat().st_ino, commit, folder)
    except OSError:
        return Lifetime(unknown="the copy of the repository is gone", remedy="it is fetched anew")
    return lives.of(f"{folder}/{path}" if folder else path)


@dataclass(slots=True)
class _Lives:
    """What one walk through the history has found, by path; ``failed`` says that it came to no end.

    ``names`` are the paths that files had where the walk is, ``exact`` says that only names in git could be compared.
    """

    wanted: Mapping[bytes, bytes]
    exact: bool
    names: dict[bytes, bytes] = field(default_factory=dict)
    created: dict[bytes, datetime] = field(default_factory=dict)
    changed: dict[bytes, datetime] = field(default_factory=dict)
    doubtful: set[bytes] = field(default_factory=set)
    failed: str = ""

    def of(self, path: str) -> Lifetime:
        name = path.encode("utf-8", "surrogateescape")
        created, changed = self.created.get(name), self.changed.get(name)
        if created and changed:
            return Lifetime(created=created, changed=changed)
        if name in self.doubtful:
            unknown = "old versions of files were left out, so that git cannot tell whether it was renamed"
            remedy = f"set [source] partial = false, {_WRITE_A_DATE}"
        else:
            unknown = f"the history cannot be read ({self.failed})" if self.failed else "no commit says it"
            remedy = "write a date into its front matter"
        return Lifetime(created=created, changed=changed, unknown=unknown, remedy=remedy)

    def take(self, at: datetime, changes: list[_Change]) -> None:
        """Go past a commit: each is looked at before its parents."""
        away = {PurePosixPath(change.old.decode("latin-1")).suffix for change in changes if change.kind == b"D"}
        before: dict[bytes, bytes] = {}
        for change in changes:
            if change.oid == self.wanted.get(change.new):
                self.changed.setdefault(change.new, at)
            path = self.names.get(change.new)
            if path is None:
                continue
            if change.kind == b"R":
                before[change.old] = self.names.pop(change.new)
            elif not change.kind.strip(b"A"):
                del self.names[change.new]
                if self.exact and PurePosixPath(change.new.decode("latin-1")).suffix in away:
                    self.doubtful.add(path)
                else:
                    self.created[path] = at
        self.names = {**before, **self.names} if before else self.names


@lru_cache(maxsize=1)
def _lives(store: Path, _inode: int, commit: str, folder: str) -> _Lives:
    """One walk for all files: posts whose dates are git's are mostly many."""
    lives = _Lives({}, exact=False)
    try:
        files = listing(store, commit, f"{folder}/" if folder else "")
    except GitFailed as error:
        return _Lives({}, exact=False, failed=str(error))
    begin = f"{folder}/" if folder else ""
    wanted = {f"{begin}{path}".encode("utf-8", "surrogateescape"): oid.encode() for path, (_, oid) in files.items()}
    # Where old versions were left out git cannot compare files, only their names.
    for alike in ("50%", "100%"):
        lives = _Lives(wanted, exact=alike == "100%", names={path: path for path in wanted})
        words = ("log", "--topo-order", "--format=%x01%at", "--raw", "-c", "-z", "--no-abbrev", "-l400")
        try:
            for at, changes in _commits(stream((*words, f"--find-renames={alike}", commit, "--"), store)):
                lives.take(at, changes)
                if not lives.names and len(lives.changed) == len(wanted):
                    break
        except GitFailed as error:
            lives.failed = str(error)
        else:
            return lives
    return _Lives({}, exact=True, failed=lives.failed)


@dataclass(frozen=True, slots=True)
class _Change:
    """A file in a commit: its name in git, the kind of change, path before and after."""

    oid: bytes
    kind: bytes
    old: bytes
    new: bytes


def _commits(pieces: Iterator[bytes]) -> Iterator[tuple[datetime, list[_Change]]]:
    """Date and changes of each commit in a log; those whose date cannot be are left out."""
    words = _words(pieces)
    at: datetime | None = None
    changes: list[_Change] = []
    for word in words:
        if date := _DATE.fullmatch(word.strip(b"\n")):
            if at is not None:
                yield at, changes
            changes = []
            try:
                at = datetime.fromtimestamp(int(date[1]), UTC)
            except (ValueError, OverflowError, OSError):
                at = None
        elif change := _CHANGE.fullmatch(word):
            old = next(words, b"")
            new = next(words, b"") if change[2] in (b"R", b"C") else old
            changes.append(_Change(change[1], change[2], old, new))
    if at is not None:
        yield at, changes


def _words(pieces: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\0")
        yield from whole
