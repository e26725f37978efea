"""Which of an Eleventy site's templates are posts: by the operator's word, by tags, or by the folder they are in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from syndicator.dialects.cascade import cleaned, excluded, merged
from syndicator.dialects.eleventysite import Folder, SiteReading, is_ignored, stem
from syndicator.dialects.globs import lies_in, matches
from syndicator.errors import PostError, SourceError
from syndicator.ports import SiteFiles
from syndicator.posts.frontmatter import split

#: The names that tags and folders of posts go by, the usual one first.
TAGS = ("posts", "post")
FOLDERS = ("posts", "post", "blog")
_PROGRAMS = (".11ty.js", ".11ty.cjs", ".11ty.mjs")
#: So many posts are looked into for the tag, and so many other templates.
_LOOKS = 50
_MAX_OTHERS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Posts:
    """A post has one of the tags ``collections`` (any, when there are none), fits one of the patterns and lies in one
    of the folders (likewise). ``places`` are the folders where what is no Markdown may be a post too, ``others`` are
    the posts of that kind elsewhere.
    """

    collections: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    others: frozenset[str] = frozenset()

    def hindrance(self, path: str, data: Mapping[str, Any], site_input: str) -> str:
        """Why a template is no post, "" when it is one."""
        if self.collections:
            tags = data.get("tags")
            if not isinstance(tags, list):
                tags = cleaned(tags)
            if not any(name in tags for name in self.collections):
                return f'it is not in the collection "{self.collections[0]}"'
        if self.patterns and not self.fits(path, site_input):
            return "it fits none of the patterns of [source] posts"
        if self.folders and not self._lies_right(path):
            return f"it is not in the folder {self.folders[0]}"
        if "eleventyExcludeFromCollections" in data:
            everywhere, names = excluded(data["eleventyExcludeFromCollections"])
            if everywhere:
                return "eleventyExcludeFromCollections: true"
            if names and (names & (set(self.collections) or set(TAGS))):
                return f"eleventyExcludeFromCollections: {', '.join(sorted(names))}"
        return ""

    def fits(self, path: str, site_input: str) -> bool:
        """Whether a path fits a pattern, seen from the source's root or from the input folder."""
        below = path.removeprefix(f"{site_input}/") if site_input else path
        return any(matches(path, each) or matches(below, each) for each in self.patterns)

    def may_lie_in(self, folder: str) -> bool:
        """Whether what is no Markdown may be a post in a folder."""
        return bool(self.patterns) or lies_in(folder, self.folders + self.places)

    def _lies_right(self, path: str) -> bool:
        if not lies_in(path, self.folders):
            return False
        folder, _, name = path.rpartition("/")
        # The page of the folder itself lists the posts.
        return folder not in self.folders or stem(name) not in ("index", folder.rpartition("/")[2])


def posts_of(site: SiteReading, files: SiteFiles, collection: str, pattern: str) -> Posts:
    """What the operator says, else the tag that data or a post has, else a folder of posts, else the usual tag.

    Templates beside posts that are programs are reported: they may be posts too.
    """
    posts = _posts_of(site, files, collection, pattern)
    for folder in site.folders:
        if lies_in(folder.path, posts.places + posts.folders):
            for name in folder.names:
                if name.endswith(_PROGRAMS):
                    path = f"{folder.path}/{name}" if folder.path else name
                    site.warn(path, "is a program and is not run: if it is a post, no feed has it")
    return posts


def _posts_of(site: SiteReading, files: SiteFiles, collection: str, pattern: str) -> Posts:
    patterns = (pattern,) if pattern else ()
    if collection:
        return _tagged(site, files, (collection,), patterns)
    if patterns:
        return Posts(patterns=patterns)
    if any(_has(folder.data, TAGS) for folder in site.folders) or _some_post_is_tagged(site, files):
        return _tagged(site, files, TAGS, ())
    folders = [folder.path for folder in site.folders if folder.path.rpartition("/")[2] in FOLDERS]
    return Posts(folders=_tops(folders)) if folders else Posts(collections=TAGS)


def _tagged(site: SiteReading, files: SiteFiles, tags: tuple[str, ...], patterns: tuple[str, ...]) -> Posts:
    places = _tops(
        folder.path
        for folder in site.folders
        if _has(folder.data, tags) or folder.path.rpartition("/")[2] in FOLDERS or folder.path in site.unknown
    )
    others = frozenset() if patterns else frozenset(_others(site, files, tags, places))
    return Posts(collections=tags, patterns=patterns, places=places, others=others)


def _tops(folders: Iterable[str]) -> tuple[str, ...]:
    """The folders that lie in no other: one that comes below them changes nothing."""
    tops: list[str] = []
    for path in sorted(folders):
        if not lies_in(path, tops):
            tops.append(path)
    return tuple(tops)


def _others(site: SiteReading, files: SiteFiles, tags: tuple[str, ...], places: tuple[str, ...]) -> Iterator[str]:
    """Templates that are no Markdown and have the tag, in folders of pages: these are few, so they are read here.

    Elsewhere their front matter could be a program, and a page that no feed is about would be refused for it.
    """
    folders = (folder for folder in site.folders if not lies_in(folder.path, places))
    paths = (path for folder in folders for path in _templates(site, folder) if not path.endswith(".md"))
    for path, _ in zip(paths, range(_MAX_OTHERS), strict=False):
        if _has(_data(site, files, path), tags):
            yield path


def _some_post_is_tagged(site: SiteReading, files: SiteFiles) -> bool:
    likely = sorted(site.folders, key=lambda folder: (folder.path.rpartition("/")[2] not in FOLDERS, folder.path))
    paths = (path for folder in likely for path in _templates(site, folder) if path.endswith(".md"))
    return any(_has(_data(site, files, path), TAGS) for path, _ in zip(paths, range(_LOOKS), strict=False))


def _templates(site: SiteReading, folder: Folder) -> Iterator[str]:
    for name in folder.names:
        path = f"{folder.path}/{name}" if folder.path else name
        if name.endswith(site.formats) and not is_ignored(path, site.ignored):
            yield path


def _data(site: SiteReading, files: SiteFiles, path: str) -> Mapping[str, Any]:
    """The data of a template whose folder has none that matters, as far as it can be read."""
    try:
        data = files.read(path)
        front = split(path, data).data if data else {}
    except (PostError, SourceError):
        return {}
    return merged(site.file_data.get(path.rpartition(".")[0], {}), front)


def _has(data: Mapping[str, Any], tags: Iterable[str]) -> bool:
    found = cleaned(data.get("tags"))
    return any(tag in found for tag in tags)
