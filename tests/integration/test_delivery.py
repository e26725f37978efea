"""Announcements sent for real, to a hub on loopback that behaves and misbehaves."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from syndicator.deliveries.dispatch import Bounds, Dispatcher
from syndicator.deliveries.outcome import Outcome, Verdict
from syndicator.errors import StateError
from syndicator.model import Announcement, Delivery, DeliveryKind, HostPause
from syndicator.outbound import Outbound
from syndicator.ports import Publication, Settled, Wanted
from syndicator.state.database import Database
from syndicator.state.deliveries import SqlOutbox
from syndicator.state.posts import SqlLedger
from syndicator.state.versions import open_database
from syndicator.websub.hub import tell_hub
from tests.recorder import Answer, Hang, HubRecorder, Reset, Told

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOPIC = "https://news.example.org/feeds/feed.xml"
LEASE = timedelta(minutes=2)


class Owing(SqlOutbox):
    """What is owed, on a real database; ``broken`` says that nothing can be written of what came of attempts."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.ledger = SqlLedger(database)
        self.broken = False

    def owe(
        self,
        target: str,
        topic: str = TOPIC,
        digest: str = "v1",
        *,
        now: datetime = NOON,
        kind: DeliveryKind = DeliveryKind.HUB,
        feed: str = "main",
    ) -> None:
        """Owe a target something of a topic's new version."""
        owed = Announcement(target=target, topic=topic, digest=digest, kind=kind, feed=feed)
        self.ledger.record(Publication(announcements=(owed,)), now)

    def settle(self, settled: Sequence[Settled], now: datetime, **options: Any) -> None:
        if self.broken:
            raise StateError("state", "the disk is full", "make room")
        super().settle(settled, now, **options)


@pytest.fixture
async def hub() -> AsyncIterator[HubRecorder]:
    async with HubRecorder() as recorder:
        yield recorder


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    async with Outbound(timeout=0.3, user_agent="syndicator/test (+https://news.example.org/)") as client:
        yield client


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Owing]:
    database = open_database(f"sqlite:///{tmp_path}/state.db", tmp_path)
    yield Owing(database)
    database.close()


def engine(outbox: Owing, outbound: Outbound, now: datetime = NOON, **bounds: Any) -> Dispatcher:
    """The queue's engine at this time."""
    return Dispatcher(
        outbox=outbox,
        outbound=outbound,
        handlers={DeliveryKind.HUB: tell_hub},
        clock=lambda: now,
        bounds=Bounds(**bounds),
        rand=lambda: 0.5,
    )


async def deliver(outbox: Owing, outbound: Outbound, now: datetime = NOON, **bounds: Any) -> int:
    """Deliver what is due as after a start: nothing is known of hosts but what the state says."""
    return await engine(outbox, outbound, now, **bounds).work()


def only(outbox: Owing) -> Delivery:
    (row,) = outbox.deliveries()
    return row


async def test_a_hub_is_told_of_a_topic_in_one_form_under_both_names(
    hub: HubRecorder, outbound: Outbound, outbox: Owing
) -> None:
    """websub-11, websub-12, websub-14."""
    outbox.owe(hub.url)

    assert await deliver(outbox, outbound) == 1

    (told,) = hub.told
    assert (told.method, told.path) == ("POST", "/hub")
    assert told.headers["content-type"] == "application/x-www-form-urlencoded"
    assert told.headers["user-agent"] == "syndicator/test (+https://news.example.org/)"
    assert told.fields == (("hub.mode", "publish"), ("hub.url", TOPIC), ("hub.topic", TOPIC))
    assert outbox.deliveries() == ()


@pytest.mark.parametrize("status", [200, 201, 202, 204, 207, 299])
async def test_every_2xx_is_success(status: int, hub: HubRecorder, outbound: Outbound, outbox: Owing) -> None:
    """websub-12."""
    hub.usual = Answer(status=status)
    outbox.owe(hub.url)

    await deliver(outbox, outbound)

    assert outbox.deliveries() == ()


