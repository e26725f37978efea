"""Splits a source file into front matter (YAML, TOML or JSON) and body, and says at which line what is wrong.

python-frontmatter's handlers are driven one by one (detect, split, load): its own ``loads`` guesses, and loses text.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from functools import partial
from typing import Any

from frontmatter.default_handlers import BaseHandler, JSONHandler, YAMLHandler

from syndicator.errors import PostError
from syndicator.model import PostWarning
from syndicator.posts import plainyaml
from syndicator.posts.values import MAX_DEPTH, Malformed, Note, Quoted
from syndicator.text import printable

__all__ = ["Cut", "Matter", "cut", "decode", "load", "split"]

_CLOSING = {
    "---": re.compile(r"\n(?:---|\.\.\.)[ \t]*+(?:\n|\Z)"),
    "+++": re.compile(r"\n\+\+\+[ \t]*+(?:\n|\Z)"),
}
_TOML_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")
_TOO_DEEP = f"lists and tables are nested more than {MAX_DEPTH} deep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A file taken apart: fields, body as it stands, and the lines (1-based) at which body and front matter begin.

    ``body_at`` is the byte at which the body begins, None where the file was not taken as it is (a mark, line ends).
    ``head`` is the front matter as written, "" for none. YAML and JSON values are text, lists and tables with text
    keys; JSON and TOML also give booleans, TOML integers, dates and times. None is null, or nothing after the colon.
    """

    data: dict[str, Any]
    body: str
    body_line: int
    head: str
    head_line: int = 1
    body_at: int | None = None
    warnings: tuple[PostWarning, ...] = ()

    def body_bytes(self, data: bytes) -> bytes:
        """The body in UTF-8; ``data`` is the file, a part of which it usually is."""
        return self.body.encode() if self.body_at is None else data[self.body_at :]

    def line_of(self, key: str) -> int | None:
        """The line of the file at which a field stands (dots reach into tables), None when it cannot be told.

        In any case, as some generators take names.
        """
        found, at = False, 0
        before = "(?:^|[{,])" if self.head.startswith("{") else "^"
        for part in key.split("."):
            pattern = rf"{before}[ \t]*+[\[{{]?[\"']?{re.escape(part)}[\"']?[ \t]*+[:=\]]"
            match = re.compile(pattern, re.MULTILINE | re.IGNORECASE).search(self.head, at)
            if match is None:
                break
            found, at = True, match.end()
        return self.head_line + self.head.count("\n", 0, at) if found else None


@dataclass(frozen=True, slots=True)
class Cut:
    """A file cut in two: ``head`` as written (None where there is none), which ``handler`` reads, and ``body``.

    ``before`` is all the text before the body.
    """

    path: str
    handler: Any
    head: str | None
    body: str
    before: str
    as_it_is: bool


def split(path: str, data: bytes, *, limit: int = 65536) -> Matter:
    """Take a file apart; ``limit`` is the most bytes of front matter. Raises PostError with the line in the file.

    Sources: frontmatter.md section A. A file without front matter has no fields and is all body.
    """
    return load(cut(path, data), limit=limit)


def cut(path: str, data: bytes) -> Cut:
    """The first half of ``split``: where front matter ends. Raises PostError."""
    text = decode(path, data)
    plain = text.startswith("---\n")  # nearly every file
    handler = _YAML if plain else next((handler for handler in _HANDLERS if handler.detect(text)), None)
    if handler is None:
        return Cut(path, None, None, text, "", False)
    try:
        head, body = handler.split(text)
    except Malformed as flaw:
        raise _post_error(path, flaw, handler.head_line) from flaw
    as_it_is = b"\r" not in data and not data.startswith(b"\xef\xbb\xbf")
    return Cut(path, handler, head, body, text[: len(text) - len(body)], as_it_is)


def load(part: Cut, *, limit: int = 65536) -> Matter:
    """The second half of ``split``: what front matter says. Raises PostError."""
    head, handler = part.head, part.handler
    if head is None:
        return Matter(data={}, body=part.body, body_line=1, head="")
    notes: list[Note] = []
    head_line = handler.head_line
    try:
        if len(head) > limit or (len(head) * 4 > limit and len(head.encode()) > limit):
            raise Malformed(f"front matter is longer than {limit:,} bytes", line=1, remedy="move text into the body")
        loaded = handler.load(head, notes=notes)
        if not isinstance(loaded, dict):
            raise Malformed("front matter is no table of fields", line=1, remedy='write "name: value" lines')
    except Malformed as flaw:
        raise _post_error(part.path, flaw, head_line) from flaw
    return Matter(
        data=loaded,
        body=part.body,
        body_line=part.before.count("\n") + 1,
        body_at=len(part.before.encode()) if part.as_it_is else None,
        head=head,
        head_line=head_line,
        warnings=tuple([PostWarning(path=part.path, reason=n.reason, line=n.line + head_line - 1) for n in notes]),
    )


def _post_error(path: str, flaw: Malformed, head_line: int) -> PostError:
    line = None if flaw.line is None else flaw.line + head_line - 1
    return PostError(path, flaw.reason, line=line, column=flaw.column, remedy=flaw.remedy)


