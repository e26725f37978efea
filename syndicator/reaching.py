"""From when on a post that readers know is to be shown, by dates that are changed and clocks that are set back."""

from __future__ import annotations

from datetime import datetime

from syndicator.model import PostRecord
from syndicator.moments import EPOCH, MICROSECOND

#: When a post is due that is shown before its date.
ALWAYS = EPOCH
#: The same of one whose date was changed since it was first shown, and has come.
REACHED = EPOCH + MICROSECOND


def reached_date(fresh: PostRecord, prior: PostRecord, now: datetime) -> datetime | None:
    """When it is to be shown. A date that was changed and has come stays so for the same bytes, whatever the clock says
    then; of the first date that is known without. The same bytes have another date where their file's name holds it,
    or their folder's data: title and date together tell, and the path where there is no title.
    """
    due, first = fresh.due, prior.published
    if due is None or first is None or due in (first, ALWAYS):
        return due
    is_same = prior.digest == fresh.digest and (prior.match or prior.path) == (fresh.match or fresh.path)
    had_come = is_same and prior.due == REACHED
    return REACHED if had_come or max(due, first) <= now else due


def first_seen(fresh: PostRecord, prior: PostRecord, now: datetime) -> datetime | None:
    """When readers first saw it. Who was shown before his date by a setting that is taken back has to wait for it, as
    the site shows him no more: that he is no post of a clock which was set back since is told by a microsecond.
    """
    due = fresh.due
    if due is None or due <= now or prior.due != ALWAYS or due != prior.published:
        return prior.published
    return due + MICROSECOND
