"""A ledger made anew from what is published: the ids and dates that readers know.

What no document says is gone: posts that no feed or archive shows any more are as if never seen, and get the ids that a
fresh build gives them; so is the content that an entry had, so that an edit which nobody has published yet is published
without counting as an update. Where there is a choice documents stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote

from syndicator.adoption import Bearings, match_items
from syndicator.dues import owed
from syndicator.feeds import own_id
from syndicator.formats.media_types import MEDIA_TYPES
from syndicator.model import (
    UNKNOWN,
    Announcement,
    Audience,
    DocumentRecord,
    FeedRecord,
    PageRecord,
    PostRecord,
    Tombstone,
    Visibility,
)
from syndicator.moments import EPOCH
from syndicator.oldfeeds import OldItem
from syndicator.standing import Standing, by_feed
from syndicator.takeover import unfit


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What can be known again. ``lost`` are items of which nobody can say which post they were."""

    posts: tuple[PostRecord, ...] = ()
    feeds: tuple[FeedRecord, ...] = ()
    pages: tuple[PageRecord, ...] = ()
    documents: tuple[DocumentRecord, ...] = ()
    announcements: tuple[Announcement, ...] = ()
    lost: tuple[OldItem, ...] = ()


def restore(
    standing: Sequence[Standing],
    bearings: Sequence[Bearings],
    records: Mapping[str, PostRecord],
    *,
    site_url: str,
    feeds_url: str,
    hubs: Sequence[str],
    audience: Audience,
) -> Restored:
    """The ledger as far as it follows from documents. Pure. ``records`` are the posts as a first sight notes them.

    Every topic is owed once, to every hub and to the caches before them: nobody knows any more who has heard of what
    stands. Partners, who are told what changed, are not told that all did.
    """
    items = _items(standing)
    posts, lost = _posts(items, bearings, records, site_url)
    taken = {post.entry_id for post in posts} | {post.path for post in posts}
    feeds = by_feed(standing)
    buried = {ref: when for one in standing for ref, when in one.says.buried}
    killed = tuple(
        record._replace(version="", down=buried[record.entry_id])
        for path, record in sorted(records.items())
        if record.visibility is Visibility.KILLED and record.entry_id in buried and not {path, record.entry_id} & taken
    )
    documents = tuple(_document(one, feeds_url, hubs) for one in sorted(standing, key=lambda one: one.path))
    return Restored(
        posts=(*posts, *killed),
        feeds=tuple(_feed(name, found, feeds_url) for name, found in sorted(feeds.items())),
        pages=tuple(page for name, found in sorted(feeds.items()) for page in _pages(name, found)),
        documents=documents,
        announcements=tuple(owed(documents, (), {}, audience)),
        lost=lost,
    )


def _items(standing: Sequence[Standing]) -> tuple[OldItem, ...]:
    """All items of all documents, one an id, as the latest of them has it: some may not have been written of late."""
    found: dict[str, OldItem] = {}
    for one in sorted(standing, key=lambda one: one.path):
        for item in one.says.items:
            known = found.get(item.id)
            if known is None or (item.updated or EPOCH) > (known.updated or EPOCH):
                found[item.id] = item
    return tuple(found.values())


def _posts(
    items: Sequence[OldItem], bearings: Sequence[Bearings], records: Mapping[str, PostRecord], site_url: str
) -> tuple[tuple[PostRecord, ...], tuple[OldItem, ...]]:
    """The posts that items were, with their ids and dates, and the items that nobody knows.

    An id that we gave says by itself whose it was, but not for certain: its post may have moved, and another may have
    come to its place. So addresses and titles are asked first.
    """
    matching = match_items(items, bearings, site_url)
    of_path = {match.path: match.item for match in matching.matches if not unfit(match.item.id)}
    given = {record.entry_id: path for path, record in records.items() if record.entry_id}
    lost: list[OldItem] = []
    for item in (*matching.strangers, *(doubt.item for doubt in matching.doubts)):
        path = given.get(item.id, "")
        if path and path not in of_path:
            of_path[path] = item
        else:
            lost.append(item)
    return tuple(_known_again(records[p], item) for p, item in sorted(of_path.items()) if p in records), tuple(lost)


def _known_again(record: PostRecord, item: OldItem) -> PostRecord:
    """Without a version, so that the next pass reads it again, and knows it."""
    published = item.published or record.published
    updated = item.updated or published
    if published and updated:
        updated = max(published, updated)
    return record._replace(version="", entry_id=item.id, published=published, updated=updated, gone=None)


def _feed(name: str, found: Sequence[Standing], feeds_url: str) -> FeedRecord:
    windows = [one for one in found if not one.place.page]
    best = max(windows, key=lambda one: (one.says.updated or EPOCH, len(one.says.items)), default=None)
    told = next((one.says.id for one in found if one.says.id and not unfit(one.says.id)), "")
    items = best.says.items if best else ()
    stones = {ref: when for one in windows for ref, when in one.says.buried}
    return FeedRecord(
        name=name,
        id=told or own_id(name, feeds_url),
        updated=(best.says.updated if best else None) or _last(items),
        settings=UNKNOWN,
        members=tuple(item.id for item in items),
        tombstones=tuple(Tombstone(ref=ref, when=when) for ref, when in stones.items()),
    )


def _last(items: Sequence[OldItem]) -> datetime:
    return max((moment for item in items for moment in (item.published, item.updated) if moment), default=EPOCH)


def _pages(name: str, found: Sequence[Standing]) -> Iterator[PageRecord]:
    """The pages of a feed's archive: of a page in several formats the one that says when it changed."""
    pages: dict[int, Standing] = {}
    for one in found:
        number = one.place.page
        if number and (number not in pages or pages[number].says.updated is None):
            pages[number] = one
    for number, one in sorted(pages.items()):
        items = one.says.items
        yield PageRecord(
            feed=name,
            number=number,
            members=tuple(item.id for item in items),
            content=UNKNOWN,
            updated=one.says.updated or _last(items),
        )


def _document(one: Standing, feeds_url: str, hubs: Sequence[str]) -> DocumentRecord:
    """With an empty source it is made again by the next pass, which finds the same bytes there, or better ones."""
    return DocumentRecord(
        path=one.path,
        url=feeds_url + quote(one.path),
        feed=one.place.feed,
        format=one.place.format,
        digest=one.digest,
        source="",
        version=one.version,
        changed=one.changed.replace(microsecond=0),
        media_type=MEDIA_TYPES[one.place.format],
        hubs=() if one.place.page else tuple(hubs),
        length=one.length,
        page=one.place.page,
    )


def in_time(restored: Restored, now: datetime) -> Restored:
    """Nothing was published or changed later than now, whatever a document says."""
    return replace(
        restored,
        feeds=tuple(replace(feed, updated=min(feed.updated, now)) for feed in restored.feeds),
        pages=tuple(replace(page, updated=min(page.updated, now)) for page in restored.pages),
        documents=tuple(replace(document, changed=min(document.changed, now)) for document in restored.documents),
    )
