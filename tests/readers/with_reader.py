"""lemon24's reader: a library that keeps subscriptions, fetches and remembers what was read."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.readers.seen import (
    ATOM,
    JSON,
    LAST_PERSON,
    RSS,
    Complaint,
    Document,
    File,
    Limit,
    Said,
    SeenEntry,
    last_person,
    squeezed,
    text_of,
)
from tests.readers.with_feedparser import PICTURES_WORDS, text_or_picture


def load() -> Any:
    """The library. What it imports as ``sgmllib`` is there by its newer name only, as test_readers tells."""
    if "sgmllib" not in sys.modules:
        sys.modules["sgmllib"] = importlib.import_module("feedparser_sgmllib")
    return importlib.import_module("reader")


def _has_text(said: Said) -> bool:
    """Whether Atom has a content of this entry, or a picture's words that are taken for one."""
    return said.has_html or said.content == squeezed(said.title) or said.picture is not None


class LemonReader:
    name = "reader"
    formats: tuple[str, ...] = (RSS, ATOM, JSON)
    conditional_from = 2
    limits: tuple[Limit, ...] = (
        Limit(field="language", formats=(RSS,), why="only a text's own language is kept, and RSS has none there"),
        Limit(
            field="language", formats=(ATOM,), shows=lambda said: said.language if _has_text(said) else None,
            why="only a text's own language is kept: none where there is but a summary",
        ),
        Limit(field="people", formats=(RSS, ATOM), shows=last_person, why=LAST_PERSON),
        Limit(
            field="people", formats=(JSON,), shows=lambda said: said.own_people,
            why="the feed's authors do not stand for an entry that has none",
        ),
        Limit(field="content", formats=(RSS, ATOM), shows=text_or_picture, why=PICTURES_WORDS),
    )  # fmt: skip

    def version(self) -> str:
        return str(load().__version__)

    def visit(self, documents: Sequence[Document], folder: Path) -> int:
        with closing(load().make_reader(str(folder / "reader.db"))) as reader:
            for document in documents:
                reader.add_feed(document.url, exist_ok=True)
            news = 0
            for result in reader.update_feeds_iter(scheduled=False):  # now, not in an hour
                if isinstance(result.value, Exception):
                    raise Complaint(f"{result.url}: {result.value!r}")
                news += result.value.new + result.value.modified if result.value else 0
        return news

    def read(self, documents: Sequence[Document], folder: Path) -> Mapping[str, Sequence[SeenEntry]]:
        self.visit(documents, folder)
        with closing(load().make_reader(str(folder / "reader.db"))) as reader:
            return {
                document.path: [_seen(entry) for entry in reader.get_entries(feed=document.url)]
                for document in documents
            }


def _seen(entry: Any) -> SeenEntry:
    content = entry.content[0] if entry.content else None
    return SeenEntry(
        id=entry.id,
        url=entry.link,
        title=entry.title,
        published=entry.published,
        updated=entry.updated,
        people=tuple(person.name for person in entry.authors),
        enclosures=tuple(File(file.href, file.type, file.length or 0) for file in entry.enclosures),
        language=content.language if content else None,
        summary=text_of(entry.summary),
        content=text_of(content.value if content else entry.summary),
    )
