"""JSON Feed 1.1 as documents of ours are to be, held against a checker written from the tables of the format."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings

from syndicator.formats import render
from syndicator.model import Content, Enclosure, Feed, Format, Image, Person
from tests.unit.feed_samples import NOON, PHOTO, RICH, SAMPLES, WITH_EVERYTHING, legal_feeds, make_entry, make_feed

URL = "https://news.example.org/feeds/feed.json"

# --- the checker (jsonfeed-1 to jsonfeed-5, -8 to -22, -25 to -48): what is wrong with a document, line by line ------

Check = Callable[[Any], bool]


def _text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _url(value: Any) -> bool:
    return (
        _text(value)
        and value.isascii()
        and " " not in value
        and bool(urlsplit(value).scheme and urlsplit(value).netloc)
    )


def _date(value: Any) -> bool:
    shape = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)"
    return _text(value) and bool(re.fullmatch(shape, value) and datetime.fromisoformat(value))


def _count(value: Any) -> bool:
    return type(value) is int and value > 0


def _list(value: Any) -> bool:
    return isinstance(value, list)


def _texts(value: Any) -> bool:
    return _list(value) and value != [] and all(map(_text, value))


TOP: dict[str, Check] = {
    "version": lambda value: value == "https://jsonfeed.org/version/1.1",
    "title": _text,
    "home_page_url": _url,
    "feed_url": _url,
    "next_url": _url,
    "description": _text,
    "authors": _list,
    "language": _text,
    "hubs": _list,
    "items": _list,
}
ITEM: dict[str, Check] = {
    "id": _text,
    "url": _url,
    "external_url": _url,
    "title": _text,
    "content_html": _text,
    "content_text": _text,
    "summary": _text,
    "image": _url,
    "date_published": _date,
    "date_modified": _date,
    "authors": _list,
    "tags": _texts,
    "language": _text,
    "attachments": _list,
}
AUTHOR: dict[str, Check] = {"name": _text, "url": _url, "avatar": _url}
HUB: dict[str, Check] = {"type": lambda value: value in {"WebSub", "rssCloud"}, "url": _url}
ATTACHMENT: dict[str, Check] = {
    "url": _url,
    "mime_type": lambda value: _text(value) and "/" in value,
    "title": _text,
    "size_in_bytes": _count,
    "duration_in_seconds": _count,
}


def faults_of(document: Any) -> list[str]:
    """Every breach of the format, each with the place where it is."""
    found = list(_members("feed", document, TOP, {"version", "title", "items"}))
    items = document.get("items", [])
    for place, group in [("feed", document), *((f"item {number}", item) for number, item in enumerate(items))]:
        for name, known, needed in (
            ("authors", AUTHOR, set[str]()),
            ("hubs", HUB, {"type", "url"}),
            ("attachments", ATTACHMENT, {"url", "mime_type"}),
        ):
            if name in group and not group[name]:
                found.append(f"{place}: {name} is empty")
            for part in group.get(name, []):
                found += _members(f"{place}: {name}", part, known, needed)
    for number, item in enumerate(items):
        found += _members(f"item {number}", item, ITEM, {"id"})
        if not {"content_html", "content_text"} & item.keys():
            found.append(f"item {number}: has no content")
    if len({item.get("id") for item in items}) != len(items):
        found.append("feed: an id is there twice")
    return found


def _members(place: str, group: dict[str, Any], known: dict[str, Check], needed: set[str]) -> Iterator[str]:
    if not group:
        yield f"{place}: has no members"
    for name in needed - group.keys():
        yield f"{place}: {name} is missing"
    for name, value in group.items():
        if name.startswith("_"):
            if not re.fullmatch(r"_[a-zA-Z][^.]*", name) or not isinstance(value, dict):
                yield f"{place}: {name} is no extension object"
            elif any("." in key or key.startswith("_") for key in _keys(value)):
                yield f"{place}: {name} has a member with a wrong name"
        elif name not in known:
            yield f"{place}: {name} is unknown"
        elif not known[name](value):
            yield f"{place}: {name} is {value!r}"


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"id": 12}, "item 0: id is 12"),
        ({"image": None}, "item 0: image is None"),
        ({"authors": [{}]}, "item 0: authors: has no members"),
        ({"authors": []}, "item 0: authors is empty"),
        ({"_x": "text"}, "item 0: _x is no extension object"),
        ({"_x": {"a.b": 1}}, "item 0: _x has a member with a wrong name"),
        ({"date_published": "2023-08-24"}, "item 0: date_published is '2023-08-24'"),
        ({"content_html": ""}, "item 0: content_html is ''"),
        ({"tags": [2023]}, "item 0: tags is [2023]"),
        ({"attachments": [{"url": URL}]}, "item 0: attachments: mime_type is missing"),
        ({"guid": "x"}, "item 0: guid is unknown"),
    ],
)
def test_the_checker_sees_what_is_wrong(change: dict[str, Any], fault: str) -> None:
    """jsonfeed-61."""
    item = {"id": "a", "content_html": "<p>x</p>"}
    document = {"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [item]}
    assert faults_of(document) == []

    item.update(change)

    assert faults_of(document) == [fault]


# --- the writer ---------------------------------------------------------------------------------------------------


def write(feed: Feed) -> Any:
    return json.loads(render(feed, Format.JSON, "feed.json", URL).body)


def item_of(**changes: Any) -> Any:
    return write(make_feed(make_entry(**changes)))["items"][0]


def test_the_document_says_what_it_is() -> None:
    """jsonfeed-49, jsonfeed-54."""
    document = render(WITH_EVERYTHING, Format.JSON, "feed.json", URL)

    assert document.media_type == "application/feed+json"
    assert (document.path, document.url, document.format) == ("feed.json", URL, Format.JSON)
    assert document.hubs == ("https://hub.example.net/",)


@pytest.mark.parametrize("name", SAMPLES)
def test_documents_keep_to_the_format(name: str) -> None:
    """jsonfeed-59."""
    assert faults_of(write(SAMPLES[name])) == []


def test_it_is_utf_8_indented_and_ends_in_a_newline() -> None:
    """jsonfeed-1, jsonfeed-7."""
    body = render(WITH_EVERYTHING, Format.JSON, "feed.json", URL).body

    assert body.startswith(b'{\n  "version": "https://jsonfeed.org/version/1.1",\n  "title": ')
    assert body.endswith(b"\n}\n")
    assert "塔" in body.decode("utf-8")


def test_the_feed_has_its_members_in_one_order() -> None:
    """jsonfeed-2, -8 to -12, -17, -18, -20, websub-A4."""
    document = write(WITH_EVERYTHING)
    del document["items"]

    assert list(document.items()) == [
        ("version", "https://jsonfeed.org/version/1.1"),
        ("title", "The Example"),
        ("home_page_url", "https://news.example.org/"),
        ("feed_url", URL),
        ("description", "News and analysis"),
        ("authors", [{"name": "The Example newsroom"}]),
        ("language", "en"),
        ("hubs", [{"type": "WebSub", "url": "https://hub.example.net/"}]),
    ]


def test_what_has_no_value_is_not_there_and_items_always_are() -> None:
    """jsonfeed-3, jsonfeed-5, atom-74."""
    assert write(make_feed(author="", description=" ", language="", hubs=())) == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "The Example",
        "home_page_url": "https://news.example.org/",
        "feed_url": URL,
        "items": [],
    }


def test_a_plain_entry_is_a_plain_item() -> None:
    """jsonfeed-25, -26, -28 to -30, -32: no date_modified where nothing was."""
    assert list(item_of().items()) == [
        ("id", "tag:news.example.org,2023:_posts/2023-08-24-rain.md"),
        ("url", "https://news.example.org/2023/08/24/rain.html"),
        ("title", "Rain"),
        ("content_html", "<p>It rains in the valley.</p>"),
        ("summary", "It rains."),
        ("date_published", "2023-08-24T12:00:00Z"),
    ]


def test_title_and_summary_are_plain_text() -> None:
    """jsonfeed-28, jsonfeed-30, jsonfeed-58, jsonfeed-62."""
    item = item_of(title="R&D <beta>", summary="x < 3 & more")

    assert (item["title"], item["summary"]) == ("R&D <beta>", "x < 3 & more")


def test_html_is_not_escaped_for_xml() -> None:
    """jsonfeed-38."""
    assert item_of(html="<p>a &amp; b</p>")["content_html"] == "<p>a &amp; b</p>"


@pytest.mark.parametrize(
    ("changes", "text"),
    [({"html": ""}, "It rains."), ({"html": " \n"}, "It rains."), ({"html": "", "summary": " "}, "Rain")],
)
def test_an_empty_body_falls_back_to_the_summary_then_to_the_title(changes: dict[str, str], text: str) -> None:
    """jsonfeed-29."""
    item = item_of(**changes)

    assert item["content_text"] == text
    assert "content_html" not in item


def test_a_summary_feed_never_carries_the_full_text() -> None:
    """jsonfeed-29."""
    feed = make_feed(make_entry(), content=Content.SUMMARY)

    assert write(feed)["items"][0]["content_text"] == "It rains."
    assert b"valley" not in render(feed, Format.JSON, "feed.json", URL).body


def test_an_edit_is_dated_and_never_before_the_publication() -> None:
    """jsonfeed-32, atom-35."""
    assert item_of(updated=NOON + timedelta(hours=1))["date_modified"] == "2023-08-24T13:00:00Z"
    assert "date_modified" not in item_of(updated=NOON - timedelta(hours=1))


def test_a_link_post_keeps_its_two_addresses_apart() -> None:
    """jsonfeed-27."""
    item = item_of(link="https://engineer.example.com/report")

    assert (item["url"], item["external_url"]) == (
        "https://news.example.org/2023/08/24/rain.html",
        "https://engineer.example.com/report",
    )


def test_people_keep_what_the_format_has_a_place_for() -> None:
    """jsonfeed-33, jsonfeed-43, jsonfeed-44, jsonfeed-48: no e-mail, and no title glued to the name."""
    assert item_of(people=RICH.people)["authors"] == [
        {"name": "Donna Teetree", "url": "https://news.example.org/people/donna/"},
        {"name": "Søren Ünal", "avatar": "https://news.example.org/soren.png"},
    ]


def test_professional_titles_are_kept_in_the_extension() -> None:
    """jsonfeed-45, jsonfeed-46."""
    item = item_of(people=(Person(name="Donna Teetree", title="Staff Writer"), Person(name="Jo")))

    assert item["_syndicator"] == {"authors": [{"name": "Donna Teetree", "title": "Staff Writer"}]}


def test_categories_and_tags_are_tags_each_once() -> None:
    """jsonfeed-34."""
    assert item_of(categories=("News", " "), tags=("Rain", "News"))["tags"] == ["News", "Rain"]


def test_the_featured_image_is_the_image_and_its_words_are_in_the_extension() -> None:
    """jsonfeed-31, jsonfeed-45 to jsonfeed-47."""
    item = item_of(image=PHOTO)

    assert item["image"] == PHOTO.url
    assert item["_syndicator"] == {
        "image": {
            "alt": "A radio tower & a crane",
            "caption": "The tower on Tuesday, before it fell.",
            "credit": "Alex Babenko/Getty Images",
            "type": "image/jpeg",
            "width": 1200,
            "height": 800,
        }
    }


def test_an_image_of_which_nothing_is_known_needs_no_extension() -> None:
    """jsonfeed-5."""
    assert "_syndicator" not in item_of(image=Image(url=PHOTO.url, width=0))


def test_a_correction_is_in_the_extension() -> None:
    """jsonfeed-45, user-ask 15."""
    assert {"correction": "2026-03-09: It was Bob."} == item_of(correction="2026-03-09: It was Bob.")["_syndicator"]


def test_every_enclosure_is_an_attachment_and_an_unknown_size_is_left_out() -> None:
    """jsonfeed-36, jsonfeed-39 to jsonfeed-42."""
    files = (
        Enclosure(url=PHOTO.url, type="image/jpeg", length=84213),
        Enclosure(url="https://cdn.example.org/fall.mp3", type="audio/mpeg", length=0),
    )

    assert item_of(enclosures=files)["attachments"] == [
        {"url": PHOTO.url, "mime_type": "image/jpeg", "size_in_bytes": 84213},
        {"url": "https://cdn.example.org/fall.mp3", "mime_type": "audio/mpeg"},
    ]


def test_an_attachment_says_how_long_it_takes_and_what_it_is_called() -> None:
    """jsonfeed-39, jsonfeed-40."""
    episode = Enclosure(url="https://cdn.example.org/e.mp3", type="audio/mpeg", length=9, title="One", duration=3723)

    assert item_of(enclosures=(episode,))["attachments"] == [
        {
            "url": episode.url,
            "mime_type": "audio/mpeg",
            "title": "One",
            "size_in_bytes": 9,
            "duration_in_seconds": 3723,
        }
    ]


def test_a_language_of_its_own_is_named_on_the_item() -> None:
    """jsonfeed-35."""
    assert item_of(language="it")["language"] == "it"
    assert "language" not in item_of(language="en")


@settings(max_examples=80, deadline=None)
@given(legal_feeds())
def test_any_legal_text_comes_back_as_it_was(feed: Feed) -> None:
    """jsonfeed-62, atom-72, atom-73."""
    document = write(feed)

    assert faults_of(document) == []
    assert document["title"] == feed.title
    assert [(item["id"], item["title"]) for item in document["items"]] == [
        (entry.id, entry.title) for entry in feed.entries
    ]
    for item, entry in zip(document["items"], feed.entries, strict=True):
        assert item.get("summary", "") == entry.summary
        assert item.get("content_html", entry.html) == entry.html
