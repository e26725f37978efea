"""One pass: read what changed, think, publish, remember."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from syndicator.crew import Crew
from syndicator.entries import EntryKeys, illustrate
from syndicator.errors import PostError, PublishError, SourceError
from syndicator.feeds import Selection, build_feed, identify, live, next_change, select, settings_digest
from syndicator.ledger import settle
from syndicator.making import Made, Written, make_entries, write_documents
from syndicator.model import (
    DocumentRecord,
    Entry,
    FeedRecord,
    FeedSpec,
    ImageFacts,
    ImageRef,
    PostRecord,
    PostWarning,
)
from syndicator.plan import Plan, Wanted, announcements, check_paths, decide, want
from syndicator.ports import (
    EntryRecord,
    ImageAnswer,
    Ledger,
    LedgerChange,
    PassRecord,
    Publication,
    Publisher,
    Refusal,
    StoredEntry,
)
from syndicator.reading import Reader, Reading, begin_reading, finish_reading

#: So many posts must be known before an empty folder counts as an accident.
_A_FEW = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What the configuration wants published where, and how a pass is to be made."""

    feeds: tuple[FeedSpec, ...]
    feeds_url: str
    hubs: tuple[str, ...] = ()
    announce: bool = True
    ask_images: bool = True
    allow_empty: bool = False
    dry_run: bool = False
    jobs: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a pass did.

    ``read`` counts files that are new or changed. ``again`` says that a file changed while it was looked at: the next
    pass should come soon. ``news`` says whether anything at all was other than before.
    """

    posts: int
    live: int
    read: int
    entries: int
    feeds: int
    documents: int
    written: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    announced: int = 0
    refused: tuple[Refusal, ...] = ()
    warnings: tuple[PostWarning, ...] = ()
    next_change: datetime | None = None
    again: bool = False
    news: bool = False
    seconds: float = 0.0


Progress = Callable[[str, int, int], None]


def _quiet(stage: str, done: int, total: int) -> None:
    """Nobody watches."""


@dataclass(slots=True)
class _Work:
    """What a pass has gathered about the entries that its feeds show."""

    records: dict[str, EntryRecord]
    dropped: tuple[str, ...] = ()
    images: dict[str, ImageAnswer] = field(default_factory=dict)
    stale: list[PostRecord] = field(default_factory=list)
    fresh: dict[str, Entry] = field(default_factory=dict)
    answers: dict[str, ImageAnswer] = field(default_factory=dict)
    refused: list[tuple[PostError, str]] = field(default_factory=list)
    made: list[StoredEntry] = field(default_factory=list)
    former: set[str] = field(default_factory=set)
    again: bool = False

    def unused_images(self) -> tuple[str, ...]:
        """Addresses that entries had before this pass and none has now."""
        return tuple(sorted(self.former - {record.image.url for record in self.records.values() if record.image}))


class Pipeline:
    """Makes passes. Everything it keeps between them is also in the ledger, so it may be thrown away at any time."""

    def __init__(self, reader: Reader, publisher: Publisher, ledger: Ledger, orders: Orders) -> None:
        self._reader = reader
        self._publisher = publisher
        self._ledger = ledger
        self._orders = orders
        self._salt = reader.rules_name
        self._keys = EntryKeys(self._salt)
        self._posts: dict[str, PostRecord] | None = None
        self._swept = False

    def run(
        self, now: datetime, progress: Progress = _quiet, crew: Crew | None = None, begun: Reading | None = None
    ) -> Report:
        """Make one pass. Raises SourceError, StateError, PublishError or ConfigError; bad posts are reported.

        Whatever is raised, and wherever the process is killed, the next pass begins where this one should have ended.
        ``begun`` is a reading that was begun when nothing was known, by the same ``crew``.
        """
        started = time.monotonic()
        try:
            if crew is None:
                with Crew(self._orders.jobs) as crew:
                    report = self._run(now, progress, crew, None)
            else:
                report = self._run(now, progress, crew, begun)
        except BaseException:
            self._posts = None
            raise
        report = replace(report, seconds=time.monotonic() - started)
        if not self._orders.dry_run and report.news:
            self._ledger.note_pass(
                PassRecord(
                    at=now,
                    seconds=report.seconds,
                    posts=report.posts,
                    written=len(report.written),
                    refused=len(report.refused),
                )
            )
        return report

    def _run(self, now: datetime, progress: Progress, crew: Crew, begun: Reading | None) -> Report:
        known = self._ledger.posts() if self._posts is None else self._posts
        quarantine = self._ledger.refusals()
        versions = {path: record.version for path, record in known.items() if record.gone is None}
        versions.update((path, refusal.version) for path, refusal in quarantine.items())
        reading = begun if begun and not versions else begin_reading(self._reader, versions, crew)
        scan, changed = reading.scan, reading.changed
        if not changed:
            self._refuse_emptiness(known, scan.gone)
        # What the source could not reach and what another post stands in the way of is looked at again every time.
        fresh = [path for path, _ in changed if path not in quarantine or quarantine[path].version]
        read = finish_reading(reading, lambda done: progress("reading posts", done, len(changed)))
        settled = settle(known, read.records, scan.gone, now=now, site_url=self._reader.site.url)

        shown = live(settled.records.values(), now)
        selections = select(self._orders.feeds, shown, self._reader.site)
        check_paths(selections)
        members = {record.path: record for selection in selections for record in selection.members}
        bad = [*read.refused, *((error, "") for error in (*scan.refused, *settled.refused))]
        looked_at = {record.path for record in read.records} | set(scan.gone)
        old = {p: r for p, r in quarantine.items() if p not in looked_at and r.version}
        work = self._look(members, old.keys() | {error.path for error, _ in bad})
        made = make_entries(self._reader, work.stale, crew)
        if not self._orders.dry_run:
            # Before anything is published: an id that readers may see is never minted twice. While others render.
            self._ledger.remember(LedgerChange(posts=settled.changed, moved=settled.moved))
            self._posts = dict(settled.records)
        self._gather(made, work, progress)
        refusals = {**old, **_refusals([*bad, *work.refused], quarantine, now)}
        change = LedgerChange(
            refused=tuple(r for p, r in sorted(refusals.items()) if quarantine.get(p) != r),
            cleared=tuple(sorted(quarantine.keys() - refusals.keys())),
            images=tuple(_when(answer, now) for answer in work.answers.values()),
        )
        if not self._orders.dry_run:
            self._ledger.remember(change)

        plan, publication, written = self._publish(selections, work, now, progress, crew)
        return Report(
            posts=sum(record.gone is None for record in settled.records.values()),
            live=len(shown),
            read=len(fresh),
            entries=len(work.made),
            feeds=len(selections),
            documents=sum(len(selection.outputs) for selection in selections),
            written=written,
            deleted=plan.delete,
            announced=len(publication.announcements),
            refused=tuple(refusals[path] for path in sorted(refusals)),
            warnings=(*read.warnings, *settled.warnings),
            next_change=next_change(settled.records.values(), now),
            again=work.again,
            news=bool(fresh or scan.gone or written or plan.delete or change != LedgerChange()),
        )

    # --- reading -------------------------------------------------------------------------------------------------

    def _refuse_emptiness(self, known: Mapping[str, PostRecord], gone: Sequence[str]) -> None:
        present = {path for path, record in known.items() if record.gone is None}
        if len(present) >= _A_FEW and present <= set(gone) and not self._orders.allow_empty:
            raise SourceError(
                "source",
                f"all {len(present)} known posts are gone at once",
                "mount or restore the folder; if it is meant, stop the service, run 'syndicator build --allow-empty'",
            )

    # --- entries -------------------------------------------------------------------------------------------------

    def _look(self, members: Mapping[str, PostRecord], bad: Iterable[str]) -> _Work:
        """Find the entry of every post that some feed shows, and those that have to be made anew."""
        stored = self._ledger.entry_records()
        work = _Work(
            records={path: record for path, record in stored.items() if path in members},
            dropped=tuple(sorted(stored.keys() - members.keys())),
            former={record.image.url for record in stored.values() if record.image},
        )
        work.images.update(self._ledger.images({r.image.url for r in work.records.values() if r.image}))
        stand = set(bad)
        for path, record in members.items():
            entry = work.records.get(path)
            if path in stand:
                continue  # its last good entry stays, if it ever had one
            if entry is None or entry.key != self._keys.key(record, self._facts(entry.image, work)):
                work.stale.append(record)
        return work

    def _gather(self, made: Iterable[Made], work: _Work, progress: Progress) -> None:
        """Give the entries that were made their images; all that is known of these is asked for at once."""
        done = 0
        for batch in made:
            done += len(batch.entries) + len(batch.refused)
            work.refused += batch.refused
            work.again |= batch.again
            work.images.update(self._ledger.images({i.url for _, _, i in batch.entries if i} - work.images.keys()))
            for record, entry, image in batch.entries:
                facts = self._facts(image, work)
                known = EntryRecord(path=record.path, key=self._keys.key(record, facts), image=image)
                work.records[record.path] = known
                work.fresh[record.path] = illustrate(entry, image, facts)
                work.made.append(StoredEntry(record=known, entry=work.fresh[record.path]))
            progress("rendering entries", done, len(work.stale))

    def _facts(self, image: ImageRef | None, work: _Work) -> ImageFacts | None:
        """What is known of an image now. A question about a remote one is noted, and answered some other time."""
        if image is None:
            return None
        answer = work.answers.get(image.url) or work.images.get(image.url)
        if image.file is not None:
            measured = self._reader.source.measure(image.file, answer.version if answer else "")
            if measured is None:
                return None
            version, facts = measured
            if answer and answer.version == version:
                return answer.facts
            work.answers[image.url] = ImageAnswer(url=image.url, facts=facts, status="known", version=version)
            return facts
        if answer is None and self._orders.ask_images and image.url not in work.answers:
            work.answers[image.url] = ImageAnswer(url=image.url, facts=ImageFacts(), status="asked")
        return answer.facts if answer and answer.facts != ImageFacts() else None

    # --- publishing ----------------------------------------------------------------------------------------------

    def _publish(
        self, selections: Sequence[Selection], work: _Work, now: datetime, progress: Progress, crew: Crew
    ) -> tuple[Plan, Publication, tuple[str, ...]]:
        """Put the documents that changed in their places, then remember them and what is owed for them."""
        orders, site = self._orders, self._reader.site
        prior_feeds, remembered = self._ledger.feeds(), self._ledger.documents()
        if not self._swept and not orders.dry_run:
            self._publisher.sweep(remembered)
            self._swept = True
        keys = {path: record.key for path, record in work.records.items()}
        feeds: dict[str, FeedRecord] = {}
        wanted: list[Wanted] = []
        for selection in selections:
            settings = settings_digest(selection, site, orders.hubs, orders.feeds_url)
            record = identify(
                selection, prior_feeds.get(selection.name), settings=settings, now=now, feeds_url=orders.feeds_url
            )
            feeds[selection.name] = record
            wanted += want(selection, record, keys, salt=self._salt, feeds_url=orders.feeds_url)
        altered = self._publisher.altered({path: document.version for path, document in remembered.items()})
        plan = decide(wanted, remembered, altered)

        entries = self._entries(plan, selections, work)
        done, failed = self._write(plan, selections, feeds, entries, progress, crew)
        documents = tuple(_document(one, remembered.get(one.wanted.path), now) for one in done)
        written = [d.path for d in documents if d.path in altered or _changed(d, remembered.get(d.path))]
        publication = Publication(
            feeds=tuple(feed for name, feed in feeds.items() if prior_feeds.get(name) != feed),
            dropped_feeds=tuple(sorted(prior_feeds.keys() - feeds.keys())),
            documents=documents,
            dropped_documents=plan.delete,
            entries=tuple(work.made),
            dropped_entries=work.dropped,
            dropped_images=work.unused_images(),
            announcements=announcements(documents, remembered) if orders.announce else (),
        )
        if not orders.dry_run:
            for path in plan.delete:
                self._publisher.delete(path)
            if publication != Publication():
                self._ledger.record(publication, now)
        if failed:
            # What stands is remembered and announced; the pass is to be made again for what does not.
            raise failed[0]
        return plan, publication, tuple(sorted(written))

    def _write(
        self,
        plan: Plan,
        selections: Sequence[Selection],
        records: Mapping[str, FeedRecord],
        entries: Mapping[str, Entry],
        progress: Progress,
        crew: Crew,
    ) -> tuple[list[Written], list[PublishError]]:
        wanted: dict[str, list[Wanted]] = {}
        for item in plan.render:
            wanted.setdefault(item.feed, []).append(item)
        site, hubs = self._reader.site, self._orders.hubs
        tasks = (
            (build_feed(selection, records[selection.name], entries, site, hubs), wanted[selection.name])
            for selection in selections
            if selection.name in wanted
        )
        written: list[Written] = []
        failed: list[PublishError] = []
        publisher = None if self._orders.dry_run else self._publisher
        for done in write_documents(publisher, tasks, len(wanted), crew):
            written += done.written
            failed += done.failed
            progress("writing documents", len(written), len(plan.render))
        if publisher and written:
            publisher.settle([one.wanted.path for one in written])
        return written, failed

    def _entries(self, plan: Plan, selections: Sequence[Selection], work: _Work) -> dict[str, Entry]:
        """The entries that the plan's documents show: those just made, the others as remembered."""
        feeds = {item.feed for item in plan.render}
        paths = {m.path for s in selections if s.name in feeds for m in s.members if m.path in work.records}
        return {**self._ledger.entries(paths - work.fresh.keys()), **work.fresh}


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
    )


def _changed(document: DocumentRecord, known: DocumentRecord | None) -> bool:
    return known is None or known.digest != document.digest


def _when(answer: ImageAnswer, now: datetime) -> ImageAnswer:
    return replace(answer, due=now) if answer.status == "asked" else answer


def _refusals(
    bad: Iterable[tuple[PostError, str]], quarantine: Mapping[str, Refusal], now: datetime
) -> dict[str, Refusal]:
    """Errors as lines of the quarantine; one that stood there before keeps its date."""
    refusals: dict[str, Refusal] = {}
    for error, version in bad:
        before = quarantine.get(error.path)
        refusals[error.path] = Refusal(
            path=error.path,
            version=version,
            reason=error.reason,
            since=before.since if before and before.reason == error.reason else now,
            line=error.line,
            column=error.column,
            remedy=error.remedy,
        )
    return refusals
