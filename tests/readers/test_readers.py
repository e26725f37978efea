"""What readers of all sorts see of our feeds is what we published, but for limits of their own that are written down.

The limits stand beside each reader. One that a reader no longer has fails here as a difference; one that makes no
difference for any entry fails as well. Some are faults of the reader, and say so: the day it is mended we shall know.

Readers in Python run with all other tests; the others need more than Python, and ``make test-readers`` brings it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.readers.seen import (
    ATOM,
    FIELDS,
    JSON,
    RSS,
    Complaint,
    Difference,
    Outcome,
    Reader,
    Subscriber,
    compare,
    truth,
)
from tests.readers.sites import DEMO, Site
from tests.readers.table import PROPERTY, Row, lines, rows_of
from tests.readers.with_fastfeedparser import Fastfeedparser
from tests.readers.with_feedparser import Feedparser
from tests.readers.with_newsboat import Newsboat
from tests.readers.with_npm import Feedsmith, RssParser
from tests.readers.with_reader import LemonReader
from tests.readers.with_rss2email import Rss2email

EXTERNAL = pytest.mark.readers_external
SUBSCRIBERS = [
    pytest.param(LemonReader(), id="reader"),
    pytest.param(Newsboat(), id="newsboat", marks=EXTERNAL),
    pytest.param(Rss2email(), id="rss2email", marks=EXTERNAL),
]
READERS = [
    pytest.param(Feedparser(), id="feedparser"),
    pytest.param(Fastfeedparser(), id="fastfeedparser"),
    pytest.param(Feedsmith(), id="feedsmith", marks=EXTERNAL),
    pytest.param(RssParser(), id="rss-parser", marks=EXTERNAL),
    *SUBSCRIBERS,
]


@pytest.mark.parametrize("reader", READERS)
def test_a_reader_sees_what_was_published(
    reader: Reader,
    sites: Mapping[str, Site],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    outcomes = []
    for name, site in sites.items():
        (tmp_path / name).mkdir()
        outcomes.append(compare(reader, site.documents, tmp_path / name))
    for row in rows_of(reader, outcomes):
        record_property(PROPERTY, row)
    used = frozenset[tuple[str, str]]().union(*(outcome.used for outcome in outcomes))

    assert [] == [found.words for outcome in outcomes for found in outcome.differences]
    assert used == {(limit.field, format_) for limit in reader.limits for format_ in limit.formats}, (
        "limits that are none"
    )


@pytest.mark.parametrize("reader", SUBSCRIBERS)
def test_a_later_visit_finds_nothing_new_and_costs_no_document(
    reader: Subscriber, sites: Mapping[str, Site], tmp_path: Path
) -> None:
    """Once a reader has sent its validators, 304 is the answer (http-68, http-69)."""
    site = sites[DEMO]
    mine = [document for document in site.documents if document.format in reader.formats]
    visits = []
    for _ in range(reader.conditional_from):
        site.front.noted.clear()
        visits.append(reader.visit(mine, tmp_path))

    assert [sum(len(truth(document)) for document in mine), *[0] * (reader.conditional_from - 1)] == visits
    assert {(f"/{document.path}", True, 304) for document in mine} == {
        (asked.path, asked.conditional, asked.status) for asked in site.front.noted if asked.path != "/favicon.ico"
    }


@pytest.mark.parametrize("reader", READERS)
def test_a_reader_complains_where_there_is_something_to_complain_of(
    reader: Reader, sites: Mapping[str, Site], tmp_path: Path
) -> None:
    """Or its silence would say nothing: a file holds no feed, an address is not there."""
    document = next(document for document in sites[DEMO].documents if document.format == RSS)
    other = tmp_path / "other.xml"
    other.write_bytes(b"Not found")

    with pytest.raises(Complaint):
        reader.read([replace(document, file=other, url=document.url + ".gone")], tmp_path)


def test_there_is_something_to_be_seen(sites: Mapping[str, Site]) -> None:
    """Every format, several people, languages, pictures with and without a length, edits, short feeds."""
    documents = [document for site in sites.values() for document in site.documents]
    entries = [entry for document in documents for entry in truth(document)]

    assert {RSS, ATOM, JSON} == {document.format for document in documents}
    assert all(any(getattr(entry, name) for entry in entries) for name in FIELDS)
    assert any(len(entry.people) > 1 for entry in entries)
    assert {"en", "de"} <= {entry.language for entry in entries}
    assert {True, False} == {file.length > 0 for entry in entries for file in entry.enclosures}
    assert any(entry.updated != entry.published for entry in entries)
    assert {True, False} == {entry.has_html for entry in entries}


def test_the_table_says_where_a_reader_sees_something_else_or_nothing_and_why() -> None:
    found = Difference(format=RSS, field="title", words="feedparser, feed.xml: …")
    outcome = Outcome(seen={RSS: (2, 9), ATOM: (1, 9)}, differences=(found,), used=frozenset())
    heading, rss, atom, json, *legend = lines([Row(**row) for row in rows_of(Feedparser(), [outcome, outcome])])

    assert heading.split() == ["reader", "format", "feeds", "entries", *FIELDS]
    assert rss.split()[2:8] == ["rss", "4", "18", "yes", "yes", "NO"]
    assert atom.split()[2:8] == ["atom", "2", "18", "yes", "yes", "yes"]
    assert json.split()[2:6] == ["json", "0", "0", "—"]
    assert {"does not read this format", *(limit.why for limit in Feedparser.limits)} == {
        line[5:] for line in legend[2:]
    }


def test_reader_needs_a_module_that_feedparser_no_longer_brings() -> None:
    """reader 3.26 imports ``sgmllib``, which feedparser now has as ``feedparser_sgmllib``; mended by its ``load``."""
    words = "import reader; reader.make_reader(':memory:').add_feed('https://news.example.org/feed.xml')"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=False)

    assert "No module named 'sgmllib'" in done.stderr
