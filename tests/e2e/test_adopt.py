"""Moving house: who followed the old feed is sent nothing again."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from html import escape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import feedparser
import pytest

from tests.loopback_hub import LoopbackHub
from tests.newsroom import Newsroom
from tests.repositories import Authors

SITES = Path(__file__).parents[1] / "sites"
RECORD: dict[str, Any] = json.loads((SITES / "jekyll.expected.json").read_bytes())
OUTPUTS = ("feed.xml", "atom.xml", "feed.json")


def jekyll_feed() -> str:
    """What jekyll-feed made of the sample site, as it writes it."""
    entries = "".join(
        f'<entry><title type="html">{escape(entry["title"])}</title>'
        f'<link href="{escape(entry["url"])}" rel="alternate" type="text/html" title="{escape(entry["title"])}" />'
        f"<published>{entry['published']}</published><updated>{entry['updated']}</updated>"
        f"<id>{escape(entry['id'])}</id></entry>"
        for entry in RECORD["feed"]
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" >'
        '<generator uri="https://jekyllrb.com/" version="4.3.1">Jekyll</generator>'
        '<link href="https://parity.example.org/daily/feed.xml" rel="self" type="application/atom+xml" />'
        "<updated>2026-06-01T14:00:00+02:00</updated><id>https://parity.example.org/daily/feed.xml</id>"
        f"{entries}</feed>"
    )


def known(text: bytes | str) -> dict[str, tuple[Any, Any]]:
    """What a feed reader keeps of a feed: ids, with the moments of first publication and last change."""
    found = feedparser.parse(text)
    assert not found.bozo
    return {e.id: (dict.get(e, "published_parsed"), dict.get(e, "updated_parsed")) for e in found.entries}


def said(done: subprocess.CompletedProcess[str], status: int = 0) -> str:
    assert done.returncode == status, f"{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.fixture
def bakery(newsroom: Newsroom) -> Newsroom:
    """Three posts, which the old site had at other addresses."""
    newsroom.post("2026-03-01-bread.md", title="Bread & butter", categories="News")
    newsroom.post("2026-03-02-cake.md", title="Cake", redirect_from="/?p=7")
    newsroom.post("2026-03-03-pie.md", title="Pie")
    return newsroom


def old(newsroom: Newsroom, text: str, name: str = "old.xml") -> str:
    (newsroom.root / name).write_text(text, encoding="utf-8")
    return str(newsroom.root / name)


def rss(*items: tuple[str, str, str, str]) -> str:
    """Guid, link, title, day of March."""
    listed = "".join(
        f"<item>{guid}<link>{escape(link)}</link><title>{escape(title)}</title>"
        f"<pubDate>{day} Mar 2026 05:00:00 +0000</pubDate></item>"
        for guid, link, title, day in items
    )
    return f'<rss version="2.0"><channel><title>Old</title>{listed}</channel></rss>'


WORDPRESS = rss(
    ('<guid isPermaLink="false">https://old.example.net/?p=3</guid>', "https://old.example.net/pie/", "Pie!", "03"),
    ('<guid isPermaLink="false">https://old.example.net/?p=7</guid>', "https://old.example.net/k/", "Cake", "02"),
    (
        '<guid isPermaLink="false">https://old.example.net/?p=1</guid>',
        "https://old.example.net/1/", "Bread &amp; Butter", "01",
    ),
)  # fmt: skip


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address at which the files of a folder are, on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# --- what moves over ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    """Jekyll's sample site with the ids of jekyll-feed, built."""
    newsroom = Newsroom(
        tmp_path_factory.mktemp("jekyll"),
        feeds='[[feeds]]\nname = "main"\nrss = "feed.xml"\natom = "atom.xml"\njson = "feed.json"\nlimit = 500\n',
    )
    shutil.copytree(SITES / "jekyll", newsroom.root / "content", dirs_exist_ok=True)
    path = newsroom.root / "syndicator.toml"
    site = 'title = "The Example"\nurl = "https://news.example.org"\ntimezone = "America/New_York"'
    path.write_text(path.read_text().replace(site, ""))
    said(newsroom.command("adopt", old(newsroom, jekyll_feed()), "--feed", "main", "--write"))
    newsroom.build()
    return newsroom


@pytest.mark.parametrize("output", OUTPUTS[:2])
def test_a_reader_of_jekyll_feed_sees_no_new_entry(moved: Newsroom, output: str) -> None:
    """atom-31."""
    before, after = known(jekyll_feed()), known((moved.root / "public" / output).read_bytes())

    assert len(after) >= 60
    assert set() == after.keys() - before.keys()
    if output == "atom.xml":
        assert [] == [entry_id for entry_id, moments in after.items() if moments != before[entry_id]]


