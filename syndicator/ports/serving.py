"""What the service needs beside what a pass does: a clock that wakes it, and a window for readers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from syndicator.model import DocumentRecord


class Timer(Protocol):
    """Wakes somebody at an instant; a later call with the same name replaces the earlier."""

    def at(self, instant: datetime, wake: Callable[[], None], *, name: str) -> None: ...
    def after(self, delay: timedelta, wake: Callable[[], None], *, name: str) -> None: ...
    def every(self, interval: timedelta, wake: Callable[[], None], *, name: str) -> None: ...
    def forget(self, name: str) -> None: ...
    def on_jump(self, wake: Callable[[], None]) -> None:
        """Wake when the wall clock was set, or the machine has slept."""
        ...

    def pending(self) -> Sequence[tuple[str, datetime]]:
        """What is set, by name, and when by the wall clock each goes off next."""
        ...


class Sight(Protocol):
    """What is seen of changes. ``blind`` says why some may go unseen until the next scan, "" when none do."""

    blind: str

    @property
    def is_exact(self) -> bool:
        """Whether nothing changes unseen, and it is known which files are being written."""
        ...


class Window(Protocol):
    """What readers see over HTTP: documents, and pages of archives, which it reads itself when somebody asks for one.
    ``show`` may take a while: it compresses."""

    def show(self, documents: Sequence[tuple[DocumentRecord, bytes]], pages: Sequence[DocumentRecord]) -> None: ...
