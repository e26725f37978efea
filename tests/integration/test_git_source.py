"""Our own copy of a repository, and what is read from it."""

from __future__ import annotations

import fcntl
import os
import pickle
import socket
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from syndicator.dialects import hugosite
from syndicator.dialects.jekyll import Jekyll
from syndicator.errors import PostError, SourceError
from syndicator.model import ImageFacts
from syndicator.ports import Move, Scan
from syndicator.sources.git import GitSource
from syndicator.sources.gitclone import Clone
from syndicator.sources.gitcommand import Access, command, environment
from syndicator.sources.gitsite import GitFiles
from tests.repositories import Authors, Daemon, run_git

BODY = "\n".join(f"Line {number} of the post." for number in range(30))
LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "a" * 64 + "\nsize 12345\n"


@pytest.fixture
def authors(tmp_path: Path) -> Authors:
    return Authors(tmp_path / "authors")


@pytest.fixture
def clone(tmp_path: Path, authors: Authors) -> Clone:
    return Clone(where=tmp_path / "state" / "site.git", access=Access(url=str(authors.bare)), depth=50)


def source(clone: Clone, folder: str = "", *, history: bool = False, mends: bool = False) -> GitSource:
    return GitSource(clone, folder, Jekyll(), limit=100_000, history=history, mends=mends)


def test_of_a_bundle_in_a_repository_the_index_is_the_post_and_all_else_belongs_to_it(
    clone: Clone, authors: Authors
) -> None:
    """frontmatter-48, frontmatter-81"""
    for path in (
        "news/storm/index.md",
        "news/storm/notes.md",
        "news/storm/more/deep.md",
        "news/_index.md",
        "news/a.md",
    ):
        authors.write(f"content/{path}", title=path)
    authors.publish()
    clone.fetch()
    files = GitFiles(clone, "")
    dialect = hugosite.configure(files).dialect

    scan = GitSource(clone, "", dialect, limit=100_000).scan({"content/news/storm/notes.md": "v"})

    assert ["content/news/a.md", "content/news/storm/index.md"] == [path for path, _ in scan.changed]
    assert ("content/news/storm/notes.md",) == scan.gone


def test_files_of_a_name_are_found_in_a_repository_and_watched(clone: Clone, authors: Authors) -> None:
    authors.write("content/_index.md", title="Home")
    authors.write("content/news/_index.md", title="News")
    authors.write("content/.hidden/_index.md", title="Hidden")
    authors.publish()
    clone.fetch()
    files = GitFiles(clone, "")

    assert ("content/_index.md", "content/news/_index.md") == files.find("content", lambda name: name == "_index.md")
    authors.write("content/news/a.md", title="A post")
    authors.publish()
    clone.fetch()
    assert files.unchanged()
    authors.write("content/sport/_index.md", title="Sport")
    authors.publish()
    clone.fetch()
    assert not files.unchanged()


def known(scan: Scan) -> dict[str, str]:
    """What a ledger would know after this scan."""
    return dict(scan.changed)


def test_versions_are_gits_names_of_the_bytes(clone: Clone, authors: Authors) -> None:
    """frontmatter-83"""
    authors.write("_posts/2026-01-01-a.md", title="Alpha")
    authors.publish()
    assert clone.fetch()
    posts = source(clone)

    scan = posts.scan({})

    oid = run_git(authors.work, "rev-parse", "HEAD:_posts/2026-01-01-a.md")
    assert (("_posts/2026-01-01-a.md", oid),) == scan.changed
    file = posts.read("_posts/2026-01-01-a.md")
    assert (oid, b"---\ntitle: Alpha\n---\nWords.\n", None) == (file.version, file.data, file.modified)
    assert Scan() == posts.scan(known(scan))


def test_only_what_changed_comes_back_and_a_scan_is_of_one_commit(clone: Clone, authors: Authors) -> None:
    authors.write("_posts/2026-01-01-a.md", title="Alpha")
    authors.write("_posts/2026-01-02-b.md", title="Beta")
    authors.publish()
    clone.fetch()
    assert not clone.fetch()
    posts = source(clone)
    first = posts.scan({})
    authors.write("_posts/2026-01-01-a.md", title="Another")
    (authors.work / "_posts/2026-01-02-b.md").unlink()
    authors.publish()
    assert clone.fetch()
    assert b"Alpha" in posts.read("_posts/2026-01-01-a.md").data

    second = posts.scan(known(first))

    assert ["_posts/2026-01-01-a.md"] == [path for path, _ in second.changed]
    assert ("_posts/2026-01-02-b.md",) == second.gone
    assert b"Another" in posts.read("_posts/2026-01-01-a.md").data
    with pytest.raises(PostError, match="is not in the repository any more"):
        posts.read("_posts/2026-01-02-b.md")


