"""The values of a profile's rules as they stand in files."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from syndicator.configuration.values import Duration
from syndicator.model import RuleValue
from syndicator.profiles.kinds import RuleKind, Takes


def value_of(written: Any, kind: RuleKind) -> RuleValue | None:
    """The value that is meant, None when it is not of its kind."""
    match kind.takes, written:
        case Takes.SWITCH, bool():
            return written
        case Takes.COUNT, int() if not isinstance(written, bool) and 1 <= written <= 10**12:
            return written
        case Takes.RATIO, int() | float() if not isinstance(written, bool) and 0 < written <= 1000:
            return written
        case Takes.DURATION, str():
            try:
                return int(_durations().validate_python(written).total_seconds()) or None
            except ValidationError:
                return None
        case Takes.CHOICE, str() if written in kind.choices:
            return written
        case Takes.NAMES, list() if all(isinstance(item, str) and item.strip() for item in written):
            known = not kind.choices or set(written) <= set(kind.choices)
            return tuple(written) if known else None
    return None


@cache
def _durations() -> TypeAdapter[timedelta]:
    """Made when first wanted: every command reads the configuration, and few meet a duration here."""
    return TypeAdapter(Duration)
