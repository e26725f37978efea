"""Dates as Eleventy reads them: ISO 8601 in all its forms, in UTC where no zone is given."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from syndicator.posts.dates import FromHistory, parse_date

_KEYWORDS: dict[str, tuple[Literal["created", "changed"], str]] = {
    "last modified": ("changed", "when the file was last changed"),
    "created": ("created", "when the file was made"),
    "git last modified": ("changed", "when git last saw it changed"),
    "git created": ("created", "when git first saw it"),
}
_YEAR_DAY = re.compile(r"(\d{4})-?(\d{3})", re.ASCII)
_YEAR_MONTH = re.compile(r"\d{4}(?:-\d{2})?", re.ASCII)
_OTHER_ISO = re.compile(r"\d{4}(?:\d{4}|-?W\d{2}(?:-?\d)?)(?:T.*)?", re.ASCII | re.DOTALL)
_UTC = ZoneInfo("UTC")


def instant(value: object) -> datetime:
    """The instant in UTC. Raises ValueError with a reason for people, FromHistory for what the file does not say."""
    line = value.strip() if isinstance(value, str) else ""
    if (keyword := line.lower()) in _KEYWORDS:
        of, asked = _KEYWORDS[keyword]
        reason = f'"{line}" asks {asked}, which the file does not say'
        raise FromHistory(reason, of, exactly=keyword.startswith("git "))
    try:
        return parse_date(value, _UTC, seconds_are_utc=True)
    except ValueError:
        if found := _other_iso(line):
            return parse_date(found, _UTC, seconds_are_utc=True)
        raise


def _other_iso(line: str) -> str:
    """ISO 8601's less usual forms as the usual one, "" for what is none: weeks, days of the year, nothing between."""
    if match := _YEAR_DAY.fullmatch(line):
        first = datetime(int(match[1]), 1, 1, tzinfo=UTC)
        day = first + timedelta(days=int(match[2]) - 1)
        return f"{day:%Y-%m-%d}" if day.year == first.year else ""
    if _YEAR_MONTH.fullmatch(line):
        return f"{line}-01" if "-" in line else f"{line}-01-01"
    if not _OTHER_ISO.fullmatch(line):
        return ""
    try:
        return datetime.fromisoformat(line).isoformat()
    except ValueError:
        return ""
