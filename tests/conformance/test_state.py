"""What every state must do, tried on a real database."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any, cast

import orjson
import pytest
from alembic import command
from sqlalchemy import Connection, event, inspect, text

from syndicator.errors import StateError
from syndicator.model import (
    Announcement,
    Concern,
    Delivery,
    DeliveryKind,
    DocumentRecord,
    Enclosure,
    EnclosureRef,
    Entry,
    FeedPast,
    FeedRecord,
    Format,
    Held,
    HostPause,
    Image,
    ImageFacts,
    ImageRef,
    PageRecord,
    Person,
    PostRecord,
    Site,
    SourceRecord,
    TargetState,
    Tombstone,
    Visibility,
)
from syndicator.notices import Notice, ToldEntry, write
from syndicator.ports import (
    EntryRecord,
    ImageAnswer,
    Ledger,
    LedgerChange,
    PassRecord,
    PostLine,
    Publication,
    Refusal,
    Settled,
    StoredEntry,
    Wanted,
)
from syndicator.state import looking as module
from syndicator.state.database import Database
from syndicator.state.deliveries import SqlOutbox, lift_leases
from syndicator.state.kept import KeptLedger, TellingDesk
from syndicator.state.lock import only_writer
from syndicator.state.looking import open_nothing, open_to_read
from syndicator.state.posts import SqlLedger
from syndicator.state.questions import SqlImageDesk
from syndicator.state.tables import HEAD
from syndicator.state.versions import history_of, migrate, open_database, upgrade

NOON = datetime(2026, 3, 9, 12, 0, 0, 123456, tzinfo=UTC)
DAY = timedelta(days=1)
LATER = NOON + DAY
LEASE = timedelta(minutes=2)
HUB, TOPIC = "https://hub.example/", "https://news.example.org/feed.xml"
NOTICE = Notice(feed="main", feed_id="urn:uuid:1", title="The Example", at=NOON)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{tmp_path}/state.db", tmp_path)
    yield database
    database.close()


@pytest.fixture(params=["asked", "kept"])
def ledger(database: Database, request: pytest.FixtureRequest) -> Ledger:
    return KeptLedger(SqlLedger(database)) if request.param == "kept" else SqlLedger(database)


@pytest.fixture
def outbox(database: Database) -> SqlOutbox:
    return SqlOutbox(database)


RECORD = PostRecord(
    path="_posts/a.md", version="v1", digest="d", content="c", match="m", visibility=Visibility.PUBLIC,
    due=NOON, published=NOON, updated=NOON, expires=None, entry_id="tag:a", given_id="",
    terms=(("category", ("News", "日本")), ("tag", ("x",))), down=NOON,
)  # fmt: skip
ENTRY = Entry(
    id="tag:a", url="https://x.example/a", title="A <b> & c", summary="s", html="<p>é 👩‍👩‍👧</p>",
    published=NOON, updated=NOON,
    people=(Person(name="Donna Teetree", title="Staff Writer"),), categories=("News",), tags=("x",),
    image=Image(url="https://x.example/a.png", type="image/png", length=3, width=1, height=1),
    enclosures=(Enclosure(url="https://x.example/a.png", type="image/png", length=3),),
)  # fmt: skip
STORED = StoredEntry(
    record=EntryRecord(path="_posts/a.md", key="k", image=ImageRef(url="https://x.example/a.png", file="a.png")),
    entry=ENTRY,
)
DOCUMENT = DocumentRecord(
    path="feed.xml", url=TOPIC, feed="main", format=Format.RSS, digest="d1", source="s", version="v", changed=NOON,
    media_type="application/rss+xml", hubs=(HUB,), length=12,
)  # fmt: skip


def owe(ledger: Ledger, digest: str = "d1", now: datetime = NOON, topic: str = TOPIC) -> None:
    ledger.record(Publication(announcements=(Announcement(target=HUB, topic=topic, digest=digest),)), now)


def settled(delivery: Delivery, status: str = "done", due: datetime = NOON, error: str = "") -> tuple[Settled, ...]:
    return (Settled(delivery=delivery, status=status, due=due, error=error),)


def test_everything_remembered_comes_back_as_it_was(ledger: Ledger) -> None:
    refusal = Refusal(path="_posts/b.md", version="v", reason="bad", since=NOON, line=3, column=4, remedy="mend it")
    stones = (
        Tombstone(ref="tag:b", when=NOON, title="B", url="https://x.example/b", published=NOON),
        Tombstone(ref="tag:c", when=NOON),
    )
    feed = FeedRecord(
        name="main", id="urn:uuid:1", updated=NOON, settings="s", members=("tag:a",), tombstones=stones,
        dates=(1, 2), spec="s",
        past=FeedPast(until=3, members=("tag:b",), dates=(4, 5)),
    )  # fmt: skip
    answer = ImageAnswer(url="https://x.example/a.png", facts=ImageFacts(type="image/png", length=3), status="known")
    source = SourceRecord(
        mounts=("/srv", "old"), site=Site(title="T", url="https://x.example/", author="A"), rules="r", feeds="f",
        last_path_first=True, sections=(("a.md", "news"),),
    )  # fmt: skip
    last = PassRecord(
        at=NOON, seconds=1.5, posts=1, live=1, feeds=1, documents=3, written=1, refused=1, orders="o", next_change=NOON,
        source=source,
    )  # fmt: skip

    ledger.remember(LedgerChange(posts=(RECORD,), refused=(refusal,), images=(answer,), entries=(STORED,)))
    ledger.record(Publication(feeds=(feed,), documents=(DOCUMENT,)), NOON)
    ledger.note_pass(last)

    assert {RECORD.path: RECORD} == ledger.posts()
    assert {refusal.path: refusal} == ledger.refusals()
    assert {"main": feed} == ledger.feeds()
    assert {"feed.xml": DOCUMENT} == ledger.documents()
    assert {} == ledger.held()
    assert {"_posts/a.md": STORED.record} == ledger.entry_records()
    assert {"_posts/a.md": ENTRY} == ledger.entries(["_posts/a.md", "_posts/unknown.md"])
    assert {answer.url: answer} == ledger.images([answer.url, "https://x.example/unknown.png"])
    assert last == ledger.last_pass()


@pytest.mark.parametrize(
    ("values", "count"),
    [
        pytest.param({}, 1, id="its embargo ended"),
        pytest.param({"due": NOON - DAY, "settles": NOON + timedelta(hours=1)}, 1, id="its hold-off ended"),
        pytest.param({"due": NOON}, 0, id="it was due before"),
        pytest.param({"due": LATER + DAY}, 0, id="it is not due yet"),
        pytest.param({"settles": LATER + DAY}, 0, id="it is held off"),
        pytest.param({"expires": LATER}, 0, id="it has expired since"),
        pytest.param({"visibility": Visibility.DRAFT}, 0, id="it is a draft"),
        pytest.param({"gone": NOON}, 0, id="its file is gone"),
        pytest.param({"entry_id": "tag:b"}, 0, id="it was seen"),
    ],
)
def test_posts_are_counted_that_came_due_and_were_never_seen(
    ledger: Ledger, values: dict[str, Any], count: int
) -> None:
    never_seen = RECORD._replace(entry_id="", due=NOON + timedelta(hours=1), down=None)
    ledger.remember(LedgerChange(posts=(never_seen._replace(**values),)))

    assert count == ledger.came_due(NOON, LATER)


@pytest.mark.parametrize(
    ("values", "expired", "comes_next"),
    [
        pytest.param({"expires": LATER}, 1, False, id="at that moment"),
        pytest.param({"expires": NOON}, 0, False, id="before"),
        pytest.param({"expires": LATER + DAY}, 0, True, id="later"),
        pytest.param({"expires": None}, 0, False, id="never"),
        pytest.param({"expires": LATER, "entry_id": ""}, 0, False, id="over before anybody saw it"),
        pytest.param({"expires": LATER + DAY, "gone": NOON}, 0, False, id="to come, but its file is gone"),
        pytest.param(
            {"expires": LATER + DAY, "visibility": Visibility.DRAFT}, 0, False, id="to come, but it is a draft"
        ),
    ],
)
def test_posts_are_found_that_expired_and_the_next_that_will(
    ledger: Ledger, values: dict[str, Any], expired: int, *, comes_next: bool
) -> None:
    record = RECORD._replace(**{"down": None, **values})
    others = [record._replace(path=path, entry_id=f"tag:{path}", expires=LATER + 2 * DAY) for path in ("z.md", "y.md")]
    ledger.remember(LedgerChange(posts=(record, *(others if comes_next else ()))))

    assert [record][:expired] == list(ledger.expired(NOON, LATER))
    assert (record if comes_next else None) == ledger.next_to_expire(LATER)


def test_files_that_come_with_a_post_come_back_as_they_were(ledger: Ledger) -> None:
    file = EnclosureRef(url="https://x.example/a.mp3", file="a.mp3", type="audio/mpeg", length=1, duration=2, title="t")
    made = Enclosure(url=file.url, type=file.type, length=1, duration=2, title="t")
    records = [replace(STORED.record, enclosures=(file,)), EntryRecord(path="_posts/b.md", key="k", enclosures=(file,))]
    entry = replace(ENTRY, enclosures=(made,))

    ledger.remember(LedgerChange(posts=(RECORD, RECORD._replace(path="_posts/b.md", entry_id="tag:b"))))
    ledger.remember(LedgerChange(entries=tuple(StoredEntry(record=record, entry=entry) for record in records)))

    assert {record.path: record for record in records} == ledger.entry_records()
    assert entry == ledger.entries(["_posts/b.md"])["_posts/b.md"]


HELD = Held(
    feed="main",
    concerns=(
        Concern(rule="vanished", figure=50, limit=30, sentence="s", evidence=("vanished tag:a",), examples=("e",)),
    ),
    since=NOON,
)


def test_a_held_feed_is_kept_and_what_is_approved_of_it_is_never_overwritten(ledger: Ledger) -> None:
    other = replace(HELD, feed="other")
    ledger.remember(LedgerChange(held=(HELD, other)))
    assert {"main": HELD, "other": other} == ledger.held()

    ledger.approve([HELD])
    ledger.approve([replace(HELD, feed="unknown")])
    later = replace(HELD, since=NOON + timedelta(hours=1))
    ledger.remember(LedgerChange(held=(later,)))
    ledger.record(Publication(held=(replace(other, since=NOON + timedelta(hours=1)),)), NOON)

    assert replace(later, approved=("vanished tag:a",)) == ledger.held()["main"]
    ledger.record(Publication(freed=("main",)), NOON)
    assert {"other"} == ledger.held().keys()


def test_after_a_word_of_approval_the_next_pass_looks_at_everything(ledger: Ledger) -> None:
    ledger.note_pass(
        PassRecord(at=NOON, seconds=1, posts=1, live=1, feeds=1, documents=1, written=1, refused=0, orders="o")
    )

    ledger.approve([HELD])

    last = ledger.last_pass()
    assert last is not None
    assert "" == last.orders


def test_feeds_and_documents_of_an_older_version_say_nothing_of_what_it_did_not_know(database: Database) -> None:
    SqlLedger(database).record(
        Publication(feeds=(FeedRecord(name="main", id="i", updated=NOON),), documents=(DOCUMENT,)), NOON
    )
    with database.write() as connection:
        connection.execute(text("UPDATE feeds SET dates = NULL, spec = NULL, past = NULL"))
        connection.execute(text("UPDATE documents SET length = NULL"))

    assert {"main": FeedRecord(name="main", id="i", updated=NOON)} == SqlLedger(database).feeds()
    assert 0 == SqlLedger(database).documents()["feed.xml"].length


def test_pages_are_kept_in_their_order_until_their_feed_has_no_archive(ledger: Ledger) -> None:
    pages = {
        feed: tuple(
            PageRecord(
                feed=feed, number=number, members=("tag:a", "tag:é"), content="c", updated=NOON, missing=("tag:é",)
            )
            for number in range(1, 12)
        )
        for feed in ("main", "category/a")
    }
    ledger.remember(LedgerChange(pages=(*reversed(pages["main"]), *pages["category/a"])))
    assert pages == ledger.pages()

    ledger.remember(LedgerChange(pages=(replace(pages["main"][3], content="d"),), dropped_pages=("category/a",)))
    assert {"main": (*pages["main"][:3], replace(pages["main"][3], content="d"), *pages["main"][4:])} == ledger.pages()


def test_a_later_word_replaces_the_earlier(ledger: Ledger) -> None:
    ledger.remember(LedgerChange(posts=(RECORD,)))
    ledger.remember(LedgerChange(posts=(RECORD._replace(version="v2", gone=NOON),)))

    assert {RECORD.path: RECORD._replace(version="v2", gone=NOON)} == ledger.posts()


def test_posts_are_found_by_what_somebody_knows_of_them(ledger: Ledger) -> None:
    there = RECORD._replace(down=None, ready=NOON, settles=LATER)
    others = (
        RECORD._replace(path="b", entry_id="tag:a;2", digest="other", gone=NOON),
        RECORD._replace(path="c", entry_id="TAG:A;3", digest="gone long ago", gone=NOON - DAY),
        RECORD._replace(path="d", entry_id="tag:d", digest="x", given_id="mine", gone=NOON - DAY),
        RECORD._replace(path="e", entry_id="", digest="gone long ago", gone=NOON - DAY),
        RECORD._replace(path="f", entry_id="tag:%_/", digest="gone long ago"),
    )
    ledger.remember(LedgerChange(posts=(there, *others)))

    assert {"b": others[0], RECORD.path: there} == ledger.posts_at(["b", RECORD.path, "nowhere"])
    assert {} == ledger.posts_at([])
    assert {"b", "d"} == {record.path for record in ledger.posts_called(["tag:a;2", "tag:d", "tag:x"])}
    assert ["b"] == [record.path for record in ledger.ids_beginning("tag:a;")]
    assert ["f"] == [record.path for record in ledger.ids_beginning("tag:%_/")]
    assert {"b", "c", "d"} == {record.path for record in ledger.departed(["gone long ago", "mine", "d"], NOON)}
    assert ["b"] == [record.path for record in ledger.departed([], NOON)]


def test_a_line_has_what_keeping_a_post_in_its_place_needs(ledger: Ledger) -> None:
    ledger.remember(
        LedgerChange(posts=(RECORD._replace(settles=LATER, ready=NOON), RECORD._replace(path="z", gone=NOON)))
    )
    first, second = sorted(ledger.lines(["tag"]))

    noon = 1773057600123456
    assert PostLine(
        path=RECORD.path, version="v1", published=noon, due=noon, expires=None, visibility=Visibility.PUBLIC,
        gone=False, named=True, down=noon, ready=noon, settles=noon + 86_400_000_000, terms=(("tag", ("x",)),),
    ) == first  # fmt: skip
    assert ("z", True, None) == (second.path, second.gone, second.settles)


def test_posts_are_counted_by_their_states(ledger: Ledger) -> None:
    moments = (None, NOON - DAY, NOON, LATER)
    posts = [
        RECORD._replace(
            path=str(number), visibility=visibility, due=due, expires=expires, settles=settles, gone=gone,
            entry_id=entry_id, down=down,
        )
        for number, (visibility, due, expires, settles, gone, entry_id, down) in enumerate(
            product(Visibility, moments, moments, (None, LATER), (None, NOON), ("", "tag:a"), (None, LATER))
        )
    ]  # fmt: skip
    posts += [post._replace(path=f"p{post.path}", published=LATER) for post in posts]
    ledger.remember(LedgerChange(posts=tuple(posts)))

    assert Counter("gone" if post.gone else post.state(NOON).value for post in posts) == ledger.counts(NOON)


def test_a_moved_post_takes_its_stored_entry_along_out_of_the_way(ledger: Ledger) -> None:
    ledger.remember(LedgerChange(posts=(RECORD,), entries=(STORED,)))

    ledger.remember(LedgerChange(posts=(RECORD._replace(path="_posts/z.md"),), moved=(RECORD.path,)))

    assert ["_posts/z.md"] == list(ledger.posts())
    assert {} == ledger.entry_records()


def test_thousands_of_entries_are_found_at_once(ledger: Ledger) -> None:
    posts = tuple(RECORD._replace(path=f"{number}.md") for number in range(1_201))
    ledger.remember(LedgerChange(posts=posts))
    stored = tuple(replace(STORED, record=EntryRecord(path=p.path, key="k")) for p in posts)
    ledger.remember(LedgerChange(entries=stored))

    assert 1_201 == len(ledger.entries([p.path for p in posts]))


def test_a_publication_is_recorded_whole_or_not_at_all(ledger: Ledger, outbox: SqlOutbox) -> None:
    broken = replace(DOCUMENT, path="broken.xml", digest=cast("str", None))
    announcement = Announcement(target=HUB, topic=TOPIC, digest="d1")

    with pytest.raises(StateError):
        ledger.record(Publication(documents=(DOCUMENT, broken), announcements=(announcement,)), NOON)

    assert {} == ledger.documents()
    assert () == outbox.deliveries()


def test_it_is_known_when_each_target_last_heard_and_last_failed_and_what_it_is_owed(
    ledger: Ledger, outbox: SqlOutbox
) -> None:
    for topic in ("t1", "t2", "t3"):
        owe(ledger, topic=topic)
    first, second, third = outbox.claim_deliveries(NOON, 10, LEASE)
    pause = HostPause(host=first.host, until=NOON + 2 * LEASE, failures=1, error="it answered 503")

    assert (TargetState(kind=DeliveryKind.HUB, target=HUB, pending=3),) == outbox.targets()
    outbox.settle(settled(first), NOON)
    outbox.settle(
        (*settled(second, "pending", NOON, "it hangs"), *settled(third, "given up", NOON, "it answered 503")),
        NOON + LEASE,
        pauses=[pause],
    )

    expected = TargetState(
        kind=DeliveryKind.HUB, target=HUB, pending=1, given_up=1, heard=NOON, failed=NOON + LEASE,
        error="it answered 503", pause=pause,
    )  # fmt: skip
    assert (expected,) == outbox.targets()
    # What is known outlives what is owed, and goes with the target's last mention in the configuration.
    outbox.drop(Wanted())
    assert (replace(expected, pending=0, given_up=0),) == outbox.targets()
    outbox.keep_targets({DeliveryKind.HUB: [HUB]})
    assert (replace(expected, pending=0, given_up=0, pause=None),) == outbox.targets()
    outbox.keep_targets({DeliveryKind.WEBHOOK: [HUB]})
    assert () == outbox.targets()


def test_posts_that_wait_are_known_the_next_first(ledger: Ledger) -> None:
    fresh = RECORD._replace(entry_id="", visibility=Visibility.PUBLIC, gone=None, down=None, expires=None, settles=None)
    posts = (
        fresh._replace(path="embargoed.md", due=NOON + 2 * DAY),
        fresh._replace(path="longer.md", due=NOON + DAY, settles=NOON + 3 * DAY),
        fresh._replace(path="held.md", due=NOON, settles=NOON + DAY),
        fresh._replace(path="live.md", due=NOON),
        fresh._replace(path="draft.md", due=NOON + DAY, visibility=Visibility.DRAFT),
        fresh._replace(path="gone.md", due=NOON + DAY, gone=NOON),
    )
    ledger.remember(LedgerChange(posts=posts))

    assert ["held.md", "embargoed.md", "longer.md"] == [each.path for each in ledger.waiting(NOON, 9)]
    assert ["held.md"] == [each.path for each in ledger.waiting(NOON, 1)]


def test_the_deliveries_of_what_makes_several_feeds_are_found_by_its_name(ledger: Ledger, outbox: SqlOutbox) -> None:
    feeds = ("category/news", "category/sport", "category:sitemap", "categories", "main")
    owed = tuple(Announcement(target=HUB, topic=feed, digest="d", feed=feed) for feed in feeds)
    ledger.record(Publication(announcements=owed), NOON)

    assert list(feeds[:3]) == [each.feed for each in outbox.deliveries(Wanted(feed="category"))]
    assert ["category/news"] == [each.feed for each in outbox.deliveries(Wanted(feed="category/news"))]


def test_a_delivery_is_claimed_by_one_worker_until_its_lease_runs_out(ledger: Ledger, outbox: SqlOutbox) -> None:
    owe(ledger)

    assert 1 == len(outbox.claim_deliveries(NOON, 10, LEASE))
    assert () == outbox.claim_deliveries(NOON + LEASE / 2, 10, LEASE)
    assert NOON + LEASE == outbox.next_due()
    assert 1 == len(outbox.claim_deliveries(NOON + LEASE, 10, LEASE))


def test_the_leases_of_a_dead_worker_are_lifted(database: Database, ledger: Ledger, outbox: SqlOutbox) -> None:
    owe(ledger)
    outbox.claim_deliveries(NOON, 10, LEASE)

    lift_leases(database)

    assert 1 == len(outbox.claim_deliveries(NOON, 10, LEASE))


def test_what_is_delivered_is_not_owed_any_more(ledger: Ledger, outbox: SqlOutbox) -> None:
    owe(ledger)
    (delivery,) = outbox.claim_deliveries(NOON, 10, LEASE)

    outbox.settle(settled(delivery), NOON)

    assert () == outbox.deliveries()
    assert outbox.next_due() is None


def test_the_newest_version_wins_over_what_comes_late_for_an_older_one(ledger: Ledger, outbox: SqlOutbox) -> None:
    owe(ledger)
    (old,) = outbox.claim_deliveries(NOON, 10, LEASE)
    owe(ledger, "d2", NOON + timedelta(seconds=1))

    outbox.settle(settled(old), NOON + timedelta(seconds=2))
    outbox.settle(settled(old, "pending", NOON + timedelta(days=1), "late"), NOON)
    outbox.settle(settled(old, "given up", NOON, "late"), NOON)

    (new,) = outbox.deliveries()
    assert ("d2", 0, "pending", NOON + timedelta(seconds=1)) == (new.digest, new.attempts, new.status, new.due)


def test_a_postponed_delivery_waits_and_counts(ledger: Ledger, outbox: SqlOutbox) -> None:
    owe(ledger)
    (delivery,) = outbox.claim_deliveries(NOON, 10, LEASE)

    outbox.settle(settled(delivery, "pending", NOON + timedelta(minutes=5), "503"), NOON)

    assert () == outbox.claim_deliveries(NOON + timedelta(minutes=4), 10, LEASE)
    (again,) = outbox.claim_deliveries(NOON + timedelta(minutes=5), 10, LEASE)
    assert (1, "503", NOON) == (again.attempts, again.error, again.since)


def test_a_delivery_given_up_is_visible_and_a_new_version_starts_afresh(ledger: Ledger, outbox: SqlOutbox) -> None:
    owe(ledger)
    (delivery,) = outbox.claim_deliveries(NOON, 10, LEASE)
    outbox.settle(settled(delivery, "given up", NOON, "410"), NOON)

    assert ["given up"] == [d.status for d in outbox.deliveries()]
    assert outbox.next_due() is None
    owe(ledger, "d2")
    assert ["pending"] == [d.status for d in outbox.deliveries()]


def test_what_is_owed_to_a_target_that_is_configured_no_more_is_forgotten_by_kind(
    ledger: Ledger, outbox: SqlOutbox
) -> None:
    owed = tuple(
        Announcement(kind=kind, target=target, topic=TOPIC, digest="d1", body=write(NOTICE)[1])
        for kind in DeliveryKind
        for target in ("https://a.example/", "https://b.example/")
    )
    ledger.record(Publication(announcements=owed), NOON)

    outbox.keep_targets({DeliveryKind.HUB: ["https://a.example/"], DeliveryKind.WEBHOOK: ["https://b.example/"]})

    assert [("hub", "https://a.example/"), ("webhook", "https://b.example/")] == [
        (delivery.kind.value, delivery.target) for delivery in outbox.deliveries()
    ]
    outbox.keep_targets({})
    assert () == outbox.deliveries()


@pytest.mark.parametrize("status", ["pending", "given up", "done"])
def test_a_message_takes_in_the_one_before_unless_that_was_heard(
    ledger: Ledger, outbox: SqlOutbox, status: str
) -> None:
    def tell(*names: str) -> None:
        message, body = write(replace(NOTICE, added=tuple(ToldEntry(id=name) for name in names)))
        hook = Announcement(kind=DeliveryKind.WEBHOOK, target=HUB, topic="main", feed="main", digest=message, body=body)
        ledger.record(Publication(announcements=(hook,), dropped_documents=("feed.xml",)), NOON)

    ledger.record(Publication(documents=(DOCUMENT,)), NOON)
    tell("a")
    (first,) = outbox.deliveries()
    if status != "pending":
        outbox.settle(settled(first, status, NOON, "410"), NOON)
    tell("b")

    (second,) = outbox.deliveries()
    told = orjson.loads(second.body)
    assert (["b"] if status == "done" else ["b", "a"]) == [entry["id"] for entry in told["entries"]["added"]]
    assert (told["id"], "pending", 0, "") == (second.digest, second.status, second.attempts, second.error)
    assert first.id != second.id


def test_a_removed_document_and_a_removed_hub_are_owed_nothing(ledger: Ledger, outbox: SqlOutbox) -> None:
    ledger.record(
        Publication(documents=(DOCUMENT,), announcements=(Announcement(target=HUB, topic=TOPIC, digest="d1"),)), NOON
    )
    ledger.record(Publication(dropped_documents=("feed.xml",)), NOON)
    assert () == outbox.deliveries()

    owe(ledger)
    outbox.keep_targets({DeliveryKind.HUB: ["https://other.example/"]})
    assert () == outbox.deliveries()


def test_a_question_that_was_put_off_by_a_clock_that_ran_ahead_is_asked(database: Database, ledger: Ledger) -> None:
    desk = SqlImageDesk(database)
    dues = {"a": NOON + timedelta(days=365), "b": NOON + timedelta(days=1)}
    asked = tuple(ImageAnswer(url=url, facts=ImageFacts(), status="failed", due=due) for url, due in dues.items())
    ledger.remember(LedgerChange(images=asked))

    assert ["a"] == [question.url for question in desk.claim_images(NOON, 10, LEASE)]


def test_a_question_about_an_image_is_claimed_once_and_its_answer_kept(database: Database, ledger: Ledger) -> None:
    desk = SqlImageDesk(database)
    url = "https://images.example/a.jpg"
    ledger.remember(LedgerChange(images=(ImageAnswer(url=url, facts=ImageFacts(), status="asked", due=NOON),)))

    (question,) = desk.claim_images(NOON, 10, LEASE)
    assert () == desk.claim_images(NOON, 10, LEASE)
    answer = replace(question, status="known", facts=ImageFacts(type="image/jpeg", length=9), due=None)
    desk.answer_image(answer)

    assert {url: answer} == ledger.images([url])
    assert desk.next_image_due() is None


def test_a_fresh_database_has_the_tables_that_the_migrations_make(tmp_path: Path) -> None:
    fresh = open_database(f"sqlite:///{tmp_path}/fresh.db", tmp_path)
    migrated = Database(f"sqlite:///{tmp_path}/migrated.db")
    upgrade(migrated, None)

    def shape(database: Database) -> dict[str, object]:
        look = inspect(database.engine)
        return {
            table: (
                sorted((c["name"], str(c["type"]), c["nullable"]) for c in look.get_columns(table)),
                look.get_pk_constraint(table)["constrained_columns"],
                look.get_foreign_keys(table),
                sorted((i["name"] or "", i["column_names"]) for i in look.get_indexes(table)),
                look.get_unique_constraints(table),
            )
            for table in look.get_table_names()
        }

    with migrated.read() as connection:
        assert HEAD == connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    assert shape(fresh) == shape(migrated)
    fresh.close()
    migrated.close()


def test_feeds_and_documents_of_the_first_tables_have_no_tombstones_and_are_no_pages(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/state.db")
    with database.write() as connection:
        config = history_of(database, None)
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            text("INSERT INTO feeds (name, id, updated, settings, members) VALUES ('main', 'urn:x', 0, 's', :members)"),
            {"members": b"[]"},
        )
        connection.execute(
            text("INSERT INTO documents VALUES ('feed.xml', 'u', 'main', 'rss', 'd', 's', 'v', 0, 'm', :hubs)"),
            {"hubs": b"[]"},
        )
    migrate(database)

    assert () == SqlLedger(database).feeds()["main"].tombstones
    assert {"feed.xml": 0} == {path: document.page for path, document in SqlLedger(database).documents().items()}
    assert {} == SqlLedger(database).pages()
    database.close()


def test_a_database_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/state.db"
    open_database(url, tmp_path).close()
    with sqlite3.connect(tmp_path / "state.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()

    with pytest.raises(StateError, match="9999"):
        open_database(url, tmp_path)


@pytest.mark.parametrize("rubbish", [b"this is no database, but long enough to be looked at" * 100])
def test_a_file_that_is_no_database_is_said_to_be_none_and_left_alone(tmp_path: Path, rubbish: bytes) -> None:
    (tmp_path / "state.db").write_bytes(rubbish)

    with pytest.raises(StateError, match="not a database"):
        open_database(f"sqlite:///{tmp_path}/state.db", tmp_path)

    assert rubbish == (tmp_path / "state.db").read_bytes()


def test_a_damaged_database_is_said_to_be_damaged(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/state.db"
    database = open_database(url, tmp_path)
    SqlLedger(database).remember(LedgerChange(posts=tuple(RECORD._replace(path=f"{n}.md") for n in range(2_000))))
    database.close()
    data = bytearray((tmp_path / "state.db").read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    (tmp_path / "state.db").write_bytes(data)

    with pytest.raises(StateError, match="damaged"):
        SqlLedger(open_database(url, tmp_path)).posts()


def test_a_database_locked_by_another_process_is_waited_for_and_then_named(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path}/state.db", tmp_path).close()
    database = Database(f"sqlite:///{tmp_path}/state.db", busy=0.1)
    other = sqlite3.connect(tmp_path / "state.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(StateError, match="another process is writing"):
            SqlLedger(database).remember(LedgerChange(posts=(RECORD,)))
    finally:
        other.close()
        database.close()


def test_a_second_writer_is_refused_and_the_first_is_named(tmp_path: Path) -> None:
    code = textwrap.dedent(
        f"""
        import sys
        from pathlib import Path
        from syndicator.state.lock import only_writer
        with only_writer(Path({str(tmp_path / "state.db")!r})):
            print("held", flush=True)
            sys.stdin.read()
        """
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout is not None
        assert b"held\n" == first.stdout.readline()
        with pytest.raises(StateError, match=f"process {first.pid}"), only_writer(tmp_path / "state.db"):
            pass
        first.kill()
        first.wait()
    with only_writer(tmp_path / "state.db"):
        pass


# --- a look that changes nothing ----------------------------------------------------------------------------------


def on_disk(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file and folder with its size and when it last changed."""
    everything = (folder, *folder.rglob("*"))
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(everything)}


