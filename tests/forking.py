"""Commands without the half second that each needs to import what it uses: a process that has imported it all forks.

A command has its own process, arguments, environment, folder and files, and ends as it would; only its imports are done
already. Services, and the tests of starting, start from nothing: see ``COMMAND`` in newsroom.py.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import cache
from pathlib import Path
from select import select
from typing import NoReturn

ROOT = Path(__file__).parents[1]
_SIZE = 8


# --- the side of the tests ------------------------------------------------------------------------------------------


class Forker:
    """The process that forks, and the way to it."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair()
        self._lock = threading.Lock()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.forking", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd=ROOT,
            )
        atexit.register(self._end)

    def _end(self) -> None:
        self._ours.close()
        self._process.wait()

    def run(
        self,
        words: Sequence[str],
        *,
        cwd: Path = ROOT,
        env: Mapping[str, str] | None = None,
        program: str = "syndicator",
        timeout: float = 60,
    ) -> subprocess.CompletedProcess[str]:
        """``python -m syndicator`` with these words, to its end; ``env`` comes on top of the environment here."""
        command = {"program": program, "words": words, "cwd": str(cwd), "env": {**os.environ, **(env or {})}}
        asked = json.dumps(command).encode()
        with ExitStack() as stack:
            said, complained = (stack.enter_context(tempfile.TemporaryFile()) for _ in range(2))
            ended, tell = os.pipe()
            stack.callback(os.close, ended)
            try:
                with self._lock:
                    files = [said.fileno(), complained.fileno(), tell]
                    socket.send_fds(self._ours, [len(asked).to_bytes(_SIZE)], files)
                    self._ours.sendall(asked)
            finally:
                os.close(tell)
            pid = int(_line(ended, timeout) or "0")
            status = _line(ended, timeout)
            if not status:
                if pid:
                    os.kill(pid, signal.SIGKILL)
                raise subprocess.TimeoutExpired(list(words), timeout)
            texts = [_text(file.fileno()) for file in (said, complained)]
        return subprocess.CompletedProcess(list(words), int(status), *texts)


@cache
def forker() -> Forker:
    """The one of this process, started when the first command is run."""
    return Forker()


def _line(pipe: int, timeout: float) -> str:
    """The next line from a pipe; "" when none comes in time."""
    got, deadline = b"", time.monotonic() + timeout
    while not got.endswith(b"\n"):
        if not select([pipe], [], [], max(0, deadline - time.monotonic()))[0]:
            return ""
        part = os.read(pipe, 1)
        if not part:
            return ""
        got += part
    return got.decode()


def _text(file: int) -> str:
    """All that was written to a file, lines as in text."""
    parts = bytearray()
    os.lseek(file, 0, os.SEEK_SET)
    while part := os.read(file, 1 << 20):
        parts += part
    return parts.decode().replace("\r\n", "\n").replace("\r", "\n")


# --- the side of the commands ---------------------------------------------------------------------------------------


def _import_all() -> None:
    import syndicator

    for module in pkgutil.walk_packages(syndicator.__path__, "syndicator."):
        if "migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for late in ("encodings.idna", "typer._adapters"):
        importlib.import_module(late)


def _received(ours: socket.socket) -> tuple[bytes, list[int]]:
    """The next command and its files; nothing when nobody will ask any more."""
    size, files, _, _ = socket.recv_fds(ours, _SIZE, 3)
    asked = b""
    while len(asked) < int.from_bytes(size):
        part = ours.recv(int.from_bytes(size) - len(asked))
        if not part:
            return b"", files
        asked += part
    return asked, files


def _wait(pid: int, tell: int) -> NoReturn:
    os.write(tell, f"{pid}\n".encode())
    _, status = os.waitpid(pid, 0)
    os.write(tell, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _bury(how: int) -> None:
    """Take note of children that ended."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, how)[0]:
            pass


def _next_command(ours: socket.socket) -> tuple[str, list[str]] | None:
    """Fork for each command: returns its program and words in its own process, and None here at the end."""
    while True:
        asked, files = _received(ours)
        if not asked:
            _bury(0)
            return None
        if os.fork() == 0:
            break
        for file in files:
            os.close(file)
        _bury(os.WNOHANG)
    # Two processes a command: one waits for the other, so that this one can serve whoever asks next.
    ours.close()
    said, complained, tell = files
    if pid := os.fork():
        os.close(said)
        os.close(complained)
        _wait(pid, tell)
    os.close(tell)
    for file, standard in ((said, 1), (complained, 2)):
        os.dup2(file, standard)
        os.close(file)
    command = json.loads(asked)
    os.environ.clear()
    os.environ.update(command["env"])
    time.tzset()
    os.chdir(command["cwd"])
    return command["program"], command["words"]


def _serve(ours: socket.socket) -> None:
    _import_all()
    # What garbage collectors do not touch, processes go on sharing.
    gc.freeze()
    if command := _next_command(ours):
        program, words = command
        sys.argv = [program, *words]
        runpy.run_module(program, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
