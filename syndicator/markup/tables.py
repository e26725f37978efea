"""kramdown's tables as GitHub's: with or without a head, with any number of cells in a row, pipes in code and all."""

from __future__ import annotations

import re

from syndicator.markup.code import Code
from syndicator.markup.marks import HELD_BLOCK, NO_HEAD, NOTHING

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


def to_github(body: str) -> str:
    """The body with each run of lines with pipes made a table, if it stands apart, else kept from becoming one."""
    code: Code | None = None
    lines = body.split("\n")
    kept: list[str] = []
    at = number = 0
    while number < len(lines):
        line = lines[number]
        end = number + 1
        if "|" in line and _TEXT.match(line) and at not in (code := code or Code(body)):
            while end < len(lines) and "|" in lines[end]:
                end += 1
            apart = _is_blank(lines, number - 1) and _is_blank(lines, end)
            kept += _rewritten(lines[number:end], apart=apart)
            at += sum(map(len, lines[number:end])) + end - number
            number = end
            continue
        kept.append(line)
        at += len(line) + 1
        number = end
    return "\n".join(kept)


def _is_blank(lines: list[str], number: int) -> bool:
    if not 0 <= number < len(lines):
        return True
    line = lines[number].strip()
    return line in ("", "^") or line.startswith(HELD_BLOCK)


def _rewritten(lines: list[str], *, apart: bool) -> list[str]:
    table = _table(lines) if apart else None
    return [NOTHING + line if _DELIMITER.match(line) else line for line in lines] if table is None else table


def _table(lines: list[str]) -> list[str] | None:
    """The table that lines make, None when one of them has no pipe outside of code."""
    leading = lines[0].lstrip().startswith("|")
    head: list[list[str]] = []
    rows: list[list[str]] = []
    lined: list[str] = []
    for number, line in enumerate(lines):
        text = line.rstrip()
        if _SEPARATOR.match(text):
            if rows and not head and not lined and number:
                head, rows = rows, []
                lined = [left + "-" + right for left, right in _ALIGNED.findall(text)]
            continue
        if _FOOT.match(text):
            continue
        cells = _cells(text)
        if len(cells) < 2:
            return None
        if leading and not cells[0].strip():
            del cells[0]
        if cells and not cells[-1].strip():
            del cells[-1]
        rows.append(cells)
    width = max(map(len, head + rows), default=0)
    if not 0 < width <= _MOST_COLUMNS or width * len(head + rows) > sum(map(len, lines)) + _MOST_ADDED:
        return None
    first = head[0] if head else [NO_HEAD] * width
    aligned = [_LINES[lined[i]] if i < len(lined) else "---" for i in range(width)]
    written = [_row(first, width), "|" + "|".join(aligned) + "|"]
    return written + [_row(row, width) for row in head[1:] + rows]


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
