"""For each profile a golden feed, of posts that pass, are mended and are left out, and the reasons.

They were read by people. When a change to them is meant, write them anew with
``python -m tests.unit.test_profile_goldens`` and read the difference before you keep them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from syndicator.formats import render
from syndicator.model import Content, Enclosure, Entry, FeedSpec, Format, Image, Person
from syndicator.profiles.files import shipped, shipped_names
from syndicator.profiles.summing import spoken
from syndicator.profiles.tailoring import tailor
from tests.unit.feed_samples import make_entry, make_feed

GOLDEN = Path(__file__).parents[1] / "golden" / "profiles"
NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
PHOTO = Image(
    url="https://cdn.example.org/flood.jpg", alt="A street under water", caption="Elm Street on Sunday.",
    credit="Jane Doe", type="image/jpeg", length=250_000, width=1600, height=900, rights="own",
)  # fmt: skip
GOOD = make_entry(
    summary="The river left its bed on Sunday night. " * 8,
    html="<p>The river <b>left</b> its bed &amp; the town.</p><ul><li>One</li></ul>",
    people=(Person(name="Donna Teetree"),),
    image=PHOTO,
    enclosures=(Enclosure(url=PHOTO.url, type="image/jpeg", length=250_000),),
)


def post(number: int, title: str, **changes: Any) -> Entry:
    at = NOON - timedelta(days=number)
    url = f"https://news.example.org/2026/{number}.html"
    return replace(
        GOOD, id=f"tag:news.example.org,2026:{number}", url=url, title=title, published=at, updated=at, **changes
    )  # fmt: skip


def pictured(number: int, title: str, **changes: Any) -> Entry:
    photo = replace(PHOTO, **changes)
    file = Enclosure(url=photo.url, type=photo.type, length=photo.length or 0)
    return post(number, title, image=photo, enclosures=(file,))


ODD = "<section><h6>A</h6><pre>a\nb</pre><p>x<br><br>y <kbd>k</kbd></p></section>"
POSTS = (
    post(1, "A flood in the valley that passes everywhere"),
    post(2, "Too short a title"),
    post(3, "A title of far too many words" + ", and then some more" * 7),
    post(4, "A text with elements that few take", html=ODD),
    post(5, "A text that is nested very deeply", html="<div>" * 22 + "deep" + "</div>" * 22),
    post(6, "A text with a picture without encryption", html='<p>x</p><img src="http://a.example/b.jpg">'),
    post(7, "A post without any picture at all", image=None, enclosures=()),
    post(8, "Una nota in lingua italiana, breve", language="it"),
    post(9, "A post that nobody has signed", people=()),
    post(10, "A post with a summary of two words", summary="Two words."),
    post(11, "A post of which there is no text", html=""),
    post(12, "A post whose text is for members", access="members"),
    post(13, "A post with a short title", short_title="Short"),
    post(14, "A post that expires in a while", expires=NOON + timedelta(days=30)),
    pictured(15, "A picture that nobody took", credit=""),
    pictured(16, "A picture that is very small", width=300, height=200),
    pictured(17, "A picture of an odd kind of file", type="image/tiff", url="https://cdn.example.org/a.tiff"),
    pictured(18, "A picture of very many bytes", length=20_000_000),
    pictured(19, "A picture that is a thin stripe", width=3000, height=800),
)  # fmt: skip


def documents(name: str) -> tuple[bytes, str]:
    """The feed in RSS, and the reasons."""
    profile = shipped(name)
    spec = FeedSpec(name=name, outputs=((Format.RSS, "feed.xml"),), profile=profile)
    content = Content(profile.text("content") or "full")
    logo = "https://news.example.org/logo.png" if name == "smartnews" else ""
    feed = make_feed(*POSTS, content=content, logo=logo)
    found = tailor(feed, spec)
    titles = {entry.id: entry.title for entry in POSTS}
    reasons = "".join(f"{titles.get(v.entry, 'the feed')}: {spoken(v)}\n" for v in found.verdicts)
    return render(found.feed, Format.RSS, "feed.xml", "https://news.example.org/feeds/feed.xml").body, reasons


@pytest.mark.parametrize("name", shipped_names())
def test_a_feed_of_the_profile_is_the_golden_one_and_so_are_the_reasons(name: str) -> None:
    """Shown by 4: posts that pass, are fixed, are dropped, and the reasons."""
    document, reasons = documents(name)

    assert (GOLDEN / f"{name}.txt").read_text(encoding="utf-8") == reasons
    assert (GOLDEN / f"{name}.rss.xml").read_bytes() == document


def test_the_public_profile_gives_the_bytes_of_a_feed_without_one() -> None:
    plain = replace(POSTS[11], access="")
    feed = make_feed(*POSTS[:11], plain, logo="https://news.example.org/logo.png")
    spec = FeedSpec(name="public", outputs=(), profile=shipped("public"))

    shown = tailor(feed, spec).feed
    kinds = (Format.RSS, Format.ATOM, Format.JSON)
    bodies = [[render(each, kind, "f", "https://news.example.org/f").body for kind in kinds] for each in (feed, shown)]

    assert bodies[0] == bodies[1]


@pytest.mark.parametrize("name", [name for name in shipped_names() if name not in ("msn", "smartnews")])
def test_no_namespace_of_a_partner_is_in_other_feeds(name: str) -> None:
    document = documents(name)[0].decode()

    assert "smartnews.be" not in document
    assert "schemas.ingestion.microsoft.com" not in document
    assert "purl.org/dc/terms" not in document


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for each in shipped_names():
        written, why = documents(each)
        (GOLDEN / f"{each}.rss.xml").write_bytes(written)
        (GOLDEN / f"{each}.txt").write_text(why, encoding="utf-8")