def seen(database: Database | None) -> list[str]:
    assert database is not None
    try:
        return sorted(SqlLedger(database).posts())
    finally:
        database.close()


@contextmanager
def somebody_else() -> Iterator[None]:
    """As a user who owns nothing here; as ourselves where we are not root."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter, which those that pytest makes are not."""
    folder = Path(tempfile.mkdtemp())
    try:
        folder.chmod(0o755)
        yield folder
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


def kept(folder: Path) -> Database:
    database = open_database(f"sqlite:///{folder}/state.db", folder)
    SqlLedger(database).remember(LedgerChange(posts=(RECORD,)))
    return database


def test_a_look_at_a_state_that_rests_leaves_everything_on_disk_as_it_is(tmp_path: Path) -> None:
    kept(tmp_path).close()
    before = on_disk(tmp_path)

    assert ["_posts/a.md"] == seen(open_to_read(tmp_path / "state.db"))
    assert before == on_disk(tmp_path)


def test_a_look_beside_a_writer_sees_what_it_has_stored(tmp_path: Path) -> None:
    writer = kept(tmp_path)
    assert (tmp_path / "state.db-wal").exists()

    assert ["_posts/a.md"] == seen(open_to_read(tmp_path / "state.db"))
    writer.close()


def test_a_look_after_a_kill_sees_what_is_in_the_log_alone(tmp_path: Path) -> None:
    writer = kept(tmp_path)
    after = tmp_path / "after"
    after.mkdir()
    for name in ("state.db", "state.db-wal"):
        shutil.copy(tmp_path / name, after / name)
    writer.close()

    assert ["_posts/a.md"] == seen(open_to_read(after / "state.db"))


