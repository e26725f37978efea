"""Faults of the machine: said once in plain words, survived, nothing lost."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.loopback_hub import LoopbackHub
from tests.newsroom import COMMAND, Newsroom, eventually


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KiB, mounted for real."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha", category="News")


def test_a_full_disk_leaves_the_last_good_files_and_is_mended_by_space(newsroom: Newsroom, tiny_disk: Path) -> None:
    newsroom.configure()
    toml = newsroom.root / "syndicator.toml"
    toml.write_text(toml.read_text().replace('to = "public"', f'to = "{tiny_disk}"'))
    fill(newsroom)
    newsroom.build()
    before = (tiny_disk / "feed.xml").read_bytes()
    ballast = tiny_disk / "ballast"
    ballast.write_bytes(b"\0" * (os.statvfs(tiny_disk).f_bavail * os.statvfs(tiny_disk).f_frsize))
    newsroom.post("2026-01-02-b.md", "Words. " * 20_000, title="Beta", category="News")

    said = newsroom.build(status=1).stderr

    assert "No space left on device" in said
    assert "free some space" in said
    assert before == (tiny_disk / "feed.xml").read_bytes()
    assert [] == list(tiny_disk.glob("**/.syndicator-*"))
    ballast.unlink()
    (newsroom.root / "content/_posts/2026-01-02-b.md").unlink()
    newsroom.post("2026-01-02-b.md", title="Beta", category="News")
    newsroom.build()
    assert b"Beta" in (tiny_disk / "feed.xml").read_bytes()


def test_a_running_service_survives_a_full_disk_and_publishes_when_there_is_space(
    newsroom: Newsroom, tiny_disk: Path
) -> None:
    toml = newsroom.root / "syndicator.toml"
    toml.write_text(toml.read_text().replace('to = "public"', f'to = "{tiny_disk}"'))
    fill(newsroom)
    with newsroom.running():
        ballast = tiny_disk / "ballast"
        ballast.write_bytes(b"\0" * (os.statvfs(tiny_disk).f_bavail * os.statvfs(tiny_disk).f_frsize))
        newsroom.post("2026-01-02-b.md", "Words. " * 2_000, title="Beta", category="News")
        eventually(lambda: b"No space left" in newsroom.get("readyz?verbose")[2])
        assert 200 == newsroom.get("feed.xml")[0]
        ballast.unlink()
        eventually(lambda: b"Beta" in newsroom.get("feed.xml")[2])
        eventually(lambda: b"No space left" not in newsroom.get("readyz?verbose")[2])


def test_a_locked_database_is_waited_for_and_said(newsroom: Newsroom) -> None:
    fill(newsroom)
    newsroom.build()
    newsroom.post("2026-01-02-b.md", title="Beta")
    other = sqlite3.connect(newsroom.root / "state.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        said = newsroom.build(status=1).stderr
    finally:
        other.close()

    assert "another process is writing" in said
    assert ["Alpha"] == newsroom.titles()
    newsroom.build()
    assert ["Beta", "Alpha"] == newsroom.titles()


@pytest.mark.parametrize("what", ["post", "content", "public", "state"])
def test_what_may_not_be_read_or_written_is_named(newsroom: Newsroom, what: str) -> None:
    fill(newsroom)
    newsroom.post("2026-01-02-b.md", title="Beta")
    without_privileges(newsroom, status=0)
    before = newsroom.files()
    closed = {
        "post": newsroom.root / "content/_posts/2026-01-02-b.md",
        "content": newsroom.root / "content",
        "public": newsroom.root / "public",
        "state": newsroom.root / "state.db",
    }[what]
    newsroom.post("2026-01-03-c.md", title="Gamma")
    closed.chmod(0o000 if what != "public" else 0o555)
    try:
        said = without_privileges(newsroom, status=1)
    finally:
        closed.chmod(0o755)

    assert closed.name in said
    if what == "post":
        assert ["Gamma", "Beta", "Alpha"] == newsroom.titles()
    else:
        assert before == newsroom.files()


def without_privileges(newsroom: Newsroom, status: int) -> str:
    """``syndicator build`` as somebody for whom the rights of files count, which they do not for root."""
    as_anybody = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search,-fowner"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*as_anybody, *COMMAND, "-c", str(newsroom.root / "syndicator.toml"), "build"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert status == done.returncode, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def test_odd_files_in_the_folder_harm_nobody(newsroom: Newsroom, tmp_path: Path) -> None:
    fill(newsroom)
    posts = newsroom.root / "content/_posts"
    secret = tmp_path / "secret.md"
    secret.write_text("---\ntitle: SECRET\n---\nSECRET\n")
    (posts / "2026-01-02-link.md").symlink_to(secret)
    (posts / "2026-01-03-loop.md").symlink_to(posts / "2026-01-03-loop.md")
    (posts / "circle").symlink_to(posts)
    (posts / "away").symlink_to(tmp_path.parent)
    (posts / "2026-01-04-folder.md").mkdir()
    (posts / "2026-01-05-empty.md").write_bytes(b"")
    os.mkfifo(posts / "2026-01-06-pipe.md")
    (Path(os.fsdecode(os.fsencode(posts) + b"/2026-01-07-\xff\xfe.md"))).write_text("---\ntitle: Name\n---\n")
    (posts / "2026-01-08-inside.md").symlink_to("2026-01-01-a.md")

    said = newsroom.build(status=1).stderr

    assert {"Alpha"} <= set(newsroom.titles())
    assert not [name for name, data in newsroom.files().items() if b"SECRET" in data]
    for name in ("link", "loop", "pipe"):
        assert sum(f"-{name}.md" in line for line in said.splitlines()) == 1
    assert "\\udcff" in said
    checked = newsroom.command("check")
    assert (1, 1) == (checked.returncode, checked.stderr.count("2026-01-03-loop.md: cannot be read"))
    (newsroom.root / "content/_config.yml").symlink_to("_config.yml")
    assert "_config.yml: cannot be read (Too many levels of symbolic links)" in newsroom.build(status=1).stderr


def test_one_document_that_cannot_be_written_keeps_no_other_from_being_published_and_announced(
    newsroom: Newsroom,
) -> None:
    fill(newsroom)
    (newsroom.root / "public/atom.xml").mkdir(parents=True)
    with LoopbackHub().listening() as hub:
        newsroom.settings = f'\n[[hubs]]\nurl = "{hub.url}"\n'
        newsroom.configure()

        said = newsroom.build(status=1).stderr
        (newsroom.root / "public/atom.xml").rmdir()
        newsroom.build()

    assert "atom.xml" in said
    assert {"atom.xml", "category/news.xml", "feed.json", "feed.xml"} == set(newsroom.files())
    assert sorted(newsroom.files()) == sorted(topic.split("/", 3)[3] for topic in hub.topics)


def test_what_is_remembered_of_an_image_goes_with_the_last_post_that_names_it(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha", image="https://images.example.org/a.jpg")
    newsroom.build()
    assert ["https://images.example.org/a.jpg"] == images(newsroom)

    newsroom.post("2026-01-01-a.md", title="Alpha")
    newsroom.build()

    assert [] == images(newsroom)


def images(newsroom: Newsroom) -> list[str]:
    with closing(sqlite3.connect(newsroom.root / "state.db")) as state:
        return [url for (url,) in state.execute("SELECT url FROM images ORDER BY url")]


def test_a_file_that_could_not_be_read_is_tried_again_though_it_did_not_change(newsroom: Newsroom) -> None:
    post = fill_with_link_to_nowhere(newsroom)
    said = newsroom.build(status=1).stderr
    assert post.name in said
    version = post.lstat()

    (newsroom.root / "content/there.txt").write_text("---\ntitle: Beta\n---\nWords.\n")
    newsroom.build()

    assert version.st_mtime_ns == post.lstat().st_mtime_ns
    assert {"Alpha", "Beta"} == set(newsroom.titles())


def fill_with_link_to_nowhere(newsroom: Newsroom) -> Path:
    fill(newsroom)
    post = newsroom.root / "content/_posts/2026-01-02-b.md"
    post.symlink_to("../there.txt")
    return post
