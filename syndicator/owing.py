"""``syndicator deliveries``: what is owed to whom, and the words that send it again or drop it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from syndicator.app import state_to_approve, state_to_read, writer
from syndicator.errors import ConfigError, Fault, SyndicatorError
from syndicator.explain import spec_name
from syndicator.hearers import UNSENT
from syndicator.model import CACHES, Delivery, HostState, TargetState
from syndicator.ports import Wanted
from syndicator.settings import Settings
from syndicator.text import printable
from syndicator.turns import Turns, moment, next_at

#: So much of a body is shown.
_SHOWN_BYTES = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What somebody asked for at a time (``now``), oldest first, the hosts that it goes to, and when it is its turn.

    ``in_all`` counts what they did not ask for too; ``is_sent`` says that somebody is at work on it.
    """

    deliveries: tuple[Delivery, ...]
    hosts: tuple[HostState, ...]
    turns: Turns
    now: datetime
    in_all: int
    is_sent: bool

    def lines(self, most: int) -> tuple[str, ...]:
        """For people; ``most`` deliveries at most, 0 for all."""
        given_up = sum(delivery.status != "pending" for delivery in self.deliveries)
        lines = [f"{len(self.deliveries) - given_up} owed, {given_up} given up"]
        if others := self.in_all - len(self.deliveries):
            lines[0] += f", and {others} that you did not ask for"
        lines += self.host_lines()
        shown = self.deliveries[:most] if most else self.deliveries
        lines += [_delivery_line(delivery, self.turns) for delivery in shown]
        if len(shown) < len(self.deliveries):
            lines.append(f"and {len(self.deliveries) - len(shown)} more (--limit 0 shows all)")
        if len(self.deliveries) > given_up and not self.is_sent:
            lines.append(UNSENT)
        return tuple(lines)

    def host_lines(self) -> tuple[str, ...]:
        """Each host and how it is, in a line."""
        return tuple(_host_line(host, self.now) for host in self.hosts)

    def facts(self) -> dict[str, Any]:
        """For programs."""
        return {
            "hosts": [asdict(host) for host in self.hosts],
            "deliveries": [self.facts_of(delivery) for delivery in self.deliveries],
        }

    def facts_of(self, delivery: Delivery) -> dict[str, Any]:
        """The facts of one, and when it is tried ``next``: None where it was given up, or ``waits_for`` what goes out
        first."""
        first = self.turns.before(delivery)
        return delivery_facts(delivery) | {
            "next": self.turns.next(delivery),
            "waits_for": first.kind.value if first else "",
        }


def owed(settings: Settings, wanted: Wanted, now: datetime) -> Owed:
    """From the state alone, whether or not the service runs. Raises StateError, SyndicatorError for an id that is not
    there, and ConfigError for a host or a feed that nobody knows."""
    with state_to_read(settings) as state:
        every, pauses = state.outbox.deliveries(), state.outbox.pauses()
        deliveries, hosts = tuple(state.outbox.deliveries(wanted)), state.outbox.hosts()
    turns = Turns(every, pauses, now)
    if wanted.status == "paused":  # the state remembers pauses that are over too
        deliveries = tuple(delivery for delivery in deliveries if turns.pause(delivery.host))
    _expect(wanted, deliveries)
    if not deliveries:
        _expect_known(settings, wanted, every)
    theirs = {delivery.host for delivery in deliveries}
    return Owed(
        deliveries=deliveries,
        hosts=tuple(host for host in hosts if host.host in theirs),
        turns=turns,
        now=now,
        in_all=len(every),
        is_sent=writer(settings) is not None,
    )


def send_again(settings: Settings, wanted: Wanted, now: datetime) -> tuple[int, int]:
    """Make them due now, as if never tried; a running service sends them within a second. How many, and how many of
    those wait for what goes out first. Raises as ``owed``."""
    meant = owed(settings, wanted, now)
    with state_to_approve(settings) as state:
        count = state.outbox.send_again(wanted, now)
        deliveries = state.outbox.deliveries()
    turns, ids = Turns(deliveries), {delivery.id for delivery in meant.deliveries}
    return count, sum(one.id in ids and turns.before(one) is not None for one in deliveries)


