"""What a person is told of a value: what was expected, what was found, what was probably meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from difflib import get_close_matches

from syndicator.text import printable


@dataclass(frozen=True, slots=True)
class Expect:
    """What a value looks like, as it follows "expected" in a message. A ``secret`` one is never shown."""

    text: str
    secret: bool = False


class Wrong(ValueError):
    """A value is not what it should be. An empty ``problem`` stands for "expected …, found …".

    Neither the problem nor anything else but the remedy may quote the value: it can be secret.
    """

    def __init__(self, problem: str = "", remedy: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


def shown(value: object) -> str:
    """A value as a person would find it in the file, short, on one line, with no password in an address."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case int():
            return str(value) if abs(value) < 10**18 else "a very large number"
        case float() | date() | datetime() | time():
            return str(value)
        case str():
            text = printable(re.sub(r"//[^/?#\s]*@", "//…@", value))
            return f'"{text}"' if len(text) <= 60 else f'"{text[:57]}…"'
        case dict():
            return "a table"
    return "a list"


def nearest(name: str, known: Iterable[str], *, alike: float = 0.65) -> str:
    """The known name that was probably meant, "" when none is near: ``alike`` is from 0 (anything) to 1 (the same)."""
    folded = {candidate.casefold(): candidate for candidate in known}
    found = get_close_matches(name[:100].casefold(), folded, n=1, cutoff=alike)
    return folded[found[0]] if found else ""