def test_the_feed_itself_stays_the_same_feed(moved: Newsroom) -> None:
    """atom-32."""
    parsed = feedparser.parse((moved.root / "public" / "atom.xml").read_bytes())

    assert "https://parity.example.org/daily/feed.xml" == parsed.feed.id
    assert max(entry.updated for entry in parsed.entries) == parsed.feed.updated


def test_all_formats_say_the_same_ids(moved: Newsroom) -> None:
    public = moved.root / "public"

    assert known((public / "atom.xml").read_bytes()).keys() == {item["id"] for item in moved.items()}


def test_another_adoption_after_the_build_finds_nothing_to_do(moved: Newsroom) -> None:
    files = moved.files()
    done = moved.command("adopt", str(moved.root / "old.xml"), "--feed", "main", "--write")

    assert "" == said(done)
    assert done.stdout.endswith("0 ids adopted, 70 were before\n")
    moved.build()
    assert files == moved.files()


FEEDS = {
    "wordpress": WORDPRESS,
    "hugo": rss(
        *(
            (f"<guid>{link}</guid>", link, title, day)
            for link, title, day in (
                ("http://www.news.example.org/2026/03/03/pie/", "Pie", "03"),
                ("http://www.news.example.org/2026/03/02/cake/", "Cake", "02"),
                ("http://www.news.example.org/news/2026/03/01/bread/", "Bread & butter", "01"),
            )
        )
    ),
    "json": json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "Old",
            "items": [
                {"id": n, "title": title, "date_published": f"2026-03-0{n}T05:00:00Z", "content_text": "Words."}
                for n, title in ((3, "Pie"), (2, "Cake"), (1, "Bread & butter"))
            ],
        }
    ),
}
IDS = {
    "wordpress": ["https://old.example.net/?p=3", "https://old.example.net/?p=7", "https://old.example.net/?p=1"],
    "hugo": [
        "http://www.news.example.org/2026/03/03/pie/",
        "http://www.news.example.org/2026/03/02/cake/",
        "http://www.news.example.org/news/2026/03/01/bread/",
    ],
    "json": ["3", "2", "1"],
}


@pytest.mark.parametrize("name", FEEDS)
def test_a_reader_of_another_generators_feed_sees_no_new_entry(bakery: Newsroom, name: str) -> None:
    """atom-31, rss-30."""
    said(bakery.command("adopt", old(bakery, FEEDS[name]), "--write"))
    bakery.build()

    assert IDS[name] == [item["id"] for item in bakery.items()]
    assert ["03", "02", "01"] == [item["date_published"][8:10] for item in bakery.items()]
    assert IDS[name] == list(known((bakery.root / "public" / "feed.xml").read_bytes()))


def test_dates_are_taken_with_the_ids_or_left(bakery: Newsroom) -> None:
    feed = old(bakery, WORDPRESS.replace("05:00:00", "09:30:00"))
    said(bakery.command("adopt", feed, "--write"))
    said(bakery.command("adopt", feed, "--no-dates", "--write"))
    bakery.build()
    assert ["05:00:00"] * 3 == [item["date_published"][11:19] for item in bakery.items()]

    shutil.rmtree(bakery.root / "public")
    (bakery.root / "state.db").unlink()
    said(bakery.command("adopt", feed, "--write"))
    bakery.build()
    assert ["09:30:00"] * 3 == [item["date_published"][11:19] for item in bakery.items()]


def test_an_address_is_asked_with_all_its_pages_and_may_be_private(bakery: Newsroom, tmp_path: Path) -> None:
    first, *rest = WORDPRESS.split("<item>")
    page = '<a:link xmlns:a="http://www.w3.org/2005/Atom" rel="next" href="/2"/>'
    (tmp_path / "1").write_text(f"{first}{page}<item>{rest[0]}</channel></rss>")
    (tmp_path / "2").write_text(f"{first}<item>{'<item>'.join(rest[1:])}")
    with served(tmp_path) as address:
        done = bakery.command("adopt", f"{address}/1", "--json")

    assert 3 == len(json.loads(done.stdout)["adopted"])


