"""What a Jekyll site's own configuration says: of the publication, of its posts, of its people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from syndicator.dialects.defaults import Defaults, overlaid
from syndicator.dialects.jekyll import Jekyll
from syndicator.dialects.jekyllnames import EXCLUDED
from syndicator.dialects.jekyllpeople import people_of
from syndicator.dialects.jekyllplaces import JekyllPlaces
from syndicator.dialects.permalinks import STYLES
from syndicator.dialects.sitedata import load, load_first
from syndicator.errors import SourceError
from syndicator.markup.flavour import of_jekyll
from syndicator.model import Person, PostWarning, Site
from syndicator.ports import Configured, LiveFiles, SiteFacts, SiteFiles
from syndicator.posts.fields import empty, reach, text, texts, truth
from syndicator.posts.values import Note

_TYPES = {"post": "posts", "page": "pages", "draft": "drafts"}
_LANGUAGE = re.compile(r"([A-Za-z]{2,3}(?:[_-][A-Za-z0-9]+)*)(?:[.@].*)?")
_HELD_BACK = "drafts are never published"


def configure(files: SiteFiles, config_files: Sequence[str] = ()) -> Configured:
    """The dialect as ``_config.yml`` sets it up, or ``config_files``, which the operator names in its place: later ones
    on top of earlier ones. Raises SourceError when one cannot be read, with the line.
    """
    path, config, warnings = _configuration(files, config_files)
    warnings += _not_honoured(path, config)
    people = people_of(files, config, warnings)
    return Configured(
        dialect=_dialect(path, config, warnings),
        facts=SiteFacts(
            title=text(config.get("title")) or text(config.get("name")),
            url=_url(config),
            description=text(config.get("description")),
            language=_language(config),
            timezone=text(config.get("timezone")),
            author=_author(config.get("author"), people),
        ),
        warnings=tuple(warnings),
        people=people,
        values=config,
        future=_is_set(config, "future"),
    )


def _configuration(files: SiteFiles, names: Sequence[str]) -> tuple[str, dict[str, Any], list[PostWarning]]:
    """What stands in the configuration, for people where, and what is odd about it."""
    config: dict[str, Any] = {}
    warnings: list[PostWarning] = []
    for name in names or ("",):
        notes: list[Note] = []
        if not name:
            path, found = load_first(files, "_config", ("yml", "yaml", "toml"), notes)
        else:
            data = files.read(name)
            path, found = name, None if data is None else load(name, data, notes)
        if found is not None and not isinstance(found, dict):
            raise SourceError(f"source {path}", "is no table of settings", 'write "name: value" lines')
        config = overlaid(config, found or {})
        warnings += [PostWarning(path=path, reason=note.reason, line=note.line) for note in notes]
    return ", ".join(names) or path, config, warnings


def places(files: LiveFiles, configured: Configured, site: Site, *, drop_html: bool = False) -> JekyllPlaces | None:
    """What else is on the site than posts; None where ``configured`` is not by ``configure``."""
    if not isinstance(configured.dialect, Jekyll):
        return None
    return JekyllPlaces(
        files, configured.dialect, configured.values, site_url=site.url, timezone=site.timezone, drop_html=drop_html
    )


def _dialect(path: str, config: Mapping[str, Any], warnings: list[PostWarning]) -> Jekyll:
    separator = config.get("excerpt_separator")
    extensions = text(config.get("markdown_ext"))
    include = tuple(_patterns(config.get("include"))) or (".htaccess",)
    exclude = (entry for entry in (*_patterns(config.get("exclude")), *EXCLUDED) if entry not in include)
    usual = Jekyll()
    return Jekyll(
        permalink_style=_permalink(path, config, warnings),
        defaults=tuple(_defaults(path, config, warnings)),
        exclude=tuple(exclude),
        include=include,
        collections_dir=text(config.get("collections_dir")).strip("/"),
        extensions=tuple(filter(None, (each.strip().lower() for each in extensions.split(",")))) or usual.extensions,
        excerpt_separator=separator if isinstance(separator, str) else usual.excerpt_separator,
        unpublished=_is_set(config, "unpublished"),
        excerpt_only=truth(reach(config, "feed.excerpt_only")) is True,
        markdown=of_jekyll(config),
    )


def _permalink(path: str, config: Mapping[str, Any], warnings: list[PostWarning]) -> str:
    """The pattern or style of posts. Below ``collections`` Jekyll knows patterns alone: a style's name is one too."""
    own = text(reach(config, "collections.posts.permalink"))
    if own not in STYLES:
        return own or text(config.get("permalink")) or "date"
    reason = f"collections.posts.permalink: {own} is no style here, Jekyll puts every post at the address /{own}"
    warnings.append(PostWarning(path=path, reason=reason, remedy=f'write "permalink: {own}" outside of collections'))
    return f"/{own}"


