"""A feed made to fit those who read it: what is left out, mended or only noted, each with a sentence why.

It is pure, and done where documents are written. Applied to a feed that it has made, it finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import quote

from syndicator.markup.links import FETCHABLE, absolute
from syndicator.markup.summary import cut
from syndicator.model import Deed, Entry, Feed, FeedSpec, Image, Profile, ProfileRule, Verdict
from syndicator.profiles.entryrules import FINDERS, Asked
from syndicator.profiles.kinds import RULES
from syndicator.profiles.pictures import stand_in

_NO_DEMANDS = Profile(name="public", title="the feed")
#: A title long enough for everybody, where nobody knows that of a post any more.
_WITHDRAWN = "Withdrawn by its publisher"
#: MSN takes no end that is nearer.
_SOON = timedelta(hours=2)
#: Ways to take a post back by an item that stands for it.
_ITEMS = ("media-status", "expiry")
_IN_ORDER = tuple(name for name in RULES if name in FINDERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tailored:
    """A feed that fits, and what was decided."""

    feed: Feed
    verdicts: tuple[Verdict, ...] = ()


def tailor(feed: Feed, spec: FeedSpec) -> Tailored:
    """The feed as its spec wants it: at most ``limit`` entries, each as the profile takes it."""
    profile = spec.profile or _NO_DEMANDS
    if not (profile.rules or spec.tracking or spec.image_rights or any(entry.access for entry in feed.entries)):
        return Tailored(feed=feed)
    rules = rules_of(spec)
    verdicts: list[Verdict] = []
    instead = stand_in(absolute(spec.image_fallback, feed.home_url, allowed=FETCHABLE) if spec.image_fallback else "")
    kept: list[Entry] = []
    for entry in feed.entries:
        if entry.deleted:
            continue
        if len(kept) >= spec.limit:
            break  # the others were candidates in case that these did not fit
        open_entry, about = withhold(entry, feed) if entry.access and not spec.members else (entry, ())
        shown, found = judge(open_entry, rules, feed, profile.title, instead)
        verdicts += (*about, *found)
        if shown is not None:
            kept.append(replace(shown, url=track(shown.url, spec.tracking)) if spec.tracking else shown)
    dressed, about_feed = _dress(feed, profile)
    verdicts += about_feed
    fewest = profile.number("min_items")
    if fewest is not None and len(kept) < fewest:
        message = f"{len(kept)} posts, {profile.title} wants at least {fewest:g}"
        verdicts.append(Verdict(feed=feed.name, entry="", rule="min_items", action=Deed.WARN, message=message))
    entries = (*_taken_back(dressed), *kept)
    stones = dressed.tombstones if dressed.deletion in ("", "tombstone") else ()
    return Tailored(feed=replace(dressed, entries=entries, tombstones=stones), verdicts=tuple(verdicts))


def rules_of(spec: FeedSpec) -> tuple[ProfileRule, ...]:
    """The rules about entries, in the order in which they apply; the feed's own word on pictures goes before."""
    profile = spec.profile or _NO_DEMANDS
    rules = {rule.name: rule for rule in profile.rules}
    if spec.image_rights:
        does = rules["image_rights"].does if "image_rights" in rules else Deed.FIX
        rules["image_rights"] = ProfileRule(name="image_rights", value=spec.image_rights, does=does)
    return tuple(rules[name] for name in _IN_ORDER if name in rules and rules[name].value is not False)


def judge(
    entry: Entry, rules: Iterable[ProfileRule], feed: Feed, who: str, instead: Image | None = None
) -> tuple[Entry | None, list[Verdict]]:
    """The entry as it may be shown, None where it may not, and why."""
    verdicts: list[Verdict] = []
    for rule in rules:
        breach = FINDERS[rule.name](Asked(entry, rule, feed, who, instead))
        if breach is None:
            continue
        action = rule.does
        if action is Deed.FIX:
            if breach.mended is None:
                action = Deed.WARN
            else:
                entry = breach.mended
        verdicts.append(Verdict(feed=feed.name, entry=entry.id, rule=rule.name, action=action, message=breach.message))
        if action is Deed.DROP:
            return None, verdicts
    return entry, verdicts


