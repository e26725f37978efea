"""A Hugo site's own configuration: one file or a folder of them, put together as Hugo does it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from syndicator.dialects.hugocascade import lowered
from syndicator.dialects.hugoplaces import Language
from syndicator.dialects.sitedata import load
from syndicator.errors import SourceError
from syndicator.model import PostWarning
from syndicator.ports import SiteFacts, SiteFiles
from syndicator.posts.fields import text, truth

ENDINGS = ("toml", "yaml", "yml", "json")
_FILES = tuple(f"{name}.{ending}" for name in ("hugo", "config") for ending in ENDINGS)
_FOLDERS = ("config/_default", "config/production")
_WHOLE = frozenset({"hugo", "config"})

#: What Hugo looks at for each of its dates, in this order, and the further names of some of them (frontmatter.md 51).
_DATES: Mapping[str, tuple[str, ...]] = {
    "date": ("date", "publishdate", "lastmod"),
    "publishdate": ("publishdate", "date"),
    "lastmod": ("lastmod",),
    "expirydate": ("expirydate",),
}
_ALIASES: Mapping[str, tuple[str, ...]] = {
    "publishdate": ("pubdate", "published"),
    "lastmod": ("modified",),
    "expirydate": ("unpublishdate",),
}
_NOT_HAD = {":git": "the history of the files", ":gitauthordate": "the history of the files",
    ":filemodtime": "the time of the files, which is that of the checkout"}  # fmt: skip
_DIGITS = 7
_PLAIN_EXPRESSION = re.compile(r"\^?(?:[\w/ -]|\\[./_-])*\$?")


class Configuration:
    """What the configuration says, all keys in lower case, and what is odd about it."""

    def __init__(self, values: dict[str, Any], path: str) -> None:
        self.values = values
        self.path = path
        self.warnings: list[PostWarning] = []

    def warn(self, reason: str, remedy: str = "") -> None:
        self.warnings.append(PostWarning(path=self.path, reason=reason, remedy=remedy))

    def text(self, key: str) -> str:
        return text(self.values.get(key))

    def number(self, key: str, nothing: int) -> int:
        found = self.text(key)
        return int(found) if found.isascii() and found.isdigit() and len(found) < _DIGITS else nothing

    def table(self, key: str) -> dict[str, Any]:
        found = self.values.get(key)
        return found if isinstance(found, dict) else {}

    @property
    def default_language(self) -> str:
        return (self.text("defaultcontentlanguage") or "en").lower()

    def languages(self) -> tuple[Language, ...]:
        """The languages, the default one first; a site that names none has one."""
        default = self.default_language
        tables = {code: table for code, table in self.table("languages").items() if isinstance(table, dict)}
        tables.setdefault(default, {})
        content = _folder(self.values.get("contentdir")) or "content"
        return tuple(
            Language(
                code=code,
                tag=text(table.get("locale")) or text(table.get("languagecode")) or code,
                folder=_folder(table.get("contentdir")) or content,
            )
            for code, table in sorted(tables.items(), key=lambda item: (item[0] != default, item[0]))
            if truth(table.get("disabled")) is not True
        )

    def dates(self, name: str) -> tuple[str, ...]:
        """The fields that a date is taken from, ``:filename`` among them; others that cannot be had are reported."""
        said = self.table("frontmatter").get(name)
        wanted = [":default"] if said is None else said if isinstance(said, list) else [said]
        found: list[str] = []
        for word in (text(item).lower() for item in wanted):
            if word in _NOT_HAD:
                self.warn(f"frontmatter.{name}: {word} is passed over, as {_NOT_HAD[word]} is not known here")
            elif word:
                for key in _DATES[name] if word == ":default" else (word,):
                    found += [key, *_ALIASES.get(key, ())]
        return tuple(dict.fromkeys(found))

    def ignored(self) -> tuple[str, ...]:
        """The expressions of ``ignoreFiles`` that are plain enough to be sure of; others are reported."""
        said = self.values.get("ignorefiles")
        expressions = [text(item) for item in (said if isinstance(said, list) else [said]) if text(item)]
        for expression in expressions:
            if not _PLAIN_EXPRESSION.fullmatch(expression):
                self.warn(f'ignoreFiles: "{expression[:60]}" is not followed', 'write "draft: true" into such files')
        return tuple(expression for expression in expressions if _PLAIN_EXPRESSION.fullmatch(expression))

    def permalinks(self) -> tuple[tuple[str, str], ...]:
        """Patterns of addresses with the globs of the pages they are for, the most special first."""
        said = self.values.get("permalinks")
        if isinstance(said, list):
            return tuple(_listed(said))
        if not isinstance(said, dict):
            return ()
        pages = said.get("page")
        found = {key: value for key, value in said.items() if isinstance(value, str)}
        found |= (
            {key: value for key, value in pages.items() if isinstance(value, str)} if isinstance(pages, dict) else {}
        )
        sections = ((key.strip(" /"), pattern) for key, pattern in found.items())
        return tuple(
            (f"/{{{section},{section}/**}}" if section else "/*", pattern)
            for section, pattern in sorted(sections, key=lambda item: (-len(item[0]), item))
        )

    def ugly(self) -> bool | tuple[str, ...]:
        """Whether pages are files and not folders, or in which sections."""
        said = self.values.get("uglyurls")
        if isinstance(said, dict):
            return tuple(sorted(section for section, value in said.items() if truth(value)))
        return truth(said) is True

    def image_folders(self) -> tuple[str, ...]:
        """Where files lie that the site has at its root, after the source's own root."""
        static = self.values.get("staticdir")
        named = [_folder(item) for item in (static if isinstance(static, list) else [static])]
        assets = _folder(self.values.get("assetdir")) or "assets"
        content = (language.folder for language in self.languages())
        return tuple(dict.fromkeys(["", *(filter(None, named) if any(named) else ["static"]), assets, *content]))

    def facts(self) -> SiteFacts:
        """What it says of the publication."""
        first = self.languages()[:1]
        own = self.table("languages").get(first[0].code if first else "")
        said = {**self.values, **(own if isinstance(own, dict) else {})}
        params = {**self.table("params"), **(said["params"] if isinstance(said.get("params"), dict) else {})}
        url = text(said.get("baseurl"))
        if url and not re.match("https?://", url, re.IGNORECASE):
            self.warn(f'baseURL: "{url[:60]}" is not the address of a site', 'write one such as "https://example.org/"')
            url = ""
        tag = text(said.get("locale")) or text(said.get("languagecode")) or text(said.get("defaultcontentlanguage"))
        return SiteFacts(
            title=text(said.get("title")),
            url=url if not url or url.endswith("/") else f"{url}/",
            description=text(params.get("description")) or text(said.get("description")),
            language=tag,
            timezone=self._zone(text(said.get("timezone"))),
            author=_name(said.get("author")) or _name(params.get("author")),
        )

    def _zone(self, name: str) -> str:
        if name:
            try:
                ZoneInfo(name)
            except (ValueError, OSError, KeyError):
                self.warn(f'timeZone: "{name[:60]}" is no time zone, dates without one are in UTC')
                return ""
        return name

    def report(self) -> None:
        """Say what is there and not followed."""
        for key in ("buildDrafts", "buildFuture", "buildExpired"):
            if truth(self.values.get(key.lower())):
                self.warn(f"{key}: is not followed, what is not public never gets into a feed")
        if self.table("module").get("mounts"):
            self.warn("module.mounts: is not followed, posts are read from the content folder alone")
        if truth(self.values.get("enablegitinfo")):
            self.warn("enableGitInfo: is not followed, a post says itself when it was changed")
        for code, table in sorted(self.table("languages").items()):
            if isinstance(table, dict) and table.get("baseurl") and code != self.default_language:
                self.warn(f"languages.{code}.baseURL: is not followed, its posts get addresses below the site's own")


