"""Hubs on loopback, each on an address of its own: most answer, some hang, refuse or are busy.

    python -m tests.bench.hubs WELL HANGING REFUSING BUSY FILE

Prints the hubs' addresses, one a line, in that order. FILE gets a line for each ping that was answered with 204: when,
the number of the hub, and the topic.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import TextIO
from urllib.parse import parse_qs

_TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"
_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 600\r\nContent-Length: 0\r\n\r\n"


class _Hub(asyncio.Protocol):
    """One connection. ``answer`` is b"" for a hub that never says anything."""

    def __init__(self, answer: bytes, note: Callable[[str], None]) -> None:
        self._answer, self._note, self._read = answer, note, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, end, body = self._read.partition(b"\r\n\r\n")
        length = next(
            (
                int(line.partition(b":")[2])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length:")
            ),
            0,
        )
        if not end or len(body) < length:
            return
        self._read = b""
        if self._answer is _TAKEN:
            self._note(parse_qs(body.decode("ascii"))["hub.topic"][0])
        if self._answer:
            self._transport.write(self._answer)


async def _serve(answers: list[bytes], refusing: int, notes: TextIO) -> None:
    loop = asyncio.get_running_loop()
    servers: list[asyncio.Server] = []
    closed: list[socket.socket] = []
    for number, answer in enumerate(answers):
        hub = partial(_Hub, answer, partial(_note, notes, number))
        servers.append(await loop.create_server(hub, f"127.1.0.{number + 1}", 0))
        _tell(servers[-1].sockets[0].getsockname())
    for number in range(refusing):
        # Bound and never listened on: nobody else gets the port, and connections to it are refused.
        closed.append(socket.socket())
        closed[-1].bind((f"127.1.1.{number + 1}", 0))
        _tell(closed[-1].getsockname())
    print(flush=True)
    await loop.run_in_executor(None, sys.stdin.read)  # until whoever started this goes away


def _tell(address: tuple[str, int]) -> None:
    print(f"http://{address[0]}:{address[1]}/", flush=True)


def _note(notes: TextIO, number: int, topic: str) -> None:
    notes.write(f"{time.time()} {number} {topic}\n")


def main() -> None:
    """Listen until the standard input ends."""
    well, hanging, refusing, busy = map(int, sys.argv[1:5])
    with open(sys.argv[5], "a", buffering=1, encoding="ascii") as notes:
        asyncio.run(_serve([_TAKEN] * well + [b""] * hanging + [_BUSY] * busy, refusing, notes))


if __name__ == "__main__":
    main()
