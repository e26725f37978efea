"""Posts in the order in which feeds show them, kept so while they come and go."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from syndicator.instants import of_its_beginning, of_its_end
from syndicator.moments import instant_at, micros

#: Where posts without a date stand among others.
_UNDATED = micros(datetime(2000, 1, 1, tzinfo=UTC))


class Row:
    """What choosing a post for feeds needs of it, in a third of the memory of its record; a hundred thousand are kept.

    Moments are whole microseconds. ``there`` says that its file is, ``named`` that it has an id, ``public`` what the
    author wants, ``down`` that readers lost it, ``spent`` that it expired by a clock that was set back since.
    """

    __slots__ = (
        "_published", "down", "due", "expires", "named", "path", "public", "settles", "spent", "terms", "there",
        "version",
    )  # fmt: skip

    def __init__(
        self,
        path: str,
        version: str,
        published: int | None,
        due: int | None,
        expires: int | None,
        settles: int | None,
        terms: tuple[tuple[str, tuple[str, ...]], ...],
        *,
        public: bool,
        there: bool,
        named: bool,
        down: int | None,
    ) -> None:
        self.path, self.version, self.expires, self.terms = path, version, expires, terms
        self._published, self.settles = published, settles
        # What was shown by its date is not taken away by a clock that was set back.
        self.due = 0 if named and due is not None and due == published else due
        self.public, self.there, self.named, self.down = public, there, named, down is not None
        self.spent = down is not None and expires is not None and expires <= down

    @property
    def published(self) -> datetime | None:
        """As the record has it."""
        return None if self._published is None else instant_at(self._published)

    @property
    def at(self) -> int:
        """Where it stands among others."""
        return _UNDATED if self._published is None else self._published

    @property
    def is_undated(self) -> bool:
        """Whether it has no age."""
        return self._published is None

    def values(self, name: str) -> tuple[str, ...]:
        """Its values of a field, of those that the feeds ask for."""
        for key, values in self.terms:
            if key == name:
                return values
        return ()

    def is_due(self, now: int) -> bool:
        """Whether readers may see it by what its author wants, id or not."""
        return (
            self.there
            and self.public
            and self.due is not None
            and self.due <= now
            and (self.expires is None or self.expires > now)
            and not self.spent
            and (self.settles is None or self.settles <= now)
        )

    def is_live(self, now: int) -> bool:
        """Whether readers see it."""
        return self.named and self.is_due(now)

    def next_instant(self, now: int) -> int | None:
        """When that is to change, None for never: as ``instants.of_post`` has it."""
        if not self.there or not self.public or self.due is None:
            return None
        begins = max(self.due, self.settles or self.due)
        if begins <= now:
            return self.expires if self.expires is not None and self.expires > now and not self.spent else None
        return begins if self.expires is None or self.expires > begins else None

    def why(self, now: int) -> str:
        """What happens then, in words."""
        if self.is_due(now):
            return of_its_end(self.path)
        return of_its_beginning(self.path, waits=(self.settles or 0) > (self.due or 0))


class Lineup:
    """Rows by date, newest first; those of one instant by path, or the other way round."""

    def __init__(self, *, last_path_first: bool) -> None:
        # The last path first is the plain order from behind.
        self._backward = last_path_first
        self._rows: list[Row] = []
        self._key: Callable[[Row], tuple[int, str]] = _ascending if last_path_first else _descending

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, row: Row) -> None:
        """Put a row in its place."""
        insort(self._rows, row, key=self._key)

    def discard(self, row: Row) -> None:
        """Take a row out that is in."""
        at = bisect_left(self._rows, self._key(row), key=self._key)
        if at < len(self._rows) and self._rows[at].path == row.path:
            del self._rows[at]

    def fill(self, rows: Sequence[Row]) -> None:
        """Take all these, which are in order, newest first, instead of those that are in."""
        self._rows = list(reversed(rows)) if self._backward else list(rows)

    def in_order(self, rows: list[Row]) -> list[Row]:
        """The rows newest first."""
        rows.sort(key=_path, reverse=self._backward)
        rows.sort(key=_at, reverse=True)
        return rows

    def newest(self, most: int | None = None) -> list[Row]:
        """The first of them, or all."""
        most = len(self._rows) if most is None else most
        if self._backward:
            return self._rows[: -most - 1 : -1]
        return self._rows[:most]

    def younger(self, than: int) -> int:
        """How many are of later than a moment."""
        if self._backward:
            return len(self._rows) - bisect_right(self._rows, than, key=_at)
        return bisect_left(self._rows, -than, key=_before)


def _path(row: Row) -> str:
    return row.path


def _at(row: Row) -> int:
    return row.at


def _before(row: Row) -> int:
    return -row.at


def _ascending(row: Row) -> tuple[int, str]:
    return row.at, row.path


def _descending(row: Row) -> tuple[int, str]:
    return -row.at, row.path
