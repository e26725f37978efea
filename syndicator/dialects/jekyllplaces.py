"""What else is on a Jekyll site than posts, as far as posts name it: pages, files, documents of collections, data."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

from syndicator.dialects.defaults import fitting, overlaid
from syndicator.dialects.jekyll import Jekyll
from syndicator.dialects.jekylldata import JekyllData
from syndicator.dialects.jekyllurls import (
    collected_file_address,
    date_in_name,
    document_address,
    file_address,
    page_address,
)
from syndicator.dialects.permalinks import without_html
from syndicator.errors import PostError, SourceError
from syndicator.model import SiteData
from syndicator.ports import LiveFiles
from syndicator.posts.fields import text, truth

#: Front matter that is longer is none.
_MOST = 70_000
_LONGEST = 300
_FRONT_MATTER = re.compile(rb"---[ \t\r\f\v]*+\n")


class JekyllPlaces:
    """Answers about the files of a site; what is asked twice is looked up once, until ``look_again``.

    ``config`` is the site's own configuration; with ``drop_html`` the host serves pages without that end.
    frontmatter.md 39.
    """

    def __init__(
        self,
        files: LiveFiles,
        dialect: Jekyll,
        config: Mapping[str, Any],
        *,
        site_url: str,
        timezone: str,
        drop_html: bool = False,
    ) -> None:
        self._files = files
        self._dialect = dialect
        self._site_url = site_url
        self._zone = ZoneInfo(timezone)
        self._drop_html = drop_html
        self._style = text(config.get("permalink")) or "date"
        self._collections = _collections(config.get("collections"))
        self._data = JekyllData(files, (text(config.get("data_dir")) or "_data").strip("/"))
        self._known: dict[str, str] = {}

    def look_again(self) -> None:
        """Forget all that was found out."""
        self._files.look_again()
        self._data.look_again()
        self._known.clear()

    def address(self, target: str) -> str:
        """Where what ``link`` names is on the site; "" when there is no such thing."""
        path, mark, fragment = target.partition("#")
        path = path.removeprefix("/")
        if path not in self._known:
            below = self._below(path)
            if below is not None and self._drop_html:
                below = without_html(below)
            self._known[path] = self._site_url + below if below is not None else ""
        found = self._known[path]
        return found and found + mark + fragment

    def version_of_data(self, name: str) -> str:
        """The name of what stands in the data files of that name ("*" for all); "" for none."""
        return self._data.version(name)

    def data(self, names: Collection[str]) -> SiteData:
        """What the data files of these names say."""
        return self._data.values(names)

    def _below(self, path: str) -> str | None:
        """The address below the site's."""
        parts = path.split("/")
        if not path.isprintable() or len(path) > _LONGEST or not all(parts) or {".", ".."} & set(parts):
            return None
        label = parts[0][1:]
        options = self._collections.get(label) if len(parts) > 1 and parts[0][0] == "_" else None
        try:
            if options is not None:
                return self._collected(label, options, path.partition("/")[2])
            return self._page(path) if self._dialect.holds(path) else None
        except (SourceError, PostError, ValueError):
            return None

    def _page(self, path: str) -> str | None:
        begin = self._files.begin(path, _MOST)
        if begin is None:
            return None
        if not _FRONT_MATTER.match(begin):
            return file_address(path)
        data = self._fields(path, begin, path, "pages")
        return page_address(path, data, self._style, self._dialect.extensions) if _is_shown(data) else None

    def _collected(self, label: str, options: Mapping[str, Any], path: str) -> str | None:
        """Only what a collection puts out is anywhere."""
        if truth(options.get("output")) is not True or not self._dialect.collects(path, label):
            return None
        own = f"_{label}/{path}"
        full = f"{self._dialect.collections_dir}/{own}".lstrip("/")
        begin = self._files.begin(full, _MOST)
        if begin is None:
            return None
        if not _FRONT_MATTER.match(begin):
            return collected_file_address(label, options, self._style, path)
        data = self._fields(full, begin, own, label)
        if not _is_shown(data):
            return None
        return document_address(
            label,
            options,
            self._style,
            path,
            data,
            markdown=self._dialect.extensions,
            published=self._date(path, data),
            categories=self._dialect.terms(PurePosixPath(path), data)[0],
        )

    def _fields(self, path: str, begin: bytes, own: str, type_: str) -> Mapping[str, Any]:
        """The front matter over what the configuration gives by ``own`` path and type. Raises PostError."""
        from syndicator.posts.frontmatter import split  # late: most posts ask for no page

        # Not through the middle of a letter.
        whole = begin if len(begin) < _MOST else begin[: begin.rfind(b"\n") + 1]
        data = split(path, whole).data
        return overlaid(fitting(self._dialect.defaults, PurePosixPath(own), type_), data)

    def _date(self, path: str, data: Mapping[str, Any]) -> datetime | None:
        """The date of a document, which its address may hold. Raises ValueError."""
        written = data.get("date") or date_in_name(path)[0]
        return self._dialect.instant(written, self._zone).astimezone(self._zone) if written else None


def _collections(value: object) -> dict[str, Mapping[str, Any]]:
    """The options of each collection but the posts, which have rules of their own."""
    if isinstance(value, list):
        return {text(label): {} for label in value if text(label) != "posts"}
    tables = value if isinstance(value, dict) else {}
    return {label: table if isinstance(table, dict) else {} for label, table in tables.items() if label != "posts"}


def _is_shown(data: Mapping[str, Any]) -> bool:
    return "published" not in data or truth(data["published"]) is not False
