"""A look at a few places of a folder with posts, where somebody has said that only they were touched."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from syndicator.errors import PostError
from syndicator.ports import Dialect, Scan, Versions
from syndicator.sources.look import Look, Names, scan_of
from syndicator.sources.walking import version_of
from syndicator.text import printable


class Elsewhere(Exception):
    """What was touched may concern posts anywhere."""


class Glance:
    """A look at what was touched and what hangs on it: the bundle that a file belongs to, all below a folder.

    Links are not followed: where they lead, and which of two is followed, only a walk over everything can tell.
    """

    def __init__(self, root: Path, dialect: Dialect, known: Versions, closed: str) -> None:
        self._root = root
        self._dialect = dialect
        self._known = known
        self._closed = closed
        self._files: dict[str, os.stat_result] = {}
        self._folders: set[str] = set()
        self._away: set[str] = set()
        self._open: dict[str, bool] = {"": True}

    def scan(self, touched: Collection[str]) -> Scan:
        """What is other than known. Raises Elsewhere."""
        if touched and self._is_bundle(""):
            raise Elsewhere
        for path in sorted(touched):
            self._place(path)
        tops = [folder for folder in self._folders if not any(above in self._folders for above in _above(folder))]
        left: dict[str, object] = {
            path: None for place in (*self._away, *tops, *self._files) for path in self._formerly(place)
        }
        look = Look(self._root, self._dialect, self._known, self._closed, left)
        for folder in sorted(tops):
            look.walk(folder)
        if look.links:
            raise Elsewhere
        for path, status in self._files.items():
            if not self._folders.intersection(_above(path)):
                self._note(look, path, status)
        return scan_of(look)

    def _place(self, path: str) -> None:
        """Find out what has to be looked at for the sake of a path."""
        parts = path.split("/")
        if not path or any(part in ("", ".", "..") for part in parts) or "\0" in path:
            raise Elsewhere
        for folder in _above(path):
            status = self._status(folder)
            if status is None or not stat.S_ISDIR(status.st_mode):
                self._away.add(folder)
                return
            if not self._enters(folder):
                return
            if self._is_bundle(folder):
                self._folders.add(folder)
                return
        folder, _, name = path.rpartition("/")
        if self._dialect.bundle(PurePosixPath(folder), {name}) is not None:
            self._whole(folder)  # with this file, or without it, all others beside it are something else
            return
        status = self._status(path)
        if status is None:
            self._away.add(path)
        elif stat.S_ISDIR(status.st_mode):
            if self._enters(path):
                self._folders.add(path)
        elif stat.S_ISREG(status.st_mode):
            self._files[path] = status
        else:
            self._whole(folder)  # whatever that is, a walk has words for it

    def _whole(self, folder: str) -> None:
        if not folder:
            raise Elsewhere
        self._folders.add(folder)

    def _enters(self, folder: str) -> bool:
        if folder not in self._open:
            self._open[folder] = folder != self._closed and self._dialect.enters(PurePosixPath(folder))
        return self._open[folder]

    def _is_bundle(self, folder: str) -> bool:
        try:
            return self._dialect.bundle(PurePosixPath(folder), Names(f"{self._root}/{folder}")) is not None
        except OSError as error:
            raise Elsewhere from error

    def _status(self, path: str) -> os.stat_result | None:
        """None when there is nothing. Raises Elsewhere for links, and what cannot be looked at."""
        try:
            status = os.lstat(f"{self._root}/{path}")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError) as error:
            raise Elsewhere from error
        if stat.S_ISLNK(status.st_mode):
            raise Elsewhere
        return status

    def _note(self, look: Look, path: str, status: os.stat_result) -> None:
        folder, _, name = path.rpartition("/")
        if path in self._known:
            look.see(path, version_of(status, time.time_ns()))
            return
        is_post = self._dialect.posts_in(PurePosixPath(folder))
        if is_post is None or not is_post(name):
            return
        if path.isprintable():
            look.see(path, "")  # whoever reads it sees its version, too
        else:
            error = PostError(printable(path), "its name is not printable UTF-8", remedy="rename it")
            look.refused.append(error)

    def _formerly(self, place: str) -> Iterator[str]:
        """The posts that were known at a place."""
        if place in self._known:
            yield place
        yield from self._known.below(place)


def _above(path: str) -> list[str]:
    """The folders that a path lies in, the outermost first; not the root."""
    return [path[:at] for at, sign in enumerate(path) if sign == "/"]
