"""All that is wrong with content and feeds at once, without changing anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from syndicator.app import orders, reader
from syndicator.crew import Crew
from syndicator.feeds import live, select
from syndicator.ledger import settle
from syndicator.plan import check_paths
from syndicator.reading import read_posts
from syndicator.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What a look at everything found; each error and warning says file, line, reason and remedy."""

    posts: int
    live: int
    feeds: int
    errors: tuple[str, ...]
    warnings: tuple[str, ...]


def check_content(settings: Settings, now: datetime) -> Findings:
    """Read every post as a first build would. Raises SourceError and ConfigError."""
    wanted, source_reader = orders(settings), reader(settings)
    scan = source_reader.source.scan({})
    with Crew(1) as crew:
        read = read_posts(source_reader, scan.changed, crew, progress=lambda _: None)
    settled = settle({}, read.records, (), now=now, site_url=source_reader.site.url)
    shown = live(settled.records.values(), now)
    selections = select(wanted.feeds, shown, source_reader.site)
    check_paths(selections)
    errors = [*scan.refused, *(error for error, _ in read.refused), *settled.refused]
    return Findings(
        posts=len(scan.changed) + len(scan.refused),
        live=len(shown),
        feeds=len(selections),
        errors=tuple(str(error) for error in sorted(errors, key=lambda error: (error.path, error.line or 0))),
        warnings=tuple(str(warning) for warning in read.warnings),
    )
