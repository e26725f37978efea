"""Hugo's rules, as far as its source and its own output say them: what differs here would be a dead link or a draft
that leaks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import PurePosixPath
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from syndicator.dialects.hugoaddresses import Addresses
from syndicator.dialects.hugocascade import Branches, below, lowered
from syndicator.dialects.hugopaths import Parts
from syndicator.dialects.hugoplaces import READ, Language, Place, date_in, is_index, is_page, place_of, roots
from syndicator.dialects.hugoresources import chosen, is_picture, of_language, of_site, resources
from syndicator.dialects.titles import from_name
from syndicator.errors import PostError
from syndicator.markup.flavour import GOLDMARK, Flavour
from syndicator.model import Visibility
from syndicator.ports import HTML_ENDINGS, FileName, PictureFacts, PostFacts, Templates
from syndicator.posts.dates import parse_date, wall_clock
from syndicator.posts.fields import empty, first, text, texts, truth
from syndicator.posts.plaintext import title_text
from syndicator.posts.visibility import decided

_PARAGRAPH = re.compile(r"[^\n]++(?>(?:\n(?![ \t]*+\n)[^\n]++)*)")
#: What the configuration calls the date in the name of a file.
FROM_NAME = ":filename"
#: What Hugo does not look for below ``params``.
_NOT_PARAMS = frozenset({
    "title", "date", "publishdate", "pubdate", "published", "lastmod", "modified", "expirydate", "unpublishdate",
    "slug", "url", "summary", "description", "build", "_build", "headless", "cascade", "params",
})  # fmt: skip
#: What the front matter's ``build`` says when there is no page, or none in lists. frontmatter.md 49.
_NOWHERE = frozenset({"never", "local", "false", "no"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hugo:
    """Posts below the content folder: single files, and folders with an ``index`` file in them."""

    name = "hugo"
    as_html = HTML_ENDINGS
    templates: ClassVar[Templates] = "hugo"
    last_path_first = False
    smart_titles = False
    undated_is_page = True
    #: frontmatter.md 57.
    divider = re.compile(r"<!--[ \t]*+more[ \t]*+-->")
    created_is_date = False
    markdown_summary = "summary"

    languages: tuple[Language, ...] = (Language(code="en", tag="en", folder="content"),)
    date_chain: tuple[str, ...] = ("date", "publishdate", "pubdate", "published", "lastmod", "modified")
    date_fields: tuple[str, ...] = ("publishdate", "pubdate", "published", "date", "lastmod", "modified")
    modified_fields: tuple[str, ...] = ("lastmod", "modified")
    expires_fields: tuple[str, ...] = ("expirydate", "unpublishdate")
    dated_names: bool = False
    categories: str = "categories"
    tags: str = "tags"
    addresses: Addresses = field(default_factory=Addresses)
    ignored: tuple[str, ...] = ()
    image_folders: tuple[str, ...] = ("", "static", "assets", "content")
    branches: Branches = field(default_factory=Branches)
    summary_length: int = 70
    markdown: Flavour = GOLDMARK

    @property
    def fields(self) -> Mapping[str, tuple[str, ...]]:
        """Dates by the site's own rules; ``summary`` before ``description``, another thing (frontmatter-57)."""
        return {
            "modified": self.modified_fields,
            "expires": self.expires_fields,
            "summary": ("summary", "description", "subhed", "excerpt", "subtitle"),
        }

    # --- which files ----------------------------------------------------------------------------------------------

    def enters(self, folder: PurePosixPath) -> bool:
        """The content folders, and what leads to them."""
        parts = folder.parts
        return (not parts or parts[-1][0] != ".") and any(
            parts[: len(root)] == root[: len(parts)] for root in roots(self.languages)
        )

    def posts_in(self, folder: PurePosixPath) -> Callable[[str], bool] | None:
        """Every page but those of sections; of the formats that are not read too, so that they are refused by name."""
        parts = folder.parts
        if not any(parts[: len(root)] == root for root in roots(self.languages)):
            return None
        return partial(self._is_post, f"{folder.as_posix()}/") if self.ignored else is_page

    def _is_post(self, where: str, name: str) -> bool:
        return is_page(name) and not any(re.search(expression, where + name) for expression in self.ignored)

    def bundle(self, folder: PurePosixPath, names: Collection[str]) -> Callable[[str], bool] | None:
        """A folder with an ``index`` file is a leaf bundle, all else in it are its resources. frontmatter.md 48."""
        if "index.md" not in names and not any(is_index(self.languages, name) for name in names):
            return None
        return None if folder.parts in roots(self.languages) else partial(is_index, self.languages)

    def belongings(self, path: str) -> Callable[[str], bool] | None:
        """Pictures, in a leaf bundle; where there are several languages, which of them have a page there too."""
        folder, _, name = path.rpartition("/")
        if not is_index(self.languages, name) or tuple(folder.split("/")) in roots(self.languages):
            return None
        return (
            is_picture if len(self.languages) == 1 else lambda name: is_picture(name) or is_index(self.languages, name)
        )

    def illustrated(self, facts: PictureFacts) -> tuple[Mapping[str, Any], str]:
        """``images`` of the front matter, else a picture of the bundle that is called so, else the site's own.

        frontmatter.md 48, 58, 81. Of ``images`` the first counts, which may be the name of a picture of the bundle. A
        leaf bundle's images are beside it, all others in the folders of the site.
        """
        data, permalink = facts.data, facts.permalink
        place = self.place(facts.path)
        base = _folder_of(permalink) if place.leaf else ""
        said = data.get("images")
        given = next((one for one in (said if isinstance(said, list) else [said]) if not empty(one)), None)
        if given is not None and not (isinstance(given, str) and place.leaf):
            return data, base
        own, shared = of_language(self.languages, facts.path.as_posix(), facts.beside)
        prefix = f"{facts.site_url}{place.language}/"
        if not permalink.startswith(prefix):
            shared = ()
        picture = chosen(resources(data.get("resources"), (*own, *shared)), given)
        if picture is not None:
            if picture.file in shared:
                first = f"{self.languages[0].code}/" if self.addresses.in_subfolder else ""
                base = _folder_of(f"{facts.site_url}{first}{permalink.removeprefix(prefix)}")
            return {**data, "images": [picture.table()]}, base
        # The site's own card (params.images) is on every page that has no picture: it is not the post's.
        return (data if given is None else {**data, "images": [of_site(given)]}), base

    def place(self, path: PurePosixPath) -> Place:
        """Where a post lies, by its file's path."""
        return place_of(self.languages, path.as_posix())

    def file_name(self, path: PurePosixPath) -> FileName:
        """The name, of a leaf bundle its folder's; a date in it counts only where the configuration says so."""
        return FileName(date="", slug=self.place(path).name)

    def section(self, path: PurePosixPath) -> str:
        """The first folder below the content folder; a leaf bundle is a post, and its folder no section."""
        return self.place(path).folder.partition("/")[0]

    # --- the front matter -----------------------------------------------------------------------------------------

    def complete(
        self, path: PurePosixPath, data: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], tuple[tuple[str, str], ...]]:
        """Keys in lower case beside those written otherwise, what cascades, ``params``, the date in the file's name.

        frontmatter.md 51, 52, 62. Raises PostError.
        """
        if path.suffix.lower() not in READ:
            reason = f"is written in the format of {path.suffix}, which is not read"
            raise PostError(path.as_posix(), reason, remedy="write it in Markdown or HTML")
        complete = dict(data)
        for key, value in data.items():
            small = key.lower()
            if small != key:
                complete.setdefault(small, value)
            if isinstance(value, dict):
                complete[small] = {**value, **lowered(value)}
        if self.branches or len(self.languages) > 1 or self.dated_names:
            place = self.place(path)
            if self.branches:
                page = partial(self.addresses.page, place)
                below(complete, self.branches.handed_down(path.as_posix(), place.folder, page, place.language))
            if len(self.languages) > 1:
                complete["lang"] = place.tag
            self._date_in_name(place.name, complete)
        params = complete.get("params")
        if isinstance(params, dict):
            below(complete, {key: value for key, value in params.items() if key not in _NOT_PARAMS})
        self._tidy(complete)
        return complete, ()

    def _tidy(self, data: dict[str, Any]) -> None:
        """Take out what is nothing to Hugo: an empty ``published``, and the year 1, which is Go for no date."""
        if "published" in data and empty(data["published"]):
            del data["published"]
        for key in self.date_fields:
            value = data.get(key)
            if value is not None and text(value).startswith("0001-01-01"):
                del data[key]

    def _date_in_name(self, name: str, data: dict[str, Any]) -> None:
        """The date in a file's name, and the rest of it as slug where that date is the one that counts."""
        written, rest = date_in(name) if self.dated_names else ("", "")
        if written:
            data[FROM_NAME] = written
        if rest and FROM_NAME in (first(data, self.date_chain)[0], first(data, self.date_fields)[0]):
            data.setdefault("slug", rest)

    def untitled(self, path: PurePosixPath, _body: str) -> str:
        """The file's name with spaces for hyphens. To Hugo such a post has no title at all."""
        return from_name(self.file_name(path).slug)

    def instant(self, value: object, zone: ZoneInfo) -> datetime:
        """What has no offset is in the site's zone. frontmatter.md 53, 54."""
        return parse_date(value, zone, seconds_are_utc=False, by_go=True)

    def visibility(self, _path: PurePosixPath, data: Mapping[str, Any]) -> tuple[Visibility, str]:
        """What the front matter says in its usual words, then what Hugo makes no page of, or lists nowhere.

        frontmatter.md 49, 50.
        """
        visibility, rule = decided(data)
        if visibility is Visibility.KILLED:
            return visibility, rule
        if truth(data.get("headless")):
            return Visibility.DRAFT, "headless: true"
        for key in ("build", "_build"):
            build = data.get(key)
            if not isinstance(build, dict):
                continue
            for name in ("list", "render"):
                if (said := text(build.get(name)).lower()) in _NOWHERE:
                    return Visibility.DRAFT, f"{key}.{name}: {said}"
        return visibility, rule

    def terms(self, _path: PurePosixPath, data: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Lists as they are, text as one term. frontmatter.md 58."""
        return texts(data.get(self.categories)), texts(data.get(self.tags))

    # --- addresses ------------------------------------------------------------------------------------------------

    def permalink(self, pattern: str, facts: PostFacts) -> str:
        """The post's own ``url``, else the operator's pattern, else the site's for the section, else folders and name.

        frontmatter.md 55.
        """
        data = facts.data
        place = self.place(facts.path)
        sections, titles = self.branches.sections(place.folder, place.language)
        parts = Parts(
            date=self._wall(facts),
            title=title_text(text(data.get("title"))),
            slug=facts.slug.strip("-") if text(data.get("slug")) else "",
            name=place.name,
            sections=tuple(map(self.addresses.paths.of_file, sections)),
            titles=titles,
            rules=self.addresses.paths,
        )
        first_language = place.language == self.languages[0].code
        return self.addresses.of(place, parts, own=text(data.get("url")), pattern=pattern, default=first_language)

    def _wall(self, facts: PostFacts) -> datetime:
        """The post's date (not the one of its publication) on the clock of whoever wrote it."""
        for key in self.date_chain:
            found, value = first(facts.data, (key,))
            if found and not (key == "published" and truth(value) is not None):
                try:
                    return wall_clock(value, facts.zone)
                except ValueError:
                    break
        return facts.published.astimezone(facts.zone)

    # --- text -----------------------------------------------------------------------------------------------------

    def excerpt(self, body: str, separator: str | None = None) -> str:
        """What stands before the post's separator or ``<!--more-->``, else whole paragraphs with as many words as the
        site wants at least.
        """
        if separator and separator in body:
            return body.partition(separator)[0]
        more = self.divider.search(body)
        if more and more.start():
            return body[: more.start()]
        words = 0
        for paragraph in _PARAGRAPH.finditer(body):
            words += len(paragraph[0].split())
            if words >= self.summary_length:
                return body[: paragraph.end()]
        return body


def _folder_of(address: str) -> str:
    """Where what belongs to the page at an address is."""
    return address.removesuffix(".html").rstrip("/") + "/"
