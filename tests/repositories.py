"""Git repositories on loopback, worked with as people do, and served as hosts do."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.newsroom import eventually, free_port

_OWN = {
    "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@b.example",    "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@b.example",
}  # fmt: skip


def run_git(folder: Path, *words: str, told: bytes = b"", **variables: str) -> str:
    """A git command in a folder, which must succeed."""
    done = subprocess.run(
        ["git", *words], cwd=folder, capture_output=True, check=False, input=told,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **_OWN, **variables},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


@dataclass(slots=True)
class Authors:
    """``work`` is the authors' own clone, ``bare`` what they push to (news.git in a folder of its own)."""

    root: Path
    work: Path = field(init=False)
    bare: Path = field(init=False)

    def __post_init__(self) -> None:
        self.work, self.bare = self.root / "work", self.root / "hosted" / "news.git"
        self.bare.parent.mkdir(parents=True)
        self.work.mkdir()
        run_git(self.root, "init", "-q", "--bare", "-b", "main", str(self.bare))
        (self.bare / "git-daemon-export-ok").touch()
        run_git(self.bare, "config", "uploadpack.allowFilter", "true")
        run_git(self.work, "init", "-q", "-b", "main")
        run_git(self.work, "remote", "add", "origin", str(self.bare))

    def write(self, path: str, text: str = "Words.", **fields: str) -> Path:
        """A post in the working tree."""
        head = "".join(f"{key}: {value}\n" for key, value in fields.items())
        file = self.work / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"---\n{head}---\n{text}\n", encoding="utf-8")
        return file

    def commit(self, message: str = "work", at: str = "2026-02-01T10:00:00+00:00") -> str:
        """Commit all there is; the commit."""
        run_git(self.work, "add", "-A")
        run_git(self.work, "commit", "-q", "--allow-empty", "-m", message, GIT_AUTHOR_DATE=at, GIT_COMMITTER_DATE=at)
        return run_git(self.work, "rev-parse", "HEAD")

    def push(self, *words: str) -> None:
        """Push the branch."""
        run_git(self.work, "push", "-q", *(words or ("origin", "main")))

    def publish(self, message: str = "work") -> None:
        """Commit and push."""
        self.commit(message)
        self.push()


@dataclass(slots=True)
class Daemon:
    """``git daemon`` on the hosted repositories."""

    folder: Path
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        """Of news.git."""
        return f"git://127.0.0.1:{self.port}/news.git"

    def answers(self) -> bool:
        """Whether it is up."""
        return subprocess.run(["git", "ls-remote", self.url], check=False, capture_output=True).returncode == 0

    @contextmanager
    def serving(self) -> Iterator[Daemon]:
        """Up, until the block ends."""
        words = ["git", "daemon", "--reuseaddr", "--listen=127.0.0.1", f"--port={self.port}"]
        words += [f"--base-path={self.folder}", str(self.folder)]
        with subprocess.Popen(
            words, start_new_session=True, stderr=subprocess.DEVNULL, env={"PATH": os.environ["PATH"], **_OWN}
        ) as process:
            try:
                eventually(self.answers)
                yield self
            finally:
                os.killpg(process.pid, 15)


@dataclass(slots=True)
class HttpHost:
    """``git http-backend`` behind a small server on loopback that asks for a name and a password.

    ``heard`` are the paths that were asked for; with ``status`` every answer is that, with ``location`` as its address.
    """

    folder: Path
    username: str = ""
    password: str = ""
    status: int = 0
    location: str = ""
    heard: list[str] = field(default_factory=list)
    credentials: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        """Of news.git."""
        return f"http://127.0.0.1:{self.port}/news.git"

    @contextmanager
    def serving(self) -> Iterator[HttpHost]:
        """Up, until the block ends."""
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.answer(b"")

            def do_POST(self) -> None:
                self.answer(self.body())

            def body(self) -> bytes:
                if "chunked" not in self.headers.get("Transfer-Encoding", ""):
                    return self.rfile.read(int(self.headers.get("Content-Length", 0)))
                parts = []
                while size := int(self.rfile.readline().strip(), 16):
                    parts.append(self.rfile.read(size))
                    self.rfile.readline()
                self.rfile.readline()
                return b"".join(parts)

            def answer(self, body: bytes) -> None:
                host.heard.append(self.path)
                given = self.headers.get("Authorization", "")
                if given:
                    host.credentials.append(base64.b64decode(given.removeprefix("Basic ")).decode())
                if host.status:
                    self.send_response(host.status)
                    self.send_header("Location", host.location)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                wanted = base64.b64encode(f"{host.username}:{host.password}".encode()).decode()
                if host.password and given != f"Basic {wanted}":
                    self.send_response(401)
                    self.send_header("WWW-Authenticate", 'Basic realm="git"')
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                path, _, query = self.path.partition("?")
                done = subprocess.run(
                    ["git", "http-backend"], input=body, capture_output=True, check=False,
                    env={
                        "PATH": os.environ["PATH"], **_OWN, "GIT_PROJECT_ROOT": str(host.folder), "PATH_INFO": path,
                        "GIT_HTTP_EXPORT_ALL": "1", "QUERY_STRING": query, "REQUEST_METHOD": self.command,
                        "CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body)),
                        "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                        "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                    },
                )  # fmt: skip
                head, _, content = done.stdout.partition(b"\r\n\r\n")
                headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
                self.send_response(int(headers.pop("Status", "200").split()[0]))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def forget(folder: Path) -> None:
    """Remove a folder with all in it."""
    shutil.rmtree(folder)
