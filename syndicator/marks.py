"""By what a document shows that this program has written it, and no other."""

from __future__ import annotations

import re

from syndicator.formats.parts import GENERATOR
from syndicator.model import Format

_GENERATOR = f"<generator>{GENERATOR}</generator>".encode()
#: A feed says who made it before its first entry, and not far from its beginning.
_HEAD = 65_536
_FIRST = re.compile(rb"<(?:item|entry)\b")
_JSON = b'{\n  "version": "https://jsonfeed.org/version/1.1",\n  "title": "'
#: The ids that we give: a host, a date and the path of a file.
_ID = re.compile(r"tag:[^,/]+,(?:\d{4}-\d\d-\d\d:[^/]|2000:id/).*")
_MOST = 20_000_000


def is_ours(format: Format, body: bytes) -> bool:  # noqa: A002 - the noun of the model
    """Whether a document of a feed is one of ours. In doubt it is not.

    JSON Feed has no word for who made it. Ours are told by what nobody else writes: the layout to the byte, together
    with an id or an extension that only we give. One that has neither is not known again.
    """
    if format is not Format.JSON:
        head = body[:_HEAD]
        first = _FIRST.search(head)
        return _GENERATOR in (head[: first.start()] if first else head)
    return len(body) <= _MOST and body.startswith(_JSON) and _is_our_json(body)


def _is_our_json(body: bytes) -> bool:
    import orjson

    try:
        feed = orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    listed = feed.get("items")
    items = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    if not any("_syndicator" in item or _ID.fullmatch(str(item.get("id", ""))) for item in items):
        return False
    try:
        return bool(orjson.dumps(feed, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE) == body)
    except orjson.JSONEncodeError:  # nested deeper than anybody writes
        return False
