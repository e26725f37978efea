"""From a source file to a post, by the rules of a dialect: whatever is doubtful is said, nothing is invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from syndicator.errors import PostError
from syndicator.markup.links import FETCHABLE, absolute
from syndicator.markup.templates import drop
from syndicator.model import EnclosureRef, ImageRef, Markup, Post, Site, SourceFile, TemplateContext, digest
from syndicator.ports import Dialect, PictureFacts
from syndicator.posts.attached import enclosure_refs
from syndicator.posts.corrections import corrections
from syndicator.posts.featured import MAX_ADDRESS, image_ref
from syndicator.posts.fields import first, quoted, reach, text, truth, unmarked
from syndicator.posts.frontmatter import split
from syndicator.posts.people import people
from syndicator.posts.plaintext import summary_text, title_text
from syndicator.posts.rules import Rules
from syndicator.posts.skim import SkimReading
from syndicator.posts.templated import markup_of, template_context
from syndicator.posts.times import History
from syndicator.rights import access_of
from syndicator.text import legal

#: So many characters of an excerpt stand for a body that is kept back.
_MAX_EXCERPT = 1_200
#: Where a permalink needs a date and a draft has none: its address is never shown.
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)


def parse_post(file: SourceFile, dialect: Dialect, site: Site, rules: Rules, history: History = lambda _: None) -> Post:
    """Read a post. Raises PostError with line and remedy when it cannot be published as it is.

    What is odd but does not matter is in the post's warnings. Dates are never invented: front matter, else the
    file's name, else (for what is public) refusal. ``history`` is asked where the date of a post is one of its file.
    """
    return PostReading(file, split(file.path, file.data, limit=rules.limit), dialect, site, rules, history).post()


class PostReading(SkimReading):
    """The whole work on one file."""

    def post(self) -> Post:
        visibility = self.visibility()
        published = self.published(visibility)
        categories, tags = self.terms()
        permalink = self.permalink(categories, published or UNDATED)
        as_html = self.path.suffix.lower() in self.dialect.as_html
        markup = markup_of(self.data, kind=self.dialect.templates, as_html=as_html)
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
            includes=self.rules.includes,
            permalink=permalink,
            published=published,
            title=self.untitled(body) if self.dialect.templates == "liquid" else title,
            slug=self.slug(),
            categories=unmarked(categories),
            tags=unmarked(tags),
        )
        # Of a text that is not for everybody no part may stand for it, whatever divides it.
        access = access_of(self.data, self.fields)
        divided = "" if access else self.divided(body)
        summary = self.summary(divided, markup, permalink, templates)
        if truth(reach(self.data, "feed.excerpt_only")):
            # frontmatter.md 23: the author keeps the rest for the site, so that nothing of it may get any further.
            part = "" if access else self.part(body)
            body, summary = "", summary or self.excerpt_text(part, markup, permalink, templates)
        excerpt = "" if summary else self.part(body)
        image, enclosures = self.media(permalink)
        return Post(
            path=self.file.path,
            digest=digest(self.file.data),
            title=title,
            summary=summary,
            people=people(self.data, self.fields, self.site.url, self.warn, self.rules.people),
            categories=unmarked(categories),
            tags=unmarked(tags),
            fields=self.further(),
            image=image,
            enclosures=enclosures,
            permalink=permalink,
            link=self.link(permalink),
            published=published,
            modified=self.optional_date("modified"),
            expires=self.optional_date("expires"),
            visibility=visibility,
            given_id=self.given_id(),
            language=self.language(),
            access=access,
            short_title=title_text(text(self.value("short_title"))),
            body=body,
            excerpt=excerpt if len(excerpt) < len(body) else "",
            corrections=corrections(self.data, self.fields, self.warn),
            markup=markup,
            templates=templates,
            warnings=tuple(self.warnings),
        )

    # --- text -----------------------------------------------------------------------------------------------------

    def title(self, body: str) -> str:
        written = title_text(text(self.value("title")))
        if self.dialect.smart_titles and self.rules.typographic is not False:
            from syndicator.markup.typography import smart_text  # late, as skimming wants none of it

            written = smart_text(written, self.dialect.markdown)
        return written or self.untitled(body)

    def untitled(self, body: str) -> str:
        """The title of a post that has none."""
        return title_text(self.dialect.untitled(self.path, body)) or "Untitled"

    def divided(self, body: str) -> str:
        """What stands before the divider that some dialects have, "" for none."""
        found = self.dialect.divider.search(body) if self.dialect.divider else None
        return body[: found.start()] if found else ""

    def summary(self, divided: str, markup: Markup, permalink: str, templates: TemplateContext) -> str:
        """What stands before the divider that some dialects have (``divided``), else what the front matter says."""
        if divided:
            return self.excerpt_text(divided, markup, permalink, templates)
        key, value = first(self.data, self.fields["summary"])
        if key == self.dialect.markdown_summary:
            written = text(value)
            if "{{<" in written or "{{%" in written:
                # frontmatter.md 57: Hugo does not do them there, and nobody is to read them.
                self.warn(key, f"{key}: the shortcodes in it are left out")
                written, _ = drop(written, Markup.MARKDOWN, liquid=False)
            return self.excerpt_text(written, Markup.MARKDOWN, permalink, replace(templates, kind="off"))
        # Where a generator has one field for Markdown, stars in another are meant as such.
        return summary_text(text(value), literal=bool(self.dialect.markdown_summary))

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

    # --- addresses ------------------------------------------------------------------------------------------------

    def media(self, permalink: str) -> tuple[ImageRef | None, tuple[EnclosureRef, ...]]:
        """The featured image, and the other files that come with the post."""
        data, beside = self.dialect.illustrated(
            PictureFacts(
                path=self.path,
                data=self.data,
                beside=self.file.beside,
                permalink=permalink,
                site_url=self.site.url,
            )
        )
        fields = self.fields if data is self.data else self.rules.fields.within(tuple(data))
        base, path = self.site.url, self.file.path
        image = image_ref(data, fields, base=base, beside=beside, path=path, warn=self.warn)
        return image, enclosure_refs(data, fields, base=base, beside=beside, path=path, warn=self.warn)

    def link(self, permalink: str) -> str:
        key, value = first(self.data, self.fields["link"])
        if not key:
            return ""
        found = absolute(text(value), permalink, allowed=FETCHABLE) if text(value) else ""
        if not found or len(found) > 3 * MAX_ADDRESS:
            self.warn(key, f"{key}: {quoted(value)} is not the address of a page, it is ignored")
            return ""
        return found
