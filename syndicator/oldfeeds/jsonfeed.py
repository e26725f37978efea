"""An old JSON Feed, of any version."""

from __future__ import annotations

import json
from typing import Any

from syndicator.errors import SyndicatorError
from syndicator.oldfeeds.items import OldFeed, OldItem, identified, instant, joined, unidentified
from syndicator.text import printable

#: Each takes some hundred bytes of memory, however short it is in the feed.
_MOST_ITEMS = 500_000


def read_json(data: bytes, address: str, what: str) -> OldFeed:
    """The feed in JSON. Raises SyndicatorError."""
    odd: list[str] = []
    document = _loaded(data, what, odd)
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        reason = "is JSON, but no JSON Feed: it has no list of items"
        raise SyndicatorError(what, reason, "give the address or file of a feed")
    if len(document["items"]) > _MOST_ITEMS:
        raise SyndicatorError(what, f"has more than {_MOST_ITEMS:,} items", "give a feed of fewer items")
    if "jsonfeed.org" not in _text(document.get("version")):
        odd.append("it does not say which version of JSON Feed it is")
    listed = [item for item in document["items"] if isinstance(item, dict)]
    items = [identified(_item(item, address)) for item in listed]
    further = _text(document.get("next_url"))
    return OldFeed(
        kind="JSON Feed",
        items=tuple(item for item in items if item is not None),
        further=(joined(address, further),) if further else (),
        odd=(*odd, *unidentified(len(document["items"]) - sum(item is not None for item in items))),
    )


def _loaded(data: bytes, what: str, odd: list[str]) -> Any:
    """Numbers stay the text they are: an id of 1e3 is no 1000. Raises SyndicatorError."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", "replace")
    else:
        text = data.decode("utf-8-sig", "replace")
    if "\ufffd" in text:
        odd.append("it is not in UTF-8 throughout")
    try:
        try:
            return json.loads(text, parse_int=str, parse_float=str)
        except ValueError:
            document = json.loads(text, parse_int=str, parse_float=str, strict=False)
            odd.append("it has control characters in its texts")
            return document
    except (ValueError, RecursionError) as error:
        reason = f"line {error.lineno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else "nested too deeply"
        raise SyndicatorError(what, f"is not valid JSON ({printable(reason)})", "give a feed that is whole") from error


def _item(item: dict[str, Any], base: str) -> OldItem:
    link = _text(item.get("url"))
    return OldItem(
        id=_text(item.get("id")),
        link=joined(base, link) if link else "",
        title=_text(item.get("title")),
        published=instant(_text(item.get("date_published"))),
        updated=instant(_text(item.get("date_modified"))),
    )


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
