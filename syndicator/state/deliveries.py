"""What is owed to others, in SQL: deliveries and questions about images, claimed by lease."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, delete, func, or_, select, update

from syndicator.model import Delivery, DeliveryKind
from syndicator.ports import ImageAnswer
from syndicator.state import tables
from syndicator.state.database import Database
from syndicator.state.posts import something_happened
from syndicator.state.rows import image_answer, image_row


def lift_leases(database: Database) -> None:
    """Free what a worker that is certainly dead had claimed: only for whoever holds the right to be the one writer."""
    with database.write() as connection:
        for table in (tables.deliveries, tables.images):
            connection.execute(update(table).where(table.c.leased_until.is_not(None)).values(leased_until=None))


class SqlOutbox:
    """Deliveries. A newer version is another row: what comes late for the older one changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim_deliveries(self, now: datetime, limit: int, lease: timedelta) -> Sequence[Delivery]:
        """Take up to ``limit`` that are due and nobody else's for the time of the lease."""
        with self._database.write() as connection:
            return tuple(map(_delivery, _claim(connection, tables.deliveries, ("pending",), now, limit, lease)))

    def delivered(self, delivery: Delivery, now: datetime) -> None:  # noqa: ARG002
        """Done: the row goes, unless a newer version is owed by now (which is another row)."""
        with self._database.write() as connection:
            connection.execute(delete(tables.deliveries).where(*_same(delivery)))

    def postpone(self, delivery: Delivery, due: datetime, error: str) -> None:
        """Try again at ``due``."""
        self._update(delivery, attempts=delivery.attempts + 1, due=due, leased_until=None, error=error)

    def give_up(self, delivery: Delivery, now: datetime, error: str) -> None:
        """Stop trying, visibly."""
        self._update(
            delivery, attempts=delivery.attempts + 1, due=now, leased_until=None, error=error, status="given up"
        )

    def deliveries(self) -> Sequence[Delivery]:
        """All that is owed or was given up, oldest first."""
        table = tables.deliveries
        with self._database.read() as connection:
            return tuple(map(_delivery, connection.execute(select(table).order_by(table.c.since, table.c.id))))

    def next_due(self) -> datetime | None:
        """When the next one may be claimed."""
        return _next_due(self._database, tables.deliveries, ("pending",))

    def keep_hubs(self, hubs: Collection[str]) -> None:
        """Forget what is owed to others than these."""
        table = tables.deliveries
        with self._database.write() as connection:
            connection.execute(
                delete(table).where(table.c.kind == DeliveryKind.HUB.value, table.c.target.not_in(tuple(hubs)))
            )

    def _update(self, delivery: Delivery, **values: Any) -> None:
        with self._database.write() as connection:
            connection.execute(update(tables.deliveries).where(*_same(delivery)).values(**values))


class SqlImageDesk:
    """Questions about remote images."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim_images(self, now: datetime, limit: int, lease: timedelta) -> Sequence[ImageAnswer]:
        """Take up to ``limit`` questions that are due and nobody else's for the time of the lease."""
        with self._database.write() as connection:
            return tuple(map(image_answer, _claim(connection, tables.images, ("asked", "failed"), now, limit, lease)))

    def answer_image(self, answer: ImageAnswer) -> None:
        """Keep an answer."""
        with self._database.write() as connection:
            something_happened(connection)
            self._database.upsert(connection, tables.images, [image_row(answer)])

    def next_image_due(self) -> datetime | None:
        """When the next question may be claimed."""
        return _next_due(self._database, tables.images, ("asked", "failed"))


def _claim(
    connection: Connection, table: Table, statuses: tuple[str, ...], now: datetime, limit: int, lease: timedelta
) -> Sequence[Any]:
    key = next(iter(table.primary_key))
    free = or_(table.c.leased_until.is_(None), table.c.leased_until <= now)
    due = (
        select(table)
        .where(table.c.status.in_(statuses), table.c.due <= now, free)
        .order_by(table.c.due, key)
        .limit(limit)
        .with_for_update(skip_locked=True)  # PostgreSQL: two workers pass each other; SQLite has one writer anyway
    )
    rows = connection.execute(due).all()
    if rows:
        names = [getattr(row, key.name) for row in rows]
        connection.execute(update(table).where(key.in_(names)).values(leased_until=now + lease))
    return rows


def _next_due(database: Database, table: Table, statuses: tuple[str, ...]) -> datetime | None:
    # A leased row may be claimed when its lease has run out, not before.
    ready = func.coalesce(table.c.leased_until, table.c.due, type_=tables.Instant())
    with database.read() as connection:
        return connection.execute(
            select(func.min(ready, type_=tables.Instant())).where(table.c.status.in_(statuses))
        ).scalar()


def _same(delivery: Delivery) -> tuple[Any, ...]:
    table = tables.deliveries
    return (table.c.id == delivery.id, table.c.digest == delivery.digest)


def _delivery(row: Any) -> Delivery:
    return Delivery(
        id=row.id,
        kind=DeliveryKind(row.kind),
        target=row.target,
        feed=row.feed,
        body=row.body,
        topic=row.topic,
        digest=row.digest,
        attempts=row.attempts,
        since=row.since,
        due=row.due,
        status=row.status,
        error=row.error,
    )
