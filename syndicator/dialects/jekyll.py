"""Jekyll's rules, as far as its source says them: what differs here would be a dead link or a draft that leaks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from syndicator.dialects.permalinks import STYLES, Parts, expand
from syndicator.model import Visibility
from syndicator.ports import FileName, Templates
from syndicator.posts.dates import parse_date
from syndicator.posts.fields import text, texts
from syndicator.posts.values import Quoted
from syndicator.posts.visibility import decided

_NAME = re.compile(r"(\d{2,4}-\d{1,2}-\d{1,2})-(.+)\.(?:markdown|mkdown|mkdn|mkd|md|html)", re.ASCII | re.DOTALL)
_REFERENCE = re.compile(r"^ {0,3}\[[^\]\n]++\]:.+$", re.MULTILINE)
_BLOCK = re.compile(r"\{%-?\s*+(end)?(\w++)[^%]*+%\}")


@dataclass(frozen=True, slots=True)
class Defaults:
    """Values of the site's configuration for posts below a folder ("" for all) of a type ("" for any)."""

    path: str
    type: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Jekyll:
    """Posts in ``_posts`` folders. The fields are the settings of ``_config.yml`` of the same names."""

    name = "jekyll"
    templates: ClassVar[Templates] = "liquid"
    date_fields = ("date",)
    images_beside_post = False

    permalink_style: str = "date"
    defaults: tuple[Defaults, ...] = ()
    exclude: tuple[str, ...] = (
        "gemfiles",
        "node_modules",
        "vendor/bundle",
        "vendor/cache",
        "vendor/gems",
        "vendor/ruby",
    )
    include: tuple[str, ...] = ()
    collections_dir: str = ""
    excerpt_separator: str = "\n\n"

    def enters(self, folder: PurePosixPath) -> bool:
        """Everywhere but in hidden and excluded folders. frontmatter.md 18."""
        return self._open(folder.parts) and not self._excluded(folder.as_posix())

    def posts_in(self, folder: PurePosixPath) -> Callable[[str], bool] | None:
        """Dated Markdown and HTML files in or below a folder ``_posts``; drafts never are. frontmatter.md 17 to 19."""
        if "_posts" not in folder.parts or not self._open(folder.parts):
            return None
        where = f"{folder.as_posix()}/"
        if any(re.search(r"[*?\[]", entry) or entry.strip("/").startswith(where) for entry in self.exclude):
            return lambda name: _NAME.fullmatch(name) is not None and not self._excluded(where + name)
        return None if self._excluded(where) else lambda name: _NAME.fullmatch(name) is not None

    def _open(self, folders: Sequence[str]) -> bool:
        for name in folders:
            if name != "_posts" and (name[0] in "._#~" or name[-1] == "~") and name not in self.include:
                return False
        return True

    def _excluded(self, path: str) -> bool:
        return any(_matches(path, entry) for entry in self.exclude) and not any(
            _matches(path, entry) for entry in self.include
        )

    def file_name(self, path: PurePosixPath) -> FileName:
        """``YYYY-MM-DD-slug.md``; dots at the slug's end are dropped."""
        match = _NAME.fullmatch(path.name)
        return FileName(date=match[1], slug=match[2].rstrip(".")) if match else FileName(date="", slug=path.stem)

    def complete(
        self, path: PurePosixPath, data: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], tuple[tuple[str, str], ...]]:
        """The defaults of ``_config.yml`` that fit, the more specific over the less, below the post's own fields.

        frontmatter.md 24; 27 for commas, which Jekyll takes for a part of the term.
        """
        commas: tuple[tuple[str, str], ...] = ()
        for name in ("categories", "tags"):
            if isinstance(written := data.get(name), str) and "," in written:
                commas += ((name, f"{name}: Jekyll splits at white space, the commas in it are dropped"),)
        if not self.defaults:
            return data, commas
        complete: dict[str, Any] = {}
        fitting = (entry for entry in self.defaults if entry.type in ("", "posts") and _within(path, entry.path))
        for entry in sorted(fitting, key=lambda entry: (len(entry.path), entry.type != "")):
            complete = _merged(complete, entry.values)
        return _merged(complete, data), commas

    def untitled(self, path: PurePosixPath, body: str) -> str:  # noqa: ARG002
        """The slug with each word capitalised. frontmatter.md 25."""
        return " ".join(word.capitalize() for word in self.file_name(path).slug.split("-"))

    def instant(self, value: object, zone: ZoneInfo) -> datetime:
        """A time with seconds and no zone is UTC, all else is in the site's zone, as is all that is quoted: SafeYAML
        takes only the unquoted for a time stamp. frontmatter.md 10, 14.
        """
        return parse_date(value, zone, seconds_are_utc=not isinstance(value, Quoted))

    def visibility(self, path: PurePosixPath, data: Mapping[str, Any]) -> tuple[Visibility, str]:
        """Like jekyll-feed, which leaves out what says ``draft: true`` although its page is made.

        frontmatter.md 19 to 22.
        """
        if "_drafts" in path.parts:
            return Visibility.DRAFT, "in a folder _drafts"
        return decided(data)

    def terms(self, path: PurePosixPath, data: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Folders above ``_posts``, then ``categories``, then ``category``; ``tag``, else ``tags``.

        The singular is one term as it stands, the plural is split at white space unless it is a list.
        frontmatter.md 26, 27.
        """
        parts = path.parts
        above = parts[: parts.index("_posts")] if "_posts" in parts else ()
        if above and self.collections_dir:
            root = PurePosixPath(self.collections_dir).parts
            above = above[len(root) :] if above[: len(root)] == root else above
        categories = texts([*above, *_plural(data.get("categories")), *_singular(data.get("category"))])
        return categories, texts(_singular(data.get("tag")) or _plural(data.get("tags")))

    def permalink(
        self,
        pattern: str,
        *,
        path: PurePosixPath,
        data: Mapping[str, Any],
        slug: str,
        categories: Sequence[str],
        published: datetime,
        zone: ZoneInfo,
    ) -> str:
        """The post's own ``permalink``, else the operator's pattern or style, else the site's.

        frontmatter.md 28 to 32.
        """
        pattern = STYLES.get(pattern, pattern) or STYLES.get(self.permalink_style, self.permalink_style)
        stem = path.as_posix()[: -len(path.suffix) or None]
        parts = Parts(
            published=published.astimezone(zone),
            slug=slug,
            path=stem.replace("_posts", "", 1).rstrip("."),
            name=path.stem,
            collection="posts",
            categories=categories,
        )
        return expand(text(data.get("permalink")) or pattern, parts)

    def excerpt(self, body: str, separator: str | None = None) -> str:
        """What stands before the first separator, with the link addresses and block ends it needs.

        frontmatter.md 35. Where the separator does not occur, that is the whole body.
        """
        separator = self.excerpt_separator if separator is None else separator
        if not separator:
            return ""
        head, _, tail = body.lstrip("\n").partition(separator)
        if "{%" in head:
            head += _ends(head, tail)
        references = _REFERENCE.findall(tail)
        return head + "\n\n" + "\n".join(references) if references else head


def _matches(path: str, entry: str) -> bool:
    """Whether a file or folder is, or lies in, what an entry of ``exclude`` or ``include`` names."""
    if "*" in entry or "?" in entry or "[" in entry:
        return fnmatchcase(path, entry.strip("/"))
    entry = entry.strip("/")
    return path.startswith(entry) and path[len(entry) : len(entry) + 1] in ("", "/")


def _within(path: PurePosixPath, scope: str) -> bool:
    scope = scope.strip("/")
    if not scope:
        return True
    whole = path.as_posix()
    return whole == scope or whole.startswith(f"{scope}/") or ("*" in scope and fnmatchcase(whole, f"{scope}*"))


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Tables are merged, all else is replaced; nothing (null) replaces nothing."""
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        if isinstance(under, Mapping) and isinstance(value, Mapping):
            merged[key] = _merged(under, value)
        elif value is not None or key not in merged:
            merged[key] = value
    return merged


def _singular(value: object) -> list[Any]:
    if isinstance(value, list):
        return value
    return [value] if value else []


def _plural(value: object) -> list[Any]:
    if isinstance(value, str):
        return [word.rstrip(",") for word in value.split()]
    return value if isinstance(value, list) else []


def _ends(head: str, tail: str) -> str:
    """The ends of the Liquid blocks that are open at the end of the excerpt."""
    blocks = {match[2] for match in _BLOCK.finditer(tail) if match[1]}
    opened: list[str] = []
    for match in _BLOCK.finditer(head):
        if match[1] and opened and opened[-1] == match[2]:
            opened.pop()
        elif not match[1] and match[2] in blocks:
            opened.append(match[2])
    return "".join(f"\n{{% end{name} %}}" for name in reversed(opened))
