"""The thread that follows a tree of folders and hands over what has settled."""

from __future__ import annotations

import asyncio
import os
import select
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from syndicator.ports import Touched
from syndicator.sources.settling import Settling
from syndicator.sources.tree import Tree

#: Where nobody is told who has a file open, one that changed so many seconds ago may still be being written.
_YOUNG = 1.0
#: Seconds that a reader waits at most until the watcher has heard what has just happened.
_CATCH_UP, _BLINK = 0.05, 0.0005


def _nothing() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Begun:
    """The folder is watched from now on; ``oddity`` says what is not, for a reason of its own."""

    oddity: str = ""


class Ended:
    """Another folder may stand in the place of the one that was watched."""


News = Touched | Begun | Ended | Exception


@dataclass(slots=True)
class Sight:
    """What is seen of a folder. ``blind`` says why changes may go unseen until the next scan, "" when none do."""

    blind: str = "it is not watched"
    #: What was heard and not yet handed over, None while nobody listens; whether something waits to be heard.
    settling: Settling | None = None
    pending: Callable[[], bool] = _nothing
    is_behind: bool = False

    def is_being_written(self, path: str, age: float) -> bool:
        """Whether a file that changed ``age`` seconds ago may not be whole yet. From any thread."""
        settling = self.settling
        if settling is None:
            return 0 <= age < _YOUNG
        deadline = time.monotonic() + _CATCH_UP
        while (self.is_behind or self.pending()) and time.monotonic() < deadline:
            time.sleep(_BLINK)
        if path in settling.written:
            return True
        return bool(self.blind) and 0 <= age < _YOUNG and not settling.knows(path)

    @property
    def is_exact(self) -> bool:
        """Whether nothing changes unseen, and it is known which files are being written."""
        return self.settling is not None and not self.blind


@dataclass(slots=True, kw_only=True)
class Watcher:
    """Follows the folders below ``real``. ``news`` has Begun, then what was touched, then Ended, or what went
    wrong.
    """

    real: Path
    ignored: Sequence[str]
    beside: Sequence[str]
    sight: Sight
    is_same: Callable[[], bool]
    look_every: float
    remote: str = ""
    news: asyncio.Queue[News] = field(default_factory=asyncio.Queue)
    #: The loop that hears the news, and a pipe to end it by.
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    _bell: tuple[int, int] = field(default_factory=os.pipe)
    _thread: threading.Thread = field(init=False)

    def start(self) -> None:
        """Begin; ``stop`` has to be called after it."""
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for that."""
        os.write(self._bell[1], b".")
        self._thread.join()
        for end in self._bell:
            os.close(end)

    def _run(self) -> None:
        try:
            tree = Tree(str(self.real), self.ignored, self.beside)
            try:
                self._follow(tree)
            finally:
                self.sight.settling, self.sight.pending = None, _nothing
                tree.close()
            self._tell(Ended())
        except Exception as error:  # noqa: BLE001 - whoever waits for news must not wait for a thread that is no more
            self._tell(error)

    def _follow(self, tree: Tree) -> None:
        settling, everywhere = Settling(), False
        sight, poll = self.sight, select.poll()
        poll.register(tree.number, select.POLLIN)
        poll.register(self._bell[0], select.POLLIN)
        for path, touch in tree.opened():  # before anybody reads it
            settling.note(path, touch, time.monotonic())
        sight.settling, sight.pending = settling, tree.pending
        sight.blind = self._blind(tree)
        self._tell(Begun("some folders in it may not be read" if tree.shut else ""))
        looked = time.monotonic()
        while True:
            due = settling.due()
            until = looked + self.look_every if due is None else min(looked + self.look_every, due)
            rung = {number for number, _ in poll.poll(max(0.0, until - time.monotonic()) * 1000 + 0.5)}
            if self._bell[0] in rung:
                return
            now = time.monotonic()
            if tree.number in rung:
                sight.is_behind = True
                news = tree.read()
                for path, touch in news.touched:
                    settling.note(path, touch, now)
                for path in news.renamed:
                    settling.forgive(path)
                everywhere |= news.everywhere
                sight.is_behind = False
                if news.anew:
                    return
                if news.everywhere:
                    settling.note_all(now)
                    sight.blind = self._blind(tree)
            if taken := _taken(tree, settling, now):
                self._tell(None if everywhere else taken)
                everywhere = False
            if now >= looked + self.look_every:
                looked = now
                if not self.is_same():
                    return

    def _blind(self, tree: Tree) -> str:
        if tree.full:
            return (
                f"only {tree.folders} folders in it are watched: fs.inotify.max_user_watches is reached; "
                "raise it with sysctl, and start again"
            )
        return self.remote

    def _tell(self, news: News) -> None:
        try:
            self._loop.call_soon_threadsafe(self.news.put_nowait, news)
        except RuntimeError:
            return  # nobody is there to hear it any more


def _taken(tree: Tree, settling: Settling, now: float) -> frozenset[str]:
    """What is to be handed over, when it was asked who has the files open of which nobody knows yet."""
    if settling.is_unsure(now):
        settling.note_open(tree.opened(), now)
    return settling.take(now)
