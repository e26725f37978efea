"""The short form of ``make soak``: a minute of random edits, faults and kills, with the evening."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.soak.day import Day


@pytest.mark.timeout(150)
def test_after_a_minute_of_edits_faults_and_kills_feeds_are_as_a_fresh_build_makes_them_and_hubs_know_the_last_versions(
    tmp_path: Path,
) -> None:
    day = Day(tmp_path, seed=7, seconds=45)
    assert [] == day.spend()
    missed = {"killed", "restarted", "locked", "vandalised", "unmounted", "frozen", "doubled"} - day.done.keys()
    assert not missed
