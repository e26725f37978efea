"""What is remembered of a feed so that what is proposed later can be compared with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import chain

import orjson

from syndicator.concerns import seconds
from syndicator.model import FeedPast, FeedRecord, FeedSpec, Limits, digest
from syndicator.selections import Selection

#: When a post is published and updated, in whole seconds since 1970.
Stamps = tuple[int, int]


def name_of(spec: FeedSpec) -> str:
    """The name of all that is asked for."""
    return digest(orjson.dumps(spec, default=str))


def stamps_of(selections: Iterable[Selection]) -> dict[str, Stamps]:
    """When each post that some feed shows is published and updated, by id: most are shown by several."""
    members = {record.entry_id: record for selection in selections for record in selection.members}
    found: dict[str, Stamps] = {}
    for entry_id, record in members.items():
        published = seconds(record.published)
        found[entry_id] = (published, published if record.updated == record.published else seconds(record.updated))
    return found


def dates_of(ids: Iterable[str], stamps: Mapping[str, Stamps]) -> tuple[int, ...]:
    """The dates of these in a row."""
    return tuple(chain.from_iterable(map(stamps.__getitem__, ids)))


def dated(record: FeedRecord) -> Iterable[tuple[str, Stamps]]:
    """The ids that a feed showed, with their dates."""
    return zip(record.members, zip(record.dates[::2], record.dates[1::2], strict=True), strict=False)


def noted(
    record: FeedRecord,
    known: FeedRecord | None,
    *,
    spec: str,
    stamps: Mapping[str, Stamps],
    now: datetime,
    limits: Limits | None,
    freed: bool,
) -> FeedRecord:
    """The record of a feed with all that the next judgement wants to know. What was ``freed`` begins anew."""
    dates, past = dates_of(record.members, stamps), None
    if known is not None and limits is not None and not freed:
        past = past_of(known, limits, now)
        if past is None and known.dates and (known.members, known.dates) != (record.members, dates):
            past = FeedPast(until=seconds(now), members=known.members, dates=known.dates)
    return replace(record, spec=spec, dates=dates, past=past)


def past_of(known: FeedRecord, limits: Limits, now: datetime) -> FeedPast | None:
    """What a feed showed before the changes that still count."""
    past = known.past
    return past if past and 0 <= seconds(now) - past.until < limits.within_seconds else None
