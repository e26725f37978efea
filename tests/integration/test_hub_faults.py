"""Hubs that lie, break off, never end or are not there: each is met on a real socket, and what is owed survives it."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from syndicator.deliveries.dispatch import Dispatcher
from syndicator.model import Announcement, Delivery, DeliveryKind
from syndicator.outbound import Outbound
from syndicator.ports import Publication
from syndicator.state.database import Database
from syndicator.state.deliveries import SqlOutbox
from syndicator.state.posts import SqlLedger
from syndicator.state.versions import open_database
from syndicator.websub.hub import tell_hub

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOPICS = tuple(f"https://news.example.org/feeds/{name}" for name in ("atom.xml", "feed.json", "feed.xml"))
Talk = Callable[[asyncio.StreamWriter], Awaitable[None]]
DONE = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"


class Met:
    """A hub: what it was sent, and where it is."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []
        self.url = ""


@asynccontextmanager
async def hub(talk: Talk, address: str = "127.0.0.1") -> AsyncIterator[Met]:
    met, writers = Met(), set[asyncio.StreamWriter]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.add(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    int(each.split(b":")[1]) for each in head.lower().split(b"\r\n") if b"content-length" in each
                )
                met.asked.append(head + await reader.readexactly(length))
                await talk(writer)
                await writer.drain()
        except (OSError, EOFError, asyncio.LimitOverrunError):
            pass  # the other side went away, or spoke TLS
        finally:
            writers.discard(writer)
            writer.close()

    server = await asyncio.start_server(serve, address, 0)
    met.url = f"http://{address}:{server.sockets[0].getsockname()[1]}/hub"
    try:
        yield met
    finally:
        server.close()
        for writer in list(writers):
            writer.transport.abort()
        await server.wait_closed()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{tmp_path}/state.db", tmp_path)
    yield database
    database.close()


async def tell(database: Database, url: str, outbound: Outbound | None = None, now: datetime = NOON) -> list[Delivery]:
    """Owe a hub three topics, tell it what is due, and give what is still owed."""
    owed = tuple(Announcement(target=url, topic=topic, digest="d") for topic in TOPICS)
    if now == NOON:
        SqlLedger(database).record(Publication(announcements=owed), NOON)
    outbox = SqlOutbox(database)
    async with outbound or Outbound(timeout=0.5, user_agent="syndicator/test") as client:
        work = Dispatcher(
            outbox=outbox, outbound=client, handlers={DeliveryKind.HUB: tell_hub}, clock=lambda: now, rand=lambda: 0.5
        )
        async with asyncio.timeout(10):
            await work.work()
    return list(outbox.deliveries())


def says(answer: bytes, *, closes: bool = False) -> Talk:
    async def talk(writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        if closes:
            raise EOFError

    return talk


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n\x00\xff<b>\r\n\r\n", id="garbage"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope", id="no gzip"),
        pytest.param(b"HTTP/1.1 200 OK\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n", id="200 elsewhere"),
        pytest.param(b"HTTP/1.1 202 Accepted\r\nRetry-After: 600\r\nContent-Length: 0\r\n\r\n", id="202 later"),
    ],
)
async def test_a_hub_that_says_yes_in_an_odd_way_is_told_each_topic_once(answer: bytes, database: Database) -> None:
    """websub-12: any 2xx is success, whatever comes with it."""
    async with hub(says(answer)) as met:
        assert [] == await tell(database, met.url)

    assert 3 == len(met.asked) == len(set(met.asked))


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nwords", id="204 with a body"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nmany more words", id="longer than it says"),
    ],
)
async def test_what_a_hub_says_too_much_is_not_taken_for_its_next_answer(answer: bytes, database: Database) -> None:
    """It is found out once; from then on each question has a connection of its own."""
    async with hub(says(answer)) as met:
        assert [] == await tell(database, met.url)

    assert (3, 4) == (len(set(met.asked)), len(met.asked))


