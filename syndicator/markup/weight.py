"""How much a body may ask of those who read it: counted beforehand, as nobody can stop an engine once it runs."""

from __future__ import annotations

import re

REMEDY = "shorten it, or make several posts of it"

#: Any text of so many characters is done in good time, whatever stands in it.
_LIGHT = 100_000
#: Signs that a Markdown engine, a parser of HTML or a typesetter makes something of: some 400 bytes each at worst.
_SIGNS = (*"<>&\"'`*_~[](){}!|\\$^=+#:-\n\t\r", "..")
_MOST_SIGNS = 250_000
#: The engine writes a way back from a note for each mark that leads to it.
_MOST_NOTES = 10_000
#: Cells that are empty count as well.
_MOST_CELLS = 200_000
_OF_DASHES = "|-: \t>*+0123456789.)"
# As a browser takes tags apart; what is in quotes may hold any sign.
_ONE_ATTRIBUTE = r"""[\s/]*+[^\s/>][^\s/>=]*+(?>(?:\s*+=\s*+(?:"[^"]*+"?|'[^']*+'?|[^\s>"'][^\s>]*+)?)?)"""
_SOME_ATTRIBUTE = re.compile(_ONE_ATTRIBUTE)
_WHOLE_TAG = re.compile(rf"<[a-zA-Z][^\s/>]*+((?>(?:{_ONE_ATTRIBUTE})*))")
_TAG_START = re.compile("<[a-zA-Z]")
_SHORT = 50_000
_MOST_ATTRIBUTES = 1_000
_MOST_TAGS = 200_000
#: The most characters of all that is made of one body, whatever its own length.
MOST_CHARACTERS = 5_000_000


class TooHeavy(ValueError):
    """A text that would cost more than any honest one does, with a reason for people."""


def weigh(text: str) -> None:
    """Raises TooHeavy when a text has so many signs that reading it would take seconds, or hundreds of megabytes.

    A long post has one sign among twenty characters; two million characters may have one among eight.
    """
    if len(text) <= _LIGHT:
        return
    signs = sum(map(text.count, _SIGNS))
    if signs > _MOST_SIGNS:
        raise TooHeavy(f"has {signs:,} signs of Markdown or HTML and ends of lines, more than {_MOST_SIGNS:,}")
    notes = text.count("[^")
    if notes > _MOST_NOTES:
        raise TooHeavy(f"has {notes:,} marks of footnotes, more than {_MOST_NOTES:,}")


def weigh_tables(text: str) -> None:
    """Raises TooHeavy when tables come to too many cells: rows may be short, the engine fills them up.

    Any row of dashes may head a table that goes on to the next empty line.
    """
    if text.count("|") * text.count("\n") <= _MOST_CELLS:
        return
    width = cells = 0
    for line in text.split("\n"):
        if not line.strip():
            width = 0
        elif "|" in line and "-" in line and not line.strip(_OF_DASHES):
            width = max(width, line.count("|") + 1)
        cells += width
    if cells > _MOST_CELLS:
        raise TooHeavy(f"its tables come to {cells:,} cells, more than {_MOST_CELLS:,}")


def bounded(size: int) -> None:
    """Raises TooHeavy when what is made of a text comes to too many characters."""
    if size > MOST_CHARACTERS:
        raise TooHeavy(f"the text comes to {size:,} characters of HTML, more than {MOST_CHARACTERS:,}")


def weigh_tags(html: str) -> None:
    """Raises TooHeavy when HTML is too long, has too many tags, or a tag that would keep a parser busy for minutes."""
    bounded(len(html))
    if len(html) > _SHORT:
        _weigh_attributes(html)
    tags = html.count("<")
    if tags > _MOST_TAGS:
        raise TooHeavy(f"the text comes to {tags:,} tags of HTML, more than {_MOST_TAGS:,}")


def _weigh_attributes(html: str) -> None:
    """Refuse tags with thousands of attributes: the parser compares each with each.

    Every place where a tag may begin is looked at, as the parser may or may not take it for one; honest tags do not
    overlap.
    """
    looked_at = 0
    for start in _TAG_START.finditer(html):
        match = _WHOLE_TAG.match(html, start.start())
        if match is None:
            continue
        looked_at += len(match[0])
        if looked_at > 2 * len(html):
            raise TooHeavy("its HTML has tags in tags (a quote that is never closed?)")
        if len(match[1]) > _MOST_ATTRIBUTES and len(_SOME_ATTRIBUTE.findall(match[1])) > _MOST_ATTRIBUTES:
            raise TooHeavy(f"an element of its HTML has more than {_MOST_ATTRIBUTES:,} attributes")
