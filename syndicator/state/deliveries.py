"""What is owed to others, in SQL: claimed by lease, a fair share for each host, in the order of stages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    not_,
    or_,
    select,
    type_coerce,
    update,
)

from syndicator.model import CACHES, Delivery, DeliveryKind, HostPause, HostState, TargetState
from syndicator.moments import MICROSECOND
from syndicator.ports import Settled, Wanted
from syndicator.state import tables
from syndicator.state.contacts import known_targets, note_contacts
from syndicator.state.database import Database
from syndicator.state.due import PENDING, due, is_any_pending, paused, ready, unblocked

_GIVEN_UP = "given up"
_ALL = Wanted()
#: No database can be asked for a larger one.
_LARGEST_ID = 2**63 - 1
#: No host is left alone for longer, whatever it asks for; a minute for what is on its way.
_LONGEST_PAUSE = timedelta(days=1, minutes=1)


def lift_leases(database: Database) -> None:
    """Free what a worker that is certainly dead had claimed: only for whoever holds the right to be the one writer."""
    with database.write() as connection:
        for table in (tables.deliveries, tables.images):
            connection.execute(update(table).where(table.c.leased_until.is_not(None)).values(leased_until=None))


class SqlOutbox:
    """Deliveries. A newer version is another row: what comes late for the older one changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim_deliveries(
        self,
        now: datetime,
        limit: int,
        lease: timedelta,
        *,
        per_host: int | None = None,
        room: Callable[[str], int] | None = None,
        full: Collection[str] = (),
    ) -> Sequence[Delivery]:
        """Take up to ``limit`` that are due and nobody else's for the time of the lease, the hosts in turn."""
        table = tables.deliveries
        with self._database.read() as connection:
            if not is_any_pending(connection):
                return ()
        with self._database.write() as connection:
            rows = connection.execute(due(now, limit if per_host is None else per_host, full)).all()
            taken = _in_turn(map(_delivery, rows), room or (lambda _: limit))[:limit]
            if taken:
                leased = table.c.id.in_([delivery.id for delivery in taken])
                connection.execute(update(table).where(leased).values(leased_until=now + lease))
        return tuple(taken)

    def settle(
        self, settled: Sequence[Settled], now: datetime, *, pauses: Sequence[HostPause] = (), well: Collection[str] = ()
    ) -> None:
        """Keep what came of attempts, in one transaction: thousands of them must not wait for the disk one by one."""
        table, hosts = tables.deliveries, tables.hosts
        same = (table.c.id == bindparam("_id"), table.c.digest == bindparam("_digest"))
        done = [_key(each.delivery) for each in settled if each.status == "done"]
        again = [
            _key(each.delivery)
            | {
                "status": each.status,
                "due": each.due,
                "error": each.error,
                "attempts": each.delivery.attempts + 1,
                "leased_until": None,
            }
            for each in settled
            if each.status != "done"
        ]
        with self._database.write() as connection:
            if done:
                connection.execute(delete(table).where(*same), done)
            if again:
                changed: dict[str, Any] = {name: bindparam(name) for name in again[0] if not name.startswith("_")}
                connection.execute(update(table).where(*same).values(changed), again)
            if well:
                connection.execute(delete(hosts).where(hosts.c.host.in_(tuple(well))))
            self._database.upsert(connection, hosts, pauses)
            note_contacts(self._database, connection, settled, now)

    def give_up_for(self, host: str, owed_before: datetime, now: datetime, error: str) -> int:
        """Give up all that has been owed to a host since before then."""
        table = tables.deliveries
        old = (table.c.status == PENDING, table.c.host == host, table.c.since <= owed_before)
        with self._database.write() as connection:
            given_up = {"status": _GIVEN_UP, "due": now, "error": error, "leased_until": None}
            return connection.execute(update(table).where(*old).values(given_up)).rowcount

    def deliveries(self, wanted: Wanted = _ALL) -> Sequence[Delivery]:
        """All that is owed or was given up, or those that are meant, oldest first."""
        table = tables.deliveries
        query = select(table).where(*_meant(wanted)).order_by(table.c.since, table.c.id)
        with self._database.read() as connection:
            return tuple(map(_delivery, connection.execute(query)))

    def pauses(self) -> Sequence[HostPause]:
        """Hosts that are left alone for a while, or were when they were last heard of."""
        table = tables.hosts
        with self._database.read() as connection:
            return tuple(
                HostPause(host=row.host, until=row.until, failures=row.failures, error=row.error)
                for row in connection.execute(select(table).order_by(table.c.host))
            )

    def hosts(self) -> Sequence[HostState]:
        """What is owed to whom, by host."""
        table = tables.deliveries
        pauses = {pause.host: pause for pause in self.pauses()}
        first = func.min(case((unblocked(table), ready())), type_=tables.Instant()).label("first")
        pending = func.sum(case((table.c.status == PENDING, 1), else_=0)).label("pending")
        query = paused(select(table.c.host, first, pending, func.count().label("every"))).group_by(table.c.host)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(table.c.host)).all()
        return tuple(
            HostState(
                host=row.host,
                pending=row.pending,
                given_up=row.every - row.pending,
                next=row.first,
                pause=pauses.get(row.host),
            )
            for row in rows
        )

    def targets(self) -> Sequence[TargetState]:
        """Whoever is owed something, or heard of something or failed before."""
        return known_targets(self._database, self.pauses())

    def next_due(self) -> datetime | None:
        """When the next one may be claimed: what waits for something else is no reason to look."""
        with self._database.read() as connection:
            if not is_any_pending(connection):
                return None
            first = func.min(ready(), type_=tables.Instant())
            return connection.execute(paused(select(first)).where(unblocked(tables.deliveries))).scalar()

    def clock_was_set(self, now: datetime, step: timedelta = timedelta(0)) -> None:
        """What is owed since a time to come, or put off for longer than anything is, is due; no host is left alone for
        longer than any is. What was put off by a clock that went back by a ``step`` comes by so much sooner."""
        table, hosts = tables.deliveries, tables.hosts
        with self._database.write() as connection:
            early = (table.c.status == PENDING, table.c.since > now)
            connection.execute(update(table).where(*early).values(since=now, due=now))
            if step:
                put_off = (table.c.status == PENDING, table.c.due > now)
                connection.execute(update(table).where(*put_off).values(due=_sooner(table.c.due, step)))
                connection.execute(update(hosts).values(until=_sooner(hosts.c.until, step)))
            late = (table.c.status == PENDING, table.c.due > now + _LONGEST_PAUSE)
            connection.execute(update(table).where(*late).values(due=now))
            connection.execute(delete(hosts).where(hosts.c.until > now + _LONGEST_PAUSE))

    def send_again(self, wanted: Wanted, now: datetime) -> int:
        """Make them due now, as if never tried; what is on its way just now is not taken from whoever has it."""
        table, hosts = tables.deliveries, tables.hosts
        afresh = {"status": PENDING, "attempts": 0, "since": now, "due": now, "error": ""}
        meant = _meant(wanted)
        with self._database.write() as connection:
            theirs = select(table.c.host).where(*meant)
            connection.execute(delete(hosts).where(hosts.c.host.in_(theirs)))
            return connection.execute(update(table).where(*meant).values(afresh)).rowcount

    def drop(self, wanted: Wanted) -> int:
        """Forget them."""
        with self._database.write() as connection:
            return connection.execute(delete(tables.deliveries).where(*_meant(wanted))).rowcount

    def keep_targets(self, targets: Mapping[DeliveryKind, Collection[str]]) -> None:
        """Forget others than these, by kind: what they are owed, what is known of them, and pauses of their hosts."""
        hosts = tables.hosts
        with self._database.write() as connection:
            for table in (tables.deliveries, tables.contacts):
                wanted = [
                    and_(table.c.kind == kind.value, table.c.target.in_(tuple(targets.get(kind, ()))))
                    for kind in DeliveryKind
                ]
                connection.execute(delete(table).where(not_(or_(*wanted))))
            connection.execute(delete(hosts).where(~exists().where(tables.deliveries.c.host == hosts.c.host)))


