"""What the service needs beside what a pass does: a clock that wakes it, and a window for readers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from syndicator.model import DocumentRecord


class Timer(Protocol):
    """Wakes somebody at an instant; a later call with the same name replaces the earlier."""

    def at(self, instant: datetime, wake: Callable[[], None], *, name: str) -> None: ...
    def every(self, interval: timedelta, wake: Callable[[], None], *, name: str) -> None: ...


class Window(Protocol):
    """What readers see over HTTP: documents, and pages of archives, which it reads itself when somebody asks for one.
    ``show`` may take a while: it compresses."""

    def show(self, documents: Sequence[tuple[DocumentRecord, bytes]], pages: Sequence[DocumentRecord]) -> None: ...
