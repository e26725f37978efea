"""A newsroom in a folder of its own, worked with as people do: files are written, commands are typed."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import IO, Any, TypeVar

from tests.forking import forker

COMMAND = (sys.executable, "-m", "syndicator")
PATIENCE = 20.0


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


T = TypeVar("T")


def eventually(look: Callable[[], T], *, within: float = PATIENCE, why: str = "") -> T:
    """Look until there is something true to see; a failing assertion counts as nothing yet."""
    deadline = time.monotonic() + within
    while True:
        try:
            if seen := look():
                return seen
            problem: object = "nothing true was seen"
        except (AssertionError, OSError, urllib.error.URLError, json.JSONDecodeError) as error:
            problem = error
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within} s: {why or problem}")
        time.sleep(0.02)


@dataclass(slots=True)
class Newsroom:
    """``root`` holds content/, public/, state.db and syndicator.toml."""

    root: Path
    settings: str = ""
    site: str = ""
    port: int = field(default_factory=free_port)
    listens: int = 0
    dialect: str = "jekyll"
    feeds: str = """
[[feeds]]
name = "main"
rss = "feed.xml"
atom = "atom.xml"
json = "feed.json"

[[feeds]]
name = "category"
each = "category"
rss = "category/{slug}.xml"
"""

    def __post_init__(self) -> None:
        (self.root / "content" / "_posts").mkdir(parents=True, exist_ok=True)
        self.configure()

    def configure(self) -> None:
        """Write the configuration anew."""
        (self.root / "syndicator.toml").write_text(
            f"""
[site]
title = "The Example"
url = "https://news.example.org"
timezone = "America/New_York"
{self.site}
[source]
path = "content"
dialect = "{self.dialect}"
every = "30s"

[publish]
to = "public"
url = "http://127.0.0.1:{self.port}/"

[serve]
port = {self.port}

[state]
url = "sqlite:///state.db"

[network]
allow = ["127.0.0.0/8"]
{self.feeds}{self.settings}""",
            encoding="utf-8",
        )

    def serve_on(self, port: int) -> None:
        """Serve on a port while the addresses stay those of ``port``, as behind a proxy."""
        path = self.root / "syndicator.toml"
        path.write_text(path.read_text().replace(f"port = {self.port}\n", f"port = {port}\n"))
        self.listens = port

    # --- what people do -----------------------------------------------------------------------------------------

    def post(self, name: str, text: str = "Words.", **fields: str) -> Path:
        """Write a post as an editor does: beside, then renamed into place."""
        head = "".join(f"{key}: {value}\n" for key, value in fields.items())
        path = self.root / "content" / "_posts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.swp")
        beside.write_text(f"---\n{head}---\n{text}\n", encoding="utf-8")
        beside.replace(path)
        return path

    def command(
        self, *words: str, env: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        toml = str(self.root / "syndicator.toml")
        return forker().run(["-c", toml, *words], cwd=cwd or Path(__file__).parents[1], env=env)

    def build(
        self, *words: str, status: int = 0, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """``syndicator build``, which must end with this status."""
        done = self.command("build", *words, env=env)
        assert done.returncode == status, f"{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr, done.stderr
        return done

    @contextmanager
    def running(self, *, stderr: IO[bytes] | None = None) -> Iterator[subprocess.Popen[bytes]]:
        """``syndicator run``, ready; ended with SIGTERM, and with SIGKILL only if a test forgot it."""
        log = stderr or (self.root / "log").open("ab")
        with subprocess.Popen(
            [*COMMAND, "-c", str(self.root / "syndicator.toml"), "run"],
            stdout=log,
            stderr=log,
            cwd=Path(__file__).parents[1],
        ) as process:
            try:
                eventually(lambda: process.poll() is not None or self.ready(), why=self.log())
                yield process
            finally:
                if process.poll() is None:
                    process.send_signal(signal.SIGTERM)
                    try:
                        process.wait(PATIENCE)
                    except subprocess.TimeoutExpired:
                        process.kill()
                        raise
                log.close()

    # --- what can be seen ---------------------------------------------------------------------------------------

    def ready(self) -> bool:
        """Whether /readyz says so."""
        return self.get("readyz")[0] == 200

    def log(self) -> str:
        """What the service said."""
        path = self.root / "log"
        return path.read_text() if path.exists() else ""

    def get(self, path: str, **headers: str) -> tuple[int, Message, bytes]:
        """Status, headers, body of an address of the running service."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.listens or self.port}/{path}",
            headers={key.replace("_", "-"): value for key, value in headers.items()},
        )
        try:
            with urllib.request.urlopen(request, timeout=5) as reply:
                return reply.status, reply.headers, reply.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    def files(self) -> dict[str, bytes]:
        """Every published file."""
        public = self.root / "public"
        return {p.relative_to(public).as_posix(): p.read_bytes() for p in sorted(public.rglob("*")) if p.is_file()}

    def items(self, path: str = "feed.json") -> list[dict[str, Any]]:
        """The items of the JSON feed on disk."""
        items: list[dict[str, Any]] = json.loads((self.root / "public" / path).read_bytes())["items"]
        return items

    def titles(self) -> list[str]:
        """Titles in the JSON feed on disk."""
        return [item["title"] for item in self.items()]
