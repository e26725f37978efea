"""What the author decided about showing a post. When in doubt it is not shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from syndicator.model import Visibility
from syndicator.posts.fields import quoted, text, truth

#: The rule that hides what has no date where every post has one.
UNDATED_PAGE = "it has no date, so that it is a page and no post"

_KILLED = frozenset({"killed", "kill"})
_DRAFTS = frozenset({
    "draft", "drafts", "auto-draft", "private", "pending", "hidden", "unlisted", "unpublished", "embargoed", "review",
    "in review", "in progress", "internal", "members", "archived", "trash", "trashed", "deleted", "withdrawn",
})  # fmt: skip
_DECIDING = frozenset({"status", "killed", "draft", "hidden", "unlisted", "published"})
_DATED = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2} [A-Za-z]{3}|[A-Za-z]{3}, \d")


def decided(data: Mapping[str, Any]) -> tuple[Visibility, str]:
    """What ``status``, ``draft``, ``published``, ``hidden`` and ``unlisted`` say, and the field that decided.

    frontmatter.md 20, 22, 73. Words count like truth values, quoted or not. ``published`` may be a date; empty it
    hides, as in Jekyll. What cannot be understood hides too.
    """
    if _DECIDING.isdisjoint(data):
        return Visibility.PUBLIC, ""
    status = text(data.get("status")).lower()
    if status in _KILLED or _says("killed", data):
        return Visibility.KILLED, f"status: {status}" if status in _KILLED else "killed: true"
    if status in _DRAFTS:
        return Visibility.DRAFT, f"status: {status}"
    for name in ("draft", "hidden", "unlisted"):
        if _says(name, data):
            return Visibility.DRAFT, f"{name}: {_shown(data[name])}"
    if "published" in data and not _published(data["published"]):
        return Visibility.DRAFT, f"published: {_shown(data['published'])}"
    return Visibility.PUBLIC, ""


def _says(name: str, data: Mapping[str, Any]) -> bool:
    """Whether a flag is set: by anything but a no, or nothing at all."""
    value = data.get(name)
    if isinstance(value, (list, dict)):
        return bool(value)
    return text(value) != "" and truth(value) is not False


def _published(value: object) -> bool:
    if isinstance(value, date):
        return True
    return truth(value) is True or (truth(value) is None and _DATED.match(text(value)) is not None)


def _shown(value: object) -> str:
    return quoted(value).strip('"') or "(empty)"
