"""Hugo's shortcodes in a body: the well-known ones are shown, of others what is between their marks stays.

frontmatter.md 59. Nothing is executed. In code all stays as it is, less the marks of what is only shown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from html import escape
from itertools import islice
from typing import Any, NamedTuple

from syndicator.markup.embeds import Arguments, arguments, embed
from syndicator.markup.tags import Finder
from syndicator.markup.values import typed, written
from syndicator.markup.weight import TooHeavy, bounded

_OPEN = re.compile(r"\{\{[<%]")
_CLOSE = {"{{<": ">}}", "{{%": "%}}"}
_NAME = re.compile(r"\s*(/?)\s*([\w./-]*)")
#: Shortcodes within shortcodes; what is deeper is not looked at as a pair.
_DEEPEST = 20
#: No honest post has more.
_MOST = 5_000
_GONE = frozenset({"qr", "comment"})


class _Shortcode(NamedTuple):
    start: int
    end: int
    name: str
    closing: bool
    alone: bool
    text: str


class Shown(NamedTuple):
    """The text that came of it; the places of what was left out, with what it says; characters of marks."""

    text: str
    lost: Mapping[int, str]
    marks: int


def render_shortcodes(
    body: str,
    *,
    is_code: Callable[[int], bool],
    posts: Mapping[str, str],
    params: Callable[[str], Any],
    block: Callable[[str, str, int, int], str],
    place: Callable[[str, int, int], str],
) -> Shown:
    """The body with what can be known of each shortcode in its place. Linear in the length of the body.

    Raises TooHeavy."""
    return _Walk(body, is_code, posts, params, block, place).run()


class _Walk:
    def __init__(
        self,
        body: str,
        is_code: Callable[[int], bool],
        posts: Mapping[str, str],
        params: Callable[[str], Any],
        block: Callable[[str, str, int, int], str],
        place: Callable[[str, int, int], str],
    ) -> None:
        self.body = body
        self.is_code = is_code
        self.posts = posts
        self.params = params
        self.block = block
        self.place = place
        self.lost: dict[int, str] = {}
        self._written = 0

    def run(self) -> Shown:
        found = list(islice(self._find(), _MOST + 1))
        if len(found) > _MOST:
            raise TooHeavy(f"has more than {_MOST:,} shortcodes")
        ends = _pairs([code for code in found if isinstance(code, _Shortcode)])
        kept: list[list[str]] = [[]]
        open_: list[tuple[_Shortcode, int]] = []
        at = 0
        for item in found:
            if item.start < at:
                continue  # inside of what is shown as it is
            kept[-1].append(self.body[at : item.start])
            at = item.end
            if isinstance(item, _Literal):
                kept[-1].append(item.text)
            elif item.start in ends:
                end = ends[item.start]
                if item.name == "highlight" or item.name in _GONE or item.name.endswith(".inline"):
                    kept[-1].append(self._whole(item, end))
                    at = end[1]
                else:
                    open_.append((item, end[1]))
                    kept.append([])
            elif item.closing:
                if open_ and open_[-1][1] == item.end:
                    inner = "".join(kept.pop())
                    kept[-1].append(self._pair(open_.pop()[0], inner))
            else:
                kept[-1].append(self._single(item))
        kept[-1].append(self.body[at:])
        marks = sum(code.end - code.start for code in found)
        return Shown("".join("".join(part) for part in kept), self.lost, marks)

    def _find(self) -> Any:
        finder = Finder(self.body)
        seen = 0
        while opening := _OPEN.search(self.body, seen):
            start, seen = opening.span()
            mark = opening[0]
            close, end = finder.find(_CLOSE[mark], seen)
            if close < 0 or 0 <= finder.find(_OPEN, seen)[0] < close:
                continue
            inner = self.body[seen:close]
            if inner.startswith("/*") and inner.rstrip().endswith("*/"):
                seen = end
                yield _Literal(start, end, f"{mark}{inner.rstrip()[2:-2]}{_CLOSE[mark]}")
                continue
            if self.is_code(start):
                continue
            seen = end
            alone = inner.rstrip().endswith("/")
            match = _NAME.match(inner)
            closing, name = (bool(match[1]), match[2]) if match else (False, "")
            text = inner[match.end() if match else 0 :].strip()
            yield _Shortcode(start, end, name, closing, alone, text.removesuffix("/").strip() if alone else text)

    def _whole(self, code: _Shortcode, end: tuple[int, int]) -> str:
        """A pair between whose marks no other shortcode is looked for."""
        if code.name != "highlight":
            if code.name != "comment":
                self._lose(code)
            return ""
        given = arguments(code.text)
        language = given.first("lang", "language", "type", place=0)
        return self.block(language, self.body[code.end : end[0]], code.start, end[1])

    def _pair(self, code: _Shortcode, inner: str) -> str:
        given = arguments(code.text)
        if code.name == "details":
            summary = given.first("summary", "title", place=0)
            if not summary:
                return inner
            head = f"<p><strong>{escape(summary, quote=False)}</strong></p>"
            return f"{self.place(head, code.start, code.end)}\n\n{inner}\n\n"
        if not inner.strip() and (html := embed(code.name, given)):
            return self.place(html, code.start, code.end)
        if code.name in ("figure", "image", "img") and (
            html := embed(code.name, _with(given, "caption", inner.strip()))
        ):
            return self.place(html, code.start, code.end)
        self._lose(code)
        return inner

    def _single(self, code: _Shortcode) -> str:
        given = arguments(code.text)
        if code.name in ("ref", "relref"):
            target = given.first("path", place=0)
            if address := self.posts.get(target):
                return address
        elif code.name == "param":
            text = written(typed(self.params(given.first("name", "key", place=0))))
            if text:
                self._written += len(text)
                bounded(self._written)
                return text
        elif html := embed(code.name, given):
            return self.place(html, code.start, code.end)
        self._lose(code)
        return ""

    def _lose(self, code: _Shortcode) -> None:
        self.lost.setdefault(code.start, self.body[code.start : code.end])


class _Literal(NamedTuple):
    start: int
    end: int
    text: str


def _with(given: Arguments, name: str, value: str) -> Arguments:
    return Arguments(places=given.places, names={name: value, **given.names} if value else given.names)


def _pairs(codes: list[_Shortcode]) -> dict[int, tuple[int, int]]:
    """Where the closing mark of each pair begins and ends, by the place of its opening mark."""
    found: dict[int, tuple[int, int]] = {}
    open_: list[_Shortcode] = []
    waiting: Counter[str] = Counter()
    for code in codes:
        if not code.closing:
            if not code.alone:
                open_.append(code)
                waiting[code.name] += 1
        elif waiting[code.name]:
            while open_[-1].name != code.name:
                waiting[open_.pop().name] -= 1
            waiting[code.name] -= 1
            found[open_.pop().start] = (code.start, code.end)
    return _shallow(found)


def _shallow(pairs: dict[int, tuple[int, int]]) -> dict[int, tuple[int, int]]:
    kept: dict[int, tuple[int, int]] = {}
    around: list[int] = []
    for start in sorted(pairs):
        while around and around[-1] <= start:
            around.pop()
        if len(around) < _DEEPEST:
            kept[start] = pairs[start]
        around.append(pairs[start][1])
    return kept
