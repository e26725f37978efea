"""Announcements become rows of what is owed, in the transaction that keeps what they tell of.

What messages to web hooks are made of is imported late: most passes have none to touch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from syndicator.model import Announcement, DeliveryKind, PostRecord, Visibility
from syndicator.state import tables


def owe(connection: Connection, wanted: Sequence[Announcement], now: datetime) -> None:
    """One row a topic a target: a newer version replaces what was still owed, and starts its attempts afresh."""
    table = tables.deliveries
    announcements = [_with_what_was_unheard(connection, owed) for owed in wanted]
    for owed in announcements:
        connection.execute(
            delete(table).where(table.c.kind == owed.kind, table.c.target == owed.target, table.c.topic == owed.topic)
        )
    if announcements:
        rows = [
            {
                **asdict(owed),
                "host": owed.host,
                "status": "pending",
                "attempts": 0,
                "since": now,
                "due": now,
                "leased_until": None,
                "error": "",
            }
            for owed in announcements
        ]
        connection.execute(insert(table), rows)


def forget_waiting(connection: Connection, feeds: Collection[str]) -> None:
    """What web hooks were to hear once documents of these feeds could be written: they are gone, and never will be."""
    table = tables.deliveries
    if not feeds:
        return
    from syndicator.notices import is_waiting

    hooks = select(table.c.id, table.c.topic, table.c.body).where(table.c.kind == DeliveryKind.WEBHOOK)
    waiting = [row.id for row in connection.execute(hooks) if row.topic in feeds and is_waiting(row.body)]
    if waiting:
        connection.execute(delete(table).where(table.c.id.in_(waiting)))


def take_back(connection: Connection, posts: Iterable[PostRecord]) -> None:
    """Have no web hook hear late of what was taken back meanwhile.

    A feed tells of its own entries by itself. But what newer ones pushed out of it before it was taken back changes it
    no more, and a message that waits for its partner to be up would still call it new.
    """
    state = {post.entry_id: _taken_back(post) for post in posts if post.entry_id}
    why = {entry: reason for entry, reason in state.items() if reason}
    if not why:
        return
    from syndicator.notices import withdraw

    table, feeds = tables.deliveries, tables.feeds
    hooks = select(table.c.id, table.c.topic, table.c.body).where(table.c.kind == DeliveryKind.WEBHOOK)
    rows = connection.execute(hooks).all()
    named = select(feeds.c.name, feeds.c.members).where(feeds.c.name.in_({row.topic for row in rows}))
    shown = {row.name: frozenset(row.members) for row in connection.execute(named)} if rows else {}
    for row in rows:
        told = withdraw(row.body, why, shown.get(row.topic, frozenset()))
        if told is not None:
            message, body = told
            connection.execute(update(table).where(table.c.id == row.id).values(digest=message, body=body))


def _taken_back(post: PostRecord) -> str:
    if post.gone is not None:
        return "gone"
    return "" if post.visibility is Visibility.PUBLIC else post.visibility.value


def _with_what_was_unheard(connection: Connection, owed: Announcement) -> Announcement:
    """A web hook's message tells what the one before did too, where that was not heard."""
    if owed.kind is not DeliveryKind.WEBHOOK:
        return owed
    table = tables.deliveries
    same = (table.c.kind == owed.kind, table.c.target == owed.target, table.c.topic == owed.topic)
    before = connection.execute(select(table.c.body).where(*same)).scalar()
    if not before:
        return owed
    from syndicator.notices import merge

    message, body = merge(before, owed.body)
    return replace(owed, digest=message, body=body)
