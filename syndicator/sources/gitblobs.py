"""Files of one commit, read from git's own store: no working tree, so no link, filter or hook has a say."""

from __future__ import annotations

import os
import re
import select
import subprocess
import threading
import time
import weakref
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from syndicator.sources.gitcommand import AT_HOME, GitFailed, end, git, start

_HEADER = re.compile(rb"([0-9a-f]{40,64}) (\w+) ([0-9]+)")
_LINK = re.compile(rb"(?:symlink|dangling|loop|notdir) ([0-9]+)")
_MISSING = re.compile(rb".* (?:missing|ambiguous)")
#: Git's modes of what is no file.
LINK, SUBMODULE = "120000", "160000"
#: What is not wanted of a file is read all the same up to this; with more it is quicker to begin anew.
_DRAIN = 2**22
#: Who reads posts one after the other is asked so many ahead: to wait for each answer takes longer than to get it.
_AHEAD = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """A file's content: its name in git, its whole length, and as much of its bytes as was asked for."""

    oid: str
    length: int
    data: bytes


class LeadsOut(Exception):
    """A link that leads out of the repository, or nowhere."""


class Blobs:
    """Files below a folder of one commit; links are followed as long as they stay inside the repository.

    ``posts`` are names in git by path, for those that are asked for most. May be handed to another process, which then
    asks git by itself.
    """

    def __init__(self, store: Path, commit: str, folder: str, posts: Mapping[str, str] | None = None) -> None:
        self.commit = commit
        self.posts = posts or {}
        self._following: dict[str, str] = {}
        self._last = ""
        self._ahead: deque[str] = deque()
        self._files: dict[str, str] = {}
        self._store = store
        self._folder = f"{folder}/" if folder else ""
        self._process: subprocess.Popen[bytes] | None = None
        self._end: weakref.finalize[[subprocess.Popen[bytes], int], Blobs] | None = None
        self._buffer = b""
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[object, ...]:
        return (Blobs, (self._store, self.commit, self._folder.rstrip("/"), self.posts))

    def listing(self) -> dict[str, tuple[str, str]]:
        """Every file below the folder: kind (git's mode) and name in git, by path. Raises GitFailed."""
        found = listing(self._store, self.commit, self._folder)
        self._files = {path: oid for path, (mode, oid) in found.items() if mode.startswith("100")}
        return found

    def name_of(self, path: str) -> str:
        """The name in git of a regular file of the last ``listing``, "" for none."""
        return self._files.get(path, "")

    def read(self, path: str, most: int) -> Blob | None:
        """A file, or its first bytes; None when there is none. Raises GitFailed, and LeadsOut for a bad link."""
        if "\n" in path or "\0" in path:
            return None
        with self._lock:
            try:
                # To find a file by its path git reads its folder anew each time: with thousands in it, that takes long.
                name = self.posts.get(path) or self._files.get(path) or f"{self.commit}:{self._folder}{path}"
                self._order(path, name)
                return self._answer(most)
            except (OSError, GitFailed) as error:
                self._close()
                raise GitFailed(str(error) or "git has stopped answering") from error

    def close(self) -> None:
        """Ask nothing any more; the next question begins anew."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._end is not None:
            self._end()
        self._process, self._end, self._buffer = None, None, b""
        self._ahead.clear()

    def _order(self, path: str, name: str) -> None:
        """See to it that the next answer is about this file."""
        wanted = []
        if self._ahead and self._ahead[0] == name:
            self._ahead.popleft()
        else:
            for _ in range(len(self._ahead)):
                self._answer(0)
            self._ahead.clear()
            wanted.append(name)
        if not self._following and self.posts:
            self._following = dict(pairwise(sorted(self.posts)))
        if not self._ahead and self._following.get(self._last) == path:
            following = path
            while len(self._ahead) < _AHEAD and (following := self._following.get(following, "")):
                self._ahead.append(self.posts[following])
            wanted += self._ahead
        self._last = path
        if wanted:
            self._say("".join(f"{one}\n" for one in wanted).encode("utf-8", "surrogateescape"))

    def _say(self, questions: bytes) -> None:
        if self._process is None:
            self._process = start(("cat-file", "--batch", "--follow-symlinks"), self._store)
            self._end = weakref.finalize(self, _end_own, self._process, os.getpid())
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe
        self._process.stdin.write(questions)

    def _answer(self, most: int) -> Blob | None:
        if self._process is None:
            return None
        deadline = time.monotonic() + AT_HOME
        header = self._line(deadline)
        if link := _LINK.fullmatch(header):
            self._take(int(link[1]) + 1, int(link[1]) + 1, deadline)
            raise LeadsOut
        if _MISSING.fullmatch(header):
            return None
        found = _HEADER.fullmatch(header)
        if found is None:
            raise GitFailed("git gave an answer that nobody understands")
        length = int(found[3])
        data = self._take(length + 1, min(length, most), deadline)
        return Blob(oid=found[1].decode(), length=length, data=data) if found[2] == b"blob" else None

    def _line(self, deadline: float) -> bytes:
        while b"\n" not in self._buffer:
            if len(self._buffer) > 2**16:
                raise GitFailed("git gave an answer that nobody understands")
            self._buffer += self._more(deadline)
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line

    def _take(self, length: int, wanted: int, deadline: float) -> bytes:
        """The first ``wanted`` of so many bytes; the rest is passed over."""
        parts, left = [self._buffer[:length]], length - len(self._buffer)
        self._buffer = self._buffer[length:]
        kept = len(parts[0])
        while left > 0:
            if kept >= wanted and left > _DRAIN:
                self._close()
                break
            data = self._more(deadline)
            if kept < wanted:
                parts.append(data[:left])
                kept += len(parts[-1])
            self._buffer, left = data[left:] if left < len(data) else b"", left - len(data)
        return b"".join(parts)[:wanted]

    def _more(self, deadline: float) -> bytes:
        assert self._process is not None  # noqa: S101 - somebody has asked
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        pipe = self._process.stdout.fileno()
        poll = select.poll()
        poll.register(pipe, select.POLLIN)
        if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
            raise GitFailed("git has stopped answering")
        data = os.read(pipe, 2**16)
        if not data:
            raise GitFailed("git cannot read it")
        return data


def _end_own(process: subprocess.Popen[bytes], owner: int) -> None:
    # A forked process inherits the object, but not the child.
    if os.getpid() == owner:
        end(process)


def listing(store: Path, commit: str, folder: str = "") -> dict[str, tuple[str, str]]:
    """Every file below a folder of a commit: kind and name in git, by path. Raises GitFailed."""
    answer = git(store, "ls-tree", "-r", "-z", "--full-tree", f"{commit}:{folder.rstrip('/')}")
    found: dict[str, tuple[str, str]] = {}
    for line in answer.split(b"\0")[:-1]:
        about, _, name = line.partition(b"\t")
        mode, _, oid = about.decode("ascii").split(" ")
        found[name.decode("utf-8", "surrogateescape")] = (mode, oid)
    return found
