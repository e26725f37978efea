"""Messages to web hooks: what they say, how two become one, and that none is too long."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from syndicator.notices import MOST_BYTES, Notice, ToldDocument, ToldEntry, is_waiting, merge, write

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
RSS = ToldDocument(url="https://news.example.org/feed.xml", format="rss", digest="d1")
JSON = ToldDocument(url="https://news.example.org/feed.json", format="json", digest="d2")


def entry(name: str, **more: Any) -> ToldEntry:
    return ToldEntry(id=f"tag:{name}", url=f"https://news.example.org/{name}", title=name.title(), **more)


NOTICE = Notice(
    feed="main", feed_id="urn:uuid:1", title="The Example", at=NOON, documents=(RSS, JSON),
    added=(entry("a", published=NOON, updated=NOON),), changed=(entry("b"),),
    removed=(ToldEntry(id="tag:c", why="killed"),),
)  # fmt: skip


def said(body: bytes) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(body)
    return found


def ids(body: bytes) -> dict[str, list[str]]:
    return {name: [one["id"] for one in entries] for name, entries in said(body)["entries"].items() if entries}


def of(
    lists: dict[str, list[str]], *, at: timedelta = timedelta(0), documents: tuple[ToldDocument, ...] = (RSS,)
) -> bytes:
    """A message of entries by name."""
    added, changed, removed = (tuple(map(entry, lists.get(name, ()))) for name in ("added", "changed", "removed"))
    notice = Notice(feed="main", feed_id="urn:uuid:1", title="t", at=NOON + at, documents=documents)
    return write(replace(notice, added=added, changed=changed, removed=removed))[1]


def test_a_message_says_what_happened_to_which_feed_and_where_its_documents_are() -> None:
    message, body = write(NOTICE)

    assert {
        "id": message,
        "type": "feed.changed",
        "version": 1,
        "at": "2026-03-01T12:00:00Z",
        "feed": {"name": "main", "id": "urn:uuid:1", "title": "The Example"},
        "documents": [
            {"url": "https://news.example.org/feed.xml", "format": "rss", "digest": "d1"},
            {"url": "https://news.example.org/feed.json", "format": "json", "digest": "d2"},
        ],
        "entries": {
            "added": [
                {
                    "id": "tag:a", "url": "https://news.example.org/a", "title": "A",
                    "published": "2026-03-01T12:00:00Z", "updated": "2026-03-01T12:00:00Z",
                }
            ],
            "changed": [{"id": "tag:b", "url": "https://news.example.org/b", "title": "B"}],
            "removed": [{"id": "tag:c", "why": "killed"}],
        },
        "counts": {"added": 1, "changed": 1, "removed": 1},
        "truncated": False,
    } == said(body)  # fmt: skip


def test_the_same_words_are_the_same_bytes_under_the_same_id() -> None:
    assert write(NOTICE) == write(replace(NOTICE))
    assert write(NOTICE)[0] != write(replace(NOTICE, removed=()))[0]
    assert write(NOTICE)[0] != write(replace(NOTICE, at=NOON + timedelta(seconds=1)))[0]
    assert sorted(said(write(NOTICE)[1])) == list(said(write(NOTICE)[1]))


def test_a_feed_that_is_gone_says_so_and_so_do_its_documents() -> None:
    gone = said(write(replace(NOTICE, gone=True, documents=(replace(RSS, digest=""),)))[1])

    assert "feed.removed" == gone["type"]
    assert [{"url": RSS.url, "format": "rss", "removed": True}] == gone["documents"]


def test_a_message_that_waits_says_so_until_another_is_merged_with_it() -> None:
    _, waiting = write(replace(NOTICE, waits=True))

    assert is_waiting(waiting)
    assert not is_waiting(write(NOTICE)[1])
    assert not is_waiting(merge(waiting, write(NOTICE)[1])[1])
    assert is_waiting(merge(write(NOTICE)[1], waiting)[1])


@pytest.mark.parametrize(
    ("before", "after", "merged"),
    [
        ({"added": ["a"]}, {"added": ["b"]}, {"added": ["tag:b", "tag:a"]}),
        ({"added": ["a"]}, {"changed": ["a"]}, {"added": ["tag:a"]}),
        ({"added": ["a"]}, {"removed": ["a"]}, {"removed": ["tag:a"]}),
        ({"changed": ["a"]}, {"changed": ["a"]}, {"changed": ["tag:a"]}),
        ({"changed": ["a"]}, {"removed": ["a"]}, {"removed": ["tag:a"]}),
        ({"removed": ["a"]}, {"added": ["a"]}, {"added": ["tag:a"]}),
        ({"removed": ["a"]}, {"added": ["b"]}, {"removed": ["tag:a"], "added": ["tag:b"]}),
        ({"added": ["a"], "changed": ["b"]}, {}, {"added": ["tag:a"], "changed": ["tag:b"]}),
    ],
)
def test_two_messages_become_one_that_is_true_for_who_heard_the_first_and_who_did_not(
    before: dict[str, list[str]], after: dict[str, list[str]], merged: dict[str, list[str]]
) -> None:
    _, body = merge(of(before), of(after, at=timedelta(minutes=1)))

    assert merged == ids(body)
    assert "2026-03-01T12:01:00Z" == said(body)["at"]


def test_a_merged_message_has_the_last_of_each_document_and_an_id_of_its_own() -> None:
    later = replace(RSS, digest="d9")
    first, second = of({}, documents=(RSS, JSON)), of({}, documents=(later,), at=timedelta(minutes=1))

    message, body = merge(first, second)

    assert [("d2", JSON.url), ("d9", RSS.url)] == [(one["digest"], one["url"]) for one in said(body)["documents"]]
    assert message == said(body)["id"]
    assert message not in (said(first)["id"], said(second)["id"])


def test_the_entry_that_was_told_last_counts() -> None:
    first = write(replace(NOTICE, added=(entry("a"),)))[1]
    second = write(replace(NOTICE, added=(), changed=(replace(entry("a"), title="Better"),), removed=()))[1]

    assert "Better" == said(merge(first, second)[1])["entries"]["added"][0]["title"]


MANY = tuple(entry(f"post-{number}", published=NOON) for number in range(4_000))


def test_a_long_message_is_cut_and_says_how_much_there_was() -> None:
    taken_down = tuple(ToldEntry(id=f"tag:gone-{number}", why="killed") for number in range(50))

    body = write(replace(NOTICE, added=MANY, removed=taken_down))[1]

    assert len(body) <= MOST_BYTES
    assert said(body)["truncated"] is True
    assert {"added": 4_000, "changed": 1, "removed": 50} == said(body)["counts"]
    assert 50 == len(said(body)["entries"]["removed"])
    assert [one.id for one in MANY[:100]] == ids(body)["added"][:100]


def test_merging_with_a_cut_message_stays_short_and_counts_both() -> None:
    cut = write(replace(NOTICE, added=MANY))[1]

    body = merge(cut, of({"added": ["z"]}))[1]

    assert len(body) <= MOST_BYTES
    assert (True, 4_001) == (said(body)["truncated"], said(body)["counts"]["added"])


def test_a_title_without_end_is_cut_and_an_entry_that_alone_is_too_long_is_left_out() -> None:
    endless = replace(entry("a"), url="https://news.example.org/" + "a" * MOST_BYTES)

    body = write(replace(NOTICE, title="T" * 10_000, added=(endless, replace(entry("b"), title="B" * 10_000))))[1]

    assert b'"X"' in write(replace(NOTICE, title="X\ud800"))[1]
    assert (500, 500) == (len(said(body)["feed"]["title"]), len(said(body)["entries"]["added"][0]["title"]))
    assert ["tag:b"] == ids(body)["added"]


_NAMES = st.lists(st.sampled_from("abcdef"), unique=True, max_size=6)


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    names, cut = draw(_NAMES), sorted(draw(st.tuples(st.integers(0, 6), st.integers(0, 6))))
    return of({"added": names[: cut[0]], "changed": names[cut[0] : cut[1]], "removed": names[cut[1] :]})


@hypothesis_settings(max_examples=50)
@given(messages(), messages(), messages())
def test_merging_loses_nobody_tells_everybody_once_and_may_be_done_in_any_steps(
    first: bytes, second: bytes, third: bytes
) -> None:
    def place(body: bytes) -> dict[str, str]:
        found = [(one, name) for name, entries in ids(body).items() for one in entries]
        assert len(found) == len(dict(found))
        return dict(found)

    merged = merge(merge(first, second)[1], third)[1]

    assert place(first).keys() | place(second).keys() | place(third).keys() == place(merged).keys()
    assert place(third).items() - place(merged).items() <= {(one, "changed") for one in place(merged)}
    assert merged == merge(first, merge(second, third)[1])[1] or "changed" in ids(third)
