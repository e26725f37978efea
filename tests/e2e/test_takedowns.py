"""Take-downs, corrections and small edits, from the post to what readers, hubs and operators are told."""

from __future__ import annotations

import json
import re
import shutil
import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import feedparser
import pytest

from syndicator.building import BuildOptions, build
from syndicator.crew import Crew
from syndicator.progress import quiet
from syndicator.settings import load_settings
from tests.loopback_hub import LoopbackHub
from tests.newsroom import Newsroom, eventually

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
A, B = "2026-01-01-a.md", "2026-01-02-b.md"
FEEDS = """
[[feeds]]
name = "main"
rss = "feed.xml"
atom = "atom.xml"
json = "feed.json"
tombstones = true

[[feeds]]
name = "plain"
atom = "plain.xml"

[[feeds]]
name = "category"
each = "category"
atom = "category/{slug}.xml"
tombstones = true
"""


@pytest.fixture
def desk(newsroom: Newsroom) -> Newsroom:
    """Two published posts, feeds that tell of what was taken down, and one that does not."""
    newsroom.feeds = FEEDS
    newsroom.configure()
    newsroom.post(A, title="Alpha", category="News")
    newsroom.post(B, title="Beta", category="News")
    return newsroom


def built(newsroom: Newsroom, now: datetime) -> None:
    """A build by another clock."""
    with Crew(1) as crew:
        build(load_settings(newsroom.root / "syndicator.toml", {}), BuildOptions(), now, quiet, crew)


def stones(newsroom: Newsroom, path: str = "atom.xml") -> list[tuple[str, str]]:
    """Id and moment of what an Atom document says was taken down."""
    text = newsroom.files()[path].decode()
    assert (
        not text.count("deleted-entry") or text.rindex("deleted-entry") < text.find("<entry>") or "<entry>" not in text
    )
    return re.findall(r'<at:deleted-entry ref="([^"]+)" when="([^"]+)"/>', text)


def updated(newsroom: Newsroom, path: str = "atom.xml") -> str:
    """The feed's own date."""
    text = newsroom.files()[path].decode().partition("<entry>")[0]
    return str(re.findall(r"<updated>([^<]+)</updated>", text)[0])


def entry(newsroom: Newsroom, title: str) -> dict[str, Any]:
    return next(item for item in newsroom.items() if item["title"] == title)


def said(newsroom: Newsroom, *words: str) -> Any:
    return json.loads(newsroom.command(*words, "--json").stdout)


