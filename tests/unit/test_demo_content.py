"""The demo newsroom holds what the documentation says it holds, and the sample post as its owner wrote it."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml

CONTENT = Path(__file__).resolve().parents[2] / "config" / "demo" / "content"
POSTS = tuple(sorted((CONTENT / "_posts").iterdir()))
DRAFTS = tuple(sorted((CONTENT / "_drafts").iterdir()))
SAMPLE = CONTENT / "_posts" / "2023-08-24-russian-pilots-daring-defection.md"
OWN = tuple(path for path in POSTS if path != SAMPLE)
# No date of a post that is meant to be read is later than this, so that the demo looks the same on any later day.
LATEST = date(2026, 11, 1)
INLINE_IMAGE = re.compile(r'!\[[^\]]*\]\(([^\s)]+)[^)]*\)|<img[^>]*\bsrc="([^"]+)"')


def split(path: Path) -> tuple[dict[str, Any], str]:
    """The front matter as text fields (no date is guessed) and the body."""
    _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    fields = yaml.load(head, Loader=yaml.BaseLoader)
    assert isinstance(fields, dict)
    return fields, body


def by_name(part: str) -> tuple[dict[str, Any], str]:
    (path,) = [path for path in POSTS if part in path.name]
    return split(path)


def local_images(path: Path) -> list[str]:
    """Paths below the content folder of every image of the site's own that a post names."""
    fields, body = split(path)
    found = [match[0] or match[1] for match in INLINE_IMAGE.findall(body)]
    featured = fields.get("featured-image")
    if isinstance(featured, dict):
        found.append(featured["path"])
    # A post lives four folders deep (category, year, month, day), so that its relative addresses climb to the root.
    return [re.sub(r"^(?:(?:\.\./){4}|/)", "", address) for address in found if "://" not in address]


def test_the_sample_post_is_byte_for_byte_as_its_owner_wrote_it() -> None:
    assert hashlib.sha256(SAMPLE.read_bytes()).hexdigest() == (
        "f4b8b03c2f011706258d901b4acbd8b4293ef893bea99fc3d3853de2f7272442"
    )


def test_there_are_thirteen_posts_and_a_draft() -> None:
    assert (len(POSTS), len(DRAFTS)) == (13, 1)


def test_every_category_of_the_newsroom_is_there() -> None:
    expected = {"News", "Politics", "Business", "Science", "Culture", "Opinion", "Sports", "Arts & Letters"}

    assert {split(path)[0]["category"] for path in POSTS} == expected


@pytest.mark.parametrize("path", OWN + DRAFTS, ids=lambda path: path.stem)
def test_a_post_has_what_a_reader_needs(path: Path) -> None:
    fields, body = split(path)

    assert {"title", "subhed", "author", "author-title", "layout", "category"} - fields.keys() <= {"author-title"}
    assert 120 <= len(body.split()) <= 400


@pytest.mark.parametrize("path", POSTS + DRAFTS, ids=lambda path: path.stem)
def test_every_local_image_exists_and_is_small(path: Path) -> None:
    for name in local_images(path):
        assert PurePosixPath(name).parent == PurePosixPath("assets/img")
        assert 0 < (CONTENT / name).stat().st_size < 60_000


def test_no_picture_lies_about_unused() -> None:
    used = {name for path in POSTS + DRAFTS for name in local_images(path)}

    assert used == {f"assets/img/{path.name}" for path in (CONTENT / "assets" / "img").iterdir()}


def test_a_featured_image_has_its_cutline_credit_and_alternative_text() -> None:
    for path in POSTS + DRAFTS:
        featured = split(path)[0].get("featured-image")
        if featured is not None:
            assert all(featured[key].strip() for key in ("path", "cutline", "credit", "alt-text"))


def test_file_names_carry_the_date_of_the_front_matter() -> None:
    for path in POSTS:
        assert split(path)[0].get("date", path.name)[:10] == path.name[:10]


def test_only_the_embargoed_post_is_dated_after_the_demo_was_written() -> None:
    late = [path.name for path in POSTS if date.fromisoformat(path.name[:10]) >= LATEST]

    assert late == ["2031-04-05-the-capsule-under-the-clock.md"]


def test_one_post_is_a_draft_in_place_and_one_was_taken_down() -> None:
    assert by_name("harbor-audit")[0]["draft"] == "true"
    assert by_name("pictures-of-the-heat")[0]["published"] == "false"


def test_one_post_has_expired_before_the_demo_was_written() -> None:
    expires = by_name("winter-parking")[0]["expires"]

    assert date.fromisoformat(expires[:10]) < LATEST


def test_one_post_was_corrected_after_publication() -> None:
    fields, body = by_name("novice-four")

    assert fields["last_modified_at"] > fields["date"]
    assert "~~5:58.2~~" in body


def test_one_post_is_dated_by_its_file_name_alone_and_has_no_image() -> None:
    fields, _ = by_name("potholes")

    assert {"date", "featured-image"} & fields.keys() == set()


def test_one_post_has_two_authors() -> None:
    assert by_name("without-a-cable")[0]["author"] == ["Ingrid Vastergaard", "Paul Ndiaye-Brooks"]


def test_the_markup_of_real_posts_is_all_there() -> None:
    budget, herring, seeds, ferry = (by_name(part)[1] for part in ("one-table", "herring", "lends-seeds", "not-retire"))

    assert "| ---: |" in budget
    assert "[^residents]: " in budget
    assert "```python\n" in herring
    assert "\n> " in ferry
    assert "](../../../../assets/img/seed-packet.png " in seeds
    assert "<figure>" in seeds
    assert "<figcaption>" in seeds
