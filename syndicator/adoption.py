"""Which post of ours an item of an old feed was, and by what sign."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from syndicator.oldfeeds.items import OldItem
from syndicator.posts.references import last_part

#: A date without a time, or one read in another zone, is off by no more than this.
_A_DAY = timedelta(days=1)
_INDEX = re.compile(r"/index\.(?:html?|php)\Z", re.IGNORECASE)
_ENDING = re.compile(r"\.html?\Z", re.IGNORECASE)
_SLASHES = re.compile(r"/{2,}")
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id", re.IGNORECASE | re.ASCII)
_MARKUP = re.compile(r"<[^<>]{0,1000}>")
_NO_WORD = re.compile(r"[\W_]+")
#: Longer addresses are none, and longer titles are told apart by their beginning.
_LONGEST = 4_000
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearings:
    """What a post may have been known by: its page (``permalink``), the addresses that redirect there (``former``),
    and what it is called there and in its file's name.
    """

    path: str
    title: str
    permalink: str
    slugs: tuple[str, ...] = ()
    former: tuple[str, ...] = ()
    published: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An item and the path of the post that it was, ``by`` what they have in common."""

    item: OldItem
    path: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """An item that is not matched, although it fits something."""

    item: OldItem
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """What came of comparing: matches, doubts and items that fit no post, each in the feed's order."""

    matches: tuple[Match, ...]
    doubts: tuple[Doubt, ...]
    strangers: tuple[OldItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """A sign by which item and post can be known for the same: they have a name in common. With ``dated`` their dates
    agree too; ``alone`` says that the name must also be nobody else's, matched or not.
    """

    by: str
    of_item: Callable[[OldItem], Iterable[str]]
    of_post: Callable[[Bearings], Iterable[str]]
    dated: bool = False
    alone: bool = False


def match_items(items: Sequence[OldItem], posts: Sequence[Bearings], site_url: str) -> Matching:
    """Find the post that each item was, by the surest sign first. Pure.

    Where a sign fits several, on either side, nobody guesses: those items are doubts, and no weaker sign is asked.
    """
    found: dict[int, tuple[int, str]] = {}
    doubts: dict[int, str] = {}
    for rule in _rules(site_url):
        _apply(rule, items, posts, found, doubts)
    return Matching(
        matches=tuple(Match(item=items[i], path=posts[p].path, by=by) for i, (p, by) in sorted(found.items())),
        doubts=tuple(Doubt(item=items[i], reason=reason) for i, reason in sorted(doubts.items())),
        strangers=tuple(item for i, item in enumerate(items) if i not in found and i not in doubts),
    )


def _apply(
    rule: _Rule,
    items: Sequence[OldItem],
    posts: Sequence[Bearings],
    found: dict[int, tuple[int, str]],
    doubts: dict[int, str],
) -> None:
    """Match what this sign can match, and note what it fits too well."""
    holders = {p: i for i, (p, _) in found.items()}
    named: dict[str, list[int]] = {}
    for p, post in enumerate(posts):
        for name in dict.fromkeys(filter(None, rule.of_post(post))):
            named.setdefault(name, []).append(p)
    fitting: dict[int, list[int]] = {}
    claims: dict[int, list[int]] = {}
    for i, item in enumerate(items):
        if not rule.alone and (i in found or i in doubts):
            continue
        names = dict.fromkeys(filter(None, rule.of_item(item)))
        fits = dict.fromkeys(p for name in names for p in named.get(name, ()))
        fitting[i] = [p for p in fits if not rule.dated or _agree(item.published, posts[p].published)]
        for p in fitting[i]:
            claims.setdefault(p, []).append(i)
    for i, close in fitting.items():
        if i in found or i in doubts:
            continue
        free = close if rule.alone else [p for p in close if p not in holders]
        if len(free) == 1 and len(claims[free[0]]) == 1 and free[0] not in holders:
            found[i] = (free[0], rule.by)
        elif close and not (rule.alone and all(p in holders for p in close)):
            doubts[i] = _doubt(
                rule, [posts[p].path for p in free or close], held=not free, others=len(claims[close[0]])
            )


def _doubt(rule: _Rule, paths: Sequence[str], *, held: bool, others: int) -> str:
    if len(paths) > 1:
        more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
        return f"fits several posts alike by {rule.by}: {', '.join(paths[:3])}{more}"
    if held or others <= 1:
        return f"fits {paths[0]} by {rule.by}, which another item fits better"
    return f"fits {paths[0]} by {rule.by}, and so do others: {others} items for one post"


def _agree(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and abs(one - other) <= _A_DAY


def _rules(site_url: str) -> tuple[_Rule, ...]:
    base = urlsplit(site_url).path

    def places(addresses: Iterable[str]) -> Iterable[str]:
        for address in addresses:
            place = _place(address)
            yield place
            if len(base) > 1 and place.startswith(base):
                yield place[len(base) - 1 :]

    return (
        _Rule(by="address", of_item=lambda i: (address_key(i.link),), of_post=lambda p: (address_key(p.permalink),)),
        _Rule(by="former address", of_item=_addresses, of_post=lambda p: map(address_key, p.former)),
        _Rule(by="id", of_item=lambda i: (address_key(i.id),), of_post=lambda p: map(address_key, _ids(p))),
        _Rule(
            by="path of the address",
            of_item=lambda i: (_place(i.link),),
            of_post=lambda p: places((p.permalink, *p.former)),
        ),
        _Rule(by="slug and date", of_item=_item_slugs, of_post=lambda p: p.slugs, dated=True),
        _Rule(
            by="title and date", of_item=lambda i: (_words(i.title),), of_post=lambda p: (_words(p.title),), dated=True
        ),
        _Rule(by="title", of_item=lambda i: (_words(i.title),), of_post=lambda p: (_words(p.title),), alone=True),
    )


def _addresses(item: OldItem) -> Iterable[str]:
    return (address_key(item.link), address_key(item.id))


def _ids(post: Bearings) -> Iterable[str]:
    """Ids that generators make of a post: its address, and with jekyll-feed its folder with its slug (atom-31)."""
    folder = post.permalink.rstrip("/").rpartition("/")[0]
    return (post.permalink, *(f"{folder}/{slug}" for slug in post.slugs))


def address_key(address: str) -> str:
    """An address without what does not count when two are compared; "" for what is none."""
    if len(address) > _LONGEST:
        return ""
    try:
        parts = urlsplit(address.strip())
        host, port = (parts.hostname or "").removeprefix("www."), parts.port
    except ValueError:
        return ""
    if parts.scheme not in _PORTS or not host:
        return ""
    query = [(name, value) for name, value in _query(parts.query) if not _TRACKING.fullmatch(name)]
    path = _path(parts.path)
    at = f":{port}" if port not in (None, _PORTS[parts.scheme]) else ""
    return f"{host}{at}{path}" + (f"?{urlencode(sorted(query), errors='surrogatepass')}" if query else "")


def _query(query: str) -> Sequence[tuple[str, str]]:
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return (("", query),)


def _path(path: str) -> str:
    plain = unicodedata.normalize("NFC", unquote(path))
    plain = _ENDING.sub("", _INDEX.sub("/", _SLASHES.sub("/", plain)))
    return plain.rstrip("/") or "/"


def _place(address: str) -> str:
    """The path of an address, where it says anything: not the root, and no number in a query."""
    key = address_key(address)
    place = key[key.find("/") :] if "/" in key else ""
    return "" if place == "/" or "?" in place else place


def _item_slugs(item: OldItem) -> Iterable[str]:
    return slugs_of(address for address in (item.link, item.id) if address_key(address))


def slugs_of(addresses: Iterable[str]) -> tuple[str, ...]:
    """What a page is called by its addresses or its files' paths."""
    paths = (_place(address) if "://" in address else address for address in addresses)
    return tuple(dict.fromkeys(slug for path in paths if path and (slug := last_part(path))))


def _words(title: str) -> str:
    """The words of a title, whatever their markup, case, marks and quotes."""
    title = title[:_LONGEST]
    plain = html.unescape(html.unescape(title)) if "&" in title else title
    plain = unicodedata.normalize("NFKC", _MARKUP.sub("", plain)).casefold()
    return _NO_WORD.sub(" ", plain).strip() or plain.strip()
