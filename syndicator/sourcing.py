"""Wiring of where posts come from: the only place that knows which source and which dialect are in use."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from syndicator.errors import SourceUnfinished, SyndicatorError
from syndicator.model import PostWarning, Site
from syndicator.ports import Configured, Dialect, SiteFiles, Surroundings, Upstream
from syndicator.publication import require_files, rules_of, site_of
from syndicator.reader import Reader
from syndicator.settings import Settings
from syndicator.sources.built import BuiltFolder
from syndicator.sources.folder import FolderSource, require_folder
from syndicator.sources.settling import Asking
from syndicator.sources.site import SiteFolder

if TYPE_CHECKING:
    from syndicator.sources.git import GitSource
    from syndicator.sources.gitclone import Clone
    from syndicator.sources.gitsite import GitFiles

# A dialect and all that git needs are imported when they are wanted.

#: Larger pages are something else than a post.
_MOST_OF_A_PAGE = 5_000_000


def upstream(settings: Settings) -> Upstream | None:
    """Where the source's files are fetched from; None when they are on this machine."""
    return _clone(settings) if settings.source.kind == "git" else None


def own_branch(settings: Settings) -> str:
    """The branch that the git repository itself names, "" for none. Raises SourceError."""
    return _clone(settings).own_branch()


def site_files(settings: Settings) -> SiteFiles:
    """The site's own files where its posts are."""
    return _files(settings)


def reader(settings: Settings, *, mends: bool = False) -> Reader:
    """The source of the configuration, in its dialect; with ``mends`` what is damaged is noted, to be fetched anew.

    Raises SourceError and ConfigError.
    """
    return _reader(settings, _files(settings), mends=mends)


def reader_of(settings: Settings, site: Site) -> Reader:
    """A reader for a source that is away, of a publication that was known. Raises SourceError and ConfigError."""
    return _reader(settings, _files(settings), mends=False, site=site)


class Readers:
    """Gives the reader for each pass: the same one until a file of the site's own configuration changes.

    ``is_being_written`` is what a folder's files are held back by, see FolderSource.
    """

    def __init__(self, settings: Settings, *, mends: bool = False, is_being_written: Asking | None = None) -> None:
        self._settings = settings
        self._mends = mends
        self._is_being_written = is_being_written
        self._files: SiteFolder | GitFiles | None = None
        self._reader: Reader | None = None

    def __call__(self) -> Reader:
        """Raises SourceError and ConfigError; the next call tries again."""
        if self._reader is not None and self._files is not None and self._files.unchanged():
            self._reader.look_again()
            return self._reader
        former, self._reader = self._reader, None
        files = _files(self._settings, is_being_written=self._is_being_written)
        try:
            self._reader = _reader(self._settings, files, self._is_being_written, mends=self._mends)
            self._files = files
        except SourceUnfinished:
            if former is None:
                raise
            former.look_again()  # by what stood there before, until it is whole
            self._reader = former
        return self._reader


def called(settings: Settings) -> tuple[str, str]:
    """Title and address of the publication for people, whatever is wrong with the site's own configuration."""
    title, url = settings.site.title, settings.site.url
    if not (title and url):
        try:
            site = reader(settings).site
        except SyndicatorError:
            far = upstream(settings)
            return title or (far.name if far else settings.source_path.name), url or settings.publish.url
        title, url = site.title, site.url
    return title, url


def site_configuration(settings: Settings) -> Configured:
    """What the site's own configuration says. Raises SourceError and ConfigError."""
    return _configured(settings, _files(settings))


def _files(settings: Settings, limit: int = 2**20, is_being_written: Asking | None = None) -> SiteFolder | GitFiles:
    """The site's own files where its posts are, ``limit`` bytes each at most: configuration and data are small."""
    if settings.source.kind == "folder":
        return SiteFolder(settings.source_path, is_being_written, limit=limit)
    from syndicator.sources.gitsite import GitFiles

    return GitFiles(_clone(settings), settings.source_folder, limit=limit)


def _configured(settings: Settings, files: SiteFiles, *, is_away: bool = False) -> Configured:
    """The dialect of the configuration, set up by the site's own; no other is imported. Raises as its caller says."""
    wanted = settings.source
    if not is_away:
        if wanted.config and wanted.kind == "folder":
            require_folder(settings.source_path)  # what is missing with all the rest is no wrong name
        require_files(settings, files)
    match wanted.dialect:
        case "eleventy":
            from syndicator.dialects import eleventy

            return eleventy.configure(files, collection=wanted.collection, posts=wanted.posts, folder=wanted.input)
        case "hugo":
            from syndicator.dialects import hugosite

            return hugosite.configure(files, wanted.config)
        case "jekyll":
            from syndicator.dialects import jekyllsite

            return jekyllsite.configure(files, wanted.config)
        case "plain":
            from syndicator.dialects import plain

            return plain.configure(files)


def _reader(
    settings: Settings,
    files: SiteFolder | GitFiles,
    is_being_written: Asking | None = None,
    *,
    mends: bool,
    site: Site | None = None,
) -> Reader:
    configured = _configured(settings, files, is_away=site is not None)
    dialect, limit, built = configured.dialect, settings.source.max_post_bytes, _built(settings)
    source = _source(settings, dialect, is_being_written, mends=mends)
    warnings: tuple[PostWarning, ...] = ()
    if site is None:
        if not (settings.site.title and settings.site.url):
            source.require()  # where there is no folder, nothing else is worth a word
        site, warnings = site_of(settings, configured.facts)
    return Reader(
        source=source,
        dialect=dialect,
        site=site,
        rules=rules_of(settings, configured, site, paged=bool(built)),
        salt=f"{limit} {configured.name or files.digest}",
        warnings=(*configured.warnings, *warnings),
        built=BuiltFolder(_files(settings, _MOST_OF_A_PAGE, is_being_written), built, site.url) if built else None,
        selector=settings.source.selector,
        around=_around(settings, configured, site),
    )


def _around(settings: Settings, configured: Configured, site: Site) -> Surroundings | None:
    """What posts may name beside each other; only Jekyll's do so by file."""
    if settings.source.dialect != "jekyll":
        return None
    from syndicator.dialects.jekyllsite import places

    return places(_files(settings), configured, site, drop_html=settings.source.html_suffix == "drop")


def _built(settings: Settings) -> str:
    """The folder of the built site, "" for none: never read for posts, whatever the dialect makes of its name."""
    folder = settings.source.rendered.strip("/")
    return posixpath.normpath(folder) if folder else ""


def _source(
    settings: Settings, dialect: Dialect, is_being_written: Asking | None, *, mends: bool
) -> FolderSource | GitSource:
    limit, closed = settings.source.max_post_bytes, _built(settings)
    if settings.source.kind == "folder":
        return FolderSource(settings.source_path, dialect, is_being_written, limit=limit, closed=closed)
    from syndicator.sources.git import GitSource

    return GitSource(
        _clone(settings),
        settings.source_folder,
        dialect,
        limit=limit,
        closed=closed,
        history=settings.source.depth == 0,
        mends=mends,
    )


def _clone(settings: Settings) -> Clone:
    from syndicator.sources.gitclone import Clone
    from syndicator.sources.gitcommand import Access

    source = settings.source
    return Clone(
        where=settings.clone_path,
        access=Access(
            url=settings.repository,
            username=source.username,
            token=source.token,
            key=settings.base / source.ssh_key if source.ssh_key else None,
            known_hosts=settings.base / source.known_hosts if source.known_hosts else None,
        ),
        branch=source.branch,
        depth=source.depth,
        partial=source.partial,
        within=source.timeout,
    )
