"""Dates written as a count since 1970, which are read only where the operator says what they count (frontmatter-11)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from syndicator.moments import EPOCH

#: How many digits the counts of the years 1973 to 5138 have. By them a count of the other unit is told apart, and a
#: date such as 20231015: neither is ever read as some day of another century.
_DIGITS = {"seconds": range(9, 12), "milliseconds": range(12, 15)}
_STEPS = {"seconds": timedelta(seconds=1), "milliseconds": timedelta(milliseconds=1)}
_COUNT = re.compile(r"[1-9]\d{8,13}", re.ASCII)


def from_epoch(value: object, unit: str) -> datetime | None:
    """The instant that a count of ``unit`` means; None where it is no such count, or ``unit`` is "off"."""
    digits = _count(value)
    if len(digits) not in _DIGITS.get(unit, ()):
        return None
    return EPOCH + int(digits) * _STEPS[unit]


def unit_of(value: object) -> str:
    """What a number seems to count, "" where it can be no count."""
    digits = _count(value)
    return next((unit for unit, fit in _DIGITS.items() if len(digits) in fit), "")


def _count(value: object) -> str:
    """The digits of a whole number, "" for anything else."""
    if isinstance(value, int):
        return str(value) if 10**8 <= value < 10**14 else ""
    digits = value.strip() if isinstance(value, str) else ""
    return digits if _COUNT.fullmatch(digits) else ""
