"""What feeds lose by time alone: the feeds as they were last shown, less what has expired or got too old.

Nobody looks at files for it, and nothing comes in that was not shown: whoever is due meanwhile waits for the next look
at the source. A feed that is held stays so, but for one of which posts would only leave.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from syndicator.concerns import moment
from syndicator.feeds import live, newest_first, select
from syndicator.filters import SECTION
from syndicator.guard import taken_down
from syndicator.holding import Judged
from syndicator.model import FeedRecord, FeedSpec, Held, PageRecord, PostRecord, SourceRecord
from syndicator.selections import Page, Selection, nameless
from syndicator.traces import Stamps, dated, stamps_of

_NONE: Mapping[str, Selection] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What readers were shown last: the feeds by name, those of them that are ``held``, the ``pages`` of archives, and
    what the ledger has of the posts in feeds, by id.
    """

    feeds: Mapping[str, FeedRecord]
    held: Mapping[str, Held]
    pages: Mapping[str, Sequence[PageRecord]]
    posts: Mapping[str, PostRecord]


def as_time_left_it(
    shown: Shown, specs: Iterable[FeedSpec], source: SourceRecord, now: datetime, free: Mapping[str, Selection] = _NONE
) -> Judged:
    """The feeds and sitemaps as they are to be published now. Those that are ``free`` are held no more."""
    found: list[Selection] = []
    untouched: set[str] = set()
    for spec in specs:
        feeds = {name: feed for name, feed in shown.feeds.items() if _is_of(name, spec)}
        posts = {i: shown.posts[i] for feed in feeds.values() for i in feed.members if i in shown.posts}
        made = _made(spec, live(posts.values(), now, last_path_first=source.last_path_first), source, now)
        made |= {name: selection for name, selection in free.items() if name in feeds}
        held = (shown.held.keys() & feeds.keys()) - free.keys()
        for name in held - made.keys():
            # Whose posts are gone all at once: it is held for that, with its former name.
            former = _made(replace(spec, max_age=None), newest_first(posts.values()), source, now)
            made[name] = former.get(name) or nameless(name, spec)
        for name in sorted(made.keys() & feeds.keys()):
            selection = made[name]
            if name in held:
                kept, is_whole = _kept(feeds[name], shown.posts, spec, now)
                selection = replace(selection, members=kept)
                untouched |= {name} if is_whole else set()
            elif selection.is_feed:
                before = frozenset(feeds[name].members)
                selection = replace(selection, members=tuple(r for r in selection.members if r.entry_id in before))
            if selection.has_archive:
                pages = shown.pages.get(name, ())
                selection = replace(selection, pages=tuple(Page(record=page, members=(), kept=True) for page in pages))
            found.append(selection)
    stamps = stamps_of(found) | _dates(shown.feeds.values())
    still = {name: held for name, held in shown.held.items() if name not in free}
    return Judged(selections=tuple(found), stamps=stamps, held=still, untouched=frozenset(untouched))


def freed(shown: Shown, judged: Judged) -> dict[str, Selection]:
    """Of the feeds that the guard holds no more those which only lose posts by that, and have no archive: for all
    others something may have to be read.
    """
    found: dict[str, Selection] = {}
    for selection in judged.selections:
        feed = shown.feeds.get(selection.name)
        if selection.name in shown.held and selection.name not in judged.held and feed and not selection.has_archive:
            before = dict(dated(feed))
            now = {record.entry_id: judged.stamps[record.entry_id] for record in selection.members}
            if now.items() <= before.items():
                found[selection.name] = selection
    return found


def asks_for_sections(specs: Iterable[FeedSpec]) -> bool:
    """Whether the place of a post's file decides what feeds show it."""
    return any(SECTION in (spec.each, *(name for name, _ in (*spec.include, *spec.exclude))) for spec in specs)


def _is_of(name: str, spec: FeedSpec) -> bool:
    """Whether a spec makes the feed or sitemap of a name."""
    return name == spec.name or name.startswith((f"{spec.name}/", f"{spec.name}:"))


def _made(spec: FeedSpec, posts: Sequence[PostRecord], source: SourceRecord, now: datetime) -> dict[str, Selection]:
    sections = dict(source.sections)
    known = (lambda path: sections.get(path, "")) if sections else None
    return {selection.name: selection for selection in select((spec,), posts, source.site, now, known)}


def _kept(
    feed: FeedRecord, posts: Mapping[str, PostRecord], spec: FeedSpec, now: datetime
) -> tuple[tuple[PostRecord, ...], bool]:
    """What a feed that is held goes on to show, with the dates that readers know, and whether that is all it did."""
    dates = dict(dated(feed))
    there = [posts[entry_id] for entry_id in feed.members if entry_id in posts]
    kept = [record for record in there if not taken_down(record, now, spec)]
    return tuple(_as_shown(record, dates.get(record.entry_id)) for record in kept), len(kept) == len(there)


def _as_shown(record: PostRecord, dates: Stamps | None) -> PostRecord:
    if dates is None:
        return record
    return record._replace(published=moment(dates[0]), updated=moment(dates[1]))


def _dates(feeds: Collection[FeedRecord]) -> dict[str, Stamps]:
    return {entry_id: dates for feed in feeds for entry_id, dates in dated(feed)}
