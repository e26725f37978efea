"""What goes wrong in a part of the service is told as what it is: the world's fault, or this program's."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from syndicator.alarms import Alarms
from syndicator.health import Health
from syndicator.mending import Mending

NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)


class Nobody:
    """A timer that wakes nobody."""

    def at(self, instant: datetime, wake: Callable[[], None], *, name: str) -> None: ...
    def after(self, delay: timedelta, wake: Callable[[], None], *, name: str) -> None: ...
    def every(self, interval: timedelta, wake: Callable[[], None], *, name: str) -> None: ...
    def forget(self, name: str) -> None: ...
    def on_jump(self, wake: Callable[[], None]) -> None: ...

    def pending(self) -> tuple[tuple[str, datetime], ...]:
        return ()


@contextmanager
def no_file_left() -> Iterator[None]:
    """This process may open none."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def told(error: Exception) -> tuple[str, list[timedelta]]:
    """What is said of a part that fails with it three times in a row, and when it is tried again each time."""
    health = Health()
    pauses: list[timedelta] = []
    alarms = Alarms(Nobody(), lambda: NOW)
    mending = Mending(alarms, health)

    def fail() -> None:
        raise error

    for _ in range(3):
        with mending.tried("pass", lambda: None):
            fail()
        (wait,) = alarms.waits({})
        pauses.append((wait.until or NOW) - NOW)
    return health.problems["pass"], pauses


FIVE = timedelta(seconds=5)


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.EMFILE, os.strerror(errno.EMFILE), "syndicator/dialects/jekyllsite.py"),
        OSError(errno.ENFILE, os.strerror(errno.ENFILE)),
        ImportError("comrak.so: cannot open shared object file: Too many open files"),
    ],
    ids=["module", "system", "library"],
)
def test_a_module_that_cannot_be_read_for_want_of_files_is_no_fault_of_the_program(error: Exception) -> None:
    with no_file_left():
        said, pauses = told(error)

    assert "this process cannot open another file; it is tried again; allow this process more open files" in said
    assert "report" not in said
    assert [FIVE, FIVE, FIVE] == pauses


@pytest.mark.parametrize("error", [OSError(errno.EBADF, "bad"), ImportError("none"), ValueError("x")], ids=repr)
def test_any_other_fault_is_one_and_is_tried_again_ever_later(error: Exception) -> None:
    said, pauses = told(error)

    assert said.endswith("please report it with the log")
    assert [FIVE, 2 * FIVE, 4 * FIVE] == pauses
