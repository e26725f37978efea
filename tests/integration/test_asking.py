"""Hosts of remote images are asked: what they say is kept, what fails is asked again, what is refused is not."""

from __future__ import annotations

import asyncio
import re
import struct
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from syndicator.asking import Silence, ask_images
from syndicator.errors import StateError
from syndicator.model import ImageFacts
from syndicator.outbound import Outbound, Reply
from syndicator.ports import ImageAnswer

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Desk:
    """Questions in memory; it notes from which thread it is called, and how many times at once."""

    def __init__(self, *urls: str) -> None:
        self.rows = {url: ImageAnswer(url=url, facts=ImageFacts(), status="asked", due=NOON) for url in urls}
        self.claims: list[tuple[datetime, int, timedelta]] = []
        self.threads: set[int] = set()
        self.broken: str = ""
        self._busy = threading.Lock()

    def claim_images(self, now: datetime, limit: int, lease: timedelta) -> Sequence[ImageAnswer]:
        self.threads.add(threading.get_ident())
        self.claims.append((now, limit, lease))
        due = [row for row in self.rows.values() if row.status in ("asked", "failed") and row.due and row.due <= now]
        return due[:limit]

    def answer_image(self, answer: ImageAnswer) -> None:
        assert self._busy.acquire(blocking=False), "two answers are filed at once"
        try:
            self.threads.add(threading.get_ident())
            if answer.url == self.broken:
                raise StateError("state.db", "the disk is full")
            self.rows[answer.url] = answer
        finally:
            self._busy.release()

    def next_image_due(self) -> datetime | None:
        return min((row.due for row in self.rows.values() if row.due), default=None)


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    async with Outbound([ip_network("127.0.0.0/8"), ip_network("::1/128")], 5, user_agent="syndicator-test") as client:
        yield client


def gif(size: int = 1000) -> bytes:
    return (b"GIF89a" + struct.pack("<HH", 40, 30)).ljust(size, b"\0")


