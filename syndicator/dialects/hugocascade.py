"""Values that Hugo hands down: from the configuration and from ``_index.md`` files to the posts below them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from syndicator.dialects.globs import matches
from syndicator.dialects.hugoplaces import Language, is_branch, place_of
from syndicator.errors import PostError, SourceError
from syndicator.ports import SiteFiles
from syndicator.posts.fields import text
from syndicator.posts.frontmatter import split

#: Keys of an entry of a cascade that say whom it is for.
_TARGETS = ("target", "_target")


@dataclass(frozen=True, slots=True)
class Cascade:
    """Values for the pages that the targets name: globs of paths, kinds and languages, "" for any."""

    values: Mapping[str, Any]
    path: str = ""
    kind: str = ""
    languages: tuple[str, ...] = ()

    def fits(self, page: Callable[[], str], language: str) -> bool:
        """Whether a post (its path as Hugo has it, with a leading slash) is meant."""
        return (
            (not self.kind or matches("page", self.kind))
            and (not self.languages or any(matches(language, glob) for glob in self.languages))
            and (not self.path or matches(page(), self.path))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A section's ``_index`` file: the slug or title that addresses may hold, and what it hands down.

    ``fault`` says why the file cannot be read: nobody knows what it would have hidden.
    """

    title: str = ""
    cascades: tuple[Cascade, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branches:
    """All sections, by language and folder below the content folder ("" for the home page), and the site's cascades."""

    by_folder: Mapping[tuple[str, str], Branch] = field(default_factory=dict)
    site: tuple[Cascade, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.site or self.by_folder)

    def handed_down(self, path: str, folder: str, page: Callable[[], str], language: str) -> dict[str, Any]:
        """What a post gets from above; of several words for one field the nearest counts. Raises PostError.

        ``path`` is the post's file, ``folder`` where it lies below the content folder, ``page`` its path to Hugo.
        """
        values: dict[str, Any] = {}
        for branch in self._above(folder, language):
            if branch.fault:
                raise PostError(path, f"the section above it {branch.fault}", remedy="mend that file first")
            for cascade in branch.cascades:
                if cascade.fits(page, language):
                    below(values, cascade.values)
        for cascade in self.site:
            if cascade.fits(page, language):
                below(values, cascade.values)
        return values

    def sections(self, folder: str, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The folders that make up a post's section, and the slugs or titles of those that are sections themselves.

        The first folder always is one, any other needs an ``_index`` file.
        """
        parts = tuple(folder.split("/")) if folder else ()
        depth = min(len(parts), 1)
        titles: list[str] = []
        for size in range(1, len(parts) + 1):
            branch = self.by_folder.get((language, "/".join(parts[:size])))
            if branch is not None or size == 1:
                depth = size
                titles.append(branch.title if branch and branch.title else parts[size - 1])
        return parts[:depth], tuple(titles)

    def _above(self, folder: str, language: str) -> Iterator[Branch]:
        """The sections above a post, the nearest first."""
        while True:
            branch = self.by_folder.get((language, folder))
            if branch is not None:
                yield branch
            if not folder:
                return
            folder = folder.rpartition("/")[0]


def below(values: dict[str, Any], further: Mapping[str, Any]) -> None:
    """Add what is not there yet; what is below ``params`` is added name by name."""
    for key, value in further.items():
        there = values.get(key)
        if key == "params" and isinstance(there, dict) and isinstance(value, dict):
            values[key] = {**value, **there}
        elif key not in values:
            values[key] = value


def lowered(value: Any) -> Any:
    """The value with the keys of its tables in lower case, as Hugo takes them; of two the first counts."""
    if isinstance(value, dict):
        table: dict[str, Any] = {}
        for key, item in value.items():
            table.setdefault(key.lower(), lowered(item))
        return table
    return [lowered(item) for item in value] if isinstance(value, list) else value


def branches_of(files: SiteFiles, languages: tuple[Language, ...], configuration: Mapping[str, Any]) -> Branches:
    """The sections of all languages, by what their ``_index`` files say."""
    found = {}
    for folder in sorted({language.folder for language in languages}):
        for path in files.find(folder, is_branch):
            place = place_of(languages, path)
            try:
                branch = branch_of(path, files.read(path) or b"")
            except SourceError as error:
                branch = Branch(fault=f"({path}) cannot be read: {error.reason}")
            found[place.language, place.folder] = branch
    return Branches(by_folder=found, site=cascades_of(configuration))


def branch_of(path: str, data: bytes) -> Branch:
    """What an ``_index`` file says."""
    try:
        front = lowered(split(path, data).data)
    except PostError as error:
        return Branch(fault=f"({path}) cannot be read: {error.reason}")
    return Branch(title=text(front.get("slug")) or text(front.get("title")), cascades=cascades_of(front))


def cascades_of(table: Mapping[str, Any]) -> tuple[Cascade, ...]:
    """The entries below ``cascade``, a table or a list of tables, in lower case."""
    found = table.get("cascade")
    return tuple(
        _cascade(entry) for entry in (found if isinstance(found, list) else [found]) if isinstance(entry, dict)
    )


def _cascade(entry: dict[str, Any]) -> Cascade:
    values = {key: value for key, value in entry.items() if key not in _TARGETS}
    target: dict[str, Any] = next((entry[key] for key in _TARGETS if isinstance(entry.get(key), dict)), {})
    matrix = target.get("sites")
    matrix = matrix.get("matrix") if isinstance(matrix, dict) else None
    languages = matrix.get("languages") if isinstance(matrix, dict) else target.get("lang")
    return Cascade(
        values,
        path=re.sub("//+", "/", text(target.get("path")).lower()),
        kind=text(target.get("kind")).lower(),
        languages=tuple(
            glob for item in (languages if isinstance(languages, list) else [languages]) if (glob := text(item).lower())
        ),
    )
