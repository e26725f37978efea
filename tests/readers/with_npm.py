"""feedsmith and rss-parser: libraries of npm, read by Node in ``npm/read.mjs``."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

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
    squeezed,
    text_of,
)

_SCRIPT = Path(__file__).with_name("npm") / "read.mjs"


def read_with(library: str, files: Sequence[Path]) -> Any:
    """``version`` of the library, and ``feeds`` by file as the library gives them."""
    assert "READERS_NPM" in os.environ, "READERS_NPM must name the folder of npm's packages; make test-readers does"
    words = ["node", str(_SCRIPT), library, *map(str, files)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode or done.stderr:
        raise Complaint(f"{library}: {done.stderr}")
    return json.loads(done.stdout)


class Feedsmith:
    name = "feedsmith"
    formats: tuple[str, ...] = (RSS, ATOM, JSON)
    limits: tuple[Limit, ...] = (Limit(field="language", formats=(ATOM,), why="does not show xml:lang"),)

    def version(self) -> str:
        return str(read_with(self.name, [])["version"])

    def read(self, documents: Sequence[Document], folder: Path) -> Mapping[str, Sequence[SeenEntry]]:
        feeds = read_with(self.name, [document.file for document in documents])["feeds"]
        seen = {RSS: _feedsmith_rss, ATOM: _feedsmith_atom, JSON: _feedsmith_json}
        shown = {}
        for document in documents:
            told = feeds[str(document.file)]
            if told["format"] != document.format:
                raise Complaint(f"{document.path}: taken for {told['format']}")
            feed = told["feed"]
            entries = feed["entries" if document.format == ATOM else "items"]
            shown[document.path] = [seen[document.format](entry, feed) for entry in entries]
        return shown


def _feedsmith_rss(item: Any, feed: Any) -> SeenEntry:
    content = item.get("content", {}).get("encoded")
    return SeenEntry(
        id=item["guid"]["value"],
        url=item["link"],
        title=item["title"],
        published=parsedate_to_datetime(item["pubDate"]),
        updated=instant(item.get("atom", {}).get("updated")),
        people=tuple(item.get("dc", {}).get("creators", ())),
        enclosures=tuple(File(file["url"], file["type"], file["length"]) for file in item.get("enclosures", ())),
        language=next(iter(item.get("dc", {}).get("languages", ())), feed.get("language")),
        summary=text_of(item.get("description")),
        content=text_of(content or item.get("description")),
    )


def _feedsmith_atom(entry: Any, feed: Any) -> SeenEntry:
    links = entry["links"]
    summary, content = entry.get("summary", {}), entry.get("content", {})
    html = content.get("type") == "html"
    return SeenEntry(
        id=entry["id"],
        url=next(link["href"] for link in links if link["rel"] == "alternate"),
        title=entry["title"]["value"],
        published=instant(entry["published"]),
        updated=instant(entry["updated"]),
        people=tuple(person["name"] for person in entry.get("authors") or feed["authors"]),
        enclosures=tuple(
            File(link["href"], link["type"], link.get("length", 0)) for link in links if link["rel"] == "enclosure"
        ),
        language=feed.get("language"),
        summary=squeezed(summary.get("value")),
        content=text_of(content["value"]) if html else squeezed((content or summary)["value"]),
    )


def _feedsmith_json(item: Any, feed: Any) -> SeenEntry:
    return SeenEntry(
        id=item["id"],
        url=item["url"],
        title=item["title"],
        published=instant(item["date_published"]),
        updated=instant(item.get("date_modified")),
        people=tuple(person["name"] for person in item.get("authors") or feed.get("authors", ())),
        enclosures=tuple(
            File(file["url"], file["mime_type"], file.get("size_in_bytes", 0)) for file in item.get("attachments", ())
        ),
        language=item.get("language") or feed.get("language"),
        summary=squeezed(item.get("summary")),
        content=text_of(item["content_html"]) if "content_html" in item else squeezed(item["content_text"]),
    )


class RssParser:
    name = "rss-parser"
    formats: tuple[str, ...] = (RSS, ATOM)
    limits: tuple[Limit, ...] = (
        Limit(field="updated", formats=(RSS, ATOM), why="one date only, that of publication"),
        Limit(field="people", formats=(RSS, ATOM), shows=first_person, why=FIRST_PERSON),
        Limit(field="enclosures", formats=(ATOM,), why="shows none of Atom"),
        Limit(field="language", formats=(ATOM,), why="does not show xml:lang"),
    )

    def version(self) -> str:
        return str(read_with(self.name, [])["version"])

    def read(self, documents: Sequence[Document], folder: Path) -> Mapping[str, Sequence[SeenEntry]]:
        feeds = read_with(self.name, [document.file for document in documents])["feeds"]
        return {
            document.path: [
                _of_rss_parser(item, feeds[str(document.file)]) for item in feeds[str(document.file)]["items"]
            ]
            for document in documents
        }


def _of_rss_parser(item: Any, feed: Any) -> SeenEntry:
    person = item.get("creator") or item.get("author")
    file = item.get("enclosure")
    return SeenEntry(
        id=item.get("id") or item["guid"],
        url=item["link"],
        title=item["title"],
        published=instant(item["isoDate"]),
        people=(person,) if person else (),
        enclosures=(File(file["url"], file["type"], int(file.get("length", 0))),) if file else (),
        language=item.get("language") or feed.get("language"),
        summary=squeezed(item.get("summary")) or text_of(item.get("content")),
        content=text_of(item.get("content:encoded") or item.get("content") or item.get("summary")),
    )
