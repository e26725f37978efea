"""Dates as the formats want them: RFC 822 with years of four digits, RFC 3339, W3C date and time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from syndicator.lint.findings import Note, quoted
from syndicator.lint.tree import Node
from syndicator.lint.words import words

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Minutes of an offset are 00 or 30 for the validator: Kathmandu is told to write UTC (rss-45).
_STRICT = re.compile(
    rf"(?:{'|'.join(_DAYS)}), \d{{1,2}} (?:{'|'.join(_MONTHS)}) \d{{4}} \d\d:\d\d(?::\d\d)? (?:GMT|[+-]\d\d(?:00|30))"
)
_LOOSE = re.compile(
    rf"(?:({'|'.join(_DAYS)})[a-z]{{0,6}},?\s{{0,9}})?(\d{{1,2}})\s{{1,9}}({'|'.join(_MONTHS)})[a-z]{{0,6}}\s{{1,9}}"
    r"(\d{2}|\d{4})\s{1,9}(\d{1,2}):(\d\d)(?::(\d\d))?\s{0,9}(?:([+-])(\d\d):?(\d\d)|([A-Z]{1,3}))(?:\s{0,9}\([^()]*\))?",
    re.IGNORECASE,
)
_ZONES = words("UT GMT EST EDT CST CDT MST MDT PST PDT UTC") | set("ABCDEFGHIKLMNOPQRSTUVWXYZ")
_RFC3339 = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,20})?(?:Z|([+-])(\d\d):(\d\d))", re.ASCII)
_W3CDTF = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,20})?)?(?:Z|([+-])(\d\d):(\d\d)))?)?)?", re.ASCII
)
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(minutes=10)


def check_rfc822(node: Node, now: datetime | None) -> Iterator[Note]:
    """rss-44 to rss-46."""
    text = node.value
    found = _LOOSE.fullmatch(text) if len(text) < 100 else None
    moment = _of_rfc822(found) if found else None
    if found is None or moment is None:
        yield Note("InvalidRFC2822Date", node.line, f"{node.shown} {quoted(text)} is no RFC 822 date")
        return
    if found[1] and found[1].title() != _DAYS[moment[1].weekday()]:
        right = _DAYS[moment[1].weekday()]
        yield Note("IncorrectDOW", node.line, f"{node.shown} says {found[1]}, and that day is a {right}")
    elif not _STRICT.fullmatch(text):
        yield Note("ProblematicalRFC822Date", node.line, f"{node.shown} {quoted(text)} is read wrongly by some")
    yield from _plausible(node.line, node.shown, moment[0], now)


def check_rfc3339(line: int, name: str, text: str, now: datetime | None) -> Iterator[Note]:
    """atom-33, atom-37, jsonfeed-32."""
    moment = rfc3339(text)
    if moment is None:
        yield Note("InvalidRFC3339Date", line, f"{name} {quoted(text)} is no RFC 3339 date with a zone")
    else:
        yield from _plausible(line, name, moment, now)


def check_w3cdtf(line: int, name: str, text: str, now: datetime | None) -> Iterator[Note]:
    """As Dublin Core and sitemaps have them: parts may be left out from the end."""
    found = _W3CDTF.fullmatch(text)
    parts = [int(part) if part else 0 for part in found.groups()[:6]] if found else []
    if parts:
        parts[1:3] = [parts[1] if found and found[2] else 1, parts[2] if found and found[3] else 1]
    moment = _moment(parts, _offset(found, 7)) if found else None
    if moment is None:
        yield Note("InvalidW3CDTFDate", line, f"{name} {quoted(text)} is no W3C date")
    else:
        yield from _plausible(line, name, moment, now)


def rfc3339(text: str) -> datetime | None:
    """The moment, None when the text is no date of RFC 3339 as Atom wants it."""
    found = _RFC3339.fullmatch(text)
    if not found:
        return None
    return _moment([int(part) for part in found.groups()[:6]], _offset(found, 7))


def rfc822(text: str) -> datetime | None:
    """The moment, None when the text is no RFC 822 date."""
    found = _LOOSE.fullmatch(text) if len(text) < 100 else None
    moment = _of_rfc822(found) if found else None
    return moment[0] if moment else None


def _of_rfc822(found: re.Match[str]) -> tuple[datetime, datetime] | None:
    """The moment, and the same as the calendar of its own zone has it."""
    if found[11] and found[11].upper() not in _ZONES:
        return None
    year = int(found[4]) + (0 if len(found[4]) == 4 else 2000 if int(found[4]) < 50 else 1900)
    month = _MONTHS.index(found[3].title()) + 1
    parts = (year, month, int(found[2]), int(found[5]), int(found[6]), int(found[7] or 0))
    there, moment = _moment(parts), _moment(parts, _offset(found, 8))
    return (moment, there) if moment and there else None


def _offset(found: re.Match[str] | None, group: int) -> tuple[int, int]:
    """Hours and minutes east of Greenwich."""
    if not found or not found[group]:
        return 0, 0
    sign = -1 if found[group] == "-" else 1
    return sign * int(found[group + 1]), sign * int(found[group + 2])


def _moment(parts: Sequence[int], offset: tuple[int, int] = (0, 0)) -> datetime | None:
    """Year to second, and hours and minutes east of Greenwich; None when no calendar or clock has that."""
    year, month, day, hour, minute, second = parts
    east, minutes = offset
    if abs(east) > 23 or abs(minutes) > 59 or second > 60:
        return None
    try:
        moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)  # 60 is a leap second
        return moment - timedelta(hours=east, minutes=minutes)
    except (ValueError, OverflowError):
        return None


def _plausible(line: int, name: str, moment: datetime, now: datetime | None) -> Iterator[Note]:
    if moment < _EARLIEST or (now is not None and moment > now + _AHEAD):
        when = "before 1990" if moment < _EARLIEST else "in the future"
        yield Note("ImplausibleDate", line, f"{name} lies {when}")
