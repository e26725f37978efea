"""What is said at the end of a session. It stands here because only here the process that runs workers sees it."""

from __future__ import annotations

import gc
import os
from itertools import chain

import pytest

from tests.readers.table import lines, rows_in


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Who saw what, if readers read."""
    if rows := rows_in(chain.from_iterable(terminalreporter.stats.values())):
        terminalreporter.section("what readers see")
        for line in lines(rows):
            terminalreporter.write_line(line)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: a test that lives through a whole minute mostly waits."""
    return len(os.sched_getaffinity(0)) + 1


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest one first, so that nobody waits for it in the end."""
    items.sort(key=lambda item: "test_soak" not in item.nodeid)


def pytest_collection_finish() -> None:
    """Thousands of tests are no garbage: looking through them again and again takes time."""
    gc.collect()
    gc.freeze()
