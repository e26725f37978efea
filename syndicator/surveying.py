"""What there is in the folder of a site for which there is no configuration yet, as a build would read it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from syndicator.configuration.keys import keys_of
from syndicator.configuration.tables import SiteTable
from syndicator.configuration.words import Wrong, shown
from syndicator.crew import Crew
from syndicator.dialects.recognise import Recognised, recognise
from syndicator.errors import ConfigError, Fault, HistoryMissing, PostError, SourceError
from syndicator.feeds import live
from syndicator.ledger import settle
from syndicator.ports import Configured
from syndicator.reader import Reader
from syndicator.reading import read_all
from syndicator.realpath import real_path
from syndicator.settings import Settings
from syndicator.sourcing import reader, site_configuration, site_files
from syndicator.text import one_line, printable
from syndicator.visiting import Visit

#: Parts of the publication that can be given, with what to say for them.
_OPTIONS = {"title": "--title TEXT", "url": "--url https://…", "timezone": "--timezone NAME"}
_ANYWHERE = "http://127.0.0.1/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked for. Relative paths in the configuration begin at the folder of ``file``, written or not.

    ``given`` has title, url and timezone of the publication, as far as somebody has said them; ``visit`` is the site's
    repository when that was named instead of a folder.
    """

    site: Path
    file: Path
    visit: Visit | None = None
    dialect: str = ""
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def base(self) -> Path:
        """Where relative paths begin."""
        return self.file.absolute().parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was found. ``given`` is what must be set; a title that nobody says is in there too, as the folder's name.

    ``source`` is what the configuration is to say of where posts come from, ``example`` is the address of the newest
    post, "" when there is none.
    """

    seen: Recognised
    given: Mapping[str, str]
    configured: Configured
    reader: Reader
    source: Mapping[str, str | int]
    posts: int
    live: int
    refused: int
    categories: bool
    example: str


def survey(wish: Wish, now: datetime, faults: Iterable[Fault] = (), ask: Callable[[str], str] | None = None) -> Survey:
    """Look at a site. Raises SourceError, and ConfigError with ``faults`` and all that is wrong besides.

    ``ask`` is for the address, when nothing else is wrong; it is told what is wrong with the one there is.
    """
    found = [*faults, *faults_of_given(wish.given)]
    # The functions of os.path have an answer for any name, where a Path raises.
    if not wish.visit and not os.path.isdir(wish.site):  # noqa: PTH112
        problem = "is no folder" if os.path.exists(wish.site) else "does not exist"  # noqa: PTH110
        raise ConfigError((*found, _fault(wish.site, problem, "name the folder of the site")))
    good = {key: value for key, value in wish.given.items() if not faults_of_given({key: value})}
    try:
        seen = _recognised(wish)
        settings = _settings(wish, seen, good)
        configured = site_configuration(settings)
        if not one_line(configured.facts.title) and "title" not in good:
            settings = _settings(wish, seen, good := {**good, "title": _name(wish)})
        source_reader = reader(settings)
    except ConfigError as error:
        # What was given and is wrong is told already.
        more = (_how_to_say(fault, wish.site) for fault in error.faults)
        found += [fault for fault in more if fault.key.removeprefix("site.") not in wish.given]
        if ask and [fault.key for fault in found] == ["site.url"]:
            address = ask(found[0].problem)
            return survey(replace(wish, given={**wish.given, "url": address}), now)
        raise ConfigError(tuple(found)) from error
    except SourceError as error:
        if not found:
            raise
        raise ConfigError((*found, Fault(where=error.what, problem=error.reason, remedy=error.remedy))) from error
    if found:
        raise ConfigError(tuple(found))
    said = wish.visit.said if wish.visit else {"path": settings.source.path}
    found_now, cut_off = _count(seen, good, configured, source_reader, said, now)
    if cut_off and wish.visit and "depth" not in said:
        # Some dates are in the history alone.
        return survey(replace(wish, visit=wish.visit.whole()), now)
    return found_now


def faults_of_given(given: Mapping[str, str]) -> tuple[Fault, ...]:
    """What is wrong with what somebody has said of the publication."""
    try:
        SiteTable.model_validate(dict(given))
    except ValidationError as error:
        return tuple(_wrong(str(each["loc"][0]), each["input"], each.get("ctx", {})) for each in error.errors())
    return ()


def _wrong(key: str, value: object, context: Mapping[str, object]) -> Fault:
    cause = context.get("error")
    wrong = cause if isinstance(cause, Wrong) else Wrong()
    expected = keys_of(Settings)["site", key].expected
    problem = wrong.problem or f"expected {expected}, found {shown(value)}"
    return Fault(where=f"--{key}", problem=problem, remedy=wrong.remedy)


def _fault(site: Path, problem: str, remedy: str) -> Fault:
    return Fault(where=printable(str(site)), problem=problem, remedy=remedy)


def _recognised(wish: Wish) -> Recognised:
    looked_at = Recognised(dialect="plain", because="")
    seen = recognise(site_files(_settings(wish, looked_at, {})))
    match wish.dialect:
        case "eleventy" | "hugo" | "jekyll" | "plain":
            return Recognised(dialect=wish.dialect, because="--dialect")
    if seen is None:
        problem = "holds neither the configuration of Jekyll, Hugo or Eleventy nor a post in Markdown"
        raise ConfigError((_fault(wish.site, problem, "name the folder of the site, or say --dialect NAME"),))
    return seen


def _settings(wish: Wish, seen: Recognised, given: Mapping[str, str]) -> Settings:
    source = {**(wish.visit.source if wish.visit else {"path": _path(wish)}), "dialect": seen.dialect}
    publish = {"to": "public", "url": _ANYWHERE}
    return Settings(wish.file, {"site": dict(given), "source": source, "publish": publish})


def _path(wish: Wish) -> str:
    """The site as the configuration names it: relative where that leads there, whatever is a link on the way."""
    relative = os.path.relpath(wish.site.absolute(), wish.base)
    try:
        there = (wish.base / relative).samefile(wish.site)
    except OSError:
        there = False
    path = relative if there else str(wish.site.absolute())
    if not path.isascii() and any("\ud800" <= char <= "\udfff" for char in path):
        raise ConfigError((_fault(wish.site, "has a name that is not UTF-8", "rename the folder"),))
    return path


def _name(wish: Wish) -> str:
    """What the publication is called when nobody says it."""
    return wish.visit.name if wish.visit else one_line(printable(real_path(wish.site).name)) or "Posts"


def _how_to_say(fault: Fault, site: Path) -> Fault:
    """A fault in what the site says, with what can be done about it before there is a file of ours."""
    option = _OPTIONS.get(fault.key.removeprefix("site."), "")
    if not option:
        return fault
    missing = fault.problem.startswith("is missing")
    problem = "the site's own configuration does not say it" if missing else fault.problem
    remedy = f"say {option}" if missing else f"mend it there, or say {option}"
    return Fault(where=printable(str(site)), key=fault.key, problem=problem, remedy=remedy)


def _count(
    seen: Recognised,
    given: Mapping[str, str],
    configured: Configured,
    source_reader: Reader,
    source: Mapping[str, str | int],
    now: datetime,
) -> tuple[Survey, bool]:
    """What there is, and whether a date of some post is in a part of the history that is not here."""
    with Crew(1) as crew:
        scan, read = read_all(source_reader, crew)
    settled = settle({}, read.records, (), now=now, site_url=source_reader.site.url)
    posts = live(settled.records.values(), now, last_path_first=source_reader.dialect.last_path_first)
    found = Survey(
        seen=seen,
        given=given,
        configured=configured,
        reader=source_reader,
        source=source,
        posts=len(scan.changed) + len(scan.refused),
        live=len(posts),
        refused=len(scan.refused) + len(read.refused) + len(settled.refused),
        categories=any(record.values("category") for record in posts),
        example=next((address for post in posts[:9] if (address := _address(source_reader, post.path))), ""),
    )
    return found, any(isinstance(error, HistoryMissing) for error, _ in read.refused)


def _address(source_reader: Reader, path: str) -> str:
    try:
        return source_reader.parse(source_reader.source.read(path)).permalink
    except (PostError, SourceError):
        return ""
