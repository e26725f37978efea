"""Purges, looks from outside and web hooks, sent for real to a cache and a partner on loopback."""

from __future__ import annotations

import asyncio
import base64
import gzip
import re
import ssl
import threading
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Router

from syndicator.app import State
from syndicator.caches import Purge
from syndicator.deliveries.dispatch import Bounds, Dispatcher, always
from syndicator.deliveries.outcome import Outcome, Verdict
from syndicator.deliveries.pauses import PATIENCE
from syndicator.deliveries.purge import purge
from syndicator.deliveries.verify import look
from syndicator.deliveries.webhook import Call, call
from syndicator.health import Health
from syndicator.model import Announcement, Delivery, DeliveryKind, DocumentRecord, Format, digest
from syndicator.notices import Notice, ToldDocument, write
from syndicator.outbound import Outbound
from syndicator.ports import Publication, Wanted
from syndicator.sending import minding
from syndicator.state.deliveries import SqlOutbox
from syndicator.state.posts import SqlLedger
from syndicator.state.questions import SqlImageDesk
from syndicator.state.versions import open_database
from syndicator.web.feeds import Documents
from syndicator.web.server import Server
from syndicator.web.shelf import Shelf
from tests.edge import Asked, Edge, Said
from tests.newsroom import free_port

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
OLD, NEW = b"<rss>" + b"old" * 500 + b"</rss>", b"<rss>" + b"new" * 500 + b"</rss>"
PATH = "/feeds/feed.xml"
TOKEN = "t0ken-that-nobody-sees"


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    # Nothing here is encrypted: to load the system's certificates would take most of the time.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    async with Outbound(
        timeout=2.0, user_agent="syndicator/test (+https://news.example.org/)", context=context
    ) as client:
        yield client


@pytest.fixture
def edge() -> Iterator[Edge]:
    """A cache of which the origin has the new version."""
    with Edge(origin=lambda path: NEW if path == PATH else None).listening() as cache:
        yield cache


def delivery(kind: DeliveryKind, topic: str, *, attempts: int = 0, **more: Any) -> Delivery:
    values = {"target": topic, "digest": digest(NEW), "body": str(len(NEW)).encode(), "feed": "main", **more}
    return Delivery(id=1, kind=kind, topic=topic, attempts=attempts, since=NOON, due=NOON, **values)


# --- looking ------------------------------------------------------------------------------------------------------


async def see(edge: Edge, outbound: Outbound, now: datetime = NOON, *, attempts: int = 0, path: str = PATH) -> Outcome:
    owed = delivery(DeliveryKind.VERIFY, edge.url + path.lstrip("/"), attempts=attempts)
    return await look(owed, outbound, now, within=10 * MINUTE)


def lying(edge: Edge, **said: Any) -> None:
    edge.lie = lambda asked: Said(**said) if asked.method == "GET" else None


async def test_what_the_world_sees_is_asked_for_as_a_hub_does_with_and_without_gzip(
    edge: Edge, outbound: Outbound
) -> None:
    """websub-7."""
    assert Outcome(verdict=Verdict.DONE) == await see(edge, outbound)

    assert ["gzip", "identity"] == [asked.headers["accept-encoding"] for asked in edge.asked]
    assert [PATH, PATH] == edge.seen("GET")
    assert not {"if-none-match", "if-modified-since", "cache-control", "pragma"} & edge.asked[0].headers.keys()
    assert edge.asked[0].headers["user-agent"].startswith("syndicator/")


async def test_an_old_version_in_a_cache_is_waited_for_with_short_growing_pauses(
    edge: Edge, outbound: Outbound
) -> None:
    """websub-7: an early ping is lost for good."""
    edge.kept[PATH, "gzip"] = edge.kept[PATH, "identity"] = OLD

    outcomes = [await see(edge, outbound, attempts=attempts) for attempts in (0, 1, 2, 4, 5, 9)]

    assert [1, 2, 4, 16, 30, 30] == [each.pace.total_seconds() for each in outcomes if each.pace]
    assert {Verdict.LATER} == {each.verdict for each in outcomes}
    assert outcomes[0].error == (
        "waiting for the world to see the new version: its address gives another one, "
        "which a cache has kept for 120 seconds"
    )
    edge.kept.clear()
    assert Verdict.DONE is (await see(edge, outbound)).verdict


