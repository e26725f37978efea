"""From a source file to what choosing its post needs, by the rules of a dialect: nothing is invented."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, Self
from zoneinfo import ZoneInfo

from syndicator.dialects.permalinks import without_html
from syndicator.errors import HistoryMissing, PostError
from syndicator.model import Lifetime, PostWarning, Site, Skim, SourceFile, Visibility, digest
from syndicator.ports import Dialect, PostFacts
from syndicator.posts.corrections import marks
from syndicator.posts.dates import FromHistory, left_out
from syndicator.posts.epoch import from_epoch, unit_of
from syndicator.posts.featured import MAX_ADDRESS
from syndicator.posts.fields import first, quoted, reach, text, texts, truth, unmarked, warn_nested
from syndicator.posts.frontmatter import Matter, split
from syndicator.posts.people import names
from syndicator.posts.references import BESIDE, DATA, FORMER, PAGE, REFERENCES, data_names, former, references
from syndicator.posts.rules import Rules
from syndicator.rights import rights_terms
from syndicator.text import legal, printable

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_NUMBER = re.compile(r"[+-]?[0-9][0-9_]*(?:\.[0-9]*)?")
_QUOTED_NO = re.compile(r"""^published[ \t]*+:[ \t]*+["']""", re.MULTILINE)
_NEVER = frozenset({"never", "none", "false", "no"})
_MAX_ID = 1_000
#: What a reader sees of a post beside its terms and its body, as the author wrote it.
_SEEN = (
    "title", "summary", "author", "author_title", "image", "image_caption", "image_credit", "image_alt", "language",
    "link", "audio", "video", "attachment",
)  # fmt: skip
#: The term that says the language of a post, of each post.
LANGUAGE = "language"
_WRITE_A_DATE = 'write "date: YYYY-MM-DD HH:MM" into the front matter'
_BY_HISTORY = 'read it from its repository ([source] kind = "git" with depth = 0)'
#: What is known of a file by its path.
History = Callable[[str], Lifetime | None]


def skim_post(file: SourceFile, dialect: Dialect, site: Site, rules: Rules) -> Skim:
    """Read of a post only what choosing it needs: a third of the work. Raises PostError as ``parse_post`` does, but for
    what only rendering would find.
    """
    reading = SkimReading(file, split(file.path, file.data, limit=rules.limit), dialect, site, rules)
    return reading.find_time().find_terms().find_names().skim()


