"""Identity: ids given once and kept through renames, and the moment an entry was last updated."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote, urlsplit

from syndicator.errors import PostError
from syndicator.model import PostRecord, PostState, Skim


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The ledger after a pass: all ``records`` by path, those that ``changed``, paths whose entry ``moved`` away, and
    posts that are ``refused`` because another post has their id."""

    records: Mapping[str, PostRecord]
    changed: tuple[PostRecord, ...]
    moved: tuple[str, ...]
    refused: tuple[PostError, ...]


def record_of(post: Skim, version: str, site_url: str) -> PostRecord:
    """A post as a ledger that knows nothing would note it: with the id and the dates of a first sight."""
    return PostRecord(
        path=post.path,
        version=version,
        digest=post.digest,
        content=post.content,
        match=post.match,
        visibility=post.visibility,
        due=post.published,
        published=post.published,
        modified=post.modified,
        updated=_latest(post.modified, post.published),
        expires=post.expires,
        entry_id=_own_id(post.path, post.given_id, post.published, site_url),
        given_id=post.given_id,
        terms=post.terms,
    )


def settle(
    known: Mapping[str, PostRecord], seen: Sequence[PostRecord], gone: Collection[str], *, now: datetime, site_url: str
) -> Settled:
    """Bring the ledger up to date with what a scan saw. Pure, and the same for any order of ``seen``."""
    records = dict(known)
    changed: dict[str, PostRecord] = {}
    moved: list[str] = []

    def note(record: PostRecord) -> None:
        records[record.path] = changed[record.path] = record

    for path in sorted(gone):
        if path in records and records[path].gone is None:
            note(replace(records[path], gone=now))

    departed = _Departed(records.values())
    ids = {record.entry_id: path for path, record in records.items() if record.entry_id}
    refused: list[PostError] = []
    newcomers: list[PostRecord] = []
    for fresh in sorted(seen, key=lambda record: record.path):
        prior = known.get(fresh.path)
        if prior is None or not prior.entry_id:
            found = departed.take(fresh)
            if found is not None and found.path != fresh.path:
                prior = found
                moved.append(found.path)
                records.pop(found.path, None)
                changed.pop(found.path, None)
                ids[found.entry_id] = fresh.path
        if prior is not None and prior.entry_id:
            note(_carry_on(fresh, prior, now))
        elif fresh.state(now) is PostState.LIVE:
            newcomers.append(fresh)
        else:
            note(replace(fresh, entry_id=""))

    ripe = [r for r in records.values() if not r.entry_id and r.gone is None and r.state(now) is PostState.LIVE]
    newcomers += [replace(r, entry_id=_own_id(r.path, r.given_id, r.published, site_url)) for r in ripe]
    for record in sorted(newcomers, key=lambda record: record.path):
        holder = ids.get(record.entry_id, record.path)
        if holder == record.path:
            note(record)
        elif record.given_id:
            refused.append(_same_id(record, holder))
            records.pop(record.path, None)
            continue
        else:
            note(replace(record, entry_id=_next_free(record.entry_id, ids)))
        ids[records[record.path].entry_id] = record.path
    return Settled(
        records=records,
        changed=tuple(changed.values()),
        moved=tuple(path for path in moved if path not in records),
        refused=tuple(refused),
    )


def _carry_on(fresh: PostRecord, prior: PostRecord, now: datetime) -> PostRecord:
    """The fresh record with what the ledger knew: id, first date, and the moment of the last change."""
    if fresh.due is None:  # a draft by now, which keeps its history for the day when it is live again
        return replace(fresh, entry_id=prior.entry_id, published=prior.published, updated=prior.updated)
    updated = prior.updated
    if fresh.content != prior.content or updated is None:
        updated = _latest(fresh.modified or now, prior.published)
    return replace(fresh, entry_id=prior.entry_id, published=prior.published, updated=updated)


def _latest(*instants: datetime | None) -> datetime | None:
    return max((instant for instant in instants if instant is not None), default=None)


def _same_id(record: PostRecord, holder: str) -> PostError:
    return PostError(
        record.path,
        f'its id "{record.given_id}" belongs to {holder}',
        remedy="give this post an id of its own, or remove the field",
    )


class _Departed:
    """Posts whose files are gone: where a post that turns up elsewhere may have come from."""

    def __init__(self, records: Iterable[PostRecord]) -> None:
        self._by: dict[tuple[str, str], list[PostRecord]] = {}
        self._taken: set[str] = set()
        leavers = [record for record in records if record.gone is not None and record.entry_id]
        for record in sorted(leavers, key=lambda record: (record.gone, record.path), reverse=True):
            for clue in _clues(record):
                self._by.setdefault(clue, []).append(record)

    def take(self, fresh: PostRecord) -> PostRecord | None:
        """The post that this one was: same given id, else same bytes, else same title and date; latest leaver first."""
        for clue in _clues(fresh):
            for candidate in self._by.get(clue, ()):
                if candidate.path not in self._taken:
                    self._taken.add(candidate.path)
                    return candidate
        return None


def _clues(record: PostRecord) -> tuple[tuple[str, str], ...]:
    clues = (("id", record.given_id), ("digest", record.digest), ("match", record.match))
    return tuple(clue for clue in clues if clue[1])


def _own_id(path: str, given: str, published: datetime | None, site_url: str) -> str:
    """The front matter's own id, as it is when it is an absolute IRI (atom-24), else made into one; without one a tag
    URI (RFC 4151) made of the post alone, so that every fresh build gives the same. "" for a post without a date."""
    if published is None:
        return ""
    if not given:
        stem = path[: path.rindex(".")] if "." in path.rpartition("/")[2] else path
        return f"tag:{_authority(site_url)},{published.date()}:{_quoted(stem)}"
    return given if _IRI.fullmatch(given) else f"tag:{_authority(site_url)},2000:id/{_quoted(given)}"


def _next_free(base: str, taken: Mapping[str, str]) -> str:
    """Another id for a new post at the place of one that moved away and took its id along."""
    return next(entry_id for count in itertools.count(2) if (entry_id := f"{base};{count}") not in taken)


_SAFE = "/:@&=+$.-_!~*'(),"
_PLAIN = re.compile(r"[A-Za-z0-9/._-]*")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")


def _quoted(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else quote(text, safe=_SAFE)


@lru_cache(maxsize=8)
def _authority(site_url: str) -> str:
    return (urlsplit(site_url).hostname or "localhost").encode("idna").decode().lower()
