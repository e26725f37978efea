"""Feeds to render in tests: one entry with everything, one with almost nothing, and ways to make others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from syndicator.model import Content, Enclosure, Entry, Feed, Format, Image, Paging, Person
from syndicator.text import legal, one_line

NOON = datetime(2023, 8, 24, 12, 0, tzinfo=UTC)
OUTPUTS = ((Format.RSS, "feed.xml"), (Format.ATOM, "atom.xml"), (Format.JSON, "feed.json"))
ADDRESSES = {kind: f"https://news.example.org/feeds/{path}" for kind, path in OUTPUTS}


def make_entry(**changes: Any) -> Entry:
    """A plain entry, changed as told."""
    facts: dict[str, Any] = {
        "id": "tag:news.example.org,2023:_posts/2023-08-24-rain.md",
        "url": "https://news.example.org/2023/08/24/rain.html",
        "title": "Rain",
        "summary": "It rains.",
        "html": "<p>It rains in the valley.</p>",
        "published": NOON,
        "updated": NOON,
    }
    return Entry(**{**facts, **changes})


def make_feed(*entries: Entry, **changes: Any) -> Feed:
    """A feed with these entries, changed as told."""
    facts: dict[str, Any] = {
        "name": "main",
        "id": "tag:news.example.org,2023:feed/main",
        "title": "The Example",
        "description": "News and analysis",
        "home_url": "https://news.example.org/",
        "language": "en",
        "author": "The Example newsroom",
        "updated": NOON + timedelta(days=1),
        "content": Content.FULL,
        "outputs": OUTPUTS,
        "entries": entries,
        "hubs": ("https://hub.example.net/",),
    }
    return Feed(**{**facts, **changes})


PHOTO = Image(
    url="https://cdn.example.org/tower.jpg?w=1200&crop=1",
    alt="A radio tower & a crane",
    caption="The tower on Tuesday, before it fell.",
    credit="Alex Babenko/Getty Images",
    type="image/jpeg",
    length=84213,
    width=1200,
    height=800,
)
RICH = make_entry(
    id="tag:news.example.org,2023:_posts/2023-08-22-tower.md",
    url="https://news.example.org/2023/08/22/tower.html",
    title='Q&A: a < b & "c" ]]> 👩‍👩‍👧 שלום',
    summary="Why the tower fell, if x < 3 & y > 4.",
    html='<p>The tower &amp; the crane fell. <img src="https://cdn.example.org/tower.jpg?w=1200&amp;crop=1" '
    'alt="A radio tower &amp; a crane"></p>\n<pre>]]&gt;\n  two lines</pre>',
    published=NOON - timedelta(days=2),
    updated=NOON,
    people=(
        Person(name="Donna Teetree", title="Staff Writer", url="https://news.example.org/people/donna/"),
        Person(name="Søren Ünal", email="soren@example.org", avatar="https://news.example.org/soren.png"),
    ),
    categories=("News", "Città e paesi"),
    tags=("Towers", "塔"),
    image=PHOTO,
    enclosures=(
        Enclosure(url=PHOTO.url, type="image/jpeg", length=84213),
        Enclosure(url="https://cdn.example.org/fall.mp3", type="audio/mpeg", length=0),
    ),
    link="https://engineer.example.com/report?id=1&lang=it",
    language="it",
)
BARE = make_entry(
    id="tag:news.example.org,2023:_posts/2023-08-20-note.md",
    url="https://news.example.org/2023/08/20/note.html",
    title="A note",
    summary="",
    html="",
    published=NOON - timedelta(days=4),
    updated=NOON - timedelta(days=4),
)
WITH_EVERYTHING = make_feed(make_entry(), RICH, BARE)
SAMPLES = {
    "full": WITH_EVERYTHING,
    "summary": make_feed(make_entry(), RICH, BARE, content=Content.SUMMARY),
    "page": make_feed(
        BARE,
        hubs=(),
        paging=tuple(
            (
                kind,
                Paging(
                    current=ADDRESSES[kind],
                    prev=f"https://news.example.org/feeds/{path}-older",
                    next=f"https://news.example.org/feeds/{path}-newer",
                    archive=True,
                ),
            )
            for kind, path in OUTPUTS
        ),
    ),
    "empty": make_feed(author="", description="", language="", hubs=()),
}


def legal_feeds() -> st.SearchStrategy[Feed]:
    """Feeds of any text that gets past the model's border: titles on one line, bodies with lines and tabs."""
    text = st.text(max_size=40)
    lines = text.map(one_line)
    titles = lines.filter(bool)
    people = st.builds(Person, name=titles, title=lines)
    images = st.builds(
        Image, url=st.just(PHOTO.url), alt=lines, caption=lines, credit=lines, width=st.none() | st.integers(0, 9)
    )
    instants = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))
    entries = st.builds(
        make_entry,
        id=st.uuids().map(lambda number: number.urn),
        title=titles,
        summary=lines,
        html=text.map(legal),
        published=instants,
        updated=instants,
        people=st.lists(people, max_size=2).map(tuple),
        categories=st.lists(lines, max_size=2).map(tuple),
        tags=st.lists(lines, max_size=2).map(tuple),
        image=st.none() | images,
        language=st.sampled_from(("", "en", "ur")),
    )
    return st.builds(
        lambda entries, **changes: make_feed(*entries, **changes),
        st.lists(entries, max_size=4, unique_by=lambda entry: entry.id),
        title=titles,
        description=lines,
        author=lines,
        updated=instants,
        content=st.sampled_from(Content),
    )
