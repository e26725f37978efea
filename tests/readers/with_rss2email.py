"""rss2email: sends each entry as an e-mail; from Debian. Here it puts them into a folder."""

from __future__ import annotations

import mailbox
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC
from email.message import Message
from email.policy import default
from email.utils import parseaddr, parsedate_to_datetime
from html import unescape
from pathlib import Path

from tests.readers.seen import (
    ATOM,
    RSS,
    Complaint,
    Document,
    File,
    Limit,
    SeenEntry,
    text_of,
)
from tests.readers.with_feedparser import PICTURES_WORDS, text_or_picture

#: The author's name alone as sender, the date of publication, and the text as it came.
_SETTINGS = """\
[DEFAULT]
from = news@example.org
to = reader@example.org
name-format = {{author}}
date-header = True
date-header-order = issued
html-mail = True
email-protocol = maildir
maildir-path = {folder}
maildir-mailbox = mail
verbose = warning
"""
_BODY = re.compile(r'<div id="body">\n(.*?)</div>\n<div class="footer">', re.DOTALL)
_FILE = re.compile(r'<p>Enclosure: <a href="([^"]*)">')


class Rss2email:
    name = "rss2email"
    formats: tuple[str, ...] = (RSS, ATOM)
    conditional_from = 2
    limits: tuple[Limit, ...] = (
        Limit(field="updated", formats=(RSS, ATOM), why="one date only, that of publication"),
        Limit(
            field="people", formats=(RSS,), shows=lambda said: said.own_people[:1] or ("<author>",),
            why="the first of several people; fault: instead of none it says <author>",
        ),
        Limit(
            field="people", formats=(ATOM,), shows=lambda said: said.people[-1:], why="the last of several people"
        ),
        Limit(field="content", formats=(ATOM,), shows=text_or_picture, why=PICTURES_WORDS),
        Limit(
            field="enclosures", formats=(RSS, ATOM), shows=lambda said: tuple(File(f.url) for f in said.enclosures),
            why="the address only",
        ),
        Limit(field="language", formats=(RSS, ATOM), why="knows no languages"),
        Limit(field="summary", formats=(RSS, ATOM), why="one text only, the longer one"),
    )  # fmt: skip

    def version(self) -> str:
        return _say(["--version"]).split()[1]

    def visit(self, documents: Sequence[Document], folder: Path) -> int:
        settings, data = folder / "rss2email.cfg", folder / "rss2email.json"
        words = ["-c", str(settings), "-d", str(data)]
        if not settings.exists():
            settings.write_text(_SETTINGS.format(folder=folder))
            for number, document in enumerate(documents):
                _say([*words, "add", f"feed{number}", document.url])
        before = len(_mail(folder))
        if said := _say([*words, "run"]).strip():
            raise Complaint(said)
        return len(_mail(folder)) - before

    def read(self, documents: Sequence[Document], folder: Path) -> Mapping[str, Sequence[SeenEntry]]:
        self.visit(documents, folder)
        shown: dict[str, list[SeenEntry]] = {document.url: [] for document in documents}
        for message in _mail(folder):
            shown[str(message["X-RSS-Feed"])].append(_seen(message))
        # It mails the last entry of a document first.
        return {document.path: shown[document.url][::-1] for document in documents}


def _say(words: Sequence[str]) -> str:
    # Nobody's own settings, and no proxy on the way to loopback.
    environment = {"PATH": os.environ["PATH"], "HOME": os.devnull, "LANG": "C.UTF-8"}
    done = subprocess.run(["r2e", *words], capture_output=True, text=True, check=False, timeout=120, env=environment)
    if done.returncode:
        raise Complaint(f"exit status {done.returncode}; {done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def _mail(folder: Path) -> list[Message]:
    """In the order of sending, which the names of the files tell: time, process, number."""
    mail = mailbox.Maildir(folder / "mail")
    return [
        mail[name] for name in sorted(mail.keys(), key=lambda name: [int(part) for part in re.findall(r"\d+", name)])
    ]


def _seen(message: Message) -> SeenEntry:
    read = default.header_factory
    body = message.get_payload(decode=True)
    assert isinstance(body, bytes)
    page = body.decode(message.get_content_charset("utf-8"))
    text = _BODY.search(page)
    sender = parseaddr(str(read("From", message["From"])))[0]
    return SeenEntry(
        id=message["X-RSS-ID"],
        url=message["X-RSS-URL"],
        title=str(read("Subject", message["Subject"])),
        people=(sender,) if sender else (),
        published=parsedate_to_datetime(message["Date"]).replace(tzinfo=UTC),
        enclosures=tuple(File(unescape(address)) for address in _FILE.findall(page)),
        content=text_of(text[1]) if text else None,
    )
