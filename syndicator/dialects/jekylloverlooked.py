"""Files that their authors may take for posts, and Jekyll does not: it passes them over without a word."""

from __future__ import annotations

from pathlib import PurePosixPath

from syndicator.dialects.jekyll import Jekyll
from syndicator.dialects.jekyllnames import POST
from syndicator.model import PostWarning
from syndicator.ports import Dialect, SiteFiles

_RENAME = 'name it like "2023-08-24-storm.md" if it is a post'


def overlooked(files: SiteFiles, dialect: Dialect) -> tuple[PostWarning, ...]:
    """Texts in folders ``_posts`` whose names keep them from being posts; of other generators than Jekyll none."""
    if not isinstance(dialect, Jekyll):
        return ()
    endings = tuple(f".{extension}" for extension in dialect.extensions)
    named = files.find("", lambda name: name.lower().endswith(endings) and POST.fullmatch(name) is None)
    found: list[PostWarning] = []
    for path in named:
        place = PurePosixPath(path)
        # Names such as "_template.md" are chosen for being passed over.
        if place.name[0].isalnum() and place.stem.lower() != "readme" and _looked_into(dialect, place.parent):
            reason, remedy = no_post(path, dialect)
            found.append(PostWarning(path=path, reason=reason, remedy=remedy))
    return tuple(found)


def no_post(path: str, dialect: Dialect) -> tuple[str, str]:
    """Why a file of the site is no post, and what to do if it is one; "" where that is not Jekyll's, or not known."""
    if not isinstance(dialect, Jekyll):
        return "", ""
    place = PurePosixPath(path)
    if "_drafts" in place.parts:
        return "it lies in a folder _drafts, whose posts are never published", "move it to _posts when it is due"
    if "_posts" not in place.parts:
        return "it lies in no folder _posts, so that Jekyll takes it for no post", "move it there if it is one"
    if POST.fullmatch(place.name) is None:
        return "its name does not begin with a date, so that Jekyll takes it for no post", _RENAME
    fits = dialect.posts_in(place.parent)
    if fits is None or not fits(place.name) or not _looked_into(dialect, place.parent):
        return "the site's configuration leaves it out, or the name of a folder does", ""
    return "", ""


def _looked_into(dialect: Jekyll, folder: PurePosixPath) -> bool:
    """Whether Jekyll looks for posts there."""
    ways = (folder, *folder.parents[:-1])
    return dialect.posts_in(folder) is not None and all(dialect.enters(way) for way in ways)
