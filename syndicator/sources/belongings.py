"""The files that belong to a post, such as the pictures of a bundle: their names, and a mark of these."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress

from syndicator.model import digest

#: A folder changed less than this long ago (nanoseconds) may change again without its time stamp moving.
_TICK = 20_000_000
#: What ends so may change again and be called the same.
_UNSETTLED = "~"
#: What more there is in a bundle is an archive, of which nobody chooses.
_MOST = 1_000


class Belongings:
    """Those beside a post and in the folders beside it. Links are none, and nothing lies in hidden folders.

    The mark costs a look at each of those folders, not at what is in them: its time tells when a name in it changes.
    """

    def __init__(self, entries: Iterable[os.DirEntry[str]], fits: Callable[[str], bool], now: int) -> None:
        self._fits = fits
        self._own: list[str] = []
        self._folders: list[os.DirEntry[str]] = []
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name[0] != ".":
                    self._folders.append(entry)
            elif fits(entry.name) and entry.is_file(follow_symlinks=False):
                self._own.append(entry.name)
        dated = sorted(_dated(folder, now) for folder in self._folders)
        self.mark = marked([*sorted(self._own), *dated])
        if any(folder.endswith(_UNSETTLED) for folder in dated):
            self.mark += _UNSETTLED

    def names(self) -> tuple[str, ...]:
        """Their paths from the post's folder, sorted; a folder that cannot be listed has nothing in it."""
        found = list(self._own)
        for folder in self._folders:
            with suppress(OSError), os.scandir(folder.path) as listed:
                found += [
                    f"{folder.name}/{entry.name}"
                    for entry in listed
                    if self._fits(entry.name) and entry.is_file(follow_symlinks=False)
                ]
        return tuple(sorted(found)[:_MOST])


def below(folder: str, names: Mapping[str, Collection[str]], fits: Callable[[str], bool]) -> tuple[str, ...]:
    """The same from a listing of all folders, in which files and folders are names alike."""
    found = []
    for name in names.get(folder, ()):
        inner = names.get(f"{folder}/{name}")
        if inner is None:
            found += [name] if fits(name) else []
        elif name[0] != ".":
            found += [f"{name}/{one}" for one in inner if fits(one) and f"{folder}/{name}/{one}" not in names]
    return tuple(sorted(found)[:_MOST])


def marked(names: Iterable[str]) -> str:
    """What a version has at its end, "" where nothing belongs to the post."""
    told = "\0".join(names)
    return f"+{digest(told.encode('utf-8', 'surrogateescape'))[:12]}" if told else ""


def _dated(folder: os.DirEntry[str], now: int) -> str:
    try:
        changed = folder.stat(follow_symlinks=False).st_mtime_ns
    except OSError:
        return f"{folder.name}/"
    return f"{folder.name}/{changed:x}" + (_UNSETTLED if 0 <= now - changed < _TICK else "")