@pytest.mark.parametrize("coding", ["gzip", "identity"])
async def test_one_of_the_two_copies_in_a_cache_may_be_old_alone(edge: Edge, outbound: Outbound, coding: str) -> None:
    edge.kept[PATH, coding] = OLD

    assert Verdict.LATER is (await see(edge, outbound)).verdict


async def test_when_its_time_is_over_it_is_given_up_loudly_and_the_last_look_is_not_missed(
    edge: Edge, outbound: Outbound
) -> None:
    edge.kept[PATH, "gzip"] = OLD

    last = await see(edge, outbound, NOON + 10 * MINUTE - 3 * SECOND, attempts=30)
    over = await see(edge, outbound, NOON + 10 * MINUTE, attempts=31)

    assert (Verdict.LATER, 3 * SECOND) == (last.verdict, last.pace)
    assert Verdict.OVER is over.verdict
    assert over.error == (
        "after 10m the world still does not see the new version: its address gives another one, which a cache has kept "
        "for 120 seconds; purge the cache in front of it ([purge] does that by itself). Hubs are told all the same"
    )
    edge.kept.clear()
    assert Verdict.DONE is (await see(edge, outbound, NOON + 60 * MINUTE, attempts=31)).verdict


_PACKED = ("Content-Encoding", "gzip")


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"body": b"Please wait while your request is verified"}, "its address gives another one"),
        ({"body": NEW + b" "}, "its address gives another one"),
        ({"body": NEW[:-1]}, "its address gives another one"),
        ({"body": b""}, "its address gives another one"),
        ({"status": 304}, "its address answers 304"),
        ({"status": 404}, "its address answers 404"),
        ({"status": 206, "body": NEW}, "its address answers 206"),
        ({"body": b"x" * 5_000_000}, "its address gives another one"),
        ({"body": NEW, "headers": (_PACKED,)}, "its address gives another one"),
        ({"body": gzip.compress(OLD), "headers": (_PACKED,)}, "its address gives another one"),
        ({"body": gzip.compress(NEW)[:-4], "headers": (_PACKED,)}, "its address gives another one"),
        ({"body": gzip.compress(NEW) + b"x", "headers": (_PACKED,)}, "its address gives another one"),
        ({"body": gzip.compress(bytes(50_000_000)), "headers": (_PACKED,)}, "its address gives another one"),
        (
            {"body": zlib.compress(NEW), "headers": (("Content-Encoding", "br"),)},
            "it cannot be fetched: the answer is compressed, although it was asked not to be",
        ),
        (
            {"status": 302, "headers": (("Location", "https://elsewhere.example/feed.xml"),)},
            "it cannot be fetched: it redirects to another host, elsewhere.example",
        ),
        (
            {"status": 302, "headers": (("Location", "http://[broken"),)},
            "it cannot be fetched: it redirects to what is no address",
        ),
        ({"status": 301, "headers": (("Location", PATH),)}, "it cannot be fetched: it redirects more than 3 times"),
        ({"status": 301}, "its address answers 301"),
        ({"body": NEW[:-9], "headers": (("Age", "-1"),)}, "its address gives another one"),
    ],
)  # fmt: skip
async def test_no_lie_of_a_proxy_counts_as_the_new_version(
    edge: Edge, outbound: Outbound, said: dict[str, Any], problem: str
) -> None:
    lying(edge, **said)

    assert Outcome(
        verdict=Verdict.LATER, error=f"waiting for the world to see the new version: {problem}", pace=SECOND
    ) == await see(edge, outbound)  # fmt: skip


async def test_of_an_answer_that_unpacks_to_very_much_no_more_is_unpacked_than_was_expected(
    edge: Edge, outbound: Outbound
) -> None:
    lying(edge, body=gzip.compress(bytes(50_000_000)), headers=(_PACKED,))
    await see(edge, outbound)

    tracemalloc.start()
    try:
        await see(edge, outbound)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most < 5_000_000


