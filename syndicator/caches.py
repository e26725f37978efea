"""How caches are told to let go of a document: by a request of the operator's own, or in the way of a service."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

import orjson

#: What may stand in braces, and what it stands for.
PLACES = ("url", "host", "path")
TOKEN = "token"  # noqa: S105 - the name of a place
_PLACE = re.compile(r"\{([a-z_]+)\}")
_FASTLY = "https://api.fastly.com/"
_CLOUDFLARE = "https://api.cloudflare.com/client/v4/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Purge:
    """What the operator says of purging. ``url`` is where a request goes, in a preset its API when it is another one.

    ``key`` is a surrogate key of the ``service``, which lets go of many documents at once.
    """

    preset: str = ""
    url: str = ""
    method: str = "PURGE"
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: str = ""
    token: str = field(default="", repr=False)
    zone: str = ""
    service: str = ""
    key: str = ""
    soft: bool = False

    @property
    def is_on(self) -> bool:
        """Whether caches are told at all."""
        return bool(self.preset or self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is sent; what may be secret in it is never shown."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    content: bytes = field(default=b"", repr=False)


def request_for(purge: Purge, topic: str) -> Request:
    """The request by which caches let go of the document at an address."""
    match purge.preset:
        case "fastly":
            return _fastly(purge, topic)
        case "cloudflare":
            return Request(
                method="POST",
                url=f"{_api(purge.url, _CLOUDFLARE)}zones/{quote(purge.zone, safe='')}/purge_cache",
                headers=(("Authorization", f"Bearer {purge.token}"), ("Content-Type", "application/json")),
                # One of thirty that it may name: addresses count there, not requests, and what fails is one alone.
                content=orjson.dumps({"files": [topic]}),
            )
    form = any(name.lower() == "content-type" and "x-www-form-urlencoded" in value for name, value in purge.headers)
    return Request(
        method=purge.method,
        url=fill_address(purge.url, topic),
        headers=tuple((name, fill(value, topic, purge.token)) for name, value in purge.headers),
        content=fill(purge.body, topic, purge.token, _encoded if form else str).encode(),
    )


def origin(url: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


def places(template: str) -> Iterator[str]:
    """The names in braces in a text."""
    return (match[1] for match in _PLACE.finditer(template))


def fill_address(template: str, topic: str) -> str:
    """The address with its places filled: as they are in a path, percent-encoded once more in a query."""
    path, mark, query = template.partition("?")
    return fill(path, topic) + mark + fill(query, topic, encode=_encoded)


def fill(template: str, topic: str, token: str = "", encode: Callable[[str], str] = str) -> str:
    """The text with its places filled; what is in braces and no place stays."""
    parts = urlsplit(topic)
    query = f"?{parts.query}" if parts.query else ""
    values = {"url": topic, "host": parts.netloc, "path": (parts.path or "/") + query, TOKEN: token}
    return _PLACE.sub(lambda match: encode(values[match[1]]) if match[1] in values else match[0], template)


def _fastly(purge: Purge, topic: str) -> Request:
    headers = [("Accept", "application/json")]
    if purge.token:
        headers.append(("Fastly-Key", purge.token))
    if purge.soft:
        headers.append(("Fastly-Soft-Purge", "1"))
    api = _api(purge.url, _FASTLY)
    if purge.key:
        url = f"{api}service/{quote(purge.service, safe='')}/purge/{quote(purge.key, safe='')}"
        return Request(method="POST", url=url, headers=tuple(headers))
    if purge.token:
        return Request(method="POST", url=f"{api}purge/{topic.partition('://')[2]}", headers=tuple(headers))
    # Whoever may read it may purge it, unless the service asks for a key.
    return Request(method="PURGE", url=topic, headers=tuple(headers))


def _api(url: str, usual: str) -> str:
    return f"{url.rstrip('/')}/" if url else usual


def _encoded(text: str) -> str:
    return quote(text, safe="")
