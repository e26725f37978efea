"""Configuration and data files of a site as plain values: YAML, TOML, JSON and CSV, all within bounds."""

from __future__ import annotations

import json
import re
from io import StringIO
from typing import Any

from syndicator.errors import SourceError, place_of
from syndicator.ports import SiteFiles
from syndicator.posts import plainyaml
from syndicator.posts.values import MAX_DEPTH, Malformed, Note, Quoted
from syndicator.text import printable

_YAML = ("yml", "yaml")
_TOML_PLACE = re.compile(r" \(at line (\d+), column \d+\)$")
_MAX_ROWS = 10_000
#: TOML's numbers have 64 bits; a longer one in hexadecimal would be too long to be written down.
_LARGEST = 2**63


def load_first(files: SiteFiles, stem: str, kinds: tuple[str, ...], notes: list[Note]) -> tuple[str, Any]:
    """The path and value of the first file ``stem.kind`` that is there, ("", None) when none is. Raises SourceError."""
    for kind in kinds:
        path = f"{stem}.{kind}"
        data = files.read(path)
        if data is not None:
            return path, load(path, data, notes)
    return "", None


def load(path: str, data: bytes, notes: list[Note], *, exact: bool = False) -> Any:
    """What a file says; all text of YAML stays text. What is odd goes into ``notes``. Raises SourceError with line.

    ``exact`` keeps apart what is text and what is a number in JSON and CSV, as templates see it: text is ``Quoted``.
    """
    try:
        text = _decoded(data)
        kind = path.rpartition(".")[2]
        if kind in _YAML:
            return plainyaml.load(text, notes)
        if kind == "toml":
            import tomllib

            return _bounded(tomllib.loads(text, parse_float=str))
        if kind == "json" and exact:
            return _as_text(_bounded(json.loads(text, parse_constant=str)))
        if kind == "json":
            return _bounded(json.loads(text, parse_int=str, parse_float=str, parse_constant=str))
        rows = _rows(text, "\t" if kind == "tsv" else ",")
        return _as_text(rows) if exact else rows
    except Malformed as flaw:
        raise _broken(path, flaw.line, flaw.reason, flaw.remedy) from flaw
    except RecursionError as error:
        raise _broken(path, None, f"lists and tables are nested more than {MAX_DEPTH} deep") from error
    except json.JSONDecodeError as error:
        raise _broken(path, error.lineno, f"is not valid JSON: {error.msg}") from error
    except ValueError as error:  # of TOML's reader too
        reason = printable(str(error))[:200]
        place = _TOML_PLACE.search(reason)
        raise _broken(path, int(place[1]) if place else None, f"cannot be read: {reason}") from error


def _decoded(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Malformed("is not UTF-8", line=line, remedy="save it as UTF-8") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _rows(text: str, separator: str) -> list[dict[str, str]]:
    import csv

    rows: list[dict[str, str]] = []
    try:
        for row in csv.DictReader(StringIO(text, newline=""), delimiter=separator):
            if len(rows) >= _MAX_ROWS:
                raise Malformed(f"has more than {_MAX_ROWS:,} rows")
            rows.append({key: value for key, value in row.items() if isinstance(key, str) and isinstance(value, str)})
    except csv.Error as error:
        raise Malformed(f"cannot be read: {printable(str(error))[:200]}") from error
    return rows


def _bounded(value: Any) -> Any:
    """The value, unless it is nested so deep that somebody who walks through it would fall."""
    level = [value]
    for _ in range(MAX_DEPTH):
        if any(isinstance(item, int) and abs(item) >= _LARGEST for item in level):
            raise Malformed("a number is too large")
        inner = (item.values() if isinstance(item, dict) else item for item in level if isinstance(item, dict | list))
        level = [item for items in inner for item in items]
        if not level:
            return value
    raise Malformed(f"lists and tables are nested more than {MAX_DEPTH} deep")


def _as_text(value: Any) -> Any:
    """The value with all its text marked as that; it is bounded already."""
    if isinstance(value, str):
        return Quoted(value)
    if isinstance(value, list):
        return [_as_text(item) for item in value]
    return {key: _as_text(item) for key, item in value.items()} if isinstance(value, dict) else value


def _broken(path: str, line: int | None, reason: str, remedy: str = "") -> SourceError:
    return SourceError(
        f"source {place_of(path, line or None)}", reason, remedy or "mend it; the feeds stay as they are"
    )
