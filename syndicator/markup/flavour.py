"""Which Markdown a site's generator reads, as data: the same marks mean different things to different engines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

#: Left and right single quote, left and right double quote.
CURLY = ("\u2018", "\u2019", "\u201c", "\u201d")

_TRUE = frozenset({"true", "yes", "on"})
_FALSE = frozenset({"false", "no", "off"})
_MOST_DELIMITERS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Flavour:
    """An engine and how the site has set it up; everything that decides what HTML a body becomes.

    ``typographic`` asks for curly ``quotes`` and, with ``symbols``, for dashes, dots and guillemets. ``mark``,
    ``insert``, ``subscript`` and ``superscript`` are ``==a==``, ``++a++``, ``~a~`` and ``^a^``. ``math`` holds pairs of
    delimiters between which nothing is Markdown; kramdown's own need not be named. ``mathml`` sets formulas in type.
    ``raw_html`` off leaves the author's HTML out. ``rooted`` puts addresses that begin with a slash below the site's
    own, base path and all, as Hugo does in its feeds.
    """

    engine: Literal["kramdown", "goldmark", "commonmark"]
    typographic: bool = False
    quotes: tuple[str, str, str, str] = CURLY
    symbols: bool = True
    autolink: bool = True
    hard_wrap: bool = False
    emoji: bool = False
    mark: bool = False
    insert: bool = False
    subscript: bool = False
    superscript: bool = False
    block_attributes: bool = False
    parse_block_html: bool = False
    math: tuple[tuple[str, str], ...] = ()
    mathml: bool = False
    raw_html: bool = True
    rooted: bool = False


#: As Jekyll sets it up: GitHub's input rules, line ends are no breaks, typographic quotes; bare addresses stay text.
KRAMDOWN = Flavour(engine="kramdown", typographic=True, autolink=False)
#: As Hugo sets it up, but for raw HTML, which its default leaves out and most sites let through.
GOLDMARK = Flavour(engine="goldmark", typographic=True, rooted=True)
#: CommonMark with GitHub's extensions, and kramdown's marks taken out where somebody has brought them along.
COMMONMARK = Flavour(engine="commonmark")


def of_jekyll(config: Mapping[str, Any]) -> Flavour:
    """The flavour that ``_config.yml`` asks for by ``markdown`` and ``kramdown``."""
    if str(config.get("markdown", "kramdown")).lower().startswith("commonmark"):
        options = _table(config, "commonmark").get("options")
        smart = isinstance(options, list) and any(str(option).upper() == "SMART" for option in options)
        return replace(COMMONMARK, typographic=smart)
    table = _table(config, "kramdown")
    quirks = table.get("gfm_quirks")
    named = [str(quirk) for quirk in quirks] if isinstance(quirks, list) else str(quirks or "").split(",")
    return replace(
        KRAMDOWN,
        quotes=_quotes_of_kramdown(table.get("smart_quotes")),
        symbols="no_auto_typographic" not in [quirk.strip() for quirk in named],
        hard_wrap=_switch(table, "hard_wrap", default=False),
        parse_block_html=_switch(table, "parse_block_html", default=False),
    )


def of_hugo(config: Mapping[str, Any]) -> Flavour:
    """The flavour that Hugo's configuration asks for below ``markup.goldmark``; its keys are read in any case."""
    mark = _table(_table(config, "markup"), "goldmark")
    extensions, renderer = _table(mark, "extensions"), _table(mark, "renderer")
    extras = _table(extensions, "extras")
    typographer = _table(extensions, "typographer")
    from html import unescape

    names = ("leftSingleQuote", "rightSingleQuote", "leftDoubleQuote", "rightDoubleQuote")
    written = [unescape(str(_value(typographer, name) or usual)) for name, usual in zip(names, CURLY, strict=True)]
    return replace(
        GOLDMARK,
        typographic=_switch(extensions, "typographer", default=True)
        and not _switch(typographer, "disable", default=False),
        quotes=(written[0], written[1], written[2], written[3]),
        autolink=_switch(extensions, "linkify", default=True),
        hard_wrap=_switch(renderer, "hardWraps", default=False),
        emoji=_switch(config, "enableEmoji", default=False),
        mark=_switch(_table(extras, "mark"), "enable", default=False),
        insert=_switch(_table(extras, "insert"), "enable", default=False),
        subscript=_switch(_table(extras, "subscript"), "enable", default=False),
        superscript=_switch(_table(extras, "superscript"), "enable", default=False),
        block_attributes=_switch(_table(_table(mark, "parser"), "attribute"), "block", default=False),
        math=_delimiters(_table(extensions, "passthrough")),
        raw_html=_switch(renderer, "unsafe", default=False),
    )


def _quotes_of_kramdown(value: object) -> tuple[str, str, str, str]:
    """``lsquo,rsquo,ldquo,rdquo`` or four other names of entities."""
    from html import unescape

    names = [str(name).strip() for name in value] if isinstance(value, list) else str(value or "").split(",")
    if len(names) != 4:
        return CURLY
    signs = [unescape(f"&{name.strip()};") for name in names]
    return (signs[0], signs[1], signs[2], signs[3]) if all(len(sign) == 1 for sign in signs) else CURLY


def _delimiters(passthrough: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    if not _switch(passthrough, "enable", default=False):
        return ()
    found: list[tuple[str, str]] = []
    table = _table(passthrough, "delimiters")
    for kind in ("block", "inline"):
        pairs = _value(table, kind)
        found += [
            (str(pair[0]), str(pair[1]))
            for pair in (pairs if isinstance(pairs, list) else ())
            if isinstance(pair, list) and len(pair) == 2 and all(pair)
        ]
    return tuple(found[:_MOST_DELIMITERS])


def _value(table: Mapping[str, Any], name: str) -> Any:
    if name in table:
        return table[name]
    return next((value for key, value in table.items() if str(key).lower() == name.lower()), None)


def _table(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = _value(table, name)
    return found if isinstance(found, Mapping) else {}


def _switch(table: Mapping[str, Any], name: str, *, default: bool) -> bool:
    """A yes or no, which may be text; what is neither leaves the default."""
    written = str(_value(table, name)).lower()
    return written in _TRUE or (default and written not in _FALSE)
