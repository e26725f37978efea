"""``syndicator lint``: clean on all that we publish, not on what is broken, and with the contract's exit status."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from tests.newsroom import Newsroom

ROOT = Path(__file__).parents[2]
BROKEN = ROOT / "tests" / "broken"
GOOD = BROKEN / "SelfDoesntMatchLocation.xml"  # good where nobody knows its address
SITES = {
    "demo": ("config/demo/content", "jekyll"),
    "hostile": ("tests/hostile", "jekyll"),
    "jekyll": ("tests/sites/jekyll", "jekyll"),
    "hugo": ("tests/sites/hugo", "hugo"),
    "hugo-folder": ("tests/sites/hugo-folder", "hugo"),
    "eleventy": ("tests/sites/eleventy/site", "eleventy"),
    "plain": ("tests/sites/plain/site", "plain"),
}
EVERYTHING = """
[[feeds]]
name = "main"
rss = "feed.xml"
atom = "atom.xml"
json = "feed.json"
limit = 500

[[feeds]]
name = "short"
rss = "short.xml"
atom = "short.atom"
json = "short.json"
content = "summary"
limit = 500

[[feeds]]
name = "tag"
each = "tag"
rss = "tag/{slug}.xml"
atom = "tag/{slug}.atom"
"""


@pytest.mark.parametrize("name", SITES)
def test_nothing_that_we_publish_has_an_error_or_a_warning(tmp_path: Path, name: str) -> None:
    """Also of posts that were made to break feeds: every post of every sample is in the main feed."""
    place, dialect = SITES[name]
    newsroom = Newsroom(tmp_path, feeds=EVERYTHING, dialect=dialect)
    shutil.rmtree(tmp_path / "content")
    shutil.copytree(ROOT / place, tmp_path / "content")
    newsroom.command("build", "--no-announce")
    assert len(newsroom.items()) > 8

    done = newsroom.command("lint", "--strict", "main", "short", "tag")

    assert (0, "") == (done.returncode, done.stderr)
    assert done.stdout.endswith(" documents: 0 errors, 0 warnings\n")


def test_a_feed_is_read_where_it_was_published(newsroom: Newsroom) -> None:
    newsroom.post("2023-08-24-rain.md", title="Rain", category="News")
    newsroom.build()

    assert "3 documents: 0 errors, 0 warnings\n" == newsroom.command("lint", "main").stdout
    assert "1 documents: 0 errors, 0 warnings\n" == newsroom.command("lint", "category/news").stdout

    feed = newsroom.root / "public" / "feed.xml"
    feed.write_bytes(feed.read_bytes().replace(b"<title>Rain</title>", b"").replace(b"/feed.xml", b"/other.xml"))
    done = newsroom.command("lint", "main")
    assert 0 == done.returncode
    assert f"{feed}:7: warning SelfDoesntMatchLocation: " in done.stderr
    assert 1 == newsroom.command("lint", "--strict", "main").returncode


def test_findings_are_lines_on_stderr_and_errors_end_with_1(newsroom: Newsroom) -> None:
    done = newsroom.command("lint", str(BROKEN / "InvalidLink.xml"), str(BROKEN / "MissingGuid.xml"), str(GOOD))

    assert 1 == done.returncode
    assert "3 documents: 1 errors, 1 warnings\n" == done.stdout
    first, second = done.stderr.splitlines()
    assert first.startswith(f"{BROKEN / 'InvalidLink.xml'}:12: error InvalidLink: ")
    assert second.endswith('(item 1 "Sourdough, day 3") — add a guid that never changes')


def test_warnings_alone_end_with_0_unless_strict(newsroom: Newsroom) -> None:
    assert 0 == newsroom.command("lint", str(BROKEN / "MissingGuid.xml")).returncode
    assert 1 == newsroom.command("lint", "--strict", str(BROKEN / "MissingGuid.xml")).returncode


def test_a_folder_is_all_the_documents_in_it(newsroom: Newsroom) -> None:
    done = newsroom.command("lint", str(ROOT / "tests/golden/formats"))

    assert "12 documents: 0 errors, 0 warnings\n" == done.stdout


def test_programs_get_json(newsroom: Newsroom) -> None:
    done = newsroom.command("lint", "--json", str(BROKEN / "DuplicateValue.json"))

    assert (1, "") == (done.returncode, done.stderr)
    (document,) = json.loads(done.stdout)["documents"]
    (finding,) = document["findings"]
    assert ("DuplicateValue", "error", 2) == (finding["rule"], finding["severity"], finding["item"]["number"])
    assert {"rule", "severity", "line", "column", "item", "message", "remedy", "spec"} == finding.keys()


def test_programs_get_json_whatever_the_document_says(newsroom: Newsroom) -> None:
    bad = newsroom.root / "half.json"
    bad.write_text('{"items": [{"id": "\\ud800", "title": "\\u001b[31m"}]}', encoding="utf-8")
    done = newsroom.command("lint", "--json", str(bad))

    assert 1 == done.returncode
    assert {"number": 1, "id": "\\ud800", "title": "\\x1b[31m"} in [
        finding["item"] for finding in json.loads(done.stdout)["documents"][0]["findings"]
    ]
    assert "\x1b" not in newsroom.command("lint", str(bad)).stderr


@pytest.mark.parametrize("target", ["x" * 5_000, "feed.xml/", "/dev/zero", ""])
def test_what_no_file_can_be_is_no_traceback(newsroom: Newsroom, target: str) -> None:
    done = newsroom.command("lint", target)

    assert 2 == done.returncode
    assert "Traceback" not in done.stderr


def test_what_is_nothing_ends_with_2(newsroom: Newsroom) -> None:
    done = newsroom.command("lint", "nothing")

    assert 2 == done.returncode
    assert "nothing: it is no file, no address and no feed; the feeds are: category, main\n" == done.stderr


def test_files_and_addresses_need_no_configuration(newsroom: Newsroom) -> None:
    (newsroom.root / "syndicator.toml").unlink()

    assert 0 == newsroom.command("lint", str(GOOD)).returncode
    assert 2 == newsroom.command("lint", "main").returncode


def test_a_feed_that_was_not_published_is_said(newsroom: Newsroom) -> None:
    done = newsroom.command("lint", "main")

    assert 1 == done.returncode
    assert "run 'syndicator build' first" in done.stderr


# --- addresses ------------------------------------------------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    with HTTPServer(host="127.0.0.1") as server:
        yield server


def test_an_address_is_fetched_and_compared_with_what_the_document_says(newsroom: Newsroom, server: HTTPServer) -> None:
    """rss-13, rss-65: the operator typed it, so that it may be on this very machine."""
    server.expect_request("/feed.xml").respond_with_data(GOOD.read_bytes(), content_type="text/plain")
    done = newsroom.command("lint", server.url_for("/feed.xml"))

    assert 0 == done.returncode
    assert ["UnexpectedContentType", "SelfDoesntMatchLocation"] == [
        line.split()[2].rstrip(":") for line in done.stderr.splitlines()
    ]


def test_an_address_that_gives_nothing_does_not_hide_the_others(newsroom: Newsroom, server: HTTPServer) -> None:
    server.expect_request("/gone.xml").respond_with_data("", status=410)
    done = newsroom.command("lint", server.url_for("/gone.xml"), str(BROKEN / "MissingGuid.xml"))

    assert 1 == done.returncode
    assert "it answers 410" in done.stderr
    assert "MissingGuid" in done.stderr


def test_an_endless_document_is_cut_and_refused(newsroom: Newsroom, server: HTTPServer) -> None:
    server.expect_request("/big.xml").respond_with_data(b" " * 6_000_000, content_type="application/rss+xml")
    done = newsroom.command("lint", server.url_for("/big.xml"))

    assert 1 == done.returncode
    assert "error ValidatorLimit: " in done.stderr


def test_no_redirect_leads_from_a_stranger_to_a_private_network(newsroom: Newsroom, server: HTTPServer) -> None:
    server.expect_request("/away").respond_with_data("", status=302, headers={"Location": "http://127.0.0.2:1/"})
    done = newsroom.command("lint", server.url_for("/away"))

    assert 1 == done.returncode
    assert "127.0.0.2" in done.stderr
