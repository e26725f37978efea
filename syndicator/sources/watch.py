"""Hints of what may have changed in a folder; the scan is the truth."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from pathlib import Path

from syndicator.openfiles import MORE_FILES, too_many_files
from syndicator.ports import Touched
from syndicator.realpath import real_path
from syndicator.sources import inotify
from syndicator.sources.filesystems import is_remote, kind_of
from syndicator.sources.watcher import Begun, Ended, Sight, Watcher

log = logging.getLogger(__name__)

#: Seconds after which somebody looks whether the folder still is the one that is watched.
_STILL_THERE = 0.5
#: Seconds after which a folder that cannot be watched is tried again: they double up to the longest.
_SHORTEST, _LONGEST = 2.0, 60.0
#: To see whether a folder is there costs nothing, so that one that is back is watched soon.
_MISSING = 0.25
#: More open files than these no watcher needs.
_FILES = 4
_REMEDY = "raise it with sysctl, and start again"
_LIMITS = {
    errno.EMFILE: f"fs.inotify.max_user_instances is reached; {_REMEDY}",
    errno.ENOSPC: f"fs.inotify.max_user_watches is reached; {_REMEDY}",
}


async def hints(
    root: Path, stop: asyncio.Event, ignore: Sequence[Path] = (), sight: Sight | None = None
) -> AsyncGenerator[Touched, None]:
    """Yield what below the folder may have changed, until ``stop``: None, for anything, when watching has begun anew.

    What happens to the paths to ``ignore``, and below them, is no hint. A folder that is missing or replaced is
    watched again when it is back. Trouble is said once; ``sight`` knows of it, too.
    """
    sight, said, pause = sight or Sight(), "", _SHORTEST
    while not stop.is_set():
        try:
            async with aclosing(_changes(root, stop, ignore, sight)) as changes:
                async for touched in changes:
                    if isinstance(touched, Begun):
                        said = _say(root, said, sight.blind or touched.oddity)
                        pause = _SHORTEST
                        yield None
                    else:
                        yield touched
        except OSError as error:
            # The system has the same number for a limit of this process and for one of all of the user's. What a
            # watcher had opened before it failed is closed by now.
            crowded = too_many_files(_FILES) if error.errno == errno.EMFILE else ""
            reason = f"{crowded}; {MORE_FILES}" if crowded else _LIMITS.get(error.errno or 0, str(error))
            sight.blind = f"it is not watched at all: {reason}"
            said = _say(root, said, sight.blind)
            missing = isinstance(error, FileNotFoundError)
            await _pause(stop, _MISSING if missing else pause)
            pause = _SHORTEST if missing else min(pause * 2, _LONGEST)


def _say(root: Path, said: str, problem: str) -> str:
    """Log what was not said before; what is said now."""
    if problem != said:
        facts = {"path": str(root)} | ({"reason": problem} if problem else {})
        if problem:
            log.warning("changes in the folder may be seen late", extra=facts)
        else:
            log.info("changes in the folder are seen at once again", extra=facts)
    return problem


async def _changes(
    root: Path, stop: asyncio.Event, ignore: Sequence[Path], sight: Sight
) -> AsyncGenerator[Touched | Begun, None]:
    """What was touched, now and then, until another folder stands in the root's place: first that it is watched.

    Raises OSError when the folder cannot be watched.
    """
    identity = await asyncio.to_thread(_identity, root)
    if identity is None:
        raise FileNotFoundError("it is not there")
    real = await asyncio.to_thread(root.resolve)
    ignored = await asyncio.to_thread(_below, real, ignore)
    if not inotify.is_there():
        async with aclosing(_noticed(root, real, ignored, identity, stop, sight)) as noticed:
            async for touched in noticed:
                yield touched
        return
    far = await asyncio.to_thread(kind_of, real)
    watcher = Watcher(
        real=real,
        ignored=tuple(path.removeprefix(f"{real}/") for path in ignored),
        beside=await asyncio.to_thread(_leading_to, root, real),
        sight=sight,
        is_same=lambda: _identity(root) == identity,
        look_every=_STILL_THERE,
        remote=f"it is on {far}: what other machines change there is not seen" if is_remote(far) else "",
    )
    stopping = asyncio.create_task(stop.wait())
    stopping.add_done_callback(lambda _: watcher.news.put_nowait(Ended()))
    watcher.start()
    try:
        while not isinstance(news := await watcher.news.get(), Ended):
            if isinstance(news, Exception):
                raise news
            yield news
    finally:
        stopping.cancel()
        await asyncio.to_thread(watcher.stop)
    if stop.is_set():
        return
    if await asyncio.to_thread(_identity, root) is None:
        yield None  # else watching begins anew at once, which is a hint


async def _noticed(
    root: Path, real: Path, ignored: Sequence[str], identity: tuple[int, int], stop: asyncio.Event, sight: Sight
) -> AsyncGenerator[Touched | Begun, None]:
    from syndicator.sources.notices import notices

    begun = False
    async with aclosing(notices(real, ignored, stop, _STILL_THERE)) as batches:
        async for touched in batches:
            if not begun:
                sight.blind, begun = "", True
                yield Begun()
            elif touched != frozenset():
                yield touched
            now = await asyncio.to_thread(_identity, root)
            if now is None:
                yield None
            if now != identity:
                return


def _identity(root: Path) -> tuple[int, int] | None:
    try:
        status = root.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return status.st_dev, status.st_ino


def _below(root: Path, paths: Iterable[Path]) -> tuple[str, ...]:
    """Those of the paths that lie inside the root, as the watcher will name them."""
    found = {form for path in paths for form in (real_path(path), real_path(path.parent) / path.name)}
    return tuple(str(path) for path in found if path != root and path.is_relative_to(root))


def _leading_to(root: Path, real: Path) -> tuple[str, ...]:
    """The names that decide which folder the root is: its own, and those of links on the way to it."""
    found, at = {str(real)}, Path(os.path.abspath(root))  # noqa: PTH100 - resolve() would lose the links
    for _ in range(40):
        link = next((path for path in reversed([at, *at.parents]) if path.is_symlink()), None)
        if link is None:
            break
        found.add(str(real_path(link.parent) / link.name))
        at = Path(os.path.normpath(real_path(link.parent) / link.readlink() / at.relative_to(link)))
    return tuple(sorted(found))


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
