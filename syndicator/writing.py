"""Writing documents: pages of archives first, and only so many entries at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from syndicator.archiving import Archiving, PageTask, Standstill
from syndicator.concerns import too_large
from syndicator.crew import Crew
from syndicator.dues import changed, owed
from syndicator.errors import PublishError
from syndicator.feeds import build_feed
from syndicator.formats import Pieces
from syndicator.gathering import Gathering
from syndicator.history import paging
from syndicator.making import Written, write_documents
from syndicator.model import Audience, DocumentRecord, Entry, Feed, FeedRecord, FeedSpec, Held, Site, Verdict
from syndicator.passes import Orders
from syndicator.plan import Plan, Wanted, says_the_same
from syndicator.ports import Ledger, LedgerChange, Publication, Publisher
from syndicator.progress import Progress
from syndicator.selections import Page, Selection

#: About so many entries are read for the feeds that are written next, some 10 kB each.
_ENTRIES_AT_ONCE = 1_000

#: Given what stands by now, with its bytes (None for pages, which are read from their files), and paths that are gone.
Show = Callable[[Mapping[DocumentRecord, bytes | None], Collection[str]], None]

#: So many pages are written between two looks at the state.
_MANY = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """Where documents go and what they say beside their entries; ``salt`` names all else that decides their bytes.

    ``waiting`` are the feeds that were held before, ``pieces`` what entries came to in documents, kept for the next
    pass. ``show`` shows documents to readers as soon as they stand.
    """

    publisher: Publisher
    ledger: Ledger
    orders: Orders
    site: Site
    salt: str
    waiting: Mapping[str, Held]
    pieces: Pieces | None = None
    show: Show | None = None


class Writing:
    """Puts documents in their places: pages of archives before the documents that lead to them."""

    def __init__(
        self,
        press: Press,
        selections: Sequence[Selection],
        records: Mapping[str, FeedRecord],
        plan: Plan,
        remembered: Mapping[str, DocumentRecord],
        now: datetime,
        progress: Progress,
        crew: Crew,
    ) -> None:
        self._press, self._records, self._remembered, self._now = press, records, remembered, now
        self._progress, self._crew = progress, crew
        self._publisher = None if press.orders.dry_run else press.publisher
        self._wanted: dict[tuple[str, int], list[Wanted]] = {}
        for item in plan.render:
            self._wanted.setdefault((item.feed, item.page), []).append(item)
        names = {item.feed for item in plan.render}
        self._selections = [selection for selection in selections if selection.name in names]
        self._count = len(plan.render)
        self._written: list[Written] = []
        self._kept = 0
        self._failed: list[PublishError] = []
        self._held: dict[str, Held] = {}
        self.verdicts: list[Verdict] = []

    def run(
        self, gathering: Gathering, archiving: Archiving | Standstill
    ) -> tuple[list[Written], list[PublishError], dict[str, Held]]:
        """What stands by then, why other documents do not, and the feeds that have grown too large."""
        touched = [selection for selection in self._selections if (selection.name, 0) in self._wanted]
        change = LedgerChange(entries=tuple(gathering.made), dropped_images=gathering.unused_images())
        if tasks := self._pages():
            members = sum(len(task.page.members) for task in tasks)
            for _ in self._write(archiving.feeds(tasks, self._crew), members, change):
                if len(self._written) >= self._kept + _MANY:
                    self._keep_pages()
            missing = self._missing(tasks)
            touched, change = [s for s in touched if s.name not in missing], LedgerChange()
        members = sum(len(selection.members) for selection in touched)
        for _ in self._write(self._windows(touched, gathering), members, change):
            pass
        return self._written, self._failed, self._held

    def _write(
        self, feeds: Iterator[tuple[Feed, FeedSpec, Sequence[Wanted]]], entries: int, change: LedgerChange
    ) -> Iterator[None]:
        """Write documents, one feed or page after the other, and remember a change."""
        press = self._press
        writing = write_documents(self._publisher, feeds, entries, self._crew, press.pieces, keep=bool(press.show))
        if self._publisher:
            # While others write, when there are others.
            press.ledger.remember(change)
        for done in writing:
            self._written += done.written
            self._failed += done.failed
            self.verdicts += done.verdicts
            if done.too_large:
                self._hold(done.too_large)
            self._progress("writing documents", len(self._written), self._count)
            yield

    def _hold(self, too_large_ones: Sequence[tuple[Wanted, int]]) -> None:
        feed = too_large_ones[0][0].feed
        waiting = self._press.waiting
        self._held[feed] = Held(
            feed=feed,
            concerns=tuple(too_large(item.path, length, item.most) for item, length in too_large_ones),
            since=waiting[feed].since if feed in waiting else self._now,
        )

    def _keep_pages(self) -> None:
        """Remember pages that stand by now: whoever is stopped in the first minutes of a long archive goes on there.
        Nobody but caches is owed word of them."""
        if self._publisher:
            latest = self._written[self._kept :]
            self._publisher.settle([one.wanted.path for one in latest])
            documents = tuple(document_of(one, self._remembered.get(one.wanted.path), self._now) for one in latest)
            audience = self._press.orders.audience if self._press.orders.announce else Audience()
            owed_now = owed(changed(documents, self._remembered), (), self._remembered, audience)
            self._press.ledger.record(Publication(documents=documents, announcements=tuple(owed_now)), self._now)
        self._kept = len(self._written)

    def _windows(
        self, selections: Sequence[Selection], gathering: Gathering
    ) -> Iterator[tuple[Feed, FeedSpec, Sequence[Wanted]]]:
        press = self._press
        for some in _together(selections):
            entries = _entries(press.ledger, some, gathering)
            for selection in some:
                feed = build_feed(selection, self._records[selection.name], entries, press.site, press.orders.hubs)
                if selection.pages:
                    feed = replace(feed, paging=paging(selection, 0, press.orders.feeds_url))
                yield feed, selection.spec, self._wanted[selection.name, 0]
            entries.clear()  # before the next ones are read

    def _page(self, selection: Selection, page: Page, entries: Mapping[str, Entry]) -> Feed:
        """The feed as a page has it, without hubs: what nobody is told of is no topic."""
        press, shown = self._press, replace(selection, members=page.members)
        feed = build_feed(shown, self._records[selection.name], entries, press.site, ())
        place = paging(selection, page.record.number, press.orders.feeds_url)
        # Nor does it tell of what is gone: that would change it again and again.
        return replace(feed, updated=page.record.updated, paging=place, tombstones=())

    def _pages(self) -> list[PageTask]:
        return [
            PageTask(
                build=partial(self._page, selection, page),
                page=page,
                # However small the feed is by now, a page keeps the posts that it was cut with.
                spec=replace(selection.spec, limit=max(selection.spec.limit, len(page.members))),
                wanted=tuple(wanted),
                patient=all(says_the_same(item, self._remembered.get(item.path)) for item in wanted),
            )
            for selection in self._selections
            for page in selection.pages
            if (wanted := self._wanted.get((selection.name, page.record.number)))
        ]

    def _missing(self, tasks: Sequence[PageTask]) -> Collection[str]:
        """Feeds with a page that could not be written for the first time: what leads to it has to wait, or posts would
        be in neither document (atom-61)."""
        stand = self._remembered.keys() | {one.wanted.path for one in self._written}
        return {item.feed for task in tasks for item in task.wanted if item.path not in stand}


def _together(selections: Sequence[Selection]) -> Iterator[list[Selection]]:
    """Feeds whose entries are in memory at the same time: all where they are few."""
    some: list[Selection] = []
    paths: set[str] = set()
    for selection in selections:
        some.append(selection)
        paths.update(member.path for member in selection.members)
        if len(paths) >= _ENTRIES_AT_ONCE:
            yield some
            some, paths = [], set()
    if some:
        yield some


def _entries(ledger: Ledger, selections: Sequence[Selection], gathering: Gathering) -> dict[str, Entry]:
    """The entries that these feeds show: those just made, the others as remembered."""
    paths = {m.path for selection in selections for m in selection.members if m.path in gathering.records}
    return {**ledger.entries(paths - gathering.fresh.keys()), **gathering.fresh}


def document_of(done: Written, known: DocumentRecord | None, now: datetime) -> DocumentRecord:
    """What to remember of a document that now stands: its ``changed`` moves only when its bytes do."""
    item = done.wanted
    return DocumentRecord(
        path=item.path,
        url=item.url,
        feed=item.feed,
        format=item.format,
        digest=done.digest,
        source=item.source,
        version=done.version,
        changed=known.changed if known and known.digest == done.digest else now.replace(microsecond=0),
        media_type=done.media_type,
        hubs=done.hubs,
        length=done.length,
        page=item.page,
    )
