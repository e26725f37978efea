"""An old feed is fetched whole, over as many pages as it has, and no further."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from syndicator.errors import ConfigError, SyndicatorError
from syndicator.oldfeeds import MAX_BYTES, OldFeed, pages
from syndicator.outbound import Outbound
from tests.integration.test_outbound import Host, host


def atom(*ids: str, links: Mapping[str, str] | None = None) -> bytes:
    further = "".join(f'<link rel="{rel}" href="{href}"/>' for rel, href in (links or {}).items())
    entries = "".join(f"<entry><id>{entry_id}</id></entry>" for entry_id in ids)
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:feed</id>{further}{entries}</feed>'.encode()


async def walk(answers: Mapping[str, bytes], start: str = "/") -> tuple[OldFeed, Host]:
    """The feed at ``start`` of a host with these documents; all else is not found."""

    async def talk(request: bytes, writer: asyncio.StreamWriter) -> None:
        path = request.split(b" ")[1].decode()
        body, status = answers.get(path, b""), "200 OK" if path in answers else "404 Not Found"
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)

    async with host(talk) as it, Outbound(user_agent="test", timeout=5.0) as client:
        return await pages.from_address(it.url(start), client), it


def ids(feed: OldFeed) -> list[str]:
    return [item.id for item in feed.items]


async def test_pages_are_followed_by_any_name_and_each_once() -> None:
    feed, it = await walk(
        {
            "/": atom("a", "b", links={"next": "/2", "self": "/", "first": "/"}),
            "/2": atom("b", "c", links={"next": "/3", "previous": "/"}),
            "/3": b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "d"}], "next_url": "/4"}',
            "/4": atom("e", links={"prev-archive": "/5"}),
            "/5": atom("f", links={"prev-archive": "/#again", "next": "/5"}),
        }
    )

    assert ["a", "b", "c", "d", "e", "f"] == ids(feed)
    assert 5 == len(it.asked)
    assert ("Atom", "urn:feed") == (feed.kind, feed.id)


async def test_pages_that_go_on_for_ever_come_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "_MOST_PAGES", 3)
    feed, it = await walk({f"/{n}": atom(str(n), links={"next": f"/{n + 1}"}) for n in range(10)}, "/0")

    assert (["0", "1", "2"], 3) == (ids(feed), len(it.asked))
    assert ("it has more than 3 pages or 3 items, the rest of them is not read",) == feed.odd


async def test_empty_pages_and_pages_that_repeat_end_it() -> None:
    empty, asked = await walk({"/": atom("a", links={"next": "/2"}), "/2": atom(links={"next": "/3"})})
    same, again = await walk({f"/{n}": atom("a", links={"next": f"/{n + 1}"}) for n in range(9)}, "/0")

    assert (["a"], 2) == (ids(empty), len(asked.asked))
    assert (["a"], 2) == (ids(same), len(again.asked))


async def test_a_page_that_is_missing_stops_it_all() -> None:
    """An id that is missed would be sent again."""
    with pytest.raises(SyndicatorError, match=r"/2: the host answered with status 404; see whether a browser gets it"):
        await walk({"/": atom("a", links={"next": "/2"})})


async def test_a_page_of_another_host_is_a_strangers() -> None:
    with pytest.raises(SyndicatorError, match=r"http://127.0.0.2/2: ") as caught:
        await walk({"/": atom("a", links={"next": "http://127.0.0.2/2"})})
    assert "network" in str(caught.value)


async def test_pages_that_take_too_long_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "_PATIENCE", 0.0)
    with pytest.raises(SyndicatorError, match="its pages did not all come within 0 seconds; save them as a file each"):
        await walk({"/": atom("a")})


@pytest.mark.parametrize("further", ["http://[", "mailto:a@example.org", "http:///2"])
async def test_a_page_that_is_at_no_address_stops_it(further: str) -> None:
    with pytest.raises(SyndicatorError):
        await walk({"/": atom("a", links={"next": further})})


async def test_an_answer_that_is_too_big_is_not_read() -> None:
    with pytest.raises(SyndicatorError, match="the answer has 20000001 bytes, and 20000000 are the limit"):
        await walk({"/": b" " * (MAX_BYTES + 1)})


async def test_an_address_that_redirects_gives_the_pages_of_where_it_leads() -> None:
    async def talk(request: bytes, writer: asyncio.StreamWriter) -> None:
        path = request.split(b" ")[1]
        if path == b"/feed":
            writer.write(b"HTTP/1.1 301 Moved\r\nLocation: /blog/feed\r\nContent-Length: 0\r\n\r\n")
            return
        body = {b"/blog/feed": atom("a", links={"next": "2"}), b"/blog/2": atom("b")}[path]
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)

    async with host(talk) as it, Outbound(user_agent="test", timeout=5.0) as client:
        feed = await pages.from_address(it.url("/feed"), client)

    assert ["a", "b"] == ids(feed)


def test_a_file_has_one_page_and_names_the_others(tmp_path: Path) -> None:
    file = tmp_path / "old.xml"
    file.write_bytes(atom("a", links={"next": "https://old.example.org/2"}))
    feed = pages.from_file(str(file))

    assert (["a"], ()) == (ids(feed), feed.further)
    assert (
        "it goes on at https://old.example.org/2, which is not read for a file; give the feed's address",
    ) == feed.odd


@pytest.mark.parametrize("named", ["nothing.xml", "a/b/c", "x" * 300, "nul\0", "old.xml/a"])
def test_a_file_that_is_not_there_is_a_mistake_of_the_command(named: str, tmp_path: Path) -> None:
    (tmp_path / "old.xml").write_bytes(atom("a"))

    with pytest.raises(ConfigError, match="there is no such file; name a file, or an address"):
        pages.from_file(f"{tmp_path}/{named}")


@pytest.mark.parametrize(
    ("named", "expected"),
    [("https://a", True), ("HTTP://a", True), ("a.xml", False), ("./http://a", False), ("file:///a", False)],
)
def test_an_address_is_told_from_a_file(named: str, expected: bool) -> None:
    assert expected is pages.is_address(named)


def test_a_file_that_cannot_be_read_is_told() -> None:
    with pytest.raises(SyndicatorError, match=r"/proc/self/mem: cannot be read \(.*\); give this user the right to"):
        pages.from_file("/proc/self/mem")


def test_a_folder_is_no_feed(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is a folder; name the file of a feed"):
        pages.from_file(str(tmp_path))
