"""Posts that are away by accident: a folder that is not mounted is never taken for a word to delete them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from syndicator.errors import SourceError

#: So many posts must be known before a folder without posts counts as an accident.
_A_FEW = 3
_MEANT = "if it is meant, stop the service, run 'syndicator build --allow-empty'"


def require_presence(there: int, gone: int, changed: int, is_bare: Callable[[], bool]) -> None:
    """Raises SourceError when all posts that were ``there`` are ``gone`` at once, and only a few files, ``changed``,
    are in their place.

    A few are what lies in the bare folder of a mount point; many may be the same posts at other places. Of one or two
    posts each may have been removed, but nobody removes the folders that they were in as well: ``is_bare`` says
    whether nothing at all is there.
    """
    if gone >= there > 0 and changed * 2 < there and (there >= _A_FEW or is_bare()):
        raise SourceError(
            "source",
            f"all {there} known posts are gone at once" if there > 1 else "the only known post is gone",
            f"mount or restore the folder; {_MEANT}",
        )


def require_mounts(before: Collection[str], after: Collection[str], gone: Iterable[str]) -> None:
    """Raises SourceError when posts are gone together with a file system that was mounted among them before.

    Where the folder itself lies on another one than before, but at a place that has nothing to do with the former, it
    was moved, or is seen from another container.
    """
    around = [place for place in after if place.startswith("/")]
    for place in sorted(set(before) - set(after)):
        if place.startswith("/") and not any(_is_above(one, place) or _is_above(place, one) for one in around):
            continue
        count = sum(place.startswith("/") or path.startswith(f"{place}/") for path in gone)
        if count:
            raise SourceError(
                "source",
                f"{count} posts are gone with the file system that was mounted at {place}",
                f"mount it again; {_MEANT}",
            )


def _is_above(place: str, other: str) -> bool:
    return f"{other}/".startswith(f"{place.rstrip('/')}/")
