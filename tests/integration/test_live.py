"""A service asked how it is, by another process: whoever else listens at its address is not believed."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from syndicator.errors import SyndicatorError
from syndicator.live import ask, hear

GOOD = (
    b'{"version": "1", "state": "%b", "started": "2026-03-01T12:00:00+00:00", "ready": true, "stopping": false, '
    b'"problems": [], "waits": [], "watching": "", "scanned": null, "called": null, "refused": null}'
)


@contextmanager
def answering(*parts: bytes, pause: float = 0.0) -> Iterator[str]:
    """A server that answers one request with these parts; its address."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                for part in parts:
                    try:
                        connection.sendall(part)
                    except OSError:
                        return
                    time.sleep(pause)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/readyz?json"
        thread.join()


def told(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def test_the_service_of_this_state_is_heard() -> None:
    with answering(told(GOOD % b"mine")) as url:
        live = hear(url, "mine")

    assert live is not None
    assert live.ready


@pytest.mark.parametrize(
    "answer",
    [
        told(GOOD % b"another"),
        told(b"<html>"),
        told(b"[]"),
        told(b"null"),
        told(b"[" * 100_000),
        told(b'{"version": "1", "state": "mine"}'),
        told((GOOD % b"mine").replace(b'"waits": []', b'"waits": [5]')),
        told((GOOD % b"mine").replace(b'"problems": []', b'"problems": [[1]]')),
        told((GOOD % b"mine").replace(b"2026-03-01T12:00:00+00:00", b"soon")),
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n",
        b"",
    ],
)
def test_anything_else_is_no_answer(answer: bytes) -> None:
    with answering(answer) as url:
        assert hear(url, "mine") is None


def test_a_drip_is_not_waited_for() -> None:
    with (
        answering(b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n"] * 6, pause=0.05) as url,
        pytest.raises(SyndicatorError, match=r"no whole answer within 0\.1 seconds"),
    ):
        ask(url, 0.1)