def test_git_says_which_post_was_renamed_even_when_it_was_rewritten_later(clone: Clone, authors: Authors) -> None:
    lines = BODY.splitlines()
    path = authors.work / "_posts" / "2026-01-01-a.md"
    path.parent.mkdir()
    path.write_text(BODY)
    authors.publish()
    clone.fetch()
    first = source(clone).scan({})
    run_git(authors.work, "mv", "_posts/2026-01-01-a.md", "_posts/2026-01-01-b.md")
    authors.commit()
    for start in range(0, 30, 10):
        lines[start : start + 10] = [f"Rewritten {number}." for number in range(start, start + 10)]
        (authors.work / "_posts" / "2026-01-01-b.md").write_text("\n".join(lines))
        authors.publish()
        clone.fetch()

    scan = source(clone).scan(known(first))

    assert (Move(old="_posts/2026-01-01-a.md", new="_posts/2026-01-01-b.md", alike=1.0),) == scan.moved


def test_after_a_force_push_renames_are_found_by_comparing(clone: Clone, authors: Authors) -> None:
    (authors.work / "README").write_text("x")
    authors.commit()
    path = authors.work / "site" / "_posts" / "2026-01-01-a.md"
    path.parent.mkdir(parents=True)
    path.write_text(BODY)
    authors.publish()
    clone.fetch()
    first = source(clone, "site").scan({})
    run_git(authors.work, "reset", "-q", "--hard", "HEAD~1")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_name("2026-01-01-b.md").write_text(BODY + "\nOne more line.")
    authors.commit()
    authors.push("--force", "origin", "main")
    clone.fetch()

    (move,) = source(clone, "site").scan(known(first)).moved

    assert ("_posts/2026-01-01-a.md", "_posts/2026-01-01-b.md", True) == (move.old, move.new, 0.9 < move.alike < 1)


@pytest.mark.parametrize("partial", [False, True])
def test_a_whole_history_says_when_a_file_was_last_changed_and_a_rename_is_no_change(
    clone: Clone, authors: Authors, partial: bool
) -> None:
    authors.write("_posts/2026-01-01-a.md", BODY, title="Alpha")
    authors.commit(at="2026-01-01T10:00:00+00:00")
    authors.write("_posts/2026-01-01-a.md", BODY + "\nMore.", title="Alpha")
    authors.commit(at="2026-01-05T10:00:00+00:00")
    authors.write("_posts/2026-01-02-b.md", BODY, title="Beta")
    authors.commit(at="2026-01-06T10:00:00+00:00")
    run_git(authors.work, "mv", "_posts/2026-01-01-a.md", "_posts/2026-01-01-c.md")
    authors.commit(at="2026-01-09T10:00:00+00:00")
    authors.push()
    with Daemon(authors.bare.parent).serving() as daemon:
        whole = replace(clone, access=Access(url=daemon.url), depth=0, partial=partial)
        whole.fetch()
        shallow = replace(clone, where=clone.where.with_name("shallow.git"), access=Access(url=daemon.url), depth=2)
        shallow.fetch()

    posts = source(whole, history=True)
    posts.scan({})
    assert datetime(2026, 1, 5, 10, tzinfo=UTC) == posts.read("_posts/2026-01-01-c.md").modified
    assert datetime(2026, 1, 6, 10, tzinfo=UTC) == posts.read("_posts/2026-01-02-b.md").modified
    missing = run_git(whole.where, "rev-list", "--objects", "--all", "--missing=print").count("?")
    assert (1 if partial else 0) == missing
    fewer = source(shallow, history=True)
    fewer.scan({})
    assert fewer.read("_posts/2026-01-01-c.md").modified is None
    assert 2 == int(run_git(shallow.where, "rev-list", "--count", "--all"))


