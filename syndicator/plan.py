"""What has to be done so that the world sees what the feeds say now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import orjson

from syndicator.errors import ConfigError, Fault
from syndicator.model import Announcement, DocumentRecord, FeedRecord, Format, digest
from syndicator.selections import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A document that a feed asks for; ``source`` names all that it is rendered from.

    ``most`` is how many bytes it may have to take the place of the one that stands, 0 for any number.
    """

    path: str
    url: str
    feed: str
    format: Format
    source: str
    most: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Documents to render because what they are made from changed, or somebody altered them, and files to remove."""

    render: tuple[Wanted, ...] = ()
    delete: tuple[str, ...] = ()


def want(
    selection: Selection, record: FeedRecord, keys: Mapping[str, str], *, salt: str, feeds_url: str
) -> tuple[Wanted, ...]:
    """The documents of a feed. ``keys`` names the entries by path; a post without one is not shown."""
    shown = [keys[member.path] for member in selection.members if member.path in keys]
    parts = (salt, record.id, record.updated, record.settings, shown)
    source = digest(orjson.dumps((*parts, record.tombstones) if selection.tells_of_tombstones else parts))
    return tuple(
        Wanted(path=path, url=feeds_url + quote(path), feed=selection.name, format=format_, source=source)
        for format_, path in selection.outputs
    )


def check_paths(selections: Iterable[Selection]) -> None:
    """Every document has a path of its own, also where names that differ in case only are one file, and none is the
    folder of another. Raises ConfigError that names the feeds that share one.
    """
    holders: dict[str, tuple[str, str]] = {}
    faults: list[Fault] = []
    wanted = [(selection.name, path) for selection in selections for _, path in selection.outputs]
    for name, path in wanted:
        holder, other = holders.setdefault(path.casefold(), (name, path))
        if holder != name or other != path:
            paths = path if other == path else f"{path}, which differs from {other} only in case"
            faults.append(_shared(f'feeds "{holder}" and "{name}" both want {paths}'))
    for name, path in wanted:
        folders = (path[:at] for at, sign in enumerate(path) if sign == "/")
        for holder, file in (holders[folder.casefold()] for folder in folders if folder.casefold() in holders):
            faults.append(_shared(f'feed "{holder}" wants the file {file}, and feed "{name}" wants {path} in it'))
    if faults:
        raise ConfigError(tuple(faults))


def _shared(problem: str) -> Fault:
    return Fault(where="[[feeds]]", problem=problem, remedy="give one of them another path")


def decide(wanted: Sequence[Wanted], remembered: Mapping[str, DocumentRecord], altered: Collection[str]) -> Plan:
    """Compare what is wanted with what was published. Nothing changed gives an empty plan."""
    render = tuple(
        item
        for item in wanted
        if item.path in altered
        or (known := remembered.get(item.path)) is None
        or (known.source, known.url, known.format) != (item.source, item.url, item.format)
    )
    paths = {item.path for item in wanted}
    return Plan(render=render, delete=tuple(sorted(path for path in remembered if path not in paths)))


def announcements(
    now_published: Iterable[DocumentRecord], remembered: Mapping[str, DocumentRecord]
) -> tuple[Announcement, ...]:
    """One word a topic a hub, for documents whose bytes or address changed."""
    return tuple(
        Announcement(hub=hub, topic=document.url, digest=document.digest)
        for document in now_published
        if (known := remembered.get(document.path)) is None
        or (known.digest, known.url) != (document.digest, document.url)
        for hub in document.hubs
    )