async def test_the_new_version_counts_where_a_proxy_packs_it_unasked(edge: Edge, outbound: Outbound) -> None:
    lying(edge, body=gzip.compress(NEW), headers=(("Content-Encoding", "GZIP"),))

    assert Verdict.DONE is (await see(edge, outbound)).verdict


async def test_a_redirect_on_the_same_host_is_followed(edge: Edge, outbound: Outbound) -> None:
    moved = Said(status=308, headers=(("Location", PATH),))
    edge.lie = lambda asked: moved if asked.path == "/old.xml" else None

    assert Verdict.DONE is (await see(edge, outbound, path="/old.xml")).verdict


async def test_a_host_that_says_when_to_come_again_is_obeyed(edge: Edge, outbound: Outbound) -> None:
    lying(edge, status=503, headers=(("Retry-After", "45"),))

    outcome = await see(edge, outbound)

    assert (45 * SECOND, True) == (outcome.pace, outcome.host)
    assert 20 * SECOND == (await see(edge, outbound, NOON + 10 * MINUTE - 20 * SECOND)).pace


async def test_a_host_that_is_down_is_looked_at_again(outbound: Outbound) -> None:
    outcome = await see(Edge(url=f"http://127.0.0.1:{free_port()}/"), outbound)

    assert (Verdict.LATER, SECOND) == (outcome.verdict, outcome.pace)
    assert "it cannot be fetched: no connection (Connection refused)" in outcome.error


@pytest.mark.parametrize(
    ("lie", "problem"),
    [
        (Said(status=404), "its address answers 404"),
        (Said(status=301, headers=(("Location", "https://elsewhere.example/"),)), "it cannot be fetched: it redirects"),
    ],
)
async def test_where_the_documents_are_not_at_all_nobody_is_sent_to_purge_a_cache(
    edge: Edge, outbound: Outbound, lie: Said, problem: str
) -> None:
    edge.lie = lambda _: lie

    over = await see(edge, outbound, NOON + 10 * MINUTE, attempts=31)

    assert f"after 10m the world still does not see the new version: {problem}" in over.error
    assert over.error.endswith(
        "; see whether [publish] url leads to what is written to [publish] to. Hubs are told all the same"
    )


async def test_an_edge_that_hangs_longer_than_the_queue_waits_keeps_hubs_no_longer_than_any_other(
    edge: Edge, outbound: Outbound
) -> None:
    """However long [network] timeout is: the queue itself would have hubs wait for two days."""
    assert PATIENCE < Bounds().patience.total_seconds()
    end, topic = threading.Event(), edge.url + PATH.lstrip("/")
    edge.lie = lambda _: Said(status=500) if end.wait(10) else None
    try:
        seen = await look(
            delivery(DeliveryKind.VERIFY, topic), outbound, NOON + 10 * MINUTE, within=10 * MINUTE, most=0.05
        )
        purged = await purge(
            delivery(DeliveryKind.PURGE, topic), outbound, NOON, how=Purge(url="{url}"), within=MINUTE, most=0.05
        )
    finally:
        end.set()

    assert (Verdict.OVER, True) == (seen.verdict, "no whole answer within 0.05 seconds; see whether" in seen.error)
    assert (Verdict.LATER, SECOND, False) == (purged.verdict, purged.pace, purged.host)
    assert "the cache did not answer: no whole answer within 0.05 seconds" == purged.error


async def test_who_was_down_all_the_time_looks_until_the_cache_has_let_go(edge: Edge, outbound: Outbound) -> None:
    """websub-7: killed between publishing and telling, and started an hour later. Hubs would hear, and fetch the old
    version, while the purge is on its way."""
    edge.kept[PATH, "gzip"] = OLD
    late = NOON + 60 * MINUTE

    first = await see(edge, outbound, late)
    assert (Verdict.LATER, SECOND) == (first.verdict, first.pace)

    edge.kept.clear()
    assert Verdict.DONE is (await see(edge, outbound, late + SECOND, attempts=1)).verdict


