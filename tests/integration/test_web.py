"""The HTTP server on loopback, spoken to in bytes: what it says, what it refuses, and how it stops."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import html
import json
import re
import socket
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from html.parser import HTMLParser

import httpx
import pytest
import pytest_asyncio
import uvloop
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from syndicator.errors import PublishError, ServeError, StateError
from syndicator.health import Live, Wait
from syndicator.live import read
from syndicator.model import DocumentRecord, Format, digest
from syndicator.ports import PassRecord, Refusal
from syndicator.web import app as app_module
from syndicator.web import server as server_module
from syndicator.web.app import build_app
from syndicator.web.hooks import Hook
from syndicator.web.server import Server
from syndicator.web.shelf import Served, Shelf, pack, prepare
from syndicator.web.status import ShownFeed, StatusPage

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHANGED = datetime(2026, 3, 1, 12, 0, 0, 700_000, tzinfo=UTC)
LIVE = Live(version="1.2.3", state="0123456789abcdef", started=CHANGED)
BODY = b"<rss>" + b"<item>News of the day</item>" * 200 + b"</rss>"
SHORT = b'{"version": "https://jsonfeed.org/version/1.1"}'
FEED = "/feeds/feed.xml"
LINK = '<https://hub.example.net/>; rel="hub", <https://news.example.org/feeds/feed.xml>; rel="self"'


def record(path: str = "feed.xml", body: bytes = BODY, **other: object) -> DocumentRecord:
    usual = DocumentRecord(
        path=path,
        url=f"https://news.example.org/feeds/{path}",
        feed="main",
        format=Format.RSS,
        digest=digest(body),
        source="s",
        version="v",
        changed=CHANGED,
        media_type="application/rss+xml; charset=utf-8",
        hubs=("https://hub.example.net/",),
    )
    return replace(usual, **other)  # type: ignore[arg-type]


def tag(body: bytes) -> str:
    return f'"{digest(body)}"'


@dataclass(frozen=True, slots=True)
class Got:
    """An answer as it came over the wire."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def __getitem__(self, name: str) -> str:
        (value,) = [value for key, value in self.headers if key == name]
        return value

    def has(self, name: str) -> bool:
        return any(key == name for key, _ in self.headers)


@dataclass(slots=True)
class Site:
    """A server with its shelf, and what the rest of the service would say."""

    shelf: Shelf = field(default_factory=Shelf)
    page: StatusPage = field(default_factory=lambda: StatusPage(title="The Example", site_url="https://example.org/"))
    trouble: StateError | None = None
    ready: bool = True
    reasons: tuple[str, ...] = ()
    server: Server | None = None
    live: Live = LIVE
    hook: Hook = field(default_factory=lambda: Hook(secret="", git=False, branch="", wake=lambda: None))

    def status(self) -> StatusPage:
        if self.trouble is not None:
            raise self.trouble
        return self.page

    def app(self) -> ASGIApp:
        return build_app(
            self.shelf, self.status, lambda: (self.ready, self.reasons), "/feeds/", lambda: self.live, self.hook
        )

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> Server:
        self.server = Server(self.app(), host, port)
        await self.server.start()
        return self.server

    @property
    def port(self) -> int:
        assert self.server is not None
        return self.server.port

    async def raw(self, request: bytes) -> bytes:
        """Everything that comes until the other side closes."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(request)
        async with asyncio.timeout(10):
            data = await reader.read()
        writer.close()
        await writer.wait_closed()
        return data

    async def ask(self, target: str = FEED, *headers: tuple[str, str], method: str = "GET") -> Got:
        lines = [
            f"{method} {target} HTTP/1.1",
            "Host: evil.example",
            "Connection: close",
            *(f"{n}: {v}" for n, v in headers),
        ]
        return parsed(await self.raw("\r\n".join([*lines, "", ""]).encode()))


def parsed(data: bytes) -> Got:
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    return Got(int(first.split()[1]), headers, body)


class Stage:
    """One server for all tests, because stopping takes a moment; each test brings its own app."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def staged() -> AsyncIterator[tuple[Stage, Server]]:
    stage = Stage()
    server = Server(stage, "127.0.0.1", 0)
    await server.start()
    yield stage, server
    await server.stop(1)


@pytest.fixture
def site(staged: tuple[Stage, Server]) -> Site:
    stage, server = staged
    site = Site(server=server)
    site.shelf.show([(record(), BODY), (record("short.json", SHORT, media_type="application/feed+json"), SHORT)])
    stage.app = site.app()
    return site


# --- documents ----------------------------------------------------------------------------------------------------


