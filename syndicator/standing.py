"""The documents that stand where we publish, and what they say of themselves to readers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from syndicator.errors import SyndicatorError
from syndicator.history import archive_path
from syndicator.marks import is_ours
from syndicator.model import FeedSpec, Format, digest

if TYPE_CHECKING:
    from syndicator.oldfeeds import OldFeed

_SLUG, _NUMBER = "{slug}", "{number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Whose document a path is: the feed's name, and the number of the page of its archive, 0 for the feed itself."""

    spec: FeedSpec
    feed: str
    format: Format
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A document as it stands, and what it ``says``. ``version`` is the publisher's word for the file; ``ours`` are
    those that no other program has written.
    """

    place: Place
    path: str
    digest: str
    length: int
    version: str
    changed: datetime
    says: OldFeed
    ours: bool = False


def read_standing(place: Place, path: str, body: bytes, version: str, changed: datetime) -> Standing | None:
    """A document that is one of a feed; None for anything else, whatever it is."""
    # Late: it reads feeds, which nobody does who only asks for places.
    from syndicator.oldfeeds import read_old_feed

    try:
        says = read_old_feed(body, path)
    except SyndicatorError:
        return None
    return Standing(
        place=place,
        path=path,
        digest=digest(body),
        length=len(body),
        version=version,
        changed=changed,
        says=says,
        ours=is_ours(place.format, body),
    )


class Places:
    """Tells by its path whose a document is, as the feeds are asked for now."""

    def __init__(self, specs: Iterable[FeedSpec]) -> None:
        #: Those of feeds that have a path for their own.
        self.plain: dict[str, Place] = {}
        self._patterns: list[tuple[re.Pattern[str], FeedSpec, Format]] = []
        self._folders: list[str] = []
        for spec in specs:
            for format_, path in spec.outputs:
                if format_.is_feed:
                    self._add(spec, format_, path)

    def _add(self, spec: FeedSpec, format_: Format, path: str) -> None:
        if _SLUG not in path:
            self.plain[path] = Place(spec=spec, feed=spec.name, format=format_)
        shapes = [path] if _SLUG in path else []
        self._folders += [shape.partition(_SLUG)[0].rpartition("/")[0] for shape in shapes]
        shapes += [archive_path(path, _NUMBER)] if spec.archive else []
        for shape in shapes:
            pattern = re.escape(shape).replace(re.escape(_NUMBER), "(?P<number>[1-9][0-9]{0,8})")
            # No slug has a full stop in it.
            pattern = pattern.replace(re.escape(_SLUG), "(?P<slug>[^/.]+)", 1).replace(re.escape(_SLUG), "(?P=slug)")
            self._patterns.append((re.compile(pattern), spec, format_))

    @property
    def folders(self) -> tuple[str, ...]:
        """Where the documents stand of feeds that are one for each value, "" for anywhere."""
        return tuple(dict.fromkeys(self._folders))

    def of(self, path: str) -> Place | None:
        """Whose it is, None for nobody's."""
        if path in self.plain:
            return self.plain[path]
        for pattern, spec, format_ in self._patterns:
            if found := pattern.fullmatch(path):
                parts = found.groupdict()
                name = f"{spec.name}/{parts['slug']}" if parts.get("slug") else spec.name
                return Place(spec=spec, feed=name, format=format_, page=int(parts.get("number") or 0))
        return None


def by_feed(standing: Sequence[Standing]) -> dict[str, list[Standing]]:
    """The documents of each feed, in the order of their paths."""
    found: dict[str, list[Standing]] = {}
    for one in sorted(standing, key=lambda one: one.path):
        found.setdefault(one.place.feed, []).append(one)
    return found
