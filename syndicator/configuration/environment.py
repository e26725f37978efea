"""Settings from environment variables, and from the files that variables ending in ``_FILE`` name."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from syndicator.configuration.keys import PREFIX, Key, Kind, Path, find
from syndicator.configuration.words import Wrong, nearest
from syndicator.errors import Fault
from syndicator.text import printable

_FILE = "_FILE"
_LARGEST = 1_000_000
_SWITCHES = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
# Kubernetes gives every container such variables for each service: one called "syndicator" must not stop us.
_FOREIGN = re.compile(r"SYNDICATOR_(?:CONFIG|SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT(?:_[0-9]+_(?:TCP|UDP|SCTP)\w*)?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What the environment sets: ``tables`` like a file's, the ``variables`` that did by path, and what is wrong."""

    tables: dict[str, Any] = field(default_factory=dict)
    variables: dict[Path, str] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


def read_environment(environ: Mapping[str, str], keys: Mapping[Path, Key], base: FilePath) -> Environment:
    """Sort out the variables that begin with SYNDICATOR_. ``base`` is where relative paths of files begin."""
    known = {key.variable for key in keys.values() if not _inside_a_list(keys, key.path) and "*" not in key.path}
    found: list[tuple[Path, str, object]] = []
    owners: dict[Path, str] = {}
    faults: list[Fault] = []
    for name in sorted(environ):
        if not name.startswith(PREFIX) or _FOREIGN.fullmatch(name):
            continue
        try:
            key, path, from_file = _key_of(name, keys, known)
            if path in owners:
                raise Wrong(f"sets the same as {owners[path]}", "unset one of them")
            owners[path] = name
            text = content(base, environ[name]) if from_file else environ[name]
            found.append((path, name, _decode(text, key)))
        except Wrong as wrong:
            faults.append(Fault(where=printable(name), problem=wrong.problem, remedy=wrong.remedy))
    tables: dict[str, Any] = {}
    # Whole tables first, so that a single setting goes on top of them.
    for path, _, value in sorted(found, key=lambda item: len(item[0])):
        _insert(tables, path, value)
    return Environment(tables=tables, variables={path: name for path, name, _ in found}, faults=tuple(faults))


def is_hidden(variable: str) -> bool:
    """Whether a variable names a file that holds the value: what is kept like that is never shown."""
    return variable.endswith(_FILE)


def _key_of(name: str, keys: Mapping[Path, Key], known: set[str]) -> tuple[Key, Path, bool]:
    for from_file in (True, False):
        if from_file and not name.endswith(_FILE):
            continue
        plain = name.removesuffix(_FILE) if from_file else name
        path = tuple(plain.removeprefix(PREFIX).lower().split("__"))
        key = find(keys, path)
        if key and plain == plain.upper() and not _inside_a_list(keys, path):
            return key, path, from_file
    path = tuple(name.removeprefix(PREFIX).lower().split("__"))
    if owner := _inside_a_list(keys, path):
        remedy = f"set {owner.variable} to the whole list, as JSON"
    else:
        rest = [variable.removeprefix(PREFIX) for variable in sorted(known)]
        meant = nearest(name.removeprefix(PREFIX).removesuffix(_FILE), rest)
        remedy = f"did you mean {PREFIX}{meant}?" if meant else "variables are SYNDICATOR_, the table, __ and the key"
    raise Wrong("sets nothing that is known", remedy)


def _inside_a_list(keys: Mapping[Path, Key], path: Path) -> Key | None:
    parents = (keys.get(path[:end]) for end in range(1, len(path)))
    return next((key for key in parents if key and key.kind is Kind.TABLES), None)


def content(base: FilePath, name: str) -> str:
    """What is in a file that holds one value, without the end of its last line. Raises Wrong."""
    file = base / name
    try:
        with file.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a file name"
        raise Wrong(
            f"names a file that cannot be read ({reason}): {printable(str(file))}", "name one that this user may read"
        ) from None
    if len(data) > _LARGEST:
        raise Wrong("names a file of more than a million bytes", "name the file that holds the value alone")
    try:
        return data.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise Wrong("names a file that is not UTF-8", "save it as UTF-8") from None


def _decode(text: str, key: Key) -> object:
    """The value that a text means to a key; a text that means none stays as it is, and is refused as in a file."""
    bare = text.strip()
    match key.kind:
        case Kind.SWITCH:
            return _SWITCHES.get(bare.lower(), text)
        case Kind.NUMBER:
            return int(bare) if re.fullmatch(r"[+-]?[0-9]{1,18}", bare, re.ASCII) else text
        case Kind.LIST if not bare.startswith("["):
            return [item.strip() for item in text.split(",") if item.strip()]
        case Kind.LIST | Kind.NAMES | Kind.TABLE | Kind.TABLES if bare.startswith(("[", "{")):
            return _json(bare)
    return text


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except RecursionError:
        raise Wrong("is nested too deeply", "write it with fewer brackets in brackets") from None
    except json.JSONDecodeError as error:
        raise Wrong(f"is not JSON: {error.msg} (character {error.pos + 1})", 'as in ["one", "two"]') from None
    except ValueError:
        raise Wrong("holds a number that is too long") from None


def _insert(tables: dict[str, Any], path: Path, value: object) -> None:
    *parents, name = path
    for parent in parents:
        inner = tables.setdefault(parent, {})
        if not isinstance(inner, dict):
            return  # the variable that should have been a table is refused by itself
        tables = inner
    before = tables.get(name)
    tables[name] = {**before, **value} if isinstance(before, dict) and isinstance(value, dict) else value