async def test_a_document_comes_with_everything_a_reader_needs(site: Site) -> None:
    """jsonfeed-49, jsonfeed-53, http-9, 10, 13, 28, 30, 32, 46, 48, 51, 52, 54, 67; websub-2."""
    got = await site.ask()

    assert (got.status, got.body) == (200, BODY)
    assert got["content-type"] == "application/rss+xml; charset=utf-8"
    assert got["content-length"] == str(len(BODY))
    assert got["etag"] == tag(BODY)
    assert got["last-modified"] == "Sun, 01 Mar 2026 12:00:00 GMT"
    assert got["cache-control"] == "public, max-age=900"
    assert got["vary"] == "Accept-Encoding"
    assert got["link"] == LINK
    assert got["access-control-allow-origin"] == "*"
    assert got["access-control-expose-headers"] == "ETag, Last-Modified, Link, IM"
    assert got["x-content-type-options"] == "nosniff"
    assert got["server"] == "syndicator"
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", got["date"])
    assert not any(map(got.has, ("set-cookie", "pragma", "accept-ranges", "transfer-encoding", "content-encoding")))


async def test_head_is_get_without_a_body(site: Site) -> None:
    """http-1, websub-2."""
    got, head = await site.ask(), await site.ask(method="HEAD")

    assert (head.status, head.body) == (200, b"")
    assert [pair for pair in got.headers if pair[0] != "date"] == [pair for pair in head.headers if pair[0] != "date"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("tags", [tag(BODY), f"W/{tag(BODY)}", f'"other", {tag(BODY)}', "*", tag(BODY).strip('"')])
async def test_a_reader_that_has_it_gets_304(method: str, tags: str, site: Site) -> None:
    """jsonfeed-50, http-20, 23, 24, 25, 68, 70."""
    got = await site.ask(FEED, ("If-None-Match", tags), method=method)

    assert (got.status, got.body) == (304, b"")
    assert got["etag"] == tag(BODY)
    assert got["cache-control"] == "public, max-age=900"
    assert got["vary"] == "Accept-Encoding"
    assert got["link"] == LINK
    assert got["access-control-allow-origin"] == "*"
    assert got.has("date")
    assert not any(map(got.has, ("content-length", "content-type", "content-encoding", "transfer-encoding")))


async def test_a_304_leaves_the_connection_usable(site: Site) -> None:
    """http-25: no stray byte after it."""
    request = f"GET {FEED} HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\n\r\n"
    last = f"GET {FEED} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    data = await site.raw((request * 2 + last).encode())

    assert data.count(b"HTTP/1.1 304 Not Modified\r\n") == 2
    assert data.endswith(b"\r\n\r\n" + BODY)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([("If-None-Match", '"other"')], 200),
        ([("If-None-Match", '"other"'), ("If-Modified-Since", "Mon, 01 Jan 2046 00:00:00 GMT")], 200),
        ([("If-None-Match", '"one"'), ("If-None-Match", tag(BODY))], 304),
        ([("If-Modified-Since", "Sun, 01 Mar 2026 12:00:00 GMT")], 304),
        ([("If-Modified-Since", "Sun, 01 Mar 2026 12:00:01 GMT")], 304),
        ([("If-Modified-Since", "Sun, 01 Mar 2026 11:59:59 GMT")], 200),
        ([("If-Modified-Since", "yesterday")], 200),
        ([("If-Modified-Since", "Sunday, 01-Mar-26 12:00:00 GMT")], 304),
        ([("If-Modified-Since", "Sun Mar  1 12:00:00 2026")], 304),
        ([("If-Match", '"other"')], 412),
        ([("If-Match", tag(BODY))], 200),
        ([("If-Unmodified-Since", "Sun, 01 Mar 2026 11:59:59 GMT")], 412),
    ],
)
async def test_conditions_decide(headers: Sequence[tuple[str, str]], status: int, site: Site) -> None:
    """http-15 to 22, 68, 69."""
    got = await site.ask(FEED, *headers)

    assert got.status == status
    assert (got.body == BODY) is (status == 200)