def withhold(entry: Entry, feed: Feed) -> tuple[Entry, tuple[Verdict, ...]]:
    """Of a post that is not for everybody its summary and its picture, and no more."""
    picture = entry.image.url if entry.image else ""
    files = tuple(file for file in entry.enclosures if file.url == picture)
    # A correction tells what the text says.
    teaser = replace(entry, html="", correction="", enclosures=files)
    if teaser == entry:
        return entry, ()
    message = f'its text is kept for "{entry.access}", the summary stands for it'
    return teaser, (Verdict(feed=feed.name, entry=entry.id, rule="access", action=Deed.FIX, message=message),)


def track(url: str, parameters: Iterable[tuple[str, str]]) -> str:
    """The address with parameters at the end of its query; what it says already stays, and so does its fragment."""
    page, mark, fragment = url.partition("#")
    base, _, query = page.partition("?")
    parts = [part for part in query.split("&") if part]
    known = {part.partition("=")[0] for part in parts}
    parts += [
        f"{name}={quote(value, safe='')}" for key, value in parameters if (name := quote(key, safe="")) not in known
    ]
    return base + ("?" + "&".join(parts) if parts else "") + mark + fragment


def fit(feed: Feed, most: int | None, who: str, size: Callable[[Feed], int]) -> Tailored:
    """The feed without its oldest entries as far as it is larger than that; ``size`` tells how large one would be."""
    if most is None or (now := size(feed)) <= most:
        return Tailored(feed=feed)
    entries = feed.entries
    low, high = 0, len(entries) - 1  # so many entries are known to fit, so many may
    while low < high:
        middle = (low + high + 1) // 2
        if size(replace(feed, entries=entries[:middle])) <= most:
            low = middle
        else:
            high = middle - 1
    message = f"with it the file has {now:,} bytes, {who} wants at most {most:,}"
    return Tailored(
        feed=replace(feed, entries=entries[:low]),
        verdicts=tuple(
            Verdict(feed=feed.name, entry=entry.id, rule="max_bytes", action=Deed.DROP, message=message)
            for entry in entries[low:]
        ),
    )


def _taken_back(feed: Feed) -> tuple[Entry, ...]:
    """What stands for posts that were taken down, where a partner drops nothing by itself (partners.md D and L).

    They come first: where a document may not be larger, a take-down counts for more than an old post.
    """
    if feed.deletion not in _ITEMS:
        return ()
    return (
        *(entry for entry in feed.entries if entry.deleted),
        *(
            Entry(
                id=stone.ref,
                url=stone.url or feed.home_url,
                title=stone.title or _WITHDRAWN,
                summary="",
                html="",
                # SmartNews looks at the date of publication, MSN at that of the change.
                published=stone.when if feed.deletion == "media-status" else stone.published or stone.when,
                updated=stone.when,
                expires=stone.when + _SOON if feed.deletion == "expiry" else None,
                deleted=True,
            )
            for stone in feed.tombstones
        ),
    )


def most_bytes(spec: FeedSpec) -> int | None:
    """How large a document of the feed may be."""
    limits = [spec.max_bytes, spec.profile.number("max_bytes") if spec.profile else None]
    return min((int(limit) for limit in limits if limit is not None), default=None)


def _dress(feed: Feed, profile: Profile) -> tuple[Feed, list[Verdict]]:
    """The feed with what the profile demands of the document as a whole."""
    verdicts: list[Verdict] = []
    rule, most = profile.rule("feed_description_max"), profile.number("feed_description_max")
    description = feed.description
    if rule is not None and most is not None and len(description) > most:
        message = f"the feed's description has {len(description)} characters, {profile.title} wants at most {most:g}"
        verdicts.append(Verdict(feed=feed.name, entry="", rule=rule.name, action=rule.does, message=message))
        description = cut(description, int(most)) if rule.does is Deed.FIX else description
    dressed = replace(
        feed,
        description=description,
        elements=profile.words("elements"),
        deletion=profile.text("deletion"),
        plain_summary=profile.wants("plain_summary"),
    )
    return dressed, verdicts
