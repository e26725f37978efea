"""Many at a time, or one alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Lets many pass at a time. Who wants to be alone waits until all have left; whoever comes meanwhile goes first, so
    that nobody who is inside is ever kept from entering again.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._alone: int | None = None

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Be inside, with others; who is alone may enter again."""
        mine = threading.get_ident()
        with self._changed:
            self._changed.wait_for(lambda: self._alone in (None, mine))
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self, within: float) -> Iterator[bool]:
        """Be alone; gives False when others are inside for longer than ``within`` seconds."""
        with self._changed:
            free = self._changed.wait_for(lambda: self._inside == 0 and self._alone is None, within)
            if free:
                self._alone = threading.get_ident()
        try:
            yield free
        finally:
            if free:
                with self._changed:
                    self._alone = None
                    self._changed.notify_all()
