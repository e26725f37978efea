"""The body of a post out of the page that its generator has made."""

from __future__ import annotations

from typing import Any

from lxml import etree

from syndicator.markup.selectors import USUAL, xpaths


def extract(page: bytes, selector: str = "") -> str | None:
    """What is inside of the first element that fits, the first of several selectors that fits any; None for nothing.

    The HTML is as it stands there: not safe, addresses relative. libxml2 keeps to its own limits of depth and size.
    """
    parser = etree.HTMLParser(encoding=None if b"charset" in page[:2_048].lower() else "utf-8", remove_comments=True)
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
