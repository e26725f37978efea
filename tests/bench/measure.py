"""What a command costs: wall time, processor time and memory, its child processes included."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

MIB = 2**20
SAMPLE_EVERY = 0.005

# As people have it: Python keeps what it compiled, so that only the first command pays for compiling.
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class WrongResultError(Exception):
    """A measured command failed or did something else than was to be measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run. ``wall`` and ``cpu`` (user and system) in seconds, ``peak`` in bytes of the largest process."""

    wall: float
    cpu: float
    peak: int
    output: str


def run(command: Sequence[str], folder: Path, *, while_running: Callable[[int], None] | None = None) -> Run:
    """Run ``command`` in ``folder``; ``while_running`` gets its process number. Raises WrongResultError on failure.

    Linux counts the memory of whoever starts a process in that process's peak, so the caller must stay small:
    nothing of the product is imported here, and what needs it runs in a process of its own.
    """
    with tempfile.TemporaryFile() as output:
        begin = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=_ENVIRONMENT
        )
        if while_running:
            while_running(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        # wait4 took the exit status away from subprocess, which would warn about a process that it still thinks alive.
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode(errors="replace")
    if process.returncode:
        raise WrongResultError(f"{' '.join(command)}\nended with status {process.returncode}:\n{text[-3000:]}")
    return Run(wall=wall, cpu=usage.ru_utime + usage.ru_stime, peak=usage.ru_maxrss * 1024, output=text)


def tree_peak(command: Sequence[str], folder: Path) -> int:
    """Peak memory in bytes of ``command`` with all its children, pages that they share counted once.

    Looking costs the command time, so this is a run of its own and none that is timed.
    """
    peak = 0

    def watch(pid: int) -> None:
        nonlocal peak
        while (now := _family_memory(pid)) is not None:
            peak = max(peak, now)
            time.sleep(SAMPLE_EVERY)

    run(command, folder, while_running=watch)
    return peak


def _family_memory(pid: int) -> int | None:
    """Proportional set size of a process and its descendants, None once it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    own = [int(line.split()[1]) for line in lines if line.startswith("Pss:")]
    if not own:  # ended, and nobody has asked for its status yet
        return None
    return own[0] * 1024 + sum(_family_memory(int(child)) or 0 for child in children)


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Median, then smallest and largest: ``1.20 (1.10–1.34)``."""
    middle, low, high = statistics.median(values), min(values), max(values)
    return f"{middle:.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """One ratio a repetition: runs side by side share what else the machine was doing."""
    return [a / b for a, b in zip(ours, theirs, strict=True)]
