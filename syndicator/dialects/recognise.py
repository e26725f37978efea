"""Which generator a site is made with, by the files that are there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from syndicator.ports import SiteFiles

Name = Literal["eleventy", "hugo", "jekyll", "plain"]

#: By generator: the files at a site's root that only it has, the usual one first.
_OWN: tuple[tuple[Name, tuple[str, ...]], ...] = (
    ("jekyll", ("_config.yml", "_config.yaml", "_config.toml")),
    ("hugo", ("hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json")),
    ("eleventy", (".eleventy.js", "eleventy.config.js", "eleventy.config.mjs", "eleventy.config.cjs")),
)
#: Names that others have as well: they are Hugo's beside its folder of posts.
_OF_HUGO = ("config.toml", "config.yaml", "config.yml", "config.json")
_POSTS = "_posts"
_MARKDOWN = (".md", ".markdown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """A dialect, the file or folder that gives it away, and the files that speak for others."""

    dialect: Name
    because: str
    others: tuple[tuple[Name, str], ...] = ()


def recognise(files: SiteFiles) -> Recognised | None:
    """What made the site; None when there is neither a configuration nor a post. Raises SourceError."""
    found = tuple(_configurations(files)) or tuple(_posts(files))[:1]
    if not found:
        return None
    (dialect, because), *others = found
    return Recognised(dialect=dialect, because=because, others=tuple(o for o in others if o[0] != dialect))


def _configurations(files: SiteFiles) -> Iterator[tuple[Name, str]]:
    there = files.names("")
    for dialect, names in _OWN:
        yield from ((dialect, name) for name in names if name in there)
    if "content/" in there:
        yield from (("hugo", name) for name in _OF_HUGO if name in there)
    if "config/" in there and files.names("config/_default"):
        yield "hugo", "config/_default"


def _posts(files: SiteFiles) -> Iterator[tuple[Name, str]]:
    """By the first folder that only Jekyll has, else by the first file of Markdown."""
    paths = files.find("", lambda name: name.lower().endswith(_MARKDOWN))
    for path in paths:
        *folders, _ = path.split("/")
        if _POSTS in folders:
            yield "jekyll", "/".join(folders[: folders.index(_POSTS) + 1])
    yield from (("plain", path) for path in paths[:1])
