"""Documents put together from kept pieces are the documents that are written whole, to the byte."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.formats import Pieces, render
from syndicator.model import Feed, Format, Tombstone
from tests.unit.feed_samples import ADDRESSES, BARE, NOON, RICH, SAMPLES, legal_feeds, make_entry, make_feed

FORMATS = (Format.RSS, Format.ATOM, Format.JSON)


def written(feed: Feed, kind: Format, pieces: Pieces | None = None) -> bytes:
    return render(feed, kind, "feed", ADDRESSES[kind], pieces).body


@pytest.mark.parametrize("kind", FORMATS)
def test_feeds_one_after_the_other_are_as_if_each_were_the_first(kind: Format) -> None:
    """Entries come, change, trade places and go; what is around them changes; nothing is left; all comes back."""
    pieces, plain = Pieces(), make_entry()
    dead = Tombstone(ref="tag:b", when=NOON)
    changed = replace(RICH, title="Others & more", updated=NOON + timedelta(hours=1))
    for feed in (
        *SAMPLES.values(),
        make_feed(plain, RICH),
        make_feed(RICH, plain, BARE),
        make_feed(changed, plain, BARE, updated=NOON + timedelta(days=2)),
        make_feed(changed, plain, BARE, title="Another & title"),
        make_feed(BARE, plain, tombstones=(dead,)),
        make_feed(BARE, plain, language="it"),
        make_feed(),
        *SAMPLES.values(),
    ):
        assert written(feed, kind) == written(feed, kind, pieces) == written(feed, kind, pieces)


@settings(max_examples=25, deadline=None)
@given(st.data(), legal_feeds(), st.sampled_from(FORMATS))
def test_whatever_is_in_the_entries(data: st.DataObject, feed: Feed, kind: Format) -> None:
    pieces, entries = Pieces(), st.lists(st.sampled_from(feed.entries or (BARE,)), unique=True)
    for _ in range(3):
        now = replace(feed, entries=tuple(data.draw(entries)))

        assert written(now, kind) == written(now, kind, pieces)


def test_only_so_much_is_kept_and_what_was_written_last_stays() -> None:
    feed = make_feed(make_entry(), RICH)
    most = 2 * len(written(feed, Format.RSS))
    pieces = Pieces(most)
    for number in range(9):
        render(feed, Format.RSS, "feed.xml", f"https://news.example.org/{number}.xml", pieces)

        assert most > pieces.length > 0
