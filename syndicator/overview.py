"""How things stand: what an operator asks for, worked out from what is remembered, and told in lines."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from syndicator.health import Hearer, Live
from syndicator.hearers import SILENT, UNSENT, OwedStanding, told_hearer, told_owed
from syndicator.model import Delivery, DocumentRecord, FeedRecord, FeedSpec, Held, PostState
from syndicator.ports import FetchReport, PassRecord, Refusal
from syndicator.takedowns import TakeDown
from syndicator.text import bare, printable
from syndicator.turns import Turns, moment

#: So many deliveries are told one by one.
_MOST = 20
#: Posts that will be shown when their time comes.
_WAITING = (PostState.EMBARGOED, PostState.SETTLING)
#: States whose names do not say it all.
_STATES: Mapping[str, str] = {PostState.SETTLING: "waiting ([publish] settle)"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Which process has the right to write to the state, and ``since`` when."""

    pid: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedStanding:
    """A feed as it is published: how many ``entries``, when the ``newest`` is of, when a document last ``changed``, the
    bytes of its documents, pages of its archive, and why it is ``held``, "" when it is not."""

    name: str
    entries: int
    newest: datetime | None = None
    changed: datetime | None = None
    documents: int = 0
    bytes: int = 0
    pages: int = 0
    held: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A post that waits for its time, and why not now."""

    path: str
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StateOfThings:
    """One look at everything an operator asks for. ``posts`` counts by state; ``fetched`` is None for a folder.

    ``holder`` is at work on the state, ``live`` is what the service says of itself where one answers, at ``asked``.
    ``documents`` are those that readers subscribe to, ``pages`` counts those of archives.
    ``trouble`` is why no pass can read the source as it is now, "" when nothing is known of that.
    ``alarms`` are what happened and somebody has to look at.
    ``waiting`` are the posts whose time comes first, ``last_good`` the refused ones that were good before and stay so.
    ``rules`` count for each feed of a profile what its rules decide. ``hearers`` are told of what changed, unless
    [announce] is off. ``at`` is when this was looked at, ``clock`` what is wrong with that.
    """

    title: str
    version: str
    source: str
    posts: tuple[tuple[str, int], ...]
    documents: tuple[DocumentRecord, ...]
    last_pass: PassRecord | None
    refused: tuple[Refusal, ...]
    deliveries: tuple[Delivery, ...]
    hubs: tuple[str, ...]
    feeds: tuple[FeedStanding, ...] = ()
    owed: tuple[OwedStanding, ...] = ()
    hearers: tuple[Hearer, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    last_good: tuple[str, ...] = ()
    announces: bool = True
    at: datetime | None = None
    fetched: FetchReport | None = None
    taken_down: tuple[TakeDown, ...] = ()
    held: tuple[Held, ...] = ()
    pages: int = 0
    trouble: str = ""
    rules: tuple[str, ...] = ()
    holder: Holder | None = None
    live: Live | None = None
    asked: str = ""
    alarms: tuple[str, ...] = ()
    clock: str = ""

    def lines(self) -> tuple[str, ...]:
        """For people, on one screen where it can be."""
        lines = [self.title, *self._service()]
        lines += _fetch_lines(self.fetched) if self.fetched else [f"source     {self.source}"]
        lines += [f"alarm      {alarm}" for alarm in self.alarms]
        if self.clock and self.live is None:  # a service says so itself
            lines.append(f"clock      {self.clock}")
        if self.trouble:
            lines.append(f"trouble    {self.trouble}; the feeds stay as they are")
        lines.append(
            "posts      " + (", ".join(f"{count} {name}" for name, count in told_states(self.posts)) or "none")
        )
        waiting = sum(count for state, count in self.posts if state in _WAITING)
        if self.waiting:
            lines.append(f"waiting    {waiting} posts")
            lines += [f"  {one.path}: until {moment(one.until)}, {one.reason}" for one in self.waiting]
            lines += _more(waiting - len(self.waiting))
        if self.last_pass:
            last = self.last_pass
            lines.append(
                f"last pass  {moment(last.at)}, {last.seconds:.2f} s, {last.written} documents written, "
                f"{last.refused} posts refused"
            )
            if last.next_change:
                lines.append(f"next change {moment(last.next_change)}: {printable(last.next_why)}")
        lines.append(f"feeds      {len(self.feeds)}")
        lines += [f"  {told(feed)}" for feed in self.feeds]
        archives = f", and {self.pages} pages of archives" if self.pages else ""
        lines.append(f"documents  {len(self.documents)}{archives}")
        lines += [f"  {document.url}  since {moment(document.changed)}" for document in self.documents]
        lines.append(f"hubs       {', '.join(map(bare, self.hubs)) or 'none'}")
        lines.append(f"told       {len(self.hearers) if self.announces else SILENT}")
        lines += [f"  {told_hearer(hearer)}" for hearer in self.hearers]
        given_up = sum(delivery.status != "pending" for delivery in self.deliveries)
        lines.append(f"owed       {len(self.deliveries) - given_up} deliveries, {given_up} given up")
        if len(self.deliveries) > given_up and not self.holder:
            lines.append(f"  {UNSENT}")
        lines += [f"  {told_owed(owed, self.at)}" for owed in self.owed]
        pauses = {owed.pause.host: owed.pause for owed in self.owed if owed.pause}.values()
        turns = Turns(self.deliveries, pauses, self.at)
        lines += [f"  {_delivery(delivery, turns)}" for delivery in self.deliveries[:_MOST]]
        lines += _more(len(self.deliveries) - _MOST)
        lines.append(f"refused    {len(self.refused)} posts")
        lines += [f"  {refusal} (since {moment(refusal.since)}{self._stays(refusal)})" for refusal in self.refused]
        if self.taken_down:
            lines.append(f"taken down {len(self.taken_down)} posts of late")
            kept = {each.feed for each in self.held}
            urls = {document.url for document in self.documents if document.feed in kept}
            # What somebody took back in haste must not be looked for among all that was tidied away.
            first = sorted(self.taken_down, key=lambda one: one.state != PostState.KILLED)[:_MOST]
            lines += [line for one in first for line in _take_down_lines(one, urls)]
            lines += _more(len(self.taken_down) - _MOST)
        if self.held:
            lines.append(f"held       {len(self.held)} feeds")
            lines += [f"  since {moment(held.since)}: {held}" for held in self.held]
        lines += [f"rules      {line}" for line in self.rules]
        return tuple(lines)

    def _service(self) -> Iterator[str]:
        by = f"process {self.holder.pid}, since {moment(self.holder.since)}" if self.holder else ""
        if self.live is None:
            where = f"; no service of this state answers at {self.asked}" if self.asked else ""
            yield f"service    {f'{by} is at work on the state{where}' if by else 'not running'}"
            return
        how = "stopping" if self.live.stopping else "ready" if self.live.ready else "not ready yet"
        yield f"service    running ({by or f'since {moment(self.live.started)}'}), version {self.live.version}, {how}"
        yield from (f"  {line}" for line in told_live(self.live))

    def _stays(self, refusal: Refusal) -> str:
        return "; its last good version stays" if refusal.path in self.last_good else "; no feed has it"

    def for_programs(self) -> dict[str, Any]:
        """What JSON can hold; bodies that are owed stay where they are, and so do secrets in addresses."""
        found: dict[str, Any] = _fit(asdict(self))
        if found["last_pass"]:
            del found["last_pass"]["source"]  # what only passes ask for
        return found


def _fit(value: Any) -> Any:
    match value:
        case str():
            return bare(value)
        case dict():
            return {key: _fit(inner) for key, inner in value.items() if not isinstance(inner, bytes)}
        case list() | tuple():
            return [_fit(inner) for inner in value]
    return value


def _more(count: int) -> list[str]:
    return [f"  and {count} more; --json has them all"] if count > 0 else []


def told_states(posts: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Counts of posts by state, in words that say what those that wait wait for."""
    return tuple((_STATES.get(state, state), count) for state, count in posts)


