"""Posts that were taken down: what feeds keep of them, how they come back, and who has them still."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from syndicator.feeds import TOMBSTONES_KEPT, newest_first
from syndicator.ledger import Settled
from syndicator.model import (
    Delivery,
    DocumentRecord,
    Entry,
    FeedRecord,
    FeedSpec,
    PostRecord,
    PostState,
    Tombstone,
    Visibility,
)
from syndicator.selections import Selection

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeDown:
    """A post that was taken down, and who has it still.

    ``state`` is what keeps it out: gone, killed, draft, expired or embargoed. ``shown`` are addresses of documents that
    have not lost it yet; ``owed`` is word that hubs have not had of documents that it was in. ``when`` is None until a
    pass has seen to it.
    """

    path: str
    id: str
    state: str
    when: datetime | None
    title: str = ""
    url: str = ""
    shown: tuple[str, ...] = ()
    owed: tuple[Delivery, ...] = ()


def fallen(
    prior: Mapping[str, FeedRecord],
    selections: Iterable[Selection],
    posts: Mapping[str, PostRecord],
    now: datetime,
) -> dict[str, PostRecord]:
    """By id those of the posts which left a feed, were killed, or have a tombstone in a feed, that nobody may see now.

    A post that was only pushed out by newer ones, or is in other feeds by now, is not one of them (atom-69).
    """
    ids = left(prior, selections)
    return {r.entry_id: r for r in posts.values() if r.entry_id in ids and _is_hidden(r, now)} if ids else {}


def left(prior: Mapping[str, FeedRecord], selections: Iterable[Selection]) -> set[str]:
    """The ids of posts which left a feed, were killed, or have a tombstone in a feed."""
    found: set[str] = set()
    for selection in selections:
        if (feed := prior.get(selection.name)) is not None:
            members = tuple(record.entry_id for record in selection.members)
            if members != feed.members:
                found.update(set(feed.members).difference(members))
            found.update(stone.ref for stone in feed.tombstones)
        found.update(record.entry_id for record in selection.killed)
    return found


def since_when(now: datetime) -> datetime:
    """Who was killed before that is not told of any more."""
    return now - TOMBSTONES_KEPT


def with_killed(
    selections: tuple[Selection, ...],
    settled: Settled,
    select: Callable[[Sequence[PostRecord]], Iterable[Selection]],
    now: datetime,
) -> tuple[Selection, ...]:
    """The selections with the posts that were killed of late, each where it would be: who has read it long ago, when it
    was among the newest, is to hear of that too. ``select`` chooses as for any posts.
    """
    killed = [
        record
        for record in settled.records.values()
        if record.visibility is Visibility.KILLED and record.down is not None and record.down > now - TOMBSTONES_KEPT
    ]
    if not killed:
        return selections
    found = {selection.name: selection.members for selection in select(newest_first(killed))}
    return tuple(replace(one, killed=found.get(one.name, ())) if one.is_feed else one for one in selections)


def tombstones(
    down: Mapping[str, PostRecord], had: Mapping[str, Tombstone], entries: Mapping[str, Entry], now: datetime
) -> dict[str, Tombstone]:
    """By id what is to be kept of the posts that are down; ``entries`` are those that readers last saw, by path."""
    return {ref: had.get(ref) or _tombstone(record, entries.get(record.path), now) for ref, record in down.items()}


def by_id(feeds: Iterable[FeedRecord]) -> dict[str, Tombstone]:
    """The tombstones of all feeds; the newest of each id."""
    found: dict[str, Tombstone] = {}
    for feed in feeds:
        for stone in feed.tombstones:
            if stone.ref not in found or found[stone.ref].when < stone.when:
                found[stone.ref] = stone
    return found


def lay_down(
    settled: Settled, prior: Mapping[str, FeedRecord], selections: Iterable[Selection], now: datetime
) -> Settled:
    """Note when posts were taken down: a pass that is cut off does not make that another moment.

    A post may be shown before its date, or be back a second late. Gone before that, it would count as published anew.
    """
    down = {
        record.path: record._replace(down=max(now, _told(record, now)))
        for record in fallen(prior, selections, settled.records, now).values()
        if record.down is None
    }
    return _with(settled, down)


def revive(settled: Settled, specs: Iterable[FeedSpec], now: datetime) -> Settled:
    """Posts that are to be seen again are updated later than they were taken down where feeds tell of that, or readers
    who heard it would go on leaving them out (atom-66). Where none does, they come back as they were.
    """
    risen = [r for r in settled.records.values() if r.down is not None and not _is_hidden(r, now)]
    tells = any(spec.tombstones for spec in specs)
    return _with(settled, {record.path: _back(record, now, moved=tells) for record in risen})


def _back(record: PostRecord, now: datetime, *, moved: bool) -> PostRecord:
    when = _whole(record.down or now)
    if moved and _told(record, now) <= when:
        return record._replace(down=None, updated=max(_whole(now), when + _SECOND))
    return record._replace(down=None)


def _with(settled: Settled, records: Mapping[str, PostRecord]) -> Settled:
    if not records:
        return settled
    others = tuple(record for record in settled.changed if record.path not in records)
    return replace(settled, records={**settled.records, **records}, changed=(*others, *records.values()))


def who_has_it(
    posts: Mapping[str, PostRecord],
    feeds: Mapping[str, FeedRecord],
    documents: Iterable[DocumentRecord],
    deliveries: Sequence[Delivery],
    now: datetime,
) -> tuple[TakeDown, ...]:
    """The posts taken down of late, the latest first, each with the documents that show it still: those of a feed that
    was not made since, or that could not be written; and what hubs are owed of any it was in.
    """
    of_feed: dict[str, list[DocumentRecord]] = {}
    for document in documents:
        of_feed.setdefault(document.feed, []).append(document)
    known = {r.entry_id: r for r in posts.values() if r.entry_id and _is_hidden(r, now)}
    stones = {ref: stone for ref, stone in by_id(feeds.values()).items() if stone.when > now - TOMBSTONES_KEPT}
    shown: dict[str, set[str]] = {}
    carried: dict[str, set[str]] = {}
    for feed in feeds.values():
        mine = of_feed.get(feed.name, [])
        for ref in feed.members:
            if ref in known:
                addresses = {document.url for document in mine if not document.page}
                shown.setdefault(ref, set()).update(addresses)
                carried.setdefault(ref, set()).update(addresses)
        for stone in feed.tombstones:
            behind = (document.url for document in mine if not document.source and document.changed < stone.when)
            shown.setdefault(stone.ref, set()).update(behind)
            carried.setdefault(stone.ref, set()).update(document.url for document in mine)
    found = [
        _take_down(
            known[ref],
            stones.get(ref),
            now,
            shown=tuple(sorted(shown[ref])),
            owed=tuple(delivery for delivery in deliveries if delivery.topic in carried[ref]),
        )
        for ref in carried
        if ref in known and (ref in stones or shown[ref])
    ]
    return tuple(sorted(found, key=lambda one: (one.when or now, one.path), reverse=True))


def _take_down(
    record: PostRecord,
    stone: Tombstone | None,
    now: datetime,
    *,
    shown: tuple[str, ...],
    owed: tuple[Delivery, ...],
) -> TakeDown:
    return TakeDown(
        path=record.path,
        id=record.entry_id,
        state="gone" if record.gone else record.state(now).value,
        when=stone.when if stone else None,
        title=stone.title if stone else "",
        url=stone.url if stone else "",
        shown=shown,
        owed=owed,
    )


def _tombstone(record: PostRecord, entry: Entry | None, now: datetime) -> Tombstone:
    return Tombstone(
        ref=record.entry_id,
        when=_whole(record.down or now),
        title=entry.title if entry else "",
        url=entry.url if entry else "",
        published=entry.published if entry else record.published,
    )


def _is_hidden(record: PostRecord, now: datetime) -> bool:
    return record.gone is not None or record.state(now) is not PostState.LIVE


def _told(record: PostRecord, now: datetime) -> datetime:
    """When readers are told that it was updated."""
    return max((_whole(moment) for moment in (record.updated, record.published) if moment), default=_whole(now))


def _whole(moment: datetime) -> datetime:
    """In whole seconds, as documents have it."""
    return moment.replace(microsecond=0)
