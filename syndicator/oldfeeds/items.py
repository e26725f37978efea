"""What an old feed holds of use to whoever takes its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

_LONGEST_DATE = 100
#: A year outside of these is a mistake, and every zone has the others.
_YEARS = (1000, 9000)


@dataclass(frozen=True, slots=True, kw_only=True)
class OldItem:
    """One item: ``id`` is what readers know it by, character by character; where it has none, that is its link.

    ``title`` is text as the feed has it, perhaps with markup. Dates are in UTC, None where the feed says none.
    """

    id: str
    link: str = ""
    title: str = ""
    published: datetime | None = None
    updated: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OldFeed:
    """A feed, or one page of it: ``id`` is its own in Atom, "" elsewhere. ``further`` are addresses of more pages,
    ``odd`` is what was wrong with it and did not keep it from being read. ``updated`` is when it last changed, None
    where it does not say so, ``buried`` are the ids of entries that it says were taken down, each with when.
    """

    kind: str
    id: str = ""
    items: tuple[OldItem, ...] = ()
    further: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()
    updated: datetime | None = None
    buried: tuple[tuple[str, datetime], ...] = ()


def instant(text: str) -> datetime | None:
    """The moment that a date of a feed means, in either way to write one; None for what is none.

    Without a zone it is taken for UTC, as feed readers take it.
    """
    text = text.strip()
    if not text or len(text) > _LONGEST_DATE:
        return None
    try:
        found = _either(text)
        found = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if _YEARS[0] <= found.year <= _YEARS[1] else None


def _either(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return parsedate_to_datetime(text)


def joined(base: str, address: str) -> str:
    """An address, made absolute where that can be; as it is where nobody can tell."""
    try:
        return urljoin(base, address.strip()) if "://" in base else address.strip()
    except ValueError:
        return address.strip()


def identified(item: OldItem) -> OldItem | None:
    """The item with its link for an id where it has none; None for one that readers cannot tell from others."""
    return replace(item, id=item.id or item.link) if item.id or item.link else None


def unidentified(count: int) -> tuple[str, ...]:
    """What to say of items that have neither id nor link."""
    return (f"{count} of its items have neither an id nor a link, they are left out",) if count else ()


def merged(pages: Sequence[OldFeed]) -> OldFeed:
    """All pages as one feed. Of items that are the same on several pages the first is taken."""
    items: dict[tuple[str, str], OldItem] = {}
    for item in _all(pages):
        items.setdefault((item.id, item.link), item)
    return OldFeed(
        kind=pages[0].kind,
        id=pages[0].id,
        items=tuple(items.values()),
        further=tuple(dict.fromkeys(address for page in pages for address in page.further)),
        odd=tuple(dict.fromkeys(remark for page in pages for remark in page.odd)),
    )


def _all(pages: Iterable[OldFeed]) -> Iterable[OldItem]:
    return (item for page in pages for item in page.items)
