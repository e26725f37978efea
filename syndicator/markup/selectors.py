"""Selectors of CSS as XPath: tags, classes, ids, attributes, ``a b`` and ``a > b``, as much as finding a post takes."""

from __future__ import annotations

import re

#: Where the themes of the usual generators keep the text of a post, the surest sign first.
USUAL = (
    ".e-content, .post-content, .entry-content, .post-body, .article-content, .article-body, .post__content, "
    ".page__content, .markdown-body, [itemprop=articleBody], article .content, main article, article"
)

_STEP = re.compile(
    r"([A-Za-z][A-Za-z0-9_-]*|\*)?"
    r"((?:[.#][\w-]+|\[\s*[A-Za-z_][A-Za-z0-9_-]*\s*(?:~?=\s*(?:\"[^\"\]]*\"|'[^'\]]*'|[\w-]+)\s*)?\])*)"
)
_PART = re.compile(
    r"([.#])([\w-]+)|\[\s*([A-Za-z_][A-Za-z0-9_-]*)\s*(?:(~?=)\s*(?:\"([^\"\]]*)\"|'([^'\]]*)'|([\w-]+))\s*)?\]"
)
_BETWEEN = re.compile(r"\s*([>,])\s*|\s+")
_LONGEST = 1_000


def xpaths(selector: str) -> tuple[str, ...]:
    """One XPath for each selector between commas. Raises ValueError, saying where it cannot be read."""
    if len(selector) > _LONGEST:
        raise ValueError("it is too long")
    found: list[str] = []
    path, at, axis = "", 0, "//"
    text = selector.strip()
    while True:
        step = _STEP.match(text, at)
        if step is None or step.end() == at:
            raise ValueError(f"it cannot be read from {text[at : at + 20]!r} on")
        path += f".{axis}" if not path else axis
        path += (step[1] or "*").lower() + "".join(_condition(part) for part in _PART.finditer(step[2]))
        at = step.end()
        if at == len(text):
            return (*found, path)
        between = _BETWEEN.match(text, at)
        if between is None:
            raise ValueError(f"it cannot be read from {text[at : at + 20]!r} on")
        at, axis = between.end(), "/" if between[1] == ">" else "//"
        if between[1] == ",":
            found.append(path)
            path = ""


def _condition(part: re.Match[str]) -> str:
    kind, name, attribute, sign, double, single, bare = part.groups()
    if kind == ".":
        return f"[contains(concat(' ', normalize-space(@class), ' '), ' {name} ')]"
    if kind == "#":
        return f"[@id='{name}']"
    if sign is None:
        return f"[@{attribute}]"
    value = next(text for text in (double, single, bare) if text is not None)
    quote = "'" if "'" not in value else '"'
    if sign == "~=":
        return f"[contains(concat(' ', normalize-space(@{attribute}), ' '), {quote} {value} {quote})]"
    return f"[@{attribute}={quote}{value}{quote}]"
