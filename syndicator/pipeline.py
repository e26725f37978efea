"""One pass: read what changed, think, publish, remember."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import orjson

from syndicator.absence import require_mounts, require_presence
from syndicator.crew import Crew
from syndicator.errors import ConfigError, SourceError
from syndicator.formats import Pieces
from syndicator.knowing import Knowledge
from syndicator.model import Held, Site, digest
from syndicator.noting import answers_noted, refusals_noted
from syndicator.passes import Orders, Report
from syndicator.ports import Ledger, LedgerChange, PassRecord, Publisher, Refusal, Scout, Touched
from syndicator.progress import Progress, quiet
from syndicator.reader import Reader
from syndicator.reading import Reading
from syndicator.resting import Rest, is_over, nothing_new
from syndicator.standby import stand_by

if TYPE_CHECKING:
    from syndicator.entries import EntryKeys
    from syndicator.writing import Press, Show


class Pipeline:
    """Makes passes. Everything it keeps between them is also in the ledger, so it may be thrown away at any time.

    ``reader`` is asked before each pass, as the site's own configuration may have changed; it may raise as ``run`` does
    itself. With ``stays`` many passes will come: it pays to know all posts from the first on, and what one did is kept
    for the next. A ``scout`` is for the first look. ``show`` is told of documents when they stand, by the thread of the
    pass.
    """

    def __init__(
        self,
        reader: Callable[[], Reader],
        publisher: Publisher,
        ledger: Ledger,
        orders: Orders,
        *,
        stays: bool = False,
        scout: Scout | None = None,
        show: Show | None = None,
    ) -> None:
        self._ask_reader = reader
        self._publisher = publisher
        self._ledger = ledger
        self._orders = orders
        self._knowledge = Knowledge(ledger, orders.feeds, stays=stays, scout=scout)
        self._swept = False
        self._wanted = orders.feeds_name()
        #: Whether a pass has not taken anything yet of what it sees.
        self._looks = True
        self._pieces = Pieces() if stays else None
        self._show = show
        self._keys: EntryKeys | None = None

    def run(
        self,
        now: datetime,
        progress: Progress = quiet,
        crew: Crew | None = None,
        begun: Reading | None = None,
        touched: Touched = None,
    ) -> Report:
        """Make one pass. Raises SourceError, StateError, PublishError or ConfigError; bad posts are reported.

        Where the source could be looked at before and cannot now, what time alone brings about is done, and the report
        has the error. Whatever is raised, and wherever the process is killed, the next pass begins where this one
        should have ended. ``begun`` is a reading that was begun when nothing was known, by the same ``crew``.
        ``touched`` says where it is enough to look: elsewhere nothing has changed since the last pass.
        """
        started = time.monotonic()
        self._looks = True
        try:
            report = self._run(now, progress, crew or Crew(1), begun, touched)
        except (SourceError, ConfigError) as error:
            return replace(self._without_source(error, now), seconds=time.monotonic() - started)
        except BaseException:
            self._knowledge.forget()
            raise
        self._knowledge.saw_all()
        report = replace(report, seconds=time.monotonic() - started)
        if self._orders.dry_run:
            self._knowledge.forget()
        elif report.news or self._last is None:
            self._ledger.note_pass(report.as_noted(now, self._named(report.held) + self._asked, self._source))
        elif self._last.source != self._source:
            self._ledger.note_pass(replace(self._last, source=self._source))
        return report

    def _without_source(self, error: SourceError | ConfigError, now: datetime) -> Report:
        """What there is to do while it is away. Raises the error where nothing is known, or nothing may be done."""
        (self._knowledge.distrust if self._looks else self._knowledge.forget)()
        last = self._ledger.last_pass()
        if last is not None and is_over(last, now):
            self._knowledge.forget()  # the ledger will have more to say of some posts
        is_about_feeds = isinstance(error, ConfigError) and not self._looks
        if last is None or last.source is None or self._orders.dry_run or is_about_feeds:
            raise error
        press = partial(self._press, last.source.site, last.source.rules, self._ledger.held())
        return stand_by(last, last.source, error, now, ledger=self._ledger, orders=self._orders, press=press)

    def _press(self, site: Site, rules: str, waiting: Mapping[str, Held]) -> Press:
        from syndicator.writing import Press

        return Press(
            publisher=self._publisher,
            ledger=self._ledger,
            orders=self._orders,
            site=site,
            salt=rules,
            waiting=waiting,
            pieces=self._pieces,
            show=self._show,
        )

    def _set_up(self) -> None:
        self._reader = self._ask_reader()
        self._reader.source.require()  # before what is known is given up for one that reads otherwise
        self._knowledge.meet(self._reader)
        self._name = self._orders.name(self._reader.rules_name)
        self._asked = ""
        self._last = self._ledger.last_pass()
        self._source = self._reader.as_noted(self._wanted, self._last.source if self._last else None)

    def _named(self, held: Iterable[Held]) -> str:
        """What was wanted of a pass: what is configured, and what was approved of these."""
        approved = sorted((each.feed, each.approved) for each in held if each.approved)
        return digest(orjson.dumps((self._name, approved))) if approved else self._name

    def _run(self, now: datetime, progress: Progress, crew: Crew, begun: Reading | None, touched: Touched) -> Report:
        self._set_up()
        quarantine = self._ledger.refusals()
        last, waiting = self._last, self._ledger.held()
        known, mounts = self._source.mounts, self._reader.source.mounts()
        # Where a file system is not mounted any more, nobody says of each of its files that it is touched.
        touched = touched if mounts.issuperset(known) else None
        reading = self._knowledge.look(self._reader, begun, quarantine, touched, crew, now)
        self._mounts = mounts.union(known)
        self._source = replace(self._source, mounts=tuple(sorted(mounts)))
        rest = Rest(self._reader, self._publisher, self._ledger, quarantine)
        is_wanted = last is not None and not (waiting and self._orders.approve)
        if last is not None and is_wanted and rest.is_all(reading, last, self._named(waiting.values()), now):
            return nothing_new(last, quarantine, waiting)
        return self._whole(reading, quarantine, last, waiting, now, progress, crew)

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
        from syndicator.feeds import select
        from syndicator.gathering import Gathering
        from syndicator.history import news
        from syndicator.holding import changes
        from syndicator.judging import Before, judge
        from syndicator.lapsing import asks_for_sections
        from syndicator.listing import list_feeds
        from syndicator.making import make_entries
        from syndicator.plan import check_paths
        from syndicator.publishing import publish
        from syndicator.settling import Settling
        from syndicator.takedowns import revive, since_when

        roster, book = self._knowledge.roster, self._knowledge.book
        scan, many = reading.scan, len(reading.changed)
        if not self._orders.allow_empty:
            require_presence(roster.there, sum(map(roster.has, scan.gone)), many, self._reader.source.is_bare)
            require_mounts(self._mounts, self._reader.source.mounts() if scan.gone else self._mounts, scan.gone)
        self._looks = False
        # What the source could not reach and what another post stands in the way of is looked at again every time.
        read = sum(path not in quarantine or quarantine[path].version != "" for path, _ in reading.changed)
        roster.turn(now)
        url, wait, store = self._reader.site.url, self._orders.hold_off, not self._orders.dry_run
        settling = Settling(
            book, roster, self._ledger, now=now, site_url=url, hold_off=wait, is_first=last is None, store=store
        )
        settled = settling.run(reading, quarantine, lambda done: progress("reading posts", done, many))
        settled = revive(settled, self._orders.feeds, now)
        self._knowledge.take(settled)
        if not self._swept and not self._orders.dry_run:
            self._publisher.sweep(self._ledger.documents())
            self._swept = True
        choose = partial(select, self._orders.feeds, site=self._reader.site, now=now, sections=self._reader.sections)
        shown = roster.select(self._reader.site, now, book.at)
        prior, archived = self._ledger.feeds(), self._ledger.pages()
        before = Before(feeds=prior, pages=archived, held=waiting)
        killed = book.at(roster.killed(since_when(now)))
        judgement = judge(shown, killed, before, self._orders, book, settled, choose, now)
        judged, settled = judgement.judged, judgement.settled
        self._knowledge.take(settled)
        lists = list_feeds(self._orders.lists, judged.selections, self._reader.site, self._orders.feeds_url)
        judged = replace(judged, selections=(*judged.selections, *lists))
        check_paths(judged.selections)
        members = {record.path: record for selection in judged.selections for record in selection.members}
        bad = [*settling.refused, *((error, "") for error in scan.refused)]
        looked_at = settling.looked_at.union(scan.gone)
        old = {p: r for p, r in quarantine.items() if p not in looked_at and r.version}
        unfit = old.keys() | {error.path for error, _ in bad}
        archiving = Archiving(
            judged.selections, unfit, posts=book, targets=roster.targets, reader=self._reader, ledger=self._ledger
        )
        if self._keys is None or self._keys.salt != self._reader.rules_name:
            self._keys = EntryKeys(self._reader.rules_name)
        work = Gathering(
            members,
            unfit | judged.frozen,
            posts=book,
            targets=roster.targets,
            page_version=self._reader.page_version,
            questions=self._reader.questions,
            answer=self._reader.answer,
            keys=self._keys,
            measure=self._reader.source.measure,
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
        due = min(filter(None, (roster.next_change(), judgement.next_change)), default=None)
        work.take(made, progress)
        refusals = {**old, **refusals_noted([*bad, *work.refused], quarantine, now)}
        change = LedgerChange(
            refused=tuple(r for p, r in sorted(refusals.items()) if quarantine.get(p) != r),
            cleared=tuple(sorted(quarantine.keys() - refusals.keys())),
            images=work.answers(now),
        )
        if not self._orders.dry_run:
            self._ledger.remember(change)

        press = self._press(self._reader.site, self._reader.rules_name, waiting)
        published = publish(press, judged, prior, work, archiving, now, progress, crew)
        refusals |= (late := refusals_noted(archiving.refused, quarantine, now))
        if late and not self._orders.dry_run:
            self._ledger.remember(LedgerChange(refused=tuple(late.values())))
        self._knowledge.end(members.keys())
        if self._pieces is not None:
            import syndicator.meanwhile  # noqa: F401 - there may be no file left to open when it is wanted
        if (tell := self._reader.sections) is not None and asks_for_sections(self._orders.feeds):
            self._source = replace(self._source, sections=tuple((path, tell(path)) for path in sorted(members)))
        return Report(
            posts=roster.there,
            live=roster.live(),
            read=read,
            entries=work.count,
            feeds=sum(selection.is_feed for selection in judged.selections),
            documents=sum(len(selection.outputs) * (1 + len(selection.pages)) for selection in judged.selections),
            written=published.written,
            deleted=published.deleted,
            announced=published.announced,
            refused=tuple(refusals[path] for path in sorted(refusals)),
            warnings=tuple(dict.fromkeys((*settling.warnings, *work.warnings, *archiving.warnings))),
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
            or bool(read or scan.gone or published.written or published.deleted or change != LedgerChange())
            or published.held != waiting,
        )
