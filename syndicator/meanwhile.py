"""A pass while the source is away: what expires or gets too old leaves feeds and archives, from what the state has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from syndicator.archiving import Standstill
from syndicator.book import Book
from syndicator.crew import Crew
from syndicator.entries import EntryKeys
from syndicator.feeds import live, select
from syndicator.gathering import Gathering
from syndicator.instants import next_change, of_guard
from syndicator.judging import Before, judge
from syndicator.lapsing import Shown, as_time_left_it, asks_for_sections, freed
from syndicator.ledger import Settled
from syndicator.listing import list_feeds
from syndicator.model import SourceRecord
from syndicator.ports import LedgerChange, PassRecord
from syndicator.posts.references import Targets
from syndicator.progress import quiet
from syndicator.pruning import prune
from syndicator.publishing import Published, publish
from syndicator.selections import Selection
from syndicator.takedowns import lay_down, left
from syndicator.writing import Press


def lapse(press: Press, last: PassRecord, source: SourceRecord, now: datetime) -> tuple[Published, PassRecord]:
    """Publish the feeds as time has left them since the ``last`` pass, which is noted anew with what comes next.
    ``source`` is as that pass found it.
    """
    orders, ledger, prior, book = press.orders, press.ledger, press.ledger.feeds(), Book(press.ledger)
    pages = ledger.pages()
    over = frozenset(record.entry_id for record in ledger.expired(last.at, now)) if pages else frozenset()
    pruned, failed = prune(press, pages, over, now)
    posts = {r.entry_id: r for r in book.there_called({i for feed in prior.values() for i in feed.members})}
    shown = Shown(feeds=prior, held=press.waiting, pages=pages, posts=posts)
    free = _let_go(shown, press, source, last, now)
    judged = as_time_left_it(shown, orders.feeds, source, now, free)
    held = [prior[name] for name in judged.held if name in prior]
    first = filter(None, [ledger.next_to_expire(now) if pages else None])
    due = next_change((*posts.values(), *first), now, judged.selections, held, orders.limits)
    lists = list_feeds(orders.lists, judged.selections, source.site, orders.feeds_url)
    judged = replace(judged, selections=(*judged.selections, *lists))
    called = {record.path: record for record in book.called(left(prior, judged.selections))}
    settled = lay_down(Settled(records=called, changed=(), moved=(), refused=()), prior, judged.selections, now)
    book.change(settled.changed)
    ledger.remember(LedgerChange(posts=settled.changed))
    members = {record.path: record for selection in judged.selections for record in selection.members}
    work = Gathering(
        members,
        members,  # all keep the entries that they have
        posts=book,
        targets=lambda: Targets(()),
        page_version=lambda _: "",
        questions=lambda _, __: (),
        answer=lambda _: "",
        keys=EntryKeys(source.rules),
        measure=lambda _, __: None,
        ledger=ledger,
        ask_images=False,
    )
    published = publish(press, judged, prior, work, Standstill(), now, quiet, Crew(1))
    if failed:
        raise failed[0]  # feeds lose what they can; the next pass tries the page again
    at, why = due or (None, "")
    # Whatever the orders: who looks at the source again has everything to do.
    after = replace(last, next_change=at, next_why=why, orders="")
    ledger.note_pass(after)
    return replace(published, written=tuple(sorted({*published.written, *pruned}))), after


def _let_go(
    shown: Shown, press: Press, source: SourceRecord, last: PassRecord, now: datetime
) -> Mapping[str, Selection]:
    """Feeds that were held for changes that added up, and are by what the guard makes of the last of them alone."""
    orders = press.orders
    held = [shown.feeds[name] for name in shown.held if name in shown.feeds]
    ended = orders.limits is not None and any(change.at <= now for change in of_guard(held, orders.limits, last.at))
    if not ended or asks_for_sections(orders.feeds):
        return {}
    choose = partial(select, orders.feeds, site=source.site, now=now)
    # It takes long where there are very many posts; and a feed is seldom held when the source goes away.
    everyone = live(press.ledger.posts().values(), now, last_path_first=source.last_path_first)
    before = Before(feeds=shown.feeds, pages=shown.pages, held=shown.held)
    nothing = Settled(records={}, changed=(), moved=(), refused=())
    book = Book(press.ledger)
    return freed(shown, judge(choose(everyone), {}, before, orders, book, nothing, choose, now).judged)