def test_a_copy_that_was_shallow_becomes_whole(clone: Clone, authors: Authors) -> None:
    for number in range(4):
        authors.write("_posts/2026-01-01-a.md", title=f"Version {number}")
        authors.commit()
    authors.push()
    replace(clone, depth=1).fetch()
    authors.write("_posts/2026-01-01-a.md", title="Last")
    authors.publish()

    replace(clone, depth=1).fetch()
    assert "1" == run_git(clone.where, "rev-list", "--count", clone.tips()[0])

    assert not replace(clone, depth=0).fetch()

    assert "5" == run_git(clone.where, "rev-list", "--count", clone.tips()[0])


def test_a_link_inside_counts_as_what_it_leads_to_and_one_that_leads_out_is_refused(
    clone: Clone, authors: Authors, tmp_path: Path
) -> None:
    (tmp_path / "secret.md").write_text("secret")
    authors.write("_posts/2026-01-01-a.md", title="Alpha")
    (authors.work / "_posts" / "2026-01-02-in.md").symlink_to("2026-01-01-a.md")
    (authors.work / "_posts" / "2026-01-03-out.md").symlink_to(tmp_path / "secret.md")
    (authors.work / "_config.yml").symlink_to("../../secret.md")
    authors.publish()
    clone.fetch()
    posts, files = source(clone), GitFiles(clone, "")

    scan = posts.scan({})

    assert ["_posts/2026-01-01-a.md", "_posts/2026-01-02-in.md"] == [path for path, _ in scan.changed]
    assert 1 == len({version for _, version in scan.changed})
    assert posts.read("_posts/2026-01-02-in.md").data == posts.read("_posts/2026-01-01-a.md").data
    assert ["_posts/2026-01-03-out.md"] == [error.path for error in scan.refused]
    for path in ("_posts/2026-01-03-out.md",):
        with pytest.raises(PostError, match="leads out"):
            posts.read(path)
    assert posts.measure("_posts/2026-01-03-out.md", "") is None
    with pytest.raises(SourceError, match="leads out"):
        files.read("_config.yml")


def test_what_is_beside_the_posts_is_looked_at_again(clone: Clone, authors: Authors) -> None:
    """frontmatter-39, -41: also where nothing of the site's configuration has changed."""
    (authors.work / "about.md").write_text("---\ntitle: A\n---\n")
    (authors.work / "film.mp4").write_bytes(b"x" * 2**21)
    authors.publish()
    clone.fetch()
    files = GitFiles(clone, "")
    assert (b"---\ntitle", b"xx", None) == (files.begin("about.md", 9), files.begin("film.mp4", 2), files.begin("a", 2))
    with pytest.raises(SourceError, match="leads out"):
        files.begin("../a", 1)
    (authors.work / "about.md").write_text("other")
    authors.publish()
    clone.fetch()
    assert b"---" == files.begin("about.md", 3)

    files.look_again()

    assert b"oth" == pickle.loads(pickle.dumps(files)).begin("about.md", 3) == files.begin("about.md", 3)


def test_site_files_are_those_of_the_commit(clone: Clone, authors: Authors) -> None:
    authors.write("_posts/2026-01-01-a.md", title="Alpha")
    (authors.work / "_config.yml").write_text("title: The Example\n")
    (authors.work / "_data").mkdir()
    (authors.work / "_data" / "authors.yml").write_text("a: b\n")
    (authors.work / "large.yml").write_bytes(b"x" * (2**20 + 1))
    authors.publish()
    with pytest.raises(SourceError, match="nothing was fetched yet"):
        GitFiles(clone, "").read("_config.yml")
    clone.fetch()
    files = GitFiles(clone, "")

    assert b"title: The Example\n" == files.read("_config.yml") == files.read("./_data/../_config.yml")
    assert ("_config.yml", "_data/", "_posts/", "large.yml") == files.names("")
    assert ("authors.yml",) == files.names("_data") == GitFiles(clone, "_data").names("")
    assert () == files.names("nothing")
    assert None is files.read("nothing.yml") is files.read("_data") is files.read("a\nb")
    before = files.digest
    authors.write("_posts/2026-01-01-a.md", title="Another")
    authors.publish()
    clone.fetch()
    assert files.unchanged()
    (authors.work / "_config.yml").write_text("title: Another\n")
    authors.publish()
    clone.fetch()
    assert not files.unchanged()
    assert (b"title: The Example\n", before) == (files.read("_config.yml"), files.digest)
    for path in ("../x", "/etc/passwd", "a/../../x"):
        with pytest.raises(SourceError, match="leads out"):
            files.read(path)
    with pytest.raises(SourceError, match="has more than"):
        files.read("large.yml")


