"""What is owed to hubs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A hub is owed word of a topic's new version."""

    hub: str
    topic: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One thing to send to one address, owed ``since`` and tried again when ``due``.

    ``id`` is the state's; ``attempts`` counts those already made; ``status`` is pending or given up.
    """

    id: int
    hub: str
    topic: str
    digest: str
    attempts: int
    since: datetime
    due: datetime
    status: str = "pending"
    error: str = ""
