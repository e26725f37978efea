"""Pages of the built site: found by the address of their post, and nowhere outside of the source."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from syndicator.sources.built import BuiltFolder
from syndicator.sources.site import SiteFolder

SITE = "https://example.org/blog/"


@pytest.fixture
def built(tmp_path: Path) -> BuiltFolder:
    (tmp_path / "secret.html").write_bytes(b"secret")
    root = tmp_path / "site"
    for name in ("2023/a.html", "2023/b/index.html", "index.html", "2023/c d.html"):
        path = root / "_site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    (root / "_site" / "link.html").symlink_to(tmp_path / "secret.html")
    return BuiltFolder(SiteFolder(root), "_site", SITE)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("2023/a.html", b"2023/a.html"),
        ("2023/a", b"2023/a.html"),
        ("2023/b/", b"2023/b/index.html"),
        ("2023/b", b"2023/b/index.html"),
        ("", b"index.html"),
        ("2023/c%20d.html#top", b"2023/c d.html"),
        ("2023/b.html", None),
        ("2023/", None),
        ("link.html", None),
        ("../../secret.html", None),
        ("%2e%2e/%2e%2e/secret.html", None),
        ("a%00.html", None),
        ("x" * 5_000, None),
    ],
)
def test_a_page_is_found_by_its_address(built: BuiltFolder, address: str, expected: bytes | None) -> None:
    """frontmatter-41"""
    assert expected == built.page(SITE + address)


def test_another_sites_address_has_no_page(built: BuiltFolder) -> None:
    assert built.page("https://elsewhere.example/2023/a.html") is None


def test_a_page_has_a_name_that_changes_with_it(built: BuiltFolder, tmp_path: Path) -> None:
    """frontmatter-41: so that a pass over posts that are as they were reads none of their pages."""
    page = tmp_path / "site/_site/2023/b/index.html"
    os.utime(page, (0, 0))
    before = built.version(f"{SITE}2023/b/")
    assert before == built.version(f"{SITE}2023/b/") == built.version(f"{SITE}2023/b#top") != ""

    page.write_bytes(b"2023/b/other.html")
    os.utime(page, (0, 0))
    assert built.version(f"{SITE}2023/b/") not in (before, "")

    page.unlink()
    assert "" == built.version(f"{SITE}2023/b/")
    assert "" == built.version(f"{SITE}../../secret.html") == built.version("https://other.example/2023/b/")
