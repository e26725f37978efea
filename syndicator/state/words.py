"""What a database says, in words for people."""

from __future__ import annotations

import os
from pathlib import Path

from syndicator.errors import StateDamaged, StateError, StateNotNow
from syndicator.openfiles import MORE_FILES, too_many_files
from syndicator.state.holders import who_holds

#: SQLite needs so many bytes beside a database, for what processes share, before it can do anything.
_NO_SPACE = 32 * 1024
FULL = ("the disk is full", "free some space; nothing was lost, the last good files stand")
_FAILS = "the disk fails"
_REMEDIES = (
    ("locked", "another process is writing", "wait for it, or stop the other program that uses this database"),
    ("full", *FULL),
    ("readonly", "the database may not be written to", "give this user the right to write to it and its folder"),
    ("unable to open", "it cannot be opened", "check that the folder exists and that this user may write to it"),
    ("i/o error", _FAILS, "see the system's log; nothing is tried on a disk that fails"),
)
#: What passes without anybody having to set anything right here.
_PASSING = ("locked", "full")
SET_ASIDE = "'syndicator build' or 'run' sets it aside, and takes ids and dates from the published documents"
_DAMAGES = (
    ("not a database", "it is not a database", "check [state] url, or move the file aside and run again"),
    ("malformed", "it is damaged", SET_ASIDE),
    # A page full of something else may still read like rows.
    ("could not decode", "it is damaged", SET_ASIDE),
)


def damaged(what: str, how: str = "") -> StateDamaged:
    """The error of a state that cannot be relied on."""
    return StateDamaged(what, f"it is damaged{how}", SET_ASIDE)


def in_words(what: str, cause: BaseException | None) -> StateError:
    """What a database said, for people."""
    said = str(cause).lower()
    for sign, reason, remedy in _DAMAGES:
        if sign in said:
            return StateDamaged(what, reason, remedy)
    for sign, reason, remedy in _REMEDIES:
        if sign in said:
            kind = StateNotNow if sign in _PASSING else StateError
            return _in_detail(kind(what, reason, remedy), sign)
    return StateError(what, str(cause), "see the database's own log")


def is_of_files(error: StateError) -> bool:
    """Whether a database says this too when its files were removed under it."""
    return isinstance(error, StateDamaged) or error.reason == _FAILS


def _in_detail(error: StateError, sign: str) -> StateError:
    """What SQLite does not say of it: who writes, and why files cannot be opened or made larger."""
    file = Path(error.what.removeprefix("state "))
    if sign == "locked" and (holder := who_holds(file)):
        return StateNotNow(error.what, f"another process is writing: {holder}", error.remedy)
    if sign not in ("unable to open", "i/o error"):
        return error
    if trouble := too_many_files():
        return StateNotNow(error.what, trouble, MORE_FILES)
    try:
        disk = os.statvfs(file.parent)
    except OSError:
        return error
    if disk.f_flag & os.ST_RDONLY:
        return StateError(error.what, "its folder is read-only", "mount the file system writable, or set [state] url")
    if disk.f_bavail * disk.f_frsize < _NO_SPACE:
        return StateNotNow(error.what, *FULL)
    return error
