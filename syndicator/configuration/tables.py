"""The tables of the configuration's file: each is a class here, each key a field with its default."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from syndicator.configuration.addresses import Address, BaseAddress, Host, Networks
from syndicator.configuration.feedvalues import (
    Age,
    Color,
    FilterName,
    FilterValues,
    Minutes,
    OwnLanguage,
    Picture,
)
from syndicator.configuration.guess import DEFAULT_STATE
from syndicator.configuration.repositories import Branch, Depth, Repository, Token
from syndicator.configuration.values import (
    Bytes,
    Count,
    Database,
    DocumentPath,
    Duration,
    Expect,
    FeedName,
    FieldName,
    FieldPaths,
    Filled,
    Folder,
    IncludeKind,
    IncludeName,
    Language,
    Limit,
    Names,
    Parameter,
    ParameterValue,
    Percent,
    Port,
    Room,
    Selector,
    SiteFileList,
    Switch,
    Text,
    Timezone,
    not_yet,
)
from syndicator.model import Content, FeedSpec, Format, Hero, Limits, Person, Profile


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SiteTable(_Table):
    """``[site]``: the publication. ``title`` and ``url`` may be left to the site's own configuration."""

    title: Filled = ""
    url: BaseAddress = ""
    description: Text = ""
    language: Language = "en"
    timezone: Timezone = "UTC"
    author: Text = ""


class SourceTable(_Table):
    """``[source]``: where posts come from, and how to read them. ``fields`` is only what the operator gives.

    With git ``path`` is a folder inside the repository.
    """

    kind: Literal["folder", "git"] = "folder"
    path: Folder
    dialect: Literal["eleventy", "hugo", "jekyll", "plain"] = "jekyll"
    permalink: Text = ""
    collection: Text = ""
    posts: Text = ""
    input: Text = ""
    typography: Literal["site", "on", "off"] = "site"
    math: Literal["text", "mathml"] = "text"
    config: SiteFileList = ()
    epoch: Literal["off", "seconds", "milliseconds"] = "off"
    html_suffix: Literal["keep", "drop"] = "keep"
    every: Duration = timedelta(seconds=60)
    watch: Switch = True
    max_post_bytes: Bytes = 2_000_000
    max_front_matter_bytes: Bytes = 65_536
    url: Repository = ""
    branch: Branch = ""
    depth: Depth = 50
    partial: Switch = False
    username: Text = "x-access-token"
    token: Token = ""
    ssh_key: Text = ""
    known_hosts: Text = ""
    timeout: Duration = timedelta(minutes=5)
    clone: Text = ""
    templates: Literal["render", "strip", "skip"] = "render"
    rendered: Text = ""
    selector: Selector = ""
    fields: dict[FieldName, FieldPaths] = Field(default_factory=dict)
    includes: dict[IncludeName, IncludeKind] = Field(default_factory=dict)


class AuthorTable(_Table):
    """``[[authors]]``: somebody whom posts name, by ``key`` or by name."""

    name: Filled
    key: Text = ""
    title: Text = ""
    email: Text = ""
    url: Text = ""
    avatar: Text = ""

    def to_person(self) -> Person:
        """The noun; addresses as written."""
        return Person(name=self.name, title=self.title, email=self.email, url=self.url, avatar=self.avatar)


class PublishTable(_Table):
    """``[publish]``: the folder that documents go to, where the world finds what is in it, and lists of all feeds;
    where in its text a post is corrected, and what stands before that.
    """

    to: Folder
    url: BaseAddress
    opml: DocumentPath = ""
    feed_menu: DocumentPath = ""
    corrections: Literal["end", "start", "off"] = "end"
    correction_label: Text = ""


class FeedTable(_Table):
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


class ProfilesTable(_Table):
    """``[profiles]``: the folder with profiles of the owner's, "" for none."""

    folder: Text = ""


class HubsTable(_Table):
    """``[[hubs]]``: a WebSub hub that is told of every change."""

    url: Address


class HubTable(_Table):
    """``[hub]``: the embedded hub."""

    enabled: Annotated[
        Switch,
        BeforeValidator(
            not_yet((True,), "the embedded hub is not part of this version", "name hubs under [[hubs]] instead")
        ),
    ] = False


class ServeTable(_Table):
    """``[serve]``: the HTTP server; ``cache`` is how long others may keep an answer (the max-age of HTTP)."""

    host: Host = "127.0.0.1"
    port: Port = 8080
    cache: Duration = timedelta(minutes=5)


class StateTable(_Table):
    """``[state]``: where ids, digests and owed deliveries are remembered. Secret: it may hold a password one day."""

    url: Annotated[Database, Field(repr=False)] = DEFAULT_STATE


class NetworkTable(_Table):
    """``[network]``: private networks that strangers' addresses may reach, and how long one request may take."""

    allow: Networks = ()
    timeout: Duration = timedelta(seconds=10)


class ImagesTable(_Table):
    """``[images]``: whether other hosts are asked for type and size of the images that posts name there."""

    ask: Switch = True


class AnnounceTable(_Table):
    """``[announce]``: word to hubs, and after how long one that never answers is given up."""

    enabled: Switch = True
    give_up_after: Duration = timedelta(days=2)


class GuardTable(_Table):
    """``[guard]``: how much of a feed may change at once before it stays as it was until somebody approves."""

    enabled: Switch = True
    least_posts: Count = 10
    vanished_percent: Percent = 30
    strangers_percent: Percent = 30
    redated_percent: Percent = 50
    turned_percent: Percent = 30
    shrunk_percent: Percent = 50
    within: Duration = timedelta(minutes=10)
    max_bytes: Bytes = 5_000_000

    def to_limits(self) -> Limits | None:
        """The noun; None when anything may change."""
        counts = self.model_dump(exclude={"enabled", "within"})
        return Limits(**counts, within_seconds=int(self.within.total_seconds())) if self.enabled else None


class RunTable(_Table):
    """``[run]``: how long the service may take to stop; container engines kill it after 10 seconds."""

    stop_within: Duration = timedelta(seconds=8)


class LogTable(_Table):
    """``[log]``: what the log looks like and how much it says."""

    format: Literal["auto", "console", "json"] = "auto"
    level: Literal["debug", "info", "warning", "error"] = "info"