def drop(settings: Settings, wanted: Wanted, now: datetime) -> tuple[Delivery, ...]:
    """Forget them; what was forgotten. Raises as ``owed``."""
    dropped = owed(settings, wanted, now).deliveries
    with state_to_approve(settings) as state:
        state.outbox.drop(wanted)
    return dropped


def _expect(wanted: Wanted, found: Sequence[Delivery]) -> None:
    missing = sorted(set(wanted.ids) - {delivery.id for delivery in found})
    if missing:
        names = ", ".join(map(str, missing))
        remedy = (
            "'syndicator deliveries' lists what is owed; what was delivered, or replaced by a newer version, is not"
        )
        raise SyndicatorError(f"delivery {names}", "there is none", remedy)


def _expect_known(settings: Settings, wanted: Wanted, every: Sequence[Delivery]) -> None:
    """A host that is owed nothing may be asked for; one that nobody knows is misspelt, and so is a feed."""
    targets = settings.targets().items()
    hosts = {TargetState(kind=kind, target=one).host for kind, theirs in targets for one in theirs if one}
    hosts |= {delivery.host for delivery in every}
    specs = settings.feed_specs()
    feeds = {spec.name for spec in specs}
    faults = []
    if wanted.host and not hosts & {wanted.host, wanted.host + CACHES}:
        known = ", ".join(sorted(hosts))
        problem = f'nothing matches: "{printable(wanted.host)}" is the host of no hub, cache or web hook'
        remedy = f"name one of {known}" if known else "none is configured, and nothing is owed"
        faults.append(Fault(where="--host", problem=problem, remedy=remedy))
    if wanted.feed and spec_name(wanted.feed) not in feeds | {delivery.feed for delivery in every}:
        problem = f'nothing matches: there is no feed "{printable(wanted.feed)}"'
        names = sorted(f"{spec.name} (or {spec.name}/VALUE)" if spec.each else spec.name for spec in specs)
        remedy = f"name one of {', '.join(names)}"
        faults.append(Fault(where="--feed", problem=problem, remedy=remedy))
    if faults:
        raise ConfigError(tuple(faults))


# --- in words -----------------------------------------------------------------------------------------------------


def delivery_facts(delivery: Delivery) -> dict[str, Any]:
    """All that may be shown: no secret of the address, and how long the body is instead of what it says."""
    facts = asdict(delivery) | {"target": delivery.shown_target, "host": delivery.host, "bytes": len(delivery.body)}
    del facts["body"]
    return facts


def body_head(delivery: Delivery) -> str:
    """How what is sent begins, "" where that follows from the rest."""
    head = delivery.body[:_SHOWN_BYTES].decode("utf-8", "replace")
    return head + ("…" if len(delivery.body) > _SHOWN_BYTES else "")


def _host_line(host: HostState, now: datetime) -> str:
    line = f"{host.host}  {host.pending} owed, {host.given_up} given up"
    pause = host.pause
    if pause and host.pending:
        times = "once" if pause.failures == 1 else f"{pause.failures} times in a row"
        when = f"left alone until {moment(pause.until)}" if pause.until > now else "due now"
        return f"{line}, {when}: failed {times} ({pause.error})"
    if host.next:
        return f"{line}, {next_at(host.next, now)}"
    return f"{line}, waits for what goes out first" if host.pending else line


def _delivery_line(delivery: Delivery, turns: Turns) -> str:
    attempts = "1 attempt" if delivery.attempts == 1 else f"{delivery.attempts} attempts"
    error = f" ({delivery.error})" if delivery.error else ""
    what = f"{delivery.kind.value}  {delivery.topic} to {delivery.shown_target}"
    return f"  {delivery.id}  {what}, {attempts}, {turns.told(delivery)}{error}"


def loss(dropped: Sequence[Delivery]) -> str:
    """What is lost with those that were dropped, in a sentence."""
    if not dropped:
        return "nothing is dropped, as nothing was given up"
    targets = sorted({delivery.host for delivery in dropped})
    names = ", ".join(targets[:3]) + (f" and {len(targets) - 3} more" if len(targets) > 3 else "")
    return f"{len(dropped)} dropped: {names} will not hear of these versions, only of the next"
