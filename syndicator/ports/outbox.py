"""What is owed to others: deliveries to hubs, caches, web hooks and looks from outside."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from syndicator.model import Delivery, DeliveryKind, HostPause, HostState, TargetState


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What becomes of a delivery after an attempt: ``status`` is done, pending (again when ``due``) or given up."""

    delivery: Delivery
    status: str
    due: datetime
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which deliveries somebody means; "" and () mean all. ``status`` is pending, given up or paused (pending, for a
    host that is left alone for now)."""

    ids: tuple[int, ...] = ()
    kind: str = ""
    host: str = ""
    status: str = ""
    feed: str = ""


class Outbox(Protocol):
    """Deliveries, claimed by lease so that several workers never send one twice at a time."""

    def claim_deliveries(
        self,
        now: datetime,
        limit: int,
        lease: timedelta,
        *,
        per_host: int,
        room: Callable[[str], int] = ...,
        full: Collection[str] = (),
    ) -> Sequence[Delivery]:
        """Take up to ``limit`` that are due and nobody else's, ``room`` for each host at most and never more than
        ``per_host``; none for hosts that are ``full`` or in a pause, and none that waits for one of a lower stage."""
        ...

    def settle(
        self, settled: Sequence[Settled], now: datetime, *, pauses: Sequence[HostPause] = (), well: Collection[str] = ()
    ) -> None:
        """Keep what came of attempts, in one transaction. What came late for an older version changes nothing.

        Hosts that are ``well`` are in no pause any more.
        """
        ...

    def give_up_for(self, host: str, owed_before: datetime, now: datetime, error: str) -> int:
        """Give up all that has been owed to a host since before then; how many were."""
        ...

    def deliveries(self, wanted: Wanted = ...) -> Sequence[Delivery]:
        """Those that are meant, for people to look at, oldest first."""
        ...

    def pauses(self) -> Sequence[HostPause]: ...
    def hosts(self) -> Sequence[HostState]:
        """What is owed to whom, by host."""
        ...

    def targets(self) -> Sequence[TargetState]:
        """Whoever is owed something, or heard of something or failed before, with what is known of that."""
        ...

    def next_due(self) -> datetime | None:
        """When one may be claimed next, pauses of hosts and stages considered."""
        ...

    def clock_was_set(self, now: datetime, step: timedelta = timedelta(0)) -> None:
        """Make due what seems to be owed since a time to come, or put off for longer than anything is: the clock went
        back meanwhile, by this ``step`` as far as that is known. What was put off by the former clock comes by so much
        sooner."""
        ...

    def send_again(self, wanted: Wanted, now: datetime) -> int:
        """Make them due now, as if never tried, whatever their host's pause; how many."""
        ...

    def drop(self, wanted: Wanted) -> int:
        """Forget them; how many."""
        ...

    def keep_targets(self, targets: Mapping[DeliveryKind, Collection[str]]) -> None:
        """Forget what is owed to others than these, by kind: they are not configured any more."""
        ...
