"""What a line of Markdown stands in: block quotes, items of lists, definitions, notes."""

from __future__ import annotations

import re

_QUOTE = re.compile(r" {0,3}> ?")
_ITEM = re.compile(r" {0,3}(?:[-*+:]|\d{1,9}[.)])(?: {1,4}(?=[^ \n])|(?= ))")
_NOTE = re.compile(r" {0,3}\[\^[^\]\n]+\]: *")
_DEEP_IN_A_NOTE = 4
#: What is deeper is not looked at.
_DEEPEST = 20


class Containers:
    """The containers that are open at a line, outermost first (CommonMark 5); feed it the lines that are no code.

    Lines that go on lazily leave them, as do tabs: what cannot be told is taken to stand outside.
    """

    def __init__(self) -> None:
        # How far each sets its content in; 0 for a quote, whose mark stands in every line.
        self._open: list[int] = []

    @property
    def lead(self) -> str:
        """What a further line in the same containers begins with."""
        return "".join(" " * width if width else "> " for width in self._open)

    def enter(self, line: str) -> tuple[int, bool]:
        """Where the text of the line begins, and whether it stands in a container that the line opens."""
        if not line.strip():
            return len(line), False
        at, depth = self._match(line)
        del self._open[depth:]
        while len(self._open) < _DEEPEST:
            if match := _QUOTE.match(line, at):
                self._open.append(0)
            elif match := _ITEM.match(line, at):
                self._open.append(match.end() - at)
            elif match := _NOTE.match(line, at):
                self._open.append(_DEEP_IN_A_NOTE)
            else:
                break
            at = match.end()
        return at, len(self._open) > depth

    def inside(self, line: str) -> int | None:
        """Where the text of a line begins that goes on in all containers; None when it leaves one."""
        at, depth = self._match(line)
        return at if depth == len(self._open) else None

    def parted(self, line: str) -> bool:
        """Whether a line leaves the innermost list that is open by a further item of it, or one around it."""
        at, depth = self._match(line)
        return 0 not in self._open[depth:] and depth < len(self._open) and _ITEM.match(line, at) is not None

    def _match(self, line: str) -> tuple[int, int]:
        at = 0
        for depth, width in enumerate(self._open):
            if width:
                if line[at : at + width].strip(" ") or len(line) < at + width:
                    return at, depth
                at += width
            elif match := _QUOTE.match(line, at):
                at = match.end()
            else:
                return at, depth
        return at, len(self._open)
