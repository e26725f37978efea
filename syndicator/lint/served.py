"""The media type that a document came with (rss-65, jsonfeed-49), and what it says of the bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from syndicator.lint.findings import Note, quoted

_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([^\s\";]+)", re.IGNORECASE)
_JSON = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]{0,1000}[\[{\"]")
_EXACT = {
    "rss": ("application/rss+xml",),
    "atom": ("application/atom+xml", "application/atomdeleted+xml"),
    "json": ("application/feed+json",),
    "sitemap": ("application/xml", "text/xml"),
    "opml": ("text/x-opml",),
}
_ALSO = {
    "rss": ("text/xml", "application/xml"),
    "atom": ("text/xml", "application/xml"),
    "json": ("application/json",),
    "opml": ("text/xml", "application/xml"),
}


def is_json(data: bytes, media_type: str) -> bool:
    """Whether to read it as JSON: the bytes decide, and where they do not, the type."""
    if data[:1000].lstrip().startswith(b"<"):
        return False
    return _JSON.match(data) is not None or bare(media_type).endswith("json")


def charset_of(media_type: str) -> str:
    """The parameter ``charset``, "" when there is none."""
    found = _CHARSET.search(media_type[:1000])
    return found[1] if found else ""


def bare(media_type: str) -> str:
    """The type without parameters, in lower case."""
    return media_type.partition(";")[0].strip().lower()


def check_served(kind: str, media_type: str) -> Iterator[Note]:
    """Whether the type is one that readers take for this format; nothing is asked where none is known."""
    given = bare(media_type)
    if not given or kind not in _EXACT or given in _EXACT[kind]:
        return
    if given in _ALSO.get(kind, ()):
        yield Note("NonSpecificMediaType", 1, f"it is served as {quoted(given)}, and {_EXACT[kind][0]} is its type")
    else:
        yield Note("UnexpectedContentType", 1, f"it is served as {quoted(given)}")