def _url(config: Mapping[str, Any]) -> str:
    """Where the site lives with its base path (frontmatter.md 33), "" when nothing says it."""
    url = text(config.get("url")).rstrip("/")
    base = text(config.get("baseurl")).strip("/")
    return f"{url}/{base}" if url and base else url


def _language(config: Mapping[str, Any]) -> str:
    """``lang`` or ``locale`` as the web writes it: en_US.UTF-8 is en-US."""
    said = next((text(config[key]) for key in ("lang", "locale", "language") if not empty(config.get(key))), "")
    match = _LANGUAGE.fullmatch(said)
    return match[1].replace("_", "-") if match else said


def _author(value: object, people: Mapping[str, Person]) -> str:
    """The name of who stands for the site: text, a table, or somebody's key."""
    name = text(value.get("name")) if isinstance(value, dict) else text(value)
    known = people.get(name.casefold())
    return known.name if known else name


def _patterns(value: object) -> list[str]:
    return [entry.removeprefix("./").lstrip("/") for entry in texts(value) if entry.strip("./")]


def _is_set(config: Mapping[str, Any], name: str) -> bool:
    """A switch as Ruby sees it: all but false and nothing is true."""
    return config.get(name) is not None and truth(config[name]) is not False


def _defaults(path: str, config: Mapping[str, Any], warnings: list[PostWarning]) -> Iterable[Defaults]:
    sets = config.get("defaults")
    for entry in sets if isinstance(sets, list) else ():
        scope = entry.get("scope") or {} if isinstance(entry, dict) else None
        values = entry.get("values") if isinstance(entry, dict) else None
        if not isinstance(scope, dict) or not isinstance(values, dict):
            warnings.append(
                PostWarning(path=path, reason="defaults: an entry without scope and values is left out, as in Jekyll")
            )
            continue
        where = text(scope.get("path")) if isinstance(scope.get("path"), str) else ""
        kind = text(scope.get("type"))
        if where.startswith("/"):
            reason = f'defaults: no path begins with "/", so that the entry for "{where[:60]}" fits no post'
            warnings.append(PostWarning(path=path, reason=reason, remedy="leave out the first /"))
        root = text(config.get("collections_dir")).strip("/")
        yield Defaults(where.removeprefix(f"{root}/") if root else where, _TYPES.get(kind, kind), values)


def _not_honoured(path: str, config: Mapping[str, Any]) -> list[PostWarning]:
    """What would change which posts there are and does not here."""
    found = []
    if _is_set(config, "show_drafts"):
        found.append(PostWarning(path=path, reason=f"show_drafts: {_HELD_BACK}, whatever it says"))
    limit = text(config.get("limit_posts"))
    if limit.isdecimal() and int(limit[:9]):
        remedy = "set limit under [[feeds]]"
        found.append(PostWarning(path=path, reason="limit_posts: all posts are read all the same", remedy=remedy))
    source = text(config.get("source")).strip("./")
    if source:
        remedy = "name the folder that holds the posts under [source] path"
        found.append(PostWarning(path=path, reason="source: posts are looked for beside this file", remedy=remedy))
    return found