def jpeg(profile: int) -> bytes:
    """A JPEG of 40 by 30 pixels whose size stands behind a profile of so many bytes."""
    parts = [b"\xff\xd8"]
    for size in [60_000] * (profile // 60_000):
        parts.append(b"\xff\xe2" + struct.pack(">H", size + 2) + bytes(size))
    return b"".join([*parts, b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", 30, 40) + b"\x01\x01\x11\x00\xff\xd9"])


def file(data: bytes, *, ranges: bool = True) -> Callable[[Request], Response]:
    """A host that hands out a file, with ranges or as a whole."""

    def answer(request: Request) -> Response:
        wanted = re.fullmatch(r"bytes=0-(\d+)", request.headers.get("Range", ""))
        if not ranges or not wanted:
            return Response(data, 200)
        part = data[: int(wanted[1]) + 1]
        return Response(part, 206, {"Content-Range": f"bytes 0-{len(part) - 1}/{len(data)}"})

    return answer


async def ask(desk: Desk, outbound: Outbound, *, now: datetime = NOON, luck: float = 0.5) -> int:
    return await ask_images(desk, outbound, lambda: now, rand=lambda: luck)


# --- what becomes known -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ranges", [True, False])
async def test_an_image_becomes_known(httpserver: HTTPServer, outbound: Outbound, ranges: bool) -> None:
    httpserver.expect_request("/a.jpg").respond_with_handler(file(gif(100_000), ranges=ranges))
    url = httpserver.url_for("/a.jpg?size=large")
    desk = Desk(url)

    assert await ask(desk, outbound) == 1
    assert desk.rows[url] == ImageAnswer(
        url=url,
        facts=ImageFacts(type="image/gif", length=100_000, width=40, height=30),
        status="known",
        attempts=1,
    )
    (request, _), *more = httpserver.log
    assert more == []
    assert request.headers["Range"] == "bytes=0-65535"
    assert request.query_string == b"size=large"


async def test_a_recording_becomes_known_by_one_look(httpserver: HTTPServer, outbound: Outbound) -> None:
    """rss-42: its length is that of the file, and nothing more is to be found in it."""
    httpserver.expect_request("/e.mp3").respond_with_handler(file(b"ID3\x04" + bytes(200_000)))
    url = httpserver.url_for("/e.mp3")
    desk = Desk(url)

    assert await ask(desk, outbound) == 1
    assert ImageFacts(type="audio/mpeg", length=200_004) == desk.rows[url].facts
    assert 1 == len(httpserver.log)


async def test_a_size_behind_the_first_look_is_found_by_a_second(httpserver: HTTPServer, outbound: Outbound) -> None:
    data = jpeg(240_000)
    httpserver.expect_request("/a.jpg").respond_with_handler(file(data))
    desk = Desk(httpserver.url_for("/a.jpg"))

    assert await ask(desk, outbound) == 1
    (answer,) = desk.rows.values()
    assert answer.facts == ImageFacts(type="image/jpeg", length=len(data), width=40, height=30)
    assert [request.headers["Range"] for request, _ in httpserver.log] == ["bytes=0-65535", "bytes=0-524287"]


async def test_a_second_look_that_fails_leaves_what_the_first_found(httpserver: HTTPServer, outbound: Outbound) -> None:
    data = jpeg(240_000)
    httpserver.expect_ordered_request("/a.jpg").respond_with_handler(file(data))
    httpserver.expect_ordered_request("/a.jpg").respond_with_data("busy", 503)
    desk = Desk(httpserver.url_for("/a.jpg"))

    assert await ask(desk, outbound) == 1
    (answer,) = desk.rows.values()
    assert answer.facts == ImageFacts(type="image/jpeg", length=len(data))


@pytest.mark.parametrize(
    ("headers", "length"),
    [
        ({"Content-Range": "bytes 0-999/123456"}, 123_456),
        ({"Content-Range": "bytes 0-999/*"}, None),
        ({"Content-Range": "bytes 0-999/12"}, None),
        ({"Content-Range": "bytes 0-999/" + "9" * 30}, None),
    ],
)
async def test_a_length_that_cannot_be_true_is_unknown(
    httpserver: HTTPServer, outbound: Outbound, headers: dict[str, str], length: int | None
) -> None:
    """rss-41: true, or 0."""
    good = headers["Content-Range"].count("9") < 20
    httpserver.expect_request("/a.gif").respond_with_data(gif(), 206, headers)
    desk = Desk(httpserver.url_for("/a.gif"))

    assert await ask(desk, outbound) == (1 if good else 0)
    (answer,) = desk.rows.values()
    assert answer.facts.length == length
    assert answer.status == ("known" if good else "failed")


async def test_a_file_that_lies_about_its_type_gets_what_its_bytes_say(
    httpserver: HTTPServer, outbound: Outbound
) -> None:
    httpserver.expect_request("/a.png").respond_with_data(gif(), content_type="image/png")
    desk = Desk(httpserver.url_for("/a.png"))

    await ask(desk, outbound)
    (answer,) = desk.rows.values()
    assert answer.facts.type == "image/gif"


async def test_many_are_asked_and_the_new_ones_counted(httpserver: HTTPServer, outbound: Outbound) -> None:
    httpserver.expect_request(re.compile(r"/good/.*")).respond_with_data(gif())
    httpserver.expect_request(re.compile(r"/bad/.*")).respond_with_data("no", 500)
    desk = Desk(*(httpserver.url_for(f"/{kind}/{number}") for kind in ("good", "bad") for number in range(6)))

    assert await ask_images(desk, outbound, lambda: NOON, limit=9, lease=3 * MINUTE, rand=lambda: 1.0) == 6
    assert desk.claims == [(NOON, 9, 3 * MINUTE)]
    assert sorted(row.status for row in desk.rows.values()) == ["asked"] * 3 + ["failed"] * 3 + ["known"] * 6


async def test_four_are_asked_at_a_time(httpserver: HTTPServer) -> None:
    asking, most = 0, 0

    class Counted(Outbound):
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
            nonlocal asking, most
            asking += 1
            most = max(most, asking)
            try:
                return await super().get(url, limit=limit, headers=headers, truncate=truncate)
            finally:
                asking -= 1

    httpserver.expect_request(re.compile(r"/.*")).respond_with_data(gif())
    desk = Desk(*(httpserver.url_for(f"/{number}") for number in range(8)))
    async with Counted([ip_network("127.0.0.0/8"), ip_network("::1/128")], user_agent="syndicator-test") as counted:
        assert await ask(desk, counted) == 8

    assert most == 4


async def test_no_question_no_request(outbound: Outbound) -> None:
    assert await ask(Desk(), outbound) == 0


async def test_the_desk_is_never_called_on_the_loop(httpserver: HTTPServer, outbound: Outbound) -> None:
    httpserver.expect_request("/a.gif").respond_with_data(gif())
    desk = Desk(httpserver.url_for("/a.gif"))

    await ask(desk, outbound)

    assert threading.get_ident() not in desk.threads


async def test_a_desk_that_fails_is_heard_after_the_others_are_filed(
    httpserver: HTTPServer, outbound: Outbound
) -> None:
    httpserver.expect_request(re.compile(r"/.*")).respond_with_data(gif())
    urls = [httpserver.url_for(f"/{number}") for number in range(5)]
    desk = Desk(*urls)
    desk.broken = urls[0]

    with pytest.raises(StateError, match="disk is full"):
        await ask(desk, outbound)
    assert [desk.rows[url].status for url in urls] == ["asked", "known", "known", "known", "known"]


# --- what fails ---------------------------------------------------------------------------------------------------


async def test_each_failure_lengthens_the_wait_up_to_a_day(httpserver: HTTPServer, outbound: Outbound) -> None:
    httpserver.expect_request("/a.gif").respond_with_data("busy", 500)
    url = httpserver.url_for("/a.gif")
    desk, now, waits = Desk(url), NOON, []
    for _ in range(8):
        await ask(desk, outbound, now=now, luck=1.0)
        due = desk.rows[url].due
        assert due is not None
        waits.append((due - now) / MINUTE)
        now = due

    assert waits == [1, 5, 30, 120, 720, 1440, 1440, 1440]
    assert desk.rows[url].attempts == 8
    assert desk.rows[url].error == "the host answered with status 500"


@pytest.mark.parametrize(("luck", "seconds"), [(0.0, 1), (0.25, 15), (1.0, 60)])
async def test_the_wait_is_shaken(httpserver: HTTPServer, outbound: Outbound, luck: float, seconds: int) -> None:
    httpserver.expect_request("/a.gif").respond_with_data("busy", 500)
    desk = Desk(httpserver.url_for("/a.gif"))

    await ask(desk, outbound, luck=luck)

    assert desk.next_image_due() == NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize("said", ["3600", "Mon, 09 Mar 2026 13:00:00 GMT"])
async def test_a_host_may_ask_for_more_patience(httpserver: HTTPServer, outbound: Outbound, said: str) -> None:
    httpserver.expect_request("/a.gif").respond_with_data("busy", 429, {"Retry-After": said})
    desk = Desk(httpserver.url_for("/a.gif"))

    await ask(desk, outbound)

    assert desk.next_image_due() == NOON + timedelta(hours=1)


@pytest.mark.parametrize("status", [404, 410])
async def test_a_missing_image_is_looked_for_daily_and_given_up_at_last(
    httpserver: HTTPServer, outbound: Outbound, status: int
) -> None:
    httpserver.expect_request("/a.gif").respond_with_data("none", status)
    url = httpserver.url_for("/a.gif")
    desk, now = Desk(url), NOON
    for attempt in range(1, 10):
        await ask(desk, outbound, now=now)
        row = desk.rows[url]
        assert (row.status, row.attempts, row.due) == ("failed", attempt, now + timedelta(days=1))
        now += timedelta(days=1)
    await ask(desk, outbound, now=now)

    assert (desk.rows[url].status, desk.rows[url].due) == ("refused", None)
    assert f"status {status}" in desk.rows[url].error


@pytest.mark.parametrize(
    ("body", "status", "headers"),
    [
        (b"", 200, {}),
        (gif(), 206, {"Content-Range": "bytes 500-1499/2000"}),
        (gif(), 206, {}),
        (gif(), 203, {}),
        (gif(), 403, {}),
        (gif(), 200, {"Content-Encoding": "gzip"}),
        (gif(), 302, {"Location": "/a.gif"}),
    ],
)
async def test_an_answer_that_shows_no_start_of_a_file_is_asked_again(
    httpserver: HTTPServer, outbound: Outbound, body: bytes, status: int, headers: dict[str, str]
) -> None:
    httpserver.expect_request("/a.gif").respond_with_data(body, status, headers)
    desk = Desk(httpserver.url_for("/a.gif"))

    assert await ask(desk, outbound) == 0
    (answer,) = desk.rows.values()
    assert (answer.status, answer.facts, answer.due) == ("failed", ImageFacts(), NOON + MINUTE / 2)
    assert answer.error


async def test_a_host_that_is_down_is_asked_again(outbound: Outbound) -> None:
    desk = Desk("http://127.0.0.1:1025/a.jpg?token=secret")

    assert await ask(desk, outbound) == 0
    (answer,) = desk.rows.values()
    assert (answer.status, answer.attempts) == ("failed", 1)
    assert "no connection" in answer.error
    assert "secret" not in answer.error


@asynccontextmanager
async def hanging() -> AsyncIterator[tuple[str, list[object]]]:
    """A host that takes connections and says nothing: where it is, and who came."""
    met: list[object] = []
    async with await asyncio.start_server(lambda _, writer: met.append(writer), "127.0.0.1", 0) as server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", met
        for writer in met:
            writer.transport.abort()  # type: ignore[attr-defined]


async def test_a_host_that_hangs_keeps_no_picture_elsewhere_waiting(httpserver: HTTPServer) -> None:
    """Forty pictures there would take ten times as long as one answer may, and in the next batch again."""
    httpserver.expect_request("/a.jpg").respond_with_handler(file(gif()))
    good, silence = httpserver.url_for("/a.jpg"), Silence()
    async with (
        Outbound([ip_network("127.0.0.0/8")], 0.2, user_agent="syndicator-test") as outbound,
        hanging() as (host, met),
    ):
        dead = [f"http://{host}/{number}.jpg" for number in range(40)]
        desk = Desk(*dead, good)
        while any(row.due == NOON for row in desk.rows.values()):
            await ask_images(desk, outbound, lambda: NOON, limit=20, rand=lambda: 0.5, silence=silence)

    assert len(met) < 7  # the first four go together
    assert "known" == desk.rows[good].status
    assert {("failed", 1, NOON + MINUTE / 2)} == {
        (desk.rows[u].status, desk.rows[u].attempts, desk.rows[u].due) for u in dead
    }
    told = "its host was asked for others just now, and did not answer: no whole answer within 0.2 seconds; see whether"
    assert told in desk.rows[dead[-1]].error


async def test_a_host_that_fails_now_and_then_is_asked_for_every_picture(outbound: Outbound) -> None:
    """Two in a row say nothing of the third."""
    asked: set[int] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = int((await reader.readuntil(b"\r\n\r\n")).split(b".jpg")[0].rpartition(b"/")[2])
        asked.add(number)
        if number % 3 == 2:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n" + gif())
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        port, silence = server.sockets[0].getsockname()[1], Silence()
        desk = Desk(*(f"http://127.0.0.1:{port}/{number}.jpg" for number in range(12)))
        for _ in range(12):
            await ask_images(desk, outbound, lambda: NOON, limit=1, rand=lambda: 0.5, silence=silence)

    assert set(range(12)) == asked
    assert 4 == [row.status for row in desk.rows.values()].count("known")


async def test_what_was_known_before_is_kept_while_the_host_is_down(outbound: Outbound) -> None:
    url = "http://127.0.0.1:1025/a.jpg"
    desk = Desk(url)
    facts = ImageFacts(type="image/jpeg", length=7)
    desk.rows[url] = replace(desk.rows[url], facts=facts)

    await ask(desk, outbound)

    assert desk.rows[url].facts == facts


# --- what is never asked again ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/iam/x.jpg",
        "http://0x7f.1/x.jpg",
        "http://10.0.0.1/x.jpg",
        "file:///etc/passwd",
        "data:image/png;base64,iVBORw0KGgo=",
        "https://user:pw@example.org/x.jpg",
        "not an address",
    ],
)
async def test_where_nobody_may_go_is_never_asked_again(outbound: Outbound, url: str) -> None:
    desk = Desk(url)

    assert await ask(desk, outbound) == 0
    assert (desk.rows[url].status, desk.rows[url].facts, desk.rows[url].due) == ("refused", ImageFacts(), None)
    assert desk.rows[url].error


async def test_a_redirect_to_where_nobody_may_go_is_never_asked_again(
    httpserver: HTTPServer, outbound: Outbound
) -> None:
    httpserver.expect_request("/a.jpg").respond_with_data("", 302, {"Location": "http://169.254.169.254/"})
    desk = Desk(httpserver.url_for("/a.jpg"))

    await ask(desk, outbound)
    (answer,) = desk.rows.values()
    assert answer.status == "refused"
    assert "169.254.169.254" in answer.error


async def test_a_page_that_is_called_an_image_is_never_asked_again(httpserver: HTTPServer, outbound: Outbound) -> None:
    httpserver.expect_request("/a.jpg").respond_with_data("<html></html>", content_type="image/jpeg")
    desk = Desk(httpserver.url_for("/a.jpg"))

    assert await ask(desk, outbound) == 0
    (answer,) = desk.rows.values()
    assert (answer.status, answer.facts, answer.due) == ("refused", ImageFacts(length=13), None)
    assert "of no kind that is known" in answer.error
