"""Archives on disk and over HTTP: who walks back finds every post, and pages stay (atom-61, user-asks 46)."""

from __future__ import annotations

import json
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import etree

from tests.e2e.test_kill import assert_whole, mortal
from tests.loopback_hub import LoopbackHub
from tests.newsroom import Newsroom

FEEDS = """
[[feeds]]
name = "main"
rss = "feed.xml"
atom = "atom.xml"
json = "feed.json"
limit = 4
archive = true
"""
ATOM, HISTORY = "{http://www.w3.org/2005/Atom}", "{http://purl.org/syndication/history/1.0}"


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    return Newsroom(tmp_path, feeds=FEEDS)


def write(newsroom: Newsroom, *numbers: int, text: str = "", **fields: str) -> None:
    """Posts of the days with these numbers."""
    for number in numbers:
        words = text or f"Words {number}."
        usual = {"title": f"Post {number}", "category": "News"}
        newsroom.post(f"2026-01-{number:02d}-p.md", words, **(usual | fields))


def build(newsroom: Newsroom, *words: str) -> set[str]:
    """Build, and say which files are other than before."""
    before = newsroom.files()
    newsroom.build(*words)
    after = newsroom.files()
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def links(data: bytes) -> dict[str, str]:
    """Links of a feed by relation, with names of files."""
    root = etree.fromstring(data)
    head = root if root.tag == f"{ATOM}feed" else root[0]
    return {link.get("rel", ""): urlsplit(link.get("href", "")).path[1:] for link in head.findall(f"{ATOM}link")}


def texts(data: bytes) -> dict[str, str]:
    """What the entries of a document say, by id."""
    if data.startswith(b"{"):
        return {item["id"]: item["content_html"] for item in json.loads(data)["items"]}
    root = etree.fromstring(data)
    if root.tag == f"{ATOM}feed":
        return {e.findtext(f"{ATOM}id", ""): e.findtext(f"{ATOM}content", "") for e in root.findall(f"{ATOM}entry")}
    content = "{http://purl.org/rss/1.0/modules/content/}encoded"
    return {item.findtext("guid", ""): item.findtext(content, "") for item in root.iter("item")}


def walk(newsroom: Newsroom, name: str) -> dict[str, str]:
    """What a client finds that begins at the feed and follows its history to the end; the newest word counts."""
    files, seen, found = newsroom.files(), list[str](), dict[str, str]()
    while name:
        assert name not in seen, "the history goes round in circles"
        seen.append(name)
        found = {**texts(files[name]), **found}
        if name.endswith(".json"):
            name = urlsplit(json.loads(files[name]).get("next_url", "")).path[1:]
        else:
            name = links(files[name]).get("prev-archive", "")
    return found


def numbers(found: dict[str, str]) -> list[int]:
    return sorted(int(re.findall(r"Words (\d+)", text)[0]) for text in found.values())


# --- what stands where ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["feed.xml", "atom.xml", "feed.json"])
def test_who_walks_back_finds_every_post_atom_61_rss_15_jsonfeed_60(newsroom: Newsroom, name: str) -> None:
    write(newsroom, *range(1, 24))
    newsroom.build()

    assert list(range(1, 24)) == numbers(walk(newsroom, name))


@pytest.mark.parametrize("name", ["feed", "atom"])
def test_a_page_says_what_it_is_and_who_its_neighbours_are_atom_58_rss_63(newsroom: Newsroom, name: str) -> None:
    write(newsroom, *range(1, 9))
    newsroom.build()
    files = newsroom.files()
    first, middle, last = (files[f"{name}.archive-{number}.xml"] for number in (1, 2, 3))

    assert f"{name}.archive-3.xml" == links(files[f"{name}.xml"])["prev-archive"]
    assert {"current", "next-archive"}.isdisjoint(links(files[f"{name}.xml"]))
    assert {"self": f"{name}.archive-1.xml", "current": f"{name}.xml", "next-archive": f"{name}.archive-2.xml"} == {
        rel: href for rel, href in links(first).items() if rel != "alternate"
    }
    assert (f"{name}.archive-1.xml", f"{name}.archive-3.xml") == (
        links(middle)["prev-archive"],
        links(middle)["next-archive"],
    )
    assert "next-archive" not in links(last)
    assert [0, 1, 1, 1] == [
        len(etree.fromstring(data).findall(f".//{HISTORY}archive"))
        for data in (files[f"{name}.xml"], first, middle, last)
    ]
    assert not any(b"fh:complete" in data for data in files.values())  # atom-59
    assert not any(
        {"first", "last", "next", "previous"} & links(data).keys() for data in (first, middle, last)
    )  # atom-60


def test_all_documents_of_a_feed_have_its_id_atom_32(newsroom: Newsroom) -> None:
    write(newsroom, *range(1, 9))
    newsroom.build()
    atoms = [data for name, data in newsroom.files().items() if name.startswith("atom")]

    assert 4 == len(atoms)
    assert 1 == len({etree.fromstring(data).findtext(f"{ATOM}id") for data in atoms})


def test_json_pages_have_their_own_address_and_lead_to_older_ones_jsonfeed_14_jsonfeed_24(newsroom: Newsroom) -> None:
    write(newsroom, *range(1, 7))
    newsroom.build()
    heads = [
        {key: urlsplit(value).path for key, value in json.loads(newsroom.files()[name]).items() if key.endswith("_url")}
        for name in ("feed.json", "feed.archive-2.json", "feed.archive-1.json")
    ]

    assert [
        {"home_page_url": "/", "feed_url": "/feed.json", "next_url": "/feed.archive-2.json"},
        {"home_page_url": "/", "feed_url": "/feed.archive-2.json", "next_url": "/feed.archive-1.json"},
        {"home_page_url": "/", "feed_url": "/feed.archive-1.json"},
    ] == heads


def test_the_linter_finds_nothing_in_any_document_of_an_archive_rss_63(newsroom: Newsroom) -> None:
    write(newsroom, *range(1, 9))
    newsroom.build()
    linted = newsroom.command("lint", "--strict", str(newsroom.root / "public"))

    assert (0, "") == (linted.returncode, linted.stderr)


def test_without_archive_no_document_knows_of_one(newsroom: Newsroom) -> None:
    newsroom.feeds = FEEDS.replace("archive = true", "")
    newsroom.configure()
    write(newsroom, *range(1, 9))
    newsroom.build()

    assert {"atom.xml", "feed.json", "feed.xml"} == newsroom.files().keys()
    assert not any(b"archive" in data or b"next_url" in data for data in newsroom.files().values())


def test_each_value_has_its_own_history(newsroom: Newsroom) -> None:
    newsroom.feeds = (
        FEEDS.replace('"main"', '"category"\neach = "category"')
        .replace('= "', '= "{slug}/')
        .replace("{slug}/category", "category")
    )
    newsroom.configure()
    write(newsroom, *range(1, 9))
    newsroom.post("2026-02-01-x.md", "Words 99.", title="Other", category="Other")
    newsroom.build()

    assert list(range(1, 9)) == numbers(walk(newsroom, "news/atom.xml"))
    assert [99] == numbers(walk(newsroom, "other/atom.xml"))


# --- what changes -----------------------------------------------------------------------------------------------------


def test_a_new_post_writes_the_feed_alone_and_now_and_then_a_page_and_its_neighbour(newsroom: Newsroom) -> None:
    write(newsroom, *range(1, 9))
    newsroom.build()
    feed = {"feed.xml", "atom.xml", "feed.json"}
    page = {"feed.archive-4.xml", "atom.archive-4.xml", "feed.archive-4.json"}
    neighbour = {"feed.archive-3.xml", "atom.archive-3.xml"}  # JSON Feed knows no way forward

    changed = []
    for number in range(9, 13):
        write(newsroom, number)
        changed.append(build(newsroom))
    assert [feed | page | neighbour, feed] == changed[:2]
    assert set() == build(newsroom)


