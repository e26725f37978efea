"""What is wrong in the file of a profile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from syndicator.configuration.tomlfile import KeyPath, TomlFile
from syndicator.configuration.words import nearest, shown
from syndicator.errors import Fault
from syndicator.model import Mark
from syndicator.profiles.kinds import RULES, Takes
from syndicator.profiles.rulevalues import value_of
from syndicator.text import printable

_KEYS = ("title", "based_on", "partner", "reviewed", "sources", "rules")
_RULE_KEYS = ("value", "does", "mark", "note")


def faults_of(toml: TomlFile) -> Iterator[Fault]:
    """What is wrong in one file, whatever it is based on."""
    tables = toml.tables
    for key in tables:
        if key not in _KEYS:
            yield _unknown(toml, (key,), key, _KEYS)
    checks: tuple[tuple[str, type | tuple[type, ...], str], ...] = (
        ("title", str, "text"),
        ("based_on", str, "the name of a profile"),
        ("partner", bool, "true or false"),
        ("reviewed", (str, date), "a date such as 2026-01-31"),
        ("sources", list, "a list of addresses"),
        ("rules", dict, "a table, [rules]"),
    )
    for key, kind, expected in checks:
        if key in tables and not isinstance(tables[key], kind):
            yield fault(toml, (key,), f"expected {expected}, found {shown(tables[key])}")
    if isinstance(tables.get("sources"), list) and not all(isinstance(item, str) for item in tables["sources"]):
        yield fault(toml, ("sources",), "expected a list of addresses")
    if isinstance(tables.get("title"), str) and not tables["title"].strip():
        yield fault(toml, ("title",), "is empty", "write how messages are to call it, or leave it out")
    if isinstance(tables.get("reviewed"), str) and not _is_day(tables["reviewed"]):
        yield fault(toml, ("reviewed",), f"expected {checks[3][2]}, found {shown(tables['reviewed'])}")
    for name, written in rules_of(toml).items():
        if name not in RULES:
            yield _unknown(toml, ("rules", name), name, tuple(RULES))
        else:
            yield from _rule_faults(toml, name, written)
    if not tables.get("based_on"):
        yield from (no_value(toml, name) for name in without_value(toml))


def rules_of(toml: TomlFile) -> Mapping[str, Any]:
    """What a file says about rules, as far as it is a table."""
    rules = toml.tables.get("rules")
    return rules if isinstance(rules, dict) else {}


def without_value(toml: TomlFile) -> list[str]:
    """The rules of which a file says something, but not their value."""
    return [name for name, written in rules_of(toml).items() if isinstance(written, dict) and "value" not in written]


def no_value(toml: TomlFile, name: str) -> Fault:
    where = f"[rules.{printable(name)}]"
    return fault(toml, ("rules", name), "has no value", f"add value = … under {where}")


def _is_day(written: str) -> bool:
    try:
        return bool(date.fromisoformat(written))
    except ValueError:
        return False


def _rule_faults(toml: TomlFile, name: str, written: Any) -> Iterator[Fault]:
    kind = RULES[name]
    table = written if isinstance(written, dict) else {"value": written}
    at: KeyPath = ("rules", name)
    for key in table:
        if key not in _RULE_KEYS:
            yield _unknown(toml, (*at, key), key, _RULE_KEYS)
    if "value" in table and value_of(table["value"], kind) is None:
        expected = kind.takes.value
        if kind.choices:
            words = ", ".join(f'"{choice}"' for choice in kind.choices)
            expected = f"one of {words}" if kind.takes is Takes.CHOICE else f"a list of {words}"
        path = (*at, "value") if table is written else at
        yield fault(toml, path, f"expected {expected}, found {shown(table['value'])}")
    does = table.get("does", kind.does[0])
    if does not in kind.does:
        allowed = " or ".join(f'"{deed}"' for deed in kind.does)
        yield fault(toml, (*at, "does"), f"expected {allowed}, found {shown(does)}")
    if "mark" in table and table["mark"] not in tuple(Mark):
        words = ", ".join(f'"{mark}"' for mark in Mark)
        yield fault(toml, (*at, "mark"), f"expected one of {words}, found {shown(table['mark'])}")
    if "note" in table and not isinstance(table["note"], str):
        yield fault(toml, (*at, "note"), f"expected text, found {shown(table['note'])}")


def _unknown(toml: TomlFile, path: KeyPath, name: str, known: tuple[str, ...]) -> Fault:
    meant = nearest(name, known)
    what = "is no rule" if path[:-1] == ("rules",) else "is not known"
    return fault(toml, path, what, f"did you mean '{meant}'?" if meant else f"known here: {', '.join(known)}")


def fault(toml: TomlFile, path: KeyPath, problem: str, remedy: str = "") -> Fault:
    key = ".".join(printable(str(part)) for part in path)
    return Fault(where=printable(toml.name), line=toml.line_of(path), key=key, problem=problem, remedy=remedy)
