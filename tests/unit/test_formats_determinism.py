"""Same feed, same bytes: whole documents compared, in any time zone, locale, hash order and year.

The golden documents were read by people. When a change to them is meant, write the new bytes and read the difference
(``git diff tests/golden/formats``) before you keep them.
"""

from __future__ import annotations

import hashlib
import locale
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from syndicator.formats import render
from syndicator.model import Format
from tests.unit.feed_samples import ADDRESSES, OUTPUTS, SAMPLES, WITH_EVERYTHING, make_entry, make_feed

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "formats"
ENDINGS = {Format.RSS: "rss.xml", Format.ATOM: "atom.xml", Format.JSON: "json"}

# What another machine would do: take its locale from the environment, render, name the bytes.
ELSEWHERE = """
import hashlib, locale, sys
sys.path.insert(0, sys.argv[1])
locale.setlocale(locale.LC_ALL, "")
from syndicator.formats import render
from tests.unit.feed_samples import ADDRESSES, OUTPUTS, WITH_EVERYTHING
for format, path in OUTPUTS:
    print(hashlib.sha256(render(WITH_EVERYTHING, format, path, ADDRESSES[format]).body).hexdigest())
"""


def bodies() -> list[bytes]:
    return [render(WITH_EVERYTHING, kind, path, ADDRESSES[kind]).body for kind, path in OUTPUTS]


@pytest.mark.parametrize("kind", ENDINGS)
@pytest.mark.parametrize("name", SAMPLES)
def test_documents_are_the_golden_ones(name: str, kind: Format) -> None:
    expected = (GOLDEN / f"{name}.{ENDINGS[kind]}").read_text(encoding="utf-8")

    assert render(SAMPLES[name], kind, "any", ADDRESSES[kind]).body.decode() == expected


@pytest.mark.parametrize(
    ("zone", "language", "seed"),
    [("Asia/Kathmandu", "C.UTF-8", "1"), ("America/St_Johns", "C", "2"), ("Pacific/Apia", "POSIX", "3")],
)
def test_bytes_do_not_depend_on_the_machine(zone: str, language: str, seed: str) -> None:
    """rss-10, rss-45, rss-47, atom-71."""
    environment = {**os.environ, "TZ": zone, "LC_ALL": language, "PYTHONHASHSEED": seed, "PYTHONUTF8": "0"}

    output = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, str(ROOT)], env=environment, capture_output=True, text=True, check=True
    ).stdout

    assert output.split() == [hashlib.sha256(body).hexdigest() for body in bodies()]


@pytest.mark.parametrize("now", [datetime(1999, 12, 31, tzinfo=UTC), datetime(2061, 7, 28, tzinfo=UTC)])
def test_bytes_do_not_depend_on_the_clock(now: datetime) -> None:
    """rss-10, atom-12."""
    expected = bodies()

    with time_machine.travel(now, tick=False):
        assert bodies() == expected


def test_dates_are_not_in_the_words_of_the_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    """rss-47: what is written never goes through strftime of the C library, whatever the locale calls a Thursday."""
    expected = bodies()
    monkeypatch.setattr("feedgen.feed.formatRFC2822", lambda _: "Do., 24. Aug. 2023")

    assert bodies() == expected


def test_the_locale_of_the_process_is_left_as_it_was() -> None:
    """feedgen sets it to C and back while it writes RSS."""
    before = locale.setlocale(locale.LC_ALL)
    try:
        for name in ("C", "C.UTF-8"):
            chosen = locale.setlocale(locale.LC_ALL, name)
            bodies()
            assert locale.setlocale(locale.LC_ALL) == chosen
    finally:
        locale.setlocale(locale.LC_ALL, before)


@pytest.mark.parametrize("kind", [kind for kind in Format if kind.is_feed])
@pytest.mark.parametrize(("summary", "shown"), [("Only this much.", b"Only this much."), ("", b"A Title of Its Own")])
def test_an_entry_without_a_body_shows_its_summary_or_else_its_title(kind: Format, summary: str, shown: bytes) -> None:
    """frontmatter-23, jsonfeed-29: what an author who gives only an excerpt gives."""
    feed = make_feed(make_entry(html="", summary=summary, title="A Title of Its Own"))
    body = render(feed, kind, "feed", ADDRESSES[kind]).body

    assert shown in body
    assert b"A Title of Its Own" in body
    assert b"content_html" not in body
    assert b"content:encoded" not in body


def test_one_id_names_an_entry_in_all_formats() -> None:
    """rss-30, jsonfeed-25, atom-24."""
    for body in bodies():
        for entry in WITH_EVERYTHING.entries:
            assert body.count(entry.id.encode()) == 1
