"""Every rule that a profile can have: what its value is, what may become of what breaks it, and what it is for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from syndicator.model import Deed


class Takes(StrEnum):
    """What the value of a rule looks like, as it follows "expected" in a message."""

    COUNT = "a whole number of at least 1"
    RATIO = "a number above 0"
    DURATION = 'a duration such as "12h" or "365d"'
    SWITCH = "true or false"
    NAMES = 'a list of names such as ["en"]'
    CHOICE = "one of a few words"


@dataclass(frozen=True, slots=True)
class RuleKind:
    """``does`` are the deeds that make sense, the usual one first; ``choices`` are the words of a choice or a list."""

    takes: Takes
    does: tuple[Deed, ...]
    about: str
    choices: tuple[str, ...] = ()


_D, _F, _W = Deed.DROP, Deed.FIX, Deed.WARN

#: In the order in which they are applied, as far as they are about entries.
RULES = MappingProxyType(
    {
        # the feed as a whole
        "content": RuleKind(Takes.CHOICE, (_F,), "whole posts or summaries", ("full", "summary")),
        "max_items": RuleKind(Takes.COUNT, (_D,), "most posts in a feed; the oldest go"),
        "min_items": RuleKind(Takes.COUNT, (_W,), "fewest posts in a feed"),
        "max_age": RuleKind(Takes.DURATION, (_D,), "age at which a post leaves"),
        "max_bytes": RuleKind(Takes.COUNT, (_D,), "most bytes of a document; the oldest posts go"),
        "feed_description_max": RuleKind(Takes.COUNT, (_F, _W), "most characters of the feed's own description"),
        "deletion": RuleKind(
            Takes.CHOICE, (_F,), "how a post is taken back", ("drop", "tombstone", "media-status", "expiry")
        ),
        "elements": RuleKind(Takes.NAMES, (_F,), "partners whose own elements are written", ("msn", "smartnews")),
        "hero": RuleKind(Takes.CHOICE, (_F,), "the featured image in the text", ("never", "always", "absent")),
        "plain_summary": RuleKind(Takes.SWITCH, (_F,), "summaries as text where RSS has HTML"),
        "dates_utc": RuleKind(Takes.SWITCH, (_F,), "dates in UTC"),
        # posts
        "languages": RuleKind(Takes.NAMES, (_D, _W), "languages that are taken"),
        "title_min": RuleKind(Takes.COUNT, (_D, _W), "fewest characters of a title, unless there is a short one"),
        "title_max": RuleKind(Takes.COUNT, (_F, _D, _W), "most characters of a title"),
        "short_title_max": RuleKind(Takes.COUNT, (_F, _W), "most characters of a short title"),
        "author_required": RuleKind(Takes.SWITCH, (_F, _D, _W), "somebody who wrote it"),
        "https_only": RuleKind(Takes.SWITCH, (_F, _D, _W), "pictures and files over https alone"),
        "image_rights": RuleKind(Takes.NAMES, (_F, _D, _W), "whose pictures may go along"),
        "image_credit": RuleKind(Takes.SWITCH, (_F, _D, _W), "no picture without a credit"),
        "image_types": RuleKind(Takes.NAMES, (_F, _D, _W), "media types of pictures"),
        "image_max_bytes": RuleKind(Takes.COUNT, (_F, _D, _W), "most bytes of a picture"),
        "image_min_side": RuleKind(Takes.COUNT, (_F, _D, _W), "fewest pixels of a picture's shorter side"),
        "image_min_longer_side": RuleKind(Takes.COUNT, (_F, _D, _W), "fewest pixels of its longer side"),
        "image_min_width": RuleKind(Takes.COUNT, (_F, _D, _W), "fewest pixels of its width"),
        "image_ratio_min": RuleKind(Takes.RATIO, (_W, _F, _D), "least width to a height of 1"),
        "image_ratio_max": RuleKind(Takes.RATIO, (_W, _F, _D), "greatest width to a height of 1"),
        "image_required": RuleKind(Takes.SWITCH, (_D, _W), "a featured image"),
        "html_elements": RuleKind(Takes.NAMES, (_F, _W), "elements of HTML that the text may have"),
        "html_depth": RuleKind(Takes.COUNT, (_F, _W), "most elements in each other"),
        "html_breaks": RuleKind(Takes.COUNT, (_F, _W), "most line breaks in a row"),
        "body_max": RuleKind(Takes.COUNT, (_F, _D, _W), "most characters of the text"),
        "body_required": RuleKind(Takes.SWITCH, (_D, _W), "a text, not only a summary"),
        "max_item_bytes": RuleKind(Takes.COUNT, (_D, _W), "most bytes of a post"),
        "description_min": RuleKind(Takes.COUNT, (_F, _D, _W), "fewest characters of a summary"),
        "description_max": RuleKind(Takes.COUNT, (_F, _D, _W), "most characters of a summary"),
    }
)
