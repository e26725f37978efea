"""From a source file to what choosing its post needs, by the rules of a dialect: nothing is invented."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import PurePosixPath
from typing import Self

from syndicator.dialects.permalinks import without_html
from syndicator.errors import PostError
from syndicator.model import Site, Skim, SourceFile, Visibility, digest
from syndicator.ports import Dialect, PostFacts
from syndicator.posts.corrections import marks
from syndicator.posts.featured import MAX_ADDRESS
from syndicator.posts.fields import first, quoted, reach, text, texts, truth, unmarked, warn_nested
from syndicator.posts.frontmatter import split
from syndicator.posts.people import names
from syndicator.posts.references import BESIDE, DATA, FORMER, PAGE, REFERENCES, data_names, former, references
from syndicator.posts.rules import Rules
from syndicator.posts.times import TimeReading
from syndicator.rights import rights_terms
from syndicator.text import legal, printable

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_NUMBER = re.compile(r"[+-]?[0-9][0-9_]*(?:\.[0-9]*)?")
_MAX_ID = 1_000
#: What a reader sees of a post beside its terms and its body, as the author wrote it.
_SEEN = (
    "title", "summary", "author", "author_title", "image", "image_caption", "image_credit", "image_alt", "language",
    "link", "audio", "video", "attachment",
)  # fmt: skip
#: The term that says the language of a post, of each post.
LANGUAGE = "language"


def skim_post(file: SourceFile, dialect: Dialect, site: Site, rules: Rules) -> Skim:
    """Read of a post only what choosing it needs: a third of the work. Raises PostError as ``parse_post`` does, but for
    what only rendering would find.
    """
    reading = SkimReading(file, split(file.path, file.data, limit=rules.limit), dialect, site, rules)
    return reading.find_time().find_terms().find_names().skim()


class SkimReading(TimeReading):
    """The work on one file, which was taken apart already (``split``): as much of it as choosing needs."""

    found: list[tuple[str, tuple[str, ...]]]
    digests: tuple[str, str, str]

    # A skim has three steps, each of which is done for many posts before the next; the first is ``find_time``.

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
        language = ((self.fields["language"] and self.language()) or self.site.language,)
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
