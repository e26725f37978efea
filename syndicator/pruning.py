"""Pages of archives lose what expired while the source is away: whoever would make them anew has to read all posts on
them, so that the entries are cut out of the documents as they stand.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from syndicator.dues import changed, owed
from syndicator.errors import PublishError
from syndicator.formats.apart import without
from syndicator.history import shown_in
from syndicator.model import Audience, Document, DocumentRecord, PageRecord
from syndicator.ports import Publication
from syndicator.writing import Press


def prune(
    press: Press, pages: Mapping[str, Sequence[PageRecord]], ids: frozenset[str], now: datetime
) -> tuple[tuple[str, ...], tuple[PublishError, ...]]:
    """Take the entries with these ``ids`` out of the ``pages`` of feeds; the paths of the documents that lost some, and
    why others could not be cut. One that is not as we write documents is left alone.

    The first pass that can look at the source makes them anew. Raises PublishError and StateError; once more is fine.
    """
    hit = {(name, p.number) for name, records in pages.items() for p in records if not ids.isdisjoint(shown_in([p]))}
    remembered = press.ledger.documents()
    done: list[DocumentRecord] = []
    failed: list[PublishError] = []
    for standing in remembered.values():
        if (standing.feed, standing.page) in hit:
            try:
                record = _pruned(press, standing, ids, now)
            except PublishError as error:
                failed.append(error)  # the others may be cut all the same
            else:
                done += [record] if record is not None else []
    if done:
        if press.show is not None:
            press.show(dict.fromkeys(done), ())
        press.publisher.settle([record.path for record in done])
        audience = press.orders.audience if press.orders.announce else Audience()
        news = owed(changed(done, remembered), (), remembered, audience)
        press.ledger.record(Publication(documents=tuple(done), announcements=tuple(news)), now)
    return tuple(record.path for record in done), tuple(failed)


def _pruned(press: Press, known: DocumentRecord, ids: Collection[str], now: datetime) -> DocumentRecord | None:
    """The record of a document without the entries, None where that is as it was."""
    body = press.publisher.read(known.path)
    if body is None:
        return None
    try:
        left = without(body, known.format, ids)
    except ValueError:
        return None
    document = Document(
        path=known.path, url=known.url, format=known.format, media_type=known.media_type, body=left, hubs=known.hubs
    )
    # Not whether anything was taken out: that was done before where this was cut off half-way.
    if document.digest == known.digest:
        return None
    version = press.publisher.put(document)
    return replace(
        known,
        digest=document.digest,
        source="",
        version=version,
        changed=now.replace(microsecond=0),
        length=len(left),
    )
