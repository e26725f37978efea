"""Which parts of a Markdown body are code, so that marks of templates and of kramdown stay literal there."""

from __future__ import annotations

import re
from bisect import bisect_right

# A fence may stand in block quotes and list items. The run of a backtick fence is followed by no backtick on its line.
_FENCE = re.compile(r"^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(`{3,}(?![^\n]*`)|~{3,})[^\n]*", re.MULTILINE)
_FENCE_END = re.compile(r"^[ \t>]*(`{3,}|~{3,})[ \t]*$", re.MULTILINE)
_TICKS = re.compile(r"(\\*)(`+)|\n[ \t]*\n")


class Code:
    """The fenced blocks and code spans of a body (CommonMark 4.5 and 6.1), found in linear time."""

    def __init__(self, body: str) -> None:
        ranges: list[tuple[int, int]] = []
        if "`" in body or "~~~" in body:
            at = 0
            for start, end in _fences(body):
                ranges += _spans(body, at, start)
                ranges.append((start, end))
                at = end
            ranges += _spans(body, at, len(body))
        self._starts = [start for start, _ in ranges]
        self._ends = [end for _, end in ranges]

    def __contains__(self, at: int) -> bool:
        index = bisect_right(self._starts, at) - 1
        return index >= 0 and at < self._ends[index]


def _fences(body: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    at = 0
    while opening := _FENCE.search(body, at):
        mark = opening[1]
        at = len(body)  # CommonMark: a fence that nobody closes goes on to the end.
        for closing in _FENCE_END.finditer(body, opening.end()):
            if closing[1].startswith(mark):
                at = closing.end()
                break
        found.append((opening.start(1), at))
    return found


def _spans(body: str, start: int, end: int) -> list[tuple[int, int]]:
    """Code spans between two places; none reaches over a blank line."""
    found: list[tuple[int, int]] = []
    runs: list[tuple[int, int, bool]] = []
    for match in _TICKS.finditer(body, start, end):
        if match[2]:
            runs.append((match.start(2), len(match[2]), len(match[1]) % 2 == 1))
        else:
            found += _pairs(runs)
            runs = []
    return found + _pairs(runs)


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
