"""A folder that no generator reads: every item of the checklist that concerns it, with what is right for it.

The expected values beside the site are written by hand, as its own file says. Names of posts begin with the item of the
checklist that they are about.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from syndicator.crew import Crew
from syndicator.model import Post, Visibility
from syndicator.ports import Scan
from syndicator.reader import Reader
from syndicator.reading import ReadResult, read_all
from syndicator.settings import load_settings
from syndicator.sourcing import reader

HERE = Path(__file__).parents[1] / "sites" / "plain"
EXPECTED: dict[str, dict[str, Any]] = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))
BASE = "https://plain.example.org/"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    file = tmp_path_factory.mktemp("plain") / "syndicator.toml"
    file.write_text(
        f'[site]\ntitle = "Plain"\nurl = "{BASE}"\ntimezone = "Asia/Tokyo"\n'
        f'[source]\npath = "{HERE / "site"}"\ndialect = "plain"\n'
        f'[publish]\nto = "public"\nurl = "{BASE}feeds/"\n',
        encoding="utf-8",
    )
    return reader(load_settings(file, {}))


@pytest.fixture(scope="module")
def look(site: Reader) -> tuple[Scan, ReadResult]:
    with Crew(1) as crew:
        return read_all(site, crew)


def seen(site: Reader, post: Post) -> dict[str, Any]:
    """A post as the expected values have it."""
    image = post.image and {
        "url": post.image.url,
        **{name: words for name in ("alt", "caption", "credit") if (words := getattr(post.image, name))},
        "found": post.image.file is not None and site.source.measure(post.image.file, "") is not None,
    }
    return {
        "title": post.title,
        "published": post.published,
        "modified": post.modified,
        "permalink": post.permalink.removeprefix(BASE),
        "summary": post.summary,
        "categories": list(post.categories),
        "tags": list(post.tags),
        "people": [{"name": one.name, "email": one.email, "url": one.url} for one in post.people],
        "image": image,
        "language": post.language,
        "given_id": post.given_id,
        "link": post.link,
        "body": post.body.strip(),
        "warning": post.warnings[0].reason.split('"')[1] if post.warnings else "",
    }


def test_the_site_has_enough_posts_to_prove_something() -> None:
    assert len(EXPECTED["posts"]) >= 30


@pytest.mark.parametrize("path", sorted(EXPECTED["posts"]))
def test_a_post_is_what_the_checklist_says(site: Reader, path: str) -> None:
    """frontmatter-1 to 12, 73 to 76, 79, 80."""
    expected = {
        key: datetime.fromisoformat(value) if key in ("published", "modified") else value
        for key, value in EXPECTED["posts"][path].items()
    }
    found = seen(site, site.parse(site.source.read(path)))

    assert expected == {key: found[key] for key in expected}


def test_what_is_scanned_is_what_the_site_has(look: tuple[Scan, ReadResult]) -> None:
    """Papers, drafts, hidden folders and what is no text are no posts."""
    scan, _ = look

    assert sorted([*EXPECTED["posts"], *EXPECTED["hidden"], *EXPECTED["refused"]]) == [path for path, _ in scan.changed]


def test_what_is_hidden_is_hidden_by_the_field_that_says_so(site: Reader, look: tuple[Scan, ReadResult]) -> None:
    """frontmatter-73."""
    drafts = [record.path for record in look[1].records if record.visibility is Visibility.DRAFT]

    assert sorted(EXPECTED["hidden"]) == drafts


def test_what_cannot_be_read_is_refused_with_line_and_reason(look: tuple[Scan, ReadResult]) -> None:
    """frontmatter-4, frontmatter-5, frontmatter-7, frontmatter-8, frontmatter-11, frontmatter-85: the rest is read."""
    found = {error.path: (error.line, error.reason) for error, _ in look[1].refused}

    assert sorted(EXPECTED["refused"]) == sorted(found)
    for path, (line, part) in EXPECTED["refused"].items():
        assert (line, True) == (found[path][0], part in found[path][1]), (path, found[path])
