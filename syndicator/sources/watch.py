"""Hints that a folder may have changed; the scan is the truth."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Sequence
from contextlib import aclosing
from pathlib import Path

from watchfiles import Change, awatch
from watchfiles._rust_notify import WatchfilesRustInternalError

log = logging.getLogger(__name__)

#: Milliseconds: how long events are gathered at most, and how long a quiet moment ends the gathering.
_GATHER, _STEP = 200, 20
#: Milliseconds after which somebody looks whether the folder still is the one that is watched.
_STILL_THERE = 1_000
#: Seconds after which a folder that cannot be watched is tried again: they double up to the longest.
_SHORTEST, _LONGEST = 2.0, 60.0


async def hints(root: Path, stop: asyncio.Event, ignore: Sequence[Path] = ()) -> AsyncGenerator[None, None]:
    """Yield whenever something below the folder may have changed, until ``stop``; also when watching has begun.

    What happens to the paths to ``ignore``, and below them, is no hint. A folder that is missing or replaced is
    watched again when it is back. Where some folder may not be read the others are watched all the same. Trouble is
    said once. Links inside are not followed.
    """
    said, pause, whole = "", _SHORTEST, True
    while not stop.is_set():
        begun = False
        try:
            async with aclosing(_batches(root, stop, ignore, whole=whole)) as batches:
                async for changed in batches:
                    if not begun:
                        said = _say(root, said, "" if whole else "some folders in it may not be read")
                    if changed or not begun:
                        yield None
                    begun, pause = True, _SHORTEST
            whole = True
        except (OSError, WatchfilesRustInternalError) as error:
            if whole and isinstance(error, PermissionError):
                whole = False
                continue
            said = _say(root, said, f"it is not watched at all: {error}")
            await _pause(stop, pause)
            whole = True
            # To see whether a folder is there costs nothing, so that one that is back is watched soon.
            pause = _SHORTEST if isinstance(error, FileNotFoundError) else min(pause * 2, _LONGEST)


def _say(root: Path, said: str, problem: str) -> str:
    """Log what was not said before; what is said now."""
    if problem != said:
        facts = {"path": str(root)} | ({"reason": problem} if problem else {})
        if problem:
            log.warning("changes in the folder may be seen late", extra=facts)
        else:
            log.info("changes in the folder are seen at once again", extra=facts)
    return problem


async def _batches(
    root: Path, stop: asyncio.Event, ignore: Sequence[Path], *, whole: bool
) -> AsyncGenerator[bool, None]:
    """Whether something has changed, now and then, until another folder stands in the root's place.

    Raises OSError or WatchfilesRustInternalError when the folder cannot be watched. With ``whole`` a folder inside
    that may not be read is such a fault; without it, only those that may are watched, each by itself.
    """
    identity = await asyncio.to_thread(_identity, root)
    if identity is None:
        raise FileNotFoundError("it is not there")
    real = await asyncio.to_thread(root.resolve)
    folders = [real] if whole else await asyncio.to_thread(_readable, real)
    # Not ignore_permission_denied: with it one folder that may not be read silently ends the watch over all others.
    watch = awatch(
        *folders, recursive=whole, watch_filter=_outside(_below(real, ignore)), debounce=_GATHER, step=_STEP,
        rust_timeout=_STILL_THERE, yield_on_timeout=True, stop_event=stop,
    )  # fmt: skip
    async with aclosing(watch) as batches:
        async for changes in batches:
            yield bool(changes)
            if await asyncio.to_thread(_identity, root) != identity:
                yield True
                return
            if not whole and await asyncio.to_thread(_any_folder, changes):
                return  # one that is new, or may be read from now on


def _identity(root: Path) -> tuple[int, int] | None:
    try:
        status = root.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return status.st_dev, status.st_ino


def _readable(root: Path) -> list[Path]:
    return [root, *(Path(folder) for folder, _, _ in os.walk(root) if folder != str(root))]


def _any_folder(changes: Collection[tuple[Change, str]]) -> bool:
    return any(Path(path).is_dir() for _, path in changes)


def _below(root: Path, paths: Iterable[Path]) -> tuple[str, ...]:
    """Those of the paths that lie inside the root, as the watcher will name them."""
    found = {form for path in paths for form in (path.resolve(), path.parent.resolve() / path.name)}
    return tuple(str(path) for path in found if path != root and path.is_relative_to(root))


def _outside(ignored: Sequence[str]) -> Callable[[Change, str], bool]:
    def counts(_: Change, path: str) -> bool:
        return not any(path == one or path.startswith(f"{one}/") for one in ignored)

    return counts


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
