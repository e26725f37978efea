"""JSON read with the place of every value: the standard parser tells where only when it fails."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]

#: No feed is deeper; a hostile one stops here.
DEEPEST = 64
#: Nor has any as many values: each takes memory.
MOST_VALUES = 400_000
_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_WORDS = (("true", True), ("false", False), ("null", None))


class NotJson(Exception):
    """It cannot be parsed: at which position, why, and which rule says so."""

    def __init__(self, position: int, reason: str, rule: str = "JsonError") -> None:
        super().__init__(position, reason, rule)
        self.rule = rule
        self.position = position
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is written: it may be larger than any that Python reads."""

    text: str

    @property
    def negative(self) -> bool:
        """Whether it is below 0."""
        return self.text.startswith("-")


@dataclass(frozen=True, slots=True)
class Value:
    """A value with the line and column (1-based) where it begins, and of an object's member where its name does."""

    data: str | bool | Number | list[Value] | dict[str, Value] | None
    line: int
    column: int
    doubled: tuple[str, ...] = ()

    def get(self, name: str) -> Value | None:
        """A member, None when there is none or this is no object."""
        return self.data.get(name) if isinstance(self.data, dict) else None

    @property
    def text(self) -> str:
        """The string, "" when it is none."""
        return self.data if isinstance(self.data, str) else ""

    @property
    def items(self) -> list[Value]:
        """The values of an array, none when it is none."""
        return self.data if isinstance(self.data, list) else []

    @property
    def members(self) -> dict[str, Value]:
        """The members of an object, none when it is none."""
        return self.data if isinstance(self.data, dict) else {}

    def walk(self) -> Iterator[Value]:
        """This value and all below it."""
        waiting = [self]
        while waiting:
            value = waiting.pop()
            yield value
            waiting.extend(reversed(value.items or list(value.members.values())))


def parse_json(text: str) -> Value:
    """The one value of a document. Raises NotJson."""
    reader = _Reader(text)
    value, end = reader.value(reader.skip(0), 0)
    end = reader.skip(end)
    if end != len(text):
        raise NotJson(end, "there is more after the end")
    return value


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._count = 0
        self._lines = [0, *(found.end() for found in re.finditer("\n", text))]

    def skip(self, at: int) -> int:
        found = _SPACE.match(self._text, at)
        return found.end() if found else at

    def value(self, at: int, depth: int) -> tuple[Value, int]:
        if depth > DEEPEST:
            raise NotJson(at, f"it is more than {DEEPEST} levels deep", "ValidatorLimit")
        self._count += 1
        if self._count > MOST_VALUES:
            raise NotJson(at, f"it has more than {MOST_VALUES} values", "ValidatorLimit")
        match self._text[at : at + 1]:
            case '"':
                data, end = self._string(at)
                return self._placed(data, at), end
            case "{":
                return self._object(at, depth)
            case "[":
                return self._array(at, depth)
        if found := _NUMBER.match(self._text, at):
            return self._placed(Number(found[0][:100]), at), found.end()
        for word, meaning in _WORDS:
            if self._text.startswith(word, at):
                return self._placed(meaning, at), at + len(word)
        raise NotJson(at, "there is no value" if at < len(self._text) else "it ends in the middle")

    def _placed(self, data: str | bool | Number | None, at: int) -> Value:
        line, column = self.place(at)
        return Value(data, line, column)

    def place(self, at: int) -> tuple[int, int]:
        line = bisect_right(self._lines, at)
        return line, at - self._lines[line - 1] + 1

    def _string(self, at: int) -> tuple[str, int]:
        try:
            text, end = scanstring(self._text, at + 1, True)
        except JSONDecodeError as error:
            raise NotJson(error.pos, error.msg.lower().removesuffix(" at").removesuffix(":")) from error
        return str(text), int(end)

    def _array(self, at: int, depth: int) -> tuple[Value, int]:
        line, column = self.place(at)
        values: list[Value] = []
        end = self.skip(at + 1)
        while self._text[end : end + 1] != "]":
            if values:
                end = self._comma(end)
            value, end = self.value(end, depth + 1)
            values.append(value)
            end = self.skip(end)
        return Value(values, line, column), end + 1

    def _object(self, at: int, depth: int) -> tuple[Value, int]:
        line, column = self.place(at)
        members: dict[str, Value] = {}
        doubled: list[str] = []
        end = self.skip(at + 1)
        while self._text[end : end + 1] != "}":
            if members:
                end = self._comma(end)
            if self._text[end : end + 1] != '"':
                raise NotJson(end, "a member has no name")
            name, end = self._string(end)
            end = self.skip(end)
            if self._text[end : end + 1] != ":":
                raise NotJson(end, "there is no colon after a name")
            value, end = self.value(self.skip(end + 1), depth + 1)
            if name in members:
                doubled.append(name)
            members[name] = value
            end = self.skip(end)
        return Value(members, line, column, tuple(doubled)), end + 1

    def _comma(self, at: int) -> int:
        if self._text[at : at + 1] != ",":
            raise NotJson(at, "there is no comma between two values")
        return self.skip(at + 1)
