"""The site's own configuration and data: read within its folder and within limits."""

from __future__ import annotations

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
