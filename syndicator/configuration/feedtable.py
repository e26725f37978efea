"""``[[feeds]]``: what is asked for of a feed."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from syndicator.configuration.feedvalues import (
    Age,
    Color,
    FilterName,
    FilterValues,
    Minutes,
    OwnLanguage,
    Picture,
)
from syndicator.configuration.table import Table
from syndicator.configuration.values import (
    DocumentPath,
    FeedName,
    Limit,
    Names,
    Parameter,
    ParameterValue,
    Room,
    Switch,
    Text,
)
from syndicator.configuration.words import Expect
from syndicator.model import Content, FeedSpec, Format, Hero, Profile


class FeedTable(Table):
    """``[[feeds]]``: a feed, or with ``each`` one feed for every value of a field."""

    name: FeedName
    title: Text = ""
    description: Text = ""
    each: Annotated[
        str,
        Field(pattern=r"\A[a-z_]*\z"),
        Expect('the name of a field such as "category", "tag", "author", "section" or "language"'),
    ] = ""
    rss: DocumentPath = ""
    atom: DocumentPath = ""
    json_: DocumentPath = Field("", alias="json")
    limit: Limit = 50
    content: Literal["full", "summary"] = "full"
    hero: Literal["never", "always", "absent"] = "never"
    include: dict[FilterName, FilterValues] = Field(default_factory=dict)
    exclude: dict[FilterName, FilterValues] = Field(default_factory=dict)
    max_age: Age = timedelta()
    sitemap: DocumentPath = ""
    language: OwnLanguage = ""
    copyright: Text = ""
    logo: Picture = ""
    icon: Picture = ""
    cover: Picture = ""
    accent: Color = ""
    ttl: Minutes = 0
    tombstones: Switch = False
    archive: Switch = False
    profile: Text = ""
    partner: Text = ""
    image_rights: Names = ()
    image_fallback: Picture = ""
    members: Switch = False
    tracking: dict[Parameter, ParameterValue] = Field(default_factory=dict)
    max_bytes: Room = 0

    def to_spec(self, profile: Profile | None = None) -> FeedSpec:
        """The noun. What a profile wants of a feed counts where the feed says nothing else."""
        paths = ((Format.RSS, self.rss), (Format.ATOM, self.atom), (Format.JSON, self.json_))
        wanted = profile.text("content") if profile and "content" not in self.model_fields_set else ""
        hero = profile.text("hero") if profile and "hero" not in self.model_fields_set else ""
        most = profile.number("max_items") if profile else None
        oldest = profile.number("max_age") if profile else None
        deletion = profile.text("deletion") if profile else ""
        partner = self.partner or (profile.name if profile and profile.partner else "")
        # Nobody else's picture goes to a partner unless somebody says that it may.
        owned = ("own",) if partner and not (profile and profile.rule("image_rights")) else ()
        return FeedSpec(
            name=self.name,
            outputs=tuple((format_, path) for format_, path in paths if path),
            title=self.title,
            description=self.description,
            each=self.each,
            limit=min(self.limit, int(most or self.limit)),
            content=Content(wanted or self.content),
            hero=Hero(hero or self.hero),
            include=tuple(sorted(self.include.items())),
            exclude=tuple(sorted(self.exclude.items())),
            max_age=self.max_age or (timedelta(seconds=oldest) if oldest else None),
            sitemap=self.sitemap,
            language=self.language,
            copyright=self.copyright,
            logo=self.logo,
            icon=self.icon,
            cover=self.cover,
            accent=self.accent,
            ttl=self.ttl,
            archive=self.archive,
            profile=profile,
            partner=partner,
            image_rights=self.image_rights or owned,
            image_fallback=self.image_fallback,
            members=self.members,
            tracking=tuple(self.tracking.items()),
            max_bytes=self.max_bytes or None,
            tombstones=self.tombstones or deletion in ("tombstone", "media-status", "expiry"),
        )
