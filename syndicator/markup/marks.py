"""Marks that stand for something while a Markdown engine works: characters that no legal text holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from syndicator.markup.weight import bounded

#: Keeps the start of a line from being the start of something, and is nothing.
NOTHING = "\x01"
TILDE = "\x04"
LEFT_GUILLEMET = "\x05"
RIGHT_GUILLEMET = "\x06"
#: What a head cell holds in a table that has no head.
NO_HEAD = "\x07"
#: What the first cell of a row holds that stands for the start of a further body of the table, or of its foot.
NEW_BODY = "\x08"
FOOT = "\x10"

_INLINE = "\x02"
_BLOCK = "\x03"
ALL = NOTHING + TILDE + LEFT_GUILLEMET + RIGHT_GUILLEMET + NO_HEAD + NEW_BODY + FOOT + _INLINE + _BLOCK
_ANY = re.compile(f"[{ALL}]")
#: A held block, as it stands in the text.
HELD_BLOCK = _BLOCK

_CARRIED, _CARRIED_BLOCK = "\x0e", "\x0f"
_ANY_CARRIED = re.compile(f"([{_CARRIED}{_CARRIED_BLOCK}])((?>(?:[0-9a-f]{{2}})+))\\1")
_TAGS = re.compile(r"(?>(?:<[^<>]*+>)+)")
_BLOCKS = ("<figure", "<p>", "<pre", "<details")

# Patterns that begin with a character as it stands are found many times faster.
_HELD = (re.compile("\x02([0-9]{1,7})\x02"), re.compile("\x03([0-9]{1,7})\x03"))
_IN_ADDRESS = re.compile("%02([0-9]{1,7})%02")
_CODE = re.compile(f"<code[^<>]*+>[^<{ALL}]*+[{ALL}][^<]*+")
_IN_TAG = re.compile("<[a-zA-Z/][^<>]*[^<>]*>".replace("", _INLINE))
_OF_IMAGE = re.compile("(<img [^<>]*?) />\x02([0-9]{1,7})\x02")
_NO_THEAD = re.compile(f"<thead>\n<tr>\n(?:<th[^<>]*>{NO_HEAD}</th>\n)+</tr>\n</thead>\n?")
_PART = re.compile(f"<tr>\n<td[^<>]*>([{NEW_BODY}{FOOT}])</td>\n(?:<td[^<>]*></td>\n)*</tr>\n")
_PLAIN = {
    NOTHING: "",
    TILDE: "~",
    NO_HEAD: "",
    NEW_BODY: "",
    FOOT: "",
    LEFT_GUILLEMET: "&lt;&lt;",
    RIGHT_GUILLEMET: "&gt;&gt;",
}
_SIGNS = _PLAIN | {LEFT_GUILLEMET: "«", RIGHT_GUILLEMET: "»"}


def without_marks(text: str) -> str:
    """The text without characters that would be taken for marks; legal text has none."""
    return _ANY.sub("", text) if _has_mark(text) else text


def carry(html: str) -> str:
    """HTML in which each run of tags is written as a mark that carries it: it reaches readers also where the author's
    own HTML does not (frontmatter.md 59). What stands between the tags is read as Markdown.

    What begins with a block is one, and not part of a paragraph.
    """
    mark = _CARRIED_BLOCK if html.startswith(_BLOCKS) else _CARRIED
    return _TAGS.sub(lambda tags: f"{mark}{tags[0].encode().hex()}{mark}", html)


def _has_mark(text: str) -> bool:
    return any(mark in text for mark in ALL)


def _replace(html: str, signs: Mapping[str, str]) -> str:
    for mark, sign in signs.items():
        html = html.replace(mark, sign)
    return html


def _part_tables(html: str) -> str:
    """HTML of the engine with tables in the parts that marks in them ask for; it knows one body, and no foot."""
    kept: list[str] = []
    at = 0
    for mark in _PART.finditer(html):
        part = "tbody" if mark[1] == NEW_BODY else "tfoot"
        kept += (html[at : mark.start()], f"</tbody>\n<{part}>\n")
        at = mark.end()
        end = html.find("</tbody>", at)
        if part == "tfoot" and end >= 0:
            kept += (html[at:end], "</tfoot>")
            at = end + len("</tbody>")
    return "".join((*kept, html[at:]))


class Held:
    """Pieces of HTML kept from the engine, each under a mark."""

    def __init__(self) -> None:
        self._pieces: list[tuple[str, str, str]] = []
        self._attributes = False
        self._size = 0
        self.abbreviations: dict[str, str] = {}

    def inline(self, html: str, source: str) -> str:
        """A mark for HTML inside of a line; in code the source comes back."""
        return f"{_INLINE}{self._hold(html, source, '')}{_INLINE}"

    def block(self, html: str, source: str = "") -> str:
        """A mark for HTML that is a block, or begins or ends one; it wants a line of its own."""
        return f"{_BLOCK}{self._hold(html, source, '')}{_BLOCK}"

    def carried(self, text: str) -> str:
        """The text with a mark of this store in the place of each that carries its HTML along."""
        if _CARRIED not in text and _CARRIED_BLOCK not in text:
            return text

        def hold(match: re.Match[str]) -> str:
            html = bytes.fromhex(match[2]).decode("utf-8", "replace")
            return self.inline(html, html) if match[1] == _CARRIED else self.block(html, html)

        return _ANY_CARRIED.sub(hold, text).replace(_CARRIED, "").replace(_CARRIED_BLOCK, "")

    def attributes(self, written: str, source: str) -> str:
        """A mark for attributes of the image before it."""
        self._attributes = True
        return f"{_INLINE}{self._hold('', source, written)}{_INLINE}"

    def _hold(self, html: str, source: str, written: str) -> int:
        # What has a name may be held any number of times.
        self._size += len(html) + len(source) + len(written)
        bounded(self._size)
        self._pieces.append((html, source, written))
        return len(self._pieces) - 1

    def restore(self, html: str, *, typographic: bool) -> str:
        """HTML of the engine with what was held in its places."""
        if not _has_mark(html) and "%0" not in html:
            return html
        html = _CODE.sub(self._in_code, html)
        if NO_HEAD in html:
            html = _NO_THEAD.sub("", html)
        if NEW_BODY in html or FOOT in html:
            html = _part_tables(html)
        html = html.replace(f"<p>{_BLOCK}", _BLOCK).replace(f"{_BLOCK}</p>", _BLOCK)
        if self._attributes:
            html = _OF_IMAGE.sub(self._image, html)
        if _INLINE in html:
            html = _IN_TAG.sub(self._in_tag, html)
        if "%0" in html:
            html = _IN_ADDRESS.sub(self._plain, html.replace("%04", "~"))
        html = _replace(html, _SIGNS if typographic else _PLAIN)
        for pattern in _HELD:
            html = pattern.sub(lambda match: self._piece(match, 0), html)
        return html

    def _in_code(self, match: re.Match[str]) -> str:
        text = match[0]
        for pattern in _HELD:
            text = pattern.sub(lambda held: escape(self._piece(held, 1)), text)
        return _replace(text, _PLAIN)

    def _in_tag(self, match: re.Match[str]) -> str:
        return _HELD[0].sub(self._plain, match[0])

    def _plain(self, match: re.Match[str]) -> str:
        """A piece as it may stand in an attribute: signs as they are to be, of all else the source."""
        html = self._piece(match, 0)
        source = html.startswith(("\\(", "\\[")) or "<" in html
        return escape(self._piece(match, 1)) if source else html.replace('"', "&quot;")

    def _image(self, match: re.Match[str]) -> str:
        number = int(match[2])
        if number >= len(self._pieces):
            return match[0]
        html, _, written = self._pieces[number]
        image = match[1]
        for name in re.findall(r"([a-z]+)=", written) if written else ():
            image = re.sub(rf' {name}="[^"]*"', "", image)
        return f"{image}{written} />{html}"

    def _piece(self, match: re.Match[str], part: int) -> str:
        number = int(match[1])
        return self._pieces[number][part] if number < len(self._pieces) else match[0]
