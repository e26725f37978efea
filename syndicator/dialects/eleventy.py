"""Eleventy's rules: any template is content, and what makes it a post is the collection that its tags put it in."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from syndicator.dialects import eleventydates, eleventysite
from syndicator.dialects.authors import authors_of
from syndicator.dialects.cascade import merged
from syndicator.dialects.eleventyaddresses import Known, default, parts_of, slug_of, written
from syndicator.dialects.eleventyposts import TAGS, Posts, posts_of
from syndicator.dialects.globs import first_folder, lies_in
from syndicator.dialects.permalinks import STYLES, expand
from syndicator.dialects.titles import from_name, heading, listed
from syndicator.markup.flavour import COMMONMARK
from syndicator.model import Visibility, digest
from syndicator.ports import HTML_ENDINGS, Configured, FileName, PictureFacts, PostFacts, SiteFiles, Templates
from syndicator.posts.fields import empty, texts, truth
from syndicator.posts.visibility import decided

#: Folders that sites have copied to their root.
_COPIED = ("public", "static", "assets")
#: Tags that sort posts into lists of the site, and tell readers nothing.
HIDDEN = frozenset({"all", "nav", "post", "posts"})

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TO_THE_MINUTE = len("YYYY-MM-DD HH:MM")


def configure(files: SiteFiles, *, collection: str = "", posts: str = "", folder: str = "") -> Configured:
    """The dialect as the site's own files set it up: JSON is read, JavaScript never run.

    ``collection`` (a tag), ``posts`` (a pattern of paths) and ``folder`` (the input) are the operator's, "" for a
    guess. Raises SourceError.
    """
    site = eleventysite.read_site(files, folder)
    dialect = Eleventy(
        input=site.input,
        formats=site.formats,
        closed=site.closed,
        ignored=site.ignored,
        posts=posts_of(site, files, collection, posts),
        folder_data=site.folder_data,
        file_data=site.file_data,
        site_data=site.site_data,
        separator=site.separator,
    )
    return Configured(
        dialect=dialect,
        facts=site.facts,
        warnings=tuple(site.warnings),
        people=authors_of(site.site_data.get("authors")),
        values=site.site_data,
        name=digest(repr(dialect).encode("utf-8", "surrogatepass")),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Eleventy:
    """Templates below the input folder, those in a collection being posts. The fields are as ``eleventysite`` says."""

    name = "eleventy"
    as_html = HTML_ENDINGS
    templates: ClassVar[Templates] = "eleventy"
    date_fields = ("date",)
    #: As the feed of Eleventy's own plugin: a summary is one, a description is for search engines.
    fields: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "summary": ("subhed", "summary", "description", "excerpt", "subtitle")
    }
    last_path_first = True
    smart_titles = False
    undated_is_page = False
    #: What is written as a summary is one.
    divider = None
    created_is_date = True
    markdown_summary = ""
    #: markdown-it as Eleventy sets it up.
    markdown = replace(COMMONMARK, autolink=False)

    input: str = ""
    formats: tuple[str, ...] = eleventysite.TEMPLATES
    closed: tuple[str, ...] = ("_includes", "_layouts", "_data", "_site")
    ignored: tuple[str, ...] = ()
    posts: Posts = field(default_factory=lambda: Posts(collections=TAGS))
    folder_data: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    file_data: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    site_data: Mapping[str, Any] = field(default_factory=dict)
    separator: str = ""

    def enters(self, folder: PurePosixPath) -> bool:
        """Everywhere in the input but in hidden and ignored folders, and those of includes, data and output.

        frontmatter.md 72.
        """
        path = folder.as_posix()
        return eleventysite.enters("" if path == "." else path, self.input, self.closed, self.ignored)

    def posts_in(self, folder: PurePosixPath) -> Callable[[str], bool] | None:
        """Templates by extension: Markdown everywhere, others where posts may be. Tags are not known by now."""
        path = "" if folder == PurePosixPath() else folder.as_posix()
        if not self.enters(folder) or not lies_in(path, (self.input,)):
            return None
        formats = self.formats if self.posts.may_lie_in(path) else tuple({".md"} & set(self.formats))
        begin = f"{path}/" if path else ""
        ignored = tuple(line for line in self.ignored if _concerns(line, begin))
        posts = self.posts

        def is_post(name: str) -> bool:
            if not name.endswith(formats):
                return bool(posts.others) and begin + name in posts.others
            if ignored and eleventysite.is_ignored(begin + name, ignored):
                return False
            return not posts.patterns or posts.fits(begin + name, self.input)

        return is_post

    def bundle(self, folder: PurePosixPath, names: Collection[str]) -> None:
        """Every post is a file."""

    @property
    def image_folders(self) -> tuple[str, ...]:
        """The input and the source's root, and the folders that sites have copied from there. frontmatter.md 76."""
        inside = (f"{self.input}/{name}" for name in _COPIED)
        return tuple(dict.fromkeys((self.input, "", *_COPIED, *inside))) if self.input else ("", *_COPIED)

    def belongings(self, path: str) -> None:
        """Every image is named."""

    def illustrated(self, facts: PictureFacts) -> tuple[Mapping[str, Any], str]:
        """Images are beside the post."""
        return facts.data, facts.permalink

    def file_name(self, path: PurePosixPath) -> FileName:
        """The first date anywhere in the path; the slug is the name without a date, or the folder's for ``index``.

        frontmatter.md 66, 69.
        """
        date = _DATE.search(path.as_posix())
        return FileName(date=date[0] if date else "", slug=slug_of(path, self.input))

    def section(self, path: PurePosixPath) -> str:
        """The first folder below the input; that of an ``index`` is the post's own name."""
        below = path.relative_to(self.input) if self.input and path.is_relative_to(self.input) else path
        return first_folder(below)

    def complete(
        self, path: PurePosixPath, data: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], tuple[tuple[str, str], ...]]:
        """Front matter over the data of its file over that of its folders. frontmatter.md 70.

        What is no post has no date, so that a page may say of its own whatever it likes.
        """
        complete = merged(self._below(path), data)
        if not self._is_post(path, complete):
            complete.pop("date", None)
            return complete, ()
        return complete, _remarks(complete)

    def _below(self, path: PurePosixPath) -> Mapping[str, Any]:
        parent = path.parent
        below = self.folder_data.get("" if parent == PurePosixPath() else parent.as_posix())
        if below is None:
            nearest = (self.folder_data.get("" if up == PurePosixPath() else up.as_posix()) for up in parent.parents)
            below = next((found for found in nearest if found is not None), {})
        if self.file_data:
            own = self.file_data.get((parent / eleventysite.stem(path.name)).as_posix())
            below = merged(below, own) if own else below
        return below

    def _is_post(self, path: PurePosixPath, data: Mapping[str, Any]) -> bool:
        return self.posts.hindrance(path.as_posix(), data, self.input) == ""

    def untitled(self, path: PurePosixPath, body: str) -> str:
        """The first heading, else the slug with spaces for hyphens."""
        return heading(body) or from_name(self.file_name(path).slug)

    def instant(self, value: object, _zone: ZoneInfo) -> datetime:
        """ISO 8601, in UTC where no zone is given. What only a file system or git knows is no date of the post.

        frontmatter.md 66, 67.
        """
        return eleventydates.instant(value)

    def visibility(self, path: PurePosixPath, data: Mapping[str, Any]) -> tuple[Visibility, str]:
        """What the front matter says, then whether there is a page, then whether it is in the collection.

        frontmatter.md 63 to 65, 68.
        """
        visibility, rule = decided(data)
        if visibility is not Visibility.PUBLIC:
            return visibility, rule
        if (permalink := data.get("permalink")) is not None and not empty(permalink) and truth(permalink) is False:
            return Visibility.DRAFT, "permalink: false"
        hindrance = self.posts.hindrance(path.as_posix(), data, self.input)
        return (Visibility.DRAFT, hindrance) if hindrance else (Visibility.PUBLIC, "")

    def terms(self, _path: PurePosixPath, data: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Tags but for those that name lists of the site; categories where a site has them. frontmatter.md 63."""
        tags = tuple(tag for tag in texts(data.get("tags")) if tag not in HIDDEN and tag not in self.posts.collections)
        if "categories" not in data and "category" not in data:
            return (), tags
        return texts([*listed(data.get("categories")), *listed(data.get("category"))]), tags

    def permalink(self, pattern: str, facts: PostFacts) -> str:
        """The post's own ``permalink``, else the operator's pattern or style, else folders and name, date and all.

        frontmatter.md 68, 69.
        """
        path, data = facts.path, facts.data
        below = path.relative_to(self.input) if self.input and path.is_relative_to(self.input) else path
        own = data.get("permalink")
        computed = data.get("eleventyComputed")
        if own is None and isinstance(computed, Mapping):
            own = computed.get("permalink")
        if not empty(own) and truth(own) is not False and self._is_post(path, data):
            known = Known(data=data, site=self.site_data, path=below, input=self.input, published=facts.published)
            return written(own, known)
        if pattern:
            parts = parts_of(below, slug=facts.slug, categories=facts.categories, published=facts.published)
            return expand(STYLES.get(pattern, pattern), parts)
        return default(below)

    def excerpt(self, body: str, separator: str | None = None) -> str:
        """What stands before the separator that the site has set up, "" where it has none or the post has not.

        frontmatter.md 71.
        """
        separator = separator or self.separator
        return body.partition(separator)[0] if separator and separator in body else ""


def _concerns(line: str, begin: str) -> bool:
    """Whether a line of an ignore file may mean something in a folder: all before its first wildcard must be there."""
    plain = re.split(r"[*?\[{]", line, maxsplit=1)[0]
    return plain.startswith(begin) or begin.startswith(plain)


def _remarks(data: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    date = data.get("date")
    if isinstance(date, str) and len(date) == _TO_THE_MINUTE and date[10] == " ":
        return (("date", "date: Eleventy takes no time without seconds after a space, here it is read as UTC"),)
    return ()