async def test_several_topics_are_told_one_by_one(hub: HubRecorder, outbound: Outbound, outbox: Owing) -> None:
    """websub-12."""
    topics = [f"https://news.example.org/feeds/{number}.xml?a=1&b={number}" for number in range(5)]
    for topic in topics:
        outbox.owe(hub.url, topic)

    assert await deliver(outbox, outbound) == 5

    assert sorted(hub.topics) == topics
    assert len(hub.told) == 5


async def test_nothing_due_means_nobody_is_asked(hub: HubRecorder, outbound: Outbound, outbox: Owing) -> None:
    outbox.owe(hub.url)
    outbox.settle([Settled(delivery=only(outbox), status="pending", due=NOON + timedelta(seconds=1))], NOON)

    assert await deliver(outbox, outbound) == 0

    assert hub.told == []


async def test_a_hub_that_fails_once_hears_again(hub: HubRecorder, outbound: Outbound, outbox: Owing) -> None:
    """websub-10."""
    hub.script = deque([Answer(status=500, body=b"oops"), Answer(status=204)])
    outbox.owe(hub.url)

    await deliver(outbox, outbound)

    assert only(outbox).due == NOON + timedelta(seconds=30)
    assert (only(outbox).attempts, only(outbox).error) == (1, "the hub answered 500")

    assert await deliver(outbox, outbound, NOON + timedelta(seconds=29)) == 0
    assert await deliver(outbox, outbound, NOON + timedelta(seconds=30)) == 1

    assert len(hub.told) == 2
    assert outbox.deliveries() == ()


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("asked", ["600", format_datetime(NOON + timedelta(minutes=10), usegmt=True)])
async def test_retry_after_is_honoured_in_seconds_and_as_a_date(
    status: int, asked: str, hub: HubRecorder, outbound: Outbound, outbox: Owing
) -> None:
    """websub-50."""
    hub.usual = Answer(status=status, headers=(("Retry-After", asked),))
    outbox.owe(hub.url)

    await deliver(outbox, outbound)

    assert only(outbox).due == NOON + timedelta(minutes=10)


@pytest.mark.parametrize(("quick", "slow"), [("600", ""), ("600", "2"), ("2", "600")])
async def test_what_comes_back_meanwhile_does_not_shorten_the_rest_that_a_host_asked_for(
    quick: str, slow: str, hub: HubRecorder, outbound: Outbound, outbox: Owing
) -> None:
    """websub-50: two are on their way at once, and the answer to one of them asks for ten minutes."""
    outbox.owe(hub.url)
    work = engine(outbox, outbound)
    await work.work()
    hub.script = deque(
        Answer(status=503 if rest else 204, headers=(("Retry-After", rest),) if rest else (), body=b"..", drip=drip)
        for rest, drip in ((quick, 0.0), (slow, 0.05))
    )
    for number in range(2):
        outbox.owe(hub.url, f"{TOPIC}?{number}")
    await work.work()

    outbox.owe(hub.url, f"{TOPIC}?new")
    assert 0 == await work.work()

    assert [NOON + timedelta(minutes=10)] == [pause.until for pause in outbox.pauses()]
    work.clock = lambda: NOON + timedelta(minutes=11)
    await work.work()
    assert ((), ()) == (outbox.pauses(), outbox.deliveries())


async def test_a_hub_without_subscribers_is_no_trouble(
    hub: HubRecorder, outbound: Outbound, outbox: Owing, caplog: pytest.LogCaptureFixture
) -> None:
    """websub-11, the note on WebSubHub."""
    hub.usual = Answer(status=500, body=b"Topic not found")
    outbox.owe(hub.url)

    with caplog.at_level(logging.INFO, "syndicator"):
        await deliver(outbox, outbound)

    assert outbox.deliveries() == ()
    assert [(record.levelname, record.message) for record in caplog.records] == [("INFO", "announced, nobody listens")]


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (Hang(), "no whole answer within 0.3 seconds"),
        (Answer(status=200, body=b"x" * 100, drip=0.05), "no whole answer within 0.3 seconds"),
        (Reset(), "the answer broke off"),
    ],
)
async def test_a_hub_that_hangs_drips_or_breaks_off_is_tried_again(
    trouble: Answer | Hang | Reset, reason: str, hub: HubRecorder, outbound: Outbound, outbox: Owing
) -> None:
    """websub-10."""
    hub.script = deque([trouble])
    outbox.owe(hub.url)

    await deliver(outbox, outbound)

    assert reason in only(outbox).error
    assert only(outbox).due == NOON + timedelta(seconds=30)

    await deliver(outbox, outbound, NOON + timedelta(minutes=1))

    assert outbox.deliveries() == ()


