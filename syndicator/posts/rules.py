"""How the operator wants posts read."""

from __future__ import annotations

from dataclasses import dataclass

from syndicator.posts.fields import DEFAULT_FIELDS, FieldMap
from syndicator.posts.people import NOBODY, People


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How the operator wants posts read: which field is what, the pattern of addresses ("" for the dialect's own), and
    the most bytes of front matter; whom the posts may name, and whether they are shown before their date.
    """

    fields: FieldMap = DEFAULT_FIELDS
    permalink: str = ""
    limit: int = 65536
    people: People = NOBODY
    future: bool = False
