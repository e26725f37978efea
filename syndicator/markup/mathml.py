"""Formulas as MathML: TeX made into it, and what of it may reach a reader."""

from __future__ import annotations

import re
from html import escape
from itertools import accumulate

#: What a formula may be made of. ``annotation`` is not among them: browsers take HTML in it for HTML.
ELEMENTS = frozenset(
    re.findall(
        r"\w+",
        "math menclose merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace "
        "msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover semantics",
    )
)
#: Neither styles nor links, and no colours, which a reader's night would swallow.
ATTRIBUTES = frozenset(
    re.findall(
        r"\w+",
        "accent accentunder align alttext columnalign columnlines columnspacing columnspan depth display displaystyle "
        "fence form frame height largeop linethickness lspace mathvariant maxsize minsize movablelimits notation "
        "rowalign rowlines rowspacing rowspan rspace scriptlevel separator stretchy symmetric voffset width",
    )
)
# A word, a number, a length that fits on a screen, or several of them.
_ONE_VALUE = r"(?:[a-z-]{1,20}|[+-]?(?:\d{1,2}(?:\.\d{0,8})?|\.\d{1,8})(?:em|ex|px|pt|rem|%)?)"
_VALUE = re.compile(rf"{_ONE_VALUE}(?: {_ONE_VALUE}){{0,19}}")

# The engine goes down one call a level, and nobody catches it when its stack is full, at some thousand levels: formulas
# stay far from that. Commands of the author's own would lead there in a few words.
_LONGEST = 2_000
_MOST_COMMANDS = 300
_DEEPEST = 30
_MOST_EXPANSIONS = 0
_DEEPEST_MADE = 60
_TAG = re.compile("<(/?)")
_LEVEL = re.compile(r"\\.|([{[(])|([}\])])", re.DOTALL)
#: What may be made of all the formulas of a body, in characters; a formula alone may come to fifty times its length.
_MOST_MADE = 1_000_000
_COST = 100


def is_harmless(value: str) -> bool:
    """Whether the value of an attribute can do no more than set a formula in type."""
    return _VALUE.fullmatch(value) is not None


class Typesetter:
    """Makes MathML of the formulas of one body. frontmatter-46."""

    def __init__(self) -> None:
        # Late: few sites ask for it.
        from math_core import LatexToMathML

        self._engine = LatexToMathML(fancy_error=False, max_expansions=_MOST_EXPANSIONS)
        self._left = _MOST_MADE

    def set(self, formula: str, *, display: bool) -> str:
        """The formula as MathML; "" when it can only be text: not TeX, a command that is not known, or too much."""
        from math_core import LatexError

        tex = " ".join(formula.split())
        self._left -= _COST + len(tex)
        if self._left < 0 or not _is_modest(formula):
            return ""
        try:
            made = self._engine.convert_with_local_state(formula, displaystyle=display)
        except LatexError:
            return ""
        self._left -= len(made)
        if self._left < 0 or not made.startswith("<math") or _depth(made) > _DEEPEST_MADE:
            return ""
        # For readers who know no MathML, and for summaries.
        return f'<math alttext="{escape(tex)}"{made[len("<math") :]}'


def _is_modest(formula: str) -> bool:
    if not formula.strip() or len(formula) > _LONGEST or formula.count("\\") > _MOST_COMMANDS:
        return False
    depth = deepest = 0
    for opening, closing in _LEVEL.findall(formula):
        depth += bool(opening) - bool(closing and depth)
        deepest = max(deepest, depth)
    return deepest <= _DEEPEST


def _depth(made: str) -> int:
    """How deep elements stand in each other, each of which is closed."""
    return max(accumulate(-1 if closing else 1 for closing in _TAG.findall(made)))