async def test_a_hub_that_is_not_there_is_tried_again(outbound: Outbound, outbox: Owing) -> None:
    async with HubRecorder() as gone:
        address = gone.url
    outbox.owe(address)

    await deliver(outbox, outbound)

    assert "no connection" in only(outbox).error
    assert only(outbox).attempts == 1


async def test_no_delivery_takes_longer_than_its_deadline(hub: HubRecorder, outbox: Owing) -> None:
    """Whatever the client does about it."""
    hub.usual = Answer(status=200, body=b"x" * 100, drip=1)
    outbox.owe(hub.url)

    async with Outbound(timeout=60, user_agent="syndicator/test") as patient:
        await deliver(outbox, patient, patience=timedelta(seconds=0.2))

    assert only(outbox).error == "no answer within 0.2 seconds"


@pytest.mark.parametrize("status", [307, 308])
async def test_a_redirect_that_keeps_the_method_is_followed_with_the_form(
    status: int, hub: HubRecorder, outbound: Outbound, outbox: Owing
) -> None:
    """websub-10."""
    hub.script = deque([Answer(status=status, headers=(("Location", "/other"),))])
    outbox.owe(hub.url)

    await deliver(outbox, outbound)

    assert [(told.method, told.path) for told in hub.told] == [("POST", "/hub"), ("POST", "/other")]
    assert hub.told[0].fields == hub.told[1].fields
    assert outbox.deliveries() == ()


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_a_redirect_that_would_lose_the_form_is_a_failure(
    status: int, hub: HubRecorder, outbound: Outbound, outbox: Owing
) -> None:
    """websub-10."""
    hub.usual = Answer(status=status, headers=(("Location", "/other"),))
    outbox.owe(hub.url)

    await deliver(outbox, outbound)

    assert [told.path for told in hub.told] == ["/hub"]
    said = f"the hub answered {status}, and only 307 and 308 are followed: write its new address"
    assert said == only(outbox).error


async def test_a_hub_that_refuses_is_given_up_soon_and_visibly(
    hub: HubRecorder, outbound: Outbound, outbox: Owing, caplog: pytest.LogCaptureFixture
) -> None:
    hub.usual = Answer(status=410)
    outbox.owe(hub.url)
    now = NOON

    for _ in range(5):
        await deliver(outbox, outbound, now)
        now = only(outbox).due

    assert len(hub.told) == 5
    assert (only(outbox).status, only(outbox).error) == ("given up", "the hub answered 410")
    assert caplog.records[-1].message == "announcement given up"
    assert await deliver(outbox, outbound, NOON + timedelta(days=9)) == 0


async def test_a_hub_that_is_down_is_given_up_when_its_time_is_over(
    hub: HubRecorder, outbound: Outbound, outbox: Owing
) -> None:
    hub.usual = Answer(status=503)
    outbox.owe(hub.url)
    now, tries = NOON, 0

    while only(outbox).status == "pending":
        await deliver(outbox, outbound, now, give_up_after=timedelta(days=2))
        now, tries = max(now, only(outbox).due), tries + 1

    assert timedelta(days=2) <= now - NOON <= timedelta(days=2, hours=12)
    assert tries == len(hub.told)
    assert 10 <= tries <= 20


async def test_a_newer_version_is_sent_after_the_older_that_is_on_its_way_and_never_beside_it(
    hub: HubRecorder, outbound: Outbound, outbox: Owing
) -> None:
    """websub-47: the newest version wins, and comes last, also where the host may be told two things at a time."""
    work = engine(outbox, outbound)
    outbox.owe(hub.url, f"{TOPIC}?before")
    assert await work.work() == 1
    hub.script = deque([Answer(body=b"xx", drip=0.05)] * 2)

    def owe_more(_: Told) -> None:
        if len(hub.told) == 1:
            outbox.owe(hub.url, digest="v2")
            work.wake.set()

    hub.look = owe_more
    outbox.owe(hub.url, digest="v1")

    assert await work.work() == 2

    assert hub.topics == [f"{TOPIC}?before", TOPIC, TOPIC]
    assert hub.most_at_once == 1
    assert outbox.deliveries() == ()


