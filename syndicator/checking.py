"""All that is wrong with content and feeds at once, without changing anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from syndicator.app import orders, state_to_read
from syndicator.configuration.words import nearest
from syndicator.crew import Crew
from syndicator.dialects.jekylloverlooked import overlooked
from syndicator.entries import illustrate
from syndicator.errors import ConfigError, Fault, PostError, StateError, place_of, told
from syndicator.feeds import live, select
from syndicator.filters import Catalogue, fold
from syndicator.gathering import aims_of
from syndicator.hindrances import spoken_at
from syndicator.ledger import settle
from syndicator.listing import list_feeds
from syndicator.making import make_entries
from syndicator.model import (
    Entry,
    FeedSpec,
    Held,
    ImageRef,
    PostRecord,
    PostState,
    PostWarning,
    Profile,
    SourceFile,
)
from syndicator.outcomes import as_if, has_rules, outcome
from syndicator.plan import check_paths
from syndicator.posts.fields import FieldMap
from syndicator.posts.frontmatter import split
from syndicator.posts.references import Targets
from syndicator.profiles.summing import spoken
from syndicator.reader import Reader
from syndicator.reading import read_all
from syndicator.selections import Selection
from syndicator.settings import Settings
from syndicator.sourcing import reader, site_files
from syndicator.text import printable, slug


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
        return told(place_of(self.path, self.line, self.column), self.reason, self.remedy)


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
class HeldOff:
    """A post that is good to be shown and waits all the same, ``until`` when; of one that no pass has ``seen`` yet the
    time has not begun."""

    path: str
    until: datetime
    seen: bool

    def __str__(self) -> str:
        when = f"until {spoken_at(self.until)}" + ("" if self.seen else " at the earliest")
        return f"held off: {self.path}, {when} ([publish] settle)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What a look at everything found, errors and warnings each in the order of files and lines.

    ``live`` counts posts that may be shown now, without those that are ``held_off``; ``filtered`` are the feeds that
    have filters.
    """

    posts: int
    live: int
    feeds: int
    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    filtered: tuple[Filtered, ...] = ()
    held_off: tuple[HeldOff, ...] = ()


def check_content(settings: Settings, now: datetime, profile: str = "") -> Findings:
    """Read every post as a first build would, render those that some feed shows, and say what rules decide about them:
    those of each feed, or of one ``profile``.

    Raises SourceError and ConfigError.
    """
    wanted, source_reader = orders(settings), reader(settings)
    if profile:
        wanted = replace(wanted, feeds=as_if(wanted.feeds, _profile(settings, profile)))
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
        warnings += _nameless(settings, selections)
        warnings += overlooked(site_files(settings), source_reader.dialect)
        for record in read.records:
            try:
                warnings += _parse(source_reader, record)
            except PostError as error:
                errors.append(error)
        members = {record.path: record for selection in selections for record in selection.members}
        bad = {error.path for error in errors}
        good = [members[path] for path in sorted(members.keys() - bad)]
        entries: dict[str, Entry] = {}
        targets = Targets(settled.records)
        for made in make_entries(source_reader, good, crew, aims_of(members, lambda: targets)):
            errors += [error for error, _ in made.refused]
            warnings += made.warnings
            entries |= {post.path: _illustrated(source_reader, entry, image) for post, entry, image, _ in made.entries}
        warnings += _ruled(selections, entries, source_reader, now)
    # They are looked at as if they were live, so that what is wrong with them is known before readers see it.
    held_off = tuple(_held_off(settings, read.records, shown, source_reader, now))
    return Findings(
        posts=len(scan.changed) + len(scan.refused),
        live=len(shown) - len(held_off),
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
        held_off=held_off,
    )


def _held_off(
    settings: Settings, seen: Sequence[PostRecord], shown: Iterable[PostRecord], source_reader: Reader, now: datetime
) -> Iterator[HeldOff]:
    """The posts among those ``shown`` that the next pass would hold off, as the state knows which are new."""
    wait = settings.publish.settle
    if not wait or not settings.state_path.exists():
        return
    known: Mapping[str, PostRecord] = {}
    with suppress(StateError), state_to_read(settings) as state:  # as below
        known = state.ledger.posts()
    gone = known.keys() - {record.path for record in seen}
    records = settle(known, seen, gone, now=now, site_url=source_reader.site.url, hold_off=wait).records
    for path in sorted(record.path for record in shown):
        record = records.get(path)
        if record and record.settles and record.state(now) is PostState.SETTLING:
            yield HeldOff(path=path, until=record.settles, seen=path in known)


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


def _profile(settings: Settings, name: str) -> Profile:
    try:
        return settings.shelf().profile(name)
    except KeyError:
        known = ", ".join(settings.shelf().names())
        fault = Fault(where="--profile", problem=f'"{printable(name)}" is no profile', remedy=f"name one of {known}")
        raise ConfigError((fault,)) from None


def _illustrated(source_reader: Reader, entry: Entry, image: ImageRef | None) -> Entry:
    """The entry with its picture, as far as that can be known without asking anybody."""
    measured = source_reader.source.measure(image.file, "") if image and image.file else None
    return illustrate(entry, image, measured[1] if measured else None)


def _ruled(
    selections: Iterable[Selection], entries: Mapping[str, Entry], source_reader: Reader, now: datetime
) -> list[PostWarning]:
    """What the rules of feeds decide about their posts."""
    found: list[PostWarning] = []
    for selection in selections:
        if selection.is_feed and has_rules(selection.spec):
            paths = {entries[record.path].id: record.path for record in selection.members if record.path in entries}
            tailored = outcome(selection, entries, source_reader.site, now)
            found += [
                PostWarning(path=paths.get(verdict.entry, "feed"), reason=f"{selection.name}: {spoken(verdict)}")
                for verdict in tailored.verdicts
            ]
    return found


def _nameless(settings: Settings, selections: Iterable[Selection]) -> Iterator[PostWarning]:
    """Values that have a feed each, and nothing that its file could be called after: one warning, however many."""
    found: dict[tuple[str, str], list[Selection]] = {}
    for one in selections:
        if one.is_feed and one.spec.each and not slug(one.value):
            found.setdefault((one.spec.name, one.spec.each), []).append(one)
    for (name, each), feeds in found.items():
        more = f", and so {len(feeds) - 1} more" if len(feeds) > 1 else ""
        yield PostWarning(
            path=str(settings.file),
            reason=f'feed "{name}": {each} "{printable(feeds[0].value)}" has no Latin letter or digit to name a file '
            f"after; its feed is at {feeds[0].outputs[0][1]}{more}",
            remedy="where that is no name, leave it out with exclude",
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
