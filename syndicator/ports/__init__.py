"""What the pass needs from the world: a source, a dialect, a publisher, a state and remote images; and the service."""

from __future__ import annotations

from syndicator.ports.dialect import (
    HTML_ENDINGS,
    Configured,
    Dialect,
    FileName,
    PictureFacts,
    PostFacts,
    SiteFacts,
    Templates,
)
from syndicator.ports.images import ImageAnswer, ImageDesk
from syndicator.ports.ledger import (
    EntryRecord,
    Ledger,
    LedgerChange,
    PassRecord,
    PostLine,
    Publication,
    Refusal,
    StoredEntry,
)
from syndicator.ports.outbox import Outbox, Settled, Wanted
from syndicator.ports.publisher import Publisher
from syndicator.ports.serving import Sight, Timer, Window
from syndicator.ports.source import (
    BEING_WRITTEN,
    BuiltSite,
    FetchReport,
    LiveFiles,
    Move,
    Scan,
    Scout,
    SiteFiles,
    Source,
    Surroundings,
    Touched,
    Upstream,
    Versions,
    own_version,
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
    "PictureFacts",
    "PostFacts",
    "PostLine",
    "Publication",
    "Publisher",
    "Refusal",
    "Scan",
    "Scout",
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
    "Versions",
    "Wanted",
    "Window",
    "own_version",
]
