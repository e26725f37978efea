"""Who is told of what changed, hubs, caches and partners: whether each hears us, and what it is owed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from syndicator.health import Hearer
from syndicator.model import DeliveryKind, TargetState
from syndicator.text import bare
from syndicator.turns import moment


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
        f"last success {moment(one.heard)}" if one.heard else "no success yet",
        f"{one.pending} owed" if one.pending else "nothing owed",
        *([f"{one.given_up} given up"] if one.given_up else []),
        *([f"last trouble {moment(one.failed)} ({one.error or 'nobody knows why'})"] if one.failed else []),
        *([f"left alone until {moment(one.paused_until)}"] if one.paused_until else []),
    ]
    return f"{one.kind} {one.target}: {', '.join(facts)}"
