"""What a command costs before it does anything."""

from __future__ import annotations

import sys
from statistics import median

from tests.bench.measure import MIB, Run, run, spread
from tests.bench.product import COMMAND, ROOT
from tests.bench.report import Promise, Section

HELP_CPU_SECONDS = 0.3


def measure_startup(repetitions: int) -> Section:
    """``syndicator --help``, next to a Python that does nothing."""
    commands = (
        ("python -c pass", (sys.executable, "-c", "pass")),
        ("syndicator --help", (*COMMAND, "--help")),
    )
    for _, command in commands:
        run(command, ROOT)
    runs: dict[str, list[Run]] = {name: [] for name, _ in commands}
    for _ in range(repetitions):
        for name, command in commands:
            runs[name].append(run(command, ROOT))
    return Section(
        title="Start-up",
        columns=("", "wall s", "CPU s", "peak MiB"),
        rows=tuple(
            (
                f"`{name}`",
                spread([run.wall for run in some]),
                spread([run.cpu for run in some]),
                f"{max(run.peak for run in some) / MIB:.0f}",
            )
            for name, some in runs.items()
        ),
        promises=(
            Promise(
                what="`syndicator --help`, CPU",
                figure=median([run.cpu for run in runs["syndicator --help"]]),
                limit=HELP_CPU_SECONDS,
                unit=" s",
            ),
        ),
    )
