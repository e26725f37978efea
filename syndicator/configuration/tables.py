"""The tables of the configuration's file: each is a class here, each key a field with its default."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from syndicator.configuration.addresses import Address, BaseAddress, Host, Networks
from syndicator.configuration.guess import DEFAULT_STATE
from syndicator.configuration.repositories import Branch, Depth, Repository, Token
from syndicator.configuration.table import Table
from syndicator.configuration.values import (
    Bytes,
    Count,
    Database,
    DocumentPath,
    Duration,
    FieldName,
    FieldPaths,
    Filled,
    Folder,
    IncludeKind,
    IncludeName,
    Interval,
    Language,
    Pause,
    Percent,
    Port,
    Secret,
    Selector,
    SiteFileList,
    Switch,
    Text,
    Timezone,
    not_yet,
)
from syndicator.model import Limits, Person


class SiteTable(Table):
    """``[site]``: the publication. ``title`` and ``url`` may be left to the site's own configuration."""

    title: Filled = ""
    url: BaseAddress = ""
    description: Text = ""
    language: Language = "en"
    timezone: Timezone = "UTC"
    author: Text = ""


class SourceTable(Table):
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
    every: Interval = timedelta(seconds=60)
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
    hook_secret: Secret = ""
    templates: Literal["render", "strip", "skip"] = "render"
    rendered: Text = ""
    selector: Selector = ""
    fields: dict[FieldName, FieldPaths] = Field(default_factory=dict)
    includes: dict[IncludeName, IncludeKind] = Field(default_factory=dict)


class AuthorTable(Table):
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


class PublishTable(Table):
    """``[publish]``: the folder that documents go to, where the world finds what is in it, and lists of all feeds;
    how long a post waits before it first appears; where in its text a post is corrected, and what stands before that;
    whether and how long documents are looked at as the world sees them, before hubs hear of them.
    """

    to: Folder
    url: BaseAddress
    opml: DocumentPath = ""
    feed_menu: DocumentPath = ""
    settle: Pause = timedelta()
    corrections: Literal["end", "start", "off"] = "end"
    correction_label: Text = ""
    verify: Switch = False
    verify_within: Duration = timedelta(minutes=10)


class ProfilesTable(Table):
    """``[profiles]``: the folder with profiles of the owner's, "" for none."""

    folder: Text = ""


class HubsTable(Table):
    """``[[hubs]]``: a WebSub hub that is told of every change."""

    url: Address


class HubTable(Table):
    """``[hub]``: the embedded hub."""

    enabled: Annotated[
        Switch,
        BeforeValidator(
            not_yet((True,), "the embedded hub is not part of this version", "name hubs under [[hubs]] instead")
        ),
    ] = False


class ServeTable(Table):
    """``[serve]``: the HTTP server; ``cache`` is how long others may keep an answer (the max-age of HTTP)."""

    host: Host = "127.0.0.1"
    port: Port = 8080
    cache: Duration = timedelta(minutes=5)


class StateTable(Table):
    """``[state]``: where ids, digests and owed deliveries are remembered, and whether that is made anew when it is
    damaged. The address is secret: it may hold a password one day.
    """

    url: Annotated[Database, Field(repr=False)] = DEFAULT_STATE
    rebuild: Switch = True


class NetworkTable(Table):
    """``[network]``: private networks that strangers' addresses may reach, and how long one request may take."""

    allow: Networks = ()
    timeout: Duration = timedelta(seconds=10)


class ImagesTable(Table):
    """``[images]``: whether other hosts are asked for type and size of the images that posts name there."""

    ask: Switch = True


class AnnounceTable(Table):
    """``[announce]``: word to hubs, when one that never answers is given up, and how much one gets at once."""

    enabled: Switch = True
    give_up_after: Duration = timedelta(days=2)
    per_host: Count = 2


class GuardTable(Table):
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


class RunTable(Table):
    """``[run]``: how long the service may take to stop; container engines kill it after 10 seconds."""

    stop_within: Duration = timedelta(seconds=8)


class LogTable(Table):
    """``[log]``: what the log looks like and how much it says."""

    format: Literal["auto", "console", "json"] = "auto"
    level: Literal["debug", "info", "warning", "error"] = "info"
