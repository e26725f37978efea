"""Goldmark's own marks: attributes in braces, and formulas that pass through."""

from __future__ import annotations

import re
from html import escape

from syndicator.markup.code import Code
from syndicator.markup.marks import Held
from syndicator.markup.mathml import Typesetter

_ATTRIBUTE = r"""[ \t]*+(?:[#.][\w:.-]++|[\w:-]++=(?:"[^"\n]*+"|'[^'\n]*+'|\[[^\]\n]*+\]|[^\s{}"']++))[ \t,]*+"""
_BRACES = re.compile(rf"\{{(?>(?:{_ATTRIBUTE})+)\}}[ \t]*(?=\n)")
_ATX = re.compile(r" {0,3}#{1,6}[ \t]")
_SETEXT = re.compile(r"\n {0,3}(?:=+|-+)[ \t]*\n")
# Those that TeX has for formulas on lines of their own; Hugo has no others for that in its guides.
_DISPLAY = ("$$", "\\[")
_WWW = re.compile(r'(?<=<a href="http)(?=://(www\.[^"]*)">\1)')


def drop_attributes(body: str, *, block: bool) -> str:
    """The body without attributes: a feed has no use for classes and ids. frontmatter-60.

    At the end of a heading always, on a line of their own when the site has switched it on.
    """
    code = Code(body)

    def drop(match: re.Match[str]) -> str:
        if match.end() - 1 in code:
            return match[0]
        line = body.rfind("\n", 0, match.start()) + 1
        if _ATX.match(body, line) or _SETEXT.match(body, match.end()):
            return ""
        return "" if block and not body[line : match.start()].strip() else match[0]

    return _BRACES.sub(drop, body)


def hold_formulas(body: str, delimiters: tuple[tuple[str, str], ...], held: Held, *, mathml: bool = False) -> str:
    """Formulas between the site's delimiters pass through as they are, or are set in type. frontmatter-46, -60."""
    typesetter = Typesetter() if mathml else None
    code = Code(body, indented=True)
    pairs = dict(delimiters)
    opened = re.compile("|".join(map(re.escape, sorted(pairs, key=len, reverse=True))))
    kept: list[str] = []
    at = seen = 0
    hopeless: set[str] = set()
    while opening := opened.search(body, seen):
        seen = opening.end()
        close = pairs[opening[0]]
        if close in hopeless or opening.start() in code:
            continue
        end = body.find(close, seen)
        if end < 0:
            hopeless.add(close)
            continue
        seen = end + len(close)
        source = body[opening.start() : seen]
        formula = body[opening.end() : end]
        made = typesetter.set(formula, display=opening[0] in _DISPLAY) if typesetter else ""
        kept += (body[at : opening.start()], held.inline(made or escape(source, quote=False), source))
        at = seen
    return "".join((*kept, body[at:]))


def mend_links(html: str) -> str:
    """HTML of the engine with ``www.`` taken for an https address, as Hugo has it."""
    return _WWW.sub("s", html) if 'href="http://www.' in html else html
