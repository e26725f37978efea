"""YAML whose scalars all stay text, read the quick way where that is certain: no surprises of YAML 1.1."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from syndicator.posts.values import NULLS, Note, Quoted

_LONGEST_NULL = 4
_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,99}")
_FLOW_LIST = re.compile(r"\[ *[A-Za-z0-9][A-Za-z0-9 ._/-]*(?:, *[A-Za-z0-9][A-Za-z0-9 ._/-]*)*\]")


def load(text: str, notes: list[Note]) -> Any:
    """The value of a YAML text: dicts with text keys, lists, text (Quoted where it was), None for empty or null.

    An empty text is an empty dict. What is odd goes into ``notes``. Raises Malformed. frontmatter.md A.8, B.9.
    """
    quick = skim(text)
    if quick is not None:
        return quick
    # Late: the library takes its time to import, and most sites never need it.
    from syndicator.posts.fullyaml import read

    return read(text, notes)


def skim(text: str) -> dict[str, Any] | None:
    """The same as ``read`` for plain ``key: value`` lines with one level of lists or tables; None for all else.

    Many times as fast. Whatever could mean something special is left to ``read``.
    """
    if not text.replace("\n", "").isprintable():
        return None
    lines = [line for line in text.split("\n") if line]
    data: dict[str, Any] = {}
    at = 0
    end = len(lines)
    while at < end:
        key, colon, rest = lines[at].partition(":")
        if not colon or key in data or not _is_key(key):
            return None
        at += 1
        value = _skim_value(rest) if rest else None
        if value is None and at < end and lines[at][0] in " -":
            # After a null in words no list or table may follow.
            value, at = _skim_nested(lines, at) if not rest or rest.isspace() else (None, at)
            if not value:
                return None
        elif value is False:
            return None
        data[key] = value
    return data


def _skim_nested(lines: list[str], at: int) -> tuple[list[str] | dict[str, Any] | None, int]:
    """The list or table that begins at a line, and the line after it."""
    first = lines[at]
    indent = first[: len(first) - len(first.lstrip(" "))]
    end = len(lines)
    if first.startswith(prefix := indent + "- "):
        items: list[str] = []
        while at < end and lines[at].startswith(prefix):
            item = _skim_value(lines[at][len(indent) + 1 :])
            if not isinstance(item, str):
                return None, at
            items.append(item)
            at += 1
        return items, at
    table: dict[str, Any] = {}
    size = len(indent)
    while size and at < end and lines[at].startswith(indent):
        key, colon, rest = lines[at][size:].partition(":")
        if not colon or key in table or not _is_key(key):
            return None, at
        value = _skim_value(rest) if rest else None
        if value is False:
            return None, at
        table[key] = value
        at += 1
    return table, at


@lru_cache(maxsize=256)
def _is_key(key: str) -> bool:
    return _KEY.fullmatch(key) is not None


def _skim_value(rest: str) -> Any:
    """What follows a colon or a dash, which is not empty: text, a list of text, None for nothing, False for what this
    cannot judge.
    """
    value = rest.strip(" ")
    if not value:
        return None
    if rest[0] != " ":
        return False
    first = value[0]
    if first.isalnum() or first in "/(":
        if ": " in value or " #" in value or value[-1] == ":":
            return False
        return value if len(value) > _LONGEST_NULL or value not in NULLS else None
    if first in "\"'":
        inner = value[1:-1]
        fits = len(value) > 1 and value[-1] == first and first not in inner and "\\" not in inner
        return Quoted(inner) if fits else False
    if first == "[" and _FLOW_LIST.fullmatch(value):
        return [None if item in NULLS else item for item in map(str.strip, value[1:-1].split(","))]
    return False
