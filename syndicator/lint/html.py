"""HTML within a feed: what readers strip, what they cannot resolve, and markup where text is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5

from syndicator.lint.findings import Note, quoted
from syndicator.lint.fragment import Tag, tags_of
from syndicator.lint.values import scheme_of
from syndicator.lint.words import words

_RISKY = words("script object embed iframe meta link style base applet frame frameset noscript param xml bgsound layer")
_DOCUMENT = frozenset({"html", "head", "body", "title"})
_KNOWN = words(
    "a abbr acronym address area article aside audio b bdi bdo big blink blockquote br button canvas caption center "
    "cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em fieldset figcaption figure "
    "font footer form h1 h2 h3 h4 h5 h6 header hgroup hr i img input ins kbd label legend li main map mark marquee "
    "menu meter nav nobr ol optgroup option output p picture pre progress q rb rp rt rtc ruby s samp search section "
    "select slot small source span strike strong sub summary sup table tbody td template textarea tfoot th thead "
    "time tr track tt u ul var video wbr"
)
# Formulas: HTML has all of MathML's core in it.
_FORMULAS = words(
    "math maction annotation annotation-xml menclose merror mfenced mfrac mi mmultiscripts mn mo mover mpadded "
    "mphantom mprescripts mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder "
    "munderover none semantics"
)
_ELEMENTS = _RISKY | _DOCUMENT | _KNOWN
#: Attributes that hold one address.
_ADDRESSES = {
    "href": frozenset({"a", "area"}),
    "src": frozenset({"img", "audio", "video", "source", "track", "input"}),
    "poster": frozenset({"video"}),
    "cite": frozenset({"blockquote", "q", "del", "ins"}),
    "longdesc": frozenset({"img"}),
}
_PROPERTIES = words(
    "azimuth background-color border border-bottom border-collapse border-color border-left border-right border- "
    "spacing border-style border-top border-width clear color cursor direction display elevation float font font- "
    "family font-size font-style font-variant font-weight height letter-spacing line-height list-style-type margin "
    "margin-bottom margin-left margin-right margin-top max-height max-width min-height min-width overflow padding "
    "padding-bottom padding-left padding-right padding-top page-break-after pause quotes richness speak speech-rate "
    "stress text-align text-decoration text-indent text-transform unicode-bidi vertical-align voice-family volume "
    "white-space width word-spacing"
)
_SIMPLE = re.compile(r"[\w\s%.,#!'\"()+-]*")
_BAD_VALUE = re.compile(r"url|expression|flex|grid|@import", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#(?:\d|x[0-9A-Fa-f])|([A-Za-z][A-Za-z0-9]{1,31});)")
_MARKUP = re.compile(r"</?([A-Za-z][A-Za-z0-9-]{0,40})(?=[\s/>])")
_CANDIDATE = re.compile(r"[^\s,]\S*")


def check_html(line: int, name: str, text: str, *, base: bool = False) -> Iterator[Note]:
    """rss-37, jsonfeed-38: each rule once an element of the feed, with its first place.

    ``line`` is where the text begins; with ``base`` relative addresses are resolved by ``xml:base``.
    """
    said: set[tuple[str, str]] = set()
    counted = at = 0
    for tag in tags_of(text):
        for rule, message in _of_tag(tag, base=base):
            if (rule, message) not in said and len(said) < 50:
                said.add((rule, message))
                counted, at = counted + text.count("\n", at, tag.position), tag.position
                yield Note(rule, line + counted, f"{name} {message}")


def check_plain(line: int, name: str, text: str, source: str) -> Iterator[Note]:
    """rss-48: what looks like markup in RSS's text; its line in the ``source`` says by ``&#x`` that it is meant so."""
    if "&#x" in source:
        return
    if _MARKUP.search(text):
        yield Note("ContainsHTML", line, f"{name} {quoted(text)} looks like HTML and is read as text")
    elif has_entity(text):
        yield Note("CharacterData", line, f"{name} {quoted(text)} holds an entity of HTML, escaped twice")


def has_entity(text: str) -> bool:
    """Whether the text holds a character reference as HTML has them."""
    return any(found[1] is None or f"{found[1]};" in html5 for found in _ENTITY.finditer(text))


def has_markup(text: str) -> bool:
    """Whether the text holds a tag of HTML; people write ``<beta>``, too."""
    return any(found[1].lower() in _ELEMENTS for found in _MARKUP.finditer(text))


def _of_tag(tag: Tag, *, base: bool) -> Iterator[tuple[str, str]]:
    if tag.name in _DOCUMENT:
        yield "HtmlFragment", f"has <{tag.name}>: it is to be a fragment, not a document"
    elif tag.name in _RISKY:
        yield "SecurityRisk", f"has <{tag.name}>, which readers remove"
        return
    elif tag.name not in _KNOWN | _FORMULAS:
        yield "NotHtml", f"has {quoted('<' + tag.name + '>')}, which is no element of HTML"
    for key, value in tag.attributes.items():
        if key.startswith("on") and key != "on":
            yield "SecurityRiskAttr", f"has the attribute {quoted(key)}, which runs a script"
        elif key == "style":
            yield from _of_style(value)
    yield from _of_addresses(tag, base=base)


def _of_style(style: str) -> Iterator[tuple[str, str]]:
    for declaration in style.split(";"):
        key, _, value = declaration.partition(":")
        if not key.strip():
            continue
        if key.strip().lower() not in _PROPERTIES or not _SIMPLE.fullmatch(value) or _BAD_VALUE.search(value):
            yield "DangerousStyleAttr", f"has the style {quoted(declaration.strip())}, which readers remove"
            return


def _of_addresses(tag: Tag, *, base: bool) -> Iterator[tuple[str, str]]:
    addresses = [
        (key, tag.attributes[key].strip()) for key, owners in _ADDRESSES.items()
        if tag.name in owners and key in tag.attributes
    ]  # fmt: skip
    if tag.name in ("img", "source") and "srcset" in tag.attributes:
        # A candidate is an address, then perhaps a size; what is left of a comma or a size is no address.
        parts = tag.attributes["srcset"].split(", ")
        addresses += [("srcset", found[0]) for part in parts if (found := _CANDIDATE.search(part))]
    for key, value in addresses:
        scheme = scheme_of("".join(value.split()))
        if scheme in ("javascript", "vbscript"):
            yield "SecurityRiskAttr", f"has the {key} {quoted(value)}, which runs a script"
        elif not scheme and not base:
            yield "ContainsRelRef", f"has the {key} {quoted(value)}, which leads nowhere from a reader"
    if tag.name == "img" and "src" not in tag.attributes and {"data-src", "data-lazy-src"} & tag.attributes.keys():
        yield "LazyImage", "has an image that only a script would load"
