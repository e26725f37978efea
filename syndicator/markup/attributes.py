"""The attributes of a tag of HTML, as loosely as people write them."""

from __future__ import annotations

import re

_ATTRIBUTE = re.compile(r"""([^\s=>"'/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")


def attributes(inner: str) -> dict[str, str]:
    """What stands in a tag behind its name, by name in lower case, entities as they stand."""
    return {key.lower(): double or single or bare for key, double, single, bare in _ATTRIBUTE.findall(inner)}


def attribute_values(html: str) -> set[str]:
    """All that stands in the place of a value in any tag, and in the text between them where that looks alike."""
    return {value for _, *values in _ATTRIBUTE.findall(html) for value in values if value}
