"""feedparser: the parser that most Python programs read feeds with."""

from __future__ import annotations

from calendar import timegm
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser

from tests.readers.seen import ATOM, RSS, Complaint, Document, File, Limit, Said, SeenEntry, squeezed, text_of

PICTURES_WORDS = "fault of feedparser: where there is no HTML, it takes a picture's words for the text"


def text_or_picture(said: Said) -> str | None:
    """See PICTURES_WORDS: ``media:description``, which is the caption, else the alternative text."""
    return said.content if said.has_html else said.picture or said.content


def _moment(parsed: Any) -> datetime | None:
    return datetime.fromtimestamp(timegm(parsed), UTC) if parsed else None


class Feedparser:
    name = "feedparser"
    formats: tuple[str, ...] = (RSS, ATOM)
    limits: tuple[Limit, ...] = (
        Limit(
            field="people", formats=(ATOM,), shows=lambda said: said.own_people,
            why="the feed's authors do not stand for an entry that has none",
        ),
        Limit(
            field="content", formats=(RSS, ATOM), shows=text_or_picture,
            why=PICTURES_WORDS,
        ),
    )  # fmt: skip

    def version(self) -> str:
        return str(feedparser.__version__)

    def read(self, documents: Sequence[Document], folder: Path) -> Mapping[str, Sequence[SeenEntry]]:
        shown = {}
        for document in documents:
            parsed = feedparser.parse(document.file.read_bytes())
            if parsed.bozo:
                raise Complaint(f"{document.path}: {parsed.bozo_exception!r}")
            shown[document.path] = [_seen(entry, parsed.feed) for entry in parsed.entries]
        return shown


def _seen(entry: Any, feed: Any) -> SeenEntry:
    files = (File(file.href, file.type, int(file.get("length", 0))) for file in entry.enclosures)
    content = entry.content[0] if entry.get("content") else None
    summary = entry.get("summary")
    body = content.value if content else summary
    return SeenEntry(
        id=entry.id,
        url=entry.link,
        title=entry.title,
        published=_moment(entry.get("published_parsed")),
        # Not by its own ``get``, which says the date of publication where there is no other, with a warning.
        updated=_moment(dict.get(entry, "updated_parsed")),
        people=tuple(person.name for person in entry.get("authors", [])),
        enclosures=tuple(files),
        language=entry.get("language") or entry.title_detail.language or feed.get("language"),
        summary=text_of(summary),
        content=squeezed(body) if content and content.type == "text/plain" else text_of(body),
    )
