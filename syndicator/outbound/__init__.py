"""The guarded HTTP client: addresses of strangers reach public networks only, no answer is too long or too slow."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import ip_network
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

from syndicator.outbound.addresses import Network, Refused, check_host, check_port, is_public
from syndicator.outbound.faults import Unfit, explained
from syndicator.outbound.lean import httpx
from syndicator.outbound.names import Names
from syndicator.outbound.reply import Reply, retry_after
from syndicator.outbound.transport import CONNECT_SECONDS, Backend, Resolver, Transport
from syndicator.text import printable

__all__ = ["Network", "Outbound", "Reply", "Resolver", "is_public", "retry_after"]

_FORM_ANSWER = 4096
#: The part of the whole time that a name server may take: who is told that none answered looks in the right place.
_PART_FOR_NAMES = 0.9
_EVERYWHERE = (ip_network("0.0.0.0/0"), ip_network("::/0"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Errand:
    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    content: bytes | None = None
    limit: int
    truncate: bool
    trusted: bool
    redirects: int
    followed: frozenset[int]
    accept: str = "identity"
    packed: bool = False


class Outbound:
    """The one way out. ``timeout`` is the whole time of a request in seconds, its redirects included.

    ``allow`` names closed networks that may be reached all the same. An address that the operator wrote is
    ``trusted``: it may be private and have any port; a redirect keeps that trust only on the same host.
    """

    def __init__(
        self,
        allow: Sequence[Network] = (),
        timeout: float = 10.0,
        *,
        user_agent: str,
        resolve: Resolver | None = None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._seconds = timeout
        self._agent = user_agent
        context = context or ssl.create_default_context()
        resolve, patience = resolve or Names(), timeout * _PART_FOR_NAMES
        # Two pools: a connection that was opened on trust is never lent to a stranger.
        self._trusted = self._client(Transport(Backend(_EVERYWHERE, resolve, patience), context))
        self._guarded = self._client(Transport(Backend(allow, resolve, patience), context))

    def _client(self, transport: Transport) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=transport,
            trust_env=False,
            timeout=httpx.Timeout(self._seconds, connect=min(self._seconds, CONNECT_SECONDS)),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._guarded.aclose()
        await self._trusted.aclose()

    async def get(
        self,
        url: str,
        *,
        limit: int,
        headers: Iterable[tuple[str, str]] = (),
        trusted: bool = False,
        redirects: int = 3,
        truncate: bool = False,
        accept: str = "identity",
        packed: bool = False,
    ) -> Reply:
        """Ask for a body of at most ``limit`` bytes, or for its first ones (``truncate``).

        With no ``redirects`` a redirect is an answer like any other. With ``packed`` a body in gzip is good too: it
        comes back as it is, capped as such, whatever was asked for (``accept``). Raises BlockedAddress when no
        connection may be made, and OutboundError when there is no answer, or one that is too long, too slow or
        compressed.
        """
        return await self._run(
            _Errand(
                method="GET",
                url=url,
                headers=tuple(headers),
                limit=limit,
                truncate=truncate,
                trusted=trusted,
                redirects=redirects,
                followed=frozenset({301, 302, 303, 307, 308} if redirects else ()),
                accept=accept,
                packed=packed,
            )
        )

    async def post_form(self, url: str, fields: Sequence[tuple[str, str]], *, trusted: bool = False) -> Reply:
        """Send a form in UTF-8, percent-encoded once (websub-11, 13); the first 4 KiB of the answer come back.

        Only 307 and 308 are followed, three times at most, with method and body kept (websub-10). Raises as ``get``.
        """
        content = urlencode(fields).encode("ascii")
        headers = (("Content-Type", "application/x-www-form-urlencoded"),)
        return await self.send("POST", url, content, headers=headers, trusted=trusted)

    async def send(
        self,
        method: str,
        url: str,
        content: bytes = b"",
        *,
        headers: Iterable[tuple[str, str]] = (),
        trusted: bool = False,
        redirects: int = 3,
        limit: int = _FORM_ANSWER,
    ) -> Reply:
        """Send a body; the first bytes of the answer, up to ``limit``, come back.

        Only 307 and 308 are followed, with method, headers and body kept. Raises as ``get``.
        """
        return await self._run(
            _Errand(
                method=method,
                url=url,
                headers=tuple(headers),
                content=content,
                limit=limit,
                truncate=True,
                trusted=trusted,
                redirects=redirects,
                followed=frozenset({307, 308} if redirects else ()),
            )
        )

    async def _run(self, errand: _Errand) -> Reply:
        way = [errand.url]
        with explained(way, self._seconds):
            async with asyncio.timeout(self._seconds):
                url, trusted = _parsed(errand.url), errand.trusted
                _check(url, any_port=trusted)
                while True:
                    reply = await self._once(errand, url, trusted=trusted)
                    location = reply.headers.get("location")
                    if reply.status not in errand.followed or not location:
                        return reply
                    if len(way) > errand.redirects:
                        raise Unfit(f"it redirects more than {errand.redirects} times")
                    way.append(location)
                    target = _parsed(location, base=url)
                    way[-1] = str(target)
                    _check(target, any_port=False)
                    url, trusted = target, trusted and target.raw_host == url.raw_host

    async def _once(self, errand: _Errand, url: httpx.URL, *, trusted: bool) -> Reply:
        client = self._trusted if trusted else self._guarded
        # httpx would unpack an answer without any limit: 48 KB on the wire can be 50 MB in memory.
        own = (("User-Agent", self._agent), ("Accept-Encoding", errand.accept))
        request = client.build_request(errand.method, url, content=errand.content, headers=[*errand.headers, *own])
        response = await client.send(request, stream=True, follow_redirects=False)
        try:
            body, truncated = await _read(response, errand)
        finally:
            await response.aclose()
        status, headers = response.status_code, response.headers
        return Reply(status=status, headers=headers, body=body, url=str(url), truncated=truncated)


def _parsed(address: str, base: httpx.URL | None = None) -> httpx.URL:
    """The address as the connection will see it: checks on any other reading of it would be worth nothing."""
    try:
        return base.join(address) if base else httpx.URL(address)
    except (httpx.InvalidURL, ValueError) as error:
        raise Refused(f"it is not an address ({printable(str(error))})") from error


def _check(url: httpx.URL, *, any_port: bool) -> None:
    if url.scheme not in ("http", "https"):
        raise Refused("only http and https addresses are asked")
    if url.userinfo:
        raise Refused("it carries a user name or a password")
    check_host(url.raw_host.decode("ascii"))
    if not any_port:
        check_port(url.port)


async def _read(response: httpx.Response, errand: _Errand) -> tuple[bytes, bool]:
    """The bytes on the wire, and whether there may be more of them."""
    if response.status_code in errand.followed:
        return b"", True
    coding = response.headers.get("content-encoding", "").strip().lower()
    if coding not in ("", "identity") and not (errand.packed and coding == "gzip"):
        if response.is_success and errand.method == "GET":
            raise Unfit("the answer is compressed, although it was asked not to be")
        return b"", True
    length = response.headers.get("content-length", "")
    declared = int(length) if length.isascii() and length.isdigit() and len(length) < 19 else None
    if declared is not None and declared > errand.limit and not errand.truncate:
        raise Unfit(f"the answer has {declared} bytes, and {errand.limit} are the limit")
    body = bytearray()
    async for part in response.aiter_raw():
        body += part
        if len(body) > errand.limit and not errand.truncate:
            raise Unfit(f"the answer has more bytes than the limit, {errand.limit}")
        if len(body) > errand.limit or (errand.truncate and len(body) == errand.limit != declared):
            return bytes(body[: errand.limit]), True
    return bytes(body), False
