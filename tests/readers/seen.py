"""What a reader shows of a feed, in one noun for all readers; what it ought to show; and how the two differ."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Protocol

RSS, ATOM, JSON = "rss", "atom", "json"


@dataclass(frozen=True, slots=True)
class File:
    """An enclosure; ``type`` and ``length`` are "" and 0 where they are unknown or a reader does not show them."""

    url: str
    type: str = ""
    length: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenEntry:
    """An entry as a reader shows it; None and () stand for nothing. Texts have no tags and no white space."""

    id: str | None = None
    url: str | None = None
    title: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    people: tuple[str, ...] = ()
    enclosures: tuple[File, ...] = ()
    language: str | None = None
    summary: str | None = None
    content: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(SeenEntry):
    """An entry as a document says it, with what else a reader may take it from: see the readers' limits."""

    own_people: tuple[str, ...] = ()
    feed_language: str | None = None
    has_html: bool = False
    picture: str | None = None  # the caption of the featured image, else its alternative text


FIELDS = tuple(field.name for field in fields(SeenEntry))


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A feed as it was published. ``twin`` is the JSON document of the same feed, which the truth is read from."""

    path: str
    format: str
    url: str
    file: Path
    twin: Path


class Complaint(AssertionError):
    """A reader found fault with a document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What a reader shows of a field in these formats: ``shows`` of the truth, or nothing at all without it."""

    field: str
    formats: tuple[str, ...]
    why: str
    shows: Callable[[Said], object] | None = None


FIRST_PERSON = "the first of several people, and never the feed's authors"
LAST_PERSON = "the last of several people, and never the feed's authors"


def first_person(said: Said) -> tuple[str, ...]:
    """See FIRST_PERSON."""
    return said.own_people[:1]


def last_person(said: Said) -> tuple[str, ...]:
    """See LAST_PERSON."""
    return said.own_people[-1:]


class Reader(Protocol):
    """One reader, in the way people use it. ``folder`` is its own: what it remembers lies there."""

    name: str
    formats: tuple[str, ...]
    limits: tuple[Limit, ...]

    def version(self) -> str: ...

    def read(self, documents: Sequence[Document], folder: Path) -> Mapping[str, Sequence[SeenEntry]]:
        """What it shows of each document, by path; ``Complaint`` if it finds fault with one."""
        ...


class Subscriber(Reader, Protocol):
    """A reader that fetches feeds itself and comes again, with validators from visit ``conditional_from`` on."""

    conditional_from: int

    def visit(self, documents: Sequence[Document], folder: Path) -> int:
        """Fetch every document; how many entries are new, or changed."""
        ...


# --- words of readers, made alike -----------------------------------------------------------------------------------


class _Text(HTMLParser):
    """The text between the tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def text_of(markup: str | None) -> str | None:
    """The letters of an HTML text: what readers tidy, in tags and between them, is theirs."""
    if not markup:
        return None
    reading = _Text()
    reading.feed(markup)
    reading.close()
    return squeezed("".join(reading.found))


def squeezed(text: str | None) -> str | None:
    """A plain text without its white space."""
    return re.sub(r"\s+", "", text) or None if text else None


def instant(moment: str | None) -> datetime | None:
    """An RFC 3339 date."""
    return datetime.fromisoformat(moment).astimezone(UTC) if moment else None


# --- the truth ------------------------------------------------------------------------------------------------------


def truth(document: Document) -> tuple[Said, ...]:
    """What there is to be seen: what the JSON feed says, as far as the document's own format can say it."""
    feed = json.loads(document.twin.read_bytes())
    return tuple(_as_said_in(document.format, item, feed) for item in feed["items"])


