"""Which field of the front matter means what, and its value as text, list of text, people or truth."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from syndicator.posts.plaintext import title_text
from syndicator.text import one_line, printable

#: So many sets of keys are remembered.
_KEPT = 256

#: The names that have a meaning of their own.
_KNOWN = frozenset(
    (
        "title", "published", "modified", "expires", "summary", "author", "author_title", "category", "tag", "image",
        "image_caption", "image_credit", "image_alt", "language", "id", "link", "audio", "video",
        "attachment", "minor", "correction", "image_rights", "short_title", "syndicate", "syndicate_except", "access",
    )
)  # fmt: skip

#: Told of something odd: the field it is in and what is odd about it.
Warn = Callable[[str, str], None]

_YES = frozenset({"true", "yes", "on", "y", "1"})
_NO = frozenset({"false", "no", "off", "n", "0"})
#: What plain names and terms are without: markup, entities, addresses.
MARKED = re.compile(r"[<&*`@\[]")


@dataclass(frozen=True, slots=True)
class FieldMap:
    """Names of ours and the dotted paths of the front matter where each may be, the first that is not empty wins."""

    paths: tuple[tuple[str, tuple[str, ...]], ...]
    #: The names that the operator has added, sorted.
    further: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _index: dict[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)
    _narrowed: dict[tuple[object, ...], FieldMap] = field(init=False, repr=False, compare=False)
    _keys: dict[tuple[str, ...], tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", dict(self.paths))
        object.__setattr__(self, "further", tuple(sorted(self._index.keys() - _KNOWN)))
        object.__setattr__(self, "_narrowed", {})
        object.__setattr__(self, "_keys", {})

    def within(self, keys: tuple[object, ...]) -> FieldMap:
        """The same map without the paths that begin with a key which is not there: it finds the same in less time.

        The posts of a site have few sets of keys, so the answers are kept.
        """
        found = self._narrowed.get(keys)
        if found is None:
            there = frozenset(keys)
            lists = ((name, tuple(p for p in paths if p.partition(".")[0] in there)) for name, paths in self.paths)
            found = FieldMap(tuple(lists))
            if len(self._narrowed) < _KEPT:
                self._narrowed[keys] = found
        return found

    def keys(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The keys of the front matter in which the values of these names stand, each once."""
        found = self._keys.get(names)
        if found is None:
            found = tuple(dict.fromkeys(path.partition(".")[0] for name in names for path in self[name]))
            self._keys[names] = found
        return found

    def says(self, name: str) -> bool:
        """Whether anything is said about a name: where nothing is, the dialect decides."""
        return bool(self._index.get(name))

    @classmethod
    def of(cls, wanted: Mapping[str, Sequence[str]]) -> FieldMap:
        """The defaults, with the operator's lists in place of those of the same name."""
        lists = {name: tuple(paths) for name, paths in wanted.items()}
        return cls(tuple({**dict(DEFAULT_FIELDS.paths), **lists}.items()))

    def __getitem__(self, name: str) -> tuple[str, ...]:
        return self._index.get(name, ())


#: The lists of the configuration's contract, then what themes and other generators use (frontmatter.md 73 to 75, 86).
#: An empty list leaves the answer to the dialect.
DEFAULT_FIELDS = FieldMap(
    (
        ("title", ("title",)),
        ("published", ()),
        ("modified", ("last_modified_at", "lastmod", "modified", "updated", "updated_at", "date_modified")),
        ("expires", ("expiryDate", "expirydate", "unpublishDate", "unpublishdate", "unpublish", "expires")),
        ("summary", ("subhed", "description", "excerpt", "summary", "subtitle")),
        ("author", ("author", "authors", "byline")),
        ("author_title", ("author-title", "author_title")),
        ("category", ()),
        ("tag", ()),
        (
            "image",
            (
                "featured-image.path", "featured-image", "image.path", "image", "featured_image", "featuredImage",
                "feature_image", "cover", "thumbnail", "hero", "banner", "header.image", "header.teaser",
                "header.overlay_image", "header.og_image", "images", "og_image",
            ),
        ),
        ("image_caption", ("featured-image.cutline", "image_caption", "image-caption")),
        ("image_credit", ("featured-image.credit", "image_credit", "image-credit")),
        ("image_alt", ("featured-image.alt-text", "image_alt", "image-alt")),
        ("language", ("lang", "language", "locale")),
        ("id", ("id", "guid", "uuid", "feed_id")),
        ("link", ("link", "external_url", "link_url")),
        ("audio", ("audio", "podcast.file", "podcast.url", "podcast")),
        ("video", ("video", "videos")),
        ("attachment", ("enclosure", "enclosures", "attachments", "media")),
        ("minor", ("minor",)),
        ("correction", ("correction", "corrections")),
        ("image_rights", ("featured-image.rights", "image_rights", "image-rights")),
        ("short_title", ("short_title", "short-title", "shortTitle")),
        ("syndicate", ("syndicate",)),
        ("syndicate_except", ("syndicate_except", "syndicate-except")),
        ("access", ("access", "visibility")),
    )
)  # fmt: skip


def reach(data: Mapping[str, Any], path: str) -> Any:
    """What stands at a dotted path, None for nothing."""
    if "." not in path:
        return data.get(path)
    value: Any = data
    for part in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value


def empty(value: object) -> bool:
    """Whether a field is as good as not there: nothing, blank text, a list or table without anything."""
    return (
        value is None
        or (isinstance(value, str) and not value.strip())
        or (isinstance(value, (list, dict)) and not value)
    )


def first(data: Mapping[str, Any], paths: Iterable[str]) -> tuple[str, Any]:
    """The first path at which something stands, with its value; ("", None) when there is none."""
    for path in paths:
        value = reach(data, path)
        if value is not None and not empty(value):
            return path, value
    return "", None


def truth(value: object) -> bool | None:
    """Yes or no, also in the words of YAML 1.1 in any case; None for anything else. frontmatter.md B.9."""
    if isinstance(value, bool):
        return value
    word = text(value).lower()
    return True if word in _YES else False if word in _NO else None


def text(value: object) -> str:
    """A single value as one line of text, "" for lists, tables and nothing."""
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, (date, time)):
        return value.isoformat()
    return ""


def texts(value: object) -> tuple[str, ...]:
    """A value or a list as lines of text: nothing empty, nothing nested, nothing twice whatever its case."""
    found: dict[str, str] = {}
    for item in value if isinstance(value, list) else [value]:
        if line := text(item):
            found.setdefault(line.casefold(), line)
    return tuple(found.values())


def unmarked(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Lines as plain text, as titles are: no tags, no entities. What most people write comes back as it is."""
    for line in lines:
        if MARKED.search(line):
            return texts([title_text(line) for line in lines])
    return lines


def warn_nested(path: str, value: object, warn: Warn) -> None:
    """Say what ``texts`` leaves out."""
    items = value if isinstance(value, list) else [value]
    for item in items:
        if isinstance(item, (list, dict)):
            warn(path, f"{path}: a {'list' if isinstance(item, list) else 'table'} in it is left out")


def quoted(value: object) -> str:
    """A value as a warning may show it: short, and without control characters."""
    shown = printable(value if isinstance(value, str) else text(value))
    return f'"{shown[:60]}…"' if len(shown) > 60 else f'"{shown}"'
