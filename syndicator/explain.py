"""Answers to "why": in, out or waiting, for one post and each feed, with the rule that decided."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from syndicator.errors import SyndicatorError
from syndicator.feeds import live, select
from syndicator.filters import Catalogue, fold, wanted_of
from syndicator.hindrances import WhyNot, refused, spoken_at
from syndicator.hindrances import hindrance as hindrance_of
from syndicator.history import divide, shown_in
from syndicator.model import Deed, FeedRecord, FeedSpec, Held, PageRecord, PostRecord, PostState, Site
from syndicator.ports import Refusal
from syndicator.profiles.summing import spoken
from syndicator.profiles.tailoring import Tailored
from syndicator.selections import Selection

#: Who is that is out of every feed, whatever is held.
_TAKEN = (PostState.DRAFT, PostState.KILLED, PostState.EXPIRED)
#: So many feeds are named where one was asked for that is not there.
_NAMED = 20
#: Where a post is that an archive has.
ON_PAGE = "on page "


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """``verdict`` is in, out or waiting."""

    feed: str
    verdict: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What is known of a post and what each feed does with it."""

    path: str
    facts: tuple[tuple[str, str], ...]
    verdicts: tuple[Verdict, ...]


def spec_name(feed: str) -> str:
    """The name under [[feeds]] in that of a feed ("category/news") or a sitemap ("main:sitemap")."""
    return re.split("[/:]", feed, maxsplit=1)[0]


def find(
    records: Mapping[str, PostRecord], refusals: Mapping[str, Refusal], addresses: Mapping[str, str], wanted: str
) -> tuple[str, ...]:
    """Paths of the posts that are meant by a path (or its end), an id or an address (``addresses`` by path)."""
    exact = [p for p, r in records.items() if wanted in (p, r.entry_id, r.given_id, addresses.get(p))]
    exact += [path for path in refusals if path == wanted and path not in exact]
    if exact:
        return tuple(sorted(exact))
    tail = "/" + wanted.removeprefix("./").lstrip("/")
    paths = sorted({*records, *refusals})
    whole = tuple(p for p in paths if f"/{p}".endswith(tail) or tail.endswith(f"/{p}"))
    # Nobody remembers the date that a name begins with.
    return whole or tuple(p for p in paths if p.endswith(wanted))


def explain(
    path: str,
    records: Mapping[str, PostRecord],
    refusals: Mapping[str, Refusal],
    stored: Collection[str],
    specs: Sequence[FeedSpec],
    site: Site,
    now: datetime,
    rule: str,
    address: str,
    feed: str = "",
    *,
    last_path_first: bool = False,
    sections: Callable[[str], str] | None = None,
    pages: Mapping[str, Sequence[PageRecord]] = MappingProxyType({}),
    ruled: Callable[[Selection], Tailored] | None = None,
) -> Explanation:
    """Say for each feed (or one) whether it shows the post now.

    ``stored`` are the paths of posts that have been rendered, which a refused one is shown by. ``rule`` is what hides
    a draft, in the file's words; ``address`` is the post's page; ``last_path_first`` and ``sections`` are the
    dialect's, ``pages`` those of archives as last published; ``ruled`` gives what rules decide about the entries of a
    feed. Raises SyndicatorError when ``feed`` is a feed that its spec does not make now.
    """
    record, refusal = records.get(path), refusals.get(path)
    shown = live(records.values(), now, last_path_first=last_path_first)
    selections = divide(select(specs, shown, site, now, sections), pages, now)
    catalogue = Catalogue(shown, sections)
    # An index of sitemaps shows no post; its parts do.
    chosen = [s for s in selections if (not feed or feed in (s.name, s.spec.name)) and not s.parts]
    if feed and not chosen and feed not in {spec.name for spec in specs}:
        raise _no_such_feed(feed, [s.name for s in selections if s.spec.name == spec_name(feed)])
    hindrance = hindrance_of(record, refusal, path in stored, now, rule)
    verdicts: list[Verdict] = []
    for selection in chosen:
        # A refused post that was never rendered has its date all the same, but no place in the feed.
        members = [m for m in selection.members if m.path in stored or m.path not in refusals]
        why_not = WhyNot(selection=selection, catalogue=catalogue, now=now)
        verdict = _verdict(why_not, members, path, record, hindrance, refusal, path in stored)
        # Nobody keeps the entries of archives' pages, so that their rules are not asked here.
        shows = any(member.path == path for member in selection.members)
        if ruled and record and verdict.verdict == "in" and selection.is_feed and shows:
            verdict = _by_rules(verdict, ruled(selection), record)
        verdicts.append(verdict)
    making = {s.spec.name for s in selections}
    asked = [spec for spec in specs if feed in ("", spec.name)]
    silent = (spec for spec in asked if spec.name not in making)
    verdicts += (_without_feeds(spec, record, catalogue, now, hindrance) for spec in silent)
    if record is not None and hindrance is not None and hindrance[0] == "waiting":
        verdicts += _to_be_made(
            [spec for spec in asked if spec.name in making], selections, record, catalogue, hindrance
        )
    return Explanation(path=path, facts=_facts(record, refusal, address, now), verdicts=tuple(verdicts))


