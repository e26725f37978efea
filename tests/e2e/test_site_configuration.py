"""The site's own configuration through the commands: taken where ours says nothing, noticed when it changes, never
a traceback when it is broken."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.newsroom import Newsroom, eventually

SOON = 2.0


@pytest.fixture
def bare(newsroom: Newsroom) -> Newsroom:
    """A newsroom whose configuration says nothing of the publication."""
    file = newsroom.root / "syndicator.toml"
    text = file.read_text()
    for line in ('title = "The Example"\n', 'url = "https://news.example.org"\n', 'timezone = "America/New_York"\n'):
        assert line in text
        text = text.replace(line, "", 1)
    file.write_text(text)
    return newsroom


def site_says(newsroom: Newsroom, text: str, *, name: str = "_config.yml") -> Path:
    path = newsroom.root / "content" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def feed(newsroom: Newsroom) -> dict[str, object]:
    found: dict[str, object] = json.loads((newsroom.root / "public" / "feed.json").read_bytes())
    return found


def test_what_ours_does_not_say_is_the_sites_own(bare: Newsroom) -> None:
    """frontmatter-33, 90: the base path is a part of every address."""
    site_says(bare, "title: The Site\nurl: https://site.example.org\nbaseurl: /blog\ntimezone: Asia/Tokyo\nlang: de\n")
    bare.post("2026-01-02-a.md", title="Alpha")
    bare.build()

    assert ("The Site", "de", "https://site.example.org/blog/") == (
        feed(bare)["title"], feed(bare)["language"], feed(bare)["home_page_url"],
    )  # fmt: skip
    item = bare.items()[0]
    assert ("https://site.example.org/blog/2026/01/02/a.html", "2026-01-01T15:00:00Z") == (
        item["url"], item["date_published"],
    )  # fmt: skip


def test_ours_goes_on_top(newsroom: Newsroom) -> None:
    site_says(newsroom, "title: The Site\nurl: https://site.example.org\ndescription: Of theirs\n")
    newsroom.post("2026-01-02-a.md", title="Alpha")
    newsroom.build()

    assert ("The Example", "Of theirs") == (feed(newsroom)["title"], feed(newsroom)["description"])
    assert "https://news.example.org/2026/01/02/a.html" == newsroom.items()[0]["url"]


def test_an_address_that_nobody_says_is_a_fault_of_the_configuration(bare: Newsroom) -> None:
    """frontmatter-90: the owner's demo has no url."""
    site_says(bare, "title: The Site\n")
    done = bare.build(status=2)

    assert (
        f"{bare.root}/syndicator.toml: site.url: is missing, and the site's own configuration does not say it either; "
        "add url = … under [site], or set SYNDICATOR_SITE__URL\n"
    ) == done.stderr


def test_a_folder_that_is_not_there_is_told_before_what_it_might_have_said(bare: Newsroom) -> None:
    (bare.root / "content" / "_posts").rmdir()
    (bare.root / "content").rmdir()

    assert "content: does not exist" in bare.build(status=1).stderr


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("title: a: b\n", "source _config.yml:1: not valid YAML"),
        ("- a\n- b\n", "source _config.yml: is no table of settings"),
        ("title: !ruby/object:Foo {}\n", "source _config.yml:1: the tag"),
        ("a: " + "[" * 2000 + "]" * 2000 + "\n", "source _config.yml:1: lists and tables are nested more than 32 deep"),
        ("a: \x00\n", "source _config.yml:1: holds the control character"),
        ("x" * 2**20 + "\n", "/_config.yml: has more than 1,048,576 bytes"),
    ],
)
def test_a_broken_configuration_is_told_with_its_line_and_the_last_good_feeds_stay(
    newsroom: Newsroom, text: str, told: str
) -> None:
    newsroom.post("2026-01-02-a.md", title="Alpha")
    newsroom.build()
    before = newsroom.files()
    site_says(newsroom, text)

    for command in ("build", "check", "why"):
        done = newsroom.command(command, *(["a.md"] if command == "why" else []))
        assert (1, "") == (done.returncode, done.stdout)
        assert told in done.stderr
        assert "Traceback" not in done.stderr
    status = newsroom.command("status")
    assert (0, True) == (
        status.returncode,
        any(told in line for line in status.stdout.splitlines() if "trouble" in line),
    )
    assert told in json.loads(newsroom.command("status", "--json").stdout)["trouble"]
    assert before == newsroom.files()


