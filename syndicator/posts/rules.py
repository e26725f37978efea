"""How the operator wants posts read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from syndicator.markup.flavour import Flavour
from syndicator.posts.fields import DEFAULT_FIELDS, FieldMap
from syndicator.posts.people import NOBODY, People


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How the operator wants posts read: which field is what, the pattern of addresses ("" for the dialect's own), and
    the most bytes of front matter; whom the posts may name, whether they are shown before their date, whether signs
    become typographic (None for as on the site), whether formulas become MathML, and what becomes of templates
    ("render", "strip" or "skip").

    ``epoch`` says what a date that is a whole number counts ("seconds", "milliseconds", "off" for nothing), and
    ``html_suffix`` whether addresses "keep" or "drop" an end that some hosts serve them without.

    ``corrections`` says where in its body a post is corrected ("start", "end" or "off"), ``correction_label`` what
    stands before each.

    ``paged`` says that the pages of posts are asked for, by address. ``site_values`` is the site's own configuration,
    which templates may name; ``includes`` says what the includes of the site show, each as in the settings.
    """

    fields: FieldMap = DEFAULT_FIELDS
    permalink: str = ""
    limit: int = 65536
    people: People = NOBODY
    future: bool = False
    typographic: bool | None = None
    mathml: bool = False
    templates: str = "render"
    epoch: str = "off"
    html_suffix: str = "keep"
    paged: bool = False
    corrections: str = "end"
    correction_label: str = ""
    site_values: Mapping[str, Any] = field(default_factory=dict)
    includes: Mapping[str, str] = field(default_factory=dict)

    def flavour(self, of_site: Flavour) -> Flavour:
        """The Markdown of the site, but for typographic signs and formulas when the operator has a word on them."""
        typographic = of_site.typographic if self.typographic is None else self.typographic
        return replace(of_site, typographic=typographic, mathml=self.mathml)
