"""fastfeedparser: feedparser's words, made by lxml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import fastfeedparser

from tests.readers.seen import (
    ATOM,
    FIRST_PERSON,
    JSON,
    RSS,
    Complaint,
    Document,
    File,
    Limit,
    SeenEntry,
    first_person,
    instant,
    text_of,
)


class Fastfeedparser:
    name = "fastfeedparser"
    formats: tuple[str, ...] = (RSS, ATOM, JSON)
    limits: tuple[Limit, ...] = (
        Limit(field="language", formats=(RSS,), why="fault: an RSS feed's language is not found"),
        Limit(
            field="language", formats=(ATOM, JSON), shows=lambda said: said.feed_language,
            why="the language of the feed only, never an entry's own",
        ),
        Limit(field="people", formats=(RSS, ATOM, JSON), shows=first_person, why=FIRST_PERSON),
        Limit(
            field="enclosures", formats=(ATOM,), shows=lambda said: tuple(File(f.url, f.type) for f in said.enclosures),
            why="fault: an Atom enclosure is one of the links only, and loses its length",
        ),
    )  # fmt: skip

    def version(self) -> str:
        return str(fastfeedparser.__version__)

    def read(self, documents: Sequence[Document], folder: Path) -> Mapping[str, Sequence[SeenEntry]]:
        shown = {}
        for document in documents:
            try:
                parsed = fastfeedparser.parse(document.file.read_bytes())
            except ValueError as error:
                raise Complaint(f"{document.path}: {error}") from error
            shown[document.path] = [_seen(entry, parsed["feed"]) for entry in parsed["entries"]]
        return shown


def _seen(entry: Any, feed: Any) -> SeenEntry:
    content = entry["content"][0] if entry.get("content") else {}
    files = [File(f["url"], f["type"], f.get("length") or 0) for f in entry.get("enclosures", [])]
    files += [File(link["href"], link["type"]) for link in entry["links"] if link["rel"] == "enclosure"]
    return SeenEntry(
        id=entry["id"],
        url=entry["link"],
        title=entry["title"],
        published=instant(entry.get("published")),
        updated=instant(entry.get("updated")),
        people=tuple(person["name"] for person in entry.get("authors", [])),
        enclosures=tuple(files),
        language=content.get("language") or feed.get("language"),
        summary=text_of(entry.get("description")),
        content=text_of(content.get("value") or entry.get("description")),
    )
