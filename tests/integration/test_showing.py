"""When readers see what a pass made: as soon as it stands, and before the state hears of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from syndicator.app import State, orders, publisher, state_to_write
from syndicator.errors import PublishError, StateError
from syndicator.model import Document, DocumentRecord
from syndicator.pipeline import Pipeline
from syndicator.ports import Publication
from syndicator.publishers.local import LocalPublisher
from syndicator.settings import Settings, load_settings
from syndicator.showing import Showing
from syndicator.sourcing import reader
from tests.newsroom import Newsroom

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
FEEDS = """
[[feeds]]
name = "main"
rss = "feed.xml"
json = "feed.json"
limit = 2
archive = true

[[feeds]]
name = "category"
each = "category"
rss = "category/{slug}.xml"
"""


@dataclass(slots=True)
class Glass:
    """What readers see through it, and how often that became another view."""

    seen: dict[str, bytes] = field(default_factory=dict)
    pages: list[str] = field(default_factory=list)
    views: int = 0

    def show(self, documents: Sequence[tuple[DocumentRecord, bytes]], pages: Sequence[DocumentRecord]) -> None:
        self.seen = {record.path: body for record, body in documents}
        self.pages = sorted(page.path for page in pages)
        self.views += 1


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    newsroom = Newsroom(tmp_path, feeds=FEEDS)
    for number in range(1, 6):
        newsroom.post(f"2026-01-{number:02d}-p.md", title=f"Post {number}")
    return newsroom


@pytest.fixture
def settings(newsroom: Newsroom) -> Settings:
    return load_settings(newsroom.root / "syndicator.toml", {})


@pytest.fixture
def state(settings: Settings) -> Iterator[State]:
    with state_to_write(settings, stays=True) as state:
        yield state


@dataclass(slots=True)
class Room:
    """Where passes are made, and what readers see of them through a glass."""

    state: State
    glass: Glass
    pipeline: Pipeline
    showing: Showing

    def look(self, minutes: float = 0) -> None:
        """Make a pass so many minutes after noon."""
        self.pipeline.run(NOON + timedelta(minutes=minutes))

    def fail_to_remember(self, minutes: float, monkeypatch: pytest.MonkeyPatch) -> None:
        """A pass after which the state does not know what it has put and shown."""

        def locked(_: Publication, __: datetime) -> None:
            raise StateError("state", "another process is writing")

        with monkeypatch.context() as patched:
            patched.setattr(self.state.ledger, "record", locked)
            with pytest.raises(StateError):
                self.look(minutes)


def begin(settings: Settings, state: State) -> Room:
    glass, out = Glass(), publisher(settings)
    showing = Showing(state.ledger, out, glass)
    pipeline = Pipeline(lambda: reader(settings), out, state.ledger, orders(settings), stays=True, show=showing.show)
    return Room(state, glass, pipeline, showing)


@pytest.fixture
def room(settings: Settings, state: State) -> Room:
    """After the first pass."""
    room = begin(settings, state)
    room.look()
    return room


def feeds(newsroom: Newsroom) -> dict[str, bytes]:
    return {path: body for path, body in newsroom.files().items() if path not in pages(newsroom) and path[0] != "."}


def pages(newsroom: Newsroom) -> list[str]:
    return sorted(path for path in newsroom.files() if "archive" in path)


def test_readers_see_documents_and_pages_when_they_stand(room: Room, newsroom: Newsroom) -> None:

    assert feeds(newsroom) == room.glass.seen
    assert pages(newsroom) == room.glass.pages != []


def test_what_the_state_then_says_is_the_same_and_no_second_view(room: Room, newsroom: Newsroom) -> None:
    newsroom.post("2026-01-06-p.md", title="Post 6")
    room.look(1)
    views = room.glass.views
    room.showing.swap()

    assert (2, 2) == (views, room.glass.views)
    assert feeds(newsroom) == room.glass.seen
    assert b"Post 6" in room.glass.seen["feed.json"]


def test_a_state_that_cannot_hear_of_it_takes_nothing_from_readers(
    room: Room, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.post("2026-01-06-p.md", title="Post 6")

    def full(_: Publication, __: datetime) -> None:
        raise StateError("state", "the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(room.state.ledger, "record", full)
        with pytest.raises(StateError):
            room.look(1)
    seen = dict(room.glass.seen)
    room.look(2)
    room.showing.swap()

    assert b"Post 6" in seen["feed.xml"]
    assert seen["feed.xml"].count(b"<guid") == room.glass.seen["feed.xml"].count(b"<guid") == 2
    assert feeds(newsroom) == room.glass.seen


def test_what_the_state_has_not_heard_of_yet_stays_in_sight_with_all_that_it_leads_to(
    room: Room, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """atom-61: a document that leads to a page is not shown without it, nor is a first document taken away again."""
    before = room.glass.pages
    for number in range(6, 10):
        newsroom.post(f"2026-01-{number:02d}-p.md", title=f"Post {number}", category="News")
    room.fail_to_remember(1, monkeypatch)
    seen = dict(room.glass.seen)
    room.showing.swap()

    assert feeds(newsroom) == seen == room.glass.seen
    assert {"category/news.xml", "feed.xml", "feed.json"} == room.glass.seen.keys()
    assert pages(newsroom) == room.glass.pages != before


def test_what_the_state_has_never_heard_of_goes_out_of_sight_with_its_file(
    room: Room, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.post("2026-01-06-p.md", title="Post 6", category="News")
    room.fail_to_remember(1, monkeypatch)
    room.showing.swap()
    newsroom.post("2026-01-06-p.md", title="Post 6", category="News", published="false")
    room.look(2)
    room.showing.swap()

    assert {"feed.xml", "feed.json"} == room.glass.seen.keys()
    assert feeds(newsroom) == room.glass.seen
    assert b"Post 6" not in b"".join(room.glass.seen.values())
    assert pages(newsroom) == room.glass.pages


def test_what_the_state_has_not_heard_of_stays_in_sight_when_the_next_pass_fails_before_it_shows_anything(
    room: Room, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages have been written anew by then, and documents perhaps: that is no fault of somebody else."""
    newsroom.post("2026-01-06-p.md", title="Post 6", category="News")
    room.fail_to_remember(1, monkeypatch)
    view = (dict(room.glass.seen), room.glass.pages)
    newest, before = room.glass.pages[-1], newsroom.files()
    newsroom.post("2026-01-05-p.md", title="Post 5, corrected")

    def locked(*_: object) -> None:
        raise StateError("state", "another process is writing")

    with monkeypatch.context() as patched:
        patched.setattr("syndicator.writing._entries", locked)
        with pytest.raises(StateError):
            room.look(2)
    (newsroom.root / "public/feed.xml").write_text("begun")
    room.showing.swap()

    assert before[newest] != newsroom.files()[newest]
    assert view == (room.glass.seen, room.glass.pages)
    room.look(3)
    room.showing.swap()
    assert (feeds(newsroom), pages(newsroom)) == (room.glass.seen, room.glass.pages)


