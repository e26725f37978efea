"""How things stand, in words: every wait has a reason and a time, and nothing told is a secret."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from syndicator.health import Hearer, Live, Wait
from syndicator.hearers import UNSENT, hearers, owed_of, told_hearer, told_owed
from syndicator.live import address, hear, read, waits_of
from syndicator.model import (
    Concern,
    Delivery,
    DeliveryKind,
    DocumentRecord,
    FeedRecord,
    FeedSpec,
    Format,
    Held,
    HostPause,
    TargetState,
)
from syndicator.overview import (
    Holder,
    StateOfThings,
    feeds_of,
    told,
    told_live,
)
from syndicator.ports import Refusal
from syndicator.takedowns import TakeDown
from syndicator.turns import moment, undelivered

NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def document(path: str, feed: str = "main", **changes: Any) -> DocumentRecord:
    usual: dict[str, Any] = {
        "path": path, "url": f"https://news.example.org/{path}", "feed": feed, "format": Format.RSS, "digest": "d",
        "source": "s", "version": "v", "changed": NOW - HOUR, "length": 1000,
    }  # fmt: skip
    return DocumentRecord(**{**usual, **changes})


def delivery(number: int = 1, target: str = "https://hub.example/?key=hush", **changes: Any) -> Delivery:
    usual: dict[str, Any] = {
        "id": number, "target": target, "topic": "https://news.example.org/feed.xml", "digest": "d", "attempts": 0,
        "since": NOW, "due": NOW + HOUR, "body": b"words",
    }  # fmt: skip
    return Delivery(**{**usual, **changes})


def test_a_feed_is_told_with_its_entries_their_newest_its_last_change_its_size_and_why_it_is_held() -> None:
    at = int(NOW.timestamp())
    feeds = {
        "main": FeedRecord(name="main", id="i", updated=NOW, members=("a", "b", "c"), dates=(at, at, at - 9, at, 0, 0))
    }
    concern = Concern(rule="vanished", figure=50, limit=30, sentence="half of it vanishes", evidence=("x",))
    held = {"main": Held(feed="main", concerns=(concern,), since=NOW)}
    documents = [
        document("feed.xml"),
        document("atom.xml", changed=NOW),
        document("p1.xml", page=1),
        document("x", "old"),
    ]
    spec = FeedSpec(name="main", outputs=(), limit=2)

    main, old = feeds_of(feeds, documents, held, [spec])

    assert told(main) == (
        "main: 2 entries, newest of 2026-03-09 12:00:00 UTC, changed 2026-03-09 12:00:00 UTC, "
        "2 documents of 2000 bytes, 1 pages of its archive, held: half of it vanishes"
    )
    assert told(old) == "old: 0 entries, changed 2026-03-09 11:00:00 UTC, 1 documents of 1000 bytes"


def test_what_is_owed_is_told_by_kind_and_host_in_the_order_in_which_it_goes_out() -> None:
    owed = owed_of(
        [
            delivery(1, due=NOW + 2 * HOUR, error="the hub answered 503", attempts=2),
            delivery(2),
            delivery(3, status="given up", error="gone"),
            delivery(
                4, "https://cdn.example/purge", kind=DeliveryKind.PURGE, topic="https://news.example.org/page.xml"
            ),
        ]
    )

    assert [
        "purge at cdn.example: 1 owed, next 2026-03-09 13:00:00 UTC",
        "hub at hub.example: 2 owed, 1 given up, next 2026-03-09 13:00:00 UTC, the hub answered 503",
    ] == [told_owed(one) for one in owed]


@pytest.mark.parametrize(
    ("one", "line"),
    [
        (delivery(), "https://hub.example/?… has not heard of it: due 2026-03-09 13:00:00 UTC"),
        (delivery(due=NOW), "https://hub.example/?… has not heard of it: due now"),
        (
            delivery(attempts=1, error="it hangs"),
            "https://hub.example/?… has not heard of it: tried again 2026-03-09 13:00:00 UTC (it hangs)",
        ),
        (delivery(status="given up"), "https://hub.example/?… has not heard of it: given up (it never answered)"),
        (
            delivery(kind=DeliveryKind.VERIFY, due=NOW),
            "nobody has seen the new one at its address yet: due now",
        ),
        (delivery(kind=DeliveryKind.PURGE, due=NOW), "caches may show the old one: due now"),
    ],
)
def test_each_delivery_that_a_document_waits_for_is_told_with_its_time(one: Delivery, line: str) -> None:
    assert (f"{one.topic}: {line}",) == undelivered({one.topic}, [one, delivery(topic="https://other.example/")], NOW)


def test_of_thousands_that_are_owed_a_screenful_is_told_and_how_many_more_there_are() -> None:
    many = tuple(delivery(number) for number in range(25))

    assert "  and 5 more; --json has them all" in things(deliveries=many).lines()
    assert "and 5 more" == undelivered({many[0].topic}, many, NOW)[-1]


LIVE = Live(
    version="1.2.3",
    state="s",
    started=NOW,
    ready=True,
    problems=(("pass", "the disk is full"),),
    waits=(Wait(what="a scan", why="it is soon", until=NOW), Wait(what="approval", why="it is held")),
    scanned=NOW,
    called=NOW,
    refused=NOW,
    hearers=(Hearer(kind="hub", target="https://hub.example/", heard=NOW, failed=NOW, paused_until=NOW),),
)


def things(**changes: Any) -> StateOfThings:
    usual: dict[str, Any] = {
        "title": "The Example", "version": "1", "source": "/srv", "posts": (("live", 1),), "documents": (),
        "last_pass": None, "refused": (), "deliveries": (delivery(),), "hubs": ("https://hub.example/?key=hush",),
        "asked": "http://127.0.0.1:8080/readyz?json",
    }  # fmt: skip
    return StateOfThings(**{**usual, **changes})


def test_a_refused_post_is_told_with_what_readers_have_of_it() -> None:
    refused = tuple(Refusal(path=f"{name}.md", version="v", reason="it is odd", since=NOW) for name in "ab")

    lines = things(refused=refused, last_good=("a.md",)).lines()

    assert f"  a.md: it is odd (since {moment(NOW)}; its last good version stays)" in lines
    assert f"  b.md: it is odd (since {moment(NOW)}; no feed has it)" in lines


def test_of_many_that_were_taken_down_those_that_were_killed_are_told_first() -> None:
    gone = [TakeDown(path=f"{number}.md", id="i", state="gone", when=NOW) for number in range(25)]
    killed = TakeDown(path="z.md", id="i", state="killed", when=NOW - HOUR)

    lines = things(taken_down=(*gone, killed)).lines()

    place = lines.index("taken down 26 posts of late")
    assert lines[place + 1].startswith("  z.md: killed, since 2026")
    assert "  and 6 more; --json has them all" == lines[place + 21]


def test_a_service_is_told_as_running_as_silent_or_as_not_there() -> None:
    holder = Holder(pid=7, since=NOW)

    running = things(live=LIVE, holder=holder).lines()
    assert "service    running (process 7, since 2026-03-09 12:00:00 UTC), version 1.2.3, ready" == running[1]
    assert "  problem: pass: the disk is full" in running
    assert "  waiting: a scan, 2026-03-09 12:00:00 UTC (it is soon)" in running
    assert "  waiting: approval, until somebody acts (it is held)" in running
    silent = "process 7, since 2026-03-09 12:00:00 UTC is at work on the state; no service of this state answers at"
    assert things(holder=holder).lines()[1].startswith(f"service    {silent} http://127.0.0.1:8080/")
    assert "service    not running" == things().lines()[1]
    assert "changes are noticed at once: no, [source] watch is off" in told_live(
        Live(version="1", state="s", started=NOW, watching="[source] watch is off")
    )


def test_neither_lines_nor_json_hold_what_an_address_keeps_secret_nor_what_is_owed() -> None:
    found = orjson.dumps(things(live=LIVE).for_programs()).decode()

    assert "hush" not in found + "\n".join(things().lines())
    assert "words" not in found
    assert ["https://hub.example/?…"] == json.loads(found)["hubs"]


def test_what_a_service_says_is_read_as_it_was_said() -> None:
    assert LIVE == read(json.loads(orjson.dumps(asdict(LIVE))))


def test_waits_follow_from_timers_with_their_reasons_the_next_first() -> None:
    timers = [("again: pass", NOW + HOUR), ("scan", NOW), ("of the library", NOW), ("again: watch", NOW + 2 * HOUR)]

    waits = waits_of(timers, lambda part: "the disk is full" if part == "pass" else "")

    assert ["looking through the source", "trying again: pass", "trying again: watch"] == [w.what for w in waits]
    assert ["the disk is full", "it failed"] == [wait.why for wait in waits[1:]]
    assert all(wait.why and wait.until for wait in waits)


def test_the_machine_itself_is_asked_whatever_address_the_service_listens_at() -> None:
    assert "http://127.0.0.1:80/x" == address("0.0.0.0", 80, "/x")
    assert "http://[::1]:80/x" == address("::", 80, "/x")
    assert "http://[fe80::1]:80/x" == address("fe80::1", 80, "/x")
    assert "http://localhost:80/x" == address("localhost", 80, "/x")


def test_what_an_older_service_says_is_read_as_far_as_it_goes() -> None:
    said = json.loads(orjson.dumps(asdict(LIVE)))
    del said["hearers"]

    assert replace(LIVE, hearers=()) == read(said)


def test_of_each_who_is_told_it_is_said_whether_it_hears_us_without_secrets() -> None:
    hub, cdn, hook = "https://hub.example/?key=hush", "https://cdn.example/", "https://partner.example/hook"
    pause = HostPause(host="partner.example", until=NOW + HOUR, failures=3, error="it answered 503")
    states = [
        TargetState(kind=DeliveryKind.HUB, target=hub, heard=NOW),
        TargetState(
            kind=DeliveryKind.WEBHOOK, target=hook, pending=2, given_up=1, heard=NOW - HOUR, failed=NOW,
            error="it answered 503", pause=pause,
        ),
        TargetState(kind=DeliveryKind.HUB, target="https://old.example/", given_up=1),
        TargetState(kind=DeliveryKind.HUB, target="https://older.example/", heard=NOW),
    ]  # fmt: skip
    targets = {DeliveryKind.WEBHOOK: (hook,), DeliveryKind.HUB: (hub,), DeliveryKind.PURGE: (cdn,)}
    targets[DeliveryKind.VERIFY] = ("",)
    owed = f"2 owed, 1 given up, last trouble {moment(NOW)} (it answered 503)"

    assert [
        "purge https://cdn.example/: no success known, nothing owed",
        "hub https://hub.example/?…: last success 2026-03-09 12:00:00 UTC, nothing owed",
        "hub https://old.example/: no success known, nothing owed, 1 given up",
        f"webhook {hook}: last success {moment(NOW - HOUR)}, {owed}, left alone until {moment(NOW + HOUR)}",
    ] == [told_hearer(one) for one in hearers(targets, states, NOW)]
    assert "left alone" not in told_hearer(hearers(targets, states, NOW + HOUR)[-1])
    assert "told       nobody: [announce] enabled is off" in things(announces=False).lines()


def test_no_time_of_a_next_try_is_told_that_is_over_and_where_nobody_is_at_work_that_is_said() -> None:
    hub, hook = delivery(due=NOW, attempts=1, error="it hangs"), "https://partner.example/hook"
    pauses = [HostPause(host=hub.host, until=NOW, failures=1, error="it hangs")]
    look = delivery(2, kind=DeliveryKind.VERIFY, topic="main", feed="main", due=NOW)
    called = delivery(3, hook, kind=DeliveryKind.WEBHOOK, topic="main", feed="main", due=NOW)
    every = (hub, look, called)

    lines = things(deliveries=every, owed=owed_of(every, pauses, NOW), at=NOW).lines()

    said = [line for line in lines if line.startswith(("  hub", "  verify", "  webhook"))]
    assert not [line for line in said if "next 2026" in line or "left alone" in line or "next try" in line]
    assert f"  hub: {hub.topic} to https://hub.example/?…, 1 attempt, due now (it hangs)" in said
    assert "waits until the world sees the new version (due now)" in said[-1]
    assert f"  {UNSENT}" in lines
    assert f"  {UNSENT}" not in things(deliveries=every, holder=Holder(pid=7, since=NOW)).lines()
    assert [f"{hub.topic}: https://hub.example/?… has not heard of it: due now (it hangs)"] == list(
        undelivered({hub.topic}, [hub], NOW, pauses)
    )


def test_nobody_who_does_not_answer_is_heard() -> None:
    assert hear("http://127.0.0.1:9/readyz?json", "s") is None
    assert hear("http://127.0.0.1:99999/", "s") is None


def test_what_waits_for_a_host_that_is_left_alone_says_so() -> None:
    one = delivery(due=NOW)
    until = NOW + timedelta(minutes=5)
    pause = HostPause(host=one.host, until=until, failures=2, error="no connection")

    (standing,) = owed_of([one], [pause])
    (line,) = undelivered({one.topic}, [one], NOW, [pause])

    assert (until, pause) == (standing.next, standing.pause)
    assert told_owed(standing).endswith(f"next {moment(until)}, left alone until {moment(until)}: no connection")
    assert line.endswith(f"tried again {moment(until)} (no connection)")


def test_who_waits_for_caches_or_for_the_world_says_so_and_names_no_time_that_is_over() -> None:
    page = "https://news.example.org/feed.xml"
    purge = delivery(1, "https://cdn.example/", kind=DeliveryKind.PURGE, feed="main")
    look = delivery(2, "https://news.example.org/", kind=DeliveryKind.VERIFY, feed="main", due=NOW)
    hub = delivery(3, feed="main", due=NOW)
    hook = delivery(4, "https://partner.example/", kind=DeliveryKind.WEBHOOK, topic="main", feed="main", due=NOW)
    other = delivery(5, topic="https://news.example.org/other.xml", feed="other")
    awaited = f"waits until caches have let go of the old version (next try {moment(NOW + HOUR)})"

    standing = owed_of([hook, hub, look, purge])
    assert ["next 2026-03-09 13:00:00 UTC"] + 3 * ["waits until caches have let go of the old version"] == [
        told_owed(one).partition("1 owed, ")[2] for one in standing
    ]
    assert [None, "purge"] == [standing[2].next, standing[2].waits_for]
    assert [
        f"{page}: caches may show the old one: due {moment(NOW + HOUR)}",
        f"{page}: nobody has seen the new one at its address yet: {awaited}",
        f"{page}: https://hub.example/?… has not heard of it: {awaited}",
        f"main: https://partner.example/ has not heard of it: {awaited}",
    ] == list(undelivered({page: "main"}, [purge, look, hub, hook, other], NOW))
    assert f"  hub: {page} to https://hub.example/?…, 0 attempts, {awaited}" in things(deliveries=(purge, hub)).lines()
    # What was given up holds nobody up.
    (_, standing_hub) = owed_of([hub, delivery(2, kind=DeliveryKind.VERIFY, status="given up")])
    assert (NOW, "") == (standing_hub.next, standing_hub.waits_for)


def test_a_line_of_what_goes_to_a_host_that_is_left_alone_names_the_end_of_the_pause() -> None:
    one, until = delivery(due=NOW), NOW + HOUR
    pause = HostPause(host=one.host, until=until, failures=1, error="no connection")

    lines = things(deliveries=(one,), owed=owed_of([one], [pause])).lines()

    assert f"  hub: {one.topic} to https://hub.example/?…, 0 attempts, next {moment(until)}" in lines
