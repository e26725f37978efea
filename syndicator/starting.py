"""A first configuration for a site, what it says and what had to be guessed, and the file it is written to."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shlex import quote
from typing import Any
from urllib.parse import urlsplit

from syndicator.dialects.ownfeeds import OwnFeeds, own_feeds
from syndicator.drafting import GENERATORS, Draft, choose_feeds, write_draft
from syndicator.errors import ConfigError, Fault
from syndicator.realpath import real_path
from syndicator.surveying import Survey, Wish, survey
from syndicator.text import one_line, printable
from syndicator.visiting import followed

#: Where feeds and state go when the configuration lies in the site's own folder: generators leave out what begins with
#: a dot, and Jekyll would publish the state otherwise.
_ASIDE = ".syndicator"
_EXAMPLES = frozenset({"example.org", "example.com", "www.example.org", "www.example.com", "localhost", "127.0.0.1"})
_FACTS = ("title", "url", "description", "language", "timezone", "author")
#: Where a date without a zone is in UTC on every machine.
_IN_UTC = frozenset({"hugo", "eleventy"})
_BESIDE = ".syndicator-"
#: What file systems say that have no hard links.
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK})


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """The configuration, and what it was made from.

    ``facts`` are those of the publication with who says them, ``guesses`` say by the names of settings what was
    assumed, ``advice`` is what to look after besides.
    """

    text: str
    repository: str
    dialect: str
    because: str
    facts: tuple[tuple[str, str, str], ...]
    posts: int
    live: int
    refused: int
    example: str
    feeds: tuple[str, ...]
    to: str
    url: str
    guesses: Mapping[str, str]
    advice: tuple[str, ...]
    warnings: tuple[str, ...]

    def lines(self, written: Path | None) -> tuple[str, ...]:
        """For people: what was found, what was not, and what to do next where a file was written."""
        refused = f", {self.refused} refused ('syndicator check' will say why)" if self.refused else ""
        lines = [
            *([f"repository {self.repository}"] if self.repository else []),
            f"dialect    {self.dialect}, because of {self.because}",
            *(f"{name:<11}{value} ({who})" for name, value, who in self.facts),
            f"posts      {self.posts}, {self.live} live{refused}",
            *([f"permalink  as of the newest post: {self.example}"] if self.example else []),
            *(f"feed       {feed}" for feed in self.feeds),
            f"folder     {self.to}, to be found at {self.url}",
            *(f"guessed    {name}: {why}" for name, why in self.guesses.items()),
            *(f"mind       {advice}" for advice in self.advice),
        ]
        if written:
            named = quote(str(written))
            lines += [f"wrote      {written}", f"next       syndicator check -c {named}"]
            lines += [f"           syndicator build -c {named}"]
        return tuple(map(printable, lines))


def start(wish: Wish, now: datetime, faults: Iterable[Fault] = (), ask: Callable[[str], str] | None = None) -> Start:
    """The configuration for a site; nothing is written. Raises SourceError, and ConfigError with all faults at once.

    ``ask`` is for the address of a site that says none.
    """
    found = survey(wish, now, faults, ask)
    site, facts = found.reader.site, found.configured.facts
    own = own_feeds(found.seen.dialect, found.configured.values)
    feeds, kept = choose_feeds(own, site.url)
    guesses = dict(_guesses(wish, found, own, kept=kept))
    aside = not wish.visit and real_path(wish.base).is_relative_to(real_path(wish.site))
    draft = Draft(
        source=found.source,
        dialect=found.seen.dialect,
        site=found.given,
        said={key: value for key in _FACTS if one_line(getattr(facts, key)) and (value := getattr(site, key))},
        to=f"{_ASIDE}/public" if aside else "public",
        url=site.url,
        feeds=feeds,
        categories=found.categories,
        state=f"sqlite:///{_ASIDE}/state.db" if aside else "",
        guesses=guesses,
    )
    return Start(
        text=write_draft(draft),
        repository=f"{draft.source['url']} ({draft.source.get('branch') or 'its own branch'})" if wish.visit else "",
        dialect=draft.dialect,
        because=printable(found.seen.because),
        facts=tuple(
            (name, getattr(site, key), _who(key, wish, draft))
            for name, key in (("title", "title"), ("address", "url"), ("language", "language"), ("zone", "timezone"))
        ),
        posts=found.posts,
        live=found.live,
        refused=found.refused,
        example=found.example,
        feeds=tuple(map(_told, feeds if found.categories else feeds[:1])),
        to=draft.to,
        url=draft.url,
        guesses=guesses,
        advice=tuple(_advice(wish, found, aside=aside)),
        warnings=tuple(printable(str(warning)) for warning in found.reader.warnings),
    )


def _who(key: str, wish: Wish, draft: Draft) -> str:
    if key in wish.given or (key == "url" and key in draft.site):
        return "as you say"
    if key in draft.said:
        return "as the site's own configuration says"
    return "a guess" if f"site.{key}" in draft.guesses else "the default"


def _guesses(wish: Wish, found: Survey, own: OwnFeeds, *, kept: bool) -> Iterator[tuple[str, str]]:
    site, seen, facts = found.reader.site, found.seen, found.configured.facts
    if "title" in found.given and "title" not in wish.given:
        what = "repository" if wish.visit else "folder"
        yield "site.title", f"nothing says what the publication is called; this is the name of its {what}."
    if urlsplit(site.url).hostname in _EXAMPLES:
        yield "site.url", f"{site.url} looks like an example; all addresses of posts begin with it."
    if not one_line(facts.timezone) and "timezone" not in wish.given and seen.dialect not in _IN_UTC:
        yield "site.timezone", "nothing says what a date without a zone means, so that it is taken for UTC."
    if seen.others:
        others = ", ".join(f"{because} looks like {GENERATORS[name]}" for name, because in seen.others)
        yield "source.dialect", f"{seen.because} decides, but {others}."
    elif seen.dialect not in GENERATORS and seen.because != "--dialect":
        yield "source.dialect", "nothing here is of Jekyll, Hugo or Eleventy, so that posts are read as they are."
    if wish.visit and not wish.visit.named and "branch" in found.source:
        yield "source.branch", "this is the branch that the repository itself names."
    if "depth" in found.source:
        yield "source.depth", "some posts have dates that are in the history alone, so that all of it is fetched."
    where = "nothing says where the world will find the folder above; this is the root of the site"
    yield "publish.url", f"{where}, so that feeds keep the addresses of {own.because}." if kept else f"{where}."
    if own.because and not kept:
        yield "feeds.rss", f"the path of {own.because} cannot be that of a feed here."


def _advice(wish: Wish, found: Survey, *, aside: bool) -> Iterator[str]:
    if not found.live:
        yield "no post is live yet; 'syndicator check' and 'syndicator why POST' say why"
    if aside and found.seen.dialect == "jekyll":
        yield f"add {wish.file.name} to exclude in _config.yml, or Jekyll publishes it with the site"
    if wish.visit:
        return
    root = real_path(wish.site)
    if any(os.path.exists(folder / ".git") for folder in (root, *root.parents)):  # noqa: PTH110
        ignored = f"add {_ASIDE}/ to .gitignore; " if aside else ""
        far = followed(root)
        which = f' and url = "{far}"' if far else ""
        git = f'with [source] kind = "git"{which} its repository is followed instead'
        yield f"{ignored}this is a git working copy: {git}"


def _told(feed: Mapping[str, Any]) -> str:
    paths = ", ".join(str(feed[key]) for key in ("rss", "atom", "json") if key in feed)
    return f"{feed['name']}: {paths}; {feed.get('limit', 50)} posts at most"


# --- the file -----------------------------------------------------------------------------------------------------


def faults_of_file(file: Path, *, force: bool) -> tuple[Fault, ...]:
    """Why a configuration cannot be written there."""
    where = printable(str(file))
    # The functions of os.path have an answer for any name, where a Path raises.
    if os.path.isdir(file):  # noqa: PTH112
        return (Fault(where=where, problem="is a folder", remedy="name a file, as in -o syndicator.toml"),)
    if not os.path.isdir(file.absolute().parent):  # noqa: PTH112
        return (Fault(where=where, problem="its folder does not exist", remedy="make the folder, or name another"),)
    if os.path.lexists(file) and not force:
        return (_there(where),)
    return ()


def write_new(file: Path, text: str, *, force: bool) -> None:
    """Write a file whole or not at all, over another one only with ``force``. Raises ConfigError."""
    where = printable(str(file))
    target = Path(os.path.realpath(file))  # a link stays one
    beside = target.with_name(f"{_BESIDE}{target.name}"[:200])
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(handle)
            _name(beside, target, force=force)
        finally:
            with suppress(FileNotFoundError):
                beside.unlink()
    except FileExistsError as error:
        raise ConfigError((_there(where),)) from error
    except OSError as error:
        fault = Fault(where=where, problem=f"cannot be written ({error.strerror})", remedy="name another file with -o")
        raise ConfigError((fault,)) from error


def _name(beside: Path, target: Path, *, force: bool) -> None:
    """Give a finished file its name; only a link never takes the name of a file that came in between."""
    if not force:
        try:
            target.hardlink_to(beside)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
        else:
            return
    beside.replace(target)


def _there(where: str) -> Fault:
    return Fault(where=where, problem="is there already", remedy="say --force to write over it, or -o for another file")
