"""A hub on loopback that writes down what it is told and answers by a script, badly where the script says so.

It lives in the test's own event loop and writes bytes itself: it can hang, drip and break off, and sees how many
requests are open at once. Tests of the whole program, of threads and processes, take that in ``loopback_hub.py``.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the hub says: ``drip`` is the number of seconds between two bytes of the body."""

    status: int = 202
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    drip: float = 0.0


class Hang:
    """Listens, and never answers."""


class Reset:
    """Breaks the connection instead of answering."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One request as it came in; ``seen`` is what the recorder's ``look`` gave at that moment."""

    at: datetime
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    fields: tuple[tuple[str, str], ...]
    seen: object = None

    def field(self, name: str) -> list[str]:
        """The values of a form field."""
        return [value for key, value in self.fields if key == name]


@dataclass(slots=True)
class HubRecorder:
    """``script`` holds the answers to come, after which ``usual`` is given; ``async with HubRecorder() as hub``."""

    script: deque[Answer | Hang | Reset] = field(default_factory=deque)
    usual: Answer = field(default_factory=Answer)
    look: Callable[[Told], object] | None = None
    told: list[Told] = field(default_factory=list)
    most_at_once: int = 0
    _at_once: int = 0
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        """The hub's address."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/hub"

    @property
    def topics(self) -> list[str]:
        """The topics it was told of, in order."""
        return [topic for told in self.told for topic in told.field("hub.topic")]

    async def heard(self, count: int, within: float = 5.0) -> list[Told]:
        """Wait until it was told something ``count`` times."""
        async with asyncio.timeout(within):
            while len(self.told) < count:
                self._news.clear()
                await self._news.wait()
        return self.told

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()
        while self._open:
            await asyncio.sleep(0)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the other side went away, which is its right
        finally:
            self._open.discard(writer)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.rstrip("\r\n").split("\r\n")
        method, path, _ = first.split(" ", 2)
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        told = Told(
            at=datetime.now(UTC),
            method=method,
            path=path,
            headers=headers,
            body=body,
            fields=tuple(parse_qsl(body.decode(), keep_blank_values=True)),
        )
        if self.look is not None:
            told = Told(**{name: getattr(told, name) for name in Told.__slots__} | {"seen": self.look(told)})
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        self.told.append(told)
        self._news.set()
        try:
            return await self._answer(reader, writer)
        finally:
            self._at_once -= 1

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        answer = self.script.popleft() if self.script else self.usual
        if isinstance(answer, Hang):
            await reader.read()  # until the other side gives up
            return False
        if isinstance(answer, Reset):
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()
            return False
        await asyncio.sleep(0)  # others that came at the same time are seen to be here at once
        lines = [f"HTTP/1.1 {answer.status} Answer", *(f"{name}: {value}" for name, value in answer.headers)]
        if answer.status != 204:
            lines.append(f"Content-Length: {len(answer.body)}")
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
        if answer.drip:
            for byte in answer.body:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(answer.drip)
        else:
            writer.write(answer.body)
        await writer.drain()
        return True
