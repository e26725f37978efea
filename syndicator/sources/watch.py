"""Hints that a folder may have changed; the scan is the truth."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

from watchfiles import awatch

log = logging.getLogger(__name__)

#: Milliseconds: how long events are gathered at most, and how long a quiet moment ends the gathering.
_GATHER, _STEP = 200, 20
_RETRY_AFTER = 2.0


async def hints(root: Path, stop: asyncio.Event) -> AsyncIterator[None]:
    """Yield whenever something below the folder may have changed, until ``stop``.

    A folder that is missing or replaced is watched again when it is back. Links inside are not followed.
    """
    while not stop.is_set():
        try:
            async for _ in awatch(
                root, debounce=_GATHER, step=_STEP, stop_event=stop, rust_timeout=5_000, watch_filter=None
            ):
                yield None
                if not await asyncio.to_thread(root.exists):
                    break
        except (FileNotFoundError, OSError) as error:
            log.warning("folder not watched", extra={"path": str(root), "reason": str(error)})
        if not stop.is_set():
            yield None
            await _pause(stop)


async def _pause(stop: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(stop.wait(), _RETRY_AFTER)
    except TimeoutError:
        return