async def test_our_own_server_may_be_where_the_world_looks(outbound: Outbound) -> None:
    shelf = Shelf()
    server = Server(Router([Documents(shelf, ())]), "127.0.0.1", 0)
    await server.start()
    topic = f"http://127.0.0.1:{server.port}/feed.xml"
    record = DocumentRecord(
        path="feed.xml", url=topic, feed="main", format=Format.RSS, digest=digest(NEW), source="s", version="v",
        changed=NOON, media_type="application/rss+xml",
    )  # fmt: skip
    shelf.show([(record, NEW)])
    try:
        seen = await look(delivery(DeliveryKind.VERIFY, topic), outbound, NOON, within=MINUTE)
    finally:
        await server.stop(0)

    assert Outcome(verdict=Verdict.DONE) == seen


# --- purging ------------------------------------------------------------------------------------------------------


async def let_go(
    edge: Edge, outbound: Outbound, how: Purge, now: datetime = NOON, *, attempts: int = 0, path: str = PATH
) -> Outcome:
    owed = delivery(DeliveryKind.PURGE, edge.url + path.lstrip("/"), attempts=attempts, body=b"")
    return await purge(owed, outbound, now, how=how, within=5 * MINUTE)


@pytest.fixture
def full(edge: Edge) -> Edge:
    """The cache with the old version in it."""
    edge.kept[PATH, "gzip"] = edge.kept[PATH, "identity"] = OLD
    edge.token = TOKEN
    return edge


def cloudflare(edge: Edge, token: str = TOKEN) -> Purge:
    return Purge(preset="cloudflare", url=edge.url, token=token, zone="z1")


def fastly(edge: Edge, token: str = TOKEN) -> Purge:
    return Purge(preset="fastly", url=edge.url, token=token)


@pytest.mark.parametrize("kind", ["address", "door", "fastly", "bare fastly", "cloudflare"])
async def test_caches_let_go_of_every_copy(full: Edge, outbound: Outbound, kind: str) -> None:
    """websub-7."""
    how = {
        "address": Purge(url="{url}"),
        "door": Purge(url=f"{full.url.rstrip('/')}{{path}}", headers=(("Host", "{host}"),)),
        "fastly": fastly(full),
        "bare fastly": Purge(preset="fastly", soft=True),
        "cloudflare": cloudflare(full),
    }[kind]

    assert Outcome(verdict=Verdict.DONE) == await let_go(full, outbound, how)

    assert ({}, [PATH]) == (full.kept, full.purged)


async def test_a_cache_that_has_nothing_of_it_has_done_its_work(edge: Edge, outbound: Outbound) -> None:
    assert Verdict.DONE is (await let_go(edge, outbound, Purge(url="{url}"))).verdict


async def test_an_api_that_is_not_there_has_not(edge: Edge, outbound: Outbound) -> None:
    outcome = await let_go(edge, outbound, Purge(url=f"{edge.url}nowhere", method="POST"))

    assert (Verdict.OVER, True) == (outcome.verdict, "the cache answered 404; see [purge]" in outcome.error)


async def test_a_cache_that_sends_us_elsewhere_is_not_followed_with_the_token(edge: Edge, outbound: Outbound) -> None:
    """Promise 7: a feed's address may lead to another host, and that is nobody who may know it."""
    how = Purge(url="{url}", headers=(("Authorization", "Bearer {token}"),), body="{token}", token=TOKEN)
    with Edge().listening() as other:
        edge.lie = lambda asked: Said(status=308, headers=(("Location", other.url),))

        outcome = await let_go(edge, outbound, how)

    assert [] == other.asked
    assert (Verdict.OVER, True) == (
        outcome.verdict,
        outcome.error.startswith("the cache answered 308, and is not followed: write where it leads to; see [purge]"),
    )