def test_a_state_in_a_folder_that_may_not_be_written_to_can_be_looked_at(open_folder: Path) -> None:
    kept(open_folder).close()
    open_folder.chmod(0o555)

    with somebody_else():
        assert ["_posts/a.md"] == seen(open_to_read(open_folder / "state.db"))


def test_a_log_that_may_not_be_read_is_said_plainly(open_folder: Path) -> None:
    writer = kept(open_folder)
    after = open_folder / "after"
    after.mkdir()
    for name in ("state.db", "state.db-wal"):
        shutil.copy(open_folder / name, after / name)
    writer.close()
    (after / "state.db-wal").chmod(0o000)
    after.chmod(0o555)

    with somebody_else(), pytest.raises(StateError, match="may not read what lies beside it; ask as the user that"):
        open_to_read(after / "state.db")
    after.chmod(0o755)


def test_a_state_that_may_not_be_read_is_said_plainly(open_folder: Path) -> None:
    kept(open_folder).close()
    (open_folder / "state.db").chmod(0o000)

    with somebody_else(), pytest.raises(StateError, match=r"cannot be read \(Permission denied\)"):
        open_to_read(open_folder / "state.db")


def test_where_there_is_no_state_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    assert open_to_read(tmp_path / "none" / "state.db") is None
    assert {} == SqlLedger(open_nothing()).posts()
    assert [] == list(tmp_path.iterdir())


