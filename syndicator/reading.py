"""Many posts at once: source files in, ledger records and refusals out, on several processors when that pays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from syndicator.crew import Crew
from syndicator.errors import HistoryMissing, PostError
from syndicator.model import (
    PostRecord,
    PostWarning,
    Skim,
    SourceFile,
)
from syndicator.ports import Scan, Versions
from syndicator.reader import STAGED, Reader

#: From so many posts on a second process saves more than it costs.
_MANY = 2_000
_CHUNK = 125
#: Results are small: all may wait while the caller is busy elsewhere.
_ALL_AHEAD = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadResult:
    """What came of reading posts: records, refusals, warnings.

    A refusal carries the version of the file that is refused, "" when another look at the same file may do better.
    """

    records: tuple[PostRecord, ...] = ()
    refused: tuple[tuple[PostError, str], ...] = ()
    warnings: tuple[PostWarning, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A scan whose changed files (path and version) are being read.

    They may be a hundred thousand: here they are until all are read, and nowhere else.
    """

    scan: Scan
    changed: list[tuple[str, str]]
    results: Iterator[ReadResult]


def begin_reading(reader: Reader, known: dict[str, str], crew: Crew) -> Reading:
    """Scan the source and skim what is not as ``known`` to it, which is used up. Big work goes on while the caller does
    other things.

    Raises SourceError.
    """
    return begin_with(reader, reader.source.scan(known, spend=True), crew)


def begin_glancing(reader: Reader, known: Versions, touched: frozenset[str], crew: Crew) -> Reading | None:
    """The same where only ``touched`` paths may be other than known; None where everything has to be looked at."""
    scan = reader.source.glance(known, touched)
    return begin_with(reader, scan, crew) if scan is not None else None


def begin_with(reader: Reader, scan: Scan, crew: Crew) -> Reading:
    """The same of a scan that was made."""
    prefix = reader.versions_begin
    # Of new files nothing is known that has to be said otherwise.
    changed = [(pair[0], prefix + pair[1]) if pair[1] else pair for pair in scan.changed]
    chunks = [changed[start : start + _CHUNK] for start in range(0, len(changed), _CHUNK)]
    return Reading(
        scan=replace(scan, changed=()),
        changed=changed,
        results=crew.map(partial(_read, reader), chunks, big=len(changed) >= _MANY, ahead=_ALL_AHEAD),
    )


def read_all(reader: Reader, crew: Crew) -> tuple[Scan, ReadResult]:
    """Everything in the source, as if nothing were known. Raises SourceError."""
    scan = reader.source.scan({})
    return scan, finish_reading(begin_with(reader, scan, crew), lambda _: None)


def finish_reading(reading: Reading, progress: Callable[[int], None]) -> ReadResult:
    """All that came of it. ``progress`` hears how many files are done. One bad post stops no other."""
    results: list[ReadResult] = []
    for done, result in progress_of(reading):
        results.append(result)
        progress(done)
    return ReadResult(
        records=tuple(record for result in results for record in result.records),
        refused=tuple(refusal for result in results for refusal in result.refused),
        warnings=tuple(warning for result in results for warning in result.warnings),
    )


def progress_of(reading: Reading) -> Iterator[tuple[int, ReadResult]]:
    """What comes of it part by part, in the order of paths, and how many files are done by then."""
    for number, result in enumerate(reading.results, 1):
        yield min(number * _CHUNK, len(reading.changed)), result
    reading.changed.clear()


def _read(reader: Reader, chunk: Sequence[tuple[str, str]]) -> ReadResult:
    from syndicator.ledger import record_of

    records: list[PostRecord] = []
    refused: list[tuple[PostError, str]] = []
    warnings: list[PostWarning] = []
    prefix = reader.versions_begin
    for start in range(0, len(chunk), STAGED):
        versions: dict[str, str] = {}
        files: list[SourceFile] = []
        for path, version in chunk[start : start + STAGED]:
            try:
                file = reader.source.read(path)
            except PostError as error:
                refused.append((error, ""))  # a fault of the moment, perhaps: it is tried again
                continue
            files.append(file)
            versions[path] = version or prefix + file.version
        skims: list[Skim] = []
        for file, skim in zip(files, reader.skim(files), strict=True):
            if isinstance(skim, HistoryMissing):
                refused.append((skim, ""))  # another fetch may bring it, and changes no file
            elif isinstance(skim, PostError):
                refused.append((skim, versions[file.path]))
            else:
                skims.append(_dated(skim, file.modified))
        records += [record_of(skim, versions[skim.path], reader.site.url) for skim in skims]
        warnings += [warning for skim in skims for warning in skim.warnings]
    return ReadResult(records=tuple(records), refused=tuple(refused), warnings=tuple(warnings))


def _dated(skim: Skim, modified: datetime | None) -> Skim:
    """With the date that its source knows, where its author gave none for the last change."""
    return skim._replace(modified=modified) if modified is not None and skim.modified is None else skim