def read_configuration(files: SiteFiles, names: Sequence[str] = ()) -> Configuration:
    """The site's configuration, "" where there is none: of the files of these ``names``, later ones on top, else of the
    first file that Hugo looks for; then of its folders. Raises SourceError when a file of it cannot be read.
    """
    values: dict[str, Any] = {}
    path = ", ".join(names)
    for name in names or _FILES:
        if (data := files.read(name)) is not None:
            values = _merged(values, _read(name, data))
            path = path or name
            if not names:
                break
    for folder in _FOLDERS:
        for name in files.names(folder):
            stem, _, ending = name.rpartition(".")
            found = files.read(f"{folder}/{name}") if stem and ending in ENDINGS else None
            if found is not None:
                values = _merged(values, _placed(stem.lower(), _read(f"{folder}/{name}", found)))
                path = path or f"{folder}/{name}"
    return Configuration(values, path or "hugo.toml")


def _read(path: str, data: bytes) -> dict[str, Any]:
    table = load(path, data, [])
    if not isinstance(table, dict):
        raise SourceError(f"source {path}", "is no table of names and values", "mend it; the feeds stay as they are")
    found: dict[str, Any] = lowered(table)
    return found


def _placed(stem: str, table: dict[str, Any]) -> dict[str, Any]:
    """A file's table under the key that its name says: ``params.toml``, ``params.fr.toml``, ``languages.toml``."""
    key, _, language = stem.partition(".")
    if key not in _WHOLE:
        table = {key: table}
    return {"languages": {language: table}} if language else table


def _merged(values: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(values)
    for key, value in above.items():
        under = merged.get(key)
        merged[key] = _merged(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return merged


def _listed(said: list[Any]) -> Iterator[tuple[str, str]]:
    for entry in said:
        table = entry if isinstance(entry, dict) else {}
        target = table.get("target")
        target = target if isinstance(target, dict) else {}
        if text(table.get("pattern")) and text(target.get("kind")).lower() in ("", "page"):
            yield text(target.get("path")).lower() or "**", text(table["pattern"])


def _folder(value: object) -> str:
    """A folder of the source, "" for none and for what would lead out of it."""
    parts = [part for part in text(value).replace("\\", "/").split("/") if part not in ("", ".")]
    return "" if ".." in parts else "/".join(parts)


def _name(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    return text(value.get("name")) if isinstance(value, dict) else text(value)
