"""What a post may have been known by elsewhere: its addresses, now and before, its title, its names."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urljoin

from syndicator.model import Site, SourceFile
from syndicator.ports import Dialect
from syndicator.posts.fields import texts
from syndicator.posts.frontmatter import split
from syndicator.posts.parse import UNDATED, PostReading
from syndicator.posts.rules import Rules
from syndicator.posts.times import History
from syndicator.text import legal

_MOST = 500


class Place(NamedTuple):
    """Title, address, addresses that lead there, and what the post is called by its file or its front matter."""

    title: str
    permalink: str
    former: tuple[str, ...]
    slug: str


def place_of(file: SourceFile, dialect: Dialect, site: Site, rules: Rules, history: History = lambda _: None) -> Place:
    """Read of a post what tells it from others; ``history`` as for ``parse_post``. Raises PostError."""
    reading = PostReading(file, split(file.path, file.data, limit=rules.limit), dialect, site, rules, history)
    published = reading.published(reading.visibility())
    permalink = reading.permalink(reading.terms()[0], published or UNDATED)
    written = [texts(reading.data[name]) for name in ("aliases", "redirect_from") if name in reading.data]
    former: list[str] = []
    for address in [address for each in written for address in each][:_MOST]:
        # Below the site's base for Jekyll and Hugo; the host's root is what others make of the same slash.
        bases = (site.url + address.lstrip("/"), address) if address.startswith("/") else (address,)
        former += [joined for base in bases if (joined := _joined(permalink, base))]
    return Place(reading.title(legal(reading.matter.body)), permalink, tuple(dict.fromkeys(former)), reading.slug())


def _joined(permalink: str, address: str) -> str:
    try:
        return urljoin(permalink, address)
    except ValueError:
        return ""
