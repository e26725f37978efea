"""How many files and connections this process may have open, and what to say when these are too many."""

from __future__ import annotations

import errno
import os
import resource

TOO_MANY = frozenset({errno.EMFILE, errno.ENFILE})
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


def too_many_files() -> str:
    """That no file can be opened now, whatever it is, "" when one can: for errors that do not say why."""
    try:
        os.close(os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC))
    except OSError as error:
        return f"this process cannot open another file ({error.strerror})"
    return ""
