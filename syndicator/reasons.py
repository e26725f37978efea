"""What state, source and service say when somebody asks why a post is where it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import PurePosixPath

from syndicator.absence import require_mounts, require_presence
from syndicator.app import State, orders, publisher, state_to_read, writer
from syndicator.asked import hear_service
from syndicator.behind import as_published
from syndicator.dialects.jekylloverlooked import no_post
from syndicator.errors import PostError, SourceError, SyndicatorError
from syndicator.explain import Explanation, Verdict, explain, find, spec_name, under_hold
from syndicator.hearers import UNSENT
from syndicator.hindrances import SETTLE
from syndicator.holdoff import held_off
from syndicator.ids import own_id
from syndicator.ledger import record_of
from syndicator.model import PostRecord, PostState
from syndicator.outcomes import outcome
from syndicator.ports import Refusal
from syndicator.posts.frontmatter import split
from syndicator.posts.visibility import UNDATED_PAGE
from syndicator.reader import Reader
from syndicator.settings import Settings
from syndicator.sources.walking import is_same
from syndicator.sourcing import reader, reader_of, site_files
from syndicator.takedowns import who_has_it
from syndicator.turns import moment, undelivered


def explain_post(settings: Settings, wanted: str, feed: str, now: datetime) -> tuple[Explanation, ...]:
    """Why a post (path, id or address) is in, out or waiting. Raises SyndicatorError when nobody knows post or feed."""
    specs = orders(settings).feeds
    names = {spec.name for spec in specs}
    if feed and spec_name(feed) not in names:
        raise SyndicatorError(f'feed "{feed}"', "there is none of that name", f"name one of {', '.join(sorted(names))}")
    with state_to_read(settings) as state:
        ledger, source_reader = state.ledger, _reader(settings, state)
        site = source_reader.site
        unseen = _unseen(settings, source_reader, state, wanted, now)
        refusals = {**ledger.refusals(), **unseen.refusals}
        records = {p: _as_due(r, site.url, now) for p, r in ledger.posts().items()}
        records |= unseen.records
        stored, pages = ledger.entry_records().keys(), ledger.pages()
        held, feeds = ledger.held(), ledger.feeds()
        # What cannot be read has the address that readers know it by.
        kept = {path: entry.url for path, entry in ledger.entries(refusals.keys()).items()}
        # An address is only known by reading posts again; nobody needs it but here.
        everyone = sorted(records) if "://" in wanted else ()
        addresses = {
            path: _address(source_reader, path) or kept.get(path, "") for path in everyone if records[path].gone is None
        }
        paths = find(records, refusals, addresses, wanted)
        if not paths:
            raise _unknown(settings, source_reader, wanted)
        explanations = [
            explain(
                path, records, refusals, stored, specs, site, now,
                _rule(source_reader, records.get(path)), _address(source_reader, path) or kept.get(path, ""),
                spec_name(feed) if feed in held else feed,
                last_path_first=source_reader.dialect.last_path_first, sections=source_reader.sections, pages=pages,
                ruled=lambda selection: outcome(selection, ledger.entries(selection.paths()), site, now),
            )
            for path in paths
        ]  # fmt: skip
        explanations = [
            under_hold(each, records.get(each.path), held, feeds, now, feed, pages) for each in explanations
        ]
        documents, read = tuple(ledger.documents().values()), publisher(settings).read
        explanations = [
            as_published(each, _names(each), feeds, documents, read, partial(_when, settings)) for each in explanations
        ]
        return tuple(_with_news(each, unseen, settings, state, now) for each in explanations)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unseen:
    """What no pass has seen yet: new posts with the records and refusals that they will have, and by path what
    happened to files. ``away`` is why nobody can see anything."""

    records: Mapping[str, PostRecord]
    refusals: Mapping[str, Refusal]
    news: Mapping[str, str]
    away: str = ""


def _reader(settings: Settings, state: State) -> Reader:
    """The reader, also for a source that is away. Raises SourceError and ConfigError where nothing was known of it."""
    try:
        return reader(settings)
    except SourceError:
        last = state.ledger.last_pass()
        if last is None or last.source is None:
            raise
        return reader_of(settings, last.source.site)


def _names(explanation: Explanation) -> tuple[str, ...]:
    """What documents call the post: its id, or its address."""
    return tuple(value for name, value in explanation.facts if name in ("id", "address"))


def _as_due(record: PostRecord, site_url: str, now: datetime) -> PostRecord:
    """The record of a post whose time has come, as the next pass will note it."""
    if record.entry_id or record.gone is not None or record.state(now) is not PostState.LIVE:
        return record
    return record._replace(entry_id=own_id(record.path, record.given_id, record.published, site_url))


def _unseen(settings: Settings, source_reader: Reader, state: State, wanted: str, now: datetime) -> _Unseen:
    """What is otherwise in the source than the last pass saw it; nothing where the source cannot be read now."""
    versions, source = state.ledger.versions(), source_reader.source
    prefix = source_reader.versions_begin
    try:
        scan = source.scan({p: v.removeprefix(prefix) for p, v in versions.items()})
        if scan.gone:
            require_presence(len(versions), len(scan.gone), len(scan.changed), source.is_bare)
            last = state.ledger.last_pass()
            require_mounts(last.source.mounts if last and last.source else (), source.mounts(), scan.gone)
    except SyndicatorError as error:
        return _Unseen(records={}, refusals={}, news={}, away=str(error))
    known = state.ledger.posts() if scan.changed else {}
    when = _when(settings) if scan.changed or scan.gone else ""
    news = dict.fromkeys(scan.gone, f"its file is gone since the last pass; {when}")
    records: dict[str, PostRecord] = {}
    refusals: dict[str, Refusal] = {}
    for path, version in scan.changed:
        if path in versions:
            if is_same(version, versions[path].removeprefix(prefix)):
                continue  # it was read as soon as it was saved
            news[path] = f"its file was changed since the last pass; {when}"
            continue
        news[path] = f"no pass has seen its file yet; {when}"
        if not (wanted.startswith(("urn:", "tag:")) or "://" in wanted) and not _is_meant(path, wanted):
            continue
        try:
            (skim,) = source_reader.skim([source_reader.source.read(path)])
        except PostError as error:
            skim = error
        if isinstance(skim, PostError):
            refusals[path] = Refusal(
                path=path, version=version, reason=skim.reason, since=now,
                line=skim.line, column=skim.column, remedy=skim.remedy,
            )  # fmt: skip
        else:
            fresh = record_of(skim, version, source_reader.site.url)
            (fresh,) = held_off([fresh], known, (), (), wait=orders(settings).hold_off, now=now)
            is_live = fresh.first_state(now) is PostState.LIVE
            records[path] = fresh if is_live else fresh._replace(entry_id="")  # as the ledger will note it
    return _Unseen(records=records, refusals=refusals, news=news)


def _is_meant(path: str, wanted: str) -> bool:
    return path.endswith(wanted.removeprefix("./").lstrip("/")) or wanted.endswith(f"/{path}")


def _when(settings: Settings) -> str:
    """When a pass will see what is new."""
    live = hear_service(settings)
    if live is None:
        busy = "; another syndicator is at work on the state" if writer(settings) else ""
        return f"no service answers here: run 'syndicator build', or start the service{busy}"
    if trouble := dict(live.problems).get("pass", ""):
        return f"passes fail: {trouble}"
    if not live.watching:
        return "the service looks at what is changed at once"
    due = next((wait.until for wait in live.waits if wait.what.startswith(("looking through", "asking the"))), None)
    return f"the service looks again at {moment(due)} ({live.watching})" if due else "a pass of the service is due"


def _with_news(
    explanation: Explanation, unseen: _Unseen, settings: Settings, state: State, now: datetime
) -> Explanation:
    """The same with what no pass has seen, and with what somebody has not heard of documents that show the post."""
    facts = list(explanation.facts)
    verdicts = list(explanation.verdicts)
    path = explanation.path
    if news := unseen.news.get(path):
        facts.append(("not seen", news))
    reason = f"the next pass shows it: {unseen.news[path]}" if path in unseen.records else ""
    if unseen.away:
        reason = f"it is due, and waits until its file can be read: {unseen.away}"
    if reason:
        verdicts = [
            replace(v, reason=reason) if v.verdict == "waiting" and "next pass" in v.reason else v for v in verdicts
        ]
        # The time of a hold-off begins when a pass first sees the post.
        verdicts = [replace(v, reason=v.reason.replace(SETTLE, f" at the earliest{SETTLE}")) for v in verdicts]
    facts += _told(path, verdicts, settings, state, now)
    return replace(explanation, facts=tuple(facts), verdicts=tuple(verdicts))


def _told(
    path: str, verdicts: list[Verdict], settings: Settings, state: State, now: datetime
) -> Iterator[tuple[str, str]]:
    """Who has not heard of documents that show the post, or of those that it was taken out of."""
    ledger, deliveries = state.ledger, state.outbox.deliveries()
    feeds = {verdict.feed for verdict in verdicts if verdict.verdict == "in"}
    documents = tuple(ledger.documents().values())
    topics = {document.url: document.feed for document in documents if document.feed in feeds}
    posts = ledger.posts_at([path])
    for down in who_has_it(posts, ledger.feeds(), documents, deliveries, now):
        yield from (("still in", url) for url in down.shown if url not in topics)
        topics |= {delivery.topic: delivery.feed for delivery in down.owed}
    if not topics:
        return
    lines = undelivered(topics, deliveries, now, state.outbox.pauses())
    yield from (("not told", line) for line in lines)
    if lines and not writer(settings):
        yield "not sent", UNSENT
    if not lines and (settings.hub_urls() or settings.webhooks):
        yield "told", "whoever is to hear of the documents that show it has heard"


def _unknown(settings: Settings, source_reader: Reader, wanted: str) -> SyndicatorError:
    """What to say of something that no post is called: it may be a file that is none."""
    reason, remedy = "no post has that path, id or address", f"if it is new: {_when(settings)}"
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
    return rule or (UNDATED_PAGE if record.due is None and source_reader.dialect.undated_is_page else "")
