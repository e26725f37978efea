"""Every key that can be configured, read off the settings' own classes: messages, variables and tests use one list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from syndicator.configuration.durations import spelled
from syndicator.configuration.words import Expect

PREFIX = "SYNDICATOR_"
#: Stands for any name that the operator chooses, in a path.
ANY = "*"

Path = tuple[str, ...]


class Kind(StrEnum):
    """What a key takes, as far as reading it from text is concerned."""

    TEXT = "text"
    NUMBER = "number"
    SWITCH = "switch"
    LIST = "list"
    NAMES = "names"
    TABLE = "table"
    TABLES = "tables"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """``path`` has no places in lists: ``feeds[1].limit`` is ("feeds", "limit"). ``expected`` says what it takes."""

    path: Path
    kind: Kind
    expected: str
    choices: tuple[str, ...] = ()
    required: bool = False
    default: object = None
    secret: bool = False

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return PREFIX + "__".join(self.path).upper()

    @property
    def is_value(self) -> bool:
        """Whether it takes a value of its own and is no table."""
        return self.kind not in (Kind.TABLE, Kind.TABLES, Kind.NAMES)


def keys_of(model: type[BaseModel]) -> dict[Path, Key]:
    """Every key by its path, in the order of the classes."""
    return {key.path: key for key in _keys(model, ())}


def secrets(table: BaseModel) -> Iterator[str]:
    """The values of all keys below a table that are never to be shown."""
    for name, field in type(table).model_fields.items():
        value = getattr(table, name)
        if isinstance(value, str) and value and _expect(field.metadata).secret:
            yield value
        if isinstance(value, dict) and _expect(getattr(get_args(field.annotation)[1], "__metadata__", ())).secret:
            yield from value.values()
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, BaseModel):
                yield from secrets(inner)


def find(keys: Mapping[Path, Key], path: Sequence[str | int]) -> Key | None:
    """The key at a path, which may hold places in lists, or that it is an item of."""
    names = tuple(part for part in path if isinstance(part, str))
    return keys.get(names) or keys.get((*names[:-1], ANY))


def _keys(model: type[BaseModel], parent: Path) -> Iterator[Key]:
    for name, field in model.model_fields.items():
        path = (*parent, field.alias or name)
        yield _key(path, field)
        origin, arguments = get_origin(field.annotation), get_args(field.annotation)
        inner = arguments[0] if origin is tuple else field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _keys(inner, path)
        elif origin is dict and get_origin(arguments[1]) is Annotated:
            expect = _expect(arguments[1].__metadata__)
            kind = _kind(get_args(arguments[1])[0])
            yield Key(path=(*path, ANY), kind=kind, expected=expect.text, secret=expect.secret)


def _key(path: Path, field: FieldInfo) -> Key:
    choices = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
    kind = _kind(field.annotation)
    expect = _expect(field.metadata)
    text = expect.text or {
        Kind.TABLE: f"a table, [{path[-1]}]",
        Kind.TABLES: f"tables, each under [[{path[-1]}]]",
        Kind.NAMES: f"a table, [{'.'.join(path)}]",
    }.get(kind, " or ".join(f'"{choice}"' for choice in choices))
    return Key(
        path=path,
        kind=kind,
        expected=text,
        choices=choices,
        required=field.is_required(),
        default=_written(field.get_default(call_default_factory=True)) if not field.is_required() else None,
        secret=expect.secret,
    )


def _kind(annotation: Any) -> Kind:
    origin = get_origin(annotation)
    if origin is tuple:
        item = get_args(annotation)[0]
        return Kind.TABLES if isinstance(item, type) and issubclass(item, BaseModel) else Kind.LIST
    if origin is dict:
        return Kind.NAMES
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Kind.TABLE
    return Kind.SWITCH if annotation is bool else Kind.NUMBER if annotation is int else Kind.TEXT


def _expect(metadata: Sequence[object]) -> Expect:
    return next((item for item in metadata if isinstance(item, Expect)), Expect(""))


def _written(value: object) -> object:
    """A default as it would stand in the file."""
    if isinstance(value, timedelta):
        return spelled(value)
    return list(value) if isinstance(value, tuple) else value