async def test_gzip_is_a_representation_of_its_own(site: Site) -> None:
    """http-11, 26, 28, 30, 71."""
    plain, packed = await site.ask(), await site.ask(FEED, ("Accept-Encoding", "br, gzip"))

    assert packed["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == BODY
    assert packed["content-length"] == str(len(packed.body))
    assert len(packed.body) < len(BODY) / 10
    assert packed["etag"] == tag(packed.body) != plain["etag"]
    assert plain["vary"] == packed["vary"] == "Accept-Encoding"
    assert plain["link"] == packed["link"]
    assert plain["last-modified"] == packed["last-modified"]


async def test_gzip_carries_no_time(site: Site) -> None:
    """http-11, http-12, http-74: a restart gives the same tags."""
    again = pack(prepare(record(), BODY, timedelta(minutes=15)))
    packed = await site.ask(FEED, ("Accept-Encoding", "gzip"))

    assert packed["etag"] == again.representations["gzip"].tag
    assert packed.body[4:8] == bytes(4)


@pytest.mark.parametrize("accepted", ["gzip;q=0", "br", "identity", "gzip;q=0, br"])
async def test_who_does_not_want_gzip_gets_the_plain_bytes(accepted: str, site: Site) -> None:
    """http-26, http-71; a hub copies what it gets."""
    got = await site.ask(FEED, ("Accept-Encoding", accepted))

    assert got.body == BODY
    assert not got.has("content-encoding")


async def test_a_reader_that_changed_its_coding_still_has_the_content(site: Site) -> None:
    """http-20, http-72: the tag of the coding that would be sent."""
    packed = await site.ask(FEED, ("Accept-Encoding", "gzip"))

    got = await site.ask(FEED, ("If-None-Match", packed["etag"]))

    assert (got.status, got["etag"]) == (304, tag(BODY))


async def test_a_reader_that_changed_its_coding_has_the_content_also_after_a_restart(site: Site) -> None:
    """http-11, http-20: nobody has asked for gzip yet, and its tag is known all the same."""
    packed = pack(prepare(record(), BODY, timedelta(minutes=15))).representations["gzip"]

    got = await site.ask(FEED, ("If-None-Match", packed.tag))

    assert (got.status, got["etag"]) == (304, tag(BODY))


async def test_a_document_is_compressed_for_the_first_who_takes_that_and_once(site: Site) -> None:
    """http-26: most documents are replaced before anybody does, and compressing costs more than making them."""
    before = site.shelf.find(FEED)
    await site.ask(FEED, ("Accept-Encoding", "identity"), ("If-None-Match", tag(BODY)))
    assert before is site.shelf.find(FEED)

    await site.ask(FEED, ("Accept-Encoding", "gzip"), method="HEAD")
    first = site.shelf.find(FEED)
    await site.ask(FEED, ("Accept-Encoding", "gzip"))

    assert before is not first
    assert first is site.shelf.find(FEED)


async def test_a_short_document_is_not_compressed_but_says_that_it_might_be(site: Site) -> None:
    """http-27, http-28."""
    got = await site.ask("/feeds/short.json", ("Accept-Encoding", "gzip"))

    assert (got.body, got["content-type"], got["vary"]) == (SHORT, "application/feed+json", "Accept-Encoding")
    assert not got.has("content-encoding")


async def test_options_tells_a_browser_what_it_may_do(site: Site) -> None:
    """jsonfeed-50, http-2, http-52, http-70."""
    got = await site.ask(FEED, ("Origin", "https://reader.example"), method="OPTIONS")

    assert (got.status, got.body) == (204, b"")
    assert got["allow"] == "GET, HEAD, OPTIONS"
    assert got["access-control-allow-origin"] == "*"
    assert got["access-control-allow-methods"] == "GET, HEAD"
    assert got["access-control-allow-headers"] == "If-None-Match, If-Modified-Since, A-IM"
    assert got["access-control-max-age"] == "86400"
    assert not got.has("access-control-allow-credentials")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_other_methods_are_refused(method: str, site: Site) -> None:
    """http-2, http-70."""
    got = await site.ask(FEED, ("Content-Length", "0"), method=method)

    assert (got.status, got["allow"]) == (405, "GET, HEAD, OPTIONS")


async def test_a_new_version_replaces_the_old_for_every_kind_of_reader(site: Site) -> None:
    """http-73, and http-13: also when both were written within one second."""
    old = await site.ask()
    body = BODY.replace(b"News", b"More")
    site.shelf.show([(record(body=body, changed=CHANGED + timedelta(milliseconds=200)), body)])

    for condition in (("If-None-Match", old["etag"]), ("If-Modified-Since", old["last-modified"])):
        got = await site.ask(FEED, condition)

        assert (got.status, got.body, got["etag"]) == (200, body, tag(body))
        assert got["last-modified"] == "Sun, 01 Mar 2026 12:00:01 GMT"


async def test_what_did_not_change_keeps_its_validators(site: Site) -> None:
    """http-74: over a restart too."""
    before = await site.ask()
    site.shelf.show([(record(), BODY)])
    after = await site.ask()
    other = Site()
    other.shelf.show([(record(), BODY)])
    await other.start()
    restarted = await other.ask()
    assert other.server is not None
    await other.server.stop(1)

    for name in ("etag", "last-modified"):
        assert before[name] == after[name] == restarted[name]


async def test_a_document_from_the_future_was_changed_now(site: Site) -> None:
    """http-13: a clock that was set back."""
    site.shelf.show([(record(changed=datetime(2096, 1, 1, tzinfo=UTC)), BODY)])

    got = await site.ask()
    modified, date = map(parsedate_to_datetime, (got["last-modified"], got["date"]))

    assert date - timedelta(seconds=4) <= modified <= date
    assert (await site.ask(FEED, ("If-Modified-Since", got["last-modified"]))).status == 200


async def test_a_document_is_never_younger_than_its_answer(site: Site) -> None:
    """http-13: uvicorn looks at the clock once a second only."""
    site.shelf.show([(record(changed=datetime.now(UTC)), BODY)])

    got = await site.ask()

    assert parsedate_to_datetime(got["last-modified"]) <= parsedate_to_datetime(got["date"])


async def test_deltas_are_not_offered(site: Site) -> None:
    """http-38, http-75."""
    got = await site.ask(FEED, ("A-IM", "feed"), ("If-None-Match", '"old"'))

    assert (got.status, got.body) == (200, BODY)
    assert not got.has("im")


async def test_ranges_are_ignored(site: Site) -> None:
    """http-53, http-77."""
    got = await site.ask(FEED, ("Range", "bytes=0-10"), ("If-Range", tag(BODY)))

    assert (got.status, got.body) == (200, BODY)


async def test_a_query_changes_nothing(site: Site) -> None:
    """http-57."""
    got = await site.ask(f"{FEED}?t=12345")

    assert (got.status, got["etag"], got["link"]) == (200, tag(BODY), LINK)


@pytest.mark.parametrize("target", [FEED, "http://evil.example/feeds/feed.xml"])
async def test_addresses_come_from_the_configuration_not_from_the_request(target: str, site: Site) -> None:
    """http-58, http-78."""
    got = await site.ask(target, ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "gopher"))

    assert got["link"] == LINK
    assert "evil" not in repr(got)