class SkimReading:
    """The work on one file, which was taken apart already (``split``): as much of it as choosing needs."""

    shown: Visibility
    since: datetime | None
    found: list[tuple[str, tuple[str, ...]]]
    digests: tuple[str, str, str]

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

    # A skim has three steps, each of which is done for many posts before the next.

    def find_time(self) -> Self:
        """Find out when the post is shown, if ever."""
        self.shown = self.visibility()
        self.since = self.published(self.shown)
        return self

    def find_terms(self) -> Self:
        """Find out in which feeds it may be."""
        categories, tags = map(unmarked, self.terms())
        authors = names(self.data, self.fields, self.site.url, self.warn, self.rules.people)
        self.found = [("author", authors), ("category", categories), ("tag", tags), *self.further()]
        return self

    def find_names(self) -> Self:
        """Name the file, what readers see of it, and its title with its date."""
        title = self.value("title")
        seen = [self.data[key] for key in self.fields.keys(_SEEN)]
        body = self.matter.body_bytes(self.file.data)
        self.digests = (
            digest(self.file.data),
            digest(f"{seen!r}{self.found!r}".encode() + body.strip()),
            digest(f"{title}\0{self.since}".encode("utf-8", "surrogatepass")) if title else "",
        )
        # Not part of what readers see of it, so that a ledger from before knows the post for the same.
        language = (self.language() or self.site.language,)
        self.found += (
            (LANGUAGE, language),
            (REFERENCES, references(body)),
            (DATA, data_names(body)),
            (FORMER, former(self.data)),
            *marks(self.data, self.fields),
        )
        if self.file.beside:
            self.found.append((BESIDE, (digest("\0".join(self.file.beside).encode("utf-8", "surrogateescape")),)))
        if self.rules.paged:
            self.found.append((PAGE, self.page()))
        # Who may have a post is nothing that readers see of it.
        if self.fields["syndicate"] or self.fields["syndicate_except"]:
            self.found += rights_terms(self.data, self.fields, self.warn)
        return self

    def skim(self) -> Skim:
        """All of that together, after the three steps."""
        file_name, content, match = self.digests
        return Skim(
            path=self.file.path,
            digest=file_name,
            content=content,
            match=match,
            visibility=self.shown,
            published=self.since,
            modified=self.optional_date("modified"),
            expires=self.optional_date("expires"),
            given_id=self.given_id(),
            early=self.rules.future,
            terms=tuple(sorted([term for term in self.found if term[1]])),
            warnings=tuple(self.warnings),
        )

    # --- dates ----------------------------------------------------------------------------------------------------

    def visibility(self) -> Visibility:
        visibility, rule = self.dialect.visibility(self.path, self.data)
        if rule.startswith("published:") and _QUOTED_NO.search(self.matter.head):
            # frontmatter.md 20: to Jekyll a quoted "false" is text, and text is not false.
            self.warn("published", "published: the quoted no counts as no, the site may show the post all the same")
        if visibility is Visibility.PUBLIC and not self.date[0] and not self.dialect.file_name(self.path).date:
            rule, warning = self.dialect.undated(self.path)
            if warning:
                self.warn("", warning, 'write "date: YYYY-MM-DD" into the front matter if it is one')
            return Visibility.DRAFT if rule else visibility
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

    # --- terms and names ------------------------------------------------------------------------------------------

    def terms(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Categories and tags: where the operator says they are, else as the dialect splits them."""
        categories, tags = self.dialect.terms(self.path, self.data)
        for name in ("categories", "category", "tags", "tag"):
            if name in self.data:
                warn_nested(name, self.data[name], self.warn)
        if self.rules.fields.says("category"):
            categories = texts(self.value("category"))
        if self.rules.fields.says("tag"):
            tags = texts(self.value("tag"))
        return categories, tags

    def further(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        values = ((name, texts(self.value(name))) for name in self.rules.fields.further)
        return tuple((name, found) for name, found in values if found)

    def language(self) -> str:
        key, value = first(self.data, self.fields["language"])
        tag = text(value).replace("_", "-")
        if tag and not _LANGUAGE.fullmatch(tag):
            self.warn(
                key, f"{key}: {quoted(value)} is not a language tag, it is ignored", 'write one such as "en" or "pt-BR"'
            )
            return ""
        return tag

    def slug(self) -> str:
        return text(self.data.get("slug")) or legal(self.dialect.file_name(self.path).slug)

    def permalink(self, categories: tuple[str, ...], published: datetime) -> str:
        try:
            below = self.dialect.permalink(
                self.rules.permalink,
                PostFacts(
                    path=self.path if self.file.path.isprintable() else PurePosixPath(legal(self.file.path)),
                    data=self.data,
                    slug=self.slug(),
                    categories=categories,
                    published=published,
                    zone=self.zone,
                ),
            )
        except ValueError as error:
            raise PostError(
                self.file.path,
                f"permalink: {printable(str(error))[:200]}",
                line=self.matter.line_of("permalink"),
                remedy="correct the pattern of the post or of the configuration",
            ) from error
        if self.rules.html_suffix == "drop":
            below = without_html(below)
        if len(below) > MAX_ADDRESS:
            raise PostError(
                self.file.path,
                f"permalink: the address would have more than {MAX_ADDRESS:,} characters",
                line=self.matter.line_of("permalink") or self.matter.line_of("slug"),
                remedy="shorten slug, permalink or categories",
            )
        return self.site.url + below

    def page(self) -> tuple[str, ...]:
        """The address of what readers may see; none where it is wrong, which whoever renders the post finds out."""
        if self.shown is not Visibility.PUBLIC or self.since is None:
            return ()
        try:
            return (self.permalink(self.terms()[0], self.since),)
        except PostError:
            return ()

    def given_id(self) -> str:
        """The front matter's own id, when it is text: numbers are not unique in the world. frontmatter.md 75."""
        for key in self.fields["id"]:
            value = reach(self.data, key)
            given = text(value) if isinstance(value, str) else ""
            if given and len(given) <= _MAX_ID and not _NUMBER.fullmatch(given) and truth(given) is None:
                return given
        return ""


def _as_date(value: object) -> str:
    """What to do about a date that cannot be read."""
    unit = unit_of(value)
    return 'write "YYYY-MM-DD HH:MM"' + (f', or set [source] epoch = "{unit}"' if unit else "")