def test_a_repository_is_fetched_for_it_and_later_commits_are_no_news(newsroom: Newsroom, tmp_path: Path) -> None:
    """What git knows of dates of change was never told to the readers of the old feed."""
    authors = Authors(tmp_path / "authors")
    authors.write("_posts/2026-03-03-pie.md", title="Pie")
    authors.publish()
    toml = newsroom.root / "syndicator.toml"
    toml.write_text(toml.read_text().replace('path = "content"', f'kind = "git"\nurl = "{authors.bare}"\npath = "."'))
    said(newsroom.command("adopt", old(newsroom, WORDPRESS), "--write"))
    newsroom.build()
    (pie,) = newsroom.items()

    assert ("https://old.example.net/?p=3", "2026-03-03T05:00:00Z") == (pie["id"], pie["date_published"])
    assert pie["date_published"] == pie.get("date_modified", pie["date_published"])


def test_the_first_build_announces_its_topics_once(bakery: Newsroom) -> None:
    with LoopbackHub().listening() as hub:
        toml = bakery.root / "syndicator.toml"
        toml.write_text(f'{toml.read_text()}\n[[hubs]]\nurl = "{hub.url}"\n')
        said(bakery.command("adopt", old(bakery, WORDPRESS), "--feed", "main", "--write"))
        assert [] == hub.topics
        bakery.build()
        bakery.build()

    assert len(set(hub.topics)) == len(hub.topics) == 4


def test_an_embargoed_post_comes_with_its_old_id(bakery: Newsroom) -> None:
    bakery.post("2026-03-03-pie.md", title="Pie", date="2099-03-03")
    feed = rss(("<guid>urn:pie</guid>", "", "Pie", "03"))
    said(bakery.command("adopt", old(bakery, feed), "--write"))
    bakery.build()
    assert ["Cake", "Bread & butter"] == bakery.titles()

    bakery.post("2026-03-03-pie.md", title="Pie")
    bakery.build()
    assert "urn:pie" == bakery.items()[0]["id"]


# --- what is shown, and what is not written -----------------------------------------------------------------------


def test_nothing_is_written_without_the_word(bakery: Newsroom) -> None:
    before = sorted(bakery.root.rglob("*"))
    feed = old(bakery, WORDPRESS)
    done = bakery.command("adopt", feed)

    assert "" == said(done)
    assert (
        "old feed  RSS, 3 items\n"
        "  https://old.example.net/?p=3  2026-03-03  Pie!\n"
        "    -> _posts/2026-03-03-pie.md (by slug and date)\n"
        "  https://old.example.net/?p=7  2026-03-02  Cake\n"
        "    -> _posts/2026-03-02-cake.md (by title and date)\n"
        "  https://old.example.net/?p=1  2026-03-01  Bread &amp; Butter\n"
        "    -> _posts/2026-03-01-bread.md (by title and date)\n"
        "3 ids can be adopted; say --write to do it\n"
    ) == done.stdout
    assert sorted({*before, Path(feed)}) == sorted(bakery.root.rglob("*"))


def test_what_has_no_counterpart_is_told_on_both_sides(bakery: Newsroom) -> None:
    feed = rss(("<guid>urn:a</guid>", "https://x.example/gone", "Gone", "01"), ("<guid>urn:b</guid>", "", "Pie", "03"))
    done = bakery.command("adopt", old(bakery, feed), "--json")
    answer = json.loads(done.stdout)

    assert 0 == done.returncode
    assert [("urn:b", "_posts/2026-03-03-pie.md", "title and date")] == [
        (one["id"], one["path"], one["by"]) for one in answer["adopted"]
    ]
    assert ["urn:a"] == [item["id"] for item in answer["no_post"]]
    assert ["_posts/2026-03-02-cake.md", "_posts/2026-03-01-bread.md"] == answer["new"]
    assert answer["written"] is False


def test_what_fits_twice_is_told_and_ends_with_1_while_the_rest_is_written(bakery: Newsroom) -> None:
    link = "https://news.example.org/2026/03/03/pie.html"
    feed = rss(*((f"<guid>urn:{n}</guid>", link, "Pie", "03") for n in "ab"), ("<guid>urn:c</guid>", "", "Cake", "02"))
    done = bakery.command("adopt", old(bakery, feed), "--write")

    assert (
        "error: urn:a: fits _posts/2026-03-03-pie.md by address, and so do others: 2 items for one post; "
        "it is not adopted\n"
    ) in said(done, 1)
    bakery.build()
    assert "urn:c" in [item["id"] for item in bakery.items()]


def test_what_a_build_has_published_is_refused(bakery: Newsroom) -> None:
    bakery.build()
    before = bakery.files()
    done = bakery.command("adopt", old(bakery, WORDPRESS), "--feed", "main", "--write")

    assert 3 == said(done, 1).count("a build has given it the id tag:news.example.org,")
    bakery.build()
    assert before == bakery.files()


