"""A long archive that is cut off half-way goes on where it was."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from syndicator import writing
from syndicator.app import orders, publisher, state_to_write
from syndicator.errors import PublishError
from syndicator.model import Document
from syndicator.passes import Report
from syndicator.pipeline import Pipeline
from syndicator.ports import Publisher
from syndicator.settings import load_settings
from syndicator.sourcing import reader
from tests.newsroom import Newsroom
from tests.passing_on import PassingOn

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
FEEDS = """
[[feeds]]
name = "main"
rss = "feed.xml"
limit = 4
archive = true
"""


class Stopped(BaseException):
    """The process is told to stop."""


class Press(PassingOn):
    """A publisher that stops for good when so many documents are put; ``put_at`` are the paths until then."""

    def __init__(self, inner: Publisher, after: int) -> None:
        super().__init__(inner)
        self._after = after
        self.put_at: list[str] = []

    def put(self, document: Document) -> str:
        if len(self.put_at) == self._after:
            raise Stopped
        self.put_at.append(document.path)
        return super().put(document)


def make_pass(newsroom: Newsroom, after: int = 10_000) -> tuple[list[str], Report | None]:
    """One pass, which is stopped after so many documents: what it put, and what it reports if it came to its end."""
    settings = load_settings(newsroom.root / "syndicator.toml", {})
    press = Press(publisher(settings), after)
    with state_to_write(settings) as state:
        pipeline = Pipeline(lambda: reader(settings, mends=True), press, state.ledger, orders(settings))
        try:
            return press.put_at, pipeline.run(NOON)
        except Stopped:
            return press.put_at, None


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    newsroom = Newsroom(tmp_path, feeds=FEEDS)
    for number in range(1, 25):
        newsroom.post(f"2026-01-{number:02d}-p.md", title=f"Post {number}")
    return newsroom


def test_who_was_stopped_in_the_midst_of_an_archive_goes_on_there(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_MANY", 3)
    first, report = make_pass(newsroom, 8)
    assert ([f"feed.archive-{number}.xml" for number in range(1, 9)], None) == (first, report)

    second, report = make_pass(newsroom)
    assert [*(f"feed.archive-{number}.xml" for number in range(7, 12)), "feed.xml"] == second
    assert report is not None
    assert ([], 12) == (make_pass(newsroom)[0], report.documents)


def test_a_page_that_may_have_been_seen_is_never_cut_anew(newsroom: Newsroom) -> None:
    make_pass(newsroom, 11)
    seen = newsroom.files()["feed.archive-11.xml"]
    for number in (25, 26, 27):
        newsroom.post(f"2026-01-{number:02d}-p.md", title=f"Post {number}")
    newsroom.post("2026-01-22-late.md", title="Late")
    make_pass(newsroom)

    assert seen.count(b"<item>") == newsroom.files()["feed.archive-11.xml"].count(b"<item>")
    assert b"Late" not in newsroom.files()["feed.archive-11.xml"]
    assert b"Late" in newsroom.files()["feed.archive-12.xml"]


def test_a_page_without_room_on_the_disk_keeps_the_feed_as_it_is(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_pass(newsroom)
    before = newsroom.files()["feed.xml"]
    for number in (25, 26):
        newsroom.post(f"2026-01-{number:02d}-p.md", title=f"Post {number}")
    put = Press.put

    def full(self: Press, document: Document) -> str:
        if document.path == "feed.archive-12.xml":
            raise PublishError(document.path, "the disk is full")
        return put(self, document)

    with monkeypatch.context() as patched:
        patched.setattr(Press, "put", full)
        with pytest.raises(PublishError):
            make_pass(newsroom)
    assert before == newsroom.files()["feed.xml"]

    make_pass(newsroom)
    assert b"Post 26" in newsroom.files()["feed.xml"]
    assert "feed.archive-12.xml" in newsroom.files()
