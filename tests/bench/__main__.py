"""Measure, print, and keep the figures in ``docs/performance.md``."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.builds import measure_builds
from tests.bench.deliveries import measure_deliveries
from tests.bench.live import Effort, measure_live
from tests.bench.measure import WrongResultError
from tests.bench.product import ROOT
from tests.bench.rendering import measure_rendering
from tests.bench.report import Section, markdown, rewrite
from tests.bench.startup import measure_startup
from tests.bench.topics import measure_topics

DOCUMENT = ROOT / "docs" / "performance.md"

#: What --quick leaves out unless it is asked for.
LARGE = frozenset({"builds-10k", "feeds-1k", "live-10k", "live-100k"})

QUICK_LIVE = Effort(saves=6, restarts=1, idle=5)
#: The time that is idle has a reconciling look over the whole folder in it.
LIVE = Effort(saves=20, restarts=3, idle=65)
#: With 100,000 posts somebody looks every four minutes: a shorter time would have a look in it, or not, by chance.
LARGE_IDLE = 260

# Each part gets a folder to itself and what --quick makes of a number of repetitions.
PARTS: dict[str, Callable[[Path, bool], Section]] = {
    "builds-1k": lambda folder, quick: measure_builds(folder, 1_000, 2 if quick else 5),
    "builds-10k": lambda folder, quick: measure_builds(folder, 10_000, 1 if quick else 5),
    "feeds-1k": lambda folder, quick: measure_topics(folder, 1 if quick else 3),
    "deliveries": lambda folder, quick: measure_deliveries(folder, 10 if quick else 100),
    "live-1k": lambda folder, quick: measure_live(folder, 1_000, QUICK_LIVE if quick else LIVE),
    "live-10k": lambda folder, quick: measure_live(folder, 10_000, QUICK_LIVE if quick else LIVE),
    "live-100k": lambda folder, quick: measure_live(
        folder, 100_000, replace(QUICK_LIVE if quick else LIVE, idle=LARGE_IDLE)
    ),
    "startup": lambda _, quick: measure_startup(3 if quick else 11),
    "rendering": lambda _, quick: measure_rendering(5 if quick else 31),
}


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description="Measure the product next to Hugo. A whole run also renews the figures in docs/performance.md.",
    )
    parser.add_argument("--quick", action="store_true", help="few repetitions and no large corpus; prints only")
    parser.add_argument("--only", choices=PARTS, action="append", help="one part (may be given again); prints only")
    options = parser.parse_args()
    names = options.only or [name for name in PARTS if not (options.quick and name in LARGE)]
    # Ended politely, it still removes its corpora.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

    sections = []
    with tempfile.TemporaryDirectory(prefix="syndicator-bench-") as folder:
        for name in names:
            print(f"{name} …", file=sys.stderr, flush=True)
            try:
                sections.append(PARTS[name](Path(folder, name), options.quick))
            except WrongResultError as error:
                print(f"{name}: {error}", file=sys.stderr)
                return 1
    figures = markdown(sections, now=datetime.now(UTC))
    print(figures, end="")
    if not options.quick and not options.only:
        rewrite(DOCUMENT, figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
