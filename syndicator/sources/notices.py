"""Word of changes where there is no inotify: watchfiles, which says what was touched but not what is whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import aclosing
from pathlib import Path

from watchfiles import Change, awatch
from watchfiles._rust_notify import WatchfilesRustInternalError

from syndicator.ports import Touched

#: Milliseconds: how long events are gathered at most, and how long a quiet moment ends the gathering.
_GATHER, _STEP = 200, 20


async def notices(
    root: Path, ignored: Sequence[str], stop: asyncio.Event, still_there: float
) -> AsyncGenerator[Touched, None]:
    """What was touched below a real folder; nothing now and then, every ``still_there`` seconds.

    ``ignored`` are whole paths. Raises OSError when the folder cannot be watched. Where some folder may not be read
    that is such a fault, too: nobody would be told of the others.
    """
    watch = awatch(
        root, watch_filter=_outside(ignored), debounce=_GATHER, step=_STEP, rust_timeout=round(still_there * 1000),
        yield_on_timeout=True, stop_event=stop,
    )  # fmt: skip
    try:
        async with aclosing(watch) as batches:
            async for changes in batches:
                yield _relative(root, changes)
    except WatchfilesRustInternalError as error:
        raise OSError(str(error)) from error


def _relative(root: Path, changes: Collection[tuple[Change, str]]) -> Touched:
    begin = f"{root}/"
    if any(not path.startswith(begin) for _, path in changes):
        return None
    return frozenset(path.removeprefix(begin) for _, path in changes)


def _outside(ignored: Sequence[str]) -> Callable[[Change, str], bool]:
    def counts(_: Change, path: str) -> bool:
        return not any(path == one or path.startswith(f"{one}/") for one in ignored)

    return counts
