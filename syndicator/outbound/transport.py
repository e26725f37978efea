"""httpx on connections that go to checked addresses only, by the public interfaces of httpx and httpcore."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

import httpcore

from syndicator.outbound.addresses import Network, Refused, is_public, unwrapped
from syndicator.outbound.lean import httpx

__all__ = ["CONNECT_SECONDS", "Backend", "Resolver", "Transport"]

CONNECT_SECONDS = 5.0
# To one host. httpcore walks all connections of a pool for every request: more of them are slower, not faster.
_CONNECTIONS = 20
_KEPT_CONNECTIONS = 4
# Hosts whose connections are kept for a while.
_POOLS = 64
_KEPT_SECONDS = 15.0

#: Scheme, host and port.
_Origin = tuple[bytes, bytes, int | None]

# A host name and a port to IP addresses, the preferred ones first. Raises OSError when there are none.
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]


class Backend(httpcore.AsyncNetworkBackend):
    """Resolves once, checks every address, connects to a checked one: a second look-up might answer otherwise.

    One closed address among several refuses the host (websub-54). The name in the TLS handshake stays the host's.
    ``patience`` is how long (seconds) a name server may take.
    """

    def __init__(self, allow: Sequence[Network], resolve: Resolver, patience: float) -> None:
        self._inner = httpcore.AnyIOBackend()
        self._allow = tuple(allow)
        self._resolve = resolve
        self._patience = patience

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = list(dict.fromkeys(await self._addresses(host, port)))
        for address in addresses:
            self._check(host, address)
        # An address that swallows packets must leave time for the next one.
        share = (timeout or CONNECT_SECONDS) / max(1, len(addresses))
        failure: httpcore.ConnectError | httpcore.ConnectTimeout = httpcore.ConnectError("the host has no address")
        for address in addresses:
            try:
                return await self._inner.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        with contextlib.suppress(ValueError):
            return [str(ip_address(host))]
        try:
            async with asyncio.timeout(self._patience):
                return await self._resolve(host, port)
        except TimeoutError as error:
            raise httpcore.ConnectError(f"no name server answered within {self._patience:g} seconds") from error
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(error) from error

    def _check(self, host: str, address: str) -> None:
        ip = ip_address(address)
        if is_public(address) or any(ip in network or unwrapped(ip) in network for network in self._allow):
            return
        subject = "its host is" if host == address else f"the name {host} leads to"
        raise Refused(
            f"{subject} {address}, which is not a public address",
            "if it may be reached, name its network in [network] allow",
        )

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - httpcore's signature
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        raise Refused(f"{path} is a local socket")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@dataclass(slots=True, eq=False)
class _Pool:
    """The connections to one host, which it ``keeps`` for more than one request or not.

    ``asked`` counts requests whose answers are not read to their end, ``answered`` those that have one,
    ``used`` is when the last one began.
    """

    connections: httpcore.AsyncConnectionPool
    keeps: bool
    asked: int = 0
    answered: int = 0
    used: float = 0.0

    async def ask(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        self.asked += 1
        self.used = time.monotonic()
        try:
            response = await self.connections.handle_async_request(
                httpcore.Request(
                    request.method,
                    httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        except BaseException:
            self.asked -= 1
            raise
        self.answered += 1
        return httpx.Response(response.status, headers=response.headers, stream=_Body(response, self))


class _Body(httpx.AsyncByteStream):
    def __init__(self, response: httpcore.Response, pool: _Pool) -> None:
        self._response = response
        self._pool: _Pool | None = pool

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._response.aiter_stream():
            yield part

    async def aclose(self) -> None:
        if self._pool is not None:
            self._pool.asked -= 1
            self._pool = None
        await self._response.aclose()


class Transport(httpx.AsyncBaseTransport):
    """A few connections to each host, made by one backend. httpcore's errors pass through as they are.

    Each host has a pool of its own: in one for all, hosts that hang would hold what others wait for, and httpcore walks
    through all connections for each request.
    """

    def __init__(self, backend: Backend, context: ssl.SSLContext) -> None:
        self._backend = backend
        self._context = context
        self._pools: OrderedDict[_Origin, _Pool] = OrderedDict()
        self._old: list[_Pool] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        origin = (url.raw_scheme, url.raw_host, url.port)
        await self._make_room(origin)
        pool = self._pool(origin)
        try:
            return await pool.ask(request)
        except (httpcore.RemoteProtocolError, httpcore.ReadError, httpcore.WriteError):
            if not (pool.answered and pool.keeps):
                raise
        # What was kept open was closed by the host meanwhile, or held words that belong to no answer.
        if self._pools.get(origin) is pool:
            self._old.append(self._pools.pop(origin))
        return await self._pool(origin, keeps=False).ask(request)

    def _pool(self, origin: _Origin, *, keeps: bool = True) -> _Pool:
        """The host's own."""
        if (pool := self._pools.get(origin)) is None:
            pool = self._pools[origin] = _Pool(
                httpcore.AsyncConnectionPool(
                    ssl_context=self._context,
                    max_connections=_CONNECTIONS,
                    max_keepalive_connections=_KEPT_CONNECTIONS if keeps else 0,
                    keepalive_expiry=_KEPT_SECONDS,
                    network_backend=self._backend,
                ),
                keeps=keeps,
            )
        self._pools.move_to_end(origin)
        return pool

    async def _make_room(self, origin: _Origin) -> None:
        """Close connections that were not used for long, and sooner where there are very many: a pool that nobody asks
        for anything does not do so itself."""
        idle = [known for known, pool in self._pools.items() if not pool.asked and known != origin]
        more = len({*self._pools, origin}) - _POOLS
        since = time.monotonic() - _KEPT_SECONDS
        for place, known in enumerate(idle):  # the one that was not used for longest comes first
            if place >= more and self._pools[known].used > since:
                break
            self._old.append(self._pools.pop(known))
        if self._old:
            unused = [pool for pool in self._old if not pool.asked]
            self._old = [pool for pool in self._old if pool.asked]
            for pool in unused:
                await pool.connections.aclose()

    async def aclose(self) -> None:
        self._old += self._pools.values()
        self._pools.clear()
        while self._old:
            await self._old.pop().connections.aclose()