def test_status_tells_of_a_folder_that_is_gone_and_of_nothing_when_all_is_well(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-02-a.md", title="Alpha")
    newsroom.build()
    assert "trouble" not in newsroom.command("status").stdout
    (newsroom.root / "content").rename(newsroom.root / "elsewhere")

    assert "content: there is no such folder; the feeds stay" in newsroom.command("status").stdout


def test_a_configuration_that_leads_out_of_the_folder_is_not_read(newsroom: Newsroom) -> None:
    (newsroom.root / "secret.yml").write_text("title: Secret\n")
    (newsroom.root / "content" / "_config.yml").symlink_to(newsroom.root / "secret.yml")

    assert "leads out of the source's folder" in newsroom.build(status=1).stderr


def test_check_tells_what_is_odd_in_the_sites_own_configuration(newsroom: Newsroom) -> None:
    site_says(newsroom, "show_drafts: true\nlimit_posts: 5\ntitle: A\ntitle: B\n")
    done = newsroom.command("check")

    assert 0 == done.returncode
    assert [
        "warning: _config.yml: limit_posts: all posts are read all the same; set limit under [[feeds]]",
        "warning: _config.yml: show_drafts: drafts are never published, whatever it says",
        'warning: _config.yml:4: the key "title" is there twice, the last one counts',
    ] == done.stderr.splitlines()


def test_a_build_with_nothing_changed_reads_nothing_and_a_changed_configuration_everything(newsroom: Newsroom) -> None:
    config = site_says(newsroom, "permalink: pretty\n")
    newsroom.post("2026-01-02-a.md", title="Alpha")
    newsroom.build()
    os.utime(config)

    assert 0 == json.loads(newsroom.build("--json").stdout)["read"]
    config.write_text("permalink: none\n")
    assert 1 == json.loads(newsroom.build("--json").stdout)["read"]
    assert "https://news.example.org/a.html" == newsroom.items()[0]["url"]


def test_a_change_while_the_service_runs_is_noticed_and_a_broken_one_leaves_the_last_good_feeds(bare: Newsroom) -> None:
    config = site_says(bare, "title: One\nurl: https://site.example.org\n")
    bare.post("2026-01-02-a.md", title="Alpha", author="jane")

    def shown() -> tuple[object, object, object]:
        served = json.loads(bare.get("feed.json")[2])
        item = served["items"][0]
        return served["title"], item["url"], item["authors"][0]["name"]

    with bare.running():
        assert ("One", "https://site.example.org/2026/01/02/a.html", "jane") == shown()

        config.write_text("title: Two\nurl: https://site.example.org\npermalink: pretty\n")
        eventually(lambda: shown() == ("Two", "https://site.example.org/2026/01/02/a/", "jane"), within=SOON)

        site_says(bare, "jane: {name: Jane Doe}\n", name="_data/authors.yml")
        eventually(lambda: shown() == ("Two", "https://site.example.org/2026/01/02/a/", "Jane Doe"), within=SOON)

        config.write_text("title: [\n")
        eventually(lambda: b"not valid YAML" in bare.get("readyz?verbose")[2], within=SOON)
        assert ("Two", "https://site.example.org/2026/01/02/a/", "Jane Doe") == shown()

        config.write_text("title: Three\nurl: https://site.example.org\npermalink: pretty\n")
        eventually(lambda: shown()[0] == "Three", within=10)
    assert "Traceback" not in bare.log()


def test_future_and_unpublished_posts_are_shown_where_the_site_says_so(newsroom: Newsroom) -> None:
    """frontmatter-20, 21: but drafts never are."""
    newsroom.post("2099-01-02-late.md", title="Late")
    newsroom.post("2026-01-02-hidden.md", title="Hidden", published="false")
    newsroom.post("2026-01-01-draft.md", title="Draft", draft="true")
    newsroom.build()
    assert [] == newsroom.titles()

    site_says(newsroom, "future: true\nunpublished: true\nshow_drafts: true\n")
    newsroom.build()

    assert ["Late", "Hidden"] == newsroom.titles()


def test_the_operators_authors_go_on_top_of_the_sites(newsroom: Newsroom) -> None:
    """frontmatter-75, 89."""
    newsroom.settings += '\n[[authors]]\nname = "Jane Doe"\nkey = "jane"\ntitle = "Editor"\navatar = "/img/jane.jpg"\n'
    newsroom.configure()
    site_says(newsroom, "jane: {name: J. D., email: jane@example.org}\n", name="_data/authors.yml")
    newsroom.post("2026-01-02-a.md", title="Alpha", author="jane")
    newsroom.build()

    assert [{"name": "Jane Doe", "avatar": "https://news.example.org/img/jane.jpg"}] == newsroom.items()[0]["authors"]


def test_an_author_with_another_name_by_now_is_shown_and_no_post_is_updated(newsroom: Newsroom) -> None:
    """frontmatter-75: readers see the name, but ten thousand posts are no news for a change of one data file."""
    site_says(newsroom, "jane: {name: Jane Doe}\n", name="_data/authors.yml")
    newsroom.post("2026-01-02-a.md", title="Alpha", author="jane")
    newsroom.build()
    before = newsroom.items()[0]
    site_says(newsroom, "jane: {name: Jane Roe}\n", name="_data/authors.yml")
    newsroom.build()

    assert ([{"name": "Jane Doe"}], [{"name": "Jane Roe"}]) == (before["authors"], newsroom.items()[0]["authors"])
    assert {**before, "authors": []} == {**newsroom.items()[0], "authors": []}
