"""Documents less some of their entries are those that are written without them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from syndicator.formats import render
from syndicator.formats.apart import without
from syndicator.model import Feed, Format
from tests.unit.feed_samples import ADDRESSES, BARE, RICH, legal_feeds, make_entry, make_feed

FORMATS = (Format.RSS, Format.ATOM, Format.JSON)


def written(feed: Feed, kind: Format) -> bytes:
    return render(feed, kind, "feed", ADDRESSES[kind]).body


def meant(document: bytes, kind: Format) -> bytes | str:
    """What a document says: one that is cut may declare a namespace that no entry has any more."""
    return document if kind is Format.JSON else etree.canonicalize(etree.fromstring(document), strip_text=True)


@settings(max_examples=25, deadline=None)
@given(st.data(), legal_feeds(), st.sampled_from(FORMATS))
def test_whatever_is_in_the_entries(data: st.DataObject, feed: Feed, kind: Format) -> None:
    feed = replace(feed, entries=(*feed.entries, RICH))
    ids = data.draw(st.sets(st.sampled_from([entry.id for entry in feed.entries])))
    less = replace(feed, entries=tuple(entry for entry in feed.entries if entry.id not in ids))

    assert meant(written(less, kind), kind) == meant(without(written(feed, kind), kind, ids), kind)


@pytest.mark.parametrize("kind", FORMATS)
def test_ids_count_as_they_were_before_they_were_written_down(kind: Format) -> None:
    odd = 'https://news.example.org/?a=1&b="2"&amp;c=<3>'
    feed = make_feed(make_entry(id=odd), RICH, BARE)

    assert meant(written(make_feed(RICH, BARE), kind), kind) == meant(without(written(feed, kind), kind, {odd}), kind)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_document_without_any_of_them_is_the_very_same(kind: Format) -> None:
    for feed in (make_feed(RICH, BARE), make_feed()):
        document = written(feed, kind)

        assert document is without(document, kind, {"tag:nobody"})


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("other", [b"", b"<html>", b"{}", b"\xff"])
def test_what_is_no_document_of_ours_is_said_to_be_none(kind: Format, other: bytes) -> None:
    with pytest.raises(ValueError, match="not found"):
        without(other, kind, {"tag:a"})
