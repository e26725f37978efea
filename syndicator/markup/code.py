"""Which parts of a Markdown body are code, so that marks of templates and of kramdown stay literal there."""

from __future__ import annotations

import re
from bisect import bisect_right

from syndicator.model import Markup

# A fence may stand in block quotes and list items. The run of a backtick fence is followed by no backtick on its line.
# Patterns that begin with a character as it stands are found many times faster.
_FENCE = re.compile(r"````*+")
_ANY_FENCE = re.compile(r"````*+|~~~~*+")
_FENCE_LEAD = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*")
_FENCE_END = re.compile(r"\n[ \t>]*(`{3,}|~{3,})[ \t]*(?=\n|\Z)")
# Four spaces begin code only below a blank line, and in no list.
_INDENTED = re.compile(
    r"(?:\n[ \t]*\n|\A\n?)((?: {4}|\t)[^\n]*(?:\n(?: {4}|\t)[^\n]*|(?:\n[ \t]*)+(?=\n(?: {4}|\t)))*)"
)
_IN_A_LIST = re.compile(r" {0,3}(?:[-*+:]|\d{1,9}[.)]|\[\^[^\]\n]*\]:)[ \t]| {1,3}\S")
_TICKS = re.compile(r"``*")
_BLANK = re.compile(r"\n[ \t]*\n")
# Elements that people write by hand, in any markup.
_ELEMENT = re.compile(r"<(pre|code)\b[^<>]*>", re.IGNORECASE)
_ELEMENT_END = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("pre", "code")}
_HTML_BLOCK = re.compile(r"(?:\n|\A) {0,3}<[A-Za-z]")


class Code:
    """The fenced blocks and code spans of a body (CommonMark 4.5 and 6.1), found in linear time."""

    def __init__(self, body: str, *, indented: bool = False, elements: bool = False, markdown: bool = True) -> None:
        """``indented`` asks for indented code too, which below list items can only be guessed at: there it is text;
        ``elements`` for what is in ``pre`` and ``code`` of HTML; without ``markdown`` there is nothing else.
        """
        ranges: list[tuple[int, int]] = []
        if markdown and ("`" in body or "~~~" in body):
            at = 0
            for start, end in _fences(body) if "```" in body or "~~~" in body else ():
                ranges += _spans(body, at, start)
                ranges.append((start, end))
                at = end
            if "`" in body:
                ranges += _spans(body, at, len(body))
        if markdown and indented and ("\n    " in body or "\n\t" in body or body.startswith(("    ", "\t"))):
            ranges = sorted((*ranges, *_indented(body, ranges)))
        if elements and "<" in body and ("<pre" in body or "<code" in body or "<PRE" in body or "<CODE" in body):
            ranges = _merged([*ranges, *_elements(body, ranges)])
        self._starts = [start for start, _ in ranges]
        self._ends = [end for _, end in ranges]

    def __contains__(self, at: int) -> bool:
        index = bisect_right(self._starts, at) - 1
        return index >= 0 and at < self._ends[index]


def code_shown(body: str, markup: Markup, *, indented: bool = False) -> Code:
    """All that may show marks of templates rather than use them.

    Indented lines only where no block of HTML is about, unless ``indented`` says so: in one they are no code to
    kramdown, and a template must not reach a reader.
    """
    if markup is Markup.HTML:
        return Code(body, elements=True, markdown=False)
    return Code(body, indented=indented or not _HTML_BLOCK.search(body), elements=True)


def _merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order, and none in another."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _elements(body: str, others: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """What is between the tags of elements for code, outside of other code."""
    found: list[tuple[int, int]] = []
    starts = [start for start, _ in others]
    at = 0
    hopeless: set[str] = set()
    while opening := _ELEMENT.search(body, at):
        at = opening.end()
        name = opening[1].lower()
        index = bisect_right(starts, opening.start()) - 1
        if name in hopeless or (index >= 0 and opening.start() < others[index][1]):
            continue
        closing = _ELEMENT_END[name].search(body, at)
        if closing is None:
            hopeless.add(name)
            continue
        found.append((at, closing.start()))
        at = closing.end()
    return found


def _fences(body: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    at = 0
    fence = _ANY_FENCE if "~~~" in body else _FENCE
    while opening := fence.search(body, at):
        start, end = opening.span()
        above = body.rfind("\n", at, start)
        # What was looked at before on this line is no lead, so nothing is looked at twice.
        begins = (above >= 0 or not at) and _FENCE_LEAD.fullmatch(body, above + 1, start)
        if not begins or (opening[0][0] == "`" and _has_ticks(body, end)):
            at = end
            continue
        mark = opening[0]
        at = len(body)  # CommonMark: a fence that nobody closes goes on to the end.
        for closing in _FENCE_END.finditer(body, end):
            if closing[1].startswith(mark):
                at = closing.end()
                break
        found.append((start, at))
    return found


def _has_ticks(body: str, at: int) -> bool:
    """Whether the rest of the line has a backtick."""
    tick = body.find("`", at)
    return tick >= 0 and body.find("\n", at, tick) < 0


def _spans(body: str, start: int, end: int) -> list[tuple[int, int]]:
    """Code spans between two places; none reaches over a blank line."""
    found: list[tuple[int, int]] = []
    runs: list[tuple[int, int, bool]] = []
    before = start
    for match in _TICKS.finditer(body, start, end):
        at = match.start()
        if runs and _BLANK.search(body, before, at):
            found += _pairs(runs)
            runs = []
        before = match.end()
        runs.append((at, before - at, at > start and body[at - 1] == "\\" and _is_escaped(body, at)))
    return found + _pairs(runs)


def _is_escaped(body: str, at: int) -> bool:
    """Whether an odd number of backslashes is in front."""
    before = at
    while before and body[before - 1] == "\\":
        before -= 1
    return (at - before) % 2 == 1


def _pairs(runs: list[tuple[int, int, bool]]) -> list[tuple[int, int]]:
    """A run of backticks opens a span when a later run has its length; a backslash in front takes one off an opener."""
    following: dict[int, int] = {}
    closers = [-1] * len(runs)
    for index in range(len(runs) - 1, -1, -1):
        _, length, escaped = runs[index]
        closers[index] = following.get(length - escaped, -1)
        following[length] = index
    found: list[tuple[int, int]] = []
    index = 0
    while index < len(runs):
        closer = closers[index]
        if closer < 0:
            index += 1
            continue
        at, _, escaped = runs[index]
        found.append((at + escaped, runs[closer][0] + runs[closer][1]))
        index = closer + 1
    return found


def _indented(body: str, others: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Indented code: what is in no other code, and has no list item above it."""
    found: list[tuple[int, int]] = []
    starts = [start for start, _ in others]
    listed = False
    at = 0
    for match in _INDENTED.finditer(body):
        start = match.start(1)
        for line in body[at:start].split("\n"):
            if line.strip() and not line.startswith(("    ", "\t")):
                listed = _IN_A_LIST.match(line) is not None
        at = start
        index = bisect_right(starts, start) - 1
        within = index >= 0 and start < others[index][1]
        if not listed and not within:
            found.append((start, match.end()))
    return found
