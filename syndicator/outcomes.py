"""What the rules of a feed decide about its posts, worked out for those who ask; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from syndicator.feeds import build_feed, identify
from syndicator.making import fitting
from syndicator.model import Deed, Entry, FeedSpec, Profile, Site
from syndicator.plan import want
from syndicator.profiles.tailoring import Tailored, most_bytes, tailor
from syndicator.selections import Selection


def outcome(selection: Selection, entries: Mapping[str, Entry], site: Site, now: datetime) -> Tailored:
    """The feed with what it shows of these entries (by path), and all verdicts. What no document has is not in it."""
    record = identify(selection, None, settings="", now=now, feeds_url=site.url)
    tailored = tailor(build_feed(selection, record, entries, site, ()), selection.spec)
    living = tuple(entry for entry in tailored.feed.entries if not entry.deleted)
    tailored = replace(tailored, feed=replace(tailored.feed, entries=living))
    if most_bytes(selection.spec) is None:
        return tailored
    documents = [
        fitting(tailored.feed, selection.spec, item)[1]
        for item in want(selection, record, {}, salt="", feeds_url=site.url)
    ]
    about = dict.fromkeys(verdict for verdicts in documents for verdict in verdicts)
    gone = set.intersection(*({v.entry for v in verdicts} for verdicts in documents)) if documents else set()
    shown = tuple(entry for entry in tailored.feed.entries if entry.id not in gone)
    return Tailored(feed=replace(tailored.feed, entries=shown), verdicts=(*tailored.verdicts, *about))


def has_rules(spec: FeedSpec) -> bool:
    """Whether there is anything that could be decided about the posts of a feed."""
    return bool(spec.profile and spec.profile.rules) or bool(spec.image_rights) or spec.max_bytes is not None


def as_if(specs: tuple[FeedSpec, ...], profile: Profile) -> tuple[FeedSpec, ...]:
    """The feeds of a profile; where there is none, all that are one feed each, as if they had it."""
    mine = tuple(spec for spec in specs if spec.profile and spec.profile.name == profile.name)
    partner = profile.name if profile.partner else ""
    return mine or tuple(replace(spec, profile=profile, partner=partner) for spec in specs if not spec.each)


def left_out(tailored: Tailored, entry_id: str) -> str:
    """Why an entry is not in the feed, "" when no rule says so."""
    if any(entry.id == entry_id for entry in tailored.feed.entries):
        return ""
    return "; ".join(v.message for v in tailored.verdicts if v.entry == entry_id and v.action is Deed.DROP)
