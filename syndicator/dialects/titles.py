"""Titles of posts that name none, and terms as people list them: what the dialects without rules of their own share."""

from __future__ import annotations

import re
from typing import Any

_FENCE = re.compile(r" {0,3}(```|~~~)")
_HEADING = re.compile(r" {0,3}#[ \t]++(.*)")
_UNDERLINE = re.compile(r" {0,3}=++[ \t]*+")
_NO_PARAGRAPH = re.compile(r"[ \t]*+(?:[-*+>#|<=]|\d{1,9}[.)]|\Z)|    |\t")
_WORDS = re.compile(r"[-_\s]+")


def heading(body: str) -> str:
    """The first heading of the first level, "" for none: ``# Title`` outside code, a line underlined with ``=``, or
    ``<h1>``.
    """
    found = _markdown_heading(body) if "# " in body or "#\t" in body or "\n=" in body else ""
    return found or (_html_heading(body) if "<h1" in body or "<H1" in body else "")


def from_name(slug: str) -> str:
    """A file's name as words."""
    name = _WORDS.sub(" ", slug).strip()
    return name[:1].upper() + name[1:]


def listed(value: object) -> list[Any]:
    """A list as it is; text is one term, or several with commas between them."""
    if isinstance(value, str):
        return value.split(",")
    return value if isinstance(value, list) else [value]


def _markdown_heading(body: str) -> str:
    fence = ""
    lines = body.split("\n")
    for at, line in enumerate(lines):
        opened = _FENCE.match(line)
        if opened and fence in ("", opened[1]):
            fence = "" if fence else opened[1]
        if fence or opened:
            continue
        match = _HEADING.fullmatch(line)
        if match and (title := match[1].rstrip().rstrip("#").rstrip()):
            return title
        if _UNDERLINE.fullmatch(line) and at and _is_alone(lines, at - 1):
            return lines[at - 1].strip()
    return ""


def _is_alone(lines: list[str], at: int) -> bool:
    """Whether a line is a paragraph of one line so far."""
    return not _NO_PARAGRAPH.match(lines[at]) and (at == 0 or not lines[at - 1].strip())


def _html_heading(body: str) -> str:
    start = body.lower().find("<h1")
    inside = body.find(">", start) + 1
    end = body.lower().find("</h1", inside)
    return " ".join(body[inside:end].split()) if 0 < inside <= end else ""
