"""From a source file to a post, by the rules of a dialect: whatever is doubtful is said, nothing is invented."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any, Self
from zoneinfo import ZoneInfo

from syndicator.errors import PostError
from syndicator.markup.links import FETCHABLE, absolute
from syndicator.markup.templates import drop
from syndicator.model import (
    Markup,
    Post,
    PostWarning,
    Site,
    Skim,
    SourceFile,
    TemplateContext,
    Visibility,
    digest,
)
from syndicator.ports import Dialect
from syndicator.posts.dates import left_out
from syndicator.posts.featured import MAX_ADDRESS, image_ref
from syndicator.posts.fields import (
    first,
    quoted,
    reach,
    text,
    texts,
    truth,
    unmarked,
    warn_nested,
)
from syndicator.posts.frontmatter import Matter, split
from syndicator.posts.people import names, people
from syndicator.posts.plaintext import summary_text, title_text
from syndicator.posts.references import FORMER, REFERENCES, former, references
from syndicator.posts.rules import Rules
from syndicator.posts.templated import template_context
from syndicator.text import legal, printable

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_NUMBER = re.compile(r"[+-]?[0-9][0-9_]*(?:\.[0-9]*)?")
_QUOTED_NO = re.compile(r"""^published[ \t]*+:[ \t]*+["']""", re.MULTILINE)
_HTML = frozenset({".html", ".htm", ".njk", ".liquid"})
_NEVER = frozenset({"never", "none", "false", "no"})
_MAX_ID = 1_000
#: So many characters of an excerpt stand for a body that is kept back.
_MAX_EXCERPT = 1_200
#: What a reader sees of a post beside its terms and its body, as the author wrote it.
_SEEN = (
    "title", "summary", "author", "author_title", "image", "image_caption", "image_credit", "image_alt", "language",
    "link",
)  # fmt: skip
#: Where a permalink needs a date and a draft has none: its address is never shown.
_UNDATED = datetime(1970, 1, 1, tzinfo=UTC)


def parse_post(file: SourceFile, dialect: Dialect, site: Site, rules: Rules) -> Post:
    """Read a post. Raises PostError with line and remedy when it cannot be published as it is.

    What is odd but does not matter is in the post's warnings. Dates are never invented: front matter, else the
    file's name, else (for what is public) refusal.
    """
    return PostReading(file, split(file.path, file.data, limit=rules.limit), dialect, site, rules).post()


def skim_post(file: SourceFile, dialect: Dialect, site: Site, rules: Rules) -> Skim:
    """Read of a post only what choosing it needs: a third of the work. Raises PostError as ``parse_post`` does, but for
    what only rendering would find.
    """
    reading = PostReading(file, split(file.path, file.data, limit=rules.limit), dialect, site, rules)
    return reading.find_time().find_terms().find_names().skim()


