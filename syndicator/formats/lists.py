"""Lists of feeds: OPML 2.0 (partners-56 to partners-60), and Feed Menus (draft-nottingham-feed-menu-00)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import orjson

from syndicator.formats.parts import attributes, tag
from syndicator.model import Feed, Format, Listing

#: Of one feed in several formats one is listed: that which everybody reads.
_BEST = (Format.RSS, Format.ATOM, Format.JSON)
#: No longer than that, the draft asks.
_LONGEST_TITLE, _LONGEST_DESCRIPTION = 50, 140


def write_opml(feed: Feed, _url: str) -> bytes:  # it does not say where it is
    """The feeds as OPML, those of one kind in a folder. Without dates: it is the same as long as the feeds are."""
    lines = ['<?xml version="1.0" encoding="utf-8"?>', '<opml version="2.0">']
    lines += ["  <head>", f"    {tag('title', feed.title)}", "  </head>", "  <body>"]
    for group, listings in _grouped(feed.listings):
        inside = "      " if group else "    "
        outlines = [f"{inside}<outline{_outline(listing)}/>" for listing in listings]
        if group:
            outlines = [f"    <outline{attributes(text=group, title=group)}>", *outlines, "    </outline>"]
        lines += outlines
    return "\n".join([*lines, "  </body>", "</opml>", ""]).encode()


def write_feed_menu(feed: Feed, _url: str) -> bytes:  # addresses are absolute
    """The feeds as a menu, those of one kind in a menu of their own. It knows RSS and Atom only."""
    items: list[dict[str, Any]] = []
    for group, listings in _grouped(feed.listings):
        inner = [_menu_item(one) for one in listings if {Format.RSS, Format.ATOM} & {f for f, _ in one.addresses}]
        items += [{"feed-menu": group, "items": inner}] if group and inner else inner
    return orjson.dumps(
        {"feed-menu": _short(feed.title, _LONGEST_TITLE), "items": items},
        option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
    )


def _grouped(listings: Iterable[Listing]) -> Iterator[tuple[str, list[Listing]]]:
    return ((group, list(found)) for group, found in groupby(listings, key=lambda listing: listing.group))


def _outline(listing: Listing) -> str:
    addresses = dict(listing.addresses)
    # The type is "rss" whatever the format is, as there is no other (partners-58).
    return attributes(
        text=listing.title,
        title=listing.title,
        type="rss",
        xmlUrl=next(addresses[format_] for format_ in _BEST if format_ in addresses),
        htmlUrl=listing.home_url,
        description=listing.description,
        language=listing.language,
    )


def _menu_item(listing: Listing) -> dict[str, str]:
    addresses = dict(listing.addresses)
    members = {
        "feed-title": _short(listing.title, _LONGEST_TITLE),
        "description": _short(listing.description, _LONGEST_DESCRIPTION),
        "rss": addresses.get(Format.RSS, ""),
        "atom": addresses.get(Format.ATOM, ""),
    }
    return {name: value for name, value in members.items() if value}


def _short(text: str, most: int) -> str:
    """The text, cut between words where it is too long."""
    if len(text) <= most:
        return text
    cut = text[:most]
    return f"{cut[: cut.rindex(' ')] if ' ' in cut else cut[:-1]}…"
