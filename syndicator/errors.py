"""Everything that can go wrong, each kind with the facts a person needs to mend it.

SyndicatorError
├── ConfigError     the configuration or the command line is wrong: every fault at once (exit status 2)
├── PostError       one post cannot be read; the others go on (exit status 1)
│   └── HistoryMissing  its date is in the history of its file, of which that part is not here
├── SourceError     the place where posts come from cannot be read (exit status 1)
│   └── SourceUnfinished  somebody is writing to a file that all posts are read by, just now
├── StateError      the database cannot be opened, is locked or newer than this program (exit status 1)
│   └── StateDamaged    what is in it cannot be relied on: it may be set aside, and a new one made
│       └── StateMissing    it is not there, though what it published is
├── PublishError    a document cannot be written (exit status 1)
├── ServeError      the HTTP server cannot start (exit status 1)
└── OutboundError   a request to somebody else did not come to a good end
    └── BlockedAddress  it would have reached a network that strangers may not reach
"""

from __future__ import annotations

from dataclasses import dataclass


def place_of(path: str, line: int | None = None, column: int | None = None) -> str:
    """``file``, ``file:line`` or ``file:line:column``."""
    return ":".join(str(part) for part in (path, line, column) if part is not None)


def told(what: str, reason: str, remedy: str = "") -> str:
    """What people read of anything that is wrong."""
    return f"{what}: {reason}; {remedy}" if remedy else f"{what}: {reason}"


class SyndicatorError(Exception):
    """Root of the tree: ``what`` failed, the ``reason``, and the ``remedy`` in the imperative."""

    def __init__(self, what: str, reason: str, remedy: str = "") -> None:
        super().__init__(what, reason, remedy)
        self.what = what
        self.reason = reason
        self.remedy = remedy

    def __str__(self) -> str:
        return told(self.what, self.reason, self.remedy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong in a configuration: ``where`` is a file or an environment variable."""

    where: str
    line: int | None = None
    key: str = ""
    problem: str
    remedy: str = ""

    def __str__(self) -> str:
        problem = f"{self.key}: {self.problem}" if self.key else self.problem
        return told(place_of(self.where, self.line or None), problem, self.remedy)


class ConfigError(SyndicatorError):
    """The configuration cannot be used; ``faults`` lists all that is wrong with it."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        Exception.__init__(self, faults)
        self.what = "configuration"
        self.reason = "\n".join(map(str, faults))
        self.remedy = ""
        self.faults = faults

    def __str__(self) -> str:
        return self.reason


class PostError(SyndicatorError):
    """One post is refused: which file, which line and column (1-based, None when the whole file is meant), why."""

    def __init__(
        self, path: str, reason: str, *, line: int | None = None, column: int | None = None, remedy: str = ""
    ) -> None:
        Exception.__init__(self, path, reason)
        self.what = path
        self.path = path
        self.reason = reason
        self.line = line
        self.column = column
        self.remedy = remedy

    def __reduce__(self) -> tuple[object, ...]:
        return (_post_error, (self.path, self.reason, self.line, self.column, self.remedy))

    @property
    def place(self) -> str:
        """``file``, ``file:line`` or ``file:line:column``."""
        return place_of(self.path, self.line, self.column)

    def __str__(self) -> str:
        return told(self.place, self.reason, self.remedy)


class HistoryMissing(PostError):
    """Only the history of the post's file knows its date, and does not say it now: more of it may come."""


def _post_error(path: str, reason: str, line: int | None, column: int | None, remedy: str) -> PostError:
    return PostError(path, reason, line=line, column=column, remedy=remedy)


class SourceError(SyndicatorError):
    """The source as a whole cannot be read."""


class SourceUnfinished(SourceError):
    """Somebody is writing to a file that all posts are read by."""


class StateError(SyndicatorError):
    """The state cannot be used."""


class StateNotNow(StateError):
    """The state cannot be used as things are in the world; by and by it can."""


class StateDamaged(StateError):
    """The state cannot be relied on any more. Whether it ever was one of ours is another question."""


class StateMissing(StateDamaged):
    """There is no state where one has been: the documents that it published stand."""


class PublishError(SyndicatorError):
    """A document cannot be put in its place."""


class ServeError(SyndicatorError):
    """The HTTP server cannot do its work."""


class OutboundError(SyndicatorError):
    """A request did not come to a good end: ``what`` is the address."""


class BlockedAddress(OutboundError):
    """The address lies in a network that addresses from content or strangers may not reach."""
