"""Dates by a pattern, as Ruby writes them, on any machine."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from syndicator.markup.clock import ordinal, write_date

MOMENT = datetime(2023, 3, 5, 14, 7, 9, 123456, tzinfo=ZoneInfo("America/New_York"))


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("%Y-%m-%d %H:%M:%S", "2023-03-05 14:07:09"),
        ("%F %T %R %D", "2023-03-05 14:07:09 14:07 03/05/23"),
        ("%-d %-m %e %_m %y %C", "5 3  5  3 23 20"),
        ("%A %a %B %b %h %^a %^B", "Sunday Sun March Mar Mar SUN MARCH"),
        ("%I:%M %p %l %P %k %-I", "02:07 PM  2 pm 14 2"),
        ("%z %:z %Z", "-0500 -05:00 EST"),
        ("%j %U %W %V %G %u %w", "064 10 09 09 2023 7 0"),
        ("%L %N %s", "123 123456000 1678043229"),
        ("%c", "Sun Mar  5 14:07:09 2023"),
        ("%v %x %X %r", " 5-MAR-2023 03/05/23 14:07:09 02:07:09 PM"),
        ("%5d %05d %10A", "00005 00005     Sunday"),
        ("100%% %Q %", "100% %Q %"),
        ("%n%t", "\n\t"),
    ],
)
def test_a_pattern_is_written_as_ruby_does(pattern: str, expected: str) -> None:
    assert expected == write_date(MOMENT, pattern)


@pytest.mark.parametrize(
    ("day", "expected"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (13, "13th"), (22, "22nd"), (31, "31st")],
)
def test_days_are_counted(day: int, expected: str) -> None:
    assert expected == ordinal(MOMENT.replace(month=1, day=day))
