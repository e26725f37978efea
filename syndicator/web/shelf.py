"""What is served now: every document with its headers, made once, and swapped as a whole.

Pages of archives stay where they are until somebody asks: there may be thousands, and hardly anybody does. Nor is a
document compressed before the first reader who takes that: it costs more than all else that a new post does to it.
"""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from urllib.parse import quote, unquote, urlsplit

from syndicator.errors import PublishError
from syndicator.model import DocumentRecord, digest
from syndicator.web.conditional import IDENTITY, write_http_date

Fields = tuple[tuple[bytes, bytes], ...]

#: What documents may be sent in, beside their plain bytes, the best first.
CODINGS = ("gzip",)
#: Shorter bodies fit into one packet either way (http-27).
_WORTH_COMPRESSING = 600

#: Pages hardly ever change, but take-downs are to arrive one day: so long, and not for ever (atom-62, http-34).
_PAGE_AGE = timedelta(days=365)
#: Whoever walks through an archive asks for each page once; others at the same time may walk alongside.
_PAGES_AT_HAND = 16

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
    ``representations`` those by coding, identity always among them; with ``waits`` nobody has asked for another yet.
    Header fields ``about`` its content go with a 200, those ``shared`` with a 304 too.
    """

    path: str
    address: bytes
    record: DocumentRecord
    modified: datetime
    representations: Mapping[str, Representation]
    about: Fields
    shared: Fields
    codings: tuple[str, ...]
    tags: frozenset[str]
    waits: bool = False


def prepare(
    record: DocumentRecord, body: bytes, max_age: timedelta, before: Served | None = None, *, name: str = ""
) -> Served:
    """Everything that requests for a document will need, but for what ``pack`` adds.

    ``before`` is what was served at its address until now. Other bytes get a later Last-Modified even when both were
    written within one second (http-13). ``name`` is the digest of the bytes, where that is known.
    """
    modified = record.changed.astimezone(UTC).replace(microsecond=0)
    tag = _tag(name or digest(body))
    if before is not None and tag not in before.tags and modified <= before.modified:
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
    return Served(
        path=unquote(urlsplit(record.url).path),
        address=_uri(record.url).encode("ascii"),
        record=record,
        modified=modified,
        representations=MappingProxyType({IDENTITY: _represent(IDENTITY, body, tag, about, shared)}),
        about=about,
        shared=shared,
        codings=(),
        tags=frozenset((tag,)),
        waits=len(body) >= _WORTH_COMPRESSING,
    )


def pack(served: Served) -> Served:
    """The document with each coding that is worth having, which takes a while."""
    if not served.waits:
        return served
    plain = served.representations[IDENTITY]
    body = gzip.compress(plain.body, compresslevel=6, mtime=0)
    if len(body) >= len(plain.body):
        return replace(served, waits=False)
    packed = _represent("gzip", body, _tag(digest(body)), served.about, served.shared)
    return replace(
        served,
        representations=MappingProxyType({**served.representations, packed.coding: packed}),
        codings=(packed.coding,),
        tags=served.tags | {packed.tag},
        waits=False,
    )


def _tag(name: str) -> str:
    return f'"{name}"'


def _represent(coding: str, body: bytes, tag: str, about: Fields, shared: Fields) -> Representation:
    named: Fields = ((b"etag", tag.encode()),)
    length: Fields = ((b"content-length", str(len(body)).encode()),)
    encoding: Fields = () if coding == IDENTITY else ((b"content-encoding", coding.encode()),)
    return Representation(
        coding=coding,
        tag=tag,
        body=body,
        fields=(*length, *encoding, *about, *named, *shared),
        fields_unchanged=(*named, *shared),
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

    def __init__(
        self, max_age: timedelta = timedelta(minutes=15), read: Callable[[str], bytes | None] = lambda _: None
    ) -> None:
        self._max_age = max_age
        self._read = read
        self._served: Mapping[str, Served] = MappingProxyType({})
        self._pages: Mapping[str, DocumentRecord] = MappingProxyType({})
        self._at_hand: dict[DocumentRecord, Served] = {}
        self._packing = threading.Lock()

    def __len__(self) -> int:
        return len(self._served)

    def find(self, path: str) -> Served | None:
        """The document at a decoded path."""
        return self._served.get(path)

    def find_page(self, path: str) -> DocumentRecord | None:
        """The page of an archive at a decoded path."""
        return self._pages.get(path)

    def fetch(self, page: DocumentRecord) -> Served | None:
        """A page of an archive, read from its file and compressed, which takes a while; None when it cannot be had."""
        if (known := self._at_hand.get(page)) is not None:
            return known
        try:
            body = self._read(page.path)
        except PublishError:
            return None
        if body is None:
            return None
        served = pack(prepare(page, body, _PAGE_AGE))
        if digest(body) == page.digest:  # else a pass has just replaced it, and will say so
            latest = list(self._at_hand.items())[1 - _PAGES_AT_HAND :]
            self._at_hand = dict([*latest, (page, served)])
        return served

    def pack(self, served: Served) -> Served:
        """A document with each coding that is worth having: made for the first who asks, kept for all others."""
        with self._packing:
            now = self._served.get(served.path)
            if now is not None and now.record == served.record and not now.waits:
                return now
            packed = pack(served)
            if now is served:
                self._served = MappingProxyType({**self._served, served.path: packed})
            return packed

    def replace(self, documents: Sequence[Served]) -> None:
        """Serve these from now on, and nothing else."""
        with self._packing:
            self._served = MappingProxyType({served.path: served for served in documents})

    def show(self, documents: Sequence[tuple[DocumentRecord, bytes]], pages: Sequence[DocumentRecord] = ()) -> None:
        """Serve these records with their bytes, which their digests name, from now on, and pages as their files have
        them."""
        by_record = {served.record: served for served in self._served.values()}
        by_url = {served.record.url: served for served in self._served.values()}
        by_path = {unquote(urlsplit(page.url).path): page for page in pages}
        # Whatever leads to a page comes after it, and goes before.
        self._pages = MappingProxyType({**self._pages, **by_path})
        self.replace(
            [
                by_record.get(record)
                or prepare(record, body, self._max_age, by_url.get(record.url), name=record.digest)
                for record, body in documents
            ]
        )
        self._pages = MappingProxyType(by_path)