def _as_said_in(format_: str, item: Mapping[str, Any], feed: Mapping[str, Any]) -> Said:
    published = instant(item["date_published"])
    body = text_of(item["content_html"]) if "content_html" in item else squeezed(item["content_text"])
    summary = squeezed(item.get("summary"))
    # In Atom and JSON Feed the feed's authors stand for those of an entry that has none; RSS knows no such rule.
    own_people = tuple(person["name"] for person in item.get("authors", []))
    of_feed = tuple(person["name"] for person in feed.get("authors", [])) if format_ != RSS else ()
    enclosures = tuple(
        File(file["url"], file["mime_type"], file.get("size_in_bytes", 0)) for file in item.get("attachments", [])
    )
    image = item.get("_syndicator", {}).get("image", {})
    return Said(
        id=item["id"],
        url=item["url"],
        title=item["title"],
        published=published,
        updated=instant(item.get("date_modified")) or published,
        people=own_people or of_feed,
        enclosures=enclosures[:1] if format_ == RSS else enclosures,
        # RSS has a word for the language of a feed only.
        language=(item.get("language") if format_ != RSS else None) or feed.get("language"),
        # One that only repeats the text may be left out.
        summary=None if not summary or summary in (squeezed(item["title"]), body) else summary,
        content=body,
        own_people=own_people,
        feed_language=feed.get("language"),
        has_html="content_html" in item,
        picture=squeezed(image.get("caption") or image.get("alt")),
    )


# --- the comparison -------------------------------------------------------------------------------------------------

FULL, PART, NOTHING, WRONG = "full", "part", "nothing", "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Where a reader does not show what it should."""

    format: str
    field: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """``seen`` counts documents and entries by format; ``used`` are the limits, by field and format, that mattered."""

    seen: Mapping[str, tuple[int, int]]
    differences: tuple[Difference, ...]
    used: frozenset[tuple[str, str]]


def compare(reader: Reader, documents: Sequence[Document], folder: Path) -> Outcome:
    """Let a reader read all the documents that it can read, and hold what it shows against the truth."""
    mine = [document for document in documents if document.format in reader.formats]
    shown = reader.read(mine, folder)
    seen: dict[str, tuple[int, int]] = {}
    differences: list[Difference] = []
    used: set[tuple[str, str]] = set()
    for document in mine:
        limits, wanted = limits_in(reader, document.format), truth(document)
        count = seen.get(document.format, (0, 0))
        seen[document.format] = (count[0] + 1, count[1] + len(wanted))
        used |= {(name, document.format) for name in _narrowed(limits, wanted)}
        for name, words in _differences(wanted, shown[document.path], limits):
            said = f"{reader.name}, {document.path}: {words}"
            differences.append(Difference(format=document.format, field=name, words=said))
    return Outcome(seen=seen, differences=tuple(differences), used=frozenset(used))


def limits_in(reader: Reader, format_: str) -> dict[str, Limit]:
    """A reader's limits in a format, by field."""
    return {limit.field: limit for limit in reader.limits if format_ in limit.formats}


def _narrowed(limits: Mapping[str, Limit], wanted: Sequence[Said]) -> Iterator[str]:
    """The fields of which these entries have something else than the reader shows."""
    for name, limit in limits.items():
        if any(_expected(name, entry, limit) != getattr(entry, name) for entry in wanted):
            yield name


def _expected(name: str, entry: Said, limit: Limit | None) -> object:
    if limit is None:
        return getattr(entry, name)
    return limit.shows(entry) if limit.shows else getattr(SeenEntry(), name)


def _differences(
    wanted: Sequence[Said], seen: Sequence[SeenEntry], limits: Mapping[str, Limit]
) -> Iterator[tuple[str, str]]:
    """Field and words. A limit that a reader no longer has is a difference too: then it is to be taken away."""
    if len(wanted) != len(seen):
        yield "id", f"shows {len(seen)} of {len(wanted)} entries"
        return
    for should, does in zip(wanted, seen, strict=True):
        for name in FIELDS:
            limit = limits.get(name)
            if name == "summary" and should.summary is None and limit is None:
                continue  # nothing was promised, and what stands in its place is the format's affair
            expected, found = _expected(name, should, limit), getattr(does, name)
            if name == "updated" and limit is None:
                found = found or does.published
            if expected != found:
                yield name, f"{should.id}: {name} should be {_short(expected)}, but is {_short(found)}"


def _short(value: object) -> str:
    said = repr(value)
    return said if len(said) < 300 else f"{said[:140]} … {said[-140:]}"