@pytest.mark.parametrize("preset", [cloudflare, fastly])
async def test_a_refusal_is_final_and_never_shows_the_token(full: Edge, outbound: Outbound, preset: Any) -> None:
    full.token = "another"

    outcome = await let_go(full, outbound, preset(full))

    assert Verdict.OVER is outcome.verdict
    said = outcome.error.partition("; see [purge] in the configuration; caches keep the old version")[0]
    assert said in ("Cloudflare answered 403: Authentication error for Bearer …", "Fastly answered 401")
    assert TOKEN not in outcome.error


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"body": b'{"success": false, "errors": [{"message": "later\\u001b[31m"}]}'}, "200: later\\x1b[31m"),
        ({"body": b'{"success": false, "errors": [3]}'}, "200"),
        ({"body": b'{"success": "true"}'}, "200"),
        ({"body": b"[]"}, "200, and not as it should"),
        ({"body": b"<html>"}, "200, and not in JSON"),
        ({"status": 429, "headers": (("Retry-After", "9"),), "body": b"{}"}, "429"),
    ],
)
async def test_cloudflare_must_say_that_it_worked(
    edge: Edge, outbound: Outbound, said: dict[str, Any], error: str
) -> None:
    edge.lie = lambda _: Said(**said)

    outcome = await let_go(edge, outbound, cloudflare(edge), attempts=2)

    assert (Verdict.LATER, f"Cloudflare answered {error}") == (outcome.verdict, outcome.error)
    assert ((9 if "headers" in said else 4) * SECOND, "headers" in said) == (outcome.pace, outcome.host)


async def test_hubs_do_not_wait_for_ever_for_a_purge_that_does_not_work(edge: Edge, outbound: Outbound) -> None:
    edge.lie = lambda _: Said(status=500)

    late = await let_go(edge, outbound, fastly(edge), NOON + 5 * MINUTE, attempts=20)

    assert Verdict.OVER is late.verdict
    assert late.error.startswith("not purged within 5m: Fastly answered 500; caches keep the old version until")


async def test_a_cache_that_is_down_is_told_again(outbound: Outbound) -> None:
    outcome = await let_go(Edge(url=f"http://127.0.0.1:{free_port()}/"), outbound, Purge(url="{url}"))

    assert (Verdict.LATER, SECOND) == (outcome.verdict, outcome.pace)
    assert "the cache did not answer: no connection" in outcome.error


# --- web hooks ----------------------------------------------------------------------------------------------------

KEY, OTHER = bytes(range(24)), bytes(range(40, 72))
SECRETS = ["whsec_" + base64.b64encode(key).decode() for key in (KEY, OTHER)]
FEED = ToldDocument(url="https://news.example.org/feeds/feed.xml", format="rss", digest="d")
NOTICE = Notice(feed="main", feed_id="urn:uuid:1", title="The Example", at=NOON, documents=(FEED,))
MESSAGE, BODY = write(NOTICE)


async def ring(
    edge: Edge, outbound: Outbound, now: datetime = NOON, *, keys: tuple[bytes, ...] = (KEY,), body: bytes = BODY
) -> Outcome:
    owed = delivery(DeliveryKind.WEBHOOK, "main", target=f"{edge.url}hook", digest=MESSAGE, body=body)
    how = Call(keys=keys, headers=(("Authorization", "Basic eDp5"),))
    return await call(owed, outbound, now, calls={f"{edge.url}hook": how})


def answering(edge: Edge, **said: Any) -> None:
    edge.lie = lambda _: Said(**said)


