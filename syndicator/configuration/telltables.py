"""The tables of caches and of partners' web hooks."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pydantic import Field

from syndicator.caches import Purge
from syndicator.configuration.addresses import Address
from syndicator.configuration.table import Table
from syndicator.configuration.tellvalues import (
    BodyTemplate,
    HeaderName,
    HeaderValue,
    HookSecret,
    MessageHeaderValue,
    Method,
    PurgeAddress,
    PurgeToken,
)
from syndicator.configuration.values import Duration, Names, Switch, Text
from syndicator.model import Hook


class PurgeTable(Table):
    """``[purge]``: how caches in front of the feeds are told to let go of what changed; off without preset and url."""

    preset: Literal["", "fastly", "cloudflare"] = ""
    url: PurgeAddress = ""
    method: Method = "PURGE"
    headers: dict[HeaderName, HeaderValue] = Field(default_factory=dict, repr=False)
    body: BodyTemplate = ""
    token: PurgeToken = ""
    zone: Text = ""
    service: Text = ""
    key: Text = ""
    soft: Switch = False
    within: Duration = timedelta(minutes=5)

    def to_purge(self) -> Purge:
        """The noun."""
        values = self.model_dump(exclude={"within", "headers"})
        return Purge(**values, headers=tuple(sorted(self.headers.items())))


class WebhooksTable(Table):
    """``[[webhooks]]``: a partner who hears what changed in which feed."""

    url: Address
    secret: HookSecret = ""
    secret_in: Text = ""
    feeds: Names = ()
    headers: dict[HeaderName, MessageHeaderValue] = Field(default_factory=dict, repr=False)

    def to_hook(self) -> Hook:
        """The noun, without anything secret."""
        return Hook(url=self.url, feeds=self.feeds)
