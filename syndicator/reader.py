"""All that turns a file into a post: its source, its dialect and its rules."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import orjson

from syndicator import __version__
from syndicator.errors import PostError, SourceUnfinished
from syndicator.markup.flavour import Flavour
from syndicator.model import (
    Markup,
    Post,
    PostRecord,
    PostWarning,
    Site,
    Skim,
    SourceFile,
    SourceRecord,
    TemplateContext,
    digest,
)
from syndicator.ports import BEING_WRITTEN, BuiltSite, Dialect, Source, Surroundings
from syndicator.posts.references import DATA, PAGE, REFERENCES
from syndicator.posts.rules import Rules
from syndicator.text import legal, printable

if TYPE_CHECKING:
    from syndicator.posts.skim import SkimReading

#: So many go through the stages of reading side by side: enough for the gain, few enough for the processor's cache.
STAGED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """All that turns a path into a post.

    ``salt`` names what else decides how a file reads, such as size limits and the site's own configuration.
    ``warnings`` say what in that is odd. With ``built`` the text of a post is that of its page, by ``selector`` ("" for
    the usual places). ``around`` is what else is on the site, where the generator lets posts name it.
    """

    source: Source
    dialect: Dialect
    site: Site
    rules: Rules
    salt: str = ""
    warnings: tuple[PostWarning, ...] = ()
    built: BuiltSite | None = None
    selector: str = ""
    around: Surroundings | None = None
    #: The name of everything that decides how a file reads: when it changes, all files read differently.
    rules_name: str = field(init=False)

    def __post_init__(self) -> None:
        rules = (self.dialect.name, repr(self.flavour), self.site, repr(self.rules), self.selector)
        object.__setattr__(self, "rules_name", digest(orjson.dumps((__version__, self.salt, *rules)))[:8])

    @property
    def flavour(self) -> Flavour:
        """The Markdown of the posts."""
        return self.rules.flavour(self.dialect.markdown)

    @property
    def versions_begin(self) -> str:
        """What versions carry in front, so that other rules make every file a changed one."""
        return f"{self.rules_name}:"

    @property
    def sections(self) -> Callable[[str], str] | None:
        """What section the post at a path is in, None where the operator has a field of that name."""
        if "section" in self.rules.fields.further:
            return None
        return lambda path: self.dialect.section(PurePosixPath(path))

    def as_noted(self, feeds: str, before: SourceRecord | None) -> SourceRecord:
        """What passes have to know of it that cannot look at it; ``feeds`` names those that are made of it. What needs
        a look is as ``before``."""
        return SourceRecord(
            mounts=before.mounts if before else (),
            site=self.site,
            rules=self.rules_name,
            feeds=feeds,
            last_path_first=self.dialect.last_path_first,
            sections=before.sections if before else (),
        )

    def parse(self, file: SourceFile) -> Post:
        """The post in a file. Raises PostError, and nothing else whatever the file holds."""
        from syndicator.posts.parse import parse_post

        with isolated(file.path):
            return parse_post(file, self.dialect, self.site, self.rules, self.source.lifetime)

    def page_version(self, record: PostRecord) -> str:
        """The name of the page that the generator has made of a post; "" when there is none, or none is wanted.

        Nothing is read for it, as every pass asks. A site that is built anew has new names for all its pages: entries
        are rendered once more, and say the same where their pages do.
        """
        if self.built is None:
            return ""
        return "".join(self.built.version(address) for address in record.values(PAGE))

    def look_again(self) -> None:
        """From here on all beside the posts is as it is now. Raises SourceError."""
        for beside in (self.built, self.around):
            if beside is not None:
                beside.look_again()

    def questions(self, record: PostRecord, known: Collection[str]) -> tuple[str, ...]:
        """What a post asks of the site beside its posts: each "link" or "data", a space, and the name as written.

        ``known`` are the references in it that mean posts.
        """
        if self.around is None:
            return ()
        links, data = record.values(REFERENCES), record.values(DATA)
        if not links and not data:  # as with most, and all posts that feeds show are asked in each pass
            return ()
        return (*(f"link {link}" for link in links if link not in known), *(f"data {name}" for name in data))

    def answer(self, question: str) -> str:
        """The name of what a question is answered with: an address, or what stands for data; "" for nothing."""
        if self.around is None:
            return ""
        kind, _, asked = question.partition(" ")
        return self.around.address(asked) if kind == "link" else self.around.version_of_data(asked)

    def rendered(self, post: Post) -> tuple[Post, tuple[PostWarning, ...]]:
        """The post with the text of its page; where that cannot be had, as it is, with a word about it.
        Raises PostError.

        A page older than its post is taken all the same: it is what visitors see, and times are no part of content.
        """
        if self.built is None or not post.body:
            return post, ()
        from syndicator.markup.extract import extract
        from syndicator.markup.weight import TooHeavy

        try:
            page = self.built.page(post.permalink)
        except SourceUnfinished as error:
            raise PostError(post.path, BEING_WRITTEN, remedy="its page is read again when it is whole") from error
        try:
            text = extract(page, self.selector) if page is not None else None
        except TooHeavy as error:
            remedy = "shorten the post, or mend the page"
            raise PostError(post.path, f"its built page {post.permalink}: {error}", remedy=remedy) from error
        if text:
            return replace(post, body=legal(text), markup=Markup.HTML, templates=TemplateContext(kind="off")), ()
        reason = "its page is not in the built site" if page is None else "the text was not found in its built page"
        remedy = "build the site" if page is None else "set [source] selector to what holds the text of a post"
        return post, (
            PostWarning(path=post.path, reason=f"{reason} ({post.permalink}), its source is rendered", remedy=remedy),
        )

    def parse_all(self, files: Sequence[SourceFile]) -> list[Post | PostError]:
        """The post in each of some files, or why it cannot be read, whatever the files hold."""
        from syndicator.posts.parse import PostReading

        return self._staged(files, PostReading, PostReading.post)

    def skim(self, files: Sequence[SourceFile]) -> list[Skim | PostError]:
        """What choosing the post in each of some files needs, or why it cannot be read, whatever the files hold."""
        from syndicator.posts.skim import SkimReading

        return self._staged(
            files, SkimReading, SkimReading.find_time, SkimReading.find_terms, SkimReading.find_names, SkimReading.skim
        )

    def _staged(
        self, files: Sequence[SourceFile], reading: type[SkimReading], *further: Callable[[Any], Any]
    ) -> list[Any]:
        """What comes of each file after all stages, or the error of the one where it ended.

        One stage for all of them, then the next: a processor that does one thing again and again takes a third less
        time than for doing everything with each.
        """
        # Late, as a pass that finds nothing changed reads nothing.
        from syndicator.posts.frontmatter import cut, load

        stages: tuple[Callable[[Any], Any], ...] = (
            lambda file: (file, cut(file.path, file.data)),
            lambda pair: (pair[0], load(pair[1], limit=self.rules.limit)),
            lambda pair: reading(pair[0], pair[1], self.dialect, self.site, self.rules, self.source.lifetime),
            *further,
        )
        results: list[Any] = list(files)
        for stage in stages:
            for at, file in enumerate(files):
                taken = results[at]
                if isinstance(taken, PostError):
                    continue
                try:
                    results[at] = stage(taken)
                except PostError as error:
                    results[at] = error
                except Exception as error:  # noqa: BLE001 - promise 4, as in isolated
                    results[at] = _ours(file.path, error)
                    results[at].__cause__ = error
        return results


@contextmanager
def isolated(path: str) -> Iterator[None]:
    """Keep a fault of ours, or of a library, that one post brings to light from stopping all the others."""
    try:
        yield
    except PostError:
        raise
    except Exception as error:  # promise 4: one bad post never breaks a feed
        raise _ours(path, error) from error


def _ours(path: str, error: Exception) -> PostError:
    reason = f"this program cannot read it ({type(error).__name__}: {printable(str(error))[:200]})"
    return PostError(path, reason, remedy="please report it together with the file")
