"""Where posts come from, and what lies beside them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from syndicator.errors import PostError
from syndicator.model import ImageFacts, Lifetime, SiteData, SourceFile

#: Files or folders below the source's folder where something may have changed; None for anywhere.
Touched = frozenset[str] | None

#: Why a file is refused that may be whole in a moment. It is read again then; nobody needs to do anything.
BEING_WRITTEN = "is being written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A file that a source says was renamed, and perhaps edited at once; ``alike`` is from 0 to 1 (the same bytes)."""

    old: str
    new: str
    alike: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One look at a source: files that are new or changed (path and version), paths that are gone, refusals.

    A version may be "" for a file that nothing was known of: reading it tells. ``moved`` is what the source itself
    knows of renames among them; most know nothing.
    """

    changed: tuple[tuple[str, str], ...] = ()
    gone: tuple[str, ...] = ()
    refused: tuple[PostError, ...] = ()
    moved: tuple[Move, ...] = ()


def own_version(version: str, begin: str) -> str:
    """A version as a source has it, of one that was remembered with the name of the rules in front; "" for other rules,
    by which the file is to be read again."""
    return version.removeprefix(begin) if version.startswith(begin) else ""


class Scout(Protocol):
    """Somebody who looks through the source while others get to know what they compare it with."""

    def begin(self) -> None:
        """Look from now on, not before."""

    def found(self, versions_begin: str) -> Scan | None:
        """What a scan finds for whoever has versions begin so, None for nobody's knowledge: look yourself."""


class Versions(Protocol):
    """The versions of the files that are there as far as is known, looked up where somebody asks."""

    def get(self, path: str, /) -> str | None: ...
    def __contains__(self, path: object, /) -> bool: ...
    def below(self, folder: str) -> Collection[str]:
        """The paths in and below a folder."""
        ...


class Source(Protocol):
    """Where posts come from."""

    def require(self) -> None:
        """Raises SourceError when nothing can be read, as far as a cheap look can tell."""
        ...

    def glance(self, known: Versions, touched: frozenset[str]) -> Scan | None:
        """What a scan would find when nothing has changed elsewhere; None where only a scan can tell.

        Raises SourceError when the source as a whole cannot be read.
        """
        ...

    def scan(self, known: Mapping[str, str], *, spend: bool = False) -> Scan:
        """Compare with the versions known by path. Raises SourceError when the source as a whole cannot be read.

        With ``spend`` they may be used up: a second copy of them is the most that a look takes of memory.
        """
        ...

    def read(self, path: str) -> SourceFile:
        """The file as it is now. Raises PostError when it is gone, unreadable, too large or leads out of the source."""
        ...

    def lifetime(self, path: str) -> Lifetime | None:
        """When a file was made and last touched; None where the source has no history."""
        ...

    def mounts(self) -> frozenset[str]:
        """File systems that its files are on and that may go with them: where each is mounted among them, or, beginning
        with a slash, around them."""
        ...

    def is_bare(self) -> bool:
        """Whether nothing is where its files were, as when a file system is not mounted there."""
        ...

    def measure(self, file: str, known_version: str) -> tuple[str, ImageFacts] | None:
        """Version and facts of a local image, None when there is no such file inside the source.

        ``known_version`` is what the caller has remembered: when it is still right, the facts come back empty.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchReport:
    """How the last fetch from ``url`` went: when it was tried, and what was wrong ("" for nothing).

    ``commit`` is what posts are read from, ``fetched`` when the last fetch went well.
    """

    url: str
    tried: datetime
    fetched: datetime | None = None
    commit: str = ""
    problem: str = ""


class Upstream(Protocol):
    """Where a source's files are fetched from, when they are somebody else's."""

    @property
    def name(self) -> str:
        """For people: where it is."""
        ...

    def fetch(self, stopped: Callable[[], bool] = ...) -> bool:
        """Get what is new; whether anything is. ``stopped`` is asked now and then whether to leave off.

        Raises SourceError when it cannot be had; what was fetched before stays.
        """
        ...

    def is_spoilt(self) -> bool:
        """Whether what was fetched before cannot be read, so that a fetch should not wait."""
        ...

    def report(self) -> FetchReport | None:
        """How the last fetch went, None when there was none."""
        ...


class BuiltSite(Protocol):
    """The pages that the site's own generator has made of the posts."""

    def look_again(self) -> None:
        """From here on pages are as they are now."""
        ...

    def version(self, permalink: str) -> str:
        """The name of the page at an address, without reading it: it changes when the page does. "" for none."""
        ...

    def page(self, permalink: str) -> bytes | None:
        """The page at an address of the site; None when there is none that can be read.

        Raises SourceUnfinished when somebody is writing it.
        """
        ...


class Surroundings(Protocol):
    """What else is on the site that posts name: pages, files, documents of collections, data."""

    def look_again(self) -> None:
        """From here on answers are about what is there now."""
        ...

    def address(self, target: str) -> str:
        """The absolute address of what a post refers to by its file; "" when there is none."""
        ...

    def version_of_data(self, name: str) -> str:
        """The name of what stands in the data files that templates know by a name ("*" for all); "" for none."""
        ...

    def data(self, names: Collection[str]) -> SiteData:
        """What stands in the data files of these names; what cannot be read is told in it."""
        ...


class SiteFiles(Protocol):
    """The site's own files beside its posts: configuration and data. Paths are relative to the source, with ``/``."""

    def read(self, path: str) -> bytes | None:
        """What is in a file; None when there is none. Raises SourceError when it cannot be read, is larger than a
        megabyte or leads out of the source."""
        ...

    def names(self, folder: str) -> tuple[str, ...]:
        """What is in a folder ("" for the root), sorted; folders end in ``/``. Empty when there is none.

        Raises SourceError when it cannot be listed. Links that lead out of the source are left out.
        """
        ...

    def find(self, folder: str, fits: Callable[[str], bool]) -> tuple[str, ...]:
        """The paths of the files in and below a folder whose names fit, sorted; hidden folders are left out, and those
        that cannot be listed."""
        ...


class LiveFiles(SiteFiles, Protocol):
    """The same, looked at pass after pass."""

    def begin(self, path: str, most: int) -> bytes | None:
        """The first bytes of a file of any size; None when there is none. Raises SourceError."""
        ...

    def version(self, path: str) -> str:
        """The name of a file as it is now, "" when there is none: two of one file differ when its content does.

        Raises SourceError when nobody can look.
        """
        ...

    def look_again(self) -> None:
        """From here on files are as they are now; a source may show them as they were when it was asked first."""
        ...
