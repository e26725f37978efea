"""Typographic quotes, dashes, dots and guillemets, set into finished HTML by the rules of the site's engine."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape, unescape

from syndicator.markup.flavour import Flavour

# What is in these is none of ours. In the text of the engine a straight double quote is always an entity.
_RAW = re.compile(r"<(?:code|kbd|pre|samp|script|style|textarea|var)\b")
_SIGNS = {"---": "—", "--": "–", "...": "…"}
_BLOCK = re.compile(r"</?(?:p|li|d[dt]|h[1-6]|t[dhr]|blockquote|[uod]l|div)\b")
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_EMPHASIS = re.compile(r"<(?:em|strong)>|[_*]{1,2}\S")
_SEVERAL = re.compile(r"&quot;|&\w{2,5};|.", re.DOTALL)
_WORD = re.compile(r"\w", re.ASCII)
_POSSESSIVE = re.compile(r"s(?!\w)", re.ASCII)
_DECADE = re.compile(r"\d\ds", re.ASCII)
_CONTRACTION = re.compile(r"(?:[smtd]|ve|ll|re)(?!\w)")


def set_typography(html: str, flavour: Flavour) -> str:
    """HTML with the signs that the engine would have set. Code, tags and raw HTML in kramdown's blocks stay."""
    return _Setting(html, flavour).run()


def smart_text(text: str, flavour: Flavour) -> str:
    """A line of text with kramdown's signs, whatever engine the site has, as the filter ``smartify`` sets them."""
    if not any(sign in text for sign in ("'", '"', "--", "...")):
        return text
    flavour = replace(flavour, engine="kramdown", symbols=True)
    return unescape(set_typography(escape(text, quote=False).replace('"', "&quot;"), flavour))


class _Setting:
    """One walk over a document."""

    def __init__(self, html: str, flavour: Flavour) -> None:
        self.html = html
        self.left, self.right, self.left_double, self.right_double = flavour.quotes
        self.symbols = flavour.symbols
        self.quote = self._of_kramdown if flavour.engine == "kramdown" else self._of_goldmark
        # Goldmark closes only what is open, and that within one block.
        self.single = self.double = 0
        self.swallow = False

    def run(self) -> str:
        html = self.html
        kept: list[str] = []
        at = last = tag = 0
        in_tag = raw = False
        for place, thing in self._places():
            if in_tag and html.find(">", last, place) >= 0:
                in_tag, raw = False, _RAW.match(html, tag) is not None
            opened = html.rfind("<", last, place)
            if opened >= 0:
                tag = opened
                in_tag = html.find(">", opened, place) < 0
                raw = not in_tag and _RAW.match(html, opened) is not None
                if (self.single or self.double) and _BLOCK.search(html, last, place):
                    self.single = self.double = 0
            last = place
            if in_tag or raw:
                continue
            end = place + len(thing)
            if self.swallow:
                sign, self.swallow = "", False
            elif thing in _SIGNS:
                sign = _SIGNS[thing]
            else:
                before = html[place - 1] if place > at else ""
                sign = self.quote("'" if thing == "'" else '"', before, place, end)
            kept += (html[at:place], sign)
            at = end
        return "".join((*kept, html[at:])) if kept else html

    def _places(self) -> list[tuple[int, str]]:
        """Where there is something to replace, from left to right. Finding one thing after the other is fast."""
        html = self.html
        found: list[tuple[int, str]] = []
        for thing in ("'", "&quot;", "...", "--") if self.symbols else ("'", "&quot;"):
            at = html.find(thing)
            while at >= 0:
                whole = "---" if thing == "--" and html.startswith("-", at + 2) else thing
                found.append((at, whole))
                at = html.find(thing, at + len(whole))
        found.sort()
        return found

    def _of_kramdown(self, sign: str, before: str, _place: int, end: int) -> str:
        """By what stands before; where that was a mark of its own (or nothing), by what comes after."""
        if before and before not in ">\x02":
            if not before.isspace():
                return self._closing(sign) if before not in "\\[{(-" else self._opening(sign)
            after = self.html[end : end + 8]
            if pair := self._pair(sign, after):
                return pair
            return self.right if sign == "'" and _DECADE.match(after) else self._opening(sign)
        after = self.html[end : end + 12]
        if _EMPHASIS.match(after):
            return self._opening(sign)
        if pair := self._pair(sign, after):
            return pair
        if self._closes_before(after) and not (sign == "'" and _DECADE.match(after)):
            return self._closing(sign)
        return self.right if sign == "'" and _DECADE.match(after) else self._opening(sign)

    def _pair(self, sign: str, after: str) -> str:
        """Two quotes in a row before a word: both open, and the second is written here."""
        other = "&quot;" if sign == "'" else "'"
        if after.startswith(other) and _WORD.match(after, len(other)):
            self.swallow = True
            return self._opening(sign) + self._opening('"' if sign == "'" else "'")
        return ""

    def _closes_before(self, after: str) -> bool:
        if not after or after[0].isspace() or after.startswith(("</", "<br")):
            return True
        if _POSSESSIVE.match(after):
            return True
        found = _SEVERAL.match(after)
        char = "&" if found and len(found[0]) > 1 else after[0]
        if char == "<" or char not in _PUNCTUATION or found is None:
            return False
        rest = after[found.end() :]
        return not rest.startswith("..") and not _WORD.match(rest)

    def _of_goldmark(self, sign: str, before: str, place: int, end: int) -> str:
        """By what stands on both sides, as for emphasis, with English contractions apart."""
        if not before:
            before = self.html[place - 1] if place else "\n"
        before = "*" if before in ">;" else before
        after = self.html[end : end + 8]
        follows = after[:1] or "\n"
        if follows == "<":
            follows = "\n" if after.startswith(("<br", "</p", "</l", "</h", "</t", "</d")) else "*"
        spaced, followed = before.isspace(), follows.isspace()
        opens = not followed and (not _is_punctuation(follows) or spaced or _is_punctuation(before))
        closes = not spaced and (not _is_punctuation(before) or followed or _is_punctuation(follows))
        if sign == "'":
            return self._single(before, after, opens, closes)
        if opens and not closes:
            self.double += 1
            return self.left_double
        if self.double and closes and (not opens or _is_punctuation(follows)):
            self.double -= 1
            return self.right_double
        return "&quot;"

    def _single(self, before: str, after: str, opens: bool, closes: bool) -> str:
        apart = before.isspace() or _is_punctuation(before)
        if opens and not closes and _DECADE.match(after) and not after[3:4].isalnum():
            return self.right
        if (apart and after[:1] in ("t", "e", "n", "l")) or (before.isalnum() and after[:1].isalpha()):
            return self.right
        if opens and not closes:
            if _CONTRACTION.match(after):
                return self.right
            self.single += 1
            return self.left
        if after and not after[0].isdigit() and after[0] != "\n" and not _BLOCK.match(after):
            return self.right
        if self.single and closes and (not opens or _is_punctuation(after[:1])):
            self.single -= 1
            return self.right
        return "'"

    def _opening(self, sign: str) -> str:
        return self.left if sign == "'" else self.left_double

    def _closing(self, sign: str) -> str:
        return self.right if sign == "'" else self.right_double


def _is_punctuation(char: str) -> bool:
    return char in _PUNCTUATION or (char > "\x7f" and not char.isalnum() and not char.isspace())
