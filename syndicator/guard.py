"""Whether a feed changes more at once than anybody would want: then it keeps what it shows until somebody approves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import orjson

from syndicator.concerns import in_percent, named, raised, reaches, seconds
from syndicator.model import Concern, FeedRecord, FeedSpec, Limits, PostRecord, PostState, digest
from syndicator.rights import withheld_from

#: Who is younger is news, wherever it stands in a feed.
_FRESH = timedelta(days=2)
#: Rules about who is in a feed at all.
OF_MEMBERS = ("vanished", "strangers", "shrunk", "along")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a feed would show now: ``members`` in order, which the spec of that name asks for. ``known`` has all posts
    by their ids, those whose files are gone too. ``asked`` is what asks for the feed, as far as that is known.
    """

    members: Sequence[PostRecord]
    spec: str
    known: Mapping[str, PostRecord]
    asked: FeedSpec | None = None

    def is_taken(self, entry_id: str, now: datetime) -> bool:
        """Whether a post leaves this feed whatever is held."""
        return taken_down(self.known.get(entry_id), now, self.asked)


def taken_down(record: PostRecord | None, now: datetime, spec: FeedSpec | None = None) -> bool:
    """Whether the author wants nobody to see a post, or not the partner that a feed is for: it leaves whatever else
    is held.
    """
    if record is None or record.gone is not None:
        return False
    hidden = (PostState.DRAFT, PostState.KILLED, PostState.EXPIRED)
    return record.state(now) in hidden or (spec is not None and bool(withheld_from(record, spec)))


def compare(
    prior: FeedRecord, proposal: Proposal, limits: Limits, now: datetime, approved: Collection[str] = ()
) -> tuple[Concern, ...]:
    """What is wrong with showing the proposal where ``prior`` is shown; ``approved`` evidence counts for nothing."""
    if len(prior.members) < limits.least_posts:
        return ()
    found = (
        _vanished(prior, proposal, limits, now, approved),
        _strangers(prior, proposal, limits, now, approved),
        _redated(prior, proposal, limits, approved),
        _turned(prior, proposal, limits, approved),
        _shrunk(prior, proposal, limits, now, approved),
    )
    return tuple(concern for concern in found if concern is not None)


def leaving(prior: FeedRecord, proposal: Proposal, concerns: Iterable[Concern], now: datetime) -> frozenset[str]:
    """The ids that leave a feed though it is held: what is taken down always does, and what is removed too where that
    is not what the feed is held for."""
    taken = {entry_id for entry_id in prior.members if proposal.is_taken(entry_id, now)}
    if not any(concern.rule in OF_MEMBERS for concern in concerns):
        taken |= set(_lost(prior, proposal, now))
    return frozenset(taken)


def along(prior: FeedRecord, proposal: Proposal, suspected: Collection[str], now: datetime) -> Concern | None:
    """Concern for a feed that is too small to raise one itself, or hit too little, but by the same accident."""
    shown = {record.entry_id for record in proposal.members}
    left = [i for i in prior.members if i in suspected and i not in shown and not proposal.is_taken(i, now)]
    came = [i for i in shown - set(prior.members) if i in suspected]
    if not left and not came:
        return None
    evidence = (*(f"vanished {i}" for i in left), *(f"new {i}" for i in sorted(came)))
    return Concern(
        rule="along",
        figure=len(evidence),
        limit=1,
        sentence=f"{len(evidence)} of the posts that vanish from another feed or come to it, which is held, do so here",
        evidence=evidence,
        examples=tuple(named(evidence, proposal.known)),
    )


# --- rules --------------------------------------------------------------------------------------------------------


def _vanished(
    prior: FeedRecord, proposal: Proposal, limits: Limits, now: datetime, approved: Collection[str]
) -> Concern | None:
    """Ids that left, though nobody took the post down and none that is newer pushed it out."""
    evidence = [f"vanished {entry_id}" for entry_id in _lost(prior, proposal, now)]
    return raised(
        "vanished", evidence, approved, len(prior.members), limits.vanished_percent, limits, proposal.known,
        "{count} of {total} posts vanish",
    )  # fmt: skip


