"""Getting an old feed: from a file, or from an address with all the pages that it goes on to."""

from __future__ import annotations

import asyncio
import errno
from contextlib import suppress
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

from syndicator.errors import ConfigError, Fault, OutboundError, SyndicatorError
from syndicator.oldfeeds import MAX_BYTES, OldFeed, merged, read_old_feed
from syndicator.oldfeeds.items import OldItem
from syndicator.outbound import Outbound
from syndicator.text import printable

#: So many pages, items and seconds, and no more.
_MOST_PAGES = 500
_MOST_ITEMS = 200_000
_PATIENCE = 600.0
_NO_FILE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG})
_ACCEPT = (
    "Accept",
    "application/atom+xml, application/rss+xml, application/feed+json, text/xml, application/xml, */*;q=0.1",
)


def is_address(named: str) -> bool:
    """Whether a feed is named by its address, and not as a file."""
    return named[:8].lower().startswith(("http://", "https://"))


def from_file(named: str) -> OldFeed:
    """The feed in a file. Raises ConfigError when there is no such file, and SyndicatorError when it is no feed."""
    what = printable(named)
    try:
        path = Path(named)
        if path.is_dir():
            raise ConfigError((Fault(where=what, problem="is a folder", remedy="name the file of a feed"),))
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # a name that no file can have is a ValueError
        if not isinstance(error, OSError) or error.errno in _NO_FILE:
            remedy = "name a file, or an address that begins with https:// or http://"
            raise ConfigError((Fault(where=what, problem="there is no such file", remedy=remedy),)) from error
        raise SyndicatorError(
            what, f"cannot be read ({error.strerror})", "give this user the right to read it"
        ) from error
    feed = read_old_feed(data, named)
    if not feed.further:
        return feed
    remark = f"it goes on at {printable(feed.further[0])}, which is not read for a file; give the feed's address"
    return OldFeed(kind=feed.kind, id=feed.id, items=feed.items, odd=(*feed.odd, remark))


async def from_address(address: str, client: Outbound) -> OldFeed:
    """The feed at an address with the pages that follow (RFC 5005, ``next_url``), each asked once.

    The address is the operator's own, and so is what else its host has; other hosts are strangers. All pages or none:
    an id that is missed would be sent again. Raises SyndicatorError.
    """
    try:
        async with asyncio.timeout(_PATIENCE):
            return await _walk(address, client)
    except TimeoutError as error:
        reason = f"its pages did not all come within {_PATIENCE:g} seconds"
        raise SyndicatorError(
            printable(address), reason, "save them as a file each, and adopt one after another"
        ) from error


async def _walk(address: str, client: Outbound) -> OldFeed:
    pages: list[OldFeed] = []
    asked: set[str] = set()
    waiting = [address]
    odd: tuple[str, ...] = ()
    host, items = _host(address), 0
    while waiting:
        one = urldefrag(waiting.pop(0))[0]
        if one in asked:
            continue
        if len(pages) >= _MOST_PAGES or items >= _MOST_ITEMS:
            odd = (f"it has more than {len(pages)} pages or {items} items, the rest of them is not read",)
            break
        asked.add(one)
        page = await _page(one, client, trusted=_host(one) == host)
        if pages and not page.items:
            continue  # past the last page some hosts go on for ever with empty ones
        if pages and _is_known(page.items, pages):
            continue  # others show the last one again
        pages.append(page)
        items += len(page.items)
        waiting += page.further
    feed = merged(pages)
    return OldFeed(kind=feed.kind, id=feed.id, items=feed.items, odd=(*feed.odd, *odd))


async def _page(address: str, client: Outbound, *, trusted: bool) -> OldFeed:
    what = printable(address)
    reply = await client.get(address, limit=MAX_BYTES, headers=(_ACCEPT,), trusted=trusted)
    if reply.status != 200:
        raise OutboundError(what, f"the host answered with status {reply.status}", "see whether a browser gets it")
    # What it says of relative addresses is meant from where it was found.
    return read_old_feed(reply.body, reply.url)


def _is_known(items: tuple[OldItem, ...], pages: list[OldFeed]) -> bool:
    known = {item.id for item in pages[-1].items}
    return all(item.id in known for item in items)


def _host(address: str) -> str:
    with suppress(ValueError):
        return urlsplit(address).hostname or ""
    return ""
