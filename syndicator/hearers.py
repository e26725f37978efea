"""Who is told of what changed, hubs, caches and partners: whether each hears us, and what its host is owed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from syndicator.health import Hearer
from syndicator.model import CACHES, Delivery, DeliveryKind, HostPause, TargetState
from syndicator.text import bare
from syndicator.turns import Turns, moment, next_at, waits_for

#: What is said where nobody is told of anything, whoever is configured.
SILENT = "nobody: [announce] enabled is off"
#: Where nobody is at work on what is owed, no time that is told of a next try means much.
UNSENT = "no service runs: the next 'syndicator run' or 'syndicator build' sends what is due"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedStanding:
    """What one host is owed of one kind: when the next is tried, how the last of them failed ("" for nothing), and the
    pause in which nothing goes there. Where all of them wait for another kind, ``waits_for`` names it."""

    kind: str
    host: str
    pending: int = 0
    given_up: int = 0
    next: datetime | None = None
    error: str = ""
    pause: HostPause | None = None
    waits_for: str = ""


def hearers(
    targets: Mapping[DeliveryKind, Collection[str]], states: Iterable[TargetState], now: datetime
) -> tuple[Hearer, ...]:
    """All that are configured (``targets``), and those that are owed something all the same, in the order in which they
    are told."""
    known = {(state.kind, state.target): state for state in states}
    wanted = [(kind, target) for kind in DeliveryKind for target in targets.get(kind, ()) if target]
    others = sorted(
        (key for key, state in known.items() if key not in wanted and (state.pending or state.given_up)),
        key=lambda key: (key[0].stage, key[1]),
    )
    return tuple(
        _hearer(known.get(key) or TargetState(kind=key[0], target=key[1]), now)
        for key in sorted([*wanted, *others], key=lambda key: key[0].stage)
    )


def _hearer(state: TargetState, now: datetime) -> Hearer:
    pause = state.pause
    return Hearer(
        kind=state.kind.value,
        target=bare(state.target),
        pending=state.pending,
        given_up=state.given_up,
        heard=state.heard,
        failed=state.failed,
        error=state.error,
        paused_until=pause.until if pause and pause.until > now else None,
    )


def told_hearer(one: Hearer) -> str:
    """In a line whether it hears us."""
    facts = [
        f"last success {moment(one.heard)}" if one.heard else "no success known",
        f"{one.pending} owed" if one.pending else "nothing owed",
        *([f"{one.given_up} given up"] if one.given_up else []),
        *([f"last trouble {moment(one.failed)} ({one.error or 'nobody knows why'})"] if one.failed else []),
        *([f"left alone until {moment(one.paused_until)}"] if one.paused_until else []),
    ]
    return f"{one.kind} {one.target}: {', '.join(facts)}"


def owed_of(
    deliveries: Iterable[Delivery], pauses: Iterable[HostPause] = (), now: datetime | None = None
) -> tuple[OwedStanding, ...]:
    """What is owed, by kind and host, in the order in which it goes out."""
    deliveries = tuple(deliveries)
    turns = Turns(deliveries, pauses, now)
    groups: dict[tuple[int, str, str], list[Delivery]] = {}
    for delivery in deliveries:
        groups.setdefault((delivery.kind.stage, delivery.kind.value, delivery.host), []).append(delivery)
    return tuple(_owed(kind, host, group, turns) for (_, kind, host), group in sorted(groups.items()))


def _owed(kind: str, host: str, group: Sequence[Delivery], turns: Turns) -> OwedStanding:
    pending = [delivery for delivery in group if delivery.status == "pending"]
    failed = [delivery for delivery in group if delivery.error]
    next_ = min((due for delivery in pending if (due := turns.next(delivery))), default=None)
    first = [before for delivery in pending if (before := turns.before(delivery))] if next_ is None else []
    return OwedStanding(
        kind=kind,
        host=host,
        pending=len(pending),
        given_up=len(group) - len(pending),
        next=next_,
        error=max(failed, key=lambda delivery: (delivery.attempts, delivery.id)).error if failed else "",
        pause=turns.pause(host) if pending else None,
        waits_for=min(first, key=lambda delivery: delivery.kind.stage).kind.value if first else "",
    )


def told_owed(owed: OwedStanding, now: datetime | None = None) -> str:
    """In a line what a host is owed."""
    facts = [
        f"{owed.pending} owed",
        *([f"{owed.given_up} given up"] if owed.given_up else []),
        *([next_at(owed.next, now)] if owed.next else []),
        *([waits_for(owed.waits_for, None)] if owed.waits_for else []),
        *([f"left alone until {moment(owed.pause.until)}: {owed.pause.error}"] if owed.pause else []),
        *([owed.error] if owed.error and not owed.pause else []),
    ]
    return f"{owed.kind} at {owed.host.removesuffix(CACHES)}: {', '.join(facts)}"
