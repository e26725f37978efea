"""Who calls the hook: the forms of git hosts, in bytes as they come."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.web.signatures import News, Proof, is_late, news

SECRET = "It's a Secret to Everybody"
BODY = b"Hello, World!"
#: The example that GitHub's documentation has for who writes such a check.
GITHUB = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
KEY = b"0123456789abcdef0123456789abcdef"
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
AT = str(int(NOON.timestamp()))


def holds(fields: Mapping[str, str], *, secret: str = SECRET, body: bytes = BODY) -> bool:
    proof = Proof(fields, secret)
    for start in range(0, len(body), 5):
        proof.update(body[start : start + 5])
    return proof.holds()


def standard(key: bytes, *, name: str = "msg_1", at: str = AT, body: bytes = BODY) -> dict[str, str]:
    made = hmac.digest(key, f"{name}.{at}.".encode() + body, sha256)
    said = f"v1,{b64encode(b'x' * 32).decode()} v1a,zz v1,{b64encode(made).decode()}"
    return {"webhook-id": name, "webhook-timestamp": at, "webhook-signature": said}


@pytest.mark.parametrize(
    ("fields", "secret"),
    [
        ({"x-hub-signature-256": f"sha256={GITHUB}"}, SECRET),
        ({"x-gitea-signature": GITHUB}, SECRET),
        ({"x-forgejo-signature": GITHUB, "x-gitea-signature": GITHUB}, SECRET),
        ({"x-gitlab-token": SECRET}, SECRET),
        (standard(KEY), "whsec_" + b64encode(KEY).decode()),
        (standard(KEY), b64encode(KEY).decode()),
        (standard(SECRET.encode()), SECRET),
    ],
    ids=["github", "gitea", "forgejo", "gitlab token", "gitlab signing token", "the same without its mark", "any text"],
)
def test_each_host_is_known_by_its_form_and_not_with_another_secret_or_body(
    fields: dict[str, str], secret: str
) -> None:
    assert holds(fields, secret=secret)
    assert not holds(fields, secret=secret + "x")
    if "x-gitlab-token" not in fields:
        assert not holds(fields, secret=secret, body=BODY + b" ")
        assert not holds({name: value[:-2] for name, value in fields.items()}, secret=secret)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"x-gitlab-token": ""},
        {"x-hub-signature-256": ""},
        {"x-hub-signature-256": f"sha1={GITHUB}"},
        {"x-hub-signature": f"sha256={GITHUB}"},
        {"x-hub-signature-256": f"sha256={GITHUB}, sha256={GITHUB}"},
        {"x-gitea-signature": "é" * 64},
        {"webhook-signature": standard(SECRET.encode())["webhook-signature"]},
        {**standard(SECRET.encode()), "webhook-id": "msg_2"},
        {**standard(SECRET.encode()), "webhook-timestamp": "1"},
    ],
)
def test_what_proves_nothing_does_not_hold(fields: dict[str, str]) -> None:
    assert not holds(fields)


def test_a_call_that_cannot_hold_is_known_before_its_body() -> None:
    assert not Proof({"x-gitlab-token": "another"}, SECRET)
    assert not Proof({"x-github-event": "push"}, SECRET)
    assert Proof({"x-hub-signature-256": "sha256=00"}, SECRET)


def test_the_names_of_a_call_are_its_id_and_what_is_signed_since_nobody_signs_the_id() -> None:
    def names(**fields: str) -> tuple[str, ...]:
        given = {"x-hub-signature-256": GITHUB, **{key.replace("_", "-"): value for key, value in fields.items()}}
        proof = Proof(given, SECRET)
        proof.update(BODY)
        return proof.names(given)

    assert ("id 7", f"body {GITHUB}") == names(x_github_delivery="7")
    assert (f"body {GITHUB}",) == names()
    assert "id 9" == names(idempotency_key="9", x_gitlab_event_uuid="8")[0]


def test_a_time_more_than_five_minutes_away_is_another_time() -> None:
    assert not is_late({"webhook-timestamp": AT}, NOON)
    assert not is_late({"webhook-timestamp": AT}, NOON + timedelta(minutes=5))
    assert is_late({"webhook-timestamp": AT}, NOON + timedelta(minutes=5, seconds=1))
    assert is_late({"webhook-timestamp": AT}, NOON - timedelta(minutes=6))
    assert all(is_late({"webhook-timestamp": text}, NOON) for text in ("", "soon", "-1", "9" * 11, "9" * 400, "²"))


@pytest.mark.parametrize(
    ("fields", "body", "said"),
    [
        ({"x-github-event": "push"}, b'{"ref": "refs/heads/main"}', News(event="push", branch="main")),
        (
            {"x-github-event": "push"},
            b"payload=%7B%22ref%22%3A+%22refs%2Fheads%2Fa%2Fb%22%7D&x=1",
            News(event="push", branch="a/b"),
        ),
        (
            {"x-gitlab-event": "Push Hook"},
            b'{"ref": "refs/heads/x", "project": {"default_branch": "main"}}',
            News(event="push hook", branch="x", own_branch="main"),
        ),
        (
            {"x-gitlab-event": "System Hook"},
            b'{"event_name": "push", "ref": "refs/tags/v1"}',
            News(event="push", tag=True),
        ),
        ({"x-github-event": "ping"}, b'{"zen": "Approachable"}', News(event="ping")),
        ({}, b"anything", News(event="")),
        ({"x-gitea-event": "push", "x-github-event": "ping"}, b"[" * 100_000, News(event="push")),
        ({"x-gitea-event": "push"}, b'{"ref": 5, "repository": []}', News(event="push")),
    ],
)
def test_what_is_said_is_read_and_nonsense_says_nothing(fields: dict[str, str], body: bytes, said: News) -> None:
    assert said == news(fields, body)


def test_pushes_are_news_and_tags_and_other_events_are_not() -> None:
    assert News(event="push").is_push
    assert News(event="").is_push
    assert not News(event="push", tag=True).is_push
    assert not News(event="issues").is_push


@given(
    st.dictionaries(st.sampled_from(["x-hub-signature-256", "webhook-signature", "webhook-id", "x-github-event"]),
                    st.text(max_size=40)),
    st.binary(max_size=60),
)  # fmt: skip
def test_nothing_that_comes_in_raises_or_holds(fields: dict[str, str], body: bytes) -> None:
    assert not holds(fields, body=body)
    assert news(fields, body).event == fields.get("x-github-event", "").strip().lower()
