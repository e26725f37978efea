"""The table of who saw what, printed at the end of a session in which readers read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tests.readers.seen import ATOM, FIELDS, FULL, JSON, NOTHING, PART, RSS, WRONG, Limit, Outcome, Reader, limits_in

#: The name under which a test hands a row to the session, which may run in another process.
PROPERTY = "readers"
_SIGNS = {FULL: "yes", PART: "part", NOTHING: "—", WRONG: "NO"}
_LEGEND = "yes: all of it as published; part, —: some of it, nothing, for the reason with this number; NO: it differs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """How a reader sees a format; ``cells`` holds how much of a field, and why not all of it."""

    reader: str
    version: str
    format: str
    documents: int
    entries: int
    cells: Mapping[str, tuple[str, str]]


def rows_of(reader: Reader, outcomes: Sequence[Outcome]) -> Iterator[dict[str, Any]]:
    """The rows of a reader over several sites, as plain values."""
    version = reader.version()
    for format_ in (RSS, ATOM, JSON):
        unread = {name: Limit(field=name, formats=(format_,), why="does not read this format") for name in FIELDS}
        limits = limits_in(reader, format_) if format_ in reader.formats else unread
        wrong = {found.field for outcome in outcomes for found in outcome.differences if found.format == format_}
        cells = {}
        for name in FIELDS:
            limit = limits.get(name)
            seen = WRONG if name in wrong else FULL if limit is None else PART if limit.shows else NOTHING
            cells[name] = (seen, limit.why if limit else "")
        counts = [outcome.seen.get(format_, (0, 0)) for outcome in outcomes]
        row = Row(
            reader=reader.name, version=version, format=format_, cells=cells,
            documents=sum(documents for documents, _ in counts), entries=sum(entries for _, entries in counts),
        )  # fmt: skip
        yield asdict(row)


def lines(rows: Sequence[Row]) -> Iterator[str]:
    """The table, and what its numbers stand for."""
    reasons: dict[str, int] = {}
    table = [("reader", "format", "feeds", "entries", *FIELDS)]
    for row in sorted(rows, key=lambda row: row.reader):
        cells = []
        for name in FIELDS:
            seen, why = row.cells[name]
            number = reasons.setdefault(why, len(reasons) + 1) if seen in (PART, NOTHING) else ""
            cells.append(f"{_SIGNS[seen]} {number}".strip())
        table.append((f"{row.reader} {row.version}", row.format, str(row.documents), str(row.entries), *cells))
    widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    for line in table:
        yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
    yield ""
    yield _LEGEND
    for why, number in reasons.items():
        yield f"{number:3}  {why}"


def rows_in(reports: Iterator[Any]) -> list[Row]:
    """The rows that tests handed over."""
    return [
        Row(**value)
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == PROPERTY and getattr(report, "when", "") == "call"
    ]