@pytest.mark.parametrize(
    "wish",
    [
        ("Accept", "application/feed+json"),
        ("Accept", "application/atom+xml;q=1, application/rss+xml;q=0, text/html"),
        ("Accept", "*/*;q=0"),
        ("Accept-Language", "it, de;q=0.5"),
        ("Accept-Charset", "iso-8859-1"),
    ],
)
async def test_at_the_address_of_a_topic_everybody_gets_the_same(wish: tuple[str, str], site: Site) -> None:
    """http-14, websub-5."""
    plain, got = await site.ask(), await site.ask(FEED, wish)

    assert (got.status, got.body, got["vary"]) == (200, BODY, "Accept-Encoding")
    assert [plain[name] for name in ("content-type", "etag", "link")] == [
        got[name] for name in ("content-type", "etag", "link")
    ]


async def test_several_hubs_and_none_are_named_in_one_field(site: Site) -> None:
    """http-51, websub-1, websub-2."""
    site.shelf.show(
        [
            (record("two.xml", hubs=("https://a.example/", "https://b.example/?x=1&y=2")), BODY),
            (record("none.xml", hubs=()), BODY),
        ]
    )

    two, none = await site.ask("/feeds/two.xml"), await site.ask("/feeds/none.xml")

    assert two["link"] == (
        '<https://a.example/>; rel="hub", <https://b.example/?x=1&y=2>; rel="hub", '
        '<https://news.example.org/feeds/two.xml>; rel="self"'
    )
    assert none["link"] == '<https://news.example.org/feeds/none.xml>; rel="self"'


async def test_nothing_in_an_address_gets_out_of_its_header(site: Site) -> None:
    site.shelf.show([(record(hubs=('https://a.example/>; rel="x"\r\nSet-Cookie: a=b',)), BODY)])

    got = await site.ask()

    assert got.status == 200
    assert not got.has("set-cookie")
    assert got["link"].count(">") == 2


async def test_a_path_with_other_letters_is_found_however_it_is_written(site: Site) -> None:
    """http-57: decoded once."""
    site.shelf.show([(record("category/caf%C3%A9%20au%25lait.xml"), BODY)])

    for target in ("/feeds/category/caf%C3%A9%20au%25lait.xml", "/feeds/category/caf%c3%a9%20%61u%25lait.xml"):
        assert (await site.ask(target)).status == 200
    assert (await site.ask("/feeds/category/caf%25C3%25A9%2520au%2525lait.xml")).status == 404


@pytest.mark.parametrize(
    "target",
    [
        "/feeds/../feeds/feed.xml",
        "/feeds/%2e%2e/feeds/feed.xml",
        "/feeds//feed.xml",
        "/feeds/feed.xml%00",
        "/feeds\\feed.xml",
        "/feeds/FEED.XML",
        "/feeds/",
        "/feeds",
        "/favicon.ico",
        "/feeds/%ff%fe",
    ],
)
async def test_other_paths_lead_nowhere(target: str, site: Site) -> None:
    """http-4, http-57."""
    got = await site.ask(target)

    assert got.status == 404
    assert got["content-type"] == "text/plain; charset=utf-8"
    assert got["cache-control"] == "no-store"
    assert len(got.body) < 100


def with_pages(staged: tuple[Stage, Server], read: Callable[[str], bytes | None]) -> Site:
    """A server that reads pages of archives so."""
    stage, server = staged
    site = Site(server=server, shelf=Shelf(read=read))
    stage.app = site.app()
    return site


async def test_a_page_of_an_archive_is_read_when_it_is_asked_for_and_kept_for_long_atom_62_http_34(
    staged: tuple[Stage, Server],
) -> None:
    files, reads = {"old.xml": BODY}, list[str]()

    def read(path: str) -> bytes | None:
        reads.append(path)
        if path == "locked.xml":
            raise PublishError(path, "cannot be read", "give this user the right to")
        return files.get(path)

    site = with_pages(staged, read)
    pages = [
        record("old.xml", hubs=(), page=1, digest=digest(BODY)),
        record("lost.xml", page=2),
        record("locked.xml", page=3),
    ]
    site.shelf.show([(record(), BODY)], pages)
    assert [] == reads

    whole = await site.ask("/feeds/old.xml")
    assert (200, BODY, "public, max-age=31536000") == (whole.status, whole.body, whole["cache-control"])
    assert '<https://news.example.org/feeds/old.xml>; rel="self"' == whole["link"]
    assert 304 == (await site.ask("/feeds/old.xml", ("If-None-Match", whole["etag"]))).status
    assert ["old.xml"] == reads

    for path in ("lost.xml", "locked.xml"):
        missing = await site.ask(f"/feeds/{path}")
        assert (503, "10") == (missing.status, missing["retry-after"])
    site.shelf.show([(record(), BODY)], [])
    assert 404 == (await site.ask("/feeds/old.xml")).status


