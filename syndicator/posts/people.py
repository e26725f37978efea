"""Who made a post: names, ``Name <mail>``, tables, keys of people that the site or the operator knows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from syndicator.markup.links import FETCHABLE, absolute
from syndicator.model import Person
from syndicator.posts.fields import MARKED, FieldMap, Warn, empty, first, text, texts, unmarked
from syndicator.posts.plaintext import title_text
from syndicator.text import one_line

_MAIL = r"[^<>()@\s,;]+@[^<>()@\s,;]+"
_NAME_AND_MAIL = re.compile(rf"([^<>]*)<({_MAIL})>|({_MAIL})(?: +\(([^()]*)\))?|([^()@]+)\(({_MAIL})\)")
_ONLY_MAIL = re.compile(rf"(?:mailto:)?({_MAIL})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class People:
    """Those whom posts may name: by the key or name that posts write, in lower case."""

    known: Mapping[str, Person] = field(default_factory=dict)

    def find(self, written: str) -> Person | None:
        """Whoever is known by a key or a name."""
        return self.known.get(written.casefold()) if self.known else None

    def completed(self, person: Person, written: str) -> Person:
        """What a post says of somebody, with the rest of what is known; the post's own words win.

        frontmatter.md 38, 75, 89. A key stands for the name behind it.
        """
        known = self.find(written) or self.find(person.name)
        if known is None:
            return person
        return Person(
            name=known.name if self.find(written) is known else person.name,
            title=person.title or known.title,
            email=person.email or known.email,
            url=person.url or known.url,
            avatar=person.avatar or known.avatar,
        )


#: Where the site knows nobody.
NOBODY = People()


def placed(somebody: Person, base: str) -> Person:
    """Somebody with addresses as readers need them: what begins with ``/`` is below the site's (``base``)."""
    return replace(somebody, url=place(somebody.url, base), avatar=place(somebody.avatar, base))


def place(address: str, base: str) -> str:
    """An address as readers need it: what begins with ``/`` is below the site's (``base``); "" when it is none."""
    if not address:
        return ""
    if address.startswith("/") and not address.startswith("//"):
        address = base + address.lstrip("/")
    return absolute(address, base, allowed=FETCHABLE)


def people(
    data: Mapping[str, Any], fields: FieldMap, base: str, warn: Warn, known: People = NOBODY
) -> tuple[Person, ...]:
    """Who made the post: a name, ``Name <mail>``, a table, or a list of these. frontmatter.md 75, 86; atom.md 45.

    A professional title that stands beside the author belongs to the first; a list of titles goes by order.
    """
    path, value = first(data, fields["author"])
    titles = unmarked(texts(first(data, fields["author_title"])[1]))
    found: dict[str, Person] = {}
    for item in value if isinstance(value, list) else [value]:
        if empty(item):
            continue
        title = titles[len(found)] if len(found) < len(titles) else ""
        somebody = person(item, title) if isinstance(item, dict) else _from_text(text(item), title)
        if somebody is None:
            warn(path, f"{path}: an author without a name is left out")
            continue
        somebody = placed(somebody, base) if isinstance(item, dict) else somebody
        somebody = known.completed(somebody, somebody.name if isinstance(item, dict) else text(item))
        found.setdefault(somebody.name.casefold(), somebody)
    return tuple(found.values())


def names(data: Mapping[str, Any], fields: FieldMap, base: str, warn: Warn, known: People = NOBODY) -> tuple[str, ...]:
    """The people's names alone."""
    value = first(data, fields["author"])[1]
    if isinstance(value, str) and not MARKED.search(value):
        line = one_line(value)
        somebody = known.find(line)
        return (somebody.name if somebody else line,) if line else ()
    return tuple(somebody.name for somebody in people(data, fields, base, warn, known))


def _from_text(line: str, title: str) -> Person | None:
    match = _NAME_AND_MAIL.fullmatch(line) if "@" in line else None
    if match is None:
        name = title_text(line) if MARKED.search(line) else line
        return Person(name=name, title=title) if name else None
    email = _mail(match[2] or match[3] or match[6])
    name = title_text((match[1] or match[4] or match[5] or "").strip().strip('"'))
    return Person(name=name or email.partition("@")[0], title=title, email=email)


def _mail(value: str) -> str:
    """A bare address of a mailbox, "" for what is none."""
    match = _ONLY_MAIL.fullmatch(value)
    return match[1] if match else ""


def person(table: Mapping[str, Any], title: str = "") -> Person | None:
    """Somebody as a table says; addresses as written. None for a table without a name."""
    named = _from_text(text(first(table, ("name", "display_name", "author"))[1]), "")
    if named is None:
        return None
    return Person(
        name=named.name,
        title=title or title_text(text(first(table, ("title", "author-title", "role", "job_title", "position"))[1])),
        email=_mail(text(table.get("email"))) or named.email,
        url=text(first(table, ("url", "uri", "website", "web"))[1]),
        avatar=text(first(table, ("avatar", "picture", "photo", "mug-path", "mug_path"))[1]),
    )
