"""A feed and the pages of its archive taken together, for judging what both would show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from syndicator.concerns import seconds
from syndicator.feeds import changed_at
from syndicator.guard import Proposal
from syndicator.history import shown_in
from syndicator.model import FeedRecord, PageRecord, PostRecord
from syndicator.selections import Page, Selection
from syndicator.traces import dated

#: Dates of which only so much is known that they were others.
_OTHERS = (0, 0)


def ids_in(
    prior: Mapping[str, FeedRecord], archived: Mapping[str, Sequence[PageRecord]], proposed: Iterable[Selection]
) -> set[str]:
    """The ids of all that feeds and their pages showed, or would show."""
    found = {entry_id for feed in prior.values() for entry_id in feed.members}
    found.update(entry_id for feed in prior.values() if feed.past for entry_id in feed.past.members)
    found.update(entry_id for pages in archived.values() for page in pages for entry_id in page.members)
    for selection in proposed:
        found.update(record.entry_id for record in selection.members)
        found.update(record.entry_id for page in selection.pages for record in page.members)
    return found


def stirs(
    prior: FeedRecord,
    members: Sequence[PostRecord],
    records: Sequence[PageRecord],
    pages: Sequence[Page],
    least: int,
) -> bool:
    """Whether as many posts leave a feed and its pages, or are edited in these. Most passes change no page."""
    lost = edited = 0
    for record, page in _changed(records, pages):
        lost += len(set(shown_in([record])).difference(member.entry_id for member in page.members))
        edited += sum(_is_edited(member, record) for member in page.members)
    if lost:
        lost += len(set(prior.members).difference(member.entry_id for member in members))
    return lost >= least or edited >= least


def bound(
    prior: FeedRecord, proposal: Proposal, records: Sequence[PageRecord], pages: Sequence[Page]
) -> tuple[FeedRecord, Proposal]:
    """What a feed showed and would show, with all that its pages showed and would show.

    Pages do not remember dates. Whoever was edited since his page changed had others.
    """
    if not records:
        return prior, proposal
    members = {m.entry_id: m for m in (*proposal.members, *(m for page in pages for m in page.members))}
    edited = {m.entry_id for record, page in _changed(records, pages) for m in page.members if _is_edited(m, record)}
    former = dict(dated(prior)) if prior.dates else dict.fromkeys(prior.members, _OTHERS)
    for entry_id in shown_in(records):
        post = members.get(entry_id)
        as_now = post is not None and entry_id not in edited
        former.setdefault(entry_id, (seconds(post.published), seconds(post.updated)) if post and as_now else _OTHERS)
    dates = tuple(chain.from_iterable(former.values())) if prior.dates else ()
    return replace(prior, members=tuple(former), dates=dates), replace(proposal, members=tuple(members.values()))


def _changed(records: Sequence[PageRecord], pages: Sequence[Page]) -> Iterator[tuple[PageRecord, Page]]:
    for record, page in zip(records, pages, strict=False):
        if record.content != page.record.content:
            yield record, page


def _is_edited(post: PostRecord, page: PageRecord) -> bool:
    """Whether a post of a page is news since that changed, whose date is never before those of its posts."""
    return seconds(changed_at(post)) > seconds(page.updated)
