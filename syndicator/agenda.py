"""When posts come and go: instants in whole microseconds, the soonest first."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable


class Agenda:
    """Instants with the paths of posts. One that was noted stays though its post may have changed since: whoever asks
    says which still hold.
    """

    def __init__(self, instants: Iterable[tuple[int, str]] = ()) -> None:
        self._instants = list(instants)
        heapq.heapify(self._instants)

    def note(self, instant: int, path: str) -> None:
        """Something happens to a post then."""
        heapq.heappush(self._instants, (instant, path))

    def passed(self, now: int) -> set[str]:
        """Take out what was to come by ``now``."""
        paths: set[str] = set()
        while self._instants and self._instants[0][0] <= now:
            paths.add(heapq.heappop(self._instants)[1])
        return paths

    def soonest(self, holds: Callable[[int, str], bool]) -> tuple[int, tuple[str, ...]] | None:
        """The first instant that holds for some post, and all posts that it holds for."""
        while self._instants and not holds(*self._instants[0]):
            heapq.heappop(self._instants)
        if not self._instants:
            return None
        first, same = self._instants[0][0], []
        while self._instants and self._instants[0][0] == first:
            same.append(heapq.heappop(self._instants))
        for instant in same:
            heapq.heappush(self._instants, instant)
        return first, tuple(path for at, path in same if holds(at, path))
