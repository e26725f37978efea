"""The pictures of a Hugo bundle, and which of them stands for the page: as Hugo's own templates choose."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from urllib.parse import quote

from syndicator.dialects.globs import matches
from syndicator.dialects.hugocascade import lowered
from syndicator.dialects.hugoplaces import Language, is_index, parted, place_of
from syndicator.posts.fields import text

#: What Hugo takes for a picture by its name, hidden files left out.
_PICTURE = re.compile(
    r"[^.].*\.(?:jpe?g|jpe|jif|jfif|png|gif|webp|avif|svg|tiff?|bmp|hei[cf])", re.DOTALL | re.IGNORECASE
)
#: By which names a picture is the one to show, the first that fits any.
_FEATURED = ("*feature*", "{*cover*,*thumbnail*}")
#: So deep lie the files that a source names.
_DEPTH = 1
#: So often a file is held against an entry of ``resources``, and as many characters may a pattern have.
_MOST, _LONGEST = 2_000, 500
_ANY_DEPTH = re.compile(r"\*\*(?=[^/*])")
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


@dataclass(frozen=True, slots=True)
class Resource:
    """A picture of a bundle: its file within it, the name that it goes by, and what is said of it."""

    file: str
    name: str
    said: Mapping[str, Any]

    def table(self) -> dict[str, Any]:
        """It as a table of the front matter. A title is words to be read."""
        table = {**self.said, "path": quote(self.file)}
        return {"caption": text(table["title"]), **table} if "title" in table else table


#: What a picture is looked for by.
_KEYS = (attrgetter("name"), attrgetter("file"))


def is_picture(name: str) -> bool:
    """Whether a file is one, by its name."""
    return _PICTURE.fullmatch(name) is not None


def of_language(
    languages: tuple[Language, ...], path: str, beside: Sequence[str]
) -> tuple[Sequence[str], Sequence[str]]:
    """The pictures beside a post that are of its language, and those of the first language that the bundle shares.

    They are of the language that their name says, else that of the folder; shared only where there is a page in that
    language, and no such picture in the post's own. frontmatter.md 62.
    """
    pictures = [name for name in beside if is_picture(name.rpartition("/")[2])]
    if len(languages) == 1:
        return pictures, ()
    begin = path[: path.rfind("/") + 1]
    own, first = place_of(languages, path).language, languages[0].code
    if first == own or all(
        place_of(languages, begin + name).language != first
        for name in beside
        if "/" not in name and is_index(languages, name)
    ):
        first = ""
    found: dict[str, dict[str, str]] = {own: {}, first: {}}
    for name in pictures:
        stem, dot, ending = name.rpartition(".")
        stem, written = parted(languages, stem)
        language = written.code if written else place_of(languages, f"{begin}index.md").language
        if language in found:
            found[language][stem + dot + ending] = name
    return list(found[own].values()), [name for key, name in found[first].items() if key not in found[own]]


def resources(said: object, files: Sequence[str]) -> list[Resource]:
    """The pictures of a bundle by name, as ``resources`` of its front matter calls them.

    Of several entries for one picture the first that gives a name counts, and the first that gives a title; of what
    stands below ``params`` the first word for each key.
    """
    files = sorted(files)
    most = _MOST // max(len(files), 1)
    entries = [lowered(entry) for entry in said[:most] if isinstance(entry, dict)] if isinstance(said, list) else []
    counts: dict[tuple[int, str], int] = {}
    found: list[Resource] = []
    for file in files:
        name, table = file, dict[str, Any]()
        for at, entry in enumerate(entries):
            if not _fits(file, text(entry.get("src"))):
                continue
            if name is file and text(entry.get("name")):
                name = _counted(text(entry["name"]), counts, (at, "name"))
            if "title" not in table and text(entry.get("title")):
                table["title"] = _counted(text(entry["title"]), counts, (at, "title"))
            params = entry.get("params")
            for key, value in params.items() if isinstance(params, dict) else ():
                if key != "title":
                    table.setdefault(key, value)
        found.append(Resource(file, name, table))
    return sorted(found, key=lambda resource: (resource.name, resource.file))


def chosen(found: Sequence[Resource], given: str | None) -> Resource | None:
    """The one that the front matter names, or without that the one that its name says is to be shown.

    Names fit in any case, and files where no name does.
    """
    return next(
        (
            resource
            for pattern in (_FEATURED if given is None else (given,))
            for key in _KEYS
            for resource in found
            if _fits(key(resource), pattern)
        ),
        None,
    )


def of_site(given: str) -> str:
    """What the front matter names and the bundle has not is below the site's address.

    What would lie deeper in the bundle than a source tells is left as it is.
    """
    return given if given.count("/") > _DEPTH else below_site(given)


def below_site(address: str) -> str:
    """An address as Hugo has it of a picture that is in no bundle: with a host, or below the site's. "" is nothing."""
    return address if not address or _ELSEWHERE.match(address) else f"/{address.lstrip('/')}"


def _fits(name: str, pattern: str) -> bool:
    if len(pattern) > _LONGEST:
        return False
    pattern = _ANY_DEPTH.sub("**/*", pattern.lower().strip("/"))
    return pattern != "" and matches(name.lower(), pattern)


def _counted(name: str, counts: dict[tuple[int, str], int], key: tuple[int, str]) -> str:
    if ":counter" not in name:
        return name
    counts[key] = counts.get(key, 0) + 1
    return name.replace(":counter", str(counts[key]))
