"""How much a body may ask of those who read it: counted beforehand, as nobody can stop an engine once it runs."""

from __future__ import annotations

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
