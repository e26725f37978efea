"""The site's own configuration and data: read within its folder and within limits."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from syndicator.errors import SourceError
from syndicator.sources.site import SiteFolder


def test_a_file_below_the_root_is_read_and_a_missing_one_is_none(tmp_path: Path) -> None:
    (tmp_path / "_data").mkdir()
    (tmp_path / "_data" / "authors.yml").write_bytes(b"jane: {name: Jane}\n")
    site = SiteFolder(tmp_path)

    assert b"jane: {name: Jane}\n" == site.read("_data/authors.yml")
    assert site.read("_data/nobody.yml") is None
    assert site.read("_data") is None
    assert site.read("_data/authors.yml/deeper") is None


@pytest.mark.parametrize("path", ["../secret", "/etc/hostname", "link", "linked/secret"])
def test_nothing_outside_the_root_is_read(tmp_path: Path, path: str) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    root = tmp_path / "site"
    root.mkdir()
    (root / "link").symlink_to(tmp_path / "secret")
    (root / "linked").symlink_to(tmp_path)

    with pytest.raises(SourceError, match="leads out"):
        SiteFolder(root).read(path)
    assert () == SiteFolder(root).names("")


@pytest.mark.parametrize("path", ["_config.yml", "_data/authors.yml"])
def test_links_that_lead_to_themselves_are_no_missing_file(tmp_path: Path, path: str) -> None:
    """Else a site would be read without its configuration."""
    (tmp_path / path.partition("/")[0]).symlink_to(path.partition("/")[0])
    site = SiteFolder(tmp_path)

    with pytest.raises(SourceError, match="Too many levels of symbolic links"):
        site.read(path)
    assert site.unchanged()


def test_a_folder_is_listed_in_order_with_folders_marked(tmp_path: Path) -> None:
    for name in ("b.md", "a.md", ".eleventyignore"):
        (tmp_path / name).touch()
    (tmp_path / "posts").mkdir()

    assert (".eleventyignore", "a.md", "b.md", "posts/") == SiteFolder(tmp_path).names("")
    assert () == SiteFolder(tmp_path).names("nowhere")


def test_a_file_too_large_is_refused(tmp_path: Path) -> None:
    (tmp_path / "_config.yml").write_bytes(b"#" * (2**20 + 1))

    with pytest.raises(SourceError, match="1,048,576 bytes"):
        SiteFolder(tmp_path).read("_config.yml")


def age(path: Path) -> None:
    """Make a file one that was last changed long ago, as most were."""
    os.utime(path, (1_600_000_000, 1_600_000_000))


def test_what_was_read_is_unchanged_until_a_file_changes_or_appears(tmp_path: Path) -> None:
    config = tmp_path / "_config.yml"
    config.write_bytes(b"title: One\n")
    age(config)
    site = SiteFolder(tmp_path)
    site.read("_config.yml")
    site.read("_data/authors.yml")

    assert site.unchanged()
    config.write_bytes(b"title: Two\n")
    assert not site.unchanged()

    age(config)
    again = SiteFolder(tmp_path)
    again.read("_config.yml")
    again.read("_data/authors.yml")
    assert again.unchanged()
    (tmp_path / "_data").mkdir()
    (tmp_path / "_data" / "authors.yml").touch()
    assert not again.unchanged()


def test_a_file_that_was_written_just_now_is_looked_at_again(tmp_path: Path) -> None:
    """Two writes may fall into one tick of the file system's clock."""
    (tmp_path / "_config.yml").write_bytes(b"title: One\n")
    site = SiteFolder(tmp_path)
    site.read("_config.yml")

    assert not site.unchanged()


def test_a_listed_folder_is_unchanged_until_a_name_comes_or_goes(tmp_path: Path) -> None:
    (tmp_path / "_staff").mkdir()
    (tmp_path / "_staff" / "jane.md").touch()
    age(tmp_path / "_staff")
    site = SiteFolder(tmp_path)
    site.names("_staff")

    assert site.unchanged()
    (tmp_path / "_staff" / "joe.md").touch()
    assert not site.unchanged()


def test_the_digest_names_what_was_read_and_not_when(tmp_path: Path) -> None:
    digests = []
    for text in (b"title: One\n", b"title: One\n", b"title: Two\n"):
        (tmp_path / "_config.yml").write_bytes(text)
        site = SiteFolder(tmp_path)
        site.read("_config.yml")
        site.names("")
        digests.append(site.digest)

    assert digests[0] == digests[1] != digests[2]


def test_files_are_found_by_name_in_every_folder_that_is_open(tmp_path: Path) -> None:
    for path in ("a/_index.md", "a/b/_index.md", "a/.hidden/_index.md", "a/b/other.md", "_index.md"):
        (tmp_path / "site" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / path).touch()
    site = SiteFolder(tmp_path / "site")

    assert ("a/_index.md", "a/b/_index.md") == site.find("a", "_index.md".__eq__)
    assert ("_index.md", "a/_index.md", "a/b/_index.md") == site.find("", "_index.md".__eq__)
    assert () == site.find("nowhere", "_index.md".__eq__)
    assert () == site.find("../site", "other".__eq__)


def test_links_are_followed_once_and_never_out(tmp_path: Path) -> None:
    for path in ("outside/_index.md", "site/a/_index.md", "site/b/_index.md"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    (tmp_path / "site/a/again").symlink_to(tmp_path / "site/a")
    (tmp_path / "site/a/b").symlink_to(tmp_path / "site/b")
    (tmp_path / "site/a/c").symlink_to(tmp_path / "site/b")
    (tmp_path / "site/a/out").symlink_to(tmp_path / "outside")
    (tmp_path / "site/a/gone").symlink_to(tmp_path / "site/nothing")

    found = SiteFolder(tmp_path / "site").find("a", "_index.md".__eq__)

    assert "a/_index.md" in found
    assert 2 == len(found)
    assert () == SiteFolder(tmp_path / "site/a").find("out", "_index.md".__eq__)
