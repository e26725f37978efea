"""Sites as they are published for readers: built and served by the command, behind a front that takes notes."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.newsroom import COMMAND, PATIENCE, eventually, free_port
from tests.readers.seen import ATOM, JSON, RSS, Document

ROOT = Path(__file__).parents[2]
DEMO, SAMPLES = "demo", "samples"

#: The sample site for Jekyll, in every format, whole and by author.
_CONFIG = """\
[source]
path = "site"

[publish]
to = "public"

[images]
ask = false

[[feeds]]
name = "main"
rss = "feed.xml"
atom = "atom.xml"
json = "feed.json"
limit = 500

[[feeds]]
name = "short"
content = "summary"
rss = "short.xml"
atom = "short.atom.xml"
json = "short.json"

[[feeds]]
name = "author"
each = "author"
rss = "author/{slug}.xml"
atom = "author/{slug}.atom.xml"
json = "author/{slug}.json"
"""

#: What readers stumble over and no sample has.
_POSTS = {
    "2024-05-01-signs.md": """\
title: "Fish & Chips <b>& \\"Peas\\"</b> &amp; 5 < 6 – 日本語 🐟"
description: "Salt & vinegar, <em>no</em> sauce: 3 > 2 &lt; 4."
authors: [jane, Joe Bloggs, "Zoë O'Neil & Sons"]
image: {path: "https://img.example.org/a%20b/fish.jpg?w=620&dpr=2", alt: "A \\"fish\\" & a chip"}
tags: ["R&D", "C++"]
""",
    "2024-05-02-german.md": """\
title: Grüße aus Köln
lang: de
last_modified_at: 2024-05-09 12:00:00 +0200
author: jane
""",
    "2024-05-03-episode.md": """\
title: An episode
image: {path: "https://img.example.org/studio.jpg", credit: Ana}
audio: {url: "https://cdn.example.org/12.mp3?id=1&x=2", length: 34216300, duration: "1:02:03", title: "Fish & more"}
attachments: ["https://cdn.example.org/12.pdf"]
""",
}
_TEXT = "Words &amp; *more* words: `a < b && c > d`.\n\n<p>Raw <b>HTML</b> &copy; “quoted” 🐟</p>\n"


@dataclass(frozen=True, slots=True)
class Request:
    """What a reader asked, and the status that it was answered with."""

    path: str
    conditional: bool
    status: int


@dataclass(slots=True)
class Front:
    """Stands before the service as a proxy does, hands on requests as they are, and notes them."""

    port: int = 0
    behind: int = 0
    noted: list[Request] = field(default_factory=list)

    @contextmanager
    def open(self) -> Iterator[Front]:
        front = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                onward = http.client.HTTPConnection("127.0.0.1", front.behind, timeout=PATIENCE)
                onward.request("GET", self.path, headers=dict(self.headers.items()))
                answer = onward.getresponse()
                body = answer.read()
                asked = "If-None-Match" in self.headers or "If-Modified-Since" in self.headers
                front.noted.append(Request(self.path, asked, answer.status))
                self.send_response_only(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("connection", "transfer-encoding"):
                        self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
                onward.close()

            def log_message(self, *_: object) -> None:
                """Quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        self.port = server.server_port
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A site that is being served; ``documents`` in the order of their paths."""

    name: str
    documents: tuple[Document, ...]
    front: Front


@contextmanager
def serving(name: str, folder: Path) -> Iterator[Site]:
    """The demo as it stands in config, or the samples, served until left."""
    config = ROOT / "config" / "syndicator.toml" if name == DEMO else _write_samples(folder)
    front = Front(behind=free_port())
    with front.open():
        environment = {
            **os.environ,
            "SYNDICATOR_PUBLISH__TO": str(folder / "public"),
            "SYNDICATOR_PUBLISH__URL": f"http://127.0.0.1:{front.port}/",
            "SYNDICATOR_SERVE__PORT": str(front.behind),
            "SYNDICATOR_STATE__URL": f"sqlite:///{folder / 'state.db'}",
        }
        with _service(config, environment, folder / "log", front.behind):
            yield Site(name=name, documents=_documents(config, environment, folder / "public"), front=front)


def _write_samples(folder: Path) -> Path:
    shutil.copytree(ROOT / "tests" / "sites" / "jekyll", folder / "site")
    for name, head in _POSTS.items():
        (folder / "site" / "_posts" / name).write_text(f"---\n{head}---\n{_TEXT}", encoding="utf-8")
    config = folder / "syndicator.toml"
    config.write_text(_CONFIG, encoding="utf-8")
    return config


@contextmanager
def _service(config: Path, environment: dict[str, str], log: Path, port: int) -> Iterator[None]:
    with (
        log.open("wb") as said,
        subprocess.Popen(
            [*COMMAND, "-c", str(config), "run"], stdout=said, stderr=said, cwd=ROOT, env=environment
        ) as process,
    ):
        try:
            eventually(lambda: process.poll() is not None or _ready(port), why=log.read_text())
            assert process.poll() is None, log.read_text()
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)


def _ready(port: int) -> bool:
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    asking.request("GET", "/readyz")
    status = asking.getresponse().status
    asking.close()
    return status == 200


def _documents(config: Path, environment: dict[str, str], public: Path) -> tuple[Document, ...]:
    """As ``syndicator status`` lists them."""
    words = [*COMMAND, "-c", str(config), "status", "--json"]
    said = subprocess.run(words, capture_output=True, check=True, cwd=ROOT, env=environment).stdout
    listed = [each for each in json.loads(said)["documents"] if each["format"] in (RSS, ATOM, JSON)]
    twins = {each["feed"]: public / each["path"] for each in listed if each["format"] == JSON}
    return tuple(
        Document(
            path=each["path"], format=each["format"], url=each["url"],
            file=public / each["path"], twin=twins[each["feed"]],
        )
        for each in listed
    )  # fmt: skip
