"""``syndicator init`` on a repository that nobody has cloned."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.e2e.test_init import Place
from tests.repositories import Authors, Daemon, HttpHost, run_git
from tests.ssh_host import SSHD, SshHost

JEKYLL = "title: The Site\nurl: https://site.example.net\ntimezone: Asia/Tokyo\n"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "place").mkdir()
    return Place(tmp_path / "place")


@pytest.fixture
def authors(tmp_path: Path) -> Authors:
    authors = Authors(tmp_path / "authors")
    (authors.work / "_config.yml").write_text(JEKYLL)
    for number in range(1, 4):
        authors.write(f"_posts/2024-01-0{number}-p.md", title=f"Post {number}")
        authors.commit(at=f"2024-02-0{number}T10:00:00+00:00")
    authors.push()
    return authors


def source(place: Place) -> dict[str, object]:
    return {key: value for key, value in place.settings()["source"].items() if value != {}}


def test_an_address_becomes_a_configuration_that_builds_as_it_is(place: Place, authors: Authors) -> None:
    with Daemon(authors.bare.parent).serving() as daemon:
        done = place.command("init", daemon.url)
        assert {"kind": "git", "url": daemon.url, "path": ".", "branch": "main", "dialect": "jekyll"} == source(place)
        assert f"repository {daemon.url} (main)\n" in done.stdout
        assert "posts      3, 3 live\n" in done.stdout
        assert "guessed    source.branch: this is the branch that the repository itself names.\n" in done.stdout
        assert {"syndicator.toml"} == place.names()
        place.build()
    assert ["Post 3", "Post 2", "Post 1"] == [item["title"] for item in place.items()]


def test_a_bare_repository_is_followed_and_a_branch_can_be_chosen(place: Place, authors: Authors) -> None:
    run_git(authors.work, "switch", "-q", "-c", "next/one")
    authors.write("_posts/2024-01-04-p.md", title="Post 4")
    authors.commit()
    authors.push("origin", "next/one")

    done = place.command("init", str(authors.bare), "--branch", "next/one")

    expected = {"url": "../authors/hosted/news.git", "branch": "next/one"}
    assert expected == {key: source(place)[key] for key in expected}
    assert "guessed    source.branch" not in done.stdout
    assert 4 == place.build()["live"]


def test_dates_that_are_in_the_history_alone_have_all_of_it_fetched(place: Place, tmp_path: Path) -> None:
    """frontmatter-66"""
    authors = Authors(tmp_path / "authors")
    (authors.work / "eleventy.config.js").write_text("export default function () {}\n")
    authors.write("posts/a.md", title="Alpha", tags="posts", date="git Created")
    authors.commit(at="2024-01-01T10:00:00+00:00")
    authors.write("posts/b.md", title="Beta", tags="posts", date="git Created")
    authors.publish()

    with Daemon(authors.bare.parent).serving() as daemon:
        done = place.command("init", daemon.url, "--url", "https://site.example.net")
        place.build()

    assert ("eleventy", 0) == (source(place)["dialect"], source(place)["depth"])
    assert "guessed    source.depth: some posts have dates that are in the history alone" in done.stdout
    assert (
        "guessed    site.title: nothing says what the publication is called; this is the name of its rep" in done.stdout
    )
    assert "news" == place.settings()["site"]["title"]
    assert "2024-01-01T10:00:00" == place.items()[1]["date_published"][:19]


def test_a_token_is_used_and_never_written(place: Place, authors: Authors, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("hush-hush\n")
    with HttpHost(authors.bare.parent, username="x-access-token", password="hush-hush").serving() as host:
        refused = place.command("init", host.url, status=1)
        done = place.command("init", host.url, SYNDICATOR_SOURCE__TOKEN_FILE=str(tmp_path / "token"))

    assert "give [source] token or ssh_key the right to read it" in refused.stderr
    assert "the feeds stay" not in refused.stderr
    assert "hush" not in done.stdout + done.stderr + (place.root / "syndicator.toml").read_text()


@pytest.mark.skipif(not SSHD, reason="there is no sshd to try it with; install OpenSSH's server")
def test_over_ssh_the_key_and_the_hosts_that_were_named_are_written(
    place: Place, authors: Authors, tmp_path: Path
) -> None:
    with SshHost(tmp_path / "host").serving() as host:
        url = host.url(authors.bare)
        told = place.command("init", url, status=2).stderr
        assert f"{url}: --ssh-key is missing, but the repository is reached over SSH; say --ssh-key FILE" in told
        place.command("init", url, "--ssh-key", str(host.key), "--known-hosts", str(host.known_hosts))
        assert 3 == place.build()["live"]

    assert (str(host.key), str(host.known_hosts)) == (source(place)["ssh_key"], source(place)["known_hosts"])


@pytest.mark.parametrize(
    ("site", "status", "told"),
    [
        ("https://me:secret@git.example.org/x.git", 2, "holds a user name or password"),
        ("ext::sh -c touch% hacked", 2, "would have git start another program"),
        ("ftp://git.example.org/x", 2, "is in a protocol that is not taken"),
        ("git://127.0.0.1:1/x.git", 1, "cannot be fetched"),
        ("file:///nowhere.git", 1, "cannot be fetched"),
    ],
)
def test_what_cannot_be_fetched_is_told_in_words(place: Place, site: str, status: int, told: str) -> None:
    done = place.command("init", site, status=status)

    assert told in done.stderr
    assert set() == place.names()


def test_nothing_is_fetched_for_a_file_that_cannot_be_written(place: Place) -> None:
    place.write("syndicator.toml", "mine\n")

    assert "is there already" in place.command("init", "git://127.0.0.1:1/x.git", status=2).stderr


def test_the_answer_for_programs_names_the_repository(place: Place, authors: Authors) -> None:
    answer = json.loads(place.command("init", str(authors.bare), "--json").stdout)

    assert "../authors/hosted/news.git (main)" == answer["repository"]


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://git.example.org/site.git", ' and url = "https://git.example.org/site.git"'),
        ("git@git.example.org:news/site.git", ' and url = "git@git.example.org:news/site.git"'),
        ("https://me:secret@git.example.org/site.git", ""),
        ("ext::sh -c evil", ""),
    ],
)
def test_a_working_copy_stays_a_folder_and_its_origin_is_named(place: Place, url: str, told: str) -> None:
    place.write("site/_config.yml", JEKYLL)
    place.write("site/_posts/2024-01-02-alpha.md", "---\ntitle: Alpha\n---\nWords.\n")
    subprocess.run(["git", "init", "-q", str(place.root / "site")], check=True)
    run_git(place.root / "site", "remote", "add", "origin", url)

    done = place.command("init", "site")

    assert f'with [source] kind = "git"{told} its repository is followed instead' in done.stdout
    assert "secret" not in done.stdout
    assert "site" == source(place)["path"]
