"""What is owed to whom for documents that were published: caches, a look from outside, hubs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from syndicator.model import Announcement, Audience, DeliveryKind, DocumentRecord


def changed(
    now_published: Iterable[DocumentRecord], remembered: Mapping[str, DocumentRecord]
) -> tuple[DocumentRecord, ...]:
    """The documents whose bytes or address are other than they were."""
    return tuple(
        document
        for document in now_published
        if (known := remembered.get(document.path)) is None
        or (known.digest, known.url) != (document.digest, document.url)
    )


def owed(
    news: Iterable[DocumentRecord],
    gone: Iterable[DocumentRecord],
    remembered: Mapping[str, DocumentRecord],
    audience: Audience,
) -> Iterator[Announcement]:
    """What is owed for documents that changed (``news``) or are not published any more (``gone``).

    Caches let go of each: also of a new one, as they may remember that there was none. Only nobody has ever asked for
    a page of an archive before there was one. Looked at from outside are the documents that others are told of or ask
    for by themselves; who reads a page finds it by those. Hubs get one word a topic (websub-7, 8, 12).
    """
    for document in news:
        if audience.purge and (not document.page or document.path in remembered):
            yield _owed(DeliveryKind.PURGE, audience.purge, document)
        if audience.verify and not document.page:
            # So many bytes are read and no more, whatever comes.
            yield _owed(DeliveryKind.VERIFY, audience.verify, document, body=str(document.length).encode())
        for hub in document.hubs:
            yield _owed(DeliveryKind.HUB, hub, document)
    if audience.purge:
        for document in gone:
            yield _owed(DeliveryKind.PURGE, audience.purge, document)


def _owed(kind: DeliveryKind, target: str, document: DocumentRecord, body: bytes = b"") -> Announcement:
    return Announcement(
        kind=kind, target=target, topic=document.url, digest=document.digest, feed=document.feed, body=body
    )