async def test_a_page_is_there_before_the_document_that_leads_to_it_and_after_the_last_that_did(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """atom-61: of an archive of thousands of pages the table alone takes a while to make."""
    shelf, seen = Shelf(), list[tuple[bool, ...]]()
    shelf.show([(record(), BODY)], [record("old.xml", page=1)])
    replace = shelf.replace

    def look() -> None:
        seen.append(tuple(shelf.find_page(f"/feeds/{name}.xml") is not None for name in ("old", "new")))

    def watched(documents: Sequence[Served]) -> None:
        look()
        replace(documents)
        look()

    monkeypatch.setattr(shelf, "replace", watched)
    shelf.show([(record(body=SHORT), SHORT)], [record("new.xml", page=2)])
    look()

    assert [(True, True), (True, True), (False, True)] == seen


async def test_only_a_few_pages_are_kept_at_hand(
    staged: tuple[Stage, Server],
) -> None:
    reads = list[str]()
    site = with_pages(staged, lambda path: reads.append(path) or BODY)  # type: ignore[func-returns-value]
    site.shelf.show([], [record(f"{number}.xml", page=number, digest=digest(BODY)) for number in range(1, 31)])
    for number in (*range(1, 31), 30, 1):
        await site.ask(f"/feeds/{number}.xml")

    assert [*(f"{number}.xml" for number in range(1, 31)), "1.xml"] == reads


async def test_a_page_that_was_just_replaced_is_not_kept_at_hand(
    staged: tuple[Stage, Server],
) -> None:
    bodies = iter([BODY + b"new", BODY])
    site = with_pages(staged, lambda _: next(bodies))
    site.shelf.show([], [record("old.xml", page=1, digest=digest(BODY))])

    assert [BODY + b"new", BODY, BODY] == [(await site.ask("/feeds/old.xml")).body for _ in range(3)]


async def test_a_slash_too_many_leads_to_the_one_address(site: Site) -> None:
    """http-3, 5, 57, 76: permanently, absolutely, whatever the conditions."""
    got = await site.ask(f"{FEED}/?x=1", ("If-None-Match", "*"))

    assert (got.status, got["location"]) == (301, "https://news.example.org/feeds/feed.xml")


async def test_nobody_gets_half_of_two_versions(site: Site) -> None:
    """http-79: each body hashes to its own tag while versions are swapped."""
    versions = [b"<rss>%d" % number + b"news " * 3000 + b"</rss>" for number in range(50)]
    prepared = [prepare(record(body=body), body, timedelta(minutes=15)) for body in versions]
    seen: set[str] = set()
    busy = 20

    async def read(accepted: bytes) -> None:
        nonlocal busy
        reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
        for _ in range(50):
            writer.write(b"GET %b HTTP/1.1\r\nHost: x\r\nAccept-Encoding: %b\r\n\r\n" % (FEED.encode(), accepted))
            got = parsed(await reader.readuntil(b"\r\n\r\n"))
            body = await reader.readexactly(int(got["content-length"]))
            assert got["etag"] == tag(body)
            assert got.has("content-encoding") is (accepted == b"gzip")
            seen.add(got["etag"])
        writer.close()
        await writer.wait_closed()
        busy -= 1

    async def rebuild() -> None:
        number = 0
        while busy:
            site.shelf.replace([prepared[number % len(prepared)]])
            number += 1
            await asyncio.sleep(0)

    site.shelf.replace(prepared[:1])
    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        tasks.create_task(rebuild())
        for number in range(20):
            tasks.create_task(read(b"gzip" if number % 2 else b"identity"))

    assert len(seen) > 20


async def test_an_ordinary_client_reads_and_asks_again(site: Site) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{site.port}", trust_env=False) as client:
        first = await client.get(FEED)
        second = await client.get(FEED, headers={"If-None-Match": first.headers["etag"]})

    assert (first.status_code, first.content, first.headers["content-encoding"]) == (200, BODY, "gzip")
    assert (second.status_code, second.headers["etag"]) == (304, first.headers["etag"])


# --- before and around the documents --------------------------------------------------------------------------------


async def test_before_the_first_pass_feeds_are_not_ready_rather_than_empty(site: Site) -> None:
    """http-6, http-7."""
    site.shelf.show([])
    site.ready = False

    got = await site.ask(FEED, ("If-None-Match", "*"))

    assert (got.status, got["retry-after"], got["cache-control"]) == (503, "10", "no-store")
    assert (await site.ask("/elsewhere.xml")).status == 404

    site.shelf.show([(record(), BODY)])

    assert (await site.ask()).status == 200
    assert (await site.ask("/feeds/other.xml")).status == 404


async def test_the_last_good_documents_are_served_while_the_service_has_trouble(site: Site) -> None:
    """http-8."""
    site.ready = False

    assert (await site.ask()).status == 200


async def test_a_site_without_feeds_has_none(site: Site) -> None:
    site.shelf.show([])

    assert (await site.ask()).status == 404


async def test_alive_and_ready_are_told(site: Site) -> None:
    """design.md section 9."""
    site.reasons = ("pass: the disk is full",)

    alive, ready, verbose = await site.ask("/livez"), await site.ask("/readyz"), await site.ask("/readyz?verbose")

    assert (alive.status, alive.body, alive["cache-control"]) == (200, b"ok\n", "no-store")
    assert (ready.status, ready.body) == (200, b"ready\n")
    assert (verbose.status, verbose.body) == (200, b"ready\npass: the disk is full\n")

    site.ready = False

    assert (await site.ask("/livez")).status == 200
    assert (await site.ask("/readyz")).status == 503
    assert (await site.ask("/readyz?verbose=1")).body == b"not ready\npass: the disk is full\n"
    assert (await site.ask("/readyz", method="HEAD")).body == b""
    assert (await site.ask("/readyz", method="POST")).status == 405


class Page(HTMLParser):
    """The text, links and tags of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self.text += data


async def test_the_status_page_tells_people_what_is_going_on(site: Site) -> None:
    """design.md section 9."""
    site.page = StatusPage(
        title="The <Example> & Sons",
        site_url="https://news.example.org/",
        version="1.2.3",
        feeds=(
            ShownFeed(
                title="Main",
                addresses=(
                    ("RSS", "https://news.example.org/feeds/feed.xml?a=1&b=2"),
                    ("JSON", "javascript:alert(1)"),
                ),
            ),
        ),
        last_pass=PassRecord(at=CHANGED, seconds=1.25, posts=12, live=10, feeds=1, documents=3, written=3, refused=1),
        posts=(("live", 10), ("embargoed", 2)),
        refused=(
            Refusal(
                path="_posts/<script>alert(1)</script>.md",
                version="v",
                reason='the date "soon" is none',
                since=CHANGED,
                line=3,
                remedy="write it as 2026-03-01",
            ),
        ),
        pending=4,
        given_up=2,
        problems=("the hub <x> is down",),
    )

    got = await site.ask("/")
    page = Page(got.body.decode())

    assert (got.status, got["content-type"]) == (200, "text/html; charset=utf-8")
    assert "default-src 'none'" in got["content-security-policy"]
    assert got["x-content-type-options"] == "nosniff"
    assert page.links == ["https://news.example.org/", "https://news.example.org/feeds/feed.xml?a=1&b=2"]
    assert not {"script", "link", "img", "iframe", "x", "example"} & set(page.tags)
    for text in (
        "The <Example> & Sons",
        "1.2.3",
        "2026-03-01 12:00:00 UTC",
        "12 posts, 3 documents written",
        "embargoed",
        "_posts/<script>alert(1)</script>.md:3",
        'the date "soon" is none; write it as 2026-03-01',
        "the hub <x> is down",
        "still owed4",
        "given up2",
    ):
        assert text in page.text


async def test_the_status_page_says_what_the_service_does_and_waits_for(site: Site) -> None:
    site.page = StatusPage(
        title="x",
        site_url="https://example.org/",
        service=("changes are noticed at once: <yes>",),
        source="folder <posts>",
        next_change=CHANGED,
        feeds=(ShownFeed(title="main", addresses=(), facts="2 entries, <held>"),),
        owed=("hub at <hub>: 2 owed",),
    )

    page = Page((await site.ask("/")).body.decode())

    assert not {"yes", "posts", "a", "held", "hub"} & set(page.tags) - {"a"}
    for text in (
        "changes are noticed at once: <yes>",
        "Source: folder <posts>",
        "Next change by the clock: 2026-03-01 12:00:00 UTC",
        "2 entries, <held>",
        "hub at <hub>: 2 owed",
    ):
        assert text in page.text


async def test_what_only_the_service_knows_is_there_for_programs_whether_or_not_it_is_ready(site: Site) -> None:
    site.live = replace(LIVE, waits=(Wait(what="a scan", why="it is soon", until=CHANGED),))

    got = await site.ask("/readyz?json")

    assert (got.status, got["content-type"], got["cache-control"]) == (200, "application/json", "no-store")
    assert site.live == read(json.loads(got.body))
    site.ready = False
    assert (await site.ask("/readyz?json")).status == 503


async def test_a_status_page_that_is_costly_is_made_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """Strangers are not to keep the service busy by looking at it."""
    monkeypatch.setattr(app_module, "_PAGE_KEPT", 0.0)
    calls = 0

    def status() -> StatusPage:
        nonlocal calls
        calls += 1
        time.sleep(0.05)  # what it costs
        return StatusPage(title="x", site_url="https://example.org/")

    hook = Hook(secret="", git=False, branch="", wake=lambda: None)
    transport = httpx.ASGITransport(build_app(Shelf(), status, lambda: (True, ()), "/feeds/", lambda: LIVE, hook))
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        for _ in range(5):
            await client.get("/")

    assert calls == 1


async def test_the_style_of_the_status_page_is_the_one_it_allows(site: Site) -> None:
    from base64 import b64encode

    got = await site.ask("/")
    style = got.body.decode().partition("<style>")[2].partition("</style>")[0]

    assert b64encode(sha256(html.unescape(style).encode()).digest()).decode() in got["content-security-policy"]


async def test_a_fresh_service_has_a_status_page_too(site: Site) -> None:
    text = Page((await site.ask("/")).body.decode()).text

    assert "The first one is not done yet." in text
    assert "No feed is published yet." in text


async def test_a_state_that_cannot_be_read_is_said_instead_of_the_page(site: Site) -> None:
    site.trouble = StateError("state", "the database is locked", "wait")

    got = await site.ask("/")

    assert (got.status, got.body) == (503, b"the status cannot be told: state: the database is locked; wait\n")


async def test_many_who_look_at_the_status_page_read_the_state_once() -> None:
    calls = 0

    def status() -> StatusPage:
        nonlocal calls
        calls += 1
        return StatusPage(title="x", site_url="https://example.org/")

    hook = Hook(secret="", git=False, branch="", wake=lambda: None)
    transport = httpx.ASGITransport(build_app(Shelf(), status, lambda: (True, ()), "/feeds/", lambda: LIVE, hook))
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        answers = await asyncio.gather(*(client.get("/") for _ in range(20)))

    assert {answer.status_code for answer in answers} == {200}
    assert calls == 1


async def test_a_document_may_take_the_root_but_not_the_place_of_health(site: Site) -> None:
    root = record(url="https://news.example.org/")
    health = record("livez", SHORT, url="https://news.example.org/livez")
    site.shelf.show([(root, BODY), (health, SHORT)])

    assert (await site.ask("/")).body == BODY
    assert (await site.ask("/livez")).body == b"ok\n"


# --- strangers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "request_",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n",
        b"CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET http://[::1 HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
async def test_nonsense_is_answered_with_400_and_hurts_nobody(
    request_: bytes, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    got = parsed(await site.raw(request_ + b"\r\n\r\n"))

    assert got.status == 400
    assert (await site.ask()).status == 200
    assert caplog.records == []


async def test_a_star_is_no_path(site: Site) -> None:
    assert parsed(await site.raw(b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).status in {400, 404}


async def test_an_old_client_gets_an_old_answer(site: Site) -> None:
    """http-30, http-59."""
    got = parsed(await site.raw(f"GET {FEED} HTTP/1.0\r\n\r\n".encode()))

    assert (got.status, got.body, got["connection"]) == (200, BODY, "close")
    assert not got.has("transfer-encoding")


async def test_an_offer_to_change_the_protocol_is_passed_over(site: Site) -> None:
    for offer in ("h2c", "websocket"):
        got = await site.raw(
            f"GET {FEED} HTTP/1.1\r\nHost: x\r\nConnection: upgrade, close\r\nUpgrade: {offer}\r\n\r\n".encode()
        )

        assert parsed(got).body == BODY


async def test_a_head_too_large_is_refused_in_one_piece_and_in_many(site: Site) -> None:
    head = b"GET / HTTP/1.1\r\nHost: x\r\nX: %b" % (b"x" * 40_000)

    whole, endless = parsed(await site.raw(head + b"\r\n\r\n")), parsed(await site.raw(head))

    assert (whole.status, endless.status) == (400, 431)
    assert parsed(await site.raw(b"GET /%b HTTP/1.1\r\n" % (b"x" * 40_000))).status == 431
    assert (await site.ask(FEED, ("X", "x" * 20_000))).status == 200


async def test_a_body_that_nobody_wants_is_not_read_for_ever(site: Site) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(b"POST %b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" % FEED.encode())
    head = await reader.readuntil(b"\r\n\r\n")

    assert parsed(head).status == 405
    sent = 0
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(10):
            while sent < 100_000_000:
                writer.write(b"ffff\r\n" + b"x" * 0xFFFF + b"\r\n")
                await writer.drain()
                sent += 0xFFFF
    writer.close()

    assert sent < 100_000_000


async def still_open(reader: asyncio.StreamReader, within: float) -> bool:
    try:
        async with asyncio.timeout(within):
            await reader.read()
    except TimeoutError:
        return True
    except ConnectionError:
        return False
    return False


@pytest.mark.parametrize("beginning", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\n", b"\r\n"])
async def test_a_request_that_does_not_come_is_not_waited_for(
    beginning: bytes, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "_REQUEST_WITHIN", 0.2)
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(beginning)

    assert not await still_open(reader, 5)
    writer.close()


async def test_a_request_in_drips_has_no_more_time_than_another(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "_REQUEST_WITHIN", 0.3)
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    closed = asyncio.create_task(reader.read())
    drips = 0
    async with asyncio.timeout(5):
        while not closed.done():
            writer.write(b"x" if drips else b"GET /")
            drips += 1
            await asyncio.wait({closed}, timeout=0.02)

    assert closed.exception() is not None or closed.result() == b""
    assert drips > 5
    writer.close()


async def test_a_kept_connection_may_rest_between_requests(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "_REQUEST_WITHIN", 0.1)
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    request = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
    for _ in range(2):
        writer.write(request)
        await reader.readuntil(b"ok\n")

        assert await still_open(reader, 0.25)
    writer.close()


def slow_reader(port: int) -> socket.socket:
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect(("127.0.0.1", port))
    connection.sendall(b"GET /feeds/large.xml HTTP/1.1\r\nHost: x\r\n\r\n")
    return connection


async def connected(site: Site, count: int) -> None:
    """Wait until the server has so many connections."""
    assert site.server is not None
    assert site.server._uvicorn is not None
    async with asyncio.timeout(5):
        while len(site.server._uvicorn.server_state.connections) != count:
            await asyncio.sleep(0.005)


def serve_something_large(site: Site) -> None:
    body = b"x" * 20_000_000
    site.shelf.replace([prepare(record("large.xml", body), body, timedelta(minutes=15))])


async def test_a_reader_that_does_not_take_its_answer_is_cut_off(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "_TAKEN_WITHIN", 0.2)
    serve_something_large(site)
    await connected(site, 0)
    with await asyncio.to_thread(slow_reader, site.port):
        await connected(site, 1)

        await connected(site, 0)


# --- start and stop -------------------------------------------------------------------------------------------------


async def test_a_port_in_use_is_said_with_what_to_do(site: Site) -> None:
    with pytest.raises(ServeError) as caught:
        await Site().start(port=site.port)

    assert caught.value.what == f"127.0.0.1:{site.port}"
    assert caught.value.reason == "the port is in use"
    assert caught.value.remedy == "stop the other program or set [serve] port"


@pytest.mark.parametrize(
    ("host", "what", "reason"),
    [
        ("192.0.2.1", "192.0.2.1:0", "this machine does not have the address"),
        ("no.such.host.invalid", "no.such.host.invalid:0", "the host's name is not known"),
    ],
)
async def test_an_address_that_cannot_be_had_is_said(host: str, what: str, reason: str) -> None:
    with pytest.raises(ServeError) as caught:
        await Site().start(host=host)

    assert (caught.value.what, caught.value.reason) == (what, reason)
    assert "[serve] host" in caught.value.remedy


async def test_a_name_is_served_at_all_its_addresses_on_one_port() -> None:
    site = Site()
    server = await site.start(host="localhost")
    found = await asyncio.get_running_loop().getaddrinfo("localhost", server.port, type=socket.SOCK_STREAM)

    reached = 0
    for address in {str(info[4][0]) for info in found}:
        try:
            _, writer = await asyncio.open_connection(address, server.port)
        except OSError:
            continue  # no IPv6 on this machine
        reached += 1
        writer.close()
    await server.stop(1)

    assert reached


async def test_a_server_that_has_stopped_leaves_its_port() -> None:
    first = Site()
    server = await first.start()
    await first.ask("/livez")
    port = server.port
    await server.stop(1)

    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
    second = Site()
    again = await second.start(port=port)
    await again.stop(1)


async def test_stopping_what_never_started_is_nothing() -> None:
    await Server(Stage(), "127.0.0.1", 0).stop(1)


async def test_stopping_finishes_the_answers_under_way() -> None:
    begun, end = asyncio.Event(), asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        begun.set()
        await end.wait()
        await PlainTextResponse("done")(scope, receive, send)

    server = Server(slow, "127.0.0.1", 0)
    await server.start()
    site = Site(server=server)
    answer = asyncio.create_task(site.ask("/"))
    await begun.wait()

    stopping = asyncio.create_task(server.stop(10))
    await asyncio.wait({stopping}, timeout=0.2)
    assert not stopping.done()
    end.set()
    await stopping

    assert (await answer).body == b"done"


async def test_stopping_waits_no_longer_than_it_may() -> None:
    site = Site()
    serve_something_large(site)
    server = await site.start()
    connection = await asyncio.to_thread(slow_reader, site.port)
    idle = await asyncio.open_connection("127.0.0.1", site.port)
    await connected(site, 2)
    loop = asyncio.get_running_loop()

    begun = loop.time()
    await server.stop(0.3)

    assert loop.time() - begun < 2
    connection.close()
    idle[1].close()


async def test_it_runs_on_uvloop() -> None:
    async def visit() -> tuple[Got, Got]:
        site = Site()
        site.shelf.show([(record(), BODY)])
        server = await site.start()
        answers = await site.ask(), await site.ask(FEED, ("If-None-Match", "*"))
        await server.stop(1)
        return answers

    def visit_on_uvloop() -> tuple[Got, Got]:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(visit())

    first, second = await asyncio.to_thread(visit_on_uvloop)

    assert (first.body, second.status) == (BODY, 304)