def _strangers(
    prior: FeedRecord, proposal: Proposal, limits: Limits, now: datetime, approved: Collection[str]
) -> Concern | None:
    """Ids that nobody has seen in this feed, of posts that are too old to be news."""
    if not _same_spec(prior, proposal):
        return None  # what is asked for decides, and that was changed on purpose
    former = set(prior.members)
    dates = prior.dates[::2] or [seconds(r.published) for r in proposal.members if r.entry_id in former]
    if not dates:
        return None
    newest, oldest, fresh = max(dates), min(dates), seconds(now - _FRESH)
    came = [r for r in proposal.members if r.entry_id not in former and seconds(r.published) < min(newest + 1, fresh)]
    behind = [record for record in came if seconds(record.published) < oldest]
    # For each post that leaves an older one may move up.
    room = len(former - {record.entry_id for record in proposal.members})
    moved_up = {record.entry_id for record in behind[:room]}
    evidence = [f"new {record.entry_id}" for record in came if record.entry_id not in moved_up]
    return raised(
        "strangers", evidence, approved, len(proposal.members), limits.strangers_percent, limits, proposal.known,
        "{count} of {total} posts are old, but new to it",
    )  # fmt: skip


def _redated(prior: FeedRecord, proposal: Proposal, limits: Limits, approved: Collection[str]) -> Concern | None:
    """Posts that would be published or updated at another time than before: readers show them as new."""
    before = dict(zip(prior.members, zip(prior.dates[::2], prior.dates[1::2], strict=True), strict=False))
    common = [record for record in proposal.members if record.entry_id in before]
    evidence = [
        f"redated {published} {updated} {record.entry_id}"
        for record in common
        if before[record.entry_id] != ((published := seconds(record.published)), (updated := seconds(record.updated)))
    ]
    return raised(
        "redated", evidence, approved, len(common), limits.redated_percent, limits, proposal.known,
        "{count} of {total} posts change their dates, as edited posts do",
    )  # fmt: skip


def _turned(prior: FeedRecord, proposal: Proposal, limits: Limits, approved: Collection[str]) -> Concern | None:
    """Neighbours that change places: the order turned over."""
    places = {record.entry_id: place for place, record in enumerate(proposal.members)}
    order = [places[entry_id] for entry_id in prior.members if entry_id in places]
    wrong = sum(above > below for above, below in pairwise(order))
    pairs = len(order) - 1
    if not wrong or wrong + 1 < limits.least_posts or not reaches(wrong, pairs, limits.turned_percent):
        return None
    former = set(prior.members)
    evidence = f"turned {digest(orjson.dumps([r.entry_id for r in proposal.members if r.entry_id in former]))}"
    if evidence in approved:
        return None
    percent = in_percent(wrong, pairs)
    return Concern(
        rule="turned",
        figure=percent,
        limit=limits.turned_percent,
        sentence=f"its order turns over ({percent} % of neighbours, and {limits.turned_percent} % is the limit)",
        evidence=(evidence,),
    )


def _shrunk(
    prior: FeedRecord, proposal: Proposal, limits: Limits, now: datetime, approved: Collection[str]
) -> Concern | None:
    """Fewer posts than before, whatever comes for those that left."""
    if not _same_spec(prior, proposal):
        return None
    lost = _lost(prior, proposal, now)
    left = set(prior.members) - {record.entry_id for record in proposal.members}
    allowed = left - {entry_id for entry_id in lost if f"vanished {entry_id}" not in approved}
    base = len(prior.members) - len(allowed)
    less = base - len(proposal.members)
    if less < limits.least_posts or not reaches(less, base, limits.shrunk_percent):
        return None
    return Concern(
        rule="shrunk",
        figure=in_percent(less, base),
        limit=limits.shrunk_percent,
        sentence=f"it shrinks from {base} to {len(proposal.members)} posts",
        evidence=tuple(f"vanished {entry_id}" for entry_id in lost),
    )


def _lost(prior: FeedRecord, proposal: Proposal, now: datetime) -> list[str]:
    """Ids that left and whose leaving nobody can have wanted."""
    shown = {record.entry_id for record in proposal.members}
    oldest = min((record.published for record in proposal.members if record.published), default=None)
    # A feed that all live posts leave, or that has no reason to be any more, is of the past.
    wanted = not proposal.members or not _same_spec(prior, proposal)
    lost = []
    for entry_id in prior.members:
        record = proposal.known.get(entry_id)
        if entry_id in shown or proposal.is_taken(entry_id, now):
            continue
        if record is not None and record.gone is None and record.state(now) is PostState.LIVE:
            pushed_out = oldest is not None and record.published is not None and record.published <= oldest
            if pushed_out or wanted:
                continue
        lost.append(entry_id)
    return lost


def _same_spec(prior: FeedRecord, proposal: Proposal) -> bool:
    return not prior.spec or prior.spec == proposal.spec
