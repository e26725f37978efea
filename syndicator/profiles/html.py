"""The HTML of an entry as a partner takes it: fewer elements, less depth, less text, without certain pictures."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from html import escape, unescape

from syndicator.markup.summary import cut
from syndicator.profiles.tags import INLINE, VOID, Token, Writer, depth_of, names_in, tokens

_BREAK = r"<br(?: [^<>]*)?/?>"
_BREAKS = re.compile(rf"{_BREAK}(?:\s*{_BREAK})+", re.IGNORECASE)
_ONE_BREAK = re.compile(_BREAK, re.IGNORECASE)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
#: What has to fit below an element for it to be worth anything.
_ROOM = {"table": 3, "tbody": 2, "thead": 2, "tfoot": 2, "tr": 1, "ol": 1, "ul": 1, "dl": 1, "ruby": 1, "colgroup": 0}
#: A picture goes together with these where they hold nothing else to see.
_AROUND_PICTURES = frozenset({"a", "figure", "picture"})
#: Elements that are something to see though they hold no text.
_SEEN = frozenset({"audio", "iframe", "img", "video"})
_PLAYERS = frozenset({"audio", "video"})
_FETCHED = ("src", "poster")
_SIZES = re.compile(r'(<(?:img|source)\b[^<>]*?) srcset="([^"<>]*)"', re.IGNORECASE)
# One of several addresses; a comma inside of one is not followed by a scheme.
_PLAIN = re.compile(r"(?:\A|[\s,])http:", re.IGNORECASE)


def allow(html: str, elements: Collection[str]) -> tuple[str, tuple[str, ...]]:
    """The HTML in these elements alone, and the names of those that went, sorted.

    What they hold stays: a block becomes a div or a paragraph where these are allowed, a heading the nearest that is,
    lines of code keep their ends as breaks, a formula its text.
    """
    gone: set[str] = set()
    if names_in(html) <= frozenset(elements):
        return html, ()

    def rename(name: str, _: int) -> str:
        if name in elements:
            return name
        gone.add(name)
        if name in _HEADINGS:
            return _nearest_heading(name, elements)
        if name in VOID or name in INLINE or name == "math":
            return ""
        return "div" if "div" in elements else ""

    writer = Writer(rename)
    formula = 0
    for token in tokens(html):
        if "math" not in elements and (token.name == "math" or formula):
            if token.name == "math":
                formula += -1 if token.end else 1
                gone.add("math")
                if not token.end and formula == 1:
                    writer.add(Token("", False, escape(unescape(token.attributes.get("alttext", "")), quote=False)))
            formula = max(formula, 0)
        elif not token.name and "pre" not in elements and "br" in elements and writer.is_open("pre"):
            writer.add(Token("", False, token.text.strip("\n").replace("\n", "<br>")))
        else:
            writer.add(token)
    return writer.text(), tuple(sorted(gone))


def flatten(html: str, depth: int) -> tuple[str, int]:
    """The HTML with no element deeper than that, and how deep it was. What lies deeper keeps its text and no more."""
    deepest = depth_of(html)
    if deepest <= depth:
        return html, deepest

    def rename(name: str, at: int) -> str:
        return name if name in VOID or at + _ROOM.get(name, 0) <= depth else ""

    writer = Writer(rename)
    for token in tokens(html):
        writer.add(token)
    return writer.text(), deepest


def fewer_breaks(html: str, most: int) -> tuple[str, int]:
    """The HTML with no more line breaks in a row than that, and the longest row there was."""
    longest = 0
    if html.count("<br") + html.count("<BR") < 2:
        return html, 0

    def shorten(match: re.Match[str]) -> str:
        nonlocal longest
        breaks = _ONE_BREAK.findall(match[0])
        longest = max(longest, len(breaks))
        return match[0] if len(breaks) <= most else "".join(breaks[:most])

    return _BREAKS.sub(shorten, html), longest


def truncate(html: str, limit: int) -> str:
    """At most ``limit`` characters (code points) of text, cut between words, never inside an entity; all tags end.

    HTML that fits stays as it is.
    """
    if length_of(html) <= limit:
        return html
    writer = Writer(lambda name, _: name, strict=False)
    room = limit
    for token in tokens(html):
        if token.name:
            writer.add(token)
            continue
        text = unescape(token.text)
        if len(text) < room:
            writer.add(token)
            room -= len(text)
            continue
        writer.add(Token("", False, escape(cut(text + " …", room), quote=False)))
        break
    return writer.text()


def length_of(html: str) -> int:
    """How many characters (code points) of text there are."""
    if "<" not in html and "&" not in html:
        return len(html)
    return sum(len(unescape(token.text)) for token in tokens(html) if not token.name)


def addresses_of_pictures(html: str) -> tuple[str, ...]:
    """Where the pictures in the text are."""
    if "<img" not in html and "<IMG" not in html:
        return ()
    return tuple(
        unescape(source) for token in tokens(html)
        if token.name == "img" and (source := token.attributes.get("src", ""))
    )  # fmt: skip


def without_pictures(html: str, refused: Callable[[str], bool]) -> str:
    """The HTML without pictures at refused addresses; figures, links and captions that are about them alone go too."""
    kept: list[str] = []
    at = 0
    for start, end in sorted(_spans(html, refused), key=lambda span: (span[0], -span[1])):
        if start >= at:
            kept.append(html[at:start])
            at = end
    return "".join((*kept, html[at:]))


def over_https(html: str) -> str:
    """The HTML without pictures and players that are fetched without https, and pictures without such other sizes."""
    if any(not is_secure(url) for url in addresses_of_pictures(html)):
        html = without_pictures(html, lambda url: not is_secure(url))
    if "http:" not in html.casefold():
        return html
    kept: list[str] = []
    at = 0
    for start, end in _insecure_players(html):
        kept.append(html[at:start])
        at = end
    html = "".join((*kept, html[at:]))
    return _SIZES.sub(lambda match: match[1] if _PLAIN.search(match[2]) else match[0], html)


def is_secure(url: str) -> bool:
    """Whether an address is fetched over https."""
    return url.casefold().startswith("https:")


def _insecure_players(html: str) -> Iterator[tuple[int, int]]:
    """Where players begin and end of which some part is fetched without https."""
    begin, name, refused = 0, "", False
    for token in tokens(html):
        if not name and token.name in _PLAYERS and not token.end:
            begin, name, refused = token.start, token.name, False
        if name and token.name and not token.end:
            urls = (unescape(token.attributes.get(key, "")) for key in _FETCHED)
            refused = refused or any(url and not is_secure(url) for url in urls)
        if name and token.end and token.name == name:
            name = ""
            if refused:
                yield begin, token.start + len(token.text)


@dataclass(slots=True)
class _Around:
    """An open element that may go with the picture in it: whether one goes, and whether there is more to see."""

    name: str
    start: int
    refused: bool = False
    more: bool = False


def _spans(html: str, refused: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
    """Where refused pictures begin and end, alone and with what is around them."""
    around: list[_Around] = []
    for token in tokens(html):
        end = token.start + len(token.text)
        if token.name == "img" and refused(unescape(token.attributes.get("src", ""))):
            yield token.start, end
            for element in around:
                element.refused = True
        elif token.name in _SEEN and not token.end:
            for element in around:
                element.more = True
        elif token.name in _AROUND_PICTURES and not token.end:
            around.append(_Around(token.name, token.start))
        elif token.name in {element.name for element in around}:
            while (element := around.pop()).name != token.name:
                pass
            if element.refused and not element.more:
                yield element.start, end
        elif not token.name and around and around[-1].name == "a" and token.text.strip():
            around[-1].more = True


def _nearest_heading(name: str, elements: Collection[str]) -> str:
    level = _HEADINGS.index(name)
    known = [at for at, heading in enumerate(_HEADINGS) if heading in elements]
    if not known:
        return "p" if "p" in elements else ""
    return _HEADINGS[min(known, key=lambda at: (abs(at - level), at))]
