"""What httpx 0.28 and httpcore 1.0 do not do for us. A test that fails here says that the way round it may go."""

from __future__ import annotations

import asyncio
import gzip
import inspect
import re
from importlib.metadata import requires

import httpcore
import httpx
import pytest


async def test_a_small_compressed_answer_becomes_one_chunk_of_any_size() -> None:
    """So we ask for identity, refuse anything else, and read with aiter_raw."""
    bomb = gzip.compress(bytes(8_000_000))
    transport = httpx.MockTransport(
        lambda _: httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(bomb))
    )
    async with httpx.AsyncClient(transport=transport) as client, client.stream("GET", "https://example.org/") as answer:
        chunks = [len(chunk) async for chunk in answer.aiter_bytes()]

    assert len(bomb) < 10_000
    assert max(chunks) == 8_000_000


async def test_a_timeout_is_one_of_each_read_and_not_of_the_answer() -> None:
    """So every request runs under asyncio.timeout."""

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n")
        for _ in range(6):
            await asyncio.sleep(0.1)
            writer.write(b"x")
            await writer.drain()
        writer.close()

    loop = asyncio.get_running_loop()
    async with await asyncio.start_server(drip, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with httpx.AsyncClient(timeout=0.4, trust_env=False) as client:
            start = loop.time()
            answer = await client.get(f"http://127.0.0.1:{port}/")

    assert answer.text == "xxxxxx"
    assert loop.time() - start > 0.4


def test_httpx_takes_no_network_backend() -> None:
    """So we bring a transport of our own, on a pool of httpcore, which does take one."""
    assert "network_backend" not in inspect.signature(httpx.AsyncHTTPTransport.__init__).parameters
    assert "network_backend" in inspect.signature(httpcore.AsyncConnectionPool.__init__).parameters


def test_httpx_listens_to_the_environment_by_default() -> None:
    """So we say trust_env=False: a proxy would make the connections, unguarded."""
    assert inspect.signature(httpx.AsyncClient.__init__).parameters["trust_env"].default is True


async def test_httpx_keeps_cookies_by_default() -> None:
    """So we give it a jar that takes none: a host must not know us again, and the jar would grow for ever."""
    transport = httpx.MockTransport(lambda _: httpx.Response(200, headers={"Set-Cookie": "a=b"}))
    async with httpx.AsyncClient(transport=transport) as client:
        await client.get("https://example.org/")

        assert dict(client.cookies) == {"a": "b"}


def test_httpx_has_more_errors_for_addresses_than_its_own() -> None:
    """So we catch ValueError beside InvalidURL."""
    with pytest.raises(UnicodeEncodeError):
        httpx.URL("https://example.org/\ud800")


def test_httpcore_has_no_root_of_its_errors() -> None:
    """So we catch its families one by one."""
    assert httpcore.NetworkError.__mro__[1] is Exception
    assert httpcore.TimeoutException.__mro__[1] is Exception
    assert httpcore.ProtocolError.__mro__[1] is Exception


def test_sniffio_is_looked_for_at_every_lock_and_installed_by_nobody() -> None:
    """So it is a dependency of ours: a failing import costs httpcore a fifth of its speed (measured)."""
    from httpcore import _synchronization

    assert "import sniffio" in inspect.getsource(_synchronization.current_async_library)
    for name in ("httpx", "httpcore", "anyio"):
        wanted = {re.split(r"[^\w.-]", line)[0] for line in requires(name) or [] if "extra ==" not in line}
        assert "sniffio" not in wanted
