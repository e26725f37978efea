"""Questions about remote images, in SQL, claimed by lease."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, update

from syndicator.ports import ImageAnswer
from syndicator.state import tables
from syndicator.state.database import Database
from syndicator.state.posts import something_happened
from syndicator.state.rows import image_answer, image_row

_OPEN = ("asked", "failed")
#: No host is left alone for longer: what is put off further was put off by a clock that ran ahead.
_LONGEST = timedelta(days=2)


class SqlImageDesk:
    """Questions about remote images."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim_images(self, now: datetime, limit: int, lease: timedelta) -> Sequence[ImageAnswer]:
        """Take up to ``limit`` questions that are due and nobody else's for the time of the lease."""
        table = tables.images
        free = or_(table.c.leased_until.is_(None), table.c.leased_until <= now)
        due = (
            select(table)
            .where(table.c.status.in_(_OPEN), or_(table.c.due <= now, table.c.due > now + _LONGEST), free)
            .order_by(table.c.due, table.c.url)
            .limit(limit)
            .with_for_update(skip_locked=True)  # PostgreSQL: two workers pass each other; SQLite has one writer anyway
        )
        with self._database.write() as connection:
            rows: Sequence[Any] = connection.execute(due).all()
            if rows:
                taken = table.c.url.in_([row.url for row in rows])
                connection.execute(update(table).where(taken).values(leased_until=now + lease))
        return tuple(map(image_answer, rows))

    def answer_image(self, answer: ImageAnswer) -> None:
        """Keep an answer."""
        with self._database.write() as connection:
            something_happened(connection)
            self._database.upsert(connection, tables.images, [image_row(answer)])

    def next_image_due(self) -> datetime | None:
        """When the next question may be claimed."""
        table = tables.images
        # A leased row may be claimed when its lease has run out, not before.
        ready = func.coalesce(table.c.leased_until, table.c.due, type_=tables.Instant())
        with self._database.read() as connection:
            return connection.execute(
                select(func.min(ready, type_=tables.Instant())).where(table.c.status.in_(_OPEN))
            ).scalar()
