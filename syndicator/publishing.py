"""Putting documents in their places, and remembering them with the announcements that are then owed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from syndicator.crew import Crew
from syndicator.errors import PublishError
from syndicator.feeds import build_feed, identify, settings_digest
from syndicator.gathering import Gathering
from syndicator.guard import swollen, too_large
from syndicator.holding import Judged, changes
from syndicator.making import Written, write_documents
from syndicator.model import DocumentRecord, Entry, Feed, FeedRecord, Held, Limits, Site, Tombstone
from syndicator.plan import Plan, Wanted, announcements, decide, want
from syndicator.ports import Ledger, LedgerChange, Publication, Publisher
from syndicator.progress import Progress
from syndicator.selections import Selection
from syndicator.takedowns import by_id, fallen, tombstones
from syndicator.traces import name_of, noted

#: About so many entries are read for the feeds that are written next, some 10 kB each.
_ENTRIES_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """Where documents go and what they say beside their entries; ``salt`` names all else that decides their bytes.

    Without ``announce`` nobody is owed word of them; in a ``dry_run`` nothing is put, deleted or remembered. ``limits``
    say how much may change at once, None for any. ``waiting`` are the feeds that were held before.
    """

    publisher: Publisher
    ledger: Ledger
    site: Site
    feeds_url: str
    hubs: tuple[str, ...]
    salt: str
    announce: bool
    dry_run: bool
    limits: Limits | None
    waiting: Mapping[str, Held]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Paths of documents that were ``written`` and ``deleted``, how many announcements are owed for them, and which
    feeds are ``held``.
    """

    written: tuple[str, ...]
    deleted: tuple[str, ...]
    announced: int
    held: Mapping[str, Held]


def publish(
    press: Press,
    judged: Judged,
    prior: Mapping[str, FeedRecord],
    gathering: Gathering,
    now: datetime,
    progress: Progress,
    crew: Crew,
) -> Published:
    """Put the documents that changed in their places, then remember them and what is owed for them. ``prior`` are the
    feeds as they were last published.

    Raises PublishError and StateError; what stands by then is remembered and announced.
    """
    remembered = press.ledger.documents()
    feeds, plan, altered = _plan(press, judged, gathering, prior, remembered, now)
    done, failed, held = _write(press, judged.selections, feeds, plan, gathering, progress, crew, now)
    feeds |= {name: prior[name] for name in held}
    held = {**judged.held, **held}
    documents = tuple(_document(one, remembered.get(one.wanted.path), now) for one in done)
    publication = Publication(
        feeds=tuple(feed for name, feed in feeds.items() if prior.get(name) != feed),
        dropped_feeds=tuple(sorted(prior.keys() - feeds.keys())),
        documents=(*documents, *_behind(plan, documents, remembered)),
        dropped_documents=plan.delete,
        dropped_entries=gathering.dropped,
        announcements=announcements(documents, remembered) if press.announce else (),
        held=changes(held, {**press.waiting, **judged.held}),
        freed=tuple(sorted(press.waiting.keys() - held.keys())),
    )
    if not press.dry_run:
        for path in plan.delete:
            press.publisher.delete(path)
        if publication != Publication():
            press.ledger.record(publication, now)
    if failed:
        raise failed[0]  # what does not stand is for the next pass
    written = (d.path for d in documents if d.path in altered or _changed(d, remembered.get(d.path)))
    return Published(
        written=tuple(sorted(written)), deleted=plan.delete, announced=len(publication.announcements), held=held
    )


def _plan(
    press: Press,
    judged: Judged,
    gathering: Gathering,
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
        settings = settings_digest(selection, press.site, press.hubs, press.feeds_url)
        known = prior.get(selection.name)
        if known is not None and selection.name in judged.untouched:
            feed = known
        else:
            spec = known.spec if known and selection.name in judged.held else name_of(selection.spec)
            feed = identify(selection, known, settings=settings, now=now, feeds_url=press.feeds_url, down=down)
            feed = noted(
                feed,
                known,
                spec=spec,
                stamps=judged.stamps,
                now=now,
                limits=press.limits,
                freed=selection.name in press.waiting and selection.name not in judged.held,
            )
        feeds[selection.name] = feed
        for item in want(selection, feed, keys, salt=press.salt, feeds_url=press.feeds_url):
            document = remembered.get(item.path)
            if document is None:
                wanted.append(item)
            elif selection.name in judged.untouched:
                wanted.append(replace(item, source=document.source))
            elif selection.name in judged.held or swollen(item.path) in approved or not selection.is_feed:
                wanted.append(item)
            else:
                # One that was too large before may stay so.
                most = press.limits.max_bytes if press.limits else 0
                wanted.append(replace(item, most=most if 0 < document.length <= most else 0))
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
    posts = fallen(prior, selections, gathering.posts, now)
    if not posts:
        return {}
    had = by_id(prior.values())
    # The state has the entries of posts that no feed shows any more until this pass is through.
    entries = ledger.entries({record.path for ref, record in posts.items() if ref not in had})
    return tombstones(posts, had, entries, now)


def _write(
    press: Press,
    selections: Sequence[Selection],
    records: Mapping[str, FeedRecord],
    plan: Plan,
    gathering: Gathering,
    progress: Progress,
    crew: Crew,
    now: datetime,
) -> tuple[list[Written], list[PublishError], dict[str, Held]]:
    wanted: dict[str, list[Wanted]] = {}
    for item in plan.render:
        wanted.setdefault(item.feed, []).append(item)
    touched = [selection for selection in selections if selection.name in wanted]

    def tasks() -> Iterator[tuple[Feed, Sequence[Wanted]]]:
        for some in _together(touched):
            entries = _entries(press.ledger, some, gathering)
            for selection in some:
                feed = build_feed(selection, records[selection.name], entries, press.site, press.hubs)
                yield feed, wanted[selection.name]
            entries.clear()  # before the next ones are read

    written: list[Written] = []
    failed: list[PublishError] = []
    held: dict[str, Held] = {}
    publisher = None if press.dry_run else press.publisher
    writing = write_documents(publisher, tasks(), sum(len(selection.members) for selection in touched), crew)
    if publisher:
        # While others write, when there are others.
        press.ledger.remember(LedgerChange(entries=tuple(gathering.made), dropped_images=gathering.unused_images()))
    for done in writing:
        written += done.written
        failed += done.failed
        if done.too_large:
            concerns = tuple(too_large(item.path, length, item.most) for item, length in done.too_large)
            feed = done.too_large[0][0].feed
            since = press.waiting[feed].since if feed in press.waiting else now
            held[feed] = Held(feed=feed, concerns=concerns, since=since)
        progress("writing documents", len(written), len(plan.render))
    if publisher and written:
        publisher.settle([one.wanted.path for one in written])
    return written, failed, held


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


def _document(done: Written, known: DocumentRecord | None, now: datetime) -> DocumentRecord:
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
    )


def _behind(
    plan: Plan, documents: Sequence[DocumentRecord], remembered: Mapping[str, DocumentRecord]
) -> Iterator[DocumentRecord]:
    """Documents that could not be written: they stand as they were, and are made from nothing that counts now."""
    done = {document.path for document in documents}
    for item in plan.render:
        known = remembered.get(item.path)
        if item.path not in done and known and known.source:
            yield replace(known, source="")


def _changed(document: DocumentRecord, known: DocumentRecord | None) -> bool:
    return known is None or known.digest != document.digest
