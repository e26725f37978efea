"""Which tests and rules of the linter show which items of the checklists, as ``docs/conformance.md`` lists them.

``python -m tests.checklists`` writes the last column of its tables anew: what shows an item. Why nothing does is kept
as long as nothing does.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from syndicator.lint import rules

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "conformance.md"
#: How many items each checklist has; that of WebSub goes on with what hubs and subscribers have to do.
LENGTHS = {"rss": 70, "atom": 75, "jsonfeed": 62, "websub": 14}
_LONGER = frozenset({"websub"})
#: So many tests are named for an item; there may be more.
_MOST = 2

# "rss-54 to rss-61", "jsonfeed-45 to -48", "rss-5-and-6" of a test's name.
_ITEM = re.compile(
    r"\b(rss|atom|jsonfeed|websub)-([0-9]{1,2})\b"
    r"(?: to (?:(?:rss|atom|jsonfeed|websub))?-([0-9]{1,2})|-and-([0-9]{1,2}))?"
)
_ROW = re.compile(r"\| ([0-9]{1,2}) \| (MUST|SHOULD|MAY|note) \| ([^|]+) \| ([^|]+) \|")
_SHOWN = re.compile(r"`(tests/[\w/]+\.py)` (\w+)|linter `(\w+)`")


@dataclass(frozen=True, slots=True)
class Row:
    """An item of a checklist: how bad it is to miss it, what it asks, and what shows it or why nothing does."""

    item: str
    level: str
    asks: str
    shown: str


def rows(page: str) -> Iterator[Row]:
    """The rows of all tables of the page."""
    checklist = ""
    for line in page.splitlines():
        if line.startswith("## "):
            checklist = line.removeprefix("## ").partition(" ")[0].lower().replace("json", "jsonfeed")
        elif match := _ROW.fullmatch(line):
            yield Row(f"{checklist}-{match[1]}", match[2], match[3], match[4])


def shown_by(row: Row) -> tuple[list[tuple[str, str]], list[str]]:
    """The tests (file and name) and rules of the linter that a row names."""
    found = _SHOWN.findall(row.shown)
    return [(file, name) for file, name, _ in found if file], [rule for _, _, rule in found if rule]


@cache
def naming() -> dict[str, list[tuple[str, str]]]:
    """All tests by the items that they name, in their text or in their own name; those of documents come first."""
    found: dict[str, list[tuple[str, str]]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py"), key=_order):
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test_"):
                first = min(part.lineno for part in (node, *node.decorator_list))
                for item in items("\n".join(lines[first - 1 : node.end_lineno])):
                    found.setdefault(item, []).append((path.relative_to(ROOT).as_posix(), node.name))
    return found


def items(text: str) -> set[str]:
    """The items that a text names."""
    named: set[str] = set()
    for checklist, first, last, other in _ITEM.findall(text.replace("_", "-")):
        numbers = {*range(int(first), int(last or first) + 1), int(other or first)}
        listed = {number for number in numbers if checklist not in _LONGER or number <= LENGTHS[checklist]}
        named |= {f"{checklist}-{number}" for number in listed}
    return named


@cache
def broken() -> dict[str, list[str]]:
    """The rules of the linter by their item; each has a document that breaks it (tests/unit/test_lint_rules.py)."""
    found: dict[str, list[str]] = {}
    for rule in rules().values():
        found.setdefault(rule.spec, []).append(rule.name)
    return found


def written(page: str) -> str:
    """The page with the last column as it should be."""
    for row in rows(page):
        named = [f"`{file}` {name}" for file, name in naming().get(row.item, [])[:_MOST]]
        named += [f"linter `{rule}`" for rule in broken().get(row.item, [])[:_MOST]]
        if named:
            number = row.item.rpartition("-")[2]
            begin = f"| {number} | {row.level} | {row.asks} |"
            page = page.replace(f"{begin} {row.shown} |\n", f"{begin} {', '.join(named)} |\n")
    return page


def _order(path: Path) -> tuple[bool, str]:
    documents = ("test_rss", "test_atom", "test_jsonfeed", "test_formats_checklist", "test_hero", "test_ledger")
    return path.stem not in documents, path.as_posix()


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
