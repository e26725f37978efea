"""A folder of Markdown and HTML files that no generator reads: the date in the front matter or in the file's name."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from syndicator.dialects.authors import authors_of
from syndicator.dialects.globs import first_folder
from syndicator.dialects.permalinks import STYLES, Parts, expand, slugify
from syndicator.dialects.sitedata import load_first
from syndicator.dialects.titles import from_name, heading, listed
from syndicator.markup.flavour import COMMONMARK
from syndicator.model import PostWarning, Visibility
from syndicator.ports import HTML_ENDINGS, Configured, FileName, PictureFacts, PostFacts, SiteFiles, Templates
from syndicator.posts.dates import parse_date
from syndicator.posts.fields import text, texts
from syndicator.posts.values import Note
from syndicator.posts.visibility import decided

_POST = re.compile(
    r"(?:(\d{4}-\d{1,2}-\d{1,2})(?:[-_ ]+(.+))?|(.+))\.(?:markdown|mkdown|mkdn|mkd|md|html|htm)",
    re.DOTALL | re.IGNORECASE,
)
_PAPERS = frozenset({
    "readme", "license", "licence", "changelog", "contributing", "code_of_conduct", "security", "authors", "history",
})  # fmt: skip
_AUTHORS = ("authors", "_data/authors")
_MORE = re.compile(r"^[ \t]*+<!--[ \t]*+more[ \t]*+-->", re.MULTILINE | re.IGNORECASE)
_PARAGRAPH = re.compile(r"\n[ \t]*+\n")


def configure(files: SiteFiles) -> Configured:
    """The one dialect there is, and the people of a file ``authors`` at the root or in ``_data``. frontmatter.md 75.

    Raises SourceError.
    """
    notes: list[Note] = []
    found = (load_first(files, stem, ("yml", "yaml", "toml", "json", "csv"), notes) for stem in _AUTHORS)
    path, data = next((each for each in found if each[0]), ("", None))
    warnings = tuple(PostWarning(path=path, reason=note.reason, line=note.line) for note in notes)
    return Configured(dialect=Plain(), people=authors_of(data), warnings=warnings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """Every Markdown or HTML file is a post, but for hidden ones and papers such as README.md.

    Addresses are made of folders and slug, the date left out: ``news/2023-08-24-storm.md`` is ``news/storm/``, and
    ``trips/alps/index.md`` is ``trips/alps/``.
    """

    name = "plain"
    as_html = HTML_ENDINGS
    templates: ClassVar[Templates] = "none"
    #: frontmatter.md 73. ``published`` may also be yes or no.
    date_fields = (
        "date", "publishDate", "publishdate", "pubDate", "pubdate", "published", "published_at", "created",
    )  # fmt: skip
    #: frontmatter.md 74: the summary comes before the description for search engines.
    fields: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "summary": ("subhed", "summary", "description", "excerpt", "subtitle")
    }
    last_path_first = False
    smart_titles = False
    undated_is_page = False
    #: The front matter's summary beats what stands in the body.
    divider = None
    created_is_date = False
    markdown_summary = ""
    #: frontmatter.md 76.
    image_folders = ("", "static", "public", "assets")
    markdown = COMMONMARK

    def enters(self, folder: PurePosixPath) -> bool:
        """Everywhere but in folders whose names begin with a dot or an underscore, and packages."""
        return not any(part[0] in "._" or part == "node_modules" for part in folder.parts)

    def posts_in(self, folder: PurePosixPath) -> Callable[[str], bool] | None:
        """By extension and name: a paper such as README.md is a post only with a date in its name."""
        return _is_post if self.enters(folder) else None

    def bundle(self, folder: PurePosixPath, names: Collection[str]) -> None:
        """Every post is a file."""

    def belongings(self, path: str) -> None:
        """Every image is named."""

    def illustrated(self, facts: PictureFacts) -> tuple[Mapping[str, Any], str]:
        """Images are beside the post."""
        return facts.data, facts.permalink

    def file_name(self, path: PurePosixPath) -> FileName:
        """``YYYY-MM-DD-slug.md`` or ``slug.md``; ``index.md`` has the name of its folder."""
        of_folder = path.stem == "index" and bool(path.parent.name)
        match = _POST.fullmatch(f"{path.parent.name}.md" if of_folder else path.name)
        if match is None:
            return FileName(date="", slug=path.stem)
        return FileName(date=match[1] or "", slug=(match[2] or match[3] or match[1]).rstrip("."))

    def section(self, path: PurePosixPath) -> str:
        """The first folder of the path; that of an ``index`` is the post's own name."""
        return first_folder(path)

    def complete(
        self, _path: PurePosixPath, data: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], tuple[tuple[str, str], ...]]:
        """There are no defaults."""
        return data, ()

    def untitled(self, path: PurePosixPath, body: str) -> str:
        """The first heading of the first level, else the name with spaces for hyphens. frontmatter.md 6."""
        return heading(body) or from_name(self.file_name(path).slug)

    def instant(self, value: object, zone: ZoneInfo) -> datetime:
        """Every date without a zone is in the site's."""
        return parse_date(value, zone, seconds_are_utc=False, year_first=True)

    def visibility(self, _path: PurePosixPath, data: Mapping[str, Any]) -> tuple[Visibility, str]:
        """What the front matter says, in any of its usual words. frontmatter.md 73."""
        return decided(data)

    def terms(self, _path: PurePosixPath, data: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Lists as they are; a string is one term, or several with commas between them."""
        categories = [*listed(data.get("categories")), *listed(data.get("category"))]
        return texts(categories), texts([*listed(data.get("tags")), *listed(data.get("tag"))])

    def permalink(self, pattern: str, facts: PostFacts) -> str:
        """The post's own ``permalink`` or ``url``, else the operator's pattern or style, else ``/:path/``.

        ``:path`` is folders and slug.
        """
        path = facts.path
        folder = path.parent.parent if path.stem == "index" else path.parent
        parts = Parts(
            published=facts.published.astimezone(facts.zone),
            slug=facts.slug,
            path=(folder / slugify(facts.slug, "pretty", cased=True)).as_posix(),
            name=path.stem,
            collection=path.parts[0] if len(path.parts) > 1 else "",
            categories=facts.categories,
        )
        own = text(facts.data.get("permalink")) or text(facts.data.get("url"))
        return expand(own or STYLES.get(pattern, pattern) or "/:path/", parts)

    def excerpt(self, body: str, separator: str | None = None) -> str:
        """What stands before the post's separator or ``<!--more-->``, else the first paragraph that is no heading."""
        if separator and separator in body:
            return body.partition(separator)[0]
        more = _MORE.search(body)
        if more:
            return body[: more.start()]
        paragraphs = (paragraph.strip("\n") for paragraph in _PARAGRAPH.split(body))
        return next((paragraph for paragraph in paragraphs if paragraph.strip() and paragraph.lstrip()[0] != "#"), "")


def _is_post(name: str) -> bool:
    match = _POST.fullmatch(name)
    return match is not None and name[0] not in "._#~" and (match[3] is None or match[3].lower() not in _PAPERS)
