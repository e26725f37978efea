"""Publish, then tell: caches first, then a look from outside, then hubs and partners; the whole program on loopback."""

from __future__ import annotations

import json
import shutil
import sqlite3
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from tests.edge import Asked, Edge, Said
from tests.forking import forker
from tests.newsroom import Newsroom, eventually, free_port

SECRET = "whsec_" + b64encode(bytes(range(32))).decode()
TOKEN = "t0ken-that-nobody-sees"
TELL = """
[purge]
preset = "cloudflare"
zone = "z"
token = "{token}"
url = "{url}api/"

[[hubs]]
url = "{url}hub"

[[webhooks]]
url = "{url}hook"
secret = "{secret}"
"""


class World:
    """A cache in front of a newsroom's files, which hubs and a partner live behind too: one order of all that happens.

    ``status`` is what hub and partner answer.
    """

    def __init__(self, root: Path, edge: Edge) -> None:
        self.edge, self.root, self.status = edge, root, {"/hub": 204, "/hook": 204}
        edge.token, edge.origin, edge.lie = TOKEN, self._file, self._others
        port = int(edge.url.rstrip("/").rpartition(":")[2])
        self.newsroom = Newsroom(root, port=port)
        self.tell(TELL)

    def tell(self, settings: str, *, verify: bool = True) -> None:
        """Write the configuration anew."""
        self.newsroom.settings = settings.format(url=self.edge.url, token=TOKEN, secret=SECRET)
        self.newsroom.configure()
        if verify:
            path = self.root / "syndicator.toml"
            path.write_text(path.read_text().replace('to = "public"\n', 'to = "public"\nverify = true\n'))

    def _file(self, path: str) -> bytes | None:
        file = self.root / "public" / path.lstrip("/")
        return file.read_bytes() if file.is_file() else None

    def _others(self, asked: Asked) -> Said | None:
        return Said(status=self.status[asked.path]) if asked.path in self.status else None

    def happened(self) -> list[tuple[str, str]]:
        """What was done to which path, in order."""
        return [found for asked in self.edge.asked for found in self._events(asked)]

    def _events(self, asked: Asked) -> list[tuple[str, str]]:
        if asked.path == "/hub":
            return [("hub", topic.removeprefix(self.edge.url)) for topic in parse_qs(asked.body.decode())["hub.topic"]]
        if asked.path == "/hook":
            return [("hook", json.loads(asked.body)["feed"]["name"])]
        if asked.method == "POST":
            return [("purge", file.removeprefix(self.edge.url)) for file in json.loads(asked.body)["files"]]
        return [("look", asked.path.lstrip("/"))]

    def messages(self) -> dict[str, dict[str, Any]]:
        """The last message about each feed."""
        bodies = (json.loads(asked.body) for asked in self.edge.asked if asked.path == "/hook")
        return {body["feed"]["name"]: body for body in bodies}

    def entries(self, feed: str) -> dict[str, list[str]]:
        """Titles in the last message about a feed, and why those that left did."""
        lists = self.messages()[feed]["entries"]
        return {
            name: [entry["title"] + (f" ({entry['why']})" if "why" in entry else "") for entry in entries]
            for name, entries in lists.items()
            if entries
        }

    def owed(self) -> list[tuple[str, str, str]]:
        """Kind, topic and status of what is owed."""
        with closing(sqlite3.connect(self.root / "state.db")) as state:
            return state.execute("SELECT kind, topic, status FROM deliveries ORDER BY kind, topic").fetchall()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Edge().listening() as edge:
        yield World(tmp_path, edge)


