"""What is served now: every document with its headers, made once, and swapped as a whole."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from types import MappingProxyType
from urllib.parse import quote, unquote, urlsplit

from syndicator.model import DocumentRecord
from syndicator.web.conditional import IDENTITY, write_http_date

Fields = tuple[tuple[bytes, bytes], ...]

#: Shorter bodies fit into one packet either way (http-27).
_WORTH_COMPRESSING = 600

#: Feeds are public and read by programs in browsers too (http-52).
CORS: Fields = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Last-Modified, Link, IM"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Representation:
    """A document in one coding: strong tag, bytes, and the header fields of a 200 and of a 304."""

    coding: str
    tag: str
    body: bytes
    fields: Fields
    fields_unchanged: Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A document ready to be sent.

    ``path`` is the decoded path of its ``address``, ``modified`` when its bytes last changed in whole seconds,
    ``representations`` those by coding, identity always among them.
    """

    path: str
    address: bytes
    record: DocumentRecord
    modified: datetime
    representations: Mapping[str, Representation]
    codings: tuple[str, ...]
    tags: frozenset[str]


def prepare(record: DocumentRecord, body: bytes, max_age: timedelta, before: Served | None = None) -> Served:
    """Everything that requests for a document will need.

    ``before`` is what was served at its address until now. Other bytes get a later Last-Modified even when both were
    written within one second (http-13).
    """
    modified = record.changed.astimezone(UTC).replace(microsecond=0)
    bodies = {IDENTITY: body}
    if len(body) >= _WORTH_COMPRESSING and len(packed := gzip.compress(body, compresslevel=6, mtime=0)) < len(body):
        bodies["gzip"] = packed
    tags = {coding: f'"{sha256(data).hexdigest()[:32]}"' for coding, data in bodies.items()}
    if before is not None and tags[IDENTITY] not in before.tags and modified <= before.modified:
        modified = before.modified + timedelta(seconds=1)
    shared: Fields = (
        (b"cache-control", f"public, max-age={int(max_age.total_seconds())}".encode()),
        (b"vary", b"Accept-Encoding"),
        (b"link", _link(record)),
        *CORS,
    )
    about: Fields = (
        (b"content-type", record.media_type.encode("ascii")),
        (b"last-modified", write_http_date(modified).encode()),
        (b"x-content-type-options", b"nosniff"),
    )
    representations = {}
    for coding, data in bodies.items():
        tag: Fields = ((b"etag", tags[coding].encode()),)
        length: Fields = ((b"content-length", str(len(data)).encode()),)
        encoding: Fields = () if coding == IDENTITY else ((b"content-encoding", coding.encode()),)
        representations[coding] = Representation(
            coding=coding,
            tag=tags[coding],
            body=data,
            fields=(*length, *encoding, *about, *tag, *shared),
            fields_unchanged=(*tag, *shared),
        )
    return Served(
        path=unquote(urlsplit(record.url).path),
        address=_uri(record.url).encode("ascii"),
        record=record,
        modified=modified,
        representations=MappingProxyType(representations),
        codings=tuple(coding for coding in bodies if coding != IDENTITY),
        tags=frozenset(tags.values()),
    )


def _link(record: DocumentRecord) -> bytes:
    """Hubs and self in one field, as hubs want to read it (http-51, websub-2)."""
    parts = [f'<{_uri(hub)}>; rel="hub"' for hub in record.hubs]
    return ", ".join([*parts, f'<{_uri(record.url)}>; rel="self"']).encode("ascii")


def _uri(address: str) -> str:
    """A legal address stays as it is; nothing else gets into a header."""
    return quote(address, safe="%/:=&?~#+!$,;'@()*[]")


class Shelf:
    """The documents that readers see. A reader holds on to one document, so body and tag are always a pair.

    Every method may be called from any thread: looking up takes the whole shelf at once, replacing swaps it.
    """

    def __init__(self, max_age: timedelta = timedelta(minutes=15)) -> None:
        self._max_age = max_age
        self._served: Mapping[str, Served] = MappingProxyType({})

    def __len__(self) -> int:
        return len(self._served)

    def find(self, path: str) -> Served | None:
        """The document at a decoded path."""
        return self._served.get(path)

    def replace(self, documents: Sequence[Served]) -> None:
        """Serve these from now on, and nothing else."""
        self._served = MappingProxyType({served.path: served for served in documents})

    def show(self, documents: Sequence[tuple[DocumentRecord, bytes]]) -> None:
        """Serve these records with their bytes from now on. Compresses what is new, which takes a while."""
        by_record = {served.record: served for served in self._served.values()}
        by_url = {served.record.url: served for served in self._served.values()}
        self.replace(
            [
                by_record.get(record) or prepare(record, body, self._max_age, by_url.get(record.url))
                for record, body in documents
            ]
        )
