"""What is said at the end of a session. It stands here because only here the process that runs workers sees it."""

from __future__ import annotations

import gc
from itertools import chain

import pytest

from tests.readers.table import lines, rows_in


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Who saw what, if readers read."""
    if rows := rows_in(chain.from_iterable(terminalreporter.stats.values())):
        terminalreporter.section("what readers see")
        for line in lines(rows):
            terminalreporter.write_line(line)


def pytest_collection_finish() -> None:
    """Thousands of tests are no garbage: looking through them again and again takes time."""
    gc.collect()
    gc.freeze()
