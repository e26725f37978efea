"""How the operator wants posts read."""

from __future__ import annotations

from dataclasses import dataclass, replace

from syndicator.markup.flavour import Flavour
from syndicator.posts.fields import DEFAULT_FIELDS, FieldMap
from syndicator.posts.people import NOBODY, People


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How the operator wants posts read: which field is what, the pattern of addresses ("" for the dialect's own), and
    the most bytes of front matter; whom the posts may name, whether they are shown before their date, and whether signs
    become typographic (None for as on the site).
    """

    fields: FieldMap = DEFAULT_FIELDS
    permalink: str = ""
    limit: int = 65536
    people: People = NOBODY
    future: bool = False
    typographic: bool | None = None

    def flavour(self, of_site: Flavour) -> Flavour:
        """The Markdown of the site, but for typographic signs when the operator has a word on them."""
        return of_site if self.typographic is None else replace(of_site, typographic=self.typographic)
