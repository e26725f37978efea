"""Linux's word of what happens in folders: inotify(7), by the C library."""

from __future__ import annotations

import array
import ctypes
import fcntl
import os
import struct
import sys
import termios
from dataclasses import dataclass

MODIFY, ATTRIB, CLOSE_WRITE = 0x2, 0x4, 0x8
MOVED_FROM, MOVED_TO, CREATE, DELETE = 0x40, 0x80, 0x100, 0x200
DELETE_SELF, MOVE_SELF, UNMOUNT, OVERFLOW, IGNORED, IS_FOLDER = 0x400, 0x800, 0x2000, 0x4000, 0x8000, 0x40000000
#: Only folders, no links, and nothing of files that have no name any more.
_FOLDERS = 0x01000000 | 0x02000000 | 0x04000000
#: All that may happen to names in a folder, and to the files that they name.
NAMES = MOVED_FROM | MOVED_TO | CREATE | DELETE
CHANGES = MODIFY | ATTRIB | CLOSE_WRITE | NAMES | DELETE_SELF | MOVE_SELF

_HEAD = struct.Struct("iIII")
_ROOM = 65_536
_NONBLOCK, _CLOEXEC = os.O_NONBLOCK, getattr(os, "O_CLOEXEC", 0)


@dataclass(frozen=True, slots=True)
class Event:
    """What happened (``mask``) to a name in a watched folder; both halves of a rename have the same ``cookie``."""

    watch: int
    mask: int
    cookie: int
    name: str


def is_there() -> bool:
    """Whether this system has it."""
    return sys.platform == "linux"


class Inotify:
    """One queue of events. Raises OSError where it cannot be had or a folder cannot be watched."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(None, use_errno=True)
        self.number = self._checked(self._library.inotify_init1(_NONBLOCK | _CLOEXEC))

    def add(self, folder: str, mask: int = CHANGES) -> int:
        """Watch a folder; the number that its events will have."""
        name = os.fsencode(folder)
        return self._checked(self._library.inotify_add_watch(self.number, ctypes.c_char_p(name), mask | _FOLDERS))

    def remove(self, watch: int) -> None:
        """Watch it no more; that it is not there any more is no fault."""
        self._library.inotify_rm_watch(self.number, watch)

    def pending(self) -> bool:
        """Whether something has happened that nobody has read yet."""
        count = array.array("i", [0])
        fcntl.ioctl(self.number, termios.FIONREAD, count)
        return count[0] > 0

    def read(self) -> list[Event]:
        """What has happened, nothing when that is nothing."""
        try:
            data = os.read(self.number, _ROOM)
        except BlockingIOError:
            return []
        events, at = [], 0
        while at < len(data):
            watch, mask, cookie, length = _HEAD.unpack_from(data, at)
            at += _HEAD.size
            name = data[at : at + length].rstrip(b"\0")
            at += length
            events.append(Event(watch, mask, cookie, os.fsdecode(name)))
        return events

    def close(self) -> None:
        """Give it back, with all watches."""
        os.close(self.number)

    def _checked(self, result: int) -> int:
        if result < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        return result
