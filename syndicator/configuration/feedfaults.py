"""What is wrong between the feeds of a configuration, and between the keys of one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from syndicator.configuration.faults import spell_path
from syndicator.configuration.tomlfile import KeyPath
from syndicator.configuration.words import Wrong, nearest

#: What posts can be chosen by beside their fields.
PATH = "path"
_NAME = re.compile(r"[a-z_]{1,100}")
#: What the service itself answers for: health, figures, its hub; and all below the last.
_RESERVED = ("/livez", "/readyz", "/metrics", "/hub", "/hooks/")


def feed_faults(
    feeds: object, fields: Collection[str], base: str, lists: Mapping[str, object] | None = None
) -> Iterator[tuple[KeyPath, Wrong]]:
    """What is wrong between feeds and between the keys of one; ``feeds`` as written, whatever else is wrong with it.

    ``fields`` are the names that feeds can be made from with ``each``; ``base`` is the path of the address that they
    are published at, "" when nobody can tell; ``lists`` is the table [publish], which names lists of feeds.
    """
    if feeds == []:
        yield ("feeds",), Wrong("is empty: there is nothing to publish", "leave it out to have one feed in all formats")
    names: dict[str, int] = {}
    outputs = _Outputs()
    for index, table in enumerate(feeds if isinstance(feeds, list) else ()):
        if not isinstance(table, dict):
            continue
        name = table.get("name")
        if isinstance(name, str) and names.setdefault(name, index) != index:
            yield ("feeds", index, "name"), Wrong(f"feeds[{names[name]}] has the same name", "each feed needs its own")
        yield from _field_faults(index, table, fields)
        if table.get("archive") is True and table.get("max_age", "0s") != "0s":
            problem = "cannot be together with archive, which keeps every post within reach"
            yield ("feeds", index, "max_age"), Wrong(problem, "leave out one of them")
        wanted = {key: table[key] for key in ("rss", "atom", "json", "sitemap") if table.get(key, "") != ""}
        if not wanted:
            yield ("feeds", index), Wrong("has no output", 'give it rss, atom or json, as in rss = "feed.xml"')
        for key, path in wanted.items():
            if isinstance(path, str):
                at = ("feeds", index, key)
                yield from ((at, wrong) for wrong in _slug_faults(path, table.get("each", "")))
                yield from ((at, wrong) for wrong in _place_faults(path, spell_path(at), base, outputs))
    for key in ("opml", "feed_menu"):
        path = (lists or {}).get(key, "")
        if isinstance(path, str) and path:
            place: KeyPath = ("publish", key)
            if "{" in path:
                yield place, Wrong("has a placeholder, but this is one file", "leave it out")
            yield from ((place, wrong) for wrong in _place_faults(path, spell_path(place), base, outputs))


def _field_faults(index: int, table: Mapping[str, object], fields: Collection[str]) -> Iterator[tuple[KeyPath, Wrong]]:
    """Names of fields in a feed that are none."""
    each = table.get("each", "")
    if isinstance(each, str) and each and each not in fields:
        yield ("feeds", index, "each"), Wrong("is no field that feeds can be made from", _known(each, fields))
    for key in ("include", "exclude"):
        filters = table.get(key)
        for field in filters if isinstance(filters, dict) else ():
            if _NAME.fullmatch(field) and field not in {*fields, PATH}:
                remedy = _known(field, {*fields, PATH})
                yield ("feeds", index, key, field), Wrong("is no field that posts can be chosen by", remedy)


def _place_faults(path: str, key: str, base: str, outputs: _Outputs) -> Iterator[Wrong]:
    yield from _reserved_faults(base, path)
    yield from outputs.faults(path, key)


class _Outputs:
    """Paths of documents and the keys that ask for them, to find those that could not stand beside each other."""

    def __init__(self) -> None:
        self._owners: dict[str, tuple[str, str]] = {}
        self._folders: dict[str, str] = {}

    def faults(self, path: str, key: str) -> Iterator[Wrong]:
        """What is wrong with one more."""
        # On many machines, and after a copy to one of them, two names that differ in case only are one file.
        name = path.casefold()
        if (same := self._owners.get(name)) is not None:
            other, owner = same
            differs = "differs only in case from" if other != path else "is the same path as"
            yield Wrong(f"{differs} {owner}", "each output needs its own")
            return
        parents = [name[:at] for at, sign in enumerate(name) if sign == "/"]
        above = (self._owners[parent][1] for parent in parents if parent in self._owners)
        if owner := next(above, self._folders.get(name, "")):
            yield Wrong(f"cannot be a file and a folder: see {owner}", "give one of them another path")
        self._owners[name] = (path, key)
        for parent in parents:
            self._folders.setdefault(parent, key)


def _known(name: str, fields: Collection[str]) -> str:
    meant = nearest(name, fields)
    return f"did you mean '{meant}'?" if meant else f"name one of {', '.join(sorted(fields))}"


def _slug_faults(path: str, each: object) -> Iterator[Wrong]:
    if each and "{slug}" not in path:
        yield Wrong("needs {slug}, because each makes many feeds", 'as in "category/{slug}.xml"')
    if not each and "{" in path:
        yield Wrong("has a placeholder, but this is one feed", 'leave it out, or set each = "category"')


def _reserved_faults(base: str, path: str) -> Iterator[Wrong]:
    if not base:
        return
    name = f"{base.rstrip('/')}/{path}"
    pattern = re.escape(name).replace(re.escape("{slug}"), "[a-z0-9-]+")
    for taken in _RESERVED:
        if re.fullmatch(pattern, taken) or (taken.endswith("/") and name.startswith(taken)):
            comes = "could come" if "{slug}" in name else "comes"
            yield Wrong(f"{comes} to lie at {taken}, where the service itself answers", "give it another path")
