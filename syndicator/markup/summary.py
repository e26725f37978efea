"""Summaries: the plain text of HTML, cut where a reader would cut it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import unescape

from syndicator.markup.mathml import ELEMENTS
from syndicator.text import one_line

_TOKEN = re.compile(r"""<!--.*?(?:-->|\Z)|<(/?)([a-zA-Z][^\s/>]*)((?>(?:[^'"<>]++|"[^"]*"|'[^']*')*))>""", re.DOTALL)
# Elements inside of a line: a word may go on through them. All others part words.
_INLINE = frozenset(
    re.findall(
        r"\w+",
        "a abbr b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rp rt ruby s samp small span "
        "strike strong sub sup time tt u var wbr",
    )
).union(ELEMENTS)
# Not text of the entry: pictures with their captions (user-ask 40), and what no reader shows.
_SILENT = frozenset(
    ("figure", "figcaption", "iframe", "noscript", "script", "select", "style", "svg", "template", "textarea", "title")
)
# What stands for a formula in plain text; what its parts hold says nothing without their places.
_ALTTEXT = re.compile(r' alttext="([^"]*)"')
# A reference to a footnote says nothing without the note.
_FOOTNOTE = re.compile(r"<sup><a [^<>]*#[^<>]*>[^<]*</a></sup>")
# The notes themselves, which all that makes them puts last; the ids are of the generators' making.
_NOTES = re.compile(r'<(?:section|div)>\s*(?:<hr ?/?>\s*)?<ol>\s*<li id="(?:[^"]*-)?fn[:-]')
_ENTITY = re.compile(r"&#?\w{1,32};", re.ASCII)
_LOOSE_END = " \t\n\u00a0,;:.–—-…("
_ENOUGH = 0.5


def summary_of(html: str, limit: int = 300) -> str:
    """The first paragraph in at most ``limit`` characters; the next ones too while there are less than half of that.

    HTML without paragraphs gives all its text. Pictures, their captions, headings, lists, tables and footnotes are left
    out.
    """
    found = ""
    for text in _paragraphs(html):
        found = f"{found} {text}".strip()
        if len(found) >= limit * _ENOUGH:
            break
    return cut(found or text_of(html), limit)


def text_of(html: str) -> str:
    """Plain text on one line: entities decoded, blocks parted by a space, without scripts, figures and footnotes."""
    return one_line("".join(text for text, _ in _pieces(html)))


def cut(text: str, limit: int) -> str:
    """At most ``limit`` characters: whole words and ``…``, never half of what readers see as a character or an entity.

    Text that fits stays as it is. Where a word alone is too long, or words are not parted by spaces, the cut is made
    between two characters (user-ask 26).
    """
    if len(text) <= limit:
        return text
    if limit < 1:
        return ""
    room = limit - 1
    end = _word_end(text, room)
    if end == 0:
        end = _character_end(text, room)
    return text[:end].rstrip(_LOOSE_END) + "…" if end else "…"


def _pieces(html: str) -> Iterator[tuple[str, str]]:
    """Text with a space for each tag that parts words, and the tag's name ("p", "/p", "" for text)."""
    at = silent = 0
    name = ""
    if notes := _NOTES.search(html):
        html = html[: notes.start()]
    html = _FOOTNOTE.sub("", html)
    for match in _TOKEN.finditer(html):
        if not silent and match.start() > at:
            yield unescape(html[at : match.start()]), ""
        at = match.end()
        if not match[2]:
            continue
        tag = match[2].lower()
        if not silent and tag == "math" and not match[1] and (formula := _ALTTEXT.search(match[3])):
            yield unescape(formula[1]), ""
            name, silent = tag, 1
        elif silent:
            silent += (-1 if match[1] else 1) if tag == name else 0
        elif tag in _SILENT:
            name, silent = tag, 0 if match[1] or match[3].endswith("/") else 1
        elif tag not in _INLINE:
            yield " ", match[1] + tag
    if not silent and at < len(html):
        yield unescape(html[at:]), ""


def _paragraphs(html: str) -> Iterator[str]:
    held: list[str] | None = None
    for text, tag in _pieces(html):
        if tag == "p":
            held = []
        elif tag == "/p" and held is not None:
            if line := one_line("".join(held)):
                yield line
            held = None
        elif held is not None:
            held.append(text)


def _word_end(text: str, room: int) -> int:
    """Where the last word ends that fits, 0 when none does; every ideograph is a word."""
    if text[room].isspace():
        return room
    for end in range(room, 0, -1):
        before = text[end - 1]
        if before.isspace():
            return end if text[:end].strip() else 0
        if _stands_alone(before) and _parts(text, end):
            return end
    return 0


def _character_end(text: str, room: int) -> int:
    end = room
    while end > 0 and not _parts(text, end):
        end -= 1
    start = text.rfind("&", max(0, end - 33), end)
    if start >= 0 and (entity := _ENTITY.match(text, start)) and entity.end() > end:
        end = start
    return end


def _stands_alone(char: str) -> bool:
    """Han, kana, Hangul: scripts in which a line may break after any character."""
    return "\u2e80" <= char <= "\ud7ff" or "\uf900" <= char <= "\ufaff" or "\U00020000" <= char <= "\U0003ffff"


def _parts(text: str, at: int) -> bool:
    """Whether a reader sees a boundary here; close to the grapheme clusters of UAX 29, and never inside of one."""
    before, after = text[at - 1], text[at]
    if "\u200d" in (before, after) or unicodedata.category(after) in ("Mn", "Me", "Mc"):
        return False
    if "\U0001f3fb" <= after <= "\U0001f3ff" or "\U000e0020" <= after <= "\U000e007f":
        return False
    if _is_flag(before) and _is_flag(after):
        return False  # a pair or not: a few flags less do no harm
    return not ("\u1100" <= before <= "\ud7fb" and "\u1160" <= after <= "\u11ff")


def _is_flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"
