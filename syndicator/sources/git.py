"""Posts as files of a commit, read from our own copy of a git repository."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import PurePosixPath

from syndicator.errors import PostError, SourceError
from syndicator.images import FIRST_LOOK, SECOND_LOOK, describe, type_of_name, wants_more
from syndicator.model import ImageFacts, Lifetime, SourceFile
from syndicator.ports import Dialect, Move, Scan, Versions
from syndicator.sources.belongings import below, marked
from syndicator.sources.gitblobs import LINK, SUBMODULE, Blob, Blobs, LeadsOut, listing
from syndicator.sources.gitclone import Clone
from syndicator.sources.gitcommand import GitFailed
from syndicator.sources.gitfaults import LEADS_OUT, damaged, not_fetched
from syndicator.sources.gitlog import last_changes, lifetime, renames
from syndicator.text import printable


class GitSource:
    """Reads posts below ``folder`` of the newest commit that was fetched; versions are git's names of the bytes.

    Everything between two scans is read from one commit, whatever is fetched meanwhile. ``limit`` is the largest post
    in bytes, in the folder ``closed`` there are none. With ``history`` it says when a file was last changed; with
    ``mends`` it notes that the copy is damaged.
    """

    def __init__(
        self,
        clone: Clone,
        folder: str,
        dialect: Dialect,
        *,
        limit: int,
        closed: str = "",
        history: bool = False,
        mends: bool = False,
    ) -> None:
        self._clone = clone
        self._folder = folder
        self._dialect = dialect
        self._limit = limit
        self._closed = closed
        self._history = history
        self._mends = mends
        self._blobs: Blobs | None = None
        self._modified: dict[str, datetime] = {}
        self._beside: dict[str, tuple[str, ...]] = {}

    def scan(self, known: Mapping[str, str], *, spend: bool = False) -> Scan:  # noqa: ARG002 - it needs no copy
        """Compare the newest commit with the versions known by path. Raises SourceError when there is none to read."""
        tips = self._tips()
        if self._blobs is not None:
            self._blobs.close()
        self._blobs = Blobs(self._clone.where, tips[0], self._folder)
        try:
            files = self._blobs.listing()
        except GitFailed as error:
            raise self._no_listing(tips[0], error) from error
        found, refused = self._posts(files, known)
        self._blobs.posts = found
        changed = tuple(
            (path, version)
            for path, oid in sorted(found.items())
            if known.get(path) != (version := oid + marked(self._beside.get(path, ())))
        )
        away = {error.path for error in refused}
        gone = tuple(sorted(path for path in known if path not in found and path not in away))
        self._modified = (
            last_changes(self._clone.where, tips[0], {self._full(path): found[path] for path, _ in changed})
            if self._history and changed
            else {}
        )
        return Scan(
            changed=changed,
            gone=gone,
            refused=tuple(sorted(refused, key=lambda error: error.path)),
            moved=self._moves(tips, {path: known[path] for path in gone}) if gone and changed else (),
        )

    def glance(self, known: Versions, touched: frozenset[str]) -> None:
        """A commit is always read as a whole: what it changed git knows at once."""

    def read(self, path: str) -> SourceFile:
        """The file as it is in the commit. Raises PostError."""
        try:
            blob = self._pinned().read(path, self._limit)
        except LeadsOut as error:
            raise PostError(path, LEADS_OUT, remedy="copy the file instead") from error
        except GitFailed as error:
            self._spoil()
            raise PostError(path, f"cannot be read ({error})", remedy="it is fetched anew") from error
        except SourceError as error:
            raise PostError(path, f"cannot be read ({error.reason})", remedy=error.remedy) from error
        if blob is None:
            raise PostError(path, "is not in the repository any more", remedy="restore it")
        if blob.length > self._limit:
            reason = f"has {blob.length} bytes, more than {self._limit}"
            raise PostError(path, reason, remedy="shorten it, or raise [source] max_post_bytes")
        beside = self._beside.get(path, ())
        modified = self._modified.get(self._full(path))
        return SourceFile(
            path=path, version=blob.oid + marked(beside), data=blob.data, modified=modified, beside=beside
        )

    def measure(self, file: str, known_version: str) -> tuple[str, ImageFacts] | None:
        """Version and facts of an image in the repository, None when there is none."""
        try:
            blob = self._pinned().read(file, FIRST_LOOK)
            if blob is None:
                return None
            if blob.oid == known_version:
                return known_version, ImageFacts()
            facts = _facts(file, blob)
            if wants_more(facts) and blob.length > FIRST_LOOK:
                more = self._pinned().read(file, SECOND_LOOK)
                facts = _facts(file, more) if more else facts
        except (LeadsOut, SourceError):
            return None
        except GitFailed:
            self._spoil()
            return None
        return blob.oid, facts

    def is_bare(self) -> bool:
        """Never: whoever commits that nothing is left means it."""
        return False

    def mounts(self) -> frozenset[str]:
        """None: what is in a commit cannot be anywhere else."""
        return frozenset()

    def lifetime(self, path: str) -> Lifetime:
        """When the file was made and last touched, by the commit's history."""
        try:
            return lifetime(self._clone.where, self._pinned().commit, self._folder, path)
        except SourceError as error:
            return Lifetime(unknown=error.reason, remedy=error.remedy)

    def require(self) -> None:
        """Raises SourceError when there is nothing to read."""
        self._tips()

    # --- below ---------------------------------------------------------------------------------------------------

    def _tips(self) -> tuple[str, ...]:
        try:
            tips = self._clone.tips()
        except SourceError:
            self._spoil()
            raise
        if not tips:
            raise not_fetched(self._clone.name, self._clone.report())
        return tips

    def _pinned(self) -> Blobs:
        if self._blobs is None:
            self._blobs = Blobs(self._clone.where, self._tips()[0], self._folder)
        return self._blobs

    def _full(self, path: str) -> str:
        return f"{self._folder}/{path}" if self._folder else path

    def _spoil(self) -> None:
        if self._mends:
            self._clone.spoil()

    def _no_listing(self, commit: str, error: GitFailed) -> SourceError:
        try:
            there = listing(self._clone.where, commit)
        except GitFailed:
            self._spoil()
            return damaged(self._clone.where, str(error))
        reason = f'commit {commit[:10]} has no folder "{printable(self._folder)}" among its {len(there)} files'
        return SourceError(
            f"source {self._clone.name}", reason, "set [source] path to the folder with the site; the feeds stay"
        )

    def _posts(
        self, files: Mapping[str, tuple[str, str]], known: Mapping[str, str]
    ) -> tuple[dict[str, str], list[PostError]]:
        """Names in git of the files that are posts, and those that are refused."""
        found: dict[str, str] = {}
        refused: list[PostError] = []
        is_post = lru_cache(maxsize=None)(lambda folder: self._rule(folder))
        names = _by_folder(files)
        self._beside = {}
        alone = lru_cache(maxsize=None)(lambda folder: self._dialect.bundle(PurePosixPath(folder), names[folder]))
        for path, (mode, oid) in files.items():
            folder, _, name = path.rpartition("/")
            rule = is_post(folder)
            if rule is None or not (path in known or rule(name)) or mode == SUBMODULE:
                continue
            # What is known may have become a part of another post since.
            only = alone(folder)
            if (only is not None and not only(name)) or any(alone(above) is not None for above in _above(folder)):
                continue
            if not path.isprintable():
                refused.append(PostError(printable(path), "its name is not printable UTF-8", remedy="rename it"))
            elif mode != LINK:
                found[path] = oid
            else:
                try:
                    target = self._pinned().read(path, 0)
                    if target is not None:
                        found[path] = target.oid
                except LeadsOut:
                    refused.append(PostError(path, LEADS_OUT, remedy="copy the file instead"))
                except GitFailed as error:
                    self._spoil()
                    refused.append(PostError(path, f"cannot be read ({error})", remedy="it is fetched anew"))
            if path in found and (fits := self._dialect.belongings(path)):
                self._beside[path] = below(folder, names, fits)
        return found, refused

    def _rule(self, folder: str) -> Callable[[str], bool] | None:
        """Which names in a folder are posts; None where the dialect does not go."""
        if self._closed and f"{folder}/".startswith(f"{self._closed}/"):
            return None
        path = PurePosixPath(folder)
        ways = (path, *path.parents) if folder else ()
        if not all(self._dialect.enters(way) for way in ways if way.parts):
            return None
        return self._dialect.posts_in(path) or _none

    def _moves(self, tips: tuple[str, ...], gone: Mapping[str, str]) -> tuple[Move, ...]:
        """What git knows of the files that are gone, from the commit that they were last read from."""
        prefix = f"{self._folder}/" if self._folder else ""
        for base in tips[1:]:
            try:
                files = listing(self._clone.where, base, self._folder)
            except GitFailed:
                continue
            oids = {path: version.partition("+")[0] for path, version in gone.items()}
            left = {path for path, oid in oids.items() if path in files and oid in ("", files[path][1])}
            if left:
                return tuple(
                    Move(old=old.removeprefix(prefix), new=new.removeprefix(prefix), alike=alike)
                    for old, (new, alike) in sorted(renames(self._clone.where, base, tips[0]).items())
                    if old.startswith(prefix) and new.startswith(prefix) and old.removeprefix(prefix) in left
                )
        return ()


def _facts(file: str, blob: Blob) -> ImageFacts:
    """What the bytes say; of a file that Git LFS keeps elsewhere, what stands in its place."""
    if blob.data.startswith(b"version https://git-lfs.github.com/spec/") and blob.length < 1024:
        sizes = [line[5:] for line in blob.data.split(b"\n") if line.startswith(b"size ")]
        if len(sizes) == 1 and sizes[0].isdigit() and len(sizes[0]) < 16:
            return ImageFacts(type=type_of_name(file), length=int(sizes[0]))
    return describe(blob.data, length=blob.length)


def _by_folder(files: Iterable[str]) -> dict[str, set[str]]:
    """The names of files and folders in each folder."""
    names: dict[str, set[str]] = {"": set()}
    for path in files:
        folder, _, name = path.rpartition("/")
        while name and name not in names.setdefault(folder, set()):
            names[folder].add(name)
            folder, _, name = folder.rpartition("/")
    return names


def _above(folder: str) -> Iterator[str]:
    while folder:
        folder = folder.rpartition("/")[0]
        yield folder


def _none(_: str) -> bool:
    return False
