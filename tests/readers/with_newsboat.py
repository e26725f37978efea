"""newsboat: a reader for terminals, from Debian. What it shows is read from its cache."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from tests.readers.seen import (
    ATOM,
    LAST_PERSON,
    RSS,
    Complaint,
    Document,
    File,
    Limit,
    Said,
    SeenEntry,
    last_person,
    text_of,
)


def _last_to_be_played(said: Said) -> tuple[File, ...]:
    return tuple(File(f.url, f.type) for f in said.enclosures if f.type.startswith(("audio/", "video/")))[-1:]


class Newsboat:
    name = "newsboat"
    formats: tuple[str, ...] = (RSS, ATOM)
    conditional_from = 3
    limits: tuple[Limit, ...] = (
        Limit(field="updated", formats=(RSS, ATOM), why="one date only, that of publication"),
        Limit(field="people", formats=(RSS,), shows=last_person, why=LAST_PERSON),
        Limit(
            field="people", formats=(ATOM,), shows=lambda said: said.own_people,
            why="the feed's authors do not stand for an entry that has none",
        ),
        Limit(
            field="enclosures", formats=(RSS, ATOM), shows=_last_to_be_played,
            why="the last one that can be played, without its length; no pictures",
        ),
        Limit(field="language", formats=(RSS, ATOM), why="knows no languages"),
        Limit(field="summary", formats=(RSS, ATOM), why="one text only, the longer one"),
    )  # fmt: skip

    def version(self) -> str:
        said = subprocess.run(["newsboat", "--version"], capture_output=True, text=True, check=True).stdout
        return said.split()[1]

    def visit(self, documents: Sequence[Document], folder: Path) -> int:
        """Each document has a cache of its own: to newsboat one id is one entry, whatever feeds it is in."""
        before = self._kept(documents, folder)
        for document in documents:
            home = _home(document, folder)
            home.mkdir(parents=True, exist_ok=True)
            (home / "urls").write_text(document.url + "\n")
            (home / "config").touch()
            log, environment = home / "log", {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8"}
            words = ["newsboat", "-x", "reload", "-l", "4", "-d", str(log)]
            for option, name in (("-u", "urls"), ("-c", "cache.db"), ("-C", "config")):
                words += [option, str(home / name)]
            done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60, env=environment)
            said = done.stdout + done.stderr + (log.read_text() if log.exists() else "")
            if done.returncode or said.strip():
                raise Complaint(f"{document.path}: exit status {done.returncode}; {said}")
        after = self._kept(documents, folder)
        return sum(entry not in before.get(path, ()) for path, entries in after.items() for entry in entries)

    def read(self, documents: Sequence[Document], folder: Path) -> Mapping[str, Sequence[SeenEntry]]:
        self.visit(documents, folder)
        return self._kept(documents, folder)

    def _kept(self, documents: Sequence[Document], folder: Path) -> dict[str, list[SeenEntry]]:
        return {
            document.path: _entries(_home(document, folder) / "cache.db")
            for document in documents
            if (_home(document, folder) / "cache.db").exists()
        }


def _home(document: Document, folder: Path) -> Path:
    return folder / document.path.replace("/", "-")


def _entries(cache: Path) -> list[SeenEntry]:
    """Newest first; newsboat keeps them from the last in the document to the first."""
    columns = "guid, url, title, author, pubDate, content, enclosure_url, enclosure_type"
    with closing(sqlite3.connect(cache)) as kept:
        rows = kept.execute(f"SELECT {columns} FROM rss_item ORDER BY pubDate DESC, id DESC").fetchall()
    return [
        SeenEntry(
            id=guid,
            url=url,
            title=title,
            people=tuple(author.split(", ")) if author else (),
            published=datetime.fromtimestamp(date, UTC),
            enclosures=(File(file, type_),) if file else (),
            content=text_of(content),
        )
        for guid, url, title, author, date, content, file, type_ in rows
    ]