class PostReading:
    """The work on one file, which was taken apart already (``split``)."""

    shown: Visibility
    since: datetime | None
    found: list[tuple[str, tuple[str, ...]]]
    digests: tuple[str, str, str]

    def __init__(self, file: SourceFile, matter: Matter, dialect: Dialect, site: Site, rules: Rules) -> None:
        self.file = file
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
        self.found += ((REFERENCES, references(body)), (FORMER, former(self.data)))
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

    def post(self) -> Post:
        visibility = self.visibility()
        published = self.published(visibility)
        categories, tags = self.terms()
        permalink = self.permalink(categories, published or _UNDATED)
        markup = Markup.HTML if self.path.suffix.lower() in _HTML else Markup.MARKDOWN
        body = legal(self.matter.body)
        title = self.title(body)
        templates = template_context(
            body,
            self.data,
            kind=self.dialect.templates,
            mode=self.rules.templates,
            path=self.file.path,
            line=self.matter.body_line,
            site=self.site,
            values=self.rules.site_values,
            permalink=permalink,
            published=published,
            title=title,
            slug=self.slug(),
            categories=unmarked(categories),
            tags=unmarked(tags),
        )
        summary = self.summary(body, markup, permalink, templates)
        if truth(reach(self.data, "feed.excerpt_only")):
            # frontmatter.md 23: the author keeps the rest for the site, so that nothing of it may get any further.
            body, summary = "", summary or self.excerpt_text(self.part(body), markup, permalink, templates)
        excerpt = "" if summary else self.part(body)
        return Post(
            path=self.file.path,
            digest=digest(self.file.data),
            title=title,
            summary=summary,
            people=people(self.data, self.fields, self.site.url, self.warn, self.rules.people),
            categories=unmarked(categories),
            tags=unmarked(tags),
            fields=self.further(),
            image=image_ref(
                self.data,
                self.fields,
                base=self.site.url,
                beside=self.dialect.image_base(self.path, permalink),
                path=self.file.path,
                warn=self.warn,
            ),
            permalink=permalink,
            link=self.link(permalink),
            published=published,
            modified=self.optional_date("modified"),
            expires=self.optional_date("expires"),
            visibility=visibility,
            given_id=self.given_id(),
            language=self.language(),
            body=body,
            excerpt=excerpt if len(excerpt) < len(body) else "",
            markup=markup,
            templates=templates,
            warnings=tuple(self.warnings),
        )

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

    # --- dates ----------------------------------------------------------------------------------------------------

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
                reason = f"{key}: {printable(str(error))}"
        written = self.dialect.file_name(self.path).date
        if reason and visibility is Visibility.PUBLIC:
            raise PostError(
                self.file.path,
                reason,
                line=self.matter.line_of(key),
                remedy='write "YYYY-MM-DD HH:MM"' + (", or delete it: the file's name has a date" if written else ""),
            )
        try:
            found = self.dialect.instant(written, self.zone) if written else None
        except ValueError as error:
            found = None
            reason = reason or f"the file's name: {error}"
        if found is None and visibility is Visibility.PUBLIC:
            raise PostError(
                self.file.path,
                f"has no date ({reason})" if reason else "has no date",
                remedy='write "date: YYYY-MM-DD HH:MM" into the front matter',
            )
        if key:
            used = "the date in the file's name is used" if found else "it is ignored"
            self.warn(key, f"{reason}, {used}", 'write "YYYY-MM-DD HH:MM"')
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
            self.warn(key, f"{key}: {printable(str(error))}, it is ignored", 'write "YYYY-MM-DD HH:MM"')
            return None

    def instant(self, key: str, value: object) -> datetime:
        found = self.dialect.instant(value, self.zone)
        if left_out(value, self.zone, found):
            reason = f"{key}: {quoted(value)} does not exist in {self.zone.key}, where clocks skipped it"
            self.warn(key, f"{reason}; it is read as {found:%H:%M} UTC")
        return found

    # --- text -----------------------------------------------------------------------------------------------------

    def title(self, body: str) -> str:
        written = title_text(text(self.value("title")))
        if self.dialect.smart_titles and self.rules.typographic is not False:
            from syndicator.markup.typography import smart_text  # late, as skimming wants none of it

            written = smart_text(written, self.dialect.markdown)
        return written or title_text(self.dialect.untitled(self.path, body)) or "Untitled"

    def summary(self, body: str, markup: Markup, permalink: str, templates: TemplateContext) -> str:
        """What stands before the divider that some dialects have, else what the front matter says."""
        if divided := self.dialect.divided(body):
            return self.excerpt_text(divided, markup, permalink, templates)
        key, value = first(self.data, self.fields["summary"])
        if key == self.dialect.markdown_summary:
            written = text(value)
            if "{{<" in written or "{{%" in written:
                # frontmatter.md 57: Hugo does not do them there, and nobody is to read them.
                self.warn(key, f"{key}: the shortcodes in it are left out")
                written, _ = drop(written, Markup.MARKDOWN, liquid=False)
            return self.excerpt_text(written, Markup.MARKDOWN, permalink, replace(templates, kind="off"))
        return summary_text(text(value))

    def excerpt_text(self, part: str, markup: Markup, permalink: str, templates: TemplateContext) -> str:
        """The text of a part of the body."""
        # Late, as skimming wants none of it.
        from syndicator.markup.render import to_html
        from syndicator.markup.rendering import render_templates
        from syndicator.markup.summary import summary_of
        from syndicator.markup.weight import REMEDY, TooHeavy, weigh

        flavour = self.rules.flavour(self.dialect.markdown)
        try:
            weigh(part)
            part, warnings = render_templates(part, markup, templates)
            html = to_html(part, markup=markup, permalink=permalink, prefix="", flavour=flavour)
        except TooHeavy as error:
            raise PostError(self.file.path, str(error), line=self.matter.body_line, remedy=REMEDY) from error
        self.warnings.extend(warnings)
        return summary_of(html, _MAX_EXCERPT)

    def part(self, body: str) -> str:
        """The part of the body that stands for it, by the post's own separator or the dialect's; "" for none."""
        separator = self.data.get("excerpt_separator")
        return self.dialect.excerpt(body, separator if isinstance(separator, str) else None)

    def language(self) -> str:
        key, value = first(self.data, self.fields["language"])
        tag = text(value).replace("_", "-")
        if tag and not _LANGUAGE.fullmatch(tag):
            self.warn(
                key, f"{key}: {quoted(value)} is not a language tag, it is ignored", 'write one such as "en" or "pt-BR"'
            )
            return ""
        return tag

    def given_id(self) -> str:
        """The front matter's own id, when it is text: numbers are not unique in the world. frontmatter.md 75."""
        for key in self.fields["id"]:
            value = reach(self.data, key)
            given = text(value) if isinstance(value, str) else ""
            if given and len(given) <= _MAX_ID and not _NUMBER.fullmatch(given) and truth(given) is None:
                return given
        return ""

    # --- terms and addresses --------------------------------------------------------------------------------------

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

    def slug(self) -> str:
        return text(self.data.get("slug")) or legal(self.dialect.file_name(self.path).slug)

    def permalink(self, categories: tuple[str, ...], published: datetime) -> str:
        try:
            below = self.dialect.permalink(
                self.rules.permalink,
                path=self.path if self.file.path.isprintable() else PurePosixPath(legal(self.file.path)),
                data=self.data,
                slug=self.slug(),
                categories=categories,
                published=published,
                zone=self.zone,
            )
        except ValueError as error:
            raise PostError(
                self.file.path,
                f"permalink: {printable(str(error))[:200]}",
                line=self.matter.line_of("permalink"),
                remedy="correct the pattern of the post or of the configuration",
            ) from error
        if len(below) > MAX_ADDRESS:
            raise PostError(
                self.file.path,
                f"permalink: the address would have more than {MAX_ADDRESS:,} characters",
                line=self.matter.line_of("permalink") or self.matter.line_of("slug"),
                remedy="shorten slug, permalink or categories",
            )
        return self.site.url + below

    def link(self, permalink: str) -> str:
        key, value = first(self.data, self.fields["link"])
        if not key:
            return ""
        found = absolute(text(value), permalink, allowed=FETCHABLE) if text(value) else ""
        if not found or len(found) > 3 * MAX_ADDRESS:
            self.warn(key, f"{key}: {quoted(value)} is not the address of a page, it is ignored")
            return ""
        return found
