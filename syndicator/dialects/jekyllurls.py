"""Addresses below a Jekyll site of what is no post: pages, files and documents of collections."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from syndicator.dialects.permalinks import STYLES, Parts, encoded, expand
from syndicator.posts.fields import text
from syndicator.text import one_line

#: Where an address has no date.
_UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
_DATED_NAME = re.compile(r"(?:.*/)?(\d{2,4}-\d{1,2}-\d{1,2})-([^/]+)", re.ASCII | re.DOTALL)
_NEEDS_DATE = re.compile(
    r":(?:year|short_year|month|i_month|short_month|long_month|day|i_day|y_day|w_year|week|w_day|short_day|long_day"
    r"|hour|minute|second)(?![a-z])"
)
_PAGE_PARTS = re.compile(r":(path|basename|output_ext)")
_BECOMES = {".scss": ".css", ".sass": ".css", ".coffee": ".js"}
_HTML = (".html", ".xhtml", ".htm")


def date_in_name(path: str) -> tuple[str, str]:
    """The date at the beginning of a file's name and what is behind it, without extension; "" for no date."""
    stem = PurePosixPath(path).stem
    match = _DATED_NAME.fullmatch(stem)
    return (match[1], match[2]) if match else ("", stem)


def page_address(path: str, data: Mapping[str, Any], style: str, markdown: Sequence[str]) -> str:
    """The address of a file with front matter outside of collections. ``style`` is the permalink of the whole site."""
    file = PurePosixPath(path)
    ending = _output(file.suffix, markdown)
    # Of a name such as "more..md" Jekyll drops the dots.
    stem = file.name[: -len(file.suffix) or None].rstrip(".")
    folder = "" if file.parent == PurePosixPath() else file.parent.as_posix()
    if ending not in _HTML:
        usual = "/:path/:basename:output_ext"
    elif stem == "index":
        usual = "/:path/"
    else:
        usual = f"/:path/:basename{_suffix(style)}"
    values = {"path": folder, "basename": stem, "output_ext": ending}
    pattern = one_line(text(data.get("permalink")) or usual)
    # What is filled in is a name, whose percent signs are just that.
    filled = _PAGE_PARTS.sub(lambda match: values[match[1]].replace("%", "%25"), pattern)
    return encoded(filled, written=True)


def file_address(path: str) -> str:
    """The address of a file that Jekyll copies as it is."""
    file = PurePosixPath(path)
    return encoded(f"{path[: -len(file.suffix) or None].rstrip('.')}{file.suffix}", written=False)


def document_address(
    label: str,
    options: Mapping[str, Any],
    style: str,
    path: str,
    data: Mapping[str, Any],
    *,
    markdown: Sequence[str],
    published: datetime | None = None,
    categories: Sequence[str] = (),
) -> str:
    """The address of a document of a collection; ``path`` is below the collection's folder.

    ``published`` is in the site's zone, None for no date. Raises ValueError for a pattern that cannot be filled in.
    """
    file = PurePosixPath(path)
    pattern = text(data.get("permalink")) or text(options.get("permalink")) or f"/:collection/:path{_suffix(style)}"
    if published is None and _NEEDS_DATE.search(pattern):
        raise ValueError("has a date in it, and the document has none")
    stem = path[: -len(file.suffix) or None]
    parts = Parts(
        published=published or _UNDATED,
        slug=text(data.get("slug")) or date_in_name(path)[1].rstrip("."),
        path=stem.rstrip("."),
        name=file.stem,
        collection=label,
        categories=categories,
        output_ext=_output(file.suffix, markdown),
    )
    return expand(pattern, parts)


def collected_file_address(label: str, options: Mapping[str, Any], style: str, path: str) -> str:
    """The address of a file beside the documents of a collection. Raises ValueError as above."""
    file = PurePosixPath(path)
    pattern = text(options.get("permalink")) or f"/:collection/:path{_suffix(style)}"
    if _NEEDS_DATE.search(pattern):
        raise ValueError("has a date in it, and a file has none")
    stem = path[: -len(file.suffix) or None].rstrip(".")
    parts = Parts(published=_UNDATED, slug="", path=stem, name=file.stem, collection=label, output_ext="")
    return expand(pattern, parts).rstrip("/") + encoded(file.suffix, written=False)


def _suffix(style: str) -> str:
    """What the site's permalink says of the end of all other addresses."""
    ending = STYLES.get(style, style)
    return "/" if ending.endswith("/") else ":output_ext" if ending.endswith(":output_ext") else ""


def _output(suffix: str, markdown: Sequence[str]) -> str:
    return ".html" if suffix[1:].lower() in markdown else _BECOMES.get(suffix, suffix)
