"""When a post is shown, and until when, by the rules of a dialect: no date is invented."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, Self
from zoneinfo import ZoneInfo

from syndicator.errors import HistoryMissing, PostError
from syndicator.model import Lifetime, PostWarning, Site, SourceFile, Visibility
from syndicator.ports import Dialect
from syndicator.posts.dates import FromHistory, left_out
from syndicator.posts.epoch import from_epoch, unit_of
from syndicator.posts.fields import first, quoted, text, truth
from syndicator.posts.frontmatter import Matter
from syndicator.posts.rules import Rules
from syndicator.posts.visibility import UNDATED_PAGE
from syndicator.text import printable

_QUOTED_NO = re.compile(r"""^published[ \t]*+:[ \t]*+["']""", re.MULTILINE)
_NEVER = frozenset({"never", "none", "false", "no"})
_WRITE_A_DATE = 'write "date: YYYY-MM-DD HH:MM" into the front matter'
_BY_HISTORY = 'read it from its repository ([source] kind = "git" with depth = 0)'
#: What is known of a file by its path.
History = Callable[[str], Lifetime | None]


class TimeReading:
    """The work on one file, which was taken apart already (``split``), as far as it is about times."""

    shown: Visibility
    since: datetime | None

    def __init__(
        self,
        file: SourceFile,
        matter: Matter,
        dialect: Dialect,
        site: Site,
        rules: Rules,
        history: History = lambda _: None,
    ) -> None:
        self.file = file
        self.history = history
        self.path = PurePosixPath(file.path)
        self.dialect = dialect
        self.site = site
        self.zone = ZoneInfo(site.timezone)
        self.rules = rules
        self.matter = matter
        self.warnings = list(self.matter.warnings)
        self.data, remarks = dialect.complete(self.path, self.matter.data)
        self.fields = rules.fields.within(tuple(self.data))
        self.date = self.date_field()
        for key, reason in remarks:
            self.warn(key, reason)

    def warn(self, key: str, reason: str, remedy: str = "") -> None:
        line = self.matter.line_of(key) if key else None
        self.warnings.append(PostWarning(path=self.file.path, reason=printable(reason), line=line, remedy=remedy))

    def value(self, name: str) -> Any:
        """What stands in the first path of a field that is not empty."""
        return first(self.data, self.fields[name])[1]

    def find_time(self) -> Self:
        """Find out when the post is shown, if ever."""
        self.shown = self.visibility()
        self.since = self.published(self.shown)
        return self

    def visibility(self) -> Visibility:
        visibility, rule = self.dialect.visibility(self.path, self.data)
        if rule.startswith("published:") and _QUOTED_NO.search(self.matter.head):
            # frontmatter.md 20: to Jekyll a quoted "false" is text, and text is not false.
            self.warn("published", "published: the quoted no counts as no, the site may show the post all the same")
        if visibility is Visibility.PUBLIC and not self.date[0] and not self.dialect.file_name(self.path).date:
            if not self.dialect.undated_is_page:
                return visibility
            # At the root there are pages such as about.md, elsewhere it may be a mistake.
            if self.dialect.section(self.path):
                self.warn("", UNDATED_PAGE, 'write "date: YYYY-MM-DD" into the front matter if it is one')
            return Visibility.DRAFT
        return visibility

    def published(self, visibility: Visibility) -> datetime | None:
        """The front matter's date, else the file name's; None only for what is not public anyway.

        A date that is there and cannot be read may be an embargo, so what is public is refused for it: the file's name
        says when the post was begun.
        """
        key, value = self.date
        reason = ""
        if key:
            try:
                return self.instant(key, value)
            except ValueError as error:
                if isinstance(error, FromHistory) and visibility is Visibility.PUBLIC:
                    return self.from_history(error, key)
                reason = f"{key}: {printable(str(error))}"
        written = self.dialect.file_name(self.path).date
        if reason and visibility is Visibility.PUBLIC:
            raise PostError(
                self.file.path,
                reason,
                line=self.matter.line_of(key),
                remedy=_as_date(value) + (", or delete it: the file's name has a date" if written else ""),
            )
        try:
            found = self.dialect.instant(written, self.zone) if written else None
        except ValueError as error:
            found = None
            reason = reason or f"the file's name: {error}"
        if found is None and visibility is Visibility.PUBLIC:
            if self.dialect.created_is_date and not reason:
                return self.from_history(FromHistory("has no date", "created", exactly=False), key)
            raise PostError(
                self.file.path,
                f"has no date ({reason})" if reason else "has no date",
                remedy=_WRITE_A_DATE,
            )
        if key:
            used = "the date in the file's name is used" if found else "it is ignored"
            self.warn(key, f"{reason}, {used}", _as_date(value))
        return found

    def from_history(self, date: FromHistory, key: str) -> datetime:
        """The date that the history of the file has. Raises HistoryMissing when it does not say.

        What a generator would take from the file system is that of a checkout: no two have the same.
        """
        lifetime = self.history(self.file.path)
        found = None if lifetime is None else lifetime.moment(date.of)
        if found is None:
            reason, line = (f"{key}: {date}", self.matter.line_of(key)) if key else (str(date), None)
            if lifetime is None:
                raise PostError(self.file.path, reason, line=line, remedy=f"{_WRITE_A_DATE}, or {_BY_HISTORY}")
            reason = f"{reason} ({lifetime.unknown})"
            raise HistoryMissing(self.file.path, reason, line=line, remedy=lifetime.remedy)
        if not date.exactly:
            which = "its first commit" if date.of == "created" else "the last commit that changed it"
            asked = f"{key}: {quoted(self.date[1])}" if key else "has no date"
            self.warn(key, f"{asked}: the date is that of {which}, as a checkout has other times")
        return found

    def date_field(self) -> tuple[str, Any]:
        for key in self.fields["published"] if self.rules.fields.says("published") else self.dialect.date_fields:
            found, value = first(self.data, (key,))
            # "published: yes" is no date, but a decision.
            if found and not (key == "published" and truth(value) is not None):
                return key, value
        return "", None

    def optional_date(self, name: str) -> datetime | None:
        key, value = first(self.data, self.fields[name])
        if not key or text(value).lower() in _NEVER:
            return None
        try:
            return self.instant(key, value)
        except ValueError as error:
            self.warn(key, f"{key}: {printable(str(error))}, it is ignored", _as_date(value))
            return None

    def instant(self, key: str, value: object) -> datetime:
        try:
            found = self.dialect.instant(value, self.zone)
        except ValueError:
            if (counted := from_epoch(value, self.rules.epoch)) is None:
                raise
            return counted
        if left_out(value, self.zone, found):
            reason = f"{key}: {quoted(value)} does not exist in {self.zone.key}, where clocks skipped it"
            self.warn(key, f"{reason}; it is read as {found:%H:%M} UTC")
        return found


def _as_date(value: object) -> str:
    """What to do about a date that cannot be read."""
    unit = unit_of(value)
    return 'write "YYYY-MM-DD HH:MM"' + (f', or set [source] epoch = "{unit}"' if unit else "")
