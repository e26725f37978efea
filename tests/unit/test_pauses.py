"""How soon caches are looked at again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from syndicator.deliveries.pauses import BRIEFLY, PATIENCE, next_look, patience

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND, WITHIN = timedelta(seconds=1), timedelta(minutes=10)


@pytest.mark.parametrize(
    ("attempts", "late", "asked", "pause"),
    [
        (0, 0, None, 1),
        (3, 7, None, 8),
        (5, 31, None, 30),
        (10**9, 100, None, 30),
        (0, 0, 90, 90),
        (4, 0, 3, 16),
        (4, 595, None, 5),
        (0, 0, 86_400, 600),
        (9, 600, None, None),
        (9, 86_400, 60, None),
        (0, -3600, 86_400, 600),
        (0, 86_400, None, 1),
        (1, 86_400, 60, 2),
        (2, 600, None, 4),
        (3, 600, None, None),
    ],
)
def test_pauses_grow_quickly_and_end(attempts: int, late: int, asked: int | None, pause: int | None) -> None:
    """``late`` is how many seconds after the publication; before it, when a clock was set back."""
    wait = next_look(attempts, NOON, NOON + late * SECOND, WITHIN, None if asked is None else asked * SECOND)

    assert (None if pause is None else pause * SECOND) == wait


def test_who_is_late_is_looked_at_once_more_and_briefly() -> None:
    """Hundreds that hang are late together: nobody waits for them for an hour."""
    instants = (NOON - WITHIN, NOON, NOON + WITHIN - SECOND, NOON + WITHIN)

    assert [PATIENCE, PATIENCE, PATIENCE, BRIEFLY] == [patience(NOON, now, WITHIN) for now in instants]


def test_who_was_down_looks_again_for_a_few_seconds_and_no_longer_than_is_waited_at_all() -> None:
    """A restart an hour after the publication; what hangs has the time of others."""
    late = NOON + timedelta(hours=1)

    assert [1, 2, 4, None] == [
        pause and pause / SECOND for pause in (next_look(attempts, NOON, late, WITHIN) for attempts in range(4))
    ]
    assert [SECOND, 2 * SECOND, None] == [next_look(attempts, NOON, late, 3 * SECOND) for attempts in range(3)]
    assert next_look(0, NOON, late, WITHIN, hangs=True) is None
