"""A newsroom with a past that its posts do not tell."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.newsroom import Newsroom

#: An archive, tombstones, and a feed a category.
FEEDS = """
[[feeds]]
name = "main"
rss = "feed.xml"
atom = "atom.xml"
json = "feed.json"
tombstones = true
limit = 6

[[feeds]]
name = "category"
each = "category"
rss = "category/{slug}.xml"

[[feeds]]
name = "all"
atom = "all.xml"
json = "all.json"
archive = true
limit = 4
"""


def lived(newsroom: Newsroom) -> dict[str, bytes]:
    """A newsroom with a past that the posts do not tell: ids from elsewhere, one renamed, one edited without a
    date, one taken down. What is published in the end."""
    newsroom.feeds = FEEDS
    newsroom.configure()
    for number in range(1, 10):
        newsroom.post(f"2026-01-0{number}-p{number}.md", f"Words {number}.", title=f"Post {number}", category="News")
    (newsroom.root / "old.xml").write_text(
        '<rss version="2.0"><channel><title>Old</title><item><title>Post 2</title><guid>old-2</guid>'
        "<link>https://news.example.org/news/2026/01/02/p2.html</link></item></channel></rss>"
    )
    assert 0 == newsroom.command("adopt", str(newsroom.root / "old.xml"), "--write").returncode
    newsroom.build()
    posts = newsroom.root / "content/_posts"
    (posts / "2026-01-03-p3.md").rename(posts / "2026-01-03-renamed.md")
    newsroom.post("2026-01-08-p8.md", "Other words.", title="Post 8", category="News")
    newsroom.post("2026-01-07-p7.md", "Words 7.", title="Post 7", category="News", status="killed")
    newsroom.build()
    files = newsroom.files()
    assert b"old-2" in files["all.archive-1.xml"] + files["all.xml"]
    assert b'deleted-entry ref="tag:news.example.org,2026-01-07' in files["atom.xml"]
    assert b"_posts/2026-01-03-p3<" in files["category/news.xml"]
    return files


def copy_of(past: Newsroom, root: Path) -> Newsroom:
    shutil.copytree(past.root, root, dirs_exist_ok=True)
    return Newsroom(root, port=8080, feeds=FEEDS)
