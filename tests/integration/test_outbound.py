"""The guarded client on real sockets: hosts that lie, drip, loop, compress, break off, or lead inside."""

from __future__ import annotations

import asyncio
import gzip
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import httpcore
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.errors import BlockedAddress, OutboundError
from syndicator.outbound import Outbound, retry_after, transport
from syndicator.outbound.names import Names as SystemNames

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
Talk = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Host:
    """A host on a loopback address that remembers what it was asked."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.asked: list[bytes] = []
        self.met = 0
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.met += 1
        try:
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                for line in request.lower().splitlines():
                    if line.startswith(b"content-length:"):
                        request += await reader.readexactly(int(line.split(b":")[1]))
                self.asked.append(request)
                await self.talk(request, writer)
                await writer.drain()
        except (OSError, EOFError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def url(self, path: str = "/", name: str = "127.0.0.1") -> str:
        return f"http://{name}:{self.port}{path}"


@asynccontextmanager
async def host(talk: Talk, address: str = "127.0.0.1", context: ssl.SSLContext | None = None) -> AsyncIterator[Host]:
    it = Host(talk)
    server = await asyncio.start_server(it.serve, address, 0, ssl=context)
    it.port = server.sockets[0].getsockname()[1]
    try:
        yield it
    finally:
        server.close()


def says(answer: bytes) -> AbstractAsyncContextManager[Host]:
    """A host with one answer to everything."""

    async def talk(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    return host(talk)


def redirect(location: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


class Names:
    """A resolver that knows some names, and remembers which it was asked."""

    def __init__(self, **known: Sequence[str]) -> None:
        self.known = {name.replace("_", "."): addresses for name, addresses in known.items()}
        self.asked: list[str] = []

    async def __call__(self, name: str, port: int) -> Sequence[str]:
        self.asked.append(name)
        if name not in self.known:
            raise OSError(-2, "Name or service not known")
        return self.known[name]


def client(*, timeout: float = 5.0, allow: bool = True, names: Names | None = None, **more: ssl.SSLContext) -> Outbound:
    return Outbound(LOOPBACK if allow else (), timeout, user_agent="syndicator-test", resolve=names or Names(), **more)


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that connections are really opened to."""
    opened: list[str] = []
    real = httpcore.AnyIOBackend.connect_tcp

    async def connect(
        self: httpcore.AnyIOBackend,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        opened.append(host)
        return await real(self, host, port, timeout, local_address, socket_options)

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect)
    return opened


# --- plain questions ----------------------------------------------------------------------------------------------


async def test_an_answer_comes_back_with_its_headers_in_any_case() -> None:
    async with says(b"HTTP/1.1 200 OK\r\nX-Word: hello\r\nContent-Length: 2\r\n\r\nok") as it, client() as outbound:
        reply = await outbound.get(it.url("/a?b=c"), limit=10, headers=[("Range", "bytes=0-9")])

    assert (reply.status, reply.body, reply.truncated, reply.url) == (200, b"ok", False, it.url("/a?b=c"))
    assert reply.headers["x-WORD"] == "hello"
    assert it.asked[0].startswith(b"GET /a?b=c HTTP/1.1\r\n")
    assert b"\r\nRange: bytes=0-9\r\n" in it.asked[0]
    assert b"\r\nUser-Agent: syndicator-test\r\n" in it.asked[0]
    assert b"\r\nAccept-Encoding: identity\r\n" in it.asked[0]


async def test_an_error_status_is_an_answer() -> None:
    async with says(b"HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n") as it, client() as outbound:
        reply = await outbound.get(it.url(), limit=10)

    assert (reply.status, reply.headers["Retry-After"]) == (503, "7")


async def test_no_cookie_is_ever_sent_back() -> None:
    answer = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: 2\r\n\r\nok"
    async with says(answer) as it, client() as outbound:
        await outbound.get(it.url(), limit=10)
        await outbound.get(it.url(), limit=10)

    assert len(it.asked) == 2
    assert not any(b"cookie" in request.lower() for request in it.asked)


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with says(OK) as it, client() as outbound:
        assert (await outbound.get(it.url(), limit=10)).body == b"ok"


async def test_a_connection_is_used_again() -> None:
    async with says(OK) as it, client() as outbound:
        for _ in range(3):
            await outbound.get(it.url(), limit=10)

    assert (it.met, len(it.asked)) == (1, 3)


