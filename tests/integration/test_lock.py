"""Who may write to a state: told to whoever asks, without standing in the way of anybody."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from syndicator.errors import StateError
from syndicator.state.lock import holder, only_writer


def test_the_holder_is_told_with_since_when_and_nobody_is_once_it_has_let_go(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    assert holder(file) is None
    with only_writer(file):
        found = holder(file)

        assert found is not None
        assert os.getpid() == found[0]
        assert abs(found[1] - time.time()) < 60
    assert holder(file) is None


def test_a_lock_file_that_was_taken_away_and_made_anew_says_since_when_as_before(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    lock = tmp_path / "state.db.lock"
    with only_writer(file) as right:
        began, said = holder(file), lock.read_text()
        os.utime(lock, (0, 0))
        lock.unlink()
        right.renew()

        assert began is not None
        assert began == holder(file)
        assert said == lock.read_text()


def test_who_comes_by_a_link_to_the_state_is_a_second_one(tmp_path: Path) -> None:
    file, link = tmp_path / "state.db", tmp_path / "elsewhere" / "other.db"
    file.touch()
    link.parent.mkdir()
    link.symlink_to(file)
    with only_writer(file):
        with pytest.raises(StateError, match=f"another syndicator is at work on it: process {os.getpid()} "):
            only_writer(link).__enter__()
        found = holder(link)
        assert found is not None
        assert os.getpid() == found[0]


@pytest.mark.parametrize("said", [b"", b"nonsense", b"\xff\xfe", b"9" * 1000, b"1", b"-1 on here"])
def test_what_a_dead_process_or_nobody_wrote_names_nobody(tmp_path: Path, said: bytes) -> None:
    (tmp_path / "state.db.lock").write_bytes(said)

    assert holder(tmp_path / "state.db") is None
