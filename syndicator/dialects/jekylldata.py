"""The data files of a Jekyll site, found by the names that templates know them by, and read only when one asks."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from syndicator.dialects.sitedata import load
from syndicator.errors import SourceError
from syndicator.model import PostWarning, SiteData, digest
from syndicator.ports import SiteFiles
from syndicator.posts.values import Note
from syndicator.text import printable

#: In this order, and what comes later takes the place of what came before under the same name; folders come last.
_ENDINGS = (".yaml", ".yml", ".json", ".csv", ".tsv")
#: So many files and bytes are read for one name, in folders so deep.
_MOST_FILES = 200
_MOST_BYTES = 4_000_000
_DEEPEST = 8
_PLACE = re.compile(r":(\d{1,9})$")
_STRANGE = re.compile(r"[^\w\s-]+", re.ASCII)
_SPACES = re.compile(r"\s+", re.ASCII)


class _TooMuch(Exception):
    """More files, bytes or folders in folders than are read for one name."""


class JekyllData:
    """The files in and below ``folder``. What is asked about one name is found out once."""

    def __init__(self, files: SiteFiles, folder: str) -> None:
        self._files = files
        self._folder = folder
        self._names: dict[str, list[str]] | None = None
        self._held: dict[str, tuple[bool, Any, tuple[PostWarning, ...]]] = {}

    def look_again(self) -> None:
        """Forget all that was found out."""
        self._names = None
        self._held.clear()

    def version(self, name: str) -> str:
        """The name of all bytes that a name stands for ("*" for all names); "" when there are none."""
        wanted = sorted(self._listing()) if name == "*" else [name]
        seen: list[object] = []
        for each in wanted:
            try:
                seen += [(path, digest(data)) for path, data in self._contents(each)]
            except (SourceError, _TooMuch) as error:
                seen.append((each, str(error)))
        return digest(repr(seen).encode("utf-8", "surrogatepass")) if seen else ""

    def values(self, names: Collection[str]) -> SiteData:
        """What the files say that these names stand for; of what cannot be read it says why."""
        wanted = sorted(self._listing()) if "*" in names else sorted(set(names))
        values: dict[str, Any] = {}
        unread: set[str] = set()
        warnings: list[PostWarning] = []
        for name in wanted:
            if name not in self._held:
                self._held[name] = self._read(name)
            is_good, value, odd = self._held[name]
            warnings += odd
            if not is_good:
                unread.add(name)
            elif value is not None:
                values[name] = value
        return SiteData(values=values, unread=frozenset(unread), all="*" in names, warnings=tuple(warnings))

    def _read(self, name: str) -> tuple[bool, Any, tuple[PostWarning, ...]]:
        """Whether all could be read that a name stands for, the value (None for none), and what is odd about it."""
        notes: list[Note] = []
        value: Any = None
        path = f"{self._folder}/{name}"
        try:
            for entry in self._listing().get(name, ()):
                path = f"{self._folder}/{entry}"
                if entry.endswith("/"):
                    value = {}
                for path, data in self._contents(name, entry):
                    found = load(path, data, notes, exact=True)
                    if not entry.endswith("/"):
                        value = found
                        continue
                    *folders, file = path.removeprefix(f"{self._folder}/{entry}").split("/")
                    table = value
                    for folder in folders:
                        table = table.setdefault(key_of(folder), {})
                    table[key_of(_stem(file))] = found
        except (SourceError, _TooMuch) as error:
            told = error.reason if isinstance(error, SourceError) else str(error)
            place = _PLACE.search(error.what) if isinstance(error, SourceError) else None
            reason = f"{told}: templates that ask for site.data.{printable(name)} do without it"
            line = int(place[1]) if place else None
            return False, None, (PostWarning(path=path.rstrip("/"), reason=reason, line=line, remedy="mend it"),)
        return True, value, tuple(PostWarning(path=path, reason=note.reason, line=note.line) for note in notes)

    def _listing(self) -> dict[str, list[str]]:
        """The files and folders at the top by the names they have in templates."""
        if self._names is None:
            self._names = {}
            try:
                for entry in _ordered(self._files.names(self._folder)):
                    name = key_of(entry[:-1] if entry.endswith("/") else _stem(entry))
                    self._names.setdefault(name, []).append(entry)
            except SourceError:
                self._names = {}  # a folder that cannot be listed: all that is asked for is nothing
        return self._names

    def _contents(self, name: str, only: str = "") -> Iterator[tuple[str, bytes]]:
        """Path and bytes of each file that a name stands for. Raises SourceError and _TooMuch."""
        files = size = 0
        for entry in [only] if only else self._listing().get(name, ()):
            for path in self._paths(f"{self._folder}/{entry}", 0):
                data = self._files.read(path) or b""
                files, size = files + 1, size + len(data)
                if files > _MOST_FILES or size > _MOST_BYTES:
                    raise _TooMuch(f"has more than {_MOST_FILES} files or {_MOST_BYTES:,} bytes")
                yield path, data

    def _paths(self, path: str, depth: int) -> Iterator[str]:
        if not path.endswith("/"):
            yield path
            return
        if depth > _DEEPEST:
            raise _TooMuch(f"has folders in folders more than {_DEEPEST} deep")
        for entry in _ordered(self._files.names(path[:-1])):
            yield from self._paths(path + entry, depth + 1)


def key_of(name: str) -> str:
    """A file's name without extension, or a folder's, as templates know it."""
    return _SPACES.sub("_", _STRANGE.sub("", name).strip())


def _stem(name: str) -> str:
    return name.rpartition(".")[0]


def _ordered(names: Collection[str]) -> list[str]:
    """What may hold data, in the order in which Jekyll reads it."""
    open_ = sorted(name for name in names if name[0] != ".")
    files = [name for ending in _ENDINGS for name in open_ if name.endswith(ending)]
    return [*files, *(name for name in open_ if name.endswith("/"))]
