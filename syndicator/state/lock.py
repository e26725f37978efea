"""The right to be the one who writes to a state."""

from __future__ import annotations

import errno
import fcntl
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from socket import gethostname

from syndicator.errors import StateError, StateNotNow
from syndicator.openfiles import MORE_FILES
from syndicator.state.words import FULL
from syndicator.text import printable

#: So many bytes are read of who holds a lock.
_MOST = 300
#: Where in a state its writer locks it: beyond the bytes that SQLite locks. The length of the lock is the number of the
#: process, since the system names nobody who holds a lock of this kind.
_PLACE = 0x40000000 + 1024
_FLOCK = struct.Struct("hhqqi0q")
_STOP = "stop that one first; 'syndicator status' shows what it does"


class Right:
    """The right to write to a state: two locks that the system lifts when the process ends, however it ends.

    The one on a file beside it names its holder, and is there before the state is. But files can be removed, and
    whoever comes then makes a new one: so the state itself is locked too. Nobody may have the state open who lets go of
    this, or the locks of SQLite go with it.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._began = datetime.now(UTC)
        self._handle = self._locked()
        self._state = -1
        #: Whether somebody else has the state that stands there now.
        self.is_gone = False
        try:
            self.renew()
        except StateError:
            self.give_up()
            raise
        self._say_who()

    def astray(self) -> str:
        """What has happened to the lock file, "" when nothing has."""
        lock = _lock_of(self._file)
        return "" if _is_at(lock, self._handle) else f"its lock file, {lock.name}, was removed or replaced"

    def renew(self) -> None:
        """Take what somebody took away, and the state that stands there now. Raises StateError, naming who has it."""
        if self.astray():
            try:
                handle = self._locked()
            except StateError:
                self.is_gone = self._is_elsewhere()
                raise
            os.close(self._handle)
            self._handle = handle
            self._say_who()
        if self._state >= 0 and _is_at(self._file, self._state):
            return
        try:
            handle = os.open(self._file, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return  # there is none yet, or who opens it will say what is wrong with it
        if who := _lock_state(handle):
            os.close(handle)
            self.is_gone = True
            raise _refused(self._file, f"{who}; its lock file was removed")
        if self._state >= 0:
            os.close(self._state)
        self._state, self.is_gone = handle, False

    def _is_elsewhere(self) -> bool:
        """Whether what stands there now is locked by another process."""
        if self._state >= 0 and _is_at(self._file, self._state):
            return False
        try:
            handle = os.open(self._file, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            return bool(_lock_state(handle))
        finally:
            os.close(handle)

    def give_up(self) -> None:
        """Let others have it."""
        for handle in (self._state, self._handle):
            if handle >= 0:
                os.close(handle)

    def _locked(self) -> int:
        """The lock file, open and locked. Raises StateError."""
        lock = _lock_of(self._file)
        try:
            while True:
                lock.parent.mkdir(parents=True, exist_ok=True)
                handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError as error:
                    holder = printable(os.read(handle, _MOST).decode("utf-8", "replace").strip())
                    os.close(handle)
                    raise _refused(self._file, _named(holder)) from error
                if _is_at(lock, handle):
                    return handle
                os.close(handle)  # removed just then
        except OSError as error:
            raise _not_opened(self._file, error) from error

    def _say_who(self) -> None:
        with suppress(OSError):  # a full disk keeps nobody from locking
            os.ftruncate(self._handle, 0)
            said = f"{os.getpid()} on {gethostname()}, since {self._began:%Y-%m-%d %H:%M:%S} UTC\n"
            os.pwrite(self._handle, said.encode(), 0)
            # One that was taken anew is no younger: the time of the file is what others are told.
            os.utime(self._handle, (self._began.timestamp(),) * 2)


@contextmanager
def only_writer(file: Path) -> Iterator[Right]:
    """Hold the right to write to a state. Raises StateError that names the process that holds it."""
    right = Right(file)
    try:
        yield right
    finally:
        right.give_up()


def _lock_state(handle: int) -> str:
    """Lock an open state; who has done so before, "" for nobody, or where files cannot be locked like this."""
    if not hasattr(fcntl, "F_OFD_SETLK"):
        return ""
    wanted = (fcntl.F_WRLCK, os.SEEK_SET, _PLACE, os.getpid(), 0)
    try:
        fcntl.fcntl(handle, fcntl.F_OFD_SETLK, _FLOCK.pack(*wanted))
    except OSError as error:
        if error.errno not in (errno.EAGAIN, errno.EACCES):
            return ""
        found = _FLOCK.unpack(fcntl.fcntl(handle, fcntl.F_OFD_GETLK, _FLOCK.pack(*wanted)))
        return f"process {found[3]}"
    return ""


def _refused(file: Path, who: str) -> StateError:
    return StateError(f"state {file}", f"another syndicator is at work on it: {who}", _STOP)


def _not_opened(file: Path, error: OSError) -> StateError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StateNotNow(f"state {file}", *FULL)
    remedies = {
        errno.EROFS: "mount the file system writable, or set [state] url",
        **dict.fromkeys(
            (errno.ENOENT, errno.ENOTDIR, errno.EEXIST, errno.ELOOP), "set [state] url to a place where a file can be"
        ),
        errno.EMFILE: MORE_FILES,
    }
    remedy = remedies.get(error.errno or 0, "give this user the right to write there")
    return StateError(f"state {file}", f"its lock file cannot be opened ({error.strerror})", remedy)


def _is_at(path: Path, handle: int) -> bool:
    """Whether a name leads to an open file, or nobody can tell."""
    try:
        there, held = path.stat(), os.fstat(handle)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return (there.st_dev, there.st_ino) == (held.st_dev, held.st_ino)


def _lock_of(file: Path) -> Path:
    """Beside the file itself, as SQLite's own: whoever comes by a link comes to the same."""
    real = Path(os.path.realpath(file))
    return real.with_name(f"{real.name}.lock")


def _named(holder: str) -> str:
    """Who holds a lock: its number means something on its own machine only, and in its own container."""
    return f"process {holder}" if holder else "a process that did not say who it is"


def holder(file: Path) -> tuple[int, float] | None:
    """The process that has that right now, and since when (seconds since 1970); None when nobody has, as far as can be
    seen from here. Nothing is locked to find out: whoever wants the right at that moment would be refused.
    """
    lock = _lock_of(file)
    try:
        with lock.open("rb") as stream:
            status, said = os.fstat(stream.fileno()), stream.read(_MOST).split()
        process = int(said[0])
    except (OSError, ValueError, IndexError):
        return None
    try:
        held = Path("/proc/locks").read_text(encoding="ascii")
    except (OSError, ValueError):
        return (process, status.st_mtime) if _is_alive(process) else None
    # "1: FLOCK  ADVISORY  WRITE 4711 08:01:1234567 0 EOF"
    entries = (words for line in held.splitlines() if len(words := line.split()) > 5 and words[1] == "FLOCK")
    seen = any(words[4] == str(process) and words[5].endswith(f":{status.st_ino}") for words in entries)
    return (process, status.st_mtime) if seen else None


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # somebody else's
    return True
