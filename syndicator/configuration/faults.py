"""What is wrong with a configuration, told to the person who wrote it: where, what was expected, what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic_core import ErrorDetails

from syndicator.configuration.environment import Environment, is_hidden
from syndicator.configuration.keys import ANY, Key, Kind, Path, find
from syndicator.configuration.tomlfile import KeyPath, TomlFile
from syndicator.configuration.words import Wrong, nearest, shown
from syndicator.errors import Fault
from syndicator.text import printable

_KEY_OF_A_MAPPING = "[key]"
_NAME_OF_A_FIELD = "a name of lower-case letters and underscores"
_NAMES_OF: Mapping[str | int, str] = {
    "includes": 'the name of an include such as "figure.html", in quotes',
    "headers": 'the name of a header such as "Authorization"',
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """Where each value came from: the file, or the environment on top of it."""

    file: TomlFile
    environment: Environment
    keys: Mapping[Path, Key]

    def fault(self, path: KeyPath, problem: str, remedy: str = "") -> Fault:
        """A fault at the place where the value, or what is nearest to it, was written."""
        variable = self.variable(path)
        where = variable or printable(self.file.name)
        line = None if variable else self.file.line_of(path)
        return Fault(where=where, line=line, key=spell_path(path), problem=problem, remedy=remedy)

    def variable(self, path: KeyPath) -> str:
        """The environment variable that the value at a path came from, "" when that is the file."""
        owners = (self.environment.variables.get(_names(path[:end])) for end in range(len(path), 0, -1))
        variable = next((name for name in owners if name), "")
        in_file, in_environment = (_depth(path, tables) for tables in (self.file.tables, self.environment.tables))
        return variable if in_environment >= in_file or _in_a_list(path, self.environment.tables) else ""

    def is_secret(self, path: KeyPath) -> bool:
        """Whether the value at a path is not to be shown."""
        key = find(self.keys, path)
        return bool(key and key.secret) or is_hidden(self.variable(path))


def explain(errors: Iterable[ErrorDetails], origins: Origins) -> Iterator[Fault]:
    """Each of pydantic's errors as a fault."""
    for error in errors:
        path: KeyPath = error["loc"]
        in_list = len(path) > 1 and isinstance(path[1], int)
        if path[-1] == _KEY_OF_A_MAPPING and len(path) == (5 if in_list else 4):
            cause = error.get("ctx", {}).get("error")
            expected = f"expected {_NAMES_OF.get(path[-3], _NAME_OF_A_FIELD)}"
            wrong = cause if isinstance(cause, Wrong) else Wrong()
            yield origins.fault(path[:-1], wrong.problem or expected, wrong.remedy)
        elif error["type"] == "extra_forbidden":
            yield origins.fault(path, "is not known", _known_instead(path, error["input"], origins.keys))
        elif error["type"] == "missing":
            yield origins.fault(path, "is missing", _how_to_set(path, origins.keys))
        else:
            yield _bad_value(path, error, origins)


def wrong_value(path: KeyPath, value: object, wrong: Wrong, origins: Origins) -> Fault:
    """A value that is not what it should be."""
    key = find(origins.keys, path)
    secret = origins.is_secret(path)
    found = "a value that is not shown" if secret else shown(value)
    problem = wrong.problem or f"expected {key.expected if key else 'something else'}, found {found}"
    return origins.fault(path, problem, "" if secret and not wrong.problem else wrong.remedy)


def profile_faults(
    feeds: object, known: Collection[str], ages: Callable[[str], bool]
) -> Iterator[tuple[KeyPath, Wrong]]:
    """Feeds that want a profile that is not there, or one by which posts leave when they are old (``ages``) beside an
    archive; ``feeds`` as written.
    """
    for index, table in enumerate(feeds if isinstance(feeds, list) else ()):
        name = table.get("profile") if isinstance(table, dict) else None
        if isinstance(name, str) and name and name not in known:
            meant = nearest(name, known)
            remedy = f'did you mean "{meant}"?' if meant else f"the profiles are {', '.join(sorted(known))}"
            yield ("feeds", index, "profile"), Wrong("is no profile", remedy)
        elif isinstance(name, str) and name and table.get("archive") is True and ages(name):
            problem = "has a max_age, which cannot be together with archive, which keeps every post within reach"
            yield ("feeds", index, "profile"), Wrong(problem, "leave out one of them")


