"""The hold-off before a post first appears: what was saved by accident is taken back before anybody has seen it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from syndicator.model import PostRecord, PostState
from syndicator.ports import Move

#: Who is that would be shown, now or at its date.
_TO_BE_SHOWN = (PostState.LIVE, PostState.SETTLING, PostState.EMBARGOED)


def held_off(
    seen: Sequence[PostRecord],
    known: Mapping[str, PostRecord],
    left: Iterable[PostRecord],
    was_live: Collection[str],
    *,
    wait: timedelta,
    now: datetime,
    moved: Sequence[Move] = (),
    is_first: bool | None = None,
) -> list[PostRecord]:
    """The records that a scan saw, with until when each waits.

    ``left`` are those whose files vanished just now; paths in ``was_live`` carry on posts that readers know, which are
    never held. The time begins when a post is first seen without anything that hides it, and anew when it was hidden,
    gone, or given a date in the future or the past meanwhile. Other edits do not move it, or a post that is worked on
    would never appear; nor does the end of its embargo, which was waited for anyway. A first pass holds nothing, as all
    posts of a site are new to it; ``is_first`` says so where ``known`` is not all that there is.
    """
    newcomers = [fresh for fresh in seen if fresh.path not in was_live]
    if not wait or not newcomers or (_is_first(known.values()) if is_first is None else is_first):
        return list(seen)
    leavers = _Leavers(left)
    before = {fresh.path: _there(known.get(fresh.path)) for fresh in newcomers}
    renamed = {move.new: move.old for move in moved}
    for fresh in newcomers:
        if before[fresh.path] is None:
            before[fresh.path] = leavers.take(fresh, renamed.get(fresh.path, ""))
    return [_begun(fresh, before[fresh.path], wait, now) if fresh.path in before else fresh for fresh in seen]


def awaited(
    records: Iterable[PostRecord], *, wait: timedelta, now: datetime
) -> tuple[dict[str, PostRecord], list[PostRecord]]:
    """Of the posts that were never live those by path which wait until another time now, as the setting was changed or
    the clock was ahead when they were saved; and those that are live by now, which wait no more.
    """
    never = {record.path: record for record in records if not record.entry_id and record.gone is None}
    late = {
        path: timed
        for path, record in never.items()
        if record.ready is not None and (timed := _timed(record, min(record.ready, now), wait)) != record
    }
    never |= late
    ripe = [record for record in never.values() if record.state(now) is PostState.LIVE]
    return late, [record._replace(ready=None, settles=None) for record in ripe]


def _timed(record: PostRecord, ready: datetime, wait: timedelta) -> PostRecord:
    return record._replace(ready=ready if wait else None, settles=ready + wait if wait else None)


def _is_first(known: Iterable[PostRecord]) -> bool:
    """Whether no pass has been made yet; what was adopted none has seen."""
    return not any(record.version for record in known)


def _there(record: PostRecord | None) -> PostRecord | None:
    return record if record is not None and record.gone is None else None


def _begun(fresh: PostRecord, prior: PostRecord | None, wait: timedelta, now: datetime) -> PostRecord:
    state = fresh.first_state(now)
    if state not in _TO_BE_SHOWN:
        return fresh
    ready: datetime | None = now
    if prior is not None and _is_embargoed(prior, now) is (state is PostState.EMBARGOED):
        ready = prior.ready  # None where it was known before there was a hold-off
    if ready is None or ready + wait <= now:
        return fresh
    return _timed(fresh, ready, wait)


def _is_embargoed(record: PostRecord, now: datetime) -> bool | None:
    """Whether a post is shown at its date, and not yet; None when it is not to be shown at all."""
    state = record.state(now)
    return state is PostState.EMBARGOED if state in _TO_BE_SHOWN else None


class _Leavers:
    """Posts that were never live and whose files vanished just now: where a new one may have been renamed from."""

    def __init__(self, left: Iterable[PostRecord]) -> None:
        self._by: dict[tuple[str, str], list[PostRecord]] = {}
        self._taken: set[str] = set()
        for record in sorted((r for r in left if not r.entry_id), key=lambda record: record.path):
            for clue in (("digest", record.digest), ("match", record.match), ("path", record.path)):
                self._by.setdefault(clue, []).append(record)

    def take(self, fresh: PostRecord, former: str) -> PostRecord | None:
        """By the same bytes, the same title and date, or the word of the source. Each is taken once."""
        for clue in (("digest", fresh.digest), ("match", fresh.match), ("path", former)):
            for candidate in self._by.get(clue, ()):
                if candidate.path not in self._taken:
                    self._taken.add(candidate.path)
                    return candidate
        return None
