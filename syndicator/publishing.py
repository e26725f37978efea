"""Which documents have to be written, and remembering them with the announcements that are then owed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from syndicator.archiving import Archiving, Standstill
from syndicator.concerns import swollen
from syndicator.crew import Crew
from syndicator.dues import changed, owed
from syndicator.errors import PublishError
from syndicator.feeds import identify, settings_digest
from syndicator.gathering import Gathering
from syndicator.holding import Judged, changes
from syndicator.model import Announcement, DeliveryKind, DocumentRecord, FeedRecord, Held, Tombstone, Verdict
from syndicator.plan import Plan, Wanted, decide, says_the_same, want, want_pages
from syndicator.ports import Ledger, Publication
from syndicator.progress import Progress
from syndicator.selections import Selection
from syndicator.takedowns import by_id, fallen, left, tombstones
from syndicator.telling import Happened, notices
from syndicator.traces import name_of, noted
from syndicator.writing import Press, Writing, document_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Paths of documents that were ``written`` and ``deleted``, how many words to hubs and partners are owed for them,
    which feeds are ``held``, and what rules decided about entries of feeds that were written.
    """

    written: tuple[str, ...]
    deleted: tuple[str, ...]
    announced: int
    held: Mapping[str, Held]
    verdicts: tuple[Verdict, ...] = ()


def publish(
    press: Press,
    judged: Judged,
    prior: Mapping[str, FeedRecord],
    gathering: Gathering,
    archiving: Archiving | Standstill,
    now: datetime,
    progress: Progress,
    crew: Crew,
) -> Published:
    """Put the documents that changed in their places, then remember them and what is owed for them. ``prior`` are the
    feeds as they were last published.

    Raises PublishError and StateError; what stands by then is remembered and announced.
    """
    remembered = press.ledger.documents()
    feeds, plan, altered = _plan(press, judged, gathering, archiving, prior, remembered, now)
    if not press.orders.dry_run:
        with suppress(PublishError):  # where that cannot be written, the documents will say why
            press.publisher.begin([item.path for item in plan.render if item.path not in remembered])
    writing = Writing(press, judged.selections, feeds, plan, remembered, now, progress, crew)
    done, failed, held = writing.run(gathering, archiving)
    feeds |= {name: prior[name] for name in held}
    held = {**judged.held, **held}
    standing = {document_of(one, remembered.get(one.wanted.path), now): one.body for one in done}
    documents = tuple(standing)
    if not press.orders.dry_run and documents:
        if press.show is not None:
            press.show(standing, ())
        press.publisher.settle([one.path for one in documents])
    announcements: tuple[Announcement, ...] = ()
    if press.orders.announce:
        news, gone = changed(documents, remembered), [remembered[path] for path in plan.delete]
        happened = Happened(
            selections=judged.selections,
            feeds=feeds,
            prior=prior,
            news=news,
            gone=gone,
            unwritten=_unwritten(plan, documents) - held.keys(),
            verdicts=writing.verdicts,
        )
        announcements = (
            *owed(news, gone, remembered, press.orders.audience),
            *notices(happened, press.orders.audience, gathering, press.ledger, now),
        )
    publication = Publication(
        feeds=tuple(feed for name, feed in feeds.items() if prior.get(name) != feed),
        dropped_feeds=tuple(sorted(prior.keys() - feeds.keys())),
        documents=(*documents, *_behind(plan, documents, remembered)),
        dropped_documents=plan.delete,
        dropped_entries=gathering.dropped,
        announcements=announcements,
        held=changes(held, {**press.waiting, **judged.held}),
        freed=tuple(sorted(press.waiting.keys() - held.keys())),
    )
    if not press.orders.dry_run:
        for path in plan.delete:
            press.publisher.delete(path)
        if press.show is not None and plan.delete:
            press.show({}, plan.delete)
        if publication != Publication():
            press.ledger.record(publication, now)
        known = {*remembered, *(one.path for one in documents)}
        press.publisher.end(known.difference(plan.delete), {item.path for item in plan.render} - known)
    if failed:
        raise failed[0]  # what does not stand is for the next pass
    written = (d.path for d in documents if d.path in altered or _changed(d, remembered.get(d.path)))
    return Published(
        written=tuple(sorted(written)),
        deleted=plan.delete,
        announced=sum(one.kind in (DeliveryKind.HUB, DeliveryKind.WEBHOOK) for one in announcements),
        held=held,
        verdicts=tuple(writing.verdicts),
    )


