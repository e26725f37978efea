"""What a spec asks for, kept in order while posts come and go: the posts of its feed, or of each of its feeds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from syndicator.feeds import slugs
from syndicator.filters import PATH, SECTION, Catalogue, fold, is_too_old, wanted_of
from syndicator.lineup import Lineup, Row
from syndicator.model import FeedSpec, PostRecord, Site
from syndicator.moments import MICROSECOND, micros
from syndicator.rights import RIGHTS
from syndicator.selections import Selection, feed_of_all, feed_of_value
from syndicator.sitemaps import NEWS_WINDOW, news_sitemaps


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """The rows that a feed shows, and those that may be in its sitemap. ``key`` is the value that it is for, ``spelt``
    as its newest post has it, "" where it is for all.
    """

    spec: FeedSpec
    rows: Sequence[Row]
    recent: Sequence[Row] = ()
    key: str = ""
    spelt: str = ""
    slug: str = ""

    def selections(self, records: Mapping[str, PostRecord], site: Site, now: datetime) -> Iterator[Selection]:
        """The feed and its sitemap, as ``feeds.select`` would make them; ``records`` by path."""
        members = [records[row.path] for row in self.rows]
        sitemap = self.spec.sitemap
        if self.spec.each:
            feed = feed_of_value(self.spec, self.key, self.spelt, self.slug, members, site)
            sitemap = sitemap.replace("{slug}", self.slug)
        else:
            feed = feed_of_all(self.spec, members, site)
        if feed.outputs:
            yield feed
        if sitemap:
            yield from news_sitemaps(feed, sitemap, [records[row.path] for row in self.recent], site, now)


class Choosing:
    """The posts that a spec chooses of those that are live, whatever their age."""

    def __init__(self, spec: FeedSpec, sections: Callable[[str], str] | None, *, last_path_first: bool) -> None:
        self._spec = spec
        self._catalogue = Catalogue((), sections)
        self._last_path_first = last_path_first
        self._by: dict[str, Lineup] = {}
        self._undated = 0
        self._slugs: tuple[frozenset[str], dict[str, str]] = (frozenset(), {})
        names = {spec.each, *(name for name, _ in (*spec.include, *spec.exclude))} - {""}
        #: Names of the terms that decide.
        self.names = frozenset({*names, *(RIGHTS if spec.partner else ())})
        # Where terms alone decide, posts with the same terms are in the same feeds.
        self._by_terms = PATH not in names and (sections is None or SECTION not in names)
        self._places: dict[int, tuple[str, ...]] = {}

    def fill(self, rows: Sequence[Row]) -> None:
        """Choose of these, which are live and in order, newest first."""
        chosen: dict[str, list[Row]] = {}
        # Of posts with the same terms, all go where the first goes.
        alike: dict[int, list[list[Row]]] = {}
        for row in rows:
            into = alike.get(id(row.terms))
            if into is None:
                into = [chosen.setdefault(key, []) for key in self._keys(row)]
                if self._by_terms:
                    alike[id(row.terms)] = into
            for some in into:
                some.append(row)
        self._undated = sum(row.is_undated for row in rows)
        self._by = {key: self._lineup() for key in chosen}
        for key, lineup in self._by.items():
            lineup.fill(chosen[key])

    def add(self, row: Row) -> None:
        """A post is live now."""
        for key in self._keys(row):
            if key not in self._by:
                self._by[key] = self._lineup()
            self._by[key].add(row)
        self._undated += row.is_undated

    def discard(self, row: Row) -> None:
        """A post is live no more."""
        for key in self._keys(row):
            lineup = self._by[key]
            lineup.discard(row)
            if not lineup:
                del self._by[key]
        self._undated -= row.is_undated

    def picks(self, now: datetime) -> Iterator[Pick]:
        """What there is to show now."""
        spec = self._spec
        if not spec.each:
            lineup = self._by.get("") or self._lineup()
            yield Pick(spec=spec, rows=self._newest(lineup, now), recent=self._recent(lineup, now))
            return
        keys = self._by.keys() if spec.max_age is None else [k for k, one in self._by.items() if self._young(one, now)]
        names = self._named(frozenset(keys))
        for key in sorted(keys):
            if wanted_of(spec, key):
                rows = self._newest(self._by[key], now)
                yield Pick(
                    spec=spec,
                    rows=rows,
                    recent=self._recent(self._by[key], now),
                    key=key,
                    spelt=self._spelt(rows[0], key),
                    slug=names[key],
                )

    def _keys(self, row: Row) -> tuple[str, ...]:
        """The values that a post is chosen for: "" where there is one feed, none where it is not chosen."""
        if not self._by_terms:
            return self._found_keys(row)
        keys = self._places.get(id(row.terms))
        if keys is None:
            keys = self._places[id(row.terms)] = self._found_keys(row)
        return keys

    def _found_keys(self, row: Row) -> tuple[str, ...]:
        if not self._catalogue.takes(row, self._spec):
            return ()
        if not self._spec.each:
            return ("",)
        return tuple(dict.fromkeys(map(fold, self._catalogue.values(row, self._spec.each))))

    def _spelt(self, row: Row, key: str) -> str:
        return next(value for value in self._catalogue.values(row, self._spec.each) if fold(value) == key)

    def _named(self, keys: frozenset[str]) -> dict[str, str]:
        if self._slugs[0] != keys:
            self._slugs = (keys, slugs(keys))
        return self._slugs[1]

    def _newest(self, lineup: Lineup, now: datetime) -> list[Row]:
        spec = self._spec
        rows = self._young(lineup, now)
        return rows if spec.archive else rows[: spec.candidates]

    def _young(self, lineup: Lineup, now: datetime) -> list[Row]:
        """So many of those that are not too old as are wanted, and perhaps more."""
        spec = self._spec
        most = None if spec.archive else spec.candidates
        if spec.max_age is None:
            return lineup.newest(most)
        if self._undated:  # they have no age, and stand anywhere
            return [row for row in lineup.newest() if not is_too_old(row, spec, now)]
        count = lineup.younger(micros(now) - spec.max_age // MICROSECOND)
        return lineup.newest(count if most is None else min(count, most))

    def _recent(self, lineup: Lineup, now: datetime) -> list[Row]:
        """All that may be in a sitemap of news."""
        if not self._spec.sitemap:
            return []
        window = min(self._spec.max_age or NEWS_WINDOW, NEWS_WINDOW)
        if self._undated:
            return [r for r in lineup.newest() if r.is_undated or r.at > micros(now) - window // MICROSECOND]
        return lineup.newest(lineup.younger(micros(now) - window // MICROSECOND))

    def _lineup(self) -> Lineup:
        return Lineup(last_path_first=self._last_path_first)
