"""A cache on loopback in front of feeds, which keeps what it once gave until it is purged, and lies where it is told.

It runs in threads, for tests with and without an event loop, and takes purges as Varnish, Fastly and Cloudflare do.
"""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer in place of the one that a good cache would give."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Edge:
    """``origin`` gives the bytes at a path, None for nothing. ``lie`` may answer instead of the cache.

    Purges are taken for who has the ``token``, "" for everybody.
    """

    origin: Callable[[str], bytes | None] = field(default=lambda _: None)
    lie: Callable[[Asked], Said | None] = field(default=lambda _: None)
    token: str = ""
    kept: dict[tuple[str, str], bytes] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    purged: list[str] = field(default_factory=list)
    url: str = ""

    def seen(self, method: str) -> list[str]:
        """The paths asked for by a method, in order."""
        return [each.path for each in self.asked if each.method == method]

    def answer(self, asked: Asked) -> Said:
        """What it says, by the rules of caches."""
        if lie := self.lie(asked):
            return lie
        if asked.method == "PURGE":
            return self._purge(asked.path)
        if asked.method == "POST":
            return self._api(asked)
        coding = "gzip" if "gzip" in asked.headers.get("accept-encoding", "") else "identity"
        fresh = (asked.path, coding) not in self.kept
        body = self.origin(asked.path) if fresh else self.kept[asked.path, coding]
        if body is None:
            return Said(status=404)
        self.kept[asked.path, coding] = body
        headers = [("Age", "0" if fresh else "120"), ("Vary", "Accept-Encoding")]
        if coding == "gzip":
            body = gzip.compress(body, mtime=0)
            headers.append(("Content-Encoding", "gzip"))
        return Said(headers=tuple(headers), body=body)

    def _purge(self, path: str) -> Said:
        there = [key for key in self.kept if key[0] == path]
        for key in there:
            del self.kept[key]
        self.purged.append(path)
        return Said(status=200 if there else 404)

    def _api(self, asked: Asked) -> Said:
        let_in = (f"Bearer {self.token}", self.token)
        given = asked.headers.get("authorization") or asked.headers.get("fastly-key")
        if asked.path.endswith("/purge_cache"):
            if given not in let_in:
                errors = [{"code": 10000, "message": f"Authentication error for {given}"}]
                return _json(403, {"success": False, "errors": errors})
            for file in json.loads(asked.body)["files"]:
                self._purge("/" + file.partition("://")[2].partition("/")[2])
            return _json(200, {"success": True, "errors": [], "messages": [], "result": {"id": "x"}})
        if "/purge/" in asked.path:
            if given not in let_in:
                return _json(401, {"msg": "Provided credentials are missing or invalid"})
            self._purge("/" + asked.path.partition("/purge/")[2].partition("/")[2])
            return _json(200, {"status": "ok", "id": "1-2"})
        return Said(status=404)

    @contextmanager
    def listening(self) -> Iterator[Edge]:
        edge = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(method=self.command, path=self.path, headers=headers, body=body)
                edge.asked.append(asked)
                said = edge.answer(asked)
                self.send_response(said.status)
                for name, value in said.headers:
                    self.send_header(name, value)
                if said.status != 304 and "Content-Length" not in dict(said.headers):
                    self.send_header("Content-Length", str(len(said.body)))
                self.end_headers()
                self.wfile.write(said.body)

            do_GET = do_POST = do_PURGE = _any

            def log_message(self, *_: object) -> None:
                """Quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        edge.url = f"http://127.0.0.1:{server.server_port}/"
        try:
            yield edge
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def _json(status: int, said: Any) -> Said:
    return Said(status=status, headers=(("Content-Type", "application/json"),), body=json.dumps(said).encode())
