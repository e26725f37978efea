"""``POST /hooks/source`` on a real server: who is let in, what wakes, and what strangers get."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from http.client import HTTPConnection

import httpx
import pytest
import pytest_asyncio

from syndicator.health import Live
from syndicator.model import DocumentRecord, Format
from syndicator.web import hooks
from syndicator.web.app import build_app
from syndicator.web.hooks import Hook
from syndicator.web.server import Server
from syndicator.web.shelf import Shelf
from syndicator.web.status import StatusPage

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET = "correct horse battery staple"
PUSH = b'{"ref": "refs/heads/main", "repository": {"default_branch": "main"}}'
LIVE = Live(version="1", state="s", started=datetime(2026, 3, 1, tzinfo=UTC))


def sign(body: bytes, secret: str = SECRET) -> str:
    return f"sha256={hmac.digest(secret.encode(), body, sha256).hex()}"


@dataclass(slots=True)
class Host:
    """A git host that calls; ``woken`` counts how often something came of it."""

    shelf: Shelf = field(default_factory=Shelf)
    woken: int = 0
    calls: int = 0
    hook: Hook = field(init=False)
    server: Server = field(init=False)
    client: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        self.begin()
        page = StatusPage(title="x", site_url="https://example.org/")

        async def answer(scope: object, receive: object, send: object) -> None:
            app = build_app(self.shelf, lambda: page, lambda: (True, ()), "/feeds/", lambda: LIVE, self.hook)
            await app(scope, receive, send)  # type: ignore[arg-type]

        self.server = Server(answer, "127.0.0.1", 0)

    def begin(self, *, secret: str = SECRET, git: bool = True, branch: str = "main") -> None:
        self.woken = 0
        self.hook = Hook(secret=secret, git=git, branch=branch, wake=self.wake)

    def wake(self) -> None:
        self.woken += 1

    async def call(self, body: bytes = PUSH, /, *, event: str = "push", **fields: str) -> tuple[int, str]:
        """A delivery as GitHub makes it, with an id of its own; status and text of the answer."""
        self.calls += 1
        given = {
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": f"delivery-{self.calls}",
            "X-Hub-Signature-256": sign(body),
            **{name.replace("_", "-"): value for name, value in fields.items()},
        }
        headers = {name: value for name, value in given.items() if value}
        reply = await self.client.post("/hooks/source", content=body, headers=headers)
        return reply.status_code, reply.text


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served() -> AsyncIterator[Host]:
    host = Host()
    await host.server.start()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{host.server.port}", trust_env=False) as host.client:
        yield host
    await host.server.stop(1)


@pytest.fixture
def host(served: Host) -> Host:
    served.begin()
    served.shelf.show([])
    return served


async def test_a_push_wakes_and_says_so(host: Host) -> None:
    assert (202, "the source is looked at now\n") == await host.call()
    assert 1 == host.woken
    assert host.hook.heard is not None


async def test_a_ping_another_event_a_tag_and_another_branch_wake_nothing(host: Host) -> None:
    assert 200 == (await host.call(b"{}", event="ping"))[0]
    assert 200 == (await host.call(b'{"action": "opened"}', event="issues"))[0]
    assert (200, "a tag changes nothing here\n") == await host.call(b'{"ref": "refs/tags/v1"}')
    other = await host.call(b'{"ref": "refs/heads/draft"}')
    assert (200, "another branch: feeds are made from main\n") == other
    assert 0 == host.woken


async def test_the_branch_that_the_repository_names_counts_where_none_is_set_and_none_does_for_a_folder(
    host: Host,
) -> None:
    other = PUSH.replace(b"heads/main", b"heads/draft")
    host.begin(branch="")
    assert [200, 202] == [(await host.call(body))[0] for body in (other, PUSH)]
    host.begin(git=False, branch="")
    assert 202 == (await host.call(other))[0]


async def test_a_body_that_cannot_be_read_is_news_all_the_same_as_its_sender_knows_the_secret(host: Host) -> None:
    assert 202 == (await host.call(b"{nonsense"))[0]
    assert 202 == (await host.call(b"[" * 5000))[0]
    assert 202 == (await host.call(b"deployed 1767225600", event="", X_GitHub_Delivery=""))[0]


@pytest.mark.parametrize(
    "fields",
    [
        {"X_Hub_Signature_256": ""},
        {"X_Hub_Signature_256": sign(PUSH, "another secret of theirs")},
        {"X_Hub_Signature_256": sign(PUSH + b" ")},
        {"X_Hub_Signature_256": "", "X_Gitlab_Token": SECRET[:-1]},
    ],
    ids=["none", "another secret", "another body", "another token"],
)
async def test_wrong_and_missing_signatures_are_401_and_wake_nothing(
    host: Host, fields: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    replies = [await host.call(**fields) for _ in range(3)]

    assert {401} == {status for status, _ in replies}
    assert 0 == host.woken
    assert host.hook.heard is None
    assert host.hook.refused is not None
    # Anybody can call: the log says it once a minute.
    assert ["hook refused"] == [record.message for record in caplog.records]
    assert SECRET not in repr([vars(record) for record in caplog.records])


async def test_a_replay_is_409_and_wakes_nothing_also_under_another_id(host: Host) -> None:
    first = await host.call(X_GitHub_Delivery="once")

    assert 202 == first[0]
    assert (409, "this call was heard before\n") == await host.call(X_GitHub_Delivery="once")
    assert 409 == (await host.call(X_GitHub_Delivery="another"))[0]
    assert 409 == (await host.call(PUSH + b" ", X_GitHub_Delivery="once"))[0]
    assert 1 == host.woken


async def test_what_was_refused_is_not_remembered_so_that_nobody_can_block_a_call_that_is_to_come(host: Host) -> None:
    assert 401 == (await host.call(X_GitHub_Delivery="id", X_Hub_Signature_256="sha256=00"))[0]
    assert 202 == (await host.call(X_GitHub_Delivery="id"))[0]


async def test_only_so_many_calls_are_remembered(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "_REMEMBERED", 4)
    bodies = [f"call {number}".encode() for number in range(4)]

    assert [202] * 4 == [(await host.call(body))[0] for body in bodies]
    assert [202, 409] == [(await host.call(body))[0] for body in (bodies[0], bodies[3])]


async def test_a_dated_call_from_another_time_is_409(host: Host) -> None:
    from base64 import b64encode

    def dated(at: int) -> dict[str, str]:
        made = hmac.digest(SECRET.encode(), f"m-{at}.{at}.".encode() + PUSH, sha256)
        return {
            "webhook-id": f"m-{at}",
            "webhook-timestamp": str(at),
            "webhook-signature": f"v1,{b64encode(made).decode()}",
            "X-Gitlab-Event": "Push Hook",
        }

    now = int(datetime.now(UTC).timestamp())
    replies = [await host.client.post(hooks.PATH, content=PUSH, headers=dated(now + late)) for late in (0, -400, 0)]

    assert [202, 409, 409] == [reply.status_code for reply in replies]
    assert 1 == host.woken


async def test_a_call_too_large_is_413_whether_or_not_it_says_so_and_wakes_nothing(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "LARGEST", 200_000)
    large = b"x" * 300_000

    async def in_pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(large), 50_000):
            yield large[start : start + 50_000]

    sure = await host.client.post(hooks.PATH, content=large, headers={"X-Hub-Signature-256": sign(large)})
    silent = await host.client.post(hooks.PATH, content=in_pieces(), headers={"X-Hub-Signature-256": sign(large)})

    assert [413, 413] == [sure.status_code, silent.status_code]
    assert 0 == host.woken


@pytest.mark.parametrize("chunked", [False, True])
async def test_who_sends_all_before_it_listens_hears_that_it_was_too_large(host: Host, chunked: bool) -> None:
    """Also where it wants the connection closed after that: one that is closed over what it sends tells it nothing."""
    large = b"x" * (hooks.LARGEST + 2**20)

    def call() -> int:
        with closing(HTTPConnection("127.0.0.1", host.server.port, timeout=10)) as client:
            body = iter([large]) if chunked else large
            headers = {"X-Hub-Signature-256": sign(b""), "Connection": "close"}
            client.request("POST", hooks.PATH, body, headers, encode_chunked=chunked)
            return client.getresponse().status

    assert 413 == await asyncio.to_thread(call)
    assert 0 == host.woken


async def test_who_says_that_much_will_come_and_sends_nothing_hears_that_it_is_too_large(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "_PASSED_OVER", 0.05)
    reader, writer = await asyncio.open_connection("127.0.0.1", host.server.port)
    writer.write(f"POST {hooks.PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: {hooks.LARGEST + 1}\r\n\r\n".encode())

    answer = await asyncio.wait_for(reader.readline(), 10)
    writer.close()

    assert b"HTTP/1.1 413 " == answer[:13]
    assert 0 == host.woken


async def test_a_push_of_thousands_of_commits_is_taken_and_not_kept(host: Host) -> None:
    body = b'{"commits": "' + b"x" * 3_000_000 + b'", "ref": "refs/heads/draft"}'

    assert 202 == (await host.call(body))[0]


async def test_without_a_secret_there_is_nothing(host: Host) -> None:
    host.begin(secret="")

    status, text = await host.call()

    assert (404, True) == (status, "set [source] hook_secret" in text)
    assert 0 == host.woken


async def test_other_methods_are_refused_with_the_one_that_is_not(host: Host) -> None:
    for method in ("GET", "PUT", "DELETE", "OPTIONS"):
        reply = await host.client.request(method, hooks.PATH)
        assert (405, "POST") == (reply.status_code, reply.headers["allow"])


async def test_no_document_takes_its_place(host: Host) -> None:
    record = DocumentRecord(
        path="hooks/source", url="https://news.example.org/hooks/source", feed="main", format=Format.RSS, digest="d",
        source="s", version="v", changed=datetime(2026, 3, 1, tzinfo=UTC), media_type="text/plain",
    )  # fmt: skip
    host.shelf.show([(record, b"mine")])

    assert 405 == (await host.client.get(hooks.PATH)).status_code
    assert 202 == (await host.call())[0]


async def test_a_call_that_breaks_off_hurts_nobody(host: Host, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    _, writer = await asyncio.open_connection("127.0.0.1", host.server.port)
    writer.write(
        b"POST /hooks/source HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: sha256=00\r\nContent-Length: 99\r\n\r\nx"
    )
    await writer.drain()
    writer.close()
    await writer.wait_closed()

    assert 202 == (await host.call())[0]
    assert [] == [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_neither_bodies_nor_secrets_reach_the_log(host: Host, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await host.call(b'{"ref": "refs/heads/main", "words": "between us"}', X_Gitlab_Token=SECRET)

    ours = [record for record in caplog.records if record.name.startswith("syndicator")]
    assert [("hook called", "woken")] == [(record.message, vars(record)["outcome"]) for record in ours]
    assert "between us" not in repr([vars(record) for record in ours])
    assert SECRET not in repr([vars(record) for record in ours]) + repr(host.hook)
