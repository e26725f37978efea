"""What a kind of reader demands of a feed: rules as data, and what was decided by them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Deed(StrEnum):
    """What becomes of what breaks a rule: the post leaves the feed, it is mended, or only a word is said."""

    DROP = "drop"
    FIX = "fix"
    WARN = "warn"


class Mark(StrEnum):
    """How sure a rule is: read on the reader's own page, seen at others, from memory, or a decision of ours."""

    READ = "read"
    SEEN = "seen"
    MEMORY = "memory"
    OURS = "ours"


RuleValue = bool | int | float | str | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRule:
    """One demand. ``value`` is of the kind that its name has (durations in seconds)."""

    name: str
    value: RuleValue
    does: Deed
    mark: Mark = Mark.OURS
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The demands of one kind of reader, by which name ``title`` messages call it.

    ``partner`` says that somebody else publishes what the feed holds, so that the rights of posts and pictures count;
    ``reviewed`` is the date on which the rules were last held against the ``sources``.
    """

    name: str
    title: str
    partner: bool = False
    reviewed: str = ""
    sources: tuple[str, ...] = ()
    rules: tuple[ProfileRule, ...] = ()

    def rule(self, name: str) -> ProfileRule | None:
        """The rule of that name, None where there is no such demand."""
        return next((rule for rule in self.rules if rule.name == name), None)

    def number(self, name: str) -> float | None:
        """The value of a rule that is a number."""
        rule = self.rule(name)
        return rule.value if rule and isinstance(rule.value, int | float) else None

    def text(self, name: str) -> str:
        """The value of a rule that is a word, "" where there is no such rule."""
        rule = self.rule(name)
        return rule.value if rule and isinstance(rule.value, str) else ""

    def words(self, name: str) -> tuple[str, ...]:
        """The value of a rule that is a list, () where there is no such rule."""
        rule = self.rule(name)
        return rule.value if rule and isinstance(rule.value, tuple) else ()

    def wants(self, name: str) -> bool:
        """Whether a rule that is a switch is on."""
        rule = self.rule(name)
        return rule is not None and rule.value is True


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a rule decided about an entry (by its id, "" for the feed as a whole), with a sentence for people."""

    feed: str
    entry: str
    rule: str
    action: Deed
    message: str
