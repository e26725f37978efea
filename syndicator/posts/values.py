"""What the readers of front matter give beside plain values: marks on text, notes, flaws."""

from __future__ import annotations

from dataclasses import dataclass

#: Values that aliases may stand for, all together; real front matter has some dozens.
MAX_NODES = 10_000
#: Lists and tables in each other.
MAX_DEPTH = 32
#: How YAML writes nothing.
NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Note:
    """Something odd at a line (1-based) of the text that was read."""

    reason: str
    line: int


class Quoted(str):
    """Text that stood in quotes, or in a block: some readers of YAML take no such text for a date (frontmatter-10)."""

    __slots__ = ()


class Malformed(ValueError):
    """Text that cannot be read: why, at which line and column (1-based) of it, and what to do."""

    def __init__(self, reason: str, *, line: int | None = None, column: int | None = None, remedy: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.column = column
        self.remedy = remedy