def test_what_is_looked_at_cannot_be_written_to(tmp_path: Path) -> None:
    kept(tmp_path).close()
    looked_at = open_to_read(tmp_path / "state.db")
    assert looked_at is not None

    for database in (looked_at, open_nothing()):
        with pytest.raises(StateError, match="may not be written to"):
            SqlLedger(database).remember(LedgerChange(posts=(RECORD._replace(path="_posts/b.md"),)))
        database.close()


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", "version 9999, which this program does not know"),
        ("DROP TABLE alembic_version", "older than this program; run 'syndicator build' or 'syndicator run'"),
    ],
)
def test_a_look_migrates_nothing_and_says_which_program_the_state_needs(
    tmp_path: Path, statement: str, message: str
) -> None:
    kept(tmp_path).close()
    with sqlite3.connect(tmp_path / "state.db") as connection:
        connection.execute(statement)
    connection.close()
    before = on_disk(tmp_path)

    with pytest.raises(StateError, match=message):
        open_to_read(tmp_path / "state.db")

    assert before == on_disk(tmp_path)


@pytest.mark.parametrize(
    ("data", "message"), [(b"", "nothing in it yet"), (b"this is no database, but long enough" * 100, "not a database")]
)
def test_a_look_at_what_is_no_state_says_so_and_leaves_it_alone(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "state.db").write_bytes(data)

    with pytest.raises(StateError, match=message):
        open_to_read(tmp_path / "state.db")

    assert data == (tmp_path / "state.db").read_bytes()


