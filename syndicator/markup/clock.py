"""Dates written by a pattern, as Ruby writes them: in English on every machine, whatever its locale."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

#: Named here, not asked of the locale: what is written is the same on every machine.
MONTHS = ("January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December")  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_DIRECTIVE = re.compile(r"%([-^#0_]*)(\d{0,2})(:{0,2}[a-zA-Z%])")
_WHOLE = {
    "D": "%m/%d/%y", "x": "%m/%d/%y", "F": "%Y-%m-%d", "T": "%H:%M:%S", "X": "%H:%M:%S", "R": "%H:%M",
    "r": "%I:%M:%S %p", "c": "%a %b %e %H:%M:%S %Y", "v": "%e-%^b-%Y", "+": "%a %b %e %H:%M:%S %Z %Y",
}  # fmt: skip
_PADDED = {"e": " ", "k": " ", "l": " "}


def write_date(moment: datetime, pattern: str) -> str:
    """The moment by a pattern of strftime, with Ruby's flags ``%-d``, ``%^b``, ``%_m``; unknown directives stay."""
    return _DIRECTIVE.sub(lambda match: _directive(moment, match), pattern)


def unknown_parts(pattern: str) -> Iterator[str]:
    """The directives of a pattern that would stay."""
    some = datetime(2000, 1, 1, tzinfo=UTC)
    return (match[0] for match in _DIRECTIVE.finditer(pattern) if _directive(some, match) == match[0])


def _directive(moment: datetime, match: re.Match[str]) -> str:
    flags, width, name = match.groups()
    if name in _WHOLE:
        return write_date(moment, _WHOLE[name])
    text = _text(moment, name)
    if text is None:
        number = _number(moment, name)
        if number is None:
            return match[0]
        value, digits = number
        pad = " " if "_" in flags else "0" if "0" in flags else _PADDED.get(name, "0")
        text = str(value) if "-" in flags else str(value).rjust(int(width or digits), pad)
    elif width:
        text = text.rjust(int(width))
    return text.upper() if "^" in flags or "#" in flags else text


def _text(moment: datetime, name: str) -> str | None:
    month, day = MONTHS[moment.month - 1], DAYS[moment.weekday()]
    half = "AM" if moment.hour < 12 else "PM"
    offset = moment.utcoffset() or timedelta()
    minutes = abs(int(offset.total_seconds())) // 60
    sign = "-" if offset < timedelta() else "+"
    texts = {
        "A": day, "a": day[:3], "B": month, "b": month[:3], "h": month[:3], "p": half, "P": half.lower(),
        "Z": moment.tzname() or "UTC", "z": f"{sign}{minutes // 60:02}{minutes % 60:02}",
        ":z": f"{sign}{minutes // 60:02}:{minutes % 60:02}", "%": "%", "n": "\n", "t": "\t",
    }  # fmt: skip
    return texts.get(name)


def _number(moment: datetime, name: str) -> tuple[int, int] | None:
    """The number that a directive stands for, and how many digits it has at least."""
    week = moment.isocalendar()
    hour = moment.hour % 12 or 12
    ordinal = moment.timetuple().tm_yday
    numbers = {
        "Y": (moment.year, 4), "C": (moment.year // 100, 2), "y": (moment.year % 100, 2), "m": (moment.month, 2),
        "d": (moment.day, 2), "e": (moment.day, 2), "j": (ordinal, 3), "H": (moment.hour, 2),
        "k": (moment.hour, 2), "I": (hour, 2), "l": (hour, 2), "M": (moment.minute, 2), "S": (moment.second, 2),
        "L": (moment.microsecond // 1000, 3), "N": (moment.microsecond * 1000, 9), "u": (week.weekday, 1),
        "w": (week.weekday % 7, 1), "G": (week.year, 4), "V": (week.week, 2),
        "U": ((ordinal + 6 - (moment.weekday() + 1) % 7) // 7, 2), "W": ((ordinal + 6 - moment.weekday()) // 7, 2),
    }  # fmt: skip
    if name == "s":
        return int(moment.timestamp()), 1
    return numbers.get(name)


def ordinal(day: date) -> str:
    """``1st``, ``22nd``, ``11th``."""
    ending = "th" if 10 <= day.day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return f"{day.day}{ending}"