def test_who_starts_again_sees_what_was_published_without_a_pass(
    newsroom: Newsroom, settings: Settings, state: State
) -> None:
    begin(settings, state).look()
    room = begin(settings, state)
    room.showing.swap()

    assert feeds(newsroom) == room.glass.seen
    assert pages(newsroom) == room.glass.pages


def test_a_document_that_was_taken_away_is_out_of_sight_though_the_state_has_not_heard_of_it(
    newsroom: Newsroom, settings: Settings, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The only post of a feed is killed: nobody reads it any more from the moment at which its file goes."""
    room = begin(settings, state)
    newsroom.post("2026-01-06-p.md", title="Post 6", category="News")
    room.look()
    assert "category/news.xml" in room.glass.seen
    newsroom.post("2026-01-06-p.md", title="Post 6", category="News", published="false")
    room.fail_to_remember(1, monkeypatch)
    for _ in range(2):
        room.showing.swap()
        assert b"Post 6" not in b"".join(room.glass.seen.values())
    newsroom.post("2026-01-06-p.md", title="Post 6", category="News")
    room.fail_to_remember(2, monkeypatch)
    room.showing.swap()
    assert b"Post 6" in room.glass.seen["category/news.xml"]
    room.look(3)
    room.showing.swap()

    assert feeds(newsroom) == room.glass.seen


def test_a_page_that_readers_see_stays_though_the_state_has_not_heard_of_it_and_it_cannot_be_written_anew(
    room: Room, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """atom-61: what leads to it stays as well, so that posts would be in neither document."""
    newsroom.post("2026-01-06-p.md", title="Post 6")
    room.fail_to_remember(1, monkeypatch)
    newest = max(path for path in pages(newsroom) if path.endswith(".xml"))
    assert newest.encode() in newsroom.files()["feed.xml"]
    newsroom.post("2026-01-05-p.md", title="Post 5, corrected")
    put = LocalPublisher.put

    def full(self: LocalPublisher, document: Document) -> str:
        if document.path == newest:
            raise PublishError(newest, "the disk is full")
        return put(self, document)

    with monkeypatch.context() as patched:
        patched.setattr(LocalPublisher, "put", full)
        for minute in (2, 3):
            with pytest.raises(PublishError, match=newest):
                room.look(minute)
            room.showing.swap()
            assert newest in newsroom.files()
            assert newest in room.glass.pages
            assert newest.encode() in room.glass.seen["feed.xml"]
    room.look(4)
    room.showing.swap()

    assert b"corrected" in newsroom.files()[newest]
    assert not [path for path in newsroom.files() if path.startswith(".")]
    assert (feeds(newsroom), pages(newsroom)) == (room.glass.seen, room.glass.pages)
