"""What nouns are checked and named with."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256


def digest(data: bytes) -> str:
    """The name of some bytes: 128 bits of SHA-256 in hexadecimal. Processors know it, so it is the fastest here."""
    return sha256(data, usedforsecurity=False).hexdigest()[:32]


def require_utc(*instants: datetime | None) -> None:
    """Raises ValueError for an instant that is not in UTC."""
    for instant in instants:
        if instant is not None and instant.utcoffset() != timedelta(0):
            raise ValueError(f"not an instant in UTC: {instant!r}")
