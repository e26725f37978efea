"""Profiles in TOML files: those that come with the program, and the owner's own beside them or on top of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from syndicator.configuration.tomlfile import TomlFile, read_toml
from syndicator.configuration.words import nearest
from syndicator.errors import ConfigError, Fault
from syndicator.model import Deed, Mark, Profile, ProfileRule
from syndicator.profiles.kinds import RULES
from syndicator.profiles.rulevalues import value_of
from syndicator.text import printable

SHIPPED = Path(__file__).parent
_NAME = re.compile(r"[a-z0-9-]{1,100}")
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
        from syndicator.profiles.filefaults import fault, faults_of, no_value, rules_of, without_value

        toml = self.own[name]
        faults = list(faults_of(toml))
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
            faults.append(fault(toml, ("based_on",), f'"{printable(base[:60])}" is no profile', remedy))
        except RecursionError as error:
            faults.append(fault(toml, ("based_on",), str(error), "base one of them on a profile of the program"))
        else:
            known = {rule for other in line[1:] for rule in rules_of(other)}
            faults += (no_value(toml, rule) for rule in without_value(toml) if rule not in known)
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
    value = value_of(table["value"], kind) if "value" in table else before.value if before else None
    if value is None:
        raise ValueError(f"a rule has a value: {name}")
    does = Deed(table["does"]) if "does" in table else before.does if before else kind.does[0]
    # Who changes a rule answers for it.
    mark = Mark(table["mark"]) if "mark" in table else Mark.OURS
    return ProfileRule(name=name, value=value, does=does, mark=mark, note=table.get("note", ""))
