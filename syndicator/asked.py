"""What the state says when somebody asks: the state of things, and why a post is where it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from syndicator import __version__
from syndicator.app import State, alarms, orders, state_to_read, writer
from syndicator.configuration.durations import spelled
from syndicator.errors import SyndicatorError
from syndicator.feeds import live, select
from syndicator.health import Live
from syndicator.hearers import hearers, owed_of
from syndicator.hindrances import SETTLE
from syndicator.history import divide
from syndicator.live import address, hear, name_of_state
from syndicator.looks import wrong_clock
from syndicator.model import PostRecord, PostState
from syndicator.outcomes import has_rules, outcome
from syndicator.overview import (
    Holder,
    StateOfThings,
    Waiting,
    feeds_of,
)
from syndicator.profiles.summing import summed_up
from syndicator.settings import Settings
from syndicator.sourcing import called, reader, upstream
from syndicator.standby import told_waiting
from syndicator.takedowns import who_has_it

#: So many posts that wait are told one by one.
_MOST_WAITING = 20


def state_of_things(settings: Settings, now: datetime) -> StateOfThings:
    """From the state, whether or not the service runs, and from the service where one does. Raises StateError."""
    with state_to_read(settings) as state:
        things = look(settings, state, now)
        things = replace(
            things,
            trouble=_trouble(settings, state, now),
            rules=_rules(settings, state, now),
            waiting=_waiting(state, now),
            last_good=tuple(sorted(state.ledger.entries([refusal.path for refusal in things.refused]))),
        )
    found = writer(settings)
    by = Holder(pid=found[0], since=datetime.fromtimestamp(found[1], UTC)) if found else None
    return replace(things, holder=by, live=hear_service(settings) if by else None, asked=_address_of(settings))


def hear_service(settings: Settings) -> Live | None:
    """What the service of this configuration says of itself; None when none answers on this machine."""
    return hear(_address_of(settings), name_of_state(settings.state_path))


def _address_of(settings: Settings) -> str:
    return address(settings.serve.host, settings.serve.port, "/readyz?json")


def _trouble(settings: Settings, state: State, now: datetime) -> str:
    """Why the source cannot be read as it is now, and what waits for that."""
    trouble, last = _no_source(settings), state.ledger.last_pass()
    waiting = state.ledger.came_due(last.at, now) if trouble and last else 0
    return f"{trouble}; {told_waiting(waiting)}" if waiting else trouble


def _no_source(settings: Settings) -> str:
    """Why it cannot be read; a host that is away is told by its report."""
    if settings.source.kind == "folder" and not settings.source_path.is_dir():
        return f"source {settings.source_path}: there is no such folder"
    try:
        reader(settings)
    except SyndicatorError as error:
        return str(error)
    return ""


def _waiting(state: State, now: datetime) -> tuple[Waiting, ...]:
    """The posts whose time comes first, each with what it waits for."""
    return tuple(
        Waiting(path=record.path, until=max(record.due, record.settles or record.due), reason=_why_wait(record, now))
        for record in state.ledger.waiting(now, _MOST_WAITING)
        if record.due
    )


def _why_wait(record: PostRecord, now: datetime) -> str:
    embargo, held_off = "it is under embargo", f"it is held off{SETTLE}"
    if record.state(now) is PostState.SETTLING:
        return held_off
    return f"{embargo}, then {held_off}" if record.due and record.settles and record.settles > record.due else embargo


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
    documents, feeds = tuple(state.ledger.documents().values()), state.ledger.feeds()
    deliveries, held = tuple(state.outbox.deliveries()), state.ledger.held()
    # Of a hundred thousand posts these are the ones that anything is to be said of; the others are counted.
    told = {ref for feed in feeds.values() for ref in (*feed.members, *(stone.ref for stone in feed.tombstones))}
    posts = {record.path: record for record in state.ledger.posts_called(told)}
    far = upstream(settings)
    return StateOfThings(
        title=called(settings)[0],
        version=__version__,
        source=far.name if far else f"{settings.source_path} ({_noticed(settings)})",
        posts=tuple(sorted(state.ledger.counts(now).items())),
        documents=tuple(document for document in documents if not document.page),
        pages=sum(document.page > 0 for document in documents),
        last_pass=(last := state.ledger.last_pass()),
        refused=tuple(state.ledger.refusals().values()),
        deliveries=deliveries,
        hubs=settings.hub_urls(),
        feeds=feeds_of(feeds, documents, held, orders(settings).feeds),
        owed=owed_of(deliveries, state.outbox.pauses(), now),
        hearers=hearers(settings.targets(), state.outbox.targets(), now),
        announces=settings.announce.enabled,
        at=now,
        clock=wrong_clock(now, last.at if last else None, documents),
        fetched=far.report() if far else None,
        taken_down=who_has_it(posts, feeds, documents, deliveries, now),
        held=tuple(held.values()),
        alarms=alarms(settings),
    )


def _noticed(settings: Settings) -> str:
    every = spelled(settings.source.every)
    if settings.source.watch:
        return f"watched by the service, and looked through every {every} or when that costs little"
    return f"looked through by the service every {every}, since [source] watch is off"
