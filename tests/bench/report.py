"""Figures as Markdown, on the terminal and in ``docs/performance.md``."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.measure import WrongResultError

BEGIN = "<!-- figures: begin (written by `make bench`) -->"
END = "<!-- figures: end -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A figure that was promised: ``figure`` must be below ``limit``, both in ``unit``."""

    what: str
    figure: float
    limit: float
    unit: str = ""

    @property
    def row(self) -> tuple[str, ...]:
        digits = 0 if self.limit >= 10 else 2
        met = "met" if self.figure < self.limit else "**missed**"
        return (self.what, f"below {self.limit:g}{self.unit}", f"{self.figure:.{digits}f}{self.unit}", met)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part's table and its promises."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    promises: tuple[Promise, ...] = ()


def markdown(sections: Sequence[Section], *, now: datetime) -> str:
    """All that was measured: the machine, the promises, then each table."""
    parts = [machine(now)]
    promises = [promise.row for section in sections for promise in section.promises]
    if promises:
        parts.append(_table(("Promise", "Target", "Measured", ""), promises, text=1))
    parts += [f"### {section.title}\n\n{_table(section.columns, section.rows, text=1)}" for section in sections]
    return "\n\n".join(parts) + "\n"


def machine(now: datetime) -> str:
    """What the figures were taken on, without saying whose machine it is."""
    cores = len(os.sched_getaffinity(0))
    python = f"{platform.python_implementation()} {platform.python_version()}"
    kind = f"{platform.system()} on {platform.machine()}"
    return f"Measured on {now.astimezone(UTC):%Y-%m-%d}: {cores} cores, {kind}, {python}."


def rewrite(path: Path, block: str) -> None:
    """Put ``block`` between the two marker lines of a document. Raises WrongResultError if they are not there."""
    before, begin, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise WrongResultError(f"{path.name} has lost the lines between which the figures go")
    path.write_text(f"{before}{begin}\n\n{block}\n{end}{after}", encoding="utf-8")


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, text: int) -> str:
    """A table whose first ``text`` columns are words and whose others are figures, aligned for a terminal too."""
    widths = [max(3, *(len(row[i]) for row in (columns, *rows))) for i in range(len(columns))]

    def line(cells: Sequence[str]) -> str:
        padded = [
            cell.ljust(w) if i < text else cell.rjust(w) for i, (cell, w) in enumerate(zip(cells, widths, strict=True))
        ]
        return f"| {' | '.join(padded)} |"

    rule = ["-" * w if i < text else "-" * (w - 1) + ":" for i, w in enumerate(widths)]
    return "\n".join(line(row) for row in (columns, rule, *rows))
