"""``syndicator build``: one pass, then word to the hubs."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from syndicator.app import orders, publisher, reader, state_to_write
from syndicator.pipeline import Pipeline, Report
from syndicator.settings import Settings

#: How long a one-shot build waits for hubs and image hosts; what is owed after that stays owed.
_PATIENCE = timedelta(seconds=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """What the command line says about one build."""

    announce: bool = True
    dry_run: bool = False
    allow_empty: bool = False
    ask_images: bool = False


def build(
    settings: Settings, options: BuildOptions, now: datetime, progress: Callable[[str, int, int], None]
) -> tuple[Report, int]:
    """One pass, then word to the hubs. Gives the report and how many announcements are still owed."""
    wanted = orders(settings)
    wanted = replace(
        wanted,
        announce=wanted.announce and options.announce,
        dry_run=options.dry_run,
        allow_empty=options.allow_empty,
        jobs=min(4, len(os.sched_getaffinity(0))),
    )
    with state_to_write(settings) as state:
        pipeline = Pipeline(reader(settings), publisher(settings), state.ledger, wanted)
        report = pipeline.run(now, progress)
        if options.dry_run:
            return report, 0
        ask = options.ask_images and wanted.ask_images
        due = state.outbox.next_due()
        if ask or (wanted.announce and due is not None and due <= now):
            # Imported late: most builds owe nothing to anybody, and the HTTP client costs a tenth of a second.
            from syndicator.sending import settle_up

            answered = settle_up(settings, state, announce=wanted.announce, asking=ask, patience=_PATIENCE)
            if answered:
                second = pipeline.run(now, progress)
                report = replace(report, written=tuple(sorted({*report.written, *second.written})))
                settle_up(settings, state, announce=wanted.announce, asking=False, patience=_PATIENCE)
        return report, len(state.outbox.deliveries())
