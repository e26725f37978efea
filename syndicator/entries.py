"""From a post to an entry, and the name of all that an entry is made from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

import orjson

from syndicator.errors import PostError
from syndicator.images import dress, enclosure_of
from syndicator.markup.flavour import COMMONMARK, Flavour
from syndicator.media import PLAYED, enclosure_from
from syndicator.model import (
    EnclosureRef,
    Entry,
    ImageFacts,
    ImageRef,
    Post,
    PostRecord,
    PostWarning,
    Site,
    SiteData,
    digest,
)
from syndicator.text import legal

SUMMARY_LENGTH = 300


@dataclass(frozen=True, slots=True)
class EntryKeys:
    """Names entries before they are made: ``salt`` stands for everything that is the same for all posts.

    ``made`` keeps the names from one time to the next, by path, each with what it was made of.
    """

    salt: str
    made: dict[str, tuple[tuple[object, ...], str]] = field(default_factory=dict)

    def key(self, record: PostRecord, facts: ImageFacts | None, aims: Sequence[tuple[str, str]] = ()) -> str:
        """Equal keys, equal entries. ``aims`` are path and digest of each post that the body leads to."""
        parts: tuple[object, ...] = (
            record.path, record.digest, record.entry_id, record.published, record.updated, facts,
        )  # fmt: skip
        if aims:
            parts = (*parts, tuple(aims))
        known = self.made.get(record.path)
        if known is None or known[0] != parts:
            known = self.made[record.path] = (parts, digest(orjson.dumps((self.salt, *parts))))
        return known[1]

    def forget(self, others_than: Collection[str]) -> None:
        """Keep the names of these alone."""
        for path in self.made.keys() - others_than:
            del self.made[path]


def make_entry(
    post: Post,
    record: PostRecord,
    site: Site,
    flavour: Flavour = COMMONMARK,
    posts: Mapping[str, str] | None = None,
    data: SiteData | None = None,
) -> tuple[Entry, tuple[PostWarning, ...]]:
    """Render a post as any feed would show it, but for its image, and say what had to be left out.

    The ledger's dates and id win over the post's. ``flavour`` is the Markdown of the site's generator, ``posts`` are
    the addresses of what the body refers to, by reference as written, ``data`` the site's data that it asks for. Raises
    PostError when its templates cannot be done, or its text would cost too much.
    """
    # Late: most passes render nothing, and the Markdown engine and the sanitiser take their time to import.
    from syndicator.markup.render import to_html
    from syndicator.markup.rendering import render_templates
    from syndicator.markup.summary import cut, summary_of
    from syndicator.markup.weight import REMEDY, TooHeavy, weigh

    published, updated = _dates(record)
    prefix = f"e{digest(record.entry_id.encode())[:8]}-"
    templates = replace(post.templates, posts=posts or {}, data=data)
    to_safe = partial(
        to_html, markup=post.markup, permalink=post.permalink, prefix=prefix, flavour=flavour, root=site.url
    )
    try:
        body = legal(post.body)
        weigh(body)
        body, warnings = render_templates(body, post.markup, templates)
        html = to_safe(body)
        if post.summary or post.access:
            # Of a text that is not for everybody no part is taken to stand for it.
            summary = cut(post.summary, 4 * SUMMARY_LENGTH)
        elif post.excerpt:
            part, _ = render_templates(legal(post.excerpt), post.markup, templates)  # a part of the body: told above
            summary = summary_of(to_safe(part), 4 * SUMMARY_LENGTH) or summary_of(html, SUMMARY_LENGTH)
        else:
            summary = summary_of(html, SUMMARY_LENGTH)
    except TooHeavy as error:
        raise PostError(post.path, str(error), line=post.templates.line, remedy=REMEDY) from error
    entry = Entry(
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
        access=post.access,
        short_title=post.short_title,
        expires=post.expires,
    )
    return entry, warnings


def illustrate(entry: Entry, image: ImageRef | None, facts: ImageFacts | None) -> Entry:
    """The entry with its featured image, as enclosure too once the image's type is known."""
    if image is None:
        return entry
    dressed = dress(image, facts)
    enclosure = enclosure_of(dressed)
    return replace(entry, image=dressed, enclosures=(enclosure,) if enclosure else ())


def attach(entry: Entry, files: Sequence[tuple[EnclosureRef, ImageFacts | None]]) -> Entry:
    """The entry with the files that come with it: what is played goes before the picture, all else behind it.

    RSS has one enclosure (rss-40), and of a post with an episode readers expect that; the picture is in Media RSS too.
    """
    told = {entry.image.url} if entry.image else set()
    made = [enclosure_from(ref, facts) for ref, facts in files if ref.url not in told]
    played = [file for file in made if file.type.startswith(PLAYED)]
    others = [file for file in made if not file.type.startswith(PLAYED)]
    return replace(entry, enclosures=(*played, *entry.enclosures, *others)) if made else entry


def _dates(record: PostRecord) -> tuple[datetime, datetime]:
    if record.published is None or record.updated is None:
        raise ValueError(f"only a post that was live makes an entry: {record.path}")
    return record.published, max(record.published, record.updated)
