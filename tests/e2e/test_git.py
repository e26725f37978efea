"""Posts from a git repository on loopback: feeds follow what is pushed, and stay when nothing can be had."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.newsroom import Newsroom, eventually
from tests.repositories import Authors, Daemon, run_git

BODY = "\n\n".join(f"Paragraph {number} says what happened, where, and to whom." for number in range(20))


@pytest.fixture
def authors(tmp_path: Path) -> Authors:
    return Authors(tmp_path / "authors")


def of_git(newsroom: Newsroom, url: str, more: str = "") -> Newsroom:
    """The newsroom, with its posts from a repository."""
    toml = newsroom.root / "syndicator.toml"
    settings = toml.read_text().replace('path = "content"', f'kind = "git"\nurl = "{url}"\npath = "."\n{more}')
    toml.write_text(settings.replace('every = "30s"', 'every = "1s"'))
    return newsroom


def ids(newsroom: Newsroom) -> dict[str, str]:
    """Ids in the JSON feed by title."""
    return {item["title"]: item["id"] for item in newsroom.items()}


def test_push_rename_revert_and_force_push_show_up_while_the_service_runs_and_ids_stay(
    newsroom: Newsroom, authors: Authors
) -> None:
    authors.write("_posts/2026-01-01-a.md", BODY, title="Alpha", category="News")
    authors.publish()
    daemon = Daemon(authors.bare.parent)
    of_git(newsroom, daemon.url)
    with daemon.serving(), newsroom.running():
        eventually(lambda: newsroom.titles() == ["Alpha"])
        alpha = ids(newsroom)["Alpha"]

        authors.write("_posts/2026-01-02-b.md", BODY, title="Beta")
        authors.publish()
        eventually(lambda: newsroom.titles() == ["Beta", "Alpha"])
        beta = ids(newsroom)["Beta"]

        # Renamed, retitled and rewritten at once: only git knows.
        (authors.work / "_posts/2026-01-02-b.md").unlink()
        authors.write("_posts/2026-01-02-c.md", BODY + "\n\nMore of it.", title="Gamma")
        authors.publish()
        eventually(lambda: newsroom.titles() == ["Gamma", "Alpha"])
        assert beta == ids(newsroom)["Gamma"]

        run_git(authors.work, "revert", "--no-edit", "HEAD")
        authors.push()
        eventually(lambda: newsroom.titles() == ["Beta", "Alpha"])
        assert beta == ids(newsroom)["Beta"]

        run_git(authors.work, "reset", "-q", "--hard", "HEAD~3")
        authors.write("_posts/2026-01-03-d.md", title="Delta")
        authors.commit()
        authors.push("--force", "origin", "main")
        eventually(lambda: newsroom.titles() == ["Delta", "Alpha"])
        assert alpha == ids(newsroom)["Alpha"]