def moment(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


TAKE_DOWNS = {
    "killed": lambda room: room.post(A, title="Alpha", category="News", status="killed"),
    "killed by another word": lambda room: room.post(A, title="Alpha", category="News", killed="true", draft="false"),
    "removed": lambda room: (room.root / "content/_posts" / A).unlink(),
    "made a draft": lambda room: room.post(A, title="Alpha", category="News", draft="true"),
    "unpublished": lambda room: room.post(A, title="Alpha", category="News", published="false"),
    "expired": lambda room: room.post(A, title="Alpha", category="News", expires="2026-02-01"),
}


@pytest.mark.parametrize("how", sorted(TAKE_DOWNS))
def test_what_is_taken_down_leaves_every_feed_at_once_and_the_feeds_say_so(desk: Newsroom, how: str) -> None:
    """atom-12, atom-63, atom-65, atom-68, atom-69, user-ask 21."""
    built(desk, NOON)
    gone = entry(desk, "Alpha")["id"]
    TAKE_DOWNS[how](desk)
    later = NOON + timedelta(minutes=5)
    built(desk, later)

    assert ["Beta"] == desk.titles()
    assert [] == [path for path, body in desk.files().items() if b"Alpha" in body]
    assert [(gone, moment(later))] == stones(desk) == stones(desk, "category/news.xml")
    assert [] == stones(desk, "plain.xml")
    assert b"tombstones" not in desk.files()["plain.xml"]
    assert moment(later) == updated(desk) == updated(desk, "plain.xml") == updated(desk, "category/news.xml")
    last = re.findall(r"<lastBuildDate>([^<]+)<", desk.files()["feed.xml"].decode())[0]
    assert later == parsedate_to_datetime(last)
    documents = said(desk, "status")["documents"]
    assert {later} == {datetime.fromisoformat(document["changed"]) for document in documents}
    assert not feedparser.parse(desk.files()["atom.xml"]).bozo
    linted = desk.command("lint", "main", "plain", "category")
    assert 0 == linted.returncode, linted.stdout + linted.stderr


def test_a_pass_with_nothing_new_leaves_tombstones_and_dates_as_they_are(desk: Newsroom) -> None:
    built(desk, NOON)
    TAKE_DOWNS["killed"](desk)
    built(desk, NOON + timedelta(minutes=5))
    before = desk.files()
    built(desk, NOON + timedelta(days=200))
    (desk.root / "content/_posts" / B).touch()
    built(desk, NOON + timedelta(days=201))

    assert before == desk.files()


def test_tombstones_of_more_than_ninety_days_go_when_the_document_changes_anyway(desk: Newsroom) -> None:
    """atom-68."""
    built(desk, NOON)
    TAKE_DOWNS["removed"](desk)
    built(desk, NOON + timedelta(minutes=5))
    desk.post("2026-06-30-c.md", title="Gamma")
    built(desk, NOON + timedelta(days=120))

    assert [] == stones(desk)


def test_what_fell_out_of_the_window_or_changed_its_category_has_no_tombstone(desk: Newsroom) -> None:
    """atom-69."""
    desk.feeds = FEEDS.replace("tombstones = true", "tombstones = true\nlimit = 2", 1)
    desk.configure()
    built(desk, NOON)
    desk.post("2026-01-03-c.md", title="Gamma", category="News")
    desk.post(B, title="Beta", category="Culture")
    built(desk, NOON + timedelta(minutes=5))

    assert ["Gamma", "Beta"] == desk.titles()
    assert [] == stones(desk) + stones(desk, "category/news.xml") + stones(desk, "category/culture.xml")


def test_a_post_that_is_killed_long_after_it_left_the_window_has_a_tombstone_where_it_was(desk: Newsroom) -> None:
    """user-ask 5: readers keep what they have read. A file that is merely removed then says nothing (atom-69)."""
    desk.feeds = FEEDS.replace("tombstones = true", "tombstones = true\nlimit = 1", 1)
    desk.configure()
    desk.post("2025-01-01-old.md", title="Old", category="Old")
    built(desk, NOON)
    gone = json.loads(desk.command("why", A, "--json").stdout)[0]["facts"]
    (desk.root / "content/_posts/2025-01-01-old.md").unlink()
    built(desk, NOON + timedelta(minutes=1))
    assert [] == stones(desk)
    TAKE_DOWNS["killed"](desk)
    down = NOON + timedelta(minutes=5)
    built(desk, down)

    assert [(dict(gone)["id"], moment(down))] == stones(desk) == stones(desk, "category/news.xml")
    assert moment(down) == updated(desk)
    after = desk.files()
    desk.post(A, title="Alpha, killed", category="News", status="killed")
    built(desk, NOON + timedelta(days=1))
    assert after == desk.files()


def test_a_post_that_was_killed_before_it_was_live_leaves_nothing(desk: Newsroom) -> None:
    """atom-69."""
    built(desk, NOON)
    desk.post("2026-01-03-c.md", title="Gamma", status="killed")
    built(desk, NOON + timedelta(minutes=5))

    assert [] == stones(desk)
    assert [] == said(desk, "status")["taken_down"]


def test_what_is_published_again_is_updated_later_than_it_was_taken_down(desk: Newsroom) -> None:
    """atom-66: within one second too, and without a word of the text being changed."""
    built(desk, NOON)
    before = entry(desk, "Alpha")
    TAKE_DOWNS["killed"](desk)
    down = NOON + timedelta(minutes=5)
    built(desk, down)
    desk.post(A, title="Alpha", category="News")
    built(desk, down + timedelta(milliseconds=300))

    assert [] == stones(desk) + stones(desk, "category/news.xml")
    assert {**before, "date_modified": moment(down + timedelta(seconds=1))} == entry(desk, "Alpha")
    assert moment(down + timedelta(seconds=1)) == updated(desk)


def test_a_post_expires_at_its_instant(desk: Newsroom) -> None:
    """atom-12, atom-69, frontmatter-49."""
    expires = NOON + timedelta(hours=1)
    desk.post(A, title="Alpha", category="News", expires=f"{expires:%Y-%m-%d %H:%M:%S} +0000")
    built(desk, NOON)
    built(desk, expires - timedelta(microseconds=1))
    assert ["Beta", "Alpha"] == desk.titles()
    gone = entry(desk, "Alpha")["id"]

    built(desk, expires)

    assert ["Beta"] == desk.titles()
    assert [(gone, moment(expires))] == stones(desk)
    assert moment(expires) == updated(desk)


def test_a_running_service_takes_an_expired_post_down_without_anybody_touching_a_file(desk: Newsroom) -> None:
    """promise 3."""
    began = time.time()
    desk.build()
    expires = time.time() + 2 + 4 * (time.time() - began)  # time to start, on a busy machine too
    when = time.strftime("%Y-%m-%d %H:%M:%S +0000", time.gmtime(expires))
    desk.post(A, title="Alpha", category="News", expires=when)
    with desk.running():
        assert 2 == len(desk.items())
        eventually(lambda: desk.titles() == ["Beta"], within=60)
        assert time.time() >= int(expires)
    assert 1 == len(stones(desk))


def test_a_rename_is_no_take_down(desk: Newsroom) -> None:
    """atom-69."""
    built(desk, NOON)
    before = {item["id"] for item in desk.items()}
    folder = desk.root / "content/_posts"
    (folder / A).rename(folder / "2026-01-01-alpha.md")
    built(desk, NOON + timedelta(minutes=5))

    assert before == {item["id"] for item in desk.items()}
    assert [] == stones(desk)
    assert [] == said(desk, "status")["taken_down"]


def test_the_id_of_a_killed_post_is_given_to_nobody_else(desk: Newsroom) -> None:
    """Nor while its file is there, nor when it is removed, nor to a post that says to have been it."""
    desk.post(A, title="Alpha", category="News", id="alpha")
    built(desk, NOON)
    killed = {item["id"] for item in desk.items()}
    for name, fields in ((A, {"id": "alpha"}), (B, {})):
        desk.post(name, title="Taken down", status="killed", **fields)
    built(desk, NOON + timedelta(minutes=5))
    for name in (A, B):
        (desk.root / "content/_posts" / name).unlink()
    desk.post("2026-01-01-other.md", title="Other", id="alpha")
    desk.post("2026-01-02-b.markdown", title="Beta")
    desk.post("2026-01-03-c.md", title="Gamma", redirect_from="/news/2026/01/02/b.html")
    with pytest.raises(AssertionError, match=r'its id "alpha" belongs to _posts/2026-01-01-a.md, which was killed'):
        desk.build("--allow-empty")

    assert ["Gamma", "Beta"] == desk.titles()
    assert set() == killed & {item["id"] for item in desk.items()}


def test_status_and_why_tell_of_a_take_down_and_hubs_hear_of_it(desk: Newsroom) -> None:
    with LoopbackHub(look=lambda topic: b"Alpha" in desk.files()[topic.rpartition("/")[2]]).listening() as hub:
        desk.settings = f'[[hubs]]\nurl = "{hub.url}"\n'
        desk.feeds = FEEDS.partition('[[feeds]]\nname = "category"')[0]
        desk.configure()
        desk.build()
        hub.heard.clear()
        gone = entry(desk, "Alpha")["id"]
        TAKE_DOWNS["killed"](desk)
        hub.status = 503
        desk.build()
        (owing,) = said(desk, "status")["taken_down"]
        shown = desk.command("status").stdout
        hub.status = 204
    (explained,) = said(desk, "why", A)
    facts = dict(explained["facts"])

    assert ("_posts/" + A, gone, "killed", "Alpha", []) == tuple(
        owing[key] for key in ("path", "id", "state", "title", "shown")
    )
    assert {"feed.xml", "atom.xml", "feed.json", "plain.xml"} == {
        owed["topic"].rpartition("/")[2] for owed in owing["owed"]
    }
    assert "taken down 1 posts of late\n  _posts/2026-01-01-a.md (Alpha): killed, since 20" in shown
    assert "    owed: http://127.0.0.1:" in shown
    assert facts["taken down"].endswith(", id reserved")
    assert facts["taken down"].startswith("at 20")


def test_status_tells_which_document_has_still_what_was_taken_down(desk: Newsroom) -> None:
    built(desk, NOON)
    atom = desk.root / "public" / "atom.xml"
    last = atom.read_bytes()
    atom.unlink()
    (atom / "in the way").mkdir(parents=True)
    TAKE_DOWNS["killed"](desk)
    desk.build(status=1)
    (behind,) = said(desk, "status")["taken_down"]
    shown = desk.command("status").stdout
    shutil.rmtree(atom)
    atom.write_bytes(last)
    desk.build()
    (after,) = said(desk, "status")["taken_down"]

    assert ["atom.xml"] == [url.rpartition("/")[2] for url in behind["shown"]]
    assert "    still in http://127.0.0.1:" in shown
    assert [] == after["shown"]
    assert "killed, since" in desk.command("status").stdout
    assert desk.command("status").stdout.rstrip().endswith("; no document has it")


def test_status_tells_of_a_post_that_expired_since_the_last_pass(desk: Newsroom) -> None:
    desk.post(A, title="Alpha", category="News", expires=f"{NOON + timedelta(hours=1):%Y-%m-%d %H:%M:%S} +0000")
    built(desk, NOON)
    (waiting,) = said(desk, "status")["taken_down"]

    assert ("expired", None, 5) == (waiting["state"], waiting["when"], len(waiting["shown"]))


def test_a_minor_edit_reaches_readers_and_hubs_and_moves_no_date(desk: Newsroom) -> None:
    """atom-36, user-ask 15: nor does it when the word is taken back."""
    with LoopbackHub().listening() as hub:
        desk.settings = f'[[hubs]]\nurl = "{hub.url}"\n'
        desk.configure()
        desk.build()
        before, date = entry(desk, "Alpha"), updated(desk)
        hub.heard.clear()
        desk.post(A, "Words, spelt right.", title="Alpha", category="News", minor="true")
        desk.build()
        after = entry(desk, "Alpha")
        told = set(hub.topics)
        hub.heard.clear()
        desk.post(A, "Words, spelt right.", title="Alpha", category="News")
        desk.build()

    assert before != after
    assert (
        {**before, "content_html": after["content_html"], "summary": after["summary"]} == after == entry(desk, "Alpha")
    )
    assert "Words, spelt right." in after["content_html"]
    assert date == updated(desk)
    assert {"feed.xml", "atom.xml", "feed.json", "plain.xml", "news.xml"} == {t.rpartition("/")[2] for t in told}
    assert [] == hub.topics


def test_a_correction_is_shown_and_is_news(desk: Newsroom) -> None:
    """atom-36, user-ask 15: even beside a word on minor edits that was left standing."""
    built(desk, NOON)
    desk.post(
        A, title="Alpha", category="News", minor="true", correction="It was **not** [Bob](/bob/). <script>x</script>"
    )
    built(desk, NOON + timedelta(minutes=5))
    item = entry(desk, "Alpha")

    assert moment(NOON + timedelta(minutes=5)) == item["date_modified"] == updated(desk)
    assert item["content_html"].startswith("<p>Words.</p>\n<aside><p>It was <strong>not</strong> <a href=")
    assert 'href="https://news.example.org/bob/"' in item["content_html"]
    assert "script" not in item["content_html"]
    assert {"correction": "It was not Bob."} == item["_syndicator"]
    assert "Words." == item["summary"]
    assert b"&lt;aside&gt;" in desk.files()["feed.xml"]

    desk.settings = ""
    path = desk.root / "syndicator.toml"
    path.write_text(
        path.read_text().replace(
            'to = "public"', 'to = "public"\ncorrections = "start"\ncorrection_label = "Errata <b>"'
        )
    )
    built(desk, NOON + timedelta(minutes=10))
    again = entry(desk, "Alpha")
    assert again["content_html"].startswith("<aside><p><strong>Errata &lt;b&gt;:</strong> It was")
    assert item["date_modified"] == again["date_modified"]

    path.write_text(path.read_text().replace('corrections = "start"', 'corrections = "off"'))
    built(desk, NOON + timedelta(minutes=15))
    off = entry(desk, "Alpha")
    assert "<p>Words.</p>" == off["content_html"].strip()
    assert {"correction": "It was not Bob."} == off["_syndicator"]