def test_caches_let_go_then_the_world_is_looked_at_then_hubs_and_partners_hear(world: World) -> None:
    """websub-7; the order of it all, and what partners read."""
    world.newsroom.post("2026-01-01-a.md", title="Alpha", category="News")
    world.newsroom.post("2026-01-02-b.md", title="Beta", category="News")

    done = world.newsroom.build()

    happened = world.happened()
    paths = ["atom.xml", "category/news.xml", "feed.json", "feed.xml"]
    for path in paths:
        order = [happened.index((what, path)) for what in ("purge", "look", "hub")]
        assert order == sorted(order)
        assert [2, 1] == [happened.count(("look", path)), happened.count(("hub", path))]
    hooks = [place for place, (what, _) in enumerate(happened) if what == "hook"]
    of_main = [place for place, event in enumerate(happened) if event[1] in ("atom.xml", "feed.json", "feed.xml")]
    assert {("hook", "category/news"), ("hook", "main")} == {happened[place] for place in hooks}
    assert happened.index(("hook", "main")) > max(p for p in of_main if happened[p][0] in ("purge", "look"))
    assert {"added": ["Beta", "Alpha"]} == world.entries("main") == world.entries("category/news")
    assert [] == world.owed()
    assert "hubs and partners  6 to announce: 6 heard\n" in done.stdout

    said = world.messages()["main"]
    assert ("feed.changed", 1, "The Example") == (said["type"], said["version"], said["feed"]["title"])
    assert ["atom", "json", "rss"] == [document["format"] for document in said["documents"]]
    status = world.newsroom.command("status", "--json").stdout
    assert TOKEN not in status + done.stdout + done.stderr
    hearers = json.loads(status)["hearers"]
    assert ["purge", "verify", "hub", "webhook"] == [each["kind"] for each in hearers if each["heard"]]
    assert [world.edge.url, f"{world.edge.url}hook"] == [hearers[1]["target"], hearers[3]["target"]]


def test_partners_hear_what_changed_what_was_taken_down_and_what_a_feed_lost(world: World) -> None:
    room = world.newsroom
    for number, name in enumerate(("alpha", "beta", "gamma"), 1):
        room.post(f"2026-01-0{number}-{name}.md", title=name.title(), category="Sport" if name == "gamma" else "News")
    room.build()
    before = len(world.edge.asked)

    room.post("2026-01-01-alpha.md", "Edited.", title="Alpha", category="News")
    room.post("2026-01-02-beta.md", title="Beta", category="Life")
    room.post("2026-01-03-gamma.md", title="Gamma", category="Sport", status="killed")
    room.post("2026-01-04-delta.md", title="Delta", category="News")
    room.build()

    assert {"added": ["Delta"], "changed": ["Beta", "Alpha"], "removed": ["Gamma (killed)"]} == world.entries("main")
    assert {"added": ["Delta"], "changed": ["Alpha"], "removed": ["Beta (left)"]} == world.entries("category/news")
    assert {"added": ["Beta"]} == world.entries("category/life")
    gone = world.messages()["category/sport"]
    assert ("feed.removed", {"removed": ["Gamma (killed)"]}) == (gone["type"], world.entries("category/sport"))
    assert [{"url": f"{world.edge.url}category/sport.xml", "format": "rss", "removed": True}] == gone["documents"]
    assert ("purge", "category/sport.xml") in world.happened()[before:]

    before = len(world.edge.asked)
    room.build()
    assert before == len(world.edge.asked)


def test_where_nobody_is_to_be_told_nobody_is_owed_anything(world: World) -> None:
    world.newsroom.post("2026-01-01-a.md", title="Alpha")
    world.newsroom.build("--no-announce")
    world.newsroom.post("2026-01-02-b.md", title="Beta")
    world.newsroom.build(env={"SYNDICATOR_ANNOUNCE__ENABLED": "false"})

    assert ([], []) == (world.owed(), world.edge.asked)