def test_a_copy_made_while_somebody_begins_to_write_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(tmp_path).close()
    connect, writers = module._connect, []

    def beside_a_beginner(file: Path, how: str) -> sqlite3.Connection:
        if "immutable" in how:
            writer = open_database(f"sqlite:///{file}", tmp_path)
            SqlLedger(writer).remember(LedgerChange(posts=(RECORD._replace(path="_posts/b.md"),)))
            writers.append(writer)
        return connect(file, how)

    monkeypatch.setattr(module, "_connect", beside_a_beginner)

    assert ["_posts/a.md", "_posts/b.md"] == seen(open_to_read(tmp_path / "state.db"))
    for writer in writers:
        writer.close()


def test_somebody_elses_writing_is_noticed_once(database: Database, ledger: Ledger, tmp_path: Path) -> None:
    other = Database(f"sqlite:///{tmp_path}/state.db")
    assert not database.written_meanwhile()
    ledger.posts()
    assert not database.written_meanwhile()

    owe(SqlLedger(other))

    assert [True, False] == [database.written_meanwhile(), database.written_meanwhile()]
    other.close()


def everything(ledger: Ledger) -> tuple[object, ...]:
    """All that a ledger answers to whoever asks for these two posts and their image."""
    return (
        ledger.refusals(),
        ledger.feeds(),
        list(ledger.documents().items()),
        ledger.entry_records(),
        ledger.entries([RECORD.path, "z.md"]),
        ledger.images(["https://x.example/a.png", "https://x.example/z.png"]),
    )


