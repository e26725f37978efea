"""How many files and connections this process may have open, and what to say when these are too many."""

from __future__ import annotations

import errno
import os
import resource

TOO_MANY = frozenset({errno.EMFILE, errno.ENFILE})
NO_FILE = "this process cannot open another file"
MORE_FILES = "it is tried again; allow this process more open files (LimitNOFILE= of systemd, ulimit -n)"
#: More than this nobody needs, and some systems allow a billion.
_ENOUGH = 65_536


def allow_many() -> int:
    """Allow this process as many open files as it may allow itself, within reason; how many those are."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _ENOUGH if hard == resource.RLIM_INFINITY else min(hard, _ENOUGH)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return _ENOUGH if soft == resource.RLIM_INFINITY else soft


def is_for_want_of_files(error: Exception) -> bool:
    """Whether something failed since no file can be opened. Modules and libraries are files, too."""
    if isinstance(error, OSError):
        return error.errno in TOO_MANY
    return isinstance(error, ImportError) and bool(too_many_files())


def too_many_files(wanted: int = 1) -> str:
    """That so many files cannot be opened now, whatever they are, "" when they can: for errors that do not say why."""
    opened: list[int] = []
    try:
        while len(opened) < wanted:
            opened.append(os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC))
    except OSError as error:
        return f"{NO_FILE} ({error.strerror})"
    finally:
        for number in opened:
            os.close(number)
    return ""
