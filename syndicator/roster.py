"""All posts in little memory, and which of them each feed shows: kept true by what each pass changes.

A pass that changes one post of a hundred thousand looks at that one, and at those that feeds show. The ledger has the
records, a roster only what choosing posts needs of them, and it may be thrown away at any time.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from syndicator.agenda import Agenda
from syndicator.choosing import Choosing
from syndicator.instants import NextChange
from syndicator.lineup import Lineup, Row
from syndicator.model import FeedSpec, PostRecord, Site, Visibility
from syndicator.moments import MICROSECOND, instant_at, micros, micros_or_none
from syndicator.ports import PostLine, own_version
from syndicator.posts.references import Targets
from syndicator.selections import Selection

#: From so many changes at once on it pays to put everything in its place anew.
_MANY = 2_000
#: A version that ends so is of a file that may change again without another one.
_UNSETTLED = "~"


class Roster:
    """A row for each post of the ledger, and for each spec the posts that it chooses, at the moment that ``turn`` sets.

    ``sections`` tells the section of a path, None where that is a field like others. Versions begin with ``begin``
    where they still count; it keeps them without that. ``many`` changes at once cost more than ordering all anew.
    """

    def __init__(
        self,
        specs: Sequence[FeedSpec],
        sections: Callable[[str], str] | None,
        *,
        last_path_first: bool = False,
        begin: str = "",
        many: int = _MANY,
    ) -> None:
        self._begin, self._many = begin, many
        self._choosings = [Choosing(spec, sections, last_path_first=last_path_first) for spec in specs]
        #: Names of the terms that its lines are to have.
        self.names: frozenset[str] = frozenset().union(*(choosing.names for choosing in self._choosings))
        self._shown = Lineup(last_path_first=last_path_first)
        self._rows: dict[str, Row] = {}
        self._terms: dict[object, tuple[tuple[str, tuple[str, ...]], ...]] = {}
        self._now = 0
        self._in_order = True
        self._there = 0
        self._paths: list[str] = []
        self._agenda = Agenda()
        self._nameless: set[str] = set()
        self._killed: dict[str, int] = {}
        self._waiting: dict[str, int] = {}
        self._perhaps_risen: set[str] = set()
        self._targets: Targets | None = None
        #: Paths of files that may change again without another version.
        self.unsettled: set[str] = set()

    # --- keeping it true ---------------------------------------------------------------------------------------------

    def load(self, lines: Iterable[PostLine]) -> None:
        """Take all that the ledger has."""
        self._in_order, self._targets, plain = False, None, 0
        begin, keep, one, rest, rows = self._begin, self._keep, self._one, len(self._begin), self._rows
        public = Visibility.PUBLIC
        for path, version, published, due, expires, visibility, gone, named, down, ready, settles, terms in lines:
            row = Row(
                path, version[rest:] if version.startswith(begin) else "", published, due, expires, settles, one(terms),
                public=visibility is public, there=not gone, named=named, down=down,
            )  # fmt: skip
            if named and not gone and down is None and visibility is public and not row.version.endswith(_UNSETTLED):
                rows[path] = row  # as most are: there is nothing else to note
                plain += 1
            else:
                keep(row, down if visibility is Visibility.KILLED else None, ready)
        self._there += plain

    def note(self, records: Collection[PostRecord], away: Iterable[str] = ()) -> None:
        """Take what changed; posts that are ``away`` are not in the ledger any more, or not to be told of."""
        if len(records) > self._many:
            self._in_order = False
        for path in away:
            self._drop(path)
        for record in records:
            self._drop(record.path)
            published, down = micros_or_none(record.published), micros_or_none(record.down)
            due = published if record.due == record.published else micros_or_none(record.due)
            terms = self._one(tuple(term for term in record.terms if term[0] in self.names))
            self._keep(
                Row(
                    record.path, own_version(record.version, self._begin), published, due,
                    micros_or_none(record.expires), micros_or_none(record.settles), terms,
                    public=record.visibility is Visibility.PUBLIC, there=record.gone is None,
                    named=record.entry_id != "", down=down,
                ),
                down if record.visibility is Visibility.KILLED else None,
                micros_or_none(record.ready),
            )  # fmt: skip

    def turn(self, now: datetime) -> None:
        """Let it be now: embargoes end, posts expire."""
        before, self._now = self._now, micros(now)
        if self._now < before or not self._in_order:
            self._in_order = False
            self._perhaps_risen |= {path for path, row in self._rows.items() if row.down and row.is_due(self._now)}
            return
        for row in (self._rows[path] for path in self._agenda.passed(self._now) if path in self._rows):
            if row.is_live(before) and not row.is_live(self._now):
                self._hide(row)
            elif row.is_live(self._now) and not row.is_live(before):
                self._show(row)
            if row.down:
                self._perhaps_risen.add(row.path)
            self._watch(row)

    # --- asking ------------------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def there(self) -> int:
        """How many posts have their file."""
        return self._there

    def live(self) -> int:
        """How many posts readers may see."""
        self._order()
        return len(self._shown)

    def has(self, path: str) -> bool:
        """Whether there is a post with its file at a path."""
        return path in self._rows and self._rows[path].there

    def ripe(self) -> set[str]:
        """Paths of posts that have no id and may be seen by now."""
        return {path for path in self._nameless if self._rows[path].is_due(self._now)}

    def untimely(self, wait: timedelta) -> set[str]:
        """Paths of posts that are held off until another time than they should be, when that takes so long."""
        length = wait // MICROSECOND
        return {
            path
            for path, ready in self._waiting.items()
            if not length or ready > self._now or self._rows[path].settles != ready + length
        }

    def risen(self) -> set[str]:
        """Paths of posts that readers lost, and may see again."""
        self._perhaps_risen = {p for p in self._perhaps_risen if p in self._rows and self._rows[p].is_due(self._now)}
        return self._perhaps_risen

    def killed(self, since: datetime) -> set[str]:
        """Paths of posts that were killed after a moment."""
        return {path for path, down in self._killed.items() if down > micros(since)}

    def next_change(self) -> NextChange | None:
        """When a post is to appear or to go next; of several at once the first by its reason."""
        self._order()
        soonest = self._agenda.soonest(self._is_to_come)
        if soonest is None:
            return None
        at, paths = soonest
        return NextChange(instant_at(at), min(self._rows[path].why(self._now) for path in paths))

    def targets(self) -> Targets:
        """What references may mean: all posts that are there."""
        if self._targets is None:
            self._targets = Targets(path for path, row in self._rows.items() if row.there)
        return self._targets

    def select(
        self, site: Site, now: datetime, records: Callable[[Collection[str]], Mapping[str, PostRecord]]
    ) -> tuple[Selection, ...]:
        """What ``feeds.select`` would make of all posts that are live ``now``, which is the moment last turned to.
        ``records`` gives those of paths.
        """
        self._order()
        picks = [pick for choosing in self._choosings for pick in choosing.picks(now)]
        found = records({row.path for pick in picks for row in (*pick.rows, *pick.recent)})
        return tuple(selection for pick in picks for selection in pick.selections(found, site, now))

    # --- versions ----------------------------------------------------------------------------------------------------

    def versions(self) -> dict[str, str]:
        """Of the files that are there, by path."""
        return {path: row.version for path, row in self._rows.items() if row.there}

    def version(self, path: str) -> str | None:
        """Of a file, None when it is not there."""
        row = self._rows.get(path)
        return row.version if row is not None and row.there else None

    def below(self, folder: str) -> Sequence[str]:
        """The paths of files in and below a folder."""
        self._order()
        # No other sign stands between these two.
        first, last = bisect_left(self._paths, f"{folder}/"), bisect_left(self._paths, f"{folder}0")
        return self._paths[first:last]

    # --- inside ------------------------------------------------------------------------------------------------------

    def _one(self, terms: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The same terms, once in memory: most posts have those of others."""
        return self._terms.setdefault(terms, terms)

    def _keep(self, row: Row, killed: int | None, ready: int | None) -> None:
        path = row.path
        self._rows[path] = row
        if killed is not None:
            self._killed[path] = killed
        if not row.there:
            return
        self._there += 1
        if self._targets is not None:
            self._targets.add(path)
        if not row.named and row.public and row.due is not None:
            self._nameless.add(path)
        if not row.named and ready is not None:
            self._waiting[path] = ready
        if row.down:
            self._perhaps_risen.add(path)
        if row.version.endswith(_UNSETTLED):
            self.unsettled.add(path)
        if self._in_order:
            insort(self._paths, path)
            self._watch(row)
            if row.is_live(self._now):
                self._show(row)

    def _drop(self, path: str) -> None:
        row = self._rows.pop(path, None)
        if row is None:
            return
        self._killed.pop(path, None)
        self._waiting.pop(path, None)
        if not row.there:
            return
        self._there -= 1
        if self._targets is not None:
            self._targets.discard(path)
        for some in (self._nameless, self._perhaps_risen, self.unsettled):
            some.discard(path)
        if self._in_order:
            del self._paths[bisect_left(self._paths, path)]
            if row.is_live(self._now):
                self._hide(row)

    def _watch(self, row: Row) -> None:
        instant = row.next_instant(self._now)
        if instant is not None:
            self._agenda.note(instant, row.path)

    def _is_to_come(self, instant: int, path: str) -> bool:
        """Whether that is still when something happens to a post: it may have been changed since it was noted."""
        return path in self._rows and self._rows[path].next_instant(self._now) == instant

    def _show(self, row: Row) -> None:
        self._shown.add(row)
        for choosing in self._choosings:
            choosing.add(row)

    def _hide(self, row: Row) -> None:
        self._shown.discard(row)
        for choosing in self._choosings:
            choosing.discard(row)

    def _order(self) -> None:
        """Put everything in its place at once."""
        if self._in_order:
            return
        self._in_order = True
        now, live, instants, self._paths = self._now, [], [], []
        for path, row in self._rows.items():
            if not row.there:
                continue
            self._paths.append(path)
            if row.is_live(now):
                live.append(row)
                if row.expires is None:
                    continue  # what most are: nothing is to come
            instant = row.next_instant(now)
            if instant is not None:
                instants.append((instant, path))
        self._paths.sort()
        self._agenda = Agenda(instants)
        rows = self._shown.in_order(live)
        self._shown.fill(rows)
        for choosing in self._choosings:
            choosing.fill(rows)
