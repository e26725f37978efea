"""A hub on loopback that writes down what it is told, and what stood at the topic when it was told.

It runs in threads, for tests that start the program as another process and have no event loop. Tests inside a loop that
need a hub with bad manners take the one in ``recorder.py``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs


@dataclass(slots=True)
class LoopbackHub:
    """``heard`` holds (topic, what ``look`` gave at that moment). ``answers`` are statuses to give, then ``status``."""

    look: Callable[[str], object] = field(default=lambda _: None)
    status: int = 204
    answers: list[int] = field(default_factory=list)
    heard: list[tuple[str, object]] = field(default_factory=list)
    forms: list[dict[str, list[str]]] = field(default_factory=list)
    url: str = ""

    @property
    def topics(self) -> list[str]:
        """Topics in the order in which they were heard."""
        return [topic for topic, _ in self.heard]

    @contextmanager
    def listening(self) -> Iterator[LoopbackHub]:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = parse_qs(body, strict_parsing=True)
                status = hub.answers.pop(0) if hub.answers else hub.status
                if 200 <= status < 300:
                    topic = form["hub.topic"][0]
                    hub.forms.append(form)
                    hub.heard.append((topic, hub.look(topic)))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        hub.url = f"http://127.0.0.1:{server.server_port}/"
        try:
            yield hub
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
