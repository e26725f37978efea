"""What has to be done so that the world sees what the feeds say now."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import orjson

from syndicator.errors import ConfigError, Fault
from syndicator.history import archive_path
from syndicator.model import DocumentRecord, FeedRecord, Format, digest
from syndicator.selections import Selection

#: Parts the two names in the source of a page.
_THEN = ":"
_PAGE_NUMBER = re.compile(r"\.archive-[0-9]+(?=(?:\.[^./]*)?\Z)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A document that a feed asks for; ``source`` names all that it is rendered from.

    ``most`` is how many bytes it may have to take the place of the one that stands, 0 for any number.
    ``page`` is its number in the feed's archive, 0 for the document that readers subscribe to.
    """

    path: str
    url: str
    feed: str
    format: Format
    source: str
    most: int = 0
    page: int = 0


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
    parts: tuple[object, ...] = (salt, record.id, record.updated, record.settings, shown)
    if selection.tells_of_tombstones:
        parts = (*parts, record.tombstones)
    if selection.pages:
        parts = (*parts, len(selection.pages))
    source = digest(orjson.dumps(parts))
    return tuple(
        Wanted(path=path, url=feeds_url + quote(path), feed=selection.name, format=format_, source=source)
        for format_, path in selection.outputs
    )


def want_pages(
    selection: Selection, record: FeedRecord, marks: Mapping[str, object], *, settings: str, salt: str, feeds_url: str
) -> Iterator[Wanted]:
    """The documents of a feed's archive. ``marks`` names what else than themselves some posts are made from, by path;
    ``settings`` is what the configuration says about pages, which know no hubs.

    Their sources begin with the names of what their posts say, so that one can tell whether that changed.
    """
    last = len(selection.pages)
    for page in selection.pages:
        number = page.record.number
        made_of = [(member.digest, marks.get(member.path)) for member in page.members]
        parts = (salt, record.id, settings, page.record.updated, number < last)
        source = f"{digest(orjson.dumps((page.record.content, made_of)))}{_THEN}{digest(orjson.dumps(parts))}"
        for format_, output in selection.outputs:
            path = archive_path(output, number)
            yield Wanted(
                path=path, url=feeds_url + quote(path), feed=selection.name, format=format_, source=source, page=number
            )


def says_the_same(item: Wanted, known: DocumentRecord | None) -> bool:
    """Whether the posts of a page are as they were when its document was published."""
    return known is not None and known.source.partition(_THEN)[0] == item.source.partition(_THEN)[0]


def check_paths(selections: Sequence[Selection]) -> None:
    """Every document has a path of its own, also where names that differ in case only are one file, and none is the
    folder of another; so has every page that an archive will ever have. Raises ConfigError that names the feeds that
    share one.
    """
    holders: dict[str, tuple[str, str]] = {}
    faults: list[Fault] = []
    wanted = [(selection.name, path) for selection in selections for _, path in selection.outputs]
    archives = {
        archive_path(path, "*").casefold(): s.name for s in selections if s.has_archive for _, path in s.outputs
    }
    for name, path in wanted if archives else ():
        for part in (path, *_folders(path)):
            owner = archives.get(_PAGE_NUMBER.sub(".archive-*", part.casefold()))
            if owner is not None:
                faults.append(
                    _shared(f'feed "{name}" wants {path}, where a page of the archive of "{owner}" comes to stand')
                )
    for name, path in wanted:
        holder, other = holders.setdefault(path.casefold(), (name, path))
        if holder != name or other != path:
            paths = path if other == path else f"{path}, which differs from {other} only in case"
            faults.append(_shared(f'feeds "{holder}" and "{name}" both want {paths}'))
    for name, path in wanted:
        shared = (holders[folder.casefold()] for folder in _folders(path) if folder.casefold() in holders)
        for holder, file in shared:
            faults.append(_shared(f'feed "{holder}" wants the file {file}, and feed "{name}" wants {path} in it'))
    if faults:
        raise ConfigError(tuple(faults))


def _folders(path: str) -> list[str]:
    return [path[:at] for at, sign in enumerate(path) if sign == "/"]


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
