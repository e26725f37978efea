"""``syndicator adopt``: an old feed's ids and dates into the ledger, before readers see anything of ours."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from syndicator.adoption import Bearings, Doubt, Match, Matching, match_items
from syndicator.app import State, orders, state_to_read, state_to_write
from syndicator.crew import Crew
from syndicator.errors import ConfigError, Fault, PostError, SyndicatorError
from syndicator.ledger import Settled, settle
from syndicator.model import FeedRecord
from syndicator.moments import EPOCH
from syndicator.oldfeeds import OldFeed, OldItem
from syndicator.oldfeeds.pages import from_address, from_file, is_address
from syndicator.placing import bearings
from syndicator.ports import LedgerChange, Publication, Scan
from syndicator.reader import Reader
from syndicator.reading import ReadResult, read_all
from syndicator.sending import outbound
from syndicator.settings import Settings
from syndicator.sourcing import reader, upstream
from syndicator.takeover import Heir, Takeover, take_over, unfit
from syndicator.text import printable

#: A host may take so many seconds for a page: old sites are slow, and their feeds long.
_SECONDS = 30.0
#: Before every moment that a feed can have been changed at: its first pass decides, as for a feed without a past.


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptOptions:
    """What the command line says: the old ``feed``, the name of the feed of ours that takes ``its_id`` over ("" for
    none), whether to take dates, and whether to write."""

    feed: str
    its_id: str = ""
    dates: bool = True
    write: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """What was found, and ``written`` or only shown. ``feed_id`` is what the feed of ours takes over, "" for nothing.

    ``doubts`` and ``clashes`` are items that fit a post and cannot be adopted; ``strangers`` fit none. ``new`` are live
    posts that the old feed has not. ``zone`` is the site's, for dates that people look at.
    """

    kind: str
    items: int
    heirs: tuple[Heir, ...]
    settled: tuple[Match, ...]
    doubts: tuple[Doubt, ...]
    clashes: tuple[tuple[Match, str], ...]
    strangers: tuple[OldItem, ...]
    new: tuple[str, ...]
    feed_id: str
    zone: str
    remarks: tuple[str, ...]
    written: bool

    @property
    def troubled(self) -> bool:
        """Whether there are items whose post would be new to readers although it is not."""
        return bool(self.doubts or self.clashes)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """The old feed, and all posts as they are now."""

    feed: OldFeed
    reader: Reader
    scan: Scan
    read: ReadResult
    posts: tuple[Bearings, ...]
    unread: tuple[PostError, ...]


def adopt(settings: Settings, options: AdoptOptions, now: datetime) -> Adopted:
    """Compare, and write what fits when that is wanted. Raises SyndicatorError, with nothing written.

    The state is looked at first, and taken for writing only when there is something to write.
    """
    _require_feed(settings, options.its_id)
    feed = _old_feed(settings, options.feed)
    _require_posts(settings)
    source = reader(settings)
    with Crew(1) as crew:
        scan, read = read_all(source, crew)
    posts, unread = bearings(source, read.records)
    found = _Found(feed=feed, reader=source, scan=scan, read=read, posts=posts, unread=unread)
    with state_to_read(settings, or_empty=True) as state:
        plan = _plan(found, options, state, now)
    adopted = plan.adopted
    if not (adopted.heirs or adopted.settled or adopted.clashes or adopted.doubts):
        remedy = "see whether it is the feed of these posts, and whether [site] url and [source] permalink are right"
        reason = f"none of its {len(feed.items)} items fits a post"
        raise SyndicatorError(printable(options.feed), reason, remedy)
    if options.write and plan.changes:
        with state_to_write(settings) as state:
            plan = _plan(found, options, state, now)
            _write(plan, state, now)
    return plan.adopted


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What there is to tell and to write."""

    adopted: Adopted
    posts: LedgerChange
    feeds: Publication

    @property
    def changes(self) -> bool:
        return self.posts != LedgerChange() or self.feeds != Publication()


