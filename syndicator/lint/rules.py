"""The rules as data: one table, where those who want to know what is asked of a feed can read it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from syndicator.lint.findings import Rule, Severity


@lru_cache(maxsize=1)
def rules() -> Mapping[str, Rule]:
    """Every rule by its name."""
    table = tomllib.loads(Path(__file__).with_name("rules.toml").read_text("utf-8"))
    return MappingProxyType(
        {
            name: Rule(name, Severity(severity), spec, remedy)
            for severity, named in table.items()
            for name, (spec, remedy) in named.items()
        }
    )
