"""Whether documents of ours stand where we publish: a look that a first build can afford."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from syndicator.errors import PublishError
from syndicator.marks import is_ours
from syndicator.model import Format
from syndicator.publishers.local import LocalPublisher
from syndicator.standing import Places


def any_of_ours(places: Places, out: LocalPublisher) -> bool:
    """Whether a document of some feed stands there that this program has written. What else stands there is read only
    where a feed would be."""
    # JSON Feed last: it does not say who made it, which takes longer to find out.
    plain = sorted(places.plain, key=lambda path: places.plain[path].format is Format.JSON)
    return any(_is_one(path, places, out) for path in (*plain, *_found(places, out)))


def _found(places: Places, out: LocalPublisher) -> Iterable[str]:
    for folder in places.folders:
        for path, _, _ in out.standing(folder):
            if path not in places.plain:
                yield path


def _is_one(path: str, places: Places, out: LocalPublisher) -> bool:
    place, body = places.of(path), None
    with suppress(PublishError):  # what cannot be read says nothing
        body = out.read(path) if place else None
    return bool(place and body is not None and is_ours(place.format, body))
