"""Hugo's shortcodes: the well-known ones are shown, of others what is between them stays, and code is left alone."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.errors import PostError
from syndicator.markup.rendering import render_templates
from syndicator.model import Markup, TemplateContext

CONTEXT = TemplateContext(
    kind="hugo",
    path="content/posts/storm.md",
    page={"title": "Storm", "params": {"color": "red", "tags": {"x": "1"}}, "list": ["a"]},
    site={"params": {"editor": "Jane"}},
    site_url="https://example.org/",
    permalink="https://example.org/posts/storm/",
    posts={"calm.md": "https://example.org/posts/calm/", "/posts/calm#top": "https://example.org/posts/calm/#top"},
)


def shown(body: str, markup: Markup = Markup.MARKDOWN, **changes: Any) -> tuple[str, int]:
    """With HTML that is carried through Markdown as it will stand there."""
    text, warnings = render_templates(body, markup, replace(CONTEXT, **changes))
    return re.sub("([\x0e\x0f])([0-9a-f]+)\\1", lambda mark: bytes.fromhex(mark[2]).decode(), text), len(warnings)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{{< figure src="a.png" alt="A" caption="B" attr="C" attrlink="https://c.org/" >}}',
         '<figure><img src="a.png" alt="A"><figcaption>B <a href="https://c.org/">C</a></figcaption></figure>'),
        ('{{< figure src="a.png" title="T" caption="B" link="/x" />}}',
         '<figure><a href="/x"><img src="a.png" alt=""></a><figcaption><strong>T</strong> B</figcaption></figure>'),
        ("{{< figure a.png >}}", '<img src="a.png" alt="">'),
        ("{{< vimeo 146022717 >}}", '<a href="https://vimeo.com/146022717">Watch on Vimeo</a>'),
        ('{{< youtube id="dQw4w9WgXcQ" autoplay="true" >}}',
         ('<a href="https://www.youtube.com/watch?v=dQw4w9WgXcQ">'
         '<img src="https://i.ytimg.com/vi/dQw4w9WgXcQ/hqdefault.jpg" alt=""><br>Watch on YouTube</a>')),
        ('{{< x user="SanDiegoZoo" id="1453110110599868418" >}}',
         '<a href="https://x.com/SanDiegoZoo/status/1453110110599868418">Post on X</a>'),
        ("{{< tweet SanDiegoZoo 1453110110599868418 >}}",
         '<a href="https://x.com/SanDiegoZoo/status/1453110110599868418">Post on X</a>'),
        ("{{< instagram CxOWiQNP2MO >}}", '<a href="https://www.instagram.com/p/CxOWiQNP2MO/">Post on Instagram</a>'),
        ("{{< gist user 50a7482715eac222e230d1e64dd9a89b file.md >}}",
         '<a href="https://gist.github.com/user/50a7482715eac222e230d1e64dd9a89b">Gist on GitHub</a>'),
        ('[a]({{< ref "calm.md" >}}) [b]({{% relref "/posts/calm#top" %}})',
         "[a](https://example.org/posts/calm/) [b](https://example.org/posts/calm/#top)"),
        ('{{< param color >}} {{% param "tags.x" %}} {{< param "editor" >}} {{< param title >}}', "red 1 Jane Storm"),
        ('{{< details summary="S" >}}\n*in*\n{{< /details >}}', "<p><strong>S</strong></p>\n\n\n*in*\n\n\n"),
        ('{{< highlight go "linenos=table" >}}\nif a < b {{< c >}}\n{{< /highlight >}}',
         "```go\nif a < b {{< c >}}\n```"),
        ("{{< comment >}}gone {{< x >}}{{< /comment >}}a", "a"),
        ("{{</* x */>}} {{%/* y */%}} `{{</* z */>}}`", "{{< x >}} {{% y %}} `{{< z >}}`"),
        ("`{{< y >}}`\n\n```\n{{% z %}}\n```\n", "`{{< y >}}`\n\n```\n{{% z %}}\n```\n"),
        ("${{ github.sha }} {% if x %} {{ .Site.Title }}", "${{ github.sha }} {% if x %} {{ .Site.Title }}"),
        ("{{< never closed", "{{< never closed"),
    ],
)  # fmt: skip
def test_well_known_shortcodes_are_shown(body: str, expected: str) -> None:
    """frontmatter-59"""
    assert (expected, 0) == shown(body)


@pytest.mark.parametrize(
    ("body", "expected", "lost"),
    [
        ("{{% note %}}*a*{{% /note %}}", "*a*", 1),
        ("{{< a >}}1{{< b >}}2{{< /b >}}3{{< /a >}}", "123", 2),
        ("{{< a >}}1{{< b >}}2{{< /a >}}", "12", 2),
        ("{{< /a >}}x", "x", 0),
        ("{{< qr text=a />}}{{< qr >}}b{{< /qr >}}c", "c", 2),
        ("{{< now.inline >}}{{ now }}{{< /now.inline >}}c", "c", 1),
        ('[a]({{< ref "nobody" >}})', "[a]()", 1),
        ("{{< param nothing >}}{{< param list >}}{{< param params >}}", "a", 2),
        ("{{< youtube >}}{{< gist >}}{{< x >}}{{< figure >}}", "", 4),
    ],
)
def test_of_others_what_is_between_them_stays(body: str, expected: str, lost: int) -> None:
    """frontmatter-59"""
    assert (expected, lost) == shown(body)


def test_stripping_leaves_what_is_no_shortcode() -> None:
    assert ("a {{ x }} {% y %}", 1) == shown("{{< figure src=a >}}a {{ x }} {% y %}", mode="strip")


@pytest.mark.parametrize(
    "body",
    [
        "{{< a " * 20_000,
        "{{< a >}}" * 20_000,
        "{{< a >}}" * 4_000 + "{{< /a >}}" * 4_000,
        "{{% a %}}{{< b >}}{{% /a %}}{{< /b >}}" * 5_000,
        "{{< highlight a >}}" * 20_000 + "{{< /highlight >}}",
        '{{< a x="' + '"\\' * 50_000 + ">}}",
        "{{< a" + " a=b" * 100_000 + " >}}",
        "{{</* " * 20_000,
    ],
    ids=lambda body: body[:24],
)
def test_a_storm_of_shortcodes_is_over_in_no_time(body: str) -> None:
    """2026-01-12-shortcode-storm.md"""
    started = time.process_time()

    with suppress(PostError):  # thousands are refused
        shown(body)

    assert time.process_time() - started < 1


@settings(max_examples=200, deadline=None)
@given(
    st.from_regex(
        r"(?:\{\{[<%]|[>%]\}\}| |/|a|b=\"|`|\n|highlight|figure|ref|/\*|\*/|\.inline|\\){0,30}", fullmatch=True
    )
)
def test_any_mix_of_marks_is_survived(body: str) -> None:
    text, _ = shown(body)

    assert len(text) <= 4 * len(body) + 200
