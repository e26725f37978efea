"""What taking over an old feed's ids and dates changes in the ledger, and what stands in its way."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from syndicator.adoption import Match
from syndicator.feeds import newest_first
from syndicator.model import PostRecord, PostState
from syndicator.text import legal, printable

_MAX_ID, _SHOWN = 1_000, 300
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heir:
    """A post that takes over an item's id: its ``record`` as it is to be remembered. ``before`` is the other id that it
    had taken over, "" for none."""

    match: Match
    record: PostRecord
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeover:
    """What there is to write: the ``heirs``, and paths that they ``moved`` away from. ``settled`` are matches with
    nothing to do. ``clashes`` are those that cannot be done, each with the reason; ``remarks`` say what else to know.
    ``new`` are live posts of which the old feed knows nothing, newest first.
    """

    heirs: tuple[Heir, ...]
    moved: tuple[str, ...]
    settled: tuple[Match, ...]
    clashes: tuple[tuple[Match, str], ...]
    remarks: tuple[str, ...]
    new: tuple[str, ...]


def take_over(
    matches: Sequence[Match],
    records: Mapping[str, PostRecord],
    known: Mapping[str, PostRecord],
    moved: Collection[str],
    fresh: Mapping[str, PostRecord],
    *,
    now: datetime,
    dates: bool,
) -> Takeover:
    """Decide for each match. Pure.

    ``records`` is the ledger as a pass would make it now, ``known`` as it is remembered, ``moved`` paths of it whose
    post is elsewhere by now, ``fresh`` has the posts as their files say. An id that a pass has given may have been seen
    by readers: it stays. What was adopted is remembered without a version, so that the next pass reads those posts
    again, as it does all others, and knows them.
    """
    seen = {record.entry_id for record in known.values() if record.entry_id and record.version}
    clashes: list[tuple[Match, str]] = []
    remarks: list[str] = []
    settled: list[Match] = []
    wanted: list[Match] = []
    for match in matches:
        record = records[match.path]
        if match.item.id == record.entry_id and record.entry_id in seen:
            settled.append(match)
        elif record.given_id and match.item.id not in (record.entry_id, record.given_id):
            own = record.entry_id or record.given_id
            remarks.append(f"{match.path}: keeps the id of its front matter, {printable(own)}, not {_shown(match)}")
        elif record.entry_id in seen:
            clashes.append((match, f"a build has given it the id {printable(record.entry_id)}, which readers may know"))
        elif fault := unfit(match.item.id):
            clashes.append((match, fault))
        else:
            wanted.append(match)
    holders = _holders(wanted, records, known)
    heirs: list[Heir] = []
    for match in wanted:
        if holder := next((path for path in holders[match.item.id] if path != match.path), ""):
            clashes.append((match, f"{holder} has that id, or is to have it"))
            continue
        dated = _own_dates(records[match.path], fresh.get(match.path), now)
        heir = _heir(match, dated, known.get(match.path), remarks, now=now, dates=dates)
        if heir is None:
            remarks.append(f"{match.path}: has no date yet, and is given none; adopt {_shown(match)} when it has one")
        elif heir.record == known.get(match.path):
            settled.append(match)
        else:
            heirs.append(heir)
    not_iris = [heir for heir in heirs if not _IRI.fullmatch(heir.record.entry_id)]
    if not_iris:
        named = _shown(not_iris[0].match)
        remarks.append(f"{len(not_iris)} ids are no IRIs, such as {named}; they are kept, though Atom asks for IRIs")
    ids = {heir.record.entry_id for heir in heirs}
    return Takeover(
        heirs=tuple(heirs),
        moved=tuple(path for path in moved if known[path].entry_id in ids),
        settled=tuple(settled),
        clashes=tuple(clashes),
        remarks=tuple(remarks),
        new=_new(records, seen | {match.item.id for match in settled}, {heir.match.path for heir in heirs}, now),
    )


def _holders(
    wanted: Iterable[Match], records: Mapping[str, PostRecord], known: Mapping[str, PostRecord]
) -> Mapping[str, Sequence[str]]:
    """The paths of the posts that have each id, or are to have it.

    Of posts that no pass has seen only their front matter counts: what is minted for them gives way.
    """
    changing = {match.path for match in wanted}
    holders: dict[str, list[str]] = {}
    for match in wanted:
        holders.setdefault(match.item.id, []).append(match.path)
    for path, record in records.items():
        if record.given_id or (path in known and path not in changing):
            for entry_id in {record.entry_id, record.given_id} - {""}:
                holders.setdefault(entry_id, []).append(path)
    return holders


def unfit(entry_id: str) -> str:
    """Why an id cannot be had in every format as it is, "" when it can."""
    if len(entry_id) > _MAX_ID:
        return f"its id has more than {_MAX_ID:,} characters"
    return "" if legal(entry_id) == entry_id else "its id has characters that XML cannot carry"


def _heir(
    match: Match, record: PostRecord, prior: PostRecord | None, remarks: list[str], *, now: datetime, dates: bool
) -> Heir | None:
    """The record with id and dates of the item; None where there would be no date at all.

    Where a feed says of no change readers know of none: whatever git or a file knows of later ones is no news.
    """
    published, updated = record.published, record.updated
    if dates:
        told = [_past(match, instant, remarks, now) for instant in (match.item.published, match.item.updated)]
        published = told[0] or published
        updated = told[1] or told[0] or updated
    if published is None:
        return None
    updated = max(published, updated) if updated else published
    # What readers know already is not held off.
    taken = record._replace(
        version="", entry_id=match.item.id, published=published, updated=updated, gone=None, ready=None, settles=None
    )
    before = prior.entry_id if prior and prior.entry_id != match.item.id else ""
    return Heir(match=match, record=taken, before=before)


def _own_dates(record: PostRecord, fresh: PostRecord | None, now: datetime) -> PostRecord:
    """The record with the dates of its file, whatever another adoption has given it."""
    if fresh is None:
        return record
    early = fresh.modified is None or fresh.modified <= now
    return record._replace(published=fresh.published, updated=fresh.updated if early else fresh.published)


def _past(match: Match, instant: datetime | None, remarks: list[str], now: datetime) -> datetime | None:
    if instant is None or instant <= now:
        return instant
    remarks.append(f"{match.path}: the old feed's date lies in the future ({instant:%Y-%m-%d}), it is not taken")
    return None


def _new(
    records: Mapping[str, PostRecord], ids: Collection[str], paths: Collection[str], now: datetime
) -> tuple[str, ...]:
    live = (record for record in records.values() if record.gone is None and record.state(now) is PostState.LIVE)
    return tuple(r.path for r in newest_first(live) if r.path not in paths and r.entry_id not in ids)


def _shown(match: Match) -> str:
    shown = printable(match.item.id[:_SHOWN])
    return shown if len(match.item.id) <= _SHOWN else f"{shown}…"