def under_hold(
    explanation: Explanation,
    record: PostRecord | None,
    held: Mapping[str, Held],
    feeds: Mapping[str, FeedRecord],
    now: datetime,
    feed: str = "",
    pages: Mapping[str, Sequence[PageRecord]] = MappingProxyType({}),
) -> Explanation:
    """The same, where feeds keep what they and their ``pages`` showed (``feeds`` as last published) until somebody
    approves.
    """
    by_feed = {v.feed: v for v in explanation.verdicts if feed not in held or v.feed == feed}
    hidden = record is not None and record.gone is None and record.state(now) in _TAKEN
    for name, each in held.items():
        if hidden or record is None or name not in feeds or feed not in ("", name, spec_name(name)):
            continue
        page = next((p.number for p in pages.get(name, ()) if record.entry_id in shown_in([p])), 0)
        if record.entry_id in feeds[name].members or page:
            place = "" if record.entry_id in feeds[name].members else f"{ON_PAGE}{page} of the archive, "
            by_feed[name] = Verdict(
                feed=name,
                verdict="in",
                reason=f"{place}as it was shown before: {_held(each)}",
            )
        elif name in by_feed and by_feed[name].verdict != "out" and record.state(now) is PostState.LIVE:
            by_feed[name] = Verdict(
                feed=name,
                verdict="waiting",
                reason=_held(each),
            )
    return replace(explanation, verdicts=tuple(by_feed.values()))


def _no_such_feed(feed: str, names: Sequence[str]) -> SyndicatorError:
    spec = spec_name(feed)
    shown = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
    return SyndicatorError(
        f'feed "{feed}"', "there is no such feed now", f'"{spec}" makes {shown}' if names else f'"{spec}" makes none'
    )


def _to_be_made(
    specs: Sequence[FeedSpec],
    selections: Sequence[Selection],
    record: PostRecord,
    catalogue: Catalogue,
    hindrance: tuple[str, str],
) -> Iterator[Verdict]:
    """Of specs with ``each``: the feeds that a post which waits will bring with it."""
    verdict, reason = hindrance
    for spec in specs:
        made = {selection.value for selection in selections if selection.spec.name == spec.name}
        values = catalogue.values(record, spec.each) if spec.each and catalogue.takes(record, spec) else ()
        new = [value for value in values if fold(value) not in made and wanted_of(spec, fold(value))]
        if new:
            brings = f"then it brings the feed of {spec.each} {', '.join(new)}"
            yield Verdict(feed=spec.name, verdict=verdict, reason=f"{reason}; {brings}")


