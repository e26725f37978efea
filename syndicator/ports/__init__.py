"""What the pass needs from the world: a source, a dialect, a publisher, a state and remote images; and the service."""

from __future__ import annotations

from syndicator.ports.dialect import HTML_ENDINGS, Configured, Dialect, FileName, PostFacts, SiteFacts, Templates
from syndicator.ports.publisher import Publisher
from syndicator.ports.serving import Sight, Timer, Window
from syndicator.ports.source import (
    BEING_WRITTEN,
    BuiltSite,
    FetchReport,
    LiveFiles,
    Move,
    Scan,
    SiteFiles,
    Source,
    Surroundings,
    Touched,
    Upstream,
)
from syndicator.ports.state import (
    EntryRecord,
    ImageAnswer,
    ImageDesk,
    Ledger,
    LedgerChange,
    Outbox,
    PassRecord,
    Publication,
    Refusal,
    Settled,
    StoredEntry,
    Wanted,
)

__all__ = [
    "BEING_WRITTEN",
    "HTML_ENDINGS",
    "BuiltSite",
    "Configured",
    "Dialect",
    "EntryRecord",
    "FetchReport",
    "FileName",
    "ImageAnswer",
    "ImageDesk",
    "Ledger",
    "LedgerChange",
    "LiveFiles",
    "Move",
    "Outbox",
    "PassRecord",
    "PostFacts",
    "Publication",
    "Publisher",
    "Refusal",
    "Scan",
    "Settled",
    "Sight",
    "SiteFacts",
    "SiteFiles",
    "Source",
    "StoredEntry",
    "Surroundings",
    "Templates",
    "Timer",
    "Touched",
    "Upstream",
    "Wanted",
    "Window",
]
