"""Which posts each feed shows now, and what the feed says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from operator import attrgetter
from uuid import NAMESPACE_URL, uuid5

import orjson

from syndicator import text
from syndicator.model import (
    Entry,
    Feed,
    FeedRecord,
    FeedSpec,
    Format,
    PostRecord,
    PostState,
    Site,
    digest,
)

#: What an empty site's feed says when there is nothing else to say: never the time of the build (atom-74).
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A feed before its entries are made: the posts it shows, newest first. ``value`` is what ``each`` made it for,
    ``language`` that of its posts where it is for one, else "".
    """

    name: str
    spec: FeedSpec
    title: str
    outputs: tuple[tuple[Format, str], ...]
    members: tuple[PostRecord, ...]
    value: str = ""
    language: str = ""


def fold(value: str) -> str:
    """Values that differ in case and white space only make one feed."""
    return " ".join(value.casefold().split())


def newest_first(records: Iterable[PostRecord], *, last_path_first: bool = False) -> list[PostRecord]:
    """By date; of those of one instant by path, as jekyll-feed and Hugo list them (frontmatter-16), or the other way
    round, as Eleventy does.
    """
    return sorted(sorted(records, key=attrgetter("path"), reverse=last_path_first), key=_published, reverse=True)


def live(records: Iterable[PostRecord], now: datetime, *, last_path_first: bool = False) -> list[PostRecord]:
    """Those posts that readers may see, newest first."""
    shown = (r for r in records if r.gone is None and r.entry_id and r.state(now) is PostState.LIVE)
    return newest_first(shown, last_path_first=last_path_first)


def next_change(records: Iterable[PostRecord], now: datetime) -> datetime | None:
    """The next instant at which an embargo ends or a post expires."""
    instants = (
        instant
        for record in records
        if record.gone is None and record.state(now) in (PostState.LIVE, PostState.EMBARGOED)
        for instant in (record.due, record.expires)
        if instant is not None and instant > now
    )
    return min(instants, default=None)


def select(specs: Sequence[FeedSpec], shown: Sequence[PostRecord], site: Site) -> tuple[Selection, ...]:
    """The feeds that the specs make of the live posts (newest first). A spec with ``each`` makes one feed a value."""
    feeds: list[Selection] = []
    for spec in specs:
        if spec.each:
            feeds.extend(_one_each(spec, shown, site))
        else:
            members = tuple(shown[: spec.limit])
            feeds.append(
                Selection(
                    name=spec.name, spec=spec, title=spec.title or site.title, outputs=spec.outputs, members=members
                )
            )
    return tuple(feeds)


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
    selection: Selection, prior: FeedRecord | None, *, settings: str, now: datetime, feeds_url: str
) -> FeedRecord:
    """The feed's id, given once, and the moment of its last significant change (atom-12).

    That is its newest entry's, unless something left it or its settings changed: then it is now.
    """
    members = tuple(record.entry_id for record in selection.members)
    newest = max((_updated(record) for record in selection.members), default=_BEGINNING)
    if prior is None:
        feed_id = uuid5(NAMESPACE_URL, f"{feeds_url}#{selection.name}").urn
        return FeedRecord(name=selection.name, id=feed_id, updated=newest, settings=settings, members=members)
    before = min(prior.updated, now)
    updated = max(newest, before)
    if (members != prior.members or settings != prior.settings) and newest <= before:
        updated = max(now.replace(microsecond=0), before)
    return replace(prior, updated=updated, settings=settings, members=members)


def build_feed(
    selection: Selection, record: FeedRecord, entries: Mapping[str, Entry], site: Site, hubs: Sequence[str]
) -> Feed:
    """The feed with its entries. Posts whose entry is missing are left out."""
    return Feed(
        name=selection.name,
        id=record.id,
        title=selection.title,
        description=selection.spec.description or site.description or selection.title,
        home_url=site.url,
        language=selection.language or site.language,
        author=site.author or site.title,
        updated=record.updated,
        content=selection.spec.content,
        outputs=selection.outputs,
        entries=tuple(entries[member.path] for member in selection.members if member.path in entries),
        hubs=tuple(hubs),
    )


def settings_digest(selection: Selection, site: Site, hubs: Sequence[str], feeds_url: str) -> str:
    """The name of what the configuration says about a feed."""
    spec = selection.spec
    parts = (
        selection.title, spec.description, spec.content, selection.outputs, feeds_url, sorted(hubs),
        site.title, site.url, site.description, selection.language or site.language,
        site.author,
    )  # fmt: skip
    return digest(orjson.dumps(parts))


def _one_each(spec: FeedSpec, shown: Sequence[PostRecord], site: Site) -> Iterable[Selection]:
    groups: dict[str, list[PostRecord]] = {}
    spelt: dict[str, str] = {}
    for record in shown:
        for value in dict.fromkeys(record.values(spec.each)):
            key = fold(value)
            group = groups.setdefault(key, [])
            spelt.setdefault(key, value)  # the newest post's spelling names the feed
            if len(group) < spec.limit and (not group or group[-1] is not record):
                group.append(record)
    names = slugs(groups)
    for key in sorted(groups):
        slug = names[key]
        title = spec.title.replace("{value}", spelt[key]) if spec.title else f"{site.title}: {spelt[key]}"
        yield Selection(
            name=f"{spec.name}/{slug}",
            spec=spec,
            title=title,
            outputs=tuple((format_, path.replace("{slug}", slug)) for format_, path in spec.outputs),
            members=tuple(groups[key]),
            value=key,
            language=spelt[key] if spec.each == "language" else "",
        )


def _published(record: PostRecord) -> datetime:
    return record.published or _BEGINNING


def _updated(record: PostRecord) -> datetime:
    return max(record.updated or _BEGINNING, record.published or _BEGINNING)
