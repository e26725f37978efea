"""Files that look like posts to their authors, and are none to Jekyll: it says nothing of them, and we do."""

from __future__ import annotations

import pytest

from tests.newsroom import Newsroom

NO_DATE = "its name does not begin with a date, so that Jekyll takes it for no post"


def elsewhere(newsroom: Newsroom, *paths: str) -> None:
    """Write files like posts into the site, of which a folder is excluded."""
    site = newsroom.root / "content"
    (site / "_config.yml").write_text("exclude: [vendor]\n")
    for path in paths:
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text("---\ntitle: Storm\ndate: 2026-01-02\n---\nWords.\n")


def test_a_post_without_a_date_in_its_name_is_told_by_check(newsroom: Newsroom) -> None:
    """frontmatter-17: no silent loss; names that are chosen for being passed over are left alone."""
    newsroom.post("2026-01-01-good.md", title="Good")
    elsewhere(newsroom, "_posts/storm.md", "_posts/26.1.2026-storm.md", "_posts/sub/2026_01_02-storm.markdown")
    elsewhere(
        newsroom, "_posts/README.md", "_posts/_template.md", "_posts/storm.jpg", "vendor/_posts/storm.md", "page.md"
    )

    done = newsroom.command("check")

    said = sorted(line.removeprefix("warning: ") for line in done.stderr.splitlines() if NO_DATE in line)
    assert ["_posts/26.1.2026-storm.md", "_posts/storm.md", "_posts/sub/2026_01_02-storm.markdown"] == [
        line.partition(":")[0] for line in said
    ]
    assert all('name it like "2023-08-24-storm.md"' in line for line in said)
    assert 0 == done.returncode


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("_posts/storm.md", NO_DATE),
        ("./_posts/storm.md", NO_DATE),
        ("_drafts/storm.md", "it lies in a folder _drafts, whose posts are never published"),
        ("page.md", "it lies in no folder _posts"),
        ("vendor/_posts/2026-01-01-a.md", "the site's configuration leaves it out"),
        ("_posts/nothing.md", "no post has that path, id or address"),
        ("../syndicator.toml", "no post has that path, id or address"),
    ],
)
def test_why_tells_of_a_file_that_is_no_post(newsroom: Newsroom, path: str, reason: str) -> None:
    """frontmatter-17, 18, 19."""
    newsroom.post("2026-01-01-good.md", title="Good")
    elsewhere(newsroom, "_posts/storm.md", "_drafts/storm.md", "page.md", "vendor/_posts/2026-01-01-a.md")
    newsroom.build()

    done = newsroom.command("why", path)

    assert (1, True) == (done.returncode, reason in done.stderr), done.stderr
