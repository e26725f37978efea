"""Which answer a request with conditions gets, and in which coding (RFC 9110 sections 12.5.3 and 13; http-15 to 30)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime

IDENTITY = "identity"

_TIME = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
_DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = "(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
#: The three forms of an HTTP-date: IMF-fixdate, RFC 850, asctime.
_DATES = (
    re.compile(rf"{_DAY}, (?P<day>\d\d) {_MONTH} (?P<year>\d{{4}}) {_TIME} GMT", re.ASCII),
    re.compile(
        rf"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?P<day>\d\d)-{_MONTH}-(?P<year>\d\d) {_TIME} GMT", re.ASCII
    ),
    re.compile(rf"{_DAY} {_MONTH} (?P<day>\d\d| \d) {_TIME} (?P<year>\d{{4}})", re.ASCII),
)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

# One member of a list of tags: quoted (commas may be inside), or a bare token as readers send that strip quotes.
# Nothing is given back once taken, so that no list takes longer than its length.
_MEMBER = re.compile(r'[ \t]*+(?>(?:(?P<weak>W/)?"(?P<opaque>[^"]*+)"|(?P<bare>[^\s,"]++))?)[ \t]*+(?:,|\Z)')
#: What proxies that compress on the way append to a tag.
_PROXY_SUFFIX = re.compile(r"(?:--?|;)(?:gzip|gz|br|zstd|deflate)$")

_QUALITY = re.compile(r"[01](?:\.\d{0,3})?")


def write_http_date(instant: datetime) -> str:
    """IMF-fixdate, whole seconds, the same in every locale."""
    return format_datetime(instant.astimezone(UTC), usegmt=True)


def parse_http_date(text: str, now: datetime) -> datetime | None:
    """An HTTP-date in any of its three forms, None when it is none.

    ``now`` settles the century of two-digit years: more than fifty years ahead means past (http-21).
    """
    for form in _DATES:
        if found := form.fullmatch(text.strip()):
            break
    else:
        return None
    year = int(found["year"])
    if len(found["year"]) == 2:
        year += now.year // 100 * 100
        if year > now.year + 50:
            year -= 100
    month = _MONTHS.index(found["month"]) + 1
    second = min(int(found["second"]), 59)  # a leap second is one that datetime does not know
    try:
        return datetime(year, month, int(found["day"]), int(found["hour"]), int(found["minute"]), second, tzinfo=UTC)
    except ValueError:
        return None


def status(
    fields: Mapping[str, Sequence[str]], *, selected: str, tags: Collection[str], modified: datetime, now: datetime
) -> int:
    """200, 304 or 412 for a GET or HEAD that would otherwise be answered with 200.

    ``fields`` are request fields by lower-case name, each with the values of its lines. ``selected`` is the strong
    tag of the representation that would be sent, ``tags`` those of all codings of the same document: a reader that
    has changed its Accept-Encoding still has the right content (http-20).
    """
    if "if-match" in fields:
        if not _strongly_matches(fields["if-match"], selected):
            return 412
    elif (unmodified := _single_date(fields.get("if-unmodified-since"), now)) and modified > unmodified:
        return 412
    if "if-none-match" in fields:  # decides alone, whatever If-Modified-Since says
        return 304 if _weakly_matches(fields["if-none-match"], tags) else 200
    since = _single_date(fields.get("if-modified-since"), now)
    return 304 if since is not None and modified <= since else 200


def choose_coding(accept_encoding: Sequence[str], offered: Sequence[str]) -> str:
    """The content coding to send: one of ``offered`` (best first) or identity.

    Without the field identity is the safe answer: hubs copy what they get. Nothing acceptable also gives identity,
    which every reader can read (http-26, http-27, http-41).
    """
    weights = _weights(accept_encoding)
    others = weights.get("*")
    rated = {coding: weights.get(coding, others) for coding in offered}
    best = max(offered, key=lambda coding: rated[coding] or 0, default=IDENTITY)
    identity = weights.get(IDENTITY)
    if (quality := rated.get(best)) and quality >= (identity or 0):
        return best
    if identity == 0:
        return next((coding for coding in offered if rated[coding] is None), IDENTITY)
    return IDENTITY


def _weights(values: Sequence[str]) -> dict[str, float]:
    weights: dict[str, float] = {}
    for member in ",".join(values).split(","):
        coding, *parameters = (part.strip().lower() for part in member.split(";"))
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                quality = min(1.0, float(value)) if _QUALITY.fullmatch(value := value.strip()) else -1.0
        if coding and quality >= 0:
            weights[coding.removeprefix("x-")] = quality  # x-gzip is gzip
    return weights


def _single_date(values: Sequence[str] | None, now: datetime) -> datetime | None:
    return parse_http_date(values[0], now) if values and len(values) == 1 else None


def _members(values: Sequence[str]) -> Iterator[tuple[bool, str, bool]]:
    """Weak, opaque part, quoted: of each tag up to the first thing that is none."""
    text = ", ".join(values)
    position = 0
    while position < len(text) and (found := _MEMBER.match(text, position)):
        position = found.end()
        if found["opaque"] is not None:
            yield found["weak"] is not None, found["opaque"], True
        elif found["bare"] is not None:
            yield False, found["bare"].removeprefix("W/"), False


def _weakly_matches(values: Sequence[str], tags: Collection[str]) -> bool:
    members = [(opaque, quoted) for _, opaque, quoted in _members(values)]
    if ("*", False) in members:
        return len(members) == 1  # a list with a star in it is no list
    known = {tag.strip('"') for tag in tags}
    return any(opaque in known or _PROXY_SUFFIX.sub("", opaque) in known for opaque, _ in members)


def _strongly_matches(values: Sequence[str], selected: str) -> bool:
    members = list(_members(values))
    if members == [(False, "*", False)]:
        return True
    return (False, selected.strip('"'), True) in members
