"""Who writes for a Jekyll site: its data on authors, and the pages of its staff."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from syndicator.dialects.authors import authors_of
from syndicator.dialects.jekyllurls import document_address
from syndicator.dialects.sitedata import load_first
from syndicator.errors import PostError
from syndicator.model import Person, PostWarning
from syndicator.ports import SiteFiles
from syndicator.posts.fields import text, truth
from syndicator.posts.people import person
from syndicator.posts.values import Note

#: Collections whose documents are people, as themes call them.
_OF_PEOPLE = frozenset({"staff", "authors", "people", "team", "contributors", "writers", "editors"})
_MARKDOWN = ("md", "markdown", "mkd", "mkdn", "mkdown")
_TEXT = (*(f".{ending}" for ending in _MARKDOWN), ".html")
#: So many pages are read.
_MOST = 5_000


def people_of(files: SiteFiles, config: Mapping[str, Any], warnings: list[PostWarning]) -> dict[str, Person]:
    """Everybody by the key, file name or name that posts write, in lower case; pages go on top of data.

    Addresses stay as written, below the site where they begin with ``/``. Raises SourceError for a file that cannot be
    read.
    """
    folder = text(config.get("data_dir")) or "_data"
    notes: list[Note] = []
    path, data = load_first(files, f"{folder.strip('/')}/authors", ("yml", "yaml", "json", "csv", "tsv"), notes)
    warnings += [PostWarning(path=path, reason=note.reason, line=note.line) for note in notes]
    known = authors_of(data)
    for keys, found in _staff(files, config, warnings):
        for key in keys:
            known[key.casefold()] = found
    return known


def _staff(
    files: SiteFiles, config: Mapping[str, Any], warnings: list[PostWarning]
) -> Iterator[tuple[tuple[str, ...], Person]]:
    """The people that have a page of their own (frontmatter.md 89), with the keys that posts may know them by."""
    collections = config.get("collections")
    tables = collections if isinstance(collections, dict) else dict.fromkeys(_labels(collections))
    root = text(config.get("collections_dir")).strip("/")
    for label, table in tables.items():
        if label.casefold() not in _OF_PEOPLE:
            continue
        options = table if isinstance(table, dict) else {}
        folder = f"{root}/_{label}" if root else f"_{label}"
        for name in files.names(folder)[:_MOST]:
            if not name.endswith(_TEXT) or name[0] in "._#~":
                continue
            from syndicator.posts.frontmatter import split  # late: most sites have no such pages

            path = f"{folder}/{name}"
            try:
                data = split(path, files.read(path) or b"").data
            except PostError as error:
                warnings.append(PostWarning(path=path, reason=error.reason, line=error.line, remedy=error.remedy))
                continue
            if "published" in data and truth(data["published"]) is not True:
                continue
            stem = PurePosixPath(name).stem
            found = person({"name": text(data.get("title")), **data, "title": None})
            if found is None:
                continue
            page = _page(label, options, config, name, data) if truth(options.get("output")) else ""
            yield (stem, found.name), replace(found, url=f"/{page}" if page else found.url)


def _labels(collections: object) -> tuple[str, ...]:
    return tuple(text(label) for label in collections) if isinstance(collections, list) else ()


def _page(label: str, options: Mapping[str, Any], config: Mapping[str, Any], name: str, data: Mapping[str, Any]) -> str:
    """The address of somebody's page below the site's, "" for one whose pattern cannot be filled in."""
    style = text(config.get("permalink")) or "date"
    try:
        return document_address(label, options, style, name, data, markdown=_MARKDOWN)
    except ValueError:
        return ""
