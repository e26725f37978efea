"""What every check may want to know of the document around what it looks at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Context:
    """``address`` is "" and ``now`` None when nobody knows; ``lines`` are the source's, for what parsing loses."""

    address: str = ""
    now: datetime | None = None
    namespaces: frozenset[str] = frozenset()
    lines: tuple[str, ...] = ()

    def line(self, number: int) -> str:
        """The line (1-based), "" beyond the end."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""
