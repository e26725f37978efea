"""kramdown's own marks: attribute lists, extensions, math, abbreviations, escapes; taken out or held back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape

from syndicator.markup.code import Code
from syndicator.markup.marks import LEFT_GUILLEMET, RIGHT_GUILLEMET, TILDE, Held
from syndicator.markup.mathml import Typesetter
from syndicator.markup.weight import bounded

_EXTENSION = re.compile(r"\{::(comment|nomarkdown|options)\b([^{}\n]*?)(/)?\}")
_EXTENSION_END = re.compile(r"\{:/(?:comment|nomarkdown)?\}")
_PARSE_HTML = re.compile(r"""\{::options[^{}\n]*\bparse_block_html=["']true["']""")
_ALONE = re.compile(r"(?:\A|\n)[ \t]*\Z")

_TOC = re.compile(r"\n[ \t>]*\{:[ \t]*toc(?![\w:-])[^{}\n]*\}[ \t]*(?=\n|\Z)")
_ITEM = re.compile(r"[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+")
_OWN_LINE = r"^[ \t>]*\{:(?!:comment\})[^{}\n]*\}[ \t]*(?:\n|\Z)"
_ABBREVIATION = r"^ {0,3}\*\[(?P<short>[^\[\]\n]+)\]:(?P<long>[^\n]*)(?:\n|\Z)"
_SHORT = re.compile(r"\n {0,3}\*\[")
_ATTRIBUTES = r"(?<!\\)\{:(?:[ \t]*\}|[ \t.#/:][^{}\n]*\}|[\w-]+=[^{}\n]*\})"
_REFERENCE = r"(?<=[)\]*_`>])\{:[\w-]+\}"
_HEADING_ATTRIBUTES = r"[ \t]\{[#.][\w:.# -]*\}[ \t]*$"
_MARKS = re.compile(
    f"(?P<line>{_OWN_LINE})|{_ABBREVIATION}|(?P<heading>{_HEADING_ATTRIBUTES})|{_ATTRIBUTES}|{_REFERENCE}",
    re.MULTILINE,
)
# After one of these a list of attributes ends nothing that its line's absence would not end as well.
_NEXT_IS_A_BLOCK = re.compile(r"[ \t>]*+(?:\n|\Z|[-*+#|<:]|\d{1,9}[.)])")
_HEADING = re.compile(r"[ \t>]{0,9}#{1,6}[ \t]|[^\n]*\n {0,3}(?:-+|=+)[ \t]*(?:\n|\Z)")
_NAMED = re.compile(r"^ {0,3}\{:([\w-]+):([^{}\n]*)\}[ \t]*$", re.MULTILINE)
_KEPT = re.compile(r"""(?<![\w-])(alt|height|title|width)=(?:"([^"{}\n]*)"|'([^'{}\n]*)')""")
_WORD = re.compile(r"[\w-]+")
_MOST_ABBREVIATIONS = 200

_MATH = re.compile(r"(\\)?\$\$(.*?)\$\$", re.DOTALL)
_ADDRESS = re.compile(r"\]\([^\s()<>]*\Z")
_LONGEST_BEFORE = 200
_BOUNDARY_BEHIND = re.compile(r"[ \t]*(?:\n[ \t]*(?=\n|\Z)|\Z)")
# CommonMark takes the backslash from any punctuation, kramdown not from these; two of them break a line.
_ESCAPE = re.compile(r"\\(?:(?P<twice>\\(?=\n))|(?P<other>[%&,/;?@^])|.)", re.DOTALL)
# Quotes that somebody has taken the trouble to write so stay straight.
_STRAIGHT = re.compile(r"&(?:quot|apos|#0*3[49]|#[xX]0*2[27]);|\\(?:\\|([\"'.<>-]))")
_LONE_TILDE = re.compile(r"(<[^<>\s]*>)|(?<![~\\])~(?!~)")
_GUILLEMET = re.compile(r"(<<)( ?)|(?<![ \t>\n])( ?)(>>)|(?<=\S)( )(>>)")


def hold_extensions(body: str, held: Held) -> tuple[str, bool]:
    """The body without comments and options, with what is in ``nomarkdown`` held; whether ``parse_block_html`` is asked
    for. frontmatter-43.
    """
    code = Code(body)
    asked = any(match.start() not in code for match in _PARSE_HTML.finditer(body))
    kept: list[str] = []
    at = seen = 0
    while opening := _EXTENSION.search(body, seen):
        start, seen = opening.start(), opening.end()
        if start in code:
            continue
        if opening[3] or opening[1] == "options":
            kept.append(body[at:start])
            at = seen
            continue
        closing = _EXTENSION_END.search(body, seen)
        if closing is None:
            break
        kept.append(body[at:start])
        if opening[1] == "nomarkdown" and "latex" not in opening[2]:
            inner, source = body[seen : closing.start()], body[start : closing.end()]
            alone = "\n" in inner and _ALONE.search(body[max(0, start - 80) : start])
            kept.append(f"\n{held.block(inner, source)}\n" if alone else held.inline(inner, source))
        at = seen = closing.end()
    return "".join((*kept, body[at:])), asked


def has_marks(body: str) -> bool:
    """Whether there can be anything for ``drop_marks``."""
    if "{" in body and ("{:" in body or "{#" in body or "{." in body):
        return True
    return "*" in body and "*[" in body and _SHORT.search(body) is not None


def drop_marks(body: str, held: Held) -> str:
    """The body without attribute lists, tables of contents and abbreviations, these and the images' own attributes
    being held. In code all stays. frontmatter-42, -44, -45.
    """
    if "{:" in body and "toc" in body:
        body = _drop_toc(body)
    code = Code(body, indented=True, elements=True)
    named: dict[str, str] = {}
    if "{:" in body:
        named = {match[1]: match[2] for match in _NAMED.finditer(body) if match.end() - 1 not in code}

    def drop(match: re.Match[str]) -> str:
        if match.end() - 1 in code or match.start() in code:
            return match[0]
        if match["heading"]:
            line = body.rfind("\n", 0, match.start()) + 1
            return "" if _HEADING.match(body, line) else match[0]
        if match["short"]:
            if len(held.abbreviations) < _MOST_ABBREVIATIONS:
                held.abbreviations[match["short"]] = match["long"].strip()
            return ""
        if match["line"] is None:
            before = body[match.start() - 1] if match.start() else ""
            return _of_image(match[0], named, held) if before and before in ")]" else ""
        # Where text goes on in the next line, the list of attributes had parted two paragraphs.
        if _NEXT_IS_A_BLOCK.match(body, match.end()):
            return ""
        return match["line"].partition("{")[0].rstrip() + "\n"

    return _MARKS.sub(drop, body)


def _drop_toc(body: str) -> str:
    """The body without lists that stand for a table of contents, all of their items. frontmatter-44."""
    code = Code(body, indented=True, elements=True)
    kept: list[str] = []
    at = 0
    for mark in _TOC.finditer(body):
        if mark.end() - 1 in code:
            continue
        top, start = -1, mark.start()
        while start > at:
            above = body.rfind("\n", at, start) + 1 or at
            line = body[above:start]
            if _ITEM.match(line):
                top = above
            elif not line.strip(" \t>") or not line.startswith((" ", "\t", ">")):
                break
            start = above - 1
        if top >= 0:
            kept.append(body[at:top])
            at = mark.end()
    return "".join((*kept, body[at:]))


def hold_math(body: str, held: Held, *, mathml: bool = False) -> str:
    """Formulas between ``$$`` in TeX's own brackets, as kramdown leaves them for MathJax, or in type.

    frontmatter-46.
    """
    code = Code(body, indented=True)
    typesetter = Typesetter() if mathml else None

    def hold(match: re.Match[str]) -> str:
        if match.start() in code:
            return match[0]
        if match[1]:
            return held.inline("$$", "\\$$") + match[2] + held.inline("$$", "$$")
        start, end = match.span()
        if _ADDRESS.search(body, max(0, start - _LONGEST_BEFORE), start):
            return match[0]
        formula = escape(match[2].strip(), quote=False)
        above = _ALONE.search(body[max(0, start - 4) : start]) and _blank_above(body, start)
        alone = bool(above and _BOUNDARY_BEHIND.match(body, end))
        if typesetter and (made := typesetter.set(match[2], display=alone)):
            return held.inline(made, match[0])
        return held.inline(f"\\[{formula}\\]" if alone else f"\\({formula}\\)", match[0])

    return _MATH.sub(hold, body)


def adapt_escapes(body: str) -> str:
    """Backslashes as kramdown takes them."""
    code = Code(body, indented=True)

    def hold(match: re.Match[str]) -> str:
        if match.start() in code:
            return match[0]
        if match["twice"]:
            return "\\"
        return "\\" + match[0] if match["other"] else match[0]

    return _ESCAPE.sub(hold, body)


def hold_straight(body: str, held: Held) -> str:
    """Signs in the form of entities or behind a backslash, which no typography changes."""
    code = Code(body, indented=True)

    def hold(match: re.Match[str]) -> str:
        if match.start() in code or match[0] == "\\\\":
            return match[0]
        return held.inline(escape(match[1] or unescape(match[0])), match[0])

    return _STRAIGHT.sub(hold, body)


def guard_tildes(body: str) -> str:
    """One tilde strikes nothing through."""
    return _LONE_TILDE.sub(lambda match: match[1] or TILDE, body)


def hold_guillemets(body: str, *, bound: bool) -> str:
    """``<<`` and ``>>`` before the engine sees tags or quotes in them; ``bound`` keeps a space inside from breaking."""
    code = Code(body, indented=True)
    space = "\u00a0" if bound else " "

    def hold(match: re.Match[str]) -> str:
        if match.start() in code or match.end() - 1 in code:
            return match[0]
        if match[1]:
            return LEFT_GUILLEMET + (space if match[2] else "")
        return (space if match[3] or match[5] else "") + RIGHT_GUILLEMET

    return _GUILLEMET.sub(hold, body)


def set_abbreviations(html: str, abbreviations: Mapping[str, str]) -> str:
    """HTML with ``<abbr>`` around each abbreviation that stands as a word of its own; code and tags stay."""
    written = {escape(short): long for short, long in abbreviations.items()}
    words = "|".join(map(re.escape, sorted(written, key=len, reverse=True)))
    found = re.compile(rf"<(?:code|kbd|samp|var)\b[^<>]*+>[^<]*+</|<[^<>]*+>|(?<![\w&]){'(' + words + ')'}(?!\w)")

    size = len(html)

    def mark(match: re.Match[str]) -> str:
        nonlocal size
        if match[1] is None:
            return match[0]
        title = written[match[1]]
        size += len(title)
        bounded(size)
        return f'<abbr title="{escape(title)}">{match[1]}</abbr>' if title else f"<abbr>{match[1]}</abbr>"

    return found.sub(mark, html)


def _of_image(source: str, named: Mapping[str, str], held: Held) -> str:
    """What a list of attributes says of an image: only what a feed can use."""
    text = source[2:-1]
    if named:
        text += " " + " ".join(named[word] for word in _WORD.findall(source) if word in named)
    if "=" not in text:
        return ""
    kept = {name: double or single for name, double, single in reversed(_KEPT.findall(text))}
    if not kept:
        return ""
    return held.attributes("".join(f' {name}="{escape(value)}"' for name, value in sorted(kept.items())), source)


def _blank_above(body: str, at: int) -> bool:
    """Whether nothing or an empty line is above the line of a place."""
    line = body.rfind("\n", 0, at) + 1
    return not line or not body[body.rfind("\n", 0, line - 1) + 1 : line - 1].strip()
