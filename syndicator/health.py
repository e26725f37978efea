"""How the service is: what it says to those who ask whether it does its work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from traceback import extract_tb

from syndicator.model import TargetState
from syndicator.text import printable


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Something that does not happen now: ``what``, ``why`` not, and ``until`` when, None where no clock decides."""

    what: str
    why: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearer:
    """A hub, a cache or a partner's web hook, by ``kind`` of what goes there: how much is owed, when something last
    came to a good end there, when something last ``failed`` and with which ``error``, and until when it is left alone.

    ``target`` is its address as it may be shown.
    """

    kind: str
    target: str
    pending: int = 0
    given_up: int = 0
    heard: datetime | None = None
    failed: datetime | None = None
    error: str = ""
    paused_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What only a running service knows of itself, for whoever asks: nothing in it is a secret.

    ``state`` names the state that it writes to, to tell it from another service at the same address. ``watching`` is
    "" when the operating system tells of changes, else why not. ``scanned`` is when the source was last looked at,
    ``called`` when a git host last said that there is something new, ``refused`` when somebody said so without proof.
    ``hearers`` are those who are told of what changed.
    """

    version: str
    state: str
    started: datetime
    ready: bool = False
    stopping: bool = False
    problems: tuple[tuple[str, str], ...] = ()
    waits: tuple[Wait, ...] = ()
    watching: str = ""
    scanned: datetime | None = None
    called: datetime | None = None
    refused: datetime | None = None
    hearers: tuple[Hearer, ...] = ()


@dataclass(slots=True)
class Health:
    """Whether the service does its work: ``problems`` by the part that has them; replaced, never changed in place."""

    ready: bool = False
    stopping: bool = False
    problems: dict[str, str] = field(default_factory=dict)
    #: What happened and stays to be said until somebody has looked at it.
    alarms: Callable[[], tuple[str, ...]] = tuple
    scanned: datetime | None = None
    #: How it was lately between us and those who are told of what changed.
    targets: tuple[TargetState, ...] = ()

    def readiness(self) -> tuple[bool, tuple[str, ...]]:
        """Ready to serve, and what is wrong all the same."""
        troubles = tuple(f"{part}: {problem}" for part, problem in sorted(self.problems.items()))
        reasons = (*troubles, *(f"state: {alarm}" for alarm in self.alarms()))
        if self.stopping:
            return False, ("stopping", *reasons)
        return self.ready, reasons if self.ready else ("the first pass is not done", *reasons)


def own_fault(error: Exception) -> str:
    """A fault of this program in one line: its type, what it says, and the place that a report of it should name."""
    frames = extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "syndicator" in Path(frame.filename).parts] or frames
    place = f" at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    return f"{type(error).__name__}{place}: {printable(str(error))[:200]}; please report it with the log"
