"""When what is owed is tried next, and what it waits for until then, as people are told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime

from syndicator.model import Delivery, DeliveryKind, HostPause
from syndicator.text import bare

#: So many are told one by one.
_MOST = 20
_FIRST = (DeliveryKind.PURGE, DeliveryKind.VERIFY)
#: What must have happened before others hear, by the kind that sees to it.
_AWAITED = {
    DeliveryKind.PURGE.value: "caches have let go of the old version",
    DeliveryKind.VERIFY.value: "the world sees the new version",
}


class Turns:
    """All that is owed, in the order in which it goes out, and the hosts that are left alone; ``now``, where it is
    given, tells which pauses are over and what is due by now."""

    def __init__(
        self, deliveries: Iterable[Delivery], pauses: Iterable[HostPause] = (), now: datetime | None = None
    ) -> None:
        self._now = now
        self._pauses = {pause.host: pause for pause in pauses if now is None or pause.until > now}
        self._topics: dict[str, Delivery] = {}
        self._feeds: dict[str, Delivery] = {}
        for one in deliveries:
            if one.status == "pending" and one.kind in _FIRST:
                for known, key in ((self._topics, one.topic), (self._feeds, one.feed)):
                    known[key] = min(known.get(key, one), one, key=lambda each: (each.kind.stage, self._due(each)))

    def before(self, one: Delivery) -> Delivery | None:
        """What is done first, None where it is this one's turn: as the queue itself has it."""
        first = None
        if one.status == "pending" and one.kind is not DeliveryKind.PURGE:
            first = self._feeds.get(one.feed) if one.kind is DeliveryKind.WEBHOOK else self._topics.get(one.topic)
        return first if first and first.kind.stage < one.kind.stage else None

    def next(self, one: Delivery) -> datetime | None:
        """When it is tried, None where nobody can say: it was given up, or something else is done first."""
        return None if one.status != "pending" or self.before(one) else self._due(one)

    def pause(self, host: str) -> HostPause | None:
        """How a host is left alone."""
        return self._pauses.get(host)

    def told(self, one: Delivery) -> str:
        """When it is tried, or was given up, or what it waits for."""
        if one.status != "pending":
            return f"given up {moment(one.due)}"
        first = self.before(one)
        return waits_for(first.kind.value, self._due(first), self._now) if first else next_at(self._due(one), self._now)

    def _due(self, one: Delivery) -> datetime:
        pause = self._pauses.get(one.host)
        return max(one.due, pause.until) if pause else one.due


def waits_for(kind: str, due: datetime | None, now: datetime | None = None) -> str:
    """That something of that kind is done first, which is tried when it is ``due``."""
    is_due = due is not None and now is not None and due <= now
    tried = "" if due is None else " (due now)" if is_due else f" (next try {moment(due)})"
    return f"waits until {_AWAITED[kind]}{tried}"


def next_at(due: datetime, now: datetime | None) -> str:
    """When something is tried: a time that is over is none to wait for."""
    return "due now" if now is not None and due <= now else f"next {moment(due)}"


def moment(instant: datetime) -> str:
    """An instant for people."""
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def undelivered(
    topics: Mapping[str, str] | Collection[str],
    deliveries: Collection[Delivery],
    now: datetime,
    pauses: Iterable[HostPause] = (),
) -> tuple[str, ...]:
    """What somebody has not heard of these topics yet, and until when that waits, in lines.

    ``topics`` may say of which feed each is: web hooks hear of feeds.
    """
    feeds = frozenset(topics.values()) if isinstance(topics, Mapping) else frozenset()
    turns = Turns(deliveries, pauses, now)
    lines = [
        _waiting(one, now, turns)
        for one in deliveries
        if (one.topic in feeds if one.kind is DeliveryKind.WEBHOOK else one.topic in topics)
    ]
    more = len(lines) - _MOST
    return tuple(lines[:_MOST] + ([f"and {more} more"] if more > 0 else []))


def _waiting(one: Delivery, now: datetime, turns: Turns) -> str:
    what = {"purge": "caches may show the old one", "verify": "nobody has seen the new one at its address yet"}
    to = what.get(one.kind.value, f"{bare(one.target)} has not heard of it")
    if one.status != "pending":
        return f"{one.topic}: {to}: given up ({one.error or 'it never answered'})"
    if turns.before(one):
        return f"{one.topic}: {to}: {turns.told(one)}"
    due, pause = turns.next(one) or one.due, turns.pause(one.host)
    error = one.error or (pause.error if pause else "")
    again = "tried again" if one.attempts or pause else "due"
    when = f"{again} {moment(due)}" if due > now else "due now"
    return f"{one.topic}: {to}: {when}" + (f" ({error})" if error else "")
