"""Values that a Jekyll site's configuration gives to posts by folder and type, by the rules of its source."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any


@dataclass(frozen=True, slots=True)
class Defaults:
    """Values for posts whose path begins with ``path`` ("" for all; it may hold ``*``) of a type ("" for any)."""

    path: str
    type: str
    values: Mapping[str, Any]


def fitting(defaults: Sequence[Defaults], path: PurePosixPath, type_: str = "posts") -> dict[str, Any]:
    """All that is given to a post, or what else is of a type (frontmatter.md 24): a longer path goes before a shorter,
    then what names a type.

    As in Jekyll the order counts too: what goes behind the one before it goes behind all that were merged so far.
    """
    merged: dict[str, Any] = {}
    latest: Defaults | None = None
    for entry in defaults:
        if entry.type not in ("", type_) or not _within(path.as_posix(), entry.path):
            continue
        if latest is None or _goes_before(entry, latest):
            merged, latest = overlaid(merged, entry.values), entry
        else:
            merged = overlaid(entry.values, merged)
    return merged


def overlaid(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Tables are merged, all else is replaced; nothing (null) replaces nothing."""
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        if isinstance(under, Mapping) and isinstance(value, Mapping):
            merged[key] = overlaid(under, value)
        elif value is not None or key not in merged:
            merged[key] = value
    return merged


def _goes_before(new: Defaults, old: Defaults) -> bool:
    if len(new.path) != len(old.path):
        return len(new.path) > len(old.path)
    return bool(new.type) or not old.type


def _within(path: str, scope: str) -> bool:
    # Not by whole names: to Jekyll "news" is also where "newsroom/_posts" lies.
    return path.startswith(scope) if "*" not in scope else _glob(scope).match(path) is not None


@lru_cache(maxsize=64)
def _glob(scope: str) -> re.Pattern[str]:
    """A pattern of whole names as Ruby's ``Dir.glob`` takes it: ``*`` within a name, ``**/`` across folders."""
    pattern = ""
    for part in re.split(r"(\*\*/|\*+|\?)", scope.rstrip("/")):
        if part == "**/":
            pattern += r"(?:[^/.][^/]*+/)*"
        elif part.startswith("*"):
            pattern += "[^/]*"
        else:
            pattern += "[^/]" if part == "?" else re.escape(part)
    return re.compile(rf"{pattern}(?:/|\Z)")
