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


def begin(settings: Settings, state: State, glass: Glass) -> tuple[Pipeline, Showing]:
    out = publisher(settings)
    showing = Showing(state.ledger, out, glass)
    pipeline = Pipeline(lambda: reader(settings), out, state.ledger, orders(settings), stays=True, show=showing.show)
    return pipeline, showing


def feeds(newsroom: Newsroom) -> dict[str, bytes]:
    return {path: body for path, body in newsroom.files().items() if path not in pages(newsroom) and path[0] != "."}


def pages(newsroom: Newsroom) -> list[str]:
    return sorted(path for path in newsroom.files() if "archive" in path)


def test_readers_see_documents_and_pages_when_they_stand(newsroom: Newsroom, settings: Settings, state: State) -> None:
    glass = Glass()
    pipeline, _ = begin(settings, state, glass)
    pipeline.run(NOON)

    assert feeds(newsroom) == glass.seen
    assert pages(newsroom) == glass.pages != []


def test_what_the_state_then_says_is_the_same_and_no_second_view(
    newsroom: Newsroom, settings: Settings, state: State
) -> None:
    glass = Glass()
    pipeline, showing = begin(settings, state, glass)
    pipeline.run(NOON)
    newsroom.post("2026-01-06-p.md", title="Post 6")
    pipeline.run(NOON + timedelta(minutes=1))
    views = glass.views
    showing.swap()

    assert (2, 2) == (views, glass.views)
    assert feeds(newsroom) == glass.seen
    assert b"Post 6" in glass.seen["feed.json"]