def test_images_are_measured_from_the_commit_and_only_once(clone: Clone, authors: Authors) -> None:
    head = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (640).to_bytes(4, "big") + (480).to_bytes(4, "big")
    png = head + b"\x08\x02\0\0\0" + bytes(9_000_000)
    (authors.work / "large.png").write_bytes(png)
    (authors.work / "kept.jpg").write_text(LFS)
    authors.publish()
    clone.fetch()
    posts = source(clone)

    measured = posts.measure("large.png", "")

    assert measured is not None
    assert ImageFacts(type="image/png", length=len(png), width=640, height=480) == measured[1]
    assert (measured[0], ImageFacts()) == posts.measure("large.png", measured[0])
    kept = posts.measure("kept.jpg", "")
    assert kept is not None
    assert ImageFacts(type="image/jpeg", length=12345) == kept[1]
    assert None is posts.measure("none.png", "") is posts.measure("a\nb.png", "") is posts.measure("../x.png", "")


def test_a_post_that_is_too_large_is_refused_and_the_next_is_read(clone: Clone, authors: Authors) -> None:
    authors.write("_posts/2026-01-01-a.md", "x" * 9_000_000, title="Alpha")
    authors.write("_posts/2026-01-02-b.md", title="Beta")
    authors.publish()
    clone.fetch()
    posts = source(clone)

    with pytest.raises(PostError, match=r"more than 100000; shorten it"):
        posts.read("_posts/2026-01-01-a.md")
    assert b"Beta" in posts.read("_posts/2026-01-02-b.md").data


def test_another_process_may_read_too(clone: Clone, authors: Authors) -> None:
    authors.write("_posts/2026-01-01-a.md", title="Alpha")
    authors.publish()
    clone.fetch()
    posts = source(clone)
    posts.scan({})
    posts.read("_posts/2026-01-01-a.md")

    assert b"Alpha" in pickle.loads(pickle.dumps(posts)).read("_posts/2026-01-01-a.md").data


def test_two_never_fetch_at_once(clone: Clone, authors: Authors) -> None:
    authors.write("_posts/2026-01-01-a.md", title="Alpha")
    authors.publish()
    clone.where.parent.mkdir()
    other = os.open(clone.where.with_name("site.git.lock"), os.O_RDWR | os.O_CREAT)
    fcntl.flock(other, fcntl.LOCK_EX)
    with pytest.raises(SourceError, match="somebody else is fetching into it"):
        clone.fetch()
    os.close(other)

    assert clone.fetch()


def test_a_copy_with_an_old_tip_that_is_damaged_is_made_anew(clone: Clone, authors: Authors) -> None:
    for title in ("Alpha", "Beta"):
        authors.write("_posts/2026-01-01-a.md", title=title)
        authors.publish()
        clone.fetch()
    old = clone.tips()[1]
    for path in (clone.where / "objects").rglob("*"):
        if path.is_file() and (path.name == old[2:] and path.parent.name == old[:2]):
            path.chmod(0o644)
            path.write_bytes(b"x")
    authors.write("_posts/2026-01-01-a.md", title="Gamma")
    authors.publish()

    for _ in range(2):
        with suppress(SourceError):
            clone.fetch()
    posts = source(clone)
    posts.scan({})

    assert b"Gamma" in posts.read("_posts/2026-01-01-a.md").data
    report = clone.report()
    assert report is not None
    assert "" == report.problem


def test_a_folder_of_somebody_else_is_never_replaced(clone: Clone, authors: Authors) -> None:
    authors.write("_posts/2026-01-01-a.md", title="Alpha")
    authors.publish()
    clone.where.mkdir(parents=True)
    (clone.where / "thesis.txt").write_text("years of work")

    with pytest.raises(SourceError, match="is no copy that syndicator has made"):
        clone.fetch()

    assert ["thesis.txt"] == [path.name for path in clone.where.iterdir()]


