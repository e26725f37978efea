"""One pass: read what changed, think, publish, remember."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

import orjson

from syndicator.absence import require_mounts, require_presence
from syndicator.crew import Crew
from syndicator.model import Held, PostRecord, digest
from syndicator.noting import answers_noted, refusals_noted
from syndicator.passes import Orders, Report
from syndicator.ports import ImageAnswer, Ledger, LedgerChange, PassRecord, Publisher, Refusal, Touched
from syndicator.progress import Progress, quiet
from syndicator.reader import Reader
from syndicator.reading import Reading, begin_reading, finish_reading


class Pipeline:
    """Makes passes. Everything it keeps between them is also in the ledger, so it may be thrown away at any time.

    ``reader`` is asked before each pass, as the site's own configuration may have changed; it may raise as ``run`` does
    itself.
    """

    def __init__(self, reader: Callable[[], Reader], publisher: Publisher, ledger: Ledger, orders: Orders) -> None:
        self._ask_reader = reader
        self._publisher = publisher
        self._ledger = ledger
        self._orders = orders
        self._posts: dict[str, PostRecord] | None = None
        self._swept = False
        self._mounts: frozenset[str] = frozenset()

    def run(
        self,
        now: datetime,
        progress: Progress = quiet,
        crew: Crew | None = None,
        begun: Reading | None = None,
        touched: Touched = None,  # noqa: ARG002
    ) -> Report:
        """Make one pass. Raises SourceError, StateError, PublishError or ConfigError; bad posts are reported.

        Whatever is raised, and wherever the process is killed, the next pass begins where this one should have ended.
        ``begun`` is a reading that was begun when nothing was known, by the same ``crew``. ``touched`` says where it is
        enough to look: elsewhere nothing has changed since the last pass.
        """
        started = time.monotonic()
        try:
            report = self._run(now, progress, crew or Crew(1), begun)
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
                    live=report.live,
                    feeds=report.feeds,
                    documents=report.documents,
                    written=len(report.written),
                    refused=len(report.refused),
                    orders=self._named(report.held) + self._asked,
                    next_change=report.next_change,
                    next_why=report.next_why,
                )
            )
        return report

    def _set_up(self) -> None:
        self._reader = self._ask_reader()
        wanted = (self._reader.rules_name, replace(self._orders, dry_run=False, allow_empty=False, approve=False))
        self._name = digest(orjson.dumps(wanted, default=str))
        self._asked = ""

    def _named(self, held: Iterable[Held]) -> str:
        """What was wanted of a pass: what is configured, and what was approved of these."""
        approved = sorted((each.feed, each.approved) for each in held if each.approved)
        return digest(orjson.dumps((self._name, approved))) if approved else self._name

    def _run(self, now: datetime, progress: Progress, crew: Crew, begun: Reading | None) -> Report:
        self._set_up()
        versions = self._ledger.versions()
        quarantine = self._ledger.refusals()
        reading = begun if begun and not versions else begin_reading(self._reader, versions, crew)
        last, waiting = self._ledger.last_pass(), self._ledger.held()
        if last is not None and self._nothing_new(reading, quarantine, last, waiting, now):
            return Report(
                posts=last.posts,
                live=last.live,
                read=0,
                entries=0,
                feeds=last.feeds,
                documents=last.documents,
                refused=tuple(quarantine[path] for path in sorted(quarantine)),
                held=tuple(waiting.values()),
                next_change=last.next_change,
                next_why=last.next_why,
            )
        return self._whole(reading, quarantine, last, waiting, now, progress, crew)

    def _nothing_new(
        self,
        reading: Reading,
        quarantine: Mapping[str, Refusal],
        last: PassRecord,
        waiting: Mapping[str, Held],
        now: datetime,
    ) -> bool:
        """Whether a whole pass would do nothing: all is as it was, and nobody's hour has come."""
        if reading.changed or reading.scan.gone or reading.scan.refused:
            return False
        if not self._is_answered_as(last.orders, self._named(waiting.values())) or (waiting and self._orders.approve):
            return False
        if not last.at <= now or (last.next_change is not None and last.next_change <= now):
            return False
        if self._reader.built is not None or any(not refusal.version for refusal in quarantine.values()):
            return False  # pages change without their posts, and what could not be reached may be there again
        documents = {path: document.version for path, document in self._ledger.documents().items()}
        if self._publisher.altered(documents):
            return False
        records = self._ledger.entry_records().values()
        pictures = {one.url: one.file for record in records for one in record.media if one.file}
        answers = self._ledger.images(pictures)
        return all(self._is_same_picture(file, answers.get(url)) for url, file in pictures.items())

    def _is_answered_as(self, orders: str, wanted: str) -> bool:
        """Whether the last pass had the same orders, and all that posts asked of the site beside them is as it was."""
        name, _, asked = orders.partition(" ")
        if name != wanted:
            return False
        if not asked:
            return True
        questions = orjson.loads(asked)[:-1]
        return answers_noted({question: self._reader.answer(question) for question in questions}) == f" {asked}"

    def _is_same_picture(self, file: str, answer: ImageAnswer | None) -> bool:
        measured = self._reader.source.measure(file, answer.version if answer else "")
        return (measured[0] if measured else "") == (answer.version if answer else "")

    def _whole(
        self,
        reading: Reading,
        quarantine: Mapping[str, Refusal],
        last: PassRecord | None,
        waiting: Mapping[str, Held],
        now: datetime,
        progress: Progress,
        crew: Crew,
    ) -> Report:
        # Late, as most passes find nothing new and end before.
        from syndicator.archiving import Archiving
        from syndicator.entries import EntryKeys
        from syndicator.feeds import live, select
        from syndicator.gathering import Gathering
        from syndicator.history import divide, news
        from syndicator.holding import Case, changes, hold
        from syndicator.instants import next_change
        from syndicator.ledger import settle
        from syndicator.listing import list_feeds
        from syndicator.making import make_entries
        from syndicator.plan import check_paths
        from syndicator.publishing import publish
        from syndicator.takedowns import lay_down, revive, with_killed
        from syndicator.writing import Press

        known = self._ledger.posts() if self._posts is None else self._posts
        scan, changed = reading.scan, reading.changed
        mounts = self._reader.source.mounts()
        if not self._orders.allow_empty:
            there = {path for path, record in known.items() if record.gone is None} if scan.gone else set()
            require_presence(len(there), len(there.intersection(scan.gone)), len(changed))
            require_mounts(self._mounts, mounts, scan.gone)
        self._mounts = mounts
        # What the source could not reach and what another post stands in the way of is looked at again every time.
        fresh = [path for path, _ in changed if path not in quarantine or quarantine[path].version]
        read = finish_reading(reading, lambda done: progress("reading posts", done, len(changed)))
        url, wait = self._reader.site.url, self._orders.hold_off
        settled = settle(known, read.records, scan.gone, now=now, site_url=url, moved=scan.moved, hold_off=wait)
        settled = revive(settled, self._orders.feeds, now)
        if not self._swept and not self._orders.dry_run:
            self._publisher.sweep(self._ledger.documents())
            self._swept = True
        shown = live(settled.records.values(), now, last_path_first=self._reader.dialect.last_path_first)
        choose = partial(select, self._orders.feeds, site=self._reader.site, now=now, sections=self._reader.sections)
        prior, archived = self._ledger.feeds(), self._ledger.pages()
        limits = None if self._orders.approve or self._orders.allow_empty else self._orders.guard
        case = Case(
            proposed=divide(with_killed(choose(shown), settled, choose, now), archived, now),
            prior=prior,
            waiting=waiting,
            records=settled.records.values(),
            specs=self._orders.feeds,
            pages=archived,
        )
        judged = hold(case, limits, choose, now)
        settled = lay_down(settled, prior, judged.selections, now)
        lists = list_feeds(self._orders.lists, judged.selections, self._reader.site, self._orders.feeds_url)
        judged = replace(judged, selections=(*judged.selections, *lists))
        check_paths(judged.selections)
        members = {record.path: record for selection in judged.selections for record in selection.members}
        bad = [*read.refused, *((error, "") for error in (*scan.refused, *settled.refused))]
        looked_at = {record.path for record in read.records} | set(scan.gone)
        old = {p: r for p, r in quarantine.items() if p not in looked_at and r.version}
        unfit = old.keys() | {error.path for error, _ in bad}
        archiving = Archiving(judged.selections, unfit, posts=settled.records, reader=self._reader, ledger=self._ledger)
        work = Gathering(
            members,
            unfit | judged.frozen,
            posts=settled.records,
            page_version=self._reader.page_version,
            questions=self._reader.questions,
            answer=self._reader.answer,
            keys=EntryKeys(self._reader.rules_name),
            source=self._reader.source,
            ledger=self._ledger,
            ask_images=self._orders.ask_images,
            may_write=not self._orders.dry_run,
            archived=archiving.paths,
        )
        self._asked = answers_noted(work.asked)
        made = make_entries(self._reader, work.stale, crew, work.aims)
        if not self._orders.dry_run:
            # Before anything is published: an id that readers may see is never minted twice. While others render.
            # Nor does a page change that readers may have walked.
            pages, dropped = news(judged.selections, archived, self._orders.feeds)
            self._ledger.remember(
                LedgerChange(
                    posts=settled.changed,
                    moved=settled.moved,
                    held=changes(judged.held, waiting),
                    pages=pages,
                    dropped_pages=dropped,
                )
            )
            self._posts = dict(settled.records)
        held_before = [prior[name] for name in judged.held if name in prior]
        due = next_change(settled.records.values(), now, case.proposed, held_before, limits)
        work.take(made, progress)
        refusals = {**old, **refusals_noted([*bad, *work.refused], quarantine, now)}
        change = LedgerChange(
            refused=tuple(r for p, r in sorted(refusals.items()) if quarantine.get(p) != r),
            cleared=tuple(sorted(quarantine.keys() - refusals.keys())),
            images=work.answers(now),
        )
        if not self._orders.dry_run:
            self._ledger.remember(change)

        press = Press(
            publisher=self._publisher,
            ledger=self._ledger,
            site=self._reader.site,
            feeds_url=self._orders.feeds_url,
            hubs=self._orders.hubs,
            audience=self._orders.audience,
            salt=self._reader.rules_name,
            announce=self._orders.announce,
            dry_run=self._orders.dry_run,
            limits=limits,
            waiting=waiting,
        )
        published = publish(press, judged, prior, work, archiving, now, progress, crew)
        late = refusals_noted(archiving.refused, quarantine, now)
        if late and not self._orders.dry_run:
            self._ledger.remember(LedgerChange(refused=tuple(late.values())))
        refusals |= late
        return Report(
            posts=sum(record.gone is None for record in settled.records.values()),
            live=len(shown),
            read=len(fresh),
            entries=work.count,
            feeds=sum(selection.is_feed for selection in judged.selections),
            documents=sum(len(selection.outputs) * (1 + len(selection.pages)) for selection in judged.selections),
            written=published.written,
            deleted=published.deleted,
            announced=published.announced,
            refused=tuple(refusals[path] for path in sorted(refusals)),
            warnings=tuple(dict.fromkeys((*read.warnings, *settled.warnings, *work.warnings, *archiving.warnings))),
            held=tuple(published.held[name] for name in sorted(published.held)),
            next_change=due.at if due else None,
            next_why=due.why if due else "",
            again=work.again or archiving.again,
            verdicts=published.verdicts,
            news=(
                last is None
                or last.orders != self._named(published.held.values()) + self._asked
                or (last.next_change, last.next_why) != (due or (None, ""))
            )
            or bool(fresh or scan.gone or published.written or published.deleted or change != LedgerChange())
            or published.held != waiting,
        )