def test_what_is_kept_in_memory_is_what_the_database_says(database: Database) -> None:
    """After each kind of change, asked before and after it; also when a change failed half-way."""
    kept = KeptLedger(SqlLedger(database))
    desk = TellingDesk(SqlImageDesk(database), kept.told)
    refusal = Refusal(path="_posts/b.md", version="v", reason="bad", since=NOON)
    asked = ImageAnswer(url="https://x.example/a.png", facts=ImageFacts(), status="asked", due=NOON)
    other = replace(STORED, record=replace(STORED.record, key="k2"), entry=replace(ENTRY, title="Other"))
    moved = RECORD._replace(path="z.md")
    feed = FeedRecord(name="main", id="i", updated=NOON)
    broken = replace(DOCUMENT, path="broken.xml", digest=cast("str", None))
    changes: tuple[Callable[[], None], ...] = (
        lambda: kept.remember(LedgerChange(posts=(RECORD,), refused=(refusal,), images=(asked,), entries=(STORED,))),
        lambda: kept.remember(LedgerChange(entries=(other,), cleared=(refusal.path,))),
        lambda: desk.answer_image(replace(asked, status="known", facts=ImageFacts(type="image/png"))),
        lambda: kept.remember(LedgerChange(posts=(moved,), moved=(RECORD.path,))),
        lambda: kept.remember(LedgerChange(entries=(replace(other, record=replace(other.record, path="z.md")),))),
        lambda: kept.record(Publication(feeds=(feed,), documents=(replace(DOCUMENT, path="z.xml"), DOCUMENT)), NOON),
        lambda: kept.record(Publication(documents=(replace(DOCUMENT, digest="d2"), broken)), NOON),
        lambda: kept.record(Publication(documents=(replace(DOCUMENT, digest="d2"),)), NOON),
        lambda: kept.remember(LedgerChange(dropped_images=(asked.url,))),
        lambda: kept.record(Publication(dropped_feeds=("main",), dropped_documents=("z.xml",)), NOON),
        lambda: kept.record(Publication(dropped_entries=("z.md",)), NOON),
    )
    said = [everything(kept)]
    for change in changes:
        with suppress(StateError):
            change()
        said.append(everything(kept))

        assert said[-1] == everything(kept) == everything(SqlLedger(database))

    assert 1 + len(changes) - 1 == len({repr(one) for one in said})  # all told but the one that failed