async def test_a_cancelled_delivery_is_owed_again_when_its_lease_is_over(
    hub: HubRecorder, outbound: Outbound, outbox: Owing
) -> None:
    hub.script = deque([Hang()])
    outbox.owe(hub.url)
    work = asyncio.create_task(deliver(outbox, outbound))
    await hub.heard(1)

    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work

    assert (only(outbox).attempts, only(outbox).status) == (0, "pending")
    assert await deliver(outbox, outbound, NOON + LEASE - timedelta(seconds=1)) == 0
    assert await deliver(outbox, outbound, NOON + LEASE) == 1
    assert outbox.deliveries() == ()


async def test_two_workers_do_not_tell_the_same(hub: HubRecorder, outbound: Outbound, outbox: Owing) -> None:
    for number in range(10):
        outbox.owe(hub.url, f"{TOPIC}?{number}")

    claimed = await asyncio.gather(*(deliver(outbox, outbound) for _ in range(2)))

    assert sum(claimed) == 10
    assert len(set(hub.topics)) == len(hub.topics) == 10


async def test_a_hub_is_told_two_things_at_a_time_and_a_slow_one_does_not_hold_up_the_others(
    outbound: Outbound, outbox: Owing
) -> None:
    async with HubRecorder(usual=Answer(status=202, body=b"xx", drip=0.05)) as slow, HubRecorder() as quick:
        for number in range(8):
            outbox.owe(slow.url, f"{TOPIC}?{number}")
        outbox.owe(quick.url)
        quick.look = lambda _: len(slow.told)

        assert await deliver(outbox, outbound) == 9

        assert slow.most_at_once == 2
        assert (len(slow.told), len(quick.told)) == (8, 1)
        assert quick.told[0].seen in range(5)


async def test_a_lease_shorter_than_a_delivery_is_a_mistake(outbound: Outbound, outbox: Owing) -> None:
    with pytest.raises(ValueError, match="must outlast"):
        await deliver(outbox, outbound, lease=timedelta(seconds=1))


async def test_a_state_that_fails_is_told_and_nothing_is_lost(
    hub: HubRecorder, outbound: Outbound, outbox: Owing
) -> None:
    outbox.broken = True
    for number in range(4):
        outbox.owe(hub.url, f"{TOPIC}?{number}")

    with pytest.raises(StateError, match="the disk is full"):
        await deliver(outbox, outbound)

    assert len(hub.told) in (1, 2)
    outbox.broken = False
    await deliver(outbox, outbound, NOON + LEASE)
    assert outbox.deliveries() == ()


async def test_each_outcome_is_logged_once_with_its_facts_and_without_secrets(
    hub: HubRecorder, outbound: Outbound, outbox: Owing, caplog: pytest.LogCaptureFixture
) -> None:
    hub.script = deque([Answer(status=503), Answer(status=202)])
    outbox.owe(f"{hub.url}?token=secret")

    with caplog.at_level(logging.INFO, "syndicator"):
        await deliver(outbox, outbound)
        await deliver(outbox, outbound, NOON + timedelta(minutes=1))

    assert [record.message for record in caplog.records] == ["announcement postponed", "announced"]
    assert [vars(record)["hub"] for record in caplog.records] == [hub.url, hub.url]
    assert [vars(record)["attempt"] for record in caplog.records] == [1, 2]
    assert "secret" not in repr([vars(record) for record in caplog.records])
    assert [told.path for told in hub.told] == ["/hub?token=secret"] * 2


# --- hosts ----------------------------------------------------------------------------------------------------------


