"""The entries that feeds show now: those remembered, and those that have to be made anew."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from syndicator.book import Book
from syndicator.entries import EntryKeys, attach, illustrate
from syndicator.errors import PostError
from syndicator.making import Aims, Made
from syndicator.model import EnclosureRef, Entry, ImageFacts, ImageRef, PostRecord, PostWarning, digest
from syndicator.ports import EntryRecord, ImageAnswer, Ledger, LedgerChange, StoredEntry
from syndicator.posts.references import BESIDE, REFERENCES, Targets
from syndicator.progress import Progress

#: So many entries that were just made are kept in memory, some 10 kB each.
_KEPT = 1_000


def aims_of(members: Mapping[str, PostRecord], targets: Callable[[], Targets]) -> Aims:
    """Which posts the bodies of members (by path) refer to, of those that ``targets`` finds; it is asked only then."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for path, record in members.items():
        if written := record.values(REFERENCES):
            pairs = ((one, targets().find(one, path)) for one in written)
            found[path] = tuple((one, target) for one, target in pairs if target is not None)
    return found


class Gathering:
    """What a pass gathers about the posts that some feed shows (``members`` by path).

    ``records`` are the entries that there are, ``stale`` the posts whose entry is to be made, ``fresh`` and ``made``
    what was made of them, ``refused`` what could not be, ``again`` whether a file changed meanwhile. ``dropped`` are
    paths that no feed shows any more, of which those in ``archived`` stand in a page. A post in ``bad`` keeps its last
    good entry, if it ever had one. ``aims`` says which of all ``posts`` the members' bodies refer to, as ``targets``
    has them, ``asked`` what they ask of the site beside its posts (in the words of ``questions``) and what ``answer``
    gave.

    Of very many entries only some are kept in memory: where it ``may_write`` the others are remembered at once. That
    harms nothing when the pass ends half-way, as each has a key that says what it was made of. ``count`` has all.
    """

    def __init__(
        self,
        members: Mapping[str, PostRecord],
        bad: Iterable[str],
        *,
        posts: Book,
        targets: Callable[[], Targets],
        page_version: Callable[[PostRecord], str],
        questions: Callable[[PostRecord, Collection[str]], Sequence[str]],
        answer: Callable[[str], str],
        keys: EntryKeys,
        measure: Callable[[str, str], tuple[str, ImageFacts] | None],
        ledger: Ledger,
        ask_images: bool,
        may_write: bool = False,
        archived: Collection[str] = (),
    ) -> None:
        self._keys = keys
        self._file = measure
        self._ledger = ledger
        self._ask_images = ask_images
        self._may_write = may_write
        self.count = 0
        stored = ledger.entry_records()
        # What is known of a picture stays known while its post is in an archive, whose documents are to stay the same.
        self._former = _addresses(record for path, record in stored.items() if path not in archived)
        self.records = {path: record for path, record in stored.items() if path in members}
        self.dropped = tuple(sorted(stored.keys() - members.keys()))
        self.fresh: dict[str, Entry] = {}
        self.made: list[StoredEntry] = []
        self.refused: list[tuple[PostError, str]] = []
        self.warnings: list[PostWarning] = []
        self.again = False
        self.aims = aims_of(members, targets)
        posts.at({target for aims in self.aims.values() for _, target in aims})
        self.posts = posts
        # Asked once a pass and a post: when a page changes while entries are made, the next pass makes them anew.
        self._page_version = page_version
        self._pages: dict[str, str] = {}
        self._questions = questions
        self._answer = answer
        self.asked: dict[str, str] = {}
        self._answers: dict[str, ImageAnswer] = {}
        self._measured: dict[str, ImageFacts | None] = {}
        self._known = ledger.images(_addresses(self.records.values()))
        stand = set(bad)
        self.stale = [record for path, record in members.items() if path not in stand and self._is_stale(path, record)]
        keys.forget(members.keys())
        for record in self.stale:
            # Before entries are made: when an answer changes meanwhile, the next pass makes them anew.
            self._answered(record)

    def take(self, made: Iterable[Made], progress: Progress) -> None:
        """Give the entries that were made their images; all that is known of these is asked for at once."""
        done = 0
        for batch in made:
            done += len(batch.entries) + len(batch.refused)
            self.refused += batch.refused
            self.warnings += batch.warnings
            self.again |= batch.again
            asked = [
                EntryRecord(path=record.path, key="", image=image, enclosures=files)
                for record, _, image, files in batch.entries
            ]
            self._known.update(self._ledger.images(_addresses(asked) - self._known.keys()))
            for given, (record, entry, image, files) in zip(asked, batch.entries, strict=True):
                known = replace(given, key=self._key(record, given))
                self.records[record.path] = known
                shown = illustrate(entry, image, self._facts(image))
                self.fresh[record.path] = attach(shown, [(file, self._facts(file)) for file in files])
                self.made.append(StoredEntry(record=known, entry=self.fresh[record.path]))
            self.count += len(batch.entries)
            if self._may_write and len(self.made) >= _KEPT:
                self._ledger.remember(LedgerChange(entries=tuple(self.made)))
                self.made.clear()
                self.fresh.clear()
            progress("rendering entries", done, len(self.stale))

    def answers(self, now: datetime) -> tuple[ImageAnswer, ...]:
        """What was learnt of local images, and questions about remote ones, due now."""
        return tuple(replace(a, due=now) if a.status == "asked" else a for a in self._answers.values())

    def unused_images(self) -> tuple[str, ...]:
        """Addresses that entries had before this pass and none has now."""
        return tuple(sorted(self._former - _addresses(self.records.values())))

    def _is_stale(self, path: str, record: PostRecord) -> bool:
        entry = self.records.get(path)
        return entry is None or entry.key != self._key(record, entry)

    def _key(self, record: PostRecord, given: EntryRecord) -> str:
        """Names the posts that this one refers to as well, as their addresses hang on their names and what is in them,
        the page that its text is from, and what else of the site it has to do with."""
        aims = self.aims.get(record.path, ())
        made_of = [("beside", name) for name in record.values(BESIDE)]
        made_of += [(path, self.posts[path].digest) for _, path in aims]
        page = self._pages.get(record.path)
        if page is None:
            page = self._pages[record.path] = self._page_version(record)
        if page:
            made_of.append(("page", page))
        made_of += self._answered(record)
        for file in given.enclosures:
            if (facts := self._facts(file)) is not None:
                made_of.append((file.url, digest(repr(facts).encode())))
        return self._keys.key(record, self._facts(given.image), made_of)

    def _answered(self, record: PostRecord) -> list[tuple[str, str]]:
        """What a post asks of the site beside its posts, with all answers that there are; each is asked for once."""
        questions = self._questions(record, [written for written, _ in self.aims.get(record.path, ())])
        for question in questions:
            if question not in self.asked:
                self.asked[question] = self._answer(question)
        return [(question, self.asked[question]) for question in questions if self.asked[question]]

    def _facts(self, image: ImageRef | EnclosureRef | None) -> ImageFacts | None:
        """What is known of an image or a file now. A question about a remote one is noted, and answered some other
        time; of a file whose length the author says nothing is asked.
        """
        if image is None:
            return None
        answer = self._answers.get(image.url) or self._known.get(image.url)
        if image.file is not None:
            if image.url not in self._measured:
                self._measured[image.url] = self._measure(image.url, image.file, answer)
            return self._measured[image.url]
        if isinstance(image, EnclosureRef) and image.length is not None and answer is None:
            return None
        if answer is None and self._ask_images:
            self._answers[image.url] = ImageAnswer(url=image.url, facts=ImageFacts(), status="asked")
        return answer.facts if answer and answer.facts != ImageFacts() else None

    def _measure(self, url: str, file: str, answer: ImageAnswer | None) -> ImageFacts | None:
        measured = self._file(file, answer.version if answer else "")
        if measured is None:
            if answer and answer.version:
                self._answers[url] = ImageAnswer(url=url, facts=ImageFacts(), status="missing")
            return None
        version, facts = measured
        if answer and answer.version == version:
            return answer.facts
        self._answers[url] = ImageAnswer(url=url, facts=facts, status="known", version=version)
        return facts


def _addresses(records: Iterable[EntryRecord]) -> set[str]:
    return {one.url for record in records for one in record.media}
