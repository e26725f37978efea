"""The ids that posts are given: made of a post alone, or what its author says."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote, urlsplit

_SAFE = "/:@&=+$.-_!~*'(),"
_PLAIN = re.compile(r"[A-Za-z0-9/._-]*")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")


def own_id(path: str, given: str, published: datetime | None, site_url: str) -> str:
    """The front matter's own id, as it is when it is an absolute IRI (atom-24), else made into one; without one a tag
    URI (RFC 4151) made of the post alone, so that every fresh build gives the same. "" for a post without a date."""
    if published is None:
        return ""
    if not given:
        stem = path[: path.rindex(".")] if "." in path.rpartition("/")[2] else path
        return f"tag:{_authority(site_url)},{published.date()}:{_quoted(stem)}"
    return given if _IRI.fullmatch(given) else f"tag:{_authority(site_url)},2000:id/{_quoted(given)}"


def next_free(base: str, taken: Mapping[str, str]) -> str:
    """Another id for a new post at the place of one that moved away and took its id along."""
    return next(entry_id for count in itertools.count(2) if (entry_id := f"{base};{count}") not in taken)


def _quoted(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else quote(text, safe=_SAFE)


@lru_cache(maxsize=8)
def _authority(site_url: str) -> str:
    return (urlsplit(site_url).hostname or "localhost").encode("idna").decode().lower()
