"""How Eleventy lays the data of folders, files and front matter over each other (frontmatter.md 63, 64, 70)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from syndicator.posts.fields import empty, texts, truth

_OVERRIDE = "override:"


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Lists are joined, tables merged, all else is replaced; ``override:key`` replaces a list or table too.

    ``tags`` is a list on both sides, however it is written.
    """
    both = {**below, **above}
    for key, value in above.items():
        if key == "tags":
            both[key] = _replaced(below.get(key), cleaned(value))
        elif key in below:
            both[key] = _replaced(below[key], value)
        elif key.startswith(_OVERRIDE):
            del both[key]
            both[key.removeprefix(_OVERRIDE)] = value
    return both


def cleaned(tags: object) -> list[str]:
    """Tags as a list: text is cut at commas, never at spaces."""
    if isinstance(tags, str):
        tags = tags.split(",")
    return list(texts(tags))


def excluded(value: object) -> tuple[bool, frozenset[str]]:
    """What ``eleventyExcludeFromCollections`` says: whether out of all, else out of which."""
    if isinstance(value, list):
        return False, frozenset(texts(value))
    if truth(value):
        return True, frozenset()
    # The quoted "true" would be the name of a collection, but who writes it means the other.
    return False, frozenset() if empty(value) or truth(value) is False else frozenset(cleaned(value))


def _replaced(under: object, value: Any) -> Any:
    if isinstance(under, list) and isinstance(value, list):
        return [*under, *value]
    if isinstance(under, dict):
        # Eleventy keeps a table that something else is laid over.
        return _merged_tables(under, value) if isinstance(value, dict) else under
    return value


def _merged_tables(under: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
    both = dict(under)
    for key, item in value.items():
        both[key.removeprefix(_OVERRIDE)] = _replaced(both.get(key), item)
    return both