def test_a_post_that_comes_after_the_first_build_can_still_take_its_id(bakery: Newsroom) -> None:
    bakery.build()
    bakery.post("2026-02-01-soup.md", title="Soup")
    feed = rss(("<guid>urn:soup</guid>", "", "Soup", "01")).replace("Mar", "Feb")
    said(bakery.command("adopt", old(bakery, feed), "--write"))
    bakery.build()

    assert "urn:soup" == bakery.items()[-1]["id"]


def test_an_own_id_in_front_matter_is_kept_and_told(bakery: Newsroom) -> None:
    """frontmatter-75."""
    bakery.post("2026-03-03-pie.md", title="Pie", id="urn:own")
    told = said(bakery.command("adopt", old(bakery, WORDPRESS), "--write"))

    assert (
        "warning: _posts/2026-03-03-pie.md: keeps the id of its front matter, urn:own, not https://old.example.net/?p=3\n"
    ) == told
    bakery.build()
    assert "urn:own" == bakery.items()[0]["id"]


def test_an_edit_between_adoption_and_build_is_an_edit(bakery: Newsroom) -> None:
    said(bakery.command("adopt", old(bakery, WORDPRESS), "--write"))
    bakery.post("2026-03-03-pie.md", "Other words.", title="Pie")
    bakery.build()
    pie, cake, _ = bakery.items()

    assert IDS["wordpress"][0] == pie["id"]
    assert pie["date_modified"] > pie["date_published"]
    assert cake.get("date_modified", cake["date_published"]) == cake["date_published"]


def test_warnings_of_posts_are_still_told_by_the_first_build(bakery: Newsroom) -> None:
    bakery.post("2026-03-03-pie.md", title="Pie", modified="soon")
    said(bakery.command("adopt", old(bakery, WORDPRESS), "--write"))

    assert "modified" in bakery.build().stderr


# --- what bad input gets ------------------------------------------------------------------------------------------


def bad() -> Iterator[Any]:
    for name, text, status, expected in (
        ("broken", "<rss><channel><item><guid", 1, "is a feed without items"),
        ("html", "<!doctype html><title>x", 1, "is an HTML page and no feed"),
        ("empty", "<rss><channel/></rss>", 1, "is a feed without items; give the old feed as it was last full"),
        ("huge", " " * 20_000_001, 1, "has more than 20 MB; give a feed of fewer items"),
        ("other", rss(("<guid>a</guid>", "", "Other", "01")), 1, "none of its 1 items fits a post; see whether"),
    ):
        yield pytest.param(text, status, expected, id=name)


@pytest.mark.parametrize(("text", "status", "expected"), [*bad()])
def test_a_bad_feed_gets_one_line_and_nothing_is_written(
    bakery: Newsroom, text: str, status: int, expected: str
) -> None:
    feed = old(bakery, text)
    before = sorted(bakery.root.rglob("*"))
    lines = said(bakery.command("adopt", feed, "--write"), status).splitlines()

    assert 1 == len(lines)
    assert lines[0].startswith(f"{feed}: {expected}")
    assert before == sorted(bakery.root.rglob("*"))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("nowhere.xml",), "nowhere.xml: there is no such file; name a file, or an address that begins with"),
        (("{old}", "--feed", "mian"), '--feed: there is no feed "mian"; name one of main, category'),
        (("{old}", "--feed", "category"), '--feed: "category" makes one feed a category; name one of them, as in'),
        (("{old}", "--feed", "main/x"), '--feed: "main" is one feed; name main'),
    ],
)
def test_a_mistake_in_the_command_ends_with_2(bakery: Newsroom, words: tuple[str, ...], expected: str) -> None:
    feed = old(bakery, WORDPRESS)
    done = bakery.command("adopt", *(word.replace("{old}", feed) for word in words), "--write")

    assert said(done, 2).startswith(expected)
    assert not (bakery.root / "state.db").exists()


def test_it_waits_for_nobody_who_is_at_work_on_the_state(bakery: Newsroom) -> None:
    with bakery.running() as process:
        bakery.post("2026-02-01-soup.md", title="Soup", draft="true")
        feed = old(bakery, rss(("<guid>urn:soup</guid>", "", "Soup", "01")))
        told = said(bakery.command("adopt", feed, "--write"), 1)

    assert f"another syndicator is at work on it: process {process.pid} on " in told
    assert "stop that one first" in told