# --- which ones ---------------------------------------------------------------------------------------------------


def _in_turn(due: Any, room: Callable[[str], int]) -> list[Delivery]:
    """Every host's first, then every host's second: whoever is owed much takes nobody's place."""
    by_host: defaultdict[str, list[Delivery]] = defaultdict(list)
    for delivery in due:
        by_host[delivery.host].append(delivery)
    places = [
        (place, delivery.kind.stage, delivery.due, delivery.id, delivery)
        for host, theirs in by_host.items()
        for place, delivery in enumerate(sorted(theirs, key=lambda each: (each.due, each.id))[: max(room(host), 0)])
    ]
    return [delivery for *_, delivery in sorted(places, key=lambda each: each[:4])]


def _meant(wanted: Wanted) -> list[ColumnElement[bool]]:
    table, pause = tables.deliveries, tables.hosts
    conditions: list[ColumnElement[bool]] = [table.c.kind == wanted.kind] if wanted.kind else []
    if wanted.feed:
        parts = [table.c.feed.startswith(f"{wanted.feed}{mark}", autoescape=True) for mark in "/:"]
        conditions.append(or_(table.c.feed == wanted.feed, *parts))
    if wanted.host:
        conditions.append(table.c.host.in_((wanted.host, wanted.host + CACHES)))
    if wanted.ids:
        conditions.append(table.c.id.in_([each for each in wanted.ids if each <= _LARGEST_ID]))
    if wanted.status == "paused":
        conditions += [table.c.status == PENDING, exists().where(pause.c.host == table.c.host)]
    elif wanted.status:
        conditions.append(table.c.status == wanted.status)
    return conditions


def _key(delivery: Delivery) -> dict[str, Any]:
    return {"_id": delivery.id, "_digest": delivery.digest}


def _sooner(instant: ColumnElement[Any], step: timedelta) -> ColumnElement[Any]:
    return type_coerce(instant, BigInteger) - step // MICROSECOND


def _delivery(row: Any) -> Delivery:
    return Delivery(
        id=row.id,
        kind=DeliveryKind(row.kind),
        target=row.target,
        feed=row.feed,
        body=row.body,
        topic=row.topic,
        digest=row.digest,
        attempts=row.attempts,
        since=row.since,
        due=row.due,
        status=row.status,
        error=row.error,
    )
