"""Who calls: the forms in which git hosts prove that they know a secret, and what they say of the call."""

from __future__ import annotations

import binascii
import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote_to_bytes

import orjson

#: How far the time of a call may lie from ours, where it carries one (Standard Webhooks: five minutes).
TOLERANCE = timedelta(minutes=5)
_HEX = ("x-hub-signature-256", "x-forgejo-signature", "x-gitea-signature")
_STANDARD = ("webhook-id", "webhook-timestamp", "webhook-signature")
_TOKEN = "x-gitlab-token"  # noqa: S105 - the name of a header field
_IDS = ("webhook-id", "idempotency-key", "x-forgejo-delivery", "x-gitea-delivery", "x-github-delivery",
        "x-gitlab-event-uuid")  # fmt: skip
_EVENTS = ("x-forgejo-event", "x-gitea-event", "x-github-event", "x-gitlab-event")
_BRANCH = "refs/heads/"
#: Longer names of events and branches are nobody's.
_LONGEST = 200


class Proof:
    """The proofs that the head of a call offers; feed it the body, and ask whether one holds.

    Any of them is enough: each can only be made by who knows the secret. A field that is there twice proves nothing.
    """

    def __init__(self, fields: Mapping[str, str], secret: str) -> None:
        key = secret.encode()
        given = fields.get(_TOKEN, "").encode("latin-1", "replace")
        self._token = bool(given) and hmac.compare_digest(given, key)
        self._plain = [fields[name].strip().lower().removeprefix("sha256=") for name in _HEX if name in fields]
        self._body = hmac.new(key, digestmod="sha256") if self._plain else None
        self._signed = [part[3:] for part in fields.get(_STANDARD[2], "").split() if part.startswith("v1,")]
        head = ".".join(fields.get(name, "") for name in _STANDARD[:2]) + "."
        wanted = bool(self._signed) and all(name in fields for name in _STANDARD)
        self._dated = [hmac.new(each, head.encode("latin-1", "replace"), "sha256") for each in _keys(secret) if wanted]

    def __bool__(self) -> bool:
        """Whether it can hold at all, whatever the body is."""
        return self._token or self._body is not None or bool(self._dated)

    def update(self, part: bytes) -> None:
        """The next part of the body, as it came."""
        for one in (self._body, *self._dated):
            if one is not None:
                one.update(part)

    def holds(self) -> bool:
        """Whether the caller knows the secret."""
        return self._token or self.is_signed() or self.is_dated()

    def is_signed(self) -> bool:
        """Whether the body is signed as GitHub, Gitea and Forgejo do it."""
        made = self._body.hexdigest().encode() if self._body else b""
        return any(hmac.compare_digest(made, said.encode("latin-1", "replace")) for said in self._plain)

    def is_dated(self) -> bool:
        """Whether id, time and body are signed as Standard Webhooks have it, and GitLab does."""
        made = [b64encode(one.digest()) for one in self._dated]
        return any(hmac.compare_digest(m, s.encode("latin-1", "replace")) for m in made for s in self._signed)

    def names(self, fields: Mapping[str, str]) -> tuple[str, ...]:
        """What tells this call from all others: the id that the host gave it, and what is signed.

        An id that is not signed could be another one in a replay.
        """
        given = next((fields[name][:_LONGEST] for name in _IDS if fields.get(name)), "")
        signed = self._body.hexdigest() if self._body and self.is_signed() else ""
        return tuple(f"{kind} {name}" for kind, name in (("id", given), ("body", signed)) if name)


def _keys(secret: str) -> Iterator[bytes]:
    """Keys that a signing token may stand for: written in base64 after ``whsec_``, or the text as it is."""
    yield secret.encode()
    try:
        yield b64decode(secret.removeprefix("whsec_").encode(), validate=True)
    except (binascii.Error, ValueError):
        return


def is_late(fields: Mapping[str, str], now: datetime) -> bool:
    """Whether a call that is dated comes from another time: it is an old one, or a clock is wrong."""
    text = fields.get(_STANDARD[1], "")
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        return True
    return abs(datetime.fromtimestamp(int(text), UTC) - now) > TOLERANCE


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a call says: what happened, on which branch ("" when it does not say), and the repository's own branch."""

    event: str
    branch: str = ""
    own_branch: str = ""
    tag: bool = False

    @property
    def is_push(self) -> bool:
        """Whether there may be something new; somebody who is no git host calls for nothing else."""
        return self.event in ("", "push", "push hook") and not self.tag


def news(fields: Mapping[str, str], body: bytes) -> News:
    """What a call says, whose proof holds. A body that cannot be read says nothing."""
    event = next((fields[name].strip().lower()[:_LONGEST] for name in _EVENTS if fields.get(name)), "")
    said = _read(body)
    if event == "system hook":  # GitLab tells of all its projects by this name
        kind = said.get("object_kind", said.get("event_name"))
        event = kind if isinstance(kind, str) else event
    ref = said.get("ref")
    ref = ref if isinstance(ref, str) else ""
    homes = (home for home in (said.get("repository"), said.get("project")) if isinstance(home, dict))
    own = next((name for home in homes if isinstance(name := home.get("default_branch"), str)), "")
    branch = ref.removeprefix(_BRANCH) if ref.startswith(_BRANCH) else ""
    return News(event=event[:_LONGEST], branch=branch, own_branch=own, tag=ref.startswith("refs/tags/"))


def _read(body: bytes) -> Mapping[str, object]:
    if body.startswith(b"payload="):  # a form, which is what GitHub sends unless told otherwise
        body = unquote_to_bytes(body.removeprefix(b"payload=").partition(b"&")[0].replace(b"+", b" "))
    try:
        said = orjson.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
