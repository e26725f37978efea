"""A body with its templates done: what can be known is written, what cannot is left out and said."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from syndicator.errors import PostError
from syndicator.markup.code import Code, code_shown
from syndicator.markup.embeds import is_block
from syndicator.markup.markdownify import markdownify
from syndicator.markup.marks import carry
from syndicator.markup.nunjucks import as_liquid
from syndicator.markup.shortcodes import render_shortcodes
from syndicator.markup.tags import Piece, balance, has_templates, pieces_of
from syndicator.markup.templates import code_block, drop
from syndicator.markup.values import Values
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
_BASE_IN_FRONT = re.compile(r"\{\{-?\s*site\.baseurl\s*-?\}\}/?\Z")
_LONGEST_BASE = 40
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
    if context.kind == "off" or not has_templates(body, context.kind):
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
        # No generator runs templates there, so that people show them in code of any kind.
        text, lost = drop(body, markup, indented=context.kind == "none")
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


def _liquid(body: str, markup: Markup, context: TemplateContext, names: Mapping[str, Any]) -> Rendered:
    # Late: only posts with templates pay for the library.
    from syndicator.markup.filters import filters
    from syndicator.markup.liquid import BLOCKS, SIMPLE, Job, Spent, render

    code, nunjucks = code_shown(body, markup), context.kind == "eleventy"
    pieces = pieces_of(body, code, nunjucks=nunjucks)
    pieces = as_liquid(pieces, code, escapes=context.path.endswith(".njk")) if nunjucks else pieces
    tags = [piece for piece in pieces if piece.kind != "text"]
    if len(tags) > MOST_TAGS:
        raise _refuse(context, f"has {len(tags):,} template tags, more than {MOST_TAGS:,}")
    pieces, block_ends = balance(pieces, BLOCKS, SIMPLE)
    jekylls = {} if nunjucks else {"markdownify": markdownify()}
    job = Job(
        body,
        is_code=_in_code(code, pieces, block_ends),
        ends={piece.start: block_ends.get(piece.start, piece.end) for piece in pieces},
        nil=_nil(context),
        address=lambda target, at: _address(body, target, at, context),
        block=lambda language, content, start, end: code_block(body, markup, language, content, start, end),
        place=lambda html, start, end: _place(body, markup, html, start, end),
        filters=filters(site_url=context.site_url, zone=context.zone, eleventy=nunjucks) | jekylls,
        includes=context.includes,
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
    if context.data is not None:
        site["data"] = context.data.values
    name = context.path.rpartition("/")[2]
    made = {
        "url": root,
        "id": f"{root.rstrip('/').rpartition('/')[0]}/{context.page.get('slug', '')}",
        "path": context.path,
        "relative_path": context.path,
        "name": name,
        "ext": f".{name.rpartition('.')[2]}",
        "collection": "posts",
    }
    page = {"draft": False, **context.page, **made}
    if published:
        page["date"] = published
    return {"site": Values(site), "page": Values(page), "jekyll": Values({"environment": "production"})}


def _nil(context: TemplateContext) -> Callable[[list[object]], bool]:
    """Whether a value that is not there is known to be nothing, rather than unknown."""

    collections = context.site.get("collections")
    labels = frozenset(collections if isinstance(collections, dict | list) else ())

    def nil(path: list[object]) -> bool:
        if context.kind != "liquid" or len(path) < 2:
            return False
        if path[0] == "page":
            return path[1] in context.page or path[1] not in _MADE_OF_PAGE
        if path[0] == "site" and path[1] == "data" and context.data is not None and len(path) > 2:
            # A file that is there and cannot be read may say anything.
            return path[2] not in context.data.unread
        return path[0] == "site" and bool(context.site) and path[1] not in _MADE_OF_SITE | labels

    return nil


def _address(body: str, target: str, at: int, context: TemplateContext) -> str:
    """Where the tag at a place of the body leads to, from the host's root as Jekyll writes it; "" when nobody knows.

    Sites that put ``site.baseurl`` in front do so from the times when Jekyll left it out.
    """
    found = context.posts.get(target, "")
    _, _, base = context.site_url.partition("://")[2].rstrip("/").partition("/")
    root = context.site_url.removesuffix(f"{base}/" if base else "")
    path = found.removeprefix(root)
    if not found or path == found:
        return found
    if base and _BASE_IN_FRONT.search(body, max(0, at - _LONGEST_BASE), at):
        path = path.removeprefix(f"{base}/")
        return path if body[at - 1] == "/" else f"/{path}"
    return f"/{path}"


# --- Hugo ---------------------------------------------------------------------------------------------------------


def _hugo(body: str, markup: Markup, context: TemplateContext) -> Rendered:
    if context.mode == "strip":
        text, lost = drop(body, markup, liquid=False)
        return Rendered(text=text, lost=lost, marks=sum(map(len, lost.values())))
    code = code_shown(body, markup)

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
