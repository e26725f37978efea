"""Which feeds keep what they show, and what they are published with meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from syndicator.binding import bound, stirs
from syndicator.concerns import moment, redated, seconds, suspects
from syndicator.guard import OF_MEMBERS, Proposal, along, compare, leaving, taken_down
from syndicator.history import kept_pages
from syndicator.model import Concern, FeedRecord, FeedSpec, Held, Limits, PageRecord, PostRecord
from syndicator.selections import Selection, nameless
from syndicator.traces import Stamps, dated, dates_of, name_of, past_of, stamps_of

#: Rules for a feed with all its archive, where posts only have to stay, as they are.
_STAYING = ("vanished", "shrunk", "redated")
#: What makes feeds of posts, as the configuration asks for them.
Choose = Callable[[Sequence[PostRecord]], Sequence[Selection]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The feeds as they are to be published: ``held`` ones with what they showed, less what was taken down.

    ``stamps`` are the dates of all that is shown, by id. ``untouched`` are the held feeds whose documents stay to the
    byte, ``frozen`` the paths of posts that are shown by their last entry whatever was made of their files.
    """

    selections: tuple[Selection, ...]
    stamps: Mapping[str, Stamps]
    held: Mapping[str, Held] = field(default_factory=dict)
    untouched: frozenset[str] = frozenset()
    frozen: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What there is to judge: the feeds that are ``proposed``, those that were published, and what is held already.
    ``records`` are the posts that these speak of, ``pages`` the archives by feed as they were.
    """

    proposed: Sequence[Selection]
    prior: Mapping[str, FeedRecord]
    waiting: Mapping[str, Held]
    records: Iterable[PostRecord]
    specs: Sequence[FeedSpec]
    pages: Mapping[str, Sequence[PageRecord]] = field(default_factory=dict)


def hold(case: Case, limits: Limits | None, choose: Choose, now: datetime) -> Judged:
    """Judge all feeds. Those that change too much at once keep what they show; no other feed has to wait for them.

    Without ``limits`` anything goes.
    """
    stamps = stamps_of(case.proposed)
    if limits is None:
        return Judged(selections=tuple(case.proposed), stamps=stamps)
    judge = _Judge(case, limits, stamps, now)
    judge.look()
    if not judge.concerns and not any(_is_swollen(held) for held in case.waiting.values()):
        return Judged(selections=tuple(case.proposed), stamps=stamps)
    judge.look_again()
    return judge.settle(choose)


class _Judge:
    def __init__(self, case: Case, limits: Limits, stamps: Mapping[str, Stamps], now: datetime) -> None:
        self._case, self._limits, self._stamps, self._now = case, limits, stamps, now
        self._specs = {spec.name: spec for spec in case.specs}
        self._approved = frozenset(name for held in case.waiting.values() for name in held.approved)
        self._by_id: dict[str, PostRecord] = {}
        proposed = {selection.name for selection in case.proposed}
        self._ended = [name for name in case.prior if name not in proposed and self._spec(name) is not None]
        self.concerns: dict[str, tuple[Concern, ...]] = {}

    def look(self) -> None:
        """Judge each feed by itself."""
        for selection in self._case.proposed:
            prior = self._before(selection.name)
            if prior is not None and selection.is_feed and self._stirs(prior, selection.members):
                self._note(prior, self._proposal(selection.name, selection))
            records = self._case.pages.get(selection.name, ())
            if (
                prior is not None
                and selection.name not in self.concerns
                and stirs(prior, selection.members, records, selection.pages, self._limits.least_posts)
            ):
                before, proposal = self._bound(prior, self._proposal(selection.name, selection), selection)
                self._note(before, proposal, _STAYING)
        for name in self._ended:
            prior = self._before(name)
            if prior is not None and len(prior.members) >= self._limits.least_posts:
                self._note(prior, self._proposal(name, None))

    def look_again(self) -> None:
        """Hold the feeds too that are hit by the same accident, however small they are."""
        suspected = suspects(concern for concerns in self.concerns.values() for concern in concerns)
        if not suspected:
            return
        proposals: dict[str, Selection | None] = {s.name: s for s in self._case.proposed if s.is_feed}
        for name in (*proposals, *self._ended):
            prior = self._case.prior.get(name)
            if prior is None or name in self.concerns:
                continue
            proposed = proposals.get(name)
            before, proposal = self._bound(prior, self._proposal(name, proposed), proposed)
            concern = along(before, proposal, suspected, self._now)
            if concern is not None and not self._approved.issuperset(concern.evidence):
                self.concerns[name] = (concern,)

    def settle(self, choose: Choose) -> Judged:
        """The feeds as they are to be published."""
        proposals = {selection.name: selection for selection in self._case.proposed}
        paths = {path for selection in self._case.proposed for _, path in selection.outputs}
        shown: list[Selection] = []
        held: dict[str, Held] = {}
        untouched: set[str] = set()
        for name in (*proposals, *self._ended):
            selection, prior = proposals.get(name), self._case.prior.get(name)
            concerns = self.concerns.get(name) or self._too_large_to_let_go(name)
            if prior is None or not concerns:
                if selection is not None:
                    shown.append(selection)
                continue
            # Whoever was only pushed out into a page has not left.
            leave = leaving(
                prior, self._bound(prior, self._proposal(name, selection), selection)[1], concerns, self._now
            )
            kept = [self._known[i] for i in prior.members if i not in leave and i in self._known]
            former = self._former(name, selection, kept, choose)
            if selection is None and any(path in paths for _, path in former.outputs):
                continue  # another feed is at its place by now
            shown.append(former)
            held[name] = self._held(name, concerns)
            if not leave & set(prior.members):
                untouched.add(name)
        dates = self._frozen()
        selections = tuple(_as_shown(selection, dates) for selection in shown)
        members = {r.entry_id: r.path for selection in selections for r in selection.members}
        frozen = {members[entry_id] for entry_id in dates if entry_id in members}
        # Who is not proposed any more may have no file, or may not be seen: no entry is made of that.
        proposed = {record.path for selection in self._case.proposed for record in selection.members}
        frozen |= {path for path in members.values() if path not in proposed}
        stamps = stamps_of(selections)
        return Judged(
            selections=selections, stamps=stamps, held=held, untouched=frozenset(untouched), frozen=frozenset(frozen)
        )

    @property
    def _known(self) -> dict[str, PostRecord]:
        # Made when first wanted: most passes find nothing to judge.
        if not self._by_id:
            for record in self._case.records:
                there = self._by_id.get(record.entry_id)
                if record.entry_id and (there is None or there.gone is not None):
                    self._by_id[record.entry_id] = record
        return self._by_id

    def _before(self, name: str) -> FeedRecord | None:
        """What a proposal is compared with: what the feed showed before all changes that still count."""
        prior = self._case.prior.get(name)
        past = past_of(prior, self._limits, self._now) if prior is not None else None
        return replace(prior, members=past.members, dates=past.dates) if prior is not None and past else prior

    def _spec(self, name: str) -> FeedSpec | None:
        """What asks for a feed, None when nothing does any more, or it is no feed (its name has a colon)."""
        first, mark, _ = name.partition("/")
        spec = self._specs.get(first)
        return spec if spec is not None and bool(spec.each) == bool(mark) and ":" not in name else None

    def _stirs(self, prior: FeedRecord, members: Sequence[PostRecord]) -> bool:
        """Whether enough is other than before for any rule to count; what costs more comes after."""
        ids = tuple([record.entry_id for record in members])
        dates = dates_of(ids, self._stamps)
        if ids == prior.members and dates == prior.dates:
            return False
        former = set(prior.members)
        least = self._limits.least_posts
        if len(former) < least:
            return False
        if len(former.difference(ids)) >= least or sum(i not in former for i in ids) >= least:
            return True
        places = {entry_id: place for place, entry_id in enumerate(ids)}
        order = [places[i] for i in prior.members if i in places]
        if order != sorted(order):
            return True
        if not prior.dates:
            return False
        before = dict(zip(prior.members, zip(prior.dates[::2], prior.dates[1::2], strict=True), strict=False))
        now = zip(ids, zip(dates[::2], dates[1::2], strict=True), strict=True)
        return sum(before.get(entry_id, pair) != pair for entry_id, pair in now) >= least

    def _proposal(self, name: str, selection: Selection | None) -> Proposal:
        if selection is None:
            return Proposal(members=(), spec="", known=self._known, asked=self._spec(name))
        spec = selection.spec
        return Proposal(members=selection.members, spec=name_of(spec), known=self._known, asked=spec)

    def _bound(self, prior: FeedRecord, proposal: Proposal, selection: Selection | None) -> tuple[FeedRecord, Proposal]:
        """The same with all that the pages of the feed's archive showed and would show."""
        pages = selection.pages if selection else ()
        return bound(prior, proposal, self._case.pages.get(prior.name, ()), pages)

    def _note(self, prior: FeedRecord, proposal: Proposal, rules: Collection[str] = ()) -> None:
        found = compare(prior, proposal, self._limits, self._now, self._approved)
        if concerns := tuple(concern for concern in found if not rules or concern.rule in rules):
            self.concerns[prior.name] = concerns

    def _too_large_to_let_go(self, name: str) -> tuple[Concern, ...]:
        """The concerns of a feed that waits for its size alone, when something it shows is taken down meanwhile."""
        held, prior = self._case.waiting.get(name), self._case.prior.get(name)
        if held is None or prior is None or not _is_swollen(held) or self._approved.issuperset(held.evidence):
            return ()
        spec = self._spec(name)
        return held.concerns if any(taken_down(self._known.get(i), self._now, spec) for i in prior.members) else ()

    def _former(self, name: str, selection: Selection | None, kept: Sequence[PostRecord], choose: Choose) -> Selection:
        """A feed with what it showed. One that has no reason to be any more is made once more by its former posts."""
        if selection is None:
            selection = next((made for made in choose(kept) if made.name == name), None)
        if selection is None:
            selection = nameless(name, self._specs[name.partition("/")[0]])
        spec, records = selection.spec, self._case.pages.get(name, ())
        stays = any(concern.rule in OF_MEMBERS for concern in self.concerns.get(name, ()))
        pages = kept_pages(
            records,
            self._known,
            lambda post: taken_down(post, self._now, spec) or (post.gone is not None and not stays),
            self._now,
        )
        return replace(selection, members=tuple(kept), pages=pages)

    def _held(self, name: str, concerns: tuple[Concern, ...]) -> Held:
        before = self._case.waiting.get(name)
        if before is None:
            return Held(feed=name, concerns=concerns, since=self._now)
        return replace(before, concerns=concerns)

    def _frozen(self) -> dict[str, Stamps]:
        """Ids whose new dates wait for a word, with the old ones; not those that some feed shows with the new."""
        found: dict[str, Stamps] = {}
        for name, concerns in self.concerns.items():
            moved = redated(concerns)
            found |= {entry_id: dates for entry_id, dates in dated(self._case.prior[name]) if entry_id in moved}
        if found:
            current = {i: (seconds(self._known[i].published), seconds(self._known[i].updated)) for i in found}
            for prior in self._case.prior.values():
                for entry_id, dates in dated(prior):
                    if current.get(entry_id) == dates:
                        found.pop(entry_id, None)
        return found


def _as_shown(selection: Selection, dates: Mapping[str, Stamps]) -> Selection:
    """The feed with the former dates of posts whose new ones wait for a word."""
    if not any(record.entry_id in dates for record in selection.members):
        return selection
    members = (
        record._replace(published=moment(dates[record.entry_id][0]), updated=moment(dates[record.entry_id][1]))
        if record.entry_id in dates
        else record
        for record in selection.members
    )
    return replace(selection, members=tuple(members))


def _is_swollen(held: Held) -> bool:
    return any(concern.rule == "swollen" for concern in held.concerns)


def changes(held: Mapping[str, Held], waiting: Mapping[str, Held]) -> tuple[Held, ...]:
    """What is held now, or for other reasons than before."""
    return tuple(row for name, row in held.items() if waiting.get(name) != row)
