"""A TOML file as tables, and the line on which each key stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from syndicator.errors import ConfigError, Fault
from syndicator.text import printable

KeyPath = tuple[str | int, ...]

#: Far more than settings for thousands of feeds have; parsing takes a second for each million.
_MOST = 5_000_000

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_PART = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
_KEY = re.compile(rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*")
_HEADER = re.compile(rf"\[(\[)?[ \t]*({_KEY.pattern})[ \t]*\]")
_PIECE = re.compile(
    r'''"""(?:\\.|[^\\])*?"{3,5}|\'{3}.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|\#[^\n]*|[\[\]{}\n]|[^"'#\[\]{}\n]+''',
    re.DOTALL,
)
_PLACE = re.compile(r" \(at (?:line ([0-9]+), column ([0-9]+)|end of document)\)\Z")

#: What to do about what the parser says, by how its words begin.
_REMEDIES = {
    "Invalid value": 'text stands in quotes: key = "value"',
    "Expected '='": 'a setting is written as key = "value", a table as [name]',
    "Invalid statement": 'a setting is written as key = "value", a table as [name]',
    "Expected newline": "write one setting a line; text that holds quotes stands in single quotes",
    "Cannot overwrite a value": "the same key stands here twice: remove one",
    "Duplicate inline table key": "the same key stands here twice: remove one",
    "Cannot declare": "the same table stands here twice: put all its settings into one",
    "Unclosed array": "a list ends with ]",
    "Unterminated string": "text ends with the same quote that it begins with",
    "Unescaped '\\'": "write \\\\ for a back slash, or use single quotes",
    "Illegal character": "text on one line ends with the quote that it begins with, before the end of the line",
    "Expected ']'": "a table is written as [name]",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TomlFile:
    """What a file holds: ``tables`` as TOML means them, ``lines`` (1-based) by key; see ``line_of``."""

    name: str
    tables: dict[str, Any] = field(default_factory=dict)
    lines: dict[KeyPath, int] = field(default_factory=dict)

    def line_of(self, path: KeyPath) -> int | None:
        """The line of a key, of the innermost table around it when it has none of its own, else None."""
        return next((self.lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.lines), None)


def read_toml(file: Path, *, most: int = _MOST) -> TomlFile:
    """Raises ConfigError when the file cannot be read, has more than ``most`` bytes or is not TOML."""
    try:
        with file.open("rb") as stream:
            data = stream.read(most + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise _error(
            file, None, "there is no such file", "name the configuration with -c FILE or in SYNDICATOR_CONFIG"
        ) from None
    except IsADirectoryError:
        raise _error(file, None, "is a folder", "name the file in it") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or printable(str(error))
        raise _error(file, None, f"cannot be read ({reason})", "check that this user may read it") from error
    if len(data) > most:
        raise _error(file, None, f"has more than {most:,} bytes", "name a file of settings, and nothing else")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _error(file, line, "has bytes that are not UTF-8", "save the file as UTF-8") from error
    try:
        tables = tomllib.loads(text)
    except RecursionError:
        raise _error(file, None, "is nested too deeply", "write it with fewer brackets in brackets") from None
    except ValueError as error:
        raise _syntax_error(file, text, str(error)) from error
    return TomlFile(name=str(file), tables=tables, lines=key_lines(text.replace("\r\n", "\n")))


def key_lines(text: str) -> dict[KeyPath, int]:
    """The line of every table and key of a text that is valid TOML; what stands inside a value has no line."""
    lines: dict[KeyPath, int] = {}
    counts: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for line, key, is_header, is_item in _statements(text):
        path = _path(key)
        if not is_header:
            _note(lines, table, path, line)
            continue
        table = ()
        for part in path[:-1]:
            table = _latest(counts, (*table, part))
        table = (*table, path[-1])
        if is_item:
            lines.setdefault(table, line)
            counts[table] = counts.get(table, 0) + 1
            table = _latest(counts, table)
        _note(lines, (), table, line)
    return lines


def _note(lines: dict[KeyPath, int], table: KeyPath, path: KeyPath, line: int) -> None:
    for end in range(1, len(path) + 1):
        lines.setdefault((*table, *path[:end]), line)


def _latest(counts: dict[KeyPath, int], path: KeyPath) -> KeyPath:
    """A header below an array of tables speaks of the array's last item."""
    return (*path, counts[path] - 1) if path in counts else path


def _statements(text: str) -> Iterator[tuple[int, str, bool, bool]]:
    """Line, key as written, whether it is a table's header, whether that is one of an array's."""
    at, line = 0, 1
    while True:
        blank = _BLANK.match(text, at)
        start = blank.end() if blank else at
        line += text.count("\n", at, start)
        if header := _HEADER.match(text, start):
            yield line, header[2], True, bool(header[1])
            end = header.end()
        elif key := _KEY.match(text, start):
            yield line, key[0], False, False
            end = key.end()
        else:
            return
        at = _end_of_statement(text, end)
        line += text.count("\n", start, at)


def _end_of_statement(text: str, at: int) -> int:
    depth = 0
    while piece := _PIECE.match(text, at):
        if piece[0] == "\n" and depth <= 0:
            break
        depth += (piece[0] in "[{") - (piece[0] in "]}")
        at = piece.end()
    return at


def _path(key: str) -> KeyPath:
    if '"' not in key and "'" not in key:
        return tuple(part.strip() for part in key.split("."))
    path: list[str] = []
    inner: Any = tomllib.loads(f"{key} = 0")
    while isinstance(inner, dict):
        ((name, inner),) = inner.items()
        path.append(name)
    return tuple(path)


def _syntax_error(file: Path, text: str, message: str) -> ConfigError:
    place = _PLACE.search(message)
    words = message[: place.start()] if place else message
    line = text.count("\n", 0, len(text.rstrip())) + 1 if place else None
    where = "at the end"
    if place and place[1]:
        line, where = int(place[1]), f"column {place[2]}"
    remedy = next((remedy for start, remedy in _REMEDIES.items() if words.startswith(start)), "")
    if place and not place[1]:
        remedy = "a value is missing, or a bracket or a quote was opened and not closed"
    return _error(file, line, f"is not TOML: {printable(words)[:200]}" + (f" ({where})" if place else ""), remedy)


def _error(file: Path, line: int | None, problem: str, remedy: str) -> ConfigError:
    return ConfigError((Fault(where=printable(str(file)), line=line, problem=problem, remedy=remedy),))