def _without_feeds(
    spec: FeedSpec,
    record: PostRecord | None,
    catalogue: Catalogue,
    now: datetime,
    hindrance: tuple[str, str] | None,
) -> Verdict:
    """Of a spec with ``each`` that makes no feed at all, since no live post has such a value."""
    filtered = catalogue.hindrance(record, spec, now) if record else ""
    takes = " that it takes" if spec.include or spec.exclude or spec.max_age else ""
    if hindrance and hindrance[0] == "waiting" and record and not catalogue.takes(record, spec):
        hindrance = None
    verdict, reason = hindrance or ("out", filtered or f"it makes no feed now: no live post{takes} has a {spec.each}")
    return Verdict(feed=spec.name, verdict=verdict, reason=reason)


def _facts(
    record: PostRecord | None, refusal: Refusal | None, address: str, now: datetime
) -> tuple[tuple[str, str], ...]:
    facts: list[tuple[str, str]] = []
    if record is not None:
        state = "gone" if record.gone else record.state(now).value
        facts += [("state", state), ("id", record.entry_id or "none yet: given when it is first live")]
        if record.entry_id and state != PostState.LIVE:
            when = record.down or record.gone or (record.expires if state == PostState.EXPIRED else None)
            at = f"at {spoken_at(when)}, " if when else ""
            facts.append(("taken down", f"{at}id reserved"))
        if address:
            facts.append(("address", address))
        for name in ("published", "updated", "expires"):
            instant = getattr(record, name)
            if instant is not None:
                facts.append((name, spoken_at(instant)))
        facts += [(name, ", ".join(values)) for name, values in record.terms]
    if refusal is not None:
        facts.append(("refused", refused(refusal)))
    return tuple(facts)


def _held(each: Held) -> str:
    return f"the feed is held: {each.reason} (since {spoken_at(each.since)}); {each.remedy}"


def _verdict(
    why_not: WhyNot,
    members: Sequence[PostRecord],
    path: str,
    record: PostRecord | None,
    hindrance: tuple[str, str] | None,
    refusal: Refusal | None,
    rendered: bool,
) -> Verdict:
    selection = why_not.selection
    feed = selection.name
    page = next((page for page in selection.pages if path in (member.path for member in page.members)), None)
    if page is not None and path not in (member.path for member in members):
        place = f"{ON_PAGE}{page.record.number} of the archive"
        if refusal is not None and not rendered:
            return Verdict(
                feed=feed, verdict="waiting", reason=f"{place} as far as it was ever good: {refused(refusal)}"
            )
        return Verdict(feed=feed, verdict="in", reason=place)
    if record and hindrance and hindrance[0] == "waiting" and (never := why_not.never(record)):
        return Verdict(feed=feed, verdict="out", reason=never)
    if hindrance is not None or record is None:
        verdict, reason = hindrance or ("out", "it is not known")
        return Verdict(feed=feed, verdict=verdict, reason=reason)
    paths = [member.path for member in members]
    if path not in paths:
        return Verdict(feed=feed, verdict="out", reason=why_not.left_out(record))
    if not rendered:
        return Verdict(feed=feed, verdict="waiting", reason="the next pass shows it")
    place = f"number {paths.index(path) + 1} of {len(paths)}"
    last_good = ", its last good version" if refusal else ""
    return Verdict(feed=feed, verdict="in", reason=place + last_good)


def _by_rules(verdict: Verdict, ruled: Tailored, record: PostRecord) -> Verdict:
    """The verdict on a post that would be shown, by the rules of the feed."""
    about = [found for found in ruled.verdicts if found.entry == record.entry_id]
    ids = [entry.id for entry in ruled.feed.entries]
    if record.entry_id not in ids:
        reasons = [found.message for found in about if found.action is Deed.DROP]
        reason = "; ".join(reasons) or f"the feed shows the newest {len(ids)} that are fit for it"
        return Verdict(feed=verdict.feed, verdict="out", reason=reason)
    if not ruled.verdicts:
        return verdict
    last_good = ", its last good version" if verdict.reason.endswith("its last good version") else ""
    place = f"number {ids.index(record.entry_id) + 1} of {len(ids)}{last_good}"
    return Verdict(feed=verdict.feed, verdict="in", reason="; ".join((place, *map(spoken, about))))
