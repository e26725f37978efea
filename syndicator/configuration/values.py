"""The kinds of values that a configuration holds, and how each is looked at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from syndicator.configuration.durations import duration, duration_or_none, interval
from syndicator.configuration.words import Expect, Wrong, nearest
from syndicator.markup.includes import NoInclude, is_name, shown_as
from syndicator.markup.selectors import xpaths

# RFC 5646 section 2.1, less the irregular tags that it keeps for old times' sake.
_LANGUAGE = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?",
    re.IGNORECASE | re.ASCII,
)
_LEAST_SECRET = 16
# Names that mean another zone on each machine, so that the same content would not give the same bytes.
_OF_THE_MACHINE = frozenset({"localtime", "posixrules", "Factory"})


# --- what text may say --------------------------------------------------------------------------------------------


def filled(value: str) -> str:
    """Text that says something, as it is. Raises Wrong."""
    if not value.strip():
        raise Wrong
    return value


def language(value: str) -> str:
    """A language tag as it is. Raises Wrong."""
    if not _LANGUAGE.fullmatch(value):
        meant = value.strip().partition(".")[0].replace("_", "-")
        raise Wrong(remedy=f'did you mean "{meant}"?' if _LANGUAGE.fullmatch(meant) else "")
    return value


def _timezone(value: str) -> str:
    import zoneinfo

    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise Wrong(remedy=_timezone_remedy(value, sorted(zoneinfo.available_timezones() - _OF_THE_MACHINE))) from None
    if value in _OF_THE_MACHINE:
        raise Wrong("names another time zone on each machine", "write its name, such as Europe/Berlin")
    return value


def _timezone_remedy(value: str, known: Sequence[str]) -> str:
    place = value.strip().replace(" ", "_").casefold()
    for name in known:
        if place and place in (name.casefold(), name.rpartition("/")[2].casefold()):
            return f'did you mean "{name}"?'
        if name.casefold().startswith(f"{place}/"):
            return f'name a place in it, such as "{name}"'
    meant = nearest(place, known, alike=0.75)
    return f'did you mean "{meant}"?' if meant else "names look like Europe/Berlin"


def _folder(value: str) -> str:
    if not value.strip() or "\0" in value:
        raise Wrong
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", value):
        raise Wrong("is an address, and this version knows folders only", "name a folder")
    return value


def _database(value: str) -> str:
    path = value.removeprefix("sqlite:///")
    if not value.startswith("sqlite:"):
        raise Wrong("this version keeps its state in SQLite only", 'write it as "sqlite:///var/state.db"')
    if path in (value, "", ":memory:") or path.endswith("/"):
        raise Wrong("names no file, and what is remembered must outlive the program", 'as in "sqlite:///var/state.db"')
    if "?" in path or "\0" in path:
        raise Wrong("has a ? or a character that no file name can have", "leave it out")
    return value


def _document(value: str) -> str:
    """A path below ``publish.to``: it cannot lead out of it, and it is the same on disk and in an address."""
    if "\\" in value:
        raise Wrong("has a back slash", "write / between folder and file")
    if value.startswith("/"):
        raise Wrong("begins with /, but is a path inside [publish] to", "leave out the first /")
    parts = value.split("/")
    if ".." in parts:
        raise Wrong('leads out of [publish] to by ".."', "name a path inside it")
    bad = value and ("" in parts or "." in parts or not value.isprintable() or value != value.strip())
    if bad or len(value.encode()) > 1000 or any(len(part.encode()) > 150 for part in parts):
        raise Wrong
    if set("?#%{}<>:*|\"'") & set(value.replace("{slug}", "")):
        raise Wrong("has a character that file names or addresses cannot have", "use letters, digits, - _ . and /")
    return value


def listed(value: object) -> object:
    """One item as a list of one; whatever else is wrong is found later."""
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


def _dotted(value: str) -> str:
    if not value.strip() or "" in value.split("."):
        raise Wrong
    return value


def _site_file(value: str) -> str:
    if value.startswith("/") or ".." in value.split("/"):
        raise Wrong("leads out of the folder that posts come from", "name a file in [source] path, relative to it")
    if not value.isprintable() or value.rpartition(".")[2].lower() not in ("yml", "yaml", "toml", "json"):
        raise Wrong("is no configuration that is read", "name files that end in .yml, .yaml, .toml or .json")
    return value


def _include_name(value: str) -> str:
    if not is_name(value):
        raise Wrong
    return value


def _include(value: str) -> str:
    try:
        shown_as(value)
    except NoInclude as error:
        raise Wrong(error.problem, error.remedy) from error
    return value


def _secret(value: str) -> str:
    if not value:
        return value
    if not value.isprintable() or value != value.strip():
        raise Wrong("has spaces around it, or characters that nobody can type", "write it as the other side has it")
    if len(value) < _LEAST_SECRET:
        raise Wrong(
            f"has less than {_LEAST_SECRET} characters, so that others may guess it",
            "make one with 'openssl rand -hex 32', and give both sides the same",
        )
    return value


def _selector(value: str) -> str:
    try:
        return value if not value or xpaths(value) else ""
    except ValueError as error:
        raise Wrong("is not a selector that is known", 'as in "article .post-content"') from error


def not_yet(later: Iterable[str], reason: str, remedy: str) -> Callable[[object], object]:
    """A check that tells apart what a later version will take from what is misspelt."""

    def check(value: object) -> object:
        if value in tuple(later):
            raise Wrong(reason, remedy)
        return value

    return check


# --- kinds --------------------------------------------------------------------------------------------------------


Text = Annotated[str, Expect("text")]
Selector = Annotated[str, AfterValidator(_selector), Expect('a selector of CSS such as "article .post-content"')]
Filled = Annotated[str, AfterValidator(filled), Expect("text, not empty")]
Switch = Annotated[bool, Expect("true or false")]
Language = Annotated[str, AfterValidator(language), Expect('a language tag such as "en" or "pt-BR"')]
Timezone = Annotated[str, AfterValidator(_timezone), Expect('the name of a time zone such as "Europe/Berlin"')]
Secret = Annotated[
    str, Field(repr=False), AfterValidator(_secret), Expect("a secret of at least 16 characters", secret=True)
]
Folder = Annotated[str, AfterValidator(_folder), Expect("a folder, relative to this file or absolute")]
Database = Annotated[str, AfterValidator(_database), Expect('an address such as "sqlite:///var/state.db"', secret=True)]
DocumentPath = Annotated[str, AfterValidator(_document), Expect('a path such as "feed.xml", inside [publish] to')]
Duration = Annotated[timedelta, BeforeValidator(duration), Expect('a duration such as "250ms", "10s" or "1h30m"')]
Interval = Annotated[timedelta, BeforeValidator(interval), Expect('a duration such as "10s" or "1h30m"')]
Pause = Annotated[timedelta, BeforeValidator(duration_or_none), Expect('a duration such as "5m", or "0s" for none')]
FeedName = Annotated[
    str, Field(pattern=r"\A[a-z0-9-]{1,100}\z"), Expect("a name of lower-case letters, digits and hyphens")
]
FieldName = Annotated[str, Field(pattern=r"\A[a-z_]{1,100}\z")]
IncludeName = Annotated[str, AfterValidator(_include_name)]
IncludeKind = Annotated[str, AfterValidator(_include), Expect('what it shows, such as "figure" or "figure src=path"')]
FieldPaths = Annotated[
    tuple[Annotated[str, AfterValidator(_dotted)], ...],
    BeforeValidator(listed),
    Expect('a name in the front matter such as "image.path", or a list of them'),
]
SiteFile = Annotated[str, AfterValidator(_site_file)]
SiteFileList = Annotated[
    tuple[SiteFile, ...],
    BeforeValidator(listed),
    Expect('a list of files such as ["_config.yml", "_config.production.yml"]'),
]
Limit = Annotated[int, Field(ge=1, le=500), Expect("a whole number from 1 to 500")]
Count = Annotated[int, Field(ge=1, le=500), Expect("a whole number from 1 to 500")]
Percent = Annotated[int, Field(ge=0, le=100), Expect("a whole number from 0 to 100, with 0 for any")]
Room = Annotated[int, Field(ge=0, le=100_000_000), Expect("a whole number up to 100000000, or 0 for no limit")]
Names = Annotated[
    tuple[Annotated[str, AfterValidator(filled)], ...], BeforeValidator(listed), Expect("a name, or a list of them")
]
Parameter = Annotated[str, Field(pattern=r"\A[^\s&=#?]{1,100}\z")]
ParameterValue = Annotated[str, AfterValidator(filled), Expect("text, not empty")]
Port = Annotated[int, Field(ge=0, le=65535), Expect("a whole number from 0 to 65535")]
Bytes = Annotated[int, Field(ge=1, le=100_000_000), Expect("a whole number from 1 to 100000000")]
