"""Whether a pass has anything to do: most that a timer wakes have not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import orjson

from syndicator.model import Held
from syndicator.noting import answers_noted
from syndicator.passes import Report
from syndicator.ports import ImageAnswer, Ledger, PassRecord, Publisher, Refusal
from syndicator.reader import Reader
from syndicator.reading import Reading


class Rest:
    """What stands beside the posts: the site, the documents, pictures, what is in quarantine."""

    def __init__(
        self,
        reader: Reader,
        publisher: Publisher,
        ledger: Ledger,
        quarantine: Mapping[str, Refusal],
    ) -> None:
        self._reader = reader
        self._publisher = publisher
        self._ledger = ledger
        self._quarantine = quarantine

    def is_all(self, reading: Reading, last: PassRecord, orders: str, now: datetime) -> bool:
        """Whether a whole pass would do nothing: all is as it was, and nobody's hour has come. ``orders`` names what is
        wanted now."""
        if reading.changed or reading.scan.gone or reading.scan.refused:
            return False
        if not self._is_answered_as(last.orders, orders):
            return False
        if not last.at <= now or is_over(last, now):
            return False
        if self._reader.built is not None or any(not refusal.version for refusal in self._quarantine.values()):
            return False  # pages change without their posts, and what could not be reached may be there again
        documents = {path: document.version for path, document in self._ledger.documents().items()}
        if self._publisher.altered(documents):
            return False
        records = self._ledger.entry_records().values()
        pictures = {one.url: one.file for record in records for one in record.media if one.file}
        answers = self._ledger.images(pictures)
        return all(self._is_same_picture(file, answers.get(url)) for url, file in pictures.items())

    def _is_answered_as(self, orders: str, wanted: str) -> bool:
        """Whether the last pass had the same orders, and all that posts asked of the site beside them is as it was."""
        name, _, asked = orders.partition(" ")
        if name != wanted:
            return False
        if not asked:
            return True
        questions = orjson.loads(asked)[:-1]
        return answers_noted({question: self._reader.answer(question) for question in questions}) == f" {asked}"

    def _is_same_picture(self, file: str, answer: ImageAnswer | None) -> bool:
        measured = self._reader.source.measure(file, answer.version if answer else "")
        return (measured[0] if measured else "") == (answer.version if answer else "")


def is_over(last: PassRecord, now: datetime) -> bool:
    """Whether the clock alone has changed what the last pass left."""
    return last.next_change is not None and last.next_change <= now


def nothing_new(last: PassRecord, quarantine: Mapping[str, Refusal], waiting: Mapping[str, Held]) -> Report:
    """The report of a pass that had nothing to do."""
    return Report(
        posts=last.posts,
        live=last.live,
        read=0,
        entries=0,
        feeds=last.feeds,
        documents=last.documents,
        refused=tuple(quarantine[path] for path in sorted(quarantine)),
        held=tuple(waiting[name] for name in sorted(waiting)),
        next_change=last.next_change,
        next_why=last.next_why,
    )
