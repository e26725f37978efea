"""Moments as whole microseconds since 1970: half the size, compared faster, and the same in every database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def micros(instant: datetime) -> int:
    """A moment in whole microseconds."""
    since = instant - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def micros_or_none(instant: datetime | None) -> int | None:
    """The same; None for none."""
    return None if instant is None else micros(instant)


def instant_at(number: int) -> datetime:
    """The moment that a number of microseconds stands for."""
    return EPOCH + number * MICROSECOND
