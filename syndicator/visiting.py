"""A site in a git repository for which there is no configuration yet: fetched into a folder that is gone afterwards."""

from __future__ import annotations

import configparser
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from syndicator.configuration.environment import read_environment
from syndicator.configuration.keys import keys_of
from syndicator.configuration.repositories import is_folder, source_faults
from syndicator.configuration.tables import SourceTable
from syndicator.configuration.words import Wrong, shown
from syndicator.errors import ConfigError, Fault, SourceError
from syndicator.settings import Settings
from syndicator.sources.gitfaults import BY_ITSELF
from syndicator.sourcing import own_branch, upstream
from syndicator.text import one_line, printable

_BARE = ("HEAD", "objects", "refs")
_LARGEST_CONFIG = 65_536
#: What only the environment says is for fetching, and stands in no file.
_SECRET = ("username", "token", "partial", "timeout")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A repository that was fetched: ``said`` is what the configuration is to say of it, ``source`` that and where the
    copy is. ``named`` tells whether somebody has said the branch. Relative paths begin at the folder of ``file``.
    """

    said: Mapping[str, str | int]
    source: Mapping[str, Any] = field(repr=False)
    named: bool
    file: Path

    @property
    def name(self) -> str:
        """What the publication is called when nobody says it: as the repository is."""
        last = str(self.said["url"]).rstrip("/").removesuffix("/.git").replace(":", "/").rpartition("/")[2]
        return one_line(printable(last.removesuffix(".git"))) or "Posts"

    def whole(self) -> Visit:
        """With the whole history, which some dates need. Raises SourceError."""
        again = replace(self, said={**self.said, "depth": 0}, source={**self.source, "depth": 0})
        _fetch(_settings(self.file, again.source))
        return again


def is_repository(site: str) -> bool:
    """Whether what is named is a repository: an address, or a bare one in a folder."""
    # The functions of os.path have an answer for any name, where a Path raises.
    if os.path.isdir(site):  # noqa: PTH112
        return all(os.path.exists(os.path.join(site, name)) for name in _BARE)  # noqa: PTH110, PTH118
    return not os.path.exists(site) and not is_folder(site)  # noqa: PTH110


@contextmanager
def visit(
    site: str, file: Path, wanted: Mapping[str, str], environ: Mapping[str, str], faults: Iterable[Fault] = ()
) -> Iterator[Visit]:
    """Fetch the newest commit of a repository. ``file`` is where the configuration will be, ``wanted`` are branch, key
    and known hosts. Raises SourceError, and ConfigError with ``faults`` and all that is wrong besides.
    """
    base = file.absolute().parent
    environment = read_environment(environ, keys_of(Settings), base)
    secret = environment.tables.get("source", {})
    said: dict[str, str | int] = {"kind": "git", "url": _url(site, base), "path": ".", **wanted}
    if found := (*faults, *environment.faults, *_faults(site, said)):
        raise ConfigError(found)
    with tempfile.TemporaryDirectory(prefix="syndicator-") as folder:
        source = {**{key: secret[key] for key in _SECRET if key in secret}, **said, "clone": f"{folder}/site.git"}
        settings = _settings(file, {**source, "depth": 1})
        _fetch(settings)
        branch = wanted.get("branch") or own_branch(settings)
        said = {**said, "branch": branch} if branch else said
        yield Visit(said=said, source={**source, "depth": 1}, named="branch" in wanted, file=file)


def followed(site: Path) -> str:
    """The address that a working copy was cloned from, "" when nobody knows or it holds a secret. Git is not asked: it
    would obey the settings that are read here.
    """
    try:
        with (site / ".git" / "config").open(encoding="utf-8", errors="replace") as stream:
            text = stream.read(_LARGEST_CONFIG)
        parser = configparser.RawConfigParser(strict=False, allow_no_value=True, comment_prefixes=("#", ";"))
        parser.read_string(text)
        url = (parser.get('remote "origin"', "url", fallback="") or "").strip('"')
        SourceTable.model_validate({"path": ".", "url": url})
    except (OSError, configparser.Error, ValidationError, ValueError):
        return ""
    return printable(url)


def _url(site: str, base: Path) -> str:
    """The repository as the configuration names it: a folder's path is absolute, or relative to the configuration."""
    if not os.path.isdir(site):  # noqa: PTH112
        return site
    here = Path(site).absolute()
    relative = os.path.relpath(here, base)
    try:
        there = (base / relative).samefile(here) and is_folder(relative)
    except OSError:
        there = False
    return relative if there else str(here)


def _faults(site: str, said: Mapping[str, object]) -> Iterator[Fault]:
    where = printable(site)
    try:
        SourceTable.model_validate(dict(said))
    except ValidationError as error:
        for each in error.errors():
            key = str(each["loc"][0])
            cause = each.get("ctx", {}).get("error")
            wrong = cause if isinstance(cause, Wrong) else Wrong()
            problem = wrong.problem or f"expected {keys_of(Settings)['source', key].expected}"
            yield Fault(
                where=where if key == "url" else f"--{key.replace('_', '-')}",
                problem=problem if wrong.problem or key == "url" else f"{problem}, found {shown(each['input'])}",
                remedy=wrong.remedy,
            )
    for (_, key), wrong in source_faults(said):
        option = key.replace("_", "-")
        remedy = f"say --{option} FILE" if key in ("ssh_key", "known_hosts") else wrong.remedy
        yield Fault(where=where, problem=f"--{option} {wrong.problem}", remedy=remedy)


def _settings(file: Path, source: Mapping[str, Any]) -> Settings:
    publish = {"to": "public", "url": "http://127.0.0.1/"}
    return Settings(file, {"source": dict(source), "publish": publish})


def _fetch(settings: Settings) -> None:
    far = upstream(settings)
    assert far is not None  # noqa: S101 - the kind is git
    try:
        far.fetch()
    except SourceError as error:
        raise SourceError(error.what, error.reason, error.remedy.removesuffix(BY_ITSELF).rstrip("; ")) from error
