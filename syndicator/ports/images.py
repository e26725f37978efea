"""What is known of remote images, and the questions about them that somebody has to ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from syndicator.model import ImageFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageAnswer:
    """What is remembered of an image: ``version`` for local files, "" for remote ones; ``status`` is known, asked
    (the answer is awaited), failed (asked again when due), refused (never asked again) or missing (a local file)."""

    url: str
    facts: ImageFacts
    status: str
    version: str = ""
    attempts: int = 0
    due: datetime | None = None
    error: str = ""


class ImageDesk(Protocol):
    """Questions about remote images, claimed by lease."""

    def claim_images(self, now: datetime, limit: int, lease: timedelta) -> Sequence[ImageAnswer]: ...
    def answer_image(self, answer: ImageAnswer) -> None: ...
    def next_image_due(self) -> datetime | None: ...
