"""``syndicator run``: changes show up, hubs hear, readers are served, and it stops when told."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import feedparser

from tests.loopback_hub import LoopbackHub
from tests.newsroom import COMMAND, Newsroom, eventually

SOON = 2.0


def served(newsroom: Newsroom) -> list[str]:
    """Titles in the JSON feed over HTTP."""
    return [item["title"] for item in json.loads(newsroom.get("feed.json")[2])["items"]]


def rows(newsroom: Newsroom, query: str) -> list[tuple[object, ...]]:
    """What the state says."""
    with closing(sqlite3.connect(newsroom.root / "state.db")) as state:
        return state.execute(query).fetchall()


def self_link(document: bytes) -> str:
    """Where RSS or Atom says that it is."""
    (link,) = [one for one in feedparser.parse(document).feed.links if one.rel == "self"]
    return str(link.href)


def attempts(newsroom: Newsroom) -> list[object]:
    """How often each announcement that is owed was tried."""
    return [count for (count,) in rows(newsroom, "SELECT attempts FROM deliveries")]


def has_a_date_to_ask_by(newsroom: Newsroom, name: str) -> bool:
    """Whether Last-Modified, sent back, is answered with 304."""
    date = newsroom.get(name)[1]["Last-Modified"]
    return newsroom.get(name, If_Modified_Since=date)[0] == 304


def wait_is_over(newsroom: Newsroom) -> None:
    """Let the time pass after which hubs are tried again: what is owed is due."""
    with closing(sqlite3.connect(newsroom.root / "state.db")) as state, state:
        state.execute("UPDATE deliveries SET due = 0, leased_until = NULL")
        state.execute("DELETE FROM hosts")


def test_a_post_added_edited_renamed_and_removed_shows_up_within_two_seconds_and_the_hub_hears_of_what_changed(
    newsroom: Newsroom,
) -> None:
    hub = LoopbackHub()
    with hub.listening():
        newsroom.settings = f'\n[[hubs]]\nurl = "{hub.url}"\n'
        newsroom.configure()
        newsroom.post("2026-01-01-a.md", title="Alpha", category="News")
        newsroom.post("2026-01-02-b.md", title="Beta", category="Culture")
        base = f"http://127.0.0.1:{newsroom.port}/"
        hub.look = lambda topic: newsroom.get(topic.removeprefix(base))[2]
        wanted = sorted(base + name for name in ("atom.xml", "category/news.xml", "feed.json", "feed.xml"))
        with newsroom.running():
            eventually(lambda: sorted(hub.topics) == sorted([*wanted, base + "category/culture.xml"]))
            first = {item["title"]: item["id"] for item in newsroom.items()}
            hub.heard.clear()

            newsroom.post("2026-01-03-c.md", title="Gamma", category="News")
            eventually(lambda: served(newsroom) == newsroom.titles() == ["Gamma", "Beta", "Alpha"], within=SOON)
            eventually(lambda: sorted(hub.topics) == wanted)
            assert all(b"Gamma" in body for _, body in hub.heard if isinstance(body, bytes))
            hub.heard.clear()

            newsroom.post("2026-01-03-c.md", "Other words.", title="Gamma", category="News")
            eventually(lambda: "Other words." in newsroom.get("feed.json")[2].decode(), within=SOON)
            eventually(lambda: sorted(hub.topics) == wanted)
            hub.heard.clear()

            posts = newsroom.root / "content/_posts"
            (posts / "2026-01-02-b.md").rename(posts / "2026-01-02-bee.md")
            eventually(lambda: "/bee.html" in newsroom.get("feed.json")[2].decode(), within=SOON)
            assert first["Beta"] in {item["id"] for item in newsroom.items()}
            culture = sorted(base + name for name in ("atom.xml", "category/culture.xml", "feed.json", "feed.xml"))
            eventually(lambda: sorted(hub.topics) == culture)
            hub.heard.clear()

            (posts / "2026-01-01-a.md").unlink()
            eventually(lambda: served(newsroom) == newsroom.titles() == ["Gamma", "Beta"], within=SOON)
            eventually(lambda: sorted(hub.topics) == wanted)
            assert hub.forms[-1]["hub.url"] == hub.forms[-1]["hub.topic"]
            assert ["publish"] == hub.forms[-1]["hub.mode"]


def test_feeds_are_served_with_their_types_validators_and_links(newsroom: Newsroom) -> None:
    newsroom.settings = '\n[[hubs]]\nurl = "http://127.0.0.1:9/"\n'
    newsroom.configure()
    newsroom.post("2026-01-01-a.md", title="Alpha", category="News")
    types = {
        "feed.xml": "application/rss+xml; charset=utf-8",
        "atom.xml": "application/atom+xml; charset=utf-8",
        "feed.json": "application/feed+json",
    }
    with newsroom.running():
        for name, media_type in types.items():
            status, headers, body = newsroom.get(name)
            assert (200, media_type) == (status, headers["Content-Type"])
            assert newsroom.files()[name] == body
            assert f'<http://127.0.0.1:{newsroom.port}/{name}>; rel="self"' in headers["Link"]
            assert '<http://127.0.0.1:9/>; rel="hub"' in headers["Link"]
            assert 304 == newsroom.get(name, If_None_Match=headers["ETag"])[0]
            # The second in which a document was written is not over at once: until then its date promises nothing.
            eventually(partial(has_a_date_to_ask_by, newsroom, name))
            headers = newsroom.get(name)[1]
        assert 200 == newsroom.get("livez")[0] == newsroom.get("readyz?verbose")[0] == newsroom.get("")[0]
        assert 404 == newsroom.get("nothing.xml")[0]
        assert b"The Example" in newsroom.get("")[2]
        parsed = feedparser.parse(newsroom.get("atom.xml")[2])
        assert not parsed.bozo
    with newsroom.running():
        assert headers["ETag"] == newsroom.get("feed.json")[1]["ETag"]
        assert headers["Last-Modified"] == newsroom.get("feed.json")[1]["Last-Modified"]


def test_an_embargo_ends_without_anybody_touching_a_file(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha")
    began = time.time()
    newsroom.build()
    left = 2 + 4 * (time.time() - began)  # time to start, on a busy machine too
    soon = time.time() + left
    newsroom.post("2026-01-02-b.md", title="Beta", date=time.strftime("%Y-%m-%d %H:%M:%S +0000", time.gmtime(soon)))
    with newsroom.running():
        assert ["Alpha"] == newsroom.titles()
        eventually(lambda: newsroom.titles() == ["Beta", "Alpha"], within=left + 5)

        assert time.time() >= int(soon)


@contextmanager
def closed_terminals(are: signal.Handlers) -> Iterator[None]:
    """Whoever is started meanwhile takes them so, whether or not these tests themselves do."""
    before = signal.signal(signal.SIGHUP, are)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


def test_sigterm_ends_it_with_status_0_and_ctrl_c_and_a_closed_terminal_too(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha")
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        with closed_terminals(signal.SIG_DFL), newsroom.running() as process:
            began = time.monotonic()
            process.send_signal(number)

            assert 0 == process.wait(10)
            assert time.monotonic() - began < 10


def test_where_a_closed_terminal_is_to_be_ignored_it_is(newsroom: Newsroom) -> None:
    """As with nohup."""
    newsroom.post("2026-01-01-a.md", title="Alpha")
    with closed_terminals(signal.SIG_IGN), newsroom.running() as process:
        process.send_signal(signal.SIGHUP)
        newsroom.post("2026-01-02-b.md", title="Beta")
        eventually(lambda: newsroom.titles() == ["Beta", "Alpha"])
        process.terminate()

        assert 0 == process.wait(10)


def test_a_second_signal_stops_at_once(newsroom: Newsroom) -> None:
    hub = LoopbackHub()
    with hub.listening():
        hub.look = lambda _: time.sleep(8)
        newsroom.settings = f'\n[[hubs]]\nurl = "{hub.url}"\n'
        newsroom.configure()
        newsroom.post("2026-01-01-a.md", title="Alpha")
        with newsroom.running() as process:
            eventually(lambda: bool(hub.forms))
            process.send_signal(signal.SIGTERM)
            eventually(lambda: "stopping" in newsroom.log())
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)

            assert process.wait(5) != 0
            assert time.monotonic() - began < 2


def test_a_port_in_use_is_said_and_nothing_is_lost(newsroom: Newsroom, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Newsroom(tmp_path / "other", port=newsroom.port)
    newsroom.post("2026-01-01-a.md", title="Alpha")
    with newsroom.running():
        done = other.command("run")

        assert 1 == done.returncode
        assert f"127.0.0.1:{newsroom.port}" in done.stderr
        assert "in use" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_second_service_on_one_state_is_refused_and_the_first_is_named(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha")
    with newsroom.running() as process:
        for command in ("run", "build"):
            done = newsroom.command(command)

            assert 1 == done.returncode
            assert str(process.pid) in done.stderr
        assert 0 == newsroom.command("status").returncode


def test_a_hub_that_is_down_is_told_when_it_is_back_though_the_service_was_restarted(newsroom: Newsroom) -> None:
    hub = LoopbackHub(status=503)
    with hub.listening():
        newsroom.settings = f'\n[[hubs]]\nurl = "{hub.url}"\n'
        newsroom.configure()
        newsroom.post("2026-01-01-a.md", title="Alpha", category="News")
        with newsroom.running():
            eventually(lambda: attempts(newsroom) == [1] * 4)
        owed = newsroom.command("status").stdout
        assert "owed       4 deliveries" in owed
        assert "503" in owed
        assert [] == hub.heard

        wait_is_over(newsroom)
        hub.status = 204
        base = f"http://127.0.0.1:{newsroom.port}/"
        hub.look = lambda topic: newsroom.get(topic.removeprefix(base))[2]
        with newsroom.running():
            eventually(lambda: attempts(newsroom) == [])

        assert [base + name for name in ("atom.xml", "category/news.xml", "feed.json", "feed.xml")] == sorted(
            hub.topics
        )
        assert {topic.removeprefix(base): seen for topic, seen in hub.heard} == newsroom.files()
        assert "owed       0 deliveries" in newsroom.command("status").stdout


def test_what_is_switched_off_is_not_done_though_it_is_owed_from_before(newsroom: Newsroom) -> None:
    hub = LoopbackHub(status=503)
    with hub.listening():
        hubs = f'\n[[hubs]]\nurl = "{hub.url}"\n'
        newsroom.settings = hubs
        newsroom.configure()
        newsroom.post("2026-01-01-a.md", title="Alpha", image="http://127.0.0.1:9/a.jpg")
        newsroom.build()
        owed = attempts(newsroom)
        assert [1] * 3 == owed
        assert [("asked", 0)] == rows(newsroom, "SELECT status, attempts FROM images")

        wait_is_over(newsroom)
        hub.status = 204
        newsroom.settings = f"{hubs}\n[announce]\nenabled = false\n\n[images]\nask = false\n"
        newsroom.configure()
        with newsroom.running():
            newsroom.post("2026-01-02-b.md", title="Beta")
            eventually(lambda: served(newsroom) == ["Beta", "Alpha"])

        assert [] == hub.heard
        assert owed == attempts(newsroom)
        assert [("asked", 0)] == rows(newsroom, "SELECT status, attempts FROM images")

        newsroom.settings = hubs
        newsroom.configure()
        with newsroom.running():
            eventually(lambda: attempts(newsroom) == [])
            eventually(lambda: rows(newsroom, "SELECT attempts FROM images") == [(1,)])


def test_it_stops_in_time_though_the_state_is_locked(newsroom: Newsroom) -> None:
    hub = LoopbackHub()
    other = partial(sqlite3.connect, newsroom.root / "state.db", isolation_level=None, check_same_thread=False)
    with hub.listening(), closing(other()) as state:
        newsroom.settings = f'\n[[hubs]]\nurl = "{hub.url}"\n\n[run]\nstop_within = "500ms"\n'
        newsroom.configure()
        newsroom.post("2026-01-01-a.md", title="Alpha")
        one_at_a_time = threading.Lock()

        def lock(_: str) -> None:
            """That a hub was told cannot be written down: the thread that tries to hangs for seconds."""
            with one_at_a_time:
                if not state.in_transaction:
                    state.execute("BEGIN IMMEDIATE")

        hub.look = lock
        with newsroom.running() as process:
            eventually(lambda: bool(hub.heard))
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)

            assert 0 == process.wait(10)
            assert time.monotonic() - began < SOON
    assert "work cut off" in newsroom.log()
    assert "Traceback" not in newsroom.log()
    assert [0, 0, 0] == attempts(newsroom), "what was not written down is owed"


def test_documents_and_state_below_the_posts_do_not_wake_it_for_ever(newsroom: Newsroom) -> None:
    settings = (newsroom.root / "syndicator.toml").read_text()
    content = newsroom.root / "content"
    settings = settings.replace('to = "public"', 'to = "content/public"')
    (newsroom.root / "syndicator.toml").write_text(settings.replace("sqlite:///", "sqlite:///content/"))
    newsroom.post("2026-01-01-a.md", title="Alpha")
    with newsroom.running():
        newsroom.post("2026-01-02-b.md", title="Beta")
        eventually(lambda: "Beta" in (content / "public/feed.json").read_text(), within=SOON)

    assert newsroom.log().count("feeds published") == 2


def test_the_content_folder_may_go_and_come_back(newsroom: Newsroom) -> None:
    for number in range(3):
        newsroom.post(f"2026-01-0{number + 1}-a.md", title=f"Alpha {number}")
    content = newsroom.root / "content"
    with newsroom.running():
        before = newsroom.files()
        content.rename(newsroom.root / "away")
        eventually(lambda: b"source" in newsroom.get("readyz?verbose")[2])
        assert 200 == newsroom.get("feed.xml")[0]
        assert before == newsroom.files()
        (newsroom.root / "away").rename(content)
        newsroom.post("2026-01-09-b.md", title="Beta")
        eventually(lambda: "Beta" in newsroom.titles())
        eventually(lambda: b"source" not in newsroom.get("readyz?verbose")[2])


def test_a_burst_of_500_saves_makes_two_passes_at_most_and_hubs_hear_of_each_topic_as_often(newsroom: Newsroom) -> None:
    """websub-8."""
    with LoopbackHub().listening() as hub:
        newsroom.settings = f'\n[[hubs]]\nurl = "{hub.url}"\n'
        newsroom.configure()
        newsroom.post("2026-01-01-a.md", title="Alpha")
        with newsroom.running():
            eventually(lambda: len(hub.heard) == 3)
            for number in range(500):
                newsroom.post(f"2026-02-01-p{499 - number:03d}.md", title=f"Post {number}")
            eventually(lambda: served(newsroom)[0] == "Post 499")
            eventually(lambda: attempts(newsroom) == [])

        assert 50 == len(newsroom.items())
    assert newsroom.log().count("feeds published") <= 1 + 2
    assert len(hub.heard) <= 3 * (1 + 2)


def test_a_topic_has_one_spelling_everywhere_all_hubs_hear_of_it_and_where_it_moved_to(newsroom: Newsroom) -> None:
    """websub-3, websub-4, websub-6, websub-9."""
    spelled = f"http://localhost:{newsroom.port}/News/"
    toml = newsroom.root / "syndicator.toml"
    newsroom.post("2026-01-01-a.md", title="Alpha")
    with LoopbackHub().listening() as one, LoopbackHub().listening() as other:
        newsroom.settings = f'\n[[hubs]]\nurl = "{one.url}"\n\n[[hubs]]\nurl = "{other.url}"\n'
        newsroom.configure()
        written = toml.read_text().replace(
            f"http://127.0.0.1:{newsroom.port}/", f"HTTP://LocalHost:{newsroom.port}/News"
        )
        toml.write_text(written)
        topics = {f"{spelled}{name}" for name in ("feed.xml", "atom.xml", "feed.json")}
        with newsroom.running():
            eventually(lambda: topics == set(one.topics) == set(other.topics))
            for topic in topics:
                _, header, body = newsroom.get(topic.partition(f":{newsroom.port}/")[2])
                links = f'<{one.url}>; rel="hub", <{other.url}>; rel="hub", <{topic}>; rel="self"'
                assert links == header["Link"]
                said = json.loads(body)["feed_url"] if topic.endswith("json") else self_link(body)
                assert topic == said

        toml.write_text(toml.read_text().replace('rss = "feed.xml"', 'rss = "moved.xml"'))
        newsroom.build()

        assert f"{spelled}moved.xml" in set(one.topics[3:]) & set(other.topics[3:])
        assert "feed.xml" not in newsroom.files()


def test_ctrl_c_in_a_build_is_status_130(newsroom: Newsroom) -> None:
    for number in range(3_000):
        (newsroom.root / "content/_posts" / f"2026-01-01-p{number}.md").write_text("---\ntitle: x\n---\nx\n")
    with subprocess.Popen(
        [*COMMAND, "-c", str(newsroom.root / "syndicator.toml"), "build"],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        eventually(lambda: (newsroom.root / "state.db").exists())
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)

    assert 130 == process.returncode, said
    assert b"Traceback" not in said
