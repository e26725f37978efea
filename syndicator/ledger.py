"""Identity: ids given once and kept through renames, and the moment an entry was last updated."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from syndicator.errors import PostError
from syndicator.holdoff import awaited, held_off
from syndicator.ids import next_free, own_id
from syndicator.model import PostRecord, PostState, PostWarning, Skim, Visibility, reached
from syndicator.ports import Move
from syndicator.posts.corrections import CORRECTION, MINOR
from syndicator.posts.references import FORMER, last_part
from syndicator.reaching import ALWAYS, REACHED, first_seen, reached_date

#: From so much likeness on, what a source calls a rename is one: where the date stayed, and where it was changed too.
#: Posts made from one mould are alike; those of one series mostly bear another date.
_ALIKE, _ALMOST_THE_SAME = 0.6, 0.95

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The ledger after a pass: all ``records`` by path, those that ``changed``, paths whose entry ``moved`` away, and
    posts that are ``refused`` because another post has their id."""

    records: Mapping[str, PostRecord]
    changed: tuple[PostRecord, ...]
    moved: tuple[str, ...]
    refused: tuple[PostError, ...]
    warnings: tuple[PostWarning, ...] = ()


def record_of(post: Skim, version: str, site_url: str) -> PostRecord:
    """A post as a ledger that knows nothing would note it: with the id and the dates of a first sight."""
    return PostRecord(
        path=post.path,
        version=version,
        digest=post.digest,
        content=post.content,
        match=post.match,
        visibility=post.visibility,
        due=ALWAYS if post.early and post.published else post.published,
        published=post.published,
        modified=post.modified,
        updated=_latest(post.modified, post.published),
        expires=post.expires,
        entry_id=own_id(post.path, post.given_id, post.published, site_url),
        given_id=post.given_id,
        terms=post.terms,
    )


def settle(
    known: Mapping[str, PostRecord],
    seen: Sequence[PostRecord],
    gone: Collection[str],
    *,
    now: datetime,
    site_url: str,
    moved: Sequence[Move] = (),
    hold_off: timedelta = timedelta(),
    is_first: bool | None = None,
) -> Settled:
    """Bring the ledger up to date with what a scan saw. Pure, and the same for any order of ``seen``.

    ``moved`` are renames that the source knows of; they count where the ledger cannot tell by itself. A post that was
    never live is held off so long, but not on the first pass, when all posts of a site are new: ``is_first`` says so
    where ``known`` is not all that there is.
    """
    records = dict(known)
    changed: dict[str, PostRecord] = {}
    newcomers: list[PostRecord] = []
    warnings: list[PostWarning] = []

    def note(record: PostRecord) -> None:
        records[record.path] = changed[record.path] = record

    for path in sorted(gone):
        if path in records and records[path].gone is None:
            note(records[path]._replace(gone=now))
    in_order = sorted(seen, key=lambda record: record.path)
    origins = _origins(known, records, in_order, {move.new: move for move in moved}, now)
    in_order = held_off(
        in_order, known, changed.values(), origins, wait=hold_off, now=now, moved=moved, is_first=is_first
    )
    left = {origin.path for path, origin in origins.items() if origin.path != path}
    for path in left:
        records.pop(path, None)
        changed.pop(path, None)
    for fresh in in_order:
        if fresh.modified is not None and fresh.modified > now:
            warnings.append(PostWarning(path=fresh.path, reason="its modified date lies in the future, it is ignored"))
            fresh = fresh._replace(modified=None, updated=fresh.published)  # noqa: PLW2901
        origin = origins.get(fresh.path)
        if origin is not None:
            note(_carry_on(fresh, origin, now))
        elif fresh.first_state(now) is PostState.LIVE:
            newcomers.append(fresh)
        else:
            note(fresh._replace(entry_id=""))

    refused: list[PostError] = []
    ids = {record.entry_id: path for path, record in records.items() if record.entry_id}
    # Whoever was changed in the very moment at which his time has come is not his former self.
    anew = {record.path for record in newcomers}
    late, ripe = awaited((r for p, r in records.items() if p not in anew), wait=hold_off, now=now)
    records |= late
    changed |= late
    newcomers += [r._replace(entry_id=own_id(r.path, r.given_id, r.published, site_url)) for r in ripe]
    for record in sorted(newcomers, key=lambda record: record.path) if ripe else newcomers:
        holder = ids.get(record.entry_id, record.path)
        if holder == record.path:
            note(record)
        elif record.given_id:
            refused.append(_same_id(record, records[holder]))
            records.pop(record.path, None)
            continue
        else:
            note(record._replace(entry_id=next_free(record.entry_id, ids)))
        ids[records[record.path].entry_id] = record.path
    return Settled(
        records=records,
        changed=tuple(changed.values()),
        moved=tuple(sorted(path for path in left if path not in records)),
        refused=tuple(refused),
        warnings=tuple(warnings),
    )


def _origins(
    known: Mapping[str, PostRecord],
    records: Mapping[str, PostRecord],
    seen: Sequence[PostRecord],
    moved: Mapping[str, Move],
    now: datetime,
) -> dict[str, PostRecord]:
    """For each path the record whose id it carries on: its own, or that of the post which moved there.

    A path whose bytes and title are all new may have been taken over by another post while its own moved away.
    """
    if not known:
        return {}
    own = {fresh.path: known[fresh.path] for fresh in seen if fresh.path in known and known[fresh.path].entry_id}
    replaced = {
        fresh.path
        for fresh in seen
        if fresh.path in own and own[fresh.path].gone is None and is_replaced(own[fresh.path], fresh)
    }
    leavers = [record for record in records.values() if record.gone is not None and record.entry_id]
    departed = _Departed([*leavers, *(own[path] for path in replaced)], now)
    origins = {path: record for path, record in own.items() if path not in replaced and record.gone is None}
    taken: set[str] = set()
    # Who has the same bytes goes before who has only the same title, or says only what it was called before.
    for names in (("id", "digest"), ("match",), ("name",)):
        for fresh in seen:
            if fresh.path not in origins and (found := departed.take(fresh, names)) is not None:
                origins[fresh.path] = found
                taken.add(found.path)
    for fresh in seen:
        move = moved.get(fresh.path)
        if fresh.path not in origins and move and (told := departed.told(fresh, move)) is not None:
            origins[fresh.path] = told
            taken.add(told.path)
    for path, record in own.items():
        if path not in origins and path not in taken:
            origins[path] = record
    return origins


