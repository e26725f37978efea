"""Markdown as kramdown and Goldmark read it, held against what they made of the same bodies (golden/markup)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from syndicator.markup.flavour import GOLDMARK, KRAMDOWN, Flavour
from syndicator.markup.markdown import render_markdown
from tests.markup_comparison import shown

GOLDEN = Path(__file__).parents[1] / "golden" / "markup"
FLAVOURS = {"kramdown": KRAMDOWN, "goldmark": GOLDMARK}
BODIES = sorted(path for name in FLAVOURS for path in (GOLDEN / name).glob("*.md"))
DIFFERENCES = [
    (FLAVOURS[name], each)
    for name in FLAVOURS
    for each in json.loads((GOLDEN / name / "differences.json").read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("path", BODIES, ids=lambda path: f"frontmatter-{path.stem}-{path.parent.name}")
def test_a_body_shows_what_the_site_shows(path: Path) -> None:
    site = path.with_suffix(".html").read_text(encoding="utf-8")

    assert shown(site) == shown(render_markdown(path.read_text(encoding="utf-8"), FLAVOURS[path.parent.name]))


@pytest.mark.parametrize(
    ("flavour", "difference"), DIFFERENCES, ids=lambda value: value["name"] if isinstance(value, dict) else ""
)
def test_a_known_difference_is_what_it_is_said_to_be(flavour: Flavour, difference: dict[str, str]) -> None:
    """One that goes away should leave docs/decisions.md too."""
    ours = render_markdown(difference["body"], flavour)

    assert difference["ours"] == ours
    assert shown(difference["site"]) != shown(ours)
