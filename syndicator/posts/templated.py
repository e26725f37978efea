"""What the templates in a post's body may know of the site and of the post."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from syndicator.markup.tags import has_templates
from syndicator.model import Markup, Site, TemplateContext
from syndicator.posts.fields import empty, text, truth
from syndicator.posts.values import Quoted


def template_context(
    body: str,
    data: Mapping[str, Any],
    *,
    kind: str,
    mode: str,
    path: str,
    line: int,
    site: Site,
    values: Mapping[str, Any],
    includes: Mapping[str, str],
    permalink: str,
    published: datetime | None,
    title: str,
    slug: str,
    categories: Sequence[str],
    tags: Sequence[str],
) -> TemplateContext:
    """``data`` is the post's front matter, ``values`` the site's own configuration.

    The title that templates have is the one in the front matter, as it is written there; ``title`` stands in for one
    that is not there. To Jekyll, ``""`` is there.

    Jekyll's ``render_with_liquid: false`` and Eleventy's ``templateEngineOverride`` without Liquid in it say that the
    body has no templates (frontmatter.md 40, 71).
    """
    if not has_templates(body, kind):
        return TemplateContext(kind="off", line=line)
    if kind == "liquid" and truth(data.get("render_with_liquid")) is False:
        return TemplateContext(kind="off", line=line)
    if kind == "eleventy" and (engines := _engines(data)) and not {"liquid", "njk"} & engines:
        return TemplateContext(kind="off", line=line)
    written = data.get("title")
    is_there = truth(written) is not False and written is not None if kind == "liquid" else not empty(written)
    own = {
        "title": written if is_there else Quoted(title),
        "slug": Quoted(slug),
        "categories": [Quoted(term) for term in categories],
        "tags": [Quoted(term) for term in tags],
    }
    return TemplateContext(
        kind=kind,
        mode=mode,
        path=path,
        line=line,
        site={"title": Quoted(site.title), "description": Quoted(site.description), **values} if values else values,
        page={**data, **own},
        site_url=site.url,
        permalink=permalink,
        published=published,
        zone=site.timezone,
        includes=includes,
    )


def markup_of(data: Mapping[str, Any], *, kind: str, as_html: bool) -> Markup:
    """What a body is written in, by its file's name or the engines that an Eleventy post names. frontmatter.md 71."""
    if kind == "eleventy" and (engines := _engines(data)):
        as_html = "md" not in engines
    return Markup.HTML if as_html else Markup.MARKDOWN


def _engines(data: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(text(data.get("templateEngineOverride")).replace(",", " ").split())
