"""When each target last heard of something, and when it last did not, in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, select

from syndicator.model import DeliveryKind, HostPause, TargetState
from syndicator.ports import Settled
from syndicator.state import tables
from syndicator.state.database import Database


def note_contacts(database: Database, connection: Connection, settled: Sequence[Settled], now: datetime) -> None:
    """Keep what attempts say of targets, in the transaction in which what came of them is kept: the disk is waited for
    no more often. Of several that failed the last one's error stays."""
    heard: dict[tuple[str, str], dict[str, Any]] = {}
    failed: dict[tuple[str, str], dict[str, Any]] = {}
    for each in settled:
        kind, target = each.delivery.kind.value, each.delivery.target
        if each.status == "done":
            heard[kind, target] = {"kind": kind, "target": target, "heard": now}
        else:
            failed[kind, target] = {"kind": kind, "target": target, "failed": now, "error": each.error}
    for rows in (heard, failed):
        database.upsert(connection, tables.contacts, rows.values())


def known_targets(database: Database, pauses: Iterable[HostPause]) -> tuple[TargetState, ...]:
    """Whoever is owed something, or heard of something or failed before."""
    table, contacts = tables.deliveries, tables.contacts
    pending = func.sum(case((table.c.status == "pending", 1), else_=0)).label("pending")
    owed = select(table.c.kind, table.c.target, pending, func.count().label("every"))
    with database.read() as connection:
        counts = {
            (row.kind, row.target): row for row in connection.execute(owed.group_by(table.c.kind, table.c.target))
        }
        known = {(row.kind, row.target): row for row in connection.execute(select(contacts))}
    paused = {pause.host: pause for pause in pauses}
    found = []
    for kind, target in sorted(counts.keys() | known.keys()):
        count, contact = counts.get((kind, target)), known.get((kind, target))
        one = TargetState(
            kind=DeliveryKind(kind),
            target=target,
            pending=count.pending if count else 0,
            given_up=count.every - count.pending if count else 0,
            heard=contact.heard if contact else None,
            failed=contact.failed if contact else None,
            error=contact.error if contact else "",
        )
        found.append(replace(one, pause=paused.get(one.host)))
    return tuple(found)
