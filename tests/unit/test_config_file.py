"""The commented configuration and the reference page name every setting, with the default that the program has."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from syndicator.configuration.keys import ANY, Key, Kind, keys_of
from syndicator.posts.fields import DEFAULT_FIELDS
from syndicator.settings import Settings, load_settings

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "config" / "syndicator.toml"
KEYS = keys_of(Settings)
VALUES = {path: key for path, key in KEYS.items() if key.is_value and ANY not in path}

_LINE = re.compile(r"(?P<off># )?(?:\[\[?(?P<table>[a-z_.]+)\]\]?|(?P<key>[a-z_]+) = (?P<value>.+))")


@dataclass(frozen=True)
class Line:
    """A setting in the file: commented out or in force, and whether a comment leads up to it."""

    path: tuple[str, ...]
    value: Any
    off: bool
    explained: bool


def settings_in_file() -> Iterator[Line]:
    """All of them, in the file's order."""
    table: tuple[str, ...] = ()
    explained = False
    for text in CONFIG.read_text(encoding="utf-8").splitlines():
        match = _LINE.fullmatch(text)
        if match and match["table"]:
            table = tuple(match["table"].split("."))
        elif match:
            value = tomllib.loads(f"x = {match['value']}")["x"]
            yield Line((*table, match["key"]), value, bool(match["off"]), explained)
        else:
            explained = text.startswith("# ")


def lines_of_settings(*, off: bool) -> dict[tuple[str, ...], Any]:
    """Keys and values that are commented out, or those in force; of a list of tables, the first."""
    found: dict[tuple[str, ...], Any] = {}
    for line in settings_in_file():
        if line.off == off:
            found.setdefault(line.path, line.value)
    return found


def test_every_setting_stands_in_the_file_with_its_default() -> None:
    defaults = {path: key.default for path, key in VALUES.items() if not key.required}
    shown = {path: value for path, value in lines_of_settings(off=True).items() if path[:2] != ("source", "fields")}
    del shown["hubs", "url"], shown["authors", "name"], shown["webhooks", "url"]

    assert defaults == shown


def test_every_required_setting_is_in_force_or_in_an_example() -> None:
    required = {path for path, key in VALUES.items() if key.required}

    assert set() == required - {*lines_of_settings(off=False), *lines_of_settings(off=True)}


def test_the_file_holds_no_setting_that_is_not_known() -> None:
    assert set() == set(lines_of_settings(off=False)) - set(VALUES)


def test_every_field_stands_in_the_file_with_its_default() -> None:
    shown = {path[2]: value for path, value in lines_of_settings(off=True).items() if path[:2] == ("source", "fields")}

    assert {name: list(paths) for name, paths in DEFAULT_FIELDS.paths} == shown


def test_every_setting_has_a_comment_above_it() -> None:
    assert set() == set(VALUES) - {line.path for line in settings_in_file() if line.explained}


def test_the_file_as_it_comes_is_the_demo() -> None:
    settings = load_settings(CONFIG, {})

    assert "https://news.example.org/" == settings.site.url
    assert "America/New_York" == settings.site.timezone
    assert settings.source_path == CONFIG.parent.absolute() / "demo" / "content"
    assert settings.source_path.is_dir()
    assert ["main", "category"] == [spec.name for spec in settings.feed_specs()]
    assert () == settings.hub_urls()
    assert ("127.0.0.1", 8080) == (settings.serve.host, settings.serve.port)


def test_the_reference_page_has_a_row_for_every_setting() -> None:
    page = (ROOT / "docs" / "configure.md").read_text(encoding="utf-8")
    rows = [re.split(r" *\| *", line)[1:5] for line in page.splitlines() if line.startswith("| `")]

    assert [row_of(key) for key in KEYS.values() if key.is_value] == rows


def row_of(key: Key) -> list[str]:
    """Name, type, default and variable of a key, as the page shows them."""
    top, *rest = key.path
    listed = KEYS[top,].kind is Kind.TABLES
    name = ".".join([f"{top}[]" if listed else top, *rest]).replace(ANY, "NAME")
    default = "in the file" if ANY in key.path else "required" if key.required else f"`{json.dumps(key.default)}`"
    variable = KEYS[top,].variable if listed else key.variable.replace(ANY, "NAME")
    return [f"`{name}`", key.expected, default, f"`{variable}`"]


def test_no_key_ends_like_a_variable_that_names_a_file() -> None:
    assert [] == [path for path in KEYS if path[-1].endswith("_file")]
