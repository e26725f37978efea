"""A second process for the first look of a service that begins with very many posts.

It is there before there are threads and an open database, which no child of a process may have. While this process
gets to know the posts, that one looks through the folder, on another processor.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import socket
from contextlib import suppress

from syndicator.errors import SyndicatorError
from syndicator.ports import Scan, own_version
from syndicator.settings import Settings

#: A smaller state (bytes) is of so few posts that a process would cost more than it saves.
_LARGE = 2**24
_KNOW, _GO = b"k", b"g"
_PART = 2**16


class ForkedScout:
    """Looks once; whoever asks again gets None."""

    def __init__(self, child: int, line: socket.socket) -> None:
        self._child, self._line = child, line
        self._begun = self._ended = False

    def know(self) -> None:
        """The state is open and sound: read which files are known. Only passes change that."""
        self._say(_KNOW)

    def begin(self) -> None:
        """Look through the source from now on, not before: what changed earlier is seen."""
        if self._begun:
            self.end()
        self._begun = True
        self._say(_GO)

    def found(self, versions_begin: str) -> Scan | None:
        """What there was to see for whoever has versions begin so, None where it went wrong: look yourself."""
        if self._ended:
            return None
        try:
            answer = b"".join(iter(lambda: self._line.recv(_PART), b""))
            begin, scan = pickle.loads(answer) if answer else ("", None)  # noqa: S301 - our own child's
        except (OSError, pickle.UnpicklingError, EOFError):
            return None
        finally:
            self.end()
        return scan if isinstance(scan, Scan) and begin == versions_begin else None

    def end(self) -> None:
        """Have no such process any more."""
        if self._ended:
            return
        self._ended = True
        with suppress(OSError):
            os.kill(self._child, signal.SIGKILL)
            os.waitpid(self._child, 0)
        self._line.close()

    def _say(self, word: bytes) -> None:
        if not self._ended:
            with suppress(OSError):
                self._line.sendall(word)


def scout_for(settings: Settings, large: int = _LARGE) -> ForkedScout | None:
    """Where it pays, a scout. Ask while there is one thread, and before the state is opened."""
    if settings.source.kind != "folder" or not settings.state_url.startswith("sqlite"):
        return None
    try:
        if settings.state_path.stat().st_size < large or len(os.sched_getaffinity(0)) == 1:
            return None
        gc.freeze()
        ours, theirs = socket.socketpair()
        child = os.fork()
    except (OSError, AttributeError):  # no such state, no affinity on this system, too many files or processes
        return None
    if child:
        theirs.close()
        return ForkedScout(child, ours)
    try:
        ours.close()
        _look(settings, theirs)
    finally:
        os._exit(0)  # whatever happened: nothing that the other process began is ended here


def _look(settings: Settings, line: socket.socket) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    gc.disable()
    from syndicator.sourcing import Readers
    from syndicator.state.database import Database
    from syndicator.state.posts import SqlLedger

    with suppress(SyndicatorError, OSError):
        if line.recv(1) != _KNOW:
            return
        database = Database(settings.state_url)
        versions = SqlLedger(database).versions()
        database.close()
        readers = Readers(settings)
        begin = readers().versions_begin
        known = {path: own_version(version, begin) for path, version in versions.items()}
        if line.recv(1) != _GO:
            return
        reader = readers()
        if reader.versions_begin != begin:
            return
        scan = reader.source.scan(known)
        # What cannot be read is said by whoever tries it.
        if known and not scan.refused:
            line.sendall(pickle.dumps((begin, scan)))
