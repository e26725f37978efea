"""The events of the log are for ever, so that each is written down where operators look for it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEVELS = {"debug", "info", "warning", "error", "critical", "exception"}


def texts(node: ast.expr) -> Iterator[str]:
    """The events that an expression can be; what is put in later is a %s in them."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp():
            yield from texts(node.body)
            yield from texts(node.orelse)
        case ast.Subscript(value=ast.Name(id="_LOST")):
            yield from ("timer failed", "timer missed", "timer skipped")


def events() -> Iterator[tuple[str, str]]:
    """Each event and where it comes from."""
    for path in sorted((ROOT / "syndicator").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if "log." in text else ():
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="log"), attr=level), args=[first, *_]):
                    if level in LEVELS:
                        yield from ((event, path.name) for event in texts(first))


def test_every_event_stands_in_the_table_for_operators() -> None:
    page = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8").partition("## Logs")[2]
    rows = {name for line in page.splitlines() if line.startswith("| `") for name in re.findall(r"`([^`]+)`", line)}

    found = dict(events())

    assert {"started", "feeds published", "hook called", "timer failed"} <= found.keys()
    # What is missing wants a row in the table of docs/operate.md.
    assert {} == {event: file for event, file in found.items() if not any(map(pattern(event).fullmatch, rows))}


def pattern(event: str) -> re.Pattern[str]:
    """Where a part of an event is put in later, any will do."""
    return re.compile(re.escape(event).replace("%s", ".+"))
