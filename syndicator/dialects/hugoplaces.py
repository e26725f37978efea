"""Where a file of a Hugo site lies: its language, its folder, its name, and whether it is a bundle."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

#: Names of pages, those in formats that are not read among them.
CONTENT = re.compile(
    r"(.+)\.(?:md|markdown|mdown|html|htm|org|adoc|asciidoc|ad|rst|pandoc|pdc)", re.DOTALL | re.IGNORECASE
)
#: Extensions of what is read. Org files are refused where their front matter is split.
READ = frozenset({".md", ".markdown", ".mdown", ".html", ".htm", ".org"})
_DATED = re.compile(r"(\d{4}-\d\d-\d\d)(?:-(\d\d)-(\d\d)-(\d\d)(?!\d))?(?!\d)(.*)", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language of the site: its code, what feeds call it, and its content folder."""

    code: str
    tag: str
    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a post lies: its language, its folder below the content folder ("" for that itself), its name, whether it
    is a leaf bundle: that has the name of its folder, and lies in the folder above.
    """

    language: str
    tag: str
    folder: str
    name: str
    leaf: bool


def place_of(languages: tuple[Language, ...], path: str) -> Place:
    """Where the file at a path lies; the first of the languages is the site's own."""
    home = languages[0]
    if len(languages) > 1:
        # Of two content folders, one in the other, the inner one counts.
        around = (one for one in languages if path.startswith(f"{one.folder}/"))
        home = max(around, key=lambda one: (len(one.folder), one is languages[0]), default=home)
    folder, _, name = path.removeprefix(f"{home.folder}/").rpartition("/")
    match = CONTENT.fullmatch(name)
    stem, language = parted(languages, match[1] if match else name)
    home = language or home
    leaf = stem.lower() == "index" and folder != ""
    if leaf:
        folder, _, stem = folder.rpartition("/")
    return Place(language=home.code, tag=home.tag, folder=folder, name=stem, leaf=leaf)


@lru_cache(maxsize=64)
def roots(languages: tuple[Language, ...]) -> tuple[tuple[str, ...], ...]:
    """The content folders, taken apart."""
    return tuple({tuple(language.folder.split("/")): None for language in languages})


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
    match = CONTENT.fullmatch(name) if name[:6].lower() == "index." else None
    return match is not None and parted(languages, match[1])[0].lower() == "index"


def is_branch(name: str) -> bool:
    """Whether a file is the page of its section."""
    return name[:7].lower() == "_index." and CONTENT.fullmatch(name) is not None


def is_page(name: str) -> bool:
    """Whether a file is a page, and not that of its section; of the formats that are not read too."""
    return CONTENT.fullmatch(name) is not None and name[0] not in ".#" and not is_branch(name)


def date_in(name: str) -> tuple[str, str]:
    """The date at the beginning of a name, with a clock where there is one, and what follows; "" for none."""
    match = _DATED.fullmatch(name)
    if match is None:
        return "", ""
    clock = f" {match[2]}:{match[3]}:{match[4]}" if match[2] else ""
    return match[1] + clock, match[5].strip(" -_")
