"""Who lives with the program all day: readers who fetch without rest, and hubs with moods."""

from __future__ import annotations

import base64
import hmac
import json
import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar, Self
from urllib.parse import parse_qs

from lxml import etree

from syndicator.model import digest
from tests.soak.edits import Desk

_MARKER = re.compile(r"marker-\d+-\d+-")
_TITLE = re.compile(r"Article (\d+)")
#: Seconds that a document may be on its way.
_SLOW = 10


def fetch(url: str) -> tuple[int, bytes]:
    """Status and body; status 0 when nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=_SLOW) as reply:
            return reply.status, reply.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()
    except (OSError, HTTPException):  # killed in the middle of its answer, perhaps
        return 0, b""


def entries(path: str, body: bytes) -> list[tuple[str, str, str]]:
    """Id, title and text of each entry of a document, read strictly. Raises ValueError or etree.XMLSyntaxError."""
    if path.endswith(".json"):
        items = json.loads(body)["items"]
        return [(item["id"], item["title"], item.get("content_html", "")) for item in items]
    root = etree.fromstring(body)
    if path.endswith("atom.xml"):
        name = "{http://www.w3.org/2005/Atom}"
        return [
            (e.findtext(f"{name}id") or "", e.findtext(f"{name}title") or "", e.findtext(f"{name}content") or "")
            for e in root.iter(f"{name}entry")
        ]
    encoded = "{http://purl.org/rss/1.0/modules/content/}encoded"
    return [
        (item.findtext("guid") or "", item.findtext("title") or "", item.findtext(encoded) or "")
        for item in root.iter("item")
    ]


@dataclass(slots=True)
class Reader:
    """Fetches documents without rest. ``complaints`` are what must never be seen."""

    base: str
    paths: tuple[str, ...]
    desk: Desk
    complaints: list[str] = field(default_factory=list)
    answers: dict[int, int] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def reading(self) -> Iterator[None]:
        thread = threading.Thread(target=self._read, daemon=True)
        thread.start()
        try:
            yield
        finally:
            if not thread.is_alive():
                self.complaints.append("the reader gave up")
            self._stop.set()
            thread.join()

    def _read(self) -> None:
        while not self._stop.wait(0.05):
            for path in self.paths:
                status, body = fetch(self.base + path)
                self.answers[status] = self.answers.get(status, 0) + 1
                if status == 200:
                    self.look_at(path, body)
                elif status not in (0, 404, 503):
                    self.complaints.append(f"{path} answered {status}")

    def look_at(self, path: str, body: bytes) -> None:
        """Valid, no entry twice, no id that changes, nothing that is not to be seen yet."""
        now = datetime.now(UTC)
        try:
            found = entries(path, body)
        except (ValueError, KeyError, etree.XMLSyntaxError) as error:
            self.complaints.append(f"{path} is broken: {error}")
            return
        ids = [entry_id for entry_id, _, _ in found]
        if len(set(ids)) != len(ids):
            self.complaints.append(f"{path} has an entry twice: {ids}")
        for entry_id, title, text in found:
            if (known := self.ids.setdefault(title, entry_id)) != entry_id:
                self.complaints.append(f"{path}: the id of {title} was {known}, and is {entry_id}")
            for marker in _MARKER.findall(text):
                since = self.desk.allowed.get(marker)
                if since is None or since > now:
                    self.complaints.append(f"{path} shows {marker}, which nobody may see before {since}")


@dataclass(slots=True)
class Server:
    """Somebody on loopback who is told things, and whose ``mood`` changes."""

    mood: str = "well"
    url: str = ""

    MOODS: ClassVar = ("well", "well", "well", "busy", "refuses", "hangs", "resets", "drips", "redirects", "lies")

    @contextmanager
    def listening(self) -> Iterator[Self]:
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                host.answer(self, self.rfile.read(int(self.headers["Content-Length"])))

            def log_message(self, *_: object) -> None:
                """Quiet."""

        class Threads(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """Who is killed hangs up."""

        server = Threads(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_port}/told"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def take(self, asked: BaseHTTPRequestHandler, body: bytes) -> None:
        """What is accepted is taken to heart."""
        raise NotImplementedError

    def answer(self, to: BaseHTTPRequestHandler, body: bytes) -> None:
        """As the mood is."""
        match self.mood:
            case "busy":
                _send(to, 503, [("Retry-After", "1")])
            case "refuses":
                _send(to, 500)
            case "hangs":
                time.sleep(3)
            case "resets":
                to.connection.close()
            case "drips":
                self.take(to, body)  # accepted is accepted, however long the rest of the answer takes
                with suppress(OSError):
                    to.wfile.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 100\r\n\r\n")
                    for _ in range(5):
                        time.sleep(0.5)
                        to.wfile.write(b".")
            case "redirects":
                _send(to, 302, [("Location", "/elsewhere")])
            case "lies":
                to.wfile.write(b"HTTP/1.1 999 \x00\r\n\r\n")
            case _:
                self.take(to, body)
                _send(to, 204)


@dataclass(slots=True)
class Hub(Server):
    """Fetches what it is told of at once, as hubs do; ``seen`` has the digests by topic."""

    seen: dict[str, str] = field(default_factory=dict)

    def take(self, asked: BaseHTTPRequestHandler, body: bytes) -> None:
        topic = parse_qs(body.decode(), strict_parsing=True)["hub.topic"][0]
        status, found = fetch(topic)
        if status == 200:
            self.seen[topic] = digest(found)


@dataclass(slots=True)
class Partner(Server):
    """Keeps its own copy of what feeds show, by messages alone: ``shown`` has titles by feed and id, ``seen`` the
    digests of documents by address.
    """

    shown: dict[str, dict[str, str]] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    SECRET: ClassVar = "whsec_" + base64.b64encode(bytes(range(32))).decode()

    def take(self, asked: BaseHTTPRequestHandler, body: bytes) -> None:
        known, moment = asked.headers["webhook-id"], asked.headers["webhook-timestamp"]
        signed = hmac.new(bytes(range(32)), f"{known}.{moment}.".encode() + body, "sha256").digest()
        if f"v1,{base64.b64encode(signed).decode()}" not in asked.headers["webhook-signature"].split():
            self.complaints.append("a message whose signature is wrong")
        said = json.loads(body)
        shown = self.shown.setdefault(said["feed"]["name"], {})
        if said["type"] == "feed.removed":
            shown.clear()
        for entry in said["entries"]["removed"]:
            shown.pop(entry["id"], None)
        for entry in (*said["entries"]["added"], *said["entries"]["changed"]):
            shown[entry["id"]] = entry.get("title", "")
        self.seen |= {document["url"]: document["digest"] for document in said["documents"]}


def _send(to: BaseHTTPRequestHandler, status: int, fields: list[tuple[str, str]] | None = None) -> None:
    to.send_response(status)
    for name, value in [*(fields or []), ("Content-Length", "0")]:
        to.send_header(name, value)
    to.end_headers()
