"""What keeps a post out of all feeds, or a live one out of a feed, in the words of the rule that decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from syndicator.filters import TOO_OLD, Catalogue, fold
from syndicator.model import PostRecord, PostState
from syndicator.ports import Refusal
from syndicator.selections import Selection

#: Which setting a post is held off by.
SETTLE = " ([publish] settle)"


def hindrance(
    record: PostRecord | None, refusal: Refusal | None, rendered: bool, now: datetime, rule: str
) -> tuple[str, str] | None:
    """Why no feed shows the post: the verdict and its reason. None when nothing stands in the way."""
    if record is None:
        return "out", refused(refusal) if refusal else "it is not known"
    if record.gone is not None:
        return "out", f"its file is gone since {spoken_at(record.gone)}"
    state = record.state(now)
    until = f"until {spoken_at(record.settles)}{SETTLE}" if record.settles else ""
    if state is PostState.EMBARGOED and record.due is not None:
        longer = f", and it waits {until}" if record.settles and record.settles > record.due else ""
        return "waiting", f"its date is {spoken_at(record.due)}{longer}"
    if state is PostState.SETTLING:
        return "waiting", until
    if state is PostState.EXPIRED and record.expires is not None:
        return "out", f"it expired at {spoken_at(record.expires)}"
    if state is not PostState.LIVE:
        return "out", f"it is hidden ({rule})" if rule else "it is hidden"
    if refusal is not None and not rendered:
        return "out", refused(refusal)
    return None


def refused(refusal: Refusal) -> str:
    """What is wrong with a post, and since when it is in quarantine."""
    return f"{refusal} (in quarantine since {spoken_at(refusal.since)})"


def spoken_at(instant: datetime) -> str:
    """An instant in a reason."""
    return instant.isoformat(sep=" ", timespec="seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNot:
    """What keeps a live post out of a feed."""

    selection: Selection
    catalogue: Catalogue
    now: datetime

    def left_out(self, record: PostRecord) -> str:
        """The rule in words."""
        spec, members = self.selection.spec, self.selection.members
        if filtered := self.catalogue.hindrance(record, spec, self.now):
            if filtered == TOO_OLD and record.published and spec.max_age:
                return f"{filtered}, since {spoken_at(record.published + spec.max_age)}"
            return filtered
        if other := self._other_value(record):
            return other
        oldest = members[: spec.limit][-1].published if members else None
        since = f", and the oldest of them is of {spoken_at(oldest)}" if oldest else ""
        place = self._place(record)
        by_date = f"; it is number {place[0]} of {place[1]} by date" if place else ""
        return f"the feed shows the newest {spec.limit}{since}{by_date}"

    def never(self, record: PostRecord) -> str:
        """What keeps a post that waits for its time out of the feed then too, "" for nothing."""
        spec = self.selection.spec
        if not self.catalogue.takes(record, spec):
            return self.catalogue.hindrance(record, spec, self.now)
        return self._other_value(record)

    def _other_value(self, record: PostRecord) -> str:
        """That the feed is made for another value than the post's."""
        spec = self.selection.spec
        values = self.catalogue.values(record, spec.each) if spec.each else ()
        if spec.each and self.selection.value not in map(fold, values):
            return f"its {spec.each} is {', '.join(values) or 'nothing'}"
        return ""

    def _place(self, record: PostRecord) -> tuple[int, int] | None:
        """Its place among all posts that the feed could show, and how many these are."""
        spec, value = self.selection.spec, self.selection.value
        posts = self.catalogue.chosen(spec, self.now)
        if spec.each:
            posts = [post for post in posts if value in map(fold, self.catalogue.values(post, spec.each))]
        paths = [post.path for post in posts]
        return (paths.index(record.path) + 1, len(paths)) if record.path in paths else None
