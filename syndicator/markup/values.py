"""Values as Liquid sees them: text of front matter as the types that a generator's own reader makes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from syndicator.posts.values import Quoted

_INTEGER = re.compile(r"[+-]?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[+-]?[0-9]{1,17}\.[0-9]{1,17}")
_TRUTH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def typed(value: Any) -> Any:
    """Text that stood without quotes as truth or number when it is one (frontmatter.md B.9); tables as ``Values``."""
    if isinstance(value, Quoted):
        return str(value)
    if isinstance(value, str):
        if _INTEGER.fullmatch(value):
            return int(value)
        if _FLOAT.fullmatch(value):
            return float(value)
        return _TRUTH.get(value.lower(), value) if len(value) <= 5 else value
    if isinstance(value, Mapping):
        return Values(value)
    if isinstance(value, (list, tuple)):
        return [typed(item) for item in value]
    return value


class Values(Mapping[str, Any]):
    """A table whose values are typed when somebody asks for them, each once: a list may be long, and asked often."""

    __slots__ = ("_made", "_of")

    def __init__(self, of: Mapping[str, Any]) -> None:
        self._of = of
        self._made: dict[str, Any] = {}

    def __getitem__(self, key: str) -> Any:
        if key not in self._made:
            self._made[key] = typed(self._of[key])
        return self._made[key]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Values) and (self._of is other._of or self._of == other._of)

    __hash__ = None  # type: ignore[assignment]

    def __iter__(self) -> Iterator[str]:
        return iter(self._of)

    def __len__(self) -> int:
        return len(self._of)


def written(value: Any) -> str | None:
    """The value as Liquid prints it; None for what has no text that means anything to readers, such as a table."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, datetime):
        zone = value.strftime("%z") or "+0000"
        return f"{value.year:04}-{value.month:02}-{value.day:02} {value:%H:%M:%S} {zone}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, range):
        return f"{value.start}..{value.stop - 1}"
    if isinstance(value, (list, tuple)):
        parts = [written(item) for item in value]
        return None if any(part is None for part in parts) else "".join(part or "" for part in parts)
    return None
