"""Where kramdown begins and ends lists, paragraphs and headings other than CommonMark does, in CommonMark's words."""

from __future__ import annotations

import re

from syndicator.markup.code import Code
from syndicator.markup.marks import NOTHING, Held

_END_OF_BLOCK = re.compile(r"\n\^[ \t]*(?=\n)")
# Plain text, which no other block begins with.
_TEXT = re.compile(r" {0,3}(?![ \t#>:\x03<]|[-*+][ \t]|\d{1,9}[.)][ \t]|`{3}|~{3}|\[[^\]\n]*\]:)\S")
_UNDERLINE = re.compile(r"\n {0,3}(?:(?P<heading>-+|=+)[ \t]*|\*{2}[* \t]*|_[_ \t]+)(?=\n)")
_PARENTHESIS = re.compile(r"\n {0,3}\d{1,9}(?=\)[ \t])")
_NUMBER = re.compile(r"( {0,3})(\d{1,9}\.)([ \t]+)(?=\S)")
_LATE_NUMBER = re.compile(r"\n {0,3}(?!1\.)\d{1,9}\.[ \t]+\S")
_BULLETS = re.compile(r"\n {0,3}([-*+])(?=[ \t]+\S)")
_BULLET = re.compile(r"( {0,3})[-*+](?=[ \t]+\S)")
_BEGUN = re.compile(r"\n {0,3}([^\w\s#>\[!(\"'`]|\d)")
_RULE = re.compile(r" {0,3}(?:[-*_][ \t]*){3,}(?:\n|\Z)")
_UNDER_NUMBER = re.compile(r"\n {0,3}\d{1,9}\.[ \t][^\n]*\n {0,3}[-*+][ \t]")
_DEFINITION = re.compile(r" {0,3}:[ \t]")
_TERM = re.compile(r"<dt>([^<]*\n[^<]*)</dt>")
_NUMBERED_FROM = re.compile(r'<ol start="\d+">')


def to_commonmark(body: str, held: Held) -> str:
    """The body with kramdown's boundaries of blocks where CommonMark sees them too. frontmatter-45."""
    # Most posts use few of these, and a look at what lines begin with is cheap.
    begun = set(_BEGUN.findall(body))
    if "^" in begun:
        code = Code(body)
        body = _END_OF_BLOCK.sub(
            lambda mark: mark[0] if mark.end() - 1 in code else f"\n\n{held.block('', '^')}\n", body
        )
    if not begun.isdisjoint("-=*_") and _UNDERLINE.search(body):
        body = _guard_underlines(body)
    if not begun.isdisjoint("0123456789"):
        body = _adapt_numbers(body)
    if len(begun.intersection("-*+")) > 1 and len({bullet[1] for bullet in _BULLETS.finditer(body)}) > 1:
        body = _level_bullets(body)
    return _loosen_definitions(body) if ":" in begun else body


def number_from_one(html: str) -> str:
    """HTML of the engine with numbers as kramdown gives them, whatever the author has begun with."""
    return _NUMBERED_FROM.sub("<ol>", html) if "<ol start" in html else html


def part_terms(html: str) -> str:
    """HTML of the engine with each line above a definition a term of its own."""
    return _TERM.sub(lambda term: f"<dt>{'</dt><dt>'.join(term[1].split(chr(10)))}</dt>", html)


def _guard_underlines(body: str) -> str:
    """A heading is one line: what stands below two lines of text is text; so is a rule of stars below any text."""
    code = Code(body)

    def guard(match: re.Match[str]) -> str:
        start = match.start() + 1
        above = body.rfind("\n", 0, start - 1) + 1
        if not above or start in code or not _TEXT.match(body, above):
            return match[0]
        if match["heading"] and not _TEXT.match(body, body.rfind("\n", 0, above - 1) + 1):
            return match[0]
        return f"\n{NOTHING}{match[0][1:]}"

    return _UNDERLINE.sub(guard, body)


def _adapt_numbers(body: str) -> str:
    if _PARENTHESIS.search(body):
        code = Code(body)
        body = _PARENTHESIS.sub(lambda number: number[0] if number.end() - 1 in code else number[0] + "\\", body)
    if _UNDER_NUMBER.search(body):
        body = _indent_under_numbers(body)
    return _part_numbers(body) if _LATE_NUMBER.search(body) else body


def _part_numbers(body: str) -> str:
    """A list may begin with any number right below a paragraph."""
    code: Code | None = None

    def part(match: re.Match[str]) -> str:
        nonlocal code
        at = body.rfind("\n", 0, match.start()) + 1
        if not _TEXT.match(body, at):
            return match[0]
        while at > 1:
            above = body.rfind("\n", 0, at - 1) + 1
            if not body[above : at - 1].strip():
                break
            if not _TEXT.match(body, above):
                return match[0]
            at = above
        code = code or Code(body)
        return match[0] if match.end() - 1 in code else "\n" + match[0]

    return _LATE_NUMBER.sub(part, body)


def _level_bullets(body: str) -> str:
    """Any bullet goes on with a list, whatever the one before was."""
    code = Code(body)

    def level(match: re.Match[str]) -> str:
        if match.start(1) in code or _RULE.match(body, match.start() + 1):
            return match[0]
        return match[0][:-1] + "-"

    return _BULLETS.sub(level, body)


def _indent_under_numbers(body: str) -> str:
    """A bullet right below a numbered item belongs to it, however little it is indented."""
    code = Code(body)
    kept: list[str] = []
    width = shift = at = 0
    for line in body.split("\n"):
        if at in code:
            width = shift = 0
        elif number := _NUMBER.match(line):
            width, shift = number.end(), 0
        elif not line.strip():
            width = shift = 0
        elif width and not shift and (bullet := _BULLET.match(line)) and not _RULE.match(line):
            shift = max(0, width - len(bullet[1]))
        kept.append(" " * shift + line if shift else line)
        at += len(line) + 1
    return "\n".join(kept)


def _loosen_definitions(body: str) -> str:
    """A blank line above a definition of several paragraphs: the engine would run them together."""
    code = Code(body)
    lines = body.split("\n")
    loose: set[int] = set()
    at, first, blank = 0, -1, False
    for number, line in enumerate(lines):
        if at not in code and _DEFINITION.match(line):
            first, blank = number, False
        elif first >= 0 and not line.strip():
            blank = True
        elif first >= 0 and blank:
            if line.startswith(("  ", "\t")):
                loose.add(first)
            else:
                first = -1
        at += len(line) + 1
    return "\n".join(f"\n{line}" if number in loose else line for number, line in enumerate(lines))
