"""How the service is: what it says to those who ask whether it does its work."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from traceback import extract_tb

from syndicator.text import printable


@dataclass(slots=True)
class Health:
    """Whether the service does its work: ``problems`` by the part that has them; replaced, never changed in place."""

    ready: bool = False
    stopping: bool = False
    problems: dict[str, str] = field(default_factory=dict)

    def readiness(self) -> tuple[bool, tuple[str, ...]]:
        """Ready to serve, and what is wrong all the same."""
        reasons = tuple(f"{part}: {problem}" for part, problem in sorted(self.problems.items()))
        if self.stopping:
            return False, ("stopping", *reasons)
        return self.ready, reasons if self.ready else ("the first pass is not done", *reasons)


def own_fault(error: Exception) -> str:
    """A fault of this program in one line: its type, what it says, and the place that a report of it should name."""
    frames = extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "syndicator" in Path(frame.filename).parts] or frames
    place = f" at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    return f"{type(error).__name__}{place}: {printable(str(error))[:200]}; please report it with the log"
