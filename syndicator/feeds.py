"""Which posts each feed shows now, and what the feed says of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from types import MappingProxyType
from uuid import NAMESPACE_URL, uuid5

import orjson

from syndicator import text
from syndicator.filters import Catalogue, fold, wanted_of
from syndicator.hero import with_hero
from syndicator.model import (
    UNKNOWN,
    Entry,
    Feed,
    FeedRecord,
    FeedSpec,
    Hero,
    PostRecord,
    PostState,
    Site,
    Tombstone,
    digest,
    reached,
)
from syndicator.posts.people import place
from syndicator.selections import Selection, feed_of_all, feed_of_value
from syndicator.sitemaps import news_sitemaps

#: What an empty site's feed says when there is nothing else to say: never the time of the build (atom-74).
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
#: How long a feed tells of what was taken down, and of how many entries at most (atom-68).
TOMBSTONES_KEPT, MOST_TOMBSTONES = timedelta(days=90), 100


def newest_first(records: Iterable[PostRecord], *, last_path_first: bool = False) -> list[PostRecord]:
    """By date; of those of one instant by path, as jekyll-feed and Hugo list them (frontmatter-16), or the other way
    round, as Eleventy does.
    """
    return sorted(sorted(records, key=attrgetter("path"), reverse=last_path_first), key=_published, reverse=True)


def live(records: Iterable[PostRecord], now: datetime, *, last_path_first: bool = False) -> list[PostRecord]:
    """Those posts that readers may see, newest first."""
    shown = (r for r in records if r.gone is None and r.entry_id and r.state(now) is PostState.LIVE)
    return newest_first(shown, last_path_first=last_path_first)


def select(
    specs: Sequence[FeedSpec],
    shown: Sequence[PostRecord],
    site: Site,
    now: datetime,
    sections: Callable[[str], str] | None = None,
) -> tuple[Selection, ...]:
    """The feeds and sitemaps that the specs make of the live posts (newest first). A spec with ``each`` makes one feed
    a value. ``sections`` tells the section of a path, None where that is a field like others.
    """
    catalogue = Catalogue(shown, sections)
    found: list[Selection] = []
    for spec in specs:
        posts = catalogue.chosen(spec, now)
        feeds = _one_each(spec, posts, catalogue, site) if spec.each else _only_one(spec, posts, site)
        for feed, sitemap, members in feeds:
            if feed.outputs:
                found.append(feed)
            if sitemap:
                found.extend(news_sitemaps(feed, sitemap, members, site, now))
    return tuple(found)


def slugs(values: Iterable[str]) -> dict[str, str]:
    """A file-name-safe name for each value, no two alike and whatever the order.

    Where values would share one, the value that *is* that name keeps it; the others carry a few digits of their own.
    """
    names = {value: text.slug(value) for value in values}
    claimed: dict[str, list[str]] = {}
    for value, name in names.items():
        claimed.setdefault(name, []).append(value)
    for name, owners in claimed.items():
        rightful = min((value for value in owners if value.casefold().replace(" ", "-") == name), default=None)
        for value in owners if len(owners) > 1 or not name else ():
            if value != rightful:
                names[value] = f"{name or 'x'}-{digest(value.encode())[:6]}"
    return names


def identify(
    selection: Selection,
    prior: FeedRecord | None,
    *,
    settings: str,
    now: datetime,
    feeds_url: str,
    down: Mapping[str, Tombstone] = MappingProxyType({}),
) -> FeedRecord:
    """The feed's id, given once, and the moment of its last significant change (atom-12).

    That is its newest entry's, unless something left it or its settings changed: then it is now. Whatever of its
    entries is ``down`` (by id) it keeps a tombstone of.
    """
    members = tuple(record.entry_id for record in selection.members)
    stones, showed = (prior.tombstones, prior.members) if prior else ((), ())
    tombstones = _bury(stones, showed, selection, down, now)
    told = [stone.when for stone in tombstones] if selection.tells_of_tombstones else []
    newest = max((last_change(selection.members), *told))
    if prior is None:
        return FeedRecord(
            name=selection.name,
            id=own_id(selection.name, feeds_url),
            updated=newest,
            settings=settings,
            members=members,
            tombstones=tombstones,
        )
    before = min(prior.updated, reached(prior.updated, now))
    updated = max(newest, before)
    # Spare candidates come and go unseen, unless the feed tells of what was taken down.
    spec = selection.spec
    most = spec.limit if spec.candidates > spec.limit else None
    had = showed if selection.tells_of_tombstones else showed[:most]
    fallen = {stone.ref for stone in tombstones}.difference(stone.ref for stone in stones).intersection(had)
    if prior.settings == UNKNOWN:
        # As far as anybody can tell it is as it was; where rules leave posts out, documents do not say which.
        other = spec.candidates == spec.limit and members != showed
    else:
        other = members[:most] != showed[:most] or settings != prior.settings
    if fallen or (other and newest <= before):
        updated = max(now.replace(microsecond=0), updated)
    return replace(prior, updated=updated, settings=settings, members=members, tombstones=tombstones)


def own_id(name: str, feeds_url: str) -> str:
    """The id of a feed that never had another."""
    return uuid5(NAMESPACE_URL, f"{feeds_url}#{name}").urn


def changed_at(record: PostRecord) -> datetime:
    """When a post was last news to readers: published or updated."""
    return max(record.updated or _BEGINNING, record.published or _BEGINNING)


def last_change(records: Iterable[PostRecord]) -> datetime:
    """When any of these posts last was."""
    return max(map(changed_at, records), default=_BEGINNING)


def build_feed(
    selection: Selection, record: FeedRecord, entries: Mapping[str, Entry], site: Site, hubs: Sequence[str]
) -> Feed:
    """The feed with its entries. Posts whose entry is missing are left out."""
    spec = selection.spec
    return Feed(
        name=selection.name,
        id=record.id,
        title=selection.title,
        description=selection.description or site.description or selection.title,
        home_url=site.url,
        language=selection.language or site.language,
        author=site.author or site.title,
        updated=record.updated,
        content=spec.content,
        outputs=selection.outputs,
        entries=tuple(
            with_hero(entries[member.path], spec.hero) for member in selection.members if member.path in entries
        ),
        hubs=tuple(hubs) if selection.is_feed else (),
        copyright=spec.copyright,
        logo=place(spec.logo, site.url),
        icon=place(spec.icon, site.url),
        cover=place(spec.cover, site.url),
        accent=spec.accent,
        ttl=spec.ttl,
        listings=selection.listings,
        parts=selection.parts,
        tombstones=record.tombstones if selection.tells_of_tombstones else (),
    )


def settings_digest(selection: Selection, site: Site, hubs: Sequence[str], feeds_url: str) -> str:
    """The name of what the configuration says about a feed."""
    spec = selection.spec
    parts: tuple[object, ...] = (
        selection.title, selection.description, spec.content, selection.outputs, feeds_url, sorted(hubs),
        site.title, site.url, site.description, selection.language or site.language,
        site.author,
    )  # fmt: skip
    # What only messages say of a profile is not in its documents.
    rules = [(rule.name, rule.value, rule.does) for rule in spec.profile.rules] if spec.profile else []
    demands = (rules, spec.image_rights, spec.image_fallback, spec.members, spec.tracking, spec.max_bytes)
    further = (
        spec.copyright,
        spec.logo,
        spec.icon,
        spec.cover,
        spec.accent,
        spec.ttl,
        selection.listings,
        selection.parts,
        spec.hero if spec.hero is not Hero.NEVER else "",
        *(("tombstones",) if selection.tells_of_tombstones else ()),
        *(demands if any(demands) else ()),
    )
    # Only where there is any of it, so that a feed without keeps the name that it had before there was such a thing.
    return digest(orjson.dumps((*parts, *further) if any(further) else parts))


def _bury(
    before: Sequence[Tombstone],
    showed: Sequence[str],
    selection: Selection,
    down: Mapping[str, Tombstone],
    now: datetime,
) -> tuple[Tombstone, ...]:
    """The feed's tombstones now, newest first, one an id.

    An entry that is shown somewhere again has none. Old ones go when the feed changes anyway, and never by themselves,
    so that a document does not change by the clock alone.
    """
    if not down:
        return ()
    kept = {stone.ref: stone for stone in before if stone.ref in down}
    members = [record.entry_id for record in selection.members]
    killed = [
        r.entry_id for r in selection.killed if r.entry_id in down and down[r.entry_id].when > now - TOMBSTONES_KEPT
    ]
    new = {ref: down[ref] for ref in (*showed, *killed) if ref in down and ref not in kept}
    if members != list(showed):
        kept = {ref: stone for ref, stone in kept.items() if stone.when > now - TOMBSTONES_KEPT}
    stones = {**kept, **new}
    for ref in members:  # what a feed holds on to is not gone from it
        stones.pop(ref, None)
    newest = sorted(stones.values(), key=lambda stone: (stone.when, stone.ref), reverse=True)
    return tuple(newest[:MOST_TOMBSTONES])


def _only_one(
    spec: FeedSpec, posts: Sequence[PostRecord], site: Site
) -> Iterator[tuple[Selection, str, Sequence[PostRecord]]]:
    yield feed_of_all(spec, posts if spec.archive else posts[: spec.candidates], site), spec.sitemap, posts


def _one_each(
    spec: FeedSpec, posts: Sequence[PostRecord], catalogue: Catalogue, site: Site
) -> Iterator[tuple[Selection, str, Sequence[PostRecord]]]:
    """A feed for each value, the path of its sitemap, and all of its posts, also those beyond the feed's limit."""
    groups: dict[str, list[PostRecord]] = {}
    spelt: dict[str, str] = {}
    for record in posts:
        for value in dict.fromkeys(catalogue.values(record, spec.each)):
            key = fold(value)
            group = groups.setdefault(key, [])
            spelt.setdefault(key, value)  # the newest post's spelling names the feed
            if not group or group[-1] is not record:
                group.append(record)
    names = slugs(groups)
    for key in sorted(groups):
        if not wanted_of(spec, key):
            continue
        members = groups[key] if spec.archive else groups[key][: spec.candidates]
        feed = feed_of_value(spec, key, spelt[key], names[key], members, site)
        yield feed, spec.sitemap.replace("{slug}", names[key]), groups[key]


def _published(record: PostRecord) -> datetime:
    return record.published or _BEGINNING
