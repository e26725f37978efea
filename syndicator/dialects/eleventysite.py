"""An Eleventy site's own files beside its posts: configuration, data of folders and files, what is ignored.

Nothing is run: of what is JavaScript, only literals of the configuration are read, and the rest is reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from syndicator.dialects.cascade import merged
from syndicator.dialects.eleventyjs import Literals, literals
from syndicator.dialects.globs import is_literal, lies_in, matches
from syndicator.dialects.sitedata import load
from syndicator.errors import SourceError
from syndicator.model import PostWarning
from syndicator.ports import SiteFacts, SiteFiles
from syndicator.posts.fields import first, text

CONFIGURATIONS = (".eleventy.js", "eleventy.config.js", "eleventy.config.mjs", "eleventy.config.cjs")
TEMPLATES = (".md", ".html", ".njk", ".liquid")
_PROGRAMS = (".js", ".cjs", ".mjs")
_SUFFIX = ".11tydata"
#: The global data that decides what a post is; the rest is for templates.
_DECIDING = frozenset({
    "tags", "permalink", "date", "draft", "eleventyExcludeFromCollections", "eleventyComputed",
    "templateEngineOverride", "lang", "title",
})  # fmt: skip
_MAX_FOLDERS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder below the input: its path in the source, the names in it, and the data that all in it has."""

    path: str
    names: tuple[str, ...]
    data: Mapping[str, Any]


@dataclass(slots=True, kw_only=True)
class SiteReading:
    """What was read of a site. Paths begin at the source's root; ``files`` are named without their extension."""

    input: str = ""
    formats: tuple[str, ...] = TEMPLATES
    separator: str = ""
    closed: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    folders: list[Folder] = field(default_factory=list)
    folder_data: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    file_data: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    site_data: dict[str, Any] = field(default_factory=dict)
    facts: SiteFacts = field(default_factory=SiteFacts)
    warnings: list[PostWarning] = field(default_factory=list)
    #: Folders whose data, or a part of it, is a program.
    unknown: list[str] = field(default_factory=list)

    def warn(self, path: str, reason: str, remedy: str = "") -> None:
        """Keep something odd for the report."""
        self.warnings.append(PostWarning(path=path, reason=reason, remedy=remedy))


def read_site(files: SiteFiles, folder: str) -> SiteReading:
    """Read what decides about posts. ``folder`` is the operator's word on the input folder, "" for none.

    Raises SourceError for data of folders and files that cannot be read: without it posts would be lost.
    """
    site = SiteReading()
    said = _configuration(site, files)
    site.input = _path("", folder or said.folders.get("input", ""))
    if "input" in said.unclear and not folder:
        site.warn(_program(files), "its input folder is not said in a literal", 'set [source] input = "…"')
    site.closed = tuple(
        _path(site.input if name != "output" else "", said.folders.get(name, default))
        for name, default in (
            ("includes", "_includes"),
            ("layouts", "_layouts"),
            ("data", "_data"),
            ("output", "_site"),
        )
    )
    # Folders that hold all the posts are not meant: Eleventy writes to "." or takes includes from the input itself.
    site.closed = tuple(path for path in site.closed if not lies_in(site.input, (path,)))
    site.formats = tuple(f".{name}" for name in said.formats if f".{name}" in TEMPLATES) or TEMPLATES
    site.separator = said.separator
    site.ignored = tuple(_ignored(files, site.input))
    _global_data(site, files, said)
    _walk(site, files)
    return site


def enters(path: str, site_input: str, closed: tuple[str, ...], ignored: tuple[str, ...]) -> bool:
    """Whether templates may lie in or below a folder."""
    if path and any(part[0] == "." or part == "node_modules" for part in path.split("/")):
        return False
    if not lies_in(path, (site_input,)) and not lies_in(site_input, (path,)):
        return False
    return not lies_in(path, closed) and not is_ignored(path, ignored)


def is_ignored(path: str, patterns: tuple[str, ...]) -> bool:
    """Whether a file or folder is what a line of an ignore file names, or lies in it."""
    return any(lies_in(path, (pattern,)) if is_literal(pattern) else matches(path, pattern) for pattern in patterns)


def stem(name: str) -> str:
    """A file's name without the extension of a template."""
    return next((name[: -len(ending)] for ending in TEMPLATES if name.endswith(ending)), name)


def _path(base: str, written: str) -> str:
    """A path as it is written in the configuration, from the source's root, without dots."""
    parts: list[str] = base.split("/") if base else []
    for part in written.strip().split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _program(files: SiteFiles) -> str:
    return next((name for name in CONFIGURATIONS if files.read(name) is not None), "")


