"""Which address a post of Hugo's has: its own, one by a pattern, or one of folders and name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from syndicator.dialects.globs import matches
from syndicator.dialects.hugopaths import Parts, PathRules, encoded, expand
from syndicator.dialects.hugoplaces import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """The site's rules. ``permalinks`` are globs of pages with patterns, the first that fits counts; ``ugly`` says
    whether pages are files, or in which sections; ``in_subfolder`` puts the default language into a folder too.
    """

    paths: PathRules = field(default_factory=PathRules)
    permalinks: tuple[tuple[str, str], ...] = ()
    ugly: bool | tuple[str, ...] = False
    in_subfolder: bool = False

    def page(self, place: Place) -> str:
        """A post's path as Hugo has it, whatever its address is."""
        return self.paths.of_file(f"/{place.folder}/{place.name}" if place.folder else f"/{place.name}").lower()

    def of(self, place: Place, parts: Parts, *, own: str, pattern: str, default: bool) -> str:
        """The address below the site, percent-encoded. ``own`` is what the post's ``url`` says, ``pattern`` the
        operator's, ``default`` whether it is in the site's first language. Raises ValueError. frontmatter.md 55, 62.
        """
        prefix = f"{place.language}/" if self.in_subfolder or not default else ""
        if own:
            if re.match("https?:", own, re.IGNORECASE):
                raise ValueError("url is an address with a host, Hugo takes only paths")
            own = expand(own, parts) if ":" in own else own
            return _of_url(own, "" if own.startswith("/") else prefix)
        if not pattern:
            page = self.page(place)
            pattern = next((found for glob, found in self.permalinks if matches(page, glob)), "")
        if pattern:
            found = expand(pattern, parts)
        else:
            found = f"{self.paths.of_file(place.folder)}/{parts.slug or self.paths.of_file(place.name)}"
        ugly = self.ugly if isinstance(self.ugly, bool) else place.folder.partition("/")[0].lower() in self.ugly
        return encoded(f"{prefix}{self.paths.urlized(found).strip('/')}{'.html' if ugly else '/'}")


def _of_url(own: str, prefix: str) -> str:
    """What ``url`` means: a folder unless its name has a dot."""
    found = f"{prefix}{own.lstrip('/')}"
    if found.endswith("/index.html") or found == "index.html":
        found = found.removesuffix("index.html")
    file = "." in own and not own.endswith(("/", "/index.html"))
    return encoded(found if file or found.endswith("/") else f"{found}/")
