"""A body with its templates done: what can be known is written, what cannot is left out and said."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from syndicator.errors import PostError
from syndicator.markup.code import Code
from syndicator.markup.embeds import is_block
from syndicator.markup.marks import carry
from syndicator.markup.shortcodes import render_shortcodes
from syndicator.markup.tags import Piece, balance, pieces_of
from syndicator.markup.templates import code_block, drop
from syndicator.markup.values import Values, typed
from syndicator.markup.weight import TooHeavy
from syndicator.model import Markup, PostWarning, TemplateContext
from syndicator.posts.fields import reach
from syndicator.posts.values import Quoted
from syndicator.text import one_line, printable

#: More tags than this have no honest post, and reading them would take long.
MOST_TAGS = 5_000
#: So many losses are told one by one.
_TOLD = 10
_LONGEST_TOLD = 80
# What Jekyll works out itself; only these are not known to be empty when nobody has written them down.
_MADE_OF_SITE = frozenset({
    "categories", "collections", "data", "documents", "drafts", "github", "html_files", "html_pages", "pages", "posts",
    "related_posts", "static_files", "tags", "time",
})  # fmt: skip
_MADE_OF_PAGE = frozenset({"content", "excerpt", "next", "output", "previous", "related_posts"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What came of a body. ``lost`` are the places in the body of what was left out, and what stood there.

    ``undecided`` says that text of the body hung on what nobody knows; ``marks`` is how many characters of the body
    were template.
    """

    text: str
    lost: Mapping[int, str]
    undecided: bool = False
    marks: int = 0

    def mostly(self, body: str) -> bool:
        """Whether the body is more template than text, or hangs on what is not known."""
        return self.undecided or (bool(self.lost) and 2 * self.marks > len(body))


def render_templates(body: str, markup: Markup, context: TemplateContext) -> tuple[str, tuple[PostWarning, ...]]:
    """The body without templates, and a warning for each that was left out.

    Do it once: what ``raw`` has kept literal would be taken for tags the second time. Raises PostError when they would
    cost more than any honest post does, or when the post is mostly template and such posts are to be skipped.
    """
    if "{" not in body or ("{{" not in body and "{%" not in body) or context.kind == "off":
        return body, ()
    try:
        done = _render(body, markup, context)
    except TooHeavy as error:
        raise _refuse(context, str(error)) from error
    if context.mode == "skip" and done.mostly(body):
        first = min(done.lost)
        raise PostError(
            context.path,
            f"is mostly template: {_shown(done.lost[first])} cannot be known outside of the site",
            line=_line(body, first, context),
            remedy='take its text from the built site ([source] rendered), or set [source] templates = "render"',
        )
    return done.text, _warnings(body, done.lost, context)


def _render(body: str, markup: Markup, context: TemplateContext) -> Rendered:
    if context.kind == "hugo":
        return _hugo(body, markup, context)
    if context.mode == "strip" or context.kind == "none":
        text, lost = drop(body, markup)
        return Rendered(text=text, lost=lost, marks=sum(map(len, lost.values())))
    return _liquid(body, markup, context, _names(context))


def _warnings(body: str, lost: Mapping[int, str], context: TemplateContext) -> tuple[PostWarning, ...]:
    places = sorted(lost)
    told = [
        PostWarning(
            path=context.path,
            line=_line(body, place, context),
            reason=f"template {_shown(lost[place])} cannot be known outside of the site, it is left out",
        )
        for place in places[:_TOLD]
    ]
    if len(places) > _TOLD:
        more = f"templates: {len(places)} tags are left out in all"
        told.append(PostWarning(path=context.path, line=_line(body, places[_TOLD], context), reason=more))
    return tuple(told)


def _line(body: str, at: int, context: TemplateContext) -> int:
    return context.line + body.count("\n", 0, at)


def _shown(tag: str) -> str:
    line = printable(one_line(tag[: 2 * _LONGEST_TOLD]))
    return line if len(line) <= _LONGEST_TOLD else line[: _LONGEST_TOLD - 1] + "…"


def _refuse(context: TemplateContext, reason: str) -> PostError:
    return PostError(
        context.path,
        reason,
        line=context.line,
        remedy="shorten its templates, or put raw around what is only to be shown",
    )


# --- Liquid -------------------------------------------------------------------------------------------------------


def evaluate(template: str, names: Mapping[str, Any]) -> str:
    """The text of a small template in Liquid, such as the pattern of an address (frontmatter.md 68), dates in UTC.

    Raises ValueError, naming it, when something in it is not known.
    """
    context = TemplateContext(kind="eleventy", path="", page=names)
    try:
        done = _liquid(template, Markup.HTML, context, {name: typed(value) for name, value in names.items()})
    except PostError as error:
        raise ValueError(error.reason) from error
    if done.lost:
        raise ValueError(f"{_shown(done.lost[min(done.lost)])} cannot be known outside of the site")
    return done.text


