"""As many open files as there may be, and more connections than anybody wants."""

from __future__ import annotations

import contextlib
import resource
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.newsroom import COMMAND, Newsroom, eventually


@contextmanager
def running_with(newsroom: Newsroom, files: int) -> Iterator[subprocess.Popen[bytes]]:
    """The service with so many open files and no more."""
    with (
        (newsroom.root / "log").open("ab") as log,
        subprocess.Popen(
            ["prlimit", f"--nofile={files}", *COMMAND, "-c", str(newsroom.root / "syndicator.toml"), "run"],
            stdout=log,
            stderr=log,
            cwd=Path(__file__).parents[2],
        ) as process,
    ):
        try:
            eventually(lambda: process.poll() is not None or newsroom.ready(), why=newsroom.log())
            yield process
        finally:
            process.terminate()
            process.wait(20)


@contextmanager
def idle_clients(newsroom: Newsroom, count: int) -> Iterator[list[socket.socket]]:
    """Connections over which nobody says a word."""
    with contextlib.ExitStack() as stack:
        yield [
            stack.enter_context(socket.create_connection(("127.0.0.1", newsroom.port), timeout=5)) for _ in range(count)
        ]


def test_clients_that_take_all_connections_keep_no_post_from_being_published(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha")
    with running_with(newsroom, 72) as service:
        with idle_clients(newsroom, 200):
            newsroom.post("2026-01-02-b.md", title="Beta")
            eventually(lambda: "Beta" in newsroom.titles(), within=10, why=newsroom.log())
        eventually(lambda: b"Beta" in newsroom.get("feed.xml")[2])
        assert service.poll() is None
    assert 0 == service.returncode
    assert "Traceback" not in newsroom.log()


def test_a_service_without_a_file_to_open_says_so_and_goes_on_when_it_has_one(newsroom: Newsroom) -> None:
    for number in range(1, 4):
        newsroom.post(f"2026-01-0{number}-p.md", title=f"Post {number}")
    with newsroom.running() as service:
        eventually(lambda: len(newsroom.titles()) == 3)
        with socket.create_connection(("127.0.0.1", newsroom.port), timeout=10) as kept:
            assert ask(kept, "livez")
            files = len(list(Path(f"/proc/{service.pid}/fd").iterdir()))
            before = resource.prlimit(service.pid, resource.RLIMIT_NOFILE)
            resource.prlimit(service.pid, resource.RLIMIT_NOFILE, (files - 2, before[1]))
            newsroom.post("2026-01-09-new.md", title="New")
            eventually(lambda: "Too many open files" in ask(kept, "readyz?verbose"))
            assert "allow this process more open files" in ask(kept, "readyz?verbose")
            assert "Post 3" in ask(kept, "feed.xml")
            resource.prlimit(service.pid, resource.RLIMIT_NOFILE, before)
        eventually(lambda: b"New" in newsroom.get("feed.xml")[2])
        eventually(lambda: b"Too many" not in newsroom.get("readyz?verbose")[2])
    assert "refused" not in newsroom.log()
    assert "please report it" not in newsroom.log()


def ask(connection: socket.socket, path: str) -> str:
    """An answer over a connection that is there already."""
    connection.sendall(f"GET /{path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    with connection.makefile("rb") as stream:
        length = 0
        while line := stream.readline().strip().lower():
            if line.startswith(b"content-length:"):
                length = int(line.split()[1])
        return stream.read(length).decode()


def test_thousands_of_idle_connections_are_bounded_and_let_go(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    try:
        with running_with(newsroom, 1024) as service, idle_clients(newsroom, 1500):
            eventually(lambda: len(list(Path(f"/proc/{service.pid}/fd").iterdir())) < 1000)
            newsroom.post("2026-01-02-b.md", title="Beta")
            eventually(lambda: "Beta" in newsroom.titles(), within=10, why=newsroom.log())
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert 0 == service.returncode
