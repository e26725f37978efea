"""What the guard's concerns rest on, and how people are told of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from syndicator.model import Concern, Limits, PostRecord

#: So many posts are named for people.
_NAMED = 5


def seconds(instant: datetime | None) -> int:
    """A moment as documents say it."""
    return int(instant.timestamp()) if instant is not None else 0


def moment(stamp: int) -> datetime:
    """The same the other way round."""
    return datetime.fromtimestamp(stamp, UTC)


def suspects(concerns: Iterable[Concern]) -> frozenset[str]:
    """The ids that went or came; where else they go or come is part of the same accident."""
    return frozenset(_ids(concerns, ("vanished ", "new ")))


def redated(concerns: Iterable[Concern]) -> frozenset[str]:
    """The ids whose dates moved."""
    return frozenset(name.split(" ", 3)[3] for name in _evidence(concerns) if name.startswith("redated "))


def too_large(path: str, length: int, limit: int) -> Concern:
    """Concern for a document that would outgrow its limit (rss-9)."""
    return Concern(
        rule="swollen",
        figure=length,
        limit=limit,
        sentence=f"{path} would have {length} bytes, and {limit} is the limit",
        evidence=(swollen(path),),
    )


def swollen(path: str) -> str:
    """The evidence of a document that is too large."""
    return f"swollen {path}"


def raised(
    rule: str,
    evidence: Sequence[str],
    approved: Collection[str],
    total: int,
    limit: int,
    limits: Limits,
    known: Mapping[str, PostRecord],
    sentence: str,
) -> Concern | None:
    """The concern that this evidence gives, less what is approved; None when it is too little."""
    counted = tuple(name for name in evidence if name not in approved)
    if len(counted) < limits.least_posts or not reaches(len(counted), total, limit):
        return None
    percent = in_percent(len(counted), total)
    words = sentence.format(count=len(counted), total=total)
    return Concern(
        rule=rule,
        figure=percent,
        limit=limit,
        sentence=f"{words} ({percent} %, and {limit} % is the limit)",
        evidence=counted,
        examples=tuple(named(counted, known)),
    )


def reaches(count: int, total: int, limit: int) -> bool:
    """Whether so many of all are as many percent as the limit, when there is one."""
    return limit > 0 and count * 100 >= limit * total


def in_percent(count: int, total: int) -> int:
    """So many of all, in whole percent."""
    return count * 100 // total if total else 100


def _evidence(concerns: Iterable[Concern]) -> Iterator[str]:
    for concern in concerns:
        yield from concern.evidence


def _ids(concerns: Iterable[Concern], kinds: Sequence[str]) -> Iterator[str]:
    for name in _evidence(concerns):
        for kind in kinds:
            if name.startswith(kind):
                yield name.removeprefix(kind)


def named(evidence: Sequence[str], known: Mapping[str, PostRecord]) -> Iterator[str]:
    """A few lines for people: what happens, and to which post."""
    for name in evidence[:_NAMED]:
        kind, _, rest = name.partition(" ")
        dates, entry_id = "", rest
        if kind == "redated":
            published, updated, entry_id = rest.split(" ", 2)
            dates = (
                f", published {moment(int(published)):%Y-%m-%d %H:%M}, updated {moment(int(updated)):%Y-%m-%d %H:%M}"
            )
        record = known.get(entry_id)
        yield f"{kind}: {record.path if record else entry_id}{dates}"
    if len(evidence) > _NAMED:
        yield f"and {len(evidence) - _NAMED} more"
