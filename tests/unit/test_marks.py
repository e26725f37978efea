"""Which documents are surely ours."""

from __future__ import annotations

import orjson
import pytest

from syndicator.marks import is_ours
from syndicator.model import FeedSpec, Format
from syndicator.standing import Places

OURS = "<generator>syndicator</generator>"
ID = "tag:news.example.org,2026-01-09:_posts/2026-01-09-p9"


def in_json(**item: object) -> bytes:
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": [item]}
    return orjson.dumps(feed, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


@pytest.mark.parametrize(
    ("expected", "format_", "body"),
    [
        (True, Format.ATOM, f"<feed><title>x</title>{OURS}<entry/></feed>".encode()),
        (True, Format.RSS, f"<rss><channel>{OURS}</channel></rss>".encode()),
        (False, Format.RSS, f"<rss><channel><item>{OURS}</item></channel></rss>".encode()),
        (False, Format.RSS, b"<rss><channel><generator>Jekyll</generator></channel></rss>"),
        (False, Format.ATOM, b" " * 70_000 + OURS.encode()),
        (False, Format.RSS, b""),
        (True, Format.JSON, in_json(id=ID)),
        (True, Format.JSON, in_json(id="tag:news.example.org,2000:id/17")),
        (True, Format.JSON, in_json(id="17", _syndicator={"image": {}})),
        (False, Format.JSON, in_json(id="https://news.example.org/2026/01/09/p9.html")),
        (False, Format.JSON, in_json(id="tag:news.example.org,2026-01-09:/p9.html")),
        (False, Format.JSON, in_json(id=ID).replace(b": ", b":")),
        (False, Format.JSON, in_json(id=ID)[:-1]),
        (False, Format.JSON, in_json(id=ID)[:-20]),
        (False, Format.JSON, b'{\n  "version": "https://jsonfeed.org/version/1.1",\n  "title": "x", "items": 3}'),
        (False, Format.JSON, b"[]"),
        (False, Format.JSON, in_json(id=ID, deep=0).replace(b'"deep": 0', b'"deep": ' + b"[" * 900 + b"]" * 900)),
    ],
)
def test_a_document_is_ours_when_nobody_else_can_have_written_it(expected: bool, format_: Format, body: bytes) -> None:
    assert is_ours(format_, body) is expected


def test_feeds_for_each_value_are_looked_for_in_their_own_folders_alone() -> None:
    each = FeedSpec(
        name="news", each="category", outputs=((Format.JSON, "{slug}/{slug}.json"), (Format.RSS, "by/it/{slug}.xml"))
    )
    places = Places([FeedSpec(name="main", outputs=((Format.RSS, "feed.xml"),)), each])

    assert ("", "by/it") == places.folders
    assert {"feed.xml"} == places.plain.keys()
