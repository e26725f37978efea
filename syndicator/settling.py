"""Bringing the ledger up to date with what a scan saw, however many posts there are, and however many changed.

``ledger.settle`` decides; here it is given what it has to look at, and no more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from syndicator.book import Book
from syndicator.errors import PostError
from syndicator.ids import own_id
from syndicator.ledger import Settled, is_replaced, settle
from syndicator.model import PostRecord, PostWarning
from syndicator.ports import Ledger, LedgerChange, Move
from syndicator.reading import Reading, progress_of
from syndicator.roster import Roster

#: From so many changed posts on they are settled and stored in parts, so that they never are in memory at once.
_MANY = 2_000
#: Signs of ids that were given: no sign, no such id. Few others have the same sign, and those are looked up in vain.
_SIGNS = 2**20
#: So many are stored at a time.
_PART = 2_500


class Settling:
    """Settles the posts of a reading. Where it may ``store``, those that are many are remembered at once: when the pass
    ends half-way the next one finds them as they are.

    ``is_first`` says that no pass has come to its end yet: then nothing is held off. ``refused`` is what cannot be read
    or settled, with the version of its file; ``looked_at`` are the posts in quarantine that were read.
    """

    def __init__(
        self,
        book: Book,
        roster: Roster,
        ledger: Ledger,
        *,
        now: datetime,
        site_url: str,
        hold_off: timedelta,
        is_first: bool,
        store: bool,
    ) -> None:
        self._book, self._roster, self._ledger = book, roster, ledger
        self._now, self._site_url, self._store = now, site_url, store
        self._settle = partial(settle, now=now, site_url=site_url, hold_off=hold_off, is_first=is_first)
        self._hold_off = hold_off
        #: Nothing is known, so that every post is new.
        self._first = not len(roster)
        self._ids = bytearray(_SIGNS)
        self.refused: list[tuple[PostError, str]] = []
        self.warnings: list[PostWarning] = []
        self.looked_at: set[str] = set()

    def run(self, reading: Reading, quarantine: Collection[str], progress: Callable[[int], None]) -> Settled:
        """The ledger after this, as far as it has anything to do with what was seen or with the time."""
        many = self._store and len(reading.changed) >= _MANY
        records: list[PostRecord] = []
        odd: list[PostRecord] = []
        for done, result in progress_of(reading):
            self.refused += result.refused
            self.warnings += result.warnings
            self.looked_at |= {record.path for record in result.records if record.path in quarantine}
            records += result.records
            if many and len(records) >= _PART:
                odd += self._take(records)
                records = []
            progress(done)
        if many:
            odd += self._take(records)
            records = odd
        gone, moved = reading.scan.gone, reading.scan.moved
        settled = self._settle(self._relevant(records, gone, moved), records, gone, moved=moved)
        self.warnings += settled.warnings
        self.refused += [(error, "") for error in settled.refused]
        return settled

    def _take(self, records: Sequence[PostRecord]) -> list[PostRecord]:
        """Settle and store those that have nothing to do with others; the rest comes back."""
        if self._first:
            settled = self._settle(self._holders(records), records, ())
            for record in settled.changed:
                self._ids[hash(record.entry_id) % _SIGNS] = 1
            self._keep(settled)
            return []
        known = self._book.passing([record.path for record in records])
        plain = [record for record in records if record.path in known and _stays(known[record.path], record)]
        own = {record.path: known[record.path] for record in plain}
        self._keep(self._settle(own, plain, ()))
        return [record for record in records if record.path not in own]

    def _keep(self, settled: Settled) -> None:
        self.warnings += settled.warnings
        self.refused += [(error, "") for error in settled.refused]
        self._ledger.remember(LedgerChange(posts=settled.changed))
        self._book.stored(settled.changed)
        self._roster.note(settled.changed)

    def _holders(self, records: Sequence[PostRecord]) -> dict[str, PostRecord]:
        """Of the posts that were stored before these, those which have an id that one of these would have."""
        wanted = [(r.entry_id, r.path) for r in records if r.entry_id and self._ids[hash(r.entry_id) % _SIGNS]]
        return self._named(wanted) if wanted else {}

    def _named(self, wanted: Iterable[tuple[str, str]]) -> dict[str, PostRecord]:
        """Who has ids that posts at some paths want; and where it is another post, or two want one, who has such as are
        given for want of it.
        """
        wanting: dict[str, set[str]] = {}
        for entry_id, path in wanted:
            wanting.setdefault(entry_id, set()).add(path)
        found = self._book.called(wanting.keys())
        for record in found:
            wanting[record.entry_id].add(record.path)
        for entry_id, paths in wanting.items():
            if len(paths) > 1:
                found += self._book.ids_beginning(f"{entry_id};")
        return {record.path: record for record in sorted(found, key=lambda record: record.gone is None)}

    def _relevant(
        self, fresh: Sequence[PostRecord], gone: Collection[str], moved: Sequence[Move]
    ) -> Mapping[str, PostRecord]:
        """The records that settling these, and what the time brings, may look at."""
        paths = {record.path for record in fresh}.union(gone, (move.old for move in moved))
        own = self._book.passing(paths)
        timely = self._book.passing(self._roster.ripe() | self._roster.risen() | self._roster.untimely(self._hold_off))
        clues = {clue for record in fresh for clue in (record.digest, record.given_id) if clue}
        departed = self._book.departed(clues, self._now) if fresh else []
        wanted = [(record.entry_id, record.path) for record in fresh if record.entry_id]
        wanted += [
            (own_id(r.path, r.given_id, r.published, self._site_url), r.path)
            for r in timely.values()
            if not r.entry_id and r.published
        ]
        found = {**self._named(wanted), **{record.path: record for record in departed}, **timely, **own}
        # Where two have an id, whoever is there has it.
        return dict(sorted(found.items(), key=lambda item: (item[1].gone is None, item[0])))


def _stays(own: PostRecord, fresh: PostRecord) -> bool:
    """Whether a post is carried on where it is, whatever becomes of others."""
    return own.gone is None and own.entry_id != "" and not is_replaced(own, fresh)
