"""HTML as a row of tags and texts: what stands between is kept to the letter, what is written is balanced."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from syndicator.markup.attributes import attributes

# No value holds a "<": the sanitiser escapes it. So a walk over all tags is one walk, whatever the text is.
_TOKEN = re.compile(r"""<!--.*?(?:-->|\Z)|<(/?)([a-zA-Z][^\s/><"']*)((?>(?:[^'"<>]|"[^"<]*"|'[^'<]*')*))>""", re.DOTALL)
# Where a tag begins: enough to see that there is nothing to do, and ten times as fast.
_NAME = re.compile(r"<(/?)([a-zA-Z][^\s/><\"']*)")
#: Elements that hold nothing, and so have no end.
VOID = frozenset(re.findall(r"\w+", "area base br col embed hr img input link meta param source track wbr"))
#: Elements that mean something inside of certain others alone.
PARENTS = {
    "li": frozenset({"ol", "ul"}),
    "dt": frozenset({"dl"}),
    "dd": frozenset({"dl"}),
    "caption": frozenset({"table"}),
    "colgroup": frozenset({"table"}),
    "col": frozenset({"colgroup"}),
    "thead": frozenset({"table"}),
    "tbody": frozenset({"table"}),
    "tfoot": frozenset({"table"}),
    "tr": frozenset({"table", "tbody", "tfoot", "thead"}),
    "td": frozenset({"tr"}),
    "th": frozenset({"tr"}),
    "figcaption": frozenset({"figure"}),
    "summary": frozenset({"details"}),
    "source": frozenset({"audio", "picture", "video"}),
    "track": frozenset({"audio", "video"}),
    "rp": frozenset({"ruby"}),
    "rt": frozenset({"ruby"}),
}
#: Elements inside of a line; all others part words.
INLINE = frozenset(
    re.findall(
        r"\w+",
        "a abbr audio b bdi bdo cite code data del dfn em font i img ins kbd mark picture q rp rt ruby s samp small "
        "source span strike strong sub sup time track tt u var video wbr",
    )
)


class Token(NamedTuple):
    """A tag or a text: ``name`` is "" for a text, ``end`` says that a tag ends an element."""

    name: str
    end: bool
    text: str
    start: int = 0

    @property
    def attributes(self) -> dict[str, str]:
        """What the tag says, entities as they stand."""
        return attributes(self.text[1 + len(self.name) : -1])


def tokens(html: str) -> Iterator[Token]:
    """Tags and texts in order; comments are left out. What looks like a tag and is none is text."""
    at = 0
    for match in _TOKEN.finditer(html):
        if match.start() > at:
            yield Token("", False, html[at : match.start()], at)
        at = match.end()
        if match[2]:
            yield Token(match[2].lower(), bool(match[1]), match[0], match.start())
    if at < len(html):
        yield Token("", False, html[at:], at)


def names_in(html: str) -> frozenset[str]:
    """The elements that there are."""
    return frozenset(name.lower() for name in {name for _, name in _NAME.findall(html)})


def depth_of(html: str) -> int:
    """How many elements stand in each other at most; those that hold nothing do not count."""
    deepest = level = 0
    for end, name in _NAME.findall(html):
        if end:
            level -= level > 0 and name.lower() not in VOID
        elif name.lower() not in VOID:
            level += 1
            deepest = max(deepest, level)
    return deepest


class Writer:
    """Writes tags and texts so that every element ends, and (if ``strict``) stands only where it means something.

    ``rename`` tells for an element and the depth that it would have what it is to be called, "" to leave out its tags
    and keep what it holds.
    """

    def __init__(self, rename: Callable[[str, int], str], *, strict: bool = True) -> None:
        self._rename = rename
        self._strict = strict
        self._parts: list[str] = []
        #: Open elements: the name in the source, and the one that was written.
        self._open: list[tuple[str, str]] = []
        self._within: list[str] = []

    def add(self, token: Token) -> None:
        """Write a token."""
        if not token.name:
            self._parts.append(token.text)
        elif token.end:
            self._end(token.name)
        else:
            self._begin(token)

    def text(self) -> str:
        """All that was written, with an end to whatever is still open."""
        while self._open:
            self._close()
        return "".join(self._parts)

    def is_open(self, name: str) -> bool:
        """Whether an element of that name in the source is open."""
        return any(source == name for source, _ in self._open)

    def _begin(self, token: Token) -> None:
        name = self._rename(token.name, len(self._within) + 1)
        if self._strict and name in PARENTS and (self._within[-1] if self._within else "") not in PARENTS[name]:
            name = ""
        if name == token.name:
            self._parts.append(token.text)
        elif name:
            self._parts.append(f"<{name}>")
        else:
            self._part(token.name)
        if token.name not in VOID:
            self._open.append((token.name, name))
            if name:
                self._within.append(name)

    def _end(self, name: str) -> None:
        if name in VOID or not self.is_open(name):
            return
        while self._close() != name:
            pass

    def _close(self) -> str:
        source, written = self._open.pop()
        if written:
            self._within.pop()
            self._parts.append(f"</{written}>")
        else:
            self._part(source)
        return source

    def _part(self, name: str) -> None:
        """Where a block was, words stay apart."""
        if name not in INLINE and self._parts and not self._parts[-1][-1:].isspace():
            self._parts.append(" ")
