"""What is known of posts between passes, and finding out what has changed since."""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from syndicator.book import Book
from syndicator.crew import Crew
from syndicator.memory import give_back
from syndicator.model import FeedSpec
from syndicator.ports import Ledger, Refusal, Scout, Touched, own_version
from syndicator.reader import Reader
from syndicator.reading import Reading, begin_glancing, begin_reading, begin_with

if TYPE_CHECKING:
    from syndicator.ledger import Settled
    from syndicator.roster import Roster


class Knowledge:
    """The roster of all posts and the records at hand: all of it is in the ledger too.

    With ``stays`` many passes will come, so that it pays to know all posts from the first on.
    """

    def __init__(self, ledger: Ledger, specs: Sequence[FeedSpec], *, stays: bool, scout: Scout | None = None) -> None:
        self._ledger = ledger
        self._specs = specs
        self._stays = stays
        self._scout = scout
        self._reader: Reader | None = None
        self.forget()

    def forget(self) -> None:
        """Trust nothing but the ledger, and look at everything the next time."""
        self._roster: Roster | None = None
        self.book = Book(self._ledger)
        self._is_whole = False

    def distrust(self) -> None:
        """The ledger is as it was, but who knows what was touched: look at everything the next time."""
        self._is_whole = False

    def meet(self, reader: Reader) -> None:
        """From here on it is about what this reader reads."""
        if reader is not self._reader:
            self.forget()  # other rules may make something else of every file, and of where it lies
        self._reader = reader

    def look(
        self,
        reader: Reader,
        begun: Reading | None,
        quarantine: Mapping[str, Refusal],
        touched: Touched,
        crew: Crew,
        now: datetime,
    ) -> Reading:
        """Find out what has changed; where that is among what was ``touched``, with a look at nothing else. ``begun``
        is a reading that was begun when nothing was known. Raises SourceError.
        """
        if self._roster is None and not self._stays:
            versions = self._ledger.versions()
            if begun and not versions:
                return begun
            begin = reader.versions_begin
            return begin_reading(reader, {path: own_version(v, begin) for path, v in versions.items()}, crew)
        with _unwatched():
            return self._compare(reader, quarantine, touched, crew, now)

    def _compare(
        self, reader: Reader, quarantine: Mapping[str, Refusal], touched: Touched, crew: Crew, now: datetime
    ) -> Reading:
        from syndicator.seen import Seen

        scout = self._scout if self._roster is None else None
        if scout is not None:
            self._scout = None
            scout.begin()
        roster = self.roster
        roster.turn(now)
        roster.live()  # in order from the first pass on, or the first save would wait for that
        if scout is not None:
            # Somebody has saved a post meanwhile, most likely: what that takes is imported while the scout looks.
            import syndicator.formats.xml
            import syndicator.markup.render
            import syndicator.posts.skim  # noqa: F401

            scan = scout.found(reader.versions_begin)
            if scan is not None:
                return begin_with(reader, scan, crew)
        refused = {path: own_version(refusal.version, reader.versions_begin) for path, refusal in quarantine.items()}
        seen = Seen(roster, refused)
        if touched is not None and self._is_whole:
            # Beside what somebody says, what nobody could read or tell the version of.
            again = roster.unsettled.union(path for path, version in refused.items() if not version)
            reading = begin_glancing(reader, seen, touched | again, crew)
            if reading is not None:
                return reading
        return begin_reading(reader, seen.all(), crew)

    @property
    def roster(self) -> Roster:
        """All posts, as of the last pass, and of what this one has taken."""
        if self._roster is None:
            from syndicator.roster import Roster

            assert self._reader is not None  # noqa: S101 - whoever asks has met one
            self._roster = Roster(
                self._specs,
                self._reader.sections,
                last_path_first=self._reader.dialect.last_path_first,
                begin=self._reader.versions_begin,
            )
            self._roster.load(self._ledger.lines(self._roster.names))
        return self._roster

    def take(self, settled: Settled) -> None:
        """Know what changed before the ledger does."""
        away = (*settled.moved, *(error.path for error in settled.refused))
        changed = [record for record in settled.changed if self.book.changed(record.path) is not record]
        self.roster.note(changed, away)
        self.book.change(changed, away)

    def end(self, members: Collection[str]) -> None:
        """The ledger has all of it by now. Feeds show ``members``, which will be wanted again."""
        self.book.end(members)

    def saw_all(self) -> None:
        """A pass came to its end, so that the next need not look at what nobody touched."""
        if self._stays and not self._is_whole:
            # What is known of posts stays: whoever looks for garbage need not go through all of it again and again.
            gc.collect()
            gc.freeze()
            give_back()
        self._is_whole = True


@contextmanager
def _unwatched() -> Iterator[None]:
    """Nobody looks for garbage meanwhile: nothing that is made here is any, and there is very much of it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
