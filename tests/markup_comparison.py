"""HTML compared by what it shows: elements, attributes that matter and text, after the sanitiser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import html5lib

from syndicator.markup.sanitize import sanitize

_PERMALINK = "https://news.example.org/2023/08/24/post.html"
_BOX = re.compile(r"<input\b[^>]*\btype=\"checkbox\"[^>]*>\s*")
_ALIGNED = re.compile(r'style="text-align: (\w+)"')
_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "p li ul ol dl dt dd table thead tbody tfoot tr td th blockquote div pre h1 h2 h3 h4 h5 h6 hr br figure "
        "figcaption section details summary DOCUMENT_FRAGMENT",
    )
)


def shown(html: str) -> list[str]:
    """What a reader gets, a tag or a text an item. Left out are ids, the spans of highlighted code, white space that no
    browser shows, where links inside of the entry lead, and how a form's box is written.
    """
    html = _BOX.sub(
        lambda box: "☑ " if "checked" in box[0].replace('"checkbox"', "").replace("-checkbox", "") else "☐ ", html
    )
    html = _ALIGNED.sub(r'align="\1"', html)
    safe = sanitize(html, permalink=_PERMALINK, prefix="e1-").replace("\ufe0e", "")
    tree = html5lib.parseFragment(safe, treebuilder="etree", namespaceHTMLElements=False)
    return _settled(list(_walk(tree, pre=False)))


def _walk(element: Any, *, pre: bool) -> Iterator[tuple[str, str]]:
    tag = element.tag
    pre = pre or tag == "pre"
    if tag != "span":
        kept = sorted(
            f' {name}="{value}"'
            for name, value in element.attrib.items()
            if name not in ("id", "name") and not value.startswith(f"{_PERMALINK}#")
        )
        yield tag, f"<{tag}{''.join(kept)}>"
    yield "", element.text or "" if pre else re.sub(r"[ \t\n]+", " ", element.text or "")
    for child in element:
        yield from _walk(child, pre=pre)
        yield "", child.tail or "" if pre else re.sub(r"[ \t\n]+", " ", child.tail or "")
    if tag != "span":
        yield tag, f"</{tag}>"


def _settled(pieces: list[tuple[str, str]]) -> list[str]:
    joined: list[tuple[str, str]] = []
    for tag, text in pieces:
        if not tag and joined and not joined[-1][0]:
            joined[-1] = ("", joined[-1][1] + text)
        elif tag or text:
            joined.append((tag, text))
    found: list[str] = []
    for number, (tag, written) in enumerate(joined):
        text = written
        if not tag and number and joined[number - 1][0] in _BLOCKS and joined[number - 1][0] != "pre":
            text = text.lstrip(" ")
        if not tag and number + 1 < len(joined) and joined[number + 1][0] in _BLOCKS:
            text = text.rstrip(" \n")
        if text:
            found.append(text)
    return found
