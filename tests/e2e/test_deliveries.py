"""``syndicator deliveries``: what is owed is shown, sent again and dropped, with a service and without one."""

from __future__ import annotations

import json
import shutil
import threading
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from syndicator.app import state_to_approve
from syndicator.model import Announcement, DeliveryKind
from syndicator.ports import Publication
from syndicator.settings import load_settings
from tests.loopback_hub import LoopbackHub
from tests.newsroom import Newsroom, eventually

FEEDS = '[[feeds]]\nname = "main"\nrss = "feed.xml"\njson = "feed.json"\n'


def asked(newsroom: Newsroom, *words: str) -> Any:
    """What the command answers to programs."""
    done = newsroom.command("deliveries", *words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def said(newsroom: Newsroom, *words: str, status: int = 0) -> str:
    """What it says to people."""
    done = newsroom.command("deliveries", *words)
    assert done.returncode == status, f"{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    """A newsroom that owes two topics to a hub that nobody listens at any more."""
    with LoopbackHub().listening() as hub:
        url = hub.url
    newsroom = Newsroom(tmp_path_factory.mktemp("owing"), feeds=FEEDS)
    newsroom.settings = f'\n[[hubs]]\nurl = "{url}?token=secret"\n'
    newsroom.configure()
    newsroom.post("2026-01-01-a.md", title="Alpha")
    newsroom.build()
    return newsroom


@pytest.fixture
def owing(before: Newsroom, tmp_path: Path) -> Newsroom:
    """The same for each test."""
    shutil.copytree(before.root, tmp_path, dirs_exist_ok=True)
    return Newsroom(tmp_path, feeds=FEEDS, settings=before.settings, port=before.port)


def test_what_is_owed_is_listed_for_people_and_programs_without_secrets(owing: Newsroom) -> None:
    found = asked(owing)
    lines = said(owing).splitlines()

    assert ["feed.json", "feed.xml"] == sorted(each["topic"].rpartition("/")[2] for each in found["deliveries"])
    (host,) = found["hosts"]
    assert (2, 0, 1) == (host["pending"], host["given_up"], host["pause"]["failures"])
    assert "2 owed, 0 given up" == lines[0]
    assert "left alone until" in lines[1]
    assert "failed once (no connection" in lines[1]
    assert [1, 0] == [each["attempts"] for each in found["deliveries"]]
    assert "1 attempt, next 20" in lines[2]
    assert "secret" not in said(owing) + said(owing, "show", "1") + json.dumps(found) + json.dumps(asked(owing, "list"))


def test_one_asks_for_some_of_them(owing: Newsroom) -> None:
    (host,) = {each["host"] for each in asked(owing)["deliveries"]}
    both = (("--kind", "hub"), ("--host", host), ("--status", "paused"), ("--status", "pending"), ("--feed", "main"))
    none = (("--kind", "webhook"), ("--status", "given-up"), ("--feed", "main/x"))

    for words in both:
        assert 2 == len(asked(owing, *words)["deliveries"]), words
    for words in none:
        assert {"hosts": [], "deliveries": []} == asked(owing, "list", *words), words
    assert "and 1 more (--limit 0 shows all)" in said(owing, "--limit", "1")
    assert "0 owed, 0 given up, and 2 that you did not ask for" in said(owing, "--kind", "webhook")


def test_a_host_or_a_feed_that_nobody_knows_is_a_mistake_that_names_those_there_are(owing: Newsroom) -> None:
    (host,) = {each["host"] for each in asked(owing)["deliveries"]}
    odd = f'--host: nothing matches: "x.example" is the host of no hub, cache or web hook; name one of {host}'

    for words in (("--host", "x.example"), ("list", "--host", "X.example"), ("retry", "--host", "x.example")):
        assert odd in said(owing, *words, status=2), words
    assert '--feed: nothing matches: there is no feed "man"; name one of main' in said(owing, "--feed", "man", status=2)


def test_a_host_that_is_owed_nothing_is_no_mistake_and_said(owing: Newsroom) -> None:
    (host,) = {each["host"] for each in asked(owing)["deliveries"]}
    said(owing, "drop", "1", "2")

    assert f"0 due now, as nothing is owed to {host}" in said(owing, "retry", "--host", host)
    assert "0 due now, as nothing is owed\n" in said(owing, "retry", "--all")
    assert "0 owed, 0 given up\n" == said(owing, "--host", host)
    assert "nothing is dropped, as nothing was given up" in said(owing, "drop", "--given-up")


def test_one_is_shown_whole_with_the_beginning_of_what_is_sent(owing: Newsroom) -> None:
    body = b'{"changed": ["' + "ü".encode() * 3000
    hook = Announcement(
        target="https://partner.example/hook", topic="t", digest="d", kind=DeliveryKind.WEBHOOK, feed="main", body=body
    )
    settings = load_settings(owing.root / "syndicator.toml", {})
    with state_to_approve(settings) as state:
        (pending, *_) = state.outbox.deliveries()
        state.ledger.record(Publication(announcements=(hook,)), pending.since)

    shown = asked(owing, "show", "3")

    assert ("webhook", "main", len(body)) == (shown["kind"], shown["feed"], shown["bytes"])
    assert shown["body"].startswith('{"changed": ["ü')
    assert len(shown["body"]) < 2_001
    assert "partner.example  1 owed" in said(owing, "show", "3")


def test_who_sends_again_what_waits_for_the_world_is_told_so(owing: Newsroom) -> None:
    with state_to_approve(load_settings(owing.root / "syndicator.toml", {})) as state:
        (pending, *_) = state.outbox.deliveries()
        look = Announcement(target="https://x.example/", topic=pending.topic, digest="d", kind=DeliveryKind.VERIFY)
        state.ledger.record(Publication(announcements=(look,)), pending.since)

    assert "1 due now, 1 of them after what goes out first" in said(owing, "retry", str(pending.id))
    assert {"due": 3, "waiting": 1} == asked(owing, "retry", "--all")
    assert ["verify", ""] == [each["waits_for"] for each in asked(owing, "--kind", "hub")["deliveries"]]


def test_what_is_not_there_or_not_meant_is_an_error(owing: Newsroom) -> None:
    assert "delivery 99: there is none" in said(owing, "show", "99", status=1)
    assert "delivery 98, 99: there is none" in said(owing, "retry", "1", "99", "98", status=1)
    assert "delivery 99: there is none" in said(owing, "drop", "99", status=1)
    assert f"delivery {'9' * 30}: there is none" in said(owing, "retry", "1", "9" * 30, status=1)
    assert "name deliveries, or say --all or --host HOST" in said(owing, "retry", status=2)
    assert "only one of these" in said(owing, "retry", "1", "--all", status=2)
    assert "name deliveries, or say --given-up" in said(owing, "drop", status=2)
    assert "valid integer" in said(owing, "drop", "x", status=2)
    assert "--status" in said(owing, "--status", "odd", status=2)
    assert 2 == len(asked(owing)["deliveries"])


def test_what_waits_for_a_hub_that_is_not_configured_any_more_is_forgotten(owing: Newsroom) -> None:
    owing.settings = '\n[[hubs]]\nurl = "http://127.0.0.1:9/other"\n'
    owing.configure()
    owing.command("build", "--no-announce")

    assert {"hosts": [], "deliveries": []} == asked(owing)


def test_what_is_dropped_is_said_and_gone(owing: Newsroom) -> None:
    (host,) = {each["host"] for each in asked(owing)["deliveries"]}

    assert f"1 dropped: {host} will not hear of these versions, only of the next" in said(owing, "drop", "1")
    assert "nothing is dropped" in said(owing, "drop", "--given-up")
    assert [2] == [each["id"] for each in asked(owing)["deliveries"]]


def test_a_host_whose_pause_is_over_is_not_left_alone_any_more(owing: Newsroom) -> None:
    with state_to_approve(load_settings(owing.root / "syndicator.toml", {})) as state:
        now, (pause,) = datetime.now(UTC), state.outbox.pauses()
        state.outbox.settle((), now, pauses=[replace(pause, until=now)])

    assert [] == asked(owing, "--status", "paused")["deliveries"]
    assert f"{pause.host}  2 owed, 0 given up, due now: failed once (no connection" in said(owing)


def test_a_running_service_sends_again_at_a_word(newsroom: Newsroom) -> None:
    hub = LoopbackHub(status=410)
    with hub.listening():
        newsroom.settings = f'\n[[hubs]]\nurl = "{hub.url}"\n'
        newsroom.configure()
        newsroom.post("2026-01-01-a.md", title="Alpha")
        with newsroom.running():
            eventually(lambda: [1] * 3 == [each["attempts"] for each in asked(newsroom)["deliveries"]])
            hub.status = 204
            assert hub.topics == []

            assert "3 due now" in said(newsroom, "retry", "--all")

            eventually(lambda: len(hub.topics) == 3, within=3)
            eventually(lambda: asked(newsroom) == {"hosts": [], "deliveries": []})


def test_without_a_service_a_word_is_kept_for_whoever_sends_next(owing: Newsroom) -> None:
    (host,) = {each["host"] for each in asked(owing)["deliveries"]}

    assert "2 due now" in said(owing, "retry", "--host", host.upper())

    found = asked(owing)
    assert [0, 0] == [each["attempts"] for each in found["deliveries"]]
    assert [None] == [each["pause"] for each in found["hosts"]]
    assert {"due": 1, "waiting": 0} == asked(owing, "retry", "1")


def test_a_kill_in_the_middle_of_three_hundred_deliveries_loses_none(newsroom: Newsroom) -> None:
    """The bench has this with 5,000."""
    go_on, heard = threading.Event(), list[str]()

    def look(topic: str) -> None:
        heard.append(topic)
        if len(heard) > 60:
            go_on.wait(20)

    hubs = [LoopbackHub(look=look) for _ in range(3)]
    topics = {f"https://news.example.org/{number}.xml" for number in range(100)}
    with ExitStack() as stack:
        for hub in hubs:
            stack.enter_context(hub.listening())
        newsroom.settings = "".join(f'\n[[hubs]]\nurl = "{hub.url}"\n' for hub in hubs)
        newsroom.configure()
        newsroom.build()
        owed = tuple(Announcement(target=hub.url, topic=topic, digest="d") for hub in hubs for topic in sorted(topics))
        with state_to_approve(load_settings(newsroom.root / "syndicator.toml", {})) as state:
            state.ledger.record(Publication(announcements=owed), datetime.now(UTC))

        with newsroom.running() as process:
            eventually(lambda: len(heard) > 60)
            process.kill()
            process.wait()
        go_on.set()
        with newsroom.running():
            eventually(lambda: all(topics <= set(hub.topics) for hub in hubs))
            eventually(lambda: asked(newsroom) == {"hosts": [], "deliveries": []})

    assert len(heard) < 300 + 3 * 2 + 64
