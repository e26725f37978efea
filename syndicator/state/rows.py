"""Nouns as rows of tables and JSON, and back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

import orjson

from syndicator.model import (
    Concern,
    DocumentRecord,
    Enclosure,
    EnclosureRef,
    Entry,
    FeedPast,
    FeedRecord,
    Format,
    Held,
    Image,
    ImageFacts,
    ImageRef,
    PageRecord,
    Person,
    Site,
    SourceRecord,
    Tombstone,
)
from syndicator.ports import EntryRecord, ImageAnswer, PassRecord, StoredEntry


def terms_of(data: bytes) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The terms of a post."""
    return tuple((name, tuple(values)) for name, values in orjson.loads(data))


def entry_row(stored: StoredEntry) -> dict[str, Any]:
    """An entry with what it was made from as a row of the table of entries."""
    image, files = stored.record.image, stored.record.enclosures
    given = asdict(image) if image else {}
    if files:
        given["enclosures"] = [asdict(file) for file in files]
    return {"path": stored.record.path, "key": stored.record.key, "image": given or None, "entry": stored.entry}


def entry_record(path: str, key: str, given: dict[str, Any] | None) -> EntryRecord:
    """``given`` is what the author says of the image, and beside that of other files: few posts have any."""
    if given is None:
        return EntryRecord(path=path, key=key)
    files = tuple(EnclosureRef(**file) for file in given.pop("enclosures", ()))
    return EntryRecord(path=path, key=key, image=ImageRef(**given) if given else None, enclosures=files)


def feed_record(row: Any) -> FeedRecord:
    """A row of the table of feeds as a value."""
    return FeedRecord(
        name=row.name,
        id=row.id,
        updated=row.updated,
        settings=row.settings,
        members=tuple(row.members),
        tombstones=tuple(_tombstone(data) for data in row.tombstones or ()),
        dates=tuple(row.dates or ()),
        spec=row.spec or "",
        past=_past(row.past) if row.past else None,
    )


def document_record(row: Any) -> DocumentRecord:
    """A row of the table of documents as a value."""
    given = {"format": Format(row.format), "hubs": tuple(row.hubs), "length": row.length or 0}
    return DocumentRecord(**{**row._mapping, **given})  # noqa: SLF001


def page_record(row: Any) -> PageRecord:
    """A row of the table of pages as a value."""
    lists = {"members": tuple(row.members), "missing": tuple(row.missing or ())}
    return PageRecord(**{**row._mapping, **lists})  # noqa: SLF001


def held_of(row: Any) -> Held:
    """A row of the table of held feeds as a value."""
    concerns, approved = tuple(map(_concern, row.concerns)), tuple(row.approved or ())
    return Held(feed=row.feed, concerns=concerns, since=row.since, approved=approved)


def held_row(held: Held) -> dict[str, Any]:
    """A value as a row of the table of held feeds, but for what somebody else may be approving just now."""
    return {"feed": held.feed, "concerns": [asdict(concern) for concern in held.concerns], "since": held.since}


def pass_record(row: Any) -> PassRecord:
    """The row of the last pass as a value."""
    values = dict(row._mapping)  # noqa: SLF001
    del values["id"]
    values["next_why"] = values["next_why"] or ""
    if source := values.pop("source"):
        sections = tuple((path, section) for path, section in source.pop("sections"))
        site, mounts = Site(**source.pop("site")), tuple(source.pop("mounts"))
        values["source"] = SourceRecord(**source, site=site, mounts=mounts, sections=sections)
    return PassRecord(seconds=values.pop("milliseconds") / 1000, **values)


def pass_row(record: PassRecord) -> dict[str, Any]:
    """A value as the row of the last pass."""
    row = asdict(record)
    row["milliseconds"] = round(row.pop("seconds") * 1000)
    return {"id": 1, **row}


def entry_of(data: dict[str, Any]) -> Entry:
    """An entry as it was stored; ``data`` is used up."""
    for name in ("published", "updated", "expires"):
        if data.get(name):
            data[name] = datetime.fromisoformat(data[name])
    for name in ("categories", "tags"):
        data[name] = tuple(data[name])
    data["people"] = tuple(Person(**person) for person in data["people"])
    data["enclosures"] = tuple(Enclosure(**enclosure) for enclosure in data["enclosures"])
    data["image"] = Image(**data["image"]) if data["image"] else None
    return Entry(**data)


def image_answer(row: Any) -> ImageAnswer:
    """A row of the table of images as a value."""
    return ImageAnswer(
        url=row.url,
        facts=ImageFacts(type=row.type, length=row.length, width=row.width, height=row.height),
        status=row.status,
        version=row.version,
        attempts=row.attempts,
        due=row.due,
        error=row.error,
    )


def image_row(answer: ImageAnswer) -> dict[str, Any]:
    """A value as a row of the table of images, its lease lifted."""
    return {
        "url": answer.url,
        "version": answer.version,
        **asdict(answer.facts),
        "status": answer.status,
        "attempts": answer.attempts,
        "due": answer.due,
        "leased_until": None,
        "error": answer.error,
    }


def _past(data: dict[str, Any]) -> FeedPast:
    """What a feed showed a short while ago."""
    return FeedPast(until=data["until"], members=tuple(data["members"]), dates=tuple(data["dates"]))


def _tombstone(data: dict[str, Any]) -> Tombstone:
    """What a feed keeps of an entry that was taken down."""
    published = data["published"]
    return Tombstone(
        **{
            **data,
            "when": datetime.fromisoformat(data["when"]),
            "published": datetime.fromisoformat(published) if published else None,
        }
    )


def _concern(data: dict[str, Any]) -> Concern:
    return Concern(**{**data, "evidence": tuple(data["evidence"]), "examples": tuple(data["examples"])})
