"""Hands for work that comes in batches: more processes when there is much of it, this one when there is little."""

from __future__ import annotations

import gc
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

Batch = TypeVar("Batch")
Result = TypeVar("Result")

#: So many batches a process are handed out ahead: enough to keep it busy, few enough to keep memory flat.
_AHEAD = 3
#: <sys/prctl.h>: the signal that Linux sends to a child when its parent is gone.
_PR_SET_PDEATHSIG = 1


@contextmanager
def seldom_looking_for_garbage() -> Iterator[None]:
    """A build makes much and drops little, so that garbage is looked for seldom, and never in what is there already."""
    gc.freeze()
    usual = gc.get_threshold()
    gc.set_threshold(50_000, 20, 100)
    gc.enable()
    try:
        yield
    finally:
        gc.set_threshold(*usual)


class Crew:
    """Processes that start when the first big piece of work comes, and end with the ``with`` block.

    Each begins with ``prepare``: to import what the work will need.
    """

    def __init__(self, jobs: int, prepare: Callable[[], None] = lambda: None) -> None:
        self._jobs = jobs
        self._prepare = prepare
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            import multiprocessing

            self._pool.shutdown(wait=False, cancel_futures=True)
            # All results are here, or nobody wants them: no need to wait until Python has taken a process apart.
            for process in multiprocessing.active_children():
                process.kill()
                process.join()

    def start(self) -> None:
        """Let the processes begin now: they prepare while the caller finds out what there is to do."""
        if self._jobs > 1:
            self._processes().submit(int)

    def shares(self, *, big: bool) -> bool:
        """Whether others take part in work that is so big."""
        return big and self._jobs > 1

    def map(
        self, work: Callable[[Batch], Result], batches: Iterable[Batch], *, big: bool, ahead: int = _AHEAD
    ) -> Iterator[Result]:
        """Results in the order of the batches. Big work begins at once, before anybody asks for its results, and goes
        on by itself for as many batches a process as ``ahead`` says.

        ``work`` and what it takes and gives must be picklable.
        """
        if not self.shares(big=big):
            return map(work, batches)
        pool, remaining = self._processes(), iter(batches)
        started = deque(pool.submit(work, batch) for batch in islice(remaining, ahead * self._jobs))
        return _in_order(pool, work, remaining, started)

    def _processes(self) -> ProcessPoolExecutor:
        if self._pool is None:
            import multiprocessing
            from concurrent.futures import ProcessPoolExecutor

            # Forked, so that a process is there at once with all that is imported. Callers with threads have one job.
            self._pool = ProcessPoolExecutor(
                self._jobs,
                mp_context=multiprocessing.get_context("fork"),
                initializer=_begin,
                initargs=(os.getpid(), self._prepare),
            )
        return self._pool


def _in_order(
    pool: ProcessPoolExecutor, work: Callable[[Batch], Result], remaining: Iterator[Batch], ahead: deque[Future[Result]]
) -> Iterator[Result]:
    while ahead:
        yield ahead.popleft().result()
        ahead.extend(pool.submit(work, batch) for batch in islice(remaining, 1))


def _begin(parent: int, prepare: Callable[[], None]) -> None:
    """Leave Ctrl-C to the parent, and end with it however it ends: nobody else would tell an orphan to stop."""
    import ctypes

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)  # it ended while this was being said
    gc.disable()
    prepare()
    seldom_looking_for_garbage().__enter__()
