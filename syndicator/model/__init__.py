"""The nouns: what the author wrote, what a feed shows, what is published, what is owed."""

from __future__ import annotations

from syndicator.model.delivery import CACHES, Announcement, Audience, Delivery, DeliveryKind, Hook, HostPause, HostState
from syndicator.model.feed import (
    Content,
    Document,
    Entry,
    Feed,
    FeedSpec,
    Format,
    Hero,
    Listing,
    Paging,
    Terms,
    Tombstone,
)
from syndicator.model.held import Concern, Held, Limits
from syndicator.model.image import Enclosure, EnclosureRef, Image, ImageFacts, ImageRef
from syndicator.model.post import (
    Correction,
    Markup,
    Post,
    PostRecord,
    PostState,
    PostWarning,
    SiteData,
    Skim,
    TemplateContext,
    Visibility,
)
from syndicator.model.profile import Deed, Mark, Profile, ProfileRule, RuleValue, Verdict
from syndicator.model.records import UNKNOWN, DocumentRecord, FeedPast, FeedRecord, PageRecord
from syndicator.model.site import Lifetime, Person, Site, SourceFile
from syndicator.model.values import digest, reached

__all__ = [
    "CACHES",
    "UNKNOWN",
    "Announcement",
    "Audience",
    "Concern",
    "Content",
    "Correction",
    "Deed",
    "Delivery",
    "DeliveryKind",
    "Document",
    "DocumentRecord",
    "Enclosure",
    "EnclosureRef",
    "Entry",
    "Feed",
    "FeedPast",
    "FeedRecord",
    "FeedSpec",
    "Format",
    "Held",
    "Hero",
    "Hook",
    "HostPause",
    "HostState",
    "Image",
    "ImageFacts",
    "ImageRef",
    "Lifetime",
    "Limits",
    "Listing",
    "Mark",
    "Markup",
    "PageRecord",
    "Paging",
    "Person",
    "Post",
    "PostRecord",
    "PostState",
    "PostWarning",
    "Profile",
    "ProfileRule",
    "RuleValue",
    "Site",
    "SiteData",
    "Skim",
    "SourceFile",
    "TemplateContext",
    "Terms",
    "Tombstone",
    "Verdict",
    "Visibility",
    "digest",
    "reached",
]
