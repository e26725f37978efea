"""Identity: ids given once and kept through renames, and the moment an entry was last updated."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import quote, urlsplit

import orjson

from syndicator.errors import PostError
from syndicator.model import Post, PostRecord, PostState, digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The ledger after a pass: all ``records`` by path, those that ``changed``, paths whose entry ``moved`` away, and
    posts that are ``refused`` because another post has their id."""

    records: Mapping[str, PostRecord]
    changed: tuple[PostRecord, ...]
    moved: tuple[str, ...]
    refused: tuple[PostError, ...]


def record_of(post: Post, version: str) -> PostRecord:
    """A post as the ledger first notes it, without an id: ``updated`` is the post's own modified date, if any."""
    return PostRecord(
        path=post.path,
        version=version,
        digest=post.digest,
        content=_content(post),
        match=digest(f"{post.title}\0{post.published}".encode()),
        visibility=post.visibility,
        due=post.published,
        published=post.published,
        updated=post.modified,
        expires=post.expires,
        given_id=post.given_id,
        permalink=post.permalink,
        terms=_terms(post),
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
        note(_carry_on(fresh, prior, now))

    for record in _without_id(records.values(), now):
        given = _given_id(record, site_url)
        holder = ids.get(given) if given else None
        if holder is not None and holder != record.path:
            refused.append(_same_id(record, holder))
            del records[record.path]
            changed.pop(record.path, None)
            continue
        entry_id = given or _mint(record, site_url, ids)
        ids[entry_id] = record.path
        note(replace(record, entry_id=entry_id))
    return Settled(
        records=records,
        changed=tuple(changed.values()),
        moved=tuple(path for path in moved if path not in records),
        refused=tuple(refused),
    )


def _carry_on(fresh: PostRecord, prior: PostRecord | None, now: datetime) -> PostRecord:
    """The fresh record with what the ledger knew: id, first date, and the moment of the last change."""
    if fresh.due is None:
        return replace(fresh, updated=None, entry_id=prior.entry_id if prior else "")
    if prior is None or not prior.entry_id or prior.published is None:
        return replace(fresh, updated=max(fresh.updated or fresh.due, fresh.due))
    published = prior.published
    if fresh.content == prior.content and prior.updated is not None:
        updated = prior.updated
    else:
        updated = max(fresh.updated or now, published)
    return replace(fresh, entry_id=prior.entry_id, published=published, updated=updated)


def _without_id(records: Iterable[PostRecord], now: datetime) -> list[PostRecord]:
    new = [r for r in records if not r.entry_id and r.gone is None and r.state(now) is PostState.LIVE]
    return sorted(new, key=lambda record: record.path)


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


def _given_id(record: PostRecord, site_url: str) -> str:
    """The front matter's own id: as it is when it is an absolute IRI (atom-24), else made into one."""
    given = record.given_id
    if not given:
        return ""
    if _IRI.fullmatch(given):
        return given
    return f"tag:{_authority(site_url)},2000:id/{quote(given, safe=_SAFE)}"


def _mint(record: PostRecord, site_url: str, taken: Mapping[str, str]) -> str:
    """A tag URI (RFC 4151) made of the post alone, so that every fresh build gives the same."""
    assert record.published is not None  # noqa: S101 - a live post has a date
    stem = PurePosixPath(record.path).with_suffix("")
    base = f"tag:{_authority(site_url)},{record.published:%Y-%m-%d}:{quote(str(stem), safe=_SAFE)}"
    entry_id, count = base, 2
    while entry_id in taken:
        entry_id, count = f"{base};{count}", count + 1
    return entry_id


_SAFE = "/:@&=+$.-_!~*'(),"
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")


def _authority(site_url: str) -> str:
    return (urlsplit(site_url).hostname or "localhost").encode("idna").decode().lower()


def _content(post: Post) -> str:
    """The name of what a reader would see. Not the address: moving a site is no edit."""
    image = asdict(post.image) if post.image else None
    if image and image["file"]:
        del image["url"]
    people = [asdict(person) for person in post.people]
    parts = (
        post.title, post.summary, people, post.categories, post.tags, post.link, image,
        post.language, post.markup, post.body.strip(),
    )  # fmt: skip
    return digest(orjson.dumps(parts))


def _terms(post: Post) -> tuple[tuple[str, tuple[str, ...]], ...]:
    terms = {
        "author": tuple(person.name for person in post.people),
        "category": post.categories,
        "tag": post.tags,
        **dict(post.fields),
    }
    return tuple((name, values) for name, values in sorted(terms.items()) if values)
