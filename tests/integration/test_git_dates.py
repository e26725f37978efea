"""Dates that only a repository's history knows: when a file came into it, and when it was last touched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syndicator.dialects.eleventy import Eleventy
from syndicator.dialects.eleventyposts import Posts
from syndicator.errors import PostError
from syndicator.model import Lifetime, Post, Site, Skim
from syndicator.ports import Source
from syndicator.posts.rules import Rules
from syndicator.reader import Reader
from syndicator.sources.folder import FolderSource
from syndicator.sources.git import GitSource
from syndicator.sources.gitclone import Clone
from syndicator.sources.gitcommand import Access
from tests.repositories import Authors, Daemon, run_git

BODY = "\n".join(f"Line {number} of the post." for number in range(30))
DIALECT = Eleventy(posts=Posts(collections=("posts",)))


@pytest.fixture
def authors(tmp_path: Path) -> Authors:
    return Authors(tmp_path / "authors")


@pytest.fixture
def clone(tmp_path: Path, authors: Authors) -> Clone:
    return Clone(where=tmp_path / "state" / "site.git", access=Access(url=str(authors.bare)), depth=0)


def day(number: int) -> datetime:
    return datetime(2026, 1, number, 10, tzinfo=UTC)


def at(number: int) -> str:
    return day(number).isoformat()


def of(clone: Clone, path: str, folder: str = "") -> Lifetime:
    return GitSource(clone, folder, DIALECT, limit=100_000).lifetime(path)


def reader(source: Source) -> Reader:
    return Reader(source=source, dialect=DIALECT, site=Site(title="T", url="https://e.example/"), rules=Rules())


def skimmed(source: Source) -> dict[str, Skim | PostError]:
    files = [source.read(path) for path, _ in source.scan({}).changed]
    return dict(zip([file.path for file in files], reader(source).skim(files), strict=True))


def test_a_file_was_made_by_the_commit_that_added_it_whatever_it_was_called_then(
    clone: Clone, authors: Authors
) -> None:
    """frontmatter-66: renames are followed, also those of a file that was edited at once."""
    authors.write("site/a.md", BODY, title="Alpha")
    authors.commit(at=at(1))
    authors.write("site/a.md", BODY + "\nMore.", title="Alpha")
    authors.commit(at=at(2))
    run_git(authors.work, "mv", "site/a.md", "site/b.md")
    authors.commit(at=at(3))
    (authors.work / "site/b.md").unlink()
    authors.write("site/c.md", BODY + "\nMore and more.", title="Alpha")
    authors.write("site/a.md", "Another one.", title="Other")
    authors.commit(at=at(4))
    authors.push()
    clone.fetch()

    assert Lifetime(created=day(1), changed=day(4)) == of(clone, "c.md", "site")
    assert Lifetime(created=day(4), changed=day(4)) == of(clone, "site/a.md")


def test_what_comes_by_a_merge_was_made_and_touched_on_its_branch(clone: Clone, authors: Authors) -> None:
    authors.write("a.md", BODY, title="Alpha")
    authors.commit(at=at(1))
    run_git(authors.work, "switch", "-q", "-c", "other")
    authors.write("a.md", BODY + "\nTheirs.", title="Alpha")
    authors.write("b.md", "Beta.", title="Beta")
    authors.commit(at=at(2))
    run_git(authors.work, "switch", "-q", "main")
    authors.write("a.md", BODY + "\nOurs.", title="Alpha")
    authors.commit(at=at(3))
    run_git(authors.work, "merge", "-q", "--no-commit", "-s", "ours", "other")
    authors.write("a.md", BODY + "\nBoth.", title="Alpha")
    run_git(authors.work, "checkout", "-q", "other", "--", "b.md")
    authors.commit(at=at(4))
    authors.push()
    clone.fetch()

    assert Lifetime(created=day(1), changed=day(4)) == of(clone, "a.md")
    assert Lifetime(created=day(2), changed=day(2)) == of(clone, "b.md")


def test_only_a_whole_history_can_say_it(clone: Clone, authors: Authors) -> None:
    authors.write("a.md", title="Alpha")
    authors.commit(at=at(1))
    authors.write("b.md", title="Beta")
    authors.commit(at=at(2))
    authors.push()
    with Daemon(authors.bare.parent).serving() as daemon:
        shallow = replace(clone, depth=1, access=Access(url=daemon.url))
        shallow.fetch()
        cut = of(shallow, "b.md")
        whole = replace(shallow, depth=0)
        whole.fetch()

    assert (None, None) == (cut.created, cut.changed)
    assert "only the newest commits were fetched" == cut.unknown
    assert "set [source] depth = 0, or write a date into its front matter" == cut.remedy
    assert Lifetime(created=day(2), changed=day(2)) == of(whole, "b.md")


def test_without_old_versions_a_date_that_a_rename_may_have_hidden_is_not_told(clone: Clone, authors: Authors) -> None:
    authors.write("a.md", BODY, title="Alpha")
    authors.write("b.md", title="Beta")
    authors.commit(at=at(1))
    run_git(authors.work, "mv", "b.md", "c.md")
    authors.commit(at=at(2))
    (authors.work / "a.md").unlink()
    authors.write("d.md", BODY + "\nMore.", title="Alpha")
    authors.commit(at=at(3))
    authors.push()
    with Daemon(authors.bare.parent).serving() as daemon:
        partial = replace(clone, partial=True, access=Access(url=daemon.url))
        partial.fetch()

    assert Lifetime(created=day(1), changed=day(2)) == of(partial, "c.md")
    doubtful = of(partial, "d.md")
    assert (None, day(3)) == (doubtful.created, doubtful.changed)
    assert doubtful.remedy.startswith("set [source] partial = false")


@pytest.mark.parametrize(
    ("head", "expected", "said"),
    [
        ("date: git Created", day(1), ""),
        ("date: git Last Modified", day(2), ""),
        ("date: Created", day(1), 'date: "Created": the date is that of its first commit'),
        ("date: Last Modified", day(2), 'date: "Last Modified": the date is that of the last commit that changed it'),
        ("title: Undated", day(1), "has no date: the date is that of its first commit"),
        ("date: 2025-05-05", datetime(2025, 5, 5, tzinfo=UTC), ""),
    ],
)
def test_the_date_of_a_post_may_be_that_of_a_commit(
    clone: Clone, authors: Authors, head: str, expected: datetime, said: str
) -> None:
    """frontmatter-66"""
    for number, body in enumerate(("Words.", "More words."), 1):
        (authors.work / "a.md").write_text(f"---\ntags: posts\n{head}\n---\n{body}\n")
        authors.commit(at=at(number))
    authors.push()
    clone.fetch()
    source = GitSource(clone, "", DIALECT, limit=100_000)

    skim = skimmed(source)["a.md"]
    post = reader(source).parse(source.read("a.md"))

    assert isinstance(skim, Skim)
    assert isinstance(post, Post)
    assert (expected, expected) == (skim.published, post.published)
    assert [said] * bool(said) == [warning.reason.partition(", as")[0] for warning in skim.warnings]


def test_a_post_whose_date_nobody_knows_is_refused_and_the_others_go_on(clone: Clone, authors: Authors) -> None:
    """frontmatter-66: a date is never invented."""
    authors.write("a.md", tags="posts", date="git Created")
    authors.write("b.md", tags="posts")
    authors.write("c.md", tags="posts", date="2026-01-01")
    authors.write("d.md", title="No post, so nobody asks")
    authors.commit(at=at(1))
    authors.commit(at=at(2))
    authors.push()
    with Daemon(authors.bare.parent).serving() as daemon:
        shallow = replace(clone, depth=1, access=Access(url=daemon.url))
        shallow.fetch()

    found = skimmed(GitSource(shallow, "", DIALECT, limit=100_000))

    assert {"a.md", "b.md"} == {path for path, what in found.items() if isinstance(what, PostError)}
    assert str(found["a.md"]) == (
        'a.md:3: date: "git Created" asks when git first saw it, which the file does not say '
        "(only the newest commits were fetched); set [source] depth = 0, or write a date into its front matter"
    )
    assert "b.md: has no date (only the newest commits were fetched)" in str(found["b.md"])


@pytest.mark.parametrize("make", [lambda _: None, lambda work: run_git(work, "init", "-q")])
def test_in_a_folder_such_a_date_is_refused_even_where_it_is_a_checkout(
    tmp_path: Path, make: Callable[[Path], object]
) -> None:
    """frontmatter-66: nothing is run in a stranger's folder, and git would obey the settings in it."""
    make(tmp_path)
    (tmp_path / "a.md").write_text("---\ntags: posts\ndate: git Created\n---\n")
    (tmp_path / "b.md").write_text("---\ntags: posts\n---\n")

    found = skimmed(FolderSource(tmp_path, DIALECT, limit=100_000))

    remedy = 'or read it from its repository ([source] kind = "git" with depth = 0)'
    assert [True, True] == [isinstance(what, PostError) and what.remedy.endswith(remedy) for what in found.values()]


def test_one_walk_through_the_history_dates_all_posts(
    clone: Clone, authors: Authors, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A count of git's own starts, by a git in front of git."""
    for number in range(300):
        authors.write(f"p{number}.md", tags="posts", date="git Created")
    authors.commit(at=at(1))
    authors.push()
    clone.fetch()
    counter = tmp_path / "bin" / "git"
    counter.parent.mkdir()
    counter.write_text(f'#!/bin/sh\necho "$*" >>{tmp_path}/starts\nPATH=/usr/bin:/bin:/usr/local/bin exec git "$@"\n')
    counter.chmod(0o755)
    monkeypatch.setenv("PATH", f"{counter.parent}:/usr/bin:/bin:/usr/local/bin")

    found = skimmed(GitSource(clone, "", DIALECT, limit=100_000))

    assert {day(1)} == {what.published for what in found.values() if isinstance(what, Skim)}
    assert (300, 1) == (len(found), (tmp_path / "starts").read_text().count(" log "))
