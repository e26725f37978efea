"""The short form of ``make soak``: a minute of random edits, faults and kills."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.soak.day import Day


# The seed is a day on which everything happens at least once.
@pytest.mark.timeout(150)
def test_after_a_minute_of_edits_faults_and_kills_feeds_are_as_a_fresh_build_makes_them_and_hubs_know_the_last_versions(
    tmp_path: Path,
) -> None:
    day = Day(tmp_path, seed=7, seconds=60)
    assert [] == day.spend()
    missed = {"killed", "restarted", "locked", "vandalised", "unmounted", "frozen", "doubled"} - day.done.keys()
    assert not missed
