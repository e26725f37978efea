"""Uvicorn in our loop: bound before anything is promised, bounded against slow clients, stopped when we say so."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
from collections.abc import Iterator
from functools import cache
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from syndicator.errors import ServeError
from syndicator.openfiles import NO_FILE, allow_many
from syndicator.web import hooks

#: Request line and header fields together, in bytes.
_MAX_HEAD = 32 * 1024
#: A whole request, in bytes: none has a body that anybody wants, but for calls of git hosts. What comes on top of these
#: is dropped, so that whoever sends too much can read the answer that says so.
_MAX_REQUEST = 1024 * 1024
_MAX_CALL = 2 * hooks.LARGEST + _MAX_REQUEST
_HOOK = hooks.PATH.encode()
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
#: Seconds in which a request must have arrived whole, counted from its first byte or from the connection.
_REQUEST_WITHIN = 20.0
#: Seconds in which a slow reader must have taken what was sent.
_TAKEN_WITHIN = 300.0
_KEEP_ALIVE = 15
_CONNECTIONS = 4096
#: So many open files are left for all else, so that no crowd of clients keeps a post from being published.
_OTHER_FILES = 48
_FULL = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nretry-after: 30\r\nconnection: close\r\n\r\n"
_BACKLOG = 1024

_REFUSED = {
    errno.EADDRINUSE: ("the port is in use", "stop the other program or set [serve] port"),
    errno.EACCES: ("this user may not use the port", "set [serve] port to 1024 or more"),
    errno.EMFILE: (NO_FILE, "allow it more (LimitNOFILE= of systemd, ulimit -n)"),
    errno.EADDRNOTAVAIL: ("this machine does not have the address", "set [serve] host to one that it has"),
}


class Server:
    """An ASGI app at one address. ``port`` 0 takes any free one."""

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        self._app = app
        self._host = host
        self._port = port
        self._uvicorn: _Uvicorn | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """The port it listens on, once started; until then the one that was asked for."""
        return self._port

    async def start(self) -> None:
        """Listen, and come back when requests are answered. Raises ServeError when the address cannot be had."""
        most_connections()
        sockets = await _listen(self._host, self._port)
        self._port = int(sockets[0].getsockname()[1])
        config = uvicorn.Config(
            self._app,
            http=_Protocol,
            ws="none",
            interface="asgi3",
            lifespan="off",
            log_config=None,
            log_level="error",  # what strangers send wrong is no news
            access_log=False,
            workers=1,
            proxy_headers=False,
            forwarded_allow_ips="",
            server_header=False,
            headers=[("server", "syndicator")],
            backlog=_BACKLOG,
            timeout_keep_alive=_KEEP_ALIVE,
        )
        self._uvicorn = _Uvicorn(config)
        self._task = asyncio.create_task(self._uvicorn.serve(sockets=sockets), name="http")
        up = asyncio.create_task(self._uvicorn.up.wait())
        await asyncio.wait({up, self._task}, return_when=asyncio.FIRST_COMPLETED)
        up.cancel()
        if self._task.done():
            self._task.result()

    async def stop(self, within: float) -> None:
        """Take no more connections, finish the answers under way, and cut off who is not done in ``within`` seconds."""
        if self._uvicorn is None or self._task is None:
            return
        self._uvicorn.should_exit = True
        _, late = await asyncio.wait({self._task}, timeout=within)
        if late:
            self._uvicorn.cut_off()
        await self._task


@cache
def most_connections() -> int:
    """How many may be open at a time: as far as this process may have files open."""
    return max(8, min(_CONNECTIONS, allow_many() - _OTHER_FILES))


class _Uvicorn(uvicorn.Server):
    """Without signal handlers: with them the process would end by the signal, not with status 0."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.up.set()

    def cut_off(self) -> None:
        self.force_exit = True
        for connection in list(self.server_state.connections):
            if isinstance(connection, _Protocol):
                connection.transport.abort()


class _Protocol(HttpToolsProtocol):
    """Uvicorn's, which by itself waits for ever for a request that does not come, and reads fields without end."""

    _in_head = False
    _size = 0
    _most = _MAX_REQUEST

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._arrival, self._departure = _Deadline(_REQUEST_WITHIN), _Deadline(_TAKEN_WITHIN)
        self._arrival.set(transport)
        if len(self.connections) > most_connections():
            transport.write(_FULL)
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrival.cancel()
        self._departure.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._arrival.set(self.transport)
        super().data_received(data)
        self._size += len(data)
        if self._size > (_MAX_HEAD if self._in_head else self._most) and not self.transport.is_closing():
            if self._in_head and (self.cycle is None or self.cycle.response_complete):
                self.transport.write(_TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._arrival.set(self.transport)
        self._in_head = True
        self._size = 0

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._most = _MAX_CALL if self.url.partition(b"?")[0] == _HOOK else _MAX_REQUEST
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > _MAX_HEAD:
            raise ValueError("the head of the request is too large")  # the parser makes a 400 of it
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._arrival.cancel()
        super().on_message_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._departure.set(self.transport)

    def resume_writing(self) -> None:
        self._departure.cancel()
        super().resume_writing()


class _Deadline:
    """Cuts a connection off unless cancelled in time; setting it twice does not prolong it."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._timer: asyncio.TimerHandle | None = None

    def set(self, transport: asyncio.Transport) -> None:
        self._timer = self._timer or asyncio.get_running_loop().call_later(self._seconds, transport.abort)

    def cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


async def _listen(host: str, port: int) -> list[socket.socket]:
    """Sockets that listen at every address of a host, on the same port. Raises ServeError."""
    what = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except OSError as error:
        raise ServeError(
            what, "the host's name is not known", "set [serve] host to an address such as 127.0.0.1"
        ) from error
    addresses = list(dict.fromkeys((family, address) for family, _, _, _, address in found))
    sockets: list[socket.socket] = []
    trouble: OSError | None = None
    for family, address in addresses:
        try:
            port = sockets[0].getsockname()[1] if sockets else port
            sockets.append(_bound(family, (address[0], port, *address[2:]), alone=len(addresses) == 1))
        except OSError as error:
            trouble = error
            if error.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
                continue  # a name may have an IPv6 address on a machine that has no IPv6
            break
    if trouble is not None and (not sockets or trouble.errno not in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}):
        for listening in sockets:
            listening.close()
        code = trouble.errno or 0
        raise ServeError(what, *_REFUSED.get(code, (os.strerror(code), "set [serve] host and port"))) from trouble
    return sockets


def _bound(family: int, address: tuple[Any, ...], *, alone: bool) -> socket.socket:
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6 and not alone:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.setblocking(False)
        listening.bind(address)
        listening.listen(_BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening
