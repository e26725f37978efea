"""Values of the tables about who is told: requests with places to fill, headers, secrets."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import Annotated

from pydantic import AfterValidator, Field

from syndicator.caches import PLACES, TOKEN, fill_address, places
from syndicator.configuration.addresses import check_asked
from syndicator.configuration.words import Expect, Wrong

_EXAMPLE = "https://news.example.org/feed.xml"
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
#: What the client says by itself, or what would make another request of it.
_OURS = frozenset(
    {
        *("accept-encoding", "connection", "content-length", "expect", "keep-alive", "te", "trailer"),
        *("transfer-encoding", "upgrade", "user-agent"),
    }
)
_PREFIX = "whsec_"
_MAKE_ONE = 'make one with: echo "whsec_$(openssl rand -base64 32)"'


def _known_places(text: str, known: tuple[str, ...]) -> None:
    for name in places(text):
        if name not in known:
            shown = ", ".join(f"{{{each}}}" for each in known)
            raise Wrong(
                f"has {{{name[:40]}}} in it, which stands for nothing here", f"what stands for something: {shown}"
            )


def _purge_address(value: str) -> str:
    if value:
        if TOKEN in places(value):
            raise Wrong("has {token} in it, and addresses are shown", "put it into headers")
        _known_places(value, PLACES)
        check_asked(fill_address(value, _EXAMPLE))
    return value


def _body(value: str) -> str:
    _known_places(value, (*PLACES, TOKEN))
    return value


def _header_name(value: str) -> str:
    if not _HEADER.fullmatch(value):
        raise Wrong
    if value.lower() in _OURS:
        raise Wrong("is a header that is set by itself", "leave it out")
    return value


def _plain_header_value(value: str) -> str:
    if not value.isascii() or not value.isprintable() or value != value.strip() or not value:
        raise Wrong("is not text that a header can have", "ASCII on one line, without white space around it")
    return value


def _header_value(value: str) -> str:
    _known_places(_plain_header_value(value), (*PLACES, TOKEN))
    return value


def _message_header_value(value: str) -> str:
    for name in places(_plain_header_value(value)):
        if name in (*PLACES, TOKEN):
            raise Wrong(f"has {{{name}}} in it, and nothing is filled in here as it is under [purge]", "write it out")
    return value


def _token(value: str) -> str:
    if not value.isascii() or not value.isprintable() or " " in value:
        raise Wrong("is not a token: it has white space in it, or letters that no header can have", "copy it once more")
    return value


def secret_keys(value: str) -> tuple[bytes, ...]:
    """The keys of a web hook's secret, or of several with white space between them. Raises Wrong."""
    return tuple(map(_secret_key, value.split()))


def _secret_key(word: str) -> bytes:
    if not word.startswith(_PREFIX):
        raise Wrong(f"is not a secret of the form {_PREFIX}…", _MAKE_ONE)
    try:
        key = b64decode(word.removeprefix(_PREFIX), validate=True)
    except ValueError:
        raise Wrong(f"is not a secret: what follows {_PREFIX} is not Base64", _MAKE_ONE) from None
    if not 24 <= len(key) <= 64:
        raise Wrong(f"is a secret of {len(key)} bytes, and 24 to 64 are wanted", _MAKE_ONE)
    return key


def _secret(value: str) -> str:
    secret_keys(value)
    return value


PurgeAddress = Annotated[
    str,
    AfterValidator(_purge_address),
    Expect('an address such as "https://cdn.example.net/purge?url={url}", or "{url}"'),
]
BodyTemplate = Annotated[str, AfterValidator(_body), Expect("text")]
Method = Annotated[str, Field(pattern=r"\A[A-Z]{3,20}\z"), Expect('a method of HTTP such as "PURGE" or "POST"')]
HeaderName = Annotated[str, AfterValidator(_header_name)]
HeaderValue = Annotated[str, AfterValidator(_header_value), Expect("text", secret=True)]
MessageHeaderValue = Annotated[str, AfterValidator(_message_header_value), Expect("text", secret=True)]
PurgeToken = Annotated[str, Field(repr=False), AfterValidator(_token), Expect("text", secret=True)]
HookSecret = Annotated[
    str, Field(repr=False), AfterValidator(_secret), Expect(f'text such as "{_PREFIX}…"', secret=True)
]
