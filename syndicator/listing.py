"""Lists of all feeds, as documents among others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import quote

from syndicator.model import FeedSpec, Format, Listing, Site
from syndicator.selections import Selection

#: What a feed menu can name.
_IN_MENUS = frozenset({Format.RSS, Format.ATOM})


def list_feeds(
    wanted: Iterable[tuple[Format, str]], selections: Sequence[Selection], site: Site, feeds_url: str
) -> tuple[Selection, ...]:
    """A list for each wanted format at its path. There is none while there is no feed to name: OPML cannot be empty
    (partners-56), and an empty menu would only tell that there is nothing.
    """
    listings = tuple(_listing(selection, site, feeds_url) for selection in selections if selection.is_feed)
    lists: list[Selection] = []
    for format_, path in wanted:
        named = [
            one for one in listings if format_ is not Format.FEED_MENU or _IN_MENUS & {f for f, _ in one.addresses}
        ]
        if named:
            name, outputs = f"feeds:{format_.value}", ((format_, path),)
            spec = FeedSpec(name=name, outputs=outputs)
            lists.append(
                Selection(name=name, spec=spec, title=site.title, outputs=outputs, members=(), listings=tuple(named))
            )
    return tuple(lists)


def _listing(selection: Selection, site: Site, feeds_url: str) -> Listing:
    spec = selection.spec
    # In a folder of their own feeds need not say each time whose they are.
    title = selection.title if spec.title or not spec.each else selection.title.removeprefix(f"{site.title}: ")
    return Listing(
        title=title,
        description=selection.description or site.description,
        language=selection.language or site.language,
        home_url=site.url,
        addresses=tuple((format_, feeds_url + quote(path)) for format_, path in selection.outputs),
        group=spec.name if spec.each else "",
    )
