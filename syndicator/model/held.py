"""What the guard says of a feed: how much may change at once, what changed too much, and what waits for a word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from syndicator.model.values import require_utc


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of a feed may change at once: shares in percent of its posts, each with 0 for "any".

    No rule but the one of bytes counts where fewer than ``least_posts`` are concerned, or shown. All that changed
    ``within_seconds`` adds up.
    """

    least_posts: int = 10
    vanished_percent: int = 30
    strangers_percent: int = 30
    redated_percent: int = 50
    turned_percent: int = 30
    shrunk_percent: int = 50
    max_bytes: int = 5_000_000
    within_seconds: int = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """What is wrong with a proposal: which ``rule`` says so, the ``figure`` (percent or bytes) that reaches its
    ``limit``, and a sentence for people, with ``examples``, a line each.

    ``evidence`` names all that it rests on. What was approved counts no more, whatever else is proposed beside it.
    """

    rule: str
    figure: int
    limit: int
    sentence: str
    evidence: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A feed that keeps its former documents ``since`` a proposal raised concerns; ``approved`` is the evidence that
    somebody has let through."""

    feed: str
    concerns: tuple[Concern, ...]
    since: datetime
    approved: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_utc(self.since)

    @property
    def evidence(self) -> tuple[str, ...]:
        """All that the concerns rest on, each once."""
        return tuple(dict.fromkeys(name for concern in self.concerns for name in concern.evidence))

    @property
    def reason(self) -> str:
        """What is wrong, in one line."""
        return "; ".join(concern.sentence for concern in self.concerns)

    @property
    def is_approved(self) -> bool:
        """Whether somebody has let all of it through, and no pass has come since."""
        return bool(self.evidence) and set(self.evidence) <= set(self.approved)

    @property
    def remedy(self) -> str:
        """What to do, in one line."""
        if self.is_approved:
            return "it was approved, and the next pass lets it through"
        return f"undo it, or let it through with 'syndicator approve {self.feed}'"

    def __str__(self) -> str:
        return f'feed "{self.feed}": {self.reason}; it stays as it was; {self.remedy}'
