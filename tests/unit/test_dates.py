"""Dates: every accepted form in every kind of zone, and a reason for every form that is not."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.dialects.eleventy import Eleventy
from syndicator.dialects.hugo import Hugo
from syndicator.dialects.jekyll import Jekyll
from syndicator.dialects.plain import Plain
from syndicator.posts.dates import left_out, parse_date, wall_clock
from syndicator.posts.epoch import from_epoch, unit_of
from syndicator.posts.values import Quoted

ZONES = ("UTC", "Europe/Berlin", "Asia/Tokyo", "America/Los_Angeles")
NEW_YORK = ZoneInfo("America/New_York")
# UTC offsets of ZONES on 24 August, when Berlin and Los Angeles have daylight saving.
AUGUST = (0, 2, 9, -7)


def jekyll(value: object, zone: str = "UTC") -> str:
    return _short(parse_date(value, ZoneInfo(zone), seconds_are_utc=True))


def plain(value: object, zone: str = "UTC") -> str:
    return _short(parse_date(value, ZoneInfo(zone), seconds_are_utc=False))


def _short(instant: datetime) -> str:
    assert instant.tzinfo is UTC
    return instant.isoformat().removesuffix("+00:00")


@pytest.mark.parametrize(("zone", "hours"), list(zip(ZONES, AUGUST, strict=True)))
@pytest.mark.parametrize(
    ("written", "wall"),
    [
        ("2023-08-24 12:55", "2023-08-24T12:55:00"),
        ("2023-08-24T12:55", "2023-08-24T12:55:00"),
        ("2023-08-24  9:05", "2023-08-24T09:05:00"),
        ("2023-08-24", "2023-08-24T00:00:00"),
        ("2023-8-4", "2023-08-04T00:00:00"),
        (" 2023-08-24 ", "2023-08-24T00:00:00"),
        ("24 Aug 2023", "2023-08-24T00:00:00"),
        ("24 August 2023 12:55", "2023-08-24T12:55:00"),
        ("Thu, 24 Aug 2023 12:55:10", "2023-08-24T12:55:10"),
        (date(2023, 8, 24), "2023-08-24T00:00:00"),
        (datetime(2023, 8, 24, 12, 55, 1), "2023-08-24T12:55:01"),
    ],
)
def test_what_has_no_zone_is_in_the_sites_zone(zone: str, hours: int, written: object, wall: str) -> None:
    """frontmatter-12, frontmatter-54, frontmatter-77."""
    expected = _short((datetime.fromisoformat(wall) - timedelta(hours=hours)).replace(tzinfo=UTC))

    assert expected == jekyll(written, zone)
    assert expected == plain(written, zone)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2023-08-24T12:55:00Z", "2023-08-24T12:55:00"),
        ("2023-08-24 12:55:00 +02:00", "2023-08-24T10:55:00"),
        ("2023-08-24 12:55:00 +0200", "2023-08-24T10:55:00"),
        ("2023-08-24 12:55:00+02", "2023-08-24T10:55:00"),
        ("2023-08-24 12:55:00 +2", "2023-08-24T10:55:00"),
        ("2023-08-24 12:55:00 -2:30", "2023-08-24T15:25:00"),
        ("2023-08-24 12:55:00 +230", "2023-08-24T10:25:00"),
        ("2023-08-24 12:55 -0530", "2023-08-24T18:25:00"),
        ("2023-08-24 12:55:00 UTC", "2023-08-24T12:55:00"),
        ("2023-08-24T12:55:00.25Z", "2023-08-24T12:55:00.250000"),
        ("Thu, 24 Aug 2023 12:55:00 GMT", "2023-08-24T12:55:00"),
        ("24 Aug 2023 12:55 EDT", "2023-08-24T16:55:00"),
        ("Thu, 24 Aug 2023 12:55:00 -0700", "2023-08-24T19:55:00"),
        (datetime(2023, 8, 24, 12, tzinfo=timezone(timedelta(hours=3))), "2023-08-24T09:00:00"),
    ],
)
def test_a_zone_in_the_text_wins(zone: str, written: object, expected: str) -> None:
    """frontmatter-11, frontmatter-12, frontmatter-53."""
    assert expected == jekyll(written, zone)
    assert expected == plain(written, zone)


@pytest.mark.parametrize("make", [Jekyll, Plain])
@pytest.mark.parametrize(("zone", "hours"), list(zip(ZONES, AUGUST, strict=True)))
@pytest.mark.parametrize(
    ("written", "wall"),
    [
        ("2023/08/24", "2023-08-24T00:00:00"),
        ("2023/8/4", "2023-08-04T00:00:00"),
        ("2023.08.24", "2023-08-24T00:00:00"),
        ("2023/08/24 12:55", "2023-08-24T12:55:00"),
        ("2023/08/24 12:55:10", "2023-08-24T12:55:10"),
        ("2023/08/24T12:55:10", "2023-08-24T12:55:10"),
        ("20230824", "2023-08-24T00:00:00"),
    ],
)
def test_a_year_that_comes_first_is_read_in_the_sites_zone_with_seconds_too(
    make: type[Jekyll | Plain], zone: str, hours: int, written: str, wall: str
) -> None:
    """frontmatter-11, frontmatter-14: no time stamp to SafeYAML, so Ruby reads it in the zone of the build.

    Jekyll 4.3.1 gives 2023-10-15T12:30:00+02:00 for "2023/10/15 12:30:00" in Europe/Berlin, and takes 20231015 for a
    date.
    """
    expected = (datetime.fromisoformat(wall) - timedelta(hours=hours)).replace(tzinfo=UTC)

    assert expected == make().instant(written, ZoneInfo(zone))
    assert expected == make().instant(Quoted(written), ZoneInfo(zone))


@pytest.mark.parametrize("make", [Jekyll, Plain])
@pytest.mark.parametrize("written", ["2023/10/15 12:30:00 +0200", "2023.10.15 10:30 Z", "2023/10/15T12:30+02:00"])
def test_a_zone_after_a_year_that_comes_first_wins(make: type[Jekyll | Plain], written: str) -> None:
    """frontmatter-11, frontmatter-14."""
    assert datetime(2023, 10, 15, 10, 30, tzinfo=UTC) == make().instant(written, NEW_YORK)


@pytest.mark.parametrize("make", [Hugo, Eleventy])
@pytest.mark.parametrize("written", ["2023/10/15", "2023.10.15", "2023/10/15 12:30:00 +0200"])
def test_hugo_and_eleventy_read_no_slashes(make: type[Hugo | Eleventy], written: str) -> None:
    """frontmatter-53, frontmatter-67: Hugo 0.168 has no date then, and Luxon no ISO 8601."""
    with pytest.raises(ValueError, match="reads hyphens alone"):
        make().instant(written, NEW_YORK)


@pytest.mark.parametrize("make", [Jekyll, Plain])
@pytest.mark.parametrize(
    ("written", "hour"),
    [("2023-08-24 12:55 EST", 17), ("2023-08-24 12:55:00 EDT", 16), ("2023/08/24 12:55 PDT", 19)],
)
def test_the_zones_that_rfc_822_names_may_follow_any_date(make: type[Jekyll | Plain], written: str, hour: int) -> None:
    """frontmatter-11: Jekyll 4.3.1 reads them so, with seconds and without."""
    assert datetime(2023, 8, 24, hour, 55, tzinfo=UTC) == make().instant(written, ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize("make", [Jekyll, Plain])
@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2023-08-24 9:05 PM", "2023-08-24T19:05:00"),
        ("2023-08-24 09:05:10 PM", "2023-08-24T19:05:10"),
        ("2023-08-24 9:05pm", "2023-08-24T19:05:00"),
        ("2023-08-24 9:05 p.m.", "2023-08-24T19:05:00"),
        ("2023/08/24 9:05 PM", "2023-08-24T19:05:00"),
        ("2023-08-24 12:05 am", "2023-08-23T22:05:00"),
        ("2023-08-24 12:05 PM", "2023-08-24T10:05:00"),
        ("2023-08-24 9:05 PM EST", "2023-08-25T02:05:00"),
        ("2023-08-24 9:05 PM +0200", "2023-08-24T19:05:00"),
        ("August 24, 2023 9:05 PM", "2023-08-24T19:05:00"),
        ("24 Aug 2023 9:05 PM", "2023-08-24T19:05:00"),
        ("August 24, 2023", "2023-08-23T22:00:00"),
        ("Aug. 24 2023", "2023-08-23T22:00:00"),
        ("Thursday, August 24, 2023, 21:05", "2023-08-24T19:05:00"),
    ],
)
def test_americas_ways_to_write_a_date_have_one_reading(
    make: type[Jekyll | Plain], written: str, expected: str
) -> None:
    """frontmatter-11, frontmatter-14: the instants are those of Jekyll 4.3.1 in Europe/Berlin, with seconds too."""
    assert expected == _short(make().instant(written, ZoneInfo("Europe/Berlin")))


@pytest.mark.parametrize("make", [Hugo, Eleventy])
@pytest.mark.parametrize("written", ["2023-08-24 12:55:00 EST", "August 24, 2023", "2023-08-24 9:05 PM"])
def test_hugo_and_eleventy_read_none_of_these(make: type[Hugo | Eleventy], written: str) -> None:
    """frontmatter-53, frontmatter-67."""
    with pytest.raises(ValueError, match="certainty"):
        make().instant(written, NEW_YORK)


@pytest.mark.parametrize(
    ("zone", "written", "expected", "skipped"),
    [
        ("America/New_York", "2020-03-08T02:30:00", "2020-03-08T01:30:00-05:00", True),
        ("America/New_York", "2023-11-05T01:30:00", "2023-11-05T01:30:00-04:00", False),
        ("America/Sao_Paulo", "2017-10-15", "2017-10-14T23:00:00-03:00", True),
        ("America/Sao_Paulo", "2018-02-17T23:30:00", "2018-02-17T23:30:00-02:00", False),
        ("Europe/London", "2023-03-26T01:30:00", "2023-03-26T02:30:00+01:00", True),
        ("Europe/London", "2023-10-29T01:30:00", "2023-10-29T01:30:00+00:00", False),
        ("Europe/Berlin", "2023-10-29T02:30:00", "2023-10-29T02:30:00+01:00", False),
        ("Australia/Lord_Howe", "2023-10-01T02:15:00", "2023-10-01T02:45:00+11:00", True),
        ("Australia/Lord_Howe", "2023-04-02T01:45:00", "2023-04-02T01:45:00+10:30", False),
        ("Pacific/Apia", "2011-12-30T12:00:00", "2011-12-31T12:00:00+14:00", True),
        ("Asia/Beirut", "2022-03-27", "2022-03-27T01:00:00+03:00", True),
    ],
)
def test_days_that_change_the_clocks_are_hugos(zone: str, written: str, expected: str, skipped: bool) -> None:
    """frontmatter-13, frontmatter-53: the dates are those that Hugo 0.168 writes into its feed.

    They stand in the address too, whose day may be the one before.
    """
    instant = Hugo().instant(written, ZoneInfo(zone))

    assert (datetime.fromisoformat(expected), skipped) == (instant, left_out(written, ZoneInfo(zone), instant))
    assert expected == wall_clock(written, ZoneInfo(zone)).isoformat()


@pytest.mark.parametrize(("zone", "hours"), list(zip(ZONES, AUGUST, strict=True)))
def test_to_jekyll_seconds_without_a_zone_are_utc(zone: str, hours: int) -> None:
    """frontmatter.md 14."""
    assert "2023-08-24T12:55:00" == jekyll("2023-08-24 12:55:00", zone)
    assert "2023-08-24T12:55:00" == jekyll("2023-08-24T12:55:00", zone)
    assert _short(datetime(2023, 8, 24, 12, 55, tzinfo=UTC) - timedelta(hours=hours)) == plain(
        "2023-08-24 12:55:00", zone
    )


@pytest.mark.parametrize(
    ("zone", "written", "expected", "skipped"),
    [
        ("Europe/Berlin", "2024-03-31 01:59", "2024-03-31T00:59:00", False),
        ("Europe/Berlin", "2024-03-31 02:30", "2024-03-31T01:30:00", True),
        ("Europe/Berlin", "2024-03-31 03:00", "2024-03-31T01:00:00", False),
        ("Europe/Berlin", "2024/03/31 02:30:00", "2024-03-31T01:30:00", True),
        ("Europe/Berlin", "2024-10-27 02:30", "2024-10-27T00:30:00", False),
        ("America/Los_Angeles", "2024-03-10 02:00", "2024-03-10T10:00:00", True),
        ("America/Los_Angeles", "2024-11-03 01:30", "2024-11-03T08:30:00", False),
        ("America/Los_Angeles", "2024-03-10 02:00 -0800", "2024-03-10T10:00:00", False),
        ("Asia/Tokyo", "2024-03-31 02:30", "2024-03-30T17:30:00", False),
        ("Pacific/Apia", "2011-12-30 12:00", "2011-12-30T22:00:00", True),
        ("Europe/Berlin", "2024-03-31 02:30:00", "2024-03-31T02:30:00", False),
    ],
)
def test_days_that_change_the_clocks(zone: str, written: str, expected: str, skipped: bool) -> None:
    """frontmatter.md 13: the offset before the change, and times that do not exist are known as such."""
    instant = parse_date(written, ZoneInfo(zone), seconds_are_utc=True, year_first=True)

    assert (expected, skipped) == (_short(instant), left_out(written, ZoneInfo(zone), instant))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("03/04/2023", "several ways"),
        ("3.4.2023", "several ways"),
        ("23/10/15", "several ways"),
        ("2023/10.15", "several ways"),
        ("2023/10/15 13:30 PM", "several ways"),
        ("2023/10/15 0:30 AM", "several ways"),
        ("0123/10/15", "several ways"),
        ("2023/13/45", "does not exist"),
        ("2023/02/29", "does not exist"),
        ("20231345", "does not exist"),
        ("23-08-24", "two digits"),
        ("24 Aug 23", "two digits"),
        ("Fri Sep  3 11:21:31 CEST 2021", "certainty"),
        ("August 24th, 2023", "certainty"),
        ("yesterday", "certainty"),
        ("", "certainty"),
        ("2023-08-24 12", "certainty"),
        ("2023-08-24 12:55 XM", "certainty"),
        ("2023-08-24 PM", "certainty"),
        ("August 24, 23", "certainty"),
        ("August 32, 2023", "does not exist"),
        ("Augustus 24, 2023", "certainty"),
        ("٢٠٢٣-٠٨-٢٤", "certainty"),
        ("Xyz, 24 Aug 2023", "certainty"),
        ("24 Foo 2023", "certainty"),
        ("2023-08-24 12:55 CEST", "certainty"),
        ("24 Aug 2023 12:55 BST", "several meanings"),
        ("2023-08-24 12:55 +2500", "impossible offset"),
        ("2023-13-45", "does not exist"),
        ("2023-02-29", "does not exist"),
        ("2023-08-24 24:00", "does not exist"),
        ("0000-00-00", "does not exist"),
        ("0001-01-01T00:00:00Z", "before 1000"),
        ("2016-12-31T23:59:60Z", "leap second"),
        ("1692881700", "number"),
        ("99999999999999999999", "number"),
        (1692881700, "number"),
        (1.5, "number"),
        (True, "true or false"),
        (["2026", "1", "1"], "a list"),
        ({"a": "b"}, "a table"),
        (None, "nothing"),
        (time(12, 55), "without a date"),
        ("a\x1b[2J" * 50, "\\x1b"),
    ],
)
def test_other_values_are_refused_with_a_reason(value: object, reason: str) -> None:
    """frontmatter.md 11; expected.md date-*."""
    with pytest.raises(ValueError, match=reason.replace("\\", "\\\\")) as caught:
        parse_date(value, NEW_YORK, seconds_are_utc=True, year_first=True)

    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("zone", [*ZONES, "Pacific/Kiritimati", "Etc/GMT+12"])
@pytest.mark.parametrize(
    "written", ["9999-12-31", "9999-12-31 23:59", "9999-12-31 23:59:59 -1200", "9999-12-31 23:59:59Z"]
)
def test_never_is_an_instant_with_a_wall_clock_in_every_zone(written: str, zone: str) -> None:
    """frontmatter-49: people write the end of the calendar for what never expires."""
    instant = parse_date(written, ZoneInfo(zone), seconds_are_utc=True)

    assert "9999-12-30T10:00:00" <= _short(instant) <= "9999-12-30T23:59:59"
    assert not left_out(written, ZoneInfo(zone), instant)
    for other in ("Pacific/Kiritimati", "Etc/GMT+12"):
        assert 9999 == instant.astimezone(ZoneInfo(other)).year


@settings(max_examples=100, deadline=None)
@given(
    st.datetimes(min_value=datetime(1000, 1, 2), max_value=datetime(9999, 12, 29)),
    st.sampled_from(["%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"]),
)
def test_the_quick_way_for_usual_dates_reads_what_the_patterns_read(moment: datetime, form: str) -> None:
    """frontmatter-11: a blank more is read by the patterns."""
    written = moment.strftime(form)
    slow = written.replace(" ", "  ") if " " in written else written.replace("-0", "-")

    assert jekyll(written, "Asia/Tokyo") == jekyll(slow, "Asia/Tokyo")
    assert plain(written, "Asia/Tokyo") == plain(slow, "Asia/Tokyo")


@pytest.mark.parametrize("value", [" " * 60_000, "1" * 60_000, "a" * 60_000, "1 " * 30_000, "1 a " * 15_000])
def test_long_values_are_refused_at_once(value: str) -> None:
    with pytest.raises(ValueError, match="date"):
        parse_date(value, NEW_YORK, seconds_are_utc=True)


@settings(max_examples=100, deadline=None)
@given(
    st.datetimes(min_value=datetime(1000, 1, 2), max_value=datetime(9999, 12, 30)),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata", "America/New_York"]),
)
def test_what_has_an_offset_is_that_instant_in_every_zone(moment: datetime, zone: str) -> None:
    aware = moment.replace(microsecond=0, tzinfo=timezone(timedelta(hours=5, minutes=30)))

    assert aware == parse_date(aware.isoformat(), ZoneInfo(zone), seconds_are_utc=True)
    assert aware == parse_date(aware.isoformat(" "), ZoneInfo(zone), seconds_are_utc=False)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="0123456789-:TZ+ .JanMon,/", max_size=30))
def test_whatever_the_text_an_instant_in_utc_or_a_value_error_comes_out(text: str) -> None:
    with suppress(ValueError):
        assert parse_date(text, NEW_YORK, seconds_are_utc=True, year_first=True).tzinfo is UTC


# --- counts since 1970 --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (1697328000, "seconds", datetime(2023, 10, 15, tzinfo=UTC)),
        ("1697328000", "seconds", datetime(2023, 10, 15, tzinfo=UTC)),
        (" 1697328000 ", "seconds", datetime(2023, 10, 15, tzinfo=UTC)),
        ("1697328000123", "milliseconds", datetime(2023, 10, 15, 0, 0, 0, 123000, tzinfo=UTC)),
        (100000000, "seconds", datetime(1973, 3, 3, 9, 46, 40, tzinfo=UTC)),
        ("99999999999", "seconds", datetime(5138, 11, 16, 9, 46, 39, tzinfo=UTC)),
        ("1697328000", "off", None),
        ("1697328000", "milliseconds", None),
        ("1697328000123", "seconds", None),
        ("20231015", "seconds", None),
        ("0001697328000", "milliseconds", None),
        ("-1697328000", "seconds", None),
        ("1697328000.5", "seconds", None),
        ("1_697_328_000", "seconds", None),
        ("١٦٩٧٣٢٨٠٠٠", "seconds", None),
        pytest.param(10**5000, "seconds", None, id="huge"),
        (True, "seconds", None),
        (1697328000.5, "seconds", None),
        (None, "seconds", None),
        ([1697328000], "seconds", None),
    ],
)
def test_a_count_is_read_in_the_unit_that_is_set_and_in_no_other(
    value: object, unit: str, expected: datetime | None
) -> None:
    """frontmatter-11."""
    assert expected == from_epoch(value, unit)


@pytest.mark.parametrize(
    ("value", "expected"), [(1697328000, "seconds"), ("1697328000123", "milliseconds"), ("20231015", ""), ("x", "")]
)
def test_what_a_number_seems_to_count_is_told_by_its_digits(value: object, expected: str) -> None:
    """frontmatter-11."""
    assert expected == unit_of(value)
