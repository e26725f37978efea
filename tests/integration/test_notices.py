"""What web hooks are owed after passes over real posts, without anybody to hear it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from syndicator.app import State, orders, publisher, state_to_write
from syndicator.errors import PublishError
from syndicator.model import DeliveryKind, Document
from syndicator.passes import Report
from syndicator.pipeline import Pipeline
from syndicator.ports import Publication, Publisher, Settled
from syndicator.settings import load_settings
from syndicator.sourcing import reader
from tests.newsroom import Newsroom
from tests.passing_on import PassingOn

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOOK = f'\n[[webhooks]]\nurl = "https://partner.example/hook"\nsecret = "whsec_{b64encode(bytes(32)).decode()}"\n'
FEEDS = '\n[[feeds]]\nname = "main"\nrss = "feed.xml"\nlimit = 3\n'


class Full(PassingOn):
    """A publisher without room for some paths."""

    def __init__(self, inner: Publisher, no_room_for: Collection[str]) -> None:
        super().__init__(inner)
        self._no_room_for = no_room_for

    def put(self, document: Document) -> str:
        if document.path in self._no_room_for:
            raise PublishError(document.path, "no space left on device", "make room")
        return super().put(document)


@dataclass(slots=True)
class Desk:
    """A newsroom with a partner, who hears by ``heard`` and not before."""

    room: Newsroom
    now: datetime = NOON

    def feeds(self, feeds: str, hook: str = HOOK) -> None:
        self.room.feeds, self.room.settings = feeds, hook
        self.room.configure()

    def publish(
        self,
        *,
        approve: bool = False,
        full: Collection[str] = (),
        meanwhile: Callable[[State], None] = lambda _: None,
    ) -> Report:
        """One pass, an hour after the one before."""
        self.now += HOUR
        settings = load_settings(self.room.root / "syndicator.toml", {})
        with state_to_write(settings) as state:
            meanwhile(state)
            wanted = replace(orders(settings), approve=approve)
            pipeline = Pipeline(lambda: reader(settings), Full(publisher(settings), full), state.ledger, wanted)
            return pipeline.run(self.now)

    def owed(self) -> dict[str, dict[str, Any]]:
        """The messages that wait, by feed."""
        settings = load_settings(self.room.root / "syndicator.toml", {})
        with state_to_write(settings) as state:
            rows = [row for row in state.outbox.deliveries() if row.kind is DeliveryKind.WEBHOOK]
            return {row.feed: orjson.loads(row.body) for row in rows}

    def heard(self) -> dict[str, dict[str, list[str]]]:
        """Titles (or ids) and reasons in each message that waits; it is heard then."""
        settings = load_settings(self.room.root / "syndicator.toml", {})
        with state_to_write(settings) as state:
            rows = [row for row in state.outbox.deliveries() if row.kind is DeliveryKind.WEBHOOK]
            state.outbox.settle([Settled(delivery=row, status="done", due=self.now) for row in rows], self.now)
        return {row.feed: named(orjson.loads(row.body)) for row in rows}


def named(message: dict[str, Any]) -> dict[str, list[str]]:
    return {
        name: [entry.get("title", "?") + (f" ({entry['why']})" if "why" in entry else "") for entry in entries]
        for name, entries in message["entries"].items()
        if entries
    }


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A newsroom with three posts that its partner knows of."""
    desk = Desk(Newsroom(tmp_path))
    desk.feeds(FEEDS)
    for day, title in enumerate(("Alpha", "Beta", "Gamma"), 1):
        desk.room.post(f"2026-03-0{day}-p{day}.md", title=title)
    desk.publish()
    assert {"main": {"added": ["Gamma", "Beta", "Alpha"]}} == desk.heard()
    return desk


def test_a_post_that_is_new_or_edited_is_told_of_and_one_that_says_the_same_is_not(desk: Desk) -> None:
    desk.feeds(FEEDS.replace("limit = 3", "limit = 10"))
    desk.publish()
    desk.heard()
    desk.room.post("2026-03-03-p3.md", title="Gamma", mood="unseen")
    desk.publish()
    assert {} == desk.heard()

    desk.room.post("2026-03-04-p4.md", title="Delta")
    desk.room.post("2026-03-02-p2.md", "Other words.", title="Beta")
    desk.publish()
    assert {"main": {"added": ["Delta"], "changed": ["Beta"]}} == desk.heard()


def test_an_edit_that_moves_no_date_is_told_of_too(desk: Desk) -> None:
    desk.room.post("2026-03-02-p2.md", "Other words.", title="Beta", minor="true")
    desk.publish()

    assert {"main": {"changed": ["Beta"]}} == desk.heard()


def test_a_post_that_newer_ones_push_out_is_not_removed(desk: Desk) -> None:
    desk.room.post("2026-03-04-p4.md", title="Delta")
    desk.publish()

    assert {"main": {"added": ["Delta"]}} == desk.heard()


