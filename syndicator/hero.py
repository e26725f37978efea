"""The featured image in the body: never, always, or where the body does not show it already (rss-43).

Readers show the enclosure and Media RSS each in a way of their own, so that a picture which also stands in the text is
often seen two or three times; others, mail above all, show nothing but the text. So each feed decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import escape, unescape
from urllib.parse import parse_qsl, unquote, urlsplit

from syndicator.model import Entry, Hero, Image

# Safe HTML has attributes in double quotes, and < > & " nowhere else.
_SHOWN = re.compile(r' (src|srcset|poster|href)="([^"]+)"')
# Perhaps several endings, as "a.jpg.webp" is made from "a.jpg".
_TYPE = re.compile(r"(?:\.(?:jpe?g|jfif|a?png|gif|webp|avif|svg|tiff?|bmp|hei[cf]|jxl))+$", re.IGNORECASE)
# What WordPress, Hugo and retina scripts add to the name of a picture that they made smaller.
_SIZE = re.compile(r"(?:-[1-9][0-9]{1,4}x[1-9][0-9]{1,4}|-scaled|@[1-4]x|_hu_?[0-9a-f]{12,64}(?:_[\w.-]*)?)$")
# Parameters of services that scale pictures, and those that only renew a cache: they never name another picture.
_SIZING = frozenset(
    (
        "w", "h", "width", "height", "maxwidth", "maxheight", "fit", "crop", "resize", "size", "quality", "q", "dpr",
        "auto", "fm", "format", "strip", "ssl", "v", "ver",
    )
)  # fmt: skip
_PHOTON = re.compile(r"i[0-3]\.wp\.com")


def with_hero(entry: Entry, hero: Hero) -> Entry:
    """The entry with its featured image at the top of the body, as far as the feed wants it there.

    An entry without a body stays without one, as there its summary is shown. The summary never tells of the picture.
    """
    image = entry.image
    if image is None or hero is Hero.NEVER or not entry.html.strip():
        return entry
    if hero is Hero.ABSENT and shows(entry.html, image.url):
        return entry
    return replace(entry, html=f"{figure(image)}\n{entry.html}")


def figure(image: Image) -> str:
    """Safe HTML that shows an image with its words. Alternative text is never made up: it is the author's or empty."""
    size = f' width="{image.width}" height="{image.height}"' if image.width and image.height else ""
    credit = "" if image.credit in image.caption else image.credit
    words = " — ".join(escape(part, quote=False) for part in (image.caption, credit) if part)
    caption = f"<figcaption>{words}</figcaption>" if words else ""
    return f'<figure><img src="{_attribute(image.url)}" alt="{_attribute(image.alt)}"{size}>{caption}</figure>'


def shows(html: str, url: str) -> bool:
    """Whether safe HTML shows the picture at an address, or leads to it; in other sizes and types too."""
    wanted = _name(url)
    return any(_name(address) == wanted for address in _addresses(html))


def _addresses(html: str) -> Iterator[str]:
    for name, value in _SHOWN.findall(html):
        if name == "srcset":
            yield from (part.split()[0] for part in unescape(value).split(", ") if part.strip())
        else:
            yield unescape(value)


def _name(url: str) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """What two addresses of one picture have in common: host, path without size and type, what else is asked for."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", url, ()
    host, path = parts.netloc.lower(), unquote(parts.path)
    if _PHOTON.fullmatch(host):
        host, _, path = path.lstrip("/").partition("/")
        path = f"/{path}"
    asked = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0].lower() not in _SIZING]
    if ending := _TYPE.search(path):
        path = _SIZE.sub("", path[: ending.start()])
    return host, path, tuple(sorted(asked))


def _attribute(text: str) -> str:
    # As the sanitiser writes attributes: an apostrophe is no sign of markup in double quotes.
    return escape(text, quote=False).replace('"', "&quot;")