def test_a_hub_that_is_down_holds_up_no_partner_and_a_kill_loses_nobody(world: World) -> None:
    """websub-10, promise 5: killed at the end of a build, between caches, hubs and partners."""
    words = [str(10**6), str(world.root), "-c", str(world.root / "syndicator.toml"), "build"]
    world.status["/hub"] = 503
    world.newsroom.post("2026-01-01-a.md", title="Alpha")
    done = forker().run(words, program="tests.mortal")
    points = int(done.stderr.splitlines()[-1].removeprefix("points: "))
    assert {"hub"} == {kind for kind, _, _ in world.owed()}
    assert {"added": ["Alpha"]} == world.entries("main")

    world.edge.asked.clear()
    for path in world.root.glob("state.db*"):
        path.unlink()
    shutil.rmtree(world.root / "public")
    forker().run([str(points - 4), *words[1:]], program="tests.mortal")
    world.newsroom.build()

    assert {"added": ["Alpha"]} == world.entries("main")
    assert {"atom.xml", "feed.json", "feed.xml"} <= {path for what, path in world.happened() if what == "hub"}
    first = {what: world.happened().index((what, "feed.xml")) for what in ("purge", "look", "hub")}
    assert ["purge", "look", "hub"] == sorted(first, key=lambda what: first[what])


def test_hubs_wait_while_the_world_sees_the_old_version_and_hear_when_it_does_not(world: World) -> None:
    """websub-7, user-asks 53 and 58: through a cache in front of the service itself."""
    room, edge = world.newsroom, world.edge
    world.tell('[[hubs]]\nurl = "{url}hub"\n[[webhooks]]\nurl = "{url}hook"\nsecret = "{secret}"\n')
    room.serve_on(free_port())

    def served(path: str) -> bytes | None:
        status, _, body = room.get(path.lstrip("/"))
        return body if status == 200 else None

    edge.origin = served
    room.post("2026-01-01-a.md", title="Alpha")
    with room.running():
        eventually(lambda: [] == world.owed() and "hub" in dict(world.happened()))
        heard = world.happened().count(("hub", "feed.xml"))

        room.post("2026-01-02-b.md", title="Beta")
        eventually(lambda: len([asked for asked in edge.asked if asked.path == "/feed.xml"]) >= 4)
        status = room.command("status").stdout
        assert "waiting for the world to see the new version" in status
        assert heard == world.happened().count(("hub", "feed.xml"))

        edge.kept.clear()
        eventually(lambda: [] == world.owed())
        assert heard + 1 == world.happened().count(("hub", "feed.xml"))
        assert {"added": ["Beta"]} == world.entries("main")
        # Strangers see both: whoever knows the path of a web hook may call it.
        shown = [room.get(path)[2].decode() for path in ("", "readyz?json")]
        hearers = [each for each in json.loads(shown[1])["hearers"] if each["heard"]]
        assert [("verify", edge.url), ("hub", f"{edge.url}hub"), ("webhook", edge.url)] == [
            (each["kind"], each["target"]) for each in hearers
        ]
        assert "waiting for the world to see the new version" in hearers[0]["error"]
        assert f"webhook {edge.url}: last success 20" in shown[0]
        assert not [text for text in shown if f"{edge.url}hook" in text]
    assert "ERROR" not in room.log().upper()


def test_when_the_world_never_sees_it_that_is_said_loudly_and_hubs_hear_all_the_same(world: World) -> None:
    world.tell('[[hubs]]\nurl = "{url}hub"\n')
    world.newsroom.post("2026-01-01-a.md", title="Alpha")
    world.newsroom.build()
    before = len(world.edge.asked)
    world.newsroom.post("2026-01-02-b.md", title="Beta")

    done = world.newsroom.build(env={"SYNDICATOR_PUBLISH__VERIFY_WITHIN": "200ms"})

    assert {"atom.xml", "feed.json", "feed.xml"} == {path for what, path in world.happened()[before:] if what == "hub"}
    assert "look from outside given up" in done.stderr
    assert "after 200ms the world still does not see the new version" in done.stderr
    status = world.newsroom.command("status").stdout
    assert "purge the cache in front of it" in status
    assert [("verify", "given up")] == sorted({(kind, status) for kind, _, status in world.owed()})
