"""JSON Feed 1.1, written by orjson: keys in one order, indented, with a final newline.

What JSON Feed has no member for goes into the extension object ``_syndicator`` of an item (jsonfeed-45 to -48):
``image`` holds alt, caption, credit, type, width and height of the featured image, as far as they are known;
``authors`` holds name and title of people who have a professional title, which is never glued to the name;
``correction`` is the text of what was put right in it, one a line, each with its date in front where it has one.
Nothing in it says more than a reader of the site sees. ``about`` (jsonfeed-47, a SHOULD) is left out as long as the
documentation has no public address: one that leads nowhere explains nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import orjson

from syndicator.formats.parts import html_of, rfc3339, stand_in, summary_of, updated_of, was_updated
from syndicator.formats.pieces import Pieces
from syndicator.model import Enclosure, Entry, Feed, Format, Image, Person

VERSION = "https://jsonfeed.org/version/1.1"


def write_json(feed: Feed, url: str, pieces: Pieces | None = None) -> bytes:
    """A JSON Feed document at ``url`` (jsonfeed.md A to F). With ``pieces`` only what is new is written anew."""
    write = partial(_written, feed, url)
    return pieces.write(feed, Format.JSON, url, {}, write) if pieces else write(feed.entries)


def _written(feed: Feed, url: str, entries: Sequence[Entry]) -> bytes:
    document = {
        "version": VERSION,
        "title": feed.title,
        "home_page_url": feed.home_url,
        "feed_url": url,
        # Only ever to older items, so that nobody who follows it comes round again (jsonfeed-14, jsonfeed-60).
        "next_url": feed.neighbours(Format.JSON).prev,
        "description": feed.description.strip(),
        # One square picture is large enough for both (jsonfeed-15, jsonfeed-16); the logo is wide (jsonfeed-57).
        "icon": feed.icon,
        "favicon": feed.icon,
        "authors": [{"name": feed.author}] if feed.author else [],
        "language": feed.language,
        "hubs": [{"type": "WebSub", "url": hub} for hub in feed.hubs],
    }
    # There is no word for a post that was taken down: to be absent is all it can be.
    items = [_item(entry, feed) for entry in entries if not entry.deleted]
    # The one member that may be empty and is there all the same (jsonfeed-3).
    return orjson.dumps({**_said(document), "items": items}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _item(entry: Entry, feed: Feed) -> dict[str, Any]:
    html = html_of(entry, feed.content)
    return _said(
        {
            "id": entry.id,
            "url": entry.url,
            "external_url": entry.link,
            "title": entry.title,
            "content_html": html,
            "content_text": "" if html else stand_in(entry),
            "summary": summary_of(entry),
            "image": entry.image.url if entry.image else "",
            "date_published": rfc3339(entry.published),
            "date_modified": rfc3339(updated_of(entry)) if was_updated(entry) else "",
            "authors": [_author(person) for person in entry.people],
            "tags": [tag for tag in dict.fromkeys(entry.categories + entry.tags) if tag.strip()],
            "language": entry.language if entry.language != feed.language else "",
            "attachments": [_attachment(enclosure) for enclosure in entry.enclosures],
            "_syndicator": _extension(entry),
        }
    )


def _author(person: Person) -> dict[str, Any]:
    # No e-mail: JSON Feed has no member for it, and a mailto: is for those who ask (jsonfeed-43).
    return _said({"name": person.name, "url": person.url, "avatar": person.avatar})


def _attachment(enclosure: Enclosure) -> dict[str, Any]:
    # A title is the author's alone: two files of one title are taken for one in two formats (jsonfeed-40).
    return _said(
        {
            "url": enclosure.url,
            "mime_type": enclosure.type,
            "title": enclosure.title,
            "size_in_bytes": enclosure.length,
            "duration_in_seconds": enclosure.duration,
        }
    )


def _extension(entry: Entry) -> dict[str, Any]:
    return _said(
        {
            "image": _picture(entry.image) if entry.image else {},
            "authors": [{"name": person.name, "title": person.title} for person in entry.people if person.title],
            "correction": entry.correction,
        }
    )


def _picture(image: Image) -> dict[str, Any]:
    return _said(
        {
            "alt": image.alt,
            "caption": image.caption,
            "credit": image.credit,
            "type": image.type,
            "width": image.width,
            "height": image.height,
        }
    )


def _said(members: dict[str, Any]) -> dict[str, Any]:
    """Only members with a value: null, "", 0 and empty lists are defined nowhere (jsonfeed-5, jsonfeed-41)."""
    return {name: value for name, value in members.items() if value}