async def test_a_host_that_does_not_answer_is_asked_once_and_its_other_deliveries_cost_nothing(
    outbound: Outbound, outbox: Owing, caplog: pytest.LogCaptureFixture
) -> None:
    """websub-10, websub-46: one question after the pause, for all that is owed."""
    async with HubRecorder(usual=Answer(status=503, headers=(("Retry-After", "600"),))) as busy:
        for number in range(20):
            outbox.owe(busy.url, f"{TOPIC}?{number}")

        assert await deliver(outbox, outbound) == 1
        assert await deliver(outbox, outbound, NOON + timedelta(seconds=599)) == 0

        assert [0] * 19 + [1] == sorted(row.attempts for row in outbox.deliveries())
        assert NOON + timedelta(seconds=600) == outbox.next_due()
        (state,) = outbox.hosts()
        assert (20, 0, NOON + timedelta(seconds=600)) == (state.pending, state.given_up, state.next)
        assert state.pause is not None
        assert (1, "the hub answered 503") == (state.pause.failures, state.pause.error)

        assert await deliver(outbox, outbound, NOON + timedelta(seconds=600)) == 1
        busy.usual = Answer()
        assert await deliver(outbox, outbound, NOON + timedelta(days=1)) == 20

    assert ((), ()) == (outbox.deliveries(), outbox.pauses())
    assert ["host left alone"] * 2 == [each.message for each in caplog.records if each.message.startswith("host")]


async def test_a_hub_that_says_too_many_requests_gets_no_more_of_them_for_a_while(
    hub: HubRecorder, outbound: Outbound, outbox: Owing
) -> None:
    """websub-50: also where it does not say for how long."""
    hub.script = deque([Answer(), Answer(status=429)])
    for number in range(9):
        outbox.owe(hub.url, f"{TOPIC}?{number}")

    await deliver(outbox, outbound)
    assert len(hub.told) in (2, 3)

    await deliver(outbox, outbound, NOON + timedelta(minutes=1))
    assert outbox.deliveries() == ()


async def test_what_is_owed_to_a_dead_host_for_too_long_is_given_up_tried_or_not(
    outbound: Outbound, outbox: Owing
) -> None:
    async with HubRecorder() as gone:
        address = gone.url
    for number in range(6):
        outbox.owe(address, f"{TOPIC}?{number}")
    now = NOON
    while (due := outbox.next_due()) is not None:
        now = max(now, due)
        await deliver(outbox, outbound, now)

    assert {"given up"} == {row.status for row in outbox.deliveries()}
    assert all("no connection" in row.error for row in outbox.deliveries())
    assert timedelta(days=2) <= now - NOON <= timedelta(days=2, hours=13)
    assert sum(row.attempts for row in outbox.deliveries()) < 70


async def test_hosts_that_hang_take_nobodys_place(outbound: Outbound, outbox: Owing) -> None:
    """More rows are owed to them, and for longer, than there are places."""
    async with HubRecorder() as well, HubRecorder() as hanging, HubRecorder() as other:
        hanging.script = other.script = deque([Hang()] * 1000)
        for number in range(30):
            outbox.owe(hanging.url, f"{TOPIC}?{number}", now=NOON - timedelta(hours=1))
            outbox.owe(other.url, f"{TOPIC}?{number}", now=NOON - timedelta(hours=1))
        for number in range(5):
            outbox.owe(well.url, f"{TOPIC}?{number}")
        well.look = lambda _: len(outbox.pauses())

        await deliver(outbox, outbound, in_all=4)

        assert [0] * 5 == [told.seen for told in well.told]
        assert 1 == len(hanging.told) == len(other.told)


