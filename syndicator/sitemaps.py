"""Which posts a news sitemap names, and in how many files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from syndicator.filters import is_too_old
from syndicator.model import Format, PostRecord, Site
from syndicator.selections import Selection

#: A news sitemap holds what was published so long ago, and so many posts a file (partners-17, partners-18).
NEWS_WINDOW, NEWS_MOST = timedelta(days=2), 1_000


def news_sitemaps(
    feed: Selection, path: str, posts: Sequence[PostRecord], site: Site, now: datetime
) -> tuple[Selection, ...]:
    """The news sitemap of a feed's posts: those of the last two days, a thousand a file (partners-17, partners-18).

    Where one file is not enough, the file at ``path`` is the index of others beside it.
    """
    spec = replace(feed.spec, max_age=min(feed.spec.max_age or NEWS_WINDOW, NEWS_WINDOW), limit=NEWS_MOST)
    recent = [record for record in posts if not is_too_old(record, spec, now)]
    # The publication has a name, whatever the feed is called (partners-19).
    whole = replace(
        feed,
        name=f"{feed.name}:sitemap",
        spec=spec,
        title=site.title,
        outputs=((Format.NEWS_SITEMAP, path),),
        members=tuple(recent),
    )
    if len(recent) <= NEWS_MOST:
        return (whole,)
    folder, _, name = path.rpartition("/")
    stem, dot, suffix = name.rpartition(".")
    parts: list[Selection] = []
    for number, start in enumerate(range(0, len(recent), NEWS_MOST), 1):
        part = f"{stem}-{number}{dot}{suffix}" if stem else f"{name}-{number}"
        parts.append(
            replace(
                whole,
                name=f"{whole.name}-{number}",
                outputs=((Format.NEWS_SITEMAP, f"{folder}/{part}" if folder else part),),
                members=tuple(recent[start : start + NEWS_MOST]),
            )
        )
    names = tuple(part.outputs[0][1].rpartition("/")[2] for part in parts)
    return (replace(whole, outputs=((Format.SITEMAP_INDEX, path),), members=(), parts=names), *parts)
