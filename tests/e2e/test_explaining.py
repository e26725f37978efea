"""What an operator can ask: ``status`` of a running and of a stopped service, ``why``, the page, and the log."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.loopback_hub import LoopbackHub
from tests.newsroom import Newsroom, eventually

TOKEN = "capability-of-the-hub"
SECRET = "a secret that both sides know"


def status(newsroom: Newsroom) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(newsroom.command("status", "--json").stdout)
    return found


def why(newsroom: Newsroom, post: str, *feed: str) -> str:
    return newsroom.command("why", post, *feed).stdout


def facts(newsroom: Newsroom, post: str) -> dict[str, str]:
    """What ``why`` knows of a post, by name."""
    (one,) = json.loads(newsroom.command("why", post, "--json").stdout)
    return dict(one["facts"])


#: What goes wrong in libraries and is told by Python itself, provoked in the service as soon as it has a log.
FAULTS = f"""
import asyncio, gc, logging, threading, time, warnings

def fall():
    raise RuntimeError("fell over {SECRET}")

async def never_looked_at():
    async def fail():
        fall()
    asyncio.create_task(fail())
    await asyncio.sleep(0)
    await asyncio.sleep(0)

def provoke():
    while not any("ProcessorFormatter" in repr(each.formatter) for each in logging.getLogger().handlers):
        time.sleep(0.01)
    logging.getLogger("uvicorn.error").error("at https://ann:{SECRET}@h.example/?{TOKEN} twice\\nsaid")
    warnings.showwarning("old ways", DeprecationWarning, "x.py", 1)
    asyncio.run(never_looked_at())
    gc.collect()
    fall()

