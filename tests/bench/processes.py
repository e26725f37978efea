"""Processes that go on running while they are measured: started, looked at through /proc, and stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.measure import WrongResultError

#: Seconds after which nobody waits any more: the first build of a large site takes a while.
PATIENCE = 300.0
_TICKS = os.sysconf("SC_CLK_TCK")
#: <linux/posix-timers.h>, CPUCLOCK_SCHED: with a number of a process before it, the clock of all its threads.
_CPU_CLOCK = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A process that runs, with all its children."""

    process: subprocess.Popen[bytes]

    def cpu(self) -> float:
        """Seconds of user and system time so far; of children that ended too, once they were waited for."""
        return sum(_seconds(pid) + _ticks_of_ended(pid) / _TICKS for pid in _with_children(self.process.pid))

    def peak(self) -> int:
        """The most memory in bytes that the process itself ever had, which no other process counts into."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8", errors="replace")
        (line,) = [line for line in status.splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) * 1024

    def wait(self, until: Callable[[], bool], every: float = 0.02) -> None:
        """Wait until something is so. Raises WrongResultError when the process ends first, or it takes far too long."""
        end = time.monotonic() + PATIENCE
        while not until():
            if self.process.poll() is not None or time.monotonic() > end:
                raise WrongResultError(f"{self.process.args!r} ended, or did not do in {PATIENCE:.0f} s what it was to")
            time.sleep(every)


@contextmanager
def started(command: Sequence[str], folder: Path) -> Iterator[Family]:
    """Run a command in a folder until the block is left; then it is asked to stop. Raises WrongResultError if it ends
    by itself, or with a fault."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        try:
            yield Family(process=process)
        except WrongResultError as error:
            output.seek(0)
            raise WrongResultError(f"{error}\n{output.read().decode(errors='replace')[-3000:]}") from error
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            finally:
                process.kill()
                process.wait()


def _seconds(pid: int) -> float:
    """What a process has used of processors, to the nanosecond: /proc counts in steps of 10 ms, a sixth of a save."""
    try:
        return time.clock_gettime(~pid << 3 | _CPU_CLOCK)
    except OSError:
        return 0.0


def _ticks_of_ended(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(map(int, fields[13:15]))


def _with_children(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except (FileNotFoundError, ProcessLookupError):
        return [pid]
    return [pid, *(one for child in children for one in _with_children(int(child)))]
