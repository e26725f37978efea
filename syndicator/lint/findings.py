"""What a finished document is told: a rule's name, how bad it is, where, why and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error makes a document invalid; a warning costs readers or partners."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: ``spec`` names its item in the checklists, ``remedy`` says what to do, in the imperative."""

    name: str
    severity: Severity
    spec: str
    remedy: str


@dataclass(frozen=True, slots=True)
class ItemRef:
    """Which item of the document, counted from 1, with its id and title as far as it has them."""

    number: int
    id: str = ""
    title: str = ""

    def __str__(self) -> str:
        named = f' "{_short(self.title)}"' if self.title else f" {_short(self.id)}" if self.id else ""
        return f"item {self.number}{named}"


@dataclass(frozen=True, slots=True)
class Note:
    """What a check saw: the rule by name, the line (1-based), and what is there that should not be."""

    rule: str
    line: int
    message: str
    item: ItemRef | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A note with all that its rule says."""

    rule: str
    severity: Severity
    line: int
    column: int | None
    item: ItemRef | None
    message: str
    remedy: str
    spec: str

    def __str__(self) -> str:
        place = f" ({self.item})" if self.item else ""
        return f"{self.severity} {self.rule}: {self.message}{place} — {self.remedy}"


def in_item(item: ItemRef, notes: Iterable[Note]) -> Iterator[Note]:
    """The notes, each with the item that it is about."""
    for note in notes:
        yield Note(note.rule, note.line, note.message, item, note.column)


def quoted(text: str) -> str:
    """A value from the document as it may stand in a message: on one line, printable, not too long."""
    return f'"{_short(text)}"'


def _short(text: str) -> str:
    # Cut before it is escaped: a value may have megabytes.
    line = " ".join(text[:200].split())
    shown = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in line)
    return shown if len(shown) <= 60 and len(text) <= 200 else f"{shown[:59]}…"