def is_genuine_of_the_docs() -> Any:
    """The receiver's function as partners read it."""
    page = (Path(__file__).parents[2] / "docs" / "partners.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    return names["is_genuine"]


async def test_partners_can_tell_a_message_of_ours_by_the_example_in_the_docs(edge: Edge, outbound: Outbound) -> None:
    answering(edge, status=204)

    assert Outcome(verdict=Verdict.DONE) == await ring(edge, outbound, datetime.now(UTC), keys=(KEY, OTHER))

    (told,) = edge.asked
    assert ("POST", "/hook", BODY) == (told.method, told.path, told.body)
    assert ("application/json", "Basic eDp5") == (told.headers["content-type"], told.headers["authorization"])
    is_genuine = is_genuine_of_the_docs()
    assert [True, True] == [is_genuine(secret, told.headers, told.body) for secret in SECRETS]
    assert not is_genuine(SECRETS[0], told.headers, told.body + b" ")
    assert not is_genuine("whsec_" + base64.b64encode(bytes(24)).decode(), told.headers, told.body)
    assert not is_genuine(SECRETS[0], {**told.headers, "webhook-id": "msg_other"}, told.body)
    # Strangers send what they like.
    assert not is_genuine(SECRETS[0], {}, told.body)
    for wrong in ({"webhook-timestamp": "noon"}, {"webhook-timestamp": "9" * 5000}, {"webhook-signature": "v1,ü"}):
        assert not is_genuine(SECRETS[0], {**told.headers, **wrong}, told.body)


async def test_an_old_message_is_no_fresh_one(edge: Edge, outbound: Outbound) -> None:
    answering(edge)

    await ring(edge, outbound, datetime.now(UTC) - timedelta(hours=1))

    assert not is_genuine_of_the_docs()(SECRETS[0], edge.asked[0].headers, BODY)


async def test_a_message_that_is_sent_again_has_the_same_id_and_the_time_of_that_attempt(
    edge: Edge, outbound: Outbound
) -> None:
    answering(edge, status=500)

    await ring(edge, outbound)
    await ring(edge, outbound, NOON + MINUTE)

    first, second = (told.headers for told in edge.asked)
    assert MESSAGE == first["webhook-id"] == second["webhook-id"]
    assert 60 == int(second["webhook-timestamp"]) - int(first["webhook-timestamp"])
    assert first["webhook-signature"] != second["webhook-signature"]


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ({"status": 299}, Outcome(verdict=Verdict.DONE)),
        ({"status": 410}, Outcome(verdict=Verdict.OVER, error="the web hook answered 410: it is gone for good")),
        ({"status": 401}, Outcome(verdict=Verdict.REFUSED, error="the web hook answered 401")),
        ({"status": 500}, Outcome(verdict=Verdict.LATER, error="the web hook answered 500")),
        (
            {"status": 308, "headers": (("Location", "/elsewhere"),)},
            Outcome(
                verdict=Verdict.REFUSED,
                error="the web hook answered 308, and is not followed: write its new address",
            ),
        ),
        (
            {"status": 429, "headers": (("Retry-After", "7"),)},
            Outcome(verdict=Verdict.LATER, error="the web hook answered 429", wait=7 * SECOND, host=True),
        ),
    ],
)
async def test_what_an_answer_means(edge: Edge, outbound: Outbound, said: dict[str, Any], outcome: Outcome) -> None:
    answering(edge, **said)

    assert outcome == await ring(edge, outbound)
    assert 1 == len(edge.asked)


async def test_a_web_hook_that_is_not_configured_any_more_gets_nothing(edge: Edge, outbound: Outbound) -> None:
    owed = delivery(DeliveryKind.WEBHOOK, "main", target=f"{edge.url}hook", body=BODY)

    assert Verdict.OVER is (await call(owed, outbound, NOON, calls={})).verdict
    assert [] == edge.asked


async def test_a_message_of_documents_that_could_not_be_written_waits_for_them(edge: Edge, outbound: Outbound) -> None:
    _, body = write(Notice(feed="main", feed_id="x", title="x", at=NOON, waits=True))

    assert Verdict.LATER is (await ring(edge, outbound, body=body)).verdict
    assert [] == edge.asked


def test_what_a_call_is_signed_with_is_not_shown() -> None:
    assert "Call()" == repr(Call(keys=(KEY,), headers=(("Authorization", "x"),)))


