"""Blocks of raw HTML in a body, held back so that they come out as the site's engine would leave them."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import islice, pairwise
from operator import itemgetter

from syndicator.markup.code import Code
from syndicator.markup.marks import NOTHING, Held


def _names(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


_INSIDE_OF_LINES = _names(
    "a abbr acronym b big bdo br button cite code del dfn em i img input ins kbd label mark option q rb rbc rp rt rtc",
    "ruby samp select small span strong sub sup tt u var",
)
_WITHOUT_CONTENT = _names("area base br col command embed hr img input keygen link meta param source track wbr")
_TEXT_INSIDE = _names("address caption dt h1 h2 h3 h4 h5 h6 legend optgroup p rb rbc rp rt rtc ruby summary th")
# Those hold elements and no text, which may ask for themselves.
_ELEMENTS_INSIDE = _names("colgroup ol table tbody tfoot thead tr ul")
_RAW = _names("math pre script style textarea")

#: Whether a body can hold a block of HTML at all.
MAY_HOLD = re.compile(r"\n {0,3}<[A-Za-z/]")
_START = re.compile(r"\n( {0,3})<([A-Za-z][\w:-]*)")
_TAG = re.compile(r"<(/?)([A-Za-z][\w:-]*)((?>(?:[^<>\"']++|\"[^\"\n]*\"|'[^'\n]*')*))>")
_MARKDOWN = re.compile(r"""\smarkdown\s*=\s*(?:"(\w*)"|'(\w*)'|(\w+))""", re.IGNORECASE)
# CommonMark takes a lone tag of any kind for the start of HTML; kramdown sees a paragraph.
_LONE = re.compile(r"\n( {0,3})(?=</?([A-Za-z]\w*)\b[^<>\n]*>[ \t]*\n)")
_REST = re.compile(r"[ \t]*(?:\n|\Z)")
# CommonMark 4.6, kind 6; such a block ends at a blank line.
_SIXTH = re.compile(
    r"\n( {0,3})(</?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details"
    r"|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li"
    r"|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th"
    r"|thead|title|tr|track|ul)(?=[ \t\n]|/?>|\Z)[^\n]*(?:\n(?![ \t]*(?:\n|\Z))[^\n]*)*)",
    re.IGNORECASE,
)


def hold_kramdown(body: str, held: Held, *, parse: bool) -> str:
    """kramdown's way: an element is a block up to its end tag, and nothing in it is Markdown but where ``markdown=``
    or ``parse`` (its option ``parse_block_html``) asks for it. frontmatter-47.
    """
    code = Code(body)
    ends = _ends(body, code)
    marked = _marked(body, ends) if "markdown" in body else []
    kept: list[str] = []
    entered: list[tuple[int, int]] = []
    at = seen = 0
    lone = False

    def leave(before: int) -> None:
        nonlocal at
        while entered and entered[-1][0] <= before:
            until, end = entered.pop()
            kept.append(f"{body[at:until]}\n\n{held.block(body[until:end])}\n{_rest(body, end)}")
            at = end

    while start := _START.search(body, seen):
        seen = start.end()
        name, opening = start[2].lower(), start.end(1)
        if name in _INSIDE_OF_LINES:
            lone = True
            continue
        if opening not in ends:
            continue
        leave(opening)
        inside, until, end = ends[opening]
        if opening < at or (entered and end > entered[-1][0]):
            continue
        mode = _mode(body[opening:inside], name, parse=parse) if until >= 0 else "raw"
        kept.append(f"{body[at : start.start()]}\n\n{start[1]}")
        if mode == "raw" and (inner := _outermost(marked, opening, end)):
            parts = [opening, *(place for each in inner for place in each[1:3]), end]
            if all(each[0] == "span" for each in inner):
                kept.append(f"{_in_line(body, parts, held)}{_rest(body, end)}")
                at = seen = end
                continue
            kept.append(f"{held.block(body[opening : parts[1]])}\n\n")
            entered += [(parts[i], parts[i + 1]) for i in range(len(parts) - 2, 0, -2)]
            at = seen = parts[1]
            continue
        if mode == "raw":
            kept.append(f"{held.block(body[opening:end])}{_rest(body, end)}")
            at = seen = end
            continue
        kept.append(held.block(_MARKDOWN.sub("", body[opening:inside])))
        if mode == "block":
            kept.append("\n\n")
            entered.append((until, end))
            at = seen = inside
        else:
            kept.append(f"{' '.join(body[inside:until].split())}{held.block(body[until:end])}{_rest(body, end)}")
            at = seen = end
    leave(len(body))
    body = "".join((*kept, body[at:]))
    return _guard_lone(body) if lone else body


def hold_sixth(body: str, held: Held) -> str:
    """CommonMark's way, for those that set typographic signs: from a tag of a block to the next blank line."""
    code = Code(body)

    def hold(match: re.Match[str]) -> str:
        if match.start(1) in code:
            return match[0]
        return f"\n\n{match[1]}{held.block(match[2])}\n"

    return _SIXTH.sub(hold, body)


