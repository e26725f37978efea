"""More hands: in order, at once, and never left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from syndicator.crew import Crew
from tests.newsroom import eventually


def double(number: int) -> int:
    return 2 * number


def who(_: int) -> int:
    return os.getpid()


def fail(number: int) -> int:
    raise ValueError(number)


@pytest.mark.parametrize("big", [True, False])
def test_results_come_in_the_order_of_the_batches(big: bool) -> None:
    with Crew(2) as crew:
        assert [2 * number for number in range(100)] == list(crew.map(double, range(100), big=big))


def test_small_work_is_done_here_and_big_work_elsewhere() -> None:
    with Crew(2) as crew:
        assert {os.getpid()} == set(crew.map(who, range(20), big=False))
        assert os.getpid() not in set(crew.map(who, range(20), big=True))
    with Crew(1) as crew:
        assert {os.getpid()} == set(crew.map(who, range(20), big=True))


def test_an_error_comes_out_and_the_processes_end() -> None:
    with pytest.raises(ValueError, match="7"), Crew(2) as crew:
        list(crew.map(fail, [7], big=True))


def test_no_process_outlives_a_killed_parent() -> None:
    code = textwrap.dedent(
        """
        import os, time
        from syndicator.crew import Crew
        from tests.integration.test_crew import who
        with Crew(2) as crew:
            print(*set(crew.map(who, range(50), big=True)), flush=True)
            os.kill(os.getpid(), 9)
        """
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
        env={**os.environ, "PYTHONPATH": str(root)},
    )

    assert -signal.SIGKILL == done.returncode
    children = [int(pid) for pid in done.stdout.split()]
    assert children
    eventually(lambda: not any(running(pid) for pid in children))


def running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
