"""A host on loopback with bad manners, each at a path of its own. It runs in threads, and counts who asks for what."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: The first bytes of a small picture.
GIF = b"GIF89a" + struct.pack("<HH", 40, 30) + bytes(500)
_CHUNK = bytes(65_536)


class BadHost:
    """``asked`` counts requests by path; ``sent`` is how many bytes of an endless answer somebody took."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.sent = 0
        self.over = threading.Event()
        self.url = ""

    @contextmanager
    def listening(self) -> Iterator[BadHost]:
        with socket.create_server(("127.0.0.1", 0), backlog=256) as server:
            self.url = f"http://127.0.0.1:{server.getsockname()[1]}/"
            server.settimeout(0.1)
            thread = threading.Thread(target=self._accept, args=(server,), daemon=True)
            thread.start()
            try:
                yield self
            finally:
                self.over.set()
                thread.join()

    def _accept(self, server: socket.socket) -> None:
        while not self.over.is_set():
            with contextlib.suppress(TimeoutError):
                connection, _ = server.accept()
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(10)
            head = b""
            while b"\r\n\r\n" not in head:
                if not (data := connection.recv(65_536)):
                    return
                head += data
            path = head.split(b" ", 2)[1].decode().lstrip("/")
            self.asked[path] += 1
            self._manners(path.partition(".")[0])(connection)

    def _manners(self, path: str) -> Callable[[socket.socket], None]:
        manner: Callable[[socket.socket], None] = getattr(self, f"_{path}")
        return manner

    def _good(self, connection: socket.socket) -> None:
        connection.sendall(_reply(GIF))

    def _hangs(self, connection: socket.socket) -> None:
        self.over.wait()

    def _drips(self, connection: socket.socket) -> None:
        for byte in _reply(GIF):
            connection.sendall(bytes([byte]))
            if self.over.wait(0.2):
                return

    def _resets(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _circles(self, connection: socket.socket) -> None:
        connection.sendall(_redirect(f"{self.url}circles"))

    def _strays(self, connection: socket.socket) -> None:
        connection.sendall(_redirect("http://10.0.0.1/secret"))

    def _long(self, connection: socket.socket) -> None:
        """Says that more comes than does."""
        connection.sendall(_reply(GIF, length=10**15))

    def _page(self, connection: socket.socket) -> None:
        connection.sendall(_reply(b"<!doctype html><p>No picture here." * 100))

    def _endless(self, connection: socket.socket) -> None:
        """Ten gigabytes, for whoever takes them."""
        connection.sendall(_reply(GIF, length=10**10))
        for _ in range(10**10 // len(_CHUNK)):
            connection.sendall(_CHUNK)
            self.sent += len(_CHUNK)


def _reply(body: bytes, *, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    return f"HTTP/1.1 200 OK\r\nContent-Type: image/gif\r\nContent-Length: {size}\r\n\r\n".encode() + body


def _redirect(where: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {where}\r\nContent-Length: 0\r\n\r\n".encode()
