"""A folder and all folders below it, watched: from events of names to paths that were touched."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from syndicator.sources import inotify
from syndicator.sources.inotify import Event, Inotify
from syndicator.sources.scraps import is_scrap, is_store
from syndicator.sources.settling import Touch
from syndicator.sources.writers import written_below

#: A file that is found rather than heard of, and changed less than this long ago (seconds), may be being written.
_YOUNG = 2.0
#: With more links than this nobody keeps count of what they lead to: whatever happens may be anywhere.
_MOST_LINKS = 5_000


@dataclass(slots=True)
class News:
    """What a few events come to. ``renamed`` are paths that are gone because they have another name now;
    ``everywhere`` says that anything may have happened, ``anew`` that the root is not what it was.
    """

    touched: list[tuple[str, Touch]] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)
    everywhere: bool = False
    anew: bool = False


class Tree:
    """The watches over a real folder, by paths from it ("" for itself). Raises OSError when it cannot be watched.

    What happens to the paths ``ignored``, and below them, is no news. ``shut`` are folders that may not be read,
    ``full`` says that the system lets nobody watch more of them.
    """

    def __init__(self, root: str, ignored: Sequence[str], beside: Sequence[str] = ()) -> None:
        self.shut: set[str] = set()
        self.full = False
        self._root = root
        self._ignored = tuple(f"{path}/" for path in ignored)
        self._notify = Inotify()
        self.number = self._notify.number
        self.pending = self._notify.pending
        self._paths: dict[int, str] = {}
        self._watches: dict[str, int] = {}
        self._links: dict[str, str] = {}
        self._leading: dict[str, list[str]] = {}
        #: Folders above, in which what leads to the root may get another name: nobody looks for more in them.
        self._above: dict[int, set[str]] = {}
        self._moving: dict[int, str] = {}
        try:
            for path in beside:
                self._look_above(path)
            self._enter("", None)
        except BaseException:
            self.close()
            raise

    @property
    def folders(self) -> int:
        """How many are watched."""
        return len(self._watches)

    def close(self) -> None:
        """Watch no more."""
        self._notify.close()

    def read(self) -> News:
        """What has happened since the last time."""
        news = News()
        for event in self._notify.read():
            self._take(event, news)
        if news.everywhere and not news.anew:
            self._again()
        elif len(self._links) > _MOST_LINKS and (news.touched or news.renamed):
            news.everywhere = True
        return news

    def opened(self) -> list[tuple[str, Touch]]:
        """The files that somebody has open to write to them, under all their names. Each will be told of when it is
        closed, as all folders are watched by now.
        """
        news = News()
        for path in sorted(written_below(self._root)):
            if not is_scrap(path.rpartition("/")[2]) and not self._is_ignored(path):
                self._touch(path, Touch.OPEN, news)
        return news.touched

    # --- one event ------------------------------------------------------------------------------------------------

    def _take(self, event: Event, news: News) -> None:
        if event.mask & inotify.OVERFLOW:
            news.everywhere = True
            return
        if event.watch in self._above:
            news.anew |= event.name in self._above[event.watch]
            return
        folder = self._paths.get(event.watch)
        if folder is None:
            return
        if event.mask & (inotify.DELETE_SELF | inotify.MOVE_SELF | inotify.UNMOUNT | inotify.IGNORED):
            if not folder:
                news.anew = True
            elif event.mask & inotify.UNMOUNT:
                self._touch(folder, Touch.GONE, news)
            elif event.mask & inotify.IGNORED:
                self._forget(folder)
            return
        if not event.name:
            return  # the folder's own rights or times
        path = f"{folder}/{event.name}" if folder else event.name
        if is_scrap(event.name) or self._is_ignored(path):
            return
        if event.mask & inotify.IS_FOLDER:
            self._take_folder(event, path, news)
        else:
            self._take_file(event, path, news)

    def _take_folder(self, event: Event, path: str, news: News) -> None:
        if is_store(event.name):
            return
        if any(target == path or target.startswith(f"{path}/") for target in self._leading):
            news.everywhere |= bool(event.mask & inotify.NAMES)
        self._pair(event, path, news)
        if event.mask & (inotify.MOVED_FROM | inotify.DELETE):
            self._leave(path)
            self._touch(path, Touch.GONE, news)
            return
        if event.mask & inotify.MOVED_TO:
            self._leave(path)
        self._touch(path, Touch.WHOLE, news)
        if path not in self._watches:
            self._enter(path, news)

    def _take_file(self, event: Event, path: str, news: News) -> None:
        self._pair(event, path, news)
        if path in self._links or (event.mask & (inotify.CREATE | inotify.MOVED_TO) and self._is_link(path)):
            news.everywhere = True
            return
        if event.mask & (inotify.MOVED_FROM | inotify.DELETE):
            touch = Touch.GONE
        elif event.mask & inotify.MODIFY:
            touch = Touch.OPEN
        elif event.mask & inotify.CREATE:
            touch = Touch.OPEN if self._has_one_name(path) else Touch.WHOLE
        elif event.mask & inotify.ATTRIB:
            touch = Touch.MARKED
        else:
            touch = Touch.WHOLE
        self._touch(path, touch, news)

    def _touch(self, path: str, touch: Touch, news: News) -> None:
        """Also under the names that links give it."""
        done, waiting = {path}, [path]
        while waiting:
            one = waiting.pop()
            news.touched.append((one, touch))
            if not self._leading:
                return
            at = one
            while True:
                for link in self._leading.get(at, ()):
                    other = link + one[len(at) :]
                    if other not in done and other.count("/") < 64 and len(done) < _MOST_LINKS:
                        done.add(other)
                        waiting.append(other)
                if "/" not in at:
                    break
                at = at.rpartition("/")[0]

    def _pair(self, event: Event, path: str, news: News) -> None:
        if event.mask & inotify.MOVED_FROM:
            self._moving = {event.cookie: path}
        elif event.mask & inotify.MOVED_TO and event.cookie in self._moving:
            news.renamed.append(self._moving.pop(event.cookie))

    # --- watches --------------------------------------------------------------------------------------------------

    def _look_above(self, path: str) -> None:
        folder, name = os.path.split(path)
        try:
            watch = self._notify.add(folder, inotify.NAMES)
        except OSError:
            return  # whether it is the same is looked after now and then, too
        self._above.setdefault(watch, set()).add(name)

    def _enter(self, top: str, news: News | None) -> None:
        """Watch a folder and those below it. With ``news``, files in it are news."""
        folders = [top]
        while folders:
            folder = folders.pop()
            try:
                folders += self._enter_one(folder, news)
                self.shut.discard(folder)
            except OSError as error:
                if not folder:
                    raise
                if error.errno in (errno.ENOSPC, errno.ENOMEM):
                    self.full = True
                elif error.errno in (errno.EACCES, errno.EPERM):
                    self.shut.add(folder)
        if news is not None and self._links:
            news.everywhere |= any(link == top or link.startswith(f"{top}/") for link in self._links)

    def _enter_one(self, folder: str, news: News | None) -> list[str]:
        """Watch a folder; those in it."""
        full = f"{self._root}/{folder}" if folder else self._root
        # Before anybody looks what is in it, so that nothing gets in unseen between the two.
        watch = self._notify.add(full)
        self._forget(self._paths.get(watch, ""))
        self._paths[watch], self._watches[folder] = folder, watch
        below = []
        with os.scandir(full) as entries:
            for entry in entries:
                path = f"{folder}/{entry.name}" if folder else entry.name
                if entry.is_symlink():
                    self._note_link(path)
                elif entry.is_dir(follow_symlinks=False):
                    if not is_store(entry.name) and not self._is_ignored(path):
                        below.append(path)
                elif news is not None and not is_scrap(entry.name) and _is_young(entry):
                    self._touch(path, Touch.FOUND, news)
        return below

    def _leave(self, top: str) -> None:
        below = f"{top}/"
        for path in [path for path in self._watches if path == top or path.startswith(below)]:
            self._notify.remove(self._watches[path])
            self._forget(path)
        self.shut = {path for path in self.shut if path != top and not path.startswith(below)}

    def _forget(self, folder: str) -> None:
        watch = self._watches.pop(folder, None) if folder else None
        if watch is not None:
            self._paths.pop(watch, None)

    def _again(self) -> None:
        """Look for folders and links anew: some may have come and gone unseen. What is there is not news."""
        self._links.clear()
        self._leading.clear()
        self.full = False
        before, self._watches, self._paths = self._paths, {}, {}
        self._enter("", None)
        for watch in before.keys() - self._paths.keys():
            self._notify.remove(watch)

    # --- what names stand for -------------------------------------------------------------------------------------

    def _note_link(self, path: str) -> None:
        if path in self._links:
            return
        target = os.path.realpath(f"{self._root}/{path}")
        self._links[path] = target
        if target.startswith(f"{self._root}/"):
            self._leading.setdefault(target[len(self._root) + 1 :], []).append(path)

    def _is_link(self, path: str) -> bool:
        return os.path.islink(f"{self._root}/{path}")  # noqa: PTH114 - text, not Path: for each of many events

    def _has_one_name(self, path: str) -> bool:
        """A second name for a file that is there already is a whole file; one that is made anew is not yet."""
        try:
            status = os.lstat(f"{self._root}/{path}")
        except OSError:
            return True
        return stat.S_ISREG(status.st_mode) and status.st_nlink == 1

    def _is_ignored(self, path: str) -> bool:
        return f"{path}/".startswith(self._ignored) if self._ignored else False


def _is_young(entry: os.DirEntry[str]) -> bool:
    try:
        return abs(time.time() - entry.stat(follow_symlinks=False).st_mtime) < _YOUNG
    except OSError:
        return False