def _plan(
    press: Press,
    judged: Judged,
    gathering: Gathering,
    archiving: Archiving | Standstill,
    prior: Mapping[str, FeedRecord],
    remembered: Mapping[str, DocumentRecord],
    now: datetime,
) -> tuple[dict[str, FeedRecord], Plan, frozenset[str]]:
    keys = {path: record.key for path, record in gathering.records.items()}
    feeds: dict[str, FeedRecord] = {}
    wanted: list[Wanted] = []
    approved = {name for held in press.waiting.values() for name in held.approved}
    down = _down(press.ledger, judged.selections, gathering, prior, now)
    for selection in judged.selections:
        settings = settings_digest(selection, press.site, press.orders.hubs, press.orders.feeds_url)
        known = prior.get(selection.name)
        if known is not None and selection.name in judged.untouched:
            feed = known
        else:
            spec = known.spec if known and selection.name in judged.held else name_of(selection.spec)
            feed = identify(selection, known, settings=settings, now=now, feeds_url=press.orders.feeds_url, down=down)
            feed = noted(
                feed,
                known,
                spec=spec,
                stamps=judged.stamps,
                now=now,
                limits=press.orders.limits,
                freed=selection.name in press.waiting and selection.name not in judged.held,
            )
        feeds[selection.name] = feed
        for item in want(selection, feed, keys, salt=press.salt, feeds_url=press.orders.feeds_url):
            document = remembered.get(item.path)
            if document is None:
                wanted.append(item)
            elif selection.name in judged.untouched:
                wanted.append(replace(item, source=document.source))
            elif selection.name in judged.held or swollen(item.path) in approved or not selection.is_feed:
                wanted.append(item)
            else:
                # One that was too large before may stay so.
                most = press.orders.limits.max_bytes if press.orders.limits else 0
                wanted.append(replace(item, most=most if 0 < document.length <= most else 0))
        if selection.pages:
            kept = {page.record.number for page in selection.pages if page.kept}
            settings = settings_digest(selection, press.site, (), press.orders.feeds_url)
            for item in want_pages(
                selection, feed, archiving.marks, settings=settings, salt=press.salt, feeds_url=press.orders.feeds_url
            ):
                document = remembered.get(item.path)
                wanted.append(replace(item, source=document.source) if document and item.page in kept else item)
    altered = press.publisher.altered({path: document.version for path, document in remembered.items()})
    return feeds, decide(wanted, remembered, altered), altered


def _down(
    ledger: Ledger,
    selections: Sequence[Selection],
    gathering: Gathering,
    prior: Mapping[str, FeedRecord],
    now: datetime,
) -> dict[str, Tombstone]:
    """Of each post that feeds have to take down, or have taken down, what they keep of it, by id."""
    called = gathering.posts.called(left(prior, selections))
    posts = fallen(prior, selections, {record.path: record for record in called}, now)
    if not posts:
        return {}
    had = by_id(prior.values())
    # The state has the entries of posts that no feed shows any more until this pass is through.
    entries = ledger.entries({record.path for ref, record in posts.items() if ref not in had})
    return tombstones(posts, had, entries, now)


def _behind(
    plan: Plan, documents: Sequence[DocumentRecord], remembered: Mapping[str, DocumentRecord]
) -> Iterator[DocumentRecord]:
    """Documents that could not be written: they stand as they were, and are made from nothing that counts now."""
    done = {document.path for document in documents}
    for item in plan.render:
        known = remembered.get(item.path)
        if item.path not in done and known and known.source and not (item.page and says_the_same(item, known)):
            yield replace(known, source="")


def _unwritten(plan: Plan, documents: Sequence[DocumentRecord]) -> set[str]:
    """Feeds of which no document but pages could be written, though some should have been."""
    wanted = {item.feed for item in plan.render if not item.page}
    return wanted - {document.feed for document in documents if not document.page}


def _changed(document: DocumentRecord, known: DocumentRecord | None) -> bool:
    return known is None or known.digest != document.digest