def told_live(live: Live) -> Iterator[str]:
    """What a service says of itself, in lines."""
    if live.scanned:
        yield f"last look at the source {moment(live.scanned)}"
    yield f"changes are noticed at once: {'no, ' + live.watching if live.watching else 'yes'}"
    if live.called:
        yield f"last call of a git host {moment(live.called)}"
    if live.refused:
        yield f"last call that was refused {moment(live.refused)}"
    for part, problem in live.problems:
        yield f"problem: {part}: {problem}"
    for wait in live.waits:
        yield f"waiting: {wait.what}, {moment(wait.until) if wait.until else 'until somebody acts'} ({wait.why})"


def feeds_of(
    feeds: Mapping[str, FeedRecord],
    documents: Iterable[DocumentRecord],
    held: Mapping[str, Held],
    specs: Iterable[FeedSpec],
) -> tuple[FeedStanding, ...]:
    """How each feed that is published stands."""
    limits = {spec.name: spec.limit for spec in specs}
    of_feed: dict[str, list[DocumentRecord]] = {}
    for document in documents:
        of_feed.setdefault(document.feed, []).append(document)
    found = []
    for name in sorted(of_feed.keys() | feeds.keys()):
        record, mine = feeds.get(name), of_feed.get(name, [])
        limit = limits.get(name.partition("/")[0].partition(":")[0])
        members = record.members[:limit] if record else ()
        published = record.dates[: 2 * len(members) : 2] if record else ()
        found.append(
            FeedStanding(
                name=name,
                entries=len(members),
                newest=datetime.fromtimestamp(max(published), UTC) if published else None,
                changed=max((document.changed for document in mine), default=None),
                documents=sum(not document.page for document in mine),
                bytes=sum(document.length for document in mine if not document.page),
                pages=sum(document.page > 0 for document in mine),
                held=held[name].reason if name in held and not held[name].is_approved else "",
            )
        )
    return tuple(found)


