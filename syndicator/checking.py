"""All that is wrong with content and feeds at once, without changing anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from syndicator.app import orders, reader, site_files, state_to_read
from syndicator.configuration.values import nearest
from syndicator.crew import Crew
from syndicator.dialects.jekylloverlooked import overlooked
from syndicator.errors import PostError, StateError
from syndicator.feeds import live, select
from syndicator.filters import Catalogue, fold
from syndicator.gathering import aims_of
from syndicator.ledger import settle
from syndicator.listing import list_feeds
from syndicator.making import make_entries
from syndicator.model import FeedSpec, Held, ImageRef, PostRecord, PostWarning, SourceFile
from syndicator.plan import check_paths
from syndicator.posts.fields import FieldMap
from syndicator.posts.frontmatter import split
from syndicator.reading import Reader, read_all
from syndicator.settings import Settings
from syndicator.text import printable


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong or odd: which file, which line and column (1-based, None for the whole file), why, and
    what to do.
    """

    path: str
    line: int | None
    column: int | None
    reason: str
    remedy: str

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part is not None)
        return f"{place}: {self.reason}" + (f"; {self.remedy}" if self.remedy else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filtered:
    """What the filters of a feed do: how many live posts pass, and how many each keeps out."""

    feed: str
    passed: int
    kept_out: tuple[tuple[str, int], ...]

    def __str__(self) -> str:
        kept = ", ".join(f"{count} {reason}" for reason, count in self.kept_out) or "none kept out"
        return f'feed "{self.feed}": {self.passed} posts pass its filters; {kept}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What a look at everything found, errors and warnings each in the order of files and lines.

    ``filtered`` are the feeds that have filters.
    """

    posts: int
    live: int
    feeds: int
    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    filtered: tuple[Filtered, ...] = ()


def check_content(settings: Settings, now: datetime) -> Findings:
    """Read every post as a first build would, and render those that some feed shows.

    Raises SourceError and ConfigError.
    """
    wanted, source_reader = orders(settings), reader(settings)
    with Crew(1) as crew:
        scan, read = read_all(source_reader, crew)
        settled = settle({}, read.records, (), now=now, site_url=source_reader.site.url)
        shown = live(settled.records.values(), now, last_path_first=source_reader.dialect.last_path_first)
        selections = select(wanted.feeds, shown, source_reader.site, now, source_reader.sections)
        check_paths((*selections, *list_feeds(wanted.lists, selections, source_reader.site, wanted.feeds_url)))
        errors: list[PostError] = [*scan.refused, *(error for error, _ in read.refused), *settled.refused]
        catalogue = Catalogue(shown, source_reader.sections)
        warnings: list[PostWarning] = [*source_reader.warnings, *read.warnings, *settled.warnings]
        warnings += _idle_filters(settings, wanted.feeds, catalogue)
        warnings += overlooked(site_files(settings), source_reader.dialect)
        for record in read.records:
            try:
                warnings += _parse(source_reader, record)
            except PostError as error:
                errors.append(error)
        members = {record.path: record for selection in selections for record in selection.members}
        bad = {error.path for error in errors}
        good = [members[path] for path in sorted(members.keys() - bad)]
        for made in make_entries(source_reader, good, crew, aims_of(settled.records, members)):
            errors += [error for error, _ in made.refused]
            warnings += made.warnings
    return Findings(
        posts=len(scan.changed) + len(scan.refused),
        live=len(shown),
        feeds=sum(selection.is_feed for selection in selections),
        errors=_sorted(
            (
                *(Finding(path=e.path, line=e.line, column=e.column, reason=e.reason, remedy=e.remedy) for e in errors),
                *_held(settings),
            )
        ),
        warnings=_sorted(
            Finding(path=w.path, line=w.line, column=None, reason=w.reason, remedy=w.remedy) for w in warnings
        ),
        filtered=tuple(
            Filtered(feed=spec.name, passed=len(catalogue.chosen(spec, now)), kept_out=catalogue.tally(spec, now))
            for spec in wanted.feeds
            if spec.include or spec.exclude or spec.max_age
        ),
    )


def _idle_filters(settings: Settings, specs: Iterable[FeedSpec], catalogue: Catalogue) -> Iterator[PostWarning]:
    """Values in filters that no live post has: they may be misspelt."""
    for spec in specs:
        for key, field, value in catalogue.unknown(spec):
            meant = nearest(fold(value), catalogue.known(field))
            yield PostWarning(
                path=str(settings.file),
                reason=f'feed "{spec.name}": {key}.{field}: no live post has "{printable(value)}"',
                remedy=f'did you mean "{meant}"?' if meant else "",
            )


def _parse(source_reader: Reader, record: PostRecord) -> list[PostWarning]:
    """What is odd in a post that was read whole. Raises PostError."""
    file = source_reader.source.read(record.path)
    post = source_reader.parse(file)
    warnings = list(post.warnings)
    head = split(file.path, file.data, limit=source_reader.rules.limit)
    gone = [one.file for one in post.enclosures if one.file and source_reader.source.measure(one.file, "") is None]
    if post.image and post.image.file and source_reader.source.measure(post.image.file, "") is None:
        field = _field_of(source_reader, file, post.image)
        warnings.append(_missing(post.path, head.line_of(field), f"{field}: there is no image", post.image.file))
    return [*warnings, *(_missing(post.path, None, "there is no file", one) for one in gone)]


def _missing(path: str, line: int | None, what: str, file: str) -> PostWarning:
    return PostWarning(
        path=path,
        line=line,
        reason=f"{what} {printable(file)} in the source's folder",
        remedy="put it there, or mend the address",
    )


def _field_of(source_reader: Reader, file: SourceFile, image: ImageRef) -> str:
    """The field of the front matter that gives a post its image: the first with which alone it has the same."""
    rules = source_reader.rules
    for field in rules.fields["image"]:
        alone = FieldMap(tuple({**dict(rules.fields.paths), "image": (field,)}.items()))
        found = replace(source_reader, rules=replace(rules, fields=alone)).parse(file).image
        if found is not None and found.url == image.url:
            return field
    return "image"


def _held(settings: Settings) -> Iterable[Finding]:
    """The feeds that stay as they were until somebody approves, where there is a state that knows."""
    if not settings.state_path.exists():
        return
    held: Iterable[Held] = ()
    with suppress(StateError), state_to_read(settings) as state:  # the state itself is not what is checked
        held = state.ledger.held().values()
    for each in held:
        yield Finding(
            path=f'feed "{each.feed}"', line=None, column=None, reason=f"held: {each.reason}", remedy=each.remedy
        )


def _sorted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """By file and line, none twice."""
    return tuple(sorted(set(findings), key=lambda f: (f.path, f.line or 0, f.column or 0, f.reason)))