def test_what_is_read_while_somebody_writes_is_not_kept(database: Database) -> None:
    class Slow(SqlLedger):
        def images(self, urls: Collection[str]) -> dict[str, ImageAnswer]:
            found = super().images(urls)
            desk.answer_image(known)
            return found

    known = ImageAnswer(url="https://x.example/a.png", facts=ImageFacts(type="image/png"), status="known")
    kept = KeptLedger(Slow(database))
    desk = TellingDesk(SqlImageDesk(database), kept.told)

    assert {} == kept.images([known.url])
    assert {known.url: known} == kept.images([known.url])


def test_only_so_many_rows_are_kept_and_the_others_are_read_again(database: Database) -> None:
    kept = KeptLedger(SqlLedger(database))
    posts = [RECORD._replace(path=f"{number}.md") for number in range(1_101)]
    kept.remember(LedgerChange(posts=tuple(posts)))
    stored = tuple(replace(STORED, record=EntryRecord(path=p.path, key="k")) for p in posts)
    kept.remember(LedgerChange(entries=stored))

    assert 1_101 == len(kept.entries([p.path for p in posts])) == len(kept.entry_records())


def test_what_readers_may_have_seen_is_on_the_disk_before_a_pass_goes_on(database: Database) -> None:
    """Ids, pages, held feeds and publications are synced at once; entries, answers and notes with the next of these."""
    synced: list[bool] = []

    @event.listens_for(database.engine, "commit")
    def _(connection: Connection) -> None:
        synced.append(connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2)

    ledger = SqlLedger(database)
    ledger.remember(LedgerChange(posts=(RECORD,)))
    ledger.remember(LedgerChange(entries=(STORED,)))
    ledger.record(Publication(documents=(DOCUMENT,)), NOON)
    ledger.note_pass(
        PassRecord(at=NOON, seconds=1.5, posts=1, live=1, feeds=1, documents=3, written=1, refused=1, orders="o")
    )
    ledger.remember(LedgerChange(pages=(PageRecord(feed="main", number=1, members=("a",), content="c", updated=NOON),)))

    assert [True, False, True, False, True] == synced
