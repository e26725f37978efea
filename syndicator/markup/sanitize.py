"""HTML from anybody made safe for any reader: an allow-list, absolute addresses, ids of the entry's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property, lru_cache
from html import escape, unescape

import nh3

from syndicator.markup import mathml as formulas
from syndicator.markup.attributes import attribute_values, attributes
from syndicator.markup.links import FETCHABLE, absolute, below, encode, host, path_of, srcset
from syndicator.markup.weight import TooHeavy, bounded, weigh_tags
from syndicator.text import legal


def _names(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


_TAGS = _names(
    "a abbr address article aside audio b bdi bdo blockquote br caption cite code col colgroup data dd del details",
    "dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup hr i img ins kbd li main mark ol p",
    "picture pre q rp rt ruby s samp section small source span strong sub summary sup table tbody td tfoot th thead",
    "time tr track u ul var video wbr",
)
# Gone with all that is in them; other unknown elements go and leave their content.
_GONE = _names(
    "annotation annotation-xml applet button datalist frameset iframe noembed noframes noscript plaintext script",
    "select style svg template textarea title xmp",
)
_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    tag: _names(names)
    for tag, names in {
        "*": "dir id lang title",
        "a": "href hreflang name",
        "audio": "data-src loop src",
        "blockquote": "cite",
        "code": "class",
        "col": "span",
        "colgroup": "span",
        "data": "value",
        "del": "cite datetime",
        "details": "open",
        "img": "alt data-lazy data-lazy-src data-lazy-srcset data-original data-src data-srcset height sizes src "
        "srcset width",
        "ins": "cite datetime",
        "li": "value",
        "ol": "reversed start type",
        "q": "cite",
        "source": "data-src data-srcset height media sizes src srcset type width",
        "td": "align colspan headers rowspan",
        "th": "abbr align colspan headers rowspan scope",
        "time": "datetime",
        "track": "default kind label src srclang",
        "video": "data-src height loop muted poster src width",
    }.items()
}


@lru_cache(maxsize=2)
def _cleaner(*, mathml: bool) -> nh3.Cleaner:
    elements = formulas.ELEMENTS if mathml else frozenset[str]()
    more = dict.fromkeys(elements, formulas.ATTRIBUTES)
    return nh3.Cleaner(
        tags={*_TAGS, *elements},
        clean_content_tags=set(_GONE),
        attributes={tag: set(names) for tag, names in {**_ATTRIBUTES, **more}.items()},
        # A player without controls cannot be started in a reader.
        set_tag_attribute_values={"audio": {"controls": ""}, "video": {"controls": ""}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )


# nh3 writes attributes in double quotes with < > & " escaped, so these see its tags exactly.
_TAG = re.compile(r'<([a-z][a-z0-9]*)((?: [a-z-]+="[^"]*")+)>')
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
_ANCHOR = re.compile(r' (id|name|href)="([^"]+)"')
_HEADINGS = _names("h1 h2 h3 h4 h5 h6")
_EMPTY_PARAGRAPH = re.compile(r"<p>\s*</p>\n?")
# A parser takes the first line end in pre away, and nh3 does not write it again.
_PRE = re.compile(r"<pre(?: [^<>]*)?>\n")
_LANGUAGE = re.compile(r"(?<!\S)language-[\w+#.-]+")
_LAZY = {
    "data-lazy": "src", "data-lazy-src": "src", "data-original": "src", "data-src": "src",
    "data-lazy-srcset": "srcset", "data-srcset": "srcset",
}  # fmt: skip

# Before nh3, on any HTML. A tag that has another "<" outside of quotes is none: this keeps the search linear.
_IFRAME = re.compile(r"""<iframe\b((?>(?:[^'"<>]++|"[^"]*"|'[^']*')*))>(?:[^<]*+</iframe\s*>)?""", re.IGNORECASE)
# The picture that sites show where no script loads it late.
_UNSCRIPTED = re.compile(
    r"""<noscript\b[^<>]*>\s*(<img\b(?>(?:[^'"<>]++|"[^"]*"|'[^']*')*)>)\s*</noscript\s*>""", re.IGNORECASE
)
# nh3 drops what is in MathML; without its marks at least the text of a formula stays.
_MATH = re.compile(
    r"</?(?:math|semantics|m(?:action|error|fenced|frac|i|n|o|over|padded|phantom|root|row|s|space|sqrt|sub|subsup|sup"
    r"|table|td|text|tr|under|underover))\b[^<>]*>",
    re.IGNORECASE,
)
_ANY_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
# Elements that hold nothing, or that the next one of their kind closes.
_FLAT = _names(
    "area base br col dd dt embed hr img input li link meta option p param source tbody td tfoot th thead tr track wbr"
)
_MOST_WEIGHT = 1_000_000
_LIGHT = 1_000
# What stands in them may be the name of a host, and these take long to write in ASCII.
_ADDRESSES = _names("cite href poster src srcset")
_MOST_ODD = 20_000
_MOST_CANDIDATES = 200


def sanitize(html: str, *, permalink: str, prefix: str, mathml: bool = False, root: str = "") -> str:
    """A balanced HTML fragment that is safe in any reader (rss-37, atom-44, jsonfeed-38).

    Scripts, styles, forms, drawings, event handlers and classes are gone (a code block keeps ``language-…``); frames
    are links; every address is absolute against ``permalink``, one that begins with a slash below ``root``, if that is
    given; images that are loaded late are loaded at once; an image without an address that readers may fetch gives way
    to its text. Ids stay where a link inside the entry needs them and begin with ``prefix``, in the link too. Only
    characters that XML allows. ``mathml`` lets formulas through, of which else only the text stays.

    Raises TooHeavy, with a reason for people, when the HTML is too large or nested too deep to be honest.
    """
    _weigh(html)
    if "<iframe" in html or "<IFRAME" in html:
        html = _IFRAME.sub(lambda match: _frame_link(match, permalink), html)
    if "<noscript" in html:
        html = _scripted(html)
    if "<math" in html and not mathml:
        html = _MATH.sub("", html)
    html = legal(_cleaner(mathml=mathml).clean(html)).replace("&nbsp;", "\u00a0")
    html = _TAG.sub(_Rewriter(html, permalink, prefix, path_of(root) if root else "").tag, html)
    if "<pre" in html:
        html = _PRE.sub(r"\g<0>\n", html)
    return _EMPTY_PARAGRAPH.sub("", html.replace("<img>", "")).strip()


class _Rewriter:
    """The second half of sanitising: attributes of clean tags, with the whole element in view."""

    def __init__(self, html: str, permalink: str, prefix: str, path: str = "") -> None:
        self.permalink = permalink
        self.prefix = prefix
        self.path = path
        self._wanted = self._targets(html) if ' id="' in html or ' name="' in html else frozenset[str]()
        self._used: set[str] = set()
        self._written = self._odd = 0

    @cached_property
    def page(self) -> str:
        """The entry's own address, as links to a place in it begin."""
        return encode(self.permalink).partition("#")[0]

    def tag(self, match: re.Match[str]) -> str:
        name = match[1]
        attributes: dict[str, str] = dict(_ATTRIBUTE.findall(match[2]))
        if " data-" in match[2]:
            for late, plain in _LAZY.items():
                if value := attributes.pop(late, ""):
                    attributes[plain] = value
        if "name" in attributes:
            attributes.setdefault("id", attributes.pop("name"))
        kept = [(key, text) for key, value in attributes.items() if (text := self._value(name, key, value)) is not None]
        if name == "img" and not any(key in ("src", "srcset") for key, _ in kept):
            return attributes.get("alt", "")
        written = "".join([f' {key}="{text}"' for key, text in kept])
        # Short addresses become long ones here.
        self._written += len(written)
        bounded(self._written)
        return f"<{name}{written}>"

    def _value(self, tag: str, key: str, value: str) -> str | None:
        """The attribute's new value, still escaped; None when it goes."""
        if tag in formulas.ELEMENTS and key in formulas.ATTRIBUTES and key != "alttext":
            return value if formulas.is_harmless(value) else None
        if key in _ADDRESSES and not (value.isascii() and "%" not in value):
            self._odd += 1 + value.count(",")
            if self._odd > _MOST_ODD:
                raise TooHeavy(f"has more than {_MOST_ODD:,} addresses in other letters than those of English")
        if key in ("src", "poster"):
            return _escaped(absolute(self._below(value), self.permalink, allowed=FETCHABLE))
        if key == "href":
            return _escaped(self._link(self._below(value)))
        if key == "srcset":
            if value.count(",") > _MOST_CANDIDATES:
                return None
            return _escaped(srcset(self._below(value, several=True), self.permalink))
        if key == "cite":
            return _escaped(absolute(unescape(value), self.permalink, allowed=FETCHABLE))
        if key == "id":
            return self._id(tag, value)
        if key == "class":
            language = _LANGUAGE.search(value)
            return language[0] if language else None
        return value

    def _below(self, value: str, *, several: bool = False) -> str:
        written = unescape(value)
        return below(written, self.path, several=several) if self.path else written

    def _link(self, url: str) -> str:
        full = absolute(url, self.permalink)
        page, mark, fragment = full.partition("#")
        if mark and fragment in self._wanted and page == self.page:
            return f"{page}#{self._own(fragment)}"
        return full

    def _id(self, tag: str, value: str) -> str | None:
        name = _fragment(value)
        if tag in _HEADINGS or name not in self._wanted or name in self._used:
            return None
        self._used.add(name)
        return _escaped(self._own(name))

    def _own(self, name: str) -> str:
        return name if name.startswith(self.prefix) else self.prefix + name

    def _targets(self, html: str) -> frozenset[str]:
        """Ids that a link inside of the entry leads to, as they stand in addresses."""
        ids: set[str] = set()
        aims: set[str] = set()
        for match in _TAG.finditer(html):
            for key, value in _ANCHOR.findall(match[2]):
                if key != "href":
                    if match[1] not in _HEADINGS:
                        ids.add(_fragment(value))
                elif "#" in value:
                    page, _, fragment = absolute(self._below(value), self.permalink).partition("#")
                    if page == self.page:
                        aims.add(fragment)
        return frozenset(ids & aims)


def _fragment(value: str) -> str:
    return encode("#" + unescape(value))[1:]


def _escaped(url: str) -> str | None:
    return url.replace("&", "&amp;") if url else None


def _frame_link(match: re.Match[str], permalink: str) -> str:
    """A link in the place of a frame: what it shows is one click away, and no foreign page runs in a reader."""
    found = attributes(match[1])
    source = unescape(found.get("data-src") or found.get("src") or "")
    url = absolute(source, permalink, allowed=FETCHABLE)
    if not url:
        return ""
    text = unescape(found.get("title", "")).strip() or f"Embedded content: {host(url)}"
    link = f'<a href="{escape(url)}">{escape(text)}</a>'
    alone = match.start() == 0 or match.string[match.start() - 1] == "\n"
    return f"<p>{link}</p>" if alone else link


def _scripted(html: str) -> str:
    """Pictures for readers without scripts are shown, unless the one that is loaded late is the same."""
    late = attribute_values(_UNSCRIPTED.sub("", html))

    def shown(match: re.Match[str]) -> str:
        return "" if attributes(match[1]).get("src") in late else match[1]

    return _UNSCRIPTED.sub(shown, html)


def _weigh(html: str) -> None:
    """Refuse what would keep the parser busy for minutes: its work grows with the depth at each tag."""
    weigh_tags(html)
    if html.count("<") <= _LIGHT:
        return
    depth = weight = 0
    for closing, name in _ANY_TAG.findall(html):
        if closing:
            depth -= name.lower() not in _FLAT and depth > 0
        else:
            weight += depth
            depth += name.lower() not in _FLAT
    if weight > _MOST_WEIGHT:
        raise TooHeavy("its HTML is nested too deep (elements that are opened and never closed?)")
