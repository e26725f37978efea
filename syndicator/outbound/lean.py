"""httpx without its command line, which takes longer to import than all the rest of it."""

from __future__ import annotations

from syndicator.lean import without

__all__ = ["httpx"]

with without("httpx._main"):
    import httpx
