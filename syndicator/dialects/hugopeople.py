"""Who writes for a Hugo site: its data, its parameters, and the pages of its taxonomy of authors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from syndicator.dialects.authors import authors_of
from syndicator.dialects.hugocascade import lowered
from syndicator.dialects.hugoconfig import ENDINGS
from syndicator.dialects.hugoplaces import is_branch
from syndicator.dialects.sitedata import load
from syndicator.errors import PostError
from syndicator.model import Person, PostWarning
from syndicator.ports import SiteFiles
from syndicator.posts.fields import text
from syndicator.posts.frontmatter import split
from syndicator.posts.people import person

#: So many files are read.
_MOST = 5_000


def people_of(
    files: SiteFiles, configuration: Mapping[str, Any], content: str, warnings: list[PostWarning]
) -> dict[str, Person]:
    """Everybody by the key or name that posts write, in lower case (frontmatter.md 75); pages go on top of data, and
    data on top of parameters.

    Keys of the configuration are in lower case. Addresses stay as written, below the site where they begin with ``/``.
    Raises SourceError for data that cannot be read.
    """
    parameters = configuration.get("params")
    known = authors_of(parameters.get("authors") if isinstance(parameters, dict) else None)
    folder = text(configuration.get("datadir")) or "data"
    for kind in ENDINGS:
        if (data := files.read(f"{folder}/authors.{kind}")) is not None:
            known |= authors_of(load(f"{folder}/authors.{kind}", data, []))
    for name in files.names(f"{folder}/authors")[:_MOST]:
        key, _, kind = name.rpartition(".")
        found = files.read(f"{folder}/authors/{name}") if key and kind in ENDINGS else None
        if found is not None:
            known |= authors_of({key: load(f"{folder}/authors/{name}", found, [])})
    for keys, somebody in _pages(files, f"{content}/authors", warnings):
        known |= {key.casefold(): somebody for key in keys}
    return known


def _pages(files: SiteFiles, folder: str, warnings: list[PostWarning]) -> Iterator[tuple[tuple[str, ...], Person]]:
    """The people with a page ``authors/KEY/_index.md``, and the keys that posts may know them by."""
    for path in files.find(folder, is_branch)[:_MOST]:
        key = path[len(folder) + 1 :].rpartition("/")[0]
        if not key or "/" in key:
            continue
        try:
            data = lowered(split(path, files.read(path) or b"").data)
        except PostError as error:
            warnings.append(PostWarning(path=path, reason=error.reason, line=error.line, remedy=error.remedy))
            continue
        below = data.get("params")
        found = person({"name": data.get("title"), **(below if isinstance(below, dict) else {}), **data, "title": None})
        if found is not None:
            yield (key, found.name), replace(found, url=found.url or f"/authors/{key}/".lower())