def told(feed: FeedStanding) -> str:
    """A feed in a line."""
    facts = [
        f"{feed.entries} {'entry' if feed.entries == 1 else 'entries'}",
        *([f"newest of {moment(feed.newest)}"] if feed.newest else []),
        *([f"changed {moment(feed.changed)}"] if feed.changed else []),
        f"{feed.documents} documents of {feed.bytes} bytes",
        *([f"{feed.pages} pages of its archive"] if feed.pages else []),
        *([f"held: {feed.held}"] if feed.held else []),
    ]
    return f"{feed.name}: {', '.join(facts)}"


def _delivery(one: Delivery, turns: Turns) -> str:
    attempts = "1 attempt" if one.attempts == 1 else f"{one.attempts} attempts"
    error = f" ({one.error})" if one.error else ""
    return f"{one.kind.value}: {one.topic} to {bare(one.target)}, {attempts}, {turns.told(one)}{error}"


def _fetch_lines(report: FetchReport) -> tuple[str, ...]:
    at = f"at {report.commit[:10]}" if report.commit else "nothing fetched yet"
    since = f", fetched {moment(report.fetched)}" if report.fetched else ""
    trouble = (f"  failed {moment(report.tried)}: {report.problem}",) if report.problem else ()
    return (f"source     {report.url} {at}{since}", *trouble)


def _take_down_lines(one: TakeDown, held: Collection[str]) -> tuple[str, ...]:
    when = f"since {moment(one.when)}" if one.when else "not taken down yet"
    still = (
        *(f"    still in {url}{' (held)' if url in held else ''}" for url in one.shown),
        *(f"    {'owed' if d.status == 'pending' else 'given up'}: {d.topic} to {bare(d.target)}" for d in one.owed),
    )
    title = f" ({printable(one.title)})" if one.title else ""
    return (f"  {one.path}{title}: {one.state}, {when}" + ("" if still else "; no document has it"), *still)
