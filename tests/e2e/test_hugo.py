"""A Hugo site through the commands: its own configuration is all there is to say of the publication."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.newsroom import Newsroom, eventually

SITES = Path(__file__).parents[1] / "sites"


@pytest.fixture
def hugo(tmp_path: Path) -> Newsroom:
    newsroom = Newsroom(tmp_path, dialect="hugo")
    shutil.rmtree(tmp_path / "content")
    shutil.copytree(SITES / "hugo", tmp_path / "content")
    path = tmp_path / "syndicator.toml"
    path.write_text(
        "[source]" + path.read_text().partition("[source]")[2].replace("[[feeds]]", "[[feeds]]\nlimit = 500")
    )
    return newsroom


def test_a_hugo_site_is_built_with_nothing_said_about_it(hugo: Newsroom) -> None:
    """frontmatter-48 to 62, 81: no draft, resource or section is among its entries, and nobody has to be told."""
    done = hugo.build()
    items = {item["url"]: item for item in hugo.items()}
    bundle = items["https://hugo.example.org/blog/posts/48-leaf/"]

    assert "refused" not in done.stdout
    assert "Never an entry" not in str(items)
    assert "fr" == items["https://hugo.example.org/blog/fr/posts/62-language/"]["language"]
    assert "https://hugo.example.org/blog/posts/48-leaf/cover.png" == bundle["image"]
    assert [("image/png", 69)] == [(one["mime_type"], one["size_in_bytes"]) for one in bundle["attachments"]]
    assert 0 == hugo.command("check").returncode


def test_why_names_the_rule_that_hides_a_page(hugo: Newsroom) -> None:
    """frontmatter-49, 52."""
    hugo.build()

    assert "draft: true" in hugo.command("why", "content/cascade/draft-52.md").stdout
    assert "build.list: local" in hugo.command("why", "content/posts/49-list-local.md").stdout
    assert "it has no date" in hugo.command("why", "content/about.md").stdout


def test_a_section_that_becomes_a_draft_takes_its_posts_out_while_the_service_runs(hugo: Newsroom) -> None:
    """frontmatter-52: what cascades is noticed by the next pass."""
    with hugo.running():
        assert "Sections" in hugo.titles()

        index = hugo.root / "content/content/deep/er/_index.md"
        index.write_text("---\ntitle: Er\ncascade: {draft: true}\n---\n")

        eventually(lambda: "Sections" not in hugo.titles())
        assert "Folders without an index" in hugo.titles()


def test_a_site_in_three_languages_has_a_feed_of_each(hugo: Newsroom) -> None:
    """frontmatter-62: by the name of a file and by its content folder; each document says its language."""
    path = hugo.root / "syndicator.toml"
    paths = 'rss = "{slug}.xml"\natom = "{slug}.atom"\njson = "{slug}.json"\n'
    path.write_text(f'{path.read_text()}[[feeds]]\nname = "in"\neach = "language"\nlimit = 500\n{paths}')
    hugo.build()
    feeds = {tag: json.loads((hugo.root / "public" / f"{tag}.json").read_bytes()) for tag in ("en-gb", "fr", "de")}

    assert ["en-GB", "fr", "de"] == [feed["language"] for feed in feeds.values()]
    assert "The Hugo Sample: fr" == feeds["fr"]["title"]
    assert "https://hugo.example.org/blog/fr/posts/62-language/" in {item["url"] for item in feeds["fr"]["items"]}
    assert all("language" not in item for feed in feeds.values() for item in feed["items"])
    assert sum(len(feed["items"]) for feed in feeds.values()) == len(hugo.items())
    assert "<language>fr</language>" in (hugo.root / "public/fr.xml").read_text()
    assert 'xml:lang="fr"' in (hugo.root / "public/fr.atom").read_text()


def test_a_picture_that_comes_to_a_bundle_is_shown_and_goes_with_it(hugo: Newsroom) -> None:
    """frontmatter-48, 81: the post's file is as it was, so that nobody is told that the post was edited."""
    page = "https://hugo.example.org/blog/pictures/48-none/"
    bundle = hugo.root / "content/content/pictures/48-none"

    def item() -> dict[str, Any]:
        hugo.build()
        (found,) = [item for item in hugo.items() if item["url"] == page]
        return found

    before = item()
    assert "image" not in before

    (bundle / "storm.png").rename(bundle / "cover.png")
    assert f"{page}cover.png" == item()["image"]

    shutil.copy(bundle / "cover.png", bundle / "The Feature.png")
    found = item()
    assert f"{page}The%20Feature.png" == found["image"]
    assert ["image/png"] == [one["mime_type"] for one in found["attachments"]]

    (bundle / "The Feature.png").unlink()
    (bundle / "cover.png").unlink()
    assert before == item()


def test_pictures_in_a_folder_of_a_bundle_are_noticed_too(hugo: Newsroom) -> None:
    """frontmatter-58: a name is given to whatever fits a pattern."""
    bundle = hugo.root / "content/content/pictures/58-new"
    (bundle / "img").mkdir(parents=True)
    (bundle / "index.md").write_text(
        "---\ntitle: New\ndate: 2023-09-30\nresources: [{src: 'img/*', name: feature}]\n---\nText.\n"
    )
    hugo.build()
    assert "image" not in {item["title"]: item for item in hugo.items()}["New"]

    shutil.copy(bundle.parent / "48-none/storm.png", bundle / "img/a.png")
    hugo.build()

    url = "https://hugo.example.org/blog/pictures/58-new/img/a.png"
    assert url == {item["title"]: item for item in hugo.items()}["New"]["image"]
