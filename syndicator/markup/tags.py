"""Where Liquid's tags stand in a body, and which of them belong together. Linear in the length of the body."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from syndicator.markup.code import Code
from syndicator.markup.templates import NAME, OPEN, QUOTED

_OPEN_OR_COMMENT = re.compile(r"\{[{%#]")
# Nunjucks has another word for raw, and what it defines as a macro shows nothing there.
_LITERAL = ("raw", "verbatim")
_ENDS = {name: re.compile(rf"\{{%-?\s*end{name}\s*-?%\}}") for name in ("raw", "comment", "verbatim", "macro")}
_ANY_END = re.compile(r"end(\w+)")
_BRANCHES = {"else": ("if", "unless", "case", "for"), "elsif": ("if", "unless"), "when": ("case",)}


class Piece(NamedTuple):
    """A part of a body: ``kind`` is text, output, tag, unknown (a tag that nothing is known of) or end (of such a
    one). ``text`` is what is in it: text as it is, or what stands between the marks, without the name of a tag.

    ``before`` and ``after`` say that white space on that side is to go.
    """

    kind: str
    start: int
    end: int
    text: str
    name: str = ""
    before: bool = False
    after: bool = False


class Finder:
    """Looks for things further on in a text; each place is looked at once for each thing, however many ask."""

    def __init__(self, body: str) -> None:
        self._body = body
        self._ahead: dict[str | re.Pattern[str], tuple[int, int]] = {}

    def find(self, wanted: str | re.Pattern[str], at: int) -> tuple[int, int]:
        """Where the next one begins and ends, (-1, -1) for nowhere. Never ask behind where was asked before."""
        start, end = self._ahead.get(wanted, (-2, -2))
        if start == -1 or start >= at:
            return start, end
        if isinstance(wanted, str):
            start = self._body.find(wanted, at)
            end = start + len(wanted) if start >= 0 else -1
        else:
            match = wanted.search(self._body, at)
            start, end = match.span() if match else (-1, -1)
        self._ahead[wanted] = (start, end)
        return start, end


def has_templates(body: str, kind: str) -> bool:
    """Whether there may be any in a body, in the language of that kind of site."""
    # One character is found ten times as fast as two, and most bodies do not have it.
    return "{" in body and ("{{" in body or "{%" in body or (kind == "eleventy" and "{#" in body))


def pieces_of(body: str, code: Code, *, nunjucks: bool = False) -> list[Piece]:
    """The body taken apart. What is never closed is text; comments are gone, and what ``raw`` holds is text.

    frontmatter.md 39, 40. Only to ``nunjucks`` is ``{# this #}`` a comment.
    """
    opens = _OPEN_OR_COMMENT if nunjucks else OPEN
    found: list[Piece] = []
    finder = Finder(body)
    at = seen = 0
    while opening := opens.search(body, seen):
        start = opening.start()
        piece = _piece(body, start, finder, code)
        if piece is None:
            seen = opening.end()
            continue
        if start > at:
            found.append(Piece("text", at, start, body[at:start]))
        found.append(piece)
        at = seen = piece.end
    if at < len(body):
        found.append(Piece("text", at, len(body), body[at:]))
    return found


def _piece(body: str, start: int, finder: Finder, code: Code) -> Piece | None:
    if body[start + 1] == "#":
        end = finder.find("#}", start + 2)[1]
        return Piece("raw", start, end, "") if end >= 0 and start not in code else None
    output = body[start + 1] == "{"
    if output and (quoted := QUOTED.match(body, start)):
        return Piece("raw", start, quoted.end(), quoted[1] or quoted[2] or "")
    inside = start + 2
    close, end = finder.find("}}" if output else "%}", inside)
    if close < 0 or 0 <= finder.find("{%", inside)[0] < close or (output and 0 <= finder.find("{{", inside)[0] < close):
        return None
    inner = body[inside:close]
    before, after = inner.startswith("-"), inner.endswith("-") and len(inner) > 1
    inner = inner[before : len(inner) - after]
    if output:
        return Piece("output", start, end, inner.strip(), "", before, after)
    match = NAME.match(inner)
    name = (match[1] or "") if match else ""
    if name in _ENDS and (name in ("raw", "comment") or start not in code):
        closing, closed = finder.find(_ENDS[name], end)
        if closing >= 0:
            return Piece(
                "raw", start, closed, _raw(body, start, end, closing, closed, code) if name in _LITERAL else ""
            )
    if not name and (not inner.strip() or inner.lstrip().startswith("#")):
        return Piece("raw", start, end, "", "", before, after)
    return Piece("tag", start, end, inner[match.end() if match else 0 :].strip(), name, before, after)


def _raw(body: str, start: int, inside: int, until: int, end: int, code: Code) -> str:
    """What raw holds; in a code block its marks take their lines with them, as nobody means those as code."""
    content = body[inside:until]
    if start in code:
        if content.startswith("\n") and body[start - 1] == "\n":
            content = content[1:]
        if content.endswith("\n") and body.startswith("\n", end):
            content = content[:-1]
    return content


def balance(pieces: list[Piece], blocks: frozenset[str], simple: frozenset[str]) -> tuple[list[Piece], dict[int, int]]:
    """The pieces with every block closed, and where the block that begins at a place ends.

    Tags that are neither among ``blocks`` nor ``simple``, that nobody closes or that nothing opened, become unknown.
    """
    return _Balance(pieces, blocks, simple).run()


class _Balance:
    """One walk over pieces. An open block is its name, its place, and the places of its branches."""

    def __init__(self, pieces: list[Piece], blocks: frozenset[str], simple: frozenset[str]) -> None:
        self.pieces = pieces
        self.blocks = blocks
        self.simple = simple
        self.result = list(pieces)
        self.ends: dict[int, int] = {}
        self._open: list[tuple[str, int, list[int]]] = []
        self._depth: Counter[str] = Counter()
        self._strange: set[str] = set()

    def run(self) -> tuple[list[Piece], dict[int, int]]:
        for index, piece in enumerate(self.pieces):
            if piece.kind == "tag":
                self._take(index, piece)
        while self._open:
            self._give_up()
        return self.result, self.ends

    def _take(self, index: int, piece: Piece) -> None:
        name, closing = piece.name, _ANY_END.fullmatch(piece.name)
        if name in self.blocks:
            self._open.append((name, index, []))
            self._depth[name] += 1
        elif name in _BRANCHES and self._open and self._open[-1][0] in _BRANCHES[name]:
            self._open[-1][2].append(index)
        elif closing and self._depth[closing[1]]:
            while self._open[-1][0] != closing[1]:
                self._give_up()
            opened, opener, _ = self._open.pop()
            self._depth[opened] -= 1
            self.ends[self.pieces[opener].start] = piece.end
        elif closing:
            self._mark(index, "end" if closing[1] in self._strange else "unknown")
        elif name not in self.simple:
            self._strange.add(name)
            self._mark(index, "unknown")

    def _give_up(self) -> None:
        """Nobody closes the block that was opened last."""
        name, opener, branches = self._open.pop()
        self._depth[name] -= 1
        self._strange.add(name)
        self._mark(opener, "unknown")
        for index in branches:
            self._mark(index, "end")

    def _mark(self, index: int, kind: str) -> None:
        self.result[index] = self.result[index]._replace(kind=kind)