def _marked(body: str, ends: dict[int, tuple[int, int, int]]) -> list[tuple[str, int, int, int]]:
    """The elements that ask for Markdown in them, in order: how, the end of the opening tag, the start of the closing
    one, and where they begin.
    """
    found: list[tuple[str, int, int, int]] = []
    for start in sorted(ends):
        inside, until, _ = ends[start]
        tag = body[start:inside]
        if until >= 0 and "markdown" in tag and (name := _TAG.match(tag)):
            mode = _mode(tag, name[2].lower(), parse=False)
            if mode != "raw":
                found.append((mode, inside, until, start))
    return found


def _outermost(marked: list[tuple[str, int, int, int]], start: int, end: int) -> list[tuple[str, int, int, int]]:
    """Those between two places that are in none of the others."""
    found: list[tuple[str, int, int, int]] = []
    for each in islice(marked, bisect_right(marked, start, key=itemgetter(3)), None):
        if each[3] >= end:
            break
        if not found or each[3] >= found[-1][2]:
            found.append(each)
    return found


def _in_line(body: str, parts: list[int], held: Held) -> str:
    """HTML and text by turns, cut at places, on one line."""
    written: list[str] = []
    for number, (start, end) in enumerate(pairwise(parts)):
        written.append(" ".join(body[start:end].split()) if number % 2 else held.block(body[start:end]))
    return "".join(written)


def _guard_lone(body: str) -> str:
    code = Code(body)

    def guard(match: re.Match[str]) -> str:
        return (
            f"\n{match[1]}{NOTHING}" if match[2].lower() in _INSIDE_OF_LINES and match.end() not in code else match[0]
        )

    return _LONE.sub(guard, body)


def _rest(body: str, at: int) -> str:
    """The blank line that a block needs behind it."""
    return "\n" if _REST.match(body, at) else "\n\n"


def _ends(body: str, code: Code) -> dict[int, tuple[int, int, int]]:
    """Where each element begins, to: the end of its opening tag, the start of its closing tag (-1 when it has none) and
    its end. One walk over all tags.
    """
    found: dict[int, tuple[int, int, int]] = {}
    opened: dict[str, list[tuple[int, int]]] = {}
    for tag in _TAG.finditer(body):
        name = tag[2].lower()
        if tag.start() in code:
            continue
        if tag[1]:
            if stack := opened.get(name):
                start, inside = stack.pop()
                found[start] = (inside, tag.start(), tag.end())
        elif name in _WITHOUT_CONTENT or tag[3].endswith("/"):
            found[tag.start()] = (tag.end(), -1, tag.end())
        else:
            opened.setdefault(name, []).append((tag.start(), tag.end()))
    return found


def _mode(tag: str, name: str, *, parse: bool) -> str:
    """What the element's content is: raw, block or span."""
    match = _MARKDOWN.search(tag)
    value = (match[1] or match[2] or match[3] or "") if match else ""
    if value in ("block", "span"):
        return value
    if value == "1" or (parse and value != "0"):
        if name in _RAW or name in _ELEMENTS_INSIDE:
            return "raw"
        return "span" if name in _TEXT_INSIDE or name in _INSIDE_OF_LINES else "block"
    return "raw"
