"""Where a post is decided to be in, and no reader sees it: documents that could not be written, or are not yet."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from html import escape

from syndicator.explain import ON_PAGE, Explanation
from syndicator.model import DocumentRecord, FeedRecord

#: What stands at a path, None for nothing.
_Read = Callable[[str], bytes | None]


def as_published(
    explanation: Explanation,
    names: Collection[str],
    feeds: Mapping[str, FeedRecord],
    documents: Iterable[DocumentRecord],
    read: _Read,
    when: Callable[[], str],
) -> Explanation:
    """The same, with the post waiting where a document does not show it, whatever was decided.

    ``names`` are the post's id and address, ``feeds`` and ``documents`` what was last published. Only documents that
    may be behind are ``read``. ``when`` is asked when all will be written.
    """
    of_feed: dict[str, list[DocumentRecord]] = {}
    for document in documents:
        if not document.page:
            of_feed.setdefault(document.feed, []).append(document)

    def is_behind(feed: str) -> bool:
        mine, record = of_feed.get(feed, []), feeds.get(feed)
        is_told = record is None or bool({*names}.intersection(record.members))
        suspects = [document for document in mine if not document.source or not is_told]
        return not mine or not all(_shows(read(document.path), names) for document in suspects)

    behind = {
        verdict.feed
        for verdict in explanation.verdicts
        if verdict.verdict == "in" and not verdict.reason.startswith(ON_PAGE) and is_behind(verdict.feed)
    }
    if not behind:
        return explanation
    reason = f"its documents are not all written yet; {when()}"
    verdicts = (
        replace(verdict, verdict="waiting", reason=reason) if verdict.feed in behind else verdict
        for verdict in explanation.verdicts
    )
    return replace(explanation, verdicts=tuple(verdicts))


def _shows(body: bytes | None, names: Iterable[str]) -> bool:
    """Whether a document has one of the names as the whole of an element or of a text."""
    return body is not None and any(
        f">{escape(name, quote=False)}<".encode() in body or f'"{name}"'.encode() in body for name in names if name
    )
