"""What the state says when somebody asks: the state of things, and why a post is where it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath

from syndicator.app import State, called, orders, reader, site_files, state_to_read, upstream
from syndicator.dialects.jekylloverlooked import no_post
from syndicator.errors import PostError, SyndicatorError
from syndicator.explain import Explanation, explain, find, spec_name, under_hold
from syndicator.feeds import live, select
from syndicator.history import divide
from syndicator.model import Delivery, DocumentRecord, Held, PostRecord
from syndicator.outcomes import has_rules, outcome
from syndicator.ports import FetchReport, PassRecord, Refusal
from syndicator.posts.frontmatter import split
from syndicator.profiles.summing import summed_up
from syndicator.reader import Reader
from syndicator.settings import Settings
from syndicator.takedowns import TakeDown, who_has_it
from syndicator.text import printable


@dataclass(frozen=True, slots=True, kw_only=True)
class StateOfThings:
    """One look at everything an operator asks for. ``posts`` counts by state; ``fetched`` is None for a folder.

    ``documents`` are those that readers subscribe to, ``pages`` counts those of archives.
    ``trouble`` is why no pass can read the source as it is now, "" when nothing is known of that.
    ``rules`` count for each feed of a profile what its rules decide.
    """

    title: str
    posts: tuple[tuple[str, int], ...]
    documents: tuple[DocumentRecord, ...]
    last_pass: PassRecord | None
    refused: tuple[Refusal, ...]
    deliveries: tuple[Delivery, ...]
    hubs: tuple[str, ...]
    fetched: FetchReport | None = None
    taken_down: tuple[TakeDown, ...] = ()
    held: tuple[Held, ...] = ()
    pages: int = 0
    trouble: str = ""
    rules: tuple[str, ...] = ()

    def lines(self) -> tuple[str, ...]:
        """For people, on one screen where it can be."""
        lines = [self.title, "posts      " + (", ".join(f"{count} {name}" for name, count in self.posts) or "none")]
        if self.fetched:
            lines += _fetch_lines(self.fetched)
        if self.trouble:
            lines.append(f"trouble    {self.trouble}; the feeds stay as they are")
        if self.last_pass:
            last = self.last_pass
            lines.append(
                f"last pass  {_moment(last.at)}, {last.seconds:.2f} s, {last.written} documents written, "
                f"{last.refused} posts refused"
            )
            if last.next_change:
                lines.append(f"next change {_moment(last.next_change)}: {printable(last.next_why)}")
        archives = f", and {self.pages} pages of archives" if self.pages else ""
        lines.append(f"documents  {len(self.documents)}{archives}")
        lines += [f"  {document.url}  since {_moment(document.changed)}" for document in self.documents]
        lines.append(f"hubs       {', '.join(self.hubs) or 'none'}")
        given_up = sum(delivery.status != "pending" for delivery in self.deliveries)
        lines.append(f"owed       {len(self.deliveries) - given_up} announcements, {given_up} given up")
        lines += [
            f"  {d.status}: {d.topic} to {d.target}, {d.attempts} attempts, "
            + (f"next {_moment(d.due)}" if d.status == "pending" else f"last {_moment(d.due)}")
            + (f" ({d.error})" if d.error else "")
            for d in self.deliveries
        ]
        lines.append(f"refused    {len(self.refused)} posts")
        lines += [f"  {refusal}" for refusal in self.refused]
        if self.taken_down:
            lines.append(f"taken down {len(self.taken_down)} posts of late")
            lines += [line for one in self.taken_down for line in _take_down_lines(one)]
        if self.held:
            lines.append(f"held       {len(self.held)} feeds")
            lines += [f"  since {_moment(held.since)}: {held}" for held in self.held]
        lines += [f"rules      {line}" for line in self.rules]
        return tuple(lines)


def state_of_things(settings: Settings, now: datetime) -> StateOfThings:
    """From the state alone, whether or not the service runs. Raises StateError."""
    with state_to_read(settings) as state:
        return replace(look(settings, state, now), trouble=_trouble(settings), rules=_rules(settings, state, now))


def _trouble(settings: Settings) -> str:
    """Why the source cannot be read as it is now; a host that is away is told by its report."""
    if settings.source.kind == "folder" and not settings.source_path.is_dir():
        return f"source {settings.source_path}: there is no such folder"
    try:
        reader(settings)
    except SyndicatorError as error:
        return str(error)
    return ""


def _rules(settings: Settings, state: State, now: datetime) -> tuple[str, ...]:
    """What rules decide, by feed; nothing where the site's own configuration cannot be read."""
    specs = [spec for spec in orders(settings).feeds if has_rules(spec)]
    try:
        source_reader = reader(settings) if specs else None
    except SyndicatorError:
        return ()
    if source_reader is None:
        return ()
    ledger, site = state.ledger, source_reader.site
    shown = live(ledger.posts().values(), now, last_path_first=source_reader.dialect.last_path_first)
    feeds = divide(select(specs, shown, site, now, source_reader.sections), ledger.pages(), now)
    ruled = (outcome(feed, ledger.entries(feed.paths()), site, now) for feed in feeds if feed.is_feed)
    return tuple(summed_up(verdict for tailored in ruled for verdict in tailored.verdicts))


