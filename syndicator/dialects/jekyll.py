"""Jekyll's rules, as far as its source says them: what differs here would be a dead link or a draft that leaks."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from syndicator.dialects.defaults import Defaults, fitting, overlaid
from syndicator.dialects.jekyllnames import EXCLUDED, POST, WILD, listed, special
from syndicator.dialects.permalinks import STYLES, Parts, expand
from syndicator.errors import PostError
from syndicator.markup.flavour import KRAMDOWN, Flavour
from syndicator.model import Visibility
from syndicator.ports import HTML_ENDINGS, FileName, PictureFacts, PostFacts, Templates
from syndicator.posts.dates import parse_date
from syndicator.posts.fields import text, texts
from syndicator.posts.values import Quoted
from syndicator.posts.visibility import decided

_REFERENCE = re.compile(r"^ {0,3}\[[^\]\n]++\]:.+$", re.MULTILINE)
_BLOCK = re.compile(r"\{%-?\s*+(end)?(\w++)[^%]*+%\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Jekyll:
    """Posts in ``_posts`` folders. The fields are the settings of ``_config.yml`` of the same names.

    ``extensions`` is its ``markdown_ext``, ``excerpt_only`` stands in its ``feed``.
    """

    name = "jekyll"
    templates: ClassVar[Templates] = "liquid"
    date_fields = ("date",)
    fields: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    last_path_first = False
    #: frontmatter.md 38.
    smart_titles = True
    undated_is_page = False
    #: The front matter's summary beats what stands in the body.
    divider = None
    created_is_date = False
    markdown_summary = ""
    image_folders = ("",)

    markdown: Flavour = KRAMDOWN
    permalink_style: str = "date"
    defaults: tuple[Defaults, ...] = ()
    exclude: tuple[str, ...] = EXCLUDED
    include: tuple[str, ...] = ()
    collections_dir: str = ""
    extensions: tuple[str, ...] = ("markdown", "mkdown", "mkdn", "mkd", "md")
    excerpt_separator: str = "\n\n"
    unpublished: bool = False
    excerpt_only: bool = False

    def enters(self, folder: PurePosixPath) -> bool:
        """Everywhere but in hidden and excluded folders. frontmatter.md 18."""
        return self._open(folder.parts) and not self._excluded(folder.as_posix())

    def posts_in(self, folder: PurePosixPath) -> Callable[[str], bool] | None:
        """Dated files in or below a folder ``_posts``; drafts never are. frontmatter.md 17 to 19.

        Those in formats that are not read too, so that they are refused by name. With a ``collections_dir`` they lie
        below it.
        """
        if "_posts" not in folder.parts or not self._open(folder.parts):
            return None
        where = f"{folder.as_posix()}/"
        if not where.startswith(self.collections_dir):
            return None
        is_post = POST.fullmatch
        if any(WILD.search(entry) or entry.startswith(where) for entry in self.exclude):
            return lambda name: is_post(name) is not None and not self._excluded(where + name)
        return None if self._excluded(where) else lambda name: is_post(name) is not None

    def holds(self, path: str) -> bool:
        """Whether a file outside of posts and collections is a part of the site. frontmatter.md 18."""
        *folders, name = path.split("/")
        if "_posts" in folders or (special(name) and not listed(self.include, name)):
            return False
        return self._open(folders) and not self._excluded(path)

    def collects(self, path: str, label: str) -> bool:
        """Whether a file below a collection's folder, whose path is given from there, is a part of the site."""
        return not any(special(name) for name in path.split("/")) and not self._excluded(
            f"{self.collections_dir}/_{label}/{path}".lstrip("/")
        )

    def _open(self, folders: Sequence[str]) -> bool:
        at = folders.index("_posts") if "_posts" in folders else len(folders)
        if any(special(name) and not listed(self.include, name) for name in folders[:at]):
            return False
        below = folders[at + 1 :]
        # Below _posts Jekyll asks only how the path there begins and ends, and never looks into hidden folders.
        return not below or not (special(below[0]) or any(name[0] == "." for name in below))

    def _excluded(self, path: str) -> bool:
        if not listed(self.exclude, path):
            return False
        return not (listed(self.include, path) or listed(self.include, path.rpartition("/")[2]))

    def _own_path(self, path: PurePosixPath) -> PurePosixPath:
        """The path below ``collections_dir``, as Jekyll names a post."""
        if not self.collections_dir:
            return path
        return PurePosixPath(path.as_posix().removeprefix(f"{self.collections_dir}/"))

    def bundle(self, folder: PurePosixPath, names: Collection[str]) -> None:
        """Every post is a file."""

    @property
    def as_html(self) -> frozenset[str]:
        """All that Jekyll does not convert is put into the page, and into jekyll-feed's feed, as it stands."""
        return frozenset({*HTML_ENDINGS, ".txt"} - {f".{extension}" for extension in self.extensions})

    def belongings(self, path: str) -> None:
        """Every image is named."""

    def illustrated(self, facts: PictureFacts) -> tuple[Mapping[str, Any], str]:
        """All images are below the site's root."""
        return facts.data, ""

    def file_name(self, path: PurePosixPath) -> FileName:
        """``YYYY-MM-DD-slug.md``; dots at the slug's end are dropped."""
        match = POST.fullmatch(path.name)
        return FileName(date=match[1], slug=match[2].rstrip(".")) if match else FileName(date="", slug=path.stem)

    def section(self, path: PurePosixPath) -> str:
        """The first folder above ``_posts``, which begins the address as a category, else the first one below it."""
        *folders, _ = self._own_path(path).parts
        return next((name for name in folders if name != "_posts"), "")

    def complete(
        self, path: PurePosixPath, data: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], tuple[tuple[str, str], ...]]:
        """The defaults of ``_config.yml`` that fit, below the post's own fields.

        frontmatter.md 23, 24; 27 for commas, which Jekyll takes for a part of the term. Raises PostError.
        """
        if not path.name.lower().endswith(_endings(self.extensions)):
            reason = f"is written in the format of {path.suffix}, which is not read"
            remedy = "write it in Markdown or HTML, or move it out of _posts if it is no post"
            raise PostError(path.as_posix(), reason, remedy=remedy)
        commas: tuple[tuple[str, str], ...] = ()
        for name in ("categories", "tags"):
            if isinstance(written := data.get(name), str) and "," in written:
                commas += ((name, f"{name}: Jekyll splits at white space, the commas in it are dropped"),)
        below = fitting(self.defaults, self._own_path(path)) if self.defaults else {}
        complete = overlaid(below, data) if below else data
        if "categories" in below and data.get("categories") is not None:
            # Of all fields only this one is added to.
            complete = {**complete, "categories": [*_plural(below["categories"]), *_plural(data["categories"])]}
        if self.excerpt_only:
            feed = complete.get("feed")
            complete = {**complete, "feed": {**(feed if isinstance(feed, dict) else {}), "excerpt_only": True}}
        return complete, commas

    def untitled(self, path: PurePosixPath, _body: str) -> str:
        """The slug with each word capitalised. frontmatter.md 25."""
        return " ".join(word.capitalize() for word in self.file_name(path).slug.split("-"))

    def instant(self, value: object, zone: ZoneInfo) -> datetime:
        """A time with seconds and no zone is UTC, all else is in the site's zone, as is all that is quoted: SafeYAML
        takes only the unquoted for a time stamp. frontmatter.md 10, 14.

        ``2023/10/15`` is text to it, with seconds too, so that Ruby reads it in the site's zone.
        """
        utc = not isinstance(value, Quoted)
        return parse_date(value, zone, seconds_are_utc=utc, later=True, year_first=True)

    def visibility(self, path: PurePosixPath, data: Mapping[str, Any]) -> tuple[Visibility, str]:
        """Like jekyll-feed, which leaves out what says ``draft: true`` although its page is made.

        frontmatter.md 19 to 22.
        """
        if self.unpublished:
            data = {key: value for key, value in data.items() if key != "published"}
        visibility, rule = decided(data)
        if "_drafts" in path.parts and visibility is not Visibility.KILLED:
            return Visibility.DRAFT, "in a folder _drafts"
        return visibility, rule

    def terms(self, path: PurePosixPath, data: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Folders above ``_posts``, then ``categories``, then ``category``; ``tag``, else ``tags``.

        The singular is one term as it stands, the plural is split at white space unless it is a list.
        frontmatter.md 26, 27.
        """
        tags = data.get("tags")
        several = _without_commas(tags.split()) if isinstance(tags, str) else _plural(tags)
        return texts(_without_commas(self._categories(path, data))), texts(_singular(data.get("tag")) or several)

    def _categories(self, path: PurePosixPath, data: Mapping[str, Any]) -> list[Any]:
        """As Jekyll has them, with the commas that it takes for a part of a term."""
        parts = self._own_path(path).parts
        above = parts[: parts.index("_posts")] if "_posts" in parts else ()
        return [*above, *_plural(data.get("categories")), *_singular(data.get("category"))]

    def permalink(self, pattern: str, facts: PostFacts) -> str:
        """The post's own ``permalink``, else the operator's pattern or style, else the site's.

        frontmatter.md 28 to 32.
        """
        pattern = STYLES.get(pattern, pattern) or STYLES.get(self.permalink_style, self.permalink_style)
        path = facts.path
        stem = self._own_path(path).as_posix()[: -len(path.suffix) or None]
        parts = Parts(
            published=facts.published.astimezone(facts.zone),
            slug=facts.slug,
            path=stem.replace("_posts", "", 1).rstrip("."),
            name=path.stem,
            collection="posts",
            # Not those that a feed shows: the site's pages know neither the operator's fields nor what we tidy up.
            categories=texts(self._categories(path, facts.data)),
            output_ext=".html" if path.suffix[1:].lower() in self.extensions else path.suffix,
        )
        return expand(text(facts.data.get("permalink")) or pattern, parts)

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


@lru_cache(maxsize=16)
def _endings(extensions: tuple[str, ...]) -> tuple[str, ...]:
    """The ends of names of files that are read, in lower case: Markdown, and what Jekyll takes as it stands."""
    return tuple(f".{extension}" for extension in (*extensions, "html", "htm", "txt"))


def _singular(value: object) -> list[Any]:
    if isinstance(value, list):
        return value
    return [value] if value else []


def _plural(value: object) -> list[Any]:
    if isinstance(value, str):
        return value.split()
    return value if isinstance(value, list) else []


def _without_commas(terms: list[Any]) -> list[Any]:
    return [term.rstrip(",") if isinstance(term, str) else term for term in terms]


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
