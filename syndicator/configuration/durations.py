"""Durations as a configuration has them: "250ms", "10s" or "1h30m"."""

from __future__ import annotations

import re
from datetime import timedelta

from syndicator.configuration.words import Wrong

_UNITS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
_DURATION = re.compile(r"(?:[0-9]{1,9}(?:ms|[dhms]))+")
_LONGEST = timedelta(days=3650)
_SHORTEST_REST = timedelta(milliseconds=100)


def spelled(span: timedelta) -> str:
    """A duration as it is written in the configuration: ``90s`` is "1m30s"."""
    left, text = span // timedelta(milliseconds=1), ""
    for unit, size in _UNITS.items():
        count, left = divmod(left, size)
        text += f"{count}{unit}" if count else ""
    return text or "0s"


def duration(value: object, *, bounds: str = "must be more than nothing and at most 3650d") -> timedelta:
    """A duration from how it is written; ``bounds`` says how long it may be. Raises Wrong."""
    if isinstance(value, timedelta):
        return value
    if isinstance(value, int | str) and not isinstance(value, bool) and re.fullmatch(r"[0-9]{1,9}", str(value)[:10]):
        raise Wrong(remedy=f'say of what: "{value}s" is seconds')
    if not isinstance(value, str) or not _DURATION.fullmatch(value):
        raise Wrong
    parts = re.findall(r"([0-9]+)(ms|[dhms])", value)
    units = [unit for _, unit in parts]
    if sorted(set(units), key=[*_UNITS].index) != units:
        raise Wrong("has its units out of order or twice", 'write the largest first, as in "1h30m"')
    amount = sum(int(count) * _UNITS[unit] for count, unit in parts)
    if not 0 < amount <= _LONGEST // timedelta(milliseconds=1):
        raise Wrong(bounds)
    return timedelta(milliseconds=amount)


def duration_or_none(value: object) -> timedelta:
    """A duration from how it is written, or "0s". Raises Wrong."""
    return timedelta() if value in ("0s", timedelta()) else duration(value, bounds='must be "0s", or at most 3650d')


def interval(value: object) -> timedelta:
    """How long to rest between two looks, from how it is written. Raises Wrong."""
    found = duration(value)
    if found < _SHORTEST_REST:
        raise Wrong(f"must be at least {spelled(_SHORTEST_REST)}, or nothing else is done", "a minute is usual")
    return found
