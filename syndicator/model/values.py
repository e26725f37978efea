"""What nouns are checked and named with."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

_A_DAY = timedelta(days=1)


def digest(data: bytes) -> str:
    """The name of some bytes: 128 bits of SHA-256 in hexadecimal. Processors know it, so it is the fastest here."""
    return sha256(data, usedforsecurity=False).hexdigest()[:32]


def require_utc(*instants: datetime | None) -> None:
    """Raises ValueError for an instant that is not in UTC."""
    for instant in instants:
        if instant is not None and instant.utcoffset() != timedelta(0):
            raise ValueError(f"not an instant in UTC: {instant!r}")


def reached(then: datetime, now: datetime) -> datetime:
    """The later of a moment that was noted when it was now, and now: no date goes back because a clock was set back.

    From one that is more than a day ahead a clock was wrong, and has been set right.
    """
    return then if now < then <= now + _A_DAY else now