async def test_a_form_is_encoded_once() -> None:
    """websub-13."""
    topic = "https://example.org/feed.xml?a=1&b=ü"
    async with says(b"HTTP/1.1 204 Done\r\n\r\n") as it, client() as outbound:
        reply = await outbound.post_form(it.url("/hub"), [("hub.mode", "publish"), ("hub.url", topic)], trusted=True)

    head, _, body = it.asked[0].partition(b"\r\n\r\n")
    assert reply.status == 204
    assert head.startswith(b"POST /hub HTTP/1.1")
    assert b"Content-Type: application/x-www-form-urlencoded" in head
    assert body == b"hub.mode=publish&hub.url=https%3A%2F%2Fexample.org%2Ffeed.xml%3Fa%3D1%26b%3D%C3%BC"


# --- too long, too slow, broken -----------------------------------------------------------------------------------


async def endless(request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n")
    while not writer.is_closing():
        writer.write(bytes(65536))
        await writer.drain()


async def endless_chunks(request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"10000\r\n" + bytes(65536) + b"\r\n")
        await writer.drain()


async def drip(request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


async def drip_headers(request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while not writer.is_closing():
        writer.write(b"X-More: yes\r\n")
        await writer.drain()
        await asyncio.sleep(0.02)


async def silent(request: bytes, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def reset(request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nsome of it")
    await writer.drain()
    writer.transport.abort()


@pytest.mark.parametrize(("talk", "said"), [(endless, "10737418240 bytes"), (endless_chunks, "more bytes than the")])
async def test_an_answer_over_the_limit_is_refused(talk: Talk, said: str) -> None:
    async with host(talk) as it, client() as outbound:
        with pytest.raises(OutboundError, match=said):
            await outbound.get(it.url(), limit=100_000)


@pytest.mark.parametrize("talk", [endless, endless_chunks])
async def test_the_head_of_an_endless_answer_can_be_had(talk: Talk) -> None:
    async with host(talk) as it, client() as outbound:
        reply = await outbound.get(it.url(), limit=100_000, truncate=True)

    assert (len(reply.body), reply.truncated) == (100_000, True)


async def test_an_answer_just_as_long_as_the_limit_is_whole() -> None:
    async with says(OK) as it, client() as outbound:
        for truncate in (False, True):
            reply = await outbound.get(it.url(), limit=2, truncate=truncate)
            assert (reply.body, reply.truncated) == (b"ok", False)


@pytest.mark.parametrize("talk", [drip, drip_headers, silent])
async def test_a_slow_host_has_one_deadline_for_everything(talk: Talk) -> None:
    loop = asyncio.get_running_loop()
    async with host(talk) as it, client(timeout=0.3) as outbound:
        start = loop.time()
        with pytest.raises(OutboundError, match=r"no whole answer within 0\.3 seconds"):
            await outbound.get(it.url(), limit=1_000_000)

    assert loop.time() - start < 2


async def test_slow_hosts_do_not_use_up_the_connections() -> None:
    async with host(silent) as slow, says(OK) as good, client(timeout=0.4) as outbound:
        answers = await asyncio.gather(*(outbound.get(slow.url(), limit=10) for _ in range(25)), return_exceptions=True)
        assert all(isinstance(answer, OutboundError) for answer in answers)

        assert (await outbound.get(good.url(), limit=10)).body == b"ok"


async def test_hosts_that_hang_keep_nobody_waiting_for_another() -> None:
    async with AsyncExitStack() as stack:
        slow = [await stack.enter_async_context(host(silent)) for _ in range(25)]
        good = await stack.enter_async_context(says(OK))
        outbound = await stack.enter_async_context(client(timeout=30.0))
        waiting = [asyncio.create_task(outbound.get(each.url(), limit=10)) for each in slow]
        while not all(each.met for each in slow):
            await asyncio.sleep(0)

        async with asyncio.timeout(5):
            assert (await outbound.get(good.url(), limit=10)).body == b"ok"

        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def test_connections_to_hosts_that_were_not_asked_for_long_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_POOLS", 2)
    async with AsyncExitStack() as stack:
        hosts = [await stack.enter_async_context(says(OK)) for _ in range(3)]
        outbound = await stack.enter_async_context(client())
        for each in (*hosts, hosts[2], hosts[0]):
            assert (await outbound.get(each.url(), limit=10)).body == b"ok"

    assert [2, 1, 1] == [each.met for each in hosts]


async def test_connections_that_were_not_used_for_long_are_closed_by_the_next_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transport, "_KEPT_SECONDS", 0.0)
    async with says(OK) as first, says(OK) as second, client() as outbound:
        for each in (first, second, first):
            assert (await outbound.get(each.url(), limit=10)).body == b"ok"

    assert [2, 1] == [first.met, second.met]


async def test_answers_that_are_left_half_read_do_not_use_up_the_connections() -> None:
    async with host(endless) as it, client(timeout=2.0) as outbound:
        for _ in range(25):
            assert (await outbound.get(it.url(), limit=10, truncate=True)).truncated

    assert it.met == 25


@pytest.mark.parametrize(
    "answer",
    [b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", b"\x00" * 50 + b"\r\n\r\n"],
)
async def test_what_is_not_http_is_an_error_of_ours(answer: bytes) -> None:
    async def talk(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        writer.close()

    async with host(talk) as it, client() as outbound:
        with pytest.raises(OutboundError, match="broke off or is not HTTP"):
            await outbound.get(it.url(), limit=10)


async def test_an_answer_that_breaks_off_is_an_error_of_ours() -> None:
    async with host(reset) as it, client() as outbound:
        with pytest.raises(OutboundError, match="broke off"):
            await outbound.get(it.url(), limit=1_000_000)


async def test_a_host_that_is_down_is_named_with_the_reason() -> None:
    async with says(OK) as it:
        pass
    async with client() as outbound:
        with pytest.raises(OutboundError) as caught:
            await outbound.get(it.url("/a"), limit=10)
        with pytest.raises(OutboundError, match="Name or service not known"):
            await outbound.get("http://nowhere.example/", limit=10)

    assert caught.value.what == it.url("/a")
    assert "refused" in caught.value.reason
    assert caught.value.remedy


async def test_a_compressed_answer_is_refused_unread() -> None:
    bomb = gzip.compress(bytes(20_000_000))
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
    async with says(head + bomb) as it, client() as outbound:
        with pytest.raises(OutboundError, match="compressed"):
            await outbound.get(it.url(), limit=1_000_000)


async def test_a_compressed_error_page_does_not_hide_the_status() -> None:
    page = gzip.compress(b"not found")
    head = f"HTTP/1.1 404 Gone\r\nContent-Encoding: gzip\r\nContent-Length: {len(page)}\r\n\r\n".encode()
    async with says(head + page) as it, client() as outbound:
        reply = await outbound.get(it.url(), limit=1000)

    assert (reply.status, reply.body) == (404, b"")


# --- where strangers may not go -----------------------------------------------------------------------------------

CLOSED = [
    "http://169.254.169.254/latest/meta-data/iam/x.jpg",
    "http://127.0.0.1:8080/",
    "http://[::1]:8080/",
    "http://[::ffff:127.0.0.1]:8080/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[fec0::1]/",
    "http://10.0.0.1/",
    "http://0.0.0.0:8080/",
    "http://224.0.0.1/",
    "http://127。0。0。1:8080/",
]
ODD = [
    "http://0x7f.1/x.jpg",
    "http://127.1/",
    "http://2130706433/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://localhost./",
    "http://example.org./",
    "http://①②⑦.0.0.1/",
    "http://%31%32%37.0.0.1/",
    "http://user:pw@example.org/",
    "http://example.org:22/",
    "http://[fe80::1%25lo]/",
    "http://exa mple.org/",
    "http://example.org\r\nX: y/",
    "http:///etc/passwd",
    "http://[broken/",
    "file:///etc/passwd",
    "ftp://example.org/a.jpg",
    "gopher://127.0.0.1:6379/_x",
    "data:image/png;base64,iVBORw0KGgo=",
    "//example.org/a.jpg",
    "a.jpg",
    "",
    "http://example.org/\ud800",
    "http://example.org/" + "x" * 70_000,
]


@pytest.mark.parametrize("url", CLOSED)
async def test_no_connection_is_made_to_a_closed_address(url: str, connections: list[str]) -> None:
    """websub-78."""
    names = Names()
    async with client(allow=False, names=names) as outbound:
        with pytest.raises(BlockedAddress, match="not a public address") as caught:
            await outbound.get(url, limit=10)

    assert (connections, names.asked) == ([], [])
    assert "[network] allow" in caught.value.remedy


@pytest.mark.parametrize("url", ODD)
async def test_an_odd_address_is_refused_before_any_name_is_looked_up(url: str, connections: list[str]) -> None:
    """websub-54, 55."""
    names = Names(**{"example.org": ["127.0.0.1"]})
    async with client(names=names) as outbound:
        with pytest.raises(BlockedAddress):
            await outbound.get(url, limit=10)
        with pytest.raises(BlockedAddress):
            await outbound.post_form(url, [("a", "b")])

    assert (connections, names.asked) == ([], [])


async def test_one_closed_address_among_several_refuses_the_name(connections: list[str]) -> None:
    """websub-78."""
    names = Names(**{"two.example": ["93.184.215.14", "127.0.0.1"]})
    async with client(allow=False, names=names) as outbound:
        with pytest.raises(BlockedAddress, match=r"two\.example leads to 127\.0\.0\.1"):
            await outbound.get("http://two.example/a", limit=10)

    assert connections == []


async def test_a_name_is_looked_up_once_and_the_checked_address_is_met(connections: list[str]) -> None:
    names = Names(**{"one.example": ["127.0.0.1"]})
    async with says(OK) as it, client(names=names) as outbound:
        await outbound.get(it.url(name="one.example"), limit=10)

    assert names.asked == ["one.example"]
    assert connections == ["127.0.0.1"]
    assert f"\r\nHost: one.example:{it.port}\r\n".encode() in it.asked[0]


async def test_a_name_that_answers_otherwise_the_second_time_is_checked_again(connections: list[str]) -> None:
    names = Names(**{"turn.example": ["127.0.0.2"]})
    answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"

    async def talk(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    only = Outbound([ip_network("127.0.0.2/32")], user_agent="syndicator-test", resolve=names)
    async with host(talk, "127.0.0.2") as it, only as outbound:
        assert (await outbound.get(it.url(name="turn.example"), limit=10)).status == 200
        names.known["turn.example"] = ["127.0.0.1"]
        with pytest.raises(BlockedAddress):
            await outbound.get(it.url(name="turn.example"), limit=10)

    assert connections == ["127.0.0.2"]


async def test_a_dead_address_gives_way_to_the_next(connections: list[str]) -> None:
    names = Names(**{"two.example": ["127.0.0.3", "127.0.0.1"]})
    async with says(OK) as it, client(names=names) as outbound:
        assert (await outbound.get(it.url(name="two.example"), limit=10)).body == b"ok"

    assert connections == ["127.0.0.3", "127.0.0.1"]


async def test_an_address_that_swallows_packets_leaves_time_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    real = httpcore.AnyIOBackend.connect_tcp

    async def connect(
        self: httpcore.AnyIOBackend,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        if host == "127.0.0.3":
            await asyncio.sleep(timeout or 60)
            raise httpcore.ConnectTimeout
        return await real(self, host, port, timeout, local_address, socket_options)

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect)
    names = Names(**{"two.example": ["127.0.0.3", "127.0.0.1"]})
    async with says(OK) as it, client(names=names, timeout=0.6) as outbound:
        assert (await outbound.get(it.url(name="two.example"), limit=10)).body == b"ok"


async def test_the_operators_own_address_may_be_private() -> None:
    async with says(OK) as it, client(allow=False) as outbound:
        assert (await outbound.get(it.url(), limit=10, trusted=True)).body == b"ok"
        assert (await outbound.post_form(it.url(), [], trusted=True)).body == b"ok"
        with pytest.raises(OutboundError, match="refused") as caught:
            await outbound.get("http://127.0.0.1:1/", limit=10, trusted=True)

    assert not isinstance(caught.value, BlockedAddress)


async def test_a_connection_opened_on_trust_is_not_lent_to_a_stranger() -> None:
    async with says(OK) as it, client(allow=False) as outbound:
        await outbound.get(it.url(), limit=10, trusted=True)
        with pytest.raises(BlockedAddress):
            await outbound.get(it.url(), limit=10)

    assert len(it.asked) == 1


async def test_no_error_shows_what_may_be_secret() -> None:
    async with client(allow=False) as outbound:
        for url in (
            "http://bob:hunter2@127.0.0.1/a?token=hunter2#hunter2",
            "http://127.0.0.1/a?token=hunter2",
            "http://x.example/a\x1b[31m?token=hunter2",
        ):
            with pytest.raises(BlockedAddress) as caught:
                await outbound.get(url, limit=10)
            assert "hunter2" not in str(caught.value)
            assert str(caught.value).isprintable()


# --- redirects ----------------------------------------------------------------------------------------------------


async def test_a_redirect_is_followed_to_its_end() -> None:
    async with says(OK) as goal, says(redirect(goal.url("/there"))) as it, client() as outbound:
        reply = await outbound.get(it.url("/here"), limit=10, headers=[("Range", "bytes=0-9")])

    assert (reply.body, reply.url) == (b"ok", goal.url("/there"))
    assert b"Range: bytes=0-9" in goal.asked[0]


async def test_a_redirect_may_be_relative() -> None:
    async def talk(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(OK if request.startswith(b"GET /b/c?d ") else redirect("c?d"))

    async with host(talk) as it, client() as outbound:
        assert (await outbound.get(it.url("/b/a"), limit=10)).url == it.url("/b/c?d")


async def test_redirects_in_a_circle_end() -> None:
    async with says(redirect("/again")) as it, client() as outbound:
        with pytest.raises(OutboundError, match="redirects more than 3 times"):
            await outbound.get(it.url(), limit=10)

    assert len(it.asked) == 4


async def test_without_redirects_a_redirect_is_the_answer() -> None:
    async with says(redirect("/again")) as it, client() as outbound:
        assert (await outbound.get(it.url(), limit=10, redirects=0)).status == 302

    assert len(it.asked) == 1


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/",
        "http://[::ffff:10.0.0.1]/",
        "http://inside.example/",
        "http://0x7f.1/",
        "http://127.0.0.1:22/",
        "http://user:pw@127.0.0.1/",
        "file:///etc/passwd",
        "http://[broken/",
    ],
)
async def test_a_redirect_to_where_nobody_may_go_is_not_followed(location: str, connections: list[str]) -> None:
    names = Names(**{"inside.example": ["10.0.0.1"]})
    async with says(redirect(location)) as it, client(names=names) as outbound:
        with pytest.raises(BlockedAddress, match="it redirects to") as caught:
            await outbound.get(it.url("/a?b"), limit=10)

    assert connections == ["127.0.0.1"]
    assert caught.value.what == it.url("/a")


async def test_a_redirect_keeps_the_operators_trust_only_on_the_same_host() -> None:
    async def talk(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(OK if request.startswith(b"GET /b ") else redirect("/b"))

    async with host(talk) as it, says(OK) as other, client(allow=False) as outbound:
        assert (await outbound.get(it.url("/a"), limit=10, trusted=True)).body == b"ok"

        async with says(redirect(f"http://127.0.0.2:{other.port}/")) as stray:
            with pytest.raises(BlockedAddress):
                await outbound.get(stray.url(), limit=10, trusted=True)

    assert other.met == 0


@pytest.mark.parametrize("status", [307, 308])
async def test_a_form_is_sent_on_whole(status: int) -> None:
    """websub-10."""
    async with says(OK) as goal, says(redirect(goal.url("/hub"), status)) as it, client() as outbound:
        reply = await outbound.post_form(it.url(), [("hub.mode", "publish")])

    assert reply.url == goal.url("/hub")
    assert goal.asked[0].startswith(b"POST /hub ")
    assert goal.asked[0].endswith(b"\r\n\r\nhub.mode=publish")


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_a_form_is_not_sent_on_when_the_method_would_change(status: int) -> None:
    """websub-10."""
    async with says(OK) as goal, says(redirect(goal.url("/hub"), status)) as it, client() as outbound:
        assert (await outbound.post_form(it.url(), [("hub.mode", "publish")])).status == status

    assert goal.met == 0


# --- TLS ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate, with its key, for pictures.example."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl makes the certificate")
    path = tmp_path / "both.pem"
    command = (
        f"{openssl} req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=pictures.example"
    )
    command += f" -addext subjectAltName=DNS:pictures.example -keyout {tmp_path / 'key.pem'} -out {path}"
    subprocess.run(command.split(), check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + (tmp_path / "key.pem").read_bytes())
    return path


async def test_the_certificate_must_be_that_of_the_name_and_not_of_the_address(certificate: Path) -> None:
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(certificate)
    names = Names(**{"pictures.example": ["127.0.0.1"], "other.example": ["127.0.0.1"]})

    async def talk(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(OK)

    trusting = ssl.create_default_context(cafile=certificate)
    async with host(talk, context=served) as it, client(names=names, context=trusting) as outbound:
        assert (await outbound.get(f"https://pictures.example:{it.port}/", limit=10)).body == b"ok"
        with pytest.raises(OutboundError, match="certificate verify failed"):
            await outbound.get(f"https://other.example:{it.port}/", limit=10)

    async with host(talk, context=served) as it, client(names=names) as outbound:
        with pytest.raises(OutboundError, match="certificate verify failed"):
            await outbound.get(f"https://pictures.example:{it.port}/", limit=10, trusted=True)


# --- Retry-After --------------------------------------------------------------------------------------------------

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("120", timedelta(minutes=2)),
        (" 0 ", timedelta(0)),
        ("Mon, 09 Mar 2026 12:30:00 GMT", timedelta(minutes=30)),
        ("Mon, 09 Mar 2026 12:30:00 -0000", timedelta(minutes=30)),
        ("Monday, 09-Mar-26 12:30:00 GMT", timedelta(minutes=30)),
        ("Sun, 08 Mar 2026 12:30:00 GMT", timedelta(0)),
        ("86401", timedelta(days=1)),
        ("9" * 5000, timedelta(days=1)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", timedelta(days=1)),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("٣", None),
        ("Mon, 99 Mar 2026 12:30:00 GMT", None),
    ],
)
def test_a_host_may_say_when_to_come_back(said: str, wait: timedelta | None) -> None:
    assert retry_after({"retry-AFTER": said}, NOON) == wait


def test_a_host_that_says_nothing_is_not_waited_for() -> None:
    assert retry_after({}, NOON) is None


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_whatever_a_host_says_the_wait_is_a_day_at_most(said: str) -> None:
    wait = retry_after({"Retry-After": said}, NOON)

    assert wait is None or timedelta(0) <= wait <= timedelta(days=1)


# --- names ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def unanswered(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Of names that end in ``.dead`` no name server answers; gives those that were looked up."""
    asked: list[str] = []
    ends, real = threading.Event(), socket.getaddrinfo

    def look_up(name: str, port: int | None, **more: int) -> object:
        asked.append(name)
        if name.endswith(".dead"):
            ends.wait(30)
            raise socket.gaierror(-3, "Temporary failure in name resolution")
        return real("127.0.0.1" if name.endswith(".example") else name, port, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield asked
    ends.set()


async def test_names_that_no_server_answers_for_hold_up_no_other_host_and_no_thread(unanswered: list[str]) -> None:
    """Forty of them, and each is looked up once, however many ask."""
    async with says(OK) as good, Outbound(LOOPBACK, 60, user_agent="syndicator-test") as out:
        dead = [
            asyncio.create_task(out.get(f"http://name{number % 40}.dead/{number}", limit=9)) for number in range(80)
        ]
        async with asyncio.timeout(5):
            while len(unanswered) < 40:
                await asyncio.to_thread(int)

            assert b"ok" == (await out.get(good.url(name="hub.example"), limit=9)).body

        assert sorted(f"name{number}.dead" for number in range(40)) == sorted(
            name for name in unanswered if "dead" in name
        )
        for task in dead:
            task.cancel()
        await asyncio.wait(dead)


async def test_who_waits_for_a_name_server_is_told_so(unanswered: list[str]) -> None:
    async with Outbound(LOOPBACK, 0.2, user_agent="syndicator-test") as out:
        with pytest.raises(OutboundError) as failure:
            await out.get("http://hub.dead/", limit=9)

    assert "no connection (no name server answered within 0.18 seconds)" == failure.value.reason
    assert ["hub.dead"] == unanswered


async def test_a_look_up_that_does_not_end_is_not_waited_for_for_ever(unanswered: list[str]) -> None:
    """The name server is up again by the next attempt."""
    names = SystemNames(anew=0)
    async with says(OK) as good, Outbound(LOOPBACK, 0.2, user_agent="syndicator-test", resolve=names) as out:
        for _ in range(2):
            with pytest.raises(OutboundError, match="no name server answered"):
                await out.get(good.url(name="hub.dead"), limit=9)

        assert b"ok" == (await out.get(good.url(name="hub.example"), limit=9)).body

    assert ["hub.dead", "hub.dead", "hub.example"] == unanswered


async def test_names_without_an_answer_are_no_more_than_so_many(unanswered: list[str]) -> None:
    """Nothing can end a look-up but its name server: the threads of a bad hour have a limit."""
    async with Outbound(LOOPBACK, 20, user_agent="syndicator-test") as out:
        dead = [asyncio.create_task(out.get(f"http://name{number}.dead/", limit=9)) for number in range(129)]
        done, _ = await asyncio.wait(dead, return_when=asyncio.FIRST_COMPLETED)
        for task in dead:
            task.cancel()
        await asyncio.wait(dead)

    (refused,) = done
    assert "128 other names are being looked up" in str(refused.exception())
