"""The featured image of an entry: whose it is, what a partner takes, and what stands in for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

from syndicator.images import enclosure_of, type_of_name
from syndicator.model import Entry, Image
from syndicator.profiles.html import without_pictures

#: Whose a picture is of which nobody says so.
OWN = "own"


def stand_in(address: str) -> Image | None:
    """The picture of our own at an address, None for none."""
    return Image(url=address, type=type_of_name(address), rights=OWN) if address else None


def rights_of(image: Image) -> str:
    """Whose it is, in a word to compare."""
    return " ".join(image.rights.casefold().split()) or OWN


def may_go(image: Image, accepted: tuple[str, ...]) -> bool:
    """Whether its rights are among those that the feed has."""
    return rights_of(image) in {" ".join(name.casefold().split()) for name in accepted}


def swap(entry: Entry, instead: Image | None, *, from_text: bool) -> Entry:
    """The entry with another featured image or none; ``from_text`` takes the old one out of the text as well."""
    old = entry.image
    if old is None:
        return entry
    html = without_pictures(entry.html, lambda url: _same(url, old.url)) if from_text else entry.html
    files = tuple(file for file in entry.enclosures if file.url != old.url)
    new = instead if instead is not None and instead.url != old.url else None
    enclosure = enclosure_of(new) if new else None
    return replace(entry, image=new, html=html, enclosures=(enclosure, *files) if enclosure else files)


def too_small(image: Image, least: float, side: Callable[[int, int], int]) -> str:
    """What it measures where that is less than ``least``, "" where it is enough or nobody knows."""
    if image.width is None or image.height is None or not image.width or not image.height:
        return ""
    return f"{image.width} × {image.height}" if side(image.width, image.height) < least else ""


def _same(one: str, other: str) -> bool:
    """Whether two addresses lead to one picture, in whatever size: hosts of images tell sizes in the query."""
    try:
        first, second = urlsplit(one), urlsplit(other)
    except ValueError:
        return one == other
    return (first.netloc, first.path) == (second.netloc, second.path)
