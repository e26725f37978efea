"""The running service, in real time: what the clock changes is on disk and served within a second of its instant."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.newsroom import Newsroom, eventually

AN_HOUR = {"SYNDICATOR_PUBLISH__SETTLE": "1h"}
HOUR, TWO_DAYS = 3600, 2 * 86_400
FEEDS = """
[[feeds]]
name = "main"
json = "feed.json"

[[feeds]]
name = "recent"
json = "recent.json"
max_age = "1h"

[[feeds]]
name = "news"
sitemap = "news.xml"
"""


@dataclass(frozen=True, slots=True)
class Change:
    """A title that comes to a document, or leaves it, at an instant."""

    at: float
    title: str
    document: str
    there: bool = False

    def is_seen_in(self, body: bytes) -> bool:
        return self.there == (self.title.encode() in body)


def utc(instant: float) -> str:
    return datetime.fromtimestamp(instant, UTC).isoformat(sep=" ", timespec="milliseconds")


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    newsroom = Newsroom(tmp_path, feeds=FEEDS)
    path = tmp_path / "syndicator.toml"
    path.write_text(path.read_text().replace("[publish]\n", '[publish]\nsettle = "1s"\n'))
    return newsroom


def test_embargo_expiry_hold_off_and_ages_change_documents_within_a_second_of_their_instant(
    newsroom: Newsroom,
) -> None:
    """One run for all kinds. On a machine that is slow to build just now it may take longer by as much."""
    newsroom.post("2026-01-01-a.md", title="Alpha")
    newsroom.build()  # the first command of a test run imports what all others share
    began = time.monotonic()
    newsroom.build("--approve")
    within = max(1.0, 3 * (time.monotonic() - began))
    with newsroom.running():
        soon = round(time.time() + 0.5 + within, 1)
        newsroom.post("2026-01-02-b.md", title="Saved")
        newsroom.post("2026-01-03-c.md", title="Embargoed", date=utc(soon + 0.5))
        newsroom.post("2026-01-04-d.md", title="Brief", expiryDate=utc(soon + 1))
        newsroom.post("2026-01-05-e.md", title="Aged", date=utc(soon + 1.5 - HOUR))
        newsroom.post("2026-01-06-f.md", title="Mapped", date=utc(soon + 2 - TWO_DAYS))
        settles = eventually(lambda: settles_of(newsroom))
        changes = [
            Change(settles, "Saved", "feed.json", there=True),
            Change(soon + 0.5, "Embargoed", "feed.json", there=True),
            Change(soon + 1, "Brief", "feed.json"),
            Change(soon + 1.5, "Aged", "recent.json"),
            Change(soon + 2, "Mapped", "news.xml"),
        ]
        late = {change.title: seen(newsroom, change) - change.at for change in changes}
    assert {} == {title: by for title, by in late.items() if not 0 <= by < within}, (within, late)


def test_a_post_that_waits_is_explained_and_freed_when_the_setting_is_lowered(newsroom: Newsroom) -> None:
    """user-asks-17. Saved, put back to draft and saved again: it never left, and began to wait anew."""
    newsroom.post("2026-01-01-a.md", title="Alpha")
    newsroom.build()
    newsroom.post("2026-01-02-b.md", title="Beta")
    built = newsroom.build(env=AN_HOUR).stdout
    first = settles_of(newsroom)
    newsroom.post("2026-01-02-b.md", title="Beta", draft="true")
    newsroom.build(env=AN_HOUR)
    newsroom.post("2026-01-02-b.md", title="Beta")
    newsroom.build(env=AN_HOUR)
    until = datetime.fromtimestamp(settles_of(newsroom), UTC)

    posts = newsroom.root / "content/_posts"
    (posts / "2026-01-02-b.md").rename(posts / "2026-01-02-bee-b.md")
    newsroom.build(env=AN_HOUR)
    (posts / "2026-01-02-bee-b.md").rename(posts / "2026-01-02-b.md")
    newsroom.build(env=AN_HOUR)

    assert first < until.timestamp() == settles_of(newsroom), "renamed, it keeps its time"
    assert ["Alpha"] == newsroom.titles()
    assert "(the hold-off of _posts/2026-01-02-b.md ends)" in built
    status = newsroom.command("status").stdout
    assert f"next change {until:%Y-%m-%d %H:%M:%S} UTC: the hold-off of _posts/2026-01-02-b.md ends\n" in status
    assert "1 live, 1 waiting ([publish] settle)\nwaiting    1 posts\n" in status
    assert (
        f"  _posts/2026-01-02-b.md: until {until:%Y-%m-%d %H:%M:%S} UTC, it is held off ([publish] settle)\n" in status
    )
    said = f"  main          waiting until {until:%Y-%m-%d %H:%M:%S}+00:00 ([publish] settle)\n"
    assert said in newsroom.command("why", "2026-01-02-b.md").stdout

    newsroom.build(env={"SYNDICATOR_PUBLISH__SETTLE": "0s"})
    assert ["Beta", "Alpha"] == newsroom.titles()
    newsroom.build(env=AN_HOUR)
    assert ["Beta", "Alpha"] == newsroom.titles()


def test_a_site_that_moves_here_is_there_at_once(newsroom: Newsroom) -> None:
    """With posts that the adopted feed has, and with those that it has not."""
    newsroom.post("2026-01-01-a.md", title="Alpha")
    newsroom.build()
    (newsroom.root / "public/feed.json").rename(newsroom.root / "old.json")
    (newsroom.root / "state.db").unlink()
    newsroom.post("2026-01-02-b.md", title="Beta")
    adopted = newsroom.command("adopt", str(newsroom.root / "old.json"), "--write", env=AN_HOUR)
    newsroom.build(env=AN_HOUR)
    newsroom.post("2026-01-03-c.md", title="Gamma")
    newsroom.build(env=AN_HOUR)

    assert 0 == adopted.returncode
    assert ["Beta", "Alpha"] == newsroom.titles()


def settles_of(newsroom: Newsroom) -> float:
    """When the hold-off of all that was just saved ends, as the state has it: 0 before a pass has seen it."""
    with closing(sqlite3.connect(newsroom.root / "state.db")) as state:
        (found,) = state.execute("SELECT max(settles) FROM posts WHERE path LIKE '%-b.md'").fetchone()
    return (found or 0) / 1e6


def seen(newsroom: Newsroom, change: Change) -> float:
    """When a change is on disk and served; it must not be before its instant."""

    def look() -> float:
        bodies = (newsroom.files()[change.document], newsroom.get(change.document)[2])
        return time.time() if all(map(change.is_seen_in, bodies)) else 0.0

    return eventually(look)
