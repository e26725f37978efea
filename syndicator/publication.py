"""The publication and its rules: what our configuration says of them, and below that what the site's own does."""

from __future__ import annotations

from dataclasses import asdict

from pydantic import ValidationError

from syndicator.configuration.tables import SiteTable
from syndicator.configuration.words import Wrong, shown
from syndicator.errors import ConfigError, Fault
from syndicator.model import PostWarning, Site
from syndicator.ports import Configured, SiteFacts, SiteFiles
from syndicator.posts.fields import FieldMap
from syndicator.posts.people import People, placed
from syndicator.posts.rules import Rules
from syndicator.settings import Settings
from syndicator.text import one_line, printable

#: What a publication cannot do without.
_NEEDED = ("title", "url")
#: What it can do without: when the site's own configuration says it wrong, that is left out with a warning.
_SPARED = ("language",)
_TYPOGRAPHY: dict[str, bool | None] = {"site": None, "on": True, "off": False}


def site_of(settings: Settings, facts: SiteFacts) -> tuple[Site, tuple[PostWarning, ...]]:
    """The publication, and what could not be taken from the site's own configuration.

    Raises ConfigError when a part that is needed is in neither, or the site's own is not of its kind.
    """
    own = settings.site.model_dump(include=settings.site.model_fields_set)
    said = {key: line for key, value in asdict(facts).items() if key not in own and (line := one_line(value))}
    file = str(settings.file)
    faults: list[Fault] = []
    warnings: list[PostWarning] = []
    for key, problem in _wrong(said):
        if key in _SPARED:
            warnings.append(PostWarning(path=file, reason=f"site.{key}: {problem}, it is ignored", remedy=_set(key)))
        else:
            faults.append(
                Fault(where=file, key=f"site.{key}", problem=problem, remedy=f"mend it there, or {_set(key)}")
            )
        del said[key]
    found = {key for key in _NEEDED if key in own or key in said or any(f.key == f"site.{key}" for f in faults)}
    for key in _NEEDED:
        if key not in found:
            problem = "is missing, and the site's own configuration does not say it either"
            faults.append(Fault(where=file, key=f"site.{key}", problem=problem, remedy=_set(key)))
    if faults:
        raise ConfigError(tuple(faults))
    return Site(**{**SiteTable.model_validate(said).model_dump(), **own}), tuple(warnings)


def rules_of(settings: Settings, configured: Configured, site: Site, *, paged: bool) -> Rules:
    """How posts are read: what our configuration says of it, and below that the dialect and the site's own do.

    ``paged`` says whether each has a page in a built site.
    """
    people = {**configured.people, **settings.people()}
    return Rules(
        fields=FieldMap.of({**configured.dialect.fields, **settings.source.fields}),
        permalink=settings.source.permalink,
        limit=settings.source.max_front_matter_bytes,
        people=People({key: placed(somebody, site.url) for key, somebody in people.items()}),
        future=configured.future,
        typographic=_TYPOGRAPHY[settings.source.typography],
        mathml=settings.source.math == "mathml",
        templates=settings.source.templates,
        epoch=settings.source.epoch,
        html_suffix=settings.source.html_suffix,
        paged=paged,
        corrections=settings.publish.corrections,
        correction_label=settings.publish.correction_label,
        site_values=configured.values,
        includes=settings.source.includes,
    )


def require_files(settings: Settings, files: SiteFiles) -> None:
    """Raise ConfigError unless every file is there that the operator names as the site's own configuration, and
    SourceError when one cannot be read.
    """
    where, line = settings.config_place
    problem = 'names "{}", and there is no such file in the folder that posts come from'
    faults = tuple(
        Fault(
            where=where,
            line=line,
            key="source.config",
            problem=problem.format(printable(name)),
            remedy="correct the name, relative to [source] path, or leave it out",
        )
        for name in settings.source.config
        if files.read(name) is None
    )
    if faults:
        raise ConfigError(faults)


def _wrong(said: dict[str, str]) -> list[tuple[str, str]]:
    """What is not of its kind: the key, and what is wrong with it."""
    try:
        SiteTable.model_validate(said)
    except ValidationError as error:
        return [
            (str(each["loc"][0]), f"the site's own configuration says {shown(each['input'])}, {_problem(each)}")
            for each in error.errors(include_url=False)
        ]
    return []


def _problem(error: object) -> str:
    cause = error.get("ctx", {}).get("error") if isinstance(error, dict) else None
    problem = cause.problem if isinstance(cause, Wrong) else ""
    return f"which {problem}" if problem else "which is none"


def _set(key: str) -> str:
    return f"add {key} = … under [site], or set SYNDICATOR_SITE__{key.upper()}"
