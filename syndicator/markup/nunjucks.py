"""Nunjucks as Liquid, as far as the two mean the same: Eleventy's posts are written in either.

What has no counterpart stays as it is: no Liquid, so that it is left out and reported.
"""

from __future__ import annotations

import re

from syndicator.markup.code import Code
from syndicator.markup.tags import Piece

#: Longer expressions have no meaning in Liquid either.
_LONGEST = 1_000
_STRING = re.compile(r"\"[^\"]*+\"|'[^']*+'")
_KEPT = re.compile(r"\x00(\d+)\x00")
_CALL = re.compile(r"\|\s*+(\w++)\s*+\(([^()]*+)\)")
_FILTER = re.compile(r"\|\s*+(\w++)(?!\s*+[\w(:])")
_LOOP = re.compile(r"(?<![\w.])loop\.(\w++)")
_SET = re.compile(r"\w++\s*+=(?!=)")
_NOT = re.compile(r"not\s++((?!.*\b(?:and|or|not)\b).++)", re.DOTALL)
_SAFE = re.compile(r"\|\s*+(?:safe|escape|dump)\s*+(?:\||\Z)")

#: Filters that mean in both what they are given in brackets or behind a colon.
_SAME = frozenset(
    {"default", "replace", "join", "url", "slug", "slugify", "first", "last", "reverse", "safe", "escape"}
)
#: What goes by another name.
_FILTERS = {
    "upper": "upcase", "lower": "downcase", "trim": "strip", "length": "size", "striptags": "strip_html",
    "nl2br": "newline_to_br", "d": "default", "e": "escape", "dump": "jsonify",
}  # fmt: skip
_LOOPS = {
    "index": "index", "index0": "index0", "first": "first", "last": "last", "length": "length",
    "revindex": "rindex", "revindex0": "rindex0",
}  # fmt: skip


def as_liquid(pieces: list[Piece], code: Code, *, escapes: bool) -> list[Piece]:
    """The pieces of a body with Nunjucks said in Liquid, but for those in code, which mostly show it.

    With ``escapes`` what is printed is text, unless it says that it is safe.
    """
    found: list[Piece] = []
    negated: list[bool] = []
    for piece in pieces:
        if piece.start in code:
            found.append(piece)
        elif piece.kind == "tag":
            found.append(_tag(piece, negated))
        elif piece.kind == "output":
            said = expression(piece.text)
            plain = escapes and not _SAFE.search(_STRING.sub("", said))
            found.append(piece._replace(text=f"{said} | escape" if plain else said))
        else:
            found.append(piece)
    return found


def expression(text: str) -> str:
    """An expression of Nunjucks in Liquid's words."""
    if len(text) > _LONGEST or "\x00" in text or "\\" in text:
        return text
    strings: list[str] = []

    def keep(match: re.Match[str]) -> str:
        strings.append(match[0])
        return f"\x00{len(strings) - 1}\x00"

    said = _STRING.sub(keep, text)
    said = _CALL.sub(_called, said)
    said = _FILTER.sub(lambda match: f"| {_FILTERS.get(match[1], match[1])}", said)
    said = _LOOP.sub(lambda match: f"forloop.{_LOOPS[match[1]]}" if match[1] in _LOOPS else match[0], said)
    said = said.replace("!==", "!=").replace("===", "==")
    return _KEPT.sub(lambda match: strings[int(match[1])], said)


def _called(match: re.Match[str]) -> str:
    name, given = _FILTERS.get(match[1], match[1]), match[2].strip()
    if name not in _SAME and (given or name not in _FILTERS.values()):
        return match[0]
    return f"| {name}: {given}" if given else f"| {name}"


def _tag(piece: Piece, negated: list[bool]) -> Piece:
    """``negated`` are the open ``if`` that are ``unless`` now, the innermost last."""
    match piece.name:
        case "set":
            name = "assign" if _SET.match(piece.text) else "capture" if piece.text.isidentifier() else "set"
            return piece._replace(name=name, text=expression(piece.text))
        case "endset":
            return piece._replace(name="endcapture")
        case "elif" | "elseif":
            return piece._replace(name="elsif", text=expression(piece.text))
        case "if":
            found = _NOT.fullmatch(piece.text)
            negated.append(found is not None)
            name, text = ("unless", found[1]) if found else ("if", piece.text)
            return piece._replace(name=name, text=expression(text))
        case "endif":
            return piece._replace(name="endunless") if negated and negated.pop() else piece
        case "for" | "elsif" | "unless" | "assign":
            return piece._replace(text=expression(piece.text))
    return piece
