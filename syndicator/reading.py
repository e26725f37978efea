"""Many posts at once: source files in, ledger records and refusals out, on several processors when that pays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
from syndicator.ports import Scan
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
    """A scan whose changed files (path and version) are being read."""

    scan: Scan
    changed: tuple[tuple[str, str], ...]
    results: Iterator[ReadResult]


def begin_reading(reader: Reader, known: Mapping[str, str], crew: Crew) -> Reading:
    """Scan the source and skim what is not as ``known``. Big work goes on while the caller does other things.

    Raises SourceError.
    """
    prefix = reader.versions_begin
    scan = reader.source.scan(
        {path: v.removeprefix(prefix) if v.startswith(prefix) else "" for path, v in known.items()}
    )
    changed = tuple((path, version and prefix + version) for path, version in scan.changed)
    chunks = [changed[start : start + _CHUNK] for start in range(0, len(changed), _CHUNK)]
    return Reading(
        scan=scan,
        changed=changed,
        results=crew.map(partial(_read, reader), chunks, big=len(changed) >= _MANY, ahead=_ALL_AHEAD),
    )


def read_all(reader: Reader, crew: Crew) -> tuple[Scan, ReadResult]:
    """Everything in the source, as if nothing were known. Raises SourceError."""
    reading = begin_reading(reader, {}, crew)
    return reading.scan, finish_reading(reading, lambda _: None)


def finish_reading(reading: Reading, progress: Callable[[int], None]) -> ReadResult:
    """All that came of it. ``progress`` hears how many files are done. One bad post stops no other."""
    results: list[ReadResult] = []
    for result in reading.results:
        results.append(result)
        progress(min(len(results) * _CHUNK, len(reading.changed)))
    return ReadResult(
        records=tuple(record for result in results for record in result.records),
        refused=tuple(refusal for result in results for refusal in result.refused),
        warnings=tuple(warning for result in results for warning in result.warnings),
    )


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
