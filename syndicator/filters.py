"""Which posts a feed may show, by what they are about, where they lie and how old they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from syndicator.dialects.globs import matches
from syndicator.model import FeedSpec, PostRecord
from syndicator.rights import withheld_from

#: What a filter by patterns of paths is called; all others are names of fields.
PATH = "path"
#: The field that nobody writes down: the part of the site that a post's file lies in.
SECTION = "section"
#: What is told of a post that has left a feed by its age.
TOO_OLD = "older than max_age"
#: So many values are told in a reason.
_SHOWN = 20


def fold(value: str) -> str:
    """Values that differ in case and white space only are the same."""
    return " ".join(value.casefold().split())


class Described(Protocol):
    """What filters look at of a post."""

    @property
    def path(self) -> str: ...
    @property
    def published(self) -> datetime | None: ...
    def values(self, name: str) -> tuple[str, ...]:
        """Its values of a field."""
        ...


class Catalogue:
    """Live posts, newest first, to be looked up by the values of their fields.

    A field is looked through once, when first asked for, so that a thousand feeds of one category each cost little
    more than one. ``sections`` tells the section of a path, None where that is a field of the operator's like others.
    """

    def __init__(self, records: Sequence[PostRecord], sections: Callable[[str], str] | None = None) -> None:
        self.records = records
        self._sections = sections
        self._by: dict[str, dict[str, set[int]]] = {}
        self._matching: dict[str, set[int]] = {}

    def values(self, record: Described, name: str) -> tuple[str, ...]:
        """The post's values of a field, as written."""
        if name == SECTION and self._sections is not None:
            section = self._sections(record.path)
            return (section,) if section else ()
        return record.values(name)

    def chosen(self, spec: FeedSpec, now: datetime) -> list[PostRecord]:
        """The posts that pass a feed's filters, newest first."""
        if not (spec.include or spec.exclude or spec.max_age or spec.partner):
            return list(self.records)
        kept: set[int] | None = None
        for name, values in spec.include:
            found = self._with(name, values)
            kept = found if kept is None else kept & found
        out: set[int] = set()
        for name, values in spec.exclude:
            out |= self._with(name, values)
        places = range(len(self.records)) if kept is None else sorted(kept)
        found_posts = (self.records[at] for at in places if at not in out)
        return [r for r in found_posts if not is_too_old(r, spec, now) and not withheld_from(r, spec)]

    def takes(self, record: Described, spec: FeedSpec) -> bool:
        """Whether a post passes a feed's filters, however old it is."""
        return (
            not any(self._common(record, name, values) for name, values in spec.exclude)
            and all(self._common(record, name, values) for name, values in spec.include)
            and not withheld_from(record, spec)
        )

    def hindrance(self, record: PostRecord, spec: FeedSpec, now: datetime) -> str:
        """The filter that keeps a post out and what of it does, as in "in exclude.tag: sponsored"; "" for none."""
        for name, values in spec.exclude:
            if has := self._common(record, name, values):
                return f"in exclude.{name}: {', '.join(has)}"
        for name, values in spec.include:
            if not self._common(record, name, values):
                return f"not in include.{name}: {_some(values)}"
        if is_too_old(record, spec, now):
            return TOO_OLD
        return withheld_from(record, spec)

    def tally(self, spec: FeedSpec, now: datetime) -> tuple[tuple[str, int], ...]:
        """Each filter that keeps posts out, and how many; a post that several keep out counts for the first."""
        found = Counter(self.hindrance(record, spec, now) for record in self.records)
        del found[""]
        return tuple(sorted(found.items()))

    def unknown(self, spec: FeedSpec) -> Iterator[tuple[str, str, str]]:
        """Wanted values that no post has: key, field, value. They may be misspelt."""
        for key, terms in (("include", spec.include), ("exclude", spec.exclude)):
            for name, values in terms:
                for value in values:
                    if not self._with(name, (value,)):
                        yield key, name, value

    def known(self, name: str) -> tuple[str, ...]:
        """All values of a field, folded."""
        return () if name == PATH else tuple(sorted(self._index(name)))

    def _common(self, record: Described, name: str, values: Iterable[str]) -> tuple[str, ...]:
        if name == PATH:
            return tuple(pattern for pattern in values if matches(record.path, pattern))
        has = set(map(fold, self.values(record, name)))
        return tuple(value for value in values if fold(value) in has)

    def _with(self, name: str, values: Iterable[str]) -> set[int]:
        """The places of the posts that have one of these values."""
        if name == PATH:
            return set().union(*map(self._like, values))
        index = self._index(name)
        return set().union(*(index.get(fold(value), ()) for value in values))

    def _index(self, name: str) -> dict[str, set[int]]:
        index = self._by.get(name)
        if index is None:
            index = self._by[name] = {}
            for at, record in enumerate(self.records):
                for value in self.values(record, name):
                    index.setdefault(fold(value), set()).add(at)
        return index

    def _like(self, pattern: str) -> set[int]:
        found = self._matching.get(pattern)
        if found is None:
            found = {at for at, record in enumerate(self.records) if matches(record.path, pattern)}
            self._matching[pattern] = found
        return found


def is_too_old(record: Described, spec: FeedSpec, now: datetime) -> bool:
    """Whether a post has left a feed by its age: at the very instant at which it reaches that."""
    # Nothing is added to a date that is the last of all.
    return spec.max_age is not None and record.published is not None and record.published <= now - spec.max_age


def wanted_of(spec: FeedSpec, value: str) -> bool:
    """Whether a feed is wanted for a value (folded) of the field that ``each`` makes feeds from."""
    include = next((values for name, values in spec.include if name == spec.each), None)
    return include is None or value in map(fold, include)


def _some(values: Sequence[str]) -> str:
    return ", ".join(values[:_SHOWN]) + (f" and {len(values) - _SHOWN} more" if len(values) > _SHOWN else "")
