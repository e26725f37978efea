"""Dates as people write them in front matter, in UTC: strict, so that no guess ever moves a post."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from syndicator.text import printable

#: Earlier years are placeholders (such as Go's 0001-01-01), and strftime writes them with fewer than four digits.
FIRST_YEAR = 1000
#: What is later is this: people write the last days of the year 9999 for "never", and no zone's clock gets past them.
_NEVER = datetime(9999, 12, 30, 23, 59, 59, tzinfo=UTC)
_LAST_MONTH = datetime(9999, 12, 1, tzinfo=UTC)

_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
_OFFSET = r"[+-]\d{1,2}(?::?\d\d)?"
# RFC 822 section 5 names America's zones; all other letters mean several things, or nothing to most.
_NAMED = "[ECMP][SD]T"
_ISO = re.compile(
    rf"(?P<year>\d{{4}})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}})"
    rf"(?:(?:[Tt]|[ ]+){_CLOCK}(?:[ ]*(?P<zone>[Zz]|UTC|GMT|{_NAMED}|{_OFFSET}))?)?",
    re.ASCII,
)
# Year first, so that only one reading is left; one sign for both gaps, or none at all.
_YEAR_FIRST = re.compile(
    r"(?P<year>[1-9]\d{3})(?P<gap>[/.])(?P<month>\d{1,2})(?P=gap)(?P<day>\d{1,2})"
    rf"(?:(?:[Tt]|[ ]+){_CLOCK}(?:[ ]*(?P<zone>[Zz]|UTC|GMT|{_NAMED}|{_OFFSET}))?)?",
    re.ASCII,
)
# As newsrooms in America write it. The name of the month leaves one reading.
_MONTH_FIRST = re.compile(
    rf"(?:(?P<weekday>[A-Za-z]{{3,9}}),?[ ]+)?(?P<name>[A-Za-z]{{3,9}})\.?[ ]+(?P<day>\d{{1,2}}),?[ ]+(?P<year>\d{{4}})"
    rf"(?:,?[ ]+{_CLOCK}(?:[ ]*(?P<zone>[A-Z]{{1,3}}|{_OFFSET}))?)?",
    re.ASCII,
)
_HALF_DAYS = re.compile(
    r"(?P<before>.*[Tt ])(?P<hour>\d{1,2})(?P<rest>:\d\d(?::\d\d)?)[ ]*"
    r"(?P<half>[AaPp])(?:[Mm]|\.[Mm]\.)(?P<after>(?:[ ].*)?)",
    re.ASCII,
)
_LONGEST = 60
_EIGHT_DIGITS = re.compile(r"[1-9]\d{7}", re.ASCII)
# RFC 822 section 5 with the four-digit years of RFC 2822; "15 Oct 2023" is the same without a clock.
_RFC = re.compile(
    rf"(?:(?P<weekday>[A-Za-z]{{3,9}}),?[ ]+)?(?P<day>\d{{1,2}})[ ]+(?P<name>[A-Za-z]{{3,9}})\.?[ ]+(?P<year>\d{{4}})"
    rf"(?:[ ]+{_CLOCK}(?:[ ]*(?P<zone>[A-Z]{{1,3}}|{_OFFSET}))?)?",
    re.ASCII,
)
_WITH_SLASHES = re.compile(r"\d{1,4}[/.]\d{1,2}[/.]\d{1,4}(?:\D.*)?", re.ASCII | re.DOTALL)
_SHORT_YEAR = re.compile(
    r"\d{2}-\d{1,2}-\d{1,2}(?:\D.*)?|.*\d{1,2}[ ]+[A-Za-z]{3,9}[ ]+\d{2}(?:\D.*)?", re.ASCII | re.DOTALL
)
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d*)?", re.ASCII)

_MONTHS = ("january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december")  # fmt: skip
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ZONES = {
    "Z": 0, "UT": 0, "UTC": 0, "GMT": 0,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip


class FromHistory(ValueError):
    """A date that is no date but names one that the history of the post's file has: ``of`` is "created" or "changed".

    ``exactly`` tells whether the generator would ask the history too, rather than the file system.
    """

    def __init__(self, reason: str, of: Literal["created", "changed"], *, exactly: bool) -> None:
        super().__init__(reason)
        self.of = of
        self.exactly = exactly


def parse_date(
    value: object,
    zone: ZoneInfo,
    *,
    seconds_are_utc: bool,
    later: bool = False,
    by_go: bool = False,
    year_first: bool = False,
) -> datetime:
    """The instant in UTC that a value of front matter means. Raises ValueError with a reason for people.

    Accepted (frontmatter.md C.11): ``YYYY-MM-DD``, with ``HH:MM[:SS[.f]]`` after a ``T`` or a space, and ``Z`` or an
    offset after that; RFC 822 dates; ``15 Oct 2023``; TOML's dates. With ``year_first`` also ``YYYY/MM/DD`` and
    ``YYYY.MM.DD``, with a clock or without, ``YYYYMMDD`` and ``August 24, 2023``, which nobody can read in another way,
    zones such as ``EST`` after any of them, and clocks of twelve hours. Without an offset all are in ``zone``, and a
    date alone is its midnight.

    ``seconds_are_utc`` is Jekyll's rule: ``YYYY-MM-DD HH:MM:SS`` without an offset is UTC as the reader of its YAML
    takes it for a time stamp, but ``YYYY-MM-DD HH:MM`` stays text and is read in the site's zone. A wall clock that a
    change of daylight saving leaves out is read with the offset before the change; one that comes twice is its first
    instant, or with ``later`` the second, as Ruby takes it; ``by_go`` both are what Hugo takes them for. The last two
    days of the year 9999 are one instant, so that what comes out has a wall clock in every zone.
    """
    wall = _wall(value, year_first=year_first)
    if wall.tzinfo is None:
        by_seconds = seconds_are_utc and isinstance(value, str) and _has_seconds(value)
        if by_seconds or zone.key == "UTC":
            return min(wall.replace(tzinfo=UTC), _NEVER)
        wall = wall.replace(tzinfo=zone)
    try:
        if by_go and wall.tzinfo is zone and not _keeps_its_offset(zone, wall.year, wall.month):
            wall = _by_go(wall, zone)
        if later and wall.tzinfo is zone and not _keeps_its_offset(zone, wall.year, wall.month):
            # In a gap the second reading is the earlier one.
            wall = max(wall, wall.replace(fold=1), key=_in_utc)
        return min(wall.astimezone(UTC), _NEVER)
    except OverflowError:
        return _NEVER


def _by_go(wall: datetime, zone: ZoneInfo) -> datetime:
    """How Go finds the instant of a wall clock: it takes it for UTC, and looks again with the offset that is then.

    Where a clock is changed that depends on which side of Greenwich the zone is.
    """
    clock = wall.replace(tzinfo=UTC)
    first = clock - (clock.astimezone(zone).utcoffset() or timedelta())
    return clock - (first.astimezone(zone).utcoffset() or timedelta())


def _in_utc(wall: datetime) -> datetime:
    return wall.astimezone(UTC)


def wall_clock(value: object, zone: ZoneInfo) -> datetime:
    """The same date with the offset it was written with, else in ``zone`` as Go reads it: what stands in Hugo's
    addresses. Raises ValueError.
    """
    wall = _wall(value)
    if wall.tzinfo is not None:
        return wall
    return parse_date(value, zone, seconds_are_utc=False, by_go=True).astimezone(zone)


def left_out(value: object, zone: ZoneInfo, instant: datetime) -> bool:
    """Whether ``value``, read as ``instant`` in ``zone``, is a wall clock that daylight saving leaves out there."""
    # It reads as an instant behind the change by less than was skipped, so most need no closer look.
    if _keeps_its_offset(zone, instant.year, instant.month):
        return False
    wall = _wall(value, year_first=True)
    if wall.tzinfo is not None or instant == _NEVER:
        return False
    if instant not in (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)):
        return False
    return instant.astimezone(zone).replace(tzinfo=None) != wall


@lru_cache(maxsize=4096)
def _keeps_its_offset(zone: ZoneInfo, year: int, month: int) -> bool:
    """Whether no clock is changed in a month of UTC, nor in the last two days before it."""
    if zone.key == "UTC":
        return True
    begin = datetime(year, month, 1, tzinfo=UTC)
    days = range(-2, 33) if begin < _LAST_MONTH else range(-2, 30)
    return len({(begin + timedelta(days=day)).astimezone(zone).utcoffset() for day in days}) == 1


def _wall(value: object, *, year_first: bool = False) -> datetime:
    if isinstance(value, datetime):
        found = value
    elif isinstance(value, date):
        found = datetime.combine(value, time())  # the zone comes later
    elif isinstance(value, time):
        raise ValueError("is a time without a date")  # noqa: TRY004 - callers wait for one kind
    elif isinstance(value, str):
        found = _from_text(value.strip(), year_first=year_first)
    else:
        raise ValueError(f"is {_kind(value)} and no date")  # noqa: TRY004
    if found.year < FIRST_YEAR:
        raise ValueError(f"has a year before {FIRST_YEAR}")
    return found


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, dict):
        return "a table"
    return "a number" if isinstance(value, (int, float)) else "nothing"


def _has_seconds(value: str) -> bool:
    text = value.strip()
    if _usual(text):
        return len(text) == len("YYYY-MM-DD HH:MM:SS")
    match = _ISO.fullmatch(text)
    return match is not None and match["second"] is not None


def _usual(text: str) -> bool:
    """Whether a text may be ``YYYY-MM-DD``, ``YYYY-MM-DD HH:MM`` or ``YYYY-MM-DD HH:MM:SS``, and is no other date.

    For these ``datetime.fromisoformat`` is as strict as the patterns, and ten times as fast.
    """
    size = len(text)
    return (
        size in (10, 16, 19)
        and text[4] == text[7] == "-"
        and (size == 10 or (text[10] in " T" and text[13] == ":" and (size == 16 or text[16] == ":")))
    )


def _from_text(text: str, *, year_first: bool) -> datetime:
    if _usual(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass  # the patterns know why
    shown = text
    if year_first:
        text = _in_24_hours(text)
        if _EIGHT_DIGITS.fullmatch(text):
            text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    match = _ISO.fullmatch(text) or (_YEAR_FIRST.fullmatch(text) if year_first else None)
    if match is not None:
        if not year_first and re.fullmatch(_NAMED, match["zone"] or ""):
            raise ValueError(_refusal(shown))
        month = int(match["month"])
    else:
        match = _RFC.fullmatch(text) or (_MONTH_FIRST.fullmatch(text) if year_first else None)
        if match is None:
            raise ValueError(_refusal(shown))
        month = _named(match["name"], _MONTHS)
        if not month or (match["weekday"] and not _named(match["weekday"], _WEEKDAYS)):
            raise ValueError(_refusal(shown))
    hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
    if second == 60:
        raise ValueError("has a leap second, which computers cannot count")
    microsecond = int((match["fraction"] or "")[:6].ljust(6, "0"))
    try:
        found = datetime(int(match["year"]), month, int(match["day"]), hour, minute, second, microsecond)  # noqa: DTZ001
    except ValueError as error:
        raise ValueError(f'"{shown}" does not exist ({error})') from error
    return found.replace(tzinfo=_offset(match["zone"])) if match["zone"] else found


def _in_24_hours(text: str) -> str:
    """A date with a clock of twelve hours as one with a clock of 24; what has none as it is."""
    match = _HALF_DAYS.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None or not 1 <= (hour := int(match["hour"])) <= 12:
        return text
    hour = hour % 12 + (12 if match["half"] in "Pp" else 0)
    return f"{match['before']}{hour:02}{match['rest']}{match['after']}"


def _named(name: str, names: tuple[str, ...]) -> int:
    """The number (from 1) of a month or weekday by its name, or its first three letters; 0 for none."""
    name = name.lower()
    return next((number for number, full in enumerate(names, 1) if name in (full, full[:3])), 0)


def _offset(text: str) -> timezone:
    if text[0] in "+-":
        digits = text[1:].replace(":", "")
        hours, minutes = (int(digits), 0) if len(digits) < 3 else (int(digits[:-2]), int(digits[-2:]))
        if hours > 23 or minutes > 59:
            raise ValueError(f'has the impossible offset "{text}"')
        offset = timedelta(hours=hours, minutes=minutes)
        return timezone(-offset if text[0] == "-" else offset)
    hours_east = _ZONES.get(text.upper())
    if hours_east is None:
        raise ValueError(f'has the zone "{text}", which has several meanings')
    return timezone(timedelta(hours=hours_east))


def _refusal(text: str) -> str:
    shown = printable(text[:60])
    if _NUMBER.fullmatch(text):
        return f'"{shown}" is a number and no date'
    if _YEAR_FIRST.fullmatch(text):
        return f'"{shown}" is no date to this generator, which reads hyphens alone'
    if _WITH_SLASHES.fullmatch(text):
        return f'"{shown}" can be read in several ways (day or month first)'
    if _SHORT_YEAR.fullmatch(text):
        return f'"{shown}" has a year of two digits'
    return f'"{shown}" is not a date that can be read with certainty'