def test_a_post_that_grows_too_old_is_not_removed(desk: Desk) -> None:
    desk.feeds(FEEDS + 'max_age = "9d"\n')
    desk.publish()
    desk.heard()
    desk.now = datetime(2026, 3, 11, 12, tzinfo=UTC)
    desk.publish()

    (message,) = desk.owed().values()
    assert ({}, 1) == (named(message), len(message["documents"]))


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"status": "killed"}, "killed"),
        ({"draft": "true"}, "draft"),
        ({"published": "false"}, "draft"),
        ({"expires": "2026-03-09 12:30:00 +0000"}, "expired"),
        ({"date": "2026-04-01 12:00:00 +0000"}, "embargoed"),
        ({"category": "Other"}, "left"),
        (None, "gone"),
    ],
)
def test_a_post_that_is_taken_away_is_told_of_with_the_reason(
    desk: Desk, fields: dict[str, str] | None, why: str
) -> None:
    desk.feeds(f'{FEEDS}exclude = {{ category = "other" }}\n')
    path = desk.room.root / "content/_posts/2026-03-02-p2.md"
    if fields is None:
        path.unlink()
    else:
        desk.room.post(path.name, title="Beta", **fields)
    desk.publish()

    assert {"main": {"removed": [f"Beta ({why})"]}} == desk.heard()


def test_a_post_that_is_killed_long_after_it_left_the_feed_is_told_of_though_no_document_changes(desk: Desk) -> None:
    """user-asks: take-down that works everywhere from one action."""
    desk.room.post("2026-03-04-p4.md", title="Delta")
    desk.publish()
    desk.heard()
    desk.room.post("2026-03-01-p1.md", title="Alpha", status="killed")

    assert () == desk.publish().written
    (message,) = desk.owed().values()
    assert ([], ["killed"]) == (message["documents"], [entry["why"] for entry in message["entries"]["removed"]])


def test_what_rules_leave_out_is_told_to_nobody(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles/picky.toml").write_text(
        'title = "Picky"\n\n[rules]\ntitle_min = { value = 5, does = "drop" }\n'
    )
    desk.feeds(FEEDS + 'profile = "picky"\ntracking = { utm_source = "rss" }\n[profiles]\nfolder = "profiles"\n')
    desk.room.post("2026-03-04-p4.md", title="Ugh")
    desk.room.post("2026-03-05-p5.md", title="Epsilon")
    desk.publish()

    (message,) = desk.owed().values()
    assert ["Epsilon"] == [entry["title"] for entry in message["entries"]["added"]]
    assert message["entries"]["added"][0]["url"].endswith("?utm_source=rss")
    desk.heard()

    desk.room.post("2026-03-04-p4.md", title="Ugh", status="killed")
    desk.room.post("2026-03-05-p5.md", title="Epsilon", status="killed")
    desk.publish()
    assert {"main": {"removed": ["? (killed)", "? (killed)"]}} == desk.heard()


def test_a_feed_that_is_held_tells_nothing_until_it_is_approved(tmp_path: Path) -> None:
    desk = Desk(Newsroom(tmp_path))
    desk.feeds(FEEDS.replace("limit = 3", "limit = 50"))
    for day in range(1, 15):
        desk.room.post(f"2026-01-{day:02}-p{day}.md", title=f"Post {day}")
    desk.publish()
    desk.heard()
    for day in range(1, 12):
        (desk.room.root / f"content/_posts/2026-01-{day:02}-p{day}.md").unlink()

    assert ["main"] == [held.feed for held in desk.publish().held]
    assert {} == desk.owed()

    desk.publish(approve=True)
    assert [f"Post {day} (gone)" for day in range(11, 0, -1)] == desk.heard()["main"]["removed"]


def test_a_feed_that_is_held_for_its_size_tells_nothing(desk: Desk) -> None:
    desk.feeds(FEEDS, f"{HOOK}\n[guard]\nmax_bytes = 5000\n")
    desk.room.post("2026-03-04-p4.md", "Words. " * 1000, title="Delta")

    assert ["main"] == [held.feed for held in desk.publish().held]
    assert {} == desk.owed()

    desk.publish(approve=True)
    assert {"main": {"added": ["Delta"]}} == desk.heard()


def test_a_message_waits_for_documents_that_could_not_be_written(desk: Desk) -> None:
    """Nothing is lost: disk full while a post is published."""
    desk.room.post("2026-03-04-p4.md", title="Delta")
    with pytest.raises(PublishError):
        desk.publish(full=["feed.xml"])
    (waiting,) = desk.owed().values()
    assert (True, []) == (waiting["waits"], waiting["documents"])

    desk.publish()

    (message,) = desk.owed().values()
    assert ("waits" not in message, 1) == (True, len(message["documents"]))
    assert {"added": ["Delta"]} == named(message)


