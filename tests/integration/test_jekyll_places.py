"""What is on a Jekyll site beside its posts, as Jekyll itself says (tests/sites/places/record_places.rb)."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from syndicator.dialects.jekyllsite import configure, places
from syndicator.markup.rendering import render_templates
from syndicator.model import PostWarning, Site, TemplateContext
from syndicator.ports import Surroundings
from syndicator.posts.parse import parse_post
from syndicator.posts.references import data_names
from syndicator.posts.rules import Rules
from syndicator.sources.folder import FolderSource
from syndicator.sources.site import SiteFolder

HERE = Path(__file__).parents[1] / "sites" / "places"
RECORD: dict[str, dict[str, str]] = json.loads((HERE / "expected.json").read_bytes())
SITE = Site(title="Places", url="https://places.example.org/base/")


def around(root: Path) -> Surroundings:
    found = places(SiteFolder(root), configure(SiteFolder(root)), SITE)
    assert found is not None
    return found


def rendered(root: Path, path: str) -> tuple[str, tuple[PostWarning, ...]]:
    """The body of a post, which is HTML, with its templates done."""
    said = configure(SiteFolder(root))
    file = FolderSource(root, said.dialect, limit=10_000).read(path)
    post = parse_post(file, said.dialect, SITE, Rules(site_values=said.values))
    context: dict[str, Any] = {name: getattr(post.templates, name) for name in TemplateContext.__slots__}
    if names := data_names(file.data):
        context["data"] = around(root).data(names)
    body, warnings = render_templates(post.body, post.markup, TemplateContext(**context))
    return body, (*warnings, *(context["data"].warnings if names else ()))


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HERE / "site", tmp_path / "site"))


@pytest.mark.parametrize(("path", "address"), sorted(RECORD["places"].items()))
def test_link_leads_where_jekyll_has_it(path: str, address: str) -> None:
    """frontmatter-39"""
    assert f"https://places.example.org/base{address}" == around(HERE / "site").address(path)


@pytest.mark.parametrize(
    "path",
    [
        "hidden.md", "secret.md", "_special.md", "_notes/n.md", "_staff/gone.md", "_config.yml", "_data/team.yml",
        "sub", "nothing.md", "_posts/none.md", "../expected.json", "/etc/passwd", "_staff/../about.md", "", "/", "_",
        "_staff", "a\0b", "x" * 5_000,
    ],
)  # fmt: skip
def test_what_is_not_on_the_site_has_no_address(path: str) -> None:
    """frontmatter-39"""
    assert "" == around(HERE / "site").address(path)


@pytest.mark.parametrize(("path", "expected"), sorted(RECORD["posts"].items()))
def test_templates_say_what_they_say_in_jekyll(path: str, expected: str) -> None:
    """frontmatter-39: titles as they are written, and the site's data."""
    assert (expected.strip(), ()) == (rendered(HERE / "site", path)[0].strip(), rendered(HERE / "site", path)[1])


def test_a_fragment_is_kept(site: Path) -> None:
    assert "https://places.example.org/base/about.html#top" == around(site).address("about.md#top")


def test_where_the_host_drops_html_links_do_too(site: Path) -> None:
    found = places(SiteFolder(site), configure(SiteFolder(site)), SITE, drop_html=True)

    assert found is not None
    assert "https://places.example.org/base/staff/jane#top" == found.address("_staff/jane.md#top")


def test_a_page_that_moves_is_found_after_another_look(site: Path) -> None:
    near = around(site)
    assert near.address("about.md").endswith("/about.html")
    (site / "about.md").write_text("---\npermalink: /us/\n---\n")
    assert near.address("about.md").endswith("/about.html")

    near.look_again()

    assert near.address("about.md").endswith("/us/")


def test_links_out_of_the_site_and_pipes_are_no_part_of_it(site: Path) -> None:
    (site.parent / "secret.txt").write_text("secret")
    (site / "out.txt").symlink_to(site.parent / "secret.txt")
    (site / "_data" / "out.json").symlink_to(site.parent / "secret.txt")
    os.mkfifo(site / "pipe.txt")
    os.mkfifo(site / "_data" / "pipe.yml")
    near = around(site)

    assert ("", "") == (near.address("out.txt"), near.address("pipe.txt"))
    assert {} == near.data(["out"]).values
    assert "pipe" not in near.data(["pipe"]).values or near.data(["pipe"]).values["pipe"] in (None, {})


def test_large_files_have_an_address_and_are_not_read(site: Path) -> None:
    with (site / "film.mp4").open("wb") as film:
        film.truncate(2**33)

    assert "https://places.example.org/base/film.mp4" == around(site).address("film.mp4")


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("bad.yml", "a: [1\n", "_data/bad.yml:2: not valid YAML"),
        ("bad.json", '{"a": ', "_data/bad.json:1: is not valid JSON"),
        ("bad.json", "[" * 100_000, "nested"),
        ("bad.csv", "a,b\n" + "1,2\n" * 10_001, "rows"),
        ("bad.json", '"' + "x" * 2**20 + '"', "more than"),
        ("bad.yml", b"a: \xff\n", "UTF-8"),
    ],
    ids=["yaml", "json", "deep", "rows", "large", "bytes"],
)
def test_data_that_cannot_be_read_are_unknown_and_told(site: Path, name: str, text: str | bytes, reason: str) -> None:
    """frontmatter-39: nobody knows what a template would say of it, and nothing else is lost."""
    (site / "_data" / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    (site / "_posts" / "2023-02-01-a.html").write_text(
        "---\ntitle: x\n---\n{{ site.data.dup.x }}{{ site.data.bad.a }}."
    )

    body, warnings = rendered(site, "_posts/2023-02-01-a.html")

    assert "yml." == body
    assert ["_posts/2023-02-01-a.html", f"_data/{name}"] == [warning.path for warning in warnings]
    assert reason in str(warnings[1])


def test_folders_have_a_limit(site: Path) -> None:
    for number in range(201):
        (site / "_data" / "team" / f"{number}.json").write_text("{}")

    found = around(site).data(["team"])

    assert frozenset({"team"}) == found.unread
    assert "more than 200 files" in str(found.warnings[0])


def test_data_have_another_name_when_they_change(site: Path) -> None:
    near = around(site)
    before, other = near.version_of_data("team"), near.version_of_data("rows")
    (site / "_data" / "team" / "x.json").write_text('{"k": "v2"}')
    near.look_again()

    assert (other, False) == (near.version_of_data("rows"), before == near.version_of_data("team"))
    assert "" == near.version_of_data("nothing")
