"""What the includes of a site show, as the operator has said; frontmatter-39."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.markup.includes import KINDS, NoInclude, Shown, find, is_name, shown_as
from syndicator.markup.rendering import render_templates
from syndicator.model import Markup, TemplateContext

CONTEXT = TemplateContext(
    kind="liquid",
    path="_posts/a.md",
    page={"picture": "/p.png"},
    includes={
        "photo.html": "figure",
        "media/photo.html": "figure src=path caption=text credit=by",
        "film.html": "youtube id=code",
        "moving.html": "vimeo",
        "button.html": "link url=to text=label",
        "aside.html": "text text=words",
        "advert.html": "drop",
        "figure.html": "drop",
        "bare": "text",
    },
)


def rendered(body: str, **more: Any) -> tuple[str, int]:
    text, warnings = render_templates(body, Markup.MARKDOWN, TemplateContext(**{**fields(), **more}))
    return text, len(warnings)


def fields() -> dict[str, Any]:
    return {name: getattr(CONTEXT, name) for name in TemplateContext.__slots__}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{% include photo.html src="/a.png" alt="A" %}', '<img src="/a.png" alt="A">'),
        ("{% include photo.html url=page.picture %}", '<img src="/p.png" alt="">'),
        ('{% include photo.html path="/a.png" description="B & C" %}',
         '<figure><img src="/a.png" alt=""><figcaption>B &amp; C</figcaption></figure>'),
        ('{% include media/photo.html path="/a.png" text="B" by="C" src="/no.png" caption="no" %}',
         '<figure><img src="/a.png" alt=""><figcaption>B C</figcaption></figure>'),
        ('{% include other/photo.html src="/a.png" width=40 %}', '<img src="/a.png" alt="" width="40">'),
        ('{% include_cached film.html code="dQw4w9WgXcQ" title="T" %}',
         ('<a href="https://www.youtube.com/watch?v=dQw4w9WgXcQ">'
         '<img src="https://i.ytimg.com/vi/dQw4w9WgXcQ/hqdefault.jpg" alt=""><br>T</a>')),
        ("{% include_relative ./moving.html id='123' %}", '<a href="https://vimeo.com/123">Watch on Vimeo</a>'),
        ('{% include button.html to="/shop" label="Buy" %}', '<a href="/shop">Buy</a>'),
        ('{% include button.html to="https://shop.example/a" %}', '<a href="https://shop.example/a">shop.example</a>'),
        ('{% include aside.html words="Take *care*" %}', "Take *care*"),
        ("a{% include advert.html place='top' %}b", "ab"),
        ('{% include figure.html src="/a.png" %}', ""),
        ("{% include 'bare.liquid', text: 'T' %}", "T"),
        ("{% include\n  photo.html\n  src='/a.png' %}", '<img src="/a.png" alt="">'),
    ],
)  # fmt: skip
def test_an_include_shows_what_is_said_of_it(body: str, expected: str) -> None:
    assert (expected, 0) == rendered(body)


@pytest.mark.parametrize(
    "tag",
    [
        "{% include photo.html %}",
        "{% include photo.html alt='A' %}",
        "{% include film.html id='dQw4w9WgXcQ' %}",
        "{% include film.html code='no video' %}",
        "{% include button.html to='javascript:alert(1)' %}",
        "{% include button.html label='Buy' %}",
        "{% include aside.html %}",
        "{% include other.html src='/a.png' %}",
        "{% include {{ page.x }} src='/a.png' %}",
        "{% include %}",
    ],
)
def test_an_include_that_lacks_what_it_is_about_is_left_out_and_told(tag: str) -> None:
    assert ("a  b", 1) == rendered(f"a {tag} b")


def test_in_code_an_include_stays_as_it_is() -> None:
    body = "`{% include photo.html src='a' %}` and `{% include advert.html %}`"

    assert (body, 0) == rendered(body)


@pytest.mark.parametrize("tag", ["render", "include"])
def test_eleventy_has_the_same_includes(tag: str) -> None:
    assert ('<img src="/a.png" alt="">', 0) == rendered(f'{{% {tag} "photo", src: "/a.png" %}}', kind="eleventy")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("figure", Shown("figure")),
        ("  figure  src=path  alt=Alt-Text ", Shown("figure", (("src", "path"), ("alt", "alt_text")))),
        ("drop", Shown("drop")),
    ],
)
def test_a_line_says_kind_and_parts(line: str, expected: Shown) -> None:
    assert expected == shown_as(line)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("", "names no kind of thing that can be shown"),
        ("picture", "names no kind of thing that can be shown"),
        ("figure src", "what is behind the kind is not written as part=parameter"),
        ("figure src=a b=c src=d x", ("a figure has no such part; the part src is named twice; what is behind the kind"
         " is not written as part=parameter")),
        ("figure src=1a", "what is behind the kind is not written as part=parameter"),
        ("drop text=a", "a drop has no such part"),
    ],
)  # fmt: skip
def test_all_that_is_wrong_in_a_line_is_said_at_once(line: str, problem: str) -> None:
    with pytest.raises(NoInclude) as caught:
        shown_as(line)

    assert problem == str(caught.value)
    assert caught.value.remedy


def test_nothing_is_said_of_an_include_that_is_not_named() -> None:
    assert find("other.html", CONTEXT.includes) is None
    assert not is_name("../a.html")
    assert not is_name("a b.html")
    assert is_name("media/a-b.html")


WORDS = st.sampled_from(
    [*KINDS, "src=a", "url=b", "id=", "=", "text=text", " ", "'", '"', "x", "photo.html", "{{", "}}", "%}", "{%", "\n"]
)


@given(st.lists(WORDS, max_size=8).map("".join), st.lists(WORDS, max_size=8).map("".join))
def test_any_line_is_taken_or_refused_and_any_include_is_survived(line: str, given_: str) -> None:
    try:
        shown_as(line)
        known = {"x.html": line}
    except NoInclude:
        known = {}

    text, _ = rendered(f"{{% include x.html {given_} %}}", includes=known)

    assert "{% include x.html" not in text or given_.count("{") or given_.count("%}")
