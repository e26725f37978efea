"""Runs syndicator and kills it, for good, at the Nth thing that it does to disk or database.

    python -m tests.mortal N FOLDER WORDS…

Counted are files opened for writing, renamed and removed below FOLDER, folders made, every statement and commit. The
last line of stderr says how many there were when the process came to its end alive.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import NoReturn

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def main() -> None:
    """Count down to the end."""
    left, folder, words = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    done = 0

    def tick(*_: object) -> None:
        nonlocal done
        done += 1
        if done == left:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if str(path).startswith(folder) and isinstance(flags, int) and flags & _WRITES:
                tick()
        elif event in ("os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir") and str(arguments[0]).startswith(
            folder
        ):
            tick()

    from sqlalchemy import Engine, event

    event.listen(Engine, "before_cursor_execute", tick)
    event.listen(Engine, "commit", tick)
    sys.addaudithook(watch)
    sys.argv = ["syndicator", *words]
    from syndicator.cli import main as command

    leave = os._exit

    def tell_and_leave(status: int) -> NoReturn:
        print(f"points: {done}", file=sys.stderr, flush=True)
        leave(status)

    os._exit = tell_and_leave
    command()


if __name__ == "__main__":
    main()
