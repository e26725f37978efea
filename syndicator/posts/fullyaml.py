"""YAML of every form whose scalars all stay text, read within bounds: no objects, no expanding aliases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from syndicator.posts.values import MAX_DEPTH, MAX_NODES, NULLS, Malformed, Note, Quoted
from syndicator.text import printable

_TAGS = frozenset({None, "!"} | {f"tag:yaml.org,2002:{name}" for name in
    ("str", "null", "bool", "int", "float", "timestamp", "seq", "map")})  # fmt: skip
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_QUOTE = 'put a value that begins with "{" or "[" in quotes'


@dataclass(slots=True)
class _Open:
    """A list or table that is not closed yet. ``size`` counts its values with all that aliases stand for."""

    value: Any
    anchor: str | None
    size: int = 1
    key: str | None = None
    merges: list[Any] = field(default_factory=list)


def read(text: str, notes: list[Note]) -> Any:
    """Like ``load``, for any YAML, built from the parser's events so that depth and size are counted as it grows."""
    try:
        return _Builder(text, notes).build()
    except yaml.reader.ReaderError as error:
        raise _unreadable(text) from error
    except yaml.MarkedYAMLError as error:
        # What is opened and never closed is found missing at the end: the beginning is what helps.
        unclosed = error.context_mark and "unexpected end" in (error.problem or "")
        line, column = _place(text, error.context_mark if unclosed else error.problem_mark or error.context_mark)
        reason = printable(", ".join(part for part in (error.context, error.problem) if part))
        raise Malformed(f"not valid YAML: {reason}", line=line, column=column, remedy=_remedy(text, line)) from error
    except yaml.YAMLError as error:
        raise Malformed(f"not valid YAML: {printable(str(error))}") from error


class _Builder:
    def __init__(self, text: str, notes: list[Note]) -> None:
        self._text = text
        self._notes = notes
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._open: list[_Open] = []
        self._total = 0
        self._root: Any = {}
        self._documents = 0

    def build(self) -> Any:
        for event in _events(self._text):
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                self._enter(event)
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                self._leave(event)
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event)
            elif isinstance(event, yaml.DocumentStartEvent):
                self._documents += 1
                if self._documents > 1:
                    raise self._malformed(event, "a second YAML document begins")
        return self._root

    def _scalar(self, event: Any) -> None:
        self._check(event)
        plain = event.implicit[0] and not event.style
        empty = (plain and event.value in NULLS) or (event.tag or "").endswith(":null")
        value = event.value if plain or self._at_key() else Quoted(event.value)
        self._add(event, value if self._at_key() or not empty else None, 1)
        if event.anchor:
            self._anchors[event.anchor] = (None if empty else value, 1)

    def _enter(self, event: Any) -> None:
        self._check(event)
        if len(self._open) >= MAX_DEPTH:
            raise self._malformed(event, f"lists and tables are nested more than {MAX_DEPTH} deep")
        if self._at_key():
            raise self._malformed(event, "a key is a list or a table", _QUOTE)
        self._anchors.pop(event.anchor, None)
        self._open.append(_Open({} if isinstance(event, yaml.MappingStartEvent) else [], event.anchor))

    def _leave(self, event: Any) -> None:
        done = self._open.pop()
        for merged in done.merges:
            for table in merged if isinstance(merged, list) else [merged]:
                if not isinstance(table, dict):
                    raise self._malformed(event, 'a merge key "<<" takes a table or a list of tables')
                for key, value in table.items():
                    done.value.setdefault(key, value)
        if done.anchor:
            self._anchors[done.anchor] = (done.value, done.size)
        self._add(event, done.value, done.size, counted=True)

    def _alias(self, event: Any) -> None:
        if event.anchor not in self._anchors:
            raise self._malformed(event, f"the alias *{printable(event.anchor)[:40]} stands for nothing complete")
        value, size = self._anchors[event.anchor]
        if self._at_key() and isinstance(value, (list, dict)):
            raise self._malformed(event, "a key is a list or a table", _QUOTE)
        self._add(event, value, size)

    def _add(self, event: Any, value: Any, size: int, *, counted: bool = False) -> None:
        """Put a finished value where it belongs; ``counted`` when its size is in the total already."""
        if not counted:
            self._total += size
        if self._total > MAX_NODES:
            raise self._malformed(event, f"holds more than {MAX_NODES:,} values, with aliases written out")
        if not self._open:
            self._root = value
            return
        top = self._open[-1]
        top.size += size
        if isinstance(top.value, list):
            top.value.append(value)
        elif top.key is None:
            top.key = "" if value is None else value
        elif top.key == "<<":
            top.merges.append(value)
            top.key = None
        else:
            if top.key in top.value:
                line = _place(self._text, event.start_mark)[0]
                self._notes.append(
                    Note(f'the key "{printable(top.key)[:60]}" is there twice, the last one counts', line)
                )
            top.value[top.key] = value
            top.key = None

    def _at_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].value, dict) and self._open[-1].key is None

    def _check(self, event: Any) -> None:
        if event.tag not in _TAGS:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            raise self._malformed(event, f"the tag {printable(tag)[:80]} is not read", "take the tag away")

    def _malformed(self, event: Any, reason: str, remedy: str = "") -> Malformed:
        line, column = _place(self._text, event.start_mark)
        return Malformed(reason, line=line, column=column, remedy=remedy)


def _events(text: str) -> Iterator[Any]:
    # The C parser has no limit to depth of its own, but hands out one event at a time: who asks can stop.
    loader = yaml.CBaseLoader(text)
    try:
        while loader.check_event():
            yield loader.get_event()
    finally:
        loader.dispose()


def _place(text: str, mark: Any) -> tuple[int, int]:
    """Line and column of a mark, counted by line feeds alone as editors do (YAML 1.1 knows more line ends)."""
    index = min(mark.index, len(text)) if mark else 0
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def _unreadable(text: str) -> Malformed:
    found = _FORBIDDEN.search(text)
    if found is None:
        return Malformed("holds a character that YAML does not allow")
    line = text.count("\n", 0, found.start()) + 1
    return Malformed(
        f'holds the control character "{printable(found[0])}", which YAML does not allow',
        line=line,
        column=found.start() - text.rfind("\n", 0, found.start()),
        remedy="delete it",
    )


def _remedy(text: str, line: int) -> str:
    written = (text.split("\n")[line - 1 : line] or [""])[0]
    if "\t" in written[: len(written) - len(written.lstrip())]:
        return "indent with spaces, YAML allows no tabs there"
    if written.count(": ") > 1:
        return "put a value that holds a colon in quotes"
    return "see what stands there and just before it"
