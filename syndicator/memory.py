"""Memory that is free goes back to the operating system."""

from __future__ import annotations

import sys


def give_back() -> None:
    """Give back what the allocator of the C library keeps for later, where it can: a first build of a large site leaves
    tens of megabytes that nobody will want again.
    """
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it, musl has not
    if trim is not None:
        trim(0)
