"""What web hooks are told of a feed: a message in JSON, made, merged with one that nobody heard, and kept short."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from syndicator.model import digest
from syndicator.text import legal

VERSION = 1
#: Entries are left out, the least urgent first, where a message would be larger.
MOST_BYTES = 256 * 1024
_LONGEST_TITLE = 500
#: In the order in which they matter: what was taken down above all.
_LISTS = ("removed", "changed", "added")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldEntry:
    """An entry as a message names it; ``why`` it was removed, ``title`` and ``url`` as far as they are known."""

    id: str
    url: str = ""
    title: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldDocument:
    """A document with the name of its bytes; that is "" where there is none any more."""

    url: str
    format: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What happened to a feed. One that ``waits`` is not to be sent: its documents could not be written yet, and what
    is said when they are will be merged with it.
    """

    feed: str
    feed_id: str
    title: str
    at: datetime
    documents: tuple[ToldDocument, ...] = ()
    added: tuple[ToldEntry, ...] = ()
    changed: tuple[ToldEntry, ...] = ()
    removed: tuple[ToldEntry, ...] = ()
    gone: bool = False
    waits: bool = False


def write(notice: Notice) -> tuple[str, bytes]:
    """The message and its id, which follows from what it says."""
    said: dict[str, Any] = {
        "type": "feed.removed" if notice.gone else "feed.changed",
        "version": VERSION,
        "at": _moment(notice.at),
        "feed": {"name": notice.feed, "id": notice.feed_id, "title": _short(notice.title)},
        "documents": [_document(document) for document in notice.documents],
        "entries": {name: list(map(_entry, getattr(notice, name))) for name in _LISTS},
    }
    return _sealed(said, waits=notice.waits)


def merge(before: bytes, after: bytes) -> tuple[str, bytes]:
    """One message, and its id, for two of which the first may not have been heard.

    What the later one says of an entry or a document counts; only one that was added and then changed was still added.
    That is true for whoever heard the first one too, when its answer was lost.
    """
    then, now = orjson.loads(before), orjson.loads(after)
    place = {entry["id"]: name for name in _LISTS for entry in then["entries"][name]}
    entries = {name: {entry["id"]: entry for entry in then["entries"][name]} for name in _LISTS}
    for name in _LISTS:
        for entry in now["entries"][name]:
            former = place.get(entry["id"])
            if former is not None:
                del entries[former][entry["id"]]
            still = "added" if (former, name) == ("added", "changed") else name
            entries[still][entry["id"]] = entry
    cut = then["truncated"] or now["truncated"]
    # Of entries that were left out nobody knows whether they are the same.
    counts = {name: then["counts"][name] + now["counts"][name] for name in _LISTS} if cut else {}
    documents = {document["url"]: document for document in (*then["documents"], *now["documents"])}
    merged = {
        **now,
        "documents": [documents[url] for url in sorted(documents)],
        # What came last stands first, as in a feed.
        "entries": {name: _newest_first(entries[name].values()) for name in _LISTS},
    }
    return _sealed(merged, counts, waits=bool(now.get("waits")))


def withdraw(body: bytes, why: Mapping[str, str], shown: Collection[str]) -> tuple[str, bytes] | None:
    """A message that was not heard yet, with entries that were taken back meanwhile (the reason for each by id) among
    those that were removed, less those that are ``shown``. None where it tells of none of them.
    """
    said = orjson.loads(body)
    lists, counts = said["entries"], dict(said["counts"])
    told = [(name, entry) for name in ("changed", "added") for entry in lists[name]]
    moved = [(name, entry) for name, entry in told if entry["id"] in why and entry["id"] not in shown]
    if not moved:
        return None
    for name, entry in moved:
        lists[name].remove(entry)
        kept = {key: value for key, value in entry.items() if key in ("id", "url", "title")}
        lists["removed"].append({**kept, "why": why[entry["id"]]})
        counts[name] -= 1
        counts["removed"] += 1
    return _sealed(said, counts, waits=bool(said.get("waits")))


def is_waiting(body: bytes) -> bool:
    """Whether a message is not to be sent yet."""
    return bool(orjson.loads(body).get("waits"))


def _sealed(said: dict[str, Any], counts: Mapping[str, int] | None = None, *, waits: bool) -> tuple[str, bytes]:
    """The message as short as it must be, and its id."""
    entries, said = said["entries"], {name: value for name, value in said.items() if name not in ("id", "waits")}
    said["counts"] = {name: max(len(entries[name]), (counts or {}).get(name, 0)) for name in _LISTS}
    said["entries"] = {name: [] for name in _LISTS}
    room = MOST_BYTES - len(_bytes(said)) - 200  # for the id, and the commas between entries
    for name in _LISTS:
        for entry in entries[name]:
            size = len(_bytes(entry)) + 1
            if size <= room:
                room -= size
                said["entries"][name].append(entry)
    said["truncated"] = any(said["counts"][name] > len(said["entries"][name]) for name in _LISTS)
    if waits:
        said["waits"] = True
    said["id"] = f"msg_{digest(_bytes(said))}"
    return said["id"], _bytes(said)


def _newest_first(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(entries, key=lambda entry: (entry.get("published", ""), entry["id"]), reverse=True)


def _document(document: ToldDocument) -> dict[str, Any]:
    told: dict[str, Any] = {"url": document.url, "format": document.format}
    return {**told, "digest": document.digest} if document.digest else {**told, "removed": True}


def _entry(entry: ToldEntry) -> dict[str, str]:
    moments = {"published": entry.published, "updated": entry.updated}
    return {
        "id": entry.id,
        **{
            name: value
            for name in ("url", "title", "why")
            if (value := _short(getattr(entry, name), url=name == "url"))
        },
        **{name: _moment(value) for name, value in moments.items() if value is not None},
    }


def _short(text: str, *, url: bool = False) -> str:
    text = legal(text)
    return text if url or len(text) <= _LONGEST_TITLE else f"{text[: _LONGEST_TITLE - 1]}…"


def _moment(instant: datetime) -> str:
    return instant.replace(microsecond=0).strftime("%Y-%m-%dT%H:%M:%SZ")


def _bytes(said: object) -> bytes:
    """The same bytes for the same words."""
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
