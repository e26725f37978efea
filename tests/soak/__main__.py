"""``python -m tests.soak``: a long bad day. Exit status 0 says that all was well, 1 what was not."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.soak.day import Day


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=int(time.time()), help="the deeds of another day again")
    parser.add_argument("--folder", type=Path, help="keep everything here, to look at")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as temporary:
        folder = wanted.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        day = Day(folder, wanted.seed, wanted.seconds, _tell if sys.stdout.isatty() else _quiet)
        complaints = day.spend()
        print(f"seed {wanted.seed}, {wanted.seconds:g} s: {sum(day.done.values())} deeds")
        print("  " + ", ".join(f"{count} {deed}" for deed, count in sorted(day.done.items())))
        for complaint in complaints:
            print(f"  complaint: {complaint}")
        if complaints and not wanted.folder:
            print((folder / "log").read_text()[-4000:])
    print("all was well" if not complaints else f"{len(complaints)} complaints")
    return 1 if complaints else 0


def _tell(line: str) -> None:
    print(line, flush=True)


def _quiet(_: str) -> None:
    pass


if __name__ == "__main__":
    sys.exit(main())