def _configuration(site: SiteReading, files: SiteFiles) -> Literals:
    name = _program(files)
    if not name:
        return Literals()
    said = literals((files.read(name) or b"").decode("utf-8", "replace"))
    remedy = "see that [source] and [site] say what it decides about posts"
    site.warn(name, "is a program and is not run: of what it says only literals are known", remedy)
    return said


def _ignored(files: SiteFiles, site_input: str) -> Iterator[str]:
    """The lines of the ignore files. Eleventy has no "!" and takes each line from the ignore file's own folder."""
    for folder in dict.fromkeys(("", site_input)):
        names = (".gitignore", ".eleventyignore") if not folder else (".eleventyignore",)
        for name in names:
            data = files.read(f"{folder}/{name}" if folder else name) or b""
            for line in data.decode("utf-8", "replace").splitlines():
                if (line := line.strip()) and line[0] not in "#!" and (path := _path(folder, line)):
                    yield path


# --- data ---------------------------------------------------------------------------------------------------------


def _walk(site: SiteReading, files: SiteFiles) -> None:
    globals_ = {key: value for key, value in site.site_data.items() if key in _DECIDING}
    waiting: list[tuple[str, Mapping[str, Any]]] = [(site.input, merged({}, globals_))]
    while waiting and len(site.folders) < _MAX_FOLDERS:
        path, above = waiting.pop()
        names = files.names(path)
        there = frozenset(names)
        data = above
        # The folder of everything has no name, so no data of its own.
        if name := path.rpartition("/")[2]:
            data = _data(site, files, _join(path, name), there, above)
        if data is not above or path == site.input:
            site.folder_data[path] = data
        site.folders.append(Folder(path=path, names=names, data=data))
        stems = {stem(name) for name in names if name.endswith(site.formats)} - {path.rpartition("/")[2]}
        for name in stems:
            if f"{name}.json" in there or any(f"{name}{_SUFFIX}{end}" in there for end in (".json", *_PROGRAMS)):
                site.file_data[_join(path, name)] = _data(site, files, _join(path, name), there, {})
        below = (_join(path, name[:-1]) for name in reversed(names) if name.endswith("/"))
        waiting += [(each, data) for each in below if enters(each, site.input, site.closed, site.ignored)]


def _data(
    site: SiteReading, files: SiteFiles, base: str, there: frozenset[str], above: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The data of a folder or file over what is above it: ``name.json``, then ``name.11tydata.json``."""
    name = base.rpartition("/")[2]
    for ending in (".json", f"{_SUFFIX}.json"):
        if name + ending in there:
            above = merged(above, _table(files, base + ending))
    for ending in _PROGRAMS:
        if name + _SUFFIX + ending in there:
            site.unknown.append(base.rpartition("/")[0])
            site.warn(
                base + _SUFFIX + ending,
                "is a program and is not run: what it says of posts is not known",
                'set [source] collection or posts if it names the collection, or write "name.11tydata.json"',
            )
    return above


def _table(files: SiteFiles, path: str) -> Mapping[str, Any]:
    data = files.read(path) or b""
    value = load(path, data, []) if data.strip() else {}
    return value if isinstance(value, dict) else {}


def _global_data(site: SiteReading, files: SiteFiles, said: Literals) -> None:
    """The files of ``_data`` by their names, for addresses that ask for them, and the publication's own."""
    folder = _path(site.input, said.folders.get("data", "_data"))
    for name in files.names(folder):
        if name.endswith(".json"):
            try:
                data = load(_join(folder, name), files.read(_join(folder, name)) or b"", [])
            except SourceError as error:
                site.warn(_join(folder, name), f"cannot be read ({error.reason}), it is left out")
            else:
                site.site_data[name.removesuffix(".json")] = data
        elif name.endswith(_PROGRAMS):
            site.warn(_join(folder, name), "is a program and is not run: what it says is not known")
    for name in ("metadata", "site", "meta"):
        if isinstance(table := site.site_data.get(name), dict):
            site.facts = _facts(table, said.prefix)
            return


def _facts(table: Mapping[str, Any], prefix: str) -> SiteFacts:
    author = first(table, ("author.name", "author", "authorName"))[1]
    url = text(first(table, ("url", "base", "siteUrl", "baseUrl", "siteURL", "baseURL"))[1])
    if url and (below := prefix.strip("/")) and not url.rstrip("/").endswith(f"/{below}"):
        url = f"{url.rstrip('/')}/{below}/"
    return SiteFacts(
        title=text(first(table, ("title", "name"))[1]),
        url=url,
        description=text(first(table, ("description", "subtitle"))[1]),
        language=text(first(table, ("language", "lang", "locale"))[1]).replace("_", "-"),
        author=text(author),
    )


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
