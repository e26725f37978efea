"""How the operator wants posts read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from syndicator.posts.fields import DEFAULT_FIELDS, FieldMap


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How the operator wants posts read: which field is what, the pattern of addresses ("" for the dialect's own), the
    most bytes of front matter, and what becomes of templates ("render", "strip" or "skip").

    ``site_values`` is the site's own configuration, which templates may name.
    """

    fields: FieldMap = DEFAULT_FIELDS
    permalink: str = ""
    limit: int = 65536
    templates: str = "render"
    site_values: Mapping[str, Any] = field(default_factory=dict)