async def test_the_health_of_the_service_says_what_caches_keep_from_the_world_until_a_newer_version_is_seen(
    edge: Edge, outbound: Outbound, tmp_path: Path
) -> None:
    database = open_database(f"sqlite:///{tmp_path}/state.db", tmp_path)
    ledger, health = SqlLedger(database), Health(problems={"pass": "the disk is full"})
    state = State(database=database, ledger=ledger, outbox=SqlOutbox(database), desk=SqlImageDesk(database))

    async def deliver(now: datetime) -> None:
        looks = {DeliveryKind.VERIFY: partial(look, within=10 * MINUTE)}
        engine = Dispatcher(outbox=state.outbox, outbound=outbound, handlers=looks, clock=lambda: now)
        await minding(engine, state, health, {DeliveryKind.VERIFY: (edge.url,)})(always)

    for path in ("feed.xml", "atom.xml"):
        edge.kept[f"/feeds/{path}", "gzip"] = OLD
        owed = Announcement(
            kind=DeliveryKind.VERIFY, target=edge.url, topic=f"{edge.url}feeds/{path}", digest=digest(NEW),
            body=str(len(NEW)).encode(),
        )  # fmt: skip
        ledger.record(Publication(announcements=(owed,)), NOON)
    await deliver(NOON)
    assert {"pass": "the disk is full"} == health.problems

    for seconds in (0, 5, 15):
        assert {"pass": "the disk is full"} == health.problems
        await deliver(NOON + 11 * MINUTE + seconds * SECOND)
    assert health.problems["caches"].startswith(f"{edge.url}feeds/atom.xml: after 10m the world still does not see")
    assert health.problems["caches"].endswith("(1 more like it: 'syndicator deliveries' lists them)")

    edge.kept.clear()
    edge.origin = lambda _: NEW
    state.outbox.send_again(Wanted(), NOON + 12 * MINUTE)
    await deliver(NOON + 12 * MINUTE)
    assert {"pass": "the disk is full"} == health.problems
    database.close()


async def test_the_health_follows_caches_and_targets_while_another_look_hangs(
    edge: Edge, outbound: Outbound, tmp_path: Path
) -> None:
    database = open_database(f"sqlite:///{tmp_path}/state.db", tmp_path)
    ledger, health, go_on = SqlLedger(database), Health(), asyncio.Event()
    state = State(database=database, ledger=ledger, outbox=SqlOutbox(database), desk=SqlImageDesk(database))
    late, hangs = f"{edge.url}feeds/feed.xml", f"{edge.url}feeds/atom.xml"
    edge.origin = lambda _: OLD

    async def see(delivery: Delivery, outbound: Outbound, now: datetime) -> Outcome:
        if delivery.topic == hangs:
            await go_on.wait()
        return await look(delivery, outbound, now, within=SECOND / 2)

    async def until(seen: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not seen():
                await asyncio.sleep(0.005)

    def owe(topic: str, text: bytes, now: datetime) -> None:
        owed = Announcement(
            kind=DeliveryKind.VERIFY, target=edge.url, topic=topic, digest=digest(text), body=str(len(text)).encode()
        )
        ledger.record(Publication(announcements=(owed,)), now)

    owe(late, NEW, NOON - 2 * MINUTE)
    owe(hangs, NEW, NOON)
    engine = Dispatcher(outbox=state.outbox, outbound=outbound, handlers={DeliveryKind.VERIFY: see}, clock=lambda: NOON)
    work = asyncio.ensure_future(minding(engine, state, health, {DeliveryKind.VERIFY: (edge.url,)})(always))

    await until(lambda: health.problems.get("caches", "").startswith(f"{late}: after 500ms the world still does not"))
    assert not work.done()
    # A newer version is owed: what was given up is none of anybody's business any more.
    owe(late, OLD, NOON)
    engine.wake.set()
    await until(lambda: health.problems == {})
    assert not work.done()
    go_on.set()
    await work
    (target,) = health.targets
    assert (0, 1, NOON, NOON) == (target.given_up, target.pending, target.heard, target.failed)
    database.close()


def test_the_cache_of_these_tests_keeps_what_it_gave(edge: Edge) -> None:
    """A stand-in that forgets would let everything pass."""
    asked = Asked(method="GET", path=PATH, headers={}, body=b"")
    edge.answer(asked)
    edge.origin = lambda _: OLD

    assert NEW == edge.answer(asked).body
