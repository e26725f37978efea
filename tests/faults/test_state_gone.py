"""The state's files are removed under a running service, or before it starts: no entry is new to a reader."""

from __future__ import annotations

import os
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from syndicator.state.lock import only_writer
from syndicator.state.versions import open_database
from tests.faults.past import copy_of
from tests.newsroom import Newsroom, eventually, free_port


def readiness(newsroom: Newsroom) -> str:
    return newsroom.get("readyz?verbose")[2].decode()


def test_a_service_makes_a_lost_state_anew_puts_it_back_and_lets_no_second_one_in(
    past: Newsroom, tmp_path: Path
) -> None:
    """Gone before the start, and all its files at once while the service runs, the lock too."""
    newsroom = copy_of(past, tmp_path)
    newsroom.serve_on(free_port())
    before = newsroom.files()
    (newsroom.root / "state.db").unlink()
    with newsroom.running() as process:
        assert "the ids and dates of 9 posts were taken from 14 published documents" in newsroom.log()
        assert before == newsroom.files()
        for path in newsroom.root.glob("state.db*"):
            path.unlink()
        newsroom.post("2026-01-20-new.md", title="New", category="News")

        eventually(lambda: "was removed or renamed while it was in use; it was put back" in readiness(newsroom))
        second = newsroom.command("run")

        assert 1 == second.returncode
        assert f"another syndicator is at work on it: process {process.pid} " in second.stderr
        assert newsroom.ready()
        eventually(lambda: "New" in newsroom.titles())
    after = newsroom.files()
    assert "state rebuilt" in newsroom.log()
    assert "state put back" in newsroom.log()

    assert "" == newsroom.build().stderr
    assert after == newsroom.files()


def test_a_state_that_is_gone_before_the_start_is_made_anew_from_what_is_published(
    past: Newsroom, tmp_path: Path
) -> None:
    """With ids from elsewhere, a renamed post, an edit and a tombstone: no document changes."""
    newsroom = copy_of(past, tmp_path)
    before = newsroom.files()
    state = newsroom.root / "state.db"
    state.unlink()

    refused = [newsroom.command(*words) for words in (("status",), ("build", "--dry-run"))]
    said = newsroom.build().stderr

    assert before == newsroom.files()
    for one in refused:
        assert 1 == one.returncode
        assert "it is not there, though documents that it published are; 'syndicator build' or 'run'" in one.stderr
    assert said.startswith(f"warning: state {state}: it is not there, though documents that it published are; the ids")
    assert "of 9 posts were taken from 14 published documents" in said
    assert said.endswith("remove these documents with it to begin afresh\n")
    assert "" == newsroom.build().stderr
    assert before == newsroom.files()


def test_what_waits_for_a_folder_that_is_away_is_told_and_so_is_a_state_that_is_gone_with_it(
    newsroom: Newsroom,
) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha")
    due = datetime.now(UTC) + timedelta(seconds=1)
    newsroom.post("2026-01-02-b.md", title="Due", date=due.isoformat())
    newsroom.build()
    before = newsroom.files()
    (newsroom.root / "content").rename(newsroom.root / "away")
    eventually(lambda: datetime.now(UTC) > due)

    status = newsroom.command("status").stdout
    state = newsroom.root / "state.db"
    with only_writer(state):
        state.rename(newsroom.root / "elsewhere")
        asked = newsroom.command("status")
    refused = newsroom.build(status=1).stderr

    assert "there is no such folder; 1 post that is due waits for it" in status
    assert 1 == asked.returncode
    assert f"removed or renamed; process {os.getpid()} has it open, and puts it back" in asked.stderr
    assert "makes it anew" not in asked.stderr
    assert "content: does not exist; mount or restore it" in refused
    assert f"state {state}: it is not there, though documents that it published are, and it cannot be made" in refused
    assert (before, False) == (newsroom.files(), state.exists())


def test_a_link_that_leads_nowhere_stays_a_link(newsroom: Newsroom) -> None:
    """As where the volume behind it is not mounted: the state is made anew where the link leads."""
    newsroom.post("2026-01-01-a.md", title="Alpha")
    newsroom.build()
    state, volume = newsroom.root / "state.db", newsroom.root / "volume"
    state.unlink()
    state.symlink_to(volume / "kept.db")

    assert "of 1 posts were taken from 3 published documents" in newsroom.build().stderr
    assert (True, True) == (state.is_symlink(), (volume / "kept.db").is_file())


