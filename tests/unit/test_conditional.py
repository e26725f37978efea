"""Conditions and codings, without any server."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.web.conditional import choose_coding, parse_http_date, status, write_http_date

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CHANGED = datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)
PLAIN, PACKED = '"abc"', '"xyz"'


def answer(**fields: str | list[str]) -> int:
    lines = {name.replace("_", "-"): [value] if isinstance(value, str) else value for name, value in fields.items()}
    return status(lines, selected=PLAIN, tags={PLAIN, PACKED}, modified=CHANGED, now=NOW)


@pytest.mark.parametrize(
    "text",
    ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"],
)
def test_a_date_is_read_in_its_three_forms(text: str) -> None:
    """http-21."""
    assert CHANGED == parse_http_date(text, NOW)


@pytest.mark.parametrize(("year", "expected"), [("94", 1994), ("76", 2076), ("77", 1977), ("26", 2026), ("00", 2000)])
def test_a_two_digit_year_lies_at_most_fifty_years_ahead(year: str, expected: int) -> None:
    """http-21."""
    read = parse_http_date(f"Sunday, 06-Nov-{year} 08:49:37 GMT", NOW)

    assert read is not None
    assert expected == read.year


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "0",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 +0100",
        "Sun, 06 Nov 1994 25:00:00 GMT",
        "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, ٠٦ Nov 1994 08:49:37 GMT",
        "1994-11-06T08:49:37Z",
        "Sun, 06 Nov 0000 08:49:37 GMT",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    """http-18, http-21."""
    assert parse_http_date(text, NOW) is None


def test_a_leap_second_is_read() -> None:
    assert datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC) == parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT", NOW)


@settings(max_examples=80, deadline=None)
@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_a_date_that_we_write_is_one_that_we_read(instant: datetime) -> None:
    """http-13, http-21: whole seconds, GMT."""
    assert instant.replace(microsecond=0) == parse_http_date(write_http_date(instant), NOW)


def test_dates_are_written_in_the_fixed_form() -> None:
    """http-21."""
    assert write_http_date(CHANGED) == "Sun, 06 Nov 1994 08:49:37 GMT"


@pytest.mark.parametrize(
    "tags",
    [
        '"abc"',
        'W/"abc"',
        '"other", "abc"',
        '"other",W/"abc" , "third"',
        ', ,"abc",',
        '"a,b", "abc"',  # a comma inside a tag
        "*",
        " * ",
        "abc",  # readers that strip the quotes
        "W/abc",
        '"xyz"',  # the tag of another coding of the same document
        '"abc-gzip"',
        '"abc;gzip"',
        '"abc--gzip"',
        'W/"abc-br"',
    ],
)
def test_a_tag_of_the_document_means_unchanged(tags: str) -> None:
    """http-20, http-68, http-72."""
    assert answer(if_none_match=tags) == 304


@pytest.mark.parametrize(
    "tags",
    [
        '"other"',
        '"ABC"',  # tags are compared as they are
        'w/"abc"x',
        '"abc',
        "",
        '"*"',
        '*, "abc"',  # a star in a list is no star
        '"abc", *',
        '"abc-other"',
        '"abcgzip"',
        '"a", b c "abc"',
        "\n",
    ],
)
def test_other_tags_mean_changed(tags: str) -> None:
    """http-20."""
    assert answer(if_none_match=tags) == 200


def test_tags_may_come_in_several_lines() -> None:
    """http-20."""
    assert answer(if_none_match=['"one"', '"two", "abc"']) == 304


def test_a_tag_decides_alone() -> None:
    """http-17, http-68."""
    assert answer(if_none_match='"other"', if_modified_since="Sun, 06 Nov 2094 08:49:37 GMT") == 200
    assert answer(if_none_match='"abc"', if_modified_since="Sun, 06 Nov 1904 08:49:37 GMT") == 304


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 304),
        ("Sun, 06 Nov 1994 08:49:36 GMT", 200),
        ("Sun, 06 Nov 1994 08:49:38 GMT", 304),
        ("Mon, 01 Jan 2046 00:00:00 GMT", 304),  # http-22
        ("Sunday, 06-Nov-94 08:49:37 GMT", 304),
        ("Sun Nov  6 08:49:37 1994", 304),
        ("yesterday", 200),
    ],
)
def test_a_date_decides_when_there_is_no_tag(date: str, expected: int) -> None:
    """http-18, http-69."""
    assert expected == answer(if_modified_since=date)


def test_several_dates_are_no_date() -> None:
    """http-18."""
    assert answer(if_modified_since=["Sun, 06 Nov 2094 08:49:37 GMT"] * 2) == 200


@pytest.mark.parametrize(
    ("tags", "expected"),
    [('"abc"', 200), ("*", 200), ('"other", "abc"', 200), ('W/"abc"', 412), ('"xyz"', 412), ("abc", 412), ("", 412)],
)
def test_a_wanted_tag_is_compared_strongly(tags: str, expected: int) -> None:
    """http-15."""
    assert expected == answer(if_match=tags)


def test_a_wanted_tag_beats_a_wanted_date() -> None:
    """http-15, http-16."""
    assert answer(if_match='"abc"', if_unmodified_since="Sun, 06 Nov 1904 08:49:37 GMT") == 200


@pytest.mark.parametrize(
    ("date", "expected"),
    [("Sun, 06 Nov 1994 08:49:37 GMT", 200), ("Sun, 06 Nov 1994 08:49:36 GMT", 412), ("yesterday", 200)],
)
def test_a_wanted_date_that_is_over_fails(date: str, expected: int) -> None:
    """http-16."""
    assert expected == answer(if_unmodified_since=date)


def test_a_wanted_version_that_the_reader_has_is_unchanged() -> None:
    """The order of RFC 9110 section 13.2.2: what is wanted comes first, then what the reader has."""
    assert answer(if_match="*", if_none_match='"abc"') == 304
    assert answer(if_match='"other"', if_none_match='"abc"') == 412


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ([], "identity"),
        ([""], "identity"),
        (["gzip"], "gzip"),
        (["x-gzip"], "gzip"),
        (["GZIP"], "gzip"),
        (["deflate, gzip"], "gzip"),
        (["gzip;q=0"], "identity"),
        (["gzip;q=0.000"], "identity"),
        (["gzip; q=0.5"], "gzip"),
        (["gzip;q=0.5, identity"], "identity"),
        (["gzip;q=0.5, identity;q=0.5"], "gzip"),
        (["gzip, identity;q=0.5"], "gzip"),
        (["*"], "gzip"),
        (["*;q=0.1, identity;q=0.5"], "identity"),
        (["*;q=0, identity"], "identity"),
        (["gzip;q=0, *"], "identity"),
        (["gzip;q=0, br"], "identity"),
        (["identity;q=0"], "gzip"),
        (["identity;q=0, gzip;q=0"], "identity"),
        (["*;q=0"], "identity"),
        (["br"], "identity"),
        (["br", "gzip"], "gzip"),
        (["gzip;q=high"], "identity"),
        (["gzip;q=1;x=y"], "gzip"),
    ],
)
def test_a_coding_is_chosen_by_weight(accepted: list[str], expected: str) -> None:
    """http-26, http-71."""
    assert expected == choose_coding(accepted, ("gzip",))


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [("gzip, br", "br"), ("gzip, br;q=0.9", "gzip"), ("gzip;q=0, br", "br"), ("*", "br"), ("*, br;q=0", "gzip")],
)
def test_the_best_of_several_codings_is_chosen(accepted: str, expected: str) -> None:
    """http-27, http-71."""
    assert expected == choose_coding([accepted], ("br", "gzip"))


@pytest.mark.parametrize("accepted", ["", "gzip", "identity;q=0", "*"])
def test_a_document_without_codings_goes_as_it_is(accepted: str) -> None:
    """http-27: short bodies are not compressed."""
    assert choose_coding([accepted], ()) == "identity"


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(st.characters(min_codepoint=9, max_codepoint=255), max_size=60), max_size=3))
def test_no_field_that_a_stranger_sends_breaks_the_answer(lines: list[str]) -> None:
    names = ("if-match", "if-none-match", "if-modified-since", "if-unmodified-since")
    for name in names:
        assert status({name: lines}, selected=PLAIN, tags={PLAIN}, modified=CHANGED, now=NOW) in {200, 304, 412}
    assert choose_coding(lines, ("gzip",)) in {"gzip", "identity"}


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("," * 500_000 + '"abc"', 304),
        (" " * 500_000 + "x" * 500_000, 200),
        (" " * 500_000 + '"abc', 200),
        ("x" * 500_000 + '"', 200),
        ('"' * 500_001, 200),
    ],
)
def test_a_list_takes_no_longer_than_its_length(tags: str, expected: int) -> None:
    assert expected == answer(if_none_match=tags)
