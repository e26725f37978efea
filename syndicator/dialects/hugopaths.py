"""Addresses as Hugo makes them: from file names, slugs, titles and patterns with tokens to a path below the site."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from urllib.parse import quote

from syndicator.dialects.permalinks import ENCODED
from syndicator.markup.clock import DAYS, MONTHS
from syndicator.text import legal, one_line

_TOKEN = re.compile(r":(\w+)(\[[^\]]+\])?", re.ASCII)
_FIT = re.compile(r"[a-z0-9._/-]*")
_ALLOWED = frozenset("./\\_#+~-@")
_SAFE = "/!$&'()*+,;=:@~"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathRules:
    """The settings of Hugo's configuration that change every address."""

    lower: bool = True
    accents: bool = True

    def urlized(self, text: str) -> str:
        """Text as part of an address: what no address holds is dropped, white space becomes one hyphen."""
        if not _FIT.fullmatch(text):
            text = _sanitised(text if self.accents else _bare(text))
        return text.lower() if self.lower else text

    def of_file(self, name: str) -> str:
        """The same for the name of a file or folder, where each space is a hyphen."""
        return self.urlized(name.replace(" ", "-"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What tokens stand for. ``date`` is the post's, with the offset it was written with; ``sections`` are the names of
    the folders, ``titles`` their slugs or titles; ``slug`` is "" where none was written.
    """

    date: datetime
    title: str
    slug: str
    name: str
    sections: Sequence[str] = ()
    titles: Sequence[str] = ()
    rules: PathRules = PathRules()


def expand(pattern: str, parts: Parts) -> str:
    """The pattern with its tokens filled in. Raises ValueError, naming it, on one that does not exist."""
    return "".join(item(parts) if callable(item) else item for item in _compiled(pattern))


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> tuple[str | Callable[[Parts], str], ...]:
    pattern = one_line(pattern).replace("\\:", "\0")
    items: list[str | Callable[[Parts], str]] = []
    at = 0
    for match in _TOKEN.finditer(pattern):
        found = _sliced(match[1], match[2]) if match[2] else None
        found = found or _VALUES.get(match[1])
        if found is None:
            raise ValueError(f'has the unknown token "{match[0]}"')
        end = match.end() if match[2] and match[1] in _SLICED else match.end(1)
        items += [pattern[at : match.start()].replace("\0", ":"), found]
        at = end
    return (*items, pattern[at:].replace("\0", ":"))


def encoded(path: str) -> str:
    """A path percent-encoded once, without leading slash and never leading above the site."""
    if not _FIT.fullmatch(path):
        kept, at = [], 0
        path = legal(path).replace("\\", "/")
        for match in ENCODED.finditer(path):
            # An encoded dot is a dot to a browser, so it must not slip past the rule for dots.
            kept += [quote(path[at : match.start()], safe=_SAFE), "." if match[0].lower() == "%2e" else match[0]]
            at = match.end()
        path = "".join(kept) + quote(path[at:], safe=_SAFE)
    segments = [segment for segment in path.split("/") if segment not in ("", ".", "..")]
    return "/".join(segments) + ("/" if segments and path.endswith("/") else "")


def _sanitised(text: str) -> str:
    kept: list[str] = []
    hyphen = False
    for at, char in enumerate(text):
        if char.isspace():
            hyphen = bool(kept) and kept[-1] != "-"
        elif char in _ALLOWED or _is_letter(char) or (char == "%" and ENCODED.match(text, at)):
            if hyphen and char != "-":
                kept.append("-")
            hyphen = False
            kept.append(char)
    return "".join(kept)


def _is_letter(char: str) -> bool:
    """Letters, marks and decimal digits."""
    return char.isalpha() or unicodedata.category(char) in ("Nd", "Mn", "Mc", "Me")


def _bare(text: str) -> str:
    letters = (char for char in unicodedata.normalize("NFD", text) if unicodedata.category(char) != "Mn")
    return unicodedata.normalize("NFC", "".join(letters))


def _slug_or(name: str, parts: Parts) -> str:
    return parts.rules.urlized(parts.slug or getattr(parts, name))


def _sliced(name: str, cut: str) -> Callable[[Parts], str] | None:
    return partial(_cut_of, _SLICED[name], cut[1:-1].strip().lower()) if name in _SLICED else None


def _cut_of(entries: Callable[[Parts], Sequence[str]], cut: str, parts: Parts) -> str:
    """``[1:]``, ``[:2]``, ``[last]`` and the like of a list; what is out of its bounds is nothing."""
    found = entries(parts)
    low, colon, high = cut.partition(":")
    size = len(found)
    start = _index(low, 0, size)
    if not colon:
        return found[start] if start < size else ""
    return "/".join(found[start : min(_index(high, size, size), size)]) if start < size else ""


def _index(text: str, nothing: int, size: int) -> int:
    if not text:
        return nothing
    if text == "last":
        return max(size - 1, 0)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


_SLICED: Mapping[str, Callable[[Parts], Sequence[str]]] = {
    "sections": lambda parts: parts.sections,
    "sectionslugs": lambda parts: [parts.rules.urlized(title) for title in parts.titles],
}

_VALUES: Mapping[str, Callable[[Parts], str]] = {
    "year": lambda parts: f"{parts.date.year}",
    "month": lambda parts: f"{parts.date.month:02}",
    "monthname": lambda parts: MONTHS[parts.date.month - 1],
    "day": lambda parts: f"{parts.date.day:02}",
    "weekday": lambda parts: f"{parts.date.isoweekday() % 7}",
    "weekdayname": lambda parts: DAYS[parts.date.weekday()],
    "yearday": lambda parts: f"{parts.date.timetuple().tm_yday}",
    "section": lambda parts: parts.sections[0] if parts.sections else "",
    "sections": lambda parts: "/".join(parts.sections),
    "sectionslug": lambda parts: parts.rules.urlized(parts.titles[0]) if parts.titles else "",
    "sectionslugs": lambda parts: "/".join(parts.rules.urlized(title) for title in parts.titles),
    "title": lambda parts: parts.rules.urlized(parts.title),
    "slug": partial(_slug_or, "title"),
    "filename": lambda parts: parts.rules.urlized(parts.name),
    "contentbasename": lambda parts: parts.rules.urlized(parts.name),
    "slugorfilename": partial(_slug_or, "name"),
    "slugorcontentbasename": partial(_slug_or, "name"),
    # Layouts of Go's reference time, those of them that make sense in an address.
    "2006": lambda parts: f"{parts.date.year:04}",
    "06": lambda parts: f"{parts.date.year % 100:02}",
    "01": lambda parts: f"{parts.date.month:02}",
    "1": lambda parts: f"{parts.date.month}",
    "Jan": lambda parts: MONTHS[parts.date.month - 1][:3],
    "January": lambda parts: MONTHS[parts.date.month - 1],
    "02": lambda parts: f"{parts.date.day:02}",
    "2": lambda parts: f"{parts.date.day}",
    "Mon": lambda parts: DAYS[parts.date.weekday()][:3],
    "Monday": lambda parts: DAYS[parts.date.weekday()],
    "15": lambda parts: f"{parts.date.hour:02}",
    "04": lambda parts: f"{parts.date.minute:02}",
    "05": lambda parts: f"{parts.date.second:02}",
}