def look(settings: Settings, state: State, now: datetime) -> StateOfThings:
    """The same for a state that is open."""
    counts: dict[str, int] = {}
    posts, documents = state.ledger.posts(), tuple(state.ledger.documents().values())
    deliveries = tuple(state.outbox.deliveries())
    for record in posts.values():
        name = "gone" if record.gone else record.state(now).value
        counts[name] = counts.get(name, 0) + 1
    far = upstream(settings)
    return StateOfThings(
        title=called(settings)[0],
        posts=tuple(sorted(counts.items())),
        documents=tuple(document for document in documents if not document.page),
        pages=sum(document.page > 0 for document in documents),
        last_pass=state.ledger.last_pass(),
        refused=tuple(state.ledger.refusals().values()),
        deliveries=deliveries,
        hubs=settings.hub_urls(),
        fetched=far.report() if far else None,
        taken_down=who_has_it(posts, state.ledger.feeds(), documents, deliveries, now),
        held=tuple(state.ledger.held().values()),
    )


def explain_post(settings: Settings, wanted: str, feed: str, now: datetime) -> tuple[Explanation, ...]:
    """Why a post (path, id or address) is in, out or waiting. Raises SyndicatorError when nobody knows post or feed."""
    specs, source_reader = orders(settings).feeds, reader(settings)
    names = {spec.name for spec in specs}
    if feed and spec_name(feed) not in names:
        raise SyndicatorError(f'feed "{feed}"', "there is none of that name", f"name one of {', '.join(sorted(names))}")
    with state_to_read(settings) as state:
        records, refusals = state.ledger.posts(), state.ledger.refusals()
        stored, pages = state.ledger.entry_records().keys(), state.ledger.pages()
        held, feeds = state.ledger.held(), state.ledger.feeds()
        # What cannot be read has the address that readers know it by.
        kept = {path: entry.url for path, entry in state.ledger.entries(refusals.keys()).items()}
        # An address is only known by reading posts again; nobody needs it but here.
        everyone = sorted(records) if "://" in wanted else ()
        addresses = {
            path: _address(source_reader, path) or kept.get(path, "") for path in everyone if records[path].gone is None
        }
        paths = find(records, refusals, addresses, wanted)
        if not paths:
            raise _unknown(settings, source_reader, wanted)
        ledger, site = state.ledger, source_reader.site
        explanations = (
            explain(
                path, records, refusals, stored, specs, site, now,
                _rule(source_reader, records.get(path)), _address(source_reader, path) or kept.get(path, ""),
                spec_name(feed) if feed in held else feed,
                last_path_first=source_reader.dialect.last_path_first, sections=source_reader.sections, pages=pages,
                ruled=lambda selection: outcome(selection, ledger.entries(selection.paths()), site, now),
            )
            for path in paths
        )  # fmt: skip
        return tuple(under_hold(each, records.get(each.path), held, feeds, now, feed, pages) for each in explanations)


def _unknown(settings: Settings, source_reader: Reader, wanted: str) -> SyndicatorError:
    """What to say of something that no post is called: it may be a file that is none."""
    reason, remedy = "no post has that path, id or address", "run 'syndicator build' if it is new"
    path = wanted.removeprefix("./")
    try:
        there = "://" not in path and site_files(settings).read(path) is not None
    except SyndicatorError:
        there = False
    if there:
        because, what_to_do = no_post(path, source_reader.dialect)
        reason, remedy = (because, what_to_do) if because else (reason, remedy)
    return SyndicatorError(f'post "{wanted}"', reason, remedy)


def _address(source_reader: Reader, path: str) -> str:
    """The post's page, "" when its file cannot be read."""
    try:
        return source_reader.parse(source_reader.source.read(path)).permalink
    except PostError:
        return ""


def _rule(source_reader: Reader, record: PostRecord | None) -> str:
    """What hides a post, in the words of its file as it is now."""
    if record is None or record.gone is not None:
        return ""
    path = PurePosixPath(record.path)
    try:
        file = source_reader.source.read(record.path)
        matter = split(file.path, file.data, limit=source_reader.rules.limit)
        path = PurePosixPath(record.path)
        data, _ = source_reader.dialect.complete(path, matter.data)
    except PostError as error:
        return error.reason
    rule = source_reader.dialect.visibility(path, data)[1]
    return rule or (source_reader.dialect.undated(path)[0] if record.due is None else "")


def _fetch_lines(report: FetchReport) -> tuple[str, ...]:
    at = f"at {report.commit[:10]}" if report.commit else "nothing fetched yet"
    since = f", fetched {_moment(report.fetched)}" if report.fetched else ""
    trouble = (f"  failed {_moment(report.tried)}: {report.problem}",) if report.problem else ()
    return (f"source     {report.url} {at}{since}", *trouble)


def _take_down_lines(one: TakeDown) -> tuple[str, ...]:
    when = f"since {_moment(one.when)}" if one.when else "not yet"
    still = (
        *(f"    still in {url}" for url in one.shown),
        *(f"    {'owed' if d.status == 'pending' else 'given up'}: {d.topic} to {d.target}" for d in one.owed),
    )
    title = f" ({printable(one.title)})" if one.title else ""
    return (f"  {one.path}{title}: {one.state}, {when}" + ("" if still else "; no document has it"), *still)


def _moment(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%d %H:%M:%S UTC")
