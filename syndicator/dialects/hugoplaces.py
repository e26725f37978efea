"""Where a file of a Hugo site lies: its language, its folder, its name, and whether it is a bundle."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

#: Names of pages, those in formats that are not read among them.
CONTENT = re.compile(r"(.+)\.(?:md|markdown|mdown|html|htm|org|adoc|asciidoc|ad|rst|pandoc|pdc)", re.DOTALL)
#: Extensions of what is read. Org files are refused where their front matter is split.
READ = frozenset({".md", ".markdown", ".mdown", ".html", ".htm", ".org"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language of the site: its code, what feeds call it, and its content folder."""

    code: str
    tag: str
    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a post lies: its language, its folder below the content folder, its name, whether it is a leaf bundle.

    A leaf bundle has the name of its folder, and lies in the folder above that.
    """

    language: str
    tag: str
    folder: PurePosixPath
    name: str
    leaf: bool


@lru_cache(maxsize=4096)
def place_of(languages: tuple[Language, ...], path: PurePosixPath) -> Place:
    """Where the file at a path lies; the first of the languages is the site's own."""
    whole = path.as_posix()
    # Of two content folders, one in the other, the inner one counts.
    home = max(
        (one for one in languages if whole.startswith(f"{one.folder}/")),
        key=lambda one: (len(one.folder), one is languages[0]),
        default=languages[0],
    )
    inside = PurePosixPath(whole.removeprefix(f"{home.folder}/"))
    match = CONTENT.fullmatch(inside.name)
    stem, language = parted(languages, match[1] if match else inside.stem)
    home = language or home
    leaf = stem == "index" and bool(inside.parent.name)
    return Place(
        language=home.code,
        tag=home.tag,
        folder=inside.parent.parent if leaf else inside.parent,
        name=inside.parent.name if leaf else stem,
        leaf=leaf,
    )


def parted(languages: tuple[Language, ...], stem: str) -> tuple[str, Language | None]:
    """A name without the language at its end, and that language."""
    name, _, code = stem.rpartition(".")
    if name:
        for language in languages:
            if language.code == code.lower():
                return name, language
    return stem, None


def is_index(languages: tuple[Language, ...], name: str) -> bool:
    """Whether a file makes its folder a leaf bundle."""
    match = CONTENT.fullmatch(name) if name.startswith("index.") else None
    return match is not None and parted(languages, match[1])[0] == "index"


def is_branch(name: str) -> bool:
    """Whether a file is the page of its section."""
    return name.startswith("_index.") and CONTENT.fullmatch(name) is not None