def _plan(found: _Found, options: AdoptOptions, state: State, now: datetime) -> _Plan:
    known = state.ledger.posts()
    there = {path for path, _ in found.scan.changed} | {error.path for error in found.scan.refused}
    site_url = found.reader.site.url
    settled = settle(
        known, found.read.records, known.keys() - there, now=now, site_url=site_url, moved=found.scan.moved
    )
    posts = [post for post in found.posts if post.path in settled.records]  # less what is refused
    matching = match_items(found.feed.items, posts, site_url)
    moved = [path for path in settled.moved if path in known]
    fresh = {record.path: record for record in found.read.records}
    taken = take_over(matching.matches, settled.records, known, moved, fresh, now=now, dates=options.dates)
    feeds, feed_remarks = _feeds(options.its_id, found.feed, state.ledger.feeds())
    remarks = (*found.feed.odd, *feed_remarks, *taken.remarks, *_unread(found, settled))
    return _Plan(
        adopted=_adopted(found, matching, taken, feeds, remarks, written=options.write),
        posts=LedgerChange(posts=tuple(heir.record for heir in taken.heirs), moved=taken.moved),
        feeds=Publication(feeds=feeds),
    )


def _adopted(
    found: _Found,
    matching: Matching,
    taken: Takeover,
    feeds: tuple[FeedRecord, ...],
    remarks: tuple[str, ...],
    *,
    written: bool,
) -> Adopted:
    return Adopted(
        kind=found.feed.kind,
        items=len(found.feed.items),
        heirs=taken.heirs,
        settled=taken.settled,
        doubts=matching.doubts,
        clashes=taken.clashes,
        strangers=matching.strangers,
        new=taken.new,
        feed_id=feeds[0].id if feeds else "",
        zone=found.reader.site.timezone,
        remarks=remarks,
        written=written,
    )


def _write(plan: _Plan, state: State, now: datetime) -> None:
    # Each may be repeated: whatever comes in between, another adoption does the rest.
    state.ledger.remember(plan.posts)
    if plan.feeds != Publication():
        state.ledger.record(plan.feeds, now)


# --- reading ------------------------------------------------------------------------------------------------------


def _old_feed(settings: Settings, named: str) -> OldFeed:
    """Raises SyndicatorError."""
    feed = asyncio.run(_fetched(settings, named)) if is_address(named) else from_file(named)
    if not feed.items:
        raise SyndicatorError(printable(named), "is a feed without items", "give the old feed as it was last full")
    return feed


async def _fetched(settings: Settings, address: str) -> OldFeed:
    async with outbound(settings, seconds=_SECONDS) as client:
        return await from_address(address, client)


def _require_posts(settings: Settings) -> None:
    """Fetch a repository that was never fetched: building first would be too late. Raises SourceError."""
    far = upstream(settings)
    if far is not None:
        report = far.report()
        if report is None or not report.commit:
            far.fetch()


def _unread(found: _Found, settled: Settled) -> Iterator[str]:
    refused = [*found.scan.refused, *(error for error, _ in found.read.refused), *settled.refused, *found.unread]
    if refused:
        yield f"{len(refused)} posts cannot be read and are not compared; 'syndicator check' says why"


# --- the feed's own id --------------------------------------------------------------------------------------------


def _require_feed(settings: Settings, name: str) -> None:
    """Raises ConfigError when no feed can have that name."""
    specs = orders(settings).feeds
    spec = next((spec for spec in specs if name and spec.name == name.partition("/")[0]), None)
    if not name or (spec is not None and bool(spec.each) == ("/" in name)):
        return
    if spec is not None:
        problem = f'"{spec.name}" is one feed' if not spec.each else f'"{spec.name}" makes one feed a {spec.each}'
        remedy = f"name {spec.name}" if not spec.each else f"name one of them, as in {spec.name}/news"
    else:
        problem, remedy = f'there is no feed "{printable(name)}"', f"name one of {', '.join(s.name for s in specs)}"
    raise ConfigError((Fault(where="--feed", problem=problem, remedy=remedy),))


def _feeds(name: str, old: OldFeed, known: Mapping[str, FeedRecord]) -> tuple[tuple[FeedRecord, ...], tuple[str, ...]]:
    """The record of the feed of ours that takes the old one's id over, and what to say when there is none."""
    if not name:
        return (), ()
    if not old.id:
        return (), (f"the old feed has no id of its own, so that {name} keeps its; only Atom has them",)
    if fault := unfit(old.id):
        return (), (f"{name} keeps its id, as that of the old feed cannot be had: {fault}",)
    prior = known.get(name)
    if prior is not None and prior.id == old.id:
        return (), ()
    if prior is not None and prior.settings:
        return (), (f"{name} was published with the id {printable(prior.id)}, which it keeps",)
    other = next((record.name for record in known.values() if record.id == old.id), "")
    if other:
        return (), (f"feed {other} has the id {printable(old.id)} already, {name} keeps its own",)
    return (FeedRecord(name=name, id=old.id, updated=EPOCH, settings="", members=()),), ()