def test_another_branch_begins_afresh_and_the_former_comes_back(clone: Clone, authors: Authors) -> None:
    authors.write("_posts/2026-01-01-a.md", title="Alpha")
    authors.publish()
    authors.push("origin", "main:other")
    clone.fetch()
    other = replace(clone, branch="other")
    assert () == other.tips()
    other.fetch()

    assert 1 == len(other.tips()) == len(clone.tips())


@pytest.mark.parametrize(
    ("branch", "reason"),
    [("none", r'has no branch "none" \(any more\)'), ("", "has no commit, or names no branch")],
)
def test_what_is_not_there_is_said(clone: Clone, branch: str, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        replace(clone, branch=branch).fetch()

    report = replace(clone, branch=branch).report()
    assert report is not None
    assert (None, "") == (report.fetched, report.commit)


def test_a_folder_that_the_commit_has_not_is_said(clone: Clone, authors: Authors) -> None:
    authors.write("_posts/2026-01-01-a.md", title="Alpha")
    authors.publish()
    clone.fetch()

    with pytest.raises(SourceError, match='has no folder "blog" among its 1 files'):
        source(clone, "blog", mends=True).scan({})

    assert not clone.is_spoilt()


def test_a_fetch_takes_no_longer_than_it_may_and_stops_when_told(clone: Clone, authors: Authors) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"git://127.0.0.1:{silent.getsockname()[1]}/site.git"
        hanging = replace(clone, access=Access(url=url), within=timedelta(seconds=1))
        with pytest.raises(SourceError, match="was not done in the time that it may take"):
            hanging.fetch()
    assert not replace(clone, access=Access(url=str(authors.bare))).fetch(lambda: True)


def test_only_so_many_former_tips_are_kept(clone: Clone, authors: Authors) -> None:
    for number in range(23):
        authors.write("_posts/2026-01-01-a.md", title=f"Version {number}")
        authors.publish()
        clone.fetch()

    assert 20 == len(clone.tips())
    assert run_git(authors.work, "rev-parse", "HEAD") == clone.tips()[0]


def test_git_may_use_one_protocol_and_sees_neither_the_users_files_nor_a_terminal(tmp_path: Path) -> None:
    access = Access(url="https://git.example.org/site.git", username="me", token="hush")

    seen = environment(access.variables(tmp_path), tmp_path)

    assert ("https", "0", "/dev/null", "1", str(tmp_path)) == tuple(
        seen[name]
        for name in ("GIT_ALLOW_PROTOCOL", "GIT_TERMINAL_PROMPT", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "HOME")
    )
    assert "" == environment({}, tmp_path)["GIT_ALLOW_PROTOCOL"]
    assert {"file", "ssh"} == {Access(url=url).protocol for url in ("/srv/site", "git@x:y", "ssh://x/y")}
    assert "hush" not in " ".join(command(("fetch",))) + repr(access)


def test_the_version_of_a_bundle_in_a_repository_changes_with_the_names_of_its_pictures(
    clone: Clone, authors: Authors
) -> None:
    """frontmatter-48, 58, 81: with nothing else, and what git calls the post goes before it."""
    authors.write("content/a/index.md", title="A")
    authors.write("content/a/img/notes.txt")
    authors.write("content/b.md", title="B")
    authors.publish()
    clone.fetch()
    posts = GitSource(clone, "", hugosite.configure(GitFiles(clone, "")).dialect, limit=100_000, history=True)
    first = dict(posts.scan({}).changed)

    for path in ("content/a/img/x.png", "content/a/feature.png", "content/a/more/deeper/still.png", "content/y.png"):
        authors.write(path)
    authors.publish()
    clone.fetch()
    second = dict(posts.scan(first).changed)
    file = posts.read("content/a/index.md")

    assert ["content/a/index.md"] == list(second)
    assert first["content/a/index.md"] == second["content/a/index.md"].partition("+")[0] != file.version
    assert (("feature.png", "img/x.png"), second["content/a/index.md"]) == (file.beside, file.version)
    assert () == posts.scan({**first, **second}).changed

    authors.write("content/a/feature.png", "Other bytes.")
    (authors.work / "content/a").rename(authors.work / "content/c")
    authors.write("content/c/index.md", "More words.", title="A")
    authors.publish()
    clone.fetch()
    scan = posts.scan({**first, **second})

    assert [("content/a/index.md", "content/c/index.md")] == [(move.old, move.new) for move in scan.moved]
