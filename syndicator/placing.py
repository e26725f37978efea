"""What the posts that are there may have been known by to readers of another feed, or of another time."""

from __future__ import annotations

from collections.abc import Sequence

from syndicator.adoption import Bearings, slugs_of
from syndicator.errors import PostError
from syndicator.model import PostRecord
from syndicator.posts.references import FORMER
from syndicator.reader import Reader, isolated


def bearings(source: Reader, records: Sequence[PostRecord]) -> tuple[tuple[Bearings, ...], tuple[PostError, ...]]:
    """What posts that are there may have been known by, and which cannot be read."""
    # Late: it knows more of a post than a pass needs to choose.
    from syndicator.posts.bearings import place_of

    found: list[Bearings] = []
    unread: list[PostError] = []
    for record in records:
        path = record.path
        try:
            with isolated(path):
                place = place_of(
                    source.source.read(path), source.dialect, source.site, source.rules, source.source.lifetime
                )
        except PostError as error:
            unread.append(error)
            continue
        found.append(
            Bearings(
                path=path,
                title=place.title,
                permalink=place.permalink,
                former=place.former,
                slugs=tuple(
                    dict.fromkeys((*slugs_of((place.permalink, path, place.slug)), *record.values(FORMER)))
                ),
                published=record.published,
            )
        )  # fmt: skip
    return tuple(found), tuple(unread)