def decode(path: str, data: bytes) -> str:
    """The text of a file in UTF-8 (a byte order mark is dropped), with LF line ends. Raises PostError."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise PostError(path, "is UTF-16 (its mark is at byte offset 0)", line=1, remedy="save it as UTF-8")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        at = error.start
        before = data[:at].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        raise PostError(
            path,
            f"is not UTF-8: byte 0x{data[at]:02X} at byte offset {at}",
            line=before.count(b"\n") + 1,
            column=len(before.rpartition(b"\n")[2].decode("utf-8-sig")) + 1,
            remedy="save it as UTF-8",
        ) from error
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


# --- handlers -----------------------------------------------------------------------------------------------------
# A boundary of ours matches the opening line alone, so the package's ``detect`` can be trusted. ``head_line`` is the
# file's line at which what ``split`` returns as head begins; a flaw at line 0 of it is one of the opening line.


class _Yaml(YAMLHandler):
    """``---`` to ``---`` or ``...``; the text loads as plainyaml says."""

    FM_BOUNDARY = re.compile(r"---(?:ya?ml)?[ \t]*(?:\n|\Z)")
    head_line = 2

    def split(self, text: str) -> tuple[str, str]:
        return _split_fenced(text, "---")

    def load(self, fm: str, **kwargs: object) -> Any:
        return plainyaml.load(fm, _notes(kwargs))


class _Toml(BaseHandler):
    """``+++`` to ``+++``. The package has a handler of its own only where an old library is installed."""

    FM_BOUNDARY = re.compile(r"\+\+\+[ \t]*(?:\n|\Z)")
    START_DELIMITER = END_DELIMITER = "+++"
    head_line = 2

    def split(self, text: str) -> tuple[str, str]:
        return _split_fenced(text, self.END_DELIMITER or "")

    def load(self, fm: str, **kwargs: object) -> Any:  # noqa: ARG002 - no key that is there twice gets past TOML
        try:
            table = tomllib.loads(fm, parse_float=str)
        except RecursionError as error:
            raise Malformed(_TOO_DEEP) from error
        except ValueError as error:
            reason = printable(str(error))[:200]
            place = _TOML_PLACE.search(reason)
            line, column = (int(place[1]), int(place[2])) if place else (None, None)
            raise Malformed(f"not valid TOML: {reason}", line=line, column=column) from error
        return _bounded(table)


class _Json(JSONHandler):
    """From ``{`` at the very beginning to the ``}`` that closes it. Numbers stay text, so that none is infinite."""

    # Not the "{%" and "{{" that a template begins with.
    FM_BOUNDARY = re.compile(r'\{\s*+["}]')
    head_line = 1

    def split(self, text: str) -> tuple[str, str]:
        _, end = _decode_json(text, [])
        body = text[end:].lstrip(" \t")
        return text[:end], body.removeprefix("\n")

    def load(self, fm: str, **kwargs: object) -> Any:
        return _bounded(_decode_json(fm, _notes(kwargs))[0])


class _FencedJson(_Json):
    """``---json`` to ``---``, as Eleventy has it."""

    FM_BOUNDARY = re.compile(r"---json[ \t]*(?:\n|\Z)")
    head_line = 2

    def split(self, text: str) -> tuple[str, str]:
        return _split_fenced(text, "---")


class _Refused(BaseHandler):
    """Front matter that is known, so that nobody takes it for text, and not read."""

    FM_BOUNDARY = re.compile(r"#\+[A-Za-z_]+:|---(?:js|javascript)[ \t]*(?:\n|\Z)")
    head_line = 1

    def split(self, text: str) -> tuple[str, str]:
        kind = "of Org mode is not read" if text.startswith("#") else "in JavaScript is a program and never run"
        raise Malformed(f"front matter {kind}", line=1, remedy='write it in YAML, between two lines "---"')


_YAML = _Yaml()
_TOML = _Toml()
_JSON = _Json()
_HANDLERS: tuple[Any, ...] = (
    _YAML,
    _TOML,
    _JSON,
    _Refused(),
    _FencedJson(),
    _Toml(re.compile(r"---toml[ \t]*(?:\n|\Z)"), "---toml", "---"),
)


def _notes(kwargs: dict[str, object]) -> list[Note]:
    notes = kwargs.get("notes")
    return notes if isinstance(notes, list) else []


def _split_fenced(text: str, fence: str) -> tuple[str, str]:
    start = text.find("\n")
    match = _CLOSING[fence].search(text, start) if start >= 0 else None
    if match is None:
        raise Malformed(
            "front matter is opened and never closed", line=0, remedy=f'write a line "{fence}" after the last field'
        )
    return text[start + 1 : match.start() + 1], text[match.end() :]


def _decode_json(text: str, notes: list[Note]) -> tuple[Any, int]:
    decoder = json.JSONDecoder(
        object_pairs_hook=partial(_table, text, notes), parse_float=str, parse_int=str, parse_constant=str
    )
    try:
        return decoder.raw_decode(text, len(text) - len(text.lstrip()))
    except RecursionError as error:
        raise Malformed(_TOO_DEEP) from error
    except json.JSONDecodeError as error:
        raise Malformed(f"not valid JSON: {error.msg}", line=error.lineno, column=error.colno) from error


def _table(text: str, notes: list[Note], pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for key, value in pairs:
        if key in table:
            line = text.count("\n", 0, max(0, text.rfind(json.dumps(key, ensure_ascii=False)))) + 1
            notes.append(Note(f'the key "{printable(key)[:60]}" is there twice, the last one counts', line))
        table[key] = Quoted(value) if type(value) is str else value  # as all text of JSON is
    return table


def _bounded(value: Any) -> Any:
    """The value, when nothing in it can hurt later: neither deep nesting nor numbers beyond the 64 bits of TOML."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        if any(isinstance(item, int) and abs(item) >= 2**63 for item in level):
            raise Malformed("a number is too large")
        tables = [item.values() if isinstance(item, dict) else item for item in level if isinstance(item, (dict, list))]
        level = [item for table in tables for item in table]
        if not level:
            return value
    raise Malformed(_TOO_DEEP)
