"""Jekyll's own filters, and those of Liquid that would ask a clock or could grow without bounds. Plain functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from html import escape
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import orjson

from syndicator.dialects import slugs
from syndicator.dialects.permalinks import SLUG_MODES, slugify
from syndicator.markup.clock import MONTHS, ordinal, write_date
from syndicator.markup.summary import text_of
from syndicator.markup.values import written
from syndicator.posts.dates import parse_date

_SAFE = "/!$&'()*+,;=:@~?#[]%"
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#")


class NoAnswer(ValueError):
    """Nobody knows what the filter would give."""


def filters(*, site_url: str, zone: str, eleventy: bool) -> dict[str, Callable[..., Any]]:
    """The filters by name. ``site_url`` ends in a slash; Jekyll's dates are in ``zone`` unless they say another, and
    are shown there. Eleventy's are in UTC, whatever the zone of the site: a date alone must not become the day before.
    """
    home = ZoneInfo("UTC" if eleventy else zone)
    origin, _, base = site_url.rstrip("/").partition("://")[2].partition("/")
    scheme = site_url.partition("://")[0]
    prefix = f"/{base}" if base else ""

    def moment(value: Any) -> datetime:
        if isinstance(value, datetime):
            return value.astimezone(home)
        if isinstance(value, date):
            return datetime.combine(value, time(), home)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**40:
            return datetime.fromtimestamp(value, UTC).astimezone(home)
        text = _text(value).strip()
        if not text or text in ("now", "today"):
            raise NoAnswer("the clock is no part of a post")
        return parse_date(text, home, seconds_are_utc=True, year_first=not eleventy).astimezone(home)

    def dated(value: Any, pattern: Any = "%Y-%m-%d %H:%M:%S %z") -> str:
        return write_date(moment(value), _text(pattern)) if value not in (None, "") else ""

    def short(value: Any, kind: str = "", style: str = "", *, names: tuple[str, ...] | None = None) -> str:
        when = moment(value)
        month = (names or tuple(name[:3] for name in MONTHS))[when.month - 1]
        if kind != "ordinal":
            return f"{when.day:02} {month} {when.year}"
        return f"{month} {ordinal(when)}, {when.year}" if style == "US" else f"{ordinal(when)} {month} {when.year}"

    def relative(value: Any) -> str:
        address = quote(_text(value), safe=_SAFE)
        return address if _ABSOLUTE.match(address) else f"{prefix}/{address.lstrip('/')}" if address else f"{prefix}/"

    def absolute(value: Any) -> str:
        address = relative(value)
        return address if _ABSOLUTE.match(address) else f"{scheme}://{origin}{address}"

    own: dict[str, Callable[..., Any]] = {
        "date": dated,
        "date_to_string": short,
        "date_to_long_string": lambda value, kind="", style="": short(value, kind, style, names=MONTHS),
        "date_to_xmlschema": lambda value: moment(value).isoformat(timespec="seconds"),
        "date_to_rfc822": lambda value: write_date(moment(value), "%a, %d %b %Y %H:%M:%S %z"),
        "relative_url": relative,
        "absolute_url": absolute,
    }
    if eleventy:
        own |= {
            "url": relative,
            "slug": lambda value: slugs.slug(_text(value)),
            "slugify": lambda value: slugs.slugify(_text(value)),
        }
    return {**_PURE, **own}


def _slugify(value: Any, mode: Any = "default") -> str:
    """frontmatter.md 31."""
    wanted = _text(mode)
    return slugify(_text(value), wanted if wanted in SLUG_MODES else "default")


def _text(value: Any) -> str:
    text = written(value)
    if text is None:
        raise NoAnswer("a table has no text")
    return text


def _sentence(value: Any, connector: Any = "and") -> str:
    words = [_text(item) for item in value] if isinstance(value, (list, tuple)) else [_text(value)]
    if len(words) < 3:
        return f" {_text(connector)} ".join(words)
    return f"{', '.join(words[:-1])}, {_text(connector)} {words[-1]}"


def _json(value: Any) -> str:
    return orjson.dumps(value, default=lambda table: dict(table) if isinstance(table, Mapping) else str(table)).decode()


def _replace(value: Any, old: Any, new: Any = "") -> str:
    text, former, other = _text(value), _text(old), _text(new)
    bounded(len(text) + text.count(former) * len(other))
    return text.replace(former, other)


def _join(value: Any, between: Any = " ") -> str:
    if not isinstance(value, (list, tuple, range)):
        return _text(value)
    parts, middle = [_text(item) for item in value], _text(between)
    bounded(sum(map(len, parts)) + len(parts) * len(middle))
    return middle.join(parts)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, (list, tuple)):
        raise NoAnswer("it is no list")
    return list(value)


#: The most characters of a text, and the most items of a list.
MOST = 200_000
MOST_ITEMS = 5_000


def bounded(size: int, most: int = MOST) -> None:
    """Raises NoAnswer when something would be larger than it may."""
    if size > most:
        raise NoAnswer("it would be too large")


_PURE: Mapping[str, Callable[..., Any]] = {
    "replace": _replace,
    "remove": lambda value, old: _replace(value, old) if _text(old) else _text(value),
    "join": _join,
    "slugify": _slugify,
    "xml_escape": lambda value: escape(_text(value)),
    "cgi_escape": lambda value: quote(_text(value), safe="").replace("%20", "+"),
    "uri_escape": lambda value: quote(_text(value), safe="!#$&'()*+,/:;=?@[]~%"),
    "strip_html": lambda value: text_of(_text(value)) if "<" in _text(value) else _text(value),
    "strip_index": lambda value: re.sub(r"/index\.html?\Z", "/", _text(value)),
    "normalize_whitespace": lambda value: " ".join(_text(value).split()),
    "number_of_words": lambda value, *_: len(_text(value).split()),
    "array_to_sentence_string": _sentence,
    "jsonify": _json,
    "inspect": _json,
    "smartify": lambda value: _text(value),
    "safe": lambda value: value,
    "to_integer": lambda value: int(float(_text(value))),
    "push": lambda value, item: [*_list(value), item],
    "unshift": lambda value, item: [item, *_list(value)],
    "pop": lambda value: _list(value)[:-1],
    "shift": lambda value: _list(value)[1:],
}
