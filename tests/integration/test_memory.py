"""Memory that nobody needs any more is the operating system's again."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

#: Blocks beyond those of Python's own allocator, and one that stays behind all of them, so that the end of the heap
#: cannot simply be moved.
CODE = """
import os
from pathlib import Path
from syndicator.memory import give_back

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

blocks = [bytes(2_000) for _ in range(20_000)]
last = blocks.pop()
blocks.clear()
before = resident()
give_back()
print(before - resident())
"""


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc",
    reason="other C libraries give it back by themselves, or never",
)
def test_what_lies_free_below_something_in_use_is_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)

    assert int(done.stdout) > 30_000_000
