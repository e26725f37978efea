"""The featured image in the body: one picture, not three, and nobody's words made up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.formats import render
from syndicator.hero import figure, shows, with_hero
from syndicator.markup.sanitize import sanitize
from syndicator.model import Content, Format, Hero, Image
from syndicator.text import one_line
from tests.unit.feed_samples import PHOTO, make_entry, make_feed

AT = "https://news.example.org/a/"
PLAIN = make_entry(image=PHOTO)


def test_by_default_the_body_is_left_alone() -> None:
    """rss-43."""
    assert PLAIN == with_hero(PLAIN, Hero.NEVER)


def test_a_hero_stands_at_the_top_with_caption_and_credit() -> None:
    """rss-43."""
    assert (
        '<figure><img src="https://cdn.example.org/tower.jpg?w=1200&amp;crop=1" alt="A radio tower &amp; a crane" '
        'width="1200" height="800"><figcaption>The tower on Tuesday, before it fell. — Alex Babenko/Getty Images'
        "</figcaption></figure>\n<p>It rains in the valley.</p>"
    ) == with_hero(PLAIN, Hero.ALWAYS).html


def test_a_hero_touches_nothing_but_the_body() -> None:
    shown = with_hero(PLAIN, Hero.ALWAYS)

    assert (PLAIN.summary, PLAIN.image, PLAIN.updated) == (shown.summary, shown.image, shown.updated)


@pytest.mark.parametrize("content", list(Content))
@pytest.mark.parametrize("kind", list(Format)[:3])
def test_a_hero_never_gets_into_the_summary(content: Content, kind: Format) -> None:
    """rss-43: a caption that becomes the preview of a post is a known complaint."""
    feed = make_feed(with_hero(make_entry(image=PHOTO, summary="It rains."), Hero.ALWAYS), content=content)
    body = render(feed, kind, "x", "https://news.example.org/x").body

    assert {Content.FULL: 1, Content.SUMMARY: 0}[content] == body.count(b"figcaption") // 2
    assert b"It rains." in body


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (Image(url=f"{AT}b.jpg"), f'<figure><img src="{AT}b.jpg" alt=""></figure>'),
        (Image(url=f"{AT}b.jpg", alt='"x"'), f'<figure><img src="{AT}b.jpg" alt="&quot;x&quot;"></figure>'),
        (
            Image(url=f"{AT}b.jpg", caption="A < B", width=7),
            f'<figure><img src="{AT}b.jpg" alt=""><figcaption>A &lt; B</figcaption></figure>',
        ),
        (
            Image(url=f"{AT}b.jpg", credit="Ana", width=7, height=5),
            f'<figure><img src="{AT}b.jpg" alt="" width="7" height="5"><figcaption>Ana</figcaption></figure>',
        ),
        (
            Image(url=f"{AT}b.jpg", caption="By the sea. Photo: Ana", credit="Ana"),
            f'<figure><img src="{AT}b.jpg" alt=""><figcaption>By the sea. Photo: Ana</figcaption></figure>',
        ),
    ],
)
def test_only_what_the_author_says_is_in_a_figure(image: Image, expected: str) -> None:
    """rss-60: alternative text is never made up, and a credit that the caption gives is not said twice."""
    assert expected == figure(image)


def test_an_entry_without_picture_or_body_stays_as_it_is() -> None:
    assert make_entry() == with_hero(make_entry(), Hero.ALWAYS)
    assert make_entry(image=PHOTO, html=" ") == with_hero(make_entry(image=PHOTO, html=" "), Hero.ALWAYS)


@pytest.mark.parametrize(
    ("hero", "body"),
    [
        ("a.jpg", "a.jpg"),
        ("a.jpg?w=1200&crop=1", "a.jpg?w=300"),
        ("a.jpg", "a.jpg?v=20240102"),
        ("a.jpg", "a-1024x683.jpg"),
        ("a-300x200.jpg", "a-1024x683.jpg"),
        ("a.jpg", "a-scaled.jpg"),
        ("a.jpg", "a@2x.jpg"),
        ("a.jpg", "a.webp"),
        ("a.jpg", "a.jpg.webp"),
        ("a.jpg", "a_hu59e56ffff1bc1d8d122b1403d34e039f_90587_300x0_resize_q75_box.jpg"),
        ("b%20c.jpg", "b c.jpg"),
    ],
)
def test_a_picture_that_the_body_shows_in_another_size_is_not_shown_again(hero: str, body: str) -> None:
    """rss-43."""
    shown = f'<p><img src="{AT}{body.replace("&", "&amp;")}" alt=""></p>'
    entry = make_entry(image=Image(url=AT + hero), html=shown)

    assert shown == with_hero(entry, Hero.ABSENT).html


@pytest.mark.parametrize(
    "html",
    [
        f'<a href="{AT}b.jpg"><img src="https://news.example.org/thumbs/1.jpg" alt=""></a>',
        f'<picture><source srcset="{AT}b-300x200.webp 300w, {AT}b-600x400.webp 600w"><img src="{AT}0.gif"></picture>',
        f'<video controls="" poster="{AT}b.jpg" src="{AT}b.mp4"></video>',
        '<img src="http://news.example.org/a/b.jpg" alt="">',
        '<img src="https://i1.wp.com/news.example.org/a/b.jpg?resize=300%2C200&amp;ssl=1" alt="">',
    ],
)
def test_a_picture_counts_wherever_the_body_shows_it(html: str) -> None:
    assert shows(html, f"{AT}b.jpg")


@pytest.mark.parametrize(
    ("hero", "body"),
    [
        ("a.jpg", "b.jpg"),
        ("a.jpg", "2/a.jpg"),
        ("a-1.jpg", "a-2.jpg"),
        ("render?chart=1", "render?chart=2"),
        ("photo.php?id=1&w=300", "photo.php?id=2&w=300"),
        ("A.jpg", "a.jpg"),
        ("a-1990x19.5.jpg", "a.jpg"),
    ],
)
def test_another_picture_does_not_stand_in_for_the_featured_one(hero: str, body: str) -> None:
    shown = f'<p><img src="{AT}{body.replace("&", "&amp;")}" alt=""></p>'
    entry = make_entry(image=Image(url=AT + hero), html=shown)

    assert with_hero(entry, Hero.ABSENT).html.startswith("<figure>")


def test_an_address_that_is_none_is_nobodys_picture() -> None:
    assert not shows('<img src="https://[/a.jpg" alt="">', f"{AT}b.jpg")
    assert not shows('<img srcset=", " alt="">', f"{AT}b.jpg")


_LINES = st.text(max_size=60).map(one_line)


@given(
    st.builds(
        Image,
        url=st.sampled_from((PHOTO.url, f"{AT}it's.jpg")),
        alt=_LINES,
        caption=_LINES,
        credit=_LINES,
        width=st.none() | st.integers(1, 9),
        height=st.integers(1, 9),
    )
)
def test_a_figure_is_what_the_sanitiser_would_leave_of_it(image: Image) -> None:
    """rss-37: whatever the author wrote."""
    assert figure(image) == sanitize(figure(image), permalink=AT, prefix="")
