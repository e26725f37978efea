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
    def passing(self, *, wait: bool = True) -> Iterator[bool]:
        """Be inside, with others; who is alone may enter again. Who does not ``wait`` may find that somebody is, which
        gives False.
        """
        mine = threading.get_ident()
        with self._changed:
            free = self._changed.wait_for(lambda: self._alone in (None, mine), None if wait else 0)
            self._inside += free
        try:
            yield free
        finally:
            with self._changed:
                self._inside -= free
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
