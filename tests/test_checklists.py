"""Every item of the checklists of RSS, Atom, JSON Feed and WebSub is shown by a test, or it is said why not."""

from __future__ import annotations

import pytest

from tests.checklists import LENGTHS, PAGE, Row, broken, naming, rows, shown_by

ROWS = tuple(rows(PAGE.read_text(encoding="utf-8")))
AGAIN = "python -m tests.checklists writes the column anew"


def test_every_item_has_its_row() -> None:
    expected = [f"{name}-{number}" for name, length in LENGTHS.items() for number in range(1, length + 1)]

    assert expected == [row.item for row in ROWS]


@pytest.mark.parametrize("row", ROWS, ids=[row.item for row in ROWS])
def test_an_item_is_shown_or_it_is_said_why_not(row: Row) -> None:
    named, rules = shown_by(row)

    assert [] == [test for test in named if test not in naming().get(row.item, [])], AGAIN
    assert [] == [rule for rule in rules if rule not in broken().get(row.item, [])], AGAIN
    if not named and not rules:
        assert row.shown.startswith("none: ")
        assert row.item not in naming().keys() | broken().keys(), AGAIN


def test_no_test_names_an_item_that_is_not_there() -> None:
    assert set() == naming().keys() - {row.item for row in ROWS}
