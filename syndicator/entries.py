"""From a post to an entry, and the name of all that an entry is made from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import orjson

from syndicator.images import dress, enclosure_of
from syndicator.markup.flavour import COMMONMARK, Flavour
from syndicator.model import Entry, ImageFacts, ImageRef, Post, PostRecord, Site, digest

SUMMARY_LENGTH = 300


@dataclass(frozen=True, slots=True)
class EntryKeys:
    """Names entries before they are made: ``salt`` stands for everything that is the same for all posts."""

    salt: str

    def key(self, record: PostRecord, facts: ImageFacts | None) -> str:
        """Equal keys, equal entries."""
        parts = (self.salt, record.path, record.digest, record.entry_id, record.published, record.updated, facts)
        return digest(orjson.dumps(parts))


def make_entry(post: Post, record: PostRecord, site: Site, flavour: Flavour = COMMONMARK) -> Entry:
    """Render a post as any feed would show it, but for its image. The ledger's dates and id win over the post's."""
    # Late: most passes render nothing, and the Markdown engine and the sanitiser take their time to import.
    from syndicator.markup.render import to_html
    from syndicator.markup.summary import cut, summary_of

    published, updated = _dates(record)
    prefix = f"e{digest(record.entry_id.encode())[:8]}-"
    html = to_html(post.body, markup=post.markup, permalink=post.permalink, prefix=prefix, flavour=flavour)
    if post.summary:
        summary = cut(post.summary, 4 * SUMMARY_LENGTH)
    elif post.excerpt:
        part = to_html(post.excerpt, markup=post.markup, permalink=post.permalink, prefix=prefix, flavour=flavour)
        summary = summary_of(part, 4 * SUMMARY_LENGTH)
    else:
        summary = summary_of(html, SUMMARY_LENGTH)
    return Entry(
        id=record.entry_id,
        url=post.permalink,
        title=post.title,
        summary=summary,
        html=html,
        published=published,
        updated=updated,
        people=post.people,
        categories=post.categories,
        tags=post.tags,
        link=post.link,
        language=post.language if post.language != site.language else "",
    )


def illustrate(entry: Entry, image: ImageRef | None, facts: ImageFacts | None) -> Entry:
    """The entry with its featured image, as enclosure too once the image's type is known."""
    if image is None:
        return entry
    dressed = dress(image, facts)
    enclosure = enclosure_of(dressed)
    return replace(entry, image=dressed, enclosures=(enclosure,) if enclosure else ())


def _dates(record: PostRecord) -> tuple[datetime, datetime]:
    if record.published is None or record.updated is None:
        raise ValueError(f"only a post that was live makes an entry: {record.path}")
    return record.published, max(record.published, record.updated)
