"""A feed's whole history (RFC 5005): pages that are cut once and keep their posts, and the window before them.

A page is cut off the oldest posts that are in none yet, as soon as these leave no room in the feed. It keeps the ids
that it was cut with: a post that is taken down only leaves its document, one that turns up late with an early date goes
into the feed itself and then into the next page. So a new post changes no page but, at times, the newest: that one
gains its link to the next when that is born.

The feed shows all posts that are in no page. The rest of its room goes to the posts in pages that were last published
or updated: there readers find what was corrected (atom-61), and so much room is always kept free.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote

import orjson

from syndicator.feeds import changed_at, last_change
from syndicator.model import UNKNOWN, FeedSpec, Format, PageRecord, Paging, PostRecord, digest, reached
from syndicator.selections import Page, Selection

#: How many parts of a feed's room a page takes, and how many are kept free for posts that are in a page already.
_PAGE, _FREE = 2, 4


def divide(
    selections: Sequence[Selection], prior: Mapping[str, Sequence[PageRecord]], now: datetime
) -> tuple[Selection, ...]:
    """Selections of all posts of their feeds become windows, with pages. Those without an archive stay as they are."""
    return tuple(_paginate(s, prior.get(s.name, ()), now) if s.has_archive else s for s in selections)


def news(
    selections: Sequence[Selection], prior: Mapping[str, Sequence[PageRecord]], specs: Iterable[FeedSpec]
) -> tuple[tuple[PageRecord, ...], tuple[str, ...]]:
    """What is to be remembered of pages: those that are other than before, and feeds that have no archive any more. One
    that is held keeps its pages until then.

    A feed of ``each`` that has no posts just now keeps its pages for the day when it has some again.
    """
    known = {record for records in prior.values() for record in records}
    pages = tuple(p.record for selection in selections for p in selection.pages if p.record not in known)
    kept = {spec.name for spec in specs if spec.archive}
    held = {selection.name for selection in selections if selection.pages}
    return pages, tuple(sorted(name for name in prior.keys() - held if name.partition("/")[0] not in kept))


def archive_path(path: str, number: int | str) -> str:
    """Where a page stands: ``feed.xml`` has ``feed.archive-1.xml`` beside it.

    With a full stop, which no slug has in it: so a category called "Archive 1" cannot come to lie there.
    """
    folder, slash, name = path.rpartition("/")
    stem, dot, ending = name.rpartition(".")
    return f"{folder}{slash}{stem}.archive-{number}.{ending}" if stem and dot else f"{path}.archive-{number}"


def paging(selection: Selection, number: int, feeds_url: str) -> tuple[tuple[Format, Paging], ...]:
    """The neighbours of a page, or of the subscription document (0), in each format."""
    count = len(selection.pages)

    def neighbours(path: str) -> Paging:
        if number == 0:
            return Paging(prev=page_url(path, count))
        return Paging(
            current=feeds_url + quote(path),
            prev=page_url(path, number - 1) if number > 1 else "",
            next=page_url(path, number + 1) if number < count else "",
            archive=True,
        )

    def page_url(path: str, number: int) -> str:
        return feeds_url + quote(archive_path(path, number))

    return tuple((format_, neighbours(path)) for format_, path in selection.outputs) if count else ()


def _paginate(selection: Selection, prior: Sequence[PageRecord], now: datetime) -> Selection:
    """The window and the pages of a feed. Without ``prior`` pages they follow from the dates of its posts alone."""
    room = selection.spec.limit
    size, full = max(1, room // _PAGE), room - room // _FREE
    posts = {record.entry_id: record for record in selection.members}
    paged = {entry_id for record in prior for entry_id in record.members}
    outside = [record for record in selection.members if record.entry_id not in paged]
    pages = [_page(record, posts, now) for record in prior]
    while len(outside) >= full:
        members = tuple(outside[-size:])
        del outside[-size:]
        number = pages[-1].record.number + 1 if pages else 1
        record = PageRecord(
            feed=selection.name,
            number=number,
            members=tuple(member.entry_id for member in members),
            content=_content(members),
            updated=last_change(members),
        )
        pages.append(Page(record=record, members=members))
    alone = {record.entry_id for record in outside}
    others = (record for record in selection.members if record.entry_id not in alone)
    shown = alone | {record.entry_id for record in heapq.nlargest(room - len(alone), others, key=changed_at)}
    window = tuple(record for record in selection.members if record.entry_id in shown)
    return replace(selection, members=window, pages=tuple(pages))


def shown_in(records: Iterable[PageRecord]) -> Iterable[str]:
    """The ids that pages showed when they last changed."""
    for record in records:
        yield from (entry_id for entry_id in record.members if entry_id not in record.missing)


def kept_pages(
    prior: Sequence[PageRecord], posts: Mapping[str, PostRecord], hidden: Callable[[PostRecord], bool], now: datetime
) -> tuple[Page, ...]:
    """The pages of a feed that is held: as they stand, but for those with a post that nobody may see, which it leaves.

    ``posts`` are those of the ledger by id. Whose file is gone meanwhile cannot be in a page that is written anew.
    """
    pages: list[Page] = []
    for record in prior:
        # What was not in it when it was last written does not come back before the feed is let through.
        there = {i: posts[i] for i in record.members if i in posts and i not in record.missing}
        leaving = {i for i, post in there.items() if hidden(post)}
        if leaving:
            shown = {i: post for i, post in there.items() if post.gone is None and not hidden(post)}
            # Whose file is gone is away, but not by anybody's word.
            missing = tuple(i for i in record.members if i in leaving or i in record.missing)
            page = _page(record, shown, now)
            pages.append(replace(page, record=replace(page.record, missing=missing)))
        else:
            members = tuple(post for post in there.values() if post.gone is None)
            pages.append(Page(record=record, members=members, kept=True))
    return tuple(pages)


def _page(record: PageRecord, posts: Mapping[str, PostRecord], now: datetime) -> Page:
    """A page as it is now. As with feeds, its date is its newest post's, unless something else changed it: then now."""
    members = tuple(posts[entry_id] for entry_id in record.members if entry_id in posts)
    content = _content(members)
    if record.content == UNKNOWN:
        record = replace(record, content=content)
    elif content != record.content:
        newest, before = last_change(members), min(record.updated, reached(record.updated, now))
        updated = newest if newest > before else max(now.replace(microsecond=0), before)
        missing = tuple(entry_id for entry_id in record.members if entry_id not in posts)
        record = replace(record, content=content, updated=updated, missing=missing)
    return Page(record=record, members=members)


def _content(members: Iterable[PostRecord]) -> str:
    """Names what a page shows without anybody reading its posts."""
    return digest(orjson.dumps([(r.path, r.entry_id, r.content, r.published, r.updated) for r in members]))
