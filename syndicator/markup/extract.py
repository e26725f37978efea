"""The body of a post out of the page that its generator has made."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from syndicator.markup.selectors import USUAL, xpaths
from syndicator.markup.weight import weigh_tags

# Where a tag need not begin with the byte of "<"; pages of our day are in none of these.
_UNWEIGHED = re.compile(
    rb"""charset\s*=\s*["']?\s*(?:utf-?7|utf-?16|utf-?32|ucs|iso-?2022|hz|ebcdic|ibm)""", re.IGNORECASE
)


def extract(page: bytes, selector: str = "") -> str | None:
    """What is inside of the first element that fits, the first of several selectors that fits any; None for nothing.

    The HTML is as it stands there: not safe, addresses relative. libxml2 keeps to its own limits of depth and size, and
    what else could keep it busy is weighed. Raises TooHeavy.
    """
    parser = etree.HTMLParser(encoding=None if b"charset" in page[:2_048].lower() else "utf-8", remove_comments=True)
    if b"\0" in page or _UNWEIGHED.search(page, 0, 2_048):
        return None
    weigh_tags(page.decode("latin-1"))
    try:
        root: Any = etree.fromstring(page, parser)
    except (etree.LxmlError, ValueError):
        return None
    if root is None:  # whatever the types say: a page with nothing but a comment
        return None
    found = next((elements[0] for path in xpaths(selector or USUAL) if (elements := root.xpath(path))), None)
    return None if found is None else _inside(found)


def _inside(element: Any) -> str:
    parts = [_escaped(element.text or "")]
    parts += [etree.tostring(child, method="html", encoding="unicode") for child in element]
    return "".join(parts).strip()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
