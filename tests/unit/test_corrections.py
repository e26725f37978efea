"""Corrections: what authors write, what readers see, and when an edit is news."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.corrections import corrected
from syndicator.dialects.eleventy import Eleventy
from syndicator.dialects.hugo import Hugo
from syndicator.dialects.jekyll import Jekyll
from syndicator.dialects.plain import Plain
from syndicator.errors import PostError
from syndicator.ledger import record_of, settle
from syndicator.markup.flavour import COMMONMARK
from syndicator.model import Correction, Entry, Post, PostRecord, Site, SourceFile, Visibility
from syndicator.ports import Dialect
from syndicator.posts.corrections import CORRECTION, corrections, marks
from syndicator.posts.fields import DEFAULT_FIELDS
from syndicator.posts.rules import Rules
from syndicator.posts.skim import skim_post

SITE = Site(title="The Example", url="https://news.example.org/")
NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)


def read(value: object) -> tuple[list[tuple[str, str]], list[str]]:
    """Date and text of each correction, and what is odd."""
    said: list[str] = []
    found = corrections({"correction": value}, DEFAULT_FIELDS, lambda _, reason: said.append(reason))
    return [(one.date, one.text) for one in found], said


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("It was\n  Bob.", [("", "It was Bob.")]),
        (["Not Bob.", {"date": date(2026, 3, 9), "text": "And Eve."}], [("", "Not Bob."), ("2026-03-09", "And Eve.")]),
        ({"date": NOON, "text": "It was Bob."}, [("2026-03-09", "It was Bob.")]),
        ({"date": "9 March", "note": "It was Bob."}, [("9 March", "It was Bob.")]),
        (False, []),
        ("", []),
        ([None, " "], []),
    ],
)  # fmt: skip
def test_a_correction_is_a_text_or_a_table_of_date_and_text_or_a_list(value: object, expected: object) -> None:
    assert (expected, []) == read(value)


@pytest.mark.parametrize("value", [True, 3, {"date": "9 March"}, [["It was Bob."]]])
def test_what_is_no_correction_is_told(value: object) -> None:
    assert ([], ["correction: is neither text nor a table with text, it is left out"]) == read(value)


def test_the_fifty_first_correction_is_left_out() -> None:
    found, said = read(["It was Bob."] * 51)

    assert (50, ["correction: there are more than 50, the others are left out"]) == (len(found), said)


def test_the_ledger_tells_long_corrections_apart() -> None:
    one, two = (dict(marks({"correction": "x" * 400 + end}, DEFAULT_FIELDS))[CORRECTION] for end in ("a", "b"))

    assert one != two
    assert len(one[0]) < 330


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.dates() | st.datetimes(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["text", "date", "note", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(deadline=None, max_examples=200)
@given(VALUES)
def test_whatever_stands_there_comes_out_as_lines_of_safe_html(value: object) -> None:
    found = corrections({"correction": value}, DEFAULT_FIELDS, lambda _, __: None)
    done = note(*found, label="L")

    assert all(one.text and "\n" not in one.text for one in found)
    assert done.html.startswith("<p>Words.</p>")
    assert "<script" not in done.html
    assert len(done.correction.splitlines()) <= len(found) or "\x85" in done.correction or not done.correction.isascii()
    marks({"correction": value, "minor": value}, DEFAULT_FIELDS)


# --- what readers see ---------------------------------------------------------------------------------------------


def note(*found: Correction, html: str = "<p>Words.</p>", place: str = "end", label: str = "") -> Entry:
    entry = Entry(id="tag:a", url="https://x.example/a", title="A", summary="", html=html, published=NOON, updated=NOON)
    post = Post(path="a.md", digest="d", title="A", permalink=entry.url, published=NOON, corrections=found)
    return corrected(entry, post, COMMONMARK, place, label)


BOB = Correction(text="It was *Bob*.", date="2026-03-09")


@pytest.mark.parametrize(
    ("place", "label", "html"),
    [
        ("end", "", "<p>Words.</p>\n<aside><p><strong>2026-03-09:</strong> It was <em>Bob</em>.</p></aside>"),
        ("start", "Err", "<aside><p><strong>Err, 2026-03-09:</strong> It was <em>Bob</em>.</p></aside>\n<p>Words.</p>"),
        ("off", "Errata", "<p>Words.</p>"),
    ],
)  # fmt: skip
def test_a_correction_stands_where_the_operator_wants_it(place: str, label: str, html: str) -> None:
    done = note(BOB, place=place, label=label)

    assert (html, "2026-03-09: It was Bob.") == (done.html, done.correction)


def test_several_corrections_are_one_note() -> None:
    done = note(BOB, Correction(text="- a list"), label="Errata")

    assert "2026-03-09: It was Bob.\na list" == done.correction
    assert done.html.endswith("</p><p><strong>Errata:</strong></p><ul>\n<li>a list</li>\n</ul></aside>")


@pytest.mark.parametrize("html", ["<p>Words.</p><p>Correction: <b>It was Bob.</b></p>", ""])
def test_a_body_that_says_so_itself_or_says_nothing_is_left_as_it_is(html: str) -> None:
    done = note(BOB, html=html)

    assert (html, "2026-03-09: It was Bob.") == (done.html, done.correction)


def test_a_correction_of_which_nothing_is_left_is_none() -> None:
    done = note(Correction(text="<script>alert(1)</script>"))

    assert ("<p>Words.</p>", "") == (done.html, done.correction)


def test_a_correction_that_would_cost_too_much_is_refused() -> None:
    with pytest.raises(PostError, match="correction: "):
        note(Correction(text="[^a] " * 60_000))


# --- what is news -------------------------------------------------------------------------------------------------


def record(front: str, body: str = "Words.") -> PostRecord:
    data = f"---\ntitle: A\n{front}---\n{body}\n".encode()
    file = SourceFile(path="_posts/2023-08-24-a.md", version="v", data=data)
    return record_of(skim_post(file, Jekyll(), SITE, Rules()), "v", SITE.url)


@pytest.mark.parametrize(
    ("before", "after", "is_news"),
    [
        (("", "Words."), ("", "Wards."), True),
        (("", "Words."), ("minor: true\n", "Wards."), False),
        (("minor: true\n", "Words."), ("minor: true\n", "Wards."), False),
        (("minor: true\n", "Words."), ("", "Words."), False),
        (("", "Words."), ("minor: false\n", "Wards."), True),
        (("", "Words."), ("", "\n\nWords.  \n\n"), False),
        (("", "Words."), ("layout: other\nsitemap: false\n", "Words."), False),
        (("", "Words."), ("correction: It was Bob.\n", "Words."), True),
        (("", "Words."), ("correction: It was Bob.\nminor: true\n", "Words."), True),
        (("correction: It was Bob.\n", "Words."), ("correction: It was Eve.\n", "Words."), True),
        (("correction: It was Bob.\n", "Words."), ("correction:  It was Bob.\n", "Words."), False),
        (("correction: It was Bob.\n", "Words."), ("", "Words."), True),
    ],
)
def test_an_edit_is_news_when_readers_see_it_and_the_author_does_not_call_it_minor(
    before: tuple[str, str], after: tuple[str, str], is_news: bool
) -> None:
    """atom-12, atom-36."""
    first = settle({}, [record(*before)], (), now=NOON, site_url=SITE.url)
    later = NOON + timedelta(days=1)
    (known,) = settle(dict(first.records), [record(*after)], (), now=later, site_url=SITE.url).records.values()

    assert (later if is_news else datetime(2023, 8, 24, tzinfo=UTC)) == known.updated


def test_an_upgrade_moves_nothing_where_a_correction_stood_already() -> None:
    """atom-36: an older version read no corrections; of a file that is the same none is new."""
    fresh = record("correction: It was Bob.\n")
    older = fresh._replace(version="older", terms=())
    (known,) = settle({older.path: older}, [fresh], (), now=NOON, site_url=SITE.url).records.values()

    assert older.updated == known.updated
    assert older.content == known.content


@pytest.mark.parametrize(
    ("dialect", "path"),
    [
        (Jekyll(), "_posts/2023-08-24-a.md"),
        (Jekyll(), "_drafts/a.md"),
        (Jekyll(unpublished=True), "_posts/2023-08-24-a.md"),
        (Hugo(), "content/posts/a.md"),
        (Eleventy(), "posts/a.md"),
        (Plain(), "a.md"),
    ],
    ids=["jekyll", "jekyll-draft", "jekyll-unpublished", "hugo", "eleventy", "plain"],
)
@pytest.mark.parametrize("word", ["status: killed", "killed: true"])
@pytest.mark.parametrize(
    "besides",
    [
        "",
        "draft: true",
        "published: true",
        "headless: true",
        "date: 2999-01-01",
        "date: no date",
        "build: {list: never}",
    ],
)
def test_killed_wins_over_everything_in_every_dialect(dialect: Dialect, path: str, word: str, besides: str) -> None:
    """frontmatter-73: it counts as killed, so that its id stays reserved, and a file without a date can be."""
    data = f"---\ntitle: A\n{word}\n{besides}\n---\nWords.\n".encode()
    found = skim_post(SourceFile(path=path, version="v", data=data), dialect, SITE, Rules())

    assert Visibility.KILLED is found.visibility
