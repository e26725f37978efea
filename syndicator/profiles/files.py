"""Profiles in TOML files: those that come with the program, and the owner's own beside them or on top of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from syndicator.configuration.tomlfile import KeyPath, TomlFile, read_toml
from syndicator.configuration.values import Duration
from syndicator.configuration.words import nearest, shown
from syndicator.errors import ConfigError, Fault
from syndicator.model import Deed, Mark, Profile, ProfileRule, RuleValue
from syndicator.profiles.kinds import RULES, RuleKind, Takes
from syndicator.text import printable

SHIPPED = Path(__file__).parent
_NAME = re.compile(r"[a-z0-9-]{1,100}")
_KEYS = ("title", "based_on", "partner", "reviewed", "sources", "rules")
_RULE_KEYS = ("value", "does", "mark", "note")
_MOST_FILES = 500
_MOST_BYTES = 200_000


class _Missing(Exception):
    """A profile is based on another which is not there."""

    def __init__(self, base: str) -> None:
        super().__init__(base)
        self.base = base


def shipped_names() -> tuple[str, ...]:
    """The profiles that come with the program, sorted."""
    return tuple(sorted(file.stem for file in SHIPPED.glob("*.toml")))


@cache
def shipped(name: str) -> Profile:
    """One that comes with the program. Raises KeyError for any other name."""
    if name not in shipped_names():
        raise KeyError(name)
    return Shelf().profile(name)


def read_folder(folder: Path) -> Shelf:
    """The owner's profiles, each checked, with those of the program beside them. Raises ConfigError with all faults."""
    try:
        files = sorted(file for file in folder.iterdir() if file.suffix == ".toml")[:_MOST_FILES]
    except OSError as error:
        reason = "there is no such folder" if isinstance(error, FileNotFoundError) else error.strerror or "no folder"
        where = printable(str(folder))
        remedy = "make it, or mend folder under [profiles]"
        raise ConfigError((Fault(where=where, problem=reason, remedy=remedy),)) from error
    tomls: dict[str, TomlFile] = {}
    faults: list[Fault] = []
    for file in files:
        if not _NAME.fullmatch(file.stem):
            problem = "is no name for a profile"
            remedy = "name the file in lower-case letters, digits and hyphens"
            faults.append(Fault(where=printable(str(file)), problem=problem, remedy=remedy))
            continue
        if file.exists() and not (file.is_file() or file.is_dir()):
            # A pipe would be waited for, without an end.
            faults.append(Fault(where=printable(str(file)), problem="is no file", remedy="take it out of the folder"))
            continue
        try:
            tomls[file.stem] = read_toml(file, most=_MOST_BYTES)
        except ConfigError as error:
            faults += error.faults
    shelf = Shelf(tomls)
    for name in tomls:
        faults += shelf.faults(name)
    if faults:
        raise ConfigError(tuple(faults))
    return shelf


@dataclass(frozen=True, slots=True)
class Shelf:
    """Profiles by name: the owner's, then the program's. One of the owner's may be based on that of the same name."""

    own: Mapping[str, TomlFile] = field(default_factory=dict)

    def names(self) -> tuple[str, ...]:
        """All there are, sorted."""
        return tuple(sorted({*self.own, *shipped_names()}))

    def profile(self, name: str) -> Profile:
        """The profile with all that it takes from others. Raises KeyError when there is none of that name."""
        if name not in self.names():
            raise KeyError(name)
        tables = [toml.tables for toml in reversed(self._line(name))]
        found = Profile(name=name, title=name)
        for table in tables:
            found = _merge(found, table)
        return found

    def lets_age(self, name: str) -> bool:
        """Whether posts leave the feeds of a profile by their age. Raises KeyError when there is none of that name."""
        return self.profile(name).number("max_age") is not None

    def faults(self, name: str) -> list[Fault]:
        """What is wrong with one of the owner's."""
        toml = self.own[name]
        faults = list(_faults(toml))
        base = toml.tables.get("based_on")
        if faults or not isinstance(base, str):
            return faults
        try:
            line = self._line(name)
        except _Missing as missing:
            if missing.base != base:
                return []  # another file's fault, and told there
            others = [other for other in self.names() if other != name]
            meant = nearest(base, others)
            remedy = f'did you mean "{meant}"?' if meant else f"the profiles are {', '.join(others)}"
            faults.append(_fault(toml, ("based_on",), f'"{printable(base[:60])}" is no profile', remedy))
        except RecursionError as error:
            faults.append(_fault(toml, ("based_on",), str(error), "base one of them on a profile of the program"))
        else:
            known = {rule for other in line[1:] for rule in _rules(other)}
            faults += (_no_value(toml, rule) for rule in _without_value(toml) if rule not in known)
        return faults

    def _line(self, name: str) -> list[TomlFile]:
        """The file of a profile, then that of the one it is based on, and so on. Raises _Missing and RecursionError."""
        line: list[TomlFile] = []
        names: list[str] = []
        own = name in self.own
        while True:
            if own and name in names:
                raise RecursionError(f"goes round in a circle: {' > '.join((*names, name))}")
            names.append(name)
            toml = self.own[name] if own else _shipped_toml(name)
            line.append(toml)
            base = toml.tables.get("based_on")
            if not isinstance(base, str) or not base:
                return line
            own = base in self.own and base != name and own
            if not own and base not in shipped_names():
                raise _Missing(base)
            name = base


@cache
def _shipped_toml(name: str) -> TomlFile:
    return read_toml(SHIPPED / f"{name}.toml")