threading.Thread(target=provoke, daemon=True).start()
"""


def test_status_is_complete_while_the_service_runs_and_after_and_its_log_is_json_without_secrets(
    newsroom: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """design.md promise 8: every wait has a reason and a time."""
    hub = LoopbackHub(status=503)
    (tmp_path / "sitecustomize.py").write_text(FAULTS)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with hub.listening():
        newsroom.settings = f'\n[[hubs]]\nurl = "{hub.url}?key={TOKEN}"\n\n[log]\nlevel = "debug"\n'
        newsroom.configure()
        toml = newsroom.root / "syndicator.toml"
        toml.write_text(toml.read_text().replace("[source]\n", f'[source]\nhook_secret = "{SECRET}"\n'))
        newsroom.post("2026-01-01-a.md", title="Alpha", category="News", expires="2036-01-01")
        newsroom.post("2026-01-02-b.md", title="Beta", date="2035-03-01 06:00:00 +0000")
        newsroom.post("2026-01-03-c.md", title="Gamma", date="soon")
        with newsroom.running() as process:
            eventually(lambda: newsroom.log().count("announcement postponed") >= 4)
            things = status(newsroom)
            text = newsroom.command("status").stdout
            page = newsroom.get("")[2].decode()
            answer = newsroom.get("readyz?json")[2].decode()

            assert things["holder"]["pid"] == process.pid
            assert things["live"]["ready"]
            assert things["live"]["scanned"]
            assert things["live"]["watching"] == ""
            waits = {wait["what"]: wait for wait in things["live"]["waits"]}
            assert waits["the next change by the clock alone"]["until"].startswith("2035-03-01T06:00:00")
            assert all(wait["until"] and wait["why"] for wait in waits.values())
            assert "the next delivery" in waits
            assert "looking through the source" in waits
            assert [["embargoed", 1], ["live", 1]] == things["posts"]
            assert things["last_pass"]["next_change"] == "2035-03-01T06:00:00+00:00"
            assert things["last_pass"]["next_why"] == "the embargo of _posts/2026-01-02-b.md ends"
            (main,) = [feed for feed in things["feeds"] if feed["name"] == "main"]
            assert (1, 3, "") == (main["entries"], main["documents"], main["held"])
            assert main["newest"].startswith("2026-01-01")
            assert main["bytes"] == sum(len(newsroom.files()[name]) for name in ("feed.xml", "atom.xml", "feed.json"))
            (owed,) = things["owed"]
            assert ("hub", 4, 0) == (owed["kind"], owed["pending"], owed["given_up"])
            assert owed["next"]
            assert "503" in owed["error"]
            assert f"service    running (process {process.pid}, since 20" in text
            assert "  _posts/2026-01-02-b.md: until 2035-03-01 06:00:00 UTC, it is under embargo\n" in text
            assert "next change 2035-03-01 06:00:00 UTC: the embargo of _posts/2026-01-02-b.md ends" in text
            assert re.search(r"main: 1 entry, newest of 2026-01-01 .*, 3 documents of \d+ bytes", text)
            assert re.search(r"hub at 127\.0\.0\.1:\d+: 4 owed, next 20.*503", text)
            assert re.search(r"c.md.* \(since 20.* UTC; no feed has it\)", text)
            for shown in (page, answer):
                assert "2035-03-01" in shown
                assert "2026-01-02-b" not in shown
                assert str(newsroom.root) not in shown
                assert TOKEN not in shown
            assert TOKEN not in text + json.dumps(things)
            (hearer,), (heard,) = things["hearers"], json.loads(answer)["hearers"]
            assert (4, 0, None) == (hearer["pending"], hearer["given_up"], hearer["heard"])
            assert "the hub answered 503" == hearer["error"] == heard["error"]
            assert hearer["failed"]
            line = re.compile(
                rf"hub {hub.url}\?…: no success known, 4 owed, last trouble 20.* UTC \(the hub answered 503\)"
            )
            assert line.search(text)
            assert line.search(page)
            elsewhere = newsroom.command("status", env={"SYNDICATOR_SERVE__PORT": "1"}).stdout
            assert f"service    process {process.pid}, since 20" in elsewhere
            assert "is at work on the state; no service of this state answers at" in elsewhere

        stopped = newsroom.command("status").stdout
        assert "service    not running" in stopped
        assert "hub at 127.0.0.1:" in stopped
        assert line.search(stopped)
        assert "no service runs: the next 'syndicator run' or 'syndicator build' sends what is due" in stopped
        assert status(newsroom)["live"] is None
    log = newsroom.log()
    assert "Traceback" not in "".join(line for line in log.splitlines() if not line.startswith("{"))
    told = [json.loads(line) for line in log.splitlines()]
    assert all({"event", "level", "timestamp"} <= line.keys() for line in told)
    assert {"started", "feeds published", "post refused", "announcement postponed", "stopping", "stopped"} <= {
        line["event"] for line in told
    }
    spoken = {line["library"]: line["message"] for line in told if line["event"] == "library spoke"}
    assert spoken["uvicorn.error"] == "at https://h.example/?… twice\\nsaid"
    assert "DeprecationWarning: old ways" in spoken["warnings"]
    assert "Task exception was never retrieved" in spoken["asyncio"]
    (fallen,) = [line for line in told if line["event"] == "thread failed"]
    assert fallen["exception"].endswith("RuntimeError: fell over …")
    assert TOKEN not in log
    assert SECRET not in log


def test_when_a_hub_last_heard_us_is_known_after_restarts_and_whatever_it_is_owed_now(newsroom: Newsroom) -> None:
    with LoopbackHub().listening() as hub:
        newsroom.settings = f'\n[[hubs]]\nurl = "{hub.url}"\n'
        newsroom.configure()
        newsroom.post("2026-01-01-a.md", title="Alpha")
        newsroom.build()
    (before,) = status(newsroom)["hearers"]
    newsroom.post("2026-01-02-b.md", title="Beta")
    newsroom.build()

    (after,) = status(newsroom)["hearers"]

    assert (0, None, "") == (before["pending"], before["failed"], before["error"])
    assert (3, before["heard"]) == (after["pending"], after["heard"])
    assert before["heard"] < after["failed"] < after["paused_until"]
    assert re.search(
        rf"hub {hub.url}: last success 20.*, 3 owed, last trouble 20.* UTC \(no connection .*\), left alone until 20",
        newsroom.command("status").stdout,
    )


def test_why_tells_of_what_no_pass_has_seen_yet_and_when_one_will(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha")
    newsroom.post("2026-01-02-b.md", title="Beta")
    newsroom.build()
    newsroom.post("2026-01-01-a.md", "Other words.", title="Alpha")
    (newsroom.root / "content/_posts/2026-01-02-b.md").unlink()
    newsroom.post("2026-01-03-c.md", title="Gamma")
    newsroom.post("2026-01-04-d.md", title="Delta", published="false")
    newsroom.post("2026-01-05-e.md", title="Epsilon", date="soon")
    newsroom.post("2026-01-06-g.md", title="Eta", date="2099-01-01 12:00")

    build = "no service answers here: run 'syndicator build', or start the service"
    assert f"its file was changed since the last pass; {build}" == facts(newsroom, "a.md")["not seen"]
    assert f"its file is gone since the last pass; {build}" == facts(newsroom, "b.md")["not seen"]
    assert f"waiting the next pass shows it: no pass has seen its file yet; {build}" in why(newsroom, "c.md", "main")
    assert "main  waiting its date is 2099-01-01 17:00" in why(newsroom, "g.md", "main")
    assert "out     it is hidden (published: false)" in why(newsroom, "d.md", "main")
    assert "out     _posts/2026-01-05-e.md" in why(newsroom, "e.md", "main")

    newsroom.build(status=1)
    with closing(sqlite3.connect(newsroom.root / "state.db")) as state, state:
        # As if it was read within a moment of its save.
        state.execute("UPDATE posts SET version = version || '~' WHERE path LIKE '%c.md'")
    assert "not seen" not in facts(newsroom, "c.md")
    assert "in      number 1 of 2" in why(newsroom, "c.md", "main")
    assert "(in quarantine since 20" in why(newsroom, "e.md", "main")

    toml = newsroom.root / "syndicator.toml"
    toml.write_text(toml.read_text().replace('every = "30s"', 'every = "1h"\nwatch = false'))
    with newsroom.running():
        eventually(lambda: status(newsroom)["live"]["scanned"])
        unknown = newsroom.command("why", "none.md").stderr
        assert re.search("has that path, id or address; if it is new: the service looks again at 20", unknown)
        newsroom.post("2026-01-06-f.md", title="Zeta")
        said = facts(newsroom, "f.md")["not seen"]
        assert re.fullmatch(r"no pass .* the service looks again at 20.* UTC \(\[source\] watch is off\)", said)


def test_why_says_who_has_not_heard_of_a_document_that_shows_the_post(newsroom: Newsroom) -> None:
    newsroom.settings = f'\n[[hubs]]\nurl = "http://127.0.0.1:9/?key={TOKEN}"\n'
    newsroom.configure()
    newsroom.post("2026-01-01-a.md", title="Alpha")
    newsroom.build(status=0)

    told = [value for name, value in json.loads(newsroom.command("why", "a.md", "--json").stdout)[0]["facts"]
            if name == "not told"]  # fmt: skip

    assert 3 == len(told)
    assert "no service runs: the next 'syndicator run'" in facts(newsroom, "a.md")["not sent"]
    assert all("http://127.0.0.1:9/?… has not heard of it: tried again 20" in line for line in told)
    with closing(sqlite3.connect(newsroom.root / "state.db")) as state, state:
        state.execute("DELETE FROM deliveries")
    assert "has heard" in facts(newsroom, "a.md")["told"]


def test_why_of_a_post_that_was_killed_says_who_has_not_heard_of_that(newsroom: Newsroom) -> None:
    newsroom.settings = '\n[[hubs]]\nurl = "http://127.0.0.1:9/"\n'
    newsroom.configure()
    newsroom.post("2026-01-01-a.md", title="Alpha")
    newsroom.post("2026-01-02-b.md", title="Beta")
    newsroom.build("--no-announce")
    newsroom.post("2026-01-01-a.md", title="Alpha", status="killed")
    newsroom.build()

    said = why(newsroom, "a.md")

    assert 3 == len(re.findall(r"not told .*: http://127.0.0.1:9/ has not heard of it: tried again 20", said))
    assert re.search(r"main      out     it is hidden \(status: killed\)", said)


def test_why_of_a_new_post_says_how_long_it_is_held_off(newsroom: Newsroom) -> None:
    toml = newsroom.root / "syndicator.toml"
    toml.write_text(toml.read_text().replace("[publish]\n", '[publish]\nsettle = "5m"\n'))
    newsroom.post("2026-01-01-a.md", title="Alpha")
    newsroom.build()
    newsroom.post("2026-01-02-b.md", title="Beta")

    before = why(newsroom, "b.md", "main")
    newsroom.build()

    assert re.search(r"not seen .*no pass has seen its file yet", before)
    assert re.search(r"waiting until 20.* at the earliest \(\[publish\] settle\)", before)
    assert re.search(r"waiting until [^a]* \(\[publish\] settle\)", why(newsroom, "b.md", "main"))


def test_check_counts_and_names_posts_that_are_held_off_as_such(newsroom: Newsroom) -> None:
    """user-asks-17."""
    newsroom.post("2026-01-01-a.md", title="Alpha")
    settled = {"SYNDICATOR_PUBLISH__SETTLE": "1h"}
    newsroom.build(env=settled)
    newsroom.post("2026-01-02-b.md", title="Beta")
    newsroom.build(env=settled)
    newsroom.post("2026-01-03-c.md", title="Gamma")
    posts = newsroom.root / "content/_posts"
    (posts / "2026-01-01-a.md").rename(posts / "2026-01-01-anew.md")
    newsroom.post("2026-01-04-d.md", title="Delta", date="2099-01-01 12:00")

    said = newsroom.command("check", env=settled).stdout
    found = json.loads(newsroom.command("check", "--json", env=settled).stdout)

    assert re.search(r"^held off: _posts/2026-01-02-b.md, until 20[^a]* \(\[publish\] settle\)\n", said, re.MULTILINE)
    assert re.search(r"^held off: _posts/2026-01-03-c.md, until 20.* at the earliest \(\[", said, re.MULTILINE)
    assert "4 posts, 1 live, 2 held off, 1 feeds, 0 errors, 0 warnings" in said
    assert (1, [True, False]) == (found["live"], [each["seen"] for each in found["held_off"]])


def test_a_feed_that_was_approved_says_that_only_a_pass_is_missing(newsroom: Newsroom) -> None:
    for number in range(1, 25):
        newsroom.post(f"2026-01-{number:02}-a.md", title=f"Post {number}")
    newsroom.build()
    for number in range(1, 20):
        (newsroom.root / f"content/_posts/2026-01-{number:02}-a.md").unlink()
    newsroom.build(status=1)
    held = newsroom.command("status").stdout
    newsroom.command("approve", "main")

    approved = newsroom.command("status").stdout

    assert "  _posts/2026-01-01-a.md: gone, not taken down yet\n    still in" in held
    assert "/feed.xml (held)\n" in held
    assert "undo it, or let it through with 'syndicator approve main'" in held
    assert "it stays as it was; it was approved, and the next pass lets it through" in approved
    assert "syndicator approve" not in approved