def test_a_state_that_cannot_hear_of_it_takes_nothing_from_readers(
    newsroom: Newsroom, settings: Settings, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    glass = Glass()
    pipeline, showing = begin(settings, state, glass)
    pipeline.run(NOON)
    newsroom.post("2026-01-06-p.md", title="Post 6")

    def full(_: Publication, __: datetime) -> None:
        raise StateError("state", "the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(state.ledger, "record", full)
        with pytest.raises(StateError):
            pipeline.run(NOON + timedelta(minutes=1))
    seen = dict(glass.seen)
    pipeline.run(NOON + timedelta(minutes=2))
    showing.swap()

    assert b"Post 6" in seen["feed.xml"]
    assert seen["feed.xml"].count(b"<guid") == glass.seen["feed.xml"].count(b"<guid") == 2
    assert feeds(newsroom) == glass.seen


def fail_to_remember(pipeline: Pipeline, state: State, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pass after which the state does not know what it has put and shown."""

    def locked(_: Publication, __: datetime) -> None:
        raise StateError("state", "another process is writing")

    with monkeypatch.context() as patched:
        patched.setattr(state.ledger, "record", locked)
        with pytest.raises(StateError):
            pipeline.run(now)


def test_what_the_state_has_not_heard_of_yet_stays_in_sight_with_all_that_it_leads_to(
    newsroom: Newsroom, settings: Settings, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    """atom-61: a document that leads to a page is not shown without it, nor is a first document taken away again."""
    glass = Glass()
    pipeline, showing = begin(settings, state, glass)
    pipeline.run(NOON)
    before = glass.pages
    for number in range(6, 10):
        newsroom.post(f"2026-01-{number:02d}-p.md", title=f"Post {number}", category="News")
    fail_to_remember(pipeline, state, NOON + timedelta(minutes=1), monkeypatch)
    seen = dict(glass.seen)
    showing.swap()

    assert feeds(newsroom) == seen == glass.seen
    assert {"category/news.xml", "feed.xml", "feed.json"} == glass.seen.keys()
    assert pages(newsroom) == glass.pages != before


def test_what_the_state_has_never_heard_of_goes_out_of_sight_with_its_file(
    newsroom: Newsroom, settings: Settings, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    glass = Glass()
    pipeline, showing = begin(settings, state, glass)
    pipeline.run(NOON)
    newsroom.post("2026-01-06-p.md", title="Post 6", category="News")
    fail_to_remember(pipeline, state, NOON + timedelta(minutes=1), monkeypatch)
    showing.swap()
    newsroom.post("2026-01-06-p.md", title="Post 6", category="News", published="false")
    pipeline.run(NOON + timedelta(minutes=2))
    showing.swap()

    assert {"feed.xml", "feed.json"} == glass.seen.keys()
    assert feeds(newsroom) == glass.seen
    assert b"Post 6" not in b"".join(glass.seen.values())
    assert pages(newsroom) == glass.pages


def test_what_the_state_has_not_heard_of_stays_in_sight_when_the_next_pass_fails_before_it_shows_anything(
    newsroom: Newsroom, settings: Settings, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages have been written anew by then, and documents perhaps: that is no fault of somebody else."""
    glass = Glass()
    pipeline, showing = begin(settings, state, glass)
    pipeline.run(NOON)
    newsroom.post("2026-01-06-p.md", title="Post 6", category="News")
    fail_to_remember(pipeline, state, NOON + timedelta(minutes=1), monkeypatch)
    view = (dict(glass.seen), glass.pages)
    newest, before = glass.pages[-1], newsroom.files()
    newsroom.post("2026-01-05-p.md", title="Post 5, corrected")

    def locked(*_: object) -> None:
        raise StateError("state", "another process is writing")

    with monkeypatch.context() as patched:
        patched.setattr("syndicator.writing._entries", locked)
        with pytest.raises(StateError):
            pipeline.run(NOON + timedelta(minutes=2))
    (newsroom.root / "public/feed.xml").write_text("begun")
    showing.swap()

    assert before[newest] != newsroom.files()[newest]
    assert view == (glass.seen, glass.pages)
    pipeline.run(NOON + timedelta(minutes=3))
    showing.swap()
    assert (feeds(newsroom), pages(newsroom)) == (glass.seen, glass.pages)


def test_who_starts_again_sees_what_was_published_without_a_pass(
    newsroom: Newsroom, settings: Settings, state: State
) -> None:
    begin(settings, state, Glass())[0].run(NOON)
    glass = Glass()
    begin(settings, state, glass)[1].swap()

    assert feeds(newsroom) == glass.seen
    assert pages(newsroom) == glass.pages


def test_a_document_that_was_taken_away_is_out_of_sight_though_the_state_has_not_heard_of_it(
    newsroom: Newsroom, settings: Settings, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The only post of a feed is killed: nobody reads it any more from the moment at which its file goes."""
    glass = Glass()
    pipeline, showing = begin(settings, state, glass)
    newsroom.post("2026-01-06-p.md", title="Post 6", category="News")
    pipeline.run(NOON)
    assert "category/news.xml" in glass.seen
    newsroom.post("2026-01-06-p.md", title="Post 6", category="News", published="false")
    fail_to_remember(pipeline, state, NOON + timedelta(minutes=1), monkeypatch)
    for _ in range(2):
        showing.swap()
        assert b"Post 6" not in b"".join(glass.seen.values())
    newsroom.post("2026-01-06-p.md", title="Post 6", category="News")
    fail_to_remember(pipeline, state, NOON + timedelta(minutes=2), monkeypatch)
    showing.swap()
    assert b"Post 6" in glass.seen["category/news.xml"]
    pipeline.run(NOON + timedelta(minutes=3))
    showing.swap()

    assert feeds(newsroom) == glass.seen


def test_a_page_that_readers_see_stays_though_the_state_has_not_heard_of_it_and_it_cannot_be_written_anew(
    newsroom: Newsroom, settings: Settings, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    """atom-61: what leads to it stays as well, so that posts would be in neither document."""
    glass = Glass()
    pipeline, showing = begin(settings, state, glass)
    pipeline.run(NOON)
    newsroom.post("2026-01-06-p.md", title="Post 6")
    fail_to_remember(pipeline, state, NOON + timedelta(minutes=1), monkeypatch)
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
                pipeline.run(NOON + timedelta(minutes=minute))
            showing.swap()
            assert newest in newsroom.files()
            assert newest in glass.pages
            assert newest.encode() in glass.seen["feed.xml"]
    pipeline.run(NOON + timedelta(minutes=4))
    showing.swap()

    assert b"corrected" in newsroom.files()[newest]
    assert not [path for path in newsroom.files() if path.startswith(".")]
    assert (feeds(newsroom), pages(newsroom)) == (glass.seen, glass.pages)