def spell_path(path: KeyPath) -> str:
    """``feeds[1].limit``; a name that is no plain key stands in quotes."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            plain = re.fullmatch(r"[A-Za-z0-9_-]+", part)
            name = part if plain else printable(json.dumps(part[:60], ensure_ascii=False))
            text += f".{name}" if text else name
    return text


def _bad_value(path: KeyPath, error: ErrorDetails, origins: Origins) -> Fault:
    cause = error.get("ctx", {}).get("error")
    value = error["input"]
    if isinstance(cause, Wrong):
        return wrong_value(path, value, cause, origins)
    key = find(origins.keys, path)
    remedy = ""
    if key is not None and not origins.variable(path):
        remedy = _other_way(key, value, path)
    if key is not None and isinstance(value, str) and (meant := nearest(value, key.choices)):
        remedy = f'did you mean "{meant}"?'
    return wrong_value(path, value, Wrong(remedy=remedy), origins)


def _other_way(key: Key, value: object, path: KeyPath) -> str:
    """How to write in the file what was probably meant."""
    name = ".".join(key.path)
    match key.kind, value:
        case Kind.TABLES, dict():
            return f"write [[{name}]] instead of [{name}]"
        case Kind.TABLE, list():
            return f"write [{name}] instead of [[{name}]]"
        case Kind.TEXT, bool() | int() | float():
            return f'text stands in quotes: {spell_path(path[-1:])} = "{shown(value)}"'
        case Kind.SWITCH, "true" | "false":
            return f"leave out the quotes: {key.path[-1]} = {value}"
        case Kind.NUMBER, str() if re.fullmatch(r"[0-9]{1,18}", value):
            return f"leave out the quotes: {key.path[-1]} = {value}"
    return ""


def _known_instead(path: KeyPath, value: object, keys: Mapping[Path, Key]) -> str:
    *parents, name = _names(path)
    siblings = [key.path[-1] for key in keys.values() if list(key.path[:-1]) == parents and key.path[-1] != ANY]
    is_lost = not parents and not isinstance(value, dict | list)
    elsewhere = nearest(name, [key.path[-1] for key in keys.values() if key.is_value]) if is_lost else name
    tables = [_header(keys[key.path[:-1]]) for key in keys.values() if key.path[-1] == elsewhere and len(key.path) > 1]
    if 0 < len(tables) <= 3:
        return f"'{elsewhere}' stands under {' or '.join(tables)}"
    if meant := nearest(name, siblings):
        return f"did you mean '{meant}'?" if parents else f"did you mean {_header(keys[(meant,)])}?"
    return f"known here: {', '.join(siblings)}"


def _how_to_set(path: KeyPath, keys: Mapping[Path, Key]) -> str:
    key = find(keys, path)
    if key is None or len(key.path) < 2:
        return "add it"
    table = keys[key.path[:-1]]
    line = f"add {key.path[-1]} = … under {_header(table)}"
    return line if table.kind is Kind.TABLES else f"{line}, or set {key.variable}"


def _header(key: Key) -> str:
    name = ".".join(key.path)
    return f"[[{name}]]" if key.kind is Kind.TABLES else f"[{name}]"


def _names(path: KeyPath) -> Path:
    return tuple(part for part in path if isinstance(part, str))


def _depth(path: KeyPath, tables: object) -> int:
    """How many steps of a path there are in the tables."""
    for depth, part in enumerate(path):
        if isinstance(tables, dict) and part in tables:
            tables = tables[part]
            continue
        if not isinstance(tables, list) or not isinstance(part, int) or part >= len(tables):
            return depth
        tables = tables[part]
    return len(path)


def _in_a_list(path: KeyPath, tables: object) -> bool:
    """Whether the environment holds the list that a path goes through: lists are replaced whole."""
    index = next((at for at, part in enumerate(path) if isinstance(part, int)), None)
    return index is not None and _depth(path[:index], tables) == index
