"""What a host answers, and how long it asks to be left alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_LONGEST_WAIT = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer: ``headers`` are looked up in any case, ``truncated`` says that ``body`` is not all of it."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    truncated: bool = False


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long a host asks us to wait, in seconds or by date (RFC 9110, 10.2.3): a day at most, None if it does not."""
    text = next((value.strip() for name, value in headers.items() if name.lower() == "retry-after"), "")
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text)), _LONGEST_WAIT) if len(text) < 10 else _LONGEST_WAIT
    try:
        then = parsedate_to_datetime(text)
        wait = (then if then.tzinfo else then.replace(tzinfo=UTC)) - now
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return min(max(wait, timedelta(0)), _LONGEST_WAIT)
