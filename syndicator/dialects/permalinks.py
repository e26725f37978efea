"""Patterns of addresses such as ``/:categories/:year/:title/`` by Jekyll's rules: placeholders, slugs, encoding."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote

from syndicator.markup.clock import DAYS, MONTHS
from syndicator.text import legal, one_line

#: The styles of Jekyll that have a name (frontmatter.md 29).
STYLES: Mapping[str, str] = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}

_SAFE = "/!$&'()*+,;=:@~"
_PLACEHOLDER = re.compile(r":([a-z_]+)")
_FIT = re.compile(r"[A-Za-z0-9._~/-]*")
ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
_KEEP = {"default": "", "pretty": "._~!$&'()+,;=@"}
_ASCII_RUN = {mode: re.compile(rf"[^A-Za-z0-9{re.escape(keep)}]+") for mode, keep in _KEEP.items()}
_ASCII_ONLY = re.compile(r"[^A-Za-z0-9]+")
_SPACES = re.compile(r"\s+")


#: What ``slugify`` may be asked for.
SLUG_MODES = frozenset({"none", "raw", "default", "pretty", "ascii", "latin"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What placeholders stand for. ``published`` is in the site's zone; ``path`` and ``name`` are without extension."""

    published: datetime
    slug: str
    path: str = ""
    name: str = ""
    collection: str = ""
    categories: Sequence[str] = ()
    output_ext: str = ".html"


def expand(pattern: str, parts: Parts) -> str:
    """The address below the site, percent-encoded, without leading slash, never leading above the site.

    Raises ValueError, naming it, on a placeholder that does not exist. frontmatter.md 30, 32.
    """

    return _sanitised("".join(_quoted(item(parts)) if callable(item) else item for item in _compiled(pattern)))


def encoded(path: str, *, written: bool) -> str:
    """A finished path, percent-encoded, without leading slash, never leading above the site.

    One that a person has ``written`` may be encoded in part; in the name of a file a percent sign is just that.
    """
    if written:
        path = re.sub("%2[eE]", ".", path)
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(_quoted_literal(legal(part)) if written else _quoted(part))
    return "/".join(parts) + ("/" if parts and path.endswith(("/", "/.", "/..")) else "")


def without_html(path: str) -> str:
    """A finished path without ``.html``, or ``index.html`` after a folder, as some hosts serve it. frontmatter-33."""
    if path == "index.html" or path.endswith("/index.html"):
        return path.removesuffix("index.html")
    return path.removesuffix(".html") if not path.endswith("/.html") and path != ".html" else path


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> tuple[str | Callable[[Parts], str], ...]:
    """What is written out, encoded once, and what is filled in, in order."""
    # An encoded dot is a dot to a browser, so it must not slip past the rule for dots.
    pattern = re.sub("%2[eE]", ".", one_line(pattern))
    items: list[str | Callable[[Parts], str]] = []
    at = 0
    for match in _PLACEHOLDER.finditer(pattern):
        name = match[1]
        # Jekyll tries "month_" before "month", because a pattern may say ":year_:month".
        key = name[:-1] if name.endswith("_") and name not in _VALUES else name
        if key not in _VALUES:
            raise ValueError(f'has the unknown placeholder ":{name}"')
        items += [_quoted_literal(pattern[at : match.start()]), _VALUES[key]]
        at = match.end() - len(name) + len(key)
    return (*items, _quoted_literal(pattern[at:]))


def _quoted(value: str) -> str:
    return value if _FIT.fullmatch(value) else quote(legal(value), safe=_SAFE)


def _quoted_literal(literal: str) -> str:
    """Encoded, but for what is encoded already."""
    kept, at = [], 0
    for match in ENCODED.finditer(literal):
        kept += [quote(literal[at : match.start()], safe=_SAFE), match[0]]
        at = match.end()
    return "".join(kept) + quote(literal[at:], safe=_SAFE)


def _sanitised(path: str) -> str:
    if "." in path:
        path = f"/{path}".replace("..", "/").replace("./", "")
    path = re.sub("//+", "/", path).lstrip("/")
    return path[:-1] if path == "." or path.endswith("/.") else path


def slugify(text: str, mode: str = "default", *, cased: bool = False) -> str:
    """Text as part of an address, as Jekyll makes it (frontmatter.md 31).

    ``mode`` is ``none``, ``raw``, ``default``, ``pretty``, ``ascii`` or ``latin``.
    """
    if mode == "none":
        return text if cased else text.lower()
    if mode == "latin":
        text = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    if mode == "raw":
        slug = _SPACES.sub("-", text)
    elif mode in ("ascii", "latin"):
        slug = _ASCII_ONLY.sub("-", text)
    elif text.isascii():
        slug = _ASCII_RUN[mode].sub("-", text)
    else:
        slug = _hyphenated(text, _KEEP[mode])
    slug = slug.removeprefix("-").removesuffix("-")
    return slug if cased else slug.lower()


def _hyphenated(text: str, keep: str) -> str:
    """Every run of what is neither letter, mark, decimal digit nor kept becomes one hyphen."""
    fit = (char if char in keep or unicodedata.category(char)[0] in "LM" or char.isdecimal() else " " for char in text)
    return re.sub(" +", "-", "".join(fit))


def _joined(values: Sequence[str]) -> str:
    return "/".join(dict.fromkeys(values))


_VALUES: Mapping[str, Callable[[Parts], str]] = {
    "year": lambda parts: f"{parts.published.year:04}",
    "short_year": lambda parts: f"{parts.published.year % 100:02}",
    "month": lambda parts: f"{parts.published.month:02}",
    "i_month": lambda parts: f"{parts.published.month}",
    "short_month": lambda parts: MONTHS[parts.published.month - 1][:3],
    "long_month": lambda parts: MONTHS[parts.published.month - 1],
    "day": lambda parts: f"{parts.published.day:02}",
    "i_day": lambda parts: f"{parts.published.day}",
    "y_day": lambda parts: f"{parts.published.timetuple().tm_yday:03}",
    "w_year": lambda parts: f"{parts.published.isocalendar().year:04}",
    "week": lambda parts: f"{parts.published.isocalendar().week:02}",
    "w_day": lambda parts: f"{parts.published.isoweekday()}",
    "short_day": lambda parts: DAYS[parts.published.weekday()][:3],
    "long_day": lambda parts: DAYS[parts.published.weekday()],
    "hour": lambda parts: f"{parts.published.hour:02}",
    "minute": lambda parts: f"{parts.published.minute:02}",
    "second": lambda parts: f"{parts.published.second:02}",
    "title": lambda parts: slugify(parts.slug, "pretty", cased=True),
    "slug": lambda parts: slugify(parts.slug),
    "name": lambda parts: slugify(parts.name),
    "path": lambda parts: parts.path,
    "collection": lambda parts: parts.collection,
    "categories": lambda parts: _joined([category.lower() for category in parts.categories]),
    "slugified_categories": lambda parts: _joined([slugify(category) for category in parts.categories]),
    "output_ext": lambda parts: parts.output_ext,
}