async def test_a_hub_that_closes_its_connections_at_its_ease_is_asked_again_at_once(database: Database) -> None:
    """It answered, and closed what we took for open."""
    answers = 0

    async def talk(writer: asyncio.StreamWriter) -> None:
        nonlocal answers
        answers += 1
        if answers == 2:
            raise EOFError
        writer.write(DONE)

    async with hub(talk) as met:
        assert [] == await tell(database, met.url)

    assert (3, 4) == (len(set(met.asked)), len(met.asked))


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(b"HTTP/1.1 20", "the answer broke off", id="closes in the status"),
        pytest.param(b"HTTP/1.1 202 Accepted\r\nContent-Le", "the answer broke off", id="closes in the head"),
        pytest.param(b"HTTP/1.1 202 Accepted\r\nContent-Length: 99\r\n\r\nwords", "broke off", id="closes in the body"),
        pytest.param(b"", "the answer broke off", id="closes at once"),
        pytest.param(b"\x15\x03\x03\x00\x02\x02\x0a", "is not HTTP", id="answers in TLS"),
        pytest.param(b"SSH-2.0-OpenSSH_9.9\r\n", "is not HTTP", id="is another service"),
        pytest.param(b"HTTP/1.1 202 OK\r\n" + b"X: y\r\n" * 100_000, "is not HTTP", id="a head without end"),
    ],
)
async def test_a_hub_that_breaks_off_or_speaks_something_else_is_left_alone_and_asked_again(
    answer: bytes, reason: str, database: Database
) -> None:
    """websub-10: the first failure is the host's, the other topics are not tried meanwhile."""
    async with hub(says(answer, closes=True)) as met:
        owed = await tell(database, met.url)
        assert 1 == len(met.asked)

    assert [0, 0, 1] == sorted(delivery.attempts for delivery in owed)
    assert reason in max(delivery.error for delivery in owed)
    (pause,) = SqlOutbox(database).pauses()
    assert (1, NOON + timedelta(seconds=30)) == (pause.failures, pause.until)


async def test_of_ten_gigabytes_only_the_beginning_is_read(database: Database) -> None:
    sent = 0

    async def endless(writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n")
        while sent < 10 * 2**30:
            writer.write(b"x" * 65_536)
            sent += 65_536
            await writer.drain()

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async with hub(endless) as met:
        assert [] == await tell(database, met.url)

    assert 3 == len(met.asked)
    assert sent < 64 * 2**20  # what the system's buffers took
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16 * 1024


async def test_a_hub_that_hands_out_its_words_byte_by_byte_has_one_deadline(database: Database) -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        for byte in b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n":
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.05)

    async with hub(drip) as met:
        owed = await tell(database, met.url)

    assert "no whole answer within 0.5 seconds" == max(delivery.error for delivery in owed)


async def test_a_plain_port_that_is_taken_for_a_secure_one_is_no_connection(database: Database) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        owed = await tell(database, f"https://127.0.0.1:{port}/hub")

    assert "no connection" in max(delivery.error for delivery in owed)


async def test_a_name_that_is_not_found_is_looked_up_again_later(database: Database) -> None:
    async def found(_: str, __: int) -> list[str]:
        return ["127.0.0.1"]

    async def not_found(_: str, __: int) -> list[str]:
        raise OSError(-2, "Name or service not known")

    async with hub(says(DONE)) as met:
        url = met.url.replace("127.0.0.1", "hub.example")
        owed = await tell(database, url, Outbound(user_agent="t", resolve=not_found))
        assert "no connection (Name or service not known)" == max(delivery.error for delivery in owed)

        assert [] == await tell(database, url, Outbound(user_agent="t", resolve=found), NOON + timedelta(hours=1))

    assert 3 == len(met.asked)


@pytest.mark.parametrize("status", [307, 308])
async def test_a_hub_that_is_trusted_cannot_lead_inside(status: int, database: Database) -> None:
    """websub-10, websub-54: the operator's own hub may be private; where it sends us may not."""
    async with hub(says(DONE), "127.0.0.2") as inside:
        moved = (
            f"HTTP/1.1 {status} Moved\r\nLocation: {inside.url.replace('hub', 'admin')}\r\nContent-Length: 0\r\n\r\n"
        )
        async with hub(says(moved.encode())) as met:
            owed = await tell(database, met.url)

    assert ([], 1) == (inside.asked, len(met.asked))
    assert "not a public address" in max(delivery.error for delivery in owed)


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_a_redirect_that_would_lose_the_form_goes_nowhere(status: int, database: Database) -> None:
    """websub-10."""
    async with hub(says(DONE)) as other:
        moved = f"HTTP/1.1 {status} Moved\r\nLocation: {other.url}\r\nContent-Length: 0\r\n\r\n"
        async with hub(says(moved.encode())) as met:
            owed = await tell(database, met.url)

    assert ([], 3) == (other.asked, len(met.asked))
    said = f"the hub answered {status}, and only 307 and 308 are followed: write its new address"
    assert {said} == {delivery.error for delivery in owed}