@pytest.mark.parametrize("how", ["draft", "gone"])
def test_what_was_taken_back_after_newer_posts_pushed_it_out_is_not_told_of_as_new_to_who_was_down(
    how: str, desk: Desk
) -> None:
    """Promise 7: a story that should never have been out, while the partner's web hook was down."""
    story = desk.room.post("2026-03-04-p4.md", title="Oops")
    desk.publish()
    for day in (5, 6, 7):
        desk.room.post(f"2026-03-0{day}-p{day}.md", title=f"Post {day}")
    desk.publish()
    assert {"added": ["Post 7", "Post 6", "Post 5", "Oops"]} == named(desk.owed()["main"])

    if how == "gone":
        story.unlink()
    else:
        desk.room.post("2026-03-04-p4.md", title="Hush", draft="true")
    desk.publish()

    message = desk.owed()["main"]
    assert {"removed": [f"Oops ({how})"], "added": ["Post 7", "Post 6", "Post 5"]} == named(message)
    assert {"added": 3, "changed": 0, "removed": 1} == message["counts"]


def test_a_post_that_is_renamed_is_told_of_as_new_all_the_same(desk: Desk) -> None:
    story = desk.room.post("2026-03-04-p4.md", title="Delta")
    desk.publish()
    for day in (5, 6, 7):
        desk.room.post(f"2026-03-0{day}-p{day}.md", title=f"Post {day}")
    desk.publish()

    story.rename(story.with_name("2026-03-04-delta.md"))
    desk.publish()

    assert {"added": ["Post 7", "Post 6", "Post 5", "Delta"]} == named(desk.owed()["main"])


def test_a_message_waits_for_no_feed_that_went_before_it_could_be_written(desk: Desk) -> None:
    """It would be tried for two days, and then said to be given up."""
    desk.feeds(FEEDS + '\n[[feeds]]\nname = "category"\neach = "category"\nrss = "category/{slug}.xml"\n')
    desk.room.post("2026-03-02-p2.md", title="Beta", category="News")
    with pytest.raises(PublishError):
        desk.publish(full=("category/news.xml",))
    assert desk.owed()["category/news"]["waits"]

    desk.room.post("2026-03-02-p2.md", title="Beta")
    desk.publish()

    assert {"main"} == desk.owed().keys()


def test_a_feed_that_goes_while_a_message_waits_for_it_is_said_to_be_gone(desk: Desk) -> None:
    """What was not heard before is in the same message."""
    desk.room.post("2026-03-04-p4.md", title="Delta")
    with pytest.raises(PublishError):
        desk.publish(full=("feed.xml",))

    desk.feeds('\n[[feeds]]\nname = "other"\nrss = "other.xml"\n')
    desk.publish()

    gone = desk.owed()["main"]
    assert ("feed.removed", True) == (gone["type"], "waits" not in gone)
    assert {"Delta (left)"} <= set(named(gone)["removed"])


def test_what_was_not_heard_is_told_with_what_happened_since(desk: Desk) -> None:
    desk.room.post("2026-03-04-p4.md", title="Delta")
    desk.publish()
    first = desk.owed()["main"]
    desk.room.post("2026-03-04-p4.md", title="Delta!")
    desk.room.post("2026-03-03-p3.md", title="Gamma", status="killed")
    desk.publish()

    second = desk.owed()["main"]
    # Of three the feed shows Alpha again.
    assert {"added": ["Delta!", "Alpha"], "removed": ["Gamma (killed)"]} == named(second)
    assert first["id"] != second["id"]
    assert "2026-03-09T15:00:00Z" == second["at"]


def test_only_who_wants_a_feed_hears_of_it(desk: Desk) -> None:
    feeds = FEEDS + '\n[[feeds]]\nname = "tag"\neach = "tag"\nrss = "tag/{slug}.xml"\n'
    desk.feeds(feeds, HOOK + 'feeds = ["tag/red"]\n')
    desk.room.post("2026-03-04-p4.md", title="Delta", tags="[red, blue]")
    desk.publish()

    assert {"tag/red": {"added": ["Delta"]}} == desk.heard()


def test_a_feed_that_only_calls_itself_otherwise_is_told_of_without_entries(desk: Desk) -> None:
    desk.feeds(f'{FEEDS}title = "Another"\n')
    desk.publish()

    (message,) = desk.owed().values()
    assert ({}, "Another", 1) == (named(message), message["feed"]["title"], len(message["documents"]))


def test_what_an_older_version_published_is_compared_by_ids_alone(desk: Desk) -> None:
    def forget_dates(state: State) -> None:
        feeds = tuple(replace(feed, dates=()) for feed in state.ledger.feeds().values())
        state.ledger.record(Publication(feeds=feeds), NOON)

    desk.room.post("2026-03-04-p4.md", title="Delta")
    desk.publish(meanwhile=forget_dates)

    assert {"main": {"added": ["Delta"]}} == desk.heard()


def test_pages_of_archives_and_lists_are_not_told_of(desk: Desk) -> None:
    desk.feeds(FEEDS + 'archive = true\nsitemap = "news.xml"\n')
    for day in range(4, 9):
        desk.room.post(f"2026-03-0{day}-p{day}.md", title=f"Post {day}")
    written = desk.publish().written

    assert {"feed.archive-1.xml", "feed.xml", "news.xml"} <= set(written)
    (message,) = desk.owed().values()
    assert ["http://127.0.0.1"] == [document["url"].rpartition(":")[0] for document in message["documents"]]
    assert message["documents"][0]["url"].endswith("/feed.xml")
