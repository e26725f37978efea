"""Who lives with the program all day: readers who fetch without rest, and hubs with moods."""

from __future__ import annotations

import json
import random
import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from lxml import etree

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
    except OSError:
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
class Hub:
    """A hub whose ``mood`` changes. It fetches what it is told of at once, as hubs do; ``seen`` has the digests."""

    chance: random.Random
    mood: str = "well"
    seen: dict[str, str] = field(default_factory=dict)
    url: str = ""

    MOODS = ("well", "well", "well", "busy", "refuses", "hangs", "resets", "drips", "redirects", "lies")

    @contextmanager
    def listening(self) -> Iterator[Hub]:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode(), strict_parsing=True)
                hub.answer(self, form["hub.topic"][0])

            def log_message(self, *_: object) -> None:
                """Quiet."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """Who is killed hangs up."""

        server = Server(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        hub.url = f"http://127.0.0.1:{server.server_port}/hub"
        try:
            yield hub
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def answer(self, to: BaseHTTPRequestHandler, topic: str) -> None:
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
                self._look(topic)  # accepted is accepted, however long the rest of the answer takes
                to.wfile.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 100\r\n\r\n")
                with suppress(OSError):
                    for _ in range(5):
                        time.sleep(0.5)
                        to.wfile.write(b".")
            case "redirects":
                _send(to, 302, [("Location", "/elsewhere")])
            case "lies":
                to.wfile.write(b"HTTP/1.1 999 \x00\r\n\r\n")
            case _:
                self._look(topic)
                _send(to, 204)

    def _look(self, topic: str) -> None:
        status, body = fetch(topic)
        if status == 200:
            self.seen[topic] = sha256(body).hexdigest()


def _send(to: BaseHTTPRequestHandler, status: int, fields: list[tuple[str, str]] | None = None) -> None:
    to.send_response(status)
    for name, value in [*(fields or []), ("Content-Length", "0")]:
        to.send_header(name, value)
    to.end_headers()
