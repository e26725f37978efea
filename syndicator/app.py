"""Wiring of what is kept and where it goes: the only place that knows which state and which publisher are in use.

Where posts come from is wired in ``sourcing.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from syndicator.errors import StateDamaged, StateError, StateMissing
from syndicator.ports import ImageDesk, Ledger
from syndicator.publishers.local import LocalPublisher
from syndicator.realpath import real_path
from syndicator.settings import Settings

if TYPE_CHECKING:
    from syndicator.passes import Orders
    from syndicator.state.database import Database
    from syndicator.state.deliveries import SqlOutbox
    from syndicator.state.keeping import Keeper

# What takes long to import, the database's library above all, is imported when it is wanted: a first build reads posts
# meanwhile.


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The state's back ends on one database. ``forget`` is for whoever puts another in its place; who may write to it
    has a ``keeper``, to see that it stays what others find under its name.
    """

    database: Database
    ledger: Ledger
    outbox: SqlOutbox
    desk: ImageDesk
    forget: Callable[[], None] = lambda: None
    keeper: Keeper | None = None


def orders(settings: Settings) -> Orders:
    """What the configuration wants published where."""
    from syndicator.passes import Orders

    return Orders(
        feeds=settings.feed_specs(),
        feeds_url=settings.publish.url,
        lists=settings.lists(),
        hubs=settings.hub_urls(),
        audience=settings.audience(),
        announce=settings.announce.enabled,
        ask_images=settings.images.ask,
        guard=settings.guard.to_limits(),
        hold_off=settings.publish.settle,
    )


def publisher(settings: Settings) -> LocalPublisher:
    """Where documents go."""
    return LocalPublisher(settings.publish_path)


#: Makes a new state in the place of one that is damaged.
Mend = Callable[[StateDamaged], None]


@contextmanager
def state_to_write(
    settings: Settings, mend: Mend | None = None, *, examined: bool = False, stays: bool = False
) -> Iterator[State]:
    """The state, for the one process that may write to it. One that is damaged, out of which everything is gone, or
    that is itself gone, is given to ``mend`` first. With ``examined`` all of it is read to know that, else only where
    its program was killed.
    With ``stays`` many passes will come, and what one has read is kept in memory for the next.

    Raises StateError, naming the other process when there is one.
    """
    from syndicator.state.keeping import Keeper
    from syndicator.state.lock import only_writer
    from syndicator.state.names import take_up

    with only_writer(settings.state_path) as right:
        take_up(settings.state_path)
        try:
            if mend is not None and (missing := gone(settings)):
                raise missing
            database = _opened(settings, sound=mend is not None, examined=examined)
        except StateDamaged as damage:
            if mend is None:
                raise
            mend(damage)
            database = _opened(settings)
        with _state(database) as state:
            keeper = Keeper(database, right)
            if trouble := keeper.look():  # it notes what is there now, a state that was just made above all
                raise StateError(database.what, trouble, "see that nobody else uses it, and start again")
            kept = replace(state, keeper=keeper)
            yield _kept(kept) if stays else kept


def gone(settings: Settings) -> StateMissing | None:
    """What is wrong where there is no state though documents that it published stand; None in all other cases, the
    first build above all, for which this is one look.
    """
    if settings.state_path.exists() or not settings.publish_path.is_dir():
        return None
    # Late: no first build into a folder of its own needs it.
    from syndicator.remains import any_of_ours
    from syndicator.standing import Places

    if not any_of_ours(Places(settings.feed_specs()), publisher(settings)):
        return None
    return StateMissing(
        f"state {settings.state_path}",
        "it is not there, though documents that it published are",
        "'syndicator build' or 'run' makes it anew from them; put it back if it lies elsewhere; to begin afresh remove "
        f"these documents in {settings.publish_path} too",
    )


def _held_open(missing: StateMissing, settings: Settings) -> StateError | None:
    """What to say instead where its writer has it open: all of it is there, and nothing is to be made anew."""
    found = writer(settings)
    if found is None:
        return None
    return StateError(
        missing.what,
        f"its file was removed or renamed; process {found[0]} has it open, and puts it back as soon as it can",
        "ask again in a moment; while it stays so, leave that process running: its log and /readyz?verbose say why",
    )


def _kept(state: State) -> State:
    from syndicator.state.kept import KeptLedger, TellingDesk

    ledger = KeptLedger(state.ledger)
    return replace(state, ledger=ledger, desk=TellingDesk(state.desk, ledger.told), forget=ledger.forget)


def writer(settings: Settings) -> tuple[int, float] | None:
    """The process that may write to the state now, and since when (seconds since 1970); None when there is none."""
    from syndicator.state.lock import holder

    return holder(settings.state_path)


def _opened(settings: Settings, *, sound: bool = False, examined: bool = False) -> Database:
    """The database, for its one writer: what those before it had begun and wanted is over. Raises StateError."""
    from syndicator.state.deliveries import SqlOutbox, lift_leases
    from syndicator.state.versions import open_database

    database = open_database(settings.state_url, settings.state_path.parent, sound=sound, examined=examined)
    try:
        lift_leases(database)
        SqlOutbox(database).keep_targets(settings.targets())
    except StateError:
        database.close()
        raise
    return database


def alarms(settings: Settings) -> tuple[str, ...]:
    """What happened to the state and somebody has to look at, until it is moved away."""
    from syndicator.state.aside import BROKEN, OTHER, set_aside

    real = real_path(settings.state_path)
    return (
        *(
            f"it was damaged: {file} was set aside, and ids and dates were taken from the published documents; look at "
            "the disk and at the feeds, then move that file elsewhere"
            for file in set_aside(real, BROKEN)
        ),
        *(
            f"another file took its place while it was in use: the one of the two that is not used now is {file}; see "
            "what it is, and move it elsewhere"
            for file in set_aside(real, OTHER)
        ),
    )


@contextmanager
def state_to_read(settings: Settings, *, or_empty: bool = False) -> Iterator[State]:
    """The state for a look, beside whoever writes; nothing on disk changes.

    Where there is none yet it is an empty one with ``or_empty``. Raises StateError otherwise, StateMissing where there
    was one.
    """
    from syndicator.state.looking import open_nothing, open_to_read

    database = open_to_read(settings.state_path)
    if database is None and (missing := gone(settings)):
        raise _held_open(missing, settings) or missing
    if database is None and or_empty:
        database = open_nothing()
    if database is None:
        raise StateError(f"state {settings.state_path}", "there is none yet", "run 'syndicator build' first")
    with _state(database) as state:
        yield state


@contextmanager
def state_to_approve(settings: Settings) -> Iterator[State]:
    """The state, for one word to whoever makes passes, who may be at it. Raises StateError where there is none."""
    from syndicator.state.database import Database

    with state_to_read(settings):
        pass  # it is there, and as this version knows it
    with _state(Database(settings.state_url)) as state:
        yield state


@contextmanager
def _state(database: Database) -> Iterator[State]:
    from syndicator.state.deliveries import SqlOutbox
    from syndicator.state.posts import SqlLedger
    from syndicator.state.questions import SqlImageDesk

    try:
        yield State(
            database=database, ledger=SqlLedger(database), outbox=SqlOutbox(database), desk=SqlImageDesk(database)
        )
    finally:
        database.close()
