"""Which deliveries are due, in SQL: what their hosts and those of lower stages keep back waits."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, and_, case, exists, func, or_, select

from syndicator.model import DeliveryKind
from syndicator.state import tables

PENDING = "pending"
_FIRST = (DeliveryKind.PURGE.value, DeliveryKind.VERIFY.value)
_ANY = select(tables.deliveries.c.id).where(tables.deliveries.c.status == PENDING).limit(1)


def is_any_pending(connection: Connection) -> bool:
    """Whether anything is owed at all: after most passes nothing is, and what is due takes long to ask."""
    return connection.execute(_ANY).first() is not None


def due(now: datetime, per_host: int, full: Collection[str]) -> Any:
    """The first few of each host that are due and free. Rows of a host that has no room are not even looked at."""
    table, pause = tables.deliveries, tables.hosts
    host = select(table.c.host).where(table.c.status == PENDING, table.c.due <= now).distinct()
    host = host.where(~exists().where(pause.c.host == table.c.host, pause.c.until > now))
    if full:
        host = host.where(table.c.host.not_in(tuple(full)))
    each = host.subquery("each")
    row = table.alias("row")
    free = or_(row.c.leased_until.is_(None), row.c.leased_until <= now)
    first = (
        select(row.c.id)
        .where(row.c.status == PENDING, row.c.host == each.c.host, row.c.due <= now, free, unblocked(row))
        .order_by(row.c.due, row.c.id)
        .limit(per_host)
        .correlate(each)
    )
    return select(table).select_from(each.join(table, table.c.id.in_(first)))


def unblocked(table: FromClause) -> ColumnElement[bool]:
    """Pending, and nothing of a lower stage that it has to wait for is: what was given up holds nobody up."""
    first = tables.deliveries.alias("first")
    of_topic = and_(first.c.topic == table.c.topic, first.c.kind.in_(_FIRST))
    earlier = and_(first.c.topic == table.c.topic, first.c.kind == DeliveryKind.PURGE.value)
    of_feed = and_(first.c.feed == table.c.feed, first.c.kind.in_(_FIRST))

    def none(what: ColumnElement[bool]) -> ColumnElement[bool]:
        return ~exists().where(first.c.status == PENDING, what).correlate(table)

    return and_(
        table.c.status == PENDING,
        case(
            (table.c.kind == DeliveryKind.HUB.value, none(of_topic)),
            (table.c.kind == DeliveryKind.WEBHOOK.value, none(of_feed)),
            (table.c.kind == DeliveryKind.VERIFY.value, none(earlier)),
            else_=True,
        ),
    )


def ready() -> ColumnElement[datetime]:
    """When a row may be claimed: a leased one when its lease has run out, and none while its host is left alone."""
    row, pause = tables.deliveries, tables.hosts
    alone = func.coalesce(row.c.leased_until, row.c.due, type_=tables.Instant())
    return case((pause.c.until > alone, pause.c.until), else_=alone)


def paused(query: Any) -> Any:
    """The same with the pauses of hosts."""
    row, pause = tables.deliveries, tables.hosts
    return query.select_from(row.outerjoin(pause, pause.c.host == row.c.host))
