"""The commented configuration with every setting and its default, in which some are set."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

#: config/syndicator.toml with a line "@table.key" where each setting of the demo stands; a test holds the two together.
TEMPLATE = Path(__file__).with_name("template.toml")
_PLACE = "@"


def fill(places: Mapping[str, Sequence[str]]) -> str:
    """The template with lines in some of its places, by name; the other places vanish."""
    lines: list[str] = []
    left = set(places)
    for line in TEMPLATE.read_text(encoding="utf-8").splitlines():
        if line.startswith(_PLACE):
            name = line.removeprefix(_PLACE)
            lines += places.get(name, ())
            left.discard(name)
        else:
            lines.append(line)
    if left:
        raise ValueError(f"the template has no place for {', '.join(sorted(left))}")
    return "\n".join(lines) + "\n"


def setting(key: str, value: str | int) -> str:
    """A line that sets a key. JSON's strings are TOML's, but for one control character that TOML wants escaped."""
    written = str(value) if isinstance(value, int) else json.dumps(value, ensure_ascii=False)
    return f"{key} = {written}".replace("\x7f", "\\u007f")
