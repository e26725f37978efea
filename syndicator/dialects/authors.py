"""People in a site's data on authors, by the keys and names that posts write (frontmatter.md 75)."""

from __future__ import annotations

from collections.abc import Iterator

from syndicator.model import Person
from syndicator.posts.fields import text
from syndicator.posts.people import person


def authors_of(data: object) -> dict[str, Person]:
    """Everybody in a table of authors, or a list of tables with a key or name, by key and name in lower case."""
    known: dict[str, Person] = {}
    for key, value in _entries(data):
        found = person({"name": key, **value} if isinstance(value, dict) else {"name": text(value)})
        if found is not None:
            known[key.casefold()] = found
            known.setdefault(found.name.casefold(), found)
    return known


def _entries(data: object) -> Iterator[tuple[str, object]]:
    """Key and value of every author: a table of them, or a list of tables (as CSV is) with key or name."""
    if isinstance(data, dict):
        yield from data.items()
    for row in data if isinstance(data, list) else ():
        if isinstance(row, dict):
            key = next((text(row[name]) for name in ("key", "id", "slug", "username", "name") if row.get(name)), "")
            if key:
                yield key, row
