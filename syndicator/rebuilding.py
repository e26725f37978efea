"""A state that is damaged, or gone, makes way for one that is made anew from what is published."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from syndicator.app import orders, publisher
from syndicator.crew import Crew
from syndicator.errors import SourceError, StateDamaged, StateError, StateMissing
from syndicator.ledger import settle
from syndicator.model import PostRecord
from syndicator.placing import bearings
from syndicator.ports import LedgerChange, Publication
from syndicator.reader import Reader
from syndicator.reading import read_all
from syndicator.realpath import real_path
from syndicator.restoring import Restored, in_time, restore
from syndicator.settings import Settings
from syndicator.sourcing import reader, upstream
from syndicator.standing import Places, Standing, read_standing

#: The new state is made here, beside the old one, and then takes its place.
_NEW = ".new"


def rebuild(settings: Settings, damage: StateDamaged, now: datetime) -> str:
    """Make a new state from the published documents, and set the damaged one aside. What was done, for people; "" for
    a state without anything in it that is as good as new: where no document stands, or none is to be read. One that
    has its tables is so too where none of ours stands: no pass was ever made with it.

    Where it is gone only documents count that are surely ours: it may be that there never was one. Nobody may have it
    open. Raises SyndicatorError, with nothing changed: for a file that is none of ours, too.
    """
    from syndicator.state.aside import replace_by
    from syndicator.state.damage import require_ours

    file = real_path(settings.state_path)  # a link to it stays one
    require_ours(file)
    is_missing = isinstance(damage, StateMissing)
    blank, begun = (False, False) if is_missing else _emptiness(settings)
    standing = _standing(settings)
    if is_missing or (begun and not any(one.ours for one in standing)):
        standing = [one for one in standing if one.ours]
    if blank and not (standing and settings.state.rebuild):
        return ""
    if not settings.state.rebuild:
        remedy = "restore it from a backup, or move it aside, or set [state] rebuild = true"
        if is_missing:
            remedy = "put it back, or set [state] rebuild = true, or remove these documents too to begin afresh"
        raise StateError(damage.what, damage.reason, remedy)
    try:
        restored, posts = _restored(settings, standing, now)
    except SourceError as error:
        also = f"{damage.what}: {damage.reason}, and it cannot be made anew without the posts"
        remedy = f"{error.remedy}; {also}" if error.remedy else also
        raise SourceError(error.what, error.reason, remedy) from error
    new = file.with_name(f"{file.name}{_NEW}")
    _write(settings, restored, now)
    aside = replace_by(file, new, now)
    said = (
        f"{damage.what}: {damage.reason}; "
        + (f"it was set aside as {aside.name}, and " if aside else "")
        + (f"the ids and dates of {len(restored.posts)} posts were taken from {len(standing)} published documents")
    )
    if others := posts - len(restored.posts):
        said += f", the other {others} are in none of them"
    if restored.lost:
        said += f"; {len(restored.lost)} items in these are no post's that is there now"
    if is_missing:
        said += "; put it back if it lies elsewhere, or remove these documents with it to begin afresh"
    return said


def _emptiness(settings: Settings) -> tuple[bool, bool]:
    """Whether there is nothing in the state, and whether it has its tables all the same: it may have been just begun
    when its program ended.
    """
    from syndicator.state.database import Database
    from syndicator.state.versions import is_begun, is_blank

    database = Database(settings.state_url)
    try:
        return is_blank(database), is_begun(database)
    except StateError:
        return False, False
    finally:
        database.close()


def _standing(settings: Settings) -> list[Standing]:
    """All documents of feeds that stand where we publish. Raises PublishError."""
    places, out = Places(orders(settings).feeds), publisher(settings)
    found: list[Standing] = []
    for path, version, changed in out.standing():
        place = places.of(path)
        body = out.read(path) if place else None
        one = read_standing(place, path, body, version, changed) if place and body is not None else None
        if one is not None:
            found.append(one)
    return found


def _restored(settings: Settings, standing: list[Standing], now: datetime) -> tuple[Restored, int]:
    """Raises SourceError and ConfigError."""
    if not standing:
        return Restored(), 0
    far = upstream(settings)
    report = far.report() if far is not None else None
    if far is not None and not (report and report.commit):
        far.fetch()
    source = reader(settings)
    with Crew(1) as crew:
        scan, read = read_all(source, crew)
    known = _first_sight(source, read.records, now)
    places, _ = bearings(source, [record for record in read.records if record.path in known])
    wanted = orders(settings)
    restored = restore(
        standing,
        places,
        known,
        site_url=source.site.url,
        feeds_url=wanted.feeds_url,
        hubs=wanted.hubs,
        audience=wanted.audience,
    )
    if not wanted.announce:
        restored = replace(restored, announcements=())
    return in_time(restored, now), len(scan.changed)


def _first_sight(source: Reader, records: tuple[PostRecord, ...], now: datetime) -> Mapping[str, PostRecord]:
    """The posts as a ledger that knows nothing notes them; those that are not seen by anybody keep the id that they had
    when they were."""
    settled = settle({}, records, (), now=now, site_url=source.site.url).records
    own = {record.path: record.entry_id for record in records}
    return {path: r if r.entry_id else r._replace(entry_id=own[path]) for path, r in settled.items()}


def _write(settings: Settings, restored: Restored, now: datetime) -> None:
    """The new state, in one file without a log. Raises StateError."""
    from syndicator.state.database import Database
    from syndicator.state.posts import SqlLedger
    from syndicator.state.versions import migrate

    file = real_path(settings.state_path)
    new = file.with_name(f"{file.name}{_NEW}")
    try:
        for end in ("", "-wal", "-shm"):
            new.with_name(new.name + end).unlink(missing_ok=True)  # of one who was killed over it
    except OSError as error:
        raise StateError(f"state {new}", f"cannot be made ({os.strerror(error.errno or 0)})", "remove it") from error
    database = Database(f"sqlite:///{new}")
    try:
        migrate(database)
        ledger = SqlLedger(database)
        ledger.remember(LedgerChange(posts=restored.posts, pages=restored.pages))
        ledger.record(
            Publication(feeds=restored.feeds, documents=restored.documents, announcements=restored.announcements), now
        )
    finally:
        database.close()