def is_replaced(own: PostRecord, fresh: PostRecord) -> bool:
    """Whether nothing tells that what is at a path now is the post that was there."""
    return (
        own.digest != fresh.digest
        and own.match != fresh.match
        and not (fresh.given_id and own.given_id == fresh.given_id)
    )


def _carry_on(fresh: PostRecord, prior: PostRecord, now: datetime) -> PostRecord:
    """The fresh record with what the ledger knew: id, first date, and the moment of the last change.

    A post is updated by who writes it. What readers see of it may change without that: a name in the site's data, a
    default, a rule of ours. Its entry is rendered anew, but ten thousand posts are not announced for it.
    """
    # Readers are to hear that it was killed wherever they may have seen it, also when a crash comes between.
    killed = fresh.visibility is Visibility.KILLED is not prior.visibility
    fresh = fresh._replace(down=_latest(now, prior.updated) if killed and prior.down is None else prior.down)
    if fresh.down and fresh.expires and fresh.expires != prior.expires:
        fresh = fresh._replace(down=min(fresh.down, now))  # another end had come, perhaps by a clock that was far ahead
    if fresh.due is None:  # a draft by now, which keeps its history for the day when it is live again
        return fresh._replace(entry_id=prior.entry_id, published=prior.published, updated=prior.updated)
    updated = prior.updated
    if updated is None or _is_significant(fresh, prior):
        # By a clock that was set back it would be older than what readers have.
        later = reached(updated + _SECOND, now) if updated and updated > now else now
        updated = _latest(fresh.modified or later, prior.published)
    first, due = first_seen(fresh, prior, now), reached_date(fresh, prior, now)
    return fresh._replace(entry_id=prior.entry_id, published=first, due=due, updated=updated)


def _is_significant(fresh: PostRecord, prior: PostRecord) -> bool:
    """Whether readers are to hear of a change (atom-36): of what they see, unless the author calls it a minor edit; of
    a correction in any case. A file that is only read by other rules was not changed.
    """
    if fresh.digest == prior.digest:
        return False
    if fresh.values(CORRECTION) != prior.values(CORRECTION):
        return True
    return fresh.content != prior.content and not fresh.values(MINOR)


def _latest(*instants: datetime | None) -> datetime | None:
    return max((instant for instant in instants if instant is not None), default=None)


def _same_id(record: PostRecord, holder: PostRecord) -> PostError:
    return PostError(
        record.path,
        f'its id "{record.given_id}" belongs to {holder.path}'
        + (", which was killed" if holder.visibility is Visibility.KILLED else ""),
        remedy="give this post an id of its own, or remove the field",
    )


class _Departed:
    """Posts that are no longer at their place: where a post that turns up elsewhere may have come from."""

    def __init__(self, leavers: Iterable[PostRecord], now: datetime) -> None:
        self._by: dict[tuple[str, str], list[PostRecord]] = {}
        self._now = now
        self._taken: set[str] = set()
        for record in sorted(leavers, key=lambda record: (record.gone or now, record.path), reverse=True):
            clues = [("id", record.given_id), ("digest", record.digest), ("path", record.path)]
            if (record.gone or now) == now:
                # Only at the same moment: next month's "Corrections" of that date would be another post.
                clues += (("match", record.match), ("name", last_part(record.path)))
            for clue in clues:
                if clue[1]:
                    self._by.setdefault(clue, []).append(record)

    def take(self, fresh: PostRecord, names: tuple[str, ...]) -> PostRecord | None:
        """The post that this one was, by the clues of these names; the latest leaver first.

        A post that was killed is carried on by one that is killed too, and by no other: its id stays reserved for ever.
        """
        for name in names:
            for candidate in itertools.chain.from_iterable(
                self._by.get((name, value), ()) for value in _clues(fresh, name)
            ):
                if self._may_be(candidate, fresh) and (name != "name" or candidate.given_id == fresh.given_id):
                    self._taken.add(candidate.path)
                    return candidate
        return None

    def told(self, fresh: PostRecord, move: Move) -> PostRecord | None:
        """The post that this one was as the source has it, when that left just now and is alike enough."""
        for candidate in self._by.get(("path", move.old), ()):
            enough = _ALIKE if candidate.due in (fresh.due, REACHED) else _ALMOST_THE_SAME
            is_free = (candidate.gone or self._now) == self._now and self._may_be(candidate, fresh)
            if is_free and candidate.given_id == fresh.given_id and move.alike >= enough:
                self._taken.add(candidate.path)
                return candidate
        return None

    def _may_be(self, candidate: PostRecord, fresh: PostRecord) -> bool:
        reserved = candidate.visibility is Visibility.KILLED and fresh.visibility is not Visibility.KILLED
        return candidate.path not in self._taken and not reserved


def _clues(fresh: PostRecord, name: str) -> tuple[str, ...]:
    """What a post says of itself that a post which left may have said too."""
    if name == "name":
        return fresh.values(FORMER)
    values = {"id": fresh.given_id, "digest": fresh.digest, "match": fresh.match}
    return (values[name],)
