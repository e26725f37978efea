"""kramdown's tables as GitHub's: with or without a head, with any number of cells in a row, pipes in code and all."""

from __future__ import annotations

import re
from typing import NamedTuple

from syndicator.markup.code import Code
from syndicator.markup.containers import Containers
from syndicator.markup.marks import FOOT, HELD_BLOCK, NEW_BODY, NO_HEAD, NOTHING

# Lines that begin as something else are left to the engine.
_TEXT = re.compile(r" {0,3}(?![ \t#>\x03]|[-*+][ \t]|\d{1,9}[.)][ \t]|\[[^\]\n]*\]:|`{3}|~{3})\S")
_SEPARATOR = re.compile(r"(?=[^\n]*-)[+|: \t-]+\Z")
_FOOT = re.compile(r"(?=[^\n]*=)[+|: \t=]+\Z")
_ALIGNED = re.compile(r"(:?)-+(:?)")
_DELIMITER = re.compile(r"(?=[^-]*-)[ \t|:-]+\Z")
_PIECE = re.compile(r"\\\||(`+)(?!`)(?:(?:(?!\1)[^\n]|\1`+)*?)(?<!`)\1(?!`)|\|")
_LINES = {":-": ":--", "-:": "--:", ":-:": ":-:", "-": "---"}
# What is missing in short rows is written out, which must not come to much more than what is there.
_MOST_COLUMNS = 500
_EMPTY = "&nbsp;"
_MOST_ADDED = 10_000


class _Parts(NamedTuple):
    """The rows of a table: of its head, of each body, of its foot; and how its columns are aligned."""

    head: list[list[str]]
    bodies: list[list[list[str]]]
    foot: list[list[str]]
    aligned: list[str]

    @property
    def rows(self) -> list[list[str]]:
        return [*self.head, *(row for body in self.bodies for row in body), *self.foot]


def to_github(body: str) -> str:
    """The body with each run of lines with pipes made a table, if it stands apart, else kept from becoming one.

    Tables in quotes, items of lists, definitions and notes are too.
    """
    code = Code(body)
    lines = body.split("\n")
    kept: list[str] = []
    around = Containers()
    at = number = 0
    blank = True
    while number < len(lines):
        line = lines[number]
        if at in code:
            kept.append(line)
            at += len(line) + 1
            number += 1
            continue
        start, opened = around.enter(line)
        if "|" not in line or not _TEXT.match(line, start):
            blank = _is_blank(line[start:])
            kept.append(line)
            at += len(line) + 1
            number += 1
            continue
        starts = [start]
        while (end := number + len(starts)) < len(lines) and "|" in lines[end]:
            inside = around.inside(lines[end])
            if inside is None:
                break
            starts.append(inside)
        apart = (blank or opened) and (end >= len(lines) or _ends(around, lines[end]))
        texts = [text[begin:] for text, begin in zip(lines[number:end], starts, strict=True)]
        table = _table(texts) if apart else None
        if table is None:
            kept += [
                text[:begin] + NOTHING + text[begin:] if _DELIMITER.match(text, begin) else text
                for text, begin in zip(lines[number:end], starts, strict=True)
            ]
        else:
            kept += [(line[:start] if not row else around.lead) + text for row, text in enumerate(table)]
        at += sum(map(len, lines[number:end])) + end - number
        number, blank = end, False
    return "\n".join(kept)


def _is_blank(text: str) -> bool:
    text = text.strip()
    return text in ("", "^") or text.startswith(HELD_BLOCK)


def _ends(around: Containers, line: str) -> bool:
    """Whether a table may end above the line."""
    start = around.inside(line)
    return _is_blank(line if start is None else line[start:]) or _is_blank(line.strip("> ")) or around.parted(line)


def _table(lines: list[str]) -> list[str] | None:
    """The table that lines make, None when one of them has no pipe outside of code."""
    parts = _parts([line.strip() for line in lines])
    if parts is None or not parts.bodies:
        return None
    rows = parts.rows
    width = max(map(len, rows), default=0)
    if not 0 < width <= _MOST_COLUMNS or width * len(rows) > sum(map(len, lines)) + _MOST_ADDED:
        return None
    aligned = [_LINES[parts.aligned[i]] if i < len(parts.aligned) else "---" for i in range(width)]
    first, more = (parts.head[0], parts.head[1:]) if parts.head else ([NO_HEAD] * width, [])
    written = [_row(first, width), "|" + "|".join(aligned) + "|"]
    written += [_row(row, width) for row in more]
    for number, body in enumerate(parts.bodies):
        written += [f"| {NEW_BODY} |"] * bool(number) + [_row(row, width) for row in body]
    if parts.foot:
        written += [f"| {FOOT} |", *(_row(row, width) for row in parts.foot)]
    return written


def _parts(lines: list[str]) -> _Parts | None:
    """What kramdown makes of the lines: the first separator below a row ends the head, the next ones part bodies."""
    leading = lines[0].startswith("|")
    parts = _Parts([], [], [], [])
    rows: list[list[str]] = []
    footed = False
    for line in lines:
        if _SEPARATOR.match(line):
            if rows and not parts.aligned and not footed:
                parts.head.extend(rows)
                parts.aligned.extend(left + "-" + right for left, right in _ALIGNED.findall(line))
                rows = []
            elif rows and not footed:
                parts.bodies.append(rows)
                rows = []
        elif _FOOT.match(line):
            if rows:
                parts.bodies.append(rows)
            rows, footed = [], True
        elif (cells := _cut(line, leading=leading)) is not None:
            rows.append(cells)
        else:
            return None
    if footed:
        parts.foot.extend(rows)
    elif rows:
        parts.bodies.append(rows)
    return parts


def _cut(line: str, *, leading: bool) -> list[str] | None:
    """The cells of a row, None when it has no pipe outside of code."""
    cells = _cells(line)
    if len(cells) < 2:
        return None
    if leading and not cells[0].strip():
        del cells[0]
    if cells and not cells[-1].strip():
        del cells[-1]
    return cells


def _cells(line: str) -> list[str]:
    """The line cut at its pipes, but for those in code spans and behind a backslash."""
    cells: list[str] = []
    at = 0
    for piece in _PIECE.finditer(line):
        if piece[0] == "|":
            cells.append(line[at : piece.start()])
            at = piece.end()
    return [*cells, line[at:]]


def _row(cells: list[str], width: int) -> str:
    texts = [cell.strip().replace("\\|", "|").replace("|", "\\|") or _EMPTY for cell in cells]
    return "| " + " | ".join(texts + [_EMPTY] * (width - len(texts))) + " |"
