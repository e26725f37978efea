"""``syndicator build``: one pass, then word to caches, hubs and partners."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from syndicator.app import State, alarms, gone, orders, publisher, state_to_read, state_to_write
from syndicator.crew import Crew
from syndicator.errors import ConfigError, SourceError, StateDamaged, StateMissing
from syndicator.looks import wrong_clock
from syndicator.model import DeliveryKind
from syndicator.ports import Upstream
from syndicator.progress import Progress
from syndicator.reader import Reader
from syndicator.reading import Reading, begin_reading
from syndicator.settings import Settings
from syndicator.sourcing import reader, upstream

if TYPE_CHECKING:
    from syndicator.passes import Report
    from syndicator.pipeline import Pipeline

#: How long a one-shot build waits for hubs and image hosts; what is owed after that stays owed.
_PATIENCE = timedelta(seconds=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """What the command line says about one build."""

    announce: bool = True
    dry_run: bool = False
    allow_empty: bool = False
    ask_images: bool = False
    approve: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build did. ``owed_before`` counts the words that hubs and partners were owed when these were about to be
    told, ``heard`` those of them that were heard, ``owed`` those still owed, ``given_up`` all that nobody tries again.
    ``trouble`` is why nothing new was fetched, "" when all is well; ``alarms`` say that the state was damaged, now
    (``rebuilt``) or before, which somebody has to look at; ``remarks`` that its file was not where it was to be;
    ``clock`` what is wrong with the clock that the pass went by.
    """

    report: Report
    owed_before: int = 0
    heard: int = 0
    owed: int = 0
    given_up: int = 0
    trouble: str = ""
    alarms: tuple[str, ...] = ()
    rebuilt: bool = False
    remarks: tuple[str, ...] = ()
    clock: str = ""


def build(settings: Settings, options: BuildOptions, now: datetime, progress: Progress, crew: Crew) -> Built:
    """One pass, then word to others. Raises SyndicatorError; a dry run changes nothing on disk."""
    far = upstream(settings)
    # Where nothing is known everything must be read: that begins while the rest is imported. A folder that may not be
    # entered is the state's to complain of.
    nothing_known = not os.path.exists(settings.state_path) and gone(settings) is None  # noqa: PTH110
    trouble = ""
    try:
        trouble = _fetch(far) if far and not options.dry_run else ""
        source = reader(settings, mends=not options.dry_run)
    except (SourceError, ConfigError) as away:
        if nothing_known:
            raise
        ask, begun = _raising(away), None
    else:
        ask, begun = (lambda: source), begin_reading(source, {}, crew) if nothing_known else None
    from syndicator.pipeline import Pipeline

    wanted = replace(
        orders(settings),
        announce=settings.announce.enabled and options.announce,
        dry_run=options.dry_run,
        allow_empty=options.allow_empty,
        approve=options.approve,
    )
    if options.dry_run:
        with state_to_read(settings, or_empty=True) as state:
            pipeline = Pipeline(ask, publisher(settings), state.ledger, wanted)
            clock = _clock(state, now)
            return Built(report=pipeline.run(now, progress, crew, begun), clock=clock)
    done: list[str] = []
    remarks: list[str] = []
    mend = partial(_mend, settings, now, done, remarks)

    def attempt(begun: Reading | None) -> Built:
        pipeline = Pipeline(ask, publisher(settings), state.ledger, wanted)
        clock = _clock(state, now)  # before the pass makes its own moment the last
        report = pipeline.run(now, progress, crew, begun)
        return replace(_tell(settings, options, state, pipeline, report, now, progress), clock=clock)

    with state_to_write(settings, mend) as state:
        try:
            told = attempt(begun)
        except StateDamaged as damage:
            state.database.replace(partial(mend, damage))
            told = attempt(None)
        if state.keeper is not None and state.keeper.look():
            remarks.append(f"{state.database.what}: {state.keeper.mend(now)}")
        if told.report.away is not None:
            raise told.report.away
        known = () if done else alarms(settings)
        return replace(told, trouble=trouble, alarms=(*done, *known), rebuilt=bool(done), remarks=tuple(remarks))


def _clock(state: State, now: datetime) -> str:
    last = state.ledger.last_pass()
    return wrong_clock(now, last.at if last else None, state.ledger.documents().values())


def _mend(settings: Settings, now: datetime, damaged: list[str], missed: list[str], damage: StateDamaged) -> None:
    """What was done is added to what is said of states that were ``damaged``, or ``missed``."""
    # Late: it reads feeds, which no other build does.
    from syndicator.rebuilding import rebuild

    said = missed if isinstance(damage, StateMissing) else damaged
    said += filter(None, [rebuild(settings, damage, now)])


def _raising(error: SourceError | ConfigError) -> Callable[[], Reader]:
    """Gives no reader, but says why."""

    def ask() -> Reader:
        raise error

    return ask


def _fetch(far: Upstream) -> str:
    """Get what is new; what is wrong, when what was fetched before will have to do. Raises SourceError otherwise."""
    try:
        far.fetch()
    except SourceError as error:
        report = far.report()
        if report is None or not report.commit:
            raise
        return str(error)
    return ""


def _tell(
    settings: Settings,
    options: BuildOptions,
    state: State,
    pipeline: Pipeline,
    report: Report,
    now: datetime,
    progress: Progress,
) -> Built:
    """Send what is owed, and ask what is to be asked, for a limited time; publish again when answers came."""
    announce = settings.announce.enabled and options.announce
    ask = settings.images.ask and options.ask_images
    due = state.outbox.next_due()
    waiting, heard = _owed(state, "pending"), 0
    if ask or (announce and due is not None and due <= now):
        # Imported late: most builds owe nothing to anybody, and the HTTP client costs a tenth of a second.
        from syndicator.logs import configure
        from syndicator.sending import settle_up

        # The report tells the rest; what did not reach a hub or an image's host is told as it happens.
        configure(settings.log.format, {"info": "warning"}.get(settings.log.level, settings.log.level))
        answered = settle_up(settings, state, announce=announce, asking=ask, patience=_PATIENCE)
        if answered:
            heard = len(waiting - _owed(state))
            second = pipeline.run(now, progress)
            report = replace(report, written=tuple(sorted({*report.written, *second.written})), held=second.held)
            waiting = _owed(state, "pending")
            settle_up(settings, state, announce=announce, asking=False, patience=_PATIENCE)
    told = heard + len(waiting - _owed(state))
    return Built(
        report=report,
        owed_before=heard + len(waiting),
        heard=told,
        owed=len(_owed(state, "pending")),
        given_up=len(_owed(state, "given up")),
    )


def _owed(state: State, status: str = "") -> set[int]:
    """The words to hubs and partners that stand in the state, all or with this status."""
    words = (DeliveryKind.HUB, DeliveryKind.WEBHOOK)
    return {row.id for row in state.outbox.deliveries() if row.kind in words and status in ("", row.status)}
