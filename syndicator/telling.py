"""What web hooks are owed after a publication: which entries a feed gained, changed and lost."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from syndicator.gathering import Gathering
from syndicator.model import (
    Announcement,
    Audience,
    Deed,
    DeliveryKind,
    DocumentRecord,
    Entry,
    FeedRecord,
    FeedSpec,
    PostRecord,
    PostState,
    Verdict,
)
from syndicator.notices import Notice, ToldDocument, ToldEntry, write
from syndicator.ports import Ledger
from syndicator.profiles.tailoring import track
from syndicator.selections import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """A publication as far as web hooks hear of it.

    ``feeds`` are as they are now, ``prior`` as they were; ``news`` are documents that changed, ``gone`` those that are
    no more, ``unwritten`` feeds of which some document could not be written. ``verdicts`` are what rules decided.
    """

    selections: Sequence[Selection]
    feeds: Mapping[str, FeedRecord]
    prior: Mapping[str, FeedRecord]
    news: Sequence[DocumentRecord]
    gone: Sequence[DocumentRecord]
    unwritten: Collection[str] = ()
    verdicts: Iterable[Verdict] = field(default_factory=tuple)


def notices(
    happened: Happened, audience: Audience, gathering: Gathering, ledger: Ledger, now: datetime
) -> Iterator[Announcement]:
    """One message a feed to each web hook that wants it. Entries are asked for while the ledger still has those of
    posts that no feed shows any more."""
    if not audience.hooks:
        return
    telling = _Telling(happened, gathering, ledger, now)
    for name in sorted(happened.feeds.keys() | happened.prior.keys()):
        hooks = [hook for hook in audience.hooks if hook.wants(name)]
        notice = telling.notice(name) if hooks else None
        if notice is None:
            continue
        message, body = write(notice)
        for hook in hooks:
            yield Announcement(
                kind=DeliveryKind.WEBHOOK, target=hook.url, topic=name, digest=message, feed=name, body=body
            )


class _Telling:
    def __init__(self, happened: Happened, gathering: Gathering, ledger: Ledger, now: datetime) -> None:
        self._happened, self._gathering, self._ledger, self._now = happened, gathering, ledger, now
        self._selections = {selection.name: selection for selection in happened.selections if selection.is_feed}
        self._made = {record.path for record in gathering.stale}
        self._dropped = {(v.feed, v.entry) for v in happened.verdicts if v.action is Deed.DROP}
        self._documents: dict[str, list[ToldDocument]] = {}
        for document in happened.news:
            self._note(document, document.digest)
        for document in happened.gone:
            self._note(document, "")
        self._records: dict[str, PostRecord] = {}

    def _note(self, document: DocumentRecord, digest: str) -> None:
        if document.format.is_feed and not document.page:
            told = ToldDocument(url=document.url, format=document.format.value, digest=digest)
            self._documents.setdefault(document.feed, []).append(told)

    def notice(self, name: str) -> Notice | None:
        """What there is to say of a feed, None for nothing."""
        prior, record, selection = self._happened.prior.get(name), self._happened.feeds.get(name), None
        documents = tuple(sorted(self._documents.get(name, ()), key=lambda document: document.url))
        waits = not documents and name in self._happened.unwritten
        buried = prior is not None and record is not None and prior.tombstones != record.tombstones
        if not (documents or waits or buried):
            return None
        if record is not None:
            selection = self._selections.get(name)
            if selection is None:
                return None  # a sitemap, or a list of feeds
        removed = tuple(self._removed(prior, record, selection)) if prior else ()
        added, changed = self._shown(prior, record, selection) if record and selection else ((), ())
        if not documents and not waits:
            # Whatever else left it was not seen in it: it was a candidate for its place.
            added, changed, removed = (), (), tuple(entry for entry in removed if entry.why == PostState.KILLED)
        if not (documents or added or changed or removed):
            return None
        said = record or prior
        return Notice(
            feed=name,
            feed_id=said.id if said else "",
            title=selection.title if selection else "",
            at=self._now,
            documents=documents,
            added=added,
            changed=changed,
            removed=removed,
            gone=record is None,
            waits=waits,
        )

    # --- what it shows ----------------------------------------------------------------------------------------------

    def _shown(
        self, prior: FeedRecord | None, record: FeedRecord, selection: Selection
    ) -> tuple[tuple[ToldEntry, ...], tuple[ToldEntry, ...]]:
        """Entries that are new in the feed, and those that are other than they were: made anew, or of another date."""
        before, dates = _dated(prior), _dated(record)
        paths: dict[str, str] = {}
        for member in selection.members:
            ref = member.entry_id
            if (selection.name, ref) in self._dropped or len(paths) >= selection.spec.limit:
                continue
            paths[ref] = member.path
        known = {ref for ref in paths if ref in before}
        moved = {ref for ref in known if paths[ref] in self._made or before[ref] not in (None, dates.get(ref))}
        entries = self._entries(path for ref, path in paths.items() if ref not in known or ref in moved)

        def told(refs: Collection[str]) -> tuple[ToldEntry, ...]:
            found = ((ref, entries.get(path)) for ref, path in paths.items() if ref in refs)
            return tuple(_told(entry, selection.spec) for _, entry in found if entry is not None)

        return told(paths.keys() - known), told(moved)

    def _entries(self, paths: Iterable[str]) -> dict[str, Entry]:
        wanted = set(paths)
        fresh = {path: self._gathering.fresh[path] for path in wanted & self._gathering.fresh.keys()}
        missing = wanted - fresh.keys()
        return {**fresh, **(self._ledger.entries(missing) if missing else {})}

    # --- what it lost -----------------------------------------------------------------------------------------------

    def _removed(
        self, prior: FeedRecord, record: FeedRecord | None, selection: Selection | None
    ) -> Iterator[ToldEntry]:
        """Entries that are not to be shown any more: taken down, or moved out of the feed. Those that newer ones pushed
        out, or that grew too old for it, are as good as they were."""
        members = frozenset(record.members if record else ())
        left = [ref for ref in prior.members if ref not in members]
        if record is not None:
            # Killed posts too that the feed showed long ago.
            buried = {stone.ref for stone in prior.tombstones}
            left += [s.ref for s in record.tombstones if s.ref not in buried and s.ref not in left]
        if not left:
            return
        self._know(left)
        posts = {ref: self._records.get(ref) for ref in left}
        why = {ref: self._why(post, record, selection) for ref, post in posts.items()}
        # Rules may have kept it from whoever hears this: then it has no more than an id.
        may_name = selection is None or selection.spec.candidates == selection.spec.limit
        entries = self._entries(post.path for post in posts.values() if post and may_name)
        for ref in left:
            post = posts[ref]
            if why[ref]:
                entry = entries.get(post.path) if post else None
                yield ToldEntry(
                    id=ref, title=entry.title if entry else "", url=entry.url if entry else "", why=why[ref]
                )

    def _know(self, refs: Iterable[str]) -> None:
        """Have the posts at hand that have these ids; of two with one that whose file is there."""
        for post in self._gathering.posts.called([ref for ref in refs if ref not in self._records]):
            there = self._records.get(post.entry_id)
            if there is None or there.gone is not None:
                self._records[post.entry_id] = post

    def _why(self, post: PostRecord | None, record: FeedRecord | None, selection: Selection | None) -> str:
        """The reason in one word, "" where it only made room or grew old."""
        if post is None or post.gone is not None:
            return "gone"
        state = post.state(self._now)
        if state is not PostState.LIVE:
            return state.value
        if selection is None or record is None or post.published is None:
            return "left"
        spec = selection.spec
        if spec.max_age is not None and post.published <= self._now - spec.max_age:
            return ""
        oldest = min(record.dates[::2], default=None)
        full = len(record.members) >= spec.candidates
        aged = full and oldest is not None and post.published <= datetime.fromtimestamp(oldest + 1, UTC)
        return "" if aged else "left"


def _dated(record: FeedRecord | None) -> dict[str, tuple[int, int] | None]:
    """The dates of each member by id, None where an older version did not record them."""
    if record is None:
        return {}
    if len(record.dates) != 2 * len(record.members):
        return dict.fromkeys(record.members)
    return dict(zip(record.members, zip(record.dates[::2], record.dates[1::2], strict=True), strict=True))


def _told(entry: Entry, spec: FeedSpec) -> ToldEntry:
    url = track(entry.url, spec.tracking) if spec.tracking else entry.url
    return ToldEntry(id=entry.id, url=url, title=entry.title, published=entry.published, updated=entry.updated)
