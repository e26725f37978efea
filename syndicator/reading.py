"""Many posts at once: source files in, ledger records and refusals out, on several processors when that pays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import orjson

from syndicator import __version__
from syndicator.crew import Crew
from syndicator.errors import PostError
from syndicator.ledger import record_of
from syndicator.model import Post, PostRecord, PostWarning, Site, Skim, SourceFile, digest
from syndicator.ports import Dialect, Scan, Source
from syndicator.posts.parse import Rules, parse_post, skim_post
from syndicator.text import printable

#: From so many posts on a second process saves more than it costs.
_MANY = 2_000
_CHUNK = 250
#: Results are small: all may wait while the caller is busy elsewhere.
_ALL_AHEAD = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """All that turns a path into a post. ``salt`` names what else decides how a file reads, such as size limits."""

    source: Source
    dialect: Dialect
    site: Site
    rules: Rules
    salt: str = ""

    @property
    def rules_name(self) -> str:
        """The name of everything that decides how a file reads: when it changes, all files read differently."""
        parts = (__version__, self.salt, self.dialect.name, self.site, repr(self.rules))
        return digest(orjson.dumps(parts))[:8]

    def parse(self, file: SourceFile) -> Post:
        """The post in a file. Raises PostError, and nothing else whatever the file holds."""
        with isolated(file.path):
            return parse_post(file, self.dialect, self.site, self.rules)

    def skim(self, file: SourceFile) -> Skim:
        """What choosing the post in a file needs. Raises PostError, and nothing else whatever the file holds."""
        with isolated(file.path):
            return skim_post(file, self.dialect, self.site, self.rules)


@contextmanager
def isolated(path: str) -> Iterator[None]:
    """Keep a fault of ours, or of a library, that one post brings to light from stopping all the others."""
    try:
        yield
    except PostError:
        raise
    except Exception as error:  # promise 4: one bad post never breaks a feed
        reason = f"this program cannot read it ({type(error).__name__}: {printable(str(error))[:200]})"
        raise PostError(path, reason, remedy="please report it together with the file") from error


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

    Versions carry the name of the rules by which a file was read, so that other rules make every file a changed one.
    Raises SourceError.
    """
    prefix = f"{reader.rules_name}:"
    scan = reader.source.scan(
        {path: v.removeprefix(prefix) if v.startswith(prefix) else "" for path, v in known.items()}
    )
    changed = tuple((path, prefix + version) for path, version in scan.changed)
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
    records: list[PostRecord] = []
    refused: list[tuple[PostError, str]] = []
    warnings: list[PostWarning] = []
    for path, version in chunk:
        try:
            file = reader.source.read(path)
        except PostError as error:
            refused.append((error, ""))  # a fault of the moment, perhaps: it is tried again
            continue
        try:
            post = reader.skim(file)
        except PostError as error:
            refused.append((error, version))
            continue
        records.append(record_of(post, version, reader.site.url))
        warnings.extend(post.warnings)
    return ReadResult(records=tuple(records), refused=tuple(refused), warnings=tuple(warnings))