def _merge(base: Profile, table: Mapping[str, Any]) -> Profile:
    """What a file says on top of what it is based on. The file is good."""
    rules = {rule.name: rule for rule in base.rules}
    for name, written in table.get("rules", {}).items():
        rules[name] = _rule(name, written, rules.get(name))
    return replace(
        base,
        title=table.get("title", base.title),
        partner=table.get("partner", base.partner),
        reviewed=str(table.get("reviewed", base.reviewed)),
        sources=tuple(table.get("sources", base.sources)),
        rules=tuple(rules[name] for name in RULES if name in rules),
    )


def _rule(name: str, written: Any, before: ProfileRule | None) -> ProfileRule:
    table = written if isinstance(written, dict) else {"value": written}
    kind = RULES[name]
    value = _value(table["value"], kind) if "value" in table else before.value if before else None
    if value is None:
        raise ValueError(f"a rule has a value: {name}")
    does = Deed(table["does"]) if "does" in table else before.does if before else kind.does[0]
    # Who changes a rule answers for it.
    mark = Mark(table["mark"]) if "mark" in table else Mark.OURS
    return ProfileRule(name=name, value=value, does=does, mark=mark, note=table.get("note", ""))


def _value(written: Any, kind: RuleKind) -> RuleValue | None:
    """The value that is meant, None when it is not of its kind."""
    match kind.takes, written:
        case Takes.SWITCH, bool():
            return written
        case Takes.COUNT, int() if not isinstance(written, bool) and 1 <= written <= 10**12:
            return written
        case Takes.RATIO, int() | float() if not isinstance(written, bool) and 0 < written <= 1000:
            return written
        case Takes.DURATION, str():
            try:
                return int(_durations().validate_python(written).total_seconds()) or None
            except ValidationError:
                return None
        case Takes.CHOICE, str() if written in kind.choices:
            return written
        case Takes.NAMES, list() if all(isinstance(item, str) and item.strip() for item in written):
            known = not kind.choices or set(written) <= set(kind.choices)
            return tuple(written) if known else None
    return None


@cache
def _durations() -> TypeAdapter[timedelta]:
    """Made when first wanted: every command reads the configuration, and few meet a duration here."""
    return TypeAdapter(Duration)


def _faults(toml: TomlFile) -> Iterator[Fault]:
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
            yield _fault(toml, (key,), f"expected {expected}, found {shown(tables[key])}")
    if isinstance(tables.get("sources"), list) and not all(isinstance(item, str) for item in tables["sources"]):
        yield _fault(toml, ("sources",), "expected a list of addresses")
    if isinstance(tables.get("title"), str) and not tables["title"].strip():
        yield _fault(toml, ("title",), "is empty", "write how messages are to call it, or leave it out")
    if isinstance(tables.get("reviewed"), str) and not _is_day(tables["reviewed"]):
        yield _fault(toml, ("reviewed",), f"expected {checks[3][2]}, found {shown(tables['reviewed'])}")
    for name, written in _rules(toml).items():
        if name not in RULES:
            yield _unknown(toml, ("rules", name), name, tuple(RULES))
        else:
            yield from _rule_faults(toml, name, written)
    if not tables.get("based_on"):
        yield from (_no_value(toml, name) for name in _without_value(toml))


def _rules(toml: TomlFile) -> Mapping[str, Any]:
    """What a file says about rules, as far as it is a table."""
    rules = toml.tables.get("rules")
    return rules if isinstance(rules, dict) else {}


def _without_value(toml: TomlFile) -> list[str]:
    """The rules of which a file says something, but not their value."""
    return [name for name, written in _rules(toml).items() if isinstance(written, dict) and "value" not in written]


def _no_value(toml: TomlFile, name: str) -> Fault:
    where = f"[rules.{printable(name)}]"
    return _fault(toml, ("rules", name), "has no value", f"add value = … under {where}")


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
    if "value" in table and _value(table["value"], kind) is None:
        expected = kind.takes.value
        if kind.choices:
            words = ", ".join(f'"{choice}"' for choice in kind.choices)
            expected = f"one of {words}" if kind.takes is Takes.CHOICE else f"a list of {words}"
        path = (*at, "value") if table is written else at
        yield _fault(toml, path, f"expected {expected}, found {shown(table['value'])}")
    does = table.get("does", kind.does[0])
    if does not in kind.does:
        allowed = " or ".join(f'"{deed}"' for deed in kind.does)
        yield _fault(toml, (*at, "does"), f"expected {allowed}, found {shown(does)}")
    if "mark" in table and table["mark"] not in tuple(Mark):
        words = ", ".join(f'"{mark}"' for mark in Mark)
        yield _fault(toml, (*at, "mark"), f"expected one of {words}, found {shown(table['mark'])}")
    if "note" in table and not isinstance(table["note"], str):
        yield _fault(toml, (*at, "note"), f"expected text, found {shown(table['note'])}")


def _unknown(toml: TomlFile, path: KeyPath, name: str, known: tuple[str, ...]) -> Fault:
    meant = nearest(name, known)
    what = "is no rule" if path[:-1] == ("rules",) else "is not known"
    return _fault(toml, path, what, f"did you mean '{meant}'?" if meant else f"known here: {', '.join(known)}")


def _fault(toml: TomlFile, path: KeyPath, problem: str, remedy: str = "") -> Fault:
    key = ".".join(printable(str(part)) for part in path)
    return Fault(where=printable(toml.name), line=toml.line_of(path), key=key, problem=problem, remedy=remedy)
