"""The entries of archives: made for one page at a time and kept nowhere, as hardly any page is ever written again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from syndicator.book import Book
from syndicator.crew import Crew
from syndicator.entries import attach, illustrate
from syndicator.errors import PostError
from syndicator.gathering import aims_of
from syndicator.making import make_batches
from syndicator.model import EnclosureRef, Entry, Feed, FeedSpec, ImageFacts, ImageRef, PostRecord, PostWarning
from syndicator.plan import Wanted
from syndicator.ports import Ledger
from syndicator.posts.references import BESIDE, Targets
from syndicator.reader import Reader
from syndicator.selections import Page, Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTask:
    """Documents of a page to write, for which ``build`` makes a feed of entries by path. A ``patient`` page stands
    already and says the same: as long as one of its posts cannot be had, it may stay as it is."""

    build: Callable[[Mapping[str, Entry]], Feed]
    page: Page
    spec: FeedSpec
    wanted: tuple[Wanted, ...]
    patient: bool


class Standstill:
    """Archives of which nothing can be read: their pages stay as they stand."""

    marks: Mapping[str, Sequence[tuple[str, str]]] = MappingProxyType({})

    def feeds(self, _tasks: Sequence[PageTask], _crew: Crew) -> Iterator[tuple[Feed, FeedSpec, Sequence[Wanted]]]:
        """None."""
        return iter(())


class Archiving:
    """What a pass makes of the posts in archives.

    ``marks`` names what some of them are made from beside themselves. ``refused``, ``warnings`` and ``again`` are as a
    Gathering has them. A post in ``bad`` is not tried.
    """

    def __init__(
        self,
        selections: Iterable[Selection],
        bad: Iterable[str],
        *,
        posts: Book,
        targets: Callable[[], Targets],
        reader: Reader,
        ledger: Ledger,
    ) -> None:
        self._bad = frozenset(bad)
        self._reader = reader
        self._ledger = ledger
        paged = [selection for selection in selections if selection.pages]
        paths = {member.path for selection in paged for page in selection.pages for member in page.members}
        self.paths = frozenset(paths)
        members = {member.path: member for selection in paged for page in selection.pages for member in page.members}
        self._aims = aims_of({path: members[path] for path in sorted(paths)}, targets)
        aims = posts.passing({target for found in self._aims.values() for _, target in found})
        self.marks = self._marks(members, aims)
        if reader.built is not None:
            # The site may be built only after its post was changed. A corrected one is in the feed itself; and a site
            # that is built anew would have the pages of all others made anew.
            seen = {member.path for selection in paged for member in selection.members} & paths
            for path in sorted(seen):
                self.marks[path] = [*self.marks.get(path, ()), ("page", reader.page_version(members[path]))]
        self.refused: list[tuple[PostError, str]] = []
        self.warnings: list[PostWarning] = []
        self.again = False

    def feeds(self, tasks: Sequence[PageTask], crew: Crew) -> Iterator[tuple[Feed, FeedSpec, Sequence[Wanted]]]:
        """The pages with their entries, one after the other, so that memory stays flat however many there are."""
        batches = [[member for member in task.page.members if member.path not in self._bad] for task in tasks]
        for task, made in zip(tasks, make_batches(self._reader, batches, crew, self._aims), strict=True):
            self.refused += made.refused
            self.warnings += made.warnings
            self.again |= made.again
            media = [one for _, _, image, files in made.entries for one in (image, *files) if one is not None]
            facts = self._facts(media)
            entries = {
                record.path: attach(
                    illustrate(entry, image, facts.get(image.url) if image else None),
                    [(file, facts.get(file.url)) for file in files],
                )
                for record, entry, image, files in made.entries
            }
            wanting = [member.path for member in task.page.members if member.path not in entries]
            if wanting:
                entries |= self._ledger.entries(wanting)  # the last good version, where the feed shows it
                if task.patient and any(path not in entries for path in wanting):
                    continue
            yield task.build(entries), task.spec, task.wanted

    def _marks(
        self, members: Mapping[str, PostRecord], targets: Mapping[str, PostRecord]
    ) -> dict[str, list[tuple[str, str]]]:
        """As for entries: what lies beside a post, the posts it refers to, and what it asks of the site. Of the last
        only passes hear that have something to do anyway."""
        answer = cache(self._reader.answer)
        found: dict[str, list[tuple[str, str]]] = {}
        for path in self.paths:
            record, aims = members[path], self._aims.get(path, ())
            marks = [("beside", name) for name in record.values(BESIDE)]
            marks += [(target, targets[target].digest) for _, target in aims]
            for question in self._reader.questions(record, [written for written, _ in aims]):
                marks.append((question, answer(question)))
            if marks:
                found[path] = marks
        return found

    def _facts(self, images: Sequence[ImageRef | EnclosureRef]) -> dict[str, ImageFacts]:
        """What is known of images and files. No other host is asked for its own: there may be a hundred thousand."""
        known = self._ledger.images({image.url for image in images if image.file is None})
        facts = {url: answer.facts for url, answer in known.items() if answer.facts != ImageFacts()}
        for image in images:
            if image.file is not None and (measured := self._reader.source.measure(image.file, "")) is not None:
                facts[image.url] = measured[1]
        return facts
