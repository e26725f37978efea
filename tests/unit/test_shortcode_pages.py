"""Shortcodes all the way to safe HTML, on a site without raw HTML, beside what Hugo itself makes of them."""

from __future__ import annotations

import json
from pathlib import Path

import html5lib
import pytest

from syndicator.markup.flavour import of_hugo
from syndicator.markup.render import to_html
from syndicator.markup.rendering import render_templates
from syndicator.markup.sanitize import sanitize
from syndicator.model import Markup, TemplateContext

CASES = {
    case["name"]: case
    for case in json.loads((Path(__file__).parents[1] / "golden/shortcodes/hugo.json").read_text(encoding="utf-8"))
}
SITE = "https://news.example.org/"
CALM = f"{SITE}posts/calm/"
CONTEXT = TemplateContext(
    kind="hugo",
    path="content/posts/x.md",
    site_url=SITE,
    permalink=f"{SITE}posts/x/",
    posts={"calm.md": CALM, "calm": CALM, "/posts/calm": CALM, "/posts/calm.md#top": f"{CALM}#top"},
)
#: A player becomes a picture with a link; what Hugo drops for its own mark of percent stays.
OTHERWISE = {"youtube", "youtube with a name", "details with percent"}


def ours(body: str) -> str:
    text, warnings = render_templates(body, Markup.MARKDOWN, CONTEXT)
    assert () == warnings
    return to_html(text, markup=Markup.MARKDOWN, permalink=CONTEXT.permalink, prefix="e-", flavour=of_hugo({}))


def seen(html: str) -> tuple[str, list[str], list[str]]:
    """Words, addresses of links, addresses of images; spaces do not count between blocks."""
    root = html5lib.parseFragment(html, namespaceHTMLElements=False)
    links = [element.get("href", "") for element in root.iter("a")]
    return "".join("".join(root.itertext()).split()), links, [image.get("src", "") for image in root.iter("img")]


@pytest.mark.parametrize("name", sorted(CASES.keys() - OTHERWISE))
def test_a_shortcode_shows_what_hugo_shows_though_raw_html_is_off(name: str) -> None:
    """frontmatter-59, -60"""
    site = sanitize(CASES[name]["site"], permalink=CONTEXT.permalink, prefix="e-").replace("<div>gone</div>", "")

    assert seen(site) == seen(ours(CASES[name]["body"]))


@pytest.mark.parametrize("name", ["youtube", "youtube with a name"])
def test_a_player_is_a_picture_with_a_link_to_the_same_film(name: str) -> None:
    """frontmatter-59"""
    _, links, images = seen(ours(CASES[name]["body"]))

    assert "/embed/w7Ft2ymGmfc" in CASES[name]["site"]
    assert ["https://www.youtube.com/watch?v=w7Ft2ymGmfc"] == links
    assert ["https://i.ytimg.com/vi/w7Ft2ymGmfc/hqdefault.jpg"] == images


def test_what_hugo_drops_of_a_percent_shortcode_stays_as_text() -> None:
    assert "SeethisItisbold.one" == seen(ours(CASES["details with percent"]["body"]))[0]


def test_a_figure_stands_by_itself_and_its_words_are_markdown() -> None:
    assert (
        f'<figure><img src="{SITE}a.jpg" alt="A"><figcaption>\n<p><em>b</em></p>\n</figcaption></figure>'
        == ours('{{< figure src="/a.jpg" alt="A" caption="*b*" >}}').strip()
    )


def test_marks_that_an_author_writes_carry_nothing_past_the_sanitiser() -> None:
    script = b"<script>alert(1)</script>".hex()

    assert "script" not in ours(f"a \x0e{script}\x0e \x0f{script}\x0f \x0ezz\x0e \x0f")
