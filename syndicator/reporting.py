"""What a pass did, for the log and for those who ask how things are: each fact once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from syndicator.health import Health
from syndicator.looks import wrong_clock
from syndicator.model import DocumentRecord, Held
from syndicator.passes import Report
from syndicator.ports import BEING_WRITTEN

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Reporting:
    """Tells what was not told before."""

    health: Health
    _odd: frozenset[str] = frozenset()

    def tell(self, report: Report, is_young: Callable[[str], bool]) -> bool:
        """What is wrong with posts and feeds; whether something is kept back, as it may be right in a moment: a file
        that is being written, or that ``is_young`` and perhaps only half there.
        """
        before = self.health.problems
        told = [
            one
            for one in report.refused
            if one.reason != BEING_WRITTEN and (before.get(f"post {one.path}") == one.reason or not is_young(one.path))
        ]
        for refusal in told:
            if before.get(f"post {refusal.path}") != refusal.reason:
                log.warning(
                    "post refused", extra={"post": refusal.place, "reason": refusal.reason, "remedy": refusal.remedy}
                )
        for held in report.held:
            if before.get(f"feed {held.feed}") != _told(held):
                log.warning("feed held", extra={"feed": held.feed, "reason": held.reason, "remedy": held.remedy})
        odd = frozenset(map(str, report.warnings))
        for warning in sorted(odd - self._odd):
            log.info("post has an oddity", extra={"post": warning})
        self._odd = odd
        posts = {f"post {refusal.path}": refusal.reason for refusal in told}
        feeds = {f"feed {held.feed}": _told(held) for held in report.held}
        kept = {part: problem for part, problem in before.items() if not part.startswith(("post ", "feed "))}
        self.health.problems = kept | posts | feeds
        return any(one.reason != BEING_WRITTEN for one in report.refused if one not in told)

    def tell_clock(self, now: datetime, last_pass: datetime | None, newest: DocumentRecord | None) -> None:
        """That the clock is behind what was done by it before."""
        problem = wrong_clock(now, last_pass, [newest] if newest else ())
        if problem and "clock" not in self.health.problems:
            log.error("the clock is wrong", extra={"reason": problem})
        kept = {part: reason for part, reason in self.health.problems.items() if part != "clock"}
        self.health.problems = kept | ({"clock": problem} if problem else {})

    def tell_published(self, report: Report) -> None:
        """That feeds changed, if any did."""
        if report.written or report.deleted:
            log.info(
                "feeds published",
                extra={
                    "written": len(report.written),
                    "deleted": len(report.deleted),
                    "live": report.live,
                    "announcements": report.announced,
                    "seconds": round(report.seconds, 3),
                },
            )


def _told(held: Held) -> str:
    """That a feed is held, without its name."""
    return f"{held.reason}; it stays as it was; {held.remedy}"
