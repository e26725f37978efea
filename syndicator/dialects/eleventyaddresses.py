"""Slugs and addresses of Eleventy's pages, from their paths and from what is written (frontmatter.md 68, 69).

Paths begin at the input folder here, unless something else is said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from syndicator.dialects import expressions
from syndicator.dialects.eleventysite import stem
from syndicator.dialects.permalinks import Parts, encoded
from syndicator.posts.fields import text, truth

_DATED = re.compile(r"\d{4}-\d{2}-\d{2}-(.*)", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What an expression in an address may ask for: the page's data, the site's, and what Eleventy says of the page."""

    data: Mapping[str, Any]
    site: Mapping[str, Any]
    path: PurePosixPath
    input: str
    published: datetime

    def lookup(self, name: str) -> object:
        """The value of a name, UNKNOWN when no file says it."""
        if name == "page":
            return {
                "fileSlug": slug_of(self.path),
                "filePathStem": f"/{(self.path.parent / _undated(stem(self.path.name))).as_posix()}",
                "date": self.published.astimezone(UTC),
                "inputPath": f"./{PurePosixPath(self.input) / self.path}",
                "outputFileExtension": "html",
            }
        if name == "date":
            return self.published.astimezone(UTC)
        return self.data[name] if name in self.data else self.site.get(name, expressions.UNKNOWN)


def slug_of(path: PurePosixPath, root: str = "") -> str:
    """``page.fileSlug``: the name without extension and date, for ``index`` the folder's, "" below the root itself."""
    slug = _undated(stem(path.name))
    if slug != "index":
        return slug
    return "" if path.parent == PurePosixPath(root) else _undated(path.parent.name)


def default(path: PurePosixPath) -> str:
    """Folders and name, date and all; ``index`` and a name like its folder's are the folder."""
    name = stem(path.name)
    folders = "" if path.parent == PurePosixPath() else f"{path.parent.as_posix()}/"
    return encoded(folders if name in ("index", path.parent.name) else f"{folders}{name}/", written=False)


def parts_of(path: PurePosixPath, *, slug: str, categories: Sequence[str], published: datetime) -> Parts:
    """What the placeholders of an operator's pattern stand for."""
    name = stem(path.name)
    folder = path.parent.parent if name == "index" else path.parent
    return Parts(
        published=published.astimezone(UTC),
        slug=slug,
        path=(folder / (slug or "index")).as_posix(),
        name=name,
        collection=path.parts[0] if len(path.parts) > 1 else "",
        categories=categories,
    )


def written(own: object, known: Known) -> str:
    """The address that a page is given. Raises ValueError for one that cannot be known."""
    if isinstance(own, Mapping):
        raise ValueError("is a table, which is not read")  # noqa: TRY004 - callers wait for one kind
    address = text(own)
    if isinstance(own, list) or truth(own) is True:
        raise ValueError(f'"{address}" is no address')
    if "{{" in address or "{%" in address:
        address = expressions.rendered(address, known.lookup)
    # Eleventy writes a folder's page into its index.html, and says the folder for it.
    return encoded(re.sub(r"(^|/)index(?:\.html|/)?\Z", r"\1", address), written=True)


def _undated(name: str) -> str:
    match = _DATED.search(name)
    return match[1] if match else name