_READING = """
import sys
tell = lambda event, about: event == "open" and str(about[0]).endswith(".md") and print(about[0], file=sys.stderr)
sys.addaudithook(tell)
sys.argv = ["syndicator", "-c", sys.argv[1], "build"]
from syndicator.cli import main
main()
"""


def test_a_new_post_is_the_only_one_that_is_read(newsroom: Newsroom) -> None:
    write(newsroom, *range(1, 22))
    newsroom.build()
    write(newsroom, 22)
    command = [sys.executable, "-c", _READING, str(newsroom.root / "syndicator.toml")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert ["2026-01-22-p.md"] == sorted({Path(line).name for line in done.stderr.splitlines() if line.endswith(".md")})


def test_a_post_that_is_taken_down_leaves_its_page_at_once(newsroom: Newsroom) -> None:
    write(newsroom, *range(1, 13))
    newsroom.build()
    (newsroom.root / "content/_posts/2026-01-03-p.md").unlink()

    assert {"feed.archive-2.xml", "atom.archive-2.xml", "feed.archive-2.json"} == build(newsroom)
    assert [n for n in range(1, 13) if n != 3] == numbers(walk(newsroom, "atom.xml"))


def test_a_corrected_post_is_in_the_feed_again_and_its_old_text_nowhere(newsroom: Newsroom) -> None:
    write(newsroom, *range(1, 13))
    newsroom.build()
    write(newsroom, 3, text="Words 3, mended.")
    changed = build(newsroom)

    pages = {"feed.archive-2.xml", "atom.archive-2.xml", "feed.archive-2.json"}
    assert {"feed.xml", "atom.xml", "feed.json"} | pages == changed
    for name in ("feed.xml", "atom.archive-2.xml"):
        assert "<p>Words 3, mended.</p>" in texts(newsroom.files()[name]).values()
    assert not any(b"Words 3." in data for data in newsroom.files().values())


def test_a_post_that_turns_up_late_is_in_the_feed(newsroom: Newsroom) -> None:
    write(newsroom, *range(10, 22))
    newsroom.build()
    write(newsroom, 2)
    changed = build(newsroom)

    assert "feed.archive-1.xml" not in changed
    assert 2 in numbers(walk(newsroom, "feed.json"))


def test_a_renamed_post_stays_where_it_was_with_its_new_address(newsroom: Newsroom) -> None:
    write(newsroom, *range(1, 13))
    newsroom.build()
    posts = newsroom.root / "content/_posts"
    (posts / "2026-01-03-p.md").rename(posts / "2026-01-03-renamed.md")

    assert {"feed.archive-2.xml", "atom.archive-2.xml", "feed.archive-2.json"} == build(newsroom)
    assert list(range(1, 13)) == numbers(walk(newsroom, "atom.xml"))
    assert b"/2026/01/03/renamed.html" in newsroom.files()["feed.archive-2.json"]


def test_an_archived_post_that_became_bad_keeps_its_last_good_version(newsroom: Newsroom) -> None:
    write(newsroom, *range(1, 9))
    newsroom.build()
    last = next(name for name in sorted(newsroom.files(), reverse=True) if name.startswith("atom.archive"))
    assert "atom.archive-3.xml" == last
    write(newsroom, 1, title='"never closed')
    newsroom.build(status=1)
    assert 1 in numbers(walk(newsroom, "atom.xml"))

    # Its page says the same as before but for its title, so it can wait.
    newsroom.site = 'description = "Of another kind"'
    newsroom.configure()
    newsroom.build(status=1)
    assert b"Of another kind" in newsroom.files()["atom.archive-2.xml"]
    assert list(range(1, 9)) == numbers(walk(newsroom, "atom.xml"))

    # What is taken down may not wait.
    (newsroom.root / "content/_posts/2026-01-02-p.md").unlink()
    newsroom.build(status=1)
    assert list(range(3, 9)) == numbers(walk(newsroom, "atom.xml"))

    write(newsroom, 1, text="Words 1 mended.")
    newsroom.build()
    assert [1, *range(3, 9)] == numbers(walk(newsroom, "atom.xml"))


def test_a_post_of_an_archive_that_cannot_be_rendered_is_reported(newsroom: Newsroom) -> None:
    write(newsroom, *range(2, 13))
    write(newsroom, 1, text="Words 1. " + "[" * 900_000)
    said = newsroom.build(status=1).stderr

    assert "2026-01-01-p.md" in said
    assert list(range(2, 13)) == numbers(walk(newsroom, "atom.xml"))
    assert "2026-01-01-p.md" in newsroom.command("status").stdout
    write(newsroom, 1)
    newsroom.build()
    assert list(range(1, 13)) == numbers(walk(newsroom, "atom.xml"))


def test_local_images_of_archived_posts_are_measured_and_remote_ones_never_asked_for(newsroom: Newsroom) -> None:
    demo = Path(__file__).parents[2] / "config/demo/content/assets/img/seed-packet.png"
    shutil.copy(demo, newsroom.root / "content/a.png")
    write(newsroom, 1, image="/a.png")
    write(newsroom, 2, image="https://127.0.0.1:9/b.png")
    write(newsroom, *range(3, 13))
    newsroom.build("--no-announce")
    items = {item["title"]: item for item in json.loads(newsroom.files()["feed.archive-1.json"])["items"]}

    assert demo.stat().st_size == items["Post 1"]["attachments"][0]["size_in_bytes"]
    assert "https://127.0.0.1:9/b.png" == items["Post 2"]["image"]
    with closing(sqlite3.connect(newsroom.root / "state.db")) as state:
        assert [] == state.execute("SELECT url FROM images").fetchall()


def test_pages_show_pictures_and_come_with_files_as_the_feed_does(newsroom: Newsroom) -> None:
    newsroom.feeds = FEEDS + 'hero = "always"\n'
    newsroom.configure()
    shutil.copy(
        Path(__file__).parents[2] / "config/demo/content/assets/img/seed-packet.png", newsroom.root / "content/a.png"
    )
    (newsroom.root / "content/a.mp3").write_bytes(b"ID3" + bytes(500))
    write(newsroom, 1, image="/a.png", enclosure="/a.mp3")
    newsroom.build()
    (before,) = newsroom.items()
    write(newsroom, *range(2, 13))
    newsroom.build()
    (item,) = (i for i in json.loads(newsroom.files()["feed.archive-1.json"])["items"] if i["title"] == "Post 1")

    assert 2 == len(item["attachments"])
    assert "a.png" in item["content_html"]
    assert before == item


def test_what_is_known_of_a_remote_image_outlives_its_place_in_the_feed(newsroom: Newsroom) -> None:
    write(newsroom, 1, image="https://img.example/b.jpg")
    newsroom.build()
    with closing(sqlite3.connect(newsroom.root / "state.db")) as state:
        state.execute("UPDATE images SET status = 'known', type = 'image/jpeg', length = 77")
        state.commit()
    write(newsroom, *range(2, 13))
    newsroom.build()
    newsroom.site = 'description = "So that all is written again"'
    newsroom.configure()
    newsroom.build()
    (item,) = (i for i in json.loads(newsroom.files()["feed.archive-1.json"])["items"] if i["title"] == "Post 1")

    assert 77 == item["attachments"][0]["size_in_bytes"]


def test_a_correction_that_the_site_shows_only_later_reaches_the_page_too(newsroom: Newsroom) -> None:
    toml = newsroom.root / "syndicator.toml"
    toml.write_text(toml.read_text().replace('path = "content"', 'path = "content"\nrendered = "_site"'))

    def site_shows(number: int, text: str) -> None:
        page = newsroom.root / f"content/_site/news/2026/01/{number:02d}/p.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(f"<article><p>{text}</p></article>")

    write(newsroom, *range(1, 13))
    for number in range(1, 13):
        site_shows(number, f"Words {number}, wrong.")
    newsroom.build()
    assert "<p>Words 3, wrong.</p>" in texts(newsroom.files()["atom.archive-2.xml"]).values()

    write(newsroom, 3, text="Words 3, mended.")
    newsroom.build()
    site_shows(3, "Words 3, mended.")
    newsroom.build()
    for name in ("atom.xml", "atom.archive-2.xml"):
        assert "<p>Words 3, mended.</p>" in texts(newsroom.files()[name]).values()
    assert not any(b"Words 3, wrong." in data for data in newsroom.files().values())


# --- what operators do ------------------------------------------------------------------------------------------------


def test_two_fresh_builds_make_the_same_pages(newsroom: Newsroom) -> None:
    write(newsroom, *range(1, 13))
    newsroom.build()
    once = newsroom.files()
    shutil.rmtree(newsroom.root / "public")
    (newsroom.root / "state.db").unlink()
    newsroom.build()

    assert once == newsroom.files()


def test_another_limit_leaves_the_pages_that_there_are(newsroom: Newsroom) -> None:
    write(newsroom, *range(1, 13))
    newsroom.build()
    for limit in (20, 2):
        newsroom.feeds = FEEDS.replace("limit = 4", f"limit = {limit}")
        newsroom.configure()
        changed = build(newsroom)

        assert "feed.archive-1.xml" not in changed
        assert list(range(1, 13)) == numbers(walk(newsroom, "atom.xml"))


def test_an_archive_that_is_switched_off_is_gone_and_another_begins_afresh(newsroom: Newsroom) -> None:
    write(newsroom, *range(1, 13))
    newsroom.build()
    before = newsroom.files()
    newsroom.feeds = FEEDS.replace("archive = true", "archive = false")
    newsroom.configure()
    newsroom.build()
    assert {"atom.xml", "feed.json", "feed.xml"} == newsroom.files().keys()

    newsroom.feeds = FEEDS
    newsroom.configure()
    newsroom.build()
    assert before == newsroom.files()


def test_a_feed_of_another_name_has_its_history_at_the_same_addresses(newsroom: Newsroom) -> None:
    write(newsroom, *range(1, 13))
    newsroom.build()
    before = newsroom.files().keys()
    newsroom.feeds = FEEDS.replace('"main"', '"other"')
    newsroom.configure()
    newsroom.build()

    assert before == newsroom.files().keys()
    assert list(range(1, 13)) == numbers(walk(newsroom, "feed.xml"))


def test_why_and_status_know_of_pages(newsroom: Newsroom) -> None:
    write(newsroom, *range(1, 13))
    newsroom.build()

    assert "on page 1 of the archive" in newsroom.command("why", "2026-01-02-p.md").stdout
    assert "number 1 of 4" in newsroom.command("why", "2026-01-12-p.md").stdout
    assert "documents  3, and 15 pages of archives" in newsroom.command("status").stdout


def test_a_path_that_a_page_may_come_to_want_is_a_fault_of_the_configuration(newsroom: Newsroom) -> None:
    newsroom.settings = '\n[[feeds]]\nname = "other"\nrss = "feed.archive-77.xml"\n'
    newsroom.configure()

    assert 'feed "other" wants feed.archive-77.xml' in newsroom.build(status=2).stderr
    assert {} == newsroom.files()


def test_hubs_hear_of_feeds_and_never_of_pages(newsroom: Newsroom) -> None:
    with LoopbackHub(look=lambda _: b"").listening() as hub:
        newsroom.settings = f'\n[[hubs]]\nurl = "{hub.url}"\n'
        newsroom.configure()
        write(newsroom, *range(1, 13))
        newsroom.build()

        assert ["atom.xml", "feed.json", "feed.xml"] == sorted(urlsplit(topic).path[1:] for topic, _ in hub.heard)
    assert not any(b"hub" in data for name, data in newsroom.files().items() if "archive" in name)


def test_the_feed_waits_for_a_page_that_cannot_be_written(newsroom: Newsroom) -> None:
    write(newsroom, *range(1, 9))
    newsroom.build()
    before = newsroom.files()["feed.xml"]
    obstacle = newsroom.root / "public/feed.archive-4.xml"
    obstacle.mkdir()
    write(newsroom, 9)
    newsroom.build(status=1)
    assert before == newsroom.files()["feed.xml"]

    obstacle.rmdir()
    newsroom.build()
    assert list(range(1, 10)) == numbers(walk(newsroom, "feed.xml"))


def test_the_service_lets_pages_be_kept_for_long_but_not_for_ever_atom_62_http_34(newsroom: Newsroom) -> None:
    write(newsroom, *range(1, 13))
    with newsroom.running():
        status, headers, body = newsroom.get("feed.archive-1.xml")
        assert (200, newsroom.files()["feed.archive-1.xml"]) == (status, body)
        assert "public, max-age=31536000" == headers["cache-control"]
        assert "public, max-age=300" == newsroom.get("feed.xml")[1]["cache-control"]
        assert "application/rss+xml; charset=utf-8" == headers["content-type"]
        assert 304 == newsroom.get("feed.archive-1.xml", If_None_Match=str(headers["etag"]))[0]
        assert 404 == newsroom.get("feed.archive-99.xml")[0]
        assert b"pages of archives" not in newsroom.get("")[2]

        (newsroom.root / "public/feed.archive-1.xml").unlink()
        (newsroom.root / "public/feed.archive-2.xml").unlink()
        assert 503 == newsroom.get("feed.archive-2.xml")[0]


# --- kills ------------------------------------------------------------------------------------------------------------


def scenario(newsroom: Newsroom) -> None:
    """A newsroom with an archive, and then: a post edited, one removed, one late, and enough new ones for a page."""
    write(newsroom, *range(5, 15))
    newsroom.build()
    write(newsroom, 5, text="Words 5 mended.", last_modified_at="2026-02-01")
    (newsroom.root / "content/_posts/2026-01-08-p.md").unlink()
    write(newsroom, 1, 15, 16)


def undated(files: dict[str, bytes]) -> dict[str, bytes]:
    """Without the moment at which a removal was seen."""
    return {name: re.sub(rb"(<updated>|<lastBuildDate>)[^<]*", rb"\1", data) for name, data in files.items()}


@pytest.mark.parametrize("part", range(3))
def test_a_build_killed_anywhere_is_finished_by_the_next_one(tmp_path: Path, part: int) -> None:
    before = Newsroom(tmp_path / "before", feeds=FEEDS, port=8080)
    scenario(before)
    calm = copy_of(before, tmp_path / "calm")
    done = mortal(calm, 0)
    assert done.returncode == 0, done.stderr
    wanted, points = undated(calm.files()), int(done.stderr.rsplit("points: ", 1)[1])
    assert points > 40
    for point in range(1 + 5 * part, points + 1, 15):
        newsroom = copy_of(before, tmp_path / str(point))
        assert -signal.SIGKILL == mortal(newsroom, point).returncode
        assert_whole(newsroom)
        newsroom.build()

        assert wanted == undated(newsroom.files()), f"point {point}"


def copy_of(before: Newsroom, root: Path) -> Newsroom:
    shutil.copytree(before.root, root)
    copied: dict[str, Any] = {"feeds": FEEDS, "port": 8080}
    return Newsroom(root, **copied)