def test_whoever_wants_no_state_made_anew_is_told_that_it_is_gone(past: Newsroom, tmp_path: Path) -> None:
    newsroom = copy_of(past, tmp_path)
    (newsroom.root / "state.db").unlink()
    before = newsroom.files()

    done = newsroom.build(status=1, env={"SYNDICATOR_STATE__REBUILD": "false"})

    assert "put it back, or set [state] rebuild = true, or remove these documents too to begin afresh" in done.stderr
    assert (before, False) == (newsroom.files(), (newsroom.root / "state.db").exists())


def test_whoever_removes_the_documents_with_the_state_begins_afresh(past: Newsroom, tmp_path: Path) -> None:
    newsroom = copy_of(past, tmp_path)
    (newsroom.root / "state.db").unlink()
    shutil.rmtree(newsroom.root / "public")

    assert "" == newsroom.build().stderr
    assert not any(b"old-2" in data for data in newsroom.files().values())


@pytest.mark.parametrize(
    "feeds",
    [
        '[[feeds]]\nname = "main"\njson = "feed.json"\n',
        '[[feeds]]\nname = "category"\neach = "category"\nrss = "by/{slug}/feed.xml"\n',
    ],
    ids=["JSON alone", "a feed a category"],
)
def test_documents_of_every_kind_are_known_again(newsroom: Newsroom, feeds: str) -> None:
    newsroom.feeds = feeds
    newsroom.configure()
    newsroom.post("2026-01-01-a.md", title="Alpha", category="News")
    newsroom.build()
    posts = newsroom.root / "content/_posts"
    (posts / "2026-01-01-a.md").rename(posts / "2026-01-01-renamed.md")
    newsroom.build()
    before = newsroom.files()
    (newsroom.root / "state.db").unlink()

    assert "the ids and dates of 1 posts were taken from 1 published documents" in newsroom.build().stderr
    assert before == newsroom.files()
    assert any(b"_posts/2026-01-01-a" in data for data in before.values())


OTHERS = {
    "feed.xml": '<rss version="2.0"><channel><title>Old</title><generator>{generator}</generator><item><title>Alpha'
    "</title><guid>old-1</guid><link>https://news.example.org/2026/01/01/a.html</link></item></channel></rss>",
    "atom.xml": '<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:x</id><entry><title>Alpha</title><id>old-1</id>'
    '<content type="html">&lt;generator>syndicator&lt;/generator></content><rights><generator>syndicator</generator>'
    '</rights><link href="https://news.example.org/2026/01/01/a.html"/></entry></feed>',
    "feed.json": '{\n  "version": "https://jsonfeed.org/version/1.1",\n  "title": "Old",\n  "items": [\n    {\n'
    '      "id": "old-1",\n      "url": "https://news.example.org/2026/01/01/a.html"\n    }\n  ]\n}\n',
}


def test_documents_of_another_program_are_no_past_of_ours(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha")
    public = newsroom.root / "public"
    public.mkdir()
    for name, text in OTHERS.items():
        (public / name).write_text(text.replace("{generator}", "Jekyll v4 (not syndicator)"))

    assert "" == newsroom.build().stderr
    assert ["tag:news.example.org,2026-01-01:_posts/2026-01-01-a"] == [item["id"] for item in newsroom.items()]


def test_adopting_begins_no_new_state_where_the_old_one_is_gone(past: Newsroom, tmp_path: Path) -> None:
    newsroom = copy_of(past, tmp_path)
    (newsroom.root / "state.db").unlink()

    done = newsroom.command("adopt", str(newsroom.root / "old.xml"), "--write")

    assert (1, False) == (done.returncode, (newsroom.root / "state.db").exists())
    assert "it is not there, though documents that it published are" in done.stderr


def test_a_state_that_saw_no_pass_is_not_damaged_since_a_feed_of_another_program_stands_there(
    newsroom: Newsroom,
) -> None:
    """A service whose folder is not there yet makes the state, and may be ended before anything is published."""
    newsroom.post("2026-01-01-a.md", title="Alpha")
    newsroom.build()
    before = newsroom.files()
    for path in newsroom.root.glob("state.db*"):
        path.unlink()
    shutil.rmtree(newsroom.root / "public")
    open_database(f"sqlite:///{newsroom.root / 'state.db'}", None).close()
    for name, document in before.items():
        other = newsroom.root / "public" / name
        other.parent.mkdir(parents=True, exist_ok=True)
        other.write_bytes(re.sub(rb"<generator>.*?</generator>", b"", document).replace(b"tag:", b"old:"))

    said = newsroom.build(status=0).stderr

    assert "" == said
    assert [] == [*newsroom.root.glob("state.db.broken-*")]
    assert all(b"old:" not in document for document in newsroom.files().values())