async def test_who_fails_while_it_is_kept_that_another_failed_is_left_alone_too(
    outbound: Outbound, outbox: Owing, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, keeping, failed, asked = asyncio.get_running_loop(), asyncio.Event(), threading.Event(), Counter[str]()
    settle = outbox.settle

    def slowly(*args: Any, **options: Any) -> None:
        loop.call_soon_threadsafe(keeping.set)
        failed.wait(10)
        settle(*args, **options)

    async def fail(delivery: Delivery, _: Outbound, __: datetime) -> Outcome:
        asked[delivery.host] += 1
        if delivery.host == "second.example":
            await keeping.wait()
            failed.set()
        return Outcome(verdict=Verdict.LATER, error="no answer", host=True)

    monkeypatch.setattr(outbox, "settle", slowly)
    for host in ("first", "second"):
        for number in range(3):
            outbox.owe(f"http://{host}.example/", f"{TOPIC}?{number}")
    work = engine(outbox, outbound)
    work.handlers = {DeliveryKind.HUB: fail}
    await work.work()

    assert {"first.example": 1, "second.example": 1} == asked


async def test_what_is_owed_while_a_slow_host_keeps_us_waiting_goes_out_at_once(
    outbound: Outbound, outbox: Owing
) -> None:
    async with HubRecorder(script=deque([Hang()])) as slow, HubRecorder() as quick:
        outbox.owe(slow.url)
        work = engine(outbox, outbound)
        working = asyncio.create_task(work.work())
        await slow.heard(1)

        outbox.owe(quick.url)
        work.wake.set()
        await quick.heard(1, within=0.25)

        assert not working.done()
        assert await working == 2


async def test_nothing_is_claimed_while_a_pass_publishes(hub: HubRecorder, outbound: Outbound, outbox: Owing) -> None:
    @asynccontextmanager
    async def nobodys() -> AsyncIterator[bool]:
        yield False

    outbox.owe(hub.url)

    assert await engine(outbox, outbound).work(nobodys) == 0
    assert hub.told == []


async def test_hubs_hear_after_caches_let_go_and_the_world_sees_and_partners_after_their_feed(
    outbound: Outbound, outbox: Owing
) -> None:
    """websub-7."""
    order: list[str] = []
    kinds = DeliveryKind

    async def note(delivery: Delivery, _: Outbound, __: datetime) -> Outcome:
        order.append(f"{delivery.kind.value} {delivery.topic[-1]}")
        down = delivery.kind is kinds.HUB or (delivery.kind is kinds.VERIFY and delivery.topic.endswith("2"))
        return Outcome(verdict=Verdict.OVER if down else Verdict.DONE, error="down")

    for number, kind in enumerate((kinds.WEBHOOK, kinds.HUB, kinds.VERIFY, kinds.PURGE)):
        for topic in (f"{TOPIC}?1", f"{TOPIC}?2"):
            outbox.owe(f"https://host{number}.example/", topic, kind=kind)
    work = engine(outbox, outbound)
    work.handlers = dict.fromkeys(kinds, note)

    assert await work.work() == 8

    places = {word: place for place, word in enumerate(order)}
    for topic in "12":
        assert places[f"purge {topic}"] < places[f"verify {topic}"] < places[f"hub {topic}"]
        assert max(places["verify 1"], places["verify 2"]) < places[f"webhook {topic}"]
    assert {"given up"} == {row.status for row in outbox.deliveries()}


@pytest.mark.parametrize(
    ("down", "tried"), [(DeliveryKind.PURGE, ["purge"]), (DeliveryKind.VERIFY, ["purge", "verify"])]
)
async def test_nobody_is_asked_or_told_before_what_comes_first_worked_or_was_given_up(
    down: DeliveryKind, tried: list[str], outbound: Outbound, outbox: Owing
) -> None:
    """websub-7: a look from outside before the purge might have the cache keep the old version afresh."""
    order: list[str] = []

    async def note(delivery: Delivery, _: Outbound, __: datetime) -> Outcome:
        order.append(delivery.kind.value)
        return Outcome(verdict=Verdict.LATER if delivery.kind is down else Verdict.DONE, error="down")

    for kind in DeliveryKind:
        outbox.owe(f"https://{kind}.example/", kind=kind)
    work = engine(outbox, outbound)
    work.handlers = dict.fromkeys(DeliveryKind, note)

    await work.work()

    assert tried == order
    assert 5 - len(tried) == len(outbox.deliveries())


async def test_a_web_hook_that_hangs_where_the_feeds_are_keeps_nobody_from_looking_at_them(
    outbound: Outbound, outbox: Owing
) -> None:
    """websub-7, websub-10: else all hubs would wait for the pause of one partner."""
    kinds, site = DeliveryKind, "https://news.example.org/"
    seen: list[str] = []

    async def hang(_: Delivery, __: Outbound, ___: datetime) -> Outcome:
        return Outcome(verdict=Verdict.LATER, error="it hangs", host=True)

    async def well(delivery: Delivery, _: Outbound, __: datetime) -> Outcome:
        seen.append(delivery.kind.value)
        return Outcome(verdict=Verdict.DONE)

    work = engine(outbox, outbound)
    work.handlers = {kinds.PURGE: well, kinds.VERIFY: well, kinds.HUB: well, kinds.WEBHOOK: hang}
    outbox.owe(f"{site}hook", "main", kind=kinds.WEBHOOK)
    await work.work()
    outbox.owe(site, kind=kinds.PURGE)
    outbox.owe(f"{site}feeds/", kind=kinds.VERIFY)
    outbox.owe("https://hub.example/")
    await work.work()

    assert ["purge", "verify", "hub"] == seen
    (pause,) = outbox.pauses()
    assert ("news.example.org", "it hangs") == (pause.host, pause.error)
    # Whoever asks for a host gets both.
    outbox.owe(site, kind=kinds.PURGE)
    assert {"news.example.org", "news.example.org (caches)"} == {row.host for row in outbox.deliveries()}
    assert 2 == len(outbox.deliveries(Wanted(host="news.example.org")))
    assert 1 == len(outbox.deliveries(Wanted(host="news.example.org (caches)")))


async def test_a_fault_of_a_handler_is_one_deliverys_trouble(
    outbound: Outbound, outbox: Owing, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(_: Delivery, __: Outbound, ___: datetime) -> Outcome:
        raise KeyError("a slip")

    outbox.owe("https://hub.example/")
    outbox.owe("https://hub.example/", kind=DeliveryKind.WEBHOOK, feed="other")
    work = engine(outbox, outbound)
    work.handlers = {DeliveryKind.HUB: broken}

    await work.work()

    hub, hook = outbox.deliveries()
    assert ("pending", 1, "a fault of this program (KeyError)") == (hub.status, hub.attempts, hub.error)
    assert ("given up", "nothing of the kind webhook is configured") == (hook.status, hook.error)
    assert outbox.pauses() == ()


async def test_what_was_answered_before_the_end_is_kept(outbound: Outbound, outbox: Owing) -> None:
    """Cut off in the middle, only what was not answered stays owed."""
    async with HubRecorder(script=deque([Hang()])) as slow, HubRecorder() as quick:
        outbox.owe(slow.url)
        outbox.owe(quick.url)
        work = engine(outbox, outbound)
        working = asyncio.create_task(work.work())
        await slow.heard(1)
        await quick.heard(1)
        while len(work._on_way) > 1:
            await asyncio.sleep(0)

        working.cancel()
        with pytest.raises(asyncio.CancelledError):
            await working

        assert slow.url == only(outbox).target


async def test_three_hundred_deliveries_to_hosts_of_all_sorts(outbox: Owing) -> None:
    """Seven healthy hosts hear all they are owed, whatever three others do; the bench has this with 5,000."""
    async with AsyncExitStack() as stack:
        outbound = await stack.enter_async_context(Outbound(timeout=0.5, user_agent="syndicator/test"))
        hubs = [await stack.enter_async_context(HubRecorder()) for _ in range(9)]
        hubs[7].script = deque([Hang()] * 1000)
        hubs[8].usual = Answer(status=503, headers=(("Retry-After", "600"),))
        async with HubRecorder() as gone:
            refusing = gone.url
        targets = [hub.url for hub in hubs] + [refusing]
        for number in range(30):
            for target in targets:
                outbox.owe(target, f"{TOPIC}?{number}")

        await deliver(outbox, outbound)

        wanted = {f"{TOPIC}?{number}" for number in range(30)}
        assert [wanted] * 7 == [set(hub.topics) for hub in hubs[:7]]
        assert [30] * 7 == [len(hub.told) for hub in hubs[:7]]
        assert max(hub.most_at_once for hub in hubs) <= 2
        assert {targets[7]: 30, targets[8]: 30, refusing: 30} == Counter(row.target for row in outbox.deliveries())
        assert {0, 1} == {row.attempts for row in outbox.deliveries()}


async def test_a_clock_that_is_set_back_keeps_nothing_waiting(
    hub: HubRecorder, outbound: Outbound, outbox: Owing
) -> None:
    """What was owed by the clock that ran ahead goes out by the one that is right."""
    outbox.owe(f"{hub.url}?1", now=NOON + timedelta(minutes=59))
    hosts = (HostPause(host=only(outbox).host, until=NOON + timedelta(days=30), failures=9, error="x"),)
    outbox.settle((), NOON, pauses=hosts)

    assert await deliver(outbox, outbound) == 1

    ticks = [NOON + timedelta(hours=1)]
    work = engine(outbox, outbound)
    work.clock = lambda: ticks[-1]
    assert await work.work() == 0
    outbox.owe(f"{hub.url}?2", now=NOON + timedelta(minutes=59))
    ticks.append(NOON)
    assert await work.work() == 1
    assert outbox.deliveries() == ()


async def test_what_failed_while_the_clock_ran_ahead_is_tried_by_the_one_that_is_right(
    hub: HubRecorder, outbound: Outbound, outbox: Owing
) -> None:
    """It was owed before the clock was wrong, and its next attempt was put off by it."""
    outbox.owe(hub.url, now=NOON - timedelta(minutes=1))
    ahead = NOON + timedelta(days=365)
    outbox.settle([Settled(delivery=only(outbox), status="pending", due=ahead + timedelta(minutes=5))], ahead)

    assert await deliver(outbox, outbound) == 1


async def test_a_clock_that_goes_back_by_an_hour_makes_no_pause_an_hour_longer(
    hub: HubRecorder, outbound: Outbound, outbox: Owing
) -> None:
    """The hub was down for a moment just then; both its pause and the next attempt are by the former clock."""
    hub.script = deque([Reset()])
    outbox.owe(hub.url, now=NOON - timedelta(hours=3))
    ticks = [NOON]
    work = engine(outbox, outbound)
    work.clock = lambda: ticks[-1]
    assert await work.work() == 1
    assert NOON + timedelta(seconds=30) == outbox.pauses()[0].until == only(outbox).due

    ticks.append(NOON - timedelta(hours=1))
    assert await work.work() == 0
    assert ticks[-1] + timedelta(seconds=30) == outbox.pauses()[0].until == only(outbox).due

    ticks.append(ticks[-1] + timedelta(seconds=31))
    assert await work.work() == 1
    assert (outbox.deliveries(), outbox.pauses()) == ((), ())


# --- by somebody's word --------------------------------------------------------------------------------------------


async def test_what_was_given_up_can_be_sent_again_whatever_its_host_is_in(
    hub: HubRecorder, outbound: Outbound, outbox: Owing
) -> None:
    hub.script = deque([Answer(status=503, headers=(("Retry-After", "600"),))])
    outbox.owe(hub.url)
    work = engine(outbox, outbound)
    await work.work()
    assert await work.work() == 0

    assert outbox.send_again(Wanted(host=only(outbox).host), NOON) == 1
    hub.script = deque([Reset()] * 2)
    assert await work.work() == 1
    (pause,) = outbox.pauses()
    assert 2 == pause.failures

    outbox.send_again(Wanted(), NOON)
    assert await work.work() == 1
    assert (outbox.deliveries(), outbox.pauses()) == ((), ())


def test_one_asks_by_kind_host_feed_and_status(outbox: Owing) -> None:
    outbox.owe("https://a.example/", feed="main")
    outbox.owe("https://b.example:8443/x", feed="other", kind=DeliveryKind.WEBHOOK)
    outbox.give_up_for("a.example", NOON, NOON, "dead")
    outbox.settle((), NOON, pauses=(HostPause(host="b.example:8443", until=NOON, failures=1, error="x"),))

    def hosts(**wanted: str) -> list[str]:
        return [row.host for row in outbox.deliveries(Wanted(**wanted))]  # type: ignore[arg-type]

    assert ["a.example"] == hosts(kind="hub") == hosts(host="a.example") == hosts(feed="main")
    assert ["a.example"] == hosts(status="given up")
    assert ["b.example:8443"] == hosts(status="pending") == hosts(status="paused")
    assert 1 == outbox.drop(Wanted(status="given up"))
    assert ["b.example:8443"] == hosts()