def _liquid(body: str, markup: Markup, context: TemplateContext, names: Mapping[str, Any]) -> Rendered:
    # Late: only posts with templates pay for the library.
    from syndicator.markup.filters import filters
    from syndicator.markup.liquid import BLOCKS, SIMPLE, Job, Spent, render

    code = Code(body) if markup is Markup.MARKDOWN else Code("")
    pieces = pieces_of(body, code)
    tags = [piece for piece in pieces if piece.kind != "text"]
    if len(tags) > MOST_TAGS:
        raise _refuse(context, f"has {len(tags):,} template tags, more than {MOST_TAGS:,}")
    pieces, block_ends = balance(pieces, BLOCKS, SIMPLE)
    job = Job(
        body,
        is_code=_in_code(code, pieces, block_ends),
        ends={piece.start: block_ends.get(piece.start, piece.end) for piece in pieces},
        nil=_nil(context),
        posts=context.posts,
        file_url=lambda target: _file_url(target, context),
        block=lambda language, content, start, end: code_block(body, markup, language, content, start, end),
        place=lambda html, start, end: _place(body, markup, html, start, end),
        filters=filters(site_url=context.site_url, zone=context.zone, eleventy=context.kind == "eleventy"),
    )
    try:
        text = render(body, pieces, job, names)
    except Spent as error:
        raise _refuse(context, str(error)) from error
    marks = sum(piece.end - piece.start for piece in tags if piece.kind != "raw")
    lost = {piece.start: body[piece.start : piece.end] for piece in tags if piece.start in job.lost}
    return Rendered(text=text, lost=lost, undecided=job.undecided, marks=marks)


def _in_code(code: Code, pieces: list[Piece], ends: Mapping[int, int]) -> Callable[[int], bool]:
    """Whether a place is in code: Markdown's, or inside of a block ``highlight``."""
    starts: list[int] = []
    until: list[int] = []
    for piece in pieces:
        if piece.kind == "tag" and piece.name == "highlight" and (not until or piece.start >= until[-1]):
            starts.append(piece.end)
            until.append(ends[piece.start])

    def inside(at: int) -> bool:
        index = bisect_right(starts, at) - 1
        return at in code or (index >= 0 and at < until[index])

    return inside


def _names(context: TemplateContext) -> dict[str, Any]:
    """What a template may name: in Jekyll below ``site`` and ``page``, in Eleventy also by its own name."""
    root = "/" + context.permalink.removeprefix(context.site_url)
    published = context.published.astimezone(ZoneInfo(context.zone)) if context.published else None
    if context.kind == "eleventy":
        moment = published.astimezone(UTC) if published else None
        own = {"url": root, "date": moment, "fileSlug": context.page.get("slug"), "inputPath": f"./{context.path}"}
        values = Values({**context.site, **context.page})
        return {**{name: values[name] for name in values}, "page": Values(own)}
    parts = urlsplit(context.site_url)
    site = {
        **context.site,
        "url": Quoted(f"{parts.scheme}://{parts.netloc}"),
        "baseurl": Quoted(parts.path.rstrip("/")),
    }
    page = {**context.page, "url": root, "path": context.path, "name": context.path.rpartition("/")[2]}
    if published:
        page["date"] = published
    return {"site": Values(site), "page": Values(page), "jekyll": Values({"environment": "production"})}


def _nil(context: TemplateContext) -> Callable[[list[object]], bool]:
    """Whether a value that is not there is known to be nothing, rather than unknown."""

    def nil(path: list[object]) -> bool:
        if context.kind != "liquid" or len(path) < 2:
            return False
        if path[0] == "page":
            return path[1] in context.page or path[1] not in _MADE_OF_PAGE
        return path[0] == "site" and bool(context.site) and path[1] not in _MADE_OF_SITE

    return nil


def _file_url(target: str, context: TemplateContext) -> str:
    """The address of a file that the generator copies as it is, "" when it makes something else of it."""
    name = target.rpartition("/")[2]
    if not target or name.endswith((".md", ".markdown", ".mkd", ".mkdn", ".mkdown")) or "." not in name:
        return ""
    return context.site_url + quote(target.lstrip("/"), safe="/!$&'()*+,;=:@~")


# --- Hugo ---------------------------------------------------------------------------------------------------------


def _hugo(body: str, markup: Markup, context: TemplateContext) -> Rendered:
    if context.mode == "strip":
        text, lost = drop(body, markup, liquid=False)
        return Rendered(text=text, lost=lost, marks=sum(map(len, lost.values())))
    code = Code(body) if markup is Markup.MARKDOWN else Code("")

    def place(html: str, start: int, end: int) -> str:
        # Hugo puts shortcodes in when Markdown is done, so that a site without raw HTML has them all the same.
        placed = _place(body, markup, html, start, end)
        return carry(placed) if markup is Markup.MARKDOWN else placed

    shown = render_shortcodes(
        body,
        is_code=code.__contains__,
        posts=context.posts,
        params=lambda name: _param(name, context),
        block=lambda language, content, start, end: code_block(body, markup, language, content, start, end),
        place=place,
    )
    return Rendered(text=shown.text, lost=shown.lost, marks=shown.marks)


def _param(name: str, context: TemplateContext) -> Any:
    """A parameter of the page, else of the site; names are the same in any case."""
    for table in (context.page, context.site):
        for key in (f"params.{name}", name) if table is context.page else (f"params.{name}",):
            if (value := reach(table, key)) is not None:
                return value
            if (value := reach(table, key.lower())) is not None:
                return value
    return None


# --- places -------------------------------------------------------------------------------------------------------


def _place(body: str, markup: Markup, html: str, start: int, end: int) -> str:
    """HTML as it may stand in the place of a tag: Markdown wants an empty line after a block."""
    before = body[body.rfind("\n", 0, start) + 1 : start]
    if markup is Markup.HTML or before:
        html = html.replace("\n\n", "")
    stop = body.find("\n", end)
    if markup is Markup.HTML or before.strip() or body[end : stop if stop >= 0 else len(body)].strip():
        return html
    follows = stop >= 0 and body[stop + 1 : stop + 2] not in ("", "\n")
    return html + "\n" if follows and (is_block(html) or html.startswith("<img")) else html
